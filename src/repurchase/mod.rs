//! Who comes back: rates, cohorts, and what is to be expected of the buyers of today.
//!
//! All of it follows from one more walk over the persons ([`gathering`]): of each, its orders from a group in the order of time, and whether it
//! was a private-domain viewer there. [`rates`] adds up what happens within a period, [`cohorts`] what follows a first order, and
//! [`survival`] tells the time to the second one where some have not had theirs yet.

pub mod cohorts;
pub mod days;
pub mod gathering;
pub mod person;
pub mod rates;
pub mod ratio;
pub mod survival;

use std::sync::Arc;

use jiff::civil::Date;

use crate::engine::EngineError;
use crate::engine::local::Journeys;
use crate::engine::reconciliation::RunReport;
use cohorts::{CohortGroup, Cohorts, Returned};
use days::Days;
use rates::{Asked, Bought, Occasion, Rate};

/// The rates of a group in a period.
#[derive(Debug, Clone)]
pub struct RateRow {
    /// The first date of the period.
    pub period: Date,
    /// Whether whole days of it are left out.
    pub partial: Option<bool>,
    /// The values of the group columns.
    pub keys: Vec<Arc<str>>,
    /// The streamer's name, where rows are by streamer.
    pub name: Option<Arc<str>>,
    /// What was bought.
    pub bought: Bought,
    /// Private-domain viewers; `None` where no export says where viewers came from.
    pub private_viewers: Option<i64>,
    /// Whether it is known what was refunded in it.
    pub tells_refunds: bool,
    /// Days from the first order that was given to the start of the period; `None` without orders.
    pub history_days: Option<i64>,
}

impl RateRow {
    /// The time to the second order of those whose first order lies in the period.
    #[must_use]
    pub fn curve(&self) -> Vec<survival::Step> {
        self.bought.waits.curve()
    }
}

/// The rates of all groups and periods, sorted as the contract has it: by period, then GMV down, then the groups.
///
/// # Errors
/// When a sum does not fit, or a temporary file fails.
pub fn rates(journeys: &Journeys<'_>, occasion: Occasion) -> Result<(Vec<RateRow>, RunReport), EngineError> {
    let (walked, groups) = journeys.walk()?;
    let report = journeys.report(&walked);
    let Some(dates) = journeys.order_dates()? else { return Ok((Vec::new(), report)) };
    let days = Days::new(journeys.calendar(), dates)?;
    let asked = Asked { occasion, is_net: journeys.is_net(), last_day: days.last() };
    let mut known = rates::known(journeys, &days, asked)?;
    let mut rows = Vec::new();
    journeys.assembly(None).each_row(groups, |key, slice, row| {
        let Some(slice) = slice else { return };
        let bought = known.bought.remove(&(key, slice)).unwrap_or_default();
        let has_domains = row.sums.viewers_private.is_some();
        let private_viewers =
            has_domains.then(|| known.private_viewers.get(&key).copied().unwrap_or_default());
        if bought.buyers > 0 || row.sums.viewers > Some(0) {
            rows.push(RateRow {
                period: row.period,
                partial: row.partial,
                keys: row.keys,
                name: row.name,
                bought,
                private_viewers,
                tells_refunds: journeys.tells_refunds(),
                history_days: Some(days.since_first(row.period)),
            });
        }
    })?;
    // Where nothing is left of any order there is no sum, but there are refunds.
    let periods = journeys.periods().all();
    let is_told = |bought: &Bought| bought.rate(Rate::RefundOrders).y > 0;
    for ((key, slice), bought) in known.bought.into_iter().filter(|(_, bought)| is_told(bought)) {
        let (keys, name) = journeys.assembly(None).labels(key.base(), slice);
        let period = periods[key.period() as usize];
        rows.push(RateRow {
            period: period.first,
            partial: Some(period.partial),
            keys,
            name,
            bought,
            private_viewers: None,
            tells_refunds: journeys.tells_refunds(),
            history_days: Some(days.since_first(period.first)),
        });
    }
    rows.sort_by(|a, b| {
        let by_size = || b.bought.gmv.cmp(&a.bought.gmv).then_with(|| a.keys.cmp(&b.keys));
        a.period.cmp(&b.period).then_with(by_size)
    });
    Ok((rows, report))
}

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

/// The values of the group columns, and the streamer's name.
type Labels = (Vec<Arc<str>>, Option<Arc<str>>);

/// Cohorts of all groups.
#[derive(Debug, Clone, Default)]
pub struct CohortTable {
    /// By group, cohort and offset.
    pub rows: Vec<CohortRow>,
    /// Buyers whose first order lies before the periods, so that they are in no cohort.
    pub earlier: i64,
}

/// The cohorts of all groups: all counted orders of known buyers with known streamers, whether viewing explains them or not.
///
/// # Errors
/// When a sum does not fit, or a temporary file fails.
pub fn cohorts(journeys: &Journeys<'_>) -> Result<(CohortTable, RunReport), EngineError> {
    let (walked, _) = journeys.walk()?;
    let report = journeys.report(&walked);
    let Some(dates) = journeys.order_dates()? else { return Ok((CohortTable::default(), report)) };
    let found = Cohorts::of(journeys, &Days::new(journeys.calendar(), dates)?)?;
    let labels = journeys.assembly(None);
    let mut table = CohortTable { rows: Vec::new(), earlier: found.earlier.values().sum() };
    let mut groups: Vec<(Labels, CohortGroup)> = Vec::new();
    for &(group, _, _) in found.returned.keys() {
        if groups.last().is_none_or(|(_, last)| *last != group) {
            groups.push((labels.labels(group.0, group.1), group));
        }
    }
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    let periods = journeys.periods().all();
    for ((keys, name), group) in groups {
        for cohort in 0..periods.len() as u32 {
            let Some(first) = found.returned.get(&(group, cohort, cohort)) else { continue };
            let mut so_far = 0;
            for offset in 0..periods.len() as u32 {
                let at = cohort + offset;
                let period = periods.get(at as usize);
                let returned =
                    period.map(|_| found.returned.get(&(group, cohort, at)).copied().unwrap_or_default());
                so_far += returned.map_or(0, |returned| returned.gmv);
                table.rows.push(CohortRow {
                    cohort: periods[cohort as usize].first,
                    keys: keys.clone(),
                    name: name.clone(),
                    offset,
                    buyers: first.buyers,
                    returned,
                    gmv_so_far: returned.map(|_| so_far),
                    partial: period.map(|period| period.partial),
                });
            }
        }
    }
    Ok((table, report))
}
