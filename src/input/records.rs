//! A block of delimited text to records and cells, in place.
//!
//! The rules are those of RFC 4180 and of the crate `csv`: a quote opens a quoted cell only where the cell begins, so that
//! `5" screen` is text and never swallows the rows after it. Blocks without any quote (most) take a path that looks at
//! delimiters and line ends alone.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memrchr};

use super::scan::for_each_of_two;

/// One record: its cells, as they stand in the block.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    bytes: &'a [u8],
    /// The end of each cell in `bytes`.
    ends: &'a [u32],
    /// Whether a cell may be quoted.
    quoted: bool,
    /// Whether text stands between a closing quote and the next delimiter, or a cell holds a fault.
    pub malformed: bool,
    /// The column of a cell that holds an error of a spreadsheet, or a formula without a value.
    pub fault: Option<u32>,
    /// Whether the file ends within a character of the record.
    pub cut_off: bool,
}

impl<'a> Record<'a> {
    /// A record of cells that hold no quoting, one after the other with one byte between two of them.
    #[must_use]
    pub fn plain(bytes: &'a [u8], ends: &'a [u32]) -> Self {
        Self { bytes, ends, quoted: false, malformed: false, fault: None, cut_off: false }
    }

    /// The same record, a cell of which holds no value but a fault.
    #[must_use]
    pub fn with_fault(self, column: u32) -> Self {
        Self { fault: Some(column), malformed: true, ..self }
    }

    /// The same record, within a character of which the file ends.
    #[must_use]
    pub fn cut_off(self) -> Self {
        Self { cut_off: true, malformed: true, ..self }
    }

    /// The number of cells.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the record has no cells at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The length of the record in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The text of a cell without its quotes; empty where the record has no such cell.
    #[must_use]
    #[inline]
    pub fn cell(&self, index: usize) -> Cow<'a, [u8]> {
        let Some(&end) = self.ends.get(index) else { return Cow::Borrowed(b"") };
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize + 1 };
        let raw = &self.bytes[start..end as usize];
        if self.quoted && raw.first() == Some(&b'"') { unquote(raw) } else { Cow::Borrowed(raw) }
    }
}

/// The text of a quoted cell: the outer quotes gone, doubled ones single.
fn unquote(raw: &[u8]) -> Cow<'_, [u8]> {
    let inner = raw.strip_prefix(b"\"").unwrap_or(raw);
    let inner = inner.strip_suffix(b"\"").unwrap_or(inner);
    if memchr(b'"', inner).is_none() {
        return Cow::Borrowed(inner);
    }
    let mut text = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(quote) = memchr(b'"', rest) {
        text.extend_from_slice(&rest[..=quote]);
        rest = &rest[quote + 1..];
        rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    }
    text.extend_from_slice(rest);
    Cow::Owned(text)
}

/// Where the last whole record of a buffer ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// The bytes up to and including the last line end outside of quotes; `None` where there is none.
    pub end: Option<usize>,
    /// Where a quoted cell opens that the buffer does not close.
    pub open_quote: Option<usize>,
    /// Whether there is any quote in the buffer.
    pub quoted: bool,
}

/// Finds the end of the last whole record of `bytes`, which begin at a record's start.
#[must_use]
pub fn cut(bytes: &[u8], delimiter: u8) -> Cut {
    let Some(mut quote) = memchr(b'"', bytes) else {
        return Cut { end: memrchr(b'\n', bytes).map(|at| at + 1), open_quote: None, quoted: false };
    };
    let mut end = None;
    let mut from = 0;
    loop {
        end = memrchr(b'\n', &bytes[from..quote]).map(|at| from + at + 1).or(end);
        from = quote + 1;
        if begins_cell(bytes, quote, delimiter) {
            match closing_quote(bytes, from) {
                Some(closing) => from = closing + 1,
                None => return Cut { end, open_quote: Some(quote), quoted: true },
            }
        }
        match memchr(b'"', &bytes[from..]) {
            Some(next) => quote = from + next,
            None => break,
        }
    }
    end = memrchr(b'\n', &bytes[from..]).map(|at| from + at + 1).or(end);
    Cut { end, open_quote: None, quoted: true }
}

/// Whether a cell begins at `at`, outside of quotes.
fn begins_cell(bytes: &[u8], at: usize, delimiter: u8) -> bool {
    at == 0 || bytes[at - 1] == delimiter || bytes[at - 1] == b'\n'
}

/// The quote that closes a quoted cell whose text begins at `from`.
fn closing_quote(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let quote = from + memchr(b'"', &bytes[from..])?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        from = quote + 2;
    }
}

/// Splits blocks into records; keeps its buffer from block to block.
#[derive(Debug, Default)]
pub struct Splitter {
    ends: Vec<u32>,
}

impl Splitter {
    /// Calls `each` with every record of a block and the line, from 0, on which it begins; returns the number of lines.
    /// Blank lines are no records.
    pub fn split(
        &mut self,
        bytes: &[u8],
        delimiter: u8,
        quoted: bool,
        each: impl FnMut(Record<'_>, u32),
    ) -> u32 {
        if quoted {
            self.split_quoted(bytes, delimiter, each)
        } else {
            self.split_plain(bytes, delimiter, each)
        }
    }

    fn split_plain(&mut self, bytes: &[u8], delimiter: u8, mut each: impl FnMut(Record<'_>, u32)) -> u32 {
        let ends = &mut self.ends;
        ends.clear();
        let mut start = 0;
        let mut line = 0;
        for_each_of_two(bytes, (delimiter, b'\n'), |at| {
            if bytes[at] == b'\n' {
                emit(&bytes[start..at], ends, (false, false), &mut each, line);
                start = at + 1;
                line += 1;
            } else {
                ends.push((at - start) as u32);
            }
        });
        if start < bytes.len() {
            emit(&bytes[start..], ends, (false, false), &mut each, line);
            line += 1;
        }
        line
    }

    fn split_quoted(&mut self, bytes: &[u8], delimiter: u8, mut each: impl FnMut(Record<'_>, u32)) -> u32 {
        let ends = &mut self.ends;
        ends.clear();
        let (mut start, mut line, mut lines) = (0, 0, 0);
        let (mut at, mut malformed) = (0, false);
        while at < bytes.len() {
            if bytes[at] == b'"' {
                let closed = closing_quote(bytes, at + 1);
                malformed |= closed.is_none();
                let closing = closed.unwrap_or(bytes.len() - 1);
                lines += memchr::memchr_iter(b'\n', &bytes[at..closing]).count() as u32;
                at = closing + 1;
                let after = bytes.get(at).copied().unwrap_or(b'\n');
                let crlf = after == b'\r' && bytes.get(at + 1).is_none_or(|&next| next == b'\n');
                malformed |= after != delimiter && after != b'\n' && !crlf;
            }
            let next = memchr2(delimiter, b'\n', &bytes[at..]).map_or(bytes.len(), |offset| at + offset);
            if bytes.get(next) == Some(&delimiter) {
                ends.push((next - start) as u32);
            } else {
                emit(&bytes[start..next], ends, (true, malformed), &mut each, line);
                lines += 1;
                line = lines;
                start = next + 1;
                malformed = false;
            }
            at = next + 1;
        }
        if start < bytes.len() {
            // The block ended right after a delimiter: the last cell is empty.
            emit(&bytes[start..], ends, (true, malformed), &mut each, line);
            lines += 1;
        }
        lines
    }
}

/// Hands on one record, whose last cell ends where `bytes` do (before a carriage return).
#[inline]
fn emit(
    bytes: &[u8],
    ends: &mut Vec<u32>,
    (quoted, malformed): (bool, bool),
    each: &mut impl FnMut(Record<'_>, u32),
    line: u32,
) {
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if !bytes.is_empty() {
        ends.push(bytes.len() as u32);
        each(Record { bytes, ends, quoted, malformed, fault: None, cut_off: false }, line);
    }
    ends.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(bytes: &[u8], quoted: bool) -> (Vec<(u32, Vec<String>)>, u32) {
        let mut rows = Vec::new();
        let lines = Splitter::default().split(bytes, b',', quoted, |record, line| {
            let cells = (0..record.len()).map(|i| String::from_utf8(record.cell(i).into_owned()).unwrap());
            rows.push((line, cells.collect()));
        });
        (rows, lines)
    }

    #[test]
    fn a_stray_quote_is_text_and_swallows_nothing() {
        let text = b"a,5\" screen,c\nd,\"e\"\"1\n2\",f\r\n\n,,\"\"\nlast,";
        let (rows, lines) = rows(text, true);
        let cells: Vec<_> = rows.iter().map(|(_, cells)| cells.join("|")).collect();
        assert_eq!(cells, ["a|5\" screen|c", "d|e\"1\n2|f", "||", "last|"]);
        assert_eq!(rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [0, 1, 4, 5]);
        assert_eq!(lines, 6);
    }

    #[test]
    fn the_cut_is_after_the_last_line_end_outside_of_quotes() {
        assert_eq!(cut(b"a,b\nc", b','), Cut { end: Some(4), open_quote: None, quoted: false });
        assert_eq!(cut(b"a,\"b\nc\"\nd", b','), Cut { end: Some(8), open_quote: None, quoted: true });
        assert_eq!(cut(b"a,b\n\"c\nd", b','), Cut { end: Some(4), open_quote: Some(4), quoted: true });
        assert_eq!(cut(b"a,5\"\nc\n", b','), Cut { end: Some(7), open_quote: None, quoted: true });
        assert_eq!(cut(b"abc", b','), Cut { end: None, open_quote: None, quoted: false });
    }

    #[test]
    fn text_after_a_closing_quote_is_malformed() {
        let mut seen = Vec::new();
        Splitter::default().split(b"\"a\"x,b\n\"a\",b\r\n\"a\"\n", b',', true, |r, _| seen.push(r.malformed));
        assert_eq!(seen, [true, false, false]);
    }

    proptest! {
        /// The crate `csv` is the outside oracle, on text that it writes itself.
        #[test]
        fn agrees_with_the_crate_csv(table in prop::collection::vec(prop::collection::vec("[a\",\r\n 甲]{0,6}", 3), 1..8)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &table { writer.write_record(row).unwrap(); }
            let text = writer.into_inner().unwrap();
            let (rows, _) = rows(&text, true);
            prop_assert_eq!(rows.into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(), table);
            let found = cut(&text, b',');
            prop_assert_eq!(found.end, Some(text.len()));
            prop_assert_eq!(found.open_quote, None);
        }

        /// Both paths give the same records where there is no quote.
        #[test]
        fn both_paths_agree(text in "[a,\r\n]{0,40}") {
            prop_assert_eq!(rows(text.as_bytes(), false), rows(text.as_bytes(), true));
        }

        /// Cutting anywhere that the cut allows gives the same records.
        #[test]
        fn cutting_changes_nothing(text in "[ab\",\n]{0,60}", at in 0_usize..60) {
            let bytes = text.as_bytes();
            let whole = cut(bytes, b',');
            if whole.open_quote.is_none() && let Some(end) = cut(&bytes[..at.min(bytes.len())], b',').end {
                let (mut parts, lines) = rows(&bytes[..end], true);
                parts.extend(rows(&bytes[end..], true).0.into_iter().map(|(line, cells)| (line + lines, cells)));
                prop_assert_eq!(parts, rows(bytes, true).0);
            }
        }
    }
}
