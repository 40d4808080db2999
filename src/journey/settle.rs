//! Which orders count, and with what: from the rows that stand after duplicates to items of their buyers' journeys.

mod refunded;
mod tally;
#[cfg(test)]
pub(super) mod tests;

use super::accumulate::Bought;
use super::broadcasts::Seen;
use super::refunds::{NetLine, subtract};
use super::rules::{Basis, Rules, Slice, Table, UnknownStatus};
use crate::calendar::Periods;
use crate::input::orders::{NO_STREAMER, OrderRow, RefundTiming, StatusMeaning};
use crate::input::profile::{Carrier, Status};
use crate::memory::Memory;
use crate::partition::Partition;
use crate::units::PersonKey;

pub use tally::SettleTally;

/// An order, or the part of it in one slice, 48 bytes.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct OrderItem {
    /// The buyer.
    pub buyer: PersonKey,
    /// When it was paid.
    pub paid_at: i64,
    /// What it counts with, in minor units.
    pub amount: i64,
    /// The slice.
    pub slice: Slice,
    /// The streamer; where groups are by broadcast, the place ([`super::broadcasts::Broadcasts`]).
    pub streamer: u32,
    flags: u32,
}

impl OrderItem {
    /// It came from a live room.
    const LIVE: u32 = 1;
    /// It is the first item of its order.
    const FIRST: u32 = 2;
    /// It lies before the range: history only.
    const HISTORY: u32 = 4;
    /// Viewing explains it: decided beforehand, where groups are by broadcast.
    const ATTRIBUTED: u32 = 8;
    /// It is no order, but what was refunded of one: its amount.
    const REFUND: u32 = 16;
    /// Nothing is left of the order that was refunded, so that it is not among the items.
    const GONE: u32 = 32;

    /// A whole order of the person `u1`, for tests of the stations that follow.
    #[cfg(test)]
    pub(super) fn test(streamer: u32, paid_at: i64, amount: i64, live: bool) -> Self {
        let flags = Self::FIRST | if live { Self::LIVE } else { 0 };
        Self { buyer: PersonKey::new(b"u1"), paid_at, amount, slice: Slice::default(), streamer, flags }
    }

    /// Whether it came from a live room.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.flags & Self::LIVE != 0
    }

    /// 1 for one of the items of an order, 0 for the others.
    #[must_use]
    pub fn whole_orders(&self) -> i64 {
        i64::from(self.flags & Self::FIRST != 0)
    }

    /// Whether it lies before the range, so that it only tells who had bought before.
    #[must_use]
    pub fn is_history(&self) -> bool {
        self.flags & Self::HISTORY != 0
    }

    /// Whether it was decided beforehand that viewing explains it.
    #[must_use]
    pub fn is_attributed(&self) -> bool {
        self.flags & Self::ATTRIBUTED != 0
    }

    /// Whether it is what was refunded of an order, beside the order or in its place.
    #[must_use]
    pub fn is_refund(&self) -> bool {
        self.flags & Self::REFUND != 0
    }

    /// Of a refund, whether nothing is left of the order.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.flags & Self::GONE != 0
    }

    /// Decides beforehand that viewing explains it.
    pub fn attribute(&mut self) {
        self.flags |= Self::ATTRIBUTED;
    }
}

/// Rows of one kind from two workers: how many, and the sequence of the first.
pub(super) fn both(a: Option<(u64, u64)>, b: Option<(u64, u64)>) -> Option<(u64, u64)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0 + b.0, a.1.min(b.1))),
        (a, b) => a.or(b),
    }
}

/// Orders of nobody, which belong to no journey: by streamer (or place), period and slice.
pub type NobodysOrders = Table<(u32, u32, Slice), Bought>;

/// What settling gives.
#[derive(Debug, Default)]
pub struct Settled {
    /// The items, by part of their buyer.
    pub items: Vec<Partition<OrderItem>>,
    /// Orders without a buyer.
    pub nobody: NobodysOrders,
    /// What became of the rows.
    pub tally: SettleTally,
    /// The broadcasts of counted orders.
    pub seen: Seen,
}

/// One worker's settling of orders.
#[derive(Debug)]
pub struct Settler<'a> {
    rules: &'a Rules,
    periods: &'a Periods,
    items: Partition<OrderItem>,
    nobody: NobodysOrders,
    tally: SettleTally,
    seen: Seen,
    lines: Vec<OrderRow>,
    net: Vec<NetLine>,
    refunds: Vec<i128>,
    slices: Vec<(Slice, i64)>,
}

impl<'a> Settler<'a> {
    /// Under these rules.
    #[must_use]
    pub fn new(rules: &'a Rules, periods: &'a Periods, memory: &Memory) -> Self {
        Self {
            rules,
            periods,
            items: Partition::new(memory),
            nobody: Table::default(),
            tally: SettleTally::default(),
            seen: Seen::default(),
            lines: Vec::new(),
            net: Vec::new(),
            refunds: Vec::new(),
            slices: Vec::new(),
        }
    }

    /// Settles rows: those of an order and a streamer are together, by line.
    pub fn part<'r>(&mut self, rows: impl IntoIterator<Item = &'r OrderRow>) {
        let mut last = None;
        for row in rows {
            let order = Some((row.order, row.streamer));
            if last != order {
                self.order();
                last = order;
            }
            if self.is_paid(row) {
                self.lines.push(*row);
                self.net.push(NetLine { amount: row.amount.0, net: row.amount.0 });
            }
        }
        self.order();
    }

    /// All workers' results together.
    #[must_use]
    pub fn finish(workers: Vec<Self>) -> Settled {
        let mut settled = Settled::default();
        for worker in workers {
            settled.items.push(worker.items);
            for (key, bought) in worker.nobody {
                let sum = settled.nobody.entry(key).or_default();
                sum.off_live_orders += bought.off_live_orders;
                sum.off_live_gmv += bought.off_live_gmv;
            }
            settled.tally.merge(worker.tally);
            settled.seen.merge(&worker.seen);
        }
        settled
    }

    /// Settles one order: its paid lines, in the order of their ids.
    fn order(&mut self) {
        self.settle_lines();
        self.lines.clear();
        self.net.clear();
    }

    fn settle_lines(&mut self) {
        let Some(head) = self.lines.first().copied() else { return };
        let Some(paid_at) = head.paid_at() else { return };
        let refunded = if self.rules.tells_refunds { self.refunded() } else { Vec::new() };
        let is_left = self.rules.basis == Basis::Paid || self.subtract_refunds();
        if is_left {
            self.settle_left(&head, paid_at.0);
        } else {
            self.slices.clear();
        }
        self.emit_refunds(&head, paid_at.0, &refunded);
    }

    /// Settles what is left of an order.
    fn settle_left(&mut self, head: &OrderRow, paid_at: i64) {
        let period = self.periods.find(paid_at);
        let total: i128 = self.net.iter().map(|line| i128::from(line.net)).sum();
        let Ok(total) = i64::try_from(total) else {
            self.is_too_large(head);
            self.slices.clear();
            return;
        };
        match period {
            None => {
                for line in &self.net {
                    self.tally.out_of_range.add(line.amount);
                }
                if !self.is_history(head, paid_at) {
                    return;
                }
            }
            Some(_) => self.count(head, total),
        }
        self.slice(head.carrier(), total);
        let place = self.place(head, paid_at, period);
        match period {
            Some(period) if head.buyer.is_nobody() => self.nobodys(place, period),
            Some(_) => self.emit(head, place, paid_at, 0),
            None => self.emit(head, place, paid_at, OrderItem::HISTORY),
        }
    }

    /// Takes note of an order whose lines add up to more than 64 bits hold, which stops the run.
    fn is_too_large(&mut self, head: &OrderRow) {
        self.tally.overflow = self.tally.overflow.into_iter().chain([head.sequence]).min();
    }

    /// Whether an order outside of the range matters: those before it say who had bought, where that is asked.
    fn is_history(&self, head: &OrderRow, paid_at: i64) -> bool {
        let is_before = self.periods.range().is_some_and(|(start, _)| paid_at < start);
        self.rules.history && is_before && !head.buyer.is_nobody()
    }

    /// Where an order belongs: with its smallest line. Notes the broadcast of one that counts.
    fn place(&mut self, head: &OrderRow, paid_at: i64, period: Option<u32>) -> u32 {
        let broadcasts = &self.rules.broadcasts;
        let (_, broadcast) = broadcasts.of_order(head.dimensions);
        if let (Some(number), Some(period)) = (broadcast, period)
            && head.streamer != NO_STREAMER
        {
            self.seen.order(number, paid_at, period, self.periods);
        }
        broadcasts.place(head.streamer, broadcast, paid_at)
    }

    /// Whether a row was paid, and its status lets it count; tallied if not.
    fn is_paid(&mut self, row: &OrderRow) -> bool {
        let meaning = self.rules.statuses.get(row.status as usize).unwrap_or(&StatusMeaning::NoColumn);
        let never_paid = matches!(meaning, StatusMeaning::Known(status) if status.is_never_paid());
        if row.paid_at().is_none() || never_paid {
            self.tally.never_paid.add(row.amount.0);
            return false;
        }
        let StatusMeaning::Unknown(word) = meaning else { return true };
        match self.tally.unknown_statuses.get_mut(word) {
            Some(count) => *count += 1,
            None => {
                self.tally.unknown_statuses.insert(word.clone(), 1);
            }
        }
        if self.rules.unknown_status == UnknownStatus::Count {
            return true;
        }
        self.tally.skipped.add(row.amount.0);
        false
    }

    /// Tallies lines whose status says refunded, of which neither their own refund nor another line's took anything.
    fn check_refunds(&mut self) {
        for (row, line) in self.lines.iter().zip(&self.net) {
            let meaning = self.rules.statuses.get(row.status as usize);
            let refunded = meaning == Some(&StatusMeaning::Known(Status::Refunded));
            let late = row.refund().is_some_and(|(_, timing)| timing == RefundTiming::Late);
            if refunded && !late && line.amount > 0 && line.net == line.amount {
                let (count, first) = self.tally.refunded_without_amount.unwrap_or((0, u64::MAX));
                self.tally.refunded_without_amount = Some((count + 1, first.min(row.sequence)));
            }
        }
    }

    /// Subtracts refunds; fully refunded lines leave. Returns whether anything of the order is left.
    fn subtract_refunds(&mut self) -> bool {
        self.refunds.clear();
        for line in &self.lines {
            let refund = match line.refund() {
                None => 0,
                Some((refund, RefundTiming::Counts)) => refund.0,
                Some((refund, RefundTiming::Late)) => {
                    if refund.0 > 0 {
                        self.tally.late_refunds.add(refund.0);
                    }
                    0
                }
                Some((refund, RefundTiming::Undated)) => {
                    self.tally.undated_refunds = both(self.tally.undated_refunds, Some((1, line.sequence)));
                    refund.0
                }
            };
            self.refunds.push(refund.into());
        }
        subtract(&mut self.net, &self.refunds);
        self.check_refunds();
        let nothing_left =
            self.net.iter().any(|line| line.amount > 0) && self.net.iter().all(|line| line.net == 0);
        let mut at = 0;
        let (net, tally) = (&mut self.net, &mut self.tally);
        self.lines.retain(|_| {
            let line = net[at];
            let refunded = nothing_left || (line.amount > 0 && line.net == 0);
            if refunded {
                tally.refunded.add(line.amount);
                net.remove(at);
            } else {
                at += 1;
            }
            !refunded
        });
        !self.lines.is_empty()
    }

    fn count(&mut self, head: &OrderRow, total: i64) {
        for line in &self.net {
            self.tally.counted.add(line.net);
            self.tally.refunds += i128::from(line.amount - line.net);
        }
        self.tally.orders += 1;
        if head.buyer.is_nobody() {
            self.tally.without_buyer.add(total);
        }
        if head.streamer == NO_STREAMER {
            self.tally.without_streamer.add(total);
        }
    }

    /// Divides the order by slices.
    fn slice(&mut self, carrier: Option<Carrier>, total: i64) {
        self.slices.clear();
        for (line, net) in self.lines.iter().zip(&self.net) {
            let (dimensions, _) = self.rules.broadcasts.of_order(line.dimensions);
            let slice = self.rules.slicing.slice(dimensions, carrier, total);
            match self.slices.iter_mut().find(|(known, _)| *known == slice) {
                Some((_, amount)) => *amount += net.net,
                None => self.slices.push((slice, net.net)),
            }
        }
    }

    fn nobodys(&mut self, place: u32, period: u32) {
        for &(slice, amount) in &self.slices {
            let sum = self.nobody.entry((place, period, slice)).or_default();
            sum.off_live_orders += 1;
            sum.off_live_gmv += i128::from(amount);
        }
    }

    fn emit(&mut self, head: &OrderRow, place: u32, paid_at: i64, flags: u32) {
        let live = if head.carrier() == Some(Carrier::Live) { OrderItem::LIVE } else { 0 };
        let mut first = OrderItem::FIRST;
        let buyer = head.buyer.person();
        for &(slice, amount) in &self.slices {
            let flags = flags | live | std::mem::take(&mut first);
            let item = OrderItem { buyer, paid_at, amount, slice, streamer: place, flags };
            self.items.push(buyer, item);
        }
    }
}
