//! One value in one cell, as what it is: text is never a formula, and no number loses digits.

use std::borrow::Cow;

use jiff::civil::{Date, date};
use rust_xlsxwriter::{ExcelDateTime, Format, Worksheet, XlsxError};

use super::super::model::{Document, Values};
use super::super::text::decimal;
use super::formats::ColumnFormats;

/// The largest whole number (or number of minor units) that a spreadsheet shows and keeps digit by digit: it has fifteen of them.
const LARGEST: u128 = 999_999_999_999_999;

/// The longest text of a cell, in units of UTF-16.
const LONGEST: usize = 32_767;

/// How long a text that looks like the library's own markup may be: escapes may make seven characters of each.
const LONGEST_OF_MARKUP: usize = 4_000;

/// Writes one value; null and empty text leave the cell blank.
///
/// # Errors
/// When the library refuses.
pub fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    values: &Values,
    at: usize,
    formats: &ColumnFormats,
) -> Result<(), XlsxError> {
    match values {
        Values::Text(v) => match v.get(at).and_then(Option::as_deref) {
            Some(words) => text(sheet, (row, column), words, formats.usual()),
            None => Ok(()),
        },
        Values::Date(v) => match v.get(at).copied().flatten() {
            Some(day) => calendar_date(sheet, (row, column), day, formats),
            None => Ok(()),
        },
        Values::Count(v) => {
            whole(sheet, (row, column), v.get(at).copied().flatten().map(i128::from), formats)
        }
        Values::Wide(v) => whole(sheet, (row, column), v.get(at).copied().flatten(), formats),
        Values::Money(v) => money(sheet, (row, column), v.get(at).copied().flatten(), formats),
        Values::Real(v) => match v.get(at).copied().flatten().filter(|number| number.is_finite()) {
            Some(value) => number(sheet, (row, column), value, formats.of(value)),
            None => Ok(()),
        },
        Values::Flag(v) => match v.get(at).copied().flatten() {
            Some(yes) => flag(sheet, (row, column), yes, formats.usual()),
            None => Ok(()),
        },
    }
}

fn number(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: f64,
    format: Option<&Format>,
) -> Result<(), XlsxError> {
    match format {
        Some(format) => sheet.write_number_with_format(row, column, value, format)?,
        None => sheet.write_number(row, column, value)?,
    };
    Ok(())
}

fn flag(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    yes: bool,
    format: Option<&Format>,
) -> Result<(), XlsxError> {
    match format {
        Some(format) => sheet.write_boolean_with_format(row, column, yes, format)?,
        None => sheet.write_boolean(row, column, yes)?,
    };
    Ok(())
}

/// Writes text as text, cut with `…` where it is longer than a cell.
///
/// # Errors
/// When the library refuses.
pub fn text(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    format: Option<&Format>,
) -> Result<(), XlsxError> {
    // The library takes a text of this form for markup that it made itself, and would write it without escapes.
    let is_like_markup = text.starts_with("<r>") && text.ends_with("</r>");
    let text = cut(text, if is_like_markup { LONGEST_OF_MARKUP } else { LONGEST });
    if is_like_markup && text.ends_with("</r>") {
        let plain = Format::default();
        // The library does not escape here what stands in the text and looks like an escape of a workbook.
        let text = text.replace("_x", "_x005F_x");
        match format {
            Some(format) => sheet.write_rich_string_with_format(row, column, &[(&plain, &text)], format)?,
            None => sheet.write_rich_string(row, column, &[(&plain, &text)])?,
        };
    } else if !text.is_empty() {
        match format {
            Some(format) => sheet.write_string_with_format(row, column, text, format)?,
            None => sheet.write_string(row, column, text)?,
        };
    }
    Ok(())
}

/// The start of a text that fits a number of units of UTF-16, with its mark.
fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    if !is_longer(text, longest) {
        return Cow::Borrowed(text);
    }
    let mut used = 1;
    let end = text.char_indices().find_map(|(at, c)| {
        used += c.len_utf16();
        (used > longest).then_some(at)
    });
    Cow::Owned(format!("{}…", text.get(..end.unwrap_or(text.len())).unwrap_or_default()))
}

fn is_longer(text: &str, longest: usize) -> bool {
    // A unit of UTF-16 takes at least a byte of UTF-8.
    text.len() > longest && text.encode_utf16().count() > longest
}

/// A date as a date; as text where spreadsheets count days differently (before March 1900) or not at all.
fn calendar_date(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    day: Date,
    formats: &ColumnFormats,
) -> Result<(), XlsxError> {
    let parts = (u16::try_from(day.year()), u8::try_from(day.month()), u8::try_from(day.day()));
    match parts {
        (Ok(year), Ok(month), Ok(of_month)) if day >= date(1900, 3, 1) => {
            let moment = ExcelDateTime::from_ymd(year, month, of_month)?;
            match formats.usual() {
                Some(format) => sheet.write_datetime_with_format(row, column, &moment, format)?,
                None => sheet.write_datetime(row, column, &moment)?,
            };
            Ok(())
        }
        _ => text(sheet, (row, column), &day.to_string(), Some(&formats.text)),
    }
}

fn whole(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    value: Option<i128>,
    formats: &ColumnFormats,
) -> Result<(), XlsxError> {
    match value {
        Some(value) if is_long(value) => text(sheet, (row, column), &value.to_string(), Some(&formats.text)),
        Some(value) => number(sheet, (row, column), value as f64, formats.usual()),
        None => Ok(()),
    }
}

fn money(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    minor_units: Option<i128>,
    formats: &ColumnFormats,
) -> Result<(), XlsxError> {
    match minor_units {
        Some(value) if is_long(value) => text(sheet, (row, column), &decimal(value), Some(&formats.text)),
        Some(value) => number(sheet, (row, column), value as f64 / 100.0, formats.usual()),
        None => Ok(()),
    }
}

fn is_long(value: i128) -> bool {
    value.unsigned_abs() > LARGEST
}

/// What a document loses as numbers, or as text, in the cells of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exceptions {
    /// Numbers of more than fifteen digits, which are text.
    pub long_numbers: usize,
    /// Texts longer than a cell, which are cut.
    pub cut_texts: usize,
}

/// Counts the exceptions of a document, its total line among them.
#[must_use]
pub fn exceptions(document: &Document) -> Exceptions {
    let mut found = Exceptions::default();
    let columns = document.columns.iter().map(|column| &column.values);
    for values in columns.chain(document.total.iter().flatten()) {
        match values {
            Values::Text(v) => {
                found.cut_texts += v.iter().flatten().filter(|words| is_longer(words, LONGEST)).count();
            }
            Values::Money(v) | Values::Wide(v) => {
                found.long_numbers += v.iter().flatten().filter(|value| is_long(**value)).count();
            }
            Values::Count(v) => {
                found.long_numbers += v.iter().flatten().filter(|value| is_long(i128::from(**value))).count();
            }
            Values::Date(_) | Values::Real(_) | Values::Flag(_) => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_by_what_a_cell_counts() {
        assert_eq!(cut("王芳", 2), "王芳");
        assert_eq!(cut("王芳的", 2), "王…");
        // An emoji counts twice, and is never divided.
        assert_eq!(cut("a🎁b", 4), "a🎁b");
        assert_eq!(cut("a🎁bc", 4), "a🎁…");
        assert_eq!(cut("a🎁bc", 3), "a…");
        let longest = "王".repeat(LONGEST);
        assert_eq!(cut(&longest, LONGEST), longest);
        assert_eq!(cut(&(longest + "x"), LONGEST).encode_utf16().count(), LONGEST);
    }

    #[test]
    fn fifteen_digits_are_the_most() {
        assert!(!is_long(999_999_999_999_999) && !is_long(-999_999_999_999_999));
        assert!(is_long(1_000_000_000_000_000) && is_long(i128::MIN));
        // Each amount of fifteen digits is the shortest text of its double.
        assert_eq!((999_999_999_999_999_f64 / 100.0).to_string(), "9999999999999.99");
    }
}
