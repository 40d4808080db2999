//! Numbers that a sheet shows with leading zeros (`000007`): as ids, they are what is shown. The reader of cells tells either a cell's
//! format or its formula, so that the sheet is read once more for these, where the workbook has such a format at all.

use std::collections::HashMap;
use std::io::{Read, Seek};

use calamine::{DataRef, Style, XlsxCellReader, XlsxError};
use foldhash::fast::RandomState;

/// Runs of cells in a column, a few in any sheet that a person has made; a sheet of alternating ones shall not fill the memory.
const MOST_RUNS: usize = 4 << 20;

/// Cells of one column, one below the other, that show the same number of digits at least.
#[derive(Debug)]
struct Run {
    first: u32,
    last: u32,
    width: usize,
}

/// The cells of a sheet whose format has leading zeros: the runs of each column.
#[derive(Debug, Default)]
pub struct LeadingZeros {
    columns: HashMap<u32, Vec<Run>, RandomState>,
    runs: usize,
}

impl LeadingZeros {
    /// Those of a sheet.
    ///
    /// # Errors
    /// When the sheet is damaged.
    pub fn of<R: Read + Seek>(mut cells: XlsxCellReader<'_, R>) -> Result<Self, XlsxError> {
        let widths: Vec<Option<usize>> = cells.styles().iter().map(width).collect();
        let mut found = Self::default();
        if widths.iter().all(Option::is_none) {
            return Ok(found);
        }
        while let Some((cell, style)) = cells.next_cell_with_style_id()? {
            let is_number = matches!(cell.get_value(), DataRef::Float(_) | DataRef::Int(_));
            if let Some(width) = widths.get(style).copied().flatten().filter(|_| is_number) {
                found.add(cell.get_position(), width);
            }
            if found.runs > MOST_RUNS {
                return Err(XlsxError::Unexpected(
                    "too many cells with a format of leading zeros among others; give their columns as text",
                ));
            }
        }
        Ok(found)
    }

    fn add(&mut self, (row, column): (u32, u32), width: usize) {
        let runs = self.columns.entry(column).or_default();
        match runs.last_mut() {
            Some(run) if run.width == width && row == run.last.saturating_add(1) => run.last = row,
            _ => {
                runs.push(Run { first: row, last: row, width });
                self.runs += 1;
            }
        }
    }

    fn width(&self, (row, column): (u32, u32)) -> Option<usize> {
        let runs = self.columns.get(&column)?;
        let run = runs.get(runs.partition_point(|run| run.last < row))?;
        (run.first <= row).then_some(run.width)
    }

    /// Writes the zeros before the digits of a cell, which stand in `out` from `start` on.
    pub fn pad(&self, position: (u32, u32), start: usize, out: &mut Vec<u8>) {
        let Some(width) = self.width(position) else { return };
        let digits = out.get(start..).unwrap_or_default();
        if digits.iter().all(u8::is_ascii_digit) && digits.len() < width {
            let missing = width - digits.len();
            out.splice(start..start, std::iter::repeat_n(b'0', missing));
        }
    }
}

/// The digits that a format of nothing but zeros shows at least.
fn width(style: &Style) -> Option<usize> {
    const LONGEST: usize = 32;
    let code = style.number_format.as_ref()?.format_code.split(';').next()?.trim();
    let zeros = code.bytes().all(|byte| byte == b'0');
    (zeros && (2..=LONGEST).contains(&code.len())).then_some(code.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_stand_where_the_format_has_them() {
        let mut zeros = LeadingZeros::default();
        for (row, column, width) in [(1, 0, 6), (2, 0, 6), (3, 0, 6), (5, 0, 6), (6, 0, 3), (3, 1, 2)] {
            zeros.add((row, column), width);
        }
        assert_eq!(zeros.runs, 4);
        let padded = |row, column, text: &str| {
            let mut out = format!("x,{text}").into_bytes();
            zeros.pad((row, column), 2, &mut out);
            String::from_utf8(out).unwrap()
        };
        for row in [1, 2, 3, 5] {
            assert_eq!(padded(row, 0, "7"), "x,000007");
        }
        assert_eq!(padded(6, 0, "7"), "x,007");
        assert_eq!(padded(3, 1, "7"), "x,07");
        for (row, column) in [(0, 0), (4, 0), (7, 0), (2, 1), (4, 1), (3, 2)] {
            assert_eq!(padded(row, column, "7"), "x,7", "{row} {column}");
        }
        assert_eq!(
            (padded(1, 0, "1234567"), padded(1, 0, "-7"), padded(1, 0, "7.5")),
            ("x,1234567".into(), "x,-7".into(), "x,7.5".into())
        );
    }
}
