//! The files of a report, in the folder of its period.

use super::super::error::PresentError;
use super::super::folder::Folder;
use super::super::parquet;
use super::{Report, html, run, workbook};

/// Writes the files.
///
/// # Errors
/// When one cannot be rendered or written.
pub fn write(report: &Report, folder: &Folder) -> Result<(), PresentError> {
    for table in &report.tables {
        folder.file(&file(table.name), |out| parquet::render(&table.document, out))?;
    }
    let page = html::render(report)?;
    folder.file("report.html", |out| Ok(out.write_all(&page)?))?;
    let book = workbook::render(report)?;
    folder.file("report.xlsx", |out| Ok(out.write_all(&book)?))?;
    folder.file("run.json", |out| run::render(report, out))
}

/// The file of a table.
pub(super) fn file(name: &str) -> String {
    format!("tables/{name}.parquet")
}
