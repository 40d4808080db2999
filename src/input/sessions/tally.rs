//! What is counted while sessions are read.

use std::collections::BTreeMap;

use crate::input::specimens::Specimens;
use crate::units::{Instant, Seconds};

/// What was counted while sessions were read.
#[derive(Debug, Clone, Default)]
pub struct SessionTally {
    /// Rows read.
    pub rows: u64,
    /// Repeated headers and blank rows.
    pub structural: u64,
    /// Sessions of nobody.
    pub guests: u64,
    /// Watch time of nobody, in seconds.
    pub guest_seconds: i128,
    /// Sessions longer than `--max-session`.
    pub capped: u64,
    /// Sessions without any duration.
    pub without_duration: u64,
    /// Watch time of all accepted sessions, guests' too, after capping, in seconds.
    pub seconds: i128,
    /// When they were entered and left.
    pub reach: Reach,
    /// Sources that are not mapped, with their counts.
    pub unknown_sources: BTreeMap<String, u64>,
    /// Some ids of viewers.
    pub specimens: Specimens,
}

/// When sessions were entered and left; before any, `first` is the last second that there is, and the others the first.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// The first second that a session was entered.
    pub first: i64,
    /// The last.
    pub last: i64,
    /// The last second that any reaches.
    pub until: i64,
}

impl Default for Reach {
    fn default() -> Self {
        Self { first: i64::MAX, last: i64::MIN, until: i64::MIN }
    }
}

impl Reach {
    /// Takes a session, which mostly changes nothing.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for every row, in two ways through it")]
    fn take(&mut self, start: i64, end: i64) {
        if start < self.first || start > self.last || end > self.until {
            self.grow(start, end);
        }
    }

    #[inline(never)]
    fn grow(&mut self, start: i64, end: i64) {
        self.add(Self { first: start, last: start, until: end });
    }

    fn add(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.until = self.until.max(other.until);
    }
}

impl SessionTally {
    /// The first and the last time that a session was entered.
    #[must_use]
    pub fn entered(&self) -> Option<(Instant, Instant)> {
        let Reach { first, last, .. } = self.reach;
        (first <= last).then_some((Instant(first), Instant(last)))
    }

    /// The last instant that any session reaches.
    #[must_use]
    pub fn until(&self) -> Option<Instant> {
        self.entered().map(|_| Instant(self.reach.until))
    }

    /// Counts one accepted session of a length in seconds, where there is one, and what a cap leaves of it.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for every row, in two ways through it")]
    pub fn count(&mut self, start: Instant, whole: Option<i64>, Seconds(length): Seconds, nobody: bool) {
        if whole != Some(length) {
            self.without_duration += u64::from(whole.is_none());
            self.capped += u64::from(whole.is_some());
        }
        self.seconds += i128::from(length);
        self.reach.take(start.0, start.0 + length);
        if nobody {
            self.guests += 1;
            self.guest_seconds += i128::from(length);
        }
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.structural += other.structural;
        self.guests += other.guests;
        self.guest_seconds += other.guest_seconds;
        self.capped += other.capped;
        self.without_duration += other.without_duration;
        self.seconds += other.seconds;
        self.reach.add(other.reach);
        self.specimens.merge(other.specimens);
        for (word, count) in other.unknown_sources {
            *self.unknown_sources.entry(word).or_default() += count;
        }
    }
}
