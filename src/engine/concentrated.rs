//! How concentrated the money of a result is: over the streamers of each of its periods.

use std::collections::BTreeMap;
use std::iter::zip;

use jiff::civil::Date;

use super::aggregate::Aggregate;
use super::grouping::{GroupColumn, Grouping};
use crate::concentration::{Concentration, Tier, tiers};
use crate::input::orders::NONE;

/// The streamers of a period, and how its counted money is spread over them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PeriodConcentration {
    /// The first date of the period.
    pub period: Date,
    /// Whether whole days of the period are left out; `None` where a facts file does not say.
    pub partial: Option<bool>,
    /// Streamers whom somebody watched, or of whom somebody bought.
    pub streamers: usize,
    /// Their counted money, in minor units.
    pub money: i128,
    /// Shares of the largest, and the index; `None` where nothing was sold.
    pub concentration: Option<Concentration>,
    /// Head, mid and tail of the period by itself: streamers, and their share of the money (`None` where nothing was sold).
    pub tiers: [(usize, Option<f64>); 3],
}

/// Whether rows by these columns are one for each streamer and period.
///
/// # Errors
/// A sentence that says why not, for the option of this name.
pub fn check(option: &str, grouping: &Grouping) -> Result<(), String> {
    let is_of_streamers =
        |column: &GroupColumn| matches!(column, GroupColumn::Streamer | GroupColumn::Attribute(_));
    if grouping.has_streamer() && grouping.columns.iter().all(is_of_streamers) {
        return Ok(());
    }
    Err(format!(
        "{option} is of streamers, and rows by {} are not one for each; leave --by out, or --by streamer",
        grouping.describe()
    ))
}

/// How concentrated each period is, in the order of time.
#[must_use]
pub fn by_period(aggregate: &Aggregate) -> Vec<PeriodConcentration> {
    let mut periods: BTreeMap<Date, (Option<bool>, Vec<i128>)> = BTreeMap::new();
    for (row, money) in zip(&aggregate.rows, money(aggregate)) {
        let (partial, all) = periods.entry(row.period).or_default();
        *partial = (*partial).max(row.partial);
        all.extend(money);
    }
    periods.into_iter().map(|(period, (partial, money))| of_period(period, partial, &money)).collect()
}

fn of_period(period: Date, partial: Option<bool>, money: &[i128]) -> PeriodConcentration {
    let (total, tier_of): (i128, Vec<Tier>) = (money.iter().sum(), tiers(money));
    let of = |tier: Tier| {
        let own = || zip(money, &tier_of).filter(|(_, one)| **one == tier).map(|(money, _)| *money);
        let share = (total > 0).then(|| own().sum::<i128>() as f64 / total as f64);
        (own().count(), share)
    };
    PeriodConcentration {
        period,
        partial,
        streamers: money.len(),
        money: total,
        concentration: Concentration::of(money),
        tiers: [Tier::Head, Tier::Mid, Tier::Tail].map(of),
    }
}

/// The share of each row's counted money in that of the streamers of its period, from 0 to 1; `None` for orders without a streamer, and where
/// nothing was sold.
#[must_use]
pub fn shares(aggregate: &Aggregate) -> Vec<Option<f64>> {
    let mut totals: BTreeMap<Date, i128> = BTreeMap::new();
    for (row, money) in zip(&aggregate.rows, money(aggregate)) {
        *totals.entry(row.period).or_default() += money.unwrap_or_default();
    }
    let share = |period: Date, money: i128| {
        let total = totals.get(&period).copied().filter(|total| *total > 0)?;
        Some(money as f64 / total as f64)
    };
    zip(&aggregate.rows, money(aggregate)).map(|(row, money)| share(row.period, money?)).collect()
}

/// The counted money of each row of a streamer; `None` for orders without one.
fn money(aggregate: &Aggregate) -> impl Iterator<Item = Option<i128>> {
    let at = aggregate.grouping.columns.iter().position(|column| *column == GroupColumn::Streamer);
    aggregate.rows.iter().map(move |row| {
        let streamer = at.and_then(|at| row.keys.get(at))?;
        (&**streamer != NONE).then(|| row.sums.counted_gmv().unwrap_or_default())
    })
}
