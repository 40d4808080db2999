//! What is counted while orders are read.

use crate::input::specimens::Specimens;
use crate::units::Instant;

/// What was counted while orders were read.
#[derive(Debug, Clone, Default)]
pub struct OrderTally {
    /// Rows read.
    pub rows: u64,
    /// Repeated headers and blank rows.
    pub structural: u64,
    /// The gross money of all accepted rows, in minor units.
    pub money: i128,
    /// The last time of a refund, where times of refunds are read.
    pub refunded_until: Option<Instant>,
    /// Some ids of buyers.
    pub specimens: Specimens,
}

impl OrderTally {
    /// Adds another tally.
    pub fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.structural += other.structural;
        self.money += other.money;
        self.refunded_until = self.refunded_until.max(other.refunded_until);
        self.specimens.merge(other.specimens);
    }
}
