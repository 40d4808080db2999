//! The time to the second order as a curve: a row for each day on which some came back.

use super::{About, Labels, column, group_columns};
use crate::present::model::{Document, Phrase, Unit, Values};
use crate::repurchase::RateRow;
use crate::repurchase::survival::Step;

/// The curves of groups and periods.
#[must_use]
pub fn curve_document(rows: &[RateRow], about: &About<'_>) -> Document {
    let level = about.level;
    let of_row = |row| RateRow::curve(row).into_iter().map(move |step| (row, step));
    let steps: Vec<(&RateRow, Step)> = rows.iter().flat_map(of_row).collect();
    let dates = Values::Date(steps.iter().map(|(row, _)| Some(row.period)).collect());
    let mut columns = vec![column("period", ("period", "周期"), (Unit::Plain, 0), dates)];
    let labels: Vec<Labels<'_>> = steps.iter().map(|(row, _)| (&row.keys[..], row.name.as_ref())).collect();
    columns.extend(group_columns(&labels, about));
    let counts = |of: fn(&Step) -> i64| Values::Count(steps.iter().map(|(_, step)| Some(of(step))).collect());
    let share = |of: &dyn Fn(&Step) -> f64| {
        Values::Real(steps.iter().map(|(_, step)| Some(1.0 - of(step))).collect())
    };
    let plain = |rank| (Unit::Plain, rank);
    columns.extend([
        column("days", ("days", "天数"), plain(0), counts(|step| i64::from(step.days))),
        column("at_risk", ("at risk", "在观察人数"), plain(2), counts(|step| step.at_risk as i64)),
        column("came_back", ("came back", "复购人数"), plain(1), counts(|step| step.came_back as i64)),
        column("came_back_share", ("by then", "累计复购率"), (Unit::Share, 0), share(&|step| step.waiting)),
        column(
            "came_back_share_lo",
            ("from", "下限"),
            (Unit::Share, 3),
            share(&|step| step.interval(level).high),
        ),
        column(
            "came_back_share_hi",
            ("to", "上限"),
            (Unit::Share, 3),
            share(&|step| step.interval(level).low),
        ),
    ]);
    Document {
        columns,
        total: None,
        notes: vec![Phrase::new(
            "Of those whose first order lies in the period, the share that had the second one so many days later; who has not come back yet is at \
             risk as long as is known (Kaplan and Meier, Greenwood).",
            "首单在本周期的买家中，在若干天内完成第二单的累计占比；尚未复购者在可观察期内计入（Kaplan–Meier，Greenwood）。",
        )],
        metadata: about.metadata.clone(),
        currency: about.currency.clone(),
        names_persons: about.names_persons,
    }
}
