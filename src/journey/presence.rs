//! Presence and watch time of one person in one group: clipped at period boundaries, unions per streamer.

use super::accumulate::WalkTally;
use super::rules::{Domain, DomainRule};
use crate::calendar::Periods;
use crate::input::profile::Traffic;
use crate::input::sessions::SessionRow;

/// What a person's sessions with a group in a period amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presence {
    /// The number of the period.
    pub period: u32,
    /// What was seen: [`Presence::PRIVATE`], [`Presence::PUBLIC`], [`Presence::PAID`].
    seen: u8,
    /// Seconds watched: unions per streamer, added over streamers.
    pub watch: i64,
    /// Twice the start of the session entered first, and one more where none entered then was private.
    first: i64,
    /// Seconds of the unions of the private and of the public sessions.
    by_domain: [i64; 2],
}

impl Presence {
    const PRIVATE: u8 = 1;
    const PUBLIC: u8 = 2;
    const PAID: u8 = 4;

    /// No session yet.
    #[must_use]
    pub fn new(period: u32) -> Self {
        Self { period, seen: 0, watch: 0, first: i64::MAX, by_domain: [0; 2] }
    }

    /// Whether there was any session.
    #[must_use]
    #[inline]
    pub fn is_there(&self) -> bool {
        self.seen != 0
    }

    #[inline]
    fn touch(&mut self, start: i64, traffic: Traffic) {
        self.seen |= match traffic {
            Traffic::Private => Self::PRIVATE,
            Traffic::Organic => Self::PUBLIC,
            Traffic::Paid => Self::PUBLIC | Self::PAID,
        };
        self.first = self.first.min(start << 1 | i64::from(traffic != Traffic::Private));
    }

    /// Takes another group's or period's presence of the same person into this one.
    #[inline]
    pub fn merge(&mut self, other: &Self) {
        self.seen |= other.seen;
        self.watch += other.watch;
        self.first = self.first.min(other.first);
        self.by_domain[0] += other.by_domain[0];
        self.by_domain[1] += other.by_domain[1];
    }

    /// Whether sessions of both domains were seen.
    #[must_use]
    #[inline]
    pub fn is_in_both_domains(&self) -> bool {
        self.seen & Self::PRIVATE != 0 && self.seen & Self::PUBLIC != 0
    }

    /// The one domain that the person has here.
    #[must_use]
    #[inline]
    pub fn domain(&self, rule: DomainRule) -> Domain {
        let any_private = self.seen & Self::PRIVATE != 0;
        let private = match rule {
            DomainRule::AnyPrivate => any_private,
            DomainRule::First => self.first & 1 == 0,
            DomainRule::Longest => match self.by_domain[0].cmp(&self.by_domain[1]) {
                std::cmp::Ordering::Greater => true,
                std::cmp::Ordering::Less => false,
                std::cmp::Ordering::Equal => any_private,
            },
        };
        if private { Domain::Private } else { Domain::Public { paid: self.seen & Self::PAID != 0 } }
    }
}

/// What sessions amount to that each lie in one period, most of all: calls `each` with the presence in a period and the lengths of its
/// sessions together. All are of one person with one streamer, in the order of their starts. Hands back those from the first period on
/// in which it is otherwise, with which nothing of the periods before has to do.
#[inline]
pub fn by_period<'r>(
    periods: &Periods,
    sessions: &'r [SessionRow],
    mut each: impl FnMut(&Presence, u32, i64),
) -> &'r [SessionRow] {
    let mut rest = sessions;
    while let Some(first) = rest.first() {
        let Some(period) = periods.find(first.start.0) else { return rest };
        let period_end = periods.end(period);
        let mut presence = Presence::new(period);
        let (mut reach, mut lengths, mut rows) = (i64::MIN, 0, 0);
        for session in rest {
            let (start, end) = (session.start.0, session.end());
            if start >= period_end {
                break;
            }
            if end > period_end {
                return rest;
            }
            presence.touch(start, session.traffic());
            presence.watch += (end - start.max(reach)).max(0);
            reach = reach.max(end);
            lengths += end - start;
            rows += 1;
        }
        each(&presence, rows, lengths);
        rest = &rest[rows as usize..];
    }
    rest
}

/// One person's presence in one group, by period, while its sessions are walked streamer by streamer.
#[derive(Debug)]
pub struct PresenceWalk<'a> {
    periods: &'a Periods,
    range: (i64, i64),
    longest: bool,
    /// Sorted by period.
    group: Vec<Presence>,
    /// The periods in which the person was present with the present streamer, ascending.
    streamer: Vec<u32>,
    /// Up to where the union of the present streamer's sessions reaches: of all, of the private, of the public ones.
    reach: [i64; 3],
}

impl<'a> PresenceWalk<'a> {
    /// Nobody was present yet.
    #[must_use]
    pub fn new(periods: &'a Periods, rule: DomainRule) -> Self {
        Self {
            periods,
            range: periods.range().unwrap_or((0, 0)),
            longest: rule == DomainRule::Longest,
            group: Vec::new(),
            streamer: Vec::new(),
            reach: [i64::MIN; 3],
        }
    }

    /// Another person, or another group.
    #[inline]
    pub fn start_group(&mut self) {
        self.group.clear();
    }

    /// Another streamer of the group; sessions with it follow in the order of their starts.
    #[inline]
    pub fn start_streamer(&mut self) {
        self.streamer.clear();
        self.reach = [i64::MIN; 3];
    }

    /// Adds a session with the present streamer.
    #[inline]
    pub fn session(&mut self, session: &SessionRow, tally: &mut WalkTally) {
        let (start, end) = (session.start.0, session.end());
        let (from, to) = (start.max(self.range.0), end.min(self.range.1));
        let touches = if start == end { from == start && start < self.range.1 } else { from < to };
        if !touches {
            return;
        }
        let Some(first) = self.find(from) else { return };
        let last = if to <= self.periods.end(first) { first } else { self.find(to - 1).unwrap_or(first) };
        tally.sessions_in_range += 1;
        tally.seconds_in_range += i128::from(to - from);
        let traffic = session.traffic();
        for period in first..=last {
            if self.streamer.last().is_none_or(|&known| known < period) {
                self.streamer.push(period);
            }
            self.presence(period).touch(start, traffic);
        }
        self.watch(0, from, to, first, |presence| &mut presence.watch);
        if self.longest {
            let which = usize::from(traffic != Traffic::Private);
            self.watch(1 + which, from, to, first, |presence| &mut presence.by_domain[which]);
        }
    }

    /// Adds what a clipped interval adds to a union that reaches up to `self.reach[union]`, divided over periods.
    #[inline]
    fn watch(
        &mut self,
        union: usize,
        from: i64,
        to: i64,
        first: u32,
        sum: impl Fn(&mut Presence) -> &mut i64,
    ) {
        let mut from = from.max(self.reach[union]);
        if from >= to {
            return;
        }
        self.reach[union] = to;
        let mut period = first;
        while from < to {
            let end = self.periods.end(period).min(to);
            if end > from {
                *sum(self.presence(period)) += end - from;
                from = end;
            }
            period += 1;
        }
    }

    /// The period of an instant: mostly that of the session before.
    #[inline]
    fn find(&self, instant: i64) -> Option<u32> {
        if let Some(last) = self.group.last()
            && self.periods.start(last.period) <= instant
            && instant < self.periods.end(last.period)
        {
            return Some(last.period);
        }
        self.periods.find(instant)
    }

    #[inline]
    fn presence(&mut self, period: u32) -> &mut Presence {
        let group = &mut self.group;
        let at = match group.last() {
            Some(last) if last.period == period => group.len() - 1,
            Some(last) if last.period > period => {
                match group.binary_search_by_key(&period, |known| known.period) {
                    Ok(at) => at,
                    Err(at) => {
                        group.insert(at, Presence::new(period));
                        at
                    }
                }
            }
            _ => {
                group.push(Presence::new(period));
                group.len() - 1
            }
        };
        &mut group[at]
    }

    /// Whether the person was present with the present streamer in a period.
    #[must_use]
    pub fn is_with_streamer(&self, period: u32) -> bool {
        self.streamer.binary_search(&period).is_ok()
    }

    /// The person's presence in the group, by period.
    #[must_use]
    pub fn group(&self) -> &[Presence] {
        &self.group
    }

    /// The person's presence in the group in a period.
    #[must_use]
    pub fn in_period(&self, period: u32) -> Option<&Presence> {
        self.group.binary_search_by_key(&period, |known| known.period).ok().map(|at| &self.group[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Calendar, DateRange, PeriodKind};
    use crate::units::{IdKey, Instant, Seconds};
    use jiff::civil::{Time, Weekday, date};

    const DAY: i64 = 86_400;

    /// The first three days of 1970, UTC.
    fn three_days() -> Periods {
        let calendar = Calendar {
            zone: jiff::tz::TimeZone::UTC,
            day_start: Time::midnight(),
            week_start: Weekday::Monday,
        };
        let range = DateRange { first: date(1970, 1, 1), last: date(1970, 1, 3) };
        Periods::new(&calendar, PeriodKind::Day, range, range.last, Some(range)).unwrap()
    }

    /// Walks sessions with one streamer: start, end, traffic.
    fn walk(rule: DomainRule, sessions: &[(i64, i64, Traffic)]) -> Vec<Presence> {
        let (periods, mut tally) = (three_days(), WalkTally::default());
        let mut walk = PresenceWalk::new(&periods, rule);
        walk.start_group();
        walk.start_streamer();
        for &(start, end, traffic) in sessions {
            let length = Seconds(end - start);
            let row = SessionRow::new(IdKey::new(b"u1"), 1, Instant(start), length, traffic);
            walk.session(&row, &mut tally);
        }
        walk.group().to_vec()
    }

    /// The days in which somebody was present, and the seconds of each.
    fn days(sessions: &[(i64, i64)]) -> Vec<(u32, i64)> {
        let organic: Vec<_> = sessions.iter().map(|&(start, end)| (start, end, Traffic::Organic)).collect();
        walk(DomainRule::AnyPrivate, &organic).iter().map(|day| (day.period, day.watch)).collect()
    }

    fn is_private(rule: DomainRule, sessions: &[(i64, i64, Traffic)]) -> bool {
        walk(rule, sessions)[0].domain(rule) == Domain::Private
    }

    #[test]
    fn an_interval_is_half_open() {
        assert_eq!(days(&[(DAY - 10, DAY)]), [(0, 10)]);
        assert_eq!(days(&[(DAY - 10, DAY + 1)]), [(0, 10), (1, 1)]);
        assert_eq!(days(&[(DAY, DAY + 5)]), [(1, 5)]);
        assert_eq!(days(&[(10, 2 * DAY + 7)]), [(0, DAY - 10), (1, DAY), (2, 7)]);
    }

    #[test]
    fn a_session_of_no_length_touches_its_instant() {
        assert_eq!(days(&[(DAY - 1, DAY - 1)]), [(0, 0)]);
        assert_eq!(days(&[(DAY, DAY)]), [(1, 0)]);
        assert_eq!(days(&[(0, 0)]), [(0, 0)]);
        assert_eq!(days(&[(-1, -1), (3 * DAY, 3 * DAY)]), []);
    }

    #[test]
    fn what_lies_outside_of_the_range_is_cut_off() {
        assert_eq!(days(&[(-50, 0), (3 * DAY, 3 * DAY + 9)]), []);
        assert_eq!(days(&[(-50, 1), (3 * DAY - 2, 3 * DAY + 9)]), [(0, 1), (2, 2)]);
    }

    #[test]
    fn watch_time_is_the_union_also_over_midnight() {
        assert_eq!(days(&[(DAY - 100, DAY + 50), (DAY - 50, DAY + 100)]), [(0, 100), (1, 100)]);
        // Read twice; then one inside of another; then one that begins where another ends.
        assert_eq!(days(&[(10, 20), (10, 20)]), [(0, 10)]);
        assert_eq!(days(&[(10, 100), (20, 30), (40, 110)]), [(0, 100)]);
        assert_eq!(days(&[(10, 20), (20, 25)]), [(0, 15)]);
    }

    #[test]
    fn watch_time_of_two_streamers_adds() {
        let (periods, mut tally) = (three_days(), WalkTally::default());
        let mut walk = PresenceWalk::new(&periods, DomainRule::AnyPrivate);
        walk.start_group();
        for streamer in [1, 2] {
            walk.start_streamer();
            let row =
                SessionRow::new(IdKey::new(b"u1"), streamer, Instant(10), Seconds(20), Traffic::Organic);
            walk.session(&row, &mut tally);
            assert!(walk.is_with_streamer(0) && !walk.is_with_streamer(1));
        }
        assert_eq!(walk.group().len(), 1);
        assert_eq!(walk.group()[0].watch, 40);
    }

    #[test]
    fn ties_between_domains_are_private() {
        use DomainRule::{First, Longest};
        use Traffic::{Paid, Private};
        assert!(is_private(First, &[(10, 20, Paid), (10, 15, Private)]));
        assert!(!is_private(First, &[(10, 20, Paid), (11, 99, Private)]));
        assert!(is_private(Longest, &[(10, 20, Paid), (30, 40, Private)]));
        assert!(!is_private(Longest, &[(10, 21, Paid), (30, 40, Private)]));
        assert!(is_private(Longest, &[(10, 10, Paid), (10, 10, Private)]));
        assert!(!is_private(Longest, &[(10, 10, Paid)]));
        assert!(is_private(DomainRule::AnyPrivate, &[(10, 99, Paid), (50, 50, Private)]));
    }

    #[test]
    fn the_first_session_is_the_one_entered_first_before_the_period() {
        // Both reach into the second day; the paid one began earlier, the private one is the first of the day by its clipped time.
        let sessions = [(DAY - 20, DAY + 5, Traffic::Paid), (DAY - 10, DAY + 90, Traffic::Private)];
        let second = walk(DomainRule::First, &sessions)[1];
        assert_eq!(second.domain(DomainRule::First), Domain::Public { paid: true });
        let second = walk(DomainRule::Longest, &sessions)[1];
        assert_eq!(second.domain(DomainRule::Longest), Domain::Private);
    }

    #[test]
    fn streamers_and_periods_together_have_the_first_session_of_all() {
        let one = |start, traffic| walk(DomainRule::First, &[(start, start + 5, traffic)])[0];
        let first = |a, b| {
            let mut merged = one(a, Traffic::Paid);
            merged.merge(&one(b, Traffic::Private));
            let mut other = one(b, Traffic::Private);
            other.merge(&one(a, Traffic::Paid));
            assert_eq!(merged.domain(DomainRule::First), other.domain(DomainRule::First));
            merged.domain(DomainRule::First)
        };
        assert_eq!(first(10, 10), Domain::Private);
        assert_eq!(first(10, 11), Domain::Public { paid: true });
        assert_eq!(first(11, 10), Domain::Private);
    }

    #[test]
    fn longest_compares_unions_not_sums() {
        // Two private devices at once: 60 seconds, not 120.
        let sessions = [(0, 60, Traffic::Private), (0, 60, Traffic::Private), (100, 161, Traffic::Organic)];
        assert!(!is_private(DomainRule::Longest, &sessions));
    }
}
