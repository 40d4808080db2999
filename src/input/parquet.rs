//! Parquet exports, by the same columns, in slices of rows that workers take. A row's cells are typed; where the quick way takes them, they
//! stay so, and else each becomes the text that a CSV export would hold, so that one set of rules serves both.

mod cells;
mod text;
mod typed;

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use ::parquet::basic::{Encoding, EncodingMask, Type as PhysicalType};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit};

use self::cells::{Cells, Known};
use super::error::InputError;
use super::files::Source;
use super::guard::guarded;
use super::limits::Limits;
use super::unchanged::Stamp;

pub use text::{NoCell, TextRow};
pub use typed::TypedRow;

/// Rows that are read at a time, so that one task stays small however large a file's row groups are.
pub const SLICE_ROWS: usize = 1 << 18;

/// Rows that are decoded at a time: typed columns of so many stay in the second cache.
const BATCH_ROWS: usize = 1 << 13;

/// Slices beyond which rows have no place any more; no file of a sound footer has so many.
const MOST_SLICES: usize = 1 << 21;

/// A Parquet file, cut into slices of rows.
#[derive(Debug)]
pub struct ParquetFile {
    path: PathBuf,
    name: String,
    names: Vec<String>,
    footer: Arc<ParquetMetaData>,
    schema: SchemaRef,
    slices: Vec<Slice>,
    /// How the file looked when its footer was read.
    stamp: Stamp,
    /// Slices that are not read.
    skipped: Vec<bool>,
    /// Whether the file is a store's: its times are instants, told in the quickest form that the parser of times takes.
    stored: bool,
}

/// Rows of one row group.
#[derive(Debug, Clone, Copy)]
struct Slice {
    group: usize,
    first: usize,
    rows: usize,
}

impl ParquetFile {
    /// Opens a file and reads its schema.
    ///
    /// # Errors
    /// When it cannot be opened, or is no Parquet file.
    pub fn open(source: &Source) -> Result<Self, InputError> {
        if let Some(stored) = &source.stored
            && (source.skipped.is_empty() || source.skipped.iter().any(|skipped| !skipped))
        {
            stored.check()?;
        }
        let (loaded, stamp) = load(source)?;
        let schema = Arc::clone(loaded.schema());
        let footer = Arc::clone(loaded.metadata());
        Ok(Self {
            path: source.path.clone().unwrap_or_default(),
            name: source.name.clone(),
            names: schema.fields().iter().map(|field| field.name().clone()).collect(),
            slices: slices(&footer).ok_or_else(|| damaged(&source.name))?,
            footer,
            schema,
            stamp,
            skipped: source.skipped.clone(),
            stored: source.stored.is_some(),
        })
    }

    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Refuses a file that unpacks to more than `limits` allow, as its footer says: one cell may hold two gigabytes in a few bytes. What a
    /// store holds was written by us.
    ///
    /// # Errors
    /// When it does.
    pub fn check_size(&self, limits: Limits) -> Result<(), InputError> {
        let columns = self.footer.row_groups().iter().flat_map(RowGroupMetaData::columns);
        let sizes = columns.map(|column| u64::try_from(column.uncompressed_size()).unwrap_or_default());
        let size = sizes.fold(0, u64::saturating_add);
        let checked = if self.stored { Ok(()) } else { limits.check(size, self.stamp.bytes) };
        checked.map_err(|excess| InputError::Decompressed { path: self.name.clone(), excess })
    }

    /// The number of slices.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slices.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slices.is_empty()
    }

    /// The key-value metadata of the file.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn metadata(source: &Source) -> Result<Vec<(String, String)>, InputError> {
        let (loaded, _) = load(source)?;
        let pairs = loaded.metadata().file_metadata().key_value_metadata().into_iter().flatten();
        Ok(pairs.map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default())).collect())
    }

    /// Calls `each` with every row of a slice and its number in it; cells of columns that are not `needed` are empty.
    /// Returns the number of rows, and the slice's share of the file in bytes.
    ///
    /// # Errors
    /// When the slice cannot be read, or a needed column holds what is no cell (a list, a struct).
    pub fn read(
        &self,
        slice: usize,
        needed: &[usize],
        each: impl FnMut(TypedRow<'_>, u32) -> Result<(), NoCell>,
    ) -> Result<(u32, u64), InputError> {
        let share = self.stamp.bytes / self.len().max(1) as u64;
        let Some(rows) = self.slices.get(slice).map(|slice| slice.rows) else { return Ok((0, share)) };
        if self.skipped.get(slice) == Some(&true) {
            return Ok((rows as u32, share));
        }
        let unopened = |error| InputError::io(&self.name, "cannot open", error);
        let file = File::open(&self.path).map_err(unopened)?;
        // Another file may be in the place of the one whose footer it was, or it may be written to meanwhile.
        self.stamp.check(&file, &self.name)?;
        let again = file.try_clone().map_err(unopened)?;
        let done = self.read_rows(again, self.slices[slice], needed, each);
        self.stamp.check(&file, &self.name)?;
        if done? == rows { Ok((rows as u32, share)) } else { Err(damaged(&self.name)) }
    }

    /// Calls `each` with every row of a slice; how many they are.
    fn read_rows(
        &self,
        file: File,
        slice: Slice,
        needed: &[usize],
        mut each: impl FnMut(TypedRow<'_>, u32) -> Result<(), NoCell>,
    ) -> Result<usize, InputError> {
        let mut needed = needed.to_vec();
        needed.sort_unstable();
        needed.dedup();
        let mut batches = self.batches(file, slice, &needed)?;
        let mut known: Vec<Known> = vec![Known::default(); needed.len()];
        let mut columns: Vec<Cells> = self.names.iter().map(|_| Cells::Blank).collect();
        let mut done = 0;
        while let Some(batch) = self.next(&mut batches)? {
            for ((&at, array), known) in needed.iter().zip(batch.columns()).zip(&mut known) {
                columns[at] = Cells::of(array, known);
            }
            for row in 0..batch.num_rows() {
                each(TypedRow::new(&columns, row, self.stored), (done + row) as u32)
                    .map_err(|no_cell| self.refused(&no_cell))?;
            }
            done += batch.num_rows();
        }
        Ok(done)
    }

    /// The decoded rows of a slice.
    fn batches(
        &self,
        file: File,
        slice: Slice,
        needed: &[usize],
    ) -> Result<ParquetRecordBatchReader, InputError> {
        guarded(
            || damaged(&self.name),
            || {
                let failed = |error: ParquetError| failed(&self.name, &error);
                let options = ArrowReaderOptions::new().with_schema(self.wanted(slice.group, needed));
                let footer =
                    ArrowReaderMetadata::try_new(Arc::clone(&self.footer), options).map_err(failed)?;
                let mask = ProjectionMask::roots(footer.parquet_schema(), needed.iter().copied());
                let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, footer)
                    .with_row_groups(vec![slice.group])
                    .with_projection(mask)
                    .with_batch_size(BATCH_ROWS)
                    .with_limit(slice.rows);
                let builder = if slice.first > 0 { builder.with_offset(slice.first) } else { builder };
                builder.build().map_err(failed)
            },
        )
    }

    fn next(&self, batches: &mut ParquetRecordBatchReader) -> Result<Option<RecordBatch>, InputError> {
        let failed = |error: ArrowError| failed(&self.name, &error.into());
        guarded(|| damaged(&self.name), || batches.next().transpose().map_err(failed))
    }

    /// The schema in which texts of a row group that are all in a dictionary come with their codes, and the others as plain texts; times and
    /// amounts of rarer forms as the wider ones.
    fn wanted(&self, group: usize, needed: &[usize]) -> SchemaRef {
        let group = self.footer.row_group(group);
        let leaves = self.footer.file_metadata().schema_descr();
        let coded = |root: usize| {
            let mut of_root =
                (0..leaves.num_columns()).filter(|&leaf| leaves.get_column_root_idx(leaf) == root);
            of_root.all(|leaf| is_coded(group.column(leaf)))
        };
        let is_int96 = |root: usize| {
            let mut all = (0..leaves.num_columns()).filter(|&leaf| leaves.get_column_root_idx(leaf) == root);
            all.all(|leaf| leaves.column(leaf).physical_type() == PhysicalType::INT96)
        };
        let field = |(at, field): (usize, &Arc<Field>)| {
            let is_coded = needed.binary_search(&at).is_ok() && coded(at);
            let other = match field.data_type() {
                // Nanoseconds would end in 2262, and begin again in 1677.
                DataType::Timestamp(TimeUnit::Nanosecond, zone) if is_int96(at) => {
                    Some(DataType::Timestamp(TimeUnit::Microsecond, zone.clone()))
                }
                DataType::Decimal32(digits, scale) | DataType::Decimal64(digits, scale) => {
                    Some(DataType::Decimal128(*digits, *scale))
                }
                other => text_type(other, is_coded),
            };
            match other {
                Some(text) => Arc::new(field.as_ref().clone().with_data_type(text)),
                None => Arc::clone(field),
            }
        };
        let fields: Vec<_> = self.schema.fields().iter().enumerate().map(field).collect();
        Arc::new(Schema::new_with_metadata(fields, self.schema.metadata().clone()))
    }

    fn refused(&self, NoCell { column, form }: &NoCell) -> InputError {
        let column = self.names.get(*column).map_or("?", String::as_str);
        InputError::Parquet {
            path: self.name.clone(),
            message: format!("column {column}: {form} is no cell"),
        }
    }
}

/// The footer of a file, and how it looks.
fn load(source: &Source) -> Result<(ArrowReaderMetadata, Stamp), InputError> {
    let path = source.path.clone().unwrap_or_default();
    let unopened = |error| InputError::io(&source.name, "cannot open", error);
    let file = File::open(&path).map_err(unopened)?;
    let stamp = Stamp::of(&file).map_err(unopened)?;
    let loaded = guarded(
        || damaged(&source.name),
        || {
            let loaded = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new());
            loaded.map_err(|error| failed(&source.name, &error))
        },
    );
    Ok((loaded?, stamp))
}

/// The row groups in pieces; `None` where the footer cannot be right.
fn slices(footer: &ParquetMetaData) -> Option<Vec<Slice>> {
    let mut slices = Vec::new();
    for (group, about) in footer.row_groups().iter().enumerate() {
        let rows = usize::try_from(about.num_rows()).ok()?;
        if slices.len() + rows / SLICE_ROWS > MOST_SLICES {
            return None;
        }
        let pieces = (0..rows).step_by(SLICE_ROWS);
        slices.extend(pieces.map(|first| Slice { group, first, rows: SLICE_ROWS.min(rows - first) }));
    }
    Some(slices)
}

/// Whether all values of a column of a row group are in its dictionary.
fn is_coded(column: &ColumnChunkMetaData) -> bool {
    let dictionaries = [Encoding::RLE_DICTIONARY, Encoding::PLAIN_DICTIONARY];
    let only_coded = |pages: &EncodingMask| dictionaries.iter().any(|&encoding| pages.is_only(encoding));
    column.page_encoding_stats_mask().is_some_and(only_coded)
}

/// The type as which a column of texts is read; `None` for other columns.
fn text_type(known: &DataType, is_coded: bool) -> Option<DataType> {
    let plain = match known {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView => DataType::Binary,
        DataType::Dictionary(_, values) => {
            return text_type(values, is_coded).or_else(|| Some(values.as_ref().clone()));
        }
        _ => return None,
    };
    Some(if is_coded { DataType::Dictionary(Box::new(DataType::Int32), Box::new(plain)) } else { plain })
}

fn damaged(name: &str) -> InputError {
    let message = "cannot read the Parquet file: it is damaged; write it again".to_owned();
    InputError::Parquet { path: name.to_owned(), message }
}

fn failed(name: &str, error: &ParquetError) -> InputError {
    let reason = error.to_string();
    let reason = reason.strip_prefix("Parquet error: ").unwrap_or(&reason);
    let message = format!("cannot read the Parquet file: {reason}; write it again");
    InputError::Parquet { path: name.to_owned(), message }
}
