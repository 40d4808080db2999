//! Sessions and the broadcasts of a table: which broadcasts have any, and whether the times agree.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use crate::calendar::Periods;
use crate::input::broadcasts::broadcast_of;
use crate::input::sessions::SessionRow;
use crate::journey::broadcasts::{Broadcasts, Scheduled};

/// The start and the end of the broadcasts of the table, by their numbers.
pub type Schedule = HashMap<u32, (i64, i64), FixedState>;

/// The times of the broadcasts of a table.
#[must_use]
pub fn schedule(listed: &[Scheduled]) -> Schedule {
    listed.iter().map(|one| (one.broadcast, (one.start, one.end))).collect()
}

/// The broadcasts of a table, for a look at sessions.
#[derive(Debug, Default)]
pub struct Table {
    /// Their times.
    pub schedule: Schedule,
    /// Where sessions belong that name none.
    pub by_time: Broadcasts,
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
    within: ByHour,
    /// Sessions that name none.
    pub unnamed: u64,
    /// Of them, those during a broadcast of their streamer, by its number.
    pub on_air: HashMap<u32, u64, FixedState>,
    /// Of the unnamed, those of a streamer of whom the table has any.
    of_streamers: u64,
    /// Of these, those during a broadcast if so many hours are added to them.
    on_air_within: ByHour,
}

/// Sessions by the hours that are added to them.
type ByHour = [u64; 2 * LiveFacts::HOURS + 1];

impl Default for LiveFacts {
    fn default() -> Self {
        let none = [0; 2 * Self::HOURS + 1];
        Self {
            sessions: HashMap::default(),
            listed: 0,
            outside: 0,
            within: none,
            unnamed: 0,
            on_air: HashMap::default(),
            of_streamers: 0,
            on_air_within: none,
        }
    }
}

impl LiveFacts {
    const HOURS: usize = 24;
    /// Where so many of the sessions lie outside, the times may be of two clocks.
    const OUTSIDE: f64 = 0.5;
    /// A shift explains it where it brings so many of the sessions into their broadcasts.
    const EXPLAINED: f64 = 0.8;
    /// Broadcasts of hours leave room: a shift that brings so many of the most is as likely.
    const AS_MANY: f64 = 0.95;

    /// Takes a session, whose code of the streamer may carry that of a broadcast.
    pub fn session(&mut self, row: &SessionRow, table: &Table, days: &Periods) {
        if days.find(row.start()).is_none() {
            return;
        }
        let live = match broadcast_of(row.streamer()) {
            Ok(live) => live,
            Err(streamer) => return self.unnamed(streamer, row.start(), &table.by_time),
        };
        *self.sessions.entry(live).or_default() += 1;
        let Some(&(start, end)) = table.schedule.get(&live) else { return };
        self.listed += 1;
        self.outside += u64::from(row.start() >= end || row.end().max(row.start() + 1) <= start);
        for (within, hours) in self.within.iter_mut().zip(-(Self::HOURS as i64)..) {
            *within += u64::from((start..end).contains(&(row.start() + hours * 3_600)));
        }
    }

    /// Takes a session that names no broadcast: it belongs to the one that was on air.
    fn unnamed(&mut self, streamer: u32, start: i64, by_time: &Broadcasts) {
        self.unnamed += 1;
        if !by_time.has_any(streamer) {
            return;
        }
        self.of_streamers += 1;
        if let Some(live) = by_time.on_air(streamer, start) {
            *self.on_air.entry(live).or_default() += 1;
        }
        for (within, hours) in self.on_air_within.iter_mut().zip(-(Self::HOURS as i64)..) {
            *within += u64::from(by_time.on_air(streamer, start + hours * 3_600).is_some());
        }
    }

    /// The sessions that name no broadcast and are during one.
    #[must_use]
    pub fn during(&self) -> u64 {
        self.on_air.values().sum()
    }

    /// Whether most sessions that name no broadcast will belong to none.
    #[must_use]
    pub fn mostly_off_air(&self) -> bool {
        (self.during() as f64) < Self::OUTSIDE * self.unnamed as f64
    }

    /// Adds what another worker found.
    pub fn merge(&mut self, other: Self) {
        for (live, rows) in other.sessions {
            *self.sessions.entry(live).or_default() += rows;
        }
        for (live, rows) in other.on_air {
            *self.on_air.entry(live).or_default() += rows;
        }
        self.listed += other.listed;
        self.outside += other.outside;
        self.unnamed += other.unnamed;
        self.of_streamers += other.of_streamers;
        let add =
            |sums: &mut ByHour, more: ByHour| sums.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
        add(&mut self.within, other.within);
        add(&mut self.on_air_within, other.on_air_within);
    }

    /// The hours to add to the sessions so that they lie in their broadcasts, where that explains why they do not: of hours that explain
    /// about as many, those of the shop's zone (`usual`, of either sign), else the best and fewest.
    #[must_use]
    pub fn shift(&self, usual: i64) -> Option<i64> {
        Self::explained(self.listed, self.outside, &self.within, usual)
    }

    /// The same for the sessions that name none.
    #[must_use]
    pub fn shift_on_air(&self, usual: i64) -> Option<i64> {
        Self::explained(self.of_streamers, self.of_streamers - self.during(), &self.on_air_within, usual)
    }

    fn explained(all: u64, outside: u64, within: &ByHour, usual: i64) -> Option<i64> {
        if all == 0 || outside as f64 <= Self::OUTSIDE * all as f64 {
            return None;
        }
        let hours = -(Self::HOURS as i64)..;
        let most = within.iter().copied().max()?;
        let about = |within: u64| within as f64 >= Self::AS_MANY * most as f64;
        let key = |(hours, within): &(i64, &u64)| {
            (about(**within) && hours.abs() == usual.abs(), **within, -hours.abs())
        };
        let (hours, within) = hours.zip(within).max_by_key(key)?;
        (hours != 0 && *within as f64 >= Self::EXPLAINED * all as f64).then_some(hours)
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
            facts.shift(8)
        };
        assert_eq!(facts(10, 10, &[(32, 8)]), Some(8));
        assert_eq!(facts(10, 10, &[(15, 9), (16, 9)]), Some(-8));
        assert_eq!(facts(100, 100, &[(16, 95), (17, 99)]), Some(-8), "the zone's");
        assert_eq!(facts(100, 100, &[(16, 90), (17, 99)]), Some(-7), "too few");
        assert_eq!(facts(10, 10, &[(20, 9), (21, 9)]), Some(-3), "the fewest");
        assert_eq!(facts(10, 10, &[(32, 7)]), None);
        assert_eq!(facts(10, 5, &[(32, 10)]), None);
        assert_eq!(facts(0, 0, &[]), None);
    }
}
