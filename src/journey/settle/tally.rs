//! What became of the rows of orders that stand.

use std::collections::BTreeMap;

use super::both;
use crate::input::error::InputError;
use crate::input::read::{Files, Place};
use crate::input::store::pruning::PrunedOrders;
use crate::journey::overflow::Overflow;
use crate::units::Portion;

/// What became of the rows that stand: money is gross, but for `counted`.
#[derive(Debug, Clone, Default)]
pub struct SettleTally {
    /// Never paid.
    pub never_paid: Portion,
    /// Skipped for an unmapped status.
    pub skipped: Portion,
    /// Refunded in full (net only).
    pub refunded: Portion,
    /// Paid outside of the range.
    pub out_of_range: Portion,
    /// Counted, with the amounts that count.
    pub counted: Portion,
    /// Refunds of counted rows (net only), in minor units.
    pub refunds: i128,
    /// Counted orders; rows may be lines.
    pub orders: u64,
    /// Counted orders without a buyer, and their money.
    pub without_buyer: Portion,
    /// Counted orders without a streamer, and their money.
    pub without_streamer: Portion,
    /// Refunds in the rows themselves that were made later than `--refund-within` (net only).
    pub late_refunds: Portion,
    /// Refunds in the rows themselves whose time is needed and not known (net only), and the sequence of the first.
    pub undated_refunds: Option<(u64, u64)>,
    /// Unmapped statuses of paid rows, with their counts.
    pub unknown_statuses: BTreeMap<String, u64>,
    /// The sequence of the first order whose lines add up to more than 64 bits.
    pub overflow: Option<u64>,
    /// Rows whose status says refunded without an amount (net only), and the sequence of the first.
    pub refunded_without_amount: Option<(u64, u64)>,
}

impl SettleTally {
    /// Adds the rows of a store that were not read, since none of them counts.
    pub fn add_left_out(&mut self, left_out: &PrunedOrders) {
        self.never_paid.merge(left_out.never_paid);
        self.out_of_range.merge(left_out.out_of_range);
    }

    /// Whether the lines of each order add up to what can be counted.
    ///
    /// # Errors
    /// When those of one do not.
    pub fn check_totals<C>(&self, files: &Files<C>) -> Result<(), InputError> {
        let Some(first) = self.overflow else { return Ok(()) };
        let (path, line) = files.line(Place::from_sequence(first));
        let message = format!("the lines of this order add up to an amount that is {}", Overflow::SAID);
        Err(InputError::Table { place: format!("{path}:{line}"), message })
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.never_paid.merge(other.never_paid);
        self.skipped.merge(other.skipped);
        self.refunded.merge(other.refunded);
        self.out_of_range.merge(other.out_of_range);
        self.counted.merge(other.counted);
        self.refunds += other.refunds;
        self.overflow = self.overflow.into_iter().chain(other.overflow).min();
        self.orders += other.orders;
        self.without_buyer.merge(other.without_buyer);
        self.without_streamer.merge(other.without_streamer);
        self.late_refunds.merge(other.late_refunds);
        for (word, count) in other.unknown_statuses {
            *self.unknown_statuses.entry(word).or_default() += count;
        }
        self.refunded_without_amount = both(self.refunded_without_amount, other.refunded_without_amount);
        self.undated_refunds = both(self.undated_refunds, other.undated_refunds);
    }
}
