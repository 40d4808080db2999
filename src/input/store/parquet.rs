//! A store's files: typed columns as Parquet, one row group after the other.

use std::io::{self, Write};
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_writer::ArrowWriterOptions;
use ::parquet::basic::{Compression, Encoding, ZstdLevel};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::schema::types::ColumnPath;
use arrow_array::builder::StringBuilder;
use arrow_array::types::{Decimal128Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{ArrayRef, PrimitiveArray, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

use super::batch::{Batch, Cells, Kind, Layout};
use super::seal::{SEAL_KEY, Seal, close};
use crate::input::error::InputError;

/// Digits of money: what 64 bits hold.
const DIGITS: u8 = 18;

/// A Parquet file on its way.
pub struct GroupWriter<W: Write + Send> {
    /// The name of the export in messages.
    name: String,
    layout: Layout,
    schema: SchemaRef,
    writer: ArrowWriter<Watched<W>>,
}

impl<W: Write + Send> GroupWriter<W> {
    /// A file of these columns.
    ///
    /// # Errors
    /// When its first bytes cannot be written.
    pub fn new(name: &str, layout: Layout, out: W) -> Result<Self, InputError> {
        let field = |(name, kind): &(String, Kind)| Field::new(name, data_type(*kind), true);
        let schema = Arc::new(Schema::new(layout.iter().map(field).collect::<Vec<_>>()));
        let options = ArrowWriterOptions::new()
            .with_properties(properties(&layout).map_err(|error| unwritten(name, error.into()))?)
            .with_skip_arrow_metadata(true);
        let out = Watched { out, failed: None, seal: Seal::default(), footer: None };
        let writer = ArrowWriter::try_new_with_options(out, Arc::clone(&schema), options)
            .map_err(|error| unwritten(name, error.into()))?;
        Ok(Self { name: name.to_owned(), layout, schema, writer })
    }

    /// Writes rows as one row group.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&mut self, batch: &Batch) -> Result<(), InputError> {
        let columns = self.layout.iter().zip(batch.columns());
        let columns: Result<Vec<ArrayRef>, ParquetError> =
            columns.map(|((_, kind), cells)| column(*kind, cells, batch.rows())).collect();
        let written = columns
            .and_then(|columns| Ok(RecordBatch::try_new(Arc::clone(&self.schema), columns)?))
            .and_then(|batch| self.writer.write(&batch))
            .and_then(|()| self.writer.flush());
        written.map_err(|error| self.reason(error))
    }

    /// Writes the footer with its key-value metadata, and the seal of all that was written.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(mut self, metadata: Vec<(String, String)>) -> Result<(), InputError> {
        self.writer.sync().map_err(|error| self.reason(error.into()))?;
        let open = self.writer.inner_mut().hold_footer();
        for (key, value) in metadata.into_iter().chain([(SEAL_KEY.to_owned(), open.clone())]) {
            self.writer.append_key_value_metadata(KeyValue::new(key, value));
        }
        self.writer.finish().map_err(|error| self.reason(error))?;
        let sealed = self.writer.inner_mut().put_footer(&open);
        sealed.map_err(|error| unwritten(&self.name, error))
    }

    fn reason(&mut self, error: ParquetError) -> InputError {
        let failed = self.writer.inner_mut().failed.take();
        unwritten(&self.name, failed.unwrap_or_else(|| error.into()))
    }
}

fn data_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text => DataType::Utf8,
        Kind::Time => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        Kind::Money => DataType::Decimal128(DIGITS, 2),
        Kind::Whole => DataType::Int64,
    }
}

/// Columns of which most rows have another text, so that a dictionary only costs.
const UNIQUE: [&str; 5] = ["viewer_id", "buyer_id", "order_id", "line_id", "session_id"];

/// The column of the most bytes that every run reads.
const HOT: &str = "viewer_id";

/// How columns are encoded and compressed, by measurement (docs/performance.md): Zstandard takes a tenth of a run where it stands before the
/// ids of viewers, and gains nothing behind the differences of times.
fn properties(layout: &Layout) -> Result<WriterProperties, ParquetError> {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true);
    for (name, kind) in layout {
        let path = ColumnPath::from(name.as_str());
        if *kind == Kind::Time {
            builder = builder
                .set_column_dictionary_enabled(path.clone(), false)
                .set_column_encoding(path.clone(), Encoding::DELTA_BINARY_PACKED)
                .set_column_compression(path, Compression::UNCOMPRESSED);
        } else if UNIQUE.contains(&name.as_str()) {
            builder = builder.set_column_dictionary_enabled(path.clone(), false);
            if name == HOT {
                builder = builder.set_column_compression(path, Compression::LZ4_RAW);
            }
        }
    }
    Ok(builder.build())
}

fn column(kind: Kind, cells: &Cells, rows: usize) -> Result<ArrayRef, ParquetError> {
    let numbers = (0..rows).map(|row| cells.number(row));
    Ok(match kind {
        Kind::Text => {
            let mut texts = StringBuilder::with_capacity(rows, cells.bytes());
            for row in 0..rows {
                let text = cells.text(row);
                texts.append_option((!text.is_empty()).then(|| String::from_utf8_lossy(text)));
            }
            Arc::new(texts.finish())
        }
        Kind::Time => {
            let micros = numbers.map(|second| second.map(|second| second.saturating_mul(1_000_000)));
            Arc::new(micros.collect::<PrimitiveArray<TimestampMicrosecondType>>().with_timezone("UTC"))
        }
        Kind::Money => {
            let amounts = numbers.map(|amount| amount.map(i128::from));
            let amounts: PrimitiveArray<Decimal128Type> = amounts.collect();
            Arc::new(amounts.with_precision_and_scale(DIGITS, 2)?)
        }
        Kind::Whole => Arc::new(numbers.collect::<PrimitiveArray<Int64Type>>()),
    })
}

fn unwritten(name: &str, source: io::Error) -> InputError {
    InputError::io(name, "cannot write it into the store; check the free space there", source)
}

/// Keeps the system's reason for a failed write, of which the writer of Parquet may pass on only the words; takes note of the bytes, and
/// holds the footer back.
struct Watched<W> {
    out: W,
    failed: Option<io::Error>,
    seal: Seal,
    /// The footer, which waits for its seal.
    footer: Option<Vec<u8>>,
}

impl<W> Watched<W> {
    /// Keeps what follows, and returns the seal of all before it.
    fn hold_footer(&mut self) -> String {
        self.footer = Some(Vec::new());
        self.seal.open()
    }

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

impl<W: Write> Watched<W> {
    /// Seals the footer and writes it.
    fn put_footer(&mut self, open: &str) -> io::Result<()> {
        let mut footer = self.footer.take().unwrap_or_default();
        let unsealed = || io::Error::other("the footer does not hold its seal");
        close(&mut footer, open).ok_or_else(unsealed)?;
        self.out.write_all(&footer)?;
        self.out.flush()
    }
}

impl<W: Write> Write for Watched<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(footer) = &mut self.footer {
            footer.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        let written = self.out.write(bytes);
        let written = self.note(written)?;
        self.seal.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.note(flushed)
    }
}
