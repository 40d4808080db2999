//! What becomes of what a walk finds of a person: it is added up, first side by side where groups are few, or handed to whoever looks at each.

use super::Walker;
use crate::calendar::Periods;
use crate::journey::accumulate::{Bought, GroupKey, GroupSums, Walked};
use crate::journey::aside::{BuyingGroup, ViewingGroup};
use crate::journey::dense::{BuyingRow, Dense, Purchase, Viewed, ViewingRow};
use crate::journey::overflow::Overflow;
use crate::journey::presence::Presence;
use crate::journey::rules::{BuyerType, Domain, Rules, Side, Slice, Split};
use crate::journey::settle::{NobodysOrders, OrderItem};
use crate::units::PersonKey;

/// Takes what a walk finds of one person after the other: in each group and period what was viewed, in each slice of it what was bought.
pub trait TakePerson {
    /// Makes room for the persons of so many sessions and orders more.
    ///
    /// # Errors
    /// When a sum does not fit.
    fn make_room(&mut self, sessions: usize, orders: usize) -> Result<(), Overflow>;

    /// The person has this order from a base group, or this refund of one, in a period or (`None`) before all of them; those of a streamer come in the order of
    /// time, and all of a group before what was viewed and bought there.
    ///
    /// # Errors
    /// When a sum does not fit.
    #[inline]
    fn order(&mut self, _: u32, _: &OrderItem, _: Option<u32>, _: bool) -> Result<(), Overflow> {
        Ok(())
    }

    /// The person was present in a group and period, and watched so many seconds.
    fn view(&mut self, key: GroupKey, private: bool, paid: bool, watch: i64);

    /// Whether the person's first session with a group in a period was paid for: told after [`view`](Self::view). Most do not ask.
    #[inline]
    fn came(&mut self, _key: GroupKey, _first_paid: bool) {}

    /// The person, or nobody, has orders in a slice of a group and period; `watch` is its watch time there, `None` where it was not present.
    ///
    /// # Errors
    /// When a product does not fit.
    fn buy(
        &mut self,
        key: GroupKey,
        slice: Slice,
        bought: Bought,
        watch: Option<i64>,
    ) -> Result<(), Overflow>;

    /// All was said of this person.
    ///
    /// # Errors
    /// When a sum does not fit.
    fn end_person(&mut self, person: PersonKey) -> Result<(), Overflow>;
}

/// Adds up what persons viewed and bought, by group.
#[derive(Debug)]
pub struct Adding {
    /// Viewing and buying that are not in the sums yet.
    viewing: Dense<ViewingRow>,
    buying: Dense<BuyingRow>,
    sums: GroupSums,
}

impl Adding {
    /// Under these rules; sums that are kept side by side may take so many bytes.
    #[must_use]
    pub fn new(rules: &Rules, periods: &Periods, bytes: u64) -> Self {
        let bases = rules.base_of.iter().max().map_or(1, |last| last.saturating_add(1));
        let bases = if rules.split == Split::default() { bases } else { 0 };
        let (sliced, count) = (rules.slicing.is_any(), periods.all().len() as u32);
        Self {
            viewing: Dense::new(bases, count, bytes / 2),
            buying: Dense::new(if sliced { 0 } else { bases }, count, bytes / 2),
            sums: GroupSums::default(),
        }
    }

    /// Hands out what is kept side by side, in the order of its groups.
    pub fn groups(&mut self) -> (Vec<ViewingGroup>, Vec<BuyingGroup>) {
        let mut viewing = Vec::with_capacity(self.viewing.groups());
        let mut buying = Vec::with_capacity(self.buying.groups());
        viewing.extend(self.viewing.drain().map(|(key, viewing)| ViewingGroup::new(key, viewing)));
        let bought = self.buying.drain();
        buying.extend(bought.map(|(key, buying)| BuyingGroup { key, slice: Slice::default(), buying }));
        (viewing, buying)
    }

    /// What was added up, but for what was handed out.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn finish(mut self) -> Result<GroupSums, Overflow> {
        self.drain_viewing();
        self.drain_buying()?;
        Ok(self.sums)
    }

    /// What was added up so far, but for what is kept side by side.
    pub fn sums(&mut self) -> &mut GroupSums {
        &mut self.sums
    }

    fn drain_viewing(&mut self) {
        for (key, viewing) in self.viewing.drain() {
            self.sums.viewing.entry(key).or_default().merge(&viewing);
        }
    }

    fn drain_buying(&mut self) -> Result<(), Overflow> {
        for (key, buying) in self.buying.drain() {
            let merged = self.sums.buying.entry((key, Slice::default())).or_default().merge(&buying);
            merged.map_err(|overflow| overflow.within_group(key))?;
        }
        Ok(())
    }
}

impl TakePerson for Adding {
    fn make_room(&mut self, sessions: usize, orders: usize) -> Result<(), Overflow> {
        if !self.viewing.has_room(sessions) {
            self.drain_viewing();
        }
        if !self.buying.has_room(orders) {
            self.drain_buying()?;
        }
        self.viewing.make_room(sessions);
        self.buying.make_room(orders);
        Ok(())
    }

    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what was just reckoned of a presence goes through registers, not through memory"
    )]
    fn view(&mut self, key: GroupKey, private: bool, paid: bool, watch: i64) {
        // Where groups are split, none are side by side.
        let viewed = Viewed::new(private, paid, watch);
        if !viewed.is_some_and(|viewed| self.viewing.add((key.base(), key.period()), viewed)) {
            self.sums.viewing.entry(key).or_default().add(private, paid, watch);
        }
    }

    #[inline]
    fn buy(
        &mut self,
        key: GroupKey,
        slice: Slice,
        bought: Bought,
        watch: Option<i64>,
    ) -> Result<(), Overflow> {
        let purchase = Purchase::new(&bought, watch);
        if purchase.is_some_and(|one| self.buying.add((key.base(), key.period()), one)) {
            return Ok(());
        }
        let added = self.sums.buying.entry((key, slice)).or_default().add(bought, watch);
        added.map_err(|overflow| overflow.within_group(key))
    }

    #[inline]
    fn end_person(&mut self, _: PersonKey) -> Result<(), Overflow> {
        Ok(())
    }
}

impl<T: TakePerson> Walker<'_, T> {
    /// What was taken, and what was added up of everybody.
    pub fn finish(self) -> (T, Walked) {
        (self.taker, self.walked)
    }

    /// What takes what is found.
    pub fn taker(&mut self) -> &mut T {
        &mut self.taker
    }

    /// Adds the person to the total.
    #[inline]
    pub(super) fn add_person(&mut self) -> Result<(), Overflow> {
        let total = &mut self.walked.total;
        let person = Some(self.person).filter(Presence::is_there);
        if let Some(person) = person {
            total.0.add(person.is_private(self.rules.domain_rule), person.is_paid(), person.watch);
        }
        if self.person_bought != Bought::default() {
            total.1.add(self.person_bought, person.map(|person| person.watch))?;
        }
        Ok(())
    }

    /// The person is done.
    #[inline]
    pub(super) fn end_person(&mut self, person: PersonKey) -> Result<(), Overflow> {
        // Where rows are by broadcast, the whole person was added before they were divided.
        if !self.rules.broadcasts.divide() {
            self.add_person()?;
        }
        self.taker.end_person(person)
    }

    /// The viewer-side values of the person's row in a period.
    #[inline]
    fn side(&self, period: u32, domain: Domain) -> Side {
        if !self.is_split {
            return Side::default();
        }
        let returning = self.first_paid < self.periods.start(period);
        let buyer_type = if returning { BuyerType::Returning } else { BuyerType::New };
        Side::new(self.rules.split, domain, buyer_type)
    }

    #[inline]
    pub(super) fn add_viewing(&mut self, base: u32) {
        for at in 0..self.presence.group().len() {
            let presence = self.presence.group()[at];
            self.view(base, &presence);
        }
    }

    /// Adds what a person's presence in a group in a period amounts to.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what was just reckoned of a presence goes through registers, not through memory"
    )]
    pub(super) fn view(&mut self, base: u32, presence: &Presence) {
        let (private, paid) = (presence.is_private(self.rules.domain_rule), presence.is_paid());
        let domain = presence.domain(self.rules.domain_rule);
        let key = GroupKey::new(base, presence.period, self.side(presence.period, domain));
        self.taker.view(key, private, paid, presence.watch);
        self.taker.came(key, presence.is_first_paid());
        self.walked.tally.both_domains += i64::from(presence.is_in_both_domains());
        self.person.merge(presence);
    }

    pub(super) fn add_buying(&mut self, base: u32) -> Result<(), Overflow> {
        self.orders.sort_unstable_by_key(|order| (order.period, order.slice));
        for orders in self.orders.chunk_by(|a, b| (a.period, a.slice) == (b.period, b.slice)) {
            let (period, slice) = (orders[0].period, orders[0].slice);
            let mut bought = Bought::default();
            for order in orders {
                bought.add(order.attributed, 1, order.amount);
            }
            let presence = self.presence.in_period(period);
            let watch = presence.map(|presence| presence.watch);
            let domain = presence.map_or(Domain::None, |presence| presence.domain(self.rules.domain_rule));
            let key = GroupKey::new(base, period, self.side(period, domain));
            self.taker.buy(key, slice, bought, watch)?;
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
            self.taker.buy(key, slice, bought, None)?;
        }
        Ok(())
    }
}
