//! The findings of a check: a document for machines, one row each, and a list with marks for people.

mod clocks;
mod labels;
mod lists;
mod rooms;
mod sentences;
mod text;

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
    // Only Markdown is for people and still a table; machine formats know no language.
    let language = if options.format == Format::Markdown { options.language } else { Language::English };
    let mut document = document(findings, language);
    currency.clone_into(&mut document.currency);
    document.metadata = metadata;
    match options.format {
        Format::Table => sink.finish_with(|out| text::render(findings, &document, options, out)),
        _ => sink.finish(&document, options),
    }
}

/// One row for each finding; `detail` is in a language.
#[must_use]
pub fn document(findings: &[Finding], language: Language) -> Document {
    let texts = |value: &dyn Fn(&Finding) -> Option<String>| {
        Values::Text(findings.iter().map(|finding| value(finding).map(Arc::from)).collect())
    };
    let dates = |value: fn(&crate::calendar::DateRange) -> jiff::civil::Date| {
        Values::Date(findings.iter().map(|finding| finding.dates.as_ref().map(value)).collect())
    };
    let detail = |finding: &Finding| {
        let sentence = sentences::sentence(finding);
        sentence.map(|sentence| sentence.get(language).to_owned()).filter(|text| !text.is_empty())
    };
    let examples = |finding: &Finding| (!finding.examples.is_empty()).then(|| finding.examples.join("; "));
    let count = |finding: &Finding| finding.count.and_then(|count| i64::try_from(count).ok());
    Document {
        columns: vec![
            column("level", "级别", Unit::Plain, texts(&|finding| Some(finding.level.name().to_owned()))),
            column("section", "部分", Unit::Plain, texts(&|finding| Some(finding.section.name().to_owned()))),
            column("input", "数据", Unit::Plain, texts(&|finding| Some(finding.input.name().to_owned()))),
            column("check", "检查", Unit::Plain, texts(&|finding| Some(finding.check.name().to_owned()))),
            column("file", "文件", Unit::Plain, texts(&|finding| finding.file.clone())),
            column("count", "数量", Unit::Plain, Values::Count(findings.iter().map(count).collect())),
            column(
                "share",
                "占比",
                Unit::Plain,
                Values::Real(findings.iter().map(|finding| finding.share).collect()),
            ),
            column(
                "gmv",
                "金额",
                Unit::Currency,
                Values::Money(findings.iter().map(|finding| finding.money).collect()),
            ),
            column("first", "首日", Unit::Plain, dates(|range| range.first)),
            column("last", "末日", Unit::Plain, dates(|range| range.last)),
            column("detail", "说明", Unit::Plain, texts(&detail)),
            column("examples", "示例", Unit::Plain, texts(&examples)),
        ],
        ..Document::default()
    }
}

fn column(name: &str, zh: &str, unit: Unit, values: Values) -> Column {
    let heading = Phrase::new(if name == "gmv" { "GMV" } else { name }, zh);
    Column { name: name.to_owned(), heading, unit, rank: 0, values }
}
