//! The row below the header in which some exports describe their columns.

use super::columns::OrderColumns;
use crate::input::binding::Origin;
use crate::input::parse::trim;
use crate::input::records::Record;

/// Whether a row that no parser takes describes the columns: its order id, time and amount are all prose, with letters and without
/// any digit, which no order has.
#[cold]
pub(super) fn is_description(columns: &OrderColumns, record: &Record<'_>) -> bool {
    let cells = [&columns.order, &columns.paid_at, &columns.amount];
    columns.description_row && cells.into_iter().all(|origin| is_prose(origin, record))
}

fn is_prose(origin: &Origin, record: &Record<'_>) -> bool {
    origin.columns().next().is_some()
        && origin.columns().all(|at| {
            let cell = record.cell(at);
            let text = String::from_utf8_lossy(trim(&cell)).into_owned();
            text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_numeric)
        })
}
