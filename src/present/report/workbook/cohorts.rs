//! Cohorts as matrices: a row for each period of first orders, a column for each number of periods since.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::super::cells::Source;
use super::super::words::Words;
use super::super::{Report, tables};
use super::pages::Page;
use super::selection::{column, picked};
use crate::present::model::{Column, Document, Phrase, Unit, Values};

/// So many columns a matrix has at most; the Parquet file has all.
const OFFSETS: usize = 104;

/// What part of each cohort bought again.
#[must_use]
pub fn retention(report: &Report, words: Words) -> Option<Page> {
    let document = wide(report, "retention", 1)?;
    let about = (
        "Part of each cohort that bought again so many periods after its first order",
        "各首购周期在若干周期后再次下单的占比",
    );
    Some(Page::new(words, ("Cohorts", "首购周期留存"), tables::COHORTS, document, about))
}

/// What a buyer of each cohort has spent by then.
#[must_use]
pub fn money(report: &Report, words: Words) -> Option<Page> {
    let document = wide(report, "gmv_per_buyer_cumulative", 0)?;
    let about = (
        "GMV per buyer of each cohort, up to so many periods after its first order",
        "各首购周期的人均累计 GMV（按间隔周期数）",
    );
    Some(Page::new(words, ("Cohort GMV", "首购周期累计GMV"), tables::COHORTS, document, about))
}

/// One column of the long table as a matrix, from an offset on.
fn wide(report: &Report, name: &str, from: usize) -> Option<Document> {
    let table = report.table(tables::COHORTS)?;
    let source = Source::of(report, tables::COHORTS)?;
    let mut of: BTreeMap<Date, BTreeMap<usize, usize>> = BTreeMap::new();
    for row in 0..source.rows() {
        if let (Some(cohort), Some(offset)) = (source.date("cohort", row), source.number("offset", row)) {
            of.entry(cohort).or_default().insert(offset as usize, row);
        }
    }
    let last = of.values().filter_map(|rows| rows.keys().last().copied()).max()?.min(OFFSETS);
    let rows = |offset: usize| of.values().map(|rows| rows.get(&offset).copied()).collect::<Vec<_>>();
    let (_, cohort) = column(table, "cohort")?;
    let (_, buyers) = column(table, "buyers")?;
    let (_, shown) = column(table, name)?;
    let mut columns = vec![
        Column { values: Values::Date(of.keys().copied().map(Some).collect()), ..cohort.clone() },
        Column { values: picked(&buyers.values, &rows(0)), ..buyers.clone() },
    ];
    columns.extend((from..=last).map(|offset| Column {
        name: format!("{name}+{offset}"),
        heading: Phrase::new(format!("+{offset}"), format!("+{offset}")),
        unit: if name == "retention" { Unit::Share } else { shown.unit },
        rank: 0,
        values: picked(&shown.values, &rows(offset)),
    }));
    let Document { notes, metadata, currency, .. } = table;
    Some(Document {
        columns,
        notes: notes.clone(),
        metadata: metadata.clone(),
        currency: currency.clone(),
        ..Document::default()
    })
}
