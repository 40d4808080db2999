//! Cohorts: buyers by the period of their first order, and what they bought in each period after it.

use std::collections::BTreeMap;

use super::days::Days;
use super::gathering::{Gathering, OfSlice, Present, TakeOrders};
use crate::engine::EngineError;
use crate::engine::local::Journeys;
use crate::journey::overflow::Overflow;
use crate::journey::rules::Slice;

/// What the buyers of a cohort did in a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Returned {
    /// Those who bought.
    pub buyers: i64,
    /// Their orders.
    pub orders: i64,
    /// Their money, in minor units.
    pub gmv: i128,
}

/// A base group and slice, whose buyers are divided into cohorts.
pub type CohortGroup = (u32, Slice);

/// What cohorts bought: by group, period of the first order, and period.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Cohorts {
    /// Of those whose first order lies in a period.
    pub returned: BTreeMap<(CohortGroup, u32, u32), Returned>,
    /// By group, those whose first order lies before all periods, so that they are in no cohort.
    pub earlier: BTreeMap<CohortGroup, i64>,
}

impl Cohorts {
    /// Walks over the persons, and adds up what they bought: all counted orders, whether viewing explains them or not.
    ///
    /// # Errors
    /// When a sum does not fit, or a temporary file fails.
    pub fn of(journeys: &Journeys<'_>, days: &Days) -> Result<Self, EngineError> {
        let takers = (0..journeys.threads()).map(|_| Gathering::new(days, Self::default())).collect();
        let mut all = Self::default();
        for taker in journeys.persons(takers)? {
            all.merge(&taker.into_taker()).map_err(|overflow| journeys.placed(overflow.into()))?;
        }
        Ok(all)
    }

    fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        for (key, more) in &other.returned {
            let known = self.returned.entry(*key).or_default();
            known.buyers += more.buyers;
            known.orders += more.orders;
            let too_much = || Overflow::of("GMV").within(key.0.0, Some(key.2));
            known.gmv = known.gmv.checked_add(more.gmv).ok_or_else(too_much)?;
        }
        for (group, buyers) in &other.earlier {
            *self.earlier.entry(*group).or_default() += buyers;
        }
        Ok(())
    }
}

impl TakeOrders for Cohorts {
    fn orders(&mut self, base: u32, own: OfSlice<'_>, _: &[Present]) -> Result<(), Overflow> {
        let orders = own.orders;
        let Some(first) = orders.first() else { return Ok(()) };
        let group = (base, first.slice);
        let Some(cohort) = first.period else {
            *self.earlier.entry(group).or_default() += 1;
            return Ok(());
        };
        for own in orders.chunk_by(|a, b| a.period == b.period) {
            let Some(period) = own[0].period else { continue };
            let returned = self.returned.entry((group, cohort, period)).or_default();
            returned.buyers += 1;
            returned.orders += own.len() as i64;
            let gmv: i128 = own.iter().map(|one| i128::from(one.amount)).sum();
            let too_much = || Overflow::of("GMV").within(base, Some(period));
            returned.gmv = returned.gmv.checked_add(gmv).ok_or_else(too_much)?;
        }
        Ok(())
    }
}
