//! Sessions that name their broadcast: which broadcasts have any, and whether they lie within its time.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::calendar::Periods;
use crate::input::broadcasts::broadcast_of;
use crate::input::sessions::SessionRow;
use crate::journey::broadcasts::Scheduled;

/// The start and the end of the broadcasts of the table, by their numbers.
pub type Schedule = HashMap<u32, (i64, i64), FixedState>;

/// The times of the broadcasts of a table.
#[must_use]
pub fn schedule(listed: &[Scheduled]) -> Schedule {
    listed.iter().map(|one| (one.broadcast, (one.start, one.end))).collect()
}

/// What sessions tell of their broadcasts; those entered in the range.
#[derive(Debug, Clone)]
pub struct LiveFacts {
    /// Sessions by the number of the broadcast that they name.
    pub sessions: HashMap<u32, u64, FixedState>,
    /// Sessions of broadcasts of the table.
    pub listed: u64,
    /// Of them, those that lie outside of the broadcast's time altogether.
    pub outside: u64,
    /// Of the listed, those entered during the broadcast if so many hours are added to them: from -24 to 24.
    within: [u64; 2 * LiveFacts::HOURS + 1],
}

impl Default for LiveFacts {
    fn default() -> Self {
        Self { sessions: HashMap::default(), listed: 0, outside: 0, within: [0; 2 * Self::HOURS + 1] }
    }
}

impl LiveFacts {
    const HOURS: usize = 24;
    /// Where so many of the sessions lie outside, the times may be of two clocks.
    const OUTSIDE: f64 = 0.5;
    /// A shift explains it where it brings so many of the sessions into their broadcasts.
    const EXPLAINED: f64 = 0.8;

    /// Takes a session, whose code of the streamer may carry that of a broadcast.
    pub fn session(&mut self, row: &SessionRow, schedule: &Schedule, days: &Periods) {
        let Ok(live) = broadcast_of(row.streamer) else { return };
        if days.find(row.start.0).is_none() {
            return;
        }
        *self.sessions.entry(live).or_default() += 1;
        let Some(&(start, end)) = schedule.get(&live) else { return };
        self.listed += 1;
        self.outside += u64::from(row.start.0 >= end || row.end().max(row.start.0 + 1) <= start);
        for (within, hours) in self.within.iter_mut().zip(-(Self::HOURS as i64)..) {
            *within += u64::from((start..end).contains(&(row.start.0 + hours * 3_600)));
        }
    }

    /// Adds what another worker found.
    pub fn merge(&mut self, other: Self) {
        for (live, rows) in other.sessions {
            *self.sessions.entry(live).or_default() += rows;
        }
        self.listed += other.listed;
        self.outside += other.outside;
        self.within.iter_mut().zip(other.within).for_each(|(sum, more)| *sum += more);
    }

    /// The hours to add to the sessions so that they lie in their broadcasts, the fewest, where that explains why they do not.
    #[must_use]
    pub fn shift(&self) -> Option<i64> {
        let all = self.listed as f64;
        if self.listed == 0 || self.outside as f64 <= Self::OUTSIDE * all {
            return None;
        }
        let hours = -(Self::HOURS as i64)..;
        let (hours, within) = hours.zip(self.within).max_by_key(|(hours, within)| (*within, -hours.abs()))?;
        (hours != 0 && within as f64 >= Self::EXPLAINED * all).then_some(hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_hours_that_bring_most_sessions_into_their_broadcasts() {
        let facts = |listed, outside, within: &[(usize, u64)]| {
            let mut facts = LiveFacts { listed, outside, ..LiveFacts::default() };
            for (at, count) in within {
                facts.within[*at] = *count;
            }
            facts.shift()
        };
        assert_eq!(facts(10, 10, &[(32, 8)]), Some(8));
        assert_eq!(facts(10, 10, &[(15, 9), (16, 9)]), Some(-8));
        assert_eq!(facts(10, 10, &[(32, 7)]), None);
        assert_eq!(facts(10, 5, &[(32, 10)]), None);
        assert_eq!(facts(0, 0, &[]), None);
    }
}
