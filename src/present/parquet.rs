//! Parquet with typed columns, the only renderer that knows polars.
//!
//! Money is Decimal(38, 2) and other wide whole numbers Decimal(38, 0), which `DuckDB`, Spark and polars read exactly.
//! The document's metadata goes into the file's key-value metadata; nothing in the file depends on time or threads.

use std::io::{self, Write};

use polars::prelude::{
    BooleanChunked, Column as Frame, DataFrame, Float64Chunked, Int32Chunked, Int64Chunked, Int128Chunked,
    IntoColumn, KeyValueMetadata, NewChunkedArray, ParquetCompression, ParquetWriter, PlSmallStr,
    PolarsError, StringChunked,
};

use super::error::PresentError;
use super::model::{Column, Document, Values};

/// The digits of a Parquet decimal in 128 bits.
const DIGITS: u32 = 38;

/// Writes the document; the total line and notes are left out.
pub fn render(document: &Document, out: &mut dyn Write) -> Result<(), PresentError> {
    let columns = document.columns.iter().map(frame_column).collect::<Result<Vec<_>, _>>()?;
    let mut frame = DataFrame::new(document.rows(), columns).map_err(refused)?;
    let mut watched = Watched { out, failed: None };
    let written = ParquetWriter::new(&mut watched)
        .with_compression(ParquetCompression::Zstd(None))
        .with_key_value_metadata(Some(KeyValueMetadata::from_static(document.metadata.clone())))
        .finish(&mut frame);
    match (watched.failed, written) {
        (Some(error), _) => Err(PresentError::Output(error)),
        (None, Err(error)) => Err(refused(error)),
        (None, Ok(_)) => Ok(()),
    }
}

/// Keeps the system's reason for a failed write, of which polars passes on only the words: a closed pipe or a full
/// disk must be told from a document that cannot be written.
struct Watched<'a> {
    out: &'a mut dyn Write,
    failed: Option<io::Error>,
}

impl Watched<'_> {
    fn note<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.failed.get_or_insert(error);
            }
            kind.into()
        })
    }
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        self.note(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.note(flushed)
    }
}

fn frame_column(column: &Column) -> Result<Frame, PresentError> {
    let name = PlSmallStr::from_str(&column.name);
    Ok(match &column.values {
        Values::Text(v) => {
            StringChunked::from_iter_options(name, v.iter().map(Option::as_deref)).into_column()
        }
        Values::Date(v) => {
            Int32Chunked::from_iter_options(name, v.iter().map(|d| d.map(days))).into_date().into_column()
        }
        Values::Count(v) => Int64Chunked::from_slice_options(name, v).into_column(),
        Values::Money(v) => decimals(column, name, v, 2)?,
        Values::Wide(v) => decimals(column, name, v, 0)?,
        Values::Real(v) => Float64Chunked::from_slice_options(name, v).into_column(),
        Values::Flag(v) => BooleanChunked::from_slice_options(name, v).into_column(),
    })
}

/// Days since 1970-01-01, as Parquet counts them.
fn days(date: jiff::civil::Date) -> i32 {
    (date - jiff::civil::date(1970, 1, 1)).get_days()
}

fn decimals(
    column: &Column,
    name: PlSmallStr,
    values: &[Option<i128>],
    scale: usize,
) -> Result<Frame, PresentError> {
    let limit = 10_u128.pow(DIGITS);
    for (row, value) in values.iter().enumerate() {
        if let Some(value) = value.filter(|v| v.unsigned_abs() >= limit) {
            return Err(PresentError::TooManyDigits { column: column.name.clone(), row: row + 1, value });
        }
    }
    Ok(Int128Chunked::from_slice_options(name, values)
        .into_decimal(DIGITS as usize, scale)
        .map_err(refused)?
        .into_column())
}

fn refused(error: PolarsError) -> PresentError {
    PresentError::Parquet(Box::new(error))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use polars::prelude::{AnyValue, DataType, ParquetReader, SerReader};

    use super::super::fixture;
    use super::super::model::Unit;
    use super::*;

    fn bytes(document: &Document) -> Vec<u8> {
        let mut out = Vec::new();
        render(document, &mut out).unwrap();
        out
    }

    fn read(document: &Document) -> DataFrame {
        ParquetReader::new(Cursor::new(bytes(document))).finish().unwrap()
    }

    #[test]
    fn types_and_values_read_back() {
        let document = fixture::hostile();
        let frame = read(&document);
        let types: Vec<DataType> = frame.dtypes();
        assert_eq!(
            types,
            [
                DataType::Date,
                DataType::String,
                DataType::String,
                DataType::Decimal(38, 2),
                DataType::Int64,
                DataType::Float64,
                DataType::Float64,
                DataType::Float64,
                DataType::Float64,
                DataType::Decimal(38, 0),
                DataType::Boolean,
            ]
        );
        assert_eq!(frame.height(), 6);
        let value = |name: &str, row: usize| frame.column(name).unwrap().get(row).unwrap().into_static();
        assert_eq!(value("period", 0), AnyValue::Date(20_458));
        assert_eq!(value("streamer_id", 0).get_str(), Some("7349583948573948573"));
        assert_eq!(value("streamer_id", 4), AnyValue::Null);
        assert_eq!(value("=attribute()", 2).get_str(), Some("\x1b[31mred\x1b[0m"));
        assert_eq!(value("gmv", 2), AnyValue::Decimal(-123_450, 38, 2));
        assert_eq!(value("gmv", 4), AnyValue::Null);
        assert_eq!(value("uv", 5), AnyValue::Int64(9_876_543));
        assert_eq!(value("watch_hours", 2), AnyValue::Float64(0.1 + 0.2));
        assert_eq!(value("m_gg", 0), AnyValue::Decimal(10_i128.pow(20), 38, 0));
        assert_eq!(value("partial", 1), AnyValue::Boolean(true));
        assert_eq!(value("partial", 2), AnyValue::Null);
    }

    #[test]
    fn metadata_is_in_the_footer() {
        let document = fixture::hostile();
        let mut reader = ParquetReader::new(Cursor::new(bytes(&document)));
        let metadata = reader.get_metadata().unwrap().key_value_metadata().clone().unwrap();
        let ours: Vec<(String, String)> = metadata
            .into_iter()
            .filter(|kv| kv.key.starts_with("gmv."))
            .map(|kv| (kv.key, kv.value.unwrap()))
            .collect();
        assert_eq!(ours, document.metadata);
    }

    #[test]
    fn same_document_same_bytes() {
        assert_eq!(bytes(&fixture::hostile()), bytes(&fixture::hostile()));
    }

    #[test]
    fn no_rows_keep_their_types() {
        let mut document = fixture::hostile();
        document.columns = vec![
            fixture::column("period", "", "", Unit::Plain, 0, Values::Date(vec![])),
            fixture::column("gmv", "", "", Unit::Plain, 0, Values::Money(vec![])),
        ];
        let frame = read(&document);
        assert_eq!(frame.height(), 0);
        assert_eq!(frame.dtypes(), [DataType::Date, DataType::Decimal(38, 2)]);
    }

    #[test]
    fn what_does_not_fit_names_its_column() {
        let largest = 10_i128.pow(38) - 1;
        let column = |value| Document {
            columns: vec![fixture::column(
                "m_gg",
                "",
                "",
                Unit::Plain,
                0,
                Values::Wide(vec![Some(0), Some(value)]),
            )],
            ..Document::default()
        };
        assert_eq!(
            read(&column(-largest)).column("m_gg").unwrap().get(1).unwrap(),
            AnyValue::Decimal(-largest, 38, 0)
        );
        for value in [largest + 1, -largest - 1, i128::MAX, i128::MIN] {
            let error = render(&column(value), &mut Vec::new()).unwrap_err();
            assert!(error.to_string().starts_with("column m_gg, row 2: "), "{error}");
        }
    }
}
