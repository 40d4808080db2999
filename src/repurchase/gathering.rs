//! Gathers what a walk finds of a person, and hands it on group by group: its orders in the order of time, and where it was a private-domain
//! viewer.

use super::days::Days;
use crate::input::orders::NO_STREAMER;
use crate::journey::accumulate::{Bought, GroupKey};
use crate::journey::overflow::Overflow;
use crate::journey::rules::Slice;
use crate::journey::settle::OrderItem;
use crate::journey::walk::TakePerson;
use crate::units::{Instant, PersonKey};

/// An order of a person from a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ordered {
    /// The slice.
    pub slice: Slice,
    /// When it was paid.
    pub paid_at: i64,
    /// The number of its business day.
    pub day: u32,
    /// Its period; `None` where it lies before all of them.
    pub period: Option<u32>,
    /// The streamer.
    pub streamer: u32,
    /// Whether viewing explains it.
    pub is_attributed: bool,
    /// What it counts with, in minor units.
    pub amount: i64,
}

/// What was refunded of an order of a person from a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refunded {
    /// The order; its amount is what was refunded, 0 of one for nothing that went with the others of its order.
    pub order: Ordered,
    /// Whether nothing is left of the order, so that it is not among the orders.
    pub is_gone: bool,
}

/// What a person did in a slice of a group.
#[derive(Debug, Clone, Copy)]
pub struct OfSlice<'a> {
    /// The slice.
    pub slice: Slice,
    /// Orders, in the order of time.
    pub orders: &'a [Ordered],
    /// Refunds, likewise.
    pub refunds: &'a [Refunded],
}

/// What a person was in a group in a period in which it bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Present {
    /// The group and period.
    pub key: GroupKey,
    /// Whether the person was a private-domain viewer there.
    pub is_private: bool,
}

/// Takes a person's orders, group by group.
pub trait TakeOrders: Send {
    /// Another viewer of a group in a period.
    fn viewer(&mut self, _key: GroupKey, _is_private: bool) {}

    /// What a person did in a slice of a group, and what the person was in each period in which it bought from the group, ascending.
    ///
    /// # Errors
    /// When a sum does not fit.
    fn orders(&mut self, base: u32, own: OfSlice<'_>, present: &[Present]) -> Result<(), Overflow>;
}

/// Gathers the orders of one person after the other.
#[derive(Debug)]
pub struct Gathering<'a, T> {
    days: &'a Days,
    base: u32,
    orders: Vec<Ordered>,
    refunds: Vec<Refunded>,
    present: Vec<Present>,
    private: Vec<(u32, bool)>,
    taker: T,
}

impl<'a, T: TakeOrders> Gathering<'a, T> {
    /// Hands on to a taker.
    pub fn new(days: &'a Days, taker: T) -> Self {
        Self {
            days,
            base: 0,
            orders: Vec::new(),
            refunds: Vec::new(),
            present: Vec::new(),
            private: Vec::new(),
            taker,
        }
    }

    /// What was handed on to.
    pub fn into_taker(self) -> T {
        self.taker
    }

    /// Hands on what was gathered of a group.
    fn hand_on(&mut self) -> Result<(), Overflow> {
        self.present.sort_unstable_by_key(|one| one.key);
        self.present.dedup();
        for one in &mut self.present {
            let known = self.private.iter().find(|(period, _)| *period == one.key.period());
            one.is_private = known.is_some_and(|(_, is_private)| *is_private);
        }
        self.orders.sort_by_key(|order| (order.slice, order.paid_at, !order.is_attributed));
        self.refunds.sort_by_key(|refund| (refund.order.slice, refund.order.paid_at));
        let (mut orders, mut refunds) = (&self.orders[..], &self.refunds[..]);
        loop {
            let next = [orders.first().map(|one| one.slice), refunds.first().map(|one| one.order.slice)];
            let Some(slice) = next.into_iter().flatten().min() else { break };
            let count = orders.partition_point(|one| one.slice <= slice);
            let refund_count = refunds.partition_point(|one| one.order.slice <= slice);
            let own = OfSlice { slice, orders: &orders[..count], refunds: &refunds[..refund_count] };
            self.taker.orders(self.base, own, &self.present)?;
            (orders, refunds) = (&orders[count..], &refunds[refund_count..]);
        }
        self.orders.clear();
        self.refunds.clear();
        self.present.clear();
        Ok(())
    }
}

impl<T: TakeOrders> TakePerson for Gathering<'_, T> {
    fn make_room(&mut self, _: usize, _: usize) -> Result<(), Overflow> {
        Ok(())
    }

    fn order(
        &mut self,
        base: u32,
        order: &OrderItem,
        period: Option<u32>,
        is_attributed: bool,
    ) -> Result<(), Overflow> {
        if base != self.base {
            self.hand_on()?;
            self.base = base;
        }
        // Nobody comes back to nobody.
        if order.streamer == NO_STREAMER {
            return Ok(());
        }
        self.private.clear();
        let ordered = Ordered {
            slice: order.slice,
            paid_at: order.paid_at,
            day: self.days.number(Instant(order.paid_at)),
            period,
            streamer: order.streamer,
            is_attributed,
            amount: order.amount,
        };
        if order.is_refund() {
            self.refunds.push(Refunded { order: ordered, is_gone: order.is_gone() });
        } else {
            self.orders.push(ordered);
        }
        Ok(())
    }

    fn view(&mut self, key: GroupKey, private: bool, _: bool, _: i64) {
        self.taker.viewer(key, private);
        if !(self.orders.is_empty() && self.refunds.is_empty()) && key.base() == self.base {
            self.private.push((key.period(), private));
        }
    }

    fn buy(&mut self, key: GroupKey, _: Slice, _: Bought, _: Option<i64>) -> Result<(), Overflow> {
        self.present.push(Present { key, is_private: false });
        Ok(())
    }

    fn end_person(&mut self, _: PersonKey) -> Result<(), Overflow> {
        self.hand_on()
    }
}
