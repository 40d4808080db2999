//! Cells of a record as typed values, or the fault of the row: what orders and sessions have in common.

use super::binding::Origin;
use super::feed::FileContext;
use super::parse::time::TimeParser;
use super::parse::{id, trim};
use super::profile::Anonymous;
use super::records::Record;
use super::rejects::{Fault, Reason};
use super::specimens::Specimens;
use crate::units::{IdKey, Instant};

/// A fault of one column.
#[cold]
#[must_use]
pub fn fault(field: &'static str, origin: &Origin, reason: Reason, value: &[u8]) -> Fault {
    Fault { field, column: origin.first_column(), reason, value: value.into() }
}

/// Hands an id on, without guards.
///
/// # Errors
/// When it is in scientific notation, or an error of a spreadsheet.
#[inline]
pub fn id_cell<T>(
    field: &'static str,
    origin: &Origin,
    record: &Record<'_>,
    allow_mangled: bool,
    take: impl FnOnce(&[u8]) -> T,
) -> Result<T, Fault> {
    let cell = origin.text(record);
    let text = id::unguard(&cell);
    if !allow_mangled && id::is_mangled(text) {
        return Err(fault(field, origin, Reason::MangledId, text));
    }
    if id::is_cell_error(text) {
        return Err(fault(field, origin, Reason::CellError, text));
    }
    Ok(take(text))
}

/// The person in a cell; nobody where it is blank or masked.
///
/// # Errors
/// When the id is in scientific notation.
#[inline]
pub fn person_cell(
    (field, origin): (&'static str, &Origin),
    record: &Record<'_>,
    allow_mangled: bool,
    anonymous: &Anonymous,
    specimens: &mut Specimens,
) -> Result<IdKey, Fault> {
    id_cell(field, origin, record, allow_mangled, |id| {
        if is_nobody(id, anonymous) {
            return IdKey::NOBODY;
        }
        let person = IdKey::new(id);
        specimens.see(person, || id);
        person
    })
}

/// The instant in a cell; `None` for a blank.
#[inline]
pub fn time_cell(
    field: &'static str,
    origin: &Origin,
    record: &Record<'_>,
    times: &mut TimeParser,
) -> Result<Option<Instant>, Fault> {
    let cell = origin.text(record);
    times.parse(&cell).map_err(|error| {
        let reason = if is_serial_day(trim(&cell)) { Reason::SerialDay } else { error.into() };
        fault(field, origin, reason, &cell)
    })
}

/// Whether a text is a day of a spreadsheet, perhaps with a part of it, from 1995 to 2119: five digits, perhaps a point and more.
#[cold]
fn is_serial_day(text: &[u8]) -> bool {
    let (day, part) = text.split_at(text.len().min(5));
    let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    let in_part = part.strip_prefix(b".").map_or(part.is_empty(), |part| !part.is_empty() && digits(part));
    day.len() == 5
        && digits(day)
        && (b"35000"..=b"79999").contains(&&[day[0], day[1], day[2], day[3], day[4]])
        && in_part
}

/// Whether an id is nobody's.
#[inline]
#[must_use]
pub fn is_nobody(id: &[u8], anonymous: &Anonymous) -> bool {
    id.is_empty()
        || anonymous.words.iter().any(|word| word.as_bytes() == id)
        || anonymous.contains.iter().any(|text| contains(id, text.as_bytes()))
}

/// Whether `text` holds `part`: a few bytes in a few bytes, where a search engine's set-up would cost more than the search.
#[inline]
fn contains(text: &[u8], part: &[u8]) -> bool {
    match part.first() {
        None => false,
        Some(&first) => (0..text.len()).any(|at| text[at] == first && text[at..].starts_with(part)),
    }
}

/// Refuses rows that cannot be split into the header's cells; more cells are fine while they are blank.
#[inline]
pub fn check_cells<C>(file: &FileContext<C>, record: &Record<'_>) -> Result<(), Fault> {
    let expected = file.header.names.len();
    if record.len() == expected && !record.malformed {
        return Ok(());
    }
    let row = |reason| Fault { field: "", column: None, reason, value: Box::default() };
    if let Some(column) = record.fault {
        let column = column as usize;
        let value = record.cell(column);
        let computed = value.as_ref() != super::workbook::cells::NOT_COMPUTED.as_bytes();
        let reason = if computed { Reason::CellError } else { Reason::NotComputed };
        return Err(Fault { field: "", column: Some(column), reason, value: value.as_ref().into() });
    }
    if record.cut_off {
        return Err(row(Reason::CutOff { bytes: record.bytes() }));
    }
    if record.malformed {
        return Err(row(Reason::Quoting { bytes: record.bytes() }));
    }
    if record.len() > expected && (expected..record.len()).all(|at| trim(&record.cell(at)).is_empty()) {
        return Ok(());
    }
    Err(row(Reason::Cells { found: record.len(), expected, bytes: record.bytes() }))
}

/// The fault of a row as it may be shown. A row with more cells than the header, even blank ones, may have its cells in the wrong
/// columns (an address with a comma in it), so that nothing in them can be shown as that of the column.
#[cold]
#[must_use]
pub fn shown<C>(file: &FileContext<C>, record: &Record<'_>, fault: Fault) -> Fault {
    if file.header.is_rearranged_by(record) {
        return Fault { field: "", column: None, reason: Reason::OtherHeader, value: Box::default() };
    }
    if record.len() > file.header.names.len() { Fault { value: Box::default(), ..fault } } else { fault }
}

/// Whether a row that no parser takes is a repeated header, or blank: no data at all.
#[cold]
pub fn is_structural<C>(file: &FileContext<C>, record: &Record<'_>) -> bool {
    file.header.is_repeated_by(record) || (0..record.len()).all(|at| trim(&record.cell(at)).is_empty())
}

/// The mapped cells of a rejected row; none of a row that could not be split into the cells of the header.
#[must_use]
pub fn mapped_cells<C>(
    file: &FileContext<C>,
    origins: &[(&'static str, &Origin)],
    record: &Record<'_>,
    fault: &Fault,
) -> Vec<(&'static str, String)> {
    let whole = fault.field.is_empty() && fault.column.is_none();
    if whole || record.len() > file.header.names.len() {
        return Vec::new();
    }
    let text = |at| String::from_utf8_lossy(&record.cell(at)).into_owned();
    let there = origins.iter().filter(|(_, origin)| origin.columns().next().is_some());
    there.map(|(name, origin)| (*name, origin.columns().map(text).collect::<Vec<_>>().join(" "))).collect()
}
