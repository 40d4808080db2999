//! The buyers of today: who they are at the end of a period, what the models make of them, and what the next period is to bring.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::cohorts::CohortGroup;
use super::days::Days;
use super::expected::buying::BuyingFit;
use super::expected::forecast::{self, Forecast};
use super::expected::history::{Buyer, Histories, History, Spend, Spends, TimeUnit};
use super::expected::refusal::Refusal;
use super::expected::spending::SpendingFit;
use super::gathering::{Gathering, OfSlice, Ordered, Present, TakeOrders};
use crate::engine::EngineError;
use crate::engine::local::Journeys;
use crate::journey::overflow::Overflow;
use crate::partition::on_threads;

/// What is expected of the buyers of a group.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// The buyers.
    pub buyers: u64,
    /// The fit of when they buy, or why there is none.
    pub buying: Result<BuyingFit, Refusal>,
    /// The fit of for how much; `None` where the other one was refused.
    pub spending: Option<Result<SpendingFit, Refusal>>,
    /// Orders of the next period.
    pub orders: Option<Forecast>,
    /// GMV of the next period, in units of the currency.
    pub gmv: Option<Forecast>,
}

/// The outlook of each group from the end of a day on, over so many days.
///
/// # Errors
/// When a sum does not fit, or a temporary file fails.
pub fn outlooks(
    journeys: &Journeys<'_>,
    days: &Days,
    end: u32,
    length: u32,
) -> Result<BTreeMap<CohortGroup, Outlook>, EngineError> {
    let takers = (0..journeys.threads()).map(|_| Gathering::new(days, Buyers::until(end))).collect();
    let mut all = BTreeMap::<CohortGroup, OfGroup>::new();
    for taker in journeys.persons(takers)? {
        for (group, mut buyers) in taker.into_taker().groups {
            let known = all.entry(group).or_default();
            known.buyers.append(&mut buyers.buyers);
            known.orders += buyers.orders;
            known.days += buyers.days;
        }
    }
    Ok(fitted(all, length, journeys.threads()))
}

/// The outlooks of groups, each by itself, on as many threads as the run has: of many streamers fits take longer than the walk.
fn fitted(
    groups: BTreeMap<CohortGroup, OfGroup>,
    length: u32,
    threads: usize,
) -> BTreeMap<CohortGroup, Outlook> {
    let waiting = Mutex::new(groups.into_iter());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || -> Vec<(CohortGroup, Outlook)> {
        std::iter::from_fn(next).map(|(group, buyers)| (group, buyers.outlook(length))).collect()
    };
    on_threads(vec![(); threads], |()| work()).into_iter().flatten().collect()
}

/// The buyers of a group.
#[derive(Debug, Default)]
struct OfGroup {
    buyers: Vec<Buyer>,
    orders: u64,
    /// Σ over buyers of days on which they bought.
    days: u64,
}

/// Keeps the history of each buyer up to a day.
#[derive(Debug)]
struct Buyers {
    end: u32,
    groups: BTreeMap<CohortGroup, OfGroup>,
}

impl Buyers {
    fn until(end: u32) -> Self {
        Self { end, groups: BTreeMap::new() }
    }
}

impl TakeOrders for Buyers {
    fn orders(&mut self, base: u32, own: OfSlice<'_>, _: &[Present]) -> Result<(), Overflow> {
        let orders = &own.orders[..own.orders.partition_point(|order| order.day <= self.end)];
        let (Some(first), Some(last)) = (orders.first(), orders.last()) else { return Ok(()) };
        let (mut days, mut spend) = (0_u32, Spend::default());
        let too_much = || Overflow::of("what one buyer paid").within(base, None);
        for of_day in orders.chunk_by(|a, b| a.day == b.day) {
            days += 1;
            let sum = |sum: i64, order: &Ordered| sum.checked_add(order.amount);
            let money = of_day.iter().try_fold(0_i64, sum).ok_or_else(too_much)?;
            if money > 0 {
                spend.purchases += 1;
                spend.total = spend.total.checked_add(money).ok_or_else(too_much)?;
            }
        }
        let history = History::new(days - 1, last.day - first.day, self.end - first.day);
        // Days of one buyer are in order, so that there always is one.
        let Some(history) = history else { return Ok(()) };
        let group = self.groups.entry((base, own.slice)).or_default();
        group.buyers.push(Buyer { history, spend });
        group.orders += orders.len() as u64;
        group.days += u64::from(days);
        Ok(())
    }
}

impl OfGroup {
    fn outlook(self, length: u32) -> Outlook {
        let histories = Histories::of(self.buyers.iter().map(|buyer| buyer.history).collect());
        let buying = BuyingFit::of(&histories, TimeUnit::WEEK.until_midnight());
        let orders_per_day = self.orders as f64 / self.days as f64;
        let buyers = histories.total();
        let Ok(fit) = &buying else {
            return Outlook { buyers, buying, spending: None, orders: None, gmv: None };
        };
        let orders = forecast::purchases(fit, &histories, length).times(orders_per_day);
        let spending = SpendingFit::of(&Spends::of(self.buyers.iter().map(|buyer| buyer.spend).collect()));
        let (spending, gmv) = match spending {
            Ok(spending) => match forecast::gmv(fit, &spending, self.buyers, length) {
                Ok(gmv) => (Ok(spending), Some(gmv)),
                Err(refusal) => (Err(refusal), None),
            },
            Err(refusal) => (Err(refusal), None),
        };
        Outlook { buyers, buying, spending: Some(spending), orders: Some(orders), gmv }
    }
}
