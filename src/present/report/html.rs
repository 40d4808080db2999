//! The report as one HTML file: everything in it, nothing loaded from elsewhere, readable without scripts.
//!
//! All numbers stand in tables, each with the value that JSON has (`data-v`); scripts sort and filter these, and draw charts of their
//! cells in the place of the still pictures. The policy in the file's head allows its own style and scripts, by their hashes, and no more.

pub(super) mod factors;
mod loyalty;
pub(super) mod outlook;
mod pictures;
mod quality;
mod split;
mod streamers;
pub(super) mod table;
#[cfg(test)]
mod tests;
mod trend;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use self::factors::{Headline, Waterfall};
use self::outlook::Look;
use self::quality::FileView;
use self::split::Split;
use self::streamers::Streamers;
use self::table::TableView;
use self::trend::Trend;
use super::cells::Source;
use super::definitions::{self, Definition};
use super::words::Words;
use super::{Report, tables};
use crate::present::error::PresentError;
use crate::present::text::sanitize;

const STYLE: &str = include_str!("../../../assets/report.css");
const SCRIPT: &str = include_str!("../../../assets/report.js");
const CHARTS: &str = include_str!("../../../assets/echarts.min.js");

/// How to get a table without the page.
struct Recipe {
    table: &'static str,
    rows: usize,
    command: Option<String>,
}

/// Everything that the page shows.
#[derive(Template)]
#[template(path = "report/page.html", whitespace = "minimize")]
struct Page<'a> {
    w: Words,
    report: &'a Report,
    policy: String,
    title: String,
    period: String,
    before: Option<String>,
    level: String,
    narrative: String,
    slices_text: String,
    headline: Option<Headline>,
    looks: Vec<Look>,
    alerts: Option<(TableView, usize)>,
    factors: Option<TableView>,
    waterfall: Option<Waterfall>,
    trends: Option<(Vec<Trend>, TableView)>,
    streamers: Option<Streamers>,
    domains: Option<Split>,
    buyer_types: Option<Split>,
    repurchase: Option<TableView>,
    cohorts: Option<(TableView, bool)>,
    headroom: Option<(TableView, usize)>,
    peer_quantile: f64,
    slices: Option<TableView>,
    ledgers: Vec<TableView>,
    findings: Vec<TableView>,
    files: Vec<FileView>,
    warnings: Vec<String>,
    facts: Vec<String>,
    notes: Vec<String>,
    definitions: Vec<Definition>,
    recipes: Vec<Recipe>,
    metadata: Vec<(String, String)>,
    style: &'static str,
    script: &'static str,
    charts: &'static str,
}

/// The page of a report; the same report gives the same bytes.
///
/// # Errors
/// When the template fails, which writing to memory does not.
pub fn render(report: &Report) -> Result<Vec<u8>, PresentError> {
    let w = Words { language: report.language };
    let harmless = |text: &str| sanitize(text.trim()).into_owned();
    let sentences = |text: &str| joined(&harmless(text), &report.currency);
    let title = report.title.as_deref().map_or_else(|| w.title(report.kind).to_owned(), harmless);
    let mut looks = outlook::looks(report, w);
    for look in &mut looks {
        look.after = joined(&look.after, &report.currency);
    }
    let page = Page {
        w,
        report,
        policy: policy(),
        title,
        period: w.range(report.period),
        before: report.before.map(|before| w.range(before)),
        level: format!("{} %", (report.level.value() * 1_000.0).round() / 10.0),
        narrative: sentences(&report.narrative),
        slices_text: sentences(&report.slices),
        headline: factors::headline(report, w),
        looks,
        alerts: outlook::alerts(report, w),
        factors: factors::table(report, w),
        waterfall: factors::picture(report, w),
        trends: trend::trends(report, w),
        streamers: streamers::streamers(report, w),
        domains: split::split(report, tables::DOMAINS, "domain", w),
        buyer_types: split::split(report, tables::BUYER_TYPES, "buyer_type", w),
        repurchase: loyalty::repurchase(report, w),
        cohorts: loyalty::cohorts(report, w),
        headroom: outlook::headroom(report, w),
        peer_quantile: report.peer_quantile,
        slices: outlook::slices(report, w),
        ledgers: quality::ledgers(report, w),
        findings: quality::findings(report, w),
        files: quality::files(report),
        warnings: quality::sentences(&report.warnings),
        facts: quality::sentences(&report.facts),
        notes: notes(report),
        definitions: definitions::definitions(w),
        recipes: recipes(report),
        metadata: report.metadata.iter().map(|(key, value)| (harmless(key), harmless(value))).collect(),
        style: STYLE,
        script: SCRIPT,
        charts: CHARTS,
    };
    Ok(page.render()?.into_bytes())
}

/// The same text, in which no line ends between a sign and its money, with true minus signs there.
fn joined(text: &str, currency: &str) -> String {
    let currency = sanitize(currency);
    [("+", "+"), ("-", "−"), ("−", "−")].iter().fold(text.to_owned(), |text, (typed, sign)| {
        text.replace(&format!("{typed}{currency}"), &format!("{sign}\u{2060}{currency}"))
    })
}

/// What may run and load: the file's own style and scripts, known by their hashes, and nothing else.
fn policy() -> String {
    let hash = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())));
    format!(
        "default-src 'none'; script-src {} {}; style-src {}; base-uri 'none'; form-action 'none'",
        hash(CHARTS),
        hash(SCRIPT),
        hash(STYLE)
    )
}

/// What must be known to read the tables, each sentence once.
fn notes(report: &Report) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for table in &report.tables {
        for note in Source::new(table.name, &table.document, report).notes() {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}

fn recipes(report: &Report) -> Vec<Recipe> {
    let recipe = |table: &super::Table| Recipe {
        table: table.name,
        rows: table.document.rows(),
        command: table.command.as_deref().map(|command| sanitize(command).into_owned()),
    };
    report.tables.iter().map(recipe).collect()
}
