//! How GMV is divided: among the private and the public domain, and among new and returning buyers.

use jiff::civil::Date;

use super::super::Report;
use super::super::cells::Source;
use super::super::words::Words;
use super::table::{Cell, TableView, plain, present};
use super::trend::{latest, periods};
use crate::present::text::NULL;

/// The height of a period in the still picture.
const ROW: usize = 26;

/// So many periods has the still picture.
const PICTURED: usize = 8;

/// How GMV is divided.
pub struct Split {
    /// The table.
    pub table: TableView,
    /// What the picture says.
    pub says: String,
    /// The column that divides.
    pub column: &'static str,
    /// The bars of the picture: each period with its parts.
    pub bars: Vec<SplitBar>,
    /// The parts, in their order.
    pub parts: Vec<String>,
    /// The height of the picture.
    pub height: usize,
}

/// One period of the picture.
pub struct SplitBar {
    /// The period.
    pub period: String,
    /// From the top.
    pub y: usize,
    /// Each part: its place among the parts, where it begins, its width, and its share in words.
    pub parts: Vec<(usize, String, String, String)>,
}

/// GMV by the parts that a column names.
#[must_use]
pub fn split(report: &Report, table: &'static str, column: &'static str, words: Words) -> Option<Split> {
    let source = Source::of(report, table)?;
    let rows = latest(report, &source);
    let view = parts_table(&source, &rows, column, words)?;
    let mut parts: Vec<&str> = rows.iter().filter_map(|row| source.raw(column, *row)).collect();
    parts.sort_unstable();
    parts.dedup();
    let is_of = |row: &usize, part: &str| source.raw(column, *row) == Some(part);
    // Those who are no viewers have no GMV, only money off live.
    parts.retain(|part| {
        rows.iter().any(|row| is_of(row, part) && source.number("gmv", *row).is_some_and(|gmv| gmv != 0.0))
    });
    let mut dates: Vec<Date> = rows.iter().filter_map(|row| source.date("period", *row)).collect();
    dates.dedup();
    let bar = |(at, date): (usize, &Date)| {
        let of = rows.iter().filter(|row| source.date("period", **row) == Some(*date));
        let gmv = |row: &usize| {
            let part = parts.iter().position(|part| is_of(row, part))?;
            Some((part, source.number("gmv", *row)?))
        };
        SplitBar { period: date.to_string(), y: at * ROW, parts: shares(of.filter_map(gmv).collect()) }
    };
    let bars: Vec<SplitBar> = dates.iter().take(PICTURED).enumerate().map(bar).collect();
    let names: Vec<String> = parts.iter().map(|part| words.group(part)).collect();
    let now = bars.first()?;
    let each =
        now.parts.iter().filter_map(|(part, _, _, share)| Some(format!("{} {share}", names.get(*part)?)));
    let each: Vec<String> = each.collect();
    let says = format!("{}: {}", now.period, each.join(words.say(", ", "，")));
    let height = bars.len() * ROW;
    (!names.is_empty()).then_some(Split { table: view, says, column, height, bars, parts: names })
}

/// The rows of the last periods, each named by its period and its part.
fn parts_table(source: &Source<'_>, rows: &[usize], column: &'static str, words: Words) -> Option<TableView> {
    let specs = [
        plain("gmv"),
        plain("uv"),
        plain("watch_hours_per_viewer"),
        plain("buyers_per_watch_hour"),
        plain("aov"),
        plain("orders_per_buyer"),
        plain("buyers"),
        plain("orders"),
        plain("gmv_off_live"),
    ];
    let caption = words.say("The last periods, the latest first", "最近各周期（最新在前）");
    let mut view = periods(source, rows, &present(source, &specs), caption, words);
    view.heads.insert(view.heads.len().min(1), source.field(column)?.head());
    for line in &mut view.lines {
        let group = line.row.and_then(|row| source.raw(column, row));
        line.cells.insert(line.cells.len().min(1), Cell::Text(words.group(group.unwrap_or(NULL))));
    }
    Some(view)
}

/// The places of parts of a whole, one after another.
fn shares(mut of: Vec<(usize, f64)>) -> Vec<(usize, String, String, String)> {
    of.sort_by_key(|(part, _)| *part);
    let all: f64 = of.iter().map(|(_, gmv)| gmv.max(0.0)).sum();
    let mut from = 0.0;
    let mut places = Vec::new();
    for (part, gmv) in of {
        let share = if all > 0.0 { gmv.max(0.0) / all * 100.0 } else { 0.0 };
        places.push((part, format!("{from:.2}%"), format!("{share:.2}%"), format!("{share:.1} %")));
        from += share;
    }
    places
}
