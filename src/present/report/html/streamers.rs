//! Streamers by the size of their change: a table to sort and filter, and the picture of who was moved by what.

use std::collections::BTreeMap;

use super::super::cells::{Source, Value};
use super::super::words::Words;
use super::super::{Report, tables};
use super::factors::name;
use super::pictures::shade;
use super::table::{Cell, Head, Line, TableView, change, heads, plain, present, streamer};
use crate::change::Effect;
use crate::factor::Factor;
use crate::present::text::NULL;

/// So many rows are on the page; the rest is in the workbook, the Parquet file, and what the command prints.
pub const MOST: usize = 1_000;

/// So many rows has the picture.
const PICTURED: usize = 30;

/// The streamers.
pub struct Streamers {
    /// The table.
    pub table: TableView,
    /// How many there are in all.
    pub all: usize,
    /// How many of them are on the page.
    pub shown: usize,
    /// Who was moved by what; `None` without a period before.
    pub heat: Option<Heat>,
}

/// The streamers; `None` where there are none.
#[must_use]
pub fn streamers(report: &Report, words: Words) -> Option<Streamers> {
    match Source::of(report, tables::STREAMER_CHANGES) {
        Some(source) => Some(changes(report, &source, words)),
        None => levels(report, words),
    }
}

fn changes(report: &Report, source: &Source<'_>, words: Words) -> Streamers {
    let specs = [
        plain("gmv_after"),
        change("gmv_change").ranged(),
        change("uv_effect"),
        change("watch_effect"),
        change("conversion_effect"),
        change("aov_effect"),
        change("repurchase_effect"),
        change("off_live_change"),
        plain("uv_after"),
        plain("aov_after"),
    ];
    let specs = present(source, &specs);
    let caption = words.say(
        "Streamers by the size of their change, off-live orders included",
        "主播（按变化大小排列，含非直播订单）",
    );
    let mut view = TableView::new(source.table, caption, words);
    view.heads.push(Head::new(words.say("streamer", "主播"), false));
    view.heads.extend(heads(source, &specs));
    let mut judged = Head::new(words.say("how sure", "确定程度"), false);
    "gmv_change_beyond_sampling".clone_into(&mut judged.column);
    view.heads.insert(view.heads.len().min(3), judged);
    view.sortable = true;
    view.class = "long";
    let shown = source.rows().min(MOST);
    for row in 0..shown {
        let mut cells = vec![streamer(source, row)];
        cells.extend(specs.iter().map(|spec| spec.cell(source, row)));
        cells.insert(cells.len().min(3), judgement(source, row, words));
        view.lines.push(Line { row: Some(row), class: "", cells });
    }
    if let Some(repurchase) = Source::of(report, tables::STREAMER_REPURCHASE) {
        trust(report, source, &repurchase, &mut view);
    }
    let heat = heat(source, words);
    Streamers { table: view, all: source.rows(), shown, heat }
}

/// How sure a streamer's change is: came, went, or what is known of chance and habit.
fn judgement(source: &Source<'_>, row: usize, words: Words) -> Cell {
    let flag = |end: &str| source.flag(&format!("gmv_change_{end}"), row);
    let verdict = words.verdict(flag("beyond_sampling"), flag("unusual"));
    let (kind, text) = match source.raw("status", row) {
        Some("entered") => ("came", words.say("new", "新增")),
        Some("left") => ("went", words.say("gone", "消失")),
        _ => (verdict.kind, verdict.text),
    };
    let value = source.value("gmv_change_beyond_sampling", row);
    Cell::Mark(Value { text: text.to_owned(), ..value }, kind)
}

/// Adds to each streamer's line who of its buyers came back, and what was refunded.
fn trust(report: &Report, source: &Source<'_>, repurchase: &Source<'_>, view: &mut TableView) {
    const COLUMNS: [&str; 2] = ["repurchase_rate", "refund_rate_gmv"];
    let id = |row| repurchase.raw("streamer_id", row);
    let rows: BTreeMap<&str, usize> =
        repurchase.of_period(report.period.first).filter_map(|row| Some((id(row)?, row))).collect();
    for field in COLUMNS.into_iter().filter_map(|name| repurchase.field(name)) {
        view.heads.push(Head { table: repurchase.table, ..field.head() });
        for line in &mut view.lines {
            let streamer = line.row.and_then(|row| source.raw("streamer_id", row));
            let row = streamer.and_then(|id| rows.get(id));
            line.cells.push(
                row.map_or_else(|| Cell::Text(NULL.to_owned()), |row| Cell::Joined(field.value(*row), *row)),
            );
        }
    }
}

/// The streamers of a period that is the first.
fn levels(report: &Report, words: Words) -> Option<Streamers> {
    let source = Source::of(report, tables::STREAMERS)?;
    let rows: Vec<usize> = source.of_period(report.period.first).collect();
    let specs = [
        plain("gmv"),
        plain("uv").ranged(),
        plain("watch_hours_per_viewer").ranged(),
        plain("buyers_per_watch_hour").ranged(),
        plain("aov").ranged(),
        plain("orders_per_buyer").ranged(),
        plain("buyers"),
        plain("orders"),
    ];
    let specs = present(&source, &specs);
    let mut view = TableView::new(source.table, words.say("Streamers by GMV", "主播（按 GMV 排列）"), words);
    view.heads.push(Head::new(words.say("streamer", "主播"), false));
    view.heads.extend(heads(&source, &specs));
    view.sortable = true;
    view.class = "long";
    view.lines = rows
        .iter()
        .take(MOST)
        .map(|&row| Line {
            row: Some(row),
            class: "",
            cells: std::iter::once(streamer(&source, row))
                .chain(specs.iter().map(|spec| spec.cell(&source, row)))
                .collect(),
        })
        .collect();
    Some(Streamers { table: view, all: rows.len(), shown: rows.len().min(MOST), heat: None })
}

/// Who was moved by what.
pub struct Heat {
    /// The factors.
    pub factors: Vec<&'static str>,
    /// The streamers, those that changed most first.
    pub rows: Vec<HeatRow>,
    /// The height of the picture.
    pub height: usize,
    /// What it says.
    pub says: String,
}

/// One streamer of the picture.
pub struct HeatRow {
    /// The name.
    pub name: String,
    /// From the top.
    pub y: usize,
    /// Each factor: its class, its place, and the effect in words.
    pub cells: Vec<(&'static str, usize, String)>,
}

fn heat(source: &Source<'_>, words: Words) -> Option<Heat> {
    const ROW: usize = 24;
    let rows: Vec<usize> = (0..source.rows().min(PICTURED)).collect();
    let effects = Factor::ALL.map(|factor| Effect::of(factor).name());
    let sizes = rows.iter().flat_map(|row| effects.map(|effect| source.number(effect, *row)));
    let largest = sizes.flatten().map(f64::abs).fold(0.0, f64::max);
    let heat_row = |(at, row): (usize, &usize)| HeatRow {
        name: match streamer(source, *row) {
            Cell::Name { name, .. } => name,
            _ => String::new(),
        },
        y: (at + 1) * ROW,
        cells: effects
            .iter()
            .enumerate()
            .map(|(place, effect)| {
                let class = source.number(effect, *row).map_or("h0", |value| shade(value, largest));
                (class, 30 + place * 14, source.signed(effect, *row).text)
            })
            .collect(),
    };
    let pictured: Vec<HeatRow> = rows.iter().enumerate().map(heat_row).collect();
    let count = pictured.len();
    let says = match words.language {
        crate::present::model::Language::English => {
            format!("Effects of the five factors at the {count} streamers whose GMV changed most")
        }
        crate::present::model::Language::Chinese => format!("GMV 变化最大的 {count} 位主播的五个因素影响"),
    };
    (largest > 0.0).then(|| Heat {
        factors: Factor::ALL.map(|factor| name(factor, words)).into(),
        height: (count + 1) * ROW,
        rows: pictured,
        says,
    })
}
