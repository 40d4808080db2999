//! The quality of the exports, read once more as they are.

use anyhow::Result;
use jiff::civil::Date;

use crate::cli::{CheckWork, ReportSettings};
use crate::engine::check::check;
use crate::engine::check::findings::{days_without_rows, findings};
use crate::engine::local::{Extent, read};
use crate::present::check::document;
use crate::present::model::Language;
use crate::present::report::{Report, tables};

/// Adds the findings; the days of the period on which an input has no rows.
pub fn add(settings: &ReportSettings, report: &mut Report) -> Result<Vec<Date>> {
    let Some(quality) = &settings.quality else { return Ok(Vec::new()) };
    let CheckWork::Exports(asked) = &quality.settings.work else { return Ok(Vec::new()) };
    let mut inputs = read(&asked.exports, Extent::All, &|_| {})?;
    let checked = check(&mut inputs, asked)?;
    let found = findings(&inputs, asked, &checked);
    let mut days = days_without_rows(&inputs, asked, &checked, settings.period);
    days.sort_unstable_by_key(|(_, date)| *date);
    days.dedup_by_key(|(_, date)| *date);
    let mut table = document(&found, Language::English);
    table.metadata = [quality.settings.metadata.clone(), inputs.definitions()].concat();
    let mut told = document(&found, report.language);
    for document in [&mut table, &mut told] {
        document.currency.clone_from(&report.currency);
    }
    report.findings = Some(told);
    report.add(tables::QUALITY, &quality.line, table);
    Ok(days.into_iter().map(|(_, date)| date).collect())
}
