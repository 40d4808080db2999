//! A block of delimited text to records and cells, in place.
//!
//! The rules are those of RFC 4180 and of the crate `csv`: a quote opens a quoted cell only where the cell begins, so that
//! `5" screen` is text and never swallows the rows after it. Blocks without any quote (most) take a path that looks at
//! delimiters and line ends alone.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr2, memrchr};

use super::scan::{Found, Positions, ROOM};

/// One record: its cells, as they stand in the block.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The block, or whatever holds the record.
    bytes: &'a [u8],
    /// Where the record begins in it.
    start: usize,
    /// The end of each cell in `bytes`.
    ends: &'a [u32],
    /// The same behind the place before the record, with room, where they stand so.
    bounds: Option<&'a [u32; ROOM]>,
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
        let (quoted, malformed, fault, cut_off) = (false, false, None, false);
        Self { bytes, start: 0, ends, bounds: None, quoted, malformed, fault, cut_off }
    }

    /// The same of a record of `cells` cells within a block: `bounds` are the place before it, the end of each cell, and [`ROOM`] in all or
    /// more.
    #[must_use]
    #[inline]
    pub fn within(bytes: &'a [u8], bounds: &'a [u32], cells: usize) -> Self {
        let start = bounds[0].wrapping_add(1) as usize;
        Self { start, bounds: bounds.first_chunk(), ..Self::plain(bytes, &bounds[1..=cells]) }
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
        self.ends.last().map_or(0, |&end| end as usize - self.start)
    }

    /// The block that holds the record, and the bounds of its cells (see [`Record::within`]), where no cell is quoted or at fault.
    #[must_use]
    #[inline]
    pub fn block(&self) -> Option<(&'a [u8], &'a [u32; ROOM])> {
        let bounds = self.bounds.filter(|_| !self.malformed && !self.cut_off)?;
        Some((self.bytes, bounds))
    }

    /// Where a cell stands in the block, its quotes included; empty at the record's start where the record has no such cell.
    #[must_use]
    #[inline]
    pub fn span(&self, index: usize) -> Range<usize> {
        let Some(&end) = self.ends.get(index) else { return self.start..self.start };
        let start = if index == 0 { self.start } else { self.ends[index - 1] as usize + 1 };
        start..end as usize
    }

    /// A cell as it stands in the block, with its quotes.
    #[must_use]
    #[inline]
    pub fn raw(&self, index: usize) -> &'a [u8] {
        &self.bytes[self.span(index)]
    }

    /// The text of a cell without its quotes; empty where the record has no such cell.
    #[must_use]
    #[inline]
    pub fn cell(&self, index: usize) -> Cow<'a, [u8]> {
        let raw = self.raw(index);
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
pub(super) fn closing_quote(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let quote = from + memchr(b'"', &bytes[from..])?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        from = quote + 2;
    }
}

/// Splits blocks into records; keeps its buffers from block to block.
#[derive(Debug, Default)]
pub struct Splitter {
    ends: Vec<u32>,
    positions: Positions,
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

    /// First all delimiters and line ends of the block, then record by record: two loops without a branch that is hard to foresee, since
    /// lines mostly have as many cells as the one before.
    fn split_plain(&mut self, bytes: &[u8], delimiter: u8, mut each: impl FnMut(Record<'_>, u32)) -> u32 {
        let Found { at, lines } = self.positions.find(bytes, delimiter);
        let (mut rest, mut cells) = (at, 1);
        for (line, &end) in lines.iter().enumerate() {
            if rest.get(cells) != Some(&end) {
                cells = rest[1..].iter().take_while(|&&cell| cell != end).count() + 1;
            }
            if bytes.get((end as usize).wrapping_sub(1)) == Some(&b'\r') {
                rest[cells] = end - 1;
            }
            if cells > 1 || rest[cells] > rest[0].wrapping_add(1) {
                each(Record::within(bytes, rest, cells), line as u32);
            }
            rest[cells] = end;
            rest = &mut rest[cells..];
        }
        lines.len() as u32
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
                // There may be several carriage returns, where two programs have each added one.
                let mut behind = bytes[at.min(bytes.len())..].iter();
                let crlf =
                    after == b'\r' && behind.find(|&&byte| byte != b'\r').is_none_or(|&next| next == b'\n');
                malformed |= after != delimiter && after != b'\n' && !crlf;
            }
            let next = memchr2(delimiter, b'\n', &bytes[at..]).map_or(bytes.len(), |offset| at + offset);
            if bytes.get(next) == Some(&delimiter) {
                ends.push(next as u32);
            } else {
                finish(bytes, start..next, ends, malformed, &mut each, line);
                lines += 1;
                line = lines;
                start = next + 1;
                malformed = false;
            }
            at = next + 1;
        }
        if start < bytes.len() {
            // The block ended right after a delimiter: the last cell is empty.
            finish(bytes, start..bytes.len(), ends, malformed, &mut each, line);
            lines += 1;
        }
        lines
    }
}

/// Hands on the record of a line, unless it is blank, whose last cell ends where the line does (before a carriage return), and forgets its
/// cells.
fn finish(
    bytes: &[u8],
    line: Range<usize>,
    ends: &mut Vec<u32>,
    malformed: bool,
    each: &mut impl FnMut(Record<'_>, u32),
    number: u32,
) {
    let text = &bytes[line.clone()];
    let mut text = text.strip_suffix(b"\r").unwrap_or(text);
    let last = ends.last().map_or(0, |&end| end as usize + 1 - line.start);
    while text.len() > last
        && text[last] == b'"'
        && let Some(before) = text.strip_suffix(b"\r")
    {
        text = before;
    }
    ends.push((line.start + text.len()) as u32);
    if ends.len() > 1 || !text.is_empty() {
        let start = line.start;
        each(Record { start, quoted: true, malformed, ..Record::plain(bytes, ends) }, number);
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
        let (rows, _) = rows(b"a,\"b\"\r\r\n\"c\"\r\r\nd,\"e\r\"\r\n", true);
        assert_eq!(rows.iter().map(|(_, cells)| cells.join("|")).collect::<Vec<_>>(), ["a|b", "c", "d|e\r"]);
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

        /// Both paths give the same records where there is no quote, whatever the splitter has split before.
        #[test]
        fn both_paths_agree(texts in prop::collection::vec("[a,\r\n]{0,200}", 1..4), wide in 0_usize..200, cut in 0_usize..70) {
            let mut splitter = Splitter::default();
            let wide = format!("{}\n{}\n\n", vec!["a"; wide + 1].join(","), "b,".repeat(wide + 1));
            let short = format!("{}{}", "a,b,c,d\n".repeat(20), &"x,y,zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"[..cut]);
            for text in texts.iter().chain([&wide, &short]) {
                let mut quick = Vec::new();
                let lines = splitter.split(text.as_bytes(), b',', false, |record, line| {
                    quick.push((line, (0..record.len()).map(|i| String::from_utf8(record.cell(i).into_owned()).unwrap()).collect()));
                });
                prop_assert_eq!((quick, lines), rows(text.as_bytes(), true));
            }
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
