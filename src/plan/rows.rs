//! The rows of the period that is planned from, and what becomes of them when factors are multiplied.

use crate::change::dual::{Dual, log_mean};
use crate::change::rows::Table;
use crate::change::{Effect, Method, PerEffect, rounded};
use crate::engine::GroupColumn;
use crate::engine::leaves::{LeafRow, Leaves};
use crate::factor::Factor;
use crate::sums::Sums;

use super::PlanError;
use super::multiplier::Multiplier;

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanRow {
    /// Its place among the rows of the leaves.
    pub row: u32,
    /// Its sums; persons are not known where it sums several leaves.
    pub sums: Sums,
    /// GMV in minor units.
    pub gmv: i128,
    /// Which factors it has, in the order of the formula: those that multiplying changes GMV.
    pub has: [bool; 5],
}

/// The rows of one period.
#[derive(Debug)]
pub struct Rows<'a> {
    leaves: &'a Leaves,
    /// The rows with viewers or attributed orders, in the order of their keys.
    pub rows: Vec<PlanRow>,
    /// Off-live money of the period; `None` where it is not known.
    pub off_live: Option<i128>,
    /// Rows that are left out, since their GMV is not known (of broadcasts).
    pub unknown: usize,
    streamer: Option<usize>,
}

/// A row of which factors were multiplied.
#[derive(Debug, Clone, PartialEq)]
pub struct Lifted {
    /// The row.
    pub row: PlanRow,
    /// Its new GMV, in minor units.
    pub gmv_new: i128,
    /// What each factor was multiplied by; nothing changes of those that the row does not have.
    pub times: [Times; 5],
    /// What each factor did, in minor units: they add up to `gmv_new - gmv`.
    pub effects: [i128; 5],
}

/// What a factor is multiplied by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    /// The log of it.
    pub log: f64,
    /// By what share the factor rises: 0.1 is +10 %.
    pub rise: f64,
}

impl Times {
    /// No change.
    pub const ONE: Self = Self { log: 0.0, rise: 0.0 };
}

impl From<Multiplier> for Times {
    fn from(multiplier: Multiplier) -> Self {
        Self { log: multiplier.log(), rise: multiplier.rise() }
    }
}

impl Lifted {
    /// The sum of the logs of all factors.
    #[must_use]
    pub fn log_change(&self) -> f64 {
        self.times.iter().map(|times| times.log).sum()
    }

    /// Whether any factor is multiplied.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.times.iter().any(|times| times.log != 0.0)
    }
}

impl<'a> Rows<'a> {
    /// The rows of a period.
    #[must_use]
    pub fn new(leaves: &'a Leaves, period: u32) -> Self {
        let table = Table::new(leaves, &Method::Lmdi);
        let periods = [period; 2];
        let mut all = Self { leaves, rows: Vec::new(), off_live: Some(0), unknown: 0, streamer: None };
        all.streamer = leaves.by.columns.iter().position(|column| *column == GroupColumn::Streamer);
        for row in 0..leaves.rows.len() as u32 {
            let Some(sums) = table.row_sums(row, periods, period) else { continue };
            all.off_live = all.off_live.zip(sums.off_live_gmv).map(|(all, one)| all + one);
            let parts = table.leaves_of(row, periods).filter_map(|leaf| table.sums(leaf, period));
            let Some(gmv) = sums.gmv else {
                all.unknown += 1;
                continue;
            };
            let (has, is_there) = factors_of(gmv, parts);
            if is_there {
                all.rows.push(PlanRow { row, sums, gmv, has });
            }
        }
        all
    }

    /// The texts of a row.
    #[must_use]
    pub fn texts(&self, row: &PlanRow) -> &'a LeafRow {
        &self.leaves.rows[row.row as usize]
    }

    /// What an error calls a row.
    #[must_use]
    pub fn name(&self, row: &PlanRow) -> String {
        self.leaves.row_name(row.row)
    }

    /// The names of the columns of rows.
    #[must_use]
    pub fn columns(&self) -> Vec<&'a str> {
        self.leaves.by.columns.iter().map(GroupColumn::name).collect()
    }

    /// The streamer of a row; `None` where rows are not by streamer.
    #[must_use]
    pub fn streamer(&self, row: &PlanRow) -> Option<&'a str> {
        self.texts(row).keys.get(self.streamer?).map(|key| &**key)
    }

    /// GMV of all rows, in minor units.
    #[must_use]
    pub fn gmv(&self) -> i128 {
        self.rows.iter().map(|row| row.gmv).sum()
    }

    /// Whether some row is of each of these streamers.
    ///
    /// # Errors
    /// When one is not, or rows are not by streamer.
    pub fn check_streamers<'s>(
        &self,
        option: &'static str,
        streamers: impl IntoIterator<Item = &'s String>,
    ) -> Result<(), PlanError> {
        for streamer in streamers {
            self.check_by_streamer(option)?;
            if !self.rows.iter().any(|row| self.streamer(row) == Some(streamer)) {
                return Err(PlanError::NoStreamer { option, streamer: streamer.clone() });
            }
        }
        Ok(())
    }

    /// # Errors
    /// When rows are not by streamer.
    pub fn check_by_streamer(&self, option: &'static str) -> Result<(), PlanError> {
        match self.streamer {
            Some(_) => Ok(()),
            None => Err(PlanError::NotByStreamer { option, by: self.leaves.by.describe() }),
        }
    }

    /// Whether a row is of one of these streamers; of none named, every row is.
    #[must_use]
    pub fn is_of(&self, row: &PlanRow, streamers: &[String]) -> bool {
        streamers.is_empty() || self.streamer(row).is_some_and(|id| streamers.iter().any(|one| one == id))
    }
}

/// Which factors a row has that sums these leaves, and whether there are viewers or attributed orders.
///
/// As in comparisons, viewing that is missing is part of the conversion, and money alone is in the average order value: a factor
/// that is 0 or not known cannot be multiplied.
fn factors_of<'s>(gmv: i128, leaves: impl Iterator<Item = &'s Sums>) -> ([bool; 5], bool) {
    let (mut viewers, mut watch, mut buyers, mut orders) = (false, false, false, false);
    for sums in leaves {
        viewers |= sums.viewers_of_factors() > Some(0);
        watch |= sums.watch > Some(0);
        buyers |= sums.buyers_of_factors() > Some(0);
        orders |= sums.orders > Some(0);
    }
    let has = [viewers, viewers && watch, buyers, true, orders && buyers];
    (has.map(|one| one && gmv > 0), viewers || orders || gmv > 0)
}

/// A row whose factors are multiplied; `gmv_new` is the product in minor units.
///
/// Effects are those of the additive LMDI: L(G₁, G₀) · ln of the multiplier, rounded as those of comparisons.
#[must_use]
pub fn lifted(row: PlanRow, times: [Times; 5], gmv_new: i128) -> Lifted {
    let logs = times.map(|times| times.log);
    let mut effects = PerEffect::default();
    let before = row.gmv as f64;
    if row.gmv > 0 {
        let after = before * libm::exp(logs.iter().sum());
        let mean = log_mean(Dual::<0>::constant(after), Dual::constant(before)).value;
        for (factor, log) in Factor::ALL.into_iter().zip(logs) {
            effects[Effect::of(factor)] = mean * log;
        }
    }
    let rounded = rounded(&effects, gmv_new - row.gmv);
    let mut effects = Factor::ALL.map(|factor| rounded[Effect::of(factor)]);
    // A cent of rounding belongs to a factor that was multiplied.
    if let Some(at) = (0..5).max_by(|a, b| logs[*a].abs().total_cmp(&logs[*b].abs())) {
        for other in (0..5).filter(|other| logs[*other] == 0.0 && *other != at) {
            effects[at] += std::mem::take(&mut effects[other]);
        }
    }
    Lifted { row, gmv_new, times, effects }
}

/// Sorts rows: the largest change first, then the largest GMV, then by their keys, which is the order that they came in.
pub(super) fn sort(rows: &mut [Lifted]) {
    rows.sort_by_key(|one| std::cmp::Reverse(((one.gmv_new - one.row.gmv).abs(), one.row.gmv)));
}
