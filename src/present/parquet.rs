//! Parquet with typed columns.
//!
//! Money is Decimal(38, 2) and other wide whole numbers Decimal(38, 0), which `DuckDB`, Spark and polars read exactly.
//! The document's metadata goes into the file's key-value metadata; nothing in the file depends on time or threads.

use std::io::Write;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_writer::ArrowWriterOptions;
use ::parquet::basic::{Compression, ZstdLevel};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use arrow_array::types::{Date32Type, Decimal128Type};
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, PrimitiveArray, RecordBatch, RecordBatchOptions,
    StringArray,
};
use arrow_schema::{Field, Schema};

use super::error::PresentError;
use super::model::{Column, Document, Values};

/// The digits of a Parquet decimal in 128 bits.
const DIGITS: u8 = 38;

/// Writes the document; the total line and notes are left out.
pub fn render(document: &Document, out: &mut dyn Write) -> Result<(), PresentError> {
    let arrays = document.columns.iter().map(array).collect::<Result<Vec<_>, _>>()?;
    let bytes = file(document, arrays).map_err(refused)?;
    out.write_all(&bytes).and_then(|()| out.flush()).map_err(PresentError::Output)
}

/// The bytes of a file of these columns.
fn file(document: &Document, arrays: Vec<ArrayRef>) -> Result<Vec<u8>, ParquetError> {
    let field =
        |(column, array): (&Column, &ArrayRef)| Field::new(&column.name, array.data_type().clone(), true);
    let fields: Vec<Field> = document.columns.iter().zip(&arrays).map(field).collect();
    let schema = Arc::new(Schema::new(fields));
    let rows = RecordBatchOptions::new().with_row_count(Some(document.rows()));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &rows)?;
    let pairs = document.metadata.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_key_value_metadata(Some(pairs.collect()))
        .build();
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), schema, options)?;
    writer.write(&batch)?;
    writer.into_inner()
}

fn array(column: &Column) -> Result<ArrayRef, PresentError> {
    Ok(match &column.values {
        Values::Text(v) => Arc::new(v.iter().map(Option::as_deref).collect::<StringArray>()),
        Values::Date(v) => {
            Arc::new(v.iter().map(|date| date.map(days)).collect::<PrimitiveArray<Date32Type>>())
        }
        Values::Count(v) => Arc::new(v.iter().copied().collect::<Int64Array>()),
        Values::Money(v) => decimals(column, v, 2)?,
        Values::Wide(v) => decimals(column, v, 0)?,
        Values::Real(v) => Arc::new(v.iter().copied().collect::<Float64Array>()),
        Values::Flag(v) => Arc::new(v.iter().copied().collect::<BooleanArray>()),
    })
}

/// Days since 1970-01-01, as Parquet counts them.
fn days(date: jiff::civil::Date) -> i32 {
    (date - jiff::civil::date(1970, 1, 1)).get_days()
}

fn decimals(column: &Column, values: &[Option<i128>], scale: i8) -> Result<ArrayRef, PresentError> {
    let limit = 10_u128.pow(u32::from(DIGITS));
    for (row, value) in values.iter().enumerate() {
        if let Some(value) = value.filter(|v| v.unsigned_abs() >= limit) {
            return Err(PresentError::TooManyDigits { column: column.name.clone(), row: row + 1, value });
        }
    }
    let decimals: PrimitiveArray<Decimal128Type> = values.iter().copied().collect();
    let decimals = decimals.with_precision_and_scale(DIGITS, scale);
    Ok(Arc::new(decimals.map_err(|error| refused(error.into()))?))
}

fn refused(error: ParquetError) -> PresentError {
    PresentError::Parquet(Box::new(error))
}

#[cfg(test)]
mod tests {
    use ::parquet::arrow::arrow_reader::{
        ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
    };
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float64Type, Int64Type};
    use arrow_schema::DataType;

    use super::super::fixture;
    use super::super::model::Unit;
    use super::*;

    fn bytes(document: &Document) -> Vec<u8> {
        let mut out = Vec::new();
        render(document, &mut out).unwrap();
        out
    }

    fn read(document: &Document) -> RecordBatch {
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes(document))).unwrap();
        let schema = Arc::clone(reader.schema());
        let batch = reader.build().unwrap().next();
        batch.map_or_else(|| RecordBatch::new_empty(schema), Result::unwrap)
    }

    fn types(batch: &RecordBatch) -> Vec<DataType> {
        batch.columns().iter().map(|column| column.data_type().clone()).collect()
    }

    #[test]
    fn types_and_values_read_back() {
        let rows = read(&fixture::hostile());
        let expected = [
            DataType::Date32,
            DataType::Utf8,
            DataType::Utf8,
            DataType::Decimal128(38, 2),
            DataType::Int64,
            DataType::Float64,
            DataType::Float64,
            DataType::Float64,
            DataType::Float64,
            DataType::Decimal128(38, 0),
            DataType::Boolean,
        ];
        assert_eq!(types(&rows), expected);
        assert_eq!(rows.num_rows(), 6);
        let column = |name: &str| Arc::clone(rows.column_by_name(name).unwrap());
        let decimal = |name: &str, row| column(name).as_primitive::<Decimal128Type>().value(row);
        assert_eq!(column("period").as_primitive::<Date32Type>().value(0), 20_458);
        assert_eq!(column("streamer_id").as_string::<i32>().value(0), "7349583948573948573");
        assert!(column("streamer_id").is_null(4));
        assert_eq!(column("=attribute()").as_string::<i32>().value(2), "\x1b[31mred\x1b[0m");
        assert_eq!(decimal("gmv", 2), -123_450);
        assert!(column("gmv").is_null(4));
        assert_eq!(column("uv").as_primitive::<Int64Type>().value(5), 9_876_543);
        assert_eq!(
            column("watch_hours").as_primitive::<Float64Type>().value(2).to_bits(),
            (0.1_f64 + 0.2).to_bits()
        );
        assert_eq!(decimal("m_gg", 0), 10_i128.pow(20));
        assert!(column("partial").as_boolean().value(1) && column("partial").is_null(2));
    }

    #[test]
    fn metadata_is_in_the_footer() {
        let document = fixture::hostile();
        let file = bytes::Bytes::from(bytes(&document));
        let loaded = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default()).unwrap();
        let pairs = loaded.metadata().file_metadata().key_value_metadata().unwrap();
        let pairs = pairs.iter().map(|pair| (pair.key.clone(), pair.value.clone().unwrap()));
        assert_eq!(pairs.collect::<Vec<_>>(), document.metadata);
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
        let rows = read(&document);
        assert_eq!(rows.num_rows(), 0);
        assert_eq!(types(&rows), [DataType::Date32, DataType::Decimal128(38, 2)]);
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
        let read = read(&column(-largest));
        assert_eq!(read.column(0).as_primitive::<Decimal128Type>().value(1), -largest);
        for value in [largest + 1, -largest - 1, i128::MAX, i128::MIN] {
            let error = render(&column(value), &mut Vec::new()).unwrap_err();
            assert!(error.to_string().starts_with("column m_gg, row 2: "), "{error}");
        }
    }
}
