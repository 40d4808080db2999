//! A store's files: typed columns as Parquet, one row group after the other. Beside the readers and renderers of Parquet, the only
//! module that knows polars.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use polars::prelude::{
    BatchedWriter, Column, DataFrame, DataType, Field, Int64Chunked, Int128Chunked, IntoColumn,
    KeyValueMetadata, NewChunkedArray, ParquetCompression, ParquetMetadataContext, ParquetWriter, PlSmallStr,
    PolarsError, PolarsResult, Schema, StatisticsOptions, StringChunked, TimeUnit, TimeZone,
};

use super::batch::{Batch, Cells, Kind, Layout};
use super::seal::{SEAL_KEY, Seal, close};
use crate::input::error::InputError;

/// Digits of money: what 64 bits hold.
const DIGITS: usize = 18;

/// A Parquet file on its way.
pub struct GroupWriter<W: Write> {
    /// The name of the export in messages.
    name: String,
    layout: Layout,
    writer: BatchedWriter<Watched<W>>,
    out: Out<W>,
}

impl<W: Write> GroupWriter<W> {
    /// A file of these columns.
    ///
    /// # Errors
    /// When its first bytes cannot be written.
    pub fn new(name: &str, layout: Layout, out: W) -> Result<Self, InputError> {
        let out = Out::new(out);
        let field = |(name, kind): &(String, Kind)| Field::new(name.as_str().into(), data_type(*kind));
        let schema: Schema = layout.iter().map(field).collect();
        let writer = ParquetWriter::new(Watched(out.clone()))
            .with_compression(ParquetCompression::Zstd(None))
            .with_statistics(StatisticsOptions::default())
            .set_parallel(false)
            .batched(&schema)
            .map_err(|error| out.reason(name, &error))?;
        Ok(Self { name: name.to_owned(), layout, writer, out })
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
        written.map_err(|error| self.out.reason(&self.name, &error))
    }

    /// Writes the footer with its key-value metadata, and the seal of all that was written.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(self, mut metadata: Vec<(String, String)>) -> Result<(), InputError> {
        let open = self.out.hold_footer();
        metadata.push((SEAL_KEY.to_owned(), open.clone()));
        let pairs = KeyValueMetadata::from_static(metadata);
        let ended = pairs.collect(ParquetMetadataContext { arrow_schema: "" }).and_then(|pairs| {
            let writer = self.writer.get_writer();
            writer.lock().unwrap_or_else(PoisonError::into_inner).end(Some(pairs))
        });
        ended.map_err(|error| self.out.reason(&self.name, &error))?;
        self.out.put_footer(&open).map_err(|error| unwritten(&self.name, error))
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

fn unwritten(name: &str, source: io::Error) -> InputError {
    InputError::io(name, "cannot write it into the store; check the free space there", source)
}

/// Where the bytes go, shared with the writer of polars.
struct Out<W>(Arc<Mutex<State<W>>>);

struct State<W> {
    out: W,
    /// The system's reason of a failed write, of which polars passes on only the words.
    failed: Option<io::Error>,
    seal: Seal,
    /// The footer, which waits for its seal.
    footer: Option<Vec<u8>>,
}

impl<W> Clone for Out<W> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<W> Out<W> {
    fn new(out: W) -> Self {
        let state = State { out, failed: None, seal: Seal::default(), footer: None };
        Self(Arc::new(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State<W>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reason(&self, name: &str, error: &PolarsError) -> InputError {
        let failed = self.state().failed.take();
        unwritten(name, failed.unwrap_or_else(|| io::Error::other(error.to_string())))
    }

    /// Keeps what follows, and returns the seal of all before it.
    fn hold_footer(&self) -> String {
        let mut state = self.state();
        state.footer = Some(Vec::new());
        state.seal.open()
    }
}

impl<W: Write> Out<W> {
    /// Seals the footer and writes it.
    fn put_footer(&self, open: &str) -> io::Result<()> {
        let mut state = self.state();
        let mut footer = state.footer.take().unwrap_or_default();
        let unsealed = || io::Error::other("the footer does not hold its seal");
        close(&mut footer, open).ok_or_else(unsealed)?;
        state.out.write_all(&footer)?;
        state.out.flush()
    }
}

/// Keeps the system's reason for a failed write, takes note of the bytes, and holds the footer back.
struct Watched<W>(Out<W>);

impl<W> State<W> {
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

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.0.state();
        if let Some(footer) = &mut state.footer {
            footer.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        let written = state.out.write(bytes);
        let written = state.note(written)?;
        state.seal.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut state = self.0.state();
        let flushed = state.out.flush();
        state.note(flushed)
    }
}
