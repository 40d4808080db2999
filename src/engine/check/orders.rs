//! The orders of a check: what became of every row, and the orders that the later stages look at.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::days::DayCounts;
use crate::calendar::Periods;
use crate::input::orders::{NO_STREAMER, OrderRow, StatusMeaning};
use crate::input::profile::{Carrier, Status};
use crate::journey::rules::Rules;
use crate::journey::settle::Settler;
use crate::memory::Memory;
use crate::partition::Partition;
use crate::units::{IdKey, PersonKey, Portion};

/// A counted order, 48 bytes.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct CheckedOrder {
    /// The buyer; never nobody.
    pub buyer: PersonKey,
    /// When it was paid.
    pub paid_at: i64,
    /// As paid, in minor units.
    pub amount: i64,
    /// The place of its first row.
    pub sequence: u64,
    /// The streamer.
    pub streamer: u32,
    /// 1 where it may have come from a live room, since the export says so, or nothing; else 0.
    pub maybe_live: u32,
}

/// What rows of orders tell by themselves.
#[derive(Debug, Clone, Default)]
pub struct OrderFacts {
    /// Counted orders and their money, which settling must find too.
    pub counted: Portion,
    /// Rows that were never paid, by their status alone; the others of those have no payment time.
    pub never_paid_status: Portion,
    /// Counted rows with a refund; the money is the refunds'.
    pub refunded: Portion,
    /// Counted rows whose refund is larger than their amount; the money is the excess.
    pub excess_refund: Portion,
    /// Counted rows whose status says refunded, without an amount.
    pub refunded_without_amount: Portion,
    /// Counted orders of amount 0.
    pub gifts: u64,
    /// Counted orders, by streamer.
    pub streamers: HashMap<u32, Portion, FixedState>,
    /// Counted orders that name a broadcast, by its number.
    pub lives: HashMap<u32, Portion, FixedState>,
    /// Counted orders by day.
    pub days: DayCounts,
}

impl OrderFacts {
    fn merge(&mut self, other: Self) {
        self.counted.merge(other.counted);
        self.never_paid_status.merge(other.never_paid_status);
        self.refunded.merge(other.refunded);
        self.excess_refund.merge(other.excess_refund);
        self.refunded_without_amount.merge(other.refunded_without_amount);
        self.gifts += other.gifts;
        for (streamer, portion) in other.streamers {
            self.streamers.entry(streamer).or_default().merge(portion);
        }
        for (live, portion) in other.lives {
            self.lives.entry(live).or_default().merge(portion);
        }
        self.days.merge(other.days);
    }
}

/// One worker on orders.
pub struct OrderStage<'a> {
    rules: &'a Rules,
    weeks: &'a Periods,
    days: &'a Periods,
    settler: Settler<'a>,
    facts: OrderFacts,
    /// By buyer.
    by_buyer: Partition<CheckedOrder>,
    /// By streamer and amount.
    by_amount: Partition<CheckedOrder>,
    lines: Vec<OrderRow>,
    /// The same lines, with what after-sales say of their refunds.
    settled: Vec<OrderRow>,
}

/// What all workers found.
pub struct CheckedOrders {
    /// What became of the rows.
    pub tally: crate::journey::settle::SettleTally,
    /// What they tell.
    pub facts: OrderFacts,
    /// The orders of somebody, by buyer.
    pub by_buyer: Vec<Partition<CheckedOrder>>,
    /// The same, by streamer and amount.
    pub by_amount: Vec<Partition<CheckedOrder>>,
}

impl<'a> OrderStage<'a> {
    /// Under these rules.
    #[must_use]
    pub fn new(rules: &'a Rules, weeks: &'a Periods, days: &'a Periods, memory: &Memory) -> Self {
        Self {
            rules,
            weeks,
            days,
            settler: Settler::new(rules, weeks, memory),
            facts: OrderFacts::default(),
            by_buyer: Partition::new(memory),
            by_amount: Partition::new(memory),
            lines: Vec::new(),
            settled: Vec::new(),
        }
    }

    /// Takes the rows of one part, those of an order together, by streamer and line: as they were exported, and as after-sales leave them.
    pub fn part(&mut self, rows: &[OrderRow], settled: &[OrderRow]) {
        self.settler.part(rows);
        let mut settled = settled;
        for order in rows.chunk_by(|a, b| a.order == b.order && a.streamer == b.streamer) {
            let (own, others) = settled.split_at(order.len().min(settled.len()));
            self.order(order, own);
            settled = others;
        }
    }

    /// All workers' results together.
    #[must_use]
    pub fn finish(workers: Vec<Self>) -> CheckedOrders {
        let (mut facts, mut by_buyer, mut by_amount) = (OrderFacts::default(), Vec::new(), Vec::new());
        let mut settlers = Vec::new();
        for worker in workers {
            facts.merge(worker.facts);
            by_buyer.push(worker.by_buyer);
            by_amount.push(worker.by_amount);
            settlers.push(worker.settler);
        }
        CheckedOrders { tally: Settler::finish(settlers).tally, facts, by_buyer, by_amount }
    }

    fn order(&mut self, rows: &[OrderRow], settled: &[OrderRow]) {
        self.lines.clear();
        self.settled.clear();
        for (row, settled) in rows.iter().zip(settled) {
            match self.rules.statuses.get(row.status as usize) {
                Some(StatusMeaning::Known(status)) if status.is_never_paid() => {
                    self.facts.never_paid_status.add(row.amount.0);
                }
                Some(StatusMeaning::Unknown(_)) => {}
                _ if row.paid_at().is_some() => {
                    self.lines.push(*row);
                    self.settled.push(*settled);
                }
                _ => {}
            }
        }
        let Some(head) = self.lines.first().copied() else { return };
        let Some(paid_at) = head.paid_at() else { return };
        let total: i128 = self.lines.iter().map(|line| i128::from(line.amount.0)).sum();
        let (Some(_), Ok(amount)) = (self.weeks.find(paid_at.0), i64::try_from(total)) else { return };
        self.facts.counted.add(amount);
        self.facts.gifts += u64::from(amount == 0);
        self.facts.days.count(self.days, paid_at.0);
        if head.streamer != NO_STREAMER {
            self.facts.streamers.entry(head.streamer).or_default().add(amount);
        }
        if let (_, Some(live)) = self.rules.broadcasts.of_order(head.dimensions) {
            self.facts.lives.entry(live).or_default().add(amount);
        }
        self.refunds();
        if !head.buyer.is_nobody() {
            let order = CheckedOrder {
                buyer: head.buyer.person(),
                paid_at: paid_at.0,
                amount,
                sequence: head.sequence,
                streamer: head.streamer,
                maybe_live: u32::from(matches!(head.carrier(), None | Some(Carrier::Live))),
            };
            self.by_buyer.push(order.buyer, order);
            self.by_amount.push(amount_key(&order), order);
        }
    }

    /// What the counted lines say of refunds.
    fn refunds(&mut self) {
        for line in &self.lines {
            let refund = line.refund().map_or(0, |(refund, _)| refund.0);
            if refund > 0 {
                self.facts.refunded.add(refund);
            }
            if refund > line.amount.0 {
                self.facts.excess_refund.add(refund - line.amount.0);
            }
        }
        for line in &self.settled {
            let refund = line.refund().map_or(0, |(refund, _)| refund.0);
            let meaning = self.rules.statuses.get(line.status as usize);
            if refund == 0 && line.amount.0 > 0 && meaning == Some(&StatusMeaning::Known(Status::Refunded)) {
                self.facts.refunded_without_amount.add(line.amount.0);
            }
        }
    }
}

/// The key of the part that a streamer's orders of one amount go to.
#[must_use]
pub fn amount_key(order: &CheckedOrder) -> IdKey {
    let mut bytes = [0_u8; 12];
    bytes[..4].copy_from_slice(&order.streamer.to_be_bytes());
    bytes[4..].copy_from_slice(&order.amount.to_be_bytes());
    IdKey::new(&bytes)
}
