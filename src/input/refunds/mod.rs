//! After-sales exports: refunds of orders or lines, with a key of their own, before anything is filtered.

mod columns;
mod distinct;
mod error;
mod reader;

pub use columns::{RefundColumns, RefundStatus, RefundsProfile};
pub use distinct::{StandingRefunds, standing_refunds};
pub use error::RefundsError;
pub use reader::{RefundTally, Refunds, read_refunds};

use crate::units::{IdKey, Instant, MinorUnits};

/// What the status of an after-sales row means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundMeaning {
    /// Money went back.
    Refunded,
    /// Not decided yet.
    Open,
    /// Ended without money going back.
    Closed,
    /// A word outside of the profile's mapping.
    Unknown(String),
}

/// One after-sales row, 80 bytes.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct RefundRow {
    /// Its own key; nobody where the export has none, so that no other row replaces it.
    pub key: IdKey,
    /// The order; nobody where the row names a line alone, and no order given has that line.
    pub order: IdKey,
    /// The line; nobody where the row speaks of the whole order.
    pub line: IdKey,
    /// The place of the row, as a number that later exports and rows have larger.
    pub sequence: u64,
    refunded_at: i64,
    /// What was asked for or given back.
    pub amount: MinorUnits,
    /// The code of the status.
    pub status: u32,
    pub(super) padding: u32,
}

impl RefundRow {
    const UNKNOWN: i64 = i64::MIN;

    /// A row without a key, for tests of the stations that follow; an empty line is the whole order, the first status 0.
    #[cfg(test)]
    pub(crate) fn test(order: &str, line: &str, refunded_at: Option<i64>, amount: i64, status: u32) -> Self {
        Self {
            key: IdKey::NOBODY,
            order: IdKey::new(order.as_bytes()),
            line: IdKey::new(line.as_bytes()),
            sequence: 0,
            refunded_at: refunded_at.unwrap_or(Self::UNKNOWN),
            amount: MinorUnits(amount),
            status,
            padding: 0,
        }
    }

    /// When the money went back; `None` where the export does not say.
    #[must_use]
    pub fn refunded_at(&self) -> Option<Instant> {
        (self.refunded_at != Self::UNKNOWN).then_some(Instant(self.refunded_at))
    }

    /// What keeps rows of one order together, and spreads those without any.
    #[must_use]
    pub fn order_key(&self) -> IdKey {
        if self.order.is_nobody() { self.line } else { self.order }
    }

    /// What keeps rows that may replace one another together, and spreads the others.
    fn part_key(&self) -> IdKey {
        [self.key, self.order].into_iter().find(|key| !key.is_nobody()).unwrap_or(self.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_80_bytes() {
        assert_eq!(size_of::<RefundRow>(), 80);
    }
}
