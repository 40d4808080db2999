//! Rows of CSV, written by hand into a large buffer: no cell here needs quotes, and formatting each cell by `format!`
//! takes longer than drawing it.

use std::io::{self, Write};

use super::calendar::{Calendar, Moment};
use crate::units::{MinorUnits, Seconds};

/// Bytes at which the buffer is handed to the writer.
const BUFFER: usize = 1 << 18;

/// Writes cells and rows of one file.
pub(super) struct Rows<'a> {
    out: &'a mut dyn Write,
    buffer: Vec<u8>,
    cells: usize,
    /// Rows written, without the header.
    pub(super) written: u64,
}

impl<'a> Rows<'a> {
    /// A file that starts with this header.
    pub(super) fn new(out: &'a mut dyn Write, header: &str) -> Self {
        let mut buffer = Vec::with_capacity(BUFFER + 1_024);
        buffer.extend_from_slice(header.as_bytes());
        buffer.push(b'\n');
        Self { out, buffer, cells: 0, written: 0 }
    }

    /// Begins a cell.
    pub(super) fn cell(&mut self) -> &mut Self {
        if self.cells > 0 {
            self.buffer.push(b',');
        }
        self.cells += 1;
        self
    }

    /// Appends text to the cell; it must hold no comma, quote or line break.
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.buffer.extend_from_slice(text.as_bytes());
        self
    }

    /// Appends a whole number, with zeros before it up to a width.
    pub(super) fn number(&mut self, number: u64, width: usize) -> &mut Self {
        let mut digits = [b'0'; 20];
        let mut start = digits.len();
        let mut left = number;
        for digit in digits.iter_mut().rev() {
            *digit += (left % 10) as u8;
            left /= 10;
            start -= 1;
            if left == 0 {
                break;
            }
        }
        let start = start.min(digits.len() - width);
        self.buffer.extend_from_slice(&digits[start..]);
        self
    }

    /// Appends money with two decimals; it must not be negative.
    pub(super) fn money(&mut self, money: MinorUnits) -> &mut Self {
        let cents = money.0.unsigned_abs();
        self.number(cents / 100, 1).text(".").number(cents % 100, 2)
    }

    /// Appends `YYYY-MM-DD HH:MM:SS`.
    pub(super) fn moment(&mut self, calendar: &Calendar, moment: Moment) -> &mut Self {
        let day = moment.0 / Seconds::PER_DAY;
        let second = (moment.0 % Seconds::PER_DAY) as u64;
        self.buffer.extend_from_slice(calendar.text(day as usize));
        self.text(" ").number(second / 3_600, 2);
        self.text(":").number(second / 60 % 60, 2);
        self.text(":").number(second % 60, 2)
    }

    /// Appends `YYMMDD`.
    pub(super) fn short_date(&mut self, calendar: &Calendar, day: u32) -> &mut Self {
        let date = calendar.text(day as usize);
        for part in [2..4, 5..7, 8..10] {
            self.buffer.extend_from_slice(&date[part]);
        }
        self
    }

    /// Ends the row.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.buffer.push(b'\n');
        self.cells = 0;
        self.written += 1;
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        Ok(())
    }

    /// Hands what is buffered to the writer.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_what_format_would_write() {
        let mut out = Vec::new();
        let mut rows = Rows::new(&mut out, "a,b");
        rows.cell().number(0, 1).cell().number(7, 4).text("x");
        rows.cell().number(u64::MAX, 1).cell().number(12_345, 2);
        rows.cell().money(MinorUnits(5)).cell().money(MinorUnits(123_456));
        rows.end().unwrap();
        rows.flush().unwrap();
        assert_eq!(rows.written, 1);
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "a,b\n0,0007x,18446744073709551615,12345,0.05,1234.56\n");
    }

    #[test]
    fn a_writer_that_fails_is_an_error() {
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut full = Full;
        let mut rows = Rows::new(&mut full, "a");
        rows.cell().text("x").end().unwrap();
        assert!(rows.flush().is_err());
    }
}
