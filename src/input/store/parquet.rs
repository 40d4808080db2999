//! A store's files: typed columns as Parquet, one row group after the other. Beside the readers and renderers of Parquet, the only
//! module that knows polars.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use polars::prelude::{
    BatchedWriter, Column, DataFrame, DataType, Field, Int64Chunked, Int128Chunked, IntoColumn,
    KeyValueMetadata, NewChunkedArray, ParquetCompression, ParquetMetadataContext, ParquetWriter, PlSmallStr,
    PolarsError, PolarsResult, Schema, StatisticsOptions, StringChunked, TimeUnit, TimeZone,
};

use super::batch::{Batch, Cells, Kind, Layout};
use super::seal::{SEAL_KEY, Seal};
use crate::input::error::InputError;

/// Digits of money: what 64 bits hold.
const DIGITS: usize = 18;

/// A Parquet file on its way.
pub struct GroupWriter<W: Write> {
    /// The name of the export in messages.
    name: String,
    layout: Layout,
    writer: BatchedWriter<Watched<W>>,
    failed: Failed,
    seal: Arc<Mutex<Seal>>,
}

/// The system's reason of a failed write, of which polars passes on only the words.
type Failed = Arc<Mutex<Option<io::Error>>>;

impl<W: Write> GroupWriter<W> {
    /// A file of these columns.
    ///
    /// # Errors
    /// When its first bytes cannot be written.
    pub fn new(name: &str, layout: Layout, out: W) -> Result<Self, InputError> {
        let (failed, seal) = (Failed::default(), Arc::<Mutex<Seal>>::default());
        let field = |(name, kind): &(String, Kind)| Field::new(name.as_str().into(), data_type(*kind));
        let schema: Schema = layout.iter().map(field).collect();
        let writer =
            ParquetWriter::new(Watched { out, failed: Arc::clone(&failed), seal: Arc::clone(&seal) })
                .with_compression(ParquetCompression::Zstd(None))
                .with_statistics(StatisticsOptions::default())
                .set_parallel(false)
                .batched(&schema)
                .map_err(|error| reason(name, &failed, &error))?;
        Ok(Self { name: name.to_owned(), layout, writer, failed, seal })
    }

    /// Writes rows as one row group.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&mut self, batch: &Batch) -> Result<(), InputError> {
        let columns = self.layout.iter().zip(batch.columns());
        let columns: PolarsResult<Vec<Column>> = columns
            .map(|((name, kind), cells)| column(name.as_str().into(), *kind, cells, batch.rows()))
            .collect();
        let written = columns
            .and_then(|columns| DataFrame::new(batch.rows(), columns))
            .and_then(|frame| self.writer.write_batch(&frame));
        written.map_err(|error| reason(&self.name, &self.failed, &error))
    }

    /// Writes the footer with its key-value metadata, and the seal of all before it.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(self, mut metadata: Vec<(String, String)>) -> Result<(), InputError> {
        let seal = self.seal.lock().unwrap_or_else(PoisonError::into_inner).clone();
        metadata.push((SEAL_KEY.to_owned(), seal.of(&metadata)));
        let pairs = KeyValueMetadata::from_static(metadata);
        let ended = pairs.collect(ParquetMetadataContext { arrow_schema: "" }).and_then(|pairs| {
            let writer = self.writer.get_writer();
            writer.lock().unwrap_or_else(PoisonError::into_inner).end(Some(pairs))
        });
        ended.map(|_| ()).map_err(|error| reason(&self.name, &self.failed, &error))
    }
}

fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::String,
        Kind::Time => DataType::Datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)),
        Kind::Money => DataType::Decimal(DIGITS, 2),
        Kind::Whole => DataType::Int64,
    }
}

fn column(name: PlSmallStr, kind: Kind, cells: &Cells, rows: usize) -> PolarsResult<Column> {
    let numbers = (0..rows).map(|row| cells.number(row));
    Ok(match kind {
        Kind::Text => {
            let texts = (0..rows).map(|row| {
                let text = cells.text(row);
                (!text.is_empty()).then(|| String::from_utf8_lossy(text))
            });
            StringChunked::from_iter_options(name, texts).into_column()
        }
        Kind::Time => {
            let micros = numbers.map(|second| second.map(|second| second.saturating_mul(1_000_000)));
            let micros = Int64Chunked::from_iter_options(name, micros);
            micros.into_datetime(TimeUnit::Microseconds, Some(TimeZone::UTC)).into_column()
        }
        Kind::Money => Int128Chunked::from_iter_options(name, numbers.map(|amount| amount.map(i128::from)))
            .into_decimal(DIGITS, 2)?
            .into_column(),
        Kind::Whole => Int64Chunked::from_iter_options(name, numbers).into_column(),
    })
}

fn reason(name: &str, failed: &Failed, error: &PolarsError) -> InputError {
    let failed = failed.lock().unwrap_or_else(PoisonError::into_inner).take();
    let source = failed.unwrap_or_else(|| io::Error::other(error.to_string()));
    InputError::io(name, "cannot write it into the store; check the free space there", source)
}

/// Keeps the system's reason for a failed write, and takes note of the bytes.
struct Watched<W> {
    out: W,
    failed: Failed,
    seal: Arc<Mutex<Seal>>,
}

impl<W> Watched<W> {
    fn note<T>(&self, result: io::Result<T>) -> io::Result<T> {
        result.map_err(|error| {
            let kind = error.kind();
            if kind != io::ErrorKind::Interrupted {
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
            kind.into()
        })
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        let written = self.note(written)?;
        self.seal.lock().unwrap_or_else(PoisonError::into_inner).update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.note(flushed)
    }
}
