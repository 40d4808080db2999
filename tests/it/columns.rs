//! Parquet files of typed columns, written and read beside `gmv`.

use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type, Int32Type};
use arrow_array::{ArrayRef, ListArray, PrimitiveArray, RecordBatch, StringArray};
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

/// Columns and their names.
pub type Columns = Vec<(&'static str, ArrayRef)>;

/// A column of texts.
pub fn texts<const N: usize>(texts: [&str; N]) -> ArrayRef {
    Arc::new(StringArray::from(texts.to_vec()))
}

/// A column of floats.
pub fn floats<const N: usize>(numbers: [f64; N]) -> ArrayRef {
    Arc::new(PrimitiveArray::<Float64Type>::from(numbers.to_vec()))
}

/// A column of decimals.
pub fn decimals(values: Vec<Option<i128>>, digits: u8, scale: i8) -> ArrayRef {
    let values: PrimitiveArray<Decimal128Type> = values.into_iter().collect();
    Arc::new(values.with_precision_and_scale(digits, scale).unwrap())
}

/// A column of lists of one number.
pub fn lists(rows: usize) -> ArrayRef {
    Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>((0..rows).map(|_| Some([Some(1)]))))
}

/// The bytes of a file of these columns.
pub fn bytes(columns: Columns, properties: WriterProperties) -> Vec<u8> {
    let field = |(name, array): &(&str, ArrayRef)| Field::new(*name, array.data_type().clone(), true);
    let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    write(&RecordBatch::try_new(schema, arrays).unwrap(), properties)
}

fn write(batch: &RecordBatch, properties: WriterProperties) -> Vec<u8> {
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

/// Writes a file of these columns.
pub fn save(path: &Path, columns: Columns) {
    std::fs::write(path, bytes(columns, WriterProperties::default())).unwrap();
}

/// The rows of a file.
pub fn read(path: &Path) -> RecordBatch {
    let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path).unwrap()).unwrap();
    let schema = Arc::clone(reader.schema());
    let batches: Result<Vec<_>, _> = reader.with_batch_size(1 << 20).build().unwrap().collect();
    batches.unwrap().pop().unwrap_or_else(|| RecordBatch::new_empty(schema))
}

/// The key-value metadata of a file.
pub fn metadata(path: &Path) -> Vec<(String, String)> {
    let loaded =
        ArrowReaderMetadata::load(&std::fs::File::open(path).unwrap(), ArrowReaderOptions::default())
            .unwrap();
    let pairs = loaded.metadata().file_metadata().key_value_metadata().into_iter().flatten();
    pairs.map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default())).collect()
}

/// Writes a file anew with other metadata.
pub fn replace_metadata(path: &Path, pairs: Vec<(String, String)>) {
    let pairs = pairs.into_iter().map(|(key, value)| KeyValue::new(key, value)).collect();
    let properties = WriterProperties::builder().set_key_value_metadata(Some(pairs)).build();
    let bytes = write(&read(path), properties);
    std::fs::write(path, bytes).unwrap();
}

/// The texts of a column of a file.
pub fn texts_of(path: &Path, name: &str) -> Vec<Option<String>> {
    let rows = read(path);
    let texts = rows.column_by_name(name).unwrap().as_string::<i32>();
    texts.iter().map(|text| text.map(str::to_owned)).collect()
}
