//! Which cells of a sheet are formatted as percentages: a workbook holds 0.255 of them and shows 25.5%, as a CSV export would.

use std::collections::HashMap;
use std::io::{Read, Seek};

use calamine::{Style, Xlsx};

/// The cells of a sheet that are formatted as percentages.
#[derive(Debug, Default)]
pub struct Percentages {
    /// For each column, the first and last rows of runs of such cells, from 0 and in order.
    runs: HashMap<u32, Vec<(u32, u32)>>,
}

impl Percentages {
    /// Finds them in a sheet. Its cells come with their formulas or with their formats, not with both, so a sheet of a workbook that has
    /// any such format is read once more.
    pub fn find<R: Read + Seek>(workbook: &mut Xlsx<R>, sheet: &str) -> Self {
        let mut found = Self::default();
        let Ok(mut cells) = workbook.worksheet_cells_reader(sheet) else { return found };
        let styles: Vec<bool> = cells.styles().iter().map(is_percentage).collect();
        if !styles.contains(&true) {
            return found;
        }
        // Where the sheet is damaged, the reader of its values says so.
        while let Ok(Some((row, column, style))) = cells.next_style_id() {
            if styles.get(style) == Some(&true) {
                found.push(row, column);
            }
        }
        found
    }

    /// Takes the next cell; rows that are out of order are refused by the reader of their values.
    fn push(&mut self, row: u32, column: u32) {
        let runs = self.runs.entry(column).or_default();
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(row) => *last = row,
            Some((_, last)) if *last >= row => {}
            _ => runs.push((row, row)),
        }
    }

    /// Whether a cell is one of them.
    #[must_use]
    pub fn hold(&self, (row, column): (u32, u32)) -> bool {
        self.runs.get(&column).is_some_and(|runs| {
            let after = runs.partition_point(|(first, _)| *first <= row);
            after.checked_sub(1).and_then(|at| runs.get(at)).is_some_and(|(_, last)| row <= *last)
        })
    }
}

fn is_percentage(style: &Style) -> bool {
    style.number_format.as_ref().is_some_and(|format| shows_percent(&format.format_code))
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
    fn runs_hold_their_cells_and_no_others() {
        let mut found = Percentages::default();
        for row in [1, 2, 3, 7, 7, 5, 9] {
            found.push(row, 4);
        }
        let rows: Vec<u32> = (0..12).filter(|row| found.hold((*row, 4))).collect();
        assert_eq!(rows, [1, 2, 3, 7, 9]);
        assert!(!found.hold((1, 3)));
    }
}
