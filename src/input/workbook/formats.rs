//! Formats of numbers that change what a cell means: a workbook holds 0.255 and shows `25.5%`, holds 7 and shows `000007`, and a CSV export
//! would hold what is shown.

use std::collections::HashMap;
use std::io::{Read, Seek};

use calamine::{DataRef, Style, XlsxCellReader, XlsxError};
use foldhash::fast::RandomState;

/// Runs of cells in a column, a few in any sheet that a person has made; a sheet of alternating ones shall not fill the memory.
const MOST_RUNS: usize = 4 << 20;

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// In hundredths, with a percent sign.
    Percentage,
    /// In so many digits at least, with zeros in front.
    Zeros(usize),
}

impl Format {
    fn of(style: &Style) -> Option<Self> {
        let code = &style.number_format.as_ref()?.format_code;
        if shows_percent(code) { Some(Self::Percentage) } else { zeros(code).map(Self::Zeros) }
    }
}

/// Cells of one column, one below the other, of one format.
#[derive(Debug)]
struct Run {
    first: u32,
    last: u32,
    format: Format,
}

/// The numbers of a sheet that have such a format: the runs of each column.
#[derive(Debug, Default)]
pub struct Formats {
    columns: HashMap<u32, Vec<Run>, RandomState>,
    runs: usize,
}

impl Formats {
    /// Those of a sheet. Its cells come with their formulas or with their formats, not with both, so that the sheet of a workbook which has
    /// any such format is read once more.
    ///
    /// # Errors
    /// When the sheet is damaged.
    pub fn of<R: Read + Seek>(mut cells: XlsxCellReader<'_, R>) -> Result<Self, XlsxError> {
        let formats: Vec<Option<Format>> = cells.styles().iter().map(Format::of).collect();
        let mut found = Self::default();
        if formats.iter().all(Option::is_none) {
            return Ok(found);
        }
        while let Some((cell, style)) = cells.next_cell_with_style_id()? {
            let is_number = matches!(cell.get_value(), DataRef::Float(_) | DataRef::Int(_));
            if let Some(format) = formats.get(style).copied().flatten().filter(|_| is_number) {
                found.add(cell.get_position(), format);
            }
            if found.runs > MOST_RUNS {
                return Err(XlsxError::Unexpected(
                    "too many cells formatted as percentages or with leading zeros among others; give their columns as text",
                ));
            }
        }
        Ok(found)
    }

    fn add(&mut self, (row, column): (u32, u32), format: Format) {
        let runs = self.columns.entry(column).or_default();
        match runs.last_mut() {
            Some(run) if run.format == format && row == run.last.saturating_add(1) => run.last = row,
            // Rows that are out of order are refused by the reader of their values.
            Some(run) if row <= run.last => {}
            _ => {
                runs.push(Run { first: row, last: row, format });
                self.runs += 1;
            }
        }
    }

    /// The format of a cell, by its row and column.
    #[must_use]
    pub fn at(&self, (row, column): (u32, u32)) -> Option<Format> {
        let runs = self.columns.get(&column)?;
        let run = runs.get(runs.partition_point(|run| run.last < row))?;
        (run.first <= row).then_some(run.format)
    }
}

/// The digits that a format of nothing but zeros shows at least.
fn zeros(format: &str) -> Option<usize> {
    const LONGEST: usize = 32;
    let code = format.split(';').next()?.trim();
    let zeros = code.bytes().all(|byte| byte == b'0');
    (zeros && (2..=LONGEST).contains(&code.len())).then_some(code.len())
}

/// Whether a format shows a number in hundredths: a `%` in its first part that is not text.
fn shows_percent(format: &str) -> bool {
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        match c {
            '%' => return true,
            ';' => return false,
            // Text, or a colour, a condition or a currency, up to its end.
            '"' => _ = rest.find(|c| *c == '"'),
            '[' => _ = rest.find(|c| *c == ']'),
            // One character as it is, as a space, or as filling.
            '\\' | '_' | '*' => _ = rest.next(),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_sign_counts_where_it_is_no_text() {
        for format in ["0%", "0.00%", "[Red]0.0%;-0%", "\"约\"0%", "#,##0.00 %"] {
            assert!(shows_percent(format), "{format}");
        }
        for format in ["General", "0.00", "0\"%\"", "0\\%", "0_%", "0;-0%", "[$%]0", "@", "0\"%"] {
            assert!(!shows_percent(format), "{format}");
        }
    }

    #[test]
    fn zeros_alone_are_leading_zeros() {
        assert_eq!(
            ["000000", "00;-0", "0", "0.00", "000-000", ""].map(zeros),
            [Some(6), Some(2), None, None, None, None]
        );
    }

    #[test]
    fn runs_hold_their_cells_and_no_others() {
        let mut found = Formats::default();
        for (row, format) in
            [(1, Format::Percentage), (2, Format::Percentage), (3, Format::Zeros(6)), (4, Format::Zeros(3))]
        {
            found.add((row, 4), format);
        }
        for row in [7, 7, 5, 9] {
            found.add((row, 4), Format::Percentage);
        }
        assert_eq!(found.runs, 5);
        let percentages: Vec<u32> =
            (0..12).filter(|row| found.at((*row, 4)) == Some(Format::Percentage)).collect();
        assert_eq!(percentages, [1, 2, 7, 9]);
        assert_eq!(
            [3, 4, 5].map(|row| found.at((row, 4))),
            [Some(Format::Zeros(6)), Some(Format::Zeros(3)), None]
        );
        assert_eq!(found.at((1, 3)), None);
    }
}
