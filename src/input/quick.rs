//! The quick way through a row: cells of the commonest forms, in a few instructions each.
//!
//! Whatever it does not take, it leaves to the careful way, which knows every form and every fault: so it can be narrow, and must only
//! never differ. Properties hold the two against each other.

#![expect(
    clippy::inline_always,
    reason = "a key that is handed back through memory in two halves and read as a whole waits for both: a tenth of a run"
)]

use std::ops::Range;

use super::binding::Origin;
use super::parse::trim;
use super::profile::Anonymous;
use super::records::Record;
use super::scan::ROOM;
use crate::units::IdKey;

/// Whether a byte may begin an id ([`FIRST`]): all but white space, the guards against Excel, the errors of spreadsheets, and the first
/// bytes of wide spaces; and whether it may end one ([`LAST`]): all but white space and the last bytes of wide spaces.
const EDGES: [u8; 256] = {
    let mut edges = [0; 256];
    let mut byte = 0_usize;
    while byte < 256 {
        if byte > 0x7F || (byte as u8).is_ascii_graphic() {
            let is_first = !is_one_of(byte as u8, b"'`=#\xC2\xE3\xEF");
            let is_last = !is_one_of(byte as u8, b"\xA0\x80\xBF");
            edges[byte] = (is_first as u8 * FIRST) | (is_last as u8 * LAST);
        }
        byte += 1;
    }
    edges
};
const FIRST: u8 = 2;
const LAST: u8 = 1;

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

/// The cells of a record of which none is quoted, and which has as many as the header.
#[derive(Clone, Copy)]
pub struct Cells<'a> {
    block: &'a [u8],
    bounds: &'a [u32; ROOM],
}

impl<'a> Cells<'a> {
    /// Whether a header of so many columns can be read quickly.
    #[must_use]
    pub fn fit(width: usize) -> bool {
        width < ROOM
    }

    /// Those of a record, where a header has so many.
    #[inline(always)]
    #[must_use]
    pub fn of(record: &Record<'a>, width: usize) -> Option<Self> {
        let (block, bounds) = record.block()?;
        (record.len() == width).then_some(Self { block, bounds })
    }

    /// Where a cell stands in the block.
    #[inline(always)]
    #[must_use]
    pub fn span(&self, column: usize) -> Range<usize> {
        self.bounds[column % ROOM].wrapping_add(1) as usize..self.bounds[(column + 1) % ROOM] as usize
    }

    /// The text of a cell.
    #[inline(always)]
    #[must_use]
    pub fn text(&self, column: usize) -> &'a [u8] {
        &self.block[self.span(column)]
    }

    /// The key of an id as [`Cells::id`] takes it, or nobody's where the cell is empty.
    #[inline(always)]
    #[must_use]
    pub fn id_or_nobody(&self, column: usize) -> Option<IdKey> {
        if self.span(column).is_empty() { Some(IdKey::NOBODY) } else { self.id(column) }
    }

    /// The key and the text of a broadcast's id, `Some(None)` where the row names none; `None` where the text may stand for a blank.
    #[inline(always)]
    #[must_use]
    pub fn broadcast(&self, column: Option<usize>, known: IdKey) -> Option<Option<(IdKey, &'a [u8])>> {
        const LONGEST_BLANK: usize = 3;
        match column.map(|column| (column, self.text(column))) {
            None | Some((_, [])) => Some(None),
            Some((_, text)) if text.len() <= LONGEST_BLANK => None,
            Some((column, text)) => Some(Some((self.id_as(column, known)?, text))),
        }
    }

    /// The key of an id that needs no care: not blank, not guarded, not mangled, no error of a spreadsheet.
    #[inline(always)]
    #[must_use]
    pub fn id(&self, column: usize) -> Option<IdKey> {
        let span = self.span(column);
        let first = *self.block.get(span.start)?;
        if first.is_ascii_digit() {
            // Digits alone need no care.
            return IdKey::quick_number(self.block, span);
        }
        let last = *self.block.get(span.end.wrapping_sub(1))?;
        let key = IdKey::quick_text(self.block, span)?;
        (EDGES[usize::from(first)] & FIRST & (EDGES[usize::from(last)] << 1) != 0).then_some(key)
    }

    /// The same of a cell that mostly holds an id that was taken already, which is at hand.
    #[inline(always)]
    #[must_use]
    pub fn id_as(&self, column: usize, known: IdKey) -> Option<IdKey> {
        let again = IdKey::quick_text(self.block, self.span(column)).is_some_and(|key| key == known);
        if again { Some(known) } else { self.id(column) }
    }

    /// The key of a text as it stands, with whatever stands around it; `None` where that is not known quickly.
    #[inline(always)]
    #[must_use]
    pub fn word(&self, column: usize) -> Option<IdKey> {
        IdKey::quick_text(self.block, self.span(column))
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

/// Who is nobody, by keys.
#[derive(Debug)]
pub struct Nobody {
    words: Vec<IdKey>,
    /// The first bytes of the words.
    firsts: Box<[bool; 256]>,
    /// The first bytes of what masked ids contain.
    marks: Vec<u8>,
}

impl Nobody {
    /// `None` where keys cannot tell: a mask that begins with a digit could stand in a number.
    #[must_use]
    pub fn new(anonymous: &Anonymous) -> Option<Self> {
        let first = |text: &String| text.bytes().next().filter(|first| !first.is_ascii_digit());
        let words: Vec<IdKey> = anonymous.words.iter().map(|word| IdKey::new(word.as_bytes())).collect();
        let mut firsts = Box::new([false; 256]);
        for word in &words {
            firsts[usize::from(word.first())] = true;
        }
        Some(Self { words, firsts, marks: anonymous.contains.iter().map(first).collect::<Option<_>>()? })
    }

    /// Whether a person of a quick key may be nobody.
    #[inline(always)]
    #[must_use]
    pub fn may_be(&self, person: IdKey) -> bool {
        let may_be_word = self.firsts[usize::from(person.first())] && self.words.contains(&person);
        may_be_word || self.marks.iter().any(|&mark| person.may_hold(mark))
    }
}

/// Words and what they mean, by their keys.
#[derive(Debug)]
pub struct Words<T> {
    /// A table of a power of two with gaps; an entry is at its hash or after it.
    table: Vec<Option<(IdKey, T)>>,
}

impl<T: Copy> Words<T> {
    /// Of words that come once each; those that no cell shows without something around them are left out.
    #[must_use]
    pub fn new<'w>(words: impl Iterator<Item = (&'w [u8], T)>) -> Self {
        let words: Vec<_> = words.filter(|(word, _)| trim(word) == *word).collect();
        let mut table = vec![None; (words.len() * 4).next_power_of_two()];
        for (word, meaning) in words {
            let key = IdKey::new(word);
            let mut at = Self::hash(key, table.len());
            while table[at].is_some() {
                at = (at + 1) % table.len();
            }
            table[at] = Some((key, meaning));
        }
        Self { table }
    }

    fn hash(key: IdKey, size: usize) -> usize {
        key.folded() as usize & (size - 1)
    }

    /// What a word means.
    #[inline(always)]
    #[must_use]
    pub fn get(&self, word: IdKey) -> Option<T> {
        let mut at = Self::hash(word, self.table.len());
        while let Some((key, meaning)) = self.table[at] {
            if key == word {
                return Some(meaning);
            }
            at = (at + 1) & (self.table.len() - 1);
        }
        None
    }
}

/// What was found lately, by keys: a new entry takes the place of an old one.
#[derive(Debug)]
pub struct Lately<T> {
    entries: Vec<(IdKey, T)>,
}

impl<T: Copy + Default> Lately<T> {
    const ENTRIES: usize = 4096;

    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { entries: Vec::new() }
    }

    fn place(key: IdKey) -> usize {
        (key.mixed() >> (64 - Self::ENTRIES.trailing_zeros())) as usize
    }

    /// What was kept for a key, if it still is.
    #[inline(always)]
    #[must_use]
    pub fn find(&self, key: IdKey) -> Option<T> {
        let (known, value) = self.entries.get(Self::place(key))?;
        (*known == key).then_some(*value)
    }

    /// Keeps a value for a key, which must not be nobody's.
    #[cold]
    pub fn keep(&mut self, key: IdKey, value: T) {
        if self.entries.is_empty() {
            self.entries = vec![(IdKey::NOBODY, T::default()); Self::ENTRIES];
        }
        self.entries[Self::place(key)] = (key, value);
    }
}

impl<T: Copy + Default> Default for Lately<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::parse::id::{is_cell_error, is_mangled, unguard};
    use crate::input::records::Splitter;
    use proptest::prelude::*;

    #[test]
    fn words_are_found_and_nothing_else() {
        let texts: Vec<String> = (0..40).map(|n| format!("w{n}")).collect();
        let words = Words::new(texts.iter().enumerate().map(|(at, text)| (text.as_bytes(), at)));
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(words.get(IdKey::new(text.as_bytes())), Some(at));
        }
        assert_eq!(words.get(IdKey::new(b"w40")), None);
        assert_eq!(Words::<u8>::new(std::iter::empty()).get(IdKey::new(b"x")), None);
    }

    #[test]
    fn what_was_kept_is_found_until_another_takes_its_place() {
        let mut lately = Lately::default();
        assert_eq!(lately.find(IdKey::new(b"a")), None);
        for n in 0..10_000_u32 {
            let key = IdKey::new(n.to_string().as_bytes());
            lately.keep(key, n);
            assert_eq!(lately.find(key), Some(n));
        }
        let still =
            (0..10_000_u32).filter(|n| lately.find(IdKey::new(n.to_string().as_bytes())) == Some(*n)).count();
        assert!((2_000..=Lately::<u32>::ENTRIES).contains(&still), "{still}");
    }

    #[test]
    fn who_may_be_nobody_is_left_to_the_careful_way() {
        let anonymous =
            |contains: &str| Anonymous { words: vec!["匿名".into()], contains: vec![contains.into()] };
        let nobody = Nobody::new(&anonymous("**")).unwrap();
        for (id, may) in
            [("匿名", true), ("张**", true), ("u1*", true), ("u1", false), ("9000000000000000000", false)]
        {
            assert_eq!(nobody.may_be(IdKey::new(id.as_bytes())), may, "{id}");
        }
        assert!(Nobody::new(&anonymous("00")).is_none());
    }

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
                        assert_eq!(cells.id_as(at, quick), Some(quick), "{id:?}");
                        assert!(!is_mangled(careful) && !is_cell_error(careful), "{id:?}");
                        assert_eq!(quick, IdKey::new(careful), "{id:?}");
                    }
                }
            });
        }
    }
}
