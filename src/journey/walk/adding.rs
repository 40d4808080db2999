//! What a walk adds up: first side by side where groups are few, in the end in the accumulators.

use super::Walker;
use crate::journey::accumulate::{Accumulators, Bought, GroupKey, Overflow};
use crate::journey::aside::{BuyingGroup, ViewingGroup};
use crate::journey::dense::{Purchase, Viewed};
use crate::journey::presence::Presence;
use crate::journey::rules::{BuyerType, Domain, Side, Slice};
use crate::journey::settle::NobodysOrders;

impl Walker<'_> {
    /// Hands out what is kept side by side, in the order of its groups.
    pub fn groups(&mut self) -> (Vec<ViewingGroup>, Vec<BuyingGroup>) {
        let mut viewing = Vec::with_capacity(self.viewing.groups());
        let mut buying = Vec::with_capacity(self.buying.groups());
        viewing.extend(self.viewing.drain().map(|(key, viewing)| ViewingGroup::new(key, viewing)));
        let bought = self.buying.drain();
        buying.extend(bought.map(|(key, buying)| BuyingGroup { key, slice: Slice::default(), buying }));
        (viewing, buying)
    }

    /// What this worker added up, but for what was handed out.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn finish(mut self) -> Result<Accumulators, Overflow> {
        self.drain_viewing();
        self.drain_buying()?;
        Ok(self.accumulators)
    }

    /// What it added up so far, but for what is kept side by side.
    pub fn sums(&mut self) -> &mut Accumulators {
        &mut self.accumulators
    }

    /// Makes room for the persons of so many sessions and orders more among what is kept side by side.
    pub(super) fn make_room(&mut self, sessions: usize, orders: usize) -> Result<(), Overflow> {
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

    fn drain_viewing(&mut self) {
        for (key, viewing) in self.viewing.drain() {
            self.accumulators.viewing.entry(key).or_default().merge(&viewing);
        }
    }

    fn drain_buying(&mut self) -> Result<(), Overflow> {
        for (key, buying) in self.buying.drain() {
            self.accumulators.buying.entry((key, Slice::default())).or_default().merge(&buying)?;
        }
        Ok(())
    }

    /// Adds the person to the total.
    #[inline]
    pub(super) fn add_person(&mut self) -> Result<(), Overflow> {
        let total = &mut self.accumulators.total;
        let person = Some(self.person).filter(Presence::is_there);
        if let Some(person) = person {
            total.0.add(person.is_private(self.rules.domain_rule), person.is_paid(), person.watch);
        }
        if self.person_bought != Bought::default() {
            total.1.add(self.person_bought, person.map(|person| person.watch))?;
        }
        Ok(())
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
        let watch = presence.watch;
        // Where groups are split, none are side by side.
        let viewed = Viewed::new(private, paid, watch);
        if !viewed.is_some_and(|viewed| self.viewing.add((base, presence.period), viewed)) {
            let domain = presence.domain(self.rules.domain_rule);
            let key = GroupKey::new(base, presence.period, self.side(presence.period, domain));
            self.accumulators.viewing.entry(key).or_default().add(private, paid, watch);
        }
        self.accumulators.tally.both_domains += i64::from(presence.is_in_both_domains());
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
            if Purchase::new(&bought, watch).is_some_and(|one| self.buying.add((base, period), one)) {
                continue;
            }
            let domain = presence.map_or(Domain::None, |presence| presence.domain(self.rules.domain_rule));
            let key = GroupKey::new(base, period, self.side(period, domain));
            let buying = self.accumulators.buying.entry((key, slice)).or_default();
            buying.add(bought, watch)?;
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
