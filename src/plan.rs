//! What if, what it takes, and where the headroom is.
//!
//! One period is planned from: its [rows] have a GMV, and the factors whose product it is. A [what-if](what_if) multiplies factors; a
//! [target] asks by what they must be multiplied; [headroom] holds each streamer against its peers. What factors are
//! multiplied by is exactly what was [typed](multiplier).

mod base;
mod error;
pub mod headroom;
pub mod multiplier;
mod peers;
pub mod rows;
pub mod target;
pub mod what_if;

use jiff::civil::Date;

use crate::engine::leaves::{LeafPeriod, Leaves};
use crate::input::streamers::Streamers;

pub use error::PlanError;
pub use headroom::{Headroom, Lever, Peers};
pub use multiplier::Multiplier;
pub use rows::{Lifted, PlanRow};
pub use target::{Goal, Lift, Reached, Target};
pub use what_if::{Changed, Clause, WhatIf};

/// What is asked of a plan.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// What if factors changed?
    WhatIf(WhatIf),
    /// What does a GMV take?
    Target(Box<Target>),
    /// What would be gained if streamers did as well as their peers?
    Headroom(Peers),
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Of a what-if.
    WhatIf(Changed),
    /// Of a target.
    Target(Reached),
    /// Of headroom, the largest first.
    Headroom(Vec<Headroom>),
}

/// A plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The period that is planned from.
    pub base: LeafPeriod,
    /// Off-live money of its rows, in minor units, which no factor moves; `None` where it is not known.
    pub off_live: Option<i128>,
    /// Rows that are left out, since their GMV is not known.
    pub unknown: usize,
    /// The answer.
    pub answer: Answer,
}

/// Answers a question about the period that holds a date, or the last complete one.
///
/// # Errors
/// When there is no such period, or the question cannot be answered by its rows.
pub fn plan(
    leaves: &Leaves,
    streamers: &Streamers,
    date: Option<Date>,
    question: &Question,
) -> Result<Plan, PlanError> {
    let at = base::period(&leaves.periods, leaves.period_kind, date)?;
    let base = leaves.periods[at as usize];
    let found = rows::Rows::new(leaves, at);
    if found.rows.is_empty() {
        return Err(PlanError::Empty { first: base.first });
    }
    let answer = match question {
        Question::WhatIf(asked) => Answer::WhatIf(what_if::answer(&found, asked)?),
        Question::Target(asked) => Answer::Target(target::answer(&found, asked)?),
        Question::Headroom(asked) => Answer::Headroom(headroom::answer(&found, streamers, asked)?),
    };
    Ok(Plan { base, off_live: found.off_live, unknown: found.unknown, answer })
}
