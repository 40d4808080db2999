//! What was refunded of each order, told beside it whatever the basis: for those who ask how often that happens.

use super::{OrderItem, Settler};
use crate::input::orders::{OrderRow, RefundTiming};
use crate::input::profile::Carrier;
use crate::journey::refunds::subtract;
use crate::journey::rules::Slice;

impl Settler<'_> {
    /// What is refunded of each line, whatever the basis: its dimensions, and the money. Tallies nothing.
    pub(super) fn refunded(&self) -> Vec<(u32, i64)> {
        let refund = |line: &OrderRow| match line.refund() {
            Some((refund, RefundTiming::Counts | RefundTiming::Undated)) => i128::from(refund.0),
            Some((_, RefundTiming::Late)) | None => 0,
        };
        let refunds: Vec<i128> = self.lines.iter().map(refund).collect();
        if refunds.iter().all(|refund| *refund == 0) {
            return Vec::new();
        }
        let mut lines = self.net.clone();
        subtract(&mut lines, &refunds);
        // Of an order of which nothing is left, lines for nothing are gone too.
        let nothing_left = lines.iter().all(|line| line.net == 0);
        let taken = self.lines.iter().zip(&lines).map(|(row, line)| (row.dimensions, line.amount - line.net));
        taken.filter(|(_, taken)| nothing_left || *taken > 0).collect()
    }

    /// Hands on what was refunded, by slices of the order; those of which nothing is left are priced as they were paid.
    pub(super) fn emit_refunds(&mut self, head: &OrderRow, paid_at: i64, refunded: &[(u32, i64)]) {
        let period = self.periods.find(paid_at);
        let is_history = period.is_none() && self.is_history(head, paid_at);
        if refunded.is_empty() || head.buyer.is_nobody() || !(period.is_some() || is_history) {
            return;
        }
        let Some(taken) = refunded.iter().try_fold(0_i64, |sum, (_, taken)| sum.checked_add(*taken)) else {
            return self.is_too_large(head);
        };
        // What is left fits: it was added up when the order was counted.
        let left: i64 = self.slices.iter().map(|(_, net)| net).sum();
        let total = if left == 0 { taken } else { left };
        let mut slices: Vec<(Slice, i64)> = Vec::new();
        for &(dimensions, taken) in refunded {
            let (dimensions, _) = self.rules.broadcasts.of_order(dimensions);
            let slice = self.rules.slicing.slice(dimensions, head.carrier(), total);
            match slices.iter_mut().find(|(known, _)| *known == slice) {
                Some((_, amount)) => *amount += taken,
                None => slices.push((slice, taken)),
            }
        }
        let (buyer, streamer) =
            (head.buyer.person(), self.rules.broadcasts.place(head.streamer, None, paid_at));
        for (slice, amount) in slices {
            let is_left = self.slices.iter().any(|(known, _)| *known == slice);
            let flags = OrderItem::REFUND
                | if is_left { 0 } else { OrderItem::GONE }
                | if is_history { OrderItem::HISTORY } else { 0 }
                | if head.carrier() == Some(Carrier::Live) { OrderItem::LIVE } else { 0 };
            self.items.push(buyer, OrderItem { buyer, paid_at, amount, slice, streamer, flags });
        }
    }
}
