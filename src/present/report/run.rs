//! `run.json`: what was asked, read and found, for machines; no time of day, so that a rerun gives the same bytes.

use std::io::Write;

use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::super::error::PresentError;
use super::super::json;
use super::super::model::{Document, Language};
use super::{Report, Table, files, tables};
use crate::input::digests::InputFile;

#[derive(Serialize)]
struct Run<'a> {
    gmv: &'static str,
    report: About<'a>,
    options: Map<String, Value>,
    inputs: Vec<File<'a>>,
    closes: bool,
    reconciliation: Option<Box<RawValue>>,
    days_without_rows: Vec<String>,
    warnings: &'a [String],
    notes: &'a [String],
    narrative: &'a str,
    slices: &'a str,
    alerts_fired: usize,
    alerts_unknown: usize,
    alerts: Option<Box<RawValue>>,
    tables: Vec<Listed<'a>>,
}

#[derive(Serialize)]
struct About<'a> {
    title: Option<&'a str>,
    period: &'static str,
    first: String,
    last: String,
    before: Option<String>,
    as_of: String,
    language: &'static str,
    currency: &'a str,
    level: f64,
}

#[derive(Serialize)]
struct File<'a> {
    input: &'a str,
    path: &'a str,
    bytes: u64,
    sha256: &'a str,
}

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    file: String,
    rows: usize,
    command: Option<&'a str>,
}

/// Writes the object.
///
/// # Errors
/// When writing fails.
pub fn render(report: &Report, out: &mut dyn Write) -> Result<(), PresentError> {
    let run = Run {
        gmv: env!("CARGO_PKG_VERSION"),
        report: about(report),
        options: options(report),
        inputs: report.inputs.iter().map(input).collect(),
        closes: report.closes,
        reconciliation: report.table(tables::RECONCILIATION).map(rows).transpose()?,
        days_without_rows: report.gaps.iter().map(ToString::to_string).collect(),
        warnings: &report.warnings,
        notes: &report.facts,
        narrative: report.narrative.trim_end(),
        slices: report.slices.trim_end(),
        alerts_fired: report.fired,
        alerts_unknown: report.unknown,
        alerts: report.table(tables::ALERTS).map(rows).transpose()?,
        tables: report.tables.iter().map(listed).collect(),
    };
    out.write_all(&json::indented(&run)?)?;
    Ok(())
}

fn input(file: &InputFile) -> File<'_> {
    File { input: file.input, path: &file.path, bytes: file.bytes, sha256: &file.sha256 }
}

fn about(report: &Report) -> About<'_> {
    About {
        title: report.title.as_deref(),
        period: report.kind.name(),
        first: report.period.first.to_string(),
        last: report.period.last.to_string(),
        before: report.before.map(|before| before.first.to_string()),
        as_of: report.as_of.to_string(),
        language: match report.language {
            Language::English => "en",
            Language::Chinese => "zh",
        },
        currency: &report.currency,
        level: report.level.value(),
    }
}

/// Options, without the version, which stands by itself, and the definitions, which are the same for all runs.
fn options(report: &Report) -> Map<String, Value> {
    let is_option = |key: &str| key != "version" && key != "by" && !key.starts_with("definition.");
    let option = |(key, value): &(String, String)| {
        let key = key.strip_prefix("gmv.").unwrap_or(key);
        is_option(key).then(|| (key.to_owned(), Value::from(value.as_str())))
    };
    report.metadata.iter().filter_map(option).collect()
}

fn listed(table: &Table) -> Listed<'_> {
    Listed {
        name: table.name,
        file: files::file(table.name),
        rows: table.document.rows(),
        command: table.command.as_deref(),
    }
}

/// The rows of a table as an array of objects.
fn rows(document: &Document) -> Result<Box<RawValue>, PresentError> {
    let mut out = Vec::new();
    json::render_array(document, &mut out)?;
    Ok(serde_json::from_slice(&out)?)
}
