//! The findings of a check: a document for machines, one row each, and a list with marks for people.

mod clocks;
mod labels;
mod lists;
mod rooms;
mod sentences;
mod text;
mod words;

use std::sync::Arc;

use crate::engine::check::findings::Finding;

use super::error::PresentError;
use super::format::{Format, RenderOptions};
use super::model::{Column, Document, Language, Phrase, Unit, Values};
use super::write::{Outcome, Sink};

/// Writes findings into a target, in any format.
///
/// # Errors
/// When writing fails.
pub fn write(
    findings: &[Finding],
    sink: Sink,
    options: &RenderOptions,
    currency: &str,
    metadata: Vec<(String, String)>,
) -> Result<Outcome, PresentError> {
    // Only Markdown and workbooks are for people and still tables; machine formats know no language.
    let is_for_people = matches!(options.format, Format::Markdown | Format::Xlsx);
    let language = if is_for_people { options.language } else { Language::English };
    let mut document = document(findings, language);
    currency.clone_into(&mut document.currency);
    document.metadata = metadata;
    match options.format {
        Format::Table => sink.finish_with(|out| text::render(findings, &document, options, out)),
        _ => sink.finish(&document, options),
    }
}

/// One row for each finding; words and `detail` are in a language, and in English those of machine formats.
#[must_use]
pub fn document(findings: &[Finding], language: Language) -> Document {
    let texts = |value: &dyn Fn(&Finding) -> Option<String>| {
        Values::Text(findings.iter().map(|finding| value(finding).map(Arc::from)).collect())
    };
    let word = |name: &str, zh: &str, word: fn(&Finding) -> Phrase| {
        column(name, zh, Unit::Plain, texts(&|finding| Some(word(finding).get(language).to_owned())))
    };
    let detail = |finding: &Finding| {
        let sentence = sentences::sentence(finding);
        sentence.map(|sentence| sentence.get(language).to_owned()).filter(|text| !text.is_empty())
    };
    let examples = |finding: &Finding| (!finding.examples.is_empty()).then(|| finding.examples.join("; "));
    let mut columns = vec![
        word("level", "级别", words::level),
        word("section", "部分", words::section),
        word("input", "数据", words::input),
        word("check", "检查", words::check),
        column("file", "文件", Unit::Plain, texts(&|finding| finding.file.clone())),
    ];
    columns.extend(figures(findings));
    columns.push(column("detail", "说明", Unit::Plain, texts(&detail)));
    columns.push(column("examples", "示例", Unit::Plain, texts(&examples)));
    columns.extend(further(findings));
    Document { columns, ..Document::default() }
}

/// Numbers, money and dates.
fn figures(findings: &[Finding]) -> [Column; 5] {
    let dates = |value: fn(&crate::calendar::DateRange) -> jiff::civil::Date| {
        Values::Date(findings.iter().map(|finding| finding.dates.as_ref().map(value)).collect())
    };
    let shares = Values::Real(findings.iter().map(|finding| finding.share).collect());
    let money = Values::Money(findings.iter().map(|finding| finding.money).collect());
    [
        column("count", "数量", Unit::Plain, counts(findings, |finding| finding.count)),
        column("share", "占比", Unit::Plain, shares),
        column("gmv", "金额", Unit::Currency, money),
        column("first", "首日", Unit::Plain, dates(|range| range.first)),
        column("last", "末日", Unit::Plain, dates(|range| range.last)),
    ]
}

/// What sentences tell, as numbers.
fn further(findings: &[Finding]) -> [Column; 3] {
    let shifts = Values::Real(findings.iter().map(Finding::shift_hours).collect());
    let thresholds = Values::Count(findings.iter().map(Finding::threshold).collect());
    [
        column("cases", "人次", Unit::Plain, counts(findings, |finding| finding.cases)),
        column("shift_hours", "时差(小时)", Unit::Plain, shifts),
        column("threshold", "阈值", Unit::Plain, thresholds),
    ]
}

fn counts(findings: &[Finding], value: fn(&Finding) -> Option<u64>) -> Values {
    let count = |finding: &Finding| value(finding).and_then(|count| i64::try_from(count).ok());
    Values::Count(findings.iter().map(count).collect())
}

fn column(name: &str, zh: &str, unit: Unit, values: Values) -> Column {
    let heading = Phrase::new(if name == "gmv" { "GMV" } else { name }, zh);
    Column { name: name.to_owned(), heading, unit, rank: 0, values }
}
