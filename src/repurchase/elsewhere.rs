//! Who comes back in the tables of a cluster: its answers, with the names of streamers that their table has.

use std::sync::Arc;

use super::RateRow;
use super::answered;
use super::table::CohortTable;
use crate::engine::cluster::ClusterSettings;
use crate::engine::reach::Reported;
use crate::engine::spark::Done;
use crate::engine::sql::Query;
use crate::engine::{EngineError, GroupColumn};
use crate::memory::Memory;

/// The rates of all groups and periods, as [`super::rates()`] has them.
///
/// # Errors
/// When the cluster gives no whole answer.
pub fn rates(settings: &ClusterSettings, progress: &dyn Fn(Done)) -> Result<Vec<RateRow>, EngineError> {
    let sums = settings.answer(Query::Rates, progress)?;
    let waits = settings.answer(Query::Waits, progress)?;
    let mut rows = answered::rates(&sums, &waits, &settings.rules.grouping)?;
    for row in &mut rows {
        row.name = name(settings, &row.keys);
    }
    Ok(rows)
}

/// The cohorts of all groups, as [`super::cohorts()`] has them.
///
/// # Errors
/// When the cluster gives no whole answer.
pub fn cohorts(settings: &ClusterSettings, progress: &dyn Fn(Done)) -> Result<CohortTable, EngineError> {
    let (rules, answer) = (&settings.rules, settings.answer(Query::Cohorts, progress)?);
    let reported = Reported {
        period: rules.period,
        calendar: &rules.calendar,
        range: rules.range,
        ranges: None,
        covers: rules.covers,
    };
    // What is bounded is the memory of rows of exports.
    let memory = Memory::new(u64::MAX, std::num::NonZeroUsize::MIN);
    let mut table = answered::cohorts(&answer, &rules.grouping, &reported, &memory)?;
    for row in &mut table.rows {
        row.name = name(settings, &row.keys);
    }
    Ok(table)
}

/// The name of the streamer of a row, where rows are by streamer.
fn name(settings: &ClusterSettings, keys: &[Arc<str>]) -> Option<Arc<str>> {
    let at = settings.rules.grouping.columns.iter().position(|one| *one == GroupColumn::Streamer)?;
    settings.cluster.known.name(keys.get(at)?).map(Arc::from)
}
