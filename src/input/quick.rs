//! The quick way through a row: cells of the commonest forms, in a few instructions each.
//!
//! Whatever it does not take, it leaves to the careful way, which knows every form and every fault: so it can be narrow, and must only
//! never differ. Properties hold the two against each other.

#![expect(
    clippy::inline_always,
    reason = "a key that is handed back through memory in two halves and read as a whole waits for both: a tenth of a run"
)]

mod tables;

use std::borrow::Cow;
use std::ops::Range;

use super::binding::Origin;
use super::parse::money;
use super::parse::time::TimeParser;
use super::records::Record;
use super::scan::ROOM;
use crate::units::{IdKey, Instant, MinorUnits};

pub use tables::{Known, Lately, Nobody, Words};

/// Whether a byte may begin an id: all but white space, the guards against Excel, the errors of spreadsheets, and the first bytes of wide
/// spaces.
const FIRST: [bool; 256] = all_but(b"'`=#\xC2\xE3\xEF");
/// Whether it may end one: all but white space and the last bytes of wide spaces.
const LAST: [bool; 256] = all_but(b"\xA0\x80\xBF");

const fn all_but(others: &[u8]) -> [bool; 256] {
    let mut all = [false; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        let is_text = byte > 0x7F || (byte as u8).is_ascii_graphic();
        all[byte] = is_text && !is_one_of(byte as u8, others);
        byte += 1;
    }
    all
}

const fn is_one_of(byte: u8, others: &[u8]) -> bool {
    let mut at = 0;
    while at < others.len() {
        if others[at] == byte {
            return true;
        }
        at += 1;
    }
    false
}

/// The cells of one row, as the quick way asks for them by the numbers of their columns: `None` leaves the row to the careful way.
pub trait QuickCells {
    /// Whether there is nothing in a cell.
    fn is_blank(&self, column: usize) -> bool;

    /// Whether the text of a cell is so short that it may be a word for nothing.
    fn is_short(&self, column: usize) -> bool;

    /// The text of a cell that is an id.
    fn text(&self, column: usize) -> Cow<'_, [u8]>;

    /// The key of an id that needs no care: not blank, not guarded, not mangled, no error of a spreadsheet.
    fn id(&self, column: usize) -> Option<IdKey>;

    /// Whether a cell holds an id that was taken before, as cells mostly do where this is asked.
    #[inline(always)]
    fn holds(&self, column: usize, known: &Known) -> bool {
        self.id(column) == Some(known.key())
    }

    /// The key of a word; of one with something around it, another than that of the word.
    #[inline(always)]
    fn word(&self, column: usize) -> Option<IdKey> {
        self.id(column)
    }

    /// A time, `Some(None)` where the cell is blank.
    fn time(&self, column: usize, times: &mut TimeParser) -> Option<Option<Instant>>;

    /// A length in whole seconds, `Some(None)` where the cell is blank.
    fn seconds(&self, column: usize) -> Option<Option<i64>>;

    /// An amount of money, `Some(None)` where the cell is blank.
    fn money(&self, column: usize) -> Option<Option<MinorUnits>>;

    /// The key of an id as [`QuickCells::id`] takes it, or nobody's where the cell is empty.
    #[inline(always)]
    fn id_or_nobody(&self, column: usize) -> Option<IdKey> {
        if self.is_blank(column) { Some(IdKey::NOBODY) } else { self.id(column) }
    }

    /// The column and the key of a broadcast's id, `Some(None)` where the row names none; `None` where the text may stand for a blank.
    #[inline(always)]
    fn broadcast(&self, column: Option<usize>) -> Option<Option<(usize, IdKey)>> {
        match column {
            Some(column) if !self.is_blank(column) => {
                if self.is_short(column) {
                    None
                } else {
                    Some(Some((column, self.id(column)?)))
                }
            }
            _ => Some(None),
        }
    }
}

/// Whether a text is so short that it may be a word for nothing.
#[inline(always)]
#[must_use]
pub fn is_short(text: &[u8]) -> bool {
    const LONGEST_BLANK: usize = 3;
    text.len() <= LONGEST_BLANK
}

/// The key of the id that stands at `span` of a block in UTF-8, where it needs no care.
#[inline(always)]
#[must_use]
pub fn id_at(block: &[u8], span: Range<usize>) -> Option<IdKey> {
    let window: &[u8; 16] = block.get(span.start..span.start.saturating_add(16))?.first_chunk()?;
    if window[0].is_ascii_digit() {
        // Digits alone need no care.
        return if span.is_empty() { None } else { IdKey::quick_number(block, span) };
    }
    let length = span.end.wrapping_sub(span.start);
    let key = IdKey::quick_front(window, length)?;
    (FIRST[usize::from(window[0])] & LAST[usize::from(window[length - 1])]).then_some(key)
}

/// The same of a text by itself.
#[must_use]
pub fn padded_id(text: &[u8]) -> Option<IdKey> {
    const ROOM: [u8; 24] = [b' '; 24];
    id_at(&[&ROOM, text, &ROOM].concat(), ROOM.len()..ROOM.len() + text.len())
}

/// Up to eight digits.
#[inline]
#[must_use]
pub fn seconds_of(cell: &[u8]) -> Option<i64> {
    let is_short = (1..=8).contains(&cell.len()) && cell.iter().all(u8::is_ascii_digit);
    is_short.then(|| cell.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
}

/// The cells of a record of which none is quoted, and which has as many as the header.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    block: &'a [u8],
    bounds: &'a [u32; ROOM],
}

/// The most cells that can be read quickly.
const MOST_CELLS: usize = ROOM - 1;

impl<'a> Cells<'a> {
    /// Whether a header of so many columns can be read quickly.
    #[must_use]
    pub fn fit(width: usize) -> bool {
        width <= MOST_CELLS
    }

    /// Those of a record, where a header has so many.
    #[inline(always)]
    #[must_use]
    pub fn of(record: &Record<'a>, width: usize) -> Option<Self> {
        let (block, bounds) = record.block()?;
        (record.len() == width && Self::fit(width)).then_some(Self { block, bounds })
    }

    /// The record, where a header has so many.
    #[inline(always)]
    #[must_use]
    pub fn record(&self, width: usize) -> Record<'a> {
        Record::within(self.block, self.bounds, width)
    }

    /// Where a cell stands in the block.
    #[inline(always)]
    fn span(&self, column: usize) -> Range<usize> {
        let column = column % MOST_CELLS;
        self.bounds[column].wrapping_add(1) as usize..self.bounds[column + 1] as usize
    }

    #[inline(always)]
    fn cell(&self, column: usize) -> &'a [u8] {
        &self.block[self.span(column)]
    }

    /// A time of any other form.
    #[inline(never)]
    #[expect(clippy::option_option, reason = "left to the careful way, nothing there, or what is there")]
    fn other_time(self, column: usize, times: &mut TimeParser) -> Option<Option<Instant>> {
        self.perhaps(column, |text| times.on_another_day(text))
    }

    /// What a cell holds, `Some(None)` where it is empty.
    #[inline(always)]
    #[expect(clippy::option_option, reason = "left to the careful way, nothing there, or what is there")]
    fn perhaps<T>(&self, column: usize, take: impl FnOnce(&'a [u8]) -> Option<T>) -> Option<Option<T>> {
        match self.cell(column) {
            [] => Some(None),
            text => take(text).map(Some),
        }
    }
}

impl QuickCells for Cells<'_> {
    #[inline(always)]
    fn is_blank(&self, column: usize) -> bool {
        self.span(column).is_empty()
    }

    #[inline(always)]
    fn is_short(&self, column: usize) -> bool {
        is_short(self.cell(column))
    }

    #[inline(always)]
    fn text(&self, column: usize) -> Cow<'_, [u8]> {
        Cow::Borrowed(self.cell(column))
    }

    #[inline(always)]
    fn id(&self, column: usize) -> Option<IdKey> {
        id_at(self.block, self.span(column))
    }

    #[inline(always)]
    fn holds(&self, column: usize, known: &Known) -> bool {
        known.stands_at(self.block, self.span(column))
    }

    #[inline(always)]
    fn word(&self, column: usize) -> Option<IdKey> {
        IdKey::quick_text(self.block, self.span(column))
    }

    #[inline(always)]
    fn time(&self, column: usize, times: &mut TimeParser) -> Option<Option<Instant>> {
        let Range { start, end } = self.span(column);
        if end.wrapping_sub(start) == 19
            && let Some(text) = self.block.get(start..start + 19).and_then(<[u8]>::first_chunk)
            && let Some(time) = times.on_known_day(text)
        {
            return Some(Some(time));
        }
        self.other_time(column, times)
    }

    #[inline(always)]
    fn seconds(&self, column: usize) -> Option<Option<i64>> {
        self.perhaps(column, seconds_of)
    }

    #[inline(always)]
    fn money(&self, column: usize) -> Option<Option<MinorUnits>> {
        self.perhaps(column, money::quick)
    }
}

/// The number of a column that holds the text itself; `None` where the text must be made.
#[must_use]
pub fn column(origin: &Origin) -> Option<usize> {
    match origin {
        Origin::Column(column) => Some(*column),
        _ => None,
    }
}

/// The same of a column that a file need not have: `Some(None)` where it has none.
#[must_use]
pub fn perhaps(origin: &Origin) -> Option<Option<usize>> {
    match origin {
        Origin::Absent => Some(None),
        other => column(other).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::parse::id::{is_cell_error, is_mangled, unguard};
    use crate::input::records::Splitter;
    use proptest::prelude::*;

    proptest! {
        /// An id that is taken quickly is the one that the careful way takes.
        #[test]
        fn quick_ids_need_no_care(ids in prop::collection::vec("[ '`=#\t\u{a0}\u{3000}0-9a-zE+./甲-]{0,20}", 1..6)) {
            let line = format!("{}\n", ids.join(","));
            let after = format!("{line}{}\n", "x".repeat(40));
            Splitter::default().split(after.as_bytes(), b',', false, |record, number| {
                let Some(cells) = Cells::of(&record, ids.len()).filter(|_| number == 0) else { return };
                for (at, id) in ids.iter().enumerate() {
                    let careful = unguard(id.as_bytes());
                    if let Some(quick) = cells.id(at) {
                        let known = Known::new(quick, id.as_bytes());
                        assert!(ids.iter().enumerate().all(|(at, other)| !cells.holds(at, &known) || id == other), "{id:?}");
                        assert!(id.len() > 16 || cells.holds(at, &known), "{id:?}");
                        assert!(!is_mangled(careful) && !is_cell_error(careful), "{id:?}");
                        assert_eq!(quick, IdKey::new(careful), "{id:?}");
                    }
                }
            });
        }
    }
}
