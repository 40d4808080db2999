//! Writes what stands free on a sheet: words, paragraphs, and single values of tables with the formats of their columns.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet, XlsxError};

use super::super::Report;
use super::super::words::Words;
use super::selection::column;
use crate::present::model::{Document, Unit, Values};
use crate::present::text::sanitize;
use crate::present::width::wrapped;
use crate::present::xlsx::about::TALLEST;
use crate::present::xlsx::cells;
use crate::present::xlsx::formats::{self, ColumnFormats};
use crate::present::xlsx::sheet::LINE;

/// Gains in charts: a blue that all eyes tell from the orange, as in the page.
pub const BLUE: u32 = 0x001F_5FA8;
/// Losses in charts, and words that warn.
pub const ORANGE: u32 = 0x00B0_4A08;
/// Bars of gains behind numbers.
pub const PALE_BLUE: u32 = 0x0086_BBF5;
/// Bars of losses behind numbers.
pub const PALE_ORANGE: u32 = 0x00F2_A663;
/// Bars of amounts behind numbers.
pub const LIGHT_BLUE: u32 = 0x00BD_D7EE;
/// The deepest shade of a scale; numbers on it stay readable.
pub const DEEP: u32 = 0x006B_AED6;
/// Titles.
pub const NAVY: u32 = 0x001F_3A5F;
/// Words beside figures.
pub const DIM: u32 = 0x006B_7684;
/// Levels in charts.
pub const GREY: u32 = 0x008A_94A0;

/// A sheet, and what is written on it.
pub struct Pen<'a> {
    /// The sheet.
    pub sheet: &'a mut Worksheet,
    /// The report.
    pub report: &'a Report,
    /// Its language.
    pub words: Words,
    /// The next free row.
    pub row: u32,
}

impl<'a> Pen<'a> {
    /// At the first row of a sheet.
    pub fn new(sheet: &'a mut Worksheet, report: &'a Report) -> Self {
        Self { sheet, report, words: Words { language: report.language }, row: 0 }
    }

    /// Sets the widths of the first columns.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn widths(&mut self, widths: &[u16]) -> Result<(), XlsxError> {
        for (width, at) in widths.iter().zip(0..) {
            self.sheet.set_column_width(at, *width)?;
        }
        Ok(())
    }

    /// Text, made harmless.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn text(&mut self, at: (u32, u16), text: &str, format: &Format) -> Result<(), XlsxError> {
        cells::text(self.sheet, at, &sanitize(text), Some(format))
    }

    /// The title of a part, with an empty row before it.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn title(&mut self, title: &str) -> Result<(), XlsxError> {
        self.row += u32::from(self.row > 0);
        let format = formats::text().set_bold().set_font_size(12).set_font_color(NAVY);
        self.text((self.row, 0), title, &format)?;
        self.row += 1;
        Ok(())
    }

    /// A paragraph over some columns of a width together, as high as its lines.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn paragraph(
        &mut self,
        text: &str,
        (last, width): (u16, usize),
        format: &Format,
    ) -> Result<(), XlsxError> {
        let text = sanitize(text.trim()).into_owned();
        let lines = wrapped(&text, width).len().max(1);
        let format = format.clone().set_text_wrap().set_align(FormatAlign::Top);
        self.sheet.merge_range(self.row, 0, self.row, last, "", &format)?;
        self.sheet.set_row_height(self.row, (LINE * lines as f64 + 2.0).min(TALLEST))?;
        self.text((self.row, 0), &text, &format)?;
        self.row += 1;
        Ok(())
    }

    /// The header of a table: words, and whether numbers stand below them.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn header(&mut self, heads: &[(&str, bool)]) -> Result<(), XlsxError> {
        for ((text, is_number), at) in heads.iter().zip(0..) {
            let format = formats::header_of_text();
            let indent = u8::from(at > 0);
            let format = if *is_number {
                format.set_align(FormatAlign::Right)
            } else {
                format.set_align(FormatAlign::Left).set_indent(indent)
            };
            self.blank((self.row, at), &format)?;
            self.text((self.row, at), text, &format)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A cell without a value.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn blank(&mut self, (row, at): (u32, u16), format: &Format) -> Result<(), XlsxError> {
        self.sheet.write_blank(row, at, format)?;
        Ok(())
    }

    /// A value of a table with the format of its column, changed.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn value(
        &mut self,
        at: (u32, u16),
        document: &Document,
        (name, row): (&str, usize),
        of: impl Fn(Format) -> Format,
    ) -> Result<(), XlsxError> {
        let Some((_, column)) = column(document, name) else { return Ok(()) };
        let mut formats = ColumnFormats::new(&column.values, column.unit, &document.currency);
        formats.change(of);
        cells::write(self.sheet, at, &column.values, row, &formats)
    }

    /// A number of our own.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn number(&mut self, (row, at): (u32, u16), number: f64, format: &Format) -> Result<(), XlsxError> {
        self.sheet.write_number_with_format(row, at, number, format)?;
        Ok(())
    }

    /// The number format of money with a sign also where it is gained.
    #[must_use]
    pub fn signed_money(&self) -> String {
        signed(&self.money())
    }

    /// The number format of money.
    #[must_use]
    pub fn money(&self) -> String {
        formats::number_format(&Values::Money(Vec::new()), Unit::Currency, &self.report.currency).usual
    }
}

/// A number format with a sign also where it is gained.
#[must_use]
pub fn signed(format: &str) -> String {
    format!("+{format};-{format};{format}")
}

/// A number of a document, money in whole units of currency.
#[must_use]
pub fn number(document: &Document, name: &str, row: usize) -> Option<f64> {
    match &column(document, name)?.1.values {
        Values::Count(values) => values.get(row)?.map(|value| value as f64),
        Values::Money(values) => values.get(row)?.map(|value| value as f64 / 100.0),
        Values::Wide(values) => values.get(row)?.map(|value| value as f64),
        Values::Real(values) => values.get(row).copied().flatten(),
        Values::Text(_) | Values::Date(_) | Values::Flag(_) => None,
    }
}
