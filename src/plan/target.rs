//! What it takes to reach a GMV: by what factors must be multiplied.
//!
//! A row's GMV is multiplied by e to the power of the sum of its lifts, which are logs of multipliers. A uniform lift is one number s
//! for all rows and all factors that are lifted, each up to its cap. The least one makes the sum of all lifts over rows and
//! factors as small as it can be: minimise Σ s_i subject to Σ G_i · exp(s_i) ≥ target and 0 ≤ s_i ≤ C, C the sum of the caps.
//!
//! Since exp is convex, moving some lift from one row to another, in one of the two directions, brings more GMV: so in a least plan at
//! most one row is neither at 0 nor at C, and a lift is worth more on a larger row. So the rows are filled in the order of their GMV, the
//! largest to the cap, until the target is reached, which is exact. What a row is lifted by is shared out evenly over its factors, up
//! to their caps: any division has the same sum, and this one has the smallest largest lift.

use super::PlanError;
use super::multiplier::Multiplier;
use super::rows::{Lifted, PlanRow, Rows, Times, lifted, sort};
use super::what_if::no_factor;
use crate::change::dual::log_quotient;
use crate::factor::Factor;

/// The GMV that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    /// So much, in minor units.
    Gmv(i128),
    /// So much more than there is.
    Change(Multiplier),
}

/// How it is to be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lift {
    /// With the least lifts, each row by itself.
    Least,
    /// With the same lift of all five factors in all rows.
    All,
    /// With the same lift of these.
    Factors(Vec<Factor>),
}

/// A target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The GMV of all rows together.
    pub goal: Goal,
    /// How it is to be reached.
    pub lift: Lift,
    /// The most that a factor of a row may be multiplied by, in the order of the formula; `None` is without a cap.
    pub caps: [Option<Multiplier>; 5],
    /// The streamers whose rows are lifted; none is all.
    pub streamers: Vec<String>,
}

/// A target, reached.
#[derive(Debug, Clone, PartialEq)]
pub struct Reached {
    /// GMV of all rows now, in minor units.
    pub present: i128,
    /// The target.
    pub target: i128,
    /// The rows; their new GMV adds up to the target.
    pub rows: Vec<Lifted>,
    /// The factors that may be lifted.
    pub factors: Vec<Factor>,
    /// Rows with GMV that stay as they are, since they lack one of these.
    pub lacking: usize,
    /// The sum of all lifts, over rows and factors.
    pub log_change: f64,
}

/// The rows, lifted to the target.
pub(super) fn answer(rows: &Rows<'_>, asked: &Target) -> Result<Reached, PlanError> {
    rows.check_streamers("--streamer", &asked.streamers)?;
    let present = rows.gmv();
    if present <= 0 {
        return Err(PlanError::NoGmv);
    }
    let target = match asked.goal {
        Goal::Gmv(gmv) => gmv,
        Goal::Change(change) => change.of_money(present).ok_or(PlanError::Beyond)?,
    };
    if target < present {
        return Err(PlanError::Below { target: money(target), present: money(present) });
    }
    let factors = factors(rows, asked)?;
    let may = |row: &PlanRow| rows.is_of(row, &asked.streamers);
    let takes_part = |row: &PlanRow| may(row) && factors.iter().all(|factor| row.has[*factor as usize]);
    let part: Vec<bool> = rows.rows.iter().map(takes_part).collect();
    let lacking =
        rows.rows.iter().zip(&part).filter(|(row, part)| may(row) && row.gmv > 0 && !**part).count();
    let caps: Vec<Cap> = factors.iter().map(|factor| Cap(asked.caps[*factor as usize])).collect();
    let cap: f64 = caps.iter().map(|cap| cap.log()).sum();
    let gmv: Vec<i128> =
        rows.rows.iter().zip(&part).map(|(row, part)| if *part { row.gmv } else { 0 }).collect();
    let lifts = match asked.lift {
        Lift::Least => least(&gmv, target - present, cap),
        _ => uniform(&gmv, target - present, cap),
    };
    let lifts = lifts.map_err(|reachable| PlanError::Unreachable {
        target: money(target),
        reachable: money(present + reachable),
    })?;
    let mut found = lifted_rows(rows, &factors, &caps, &lifts, target);
    let log_change = found.iter().map(Lifted::log_change).sum();
    sort(&mut found);
    Ok(Reached { present, target, rows: found, factors, lacking, log_change })
}

/// The most that a factor may be multiplied by, if there is such.
#[derive(Clone, Copy)]
struct Cap(Option<Multiplier>);

impl Cap {
    fn log(self) -> f64 {
        self.0.map_or(f64::INFINITY, Multiplier::log)
    }

    /// What has this log; exactly the cap where that is reached.
    fn times(self, log: f64) -> Times {
        let reached = self.0.filter(|cap| log >= cap.log());
        reached.map_or(Times { log, rise: libm::expm1(log) }, Times::from)
    }
}

/// The factors that may be lifted: without those whose cap leaves no room and, where none are named, those that no row has.
fn factors(rows: &Rows<'_>, asked: &Target) -> Result<Vec<Factor>, PlanError> {
    let is_had = |factor: Factor| {
        rows.rows.iter().any(|row| rows.is_of(row, &asked.streamers) && row.has[factor as usize])
    };
    let has_room = |factor: &Factor| asked.caps[*factor as usize].is_none_or(|cap| !cap.is_one());
    let mut factors = Vec::new();
    for factor in Factor::ALL {
        match &asked.lift {
            Lift::Factors(named) if !named.contains(&factor) => {}
            Lift::Factors(_) if !is_had(factor) => {
                return Err(no_factor(format!("--lift {}", factor.word()), factor));
            }
            _ if is_had(factor) => factors.push(factor),
            _ => {}
        }
    }
    factors.retain(has_room);
    if factors.is_empty() { Err(PlanError::NothingToLift) } else { Ok(factors) }
}

/// The rows under their lifts, each divided over the factors; new GMV in whole minor units adds up to the target.
fn lifted_rows(
    rows: &Rows<'_>,
    factors: &[Factor],
    caps: &[Cap],
    lifts: &[f64],
    target: i128,
) -> Vec<Lifted> {
    let gmv: Vec<i128> = rows.rows.iter().map(|row| row.gmv).collect();
    let new = whole(&gmv, lifts, target);
    let logs_of_caps: Vec<f64> = caps.iter().map(|cap| cap.log()).collect();
    let one = |((row, &lift), new): ((&PlanRow, &f64), i128)| {
        let mut times = [Times::ONE; 5];
        for ((factor, cap), log) in factors.iter().zip(caps).zip(divided(lift, &logs_of_caps)) {
            times[*factor as usize] = cap.times(log);
        }
        lifted(row.clone(), times, new)
    };
    rows.rows.iter().zip(lifts).zip(new).map(one).collect()
}

/// The same lift of all rows that takes part, which brings so much more; otherwise how much can be brought.
fn uniform(gmv: &[i128], more: i128, cap: f64) -> Result<Vec<f64>, i128> {
    let all: i128 = gmv.iter().sum();
    let reachable = brought(all, cap);
    if more > reachable {
        return Err(reachable);
    }
    let lift = if all > 0 { log_quotient(all + more, all).min(cap) } else { 0.0 };
    Ok(gmv.iter().map(|one| if *one > 0 { lift } else { 0.0 }).collect())
}

/// The lifts of rows with the least sum that bring so much more (see the head of this file); otherwise how much can be brought.
fn least(gmv: &[i128], more: i128, cap: f64) -> Result<Vec<f64>, i128> {
    let reachable = brought(gmv.iter().sum(), cap);
    if more > reachable {
        return Err(reachable);
    }
    let mut order: Vec<usize> = (0..gmv.len()).filter(|at| gmv[*at] > 0).collect();
    order.sort_by_key(|at| std::cmp::Reverse(gmv[*at]));
    let mut lifts = vec![0.0; gmv.len()];
    let mut missing = more as f64;
    for at in order {
        // Rounding makes up for less than half a minor unit.
        if missing < 0.5 {
            break;
        }
        let one = gmv[at] as f64;
        lifts[at] = libm::log1p(missing / one).min(cap);
        if lifts[at] < cap {
            break;
        }
        missing -= one * libm::expm1(cap);
    }
    Ok(lifts)
}

/// What a lift brings, in whole minor units; without a cap, more than any target.
fn brought(gmv: i128, cap: f64) -> i128 {
    let more = gmv as f64 * libm::expm1(cap);
    if gmv == 0 { 0 } else { more.round() as i128 }
}

/// A lift, divided evenly over factors, each up to its cap.
fn divided(all: f64, caps: &[f64]) -> Vec<f64> {
    let mut ascending = caps.to_vec();
    ascending.sort_by(f64::total_cmp);
    let (mut rest, mut level) = (all, f64::INFINITY);
    for (cap, others) in ascending.into_iter().zip((1..=caps.len()).rev()) {
        level = rest / others as f64;
        if level <= cap {
            break;
        }
        rest -= cap;
    }
    caps.iter().map(|cap| level.min(*cap)).collect()
}

/// New GMV of rows in whole minor units: floors, and what is missing to the target goes to the largest fractions of lifted rows.
fn whole(gmv: &[i128], lifts: &[f64], target: i128) -> Vec<i128> {
    let exact = |(gmv, lift): (&i128, &f64)| *gmv as f64 * libm::expm1(*lift);
    let more: Vec<f64> = gmv.iter().zip(lifts).map(exact).collect();
    let mut new: Vec<i128> = gmv.iter().zip(&more).map(|(gmv, more)| gmv + more.floor() as i128).collect();
    let mut order: Vec<usize> = (0..gmv.len()).filter(|at| lifts[*at] > 0.0).collect();
    let fraction = |at: usize| more[at] - more[at].floor();
    order.sort_by(|a, b| fraction(*b).total_cmp(&fraction(*a)));
    let missing = target - new.iter().sum::<i128>();
    if missing.unsigned_abs() > order.len() as u128 {
        // Money so large that fractions are not known: the largest row takes what is missing.
        if let Some(at) = order.into_iter().max_by_key(|at| gmv[*at]) {
            new[at] += missing;
        }
        return new;
    }
    for at in order.into_iter().take(missing.unsigned_abs() as usize) {
        new[at] += missing.signum();
    }
    new
}

/// Minor units as a decimal number, for messages.
fn money(minor_units: i128) -> String {
    format!("{}.{:02}", minor_units / 100, (minor_units % 100).abs())
}

#[cfg(test)]
mod tests;
