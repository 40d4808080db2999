//! Cells of orders: where an order came from, and amounts that may be sums of cells.

use super::OrderColumns;
use crate::input::binding::Origin;
use crate::input::cells::fault;
use crate::input::parse::{money, trim};
use crate::input::profile::Carrier;
use crate::input::records::Record;
use crate::input::rejects::{Fault, Reason};
use crate::units::MinorUnits;

pub(super) fn carrier(columns: &OrderColumns, record: &Record<'_>) -> Option<Carrier> {
    let cell = columns.carrier.text(record);
    let word = trim(&cell);
    if word.is_empty() {
        return None;
    }
    Some(columns.carriers.get(word).unwrap_or(Carrier::Other))
}

/// The amount in a cell, or of a signed sum of cells; `None` where all are blank.
pub(in crate::input) fn money_cell(
    field: &'static str,
    origin: &Origin,
    record: &Record<'_>,
) -> Result<Option<MinorUnits>, Fault> {
    let Origin::Sum(terms) = origin else {
        let cell = origin.text(record);
        return money::parse(&cell).map_err(|error| fault(field, origin, error.into(), &cell));
    };
    let mut sum: Option<i64> = None;
    for (minus, at) in terms {
        let cell = record.cell(*at);
        let failed = |error: money::MoneyError| Fault {
            field,
            column: Some(*at),
            reason: error.into(),
            value: cell.as_ref().into(),
        };
        if let Some(MinorUnits(amount)) = money::parse(&cell).map_err(failed)? {
            let signed = if *minus { -amount } else { amount };
            sum = Some(sum.unwrap_or(0).saturating_add(signed));
        }
    }
    match sum {
        Some(sum) if sum < 0 => Err(fault(field, origin, Reason::Negative, &[])),
        Some(sum) if sum > money::LARGEST => Err(fault(field, origin, Reason::TooLarge, &[])),
        sum => Ok(sum.map(MinorUnits)),
    }
}
