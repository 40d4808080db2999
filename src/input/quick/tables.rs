//! What keys tell: who is nobody, what a word means, what was found lately.

#![expect(
    clippy::inline_always,
    reason = "a key that is handed back through memory in two halves waits for both"
)]

use std::ops::Range;

use wide::u8x16;

use crate::input::parse::trim;
use crate::input::profile::Anonymous;
use crate::units::IdKey;

/// Who is nobody, by keys.
#[derive(Debug)]
pub struct Nobody {
    words: Vec<IdKey>,
    /// The first bytes of the words.
    firsts: Box<[bool; 256]>,
    /// The first byte of what masked ids contain, 16 times; where they contain nothing, a byte that no text holds.
    mark: u8x16,
    /// The same of whatever else they contain.
    more_marks: Vec<u8x16>,
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
        let marks = anonymous.contains.iter().map(|text| first(text).map(u8x16::splat));
        let mut more_marks = marks.collect::<Option<Vec<_>>>()?;
        let mark = more_marks.pop().unwrap_or(u8x16::splat(0xFF));
        Some(Self { words, firsts, mark, more_marks })
    }

    /// Whether a person of a quick key may be nobody.
    #[inline(always)]
    #[must_use]
    pub fn may_be(&self, person: IdKey) -> bool {
        let may_be_word = self.firsts[usize::from(person.first())] && self.words.contains(&person);
        let bytes: u8x16 = bytemuck::cast(person);
        let holds = |mark: u8x16| bytes.simd_eq(mark).to_bitmask() != 0;
        let holds_another = || !self.more_marks.is_empty() && self.more_marks.iter().any(|&mark| holds(mark));
        let may_be_masked = || holds(self.mark) || holds_another();
        may_be_word || !person.is_number() && may_be_masked()
    }
}

/// An id that was taken before, as its cell held it: the next cells of its column mostly hold the same.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    key: IdKey,
    /// The bytes of its text, the first lowest, and those that they are of 16.
    text: u128,
    kept: u128,
    /// The length of the text; of one that is longer than 16 bytes, one that no text has.
    length: usize,
}

impl Default for Known {
    /// None yet.
    fn default() -> Self {
        Self { key: IdKey::NOBODY, text: 0, kept: 0, length: usize::MAX }
    }
}

impl Known {
    /// The id of a key and its text.
    #[must_use]
    pub fn new(key: IdKey, text: &[u8]) -> Self {
        let mut bytes = [0; 16];
        match bytes.get_mut(..text.len()) {
            Some(bytes) if !text.is_empty() => bytes.copy_from_slice(text),
            _ => return Self { key, ..Self::default() },
        }
        let kept = u128::MAX >> (8 * (bytes.len() - text.len()));
        Self { key, text: u128::from_le_bytes(bytes), kept, length: text.len() }
    }

    /// Its key; nobody's where there is none yet.
    #[must_use]
    pub fn key(&self) -> IdKey {
        self.key
    }

    /// Whether its text stands at `span` of a block, 16 or more bytes before the end of that.
    #[inline(always)]
    #[must_use]
    pub fn stands_at(&self, block: &[u8], span: Range<usize>) -> bool {
        let window = block.get(span.start..span.start.saturating_add(16)).and_then(<[u8]>::first_chunk);
        span.end.wrapping_sub(span.start) == self.length
            && window.is_some_and(|window| (u128::from_le_bytes(*window) ^ self.text) & self.kept == 0)
    }
}

/// Words and what they mean, by their keys.
#[derive(Debug)]
pub struct Words<T> {
    /// Each word at its hash.
    table: Box<[Option<(IdKey, T)>; WORDS]>,
    /// What hashes are made with, so that no two words have the same.
    seed: u64,
}

/// Places for words: so many more than there are words that each has one of its own by one of a few seeds.
const WORDS: usize = 1024;

impl<T: Copy> Words<T> {
    /// Of words that come once each; those that no cell shows without something around them are left out, and, where words are very many,
    /// those that have no place of their own.
    #[must_use]
    pub fn new<'w>(words: impl Iterator<Item = (&'w [u8], T)>) -> Self {
        let words = words.filter(|(word, _)| trim(word) == *word);
        let words: Vec<(IdKey, T)> = words.map(|(word, meaning)| (IdKey::new(word), meaning)).collect();
        let places = |seed| {
            let mut taken = [0_u64; WORDS / 64];
            for (key, _) in &words {
                let place = Self::place(*key, seed);
                taken[place / 64] |= 1 << (place % 64);
            }
            taken.iter().map(|taken| taken.count_ones() as usize).sum::<usize>()
        };
        // The first seed by which all words have a place, else the one by which the most have.
        let (mut seed, mut most) = (1, 0);
        for other in (0..64).map(|n| 0x9E37_79B9_7F4A_7C15_u64.rotate_left(n) | 1) {
            if most == words.len() {
                break;
            }
            let has = places(other);
            if has > most {
                (seed, most) = (other, has);
            }
        }
        let mut table = Box::new([None; WORDS]);
        for (key, meaning) in words {
            table[Self::place(key, seed)].get_or_insert((key, meaning));
        }
        Self { table, seed }
    }

    #[inline(always)]
    fn place(key: IdKey, seed: u64) -> usize {
        (key.folded(seed) >> (64 - WORDS.trailing_zeros())) as usize
    }

    /// What a word means.
    #[inline(always)]
    #[must_use]
    pub fn get(&self, word: IdKey) -> Option<T> {
        let (key, meaning) = self.table[Self::place(word, self.seed)]?;
        (key == word).then_some(meaning)
    }
}

/// What was found lately, by keys: a new entry takes the place of an old one.
#[derive(Debug)]
pub struct Lately<T> {
    entries: Vec<(IdKey, T)>,
}

impl<T: Copy + Default> Lately<T> {
    /// What a fuzzer makes has few ids, and is to fill it.
    const ENTRIES: usize = if cfg!(fuzzing) { 16 } else { 4096 };

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
}
