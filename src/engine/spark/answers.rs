//! The batches of an answer: Arrow's stream format to rows of text.

use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
};
use arrow_array::{Array, RecordBatch};
use arrow_ipc::reader::StreamReader;
use arrow_schema::DataType;
use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::input::binding::Header;
use crate::input::table::SmallTable;

/// The rows of a batch as texts, null as an empty one; `name` stands in errors, `before` rows came before it.
///
/// # Errors
/// When the bytes are none, or a column has a type that no statement gives.
pub fn table(name: &str, before: u64, bytes: &[u8]) -> Result<SmallTable, String> {
    let reader = StreamReader::try_new(Cursor::new(bytes), None).map_err(|error| error.to_string())?;
    let names = reader.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut table = SmallTable { name: name.to_owned(), header: Header { names }, ..SmallTable::default() };
    for batch in reader {
        rows(&batch.map_err(|error| error.to_string())?, before, &mut table)?;
    }
    Ok(table)
}

fn rows(batch: &RecordBatch, before: u64, table: &mut SmallTable) -> Result<(), String> {
    let columns = batch.columns().iter().map(|column| texts(column.as_ref()));
    let mut columns = columns.map(|texts| texts.map(Vec::into_iter)).collect::<Result<Vec<_>, _>>()?;
    for _ in 0..batch.num_rows() {
        let cells = columns.iter_mut().map(|texts| texts.next().unwrap_or_default()).collect();
        table.rows.push((before + table.rows.len() as u64 + 1, cells));
    }
    Ok(())
}

/// The values of a column as texts, each as a CSV would hold it.
fn texts(column: &dyn Array) -> Result<Vec<String>, String> {
    macro_rules! of {
        ($array:expr, $text:expr) => {
            Ok($array.iter().map(|value| value.map($text).unwrap_or_default()).collect())
        };
    }
    match column.data_type() {
        DataType::Utf8 => of!(column.as_string::<i32>(), str::to_owned),
        DataType::LargeUtf8 => of!(column.as_string::<i64>(), str::to_owned),
        DataType::Boolean => of!(column.as_boolean(), |value| value.to_string()),
        DataType::Int8 => of!(column.as_primitive::<Int8Type>(), |value| value.to_string()),
        DataType::Int16 => of!(column.as_primitive::<Int16Type>(), |value| value.to_string()),
        DataType::Int32 => of!(column.as_primitive::<Int32Type>(), |value| value.to_string()),
        DataType::Int64 => of!(column.as_primitive::<Int64Type>(), |value| value.to_string()),
        DataType::Float64 => of!(column.as_primitive::<Float64Type>(), |value| value.to_string()),
        DataType::Date32 => of!(column.as_primitive::<Date32Type>(), day),
        DataType::Decimal128(_, 0) => of!(column.as_primitive::<Decimal128Type>(), |value| value.to_string()),
        DataType::Decimal128(_, 2) => {
            let money = column.as_primitive::<Decimal128Type>();
            let text = |at| if money.is_null(at) { String::new() } else { money.value_as_string(at) };
            Ok((0..money.len()).map(text).collect())
        }
        DataType::Null => Ok(vec![String::new(); column.len()]),
        other => Err(format!("a column of the type {other}")),
    }
}

fn day(number: i32) -> String {
    let first: Date = date(1970, 1, 1);
    first.checked_add(number.days()).map_or_else(|_| String::new(), |date| date.to_string())
}
