//! The last periods: GMV and the five factors with their intervals, as lines and as a table.

use super::super::cells::{Source, Value};
use super::super::words::Words;
use super::super::{Report, tables};
use super::factors::name;
use super::pictures::{Point, Spark, spark};
use super::table::{Cell, Line, Spec, TableView, heads, plain, present, range};
use crate::factor::Factor;

/// One line over the last periods.
pub struct Trend {
    /// The column.
    pub column: &'static str,
    /// What it is.
    pub name: &'static str,
    /// The value of the period.
    pub value: Value,
    /// Its interval.
    pub range: Option<(Value, Value)>,
    /// The row of the period.
    pub row: usize,
    /// The line.
    pub spark: Spark,
    /// What it says.
    pub says: String,
    /// The first period shown.
    pub first: String,
    /// The last.
    pub last: String,
}

/// The rows of the last periods up to that of the report, the latest first.
pub(super) fn latest(report: &Report, source: &Source<'_>) -> Vec<usize> {
    let period = |row| source.date("period", row);
    let rows = (0..source.rows()).filter(|row| period(*row).is_some_and(|date| date <= report.period.first));
    let mut rows: Vec<usize> = rows.collect();
    let mut periods: Vec<_> = rows.iter().filter_map(|row| period(*row)).collect();
    periods.dedup();
    let first = periods.iter().rev().nth(report.trend.max(2) - 1).copied();
    rows.retain(|row| first.is_none_or(|first| period(*row) >= Some(first)));
    rows.sort_by_key(|row| (std::cmp::Reverse(period(*row)), *row));
    rows
}

/// GMV and the factors over the last periods, as lines and as a table; `None` without totals.
#[must_use]
pub fn trends(report: &Report, words: Words) -> Option<(Vec<Trend>, TableView)> {
    let source = Source::of(report, tables::TOTALS)?;
    let rows = latest(report, &source);
    let specs = [
        plain("gmv"),
        plain("uv").ranged(),
        plain("watch_hours_per_viewer").ranged(),
        plain("buyers_per_watch_hour").ranged(),
        plain("aov").ranged(),
        plain("orders_per_buyer").ranged(),
        plain("watch_hours"),
        plain("buyers"),
        plain("orders"),
        plain("gmv_off_live"),
        plain("gmv_total"),
        plain("broadcasts"),
        plain("cost"),
        plain("roi"),
    ];
    let specs = present(&source, &specs);
    let caption = words.say("The last periods, the latest first", "最近各周期（最新在前）");
    let table = periods(&source, &rows, &specs, caption, words);
    let mut names = vec![("gmv", "GMV")];
    names.extend(Factor::ALL.map(|factor| (factor.name(), name(factor, words))));
    let there = names.into_iter().filter(|(column, _)| specs.iter().any(|spec| spec.name == *column));
    let trends = there.filter_map(|(column, name)| trend(&source, &rows, column, name, words));
    Some((trends.collect(), table))
}

fn trend(
    source: &Source<'_>,
    rows: &[usize],
    column: &'static str,
    name: &'static str,
    words: Words,
) -> Option<Trend> {
    let field = source.field(column)?;
    let oldest_first: Vec<usize> = rows.iter().rev().copied().collect();
    let point = |row: &usize| -> Point {
        let end = |end: &str| source.number(&format!("{column}_{end}"), *row);
        (field.number(*row), end("lo").zip(end("hi")))
    };
    let points: Vec<Point> = oldest_first.iter().map(point).collect();
    let known = || oldest_first.iter().filter_map(|row| Some((*row, field.number(*row)?)));
    let (lowest, _) = known().min_by(|(_, one), (_, other)| one.total_cmp(other))?;
    let (highest, _) = known().max_by(|(_, one), (_, other)| one.total_cmp(other))?;
    let date = |row: usize| source.date("period", row).map(|date| date.to_string()).unwrap_or_default();
    let (first, last) = (*oldest_first.first()?, *oldest_first.last()?);
    let (low, high, now) = (field.value(lowest).text, field.value(highest).text, field.value(last));
    let count = rows.len();
    let says = match words.language {
        crate::present::model::Language::English => format!(
            "{name}: {} in the period from {}; lowest {low} ({}), highest {high} ({}) of {count} periods",
            now.text,
            date(last),
            date(lowest),
            date(highest)
        ),
        crate::present::model::Language::Chinese => format!(
            "{name}：{} 起的周期为 {}；{count} 个周期中最低 {low}（{}），最高 {high}（{}）",
            date(last),
            now.text,
            date(lowest),
            date(highest)
        ),
    };
    Some(Trend {
        column,
        name,
        value: now,
        range: range(source, column, last, false),
        row: last,
        spark: spark(&points),
        says,
        first: date(first),
        last: date(last),
    })
}

/// A line for each row, named by its period.
pub(super) fn periods(
    source: &Source<'_>,
    rows: &[usize],
    specs: &[Spec],
    caption: &str,
    words: Words,
) -> TableView {
    let mut view = TableView::new(source.table, caption, words);
    view.heads = heads(source, &[plain("period")]);
    view.heads.extend(heads(source, specs));
    view.lines = rows
        .iter()
        .map(|&row| Line {
            row: Some(row),
            class: if source.flag("partial", row) == Some(true) { "partial" } else { "" },
            cells: std::iter::once(Cell::number(source.value("period", row)))
                .chain(specs.iter().map(|spec| spec.cell(source, row)))
                .collect(),
        })
        .collect();
    view.class = "tall";
    view
}
