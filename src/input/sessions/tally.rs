//! What is counted while sessions are read.

use std::collections::BTreeMap;

use crate::input::settings::span;
use crate::input::specimens::Specimens;
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
    /// Some ids of viewers.
    pub specimens: Specimens,
}

impl SessionTally {
    /// Counts one accepted session of a length in seconds, where there is one, under a cap.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "called for every row, in two ways through it")]
    pub fn count(&mut self, start: Instant, length: Option<i64>, max_session: i64, nobody: bool) {
        self.without_duration += u64::from(length.is_none());
        let length = length.unwrap_or(0);
        self.capped += u64::from(length > max_session);
        let length = length.min(max_session);
        self.seconds += i128::from(length);
        let (first, last) = self.entered.unwrap_or((start, start));
        self.entered = Some((first.min(start), last.max(start)));
        self.until = self.until.max(Some(Instant(start.0 + length)));
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
        self.entered = span(self.entered, other.entered);
        self.until = self.until.max(other.until);
        self.specimens.merge(other.specimens);
        for (word, count) in other.unknown_sources {
            *self.unknown_sources.entry(word).or_default() += count;
        }
    }
}
