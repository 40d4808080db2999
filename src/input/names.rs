//! The names of streamers: the last one that the exports give.

use std::sync::Arc;

/// For each code of a streamer, the name of the latest row that gives one.
#[derive(Debug, Clone, Default)]
pub struct Names {
    latest: Vec<Option<(u64, Arc<str>)>>,
}

impl Names {
    /// Takes the name that a row gives; rows come in any order.
    #[inline]
    pub fn set(&mut self, streamer: u32, sequence: u64, name: &[u8]) {
        if name.is_empty() {
            return;
        }
        let at = streamer as usize;
        if at >= self.latest.len() {
            self.latest.resize(at + 1, None);
        }
        match &mut self.latest[at] {
            Some((known, text)) if text.as_bytes() == name => *known = (*known).max(sequence),
            Some((known, _)) if *known > sequence => {}
            slot => *slot = Some((sequence, String::from_utf8_lossy(name).into())),
        }
    }

    /// Takes over the names of another worker.
    pub fn merge(&mut self, other: Self) {
        for (streamer, entry) in other.latest.into_iter().enumerate() {
            if let Some((sequence, name)) = entry {
                self.set(streamer as u32, sequence, name.as_bytes());
            }
        }
    }

    /// Takes the names of a later input: all of them win.
    pub fn override_with(&mut self, later: Self) {
        let last = self.latest.iter().flatten().map(|(sequence, _)| *sequence).max().unwrap_or_default();
        for (streamer, entry) in later.latest.into_iter().enumerate() {
            if let Some((_, name)) = entry {
                self.set(streamer as u32, last + 1, name.as_bytes());
            }
        }
    }

    /// The name of a streamer, where the exports give one.
    #[must_use]
    pub fn get(&self, streamer: u32) -> Option<&Arc<str>> {
        self.latest.get(streamer as usize)?.as_ref().map(|(_, name)| name)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.latest.iter().all(Option::is_none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_row_names_a_streamer_whatever_the_order_of_threads() {
        let (mut a, mut b) = (Names::default(), Names::default());
        a.set(1, 10, b"old");
        b.set(1, 20, b"new");
        b.set(1, 30, b"");
        a.set(0, 5, b"zero");
        let mut one = a.clone();
        one.merge(b.clone());
        b.merge(a);
        for names in [one, b] {
            assert_eq!(names.get(1).map(|n| &**n), Some("new"));
            assert_eq!(names.get(0).map(|n| &**n), Some("zero"));
            assert!(names.get(7).is_none());
        }
    }
}
