//! A document as one sheet: a frozen header with filters, and a row of typed cells for each row.

use rust_xlsxwriter::{Format, IgnoreError, Worksheet, XlsxError};

use super::super::model::{Document, Language, Values};
use super::super::text::sanitize;
use super::{cells, formats, widths};

/// The paper of most offices outside of North America, where printers take it for theirs.
const A4: u8 = 9;

/// The height of a line of text in points.
pub const LINE: f64 = 15.0;

/// How many places of a landscape page can be read: letters of a little more than half their size.
const WIDEST_PAGE: usize = 220;

/// How much of a window the columns that stay may take, in places.
const WIDEST_FROZEN: usize = 44;

/// Writes headings in the first row, the document's rows below them, and nothing else.
///
/// # Errors
/// When the library refuses; the document must fit ([`check_size`](super::check_size)).
pub fn write(sheet: &mut Worksheet, document: &Document, language: Language) -> Result<(), XlsxError> {
    let mut formats = Vec::new();
    for (column, at) in document.columns.iter().zip(0..) {
        let mut of_cells = formats::ColumnFormats::new(&column.values, column.unit, &document.currency);
        if let Some(usual) = of_cells.take_usual() {
            sheet.set_column_format(at, &usual)?;
        }
        formats.push(of_cells);
    }
    header(sheet, document, language)?;
    // Row by row, since a sheet in a file takes no other order.
    for (row, place) in (0..document.rows()).zip(1..) {
        for ((column, formats), at) in document.columns.iter().zip(&formats).zip(0..) {
            cells::write(sheet, (place, at), &column.values, row, formats)?;
        }
    }
    filters(sheet, document)?;
    page(sheet);
    sheet.set_print_fit_to_pages(pages(document, language), 0).set_repeat_rows(0, 0)?;
    Ok(())
}

/// The first row: headings, widths of the columns, what stays where one scrolls.
fn header(sheet: &mut Worksheet, document: &Document, language: Language) -> Result<(), XlsxError> {
    let (mut lines, mut frozen, mut frozen_width) = (1, 0, 0);
    let mut headings = Vec::new();
    for (column, at) in document.columns.iter().zip(0_u16..) {
        let heading = formats::heading(&column.heading, column.unit, language);
        let heading = sanitize(&heading).into_owned();
        let (width, of_heading) = widths::width(&heading, &column.values, column.unit, &document.currency);
        sheet.set_column_width(at, width as f64)?;
        lines = lines.max(of_heading);
        frozen_width += width;
        let names_a_group = matches!(column.values, Values::Text(_) | Values::Date(_));
        if names_a_group && frozen == at && frozen_width <= WIDEST_FROZEN {
            frozen = at + 1;
        }
        headings.push((heading, formats::header(&column.values)));
    }
    sheet.set_row_height(0, LINE * lines as f64)?;
    for ((heading, format), at) in headings.iter().zip(0..) {
        cells::text(sheet, (0, at), heading, Some(format))?;
    }
    sheet.set_freeze_panes(1, frozen)?;
    if let Some(last) = frozen.checked_sub(1) {
        sheet.set_repeat_columns(0, last)?;
    }
    Ok(())
}

/// Filters over all rows, and no marks at texts of digits: ids are text on purpose.
fn filters(sheet: &mut Worksheet, document: &Document) -> Result<(), XlsxError> {
    let rows = u32::try_from(document.rows()).unwrap_or(u32::MAX);
    let Some(last) = u16::try_from(document.columns.len()).ok().and_then(|columns| columns.checked_sub(1))
    else {
        return Ok(());
    };
    sheet.autofilter(0, 0, rows, last)?;
    if rows > 0 {
        sheet.ignore_error_range(1, 0, rows, last, IgnoreError::NumberStoredAsText)?;
    }
    Ok(())
}

/// How many pages a table is wide: one, unless nobody could read it then.
fn pages(document: &Document, language: Language) -> u16 {
    let widths = document.columns.iter().map(|column| {
        let heading = formats::heading(&column.heading, column.unit, language);
        widths::width(&heading, &column.values, column.unit, &document.currency).0
    });
    u16::try_from(widths.sum::<usize>().div_ceil(WIDEST_PAGE).max(1)).unwrap_or(u16::MAX)
}

/// Landscape, as wide as a page, with numbers.
pub fn page(sheet: &mut Worksheet) {
    sheet.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_footer("&L&A&R&P / &N");
}

/// A format of bold text.
#[must_use]
pub fn bold() -> Format {
    formats::text().set_bold()
}
