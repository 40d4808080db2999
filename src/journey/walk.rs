//! The walk: over the sessions and orders of one person after the other, group by group and streamer by streamer.

use super::accumulate::{Bought, WalkTally, Walked};
use super::attribution::Attributor;
use super::buckets::{Buckets, bits_for};
use super::overflow::Overflow;
use super::presence::{Presence, PresenceWalk, by_period};
use super::rules::{DomainRule, Rules, Slice, Split};
use super::settle::OrderItem;
use crate::calendar::Periods;
use crate::input::broadcasts::names_broadcast;
use crate::input::sessions::SessionRow;
use crate::units::PersonKey;

mod adding;
mod sorting;
#[cfg(test)]
mod tests;
mod whole;

pub use adding::{Adding, TakePerson};

/// One worker's walk over parts.
#[derive(Debug)]
pub struct Walker<'a, T> {
    rules: &'a Rules,
    periods: &'a Periods,
    presence: PresenceWalk<'a>,
    /// The rows of a part, by buckets.
    sessions: Buckets<SessionRow>,
    items: Buckets<OrderItem>,
    /// The orders of the person in the group that lie in the range.
    orders: Vec<Counted>,
    /// When the person first bought from the group.
    first_paid: i64,
    /// The person over all groups and periods.
    person: Presence,
    person_bought: Bought,
    /// Whether viewer-side columns split groups.
    is_split: bool,
    /// Whether base groups ascend with the codes of streamers, as they do where rows are by streamer.
    bases_ascend: bool,
    walked: Walked,
    /// What takes what is found.
    taker: T,
}

/// An order of the range, attributed or not.
#[derive(Debug, Clone, Copy)]
struct Counted {
    period: u32,
    slice: Slice,
    attributed: bool,
    amount: i64,
}

impl<'a, T: TakePerson> Walker<'a, T> {
    /// Under these rules; what is found goes to `taker`.
    #[must_use]
    pub fn new(rules: &'a Rules, periods: &'a Periods, taker: T) -> Self {
        Self {
            rules,
            periods,
            presence: PresenceWalk::new(periods, rules.domain_rule),
            sessions: Buckets::default(),
            items: Buckets::default(),
            orders: Vec::new(),
            first_paid: i64::MAX,
            person: Presence::new(0),
            person_bought: Bought::default(),
            is_split: rules.split != Split::default(),
            bases_ascend: rules.base_of.is_sorted(),
            walked: Walked::default(),
            taker,
        }
    }

    /// Walks over the persons of these rows, in any order, without a copy of them.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn persons(&mut self, sessions: &mut [SessionRow], orders: &mut [OrderItem]) -> Result<(), Overflow> {
        if self.rules.broadcasts.are_named() {
            for row in sessions.iter_mut() {
                self.place(row);
            }
        }
        self.taker.make_room(sessions.len(), orders.len())?;
        self.bucket(sessions, orders)
    }

    /// Walks over the persons of one part.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn part<'r>(
        &mut self,
        sessions: impl Iterator<Item = &'r [SessionRow]> + Clone,
        orders: impl Iterator<Item = &'r [OrderItem]> + Clone,
    ) -> Result<(), Overflow> {
        let viewers: usize = sessions.clone().map(<[_]>::len).sum();
        let buyers: usize = orders.clone().map(<[_]>::len).sum();
        self.taker.make_room(viewers, buyers)?;
        let bits = bits_for(viewers + buyers);
        let mut viewed = std::mem::take(&mut self.sessions);
        let mut bought = std::mem::take(&mut self.items);
        let broadcasts = &self.rules.broadcasts;
        if broadcasts.divide() {
            viewed.fill(sessions, bits, SessionRow::viewer, |row| self.place(row));
        } else if broadcasts.are_named() {
            viewed.fill(sessions, bits, SessionRow::viewer, |row| {
                if names_broadcast(row.streamer()) {
                    self.place(row);
                }
            });
        } else {
            viewed.fill(sessions, bits, SessionRow::viewer, |_| {});
        }
        bought.fill(orders, bits, |row| row.buyer, |_| {});
        let walked = (0..1 << bits).try_for_each(|_| self.bucket(viewed.next_bucket(), bought.next_bucket()));
        (self.sessions, self.items) = (viewed, bought);
        walked
    }

    /// Walks over the persons of a bucket, whose rows it sorts.
    #[inline]
    fn bucket(&mut self, sessions: &mut [SessionRow], orders: &mut [OrderItem]) -> Result<(), Overflow> {
        if self.rules.broadcasts.divide() {
            self.decide(sessions, orders)?;
        }
        self.sort_sessions(sessions);
        let mut sessions = &*sessions;
        if orders.is_empty() {
            while let Some(first) = sessions.first() {
                let viewed = take_while(&mut sessions, |row| row.is_of_viewer_of(first));
                self.viewer(first.viewer(), viewed)?;
            }
            return Ok(());
        }
        self.sort_orders(orders);
        let mut orders = &*orders;
        while let Some(person) =
            least(sessions.first().map(SessionRow::viewer), orders.first().map(|row| row.buyer))
        {
            let viewed = take_while(&mut sessions, |row| row.viewer() == person);
            let bought = take_while(&mut orders, |row| row.buyer == person);
            if bought.is_empty() {
                self.viewer(person, viewed)?;
            } else {
                self.person(person, viewed, bought)?;
            }
        }
        Ok(())
    }

    /// Notes the broadcast of a session, and puts the place that it belongs to into its row.
    fn place(&mut self, session: &mut SessionRow) {
        let broadcasts = &self.rules.broadcasts;
        let (streamer, broadcast) = broadcasts.of_session(session.streamer());
        if let Some(number) = broadcast {
            self.walked.seen.session(number, session.start(), session.end(), self.periods);
        }
        session.set_streamer(broadcasts.place(streamer, broadcast, session.start()));
    }

    fn base(&self, streamer: u32) -> u32 {
        self.rules.base_of.get(streamer as usize).copied().unwrap_or_default()
    }

    #[inline]
    fn person(
        &mut self,
        person: PersonKey,
        mut sessions: &[SessionRow],
        mut orders: &[OrderItem],
    ) -> Result<(), Overflow> {
        self.person = Presence::new(0);
        self.person_bought = Bought::default();
        loop {
            let next = least(
                sessions.first().map(|row| self.base(row.streamer())),
                orders.first().map(|row| self.base(row.streamer)),
            );
            let Some(base) = next else { break };
            let viewed = take_while(&mut sessions, |row| self.base(row.streamer()) == base);
            let bought = take_while(&mut orders, |row| self.base(row.streamer) == base);
            if bought.is_empty() { self.viewer_groups(viewed)? } else { self.group(base, viewed, bought)? }
        }
        self.end_person(person)
    }

    /// One person without any order, as most have none.
    #[inline]
    fn viewer(&mut self, person: PersonKey, sessions: &[SessionRow]) -> Result<(), Overflow> {
        self.person = Presence::new(0);
        self.person_bought = Bought::default();
        self.viewer_groups(sessions)?;
        self.end_person(person)
    }

    /// One person in groups in which it has no order: mostly with one streamer each.
    #[inline]
    fn viewer_groups(&mut self, mut sessions: &[SessionRow]) -> Result<(), Overflow> {
        while let Some(first) = sessions.first() {
            let (all, streamer) = (sessions, first.streamer());
            let base = self.base(streamer);
            let mut own = take_while(&mut sessions, |row| row.streamer() == streamer);
            if sessions.first().is_some_and(|next| self.base(next.streamer()) == base) {
                sessions = all;
                own = take_while(&mut sessions, |row| self.base(row.streamer()) == base);
            } else {
                own = self.one_streamer(base, own);
            }
            if !own.is_empty() {
                self.group(base, own, &[])?;
            }
        }
        Ok(())
    }

    /// One person in one base group with one streamer and without orders; hands back the sessions that need a closer look.
    #[inline]
    fn one_streamer<'r>(&mut self, base: u32, sessions: &'r [SessionRow]) -> &'r [SessionRow] {
        if self.rules.domain_rule == DomainRule::Longest {
            return sessions;
        }
        self.first_paid = i64::MAX;
        let counted_before = self.rules.broadcasts.divide();
        by_period(self.periods, sessions, |presence, rows, lengths| {
            if !counted_before {
                self.walked.tally.sessions_in_range += i64::from(rows);
                self.walked.tally.seconds_in_range += i128::from(lengths);
            }
            self.view(base, presence);
        })
    }

    /// One person in one base group.
    #[inline]
    fn group(
        &mut self,
        base: u32,
        mut sessions: &[SessionRow],
        mut orders: &[OrderItem],
    ) -> Result<(), Overflow> {
        self.presence.start_group();
        self.orders.clear();
        self.first_paid = i64::MAX;
        while let Some(streamer) =
            least(sessions.first().map(SessionRow::streamer), orders.first().map(|row| row.streamer))
        {
            let viewed = take_while(&mut sessions, |row| row.streamer() == streamer);
            let bought = take_while(&mut orders, |row| row.streamer == streamer);
            self.streamer(base, viewed, bought)?;
        }
        self.add_viewing(base);
        self.add_buying(base)
    }

    /// One person with one streamer: presence first, since attribution by period looks at all of it.
    #[inline]
    fn streamer(&mut self, base: u32, sessions: &[SessionRow], orders: &[OrderItem]) -> Result<(), Overflow> {
        self.presence.start_streamer();
        let decided = self.rules.broadcasts.divide();
        let mut counted_before = WalkTally::default();
        let tally = if decided { &mut counted_before } else { &mut self.walked.tally };
        for session in sessions {
            self.presence.session(session, tally);
        }
        let mut attributor = Attributor::new(self.rules.attribution, sessions);
        for order in orders {
            if order.is_refund() {
                let period = if order.is_history() { None } else { self.periods.find(order.paid_at) };
                let attributed =
                    period.is_some_and(|period| attributor.is_attributed(order, period, &self.presence));
                self.taker.order(base, order, period, attributed)?;
                continue;
            }
            self.first_paid = self.first_paid.min(order.paid_at);
            if order.is_history() {
                self.taker.order(base, order, None, false)?;
                continue;
            }
            let Some(period) = self.periods.find(order.paid_at) else { continue };
            let attributed = if decided {
                order.is_attributed()
            } else {
                attributor.is_attributed(order, period, &self.presence)
            };
            self.taker.order(base, order, Some(period), attributed)?;
            self.orders.push(Counted { period, slice: order.slice, attributed, amount: order.amount });
            self.person_bought.add(attributed, order.whole_orders(), order.amount);
        }
        Ok(())
    }
}

/// The smaller of what is there.
#[inline]
fn least<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Cuts off the rows at the front that belong together.
#[inline]
fn take_while<'r, T>(rows: &mut &'r [T], belongs: impl Fn(&T) -> bool) -> &'r [T] {
    let end = rows.iter().position(|row| !belongs(row)).unwrap_or(rows.len());
    let (front, rest) = rows.split_at(end);
    *rows = rest;
    front
}
