//! Persons: whether buyers are viewers, when they pay and watch, and what of it looks wrong.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;

use super::Limits;
use super::days::DayCounts;
use super::flags::{Flag, busy};
use super::ids::{Found, Lookups};
use super::lives::{LiveFacts, Table};
use super::orders::CheckedOrder;
use super::skew::Clocks;
use crate::calendar::Periods;
use crate::input::read::Place;
use crate::input::sessions::SessionRow;
use crate::units::{PersonKey, Portion};

/// What persons tell.
#[derive(Debug, Clone, Default)]
pub struct Persons {
    /// Distinct viewers.
    pub viewers: u64,
    /// Distinct buyers of counted orders.
    pub buyers: u64,
    /// Of them, those with any session.
    pub buyers_seen: u64,
    /// Orders of somebody.
    pub orders: Portion,
    /// Of them, those whose buyer has any session.
    pub seen: Portion,
    /// Of them, those whose buyer has one in the same week.
    pub seen_in_week: Portion,
    /// Of them, those whose buyer has one with the streamer in the same week.
    pub seen_with_streamer: Portion,
    /// Sessions.
    pub sessions: SessionFacts,
    /// Orders and sessions under all shifts of the clock.
    pub clocks: Clocks,
    /// Buyers with many orders in an hour.
    pub busy: Flag,
    /// Orders of viewers who hardly watched.
    pub unwatched: Flag,
    /// Orders before the first session of the buyer with the streamer.
    pub early: Flag,
    /// Orders paid in sessions longer than the longest.
    pub in_long_sessions: Flag,
    /// Sessions by day.
    pub days: DayCounts,
    /// Sessions by streamer.
    pub streamers: HashMap<u32, u64, FixedState>,
    /// Sessions and their broadcasts.
    pub lives: LiveFacts,
    /// Buyers found among viewers, and viewers found among buyers.
    pub found: [Found; 2],
}

/// What sessions of known viewers tell; those entered in the range.
#[derive(Debug, Clone, Default)]
pub struct SessionFacts {
    /// Sessions.
    pub rows: u64,
    /// Of them, those of 0 seconds.
    pub zero_length: u64,
    /// Of them, those longer than the longest.
    pub long: u64,
    /// The longest of those.
    pub longest: Vec<LongSession>,
    /// Seconds watched, capped.
    pub seconds: i128,
    /// Of them, those watched twice at once.
    pub overlap: i128,
}

/// A session longer than the longest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongSession {
    /// In seconds; of [`LONGEST_SESSION`](crate::input::sessions::LONGEST_SESSION), or longer.
    pub length: i64,
    /// When it was entered.
    pub start: i64,
    /// The viewer.
    pub viewer: PersonKey,
    /// The streamer's id: codes depend on which thread came first.
    pub streamer: Arc<str>,
}

impl SessionFacts {
    fn long(&mut self, session: LongSession) {
        const EXAMPLES: usize = 3;
        let key = |session: &LongSession| {
            (Reverse(session.length), session.start, session.viewer, Arc::clone(&session.streamer))
        };
        self.long += 1;
        self.longest.push(session);
        self.longest.sort_by_cached_key(key);
        self.longest.truncate(EXAMPLES);
    }

    fn merge(&mut self, other: Self) {
        let long = self.long + other.long;
        self.rows += other.rows;
        self.zero_length += other.zero_length;
        self.seconds += other.seconds;
        self.overlap += other.overlap;
        other.longest.into_iter().for_each(|session| self.long(session));
        self.long = long;
    }
}

impl Persons {
    /// Adds what another worker found.
    pub fn merge(&mut self, other: Self) {
        self.viewers += other.viewers;
        self.buyers += other.buyers;
        self.buyers_seen += other.buyers_seen;
        self.orders.merge(other.orders);
        self.seen.merge(other.seen);
        self.seen_in_week.merge(other.seen_in_week);
        self.seen_with_streamer.merge(other.seen_with_streamer);
        self.sessions.merge(other.sessions);
        self.clocks.merge(&other.clocks);
        self.busy.merge(other.busy);
        self.unwatched.merge(other.unwatched);
        self.early.merge(other.early);
        self.in_long_sessions.merge(other.in_long_sessions);
        self.days.merge(other.days);
        self.lives.merge(other.lives);
        for (streamer, rows) in other.streamers {
            *self.streamers.entry(streamer).or_default() += rows;
        }
        for (found, more) in self.found.iter_mut().zip(other.found) {
            found.extend(more);
        }
    }
}

/// What a walk over persons needs to know.
pub struct PersonRules<'a> {
    /// The weeks of the range.
    pub weeks: &'a Periods,
    /// The days of the range.
    pub days: &'a Periods,
    /// From when on something is flagged.
    pub limits: Limits,
    /// The ids of streamers, by their codes.
    pub streamers: &'a [Arc<str>],
    /// The broadcasts of a table; none without one.
    pub table: Table,
    /// Ids of buyers to look for among viewers, and the other way round.
    pub lookups: [Lookups; 2],
}

/// One worker on persons.
pub struct PersonStage<'a> {
    rules: &'a PersonRules<'a>,
    /// What it found.
    pub found: Persons,
    /// The sessions of a part, to sort in.
    pub sessions: Vec<SessionRow>,
    /// The orders of a part, to sort in.
    pub orders: Vec<CheckedOrder>,
}

impl<'a> PersonStage<'a> {
    /// Under these rules.
    #[must_use]
    pub fn new(rules: &'a PersonRules<'a>) -> Self {
        Self { rules, found: Persons::default(), sessions: Vec::new(), orders: Vec::new() }
    }

    /// Notes the broadcasts of the sessions in the buffer, whose codes still tell them.
    pub fn lives(&mut self) {
        for row in &self.sessions {
            self.found.lives.session(row, &self.rules.table, self.rules.days);
        }
    }

    /// Walks over the sessions and orders in the buffers: those of one part.
    pub fn part(&mut self, part: usize) {
        let (mut sessions, mut orders) =
            (std::mem::take(&mut self.sessions), std::mem::take(&mut self.orders));
        sessions.sort_unstable_by_key(|row| (row.viewer(), row.streamer(), row.start(), row.end()));
        orders.sort_unstable_by_key(|order| (order.buyer, order.paid_at, order.sequence));
        let bought = |id| orders.binary_search_by_key(&id, |order| order.buyer).is_ok();
        let watched = |id| sessions.binary_search_by_key(&id, SessionRow::viewer).is_ok();
        self.rules.lookups[0].look(part, watched, &mut self.found.found[0]);
        self.rules.lookups[1].look(part, bought, &mut self.found.found[1]);
        let mut buyers = orders.chunk_by(|a, b| a.buyer == b.buyer).peekable();
        for person in sessions.chunk_by(SessionRow::is_of_viewer_of) {
            let viewer = person[0].viewer();
            while let Some(strangers) = buyers.next_if(|orders| orders[0].buyer < viewer) {
                self.person(&[], strangers);
            }
            let orders = buyers.next_if(|orders| orders[0].buyer == viewer).unwrap_or_default();
            self.person(person, orders);
        }
        buyers.for_each(|strangers| self.person(&[], strangers));
        (self.sessions, self.orders) = (sessions, orders);
    }

    /// Looks at one person: sessions by streamer and start, orders by time.
    fn person(&mut self, sessions: &[SessionRow], orders: &[CheckedOrder]) {
        let (watched, has_long) = self.sessions(sessions);
        if orders.is_empty() {
            return;
        }
        busy(orders, self.rules.limits.orders_per_hour, &mut self.found.busy);
        self.found.buyers += 1;
        self.found.buyers_seen += u64::from(!sessions.is_empty());
        let hardly_watched = !sessions.is_empty() && watched < self.rules.limits.min_watch.0;
        self.found.unwatched.cases += u64::from(hardly_watched);
        for order in orders {
            self.found.orders.add(order.amount);
            if hardly_watched {
                self.found.unwatched.take(order);
            }
            self.order(order, sessions, has_long);
        }
    }

    /// Counts the sessions of one viewer; gives the seconds watched in all, unions with each streamer, and
    /// whether any session is longer than the longest.
    fn sessions(&mut self, sessions: &[SessionRow]) -> (i64, bool) {
        let longest = self.rules.limits.max_session.0;
        self.found.viewers += u64::from(!sessions.is_empty());
        let (mut watched, mut has_long) = (0, false);
        for with_streamer in sessions.chunk_by(|a, b| a.streamer() == b.streamer()) {
            let mut until = i64::MIN;
            for row in with_streamer {
                let (start, length) = (row.start(), row.length());
                let end = start + length.min(longest);
                let new = end - until.max(start).min(end);
                until = until.max(end);
                watched += new;
                has_long |= row.is_longer_than(longest);
                if self.rules.days.find(start).is_some() {
                    self.found.days.count(self.rules.days, start);
                    let facts = &mut self.found.sessions;
                    facts.rows += 1;
                    facts.zero_length += u64::from(length == 0);
                    facts.seconds += i128::from(end - start);
                    facts.overlap += i128::from(end - start - new);
                    if row.is_longer_than(longest) {
                        let streamer = self.rules.streamers.get(row.streamer() as usize);
                        let streamer = streamer.map_or_else(|| Arc::from(""), Arc::clone);
                        facts.long(LongSession { length, start, viewer: row.viewer(), streamer });
                    }
                }
            }
            if let Some(row) = with_streamer.first() {
                *self.found.streamers.entry(row.streamer()).or_default() += with_streamer.len() as u64;
            }
        }
        (watched, has_long)
    }

    fn order(&mut self, order: &CheckedOrder, sessions: &[SessionRow], has_long: bool) {
        if sessions.is_empty() {
            return;
        }
        let longest = self.rules.limits.max_session.0;
        let week = self.rules.weeks.find(order.paid_at);
        let bounds = week.map(|week| (self.rules.weeks.start(week), self.rules.weeks.end(week)));
        let capped = |row: &SessionRow| row.end().min(row.start() + longest);
        let touches = |row: &SessionRow| {
            bounds.is_some_and(|(start, end)| {
                row.start() < end && (capped(row) > start || row.start() >= start)
            })
        };
        let from = sessions.partition_point(|row| row.streamer() < order.streamer);
        let with_streamer = &sessions[from..];
        let to = with_streamer.partition_point(|row| row.streamer() == order.streamer);
        let with_streamer = &with_streamer[..to];
        let found = &mut self.found;
        found.seen.add(order.amount);
        if with_streamer.iter().any(touches) {
            found.seen_with_streamer.add(order.amount);
            found.seen_in_week.add(order.amount);
        } else if sessions.iter().any(touches) {
            found.seen_in_week.add(order.amount);
        }
        if order.maybe_live != 0 {
            let file = Place::from_sequence(order.sequence).file;
            found.clocks.count(file, order.paid_at, with_streamer, longest);
        }
        if with_streamer.first().is_some_and(|row| order.paid_at < row.start()) {
            found.early.take(order);
        }
        let in_long = |row: &SessionRow| {
            row.start() <= order.paid_at && order.paid_at < row.end() && row.is_longer_than(longest)
        };
        if has_long && with_streamer.iter().any(in_long) {
            found.in_long_sessions.take(order);
        }
    }
}
