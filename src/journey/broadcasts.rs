//! Broadcasts in a run: where a row belongs when groups are by broadcast, and which broadcasts the data speak of.

use std::collections::HashSet;

use crate::calendar::Periods;
use crate::input::broadcasts::broadcast_of;
use crate::input::orders::NO_DIMENSIONS;

/// A broadcast of the table, with its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheduled {
    /// Its first instant.
    pub start: i64,
    /// The first instant after it.
    pub end: i64,
    /// Its number.
    pub broadcast: u32,
}

/// The broadcasts of one streamer in the order of their starts, each with the latest end up to it.
#[derive(Debug, Clone, Default)]
struct Schedule(Vec<(Scheduled, i64)>);

/// What is known of broadcasts before the journeys are walked.
///
/// Rows belong to *places*: the streamers by their codes, and after them, where groups are by broadcast, the broadcasts by their numbers.
#[derive(Debug, Clone, Default)]
pub struct Broadcasts {
    /// Whether groups are by broadcast.
    divide: bool,
    /// How many streamers there are.
    streamers: u32,
    /// The streamer of each broadcast.
    streamer_of: Vec<u32>,
    /// The dimensions and the broadcast of each code of an order's row.
    of_orders: Vec<(u32, Option<u32>)>,
    /// For each streamer, its broadcasts in the table.
    schedules: Vec<Schedule>,
}

impl Broadcasts {
    /// The broadcasts of a run: how many streamers there are, the streamer of each broadcast, and the codes of orders' rows.
    #[must_use]
    pub fn new(streamers: u32, streamer_of: Vec<u32>, of_orders: Vec<(u32, Option<u32>)>) -> Self {
        Self { streamers, streamer_of, of_orders, ..Self::default() }
    }

    /// Divides groups by broadcast: rows that name none belong to one of these by their time.
    #[must_use]
    pub fn dividing(
        mut self,
        mut scheduled: Vec<Scheduled>,
        live: impl Fn(u32) -> std::sync::Arc<str>,
    ) -> Self {
        self.divide = true;
        self.schedules = vec![Schedule::default(); self.streamers as usize];
        // Of two that start at once, the one whose id is first is found first.
        scheduled.sort_by_key(|one| (one.start, std::cmp::Reverse(live(one.broadcast))));
        for one in scheduled {
            let streamer = self.streamer_of.get(one.broadcast as usize).copied().unwrap_or_default();
            if let Some(Schedule(own)) = self.schedules.get_mut(streamer as usize) {
                let latest = own.last().map_or(one.end, |(_, latest)| one.end.max(*latest));
                own.push((one, latest));
            }
        }
        self
    }

    /// Whether groups are by broadcast.
    #[must_use]
    #[inline]
    pub fn divide(&self) -> bool {
        self.divide
    }

    /// Whether any row can name one.
    #[must_use]
    #[inline]
    pub fn are_named(&self) -> bool {
        !self.streamer_of.is_empty()
    }

    /// The streamer and the broadcast of a row of sessions.
    #[must_use]
    #[inline]
    pub fn of_session(&self, code: u32) -> (u32, Option<u32>) {
        match broadcast_of(code) {
            Ok(number) => (self.streamer_of.get(number as usize).copied().unwrap_or_default(), Some(number)),
            Err(streamer) => (streamer, None),
        }
    }

    /// The dimensions and the broadcast of a row of orders.
    #[must_use]
    pub fn of_order(&self, code: u32) -> (u32, Option<u32>) {
        match broadcast_of(code) {
            Ok(number) => (NO_DIMENSIONS, Some(number)),
            Err(code) => self.of_orders.get(code as usize).copied().unwrap_or((code, None)),
        }
    }

    /// Where a row belongs.
    #[must_use]
    #[inline]
    pub fn place(&self, streamer: u32, broadcast: Option<u32>, instant: i64) -> u32 {
        if !self.divide {
            return streamer;
        }
        let broadcast = broadcast.or_else(|| self.on_air(streamer, instant));
        broadcast.map_or(streamer, |number| self.streamers + number)
    }

    /// The streamer of a place.
    #[must_use]
    #[inline]
    pub fn streamer(&self, place: u32) -> u32 {
        let number = place.checked_sub(self.streamers).map(|number| number as usize);
        number.and_then(|number| self.streamer_of.get(number)).copied().unwrap_or(place)
    }

    /// Whether the table has any broadcast of a streamer.
    #[must_use]
    pub fn has_any(&self, streamer: u32) -> bool {
        self.schedules.get(streamer as usize).is_some_and(|Schedule(own)| !own.is_empty())
    }

    /// The broadcast of a streamer at an instant: the one that started last.
    #[must_use]
    pub fn on_air(&self, streamer: u32, instant: i64) -> Option<u32> {
        let Schedule(own) = self.schedules.get(streamer as usize)?;
        let started = own.partition_point(|(one, _)| one.start <= instant);
        let lasting = own[..started].iter().rev().take_while(|(_, latest)| instant < *latest);
        lasting.map(|(one, _)| one).find(|one| instant < one.end).map(|one| one.broadcast)
    }
}

/// The broadcasts that the data speak of, with the periods in which they do.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Numbers of broadcasts and of periods.
    pub pairs: HashSet<(u32, u32), foldhash::fast::FixedState>,
    /// For each broadcast, instants that lie in periods already seen: most sessions and orders are over here.
    known: Vec<(i64, i64)>,
}

impl Seen {
    /// A session of a broadcast, from its start to its end.
    #[inline]
    pub fn session(&mut self, broadcast: u32, start: i64, end: i64, periods: &Periods) {
        let last = end.max(start + 1) - 1;
        if self.known.get(broadcast as usize).is_some_and(|known| known.0 <= start && last < known.1) {
            return;
        }
        self.learn(broadcast, start, last, periods);
    }

    #[cold]
    fn learn(&mut self, broadcast: u32, first: i64, last: i64, periods: &Periods) {
        let Some((from, to)) = periods.range() else { return };
        let (Some(first), Some(last)) = (periods.find(first.max(from)), periods.find(last.min(to - 1)))
        else {
            return;
        };
        if first > last {
            return;
        }
        self.pairs.extend((first..=last).map(|period| (broadcast, period)));
        self.know(broadcast, (periods.start(first), periods.end(last)));
    }

    fn know(&mut self, broadcast: u32, instants: (i64, i64)) {
        let at = broadcast as usize;
        if at >= self.known.len() {
            self.known.resize(at + 1, (0, 0));
        }
        self.known[at] = instants;
    }

    /// Sessions of a broadcast on every day from an instant to another, which are starts of days.
    pub fn days(&mut self, broadcast: u32, from: i64, to: i64, periods: &Periods) {
        self.learn(broadcast, from, to - 1, periods);
    }

    /// An order of a broadcast, paid in this period.
    #[inline]
    pub fn order(&mut self, broadcast: u32, paid_at: i64, period: u32, periods: &Periods) {
        let known = self.known.get(broadcast as usize);
        if !known.is_some_and(|known| (known.0..known.1).contains(&paid_at)) {
            self.pairs.insert((broadcast, period));
            self.know(broadcast, (periods.start(period), periods.end(period)));
        }
    }

    /// Adds what another worker saw.
    pub fn merge(&mut self, other: &Self) {
        if self.pairs.is_empty() {
            self.pairs.clone_from(&other.pairs);
        } else {
            self.pairs.extend(&other.pairs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Calendar, DateRange, PeriodKind};
    use jiff::civil::{Time, Weekday, date};
    use std::sync::Arc;

    const DAY: i64 = 86_400;

    /// Streamer 1 with broadcasts 0 to 3, streamer 2 with broadcast 4.
    fn dividing(scheduled: &[(i64, i64, u32)]) -> Broadcasts {
        let scheduled =
            scheduled.iter().map(|&(start, end, broadcast)| Scheduled { start, end, broadcast }).collect();
        let live = |number: u32| Arc::from(format!("L{number}"));
        Broadcasts::new(3, vec![1, 1, 1, 1, 2], Vec::new()).dividing(scheduled, live)
    }

    #[test]
    fn a_row_without_a_broadcast_is_in_the_one_that_started_last() {
        let found = dividing(&[(0, 100, 0), (10, 20, 1), (30, 40, 2), (10, 15, 3), (50, 60, 4)]);
        let at = |instant| found.place(1, None, instant);
        // From inside of the long one, the short ones take their time; of 1 and 3, which start at once, the first id.
        let expected = [
            (-1, 1),
            (0, 3),
            (9, 3),
            (10, 4),
            (15, 4),
            (19, 4),
            (20, 3),
            (30, 5),
            (40, 3),
            (99, 3),
            (100, 1),
        ];
        for (instant, place) in expected {
            assert_eq!(at(instant), place, "{instant}");
        }
        assert_eq!((found.place(2, None, 55), found.place(2, None, 5), found.place(0, None, 5)), (7, 2, 0));
        assert_eq!(found.place(1, Some(2), 55), 5);
        assert_eq!([0, 1, 3, 7].map(|place| found.streamer(place)), [0, 1, 1, 2]);
    }

    #[test]
    fn a_broadcast_without_length_has_no_row() {
        assert_eq!(dividing(&[(10, 10, 0)]).place(1, None, 10), 1);
    }

    #[test]
    fn sessions_are_seen_in_every_period_that_they_touch() {
        let calendar = Calendar {
            zone: jiff::tz::TimeZone::UTC,
            day_start: Time::midnight(),
            week_start: Weekday::Monday,
        };
        let range = DateRange { first: date(1970, 1, 2), last: date(1970, 1, 5) };
        let periods = Periods::new(&calendar, PeriodKind::Day, range, range.last, Some(range)).unwrap();
        let seen = |sessions: &[(i64, i64)]| {
            let mut seen = Seen::default();
            for &(start, end) in sessions {
                seen.session(7, start, end, &periods);
            }
            let mut found: Vec<u32> = seen.pairs.iter().map(|pair| pair.1).collect();
            found.sort_unstable();
            found
        };
        assert_eq!(seen(&[(DAY, DAY)]), [0]);
        assert_eq!(seen(&[(2 * DAY - 1, 2 * DAY)]), [0]);
        assert_eq!(seen(&[(2 * DAY - 1, 2 * DAY + 1)]), [0, 1]);
        assert_eq!(
            seen(&[(DAY, DAY + 5), (4 * DAY, 4 * DAY), (DAY + 7, DAY + 9), (3 * DAY, 4 * DAY)]),
            [0, 2, 3]
        );
        assert_eq!(seen(&[(DAY, DAY + 5), (DAY + 7, 2 * DAY + 1)]), [0, 1]);
        assert_eq!(seen(&[(2 * DAY, 2 * DAY + 5), (2 * DAY - 1, 2 * DAY + 5)]), [0, 1]);
        assert_eq!(seen(&[(0, DAY), (5 * DAY, 6 * DAY)]), [0_u32; 0]);
        assert_eq!(seen(&[(0, 9 * DAY)]), [0, 1, 2, 3]);
    }

    #[test]
    fn what_is_known_of_broadcasts() {
        let none = Broadcasts::default();
        assert!(!none.divide() && !none.are_named() && !none.has_any(0));
        let found = dividing(&[(0, 100, 0), (50, 60, 4)]);
        assert!(found.divide() && found.are_named());
        assert_eq!([0, 1, 2, 3].map(|streamer| found.has_any(streamer)), [false, true, true, false]);
        let named = Broadcasts::new(3, vec![2, 1], vec![(7, Some(1)), (8, None)]);
        assert!(!named.divide() && named.are_named());
        assert_eq!([0, 1, 5].map(|code| named.of_order(code)), [(7, Some(1)), (8, None), (5, None)]);
        assert_eq!(named.place(2, Some(1), 5), 2);
    }

    #[test]
    fn orders_and_days_of_broadcasts_are_seen_in_their_periods() {
        let calendar = Calendar {
            zone: jiff::tz::TimeZone::UTC,
            day_start: Time::midnight(),
            week_start: Weekday::Monday,
        };
        let range = DateRange { first: date(1970, 1, 1), last: date(1970, 1, 4) };
        let periods = Periods::new(&calendar, PeriodKind::Day, range, range.last, Some(range)).unwrap();
        let sorted = |seen: &Seen| {
            let mut pairs: Vec<_> = seen.pairs.iter().copied().collect();
            pairs.sort_unstable();
            pairs
        };
        let mut seen = Seen::default();
        seen.order(3, DAY + 5, 1, &periods);
        seen.order(3, DAY + 9, 1, &periods);
        seen.order(3, 2 * DAY, 2, &periods);
        assert_eq!(sorted(&seen), [(3, 1), (3, 2)]);
        let mut days = Seen::default();
        days.days(2, DAY, 3 * DAY, &periods);
        assert_eq!(sorted(&days), [(2, 1), (2, 2)]);
        let mut all = Seen::default();
        all.merge(&seen);
        all.merge(&days);
        assert_eq!(sorted(&all), [(2, 1), (2, 2), (3, 1), (3, 2)]);
    }
}
