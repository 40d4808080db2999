//! Cohorts as a document: a row for each cohort and offset.

use super::{About, Labels, column, group_columns};
use crate::present::model::{Column, Document, Phrase, Unit, Values};
use crate::repurchase::{CohortRow, CohortTable};

/// The cohorts of groups, long.
#[must_use]
pub fn cohort_document(table: &CohortTable, about: &About<'_>) -> Document {
    let columns = columns(&table.rows, about);
    Document {
        columns,
        total: None,
        notes: notes(table),
        metadata: about.metadata.clone(),
        currency: about.currency.clone(),
        names_persons: about.names_persons,
    }
}

fn columns(rows: &[CohortRow], about: &About<'_>) -> Vec<Column> {
    let dates = Values::Date(rows.iter().map(|row| Some(row.cohort)).collect());
    let mut columns = vec![column("cohort", ("cohort", "首购周期"), (Unit::Plain, 0), dates)];
    let labels: Vec<Labels<'_>> = rows.iter().map(|row| (&row.keys[..], row.name.as_ref())).collect();
    columns.extend(group_columns(&labels, about));
    let counts = |of: &dyn Fn(&CohortRow) -> Option<i64>| Values::Count(rows.iter().map(of).collect());
    let share = |row: &CohortRow| row.returned.map(|returned| returned.buyers as f64 / row.buyers as f64);
    let cumulative = |row: &CohortRow| row.gmv_so_far.map(|gmv| gmv as f64 / 100.0 / row.buyers as f64);
    let plain = |rank| (Unit::Plain, rank);
    columns.extend([
        column("offset", ("periods later", "间隔"), plain(0), counts(&|row| Some(i64::from(row.offset)))),
        column("buyers", ("buyers", "买家数"), plain(2), counts(&|row| Some(row.buyers))),
        column(
            "returned",
            ("bought", "购买人数"),
            plain(3),
            counts(&|row| row.returned.map(|returned| returned.buyers)),
        ),
        column(
            "retention",
            ("retention", "留存率"),
            (Unit::Share, 0),
            Values::Real(rows.iter().map(share).collect()),
        ),
        column(
            "orders",
            ("orders", "订单数"),
            plain(4),
            counts(&|row| row.returned.map(|returned| returned.orders)),
        ),
        column(
            "gmv",
            ("GMV", "GMV"),
            (Unit::Currency, 1),
            Values::Money(rows.iter().map(|row| row.returned.map(|returned| returned.gmv)).collect()),
        ),
        column(
            "gmv_per_buyer_cumulative",
            ("GMV/buyer so far", "累计人均GMV"),
            (Unit::Currency, 1),
            Values::Real(rows.iter().map(cumulative).collect()),
        ),
        column(
            "partial",
            ("partial", "不完整"),
            plain(3),
            Values::Flag(rows.iter().map(|row| row.partial).collect()),
        ),
    ]);
    columns
}

/// What a person must know of cohorts.
pub fn notes(table: &CohortTable) -> Vec<Phrase> {
    let mut notes = vec![Phrase::new(
        "A cohort is who bought from the group for the first time in that period, by all counted orders that were given; empty is beyond the data, \
         not zero.",
        "首购周期为买家在该组的首单所在周期（按给定的全部有效订单）；空白为数据未覆盖，并非零。",
    )];
    if table.rows.iter().any(|row| row.partial == Some(true)) {
        notes.push(Phrase::new(
            "The latest periods are not complete: what was bought in them still grows.",
            "最近的周期尚不完整，其数值仍会增长。",
        ));
    }
    if table.earlier > 0 {
        let earlier = table.earlier;
        notes.push(Phrase::new(
            format!("In no cohort, since the first order lies before --from: buyers {earlier}."),
            format!("{earlier} 位首单早于 --from 的买家不属于任何首购周期。"),
        ));
    }
    notes
}
