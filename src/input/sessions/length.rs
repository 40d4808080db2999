//! How long a session was, as its export says.

use super::SessionColumns;
use crate::input::cells::{fault, time_cell};
use crate::input::parse::seconds;
use crate::input::parse::time::TimeParser;
use crate::input::records::Record;
use crate::input::rejects::{Fault, Reason};
use crate::units::Instant;

/// When the session was left, and the seconds watched, each where the export says; the seconds win.
#[inline]
pub(super) fn length(
    columns: &SessionColumns,
    record: &Record<'_>,
    start: Instant,
    times: &mut TimeParser,
) -> Result<(Option<Instant>, Option<i64>), Fault> {
    let left = time_cell("left_at", &columns.left, record, times)?;
    if let Some(left) = left
        && left < start
    {
        return Err(fault("left_at", &columns.left, Reason::EndsBeforeStart, &columns.left.text(record)));
    }
    if columns.watched.is_there() {
        let cell = columns.watched.text(record);
        let watched = seconds(&cell)
            .map_err(|_| fault("watch_seconds", &columns.watched, Reason::NotSeconds, &cell))?;
        return Ok((left, watched));
    }
    Ok((left, None))
}
