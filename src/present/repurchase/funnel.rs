//! The funnel of trust (关注 → 观看 → 成交 → 复购): private-domain viewers, buyers, repeat buyers, buyers of several periods.

use super::{column, counts};
use crate::factor::Interval;
use crate::present::model::{Column, Unit, Values};
use crate::repurchase::RateRow;
use crate::repurchase::ratio::{Ratio, wilson};
use crate::units::Level;

/// How many of how many take a step.
type Taken = fn(&RateRow) -> (i64, i64);
/// A step: the column of its rate, its heading, and who takes it.
type FunnelStep = (&'static str, (&'static str, &'static str), Taken);

/// The steps.
const STEPS: [FunnelStep; 3] = [
    ("funnel_buyer_rate", ("of viewers", "私域成交率"), |row| {
        (row.bought.private_buyers, row.private_viewers.unwrap_or_default())
    }),
    ("funnel_repeat_rate", ("of buyers", "私域复购率"), |row| {
        (row.bought.private_repeat_buyers, row.bought.private_buyers)
    }),
    ("funnel_multi_period_rate", ("of repeat buyers", "跨周期复购率"), |row| {
        (row.bought.private_multi_period_buyers, row.bought.private_repeat_buyers)
    }),
];

/// The numbers of each step.
pub fn count_columns(rows: &[RateRow]) -> Vec<Column> {
    let of = |value: fn(&RateRow) -> i64| counts(rows, move |row| row.private_viewers.map(|_| value(row)));
    let plain = |rank| (Unit::Plain, rank);
    vec![
        column(
            "funnel_viewers",
            ("private viewers", "私域观看"),
            plain(6),
            counts(rows, |row| row.private_viewers),
        ),
        column("funnel_buyers", ("bought", "私域成交"), plain(6), of(|row| row.bought.private_buyers)),
        column(
            "funnel_repeat_buyers",
            ("bought again", "私域复购"),
            plain(6),
            of(|row| row.bought.private_repeat_buyers),
        ),
        column(
            "funnel_multi_period_buyers",
            ("in 2+ periods", "跨周期复购"),
            plain(6),
            of(|row| row.bought.private_multi_period_buyers),
        ),
    ]
}

/// The share of a step, with what its interval follows from; `None` where it is not known who is private.
fn share(row: &RateRow, step: Taken) -> Option<Ratio> {
    row.private_viewers?;
    let (some, all) = step(row);
    Some(Ratio::part(some, all))
}

/// The rate of each step.
pub fn step_columns(rows: &[RateRow]) -> Vec<Column> {
    let rate = |(name, heading, step): &FunnelStep| {
        let values = rows.iter().map(|row| share(row, *step)?.value()).collect();
        column(name, *heading, (Unit::Share, 7), Values::Real(values))
    };
    STEPS.iter().map(rate).collect()
}

/// The intervals of these rates.
pub fn step_intervals(rows: &[RateRow], level: Level) -> Vec<Column> {
    let mut columns = Vec::new();
    for (name, _, step) in STEPS {
        let interval = |row: &RateRow| wilson(&share(row, step)?, level);
        let intervals: Vec<Option<Interval>> = rows.iter().map(interval).collect();
        for end in ["lo", "hi"] {
            let name = format!("{name}_{end}");
            let of = |ends: Interval| if end == "lo" { ends.low } else { ends.high };
            let values = intervals.iter().map(|interval| interval.map(of)).collect();
            columns.push(column(&name, (&name, &name), (Unit::Share, 9), Values::Real(values)));
        }
    }
    columns
}
