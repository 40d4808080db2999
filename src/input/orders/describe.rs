//! The row below the header in which some exports describe their columns.

use super::columns::OrderColumns;
use crate::input::binding::Origin;
use crate::input::parse::trim;
use crate::input::records::Record;

/// Whether a row that no parser takes describes the columns: its order id, and its time or its amount, are prose, with letters and
/// without any digit, which no order has. The third may speak of a form (`DD/MM/YYYY`, `2 decimals`) or be blank.
#[cold]
pub(super) fn is_description(columns: &OrderColumns, record: &Record<'_>) -> bool {
    let mut others = [&columns.paid_at, &columns.amount].into_iter();
    columns.description_row
        && is_prose(&columns.order, record)
        && others.any(|origin| is_prose(origin, record))
}

fn is_prose(origin: &Origin, record: &Record<'_>) -> bool {
    origin.columns().next().is_some()
        && origin.columns().all(|at| {
            let cell = record.cell(at);
            let text = String::from_utf8_lossy(trim(&cell)).into_owned();
            text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_numeric)
        })
}
