//! Workbooks for Excel and LibreOffice: a sheet of typed cells, and one that says how to read it.
//!
//! The first sheet is the rows of the machine formats under headings for people, and nothing else, so that filters, pivots and readers take it as it is.
//! The total, notes and options are in the second. Nothing in the file depends on time or threads.

pub mod about;
pub mod cells;
pub mod formats;
pub mod sheet;
pub mod widths;

use std::io::Write;
use std::panic::{self, AssertUnwindSafe};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::error::PresentError;
use super::model::{Document, Language};

/// The rows of a sheet, its header among them.
const SHEET_ROWS: usize = 1_048_576;
/// The columns of a sheet.
const SHEET_COLUMNS: usize = 16_384;

/// How many cells stay in memory, at about 200 bytes each; the rows of more go through a temporary file without a name, which takes no longer.
const CELLS_IN_MEMORY: usize = 250_000;

/// From how many cells on a sheet may be larger than the 4 GiB that a ZIP archive without its larger fields holds.
const CELLS_OF_LARGE_FILES: usize = 40_000_000;

/// Writes the document as a workbook of two sheets.
///
/// # Errors
/// When it is larger than a sheet, or cannot be written.
pub fn render(document: &Document, language: Language, out: &mut dyn Write) -> Result<(), PresentError> {
    check_size(document)?;
    let cells = document.rows() * document.columns.len();
    let bytes = if cells <= CELLS_IN_MEMORY {
        bytes(document, language, Rows::InMemory).map_err(refused)?
    } else {
        large(|| bytes(document, language, Rows::InFile))?
    };
    out.write_all(&bytes).and_then(|()| out.flush()).map_err(PresentError::Output)
}

/// Where the rows of a sheet wait until the file is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rows {
    InMemory,
    InFile,
}

/// Whether the document fits a sheet.
///
/// # Errors
/// When it has more rows or columns.
pub fn check_size(document: &Document) -> Result<(), PresentError> {
    let (rows, columns) = (document.rows(), document.columns.len());
    if rows < SHEET_ROWS && columns <= SHEET_COLUMNS {
        Ok(())
    } else {
        Err(PresentError::LargerThanSheet { rows, columns })
    }
}

fn bytes(document: &Document, language: Language, rows: Rows) -> Result<Vec<u8>, XlsxError> {
    let mut book = workbook()?;
    book.use_zip_large_file(document.rows() * document.columns.len() > CELLS_OF_LARGE_FILES);
    let data = match rows {
        Rows::InMemory => book.add_worksheet(),
        Rows::InFile => book.add_worksheet_with_low_memory()?,
    };
    sheet::write(named(data, language, "Data", "数据")?, document, language)?;
    about::write(named(book.add_worksheet(), language, "About", "说明")?, document, language)?;
    book.save_to_buffer()
}

/// An empty workbook that does not say when it was made.
///
/// # Errors
/// Never, but for the library's checks.
pub fn workbook() -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    // The library always writes a moment; this is the one that the members of the archive have too.
    let moment = ExcelDateTime::from_ymd(1980, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&moment));
    Ok(book)
}

fn named<'a>(
    sheet: &'a mut Worksheet,
    language: Language,
    en: &str,
    zh: &str,
) -> Result<&'a mut Worksheet, XlsxError> {
    sheet.set_name(match language {
        Language::English => en,
        Language::Chinese => zh,
    })
}

/// Lets the library write through its temporary file: a full disk there is a panic of it, which is told as an error.
fn large(write: impl FnOnce() -> Result<Vec<u8>, XlsxError>) -> Result<Vec<u8>, PresentError> {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let written = panic::catch_unwind(AssertUnwindSafe(write));
    panic::set_hook(hook);
    match written {
        Ok(written) => written.map_err(refused),
        Err(payload) => {
            let words = payload.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| payload.downcast_ref::<&str>().copied());
            Err(PresentError::Workbook(words.unwrap_or("the library gave no reason").into()))
        }
    }
}

/// The library's refusal as an error of ours.
#[must_use]
pub fn refused(error: XlsxError) -> PresentError {
    PresentError::Workbook(Box::new(error))
}

#[cfg(test)]
mod tests;
