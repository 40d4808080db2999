//! The walk: over the sessions and orders of one person after the other, group by group and streamer by streamer.

use super::accumulate::{Accumulators, Bought, GroupKey, Overflow, WalkTally};
use super::attribution::Attributor;
use super::presence::{Presence, PresenceWalk};
use super::rules::{BuyerType, Domain, Rules, Side, Slice};
use super::settle::{NobodysOrders, OrderItem};
use crate::calendar::Periods;
use crate::input::sessions::SessionRow;

mod whole;

/// One worker's walk over parts.
#[derive(Debug)]
pub struct Walker<'a> {
    rules: &'a Rules,
    periods: &'a Periods,
    presence: PresenceWalk<'a>,
    /// The orders of the person in the group that lie in the range.
    orders: Vec<Counted>,
    /// When the person first bought from the group.
    first_paid: i64,
    /// The person over all groups and periods.
    person: Option<Presence>,
    person_bought: Bought,
    accumulators: Accumulators,
}

/// An order of the range, attributed or not.
#[derive(Debug, Clone, Copy)]
struct Counted {
    period: u32,
    slice: Slice,
    attributed: bool,
    amount: i64,
}

impl<'a> Walker<'a> {
    /// Under these rules.
    #[must_use]
    pub fn new(rules: &'a Rules, periods: &'a Periods) -> Self {
        Self {
            rules,
            periods,
            presence: PresenceWalk::new(periods, rules.domain_rule),
            orders: Vec::new(),
            first_paid: i64::MAX,
            person: None,
            person_bought: Bought::default(),
            accumulators: Accumulators::default(),
        }
    }

    /// What this worker added up.
    #[must_use]
    pub fn finish(self) -> Accumulators {
        self.accumulators
    }

    /// Walks over the persons of one part, which it sorts.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn part(&mut self, sessions: &mut [SessionRow], orders: &mut [OrderItem]) -> Result<(), Overflow> {
        if self.rules.broadcasts.are_named() {
            for session in sessions.iter_mut() {
                self.place(session);
            }
        }
        if self.rules.broadcasts.divide() {
            self.decide(sessions, orders)?;
        }
        // Viewers first: mostly they differ, and then nothing else is looked at.
        let base = |streamer: u32| self.base(streamer);
        sessions.sort_unstable_by(|a, b| {
            let streamer = |row: &SessionRow| (base(row.streamer), row.streamer, row.start);
            a.viewer.cmp(&b.viewer).then_with(|| streamer(a).cmp(&streamer(b)))
        });
        orders.sort_unstable_by(|a, b| {
            let streamer = |row: &OrderItem| (base(row.streamer), row.streamer, row.paid_at);
            a.buyer.cmp(&b.buyer).then_with(|| streamer(a).cmp(&streamer(b)))
        });
        let (mut sessions, mut orders) = (&sessions[..], &orders[..]);
        while let Some(person) =
            least(sessions.first().map(|row| row.viewer), orders.first().map(|row| row.buyer))
        {
            let viewed = take_while(&mut sessions, |row| row.viewer == person);
            let bought = take_while(&mut orders, |row| row.buyer == person);
            self.person(viewed, bought)?;
        }
        Ok(())
    }

    /// Notes the broadcast of a session, and puts the place that it belongs to into its row.
    #[inline]
    fn place(&mut self, session: &mut SessionRow) {
        let broadcasts = &self.rules.broadcasts;
        let (streamer, broadcast) = broadcasts.of_session(session.streamer);
        if let Some(number) = broadcast {
            self.accumulators.seen.session(number, session.start.0, session.end(), self.periods);
        }
        session.streamer = broadcasts.place(streamer, broadcast, session.start.0);
    }

    fn base(&self, streamer: u32) -> u32 {
        self.rules.base_of.get(streamer as usize).copied().unwrap_or_default()
    }

    #[inline]
    fn person(&mut self, mut sessions: &[SessionRow], mut orders: &[OrderItem]) -> Result<(), Overflow> {
        self.person = None;
        self.person_bought = Bought::default();
        loop {
            let next = least(
                sessions.first().map(|row| self.base(row.streamer)),
                orders.first().map(|row| self.base(row.streamer)),
            );
            let Some(base) = next else { break };
            let viewed = take_while(&mut sessions, |row| self.base(row.streamer) == base);
            let bought = take_while(&mut orders, |row| self.base(row.streamer) == base);
            self.group(base, viewed, bought)?;
        }
        if self.rules.broadcasts.divide() { Ok(()) } else { self.add_person() }
    }

    /// Adds the person to the total.
    #[inline]
    fn add_person(&mut self) -> Result<(), Overflow> {
        let total = &mut self.accumulators.total;
        let watch = self.person.map(|person| {
            let domain = person.domain(self.rules.domain_rule);
            let paid = domain == (Domain::Public { paid: true });
            total.0.add(domain == Domain::Private, paid, person.watch);
            person.watch
        });
        if self.person_bought != Bought::default() {
            total.1.add(self.person_bought, watch)?;
        }
        Ok(())
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
            least(sessions.first().map(|row| row.streamer), orders.first().map(|row| row.streamer))
        {
            let viewed = take_while(&mut sessions, |row| row.streamer == streamer);
            let bought = take_while(&mut orders, |row| row.streamer == streamer);
            self.streamer(viewed, bought);
        }
        self.add_viewing(base);
        self.add_buying(base)
    }

    /// One person with one streamer: presence first, since attribution by period looks at all of it.
    #[inline]
    fn streamer(&mut self, sessions: &[SessionRow], orders: &[OrderItem]) {
        self.presence.start_streamer();
        let decided = self.rules.broadcasts.divide();
        let mut counted_before = WalkTally::default();
        let tally = if decided { &mut counted_before } else { &mut self.accumulators.tally };
        for session in sessions {
            self.presence.session(session, tally);
        }
        let mut attributor = Attributor::new(self.rules.attribution, sessions);
        for order in orders {
            self.first_paid = self.first_paid.min(order.paid_at);
            if order.is_history() {
                continue;
            }
            let Some(period) = self.periods.find(order.paid_at) else { continue };
            let attributed = if decided {
                order.is_attributed()
            } else {
                attributor.is_attributed(order, period, &self.presence)
            };
            self.orders.push(Counted { period, slice: order.slice, attributed, amount: order.amount });
            add_order(&mut self.person_bought, attributed, order.whole_orders(), order.amount);
        }
    }

    /// The viewer-side values of the person's row in a period.
    #[inline]
    fn side(&self, period: u32, domain: Domain) -> Side {
        let returning = self.first_paid < self.periods.start(period);
        let buyer_type = if returning { BuyerType::Returning } else { BuyerType::New };
        Side::new(self.rules.split, domain, buyer_type)
    }

    #[inline]
    fn add_viewing(&mut self, base: u32) {
        for at in 0..self.presence.group().len() {
            let presence = self.presence.group()[at];
            let domain = presence.domain(self.rules.domain_rule);
            let key = GroupKey::new(base, presence.period, self.side(presence.period, domain));
            let paid = domain == (Domain::Public { paid: true });
            let viewing = self.accumulators.viewing.entry(key).or_default();
            viewing.add(domain == Domain::Private, paid, presence.watch);
            self.accumulators.tally.both_domains += i64::from(presence.is_in_both_domains());
            match &mut self.person {
                Some(person) => person.merge(&presence),
                None => self.person = Some(presence),
            }
        }
    }

    fn add_buying(&mut self, base: u32) -> Result<(), Overflow> {
        self.orders.sort_unstable_by_key(|order| (order.period, order.slice));
        for orders in self.orders.chunk_by(|a, b| (a.period, a.slice) == (b.period, b.slice)) {
            let (period, slice) = (orders[0].period, orders[0].slice);
            let mut bought = Bought::default();
            for order in orders {
                add_order(&mut bought, order.attributed, 1, order.amount);
            }
            let presence = self.presence.in_period(period);
            let domain = presence.map_or(Domain::None, |presence| presence.domain(self.rules.domain_rule));
            let key = GroupKey::new(base, period, self.side(period, domain));
            let buying = self.accumulators.buying.entry((key, slice)).or_default();
            buying.add(bought, presence.map(|presence| presence.watch))?;
        }
        Ok(())
    }

    /// Adds the orders of nobody, which belong to no journey.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn add_nobody(&mut self, nobody: &NobodysOrders) -> Result<(), Overflow> {
        let side = Side::new(self.rules.split, Domain::None, BuyerType::None);
        for (&(streamer, period, slice), &bought) in nobody {
            let key = GroupKey::new(self.base(streamer), period, side);
            self.accumulators.buying.entry((key, slice)).or_default().add(bought, None)?;
        }
        Ok(())
    }
}

fn add_order(bought: &mut Bought, attributed: bool, orders: i64, amount: i64) {
    if attributed {
        bought.orders += orders;
        bought.gmv += i128::from(amount);
    } else {
        bought.off_live_orders += orders;
        bought.off_live_gmv += i128::from(amount);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::{Calendar, DateRange, PeriodKind};
    use crate::input::profile::Traffic;
    use crate::journey::accumulate::{Buying, Viewing};
    use crate::journey::broadcasts::Broadcasts;
    use crate::journey::rules::{Attribution, Basis, DomainRule, Slicing, Split, UnknownStatus};
    use crate::units::{IdKey, Instant, Seconds};
    use jiff::civil::{Time, Weekday, date};

    const DAY: i64 = 86_400;

    fn two_days() -> Periods {
        let calendar = Calendar {
            zone: jiff::tz::TimeZone::UTC,
            day_start: Time::midnight(),
            week_start: Weekday::Monday,
        };
        let range = DateRange { first: date(1970, 1, 1), last: date(1970, 1, 2) };
        Periods::new(&calendar, PeriodKind::Day, range, range.last, Some(range)).unwrap()
    }

    /// Streamers 1 and 2 are group 7, streamer 3 is group 8.
    fn rules(split: Split) -> Rules {
        Rules {
            basis: Basis::Paid,
            attribution: Attribution::All,
            domain_rule: DomainRule::AnyPrivate,
            unknown_status: UnknownStatus::Refuse,
            statuses: Vec::new(),
            split,
            slicing: Slicing::default(),
            base_of: vec![0, 7, 7, 8],
            broadcasts: Broadcasts::default(),
        }
    }

    /// What a person's sessions (streamer, start, end) and orders (streamer, time, amount) add up to.
    fn walk(split: Split, sessions: &[(u32, i64, i64)], orders: &[(u32, i64, i64)]) -> Accumulators {
        let (rules, periods) = (rules(split), two_days());
        let session = |&(streamer, start, end): &(u32, i64, i64)| {
            let (start, length) = (Instant(start), Seconds(end - start));
            SessionRow::new(IdKey::new(b"u1"), streamer, start, length, Traffic::Organic)
        };
        let order = |&(streamer, at, amount): &(u32, i64, i64)| OrderItem::test(streamer, at, amount, false);
        let mut walker = Walker::new(&rules, &periods);
        let mut sessions: Vec<_> = sessions.iter().map(session).collect();
        walker.part(&mut sessions, &mut orders.iter().map(order).collect::<Vec<_>>()).unwrap();
        walker.finish()
    }

    fn key(base: u32, period: u32, domain: Domain, buyer_type: BuyerType, split: Split) -> GroupKey {
        GroupKey::new(base, period, Side::new(split, domain, buyer_type))
    }

    #[test]
    fn a_person_of_two_streamers_is_one_viewer_and_one_buyer_of_their_group() {
        let found = walk(
            Split::default(),
            &[(2, 0, 10), (1, 5, 25), (3, 0, 1)],
            &[(2, 1, 100), (1, 2, 50), (3, 3, 7)],
        );
        let group = key(7, 0, Domain::None, BuyerType::None, Split::default());
        let viewing = Viewing { viewers: 1, watch: 30, watch_squared: 900, ..Viewing::default() };
        assert_eq!(found.viewing[&group], viewing);
        let bought = &found.buying[&(group, Slice::default())];
        assert_eq!((bought.buyers, bought.orders, bought.gmv), (1, 2, 150));
        assert_eq!((bought.present_buyers, bought.watch_orders, bought.gmv_squared), (1, 60, 22_500));
        assert_eq!((found.total.0.viewers, found.total.0.watch), (1, 31));
        assert_eq!((found.total.1.buyers, found.total.1.orders, found.total.1.gmv), (1, 3, 157));
    }

    #[test]
    fn a_buyer_who_is_no_viewer_of_the_period_has_no_part_in_the_moments_of_viewing() {
        let split = Split { domain: true, ..Split::default() };
        let found = walk(split, &[(1, 0, 10)], &[(1, DAY, 100)]);
        let seen = key(7, 0, Domain::Public { paid: false }, BuyerType::New, split);
        let bought = key(7, 1, Domain::None, BuyerType::New, split);
        assert_eq!(found.viewing.keys().collect::<Vec<_>>(), [&seen]);
        let expected = Buying {
            buyers: 1,
            orders: 1,
            gmv: 100,
            orders_squared: 1,
            orders_gmv: 100,
            ..Buying::default()
        };
        assert_eq!(found.buying[&(bought, Slice::default())], Buying { gmv_squared: 10_000, ..expected });
    }

    #[test]
    fn who_bought_before_the_period_begins_is_returning_and_nobody_else() {
        let split = Split { buyer_type: true, ..Split::default() };
        let types = |orders: &[(u32, i64, i64)]| {
            let found = walk(split, &[(1, 0, 2 * DAY)], orders);
            [0, 1].map(|period| {
                let returning = key(7, period, Domain::None, BuyerType::Returning, split);
                found.viewing.contains_key(&returning)
            })
        };
        assert_eq!(types(&[(1, 0, 5)]), [false, true]);
        assert_eq!(types(&[(2, DAY - 1, 5)]), [false, true]);
        assert_eq!(types(&[(1, DAY, 5)]), [false, false]);
        assert_eq!(types(&[(3, 0, 5)]), [false, false]);
    }
}
