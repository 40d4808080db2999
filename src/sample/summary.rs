//! The truth about a sample, counted while it is written: what a tool that reads it should find.

use jiff::civil::Date;

use super::plot::Role;
use crate::units::Seconds;

/// Visits to broadcasts, and the paid orders that came from them: a second device is no second visit, a repeated export no
/// second order; the orders of masked buyers are in, those of persons who did not watch are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Visits with a private source, guests among them.
    pub private_visits: u64,
    /// Visits with an organic or paid source, guests among them.
    pub public_visits: u64,
    /// What all visits watched.
    pub watched: Seconds,
    /// Visits that made at least one order, paid or not.
    pub buying_visits: u64,
    /// Paid orders of visits.
    pub orders: u64,
    /// Their money, in minor units, before refunds.
    pub gmv: i128,
}

impl Tally {
    /// All visits.
    #[must_use]
    pub fn visits(&self) -> u64 {
        self.private_visits + self.public_visits
    }

    /// Visits that bought, per visit; `None` without visits.
    #[must_use]
    pub fn conversion(&self) -> Option<f64> {
        (self.visits() > 0).then(|| self.buying_visits as f64 / self.visits() as f64)
    }
}

/// One week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekTruth {
    /// Its Monday.
    pub monday: Date,
    /// What was entered or paid in it.
    pub tally: Tally,
}

/// One streamer of the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamerTruth {
    /// Its id in the exports.
    pub streamer_id: String,
    /// Its part.
    pub role: Role,
    /// All weeks before the last one together.
    pub before: Tally,
    /// The last week.
    pub after: Tally,
}

/// What a real export would hold too, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Oddities {
    /// Sessions without a viewer.
    pub guest_sessions: u64,
    /// Sessions of 0 seconds, those without an end among them.
    pub bounces: u64,
    /// Sessions without a time of leaving.
    pub sessions_without_end: u64,
    /// Sessions of a second device, which overlap another session of the viewer.
    pub second_devices: u64,
    /// Sessions that begin before a midnight and end after it.
    pub sessions_over_midnight: u64,
    /// Rows of orders that a later row of the same order supersedes.
    pub repeated_orders: u64,
    /// Orders that were never paid.
    pub unpaid_orders: u64,
    /// Orders of a masked buyer.
    pub masked_orders: u64,
    /// Orders without a streamer.
    pub shelf_orders: u64,
    /// Paid orders of amount 0.
    pub gifts: u64,
    /// Orders refunded in part or in full.
    pub refunded_orders: u64,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleSummary {
    /// Rows of sessions.
    pub sessions: u64,
    /// Rows of orders, the repeated ones among them.
    pub orders: u64,
    /// The weeks in order.
    pub weeks: Vec<WeekTruth>,
    /// The streamers of the story; empty without one.
    pub streamers: Vec<StreamerTruth>,
    /// The oddities.
    pub oddities: Oddities,
}
