//! Rows of a Parquet file as a CSV export would hold them.

use std::io::Write;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal128Type, Decimal256Type, Float16Type, Float32Type, Float64Type, Int32Type, UInt64Type,
};
use arrow_schema::DataType;
use jiff::Timestamp;

use super::cells::{Cells, Form};
use super::typed::TypedRow;
use crate::input::records::Record;
use crate::input::scan;

/// Room around a row, so that the quick way through it may look at whole words.
const ROOM: usize = 32;

/// A cell of a column that holds no cells.
#[derive(Debug)]
pub struct NoCell {
    /// The number of the column, from 0.
    pub column: usize,
    /// What its cells are.
    pub form: String,
}

/// Room for the text of one row after the other.
#[derive(Debug, Default)]
pub struct TextRow {
    bytes: Vec<u8>,
    /// See [`Record::within`].
    bounds: Vec<u32>,
}

impl TextRow {
    /// The text of a row.
    ///
    /// # Errors
    /// When a column holds what is no cell.
    pub fn of(&mut self, row: TypedRow<'_>) -> Result<Record<'_>, NoCell> {
        let Self { bytes, bounds } = self;
        bytes.clear();
        bytes.resize(ROOM, b' ');
        bounds.resize(row.columns.len() + 1 + scan::ROOM, 0);
        bounds[0] = ROOM as u32 - 1;
        for (at, column) in row.columns.iter().enumerate() {
            if at > 0 {
                bytes.push(b',');
            }
            write(column, row.row, row.stored, bytes)
                .ok_or_else(|| NoCell { column: at, form: form(column) })?;
            bounds[at + 1] = bytes.len() as u32;
        }
        bytes.extend_from_slice(&[b' '; ROOM]);
        Ok(Record::within(bytes, bounds, row.columns.len()))
    }
}

/// The type of values, whether they are in a dictionary or not.
fn plain_type(of: &DataType) -> &DataType {
    if let DataType::Dictionary(_, values) = of { values } else { of }
}

/// What the cells of a column are, in messages.
fn form(cells: &Cells) -> String {
    match cells {
        Cells::Others(array) => match plain_type(array.data_type()) {
            DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => "a list".to_owned(),
            DataType::Struct(_) => "a struct".to_owned(),
            DataType::Map(..) => "a map".to_owned(),
            DataType::Time32(_) | DataType::Time64(_) => "a time of day".to_owned(),
            DataType::Duration(_) | DataType::Interval(_) => "a length of time".to_owned(),
            DataType::Binary | DataType::FixedSizeBinary(_) => "bytes that are no text".to_owned(),
            other => other.to_string(),
        },
        _ => "text".to_owned(),
    }
}

/// Writes the cell of a row; `None` for what is no cell.
#[inline]
fn write(cells: &Cells, row: usize, stored: bool, out: &mut Vec<u8>) -> Option<()> {
    match cells {
        Cells::Blank => Some(()),
        Cells::Texts(texts) => {
            out.extend_from_slice(&texts.bytes()[texts.span(row)]);
            Some(())
        }
        Cells::Coded(coded) => {
            out.extend_from_slice(coded.code(row).map_or(b"", |code| coded.known.text(code)));
            Some(())
        }
        Cells::Numbers(numbers) => match numbers.get(row) {
            None => Some(()),
            Some(number) => write_number(number, numbers.form, stored, out),
        },
        Cells::Others(array) if array.is_null(row) => Some(()),
        Cells::Others(array) => write_other(array, row, out),
    }
}

/// Writes a number as a CSV export would.
pub(super) fn write_number(number: i64, form: Form, stored: bool, out: &mut Vec<u8>) -> Option<()> {
    match form {
        Form::Whole => write!(out, "{number}").ok(),
        Form::Decimal(scale) => write_decimal(i128::from(number), scale, out),
        Form::Day => write_time(number.checked_mul(86_400)?, "%Y-%m-%d", out),
        Form::Local => write_time(number, "%Y-%m-%d %H:%M:%S", out),
        // Ten digits are seconds since 1970 (2001 to 2286); no other form of a store's profile could take them.
        Form::Instant if stored && (1_000_000_000..10_000_000_000).contains(&number) => {
            write!(out, "{number}").ok()
        }
        Form::Instant => write_time(number, "%Y-%m-%d %H:%M:%SZ", out),
    }
}

/// Writes a value of a rarer type as a CSV export would.
fn write_other(array: &dyn Array, row: usize, out: &mut Vec<u8>) -> Option<()> {
    match array.data_type() {
        DataType::Null => Some(()),
        DataType::Boolean => write!(out, "{}", array.as_boolean().value(row)).ok(),
        DataType::UInt64 => write!(out, "{}", array.as_primitive::<UInt64Type>().value(row)).ok(),
        DataType::Float16 => write_float32(array.as_primitive::<Float16Type>().value(row).to_f32(), out),
        DataType::Float32 => write_float32(array.as_primitive::<Float32Type>().value(row), out),
        DataType::Float64 => write_float(array.as_primitive::<Float64Type>().value(row), out),
        DataType::Decimal128(_, scale) => {
            let value = array.as_primitive::<Decimal128Type>().value(row);
            write_decimal(value, u32::try_from(*scale).ok()?, out)
        }
        DataType::Decimal256(_, scale) => {
            let decimals = array.as_primitive::<Decimal256Type>();
            match decimals.value(row).to_i128() {
                Some(value) => write_decimal(value, u32::try_from(*scale).ok()?, out),
                None => write!(out, "{}", without_zeros(&decimals.value_as_string(row))).ok(),
            }
        }
        DataType::Binary => write_text(array.as_binary::<i32>().value(row), out),
        DataType::FixedSizeBinary(_) => write_text(array.as_fixed_size_binary().value(row), out),
        DataType::Dictionary(..) => {
            let coded = array.as_dictionary_opt::<Int32Type>()?;
            write_other(coded.values(), coded.key(row)?, out)
        }
        _ => None,
    }
}

fn write_text(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.extend_from_slice(std::str::from_utf8(bytes).ok()?.as_bytes());
    Some(())
}

/// Beyond it a float no longer tells neighbouring whole numbers apart: an id in it has been rounded.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
/// The same of a float of 32 bits.
const LARGEST_EXACT_32: f32 = 16_777_216.0;

fn write_float(number: f64, out: &mut Vec<u8>) -> Option<()> {
    if number.is_nan() {
        Some(())
    } else if number.abs() < LARGEST_EXACT {
        write!(out, "{number}").ok()
    } else {
        write!(out, "{}", scientific(number)).ok()
    }
}

fn write_float32(number: f32, out: &mut Vec<u8>) -> Option<()> {
    if number.is_nan() {
        Some(())
    } else if number.abs() < LARGEST_EXACT_32 {
        write!(out, "{number}").ok()
    } else {
        write!(out, "{}", scientific(f64::from(number))).ok()
    }
}

/// A number that has been rounded, in the form that the parser of ids refuses.
fn scientific(number: f64) -> String {
    format!("{number:E}").replace('E', "E+")
}

fn write_decimal(value: i128, scale: u32, out: &mut Vec<u8>) -> Option<()> {
    let sign = if value < 0 { "-" } else { "" };
    // A wide scale says nothing about the value: 100.0000 has no decimals.
    let (mut value, mut scale) = (value, scale);
    while scale > 0 && value % 10 == 0 {
        (value, scale) = (value / 10, scale - 1);
    }
    let unit = 10_u128.checked_pow(scale)?;
    let (whole, fraction) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    if scale == 0 {
        write!(out, "{sign}{whole}").ok()
    } else {
        let places = scale as usize;
        write!(out, "{sign}{whole}.{fraction:0places$}").ok()
    }
}

/// A number that is wider than 128 bits, without the zeros that its scale adds.
fn without_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// Writes a time; one beyond the year 9999 in a form that no parser of times takes, so that its row is rejected.
fn write_time(second: i64, format: &str, out: &mut Vec<u8>) -> Option<()> {
    match Timestamp::from_second(second) {
        Ok(instant) => write!(out, "{}", instant.to_zoned(jiff::tz::TimeZone::UTC).strftime(format)).ok(),
        Err(_) => write!(out, "{second} s after 1970").ok(),
    }
}
