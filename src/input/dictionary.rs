//! Texts that repeat (streamers, words, values of dimensions) to small numbers, shared by all workers without a lock per row.

use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, PoisonError};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::quick::Lately;
use crate::units::IdKey;

/// Distinct texts and their codes, from 0 in the order of arrival: which thread comes first decides, so nothing that is written
/// may depend on the codes.
#[derive(Debug, Default)]
pub struct Dictionary {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    codes: HashTable<u32>,
    texts: Vec<Arc<str>>,
}

impl Dictionary {
    /// A dictionary that begins with these texts.
    #[must_use]
    pub fn with(texts: &[&str]) -> Self {
        let dictionary = Self::default();
        for text in texts {
            dictionary.code_of(text);
        }
        dictionary
    }

    /// The code of one text.
    pub fn code_of(&self, text: &str) -> u32 {
        self.code(hash(text.as_bytes()), text).0
    }

    fn code(&self, hash: u64, text: &str) -> (u32, Arc<str>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.code(hash, text)
    }

    /// The texts by their codes.
    #[must_use]
    pub fn into_texts(self) -> Vec<Arc<str>> {
        self.known.into_inner().unwrap_or_else(PoisonError::into_inner).texts
    }
}

impl Known {
    fn code(&mut self, hash_of_text: u64, text: &str) -> (u32, Arc<str>) {
        let Self { codes, texts } = self;
        if let Some(&code) = codes.find(hash_of_text, |&code| *texts[code as usize] == *text) {
            return (code, Arc::clone(&texts[code as usize]));
        }
        let code = texts.len() as u32;
        let shared: Arc<str> = Arc::from(text);
        texts.push(Arc::clone(&shared));
        codes.insert_unique(hash_of_text, code, |&code| hash(texts[code as usize].as_bytes()));
        (code, shared)
    }
}

fn hash(text: &[u8]) -> u64 {
    // The same on every run: codes must not depend on a seed.
    FixedState::default().hash_one(text)
}

/// One worker's view of a dictionary, which asks the shared one only for texts that it has not seen.
#[derive(Debug)]
pub struct Coder<'d> {
    dictionary: &'d Dictionary,
    seen: HashTable<(u32, Arc<str>)>,
    last: Option<(u32, Arc<str>)>,
    lately: Lately<u32>,
    /// The text before by its key, and its code.
    last_key: (IdKey, u32),
}

impl<'d> Coder<'d> {
    /// A view of a dictionary.
    #[must_use]
    pub fn new(dictionary: &'d Dictionary) -> Self {
        Self {
            dictionary,
            seen: HashTable::new(),
            last: None,
            lately: Lately::new(),
            last_key: (IdKey::NOBODY, 0),
        }
    }

    /// The code of a text. Invalid UTF-8 cannot come here (blocks are checked); it would be replaced.
    #[inline]
    pub fn code(&mut self, text: &[u8]) -> u32 {
        if let Some((code, last)) = &self.last
            && last.as_bytes() == text
        {
            return *code;
        }
        let key = hash(text);
        let found = self.seen.find(key, |(_, known)| known.as_bytes() == text).cloned();
        let entry = found.unwrap_or_else(|| self.learn(key, text));
        let code = entry.0;
        self.last = Some(entry);
        code
    }

    /// The code of a text whose key is at hand; it must not be empty.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "mostly one comparison, for each row")]
    pub fn code_of_key<T: AsRef<[u8]>>(&mut self, key: IdKey, text: impl FnOnce() -> T) -> u32 {
        if self.last_key.0 != key {
            self.last_key = (key, self.code_found_lately(key, text));
        }
        self.last_key.1
    }

    #[inline(never)]
    fn code_found_lately<T: AsRef<[u8]>>(&mut self, key: IdKey, text: impl FnOnce() -> T) -> u32 {
        self.lately.find(key).unwrap_or_else(|| {
            let code = self.code(text().as_ref());
            self.lately.keep(key, code);
            code
        })
    }

    #[cold]
    fn learn(&mut self, key: u64, text: &[u8]) -> (u32, Arc<str>) {
        let entry = self.dictionary.code(key, &String::from_utf8_lossy(text));
        self.seen.insert_unique(key, entry.clone(), |(_, known)| hash(known.as_bytes()));
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_agree_on_codes() {
        let dictionary = Dictionary::with(&["(none)"]);
        let (mut a, mut b) = (Coder::new(&dictionary), Coder::new(&dictionary));
        assert_eq!(a.code(b"(none)"), 0);
        assert_eq!((a.code(b"x"), b.code(b"y"), a.code(b"y"), b.code(b"x")), (1, 2, 2, 1));
        for n in 0..1000 {
            a.code(format!("s{n}").as_bytes());
        }
        assert_eq!(a.code(b"s999"), b.code(b"s999"));
        let texts = dictionary.into_texts();
        assert_eq!(texts.len(), 1003);
        assert_eq!(&*texts[2], "y");
    }
}
