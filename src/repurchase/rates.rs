//! Within a period: who bought again, who had bought before, and what of it came from the private domain.

use super::days::Days;
use super::gathering::{Gathering, Ordered, Present, TakeOrders};
use super::ratio::Ratio;
use super::survival::Waits;
use crate::engine::EngineError;
use crate::engine::local::Journeys;
use crate::journey::accumulate::{GroupKey, Overflow};
use crate::journey::rules::{Slice, Table};

/// What makes an order another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Occasion {
    /// Each order.
    #[default]
    Orders,
    /// Each business day with orders: those bundled on one evening are one visit.
    Days,
}

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
}

impl Rate {
    /// All.
    pub const ALL: [Self; 10] = [
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
        }
    }

    /// Whether it is a share of buyers, each of whom counts once.
    #[must_use]
    pub fn is_of_buyers(self) -> bool {
        matches!(self, Self::Repurchase | Self::Returning)
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
    rates: [Ratio; 10],
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

    fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.buyers += other.buyers;
        self.orders += other.orders;
        self.gmv = self.gmv.checked_add(other.gmv).ok_or(Overflow)?;
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

/// Walks over the persons, and adds up what they bought.
///
/// # Errors
/// When a sum does not fit, or a temporary file fails.
pub fn known(journeys: &Journeys<'_>, days: &Days, occasion: Occasion) -> Result<Known, EngineError> {
    let threads = journeys.threads();
    let adding = || Adding { occasion, last_day: days.last(), known: Known::default() };
    let takers = (0..threads).map(|_| Gathering::new(days, adding())).collect();
    let mut all = Known::default();
    for taker in journeys.persons(takers)? {
        let known = taker.into_taker().known;
        for (key, bought) in known.bought {
            all.bought.entry(key).or_default().merge(&bought)?;
        }
        for (key, viewers) in known.private_viewers {
            *all.private_viewers.entry(key).or_default() += viewers;
        }
    }
    Ok(all)
}

/// Adds up persons.
struct Adding {
    occasion: Occasion,
    /// The last day that is known.
    last_day: u32,
    known: Known,
}

impl TakeOrders for Adding {
    fn viewer(&mut self, key: GroupKey, is_private: bool) {
        if is_private {
            *self.known.private_viewers.entry(key).or_default() += 1;
        }
    }

    fn orders(&mut self, _: u32, orders: &[Ordered], present: &[Present]) -> Result<(), Overflow> {
        let Some(first) = orders.first() else { return Ok(()) };
        let mut in_periods = orders;
        while let Some(next) = in_periods.first() {
            let count =
                in_periods.iter().position(|one| one.period != next.period).unwrap_or(in_periods.len());
            let (own, rest) = in_periods.split_at(count);
            in_periods = rest;
            let place = present.iter().find(|one| Some(one.key.period()) == next.period);
            let Some(place) = place else { continue };
            let row = self.known.bought.entry((place.key, next.slice)).or_default();
            if first.period == next.period {
                let second = orders.iter().skip(1).find(|one| match self.occasion {
                    Occasion::Orders => true,
                    Occasion::Days => one.day > first.day,
                });
                match second {
                    Some(second) => row.waits.came_back(second.day - first.day),
                    None => row.waits.not_yet(self.last_day.saturating_sub(first.day)),
                }
            }
            let so_far = &orders[..orders.len() - rest.len()];
            let person = Person::new(own, so_far, orders, place.is_private, self.occasion)?;
            if person.orders > 0 {
                person.add_to(row)?;
            }
        }
        Ok(())
    }
}

/// What a person did in a row; what is so or not is 1 or 0.
struct Person {
    orders: i64,
    gmv: i64,
    days: i64,
    /// Two occasions or more in the period.
    repeat: i64,
    /// An order before the period.
    returning: i64,
    /// A private-domain viewer.
    private: i64,
    /// Attributed orders that were not the first with their streamer.
    repeat_orders: i64,
    /// Two occasions or more so far.
    bought_again: i64,
}

impl Person {
    /// Of the orders in the row, those up to its end, and all, in the order of time.
    fn new(
        own: &[Ordered],
        so_far: &[Ordered],
        all: &[Ordered],
        is_private: bool,
        occasion: Occasion,
    ) -> Result<Self, Overflow> {
        let attributed = || own.iter().filter(|one| one.is_attributed);
        let orders = attributed().count() as i64;
        let days = days_of(attributed());
        let is_repeat = |orders: i64, days: i64| match occasion {
            Occasion::Orders => orders > 1,
            Occasion::Days => days > 1,
        };
        let is_first = |one: &Ordered| {
            let same = |other: &&Ordered| other.streamer == one.streamer;
            all.iter().find(same).is_some_and(|first| std::ptr::eq(first, one))
        };
        let gmv = attributed().try_fold(0_i64, |sum, one| sum.checked_add(one.amount));
        Ok(Self {
            orders,
            gmv: gmv.ok_or(Overflow)?,
            days,
            repeat: i64::from(is_repeat(orders, days)),
            returning: i64::from(so_far.len() > own.len()),
            private: i64::from(is_private),
            repeat_orders: attributed().filter(|one| !is_first(one)).count() as i64,
            bought_again: i64::from(is_repeat(so_far.len() as i64, days_of(so_far.iter()))),
        })
    }

    fn add_to(&self, row: &mut Bought) -> Result<(), Overflow> {
        let (orders, gmv) = (self.orders, self.gmv);
        row.buyers += 1;
        row.orders += orders;
        row.gmv = row.gmv.checked_add(i128::from(gmv)).ok_or(Overflow)?;
        row.buyer_days += self.days;
        row.private_buyers += self.private;
        row.private_repeat_buyers += self.private * self.bought_again;
        row.private_multi_period_buyers += self.private * self.returning;
        for (rate, ratio) in Rate::ALL.into_iter().zip(&mut row.rates) {
            let (x, y) = match rate {
                Rate::Repurchase => (self.repeat, 1),
                Rate::OrdersPerBuyer => (orders, 1),
                Rate::OrdersPerBuyerDay => (orders, self.days),
                Rate::GmvPerBuyer => (gmv, 1),
                Rate::OrderValue => (gmv, orders),
                Rate::Returning => (self.returning, 1),
                Rate::ReturningOrders => (self.returning * orders, orders),
                Rate::ReturningGmv => (self.returning * gmv, gmv),
                Rate::PrivateGmv => (self.private * gmv, gmv),
                Rate::PrivateRepurchase => (self.private * self.repeat_orders, self.repeat_orders),
            };
            ratio.add(x, y)?;
        }
        Ok(())
    }
}

/// On how many days orders, in the order of time, were paid.
fn days_of<'o>(orders: impl Iterator<Item = &'o Ordered>) -> i64 {
    let (mut count, mut last) = (0, None);
    for order in orders {
        count += i64::from(last != Some(order.day));
        last = Some(order.day);
    }
    count
}
