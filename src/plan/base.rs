//! Which period is planned from.

use jiff::civil::Date;

use super::PlanError;
use crate::calendar::PeriodKind;
use crate::change::pair::holding;
use crate::engine::leaves::LeafPeriod;

/// The period that holds a date; without one the last complete one.
pub(super) fn period(
    periods: &[LeafPeriod],
    kind: Option<PeriodKind>,
    date: Option<Date>,
) -> Result<u32, PlanError> {
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
        return Err(PlanError::Nothing);
    };
    let (first, last) = (first.first, last.first);
    if let Some(date) = date {
        return holding(periods, kind, date).ok_or(PlanError::NoPeriod { date, first, last });
    }
    let complete = periods.iter().rposition(|period| period.partial != Some(true));
    complete.map(|at| at as u32).ok_or(PlanError::NoneComplete { first, last })
}
