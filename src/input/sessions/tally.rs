//! What is counted while sessions are read.

use std::collections::BTreeMap;

use crate::input::settings::span;
use crate::units::Instant;

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
    /// The first and the last time that a session was entered.
    pub entered: Option<(Instant, Instant)>,
    /// The last instant that any session reaches.
    pub until: Option<Instant>,
    /// Sources that are not mapped, with their counts.
    pub unknown_sources: BTreeMap<String, u64>,
}

impl SessionTally {
    /// Adds another tally.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.structural += other.structural;
        self.guests += other.guests;
        self.guest_seconds += other.guest_seconds;
        self.capped += other.capped;
        self.without_duration += other.without_duration;
        self.seconds += other.seconds;
        self.entered = span(self.entered, other.entered);
        self.until = self.until.max(other.until);
        for (word, count) in other.unknown_sources {
            *self.unknown_sources.entry(word).or_default() += count;
        }
    }
}
