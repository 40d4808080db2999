//! Some of the ids of an input as they were written, to say what they look like: keys no longer know the texts of long ids.

use std::collections::BTreeSet;

use crate::units::IdKey;

/// Distinct ids, the ones with the smallest hashes: a random choice that is the same with any number of threads.
#[derive(Debug, Clone, Default)]
pub struct Specimens {
    limit: usize,
    /// Hashes from here on are no longer taken.
    threshold: u64,
    kept: BTreeSet<(u64, Box<str>)>,
}

impl Specimens {
    /// So many are kept of each input.
    pub const MOST: usize = 1_000;
    /// Longer texts are no ids of persons.
    const LONGEST: usize = 256;

    /// Up to `limit` ids; 0 keeps none, at no cost.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, threshold: if limit == 0 { 0 } else { u64::MAX }, kept: BTreeSet::new() }
    }

    /// Takes note of an id and its text; of nobody's none.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "mostly none are kept, which is one comparison")]
    pub fn see<T: AsRef<[u8]>>(&mut self, id: IdKey, text: impl FnOnce() -> T) {
        if self.limit > 0 && !id.is_nobody() && id.mixed() < self.threshold {
            self.consider(id.mixed(), text().as_ref());
        }
    }

    fn consider(&mut self, hash: u64, text: &[u8]) {
        if text.len() <= Self::LONGEST {
            self.keep(hash, &String::from_utf8_lossy(text));
        }
    }

    fn keep(&mut self, hash: u64, text: &str) {
        self.kept.insert((hash, text.into()));
        if self.kept.len() > self.limit {
            self.kept.pop_last();
            self.threshold = self.kept.last().map_or(u64::MAX, |(hash, _)| *hash);
        }
    }

    /// Takes over what another worker kept.
    pub fn merge(&mut self, other: Self) {
        if self.limit < other.limit {
            (self.limit, self.threshold) = (other.limit, u64::MAX);
        }
        for (hash, text) in other.kept {
            self.keep(hash, &text);
        }
    }

    /// The texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.kept.iter().map(|(_, text)| &**text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_does_not_depend_on_order_or_workers() {
        let texts: Vec<String> = (0..500).map(|n| format!("u{}", n % 250)).collect();
        let see = |texts: &mut dyn Iterator<Item = &String>| {
            let mut specimens = Specimens::new(20);
            texts.for_each(|text| specimens.see(IdKey::new(text.as_bytes()), || text.as_bytes()));
            specimens
        };
        let whole = see(&mut texts.iter());
        let mut parts = see(&mut texts.iter().rev().step_by(2));
        parts.merge(see(&mut texts.iter().rev().skip(1).step_by(2)));
        assert_eq!(whole.texts().count(), 20);
        assert!(whole.texts().eq(parts.texts()));
        assert_eq!(see(&mut texts[..7].iter()).texts().count(), 7);
        let mut none = Specimens::new(0);
        none.see(IdKey::new(b"u1"), || b"u1");
        assert_eq!(none.texts().count(), 0);
    }
}
