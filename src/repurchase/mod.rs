//! Who comes back: rates, cohorts, and what is to be expected of the buyers of today.
//!
//! All of it follows from one more walk over the persons ([`gathering`]): of each, its orders from a group in the order of time, and whether it
//! was a private-domain viewer there. [`mod@rates`] adds up what happens within a period, [`mod@cohorts`] what follows a first order, and
//! [`survival`] tells the time to the second one where some have not had theirs yet.

pub mod answered;
pub mod cohorts;
pub mod days;
pub mod elsewhere;
pub mod expected;
pub mod gathering;
pub mod person;
pub mod rates;
pub mod ratio;
pub mod survival;
pub mod table;
pub mod today;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::calendar::DateRange;
use crate::engine::EngineError;
use crate::engine::local::Journeys;
use crate::engine::reconciliation::RunReport;
use crate::journey::accumulate::GroupKey;
use crate::journey::rules::Slice;
use cohorts::{CohortGroup, Cohorts};
use days::Days;
use rates::{Asked, Bought, Occasion, Rate};
use today::Outlook;

pub use table::{CohortRow, CohortTable};

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
    /// Days from the first order that was given to the start of the period, or of what is reported of it; `None` without orders.
    pub history_days: Option<i64>,
    /// What the buyers of today will bring in the next period; `None` but in the last complete one, and by viewer-side columns.
    pub outlook: Option<Arc<Outlook>>,
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
    let days = Days::new(journeys.calendar(), dates);
    let asked = Asked { occasion, is_net: journeys.is_net(), last_day: days.last() };
    let mut known = rates::known(journeys, &days, asked)?;
    let outlooks = Known::of(journeys, &days)?;
    let mut rows = Vec::new();
    journeys.assembly(None).each_row(groups, |key, slice, row| {
        let Some(slice) = slice else { return };
        let bought = known.bought.remove(&(key, slice)).unwrap_or_default();
        let has_domains = row.sums.viewers_private.is_some();
        let private_viewers =
            has_domains.then(|| known.private_viewers.get(&key).copied().unwrap_or_default());
        if bought.buyers > 0 || row.sums.viewers > Some(0) || was_paid(&bought, journeys) {
            rows.push(RateRow {
                period: row.period,
                partial: row.partial,
                keys: row.keys,
                name: row.name,
                bought,
                private_viewers,
                tells_refunds: journeys.tells_refunds(),
                history_days: Some(days.since_first(journeys.first_of(row.period)).max(0)),
                outlook: outlooks.of_group(row.period, (key.base(), slice)),
            });
        }
    })?;
    rows.extend(refunded_alone(journeys, &days, known, &outlooks));
    sort(&mut rows);
    Ok((rows, report))
}

/// Sorts rows as the contract has it.
fn sort(rows: &mut [RateRow]) {
    rows.sort_by(|a, b| {
        let by_size = || b.bought.gmv.cmp(&a.bought.gmv).then_with(|| a.keys.cmp(&b.keys));
        a.period.cmp(&b.period).then_with(by_size)
    });
}

/// Whether orders were paid, of which nothing may be left: told where it is known of which groups they were.
fn was_paid(bought: &Bought, journeys: &Journeys<'_>) -> bool {
    journeys.tells_refunds() && bought.rate(Rate::RefundOrders).y > 0
}

/// Where nothing is left of any order there is no sum, but there are refunds.
fn refunded_alone(
    journeys: &Journeys<'_>,
    days: &Days,
    known: rates::Known,
    outlooks: &Known,
) -> Vec<RateRow> {
    let is_told = |(_, bought): &(_, Bought)| was_paid(bought, journeys);
    let row = |((key, slice), bought): ((GroupKey, Slice), Bought)| {
        let (keys, name) = journeys.assembly(None).labels(key.base(), slice);
        let period = journeys.periods().all()[key.period() as usize];
        let viewers = || known.private_viewers.get(&key).copied().unwrap_or_default();
        RateRow {
            period: period.first,
            partial: Some(period.partial),
            keys,
            name,
            bought,
            private_viewers: journeys.has_domains().then(viewers),
            tells_refunds: journeys.tells_refunds(),
            history_days: Some(days.since_first(journeys.first_of(period.first)).max(0)),
            outlook: outlooks.of_group(period.first, (key.base(), slice)),
        }
    };
    known.bought.into_iter().filter(is_told).map(row).collect()
}

/// The outlook of a group.
#[derive(Debug, Clone)]
pub struct OutlookRow {
    /// The values of the group columns.
    pub keys: Vec<Arc<str>>,
    /// The streamer's name, where rows are by streamer.
    pub name: Option<Arc<str>>,
    /// What is to come.
    pub outlook: Arc<Outlook>,
}

/// The outlooks of all groups.
#[derive(Debug, Clone, Default)]
pub struct Outlooks {
    /// The dates of the next period; `None` where there is no complete one before it, or no next one.
    pub next: Option<DateRange>,
    /// By group: the most GMV to come first.
    pub rows: Vec<OutlookRow>,
}

/// The outlooks of all groups from the end of the last complete period on.
///
/// # Errors
/// When a sum does not fit, or a temporary file fails.
pub fn outlooks(journeys: &Journeys<'_>) -> Result<(Outlooks, RunReport), EngineError> {
    let (walked, _) = journeys.walk()?;
    let report = journeys.report(&walked);
    let Some(dates) = journeys.order_dates()? else { return Ok((Outlooks::default(), report)) };
    let known = Known::of(journeys, &Days::new(journeys.calendar(), dates))?;
    let rows = known.outlooks.into_iter().map(|((base, slice), outlook)| {
        let (keys, name) = journeys.assembly(None).labels(base, slice);
        OutlookRow { keys, name, outlook }
    });
    let mut rows: Vec<OutlookRow> = rows.collect();
    let size = |row: &OutlookRow| row.outlook.gmv.or(row.outlook.orders).map_or(0.0, |one| one.expected);
    rows.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.keys.cmp(&b.keys)));
    Ok((Outlooks { next: known.next, rows }, report))
}

/// What is known of the next period.
#[derive(Default)]
struct Known {
    /// The first date of the last complete period.
    last: Option<Date>,
    next: Option<DateRange>,
    outlooks: BTreeMap<CohortGroup, Arc<Outlook>>,
}

impl Known {
    fn of(journeys: &Journeys<'_>, days: &Days) -> Result<Self, EngineError> {
        let periods = journeys.periods().all();
        let last = periods.iter().rev().find(|period| !period.partial);
        let next = last.and_then(|last| journeys.period_after(last.last));
        let (Some(last), Some(next), false) = (last, next, journeys.is_split()) else {
            return Ok(Self::default());
        };
        let length =
            u32::try_from(i64::from(next.first.until(next.last).map_or(0, |span| span.get_days())) + 1);
        let end = u32::try_from(days.since_first(last.last)).unwrap_or_default().min(days.last());
        let found = today::outlooks(journeys, days, end, length.unwrap_or_default())?;
        let outlooks = found.into_iter().map(|(group, outlook)| (group, Arc::new(outlook))).collect();
        Ok(Self { last: Some(last.first), next: Some(next), outlooks })
    }

    fn of_group(&self, period: Date, group: CohortGroup) -> Option<Arc<Outlook>> {
        self.outlooks.get(&group).filter(|_| self.last == Some(period)).cloned()
    }
}

/// The cohorts of all groups: all counted orders of known buyers with known streamers, whether viewing explains them or not.
///
/// # Errors
/// When a sum does not fit, or a temporary file fails.
pub fn cohorts(journeys: &Journeys<'_>) -> Result<(CohortTable, RunReport), EngineError> {
    let (walked, _) = journeys.walk()?;
    let report = journeys.report(&walked);
    let Some(dates) = journeys.order_dates()? else { return Ok((CohortTable::default(), report)) };
    let found = Cohorts::of(journeys, &Days::new(journeys.calendar(), dates))?;
    let earlier = found.earlier.values().sum();
    let labels = journeys.assembly(None);
    let mut groups: Vec<table::OfGroup> = Vec::new();
    let mut last = None;
    for (&(group, cohort, period), &returned) in &found.returned {
        if last != Some(group) {
            groups.push((labels.labels(group.0, group.1), BTreeMap::new()));
            last = Some(group);
        }
        if let Some((_, of_group)) = groups.last_mut() {
            of_group.insert((cohort, period), returned);
        }
    }
    let periods = table::told(journeys.periods().all(), dates.last);
    table::room(&groups, periods).map_or(Ok(()), |room| journeys.check_room(room))?;
    Ok((CohortTable { rows: table::rows(groups, periods, dates.last), earlier }, report))
}
