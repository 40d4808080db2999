//! Presence and watch time of one person in one group: clipped at period boundaries, unions per streamer.

use super::accumulate::WalkTally;
use super::rules::{Domain, DomainRule};
use crate::calendar::Periods;
use crate::input::profile::Traffic;
use crate::input::sessions::SessionRow;

#[cfg(test)]
mod tests;

/// What a person's sessions with a group in a period amount to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Presence {
    /// The number of the period.
    pub period: u32,
    /// What was seen: [`Presence::PRIVATE`], [`Presence::PUBLIC`], [`Presence::PAID`].
    seen: u8,
    /// Seconds watched: unions per streamer, added over streamers.
    pub watch: i64,
    /// Four times the start of the session entered first, and the number of its traffic: of those entered then, the private one before the
    /// organic one before the paid one.
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
        // By traffic: a table, since no branch on it could be foreseen.
        const SEEN: [u8; 3] = [Presence::PRIVATE, Presence::PUBLIC, Presence::PUBLIC | Presence::PAID];
        self.seen |= SEEN[traffic as usize];
        self.first = self.first.min(start << 2 | traffic as i64);
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

    /// Whether any public session was paid for.
    #[must_use]
    #[inline]
    pub fn is_paid(&self) -> bool {
        self.seen & Self::PAID != 0
    }

    /// Whether the session entered first was paid for, and no other was entered with it that was not.
    #[must_use]
    #[inline]
    pub fn is_first_paid(&self) -> bool {
        self.first & 3 == Traffic::Paid as i64
    }

    /// The one domain that the person has here.
    #[must_use]
    #[inline]
    pub fn domain(&self, rule: DomainRule) -> Domain {
        if self.is_private(rule) { Domain::Private } else { Domain::Public { paid: self.is_paid() } }
    }

    /// Whether the one domain that the person has here is the private one.
    #[must_use]
    #[inline]
    pub fn is_private(&self, rule: DomainRule) -> bool {
        let any_private = self.seen & Self::PRIVATE != 0;
        match rule {
            DomainRule::AnyPrivate => any_private,
            DomainRule::First => self.first & 3 == Traffic::Private as i64,
            DomainRule::Longest => match self.by_domain[0].cmp(&self.by_domain[1]) {
                std::cmp::Ordering::Greater => true,
                std::cmp::Ordering::Less => false,
                std::cmp::Ordering::Equal => any_private,
            },
        }
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
        let Some(period) = periods.find(first.start()) else { return rest };
        let period_end = periods.end(period);
        let mut presence = Presence::new(period);
        let (mut reach, mut lengths, mut rows) = (i64::MIN, 0, 0);
        for session in rest {
            let (start, end) = (session.start(), session.end());
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
        let (start, end) = (session.start(), session.end());
        let (from, to) = (start.max(self.range.0), end.min(self.range.1));
        let touches = if start == end { from == start } else { from < to };
        if !touches {
            return;
        }
        // One without length at the end of the range, or after it, is in no period.
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
