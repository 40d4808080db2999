//! Within a period: who bought again, who had bought before, and what of it came from the private domain.

use super::days::Days;
use super::gathering::{Gathering, OfSlice, Ordered, Present, TakeOrders};
use super::person::Person;
use super::ratio::Ratio;
use super::survival::Waits;
use crate::engine::EngineError;
use crate::engine::local::Journeys;
use crate::journey::accumulate::GroupKey;
use crate::journey::overflow::Overflow;
use crate::journey::rules::{Side, Slice, Table};

pub use crate::journey::rules::Occasion;

/// A rate of the specification: a ratio of two sums over buyers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rate {
    /// Buyers with two occasions or more in the period / buyers.
    Repurchase,
    /// Orders / buyers.
    OrdersPerBuyer,
    /// Orders / days on which buyers bought.
    OrdersPerBuyerDay,
    /// GMV / buyers.
    GmvPerBuyer,
    /// GMV / orders.
    OrderValue,
    /// Buyers who had bought from the group before the period / buyers.
    Returning,
    /// Their orders / orders.
    ReturningOrders,
    /// Their GMV / GMV.
    ReturningGmv,
    /// GMV of private-domain viewers / GMV.
    PrivateGmv,
    /// Repeat orders of private-domain viewers / repeat orders: all but each buyer's first with the streamer.
    PrivateRepurchase,
    /// Orders of which anything was refunded / orders as they were paid.
    RefundOrders,
    /// What was refunded / GMV as it was paid.
    RefundGmv,
    /// First orders with the group of which anything was refunded / first orders.
    FirstOrderRefund,
}

impl Rate {
    /// All.
    pub const ALL: [Self; 13] = [
        Self::Repurchase,
        Self::OrdersPerBuyer,
        Self::OrdersPerBuyerDay,
        Self::GmvPerBuyer,
        Self::OrderValue,
        Self::Returning,
        Self::ReturningOrders,
        Self::ReturningGmv,
        Self::PrivateGmv,
        Self::PrivateRepurchase,
        Self::RefundOrders,
        Self::RefundGmv,
        Self::FirstOrderRefund,
    ];

    /// The column.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Repurchase => "repurchase_rate",
            Self::OrdersPerBuyer => "orders_per_buyer",
            Self::OrdersPerBuyerDay => "orders_per_buyer_day",
            Self::GmvPerBuyer => "gmv_per_buyer",
            Self::OrderValue => "aov",
            Self::Returning => "returning_rate",
            Self::ReturningOrders => "returning_orders_share",
            Self::ReturningGmv => "returning_gmv_share",
            Self::PrivateGmv => "private_gmv_share",
            Self::PrivateRepurchase => "private_share_of_repurchase",
            Self::RefundOrders => "refund_rate_orders",
            Self::RefundGmv => "refund_rate_gmv",
            Self::FirstOrderRefund => "first_order_refund_rate",
        }
    }

    /// Whether it is a share of buyers, each of whom counts once.
    #[must_use]
    pub fn is_of_buyers(self) -> bool {
        matches!(self, Self::Repurchase | Self::Returning | Self::FirstOrderRefund)
    }

    /// Whether it can be no more than 1.
    #[must_use]
    pub fn is_share(self) -> bool {
        !matches!(self, Self::OrdersPerBuyer | Self::OrdersPerBuyerDay | Self::GmvPerBuyer | Self::OrderValue)
    }

    /// Whether it is in money: in minor units.
    #[must_use]
    pub fn is_money(self) -> bool {
        matches!(self, Self::GmvPerBuyer | Self::OrderValue)
    }

    /// Whether it needs to be known what was refunded.
    #[must_use]
    pub fn needs_refunds(self) -> bool {
        matches!(self, Self::RefundOrders | Self::RefundGmv | Self::FirstOrderRefund)
    }

    /// Whether it needs sessions.
    #[must_use]
    pub fn needs_viewing(self) -> bool {
        matches!(self, Self::PrivateGmv | Self::PrivateRepurchase)
    }
}

/// What is known of a row: a slice of a group in a period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bought {
    /// Buyers of attributed orders.
    pub buyers: i64,
    /// Their orders.
    pub orders: i64,
    /// Their money, in minor units.
    pub gmv: i128,
    /// Σ over buyers of days on which they bought.
    pub buyer_days: i64,
    rates: [Ratio; 13],
    /// Of private-domain viewers, those who bought.
    pub private_buyers: i64,
    /// Of these, those with two occasions or more so far.
    pub private_repeat_buyers: i64,
    /// Of these, those who had bought in a period before.
    pub private_multi_period_buyers: i64,
    /// From the first order, of whoever had it in this period, to the second occasion.
    pub waits: Waits,
}

impl Bought {
    /// A rate, with what its interval follows from.
    #[must_use]
    pub fn rate(&self, rate: Rate) -> &Ratio {
        &self.rates[rate as usize]
    }

    /// A rate, to add persons to.
    pub fn ratio(&mut self, rate: Rate) -> &mut Ratio {
        &mut self.rates[rate as usize]
    }

    fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.buyers += other.buyers;
        self.orders += other.orders;
        self.gmv = self.gmv.checked_add(other.gmv).ok_or_else(|| Overflow::of("GMV"))?;
        self.buyer_days += other.buyer_days;
        self.private_buyers += other.private_buyers;
        self.private_repeat_buyers += other.private_repeat_buyers;
        self.private_multi_period_buyers += other.private_multi_period_buyers;
        self.waits.merge(&other.waits);
        self.rates.iter_mut().zip(&other.rates).try_for_each(|(own, other)| own.merge(other))
    }
}

/// What is known of all rows.
#[derive(Debug, Default)]
pub struct Known {
    /// By group, period and slice.
    pub bought: Table<(GroupKey, Slice), Bought>,
    /// Private-domain viewers by group and period.
    pub private_viewers: Table<GroupKey, i64>,
}

/// What is asked of a walk.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// What makes an order another one.
    pub occasion: Occasion,
    /// Whether orders count with what refunds left of them.
    pub is_net: bool,
    /// The last day that is known.
    pub last_day: u32,
}

/// Walks over the persons, and adds up what they bought.
///
/// # Errors
/// When a sum does not fit, or a temporary file fails.
pub fn known(journeys: &Journeys<'_>, days: &Days, asked: Asked) -> Result<Known, EngineError> {
    let adding = || Adding { asked, periods: Vec::new(), known: Known::default() };
    let takers = (0..journeys.threads()).map(|_| Gathering::new(days, adding())).collect();
    let mut all = Known::default();
    for taker in journeys.persons(takers)? {
        let known = taker.into_taker().known;
        for (key, bought) in known.bought {
            let merged = all.bought.entry(key).or_default().merge(&bought);
            merged.map_err(|overflow| journeys.placed(overflow.within_group(key.0).into()))?;
        }
        for (key, viewers) in known.private_viewers {
            *all.private_viewers.entry(key).or_default() += viewers;
        }
    }
    Ok(all)
}

/// Adds up persons.
struct Adding {
    asked: Asked,
    /// The periods of the present person, ascending.
    periods: Vec<u32>,
    known: Known,
}

impl TakeOrders for Adding {
    fn viewer(&mut self, key: GroupKey, is_private: bool) {
        if is_private {
            *self.known.private_viewers.entry(key).or_default() += 1;
        }
    }

    fn orders(&mut self, base: u32, all: OfSlice<'_>, present: &[Present]) -> Result<(), Overflow> {
        self.periods.clear();
        let of_refunds = all.refunds.iter().filter_map(|refund| refund.order.period);
        self.periods.extend(all.orders.iter().filter_map(|order| order.period).chain(of_refunds));
        self.periods.sort_unstable();
        self.periods.dedup();
        for &period in &self.periods {
            // Who has nothing left of an order is not present by it; without viewer-side columns the group is known all the same.
            let place = present.iter().find(|one| one.key.period() == period);
            let key = place.map_or(GroupKey::new(base, period, Side::default()), |one| one.key);
            let is_private = place.is_some_and(|one| one.is_private);
            let person = Person::new(all, period, is_private, self.asked);
            let row = self.known.bought.entry((key, all.slice)).or_default();
            let added = person.and_then(|person| person.add_to(row));
            added.map_err(|overflow| overflow.within_group(key))?;
            self.asked.wait(all.orders, period, &mut row.waits);
        }
        Ok(())
    }
}

impl Asked {
    /// Whether so many orders on so many days are two occasions or more.
    #[must_use]
    pub fn is_repeat(self, orders: i64, days: i64) -> bool {
        match self.occasion {
            Occasion::Orders => orders > 1,
            Occasion::Days => days > 1,
        }
    }

    /// Of a person whose first order lies in a period, the time to the second one.
    fn wait(self, orders: &[Ordered], period: u32, waits: &mut Waits) {
        let Some(first) = orders.first().filter(|first| first.period == Some(period)) else { return };
        let second = orders.iter().skip(1).find(|one| match self.occasion {
            Occasion::Orders => true,
            Occasion::Days => one.day > first.day,
        });
        match second {
            Some(second) => waits.came_back(second.day - first.day),
            None => waits.not_yet(self.last_day.saturating_sub(first.day)),
        }
    }
}
