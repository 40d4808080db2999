//! What alerts are about, and what is known of it.

use std::sync::Arc;

use jiff::civil::Date;

use super::decimal::Fraction;
use super::measure::Measure;
use crate::change::Status;

/// A streamer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Streamer {
    /// The id.
    pub id: Arc<str>,
    /// The name, where the exports have one.
    pub name: Option<Arc<str>>,
}

/// Which of the two periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// The period of the report.
    Now,
    /// The one before it.
    Before,
}

/// The value of a measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// Money in minor units.
    Money(i128),
    /// A whole number.
    Count(i64),
    /// A ratio, or hours.
    Real(f64),
}

impl Value {
    /// As a fraction in the unit of the measure (money in currency); `None` for ratios and hours.
    #[must_use]
    pub fn fraction(self) -> Option<Fraction> {
        match self {
            Self::Money(above) => Some(Fraction { above, below: 100 }),
            Self::Count(count) => Some(Fraction { above: count.into(), below: 1 }),
            Self::Real(_) => None,
        }
    }

    /// In the unit of the measure, money in currency.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Real(value) => value,
            Self::Money(minor_units) => minor_units as f64 / 100.0,
            Self::Count(count) => count as f64,
        }
    }
}

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// There is nothing to divide by, or nothing to compare with: nobody bought, or the streamer was not there.
    Nothing,
    /// There is no period before.
    NoPeriod,
    /// No table has the measure.
    NoColumn,
    /// The exports do not tell it.
    Unknown,
}

/// How sure the change of a measure is; `None` where that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sureness {
    /// Whether the interval excludes 0.
    pub beyond_sampling: Option<bool>,
    /// Whether it is more than is usual.
    pub unusual: Option<bool>,
}

/// What is known of the shop and its streamers in a period and the one before. A subject of `None` is all streamers together.
pub trait Subjects {
    /// The streamers that are there in one of the periods, in the order in which hits are listed.
    fn streamers(&self) -> &[Streamer];

    /// The value of a measure.
    ///
    /// # Errors
    /// Why there is none.
    fn value(&self, subject: Option<&Streamer>, measure: Measure, when: When) -> Result<Value, Missing>;

    /// How sure its change is.
    fn sureness(&self, subject: Option<&Streamer>, measure: Measure) -> Sureness;

    /// Whether a streamer came or went; `None` where there is no period before.
    fn status(&self, streamer: &Streamer) -> Option<Status>;

    /// The days of the period without any row, in order.
    fn gaps(&self) -> &[Date];
}
