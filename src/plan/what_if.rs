//! What if factors changed: the new GMV exactly, and what each change did.

use super::PlanError;
use super::multiplier::Multiplier;
use super::rows::{Lifted, PlanRow, Rows, Times, lifted, sort};
use crate::factor::Factor;

/// The most that changes together may multiply GMV by: beyond it, sums of money no longer fit.
const MOST: f64 = 1e6;

/// One change of one factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The option that said so.
    pub option: &'static str,
    /// The factor.
    pub factor: Factor,
    /// The streamer that it is for; `None` is all of those asked about.
    pub streamer: Option<String>,
    /// What it is multiplied by.
    pub multiplier: Multiplier,
}

/// Changes of factors; those that hold for the same factor of the same row multiply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIf {
    /// The changes, in any order.
    pub clauses: Vec<Clause>,
    /// The streamers asked about, whose rows changes without a streamer of their own are for; none is all.
    pub streamers: Vec<String>,
}

/// The rows under the changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The rows, the largest change first.
    pub rows: Vec<Lifted>,
    /// Rows with GMV that a change is for, but that do not have its factor: it changes nothing there.
    pub untouched: usize,
}

/// The answer to a what-if.
pub(super) fn answer(rows: &Rows<'_>, asked: &WhatIf) -> Result<Changed, PlanError> {
    rows.check_streamers("--streamer", &asked.streamers)?;
    for clause in &asked.clauses {
        rows.check_streamers(clause.option, &clause.streamer)?;
        let finds = |row: &PlanRow| holds(rows, asked, clause, row) && row.has[clause.factor as usize];
        if !clause.multiplier.is_one() && !rows.rows.iter().any(finds) {
            return Err(no_factor(clause.option.to_owned(), clause.factor));
        }
    }
    let misses = |row: &&PlanRow| {
        let lacks = |clause: &Clause| !row.has[clause.factor as usize] && holds(rows, asked, clause, row);
        row.gmv > 0 && asked.clauses.iter().any(lacks)
    };
    let untouched = rows.rows.iter().filter(misses).count();
    let mut found = rows.rows.iter().map(|row| one(rows, asked, row)).collect::<Result<Vec<_>, _>>()?;
    sort(&mut found);
    Ok(Changed { rows: found, untouched })
}

/// The error of a factor that no row has.
pub(super) fn no_factor(option: String, factor: Factor) -> PlanError {
    let hint = match factor {
        Factor::UniqueViewers | Factor::WatchTime => {
            "; viewing comes from sessions (without it, --conversion stands for buyers)"
        }
        _ => "",
    };
    PlanError::NoFactor { option, hint }
}

/// Whether a change is for a row.
fn holds(rows: &Rows<'_>, asked: &WhatIf, clause: &Clause, row: &PlanRow) -> bool {
    match &clause.streamer {
        Some(streamer) => rows.streamer(row) == Some(streamer),
        None => rows.is_of(row, &asked.streamers),
    }
}

fn one(rows: &Rows<'_>, asked: &WhatIf, row: &PlanRow) -> Result<Lifted, PlanError> {
    let for_row = |clause: &&Clause| row.has[clause.factor as usize] && holds(rows, asked, clause, row);
    let mut changes: Vec<(usize, Multiplier)> = asked
        .clauses
        .iter()
        .filter(for_row)
        .map(|clause| (clause.factor as usize, clause.multiplier))
        .collect();
    // In an order of their own, so that it does not matter in which one they were typed.
    changes.sort_unstable();
    let mut each = [Some(Multiplier::ONE); 5];
    let mut times = [Times::ONE; 5];
    for (at, multiplier) in changes {
        each[at] = each[at].and_then(|so_far| so_far.times(multiplier));
        let log = times[at].log + multiplier.log();
        times[at] = each[at].map_or(Times { log, rise: libm::expm1(log) }, Times::from);
    }
    let log: f64 = times.iter().map(|times| times.log).sum();
    if log.abs() > libm::log(MOST) {
        return Err(PlanError::Beyond);
    }
    let all = each.into_iter().try_fold(Multiplier::ONE, |all, one| all.times(one?));
    let exact = all.and_then(|all| all.of_money(row.gmv));
    let gmv_new = exact.unwrap_or_else(|| (row.gmv as f64 * libm::exp(log)).round() as i128);
    Ok(lifted(row.clone(), times, gmv_new))
}

/// A change in words: `aov +10%`.
#[must_use]
pub fn described(clause: &Clause) -> String {
    let streamer = clause.streamer.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
    format!("{}{streamer} ×{}", clause.factor.word(), clause.multiplier.ratio())
}
