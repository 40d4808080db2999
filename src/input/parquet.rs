//! Parquet exports, by the same columns: each cell becomes the text that a CSV export would hold, so that one set of parsers
//! and one set of rules serves both.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use jiff::Timestamp;
use polars::prelude::*;

use super::error::InputError;
use super::files::Source;
use super::guard::guarded;
use super::records::Record;
use super::scan::ROOM as BOUNDS;

/// Rows that are read at a time, so that one task stays small however large a file's row groups are.
pub const SLICE_ROWS: usize = 1 << 18;

/// A Parquet file, cut into slices of rows.
#[derive(Debug)]
pub struct ParquetFile {
    path: PathBuf,
    name: String,
    names: Vec<String>,
    rows: usize,
    /// The size of the file, in bytes.
    size: u64,
    /// Slices that are not read.
    skipped: Vec<bool>,
    /// Whether the file is a store's: its times are instants, told in the quickest form that the parser of times takes.
    stored: bool,
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
        let path = source.path.clone().unwrap_or_default();
        let file = File::open(&path).map_err(|error| InputError::io(&source.name, "cannot open", error))?;
        let failed = |error: PolarsError| damaged(&source.name, &error);
        let size = file.metadata().map_or(0, |about| about.len());
        let (names, rows) = guarded(
            || panicked(&source.name),
            || {
                let mut reader = ParquetReader::new(file);
                let names = reader.schema().map_err(failed)?.iter_names().map(ToString::to_string).collect();
                Ok((names, reader.num_rows().map_err(failed)?))
            },
        )?;
        let (skipped, stored) = (source.skipped.clone(), source.stored.is_some());
        Ok(Self { path, name: source.name.clone(), names, rows, size, skipped, stored })
    }

    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of slices.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.div_ceil(SLICE_ROWS)
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The key-value metadata of the file.
    ///
    /// # Errors
    /// When the file is damaged.
    pub fn metadata(source: &Source) -> Result<Vec<(String, String)>, InputError> {
        let path = source.path.clone().unwrap_or_default();
        let file = File::open(&path).map_err(|error| InputError::io(&source.name, "cannot open", error))?;
        let failed = |error: PolarsError| damaged(&source.name, &error);
        guarded(
            || panicked(&source.name),
            || {
                let mut reader = ParquetReader::new(file);
                let metadata = reader.get_metadata().map_err(failed)?;
                let pairs = metadata.key_value_metadata().iter().flatten();
                Ok(pairs.map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default())).collect())
            },
        )
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
        mut each: impl FnMut(&Record<'_>, u32),
    ) -> Result<(u32, u64), InputError> {
        let failed = |message: String| InputError::Parquet { path: self.name.clone(), message };
        let first = slice * SLICE_ROWS;
        let rows = SLICE_ROWS.min(self.rows.saturating_sub(first));
        let share = self.size / self.len().max(1) as u64;
        if self.skipped.get(slice) == Some(&true) {
            return Ok((rows as u32, share));
        }
        let file =
            File::open(&self.path).map_err(|error| InputError::io(&self.name, "cannot open", error))?;
        let columns: Vec<Cells> =
            self.columns(file, first, needed)?.into_iter().map(|at| self.cells(at)).collect();
        let (mut bytes, mut bounds) = (vec![b' '; ROOM], vec![0; columns.len() + 1 + BOUNDS]);
        bounds[0] = ROOM as u32 - 1;
        for row in 0..rows {
            bytes.truncate(ROOM);
            for (at, column) in columns.iter().enumerate() {
                if at > 0 {
                    bytes.push(b',');
                }
                let written = column.write(row, &mut bytes);
                written.ok_or_else(|| {
                    failed(format!("column {}: {} is no cell", self.names[at], column.form()))
                })?;
                bounds[at + 1] = bytes.len() as u32;
            }
            bytes.extend_from_slice(&[b' '; ROOM]);
            each(&Record::within(&bytes, &bounds, columns.len()), row as u32);
        }
        Ok((rows as u32, share))
    }

    /// The cells of a column.
    fn cells(&self, column: Option<Column>) -> Cells {
        let Some(column) = column else { return Cells::Blank };
        if let Ok(texts) = column.str() {
            return Cells::Texts(texts.clone());
        }
        match column.datetime() {
            Ok(times)
                if self.stored
                    && times.time_unit() == TimeUnit::Microseconds
                    && times.time_zone().is_some() =>
            {
                Cells::Instants(times.physical().clone())
            }
            _ => Cells::Others(column),
        }
    }

    /// The columns that are needed, each at its place in the header, of the slice that begins at a row.
    fn columns(&self, file: File, first: usize, needed: &[usize]) -> Result<Vec<Option<Column>>, InputError> {
        let failed = |error: PolarsError| damaged(&self.name, &error);
        let mut needed = needed.to_vec();
        needed.sort_unstable();
        needed.dedup();
        let names = needed.iter().filter_map(|&at| self.names.get(at).cloned()).collect();
        let frame = guarded(
            || panicked(&self.name),
            || {
                let reader = ParquetReader::new(file)
                    .with_columns(Some(names))
                    .with_slice(Some((first, SLICE_ROWS)))
                    .read_parallel(ParallelStrategy::None);
                reader.finish().map_err(failed)
            },
        )?;
        let mut cells: Vec<Option<Column>> = vec![None; self.names.len()];
        for at in needed {
            cells[at] = Some(frame.column(&self.names[at]).map_err(failed)?.rechunk());
        }
        Ok(cells)
    }
}

/// Room around a row, so that the quick way through it may look at whole words.
const ROOM: usize = 32;

/// The cells of a column of a slice, by their form.
enum Cells {
    /// Not wanted.
    Blank,
    Texts(StringChunked),
    /// Instants of a store, in microseconds.
    Instants(Int64Chunked),
    Others(Column),
}

impl Cells {
    /// What its cells are, in messages.
    fn form(&self) -> String {
        match self {
            Self::Blank | Self::Texts(_) => "text".to_owned(),
            Self::Instants(_) => "time".to_owned(),
            Self::Others(column) => column.dtype().to_string(),
        }
    }

    /// Writes the cell of a row; `None` for what is no cell.
    #[inline]
    fn write(&self, row: usize, out: &mut Vec<u8>) -> Option<()> {
        match self {
            Self::Blank => {}
            Self::Texts(texts) => out.extend_from_slice(texts.get(row).unwrap_or_default().as_bytes()),
            Self::Instants(instants) => match instants.get(row) {
                None => {}
                Some(instant) => match epoch(instant) {
                    Some(digits) => out.extend_from_slice(&digits),
                    None => write_datetime(instant, TimeUnit::Microseconds, true, out)?,
                },
            },
            Self::Others(column) => write_cell(&column.get(row).ok()?, out)?,
        }
        Some(())
    }
}

/// The error of a panic of the reader.
fn panicked(name: &str) -> InputError {
    let message = "cannot read the Parquet file: it is damaged; write it again".to_owned();
    InputError::Parquet { path: name.to_owned(), message }
}

fn damaged(name: &str, error: &PolarsError) -> InputError {
    let message = format!("cannot read the Parquet file: {error}; write it again");
    InputError::Parquet { path: name.to_owned(), message }
}

/// Beyond it a float no longer tells neighbouring whole numbers apart: an id in it has been rounded.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// Writes a value as a CSV export would; `None` for what is no cell.
fn write_cell(value: &AnyValue<'_>, out: &mut Vec<u8>) -> Option<()> {
    match value {
        AnyValue::Null => return Some(()),
        AnyValue::String(text) => out.extend_from_slice(text.as_bytes()),
        AnyValue::StringOwned(text) => out.extend_from_slice(text.as_bytes()),
        // Text without the mark that says so, as older writers leave it.
        AnyValue::Binary(bytes) => out.extend_from_slice(std::str::from_utf8(bytes).ok()?.as_bytes()),
        AnyValue::Float32(number) if number.abs() < 16_777_216.0 => write!(out, "{number}").ok()?,
        AnyValue::Float32(number) if !number.is_nan() => {
            write!(out, "{}", scientific(f64::from(*number))).ok()?;
        }
        AnyValue::Float32(_) => {}
        AnyValue::Float64(number) => write_float(*number, out)?,
        AnyValue::Decimal(value, _, scale) => write_decimal(*value, *scale, out)?,
        AnyValue::Date(days) => write_time(i64::from(*days) * 86_400, "%Y-%m-%d", out)?,
        AnyValue::Datetime(value, unit, zone) => write_datetime(*value, *unit, zone.is_some(), out)?,
        AnyValue::DatetimeOwned(value, unit, zone) => write_datetime(*value, *unit, zone.is_some(), out)?,
        AnyValue::Boolean(_) | AnyValue::Categorical(..) | AnyValue::CategoricalOwned(..) => {
            write!(out, "{}", value.str_value()).ok()?;
        }
        other => write!(out, "{}", other.extract::<i128>().filter(|_| other.dtype().is_integer())?).ok()?,
    }
    Some(())
}

fn write_float(number: f64, out: &mut Vec<u8>) -> Option<()> {
    if number.is_nan() {
        Some(())
    } else if number.abs() < LARGEST_EXACT {
        write!(out, "{number}").ok()
    } else {
        write!(out, "{}", scientific(number)).ok()
    }
}

/// A number that has been rounded, in the form that the parser of ids refuses.
fn scientific(number: f64) -> String {
    format!("{number:E}").replace('E', "E+")
}

fn write_decimal(value: i128, scale: usize, out: &mut Vec<u8>) -> Option<()> {
    let sign = if value < 0 { "-" } else { "" };
    // A wide scale says nothing about the value: 100.0000 has no decimals.
    let (mut value, mut scale) = (value, scale);
    while scale > 0 && value % 10 == 0 {
        (value, scale) = (value / 10, scale - 1);
    }
    let unit = 10_u128.checked_pow(u32::try_from(scale).ok()?)?;
    let (whole, fraction) = (value.unsigned_abs() / unit, value.unsigned_abs() % unit);
    if scale == 0 {
        write!(out, "{sign}{whole}").ok()
    } else {
        write!(out, "{sign}{whole}.{fraction:0scale$}").ok()
    }
}

/// The second of a store's instant, where ten digits hold it (2001 to 2286).
fn epoch(microseconds: i64) -> Option<[u8; 10]> {
    let mut second = microseconds.div_euclid(1_000_000);
    if !(1_000_000_000..10_000_000_000).contains(&second) {
        return None;
    }
    let mut digits = [0; 10];
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (second % 10) as u8;
        second /= 10;
    }
    Some(digits)
}

fn write_datetime(value: i64, unit: TimeUnit, zoned: bool, out: &mut Vec<u8>) -> Option<()> {
    let per_second = match unit {
        TimeUnit::Nanoseconds => 1_000_000_000,
        TimeUnit::Microseconds => 1_000_000,
        TimeUnit::Milliseconds => 1_000,
    };
    let format = if zoned { "%Y-%m-%d %H:%M:%SZ" } else { "%Y-%m-%d %H:%M:%S" };
    write_time(value.div_euclid(per_second), format, out)
}

fn write_time(second: i64, format: &str, out: &mut Vec<u8>) -> Option<()> {
    let local = Timestamp::from_second(second).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    write!(out, "{}", local.strftime(format)).ok()
}
