//! The report as one workbook: a summary to read first, a sheet for each table to filter and reckon with, and what every column means.
//!
//! Sheets of tables hold nothing but a header and rows; their cells are the values of the tables, typed. Tables of all periods by
//! streamer are cut to the period of the report. Nothing in the file depends on time or threads.

mod change;
mod charts;
mod cohorts;
mod decoration;
mod definitions;
mod pages;
mod pen;
mod selection;
mod summary;
#[cfg(test)]
mod tests;

use rust_xlsxwriter::XlsxError;

use self::pages::Page;
use self::pen::Pen;
use super::Report;
use super::words::Words;
use crate::present::error::PresentError;
use crate::present::xlsx::{self, sheet};

/// The workbook of a report; the same report gives the same bytes.
///
/// # Errors
/// When the library refuses.
pub fn render(report: &Report) -> Result<Vec<u8>, PresentError> {
    bytes(report).map_err(xlsx::refused)
}

fn bytes(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let words = Words { language: report.language };
    let pages = pages::pages(report, words);
    let mut book = xlsx::workbook()?;
    let summary = book.add_worksheet().set_name(words.say("Summary", "摘要"))?;
    summary::write(&mut Pen::new(summary, report), &pages)?;
    summary.set_active(true);
    if report.table(super::tables::CHANGE).is_some() {
        let sheet = book.add_worksheet().set_name(change::name(words))?;
        change::write(&mut Pen::new(sheet, report))?;
    }
    for page in &pages {
        let sheet = book.add_worksheet().set_name(page.name)?;
        sheet::write(sheet, &page.document, report.language)?;
        decoration::decorate(sheet, page, report)?;
    }
    let sheet = book.add_worksheet().set_name(words.say("Definitions", "定义"))?;
    definitions::write(&mut Pen::new(sheet, report), &pages)?;
    book.save_to_buffer()
}

/// The page of a table.
fn page<'a>(pages: &'a [Page], table: &str) -> Option<&'a Page> {
    pages.iter().find(|page| page.table == table)
}
