//! Cohorts as a table: a row for each cohort of a group and each period from its first, whether anything was bought in it or not.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::cohorts::Returned;
use crate::calendar::Period;
use crate::memory::PerPeriod;

/// A cohort of a group, and what it did in a period.
#[derive(Debug, Clone)]
pub struct CohortRow {
    /// The first date of the period of the first orders.
    pub cohort: Date,
    /// The values of the group columns.
    pub keys: Vec<Arc<str>>,
    /// The streamer's name, where rows are by streamer.
    pub name: Option<Arc<str>>,
    /// So many periods after the first.
    pub offset: u32,
    /// Buyers of the cohort.
    pub buyers: i64,
    /// What they did; `None` where the data does not cover the period.
    pub returned: Option<Returned>,
    /// Their money up to this period, in minor units; `None` likewise.
    pub gmv_so_far: Option<i128>,
    /// Whether whole days of the period are left out; `None` likewise.
    pub partial: Option<bool>,
}

/// A row, and what a document makes of it: measured.
const BYTES_OF_A_ROW: u64 = 256;

/// The values of the group columns, and the streamer's name.
pub type Labels = (Vec<Arc<str>>, Option<Arc<str>>);

/// Cohorts of all groups.
#[derive(Debug, Clone, Default)]
pub struct CohortTable {
    /// By group, cohort and offset.
    pub rows: Vec<CohortRow>,
    /// Buyers whose first order lies before the periods, so that they are in no cohort.
    pub earlier: i64,
}

/// What cohorts did, by the numbers of their own period and of another one.
pub type OfCohorts = BTreeMap<(u32, u32), Returned>;

/// The cohorts of a group.
pub type OfGroup = (Labels, OfCohorts);

/// The periods that orders tell of: sessions may go on when the orders that were given have ended, and what comes then is not known.
#[must_use]
pub fn told(periods: &[Period], last: Date) -> &[Period] {
    &periods[..periods.partition_point(|period| period.first <= last)]
}

/// The room that a row of each cohort and period takes; `None` without periods.
#[must_use]
pub fn room(groups: &[OfGroup], periods: &[Period]) -> Option<PerPeriod> {
    let first = periods.first()?.first;
    let own = |(_, returned): &OfGroup| returned.keys().filter(|(cohort, period)| cohort == period).count();
    let count: usize = groups.iter().map(own).sum();
    let bytes = (count as u64).saturating_mul(periods.len() as u64).saturating_mul(BYTES_OF_A_ROW);
    Some(PerPeriod { of: format!("{count} cohorts"), periods: periods.len(), first, bytes })
}

/// The rows of groups, by group, cohort and offset; `last` is the last day that orders tell of.
#[must_use]
pub fn rows(mut groups: Vec<OfGroup>, periods: &[Period], last: Date) -> Vec<CohortRow> {
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    let mut rows = Vec::new();
    for ((keys, name), of_group) in groups {
        for cohort in 0..periods.len() as u32 {
            let Some(first) = of_group.get(&(cohort, cohort)) else { continue };
            let mut so_far = 0;
            for offset in 0..periods.len() as u32 {
                let at = cohort + offset;
                let period = periods.get(at as usize);
                let returned = period.map(|_| of_group.get(&(cohort, at)).copied().unwrap_or_default());
                so_far += returned.map_or(0, |returned| returned.gmv);
                rows.push(CohortRow {
                    cohort: periods[cohort as usize].first,
                    keys: keys.clone(),
                    name: name.clone(),
                    offset,
                    buyers: first.buyers,
                    returned,
                    gmv_so_far: returned.map(|_| so_far),
                    partial: period.map(|period| period.partial || period.last > last),
                });
            }
        }
    }
    rows
}
