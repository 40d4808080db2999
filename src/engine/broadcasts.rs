//! Broadcasts beside the sums: how many a group had in a period, and how long it was live.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::base::BaseGroups;
use super::grouping::Grouping;
use crate::calendar::Periods;
use crate::input::broadcasts::{Broadcast, BroadcastCoder, BroadcastNumbers, broadcast_of};
use crate::input::dictionary::Dictionary;
use crate::input::lives::Lives;
use crate::input::orders::OrderCodes;
use crate::journey::broadcasts::{Broadcasts, Scheduled, Seen};

/// The broadcasts of a run.
#[derive(Debug, Default)]
pub struct RunBroadcasts {
    /// All that a row or the table names, by their numbers.
    pub all: Vec<Broadcast>,
    /// The codes of orders' rows.
    pub of_orders: OrderCodes,
    /// Those of the table with their times; `None` without a table.
    pub listed: Option<Vec<Scheduled>>,
}

impl RunBroadcasts {
    /// The broadcasts that rows and the table name; the streamers of the table come to those of the rows.
    #[must_use]
    pub fn new(
        numbers: BroadcastNumbers,
        of_orders: OrderCodes,
        lives: Option<&Lives>,
        streamers: &Dictionary,
    ) -> Self {
        let listed = lives.map(|lives| {
            let mut coder = BroadcastCoder::new(&numbers);
            let listed = lives.times.iter().map(|((streamer, live), (start, end))| {
                let broadcast = coder.number(streamers.code_of(streamer), live.as_bytes());
                Scheduled { start: start.0, end: end.0, broadcast }
            });
            listed.collect()
        });
        Self { all: numbers.into_broadcasts(), of_orders, listed }
    }

    /// The code of the streamer of a row of sessions, which may carry that of a broadcast.
    #[must_use]
    pub fn streamer_of(&self, row: u32) -> u32 {
        let streamer = |number: u32| self.all.get(number as usize).map(|one| one.streamer);
        broadcast_of(row).map_or_else(|streamer| streamer, |number| streamer(number).unwrap_or_default())
    }

    /// What the walk needs; `streamers` is their number.
    #[must_use]
    pub fn for_walk(&self, grouping: &Grouping, streamers: usize) -> Broadcasts {
        let streamer_of = self.all.iter().map(|one| one.streamer).collect();
        let broadcasts = Broadcasts::new(streamers as u32, streamer_of, self.of_orders.clone());
        if grouping.has_live() { self.dividing(broadcasts) } else { broadcasts }
    }

    /// The broadcasts of the table by their times, as groups by broadcast would have them; `streamers` is their number.
    #[must_use]
    pub fn by_time(&self, streamers: usize) -> Broadcasts {
        let streamer_of = self.all.iter().map(|one| one.streamer).collect();
        self.dividing(Broadcasts::new(streamers as u32, streamer_of, OrderCodes::default()))
    }

    fn dividing(&self, broadcasts: Broadcasts) -> Broadcasts {
        broadcasts.dividing(self.listed.clone().unwrap_or_default(), |number| self.live(number))
    }

    fn live(&self, number: u32) -> Arc<str> {
        self.all.get(number as usize).map_or_else(|| Arc::from(""), |one| Arc::clone(&one.live))
    }

    /// The broadcasts that were seen, and that the table does not list: how many, and the first id.
    #[must_use]
    pub fn unlisted(&self, seen: &Seen) -> Option<(usize, Arc<str>)> {
        let listed: HashSet<u32> = self.listed.as_ref()?.iter().map(|one| one.broadcast).collect();
        let numbers: HashSet<u32> = seen.pairs.iter().map(|pair| pair.0).collect();
        let missing = numbers.difference(&listed);
        Some((missing.clone().count(), missing.map(|number| self.live(*number)).min()?))
    }

    /// The ids that several streamers share, as far as they were seen or are listed: how many, and the first.
    #[must_use]
    pub fn shared(&self, seen: &Seen) -> Option<(usize, Arc<str>)> {
        let listed = self.listed.iter().flatten().map(|one| one.broadcast);
        let mut streamers: BTreeMap<&Arc<str>, HashSet<u32>> = BTreeMap::new();
        for number in seen.pairs.iter().map(|pair| pair.0).chain(listed) {
            if let Some(one) = self.all.get(number as usize) {
                streamers.entry(&one.live).or_default().insert(one.streamer);
            }
        }
        let mut shared = streamers.into_iter().filter(|(_, streamers)| streamers.len() > 1);
        let (first, _) = shared.next()?;
        Some((shared.count() + 1, Arc::clone(first)))
    }
}

/// The broadcasts of a group in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Aired {
    /// How many there were.
    pub broadcasts: i64,
    /// Those of them that the table lists.
    listed: i64,
    /// Seconds on air in the period, of those that the table lists.
    seconds: i128,
}

impl Aired {
    /// Seconds on air; `None` where there were broadcasts, and the table lists none of them.
    #[must_use]
    pub fn seconds(&self) -> Option<i128> {
        (self.broadcasts == 0 || self.listed > 0).then_some(self.seconds)
    }

    fn add_listed(&mut self, seconds: i64) {
        self.broadcasts += 1;
        self.listed += 1;
        self.seconds += i128::from(seconds);
    }
}

/// The broadcasts of every group and period.
#[derive(Debug, Default)]
pub struct AiredGroups {
    /// By base group and period.
    groups: HashMap<(u32, u32), Aired, FixedState>,
    /// Of the whole range.
    pub total: Aired,
    /// Whether their times are known.
    pub has_times: bool,
}

impl AiredGroups {
    /// Counts the broadcasts of the table that touch a period, and those that were seen in it and are not in the table.
    #[must_use]
    pub fn new(
        run: &RunBroadcasts,
        seen: &Seen,
        base: &BaseGroups,
        walk: &Broadcasts,
        periods: &Periods,
    ) -> Self {
        let base_of = |broadcast: u32| {
            let streamer = run.all.get(broadcast as usize).map(|one| one.streamer).unwrap_or_default();
            base.of_place.get(walk.place(streamer, Some(broadcast), 0) as usize).copied().unwrap_or_default()
        };
        let mut aired = Self { has_times: run.listed.is_some(), ..Self::default() };
        let mut listed: HashSet<u32, FixedState> = HashSet::default();
        for one in run.listed.iter().flatten() {
            listed.insert(one.broadcast);
            aired.add_listed(base_of(one.broadcast), one, periods);
        }
        let mut others = Vec::new();
        for &(broadcast, period) in seen.pairs.iter().filter(|pair| !listed.contains(&pair.0)) {
            aired.groups.entry((base_of(broadcast), period)).or_default().broadcasts += 1;
            others.push(broadcast);
        }
        others.sort_unstable();
        others.dedup();
        aired.total.broadcasts += others.len() as i64;
        aired
    }

    fn add_listed(&mut self, base: u32, one: &Scheduled, periods: &Periods) {
        let Some((from, to)) = periods.range() else { return };
        // The last instant of it; one without any length touches its start.
        let last = one.end.max(one.start.saturating_add(1)) - 1;
        let touched = periods.find(one.start.max(from)).zip(periods.find(last.min(to - 1)));
        let Some((first, last)) = touched.filter(|(first, last)| first <= last) else { return };
        for period in first..=last {
            let (start, end) = (one.start.max(periods.start(period)), one.end.min(periods.end(period)));
            self.groups.entry((base, period)).or_default().add_listed(end - start);
        }
        self.total.add_listed(one.end.min(to) - one.start.max(from));
    }

    /// The broadcasts of a base group in a period.
    #[must_use]
    pub fn of(&self, base: u32, period: u32) -> Aired {
        self.groups.get(&(base, period)).copied().unwrap_or_default()
    }
}
