//! Reading in parallel: workers take blocks from the feed, and positions become lines at the end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::buffer::Buffer;
use super::encoding::TextEncoding;
use super::error::InputError;
use super::feed::{Bind, Cause, Failure, Feed, FeedOptions, FileContext, PlacedError, Task, place};
use super::files::Source;
use super::parquet::{ParquetFile, TextRow, TypedRow};
use super::quick::Cells;
use super::records::{Record, Splitter, cut};
use super::scan::is_ascii;
use crate::partition::on_threads;
use crate::units::IdKey;

/// Where a row is: its file, the block (or row group) in it, and the line (or row) in that, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// The number of the file.
    pub file: u32,
    /// The number of the block.
    pub block: u32,
    /// The line within the block.
    pub line: u32,
}

impl Place {
    /// A number that orders rows as the exports do: later export, later row, larger number.
    ///
    /// 18 bits of files, 21 of blocks and 25 of lines: a quarter of a million files of 2 TiB each, and more lines than the longest
    /// block can hold.
    #[must_use]
    #[inline]
    pub fn sequence(self) -> u64 {
        (u64::from(self.file) << 46) | (u64::from(self.block) << 25) | u64::from(self.line)
    }

    /// An order id that no export has and no other row, where rows are orders without ids.
    #[must_use]
    pub fn order(self) -> IdKey {
        let mut text = *b"\0row........";
        text[4..].copy_from_slice(&self.sequence().to_be_bytes());
        IdKey::new(&text)
    }

    /// The place of a [`Place::sequence`].
    #[must_use]
    pub fn from_sequence(sequence: u64) -> Self {
        Self {
            file: (sequence >> 46) as u32,
            block: (sequence >> 25) as u32 & ((1 << 21) - 1),
            line: sequence as u32 & ((1 << 25) - 1),
        }
    }
}

/// What a header means for one kind of rows.
pub trait Columns: Send + Sync {
    /// The columns of the header that are read, from 0, so that a columnar file need not read the others.
    fn needed(&self) -> Vec<usize>;

    /// Those of them in which an error of a spreadsheet rejects the row.
    fn strict(&self) -> Vec<usize> {
        self.needed()
    }
}

/// What takes the rows: one for each thread.
pub trait RowReader<C>: Send {
    /// Takes one row.
    fn row(&mut self, file: &FileContext<C>, record: &Record<'_>, place: Place);

    /// Takes one row of a block by its cells, none of which is quoted, and which are as many as the header's; `false`, and nothing done,
    /// leaves it to [`RowReader::row`].
    #[inline]
    fn plain(&mut self, _file: &FileContext<C>, _cells: Cells<'_>) -> bool {
        false
    }

    /// Takes one row of a Parquet file by its typed cells; `false`, and nothing done, leaves it to [`RowReader::row`].
    fn typed(&mut self, _file: &FileContext<C>, _row: TypedRow<'_>, _place: Place) -> bool {
        false
    }

    /// Takes note that a block, or a slice of a Parquet file, has given all of its rows.
    ///
    /// # Errors
    /// When what was made of them cannot be passed on; reading stops.
    fn end_of_block(&mut self, _file: &FileContext<C>, _block: u32) -> Result<(), InputError> {
        Ok(())
    }

    /// Takes note that reading stops before the end.
    fn abandon(&mut self) {}
}

/// The files of a finished reading, and the lines of their blocks.
#[derive(Debug)]
pub struct Files<C> {
    /// The files in their order.
    pub files: Vec<Arc<FileContext<C>>>,
    /// For each file and block, the lines before it.
    lines: Vec<Vec<u64>>,
    /// For each file, its rows without the header.
    rows: Vec<u64>,
}

impl<C> Files<C> {
    /// The names of the files that hold a header and nothing else.
    pub fn without_rows(&self) -> impl Iterator<Item = &str> {
        let empty = self.files.iter().zip(&self.rows).filter(|(_, rows)| **rows == 0);
        empty.map(|(file, _)| file.name.as_str())
    }

    /// For each file, its rows without the header.
    #[must_use]
    pub fn row_counts(&self) -> &[u64] {
        &self.rows
    }

    /// The name of the file, and the line in it from 1 (in Parquet, the row).
    #[must_use]
    pub fn line(&self, place: Place) -> (&str, u64) {
        let name = self.files.get(place.file as usize).map_or("?", |file| file.name.as_str());
        let lines = self.lines.get(place.file as usize).and_then(|lines| lines.get(place.block as usize));
        (name, lines.copied().unwrap_or_default() + u64::from(place.line) + 1)
    }
}

/// How reading goes on, for a progress bar: called with the bytes of each block.
pub type Progress<'a> = dyn Fn(u64) + Sync + 'a;

/// Reads all exports with one thread for each reader.
///
/// # Errors
/// The first failure in the order of the data, whatever thread met it.
pub fn read<C: Columns, R: RowReader<C>>(
    sources: &[Source],
    options: FeedOptions,
    bind: &Bind<'_, C>,
    progress: &Progress<'_>,
    readers: &mut [R],
) -> Result<Files<C>, InputError> {
    let feed = Mutex::new(Feed::new(sources, options, bind));
    let stop = AtomicBool::new(false);
    let done = on_threads(readers.iter_mut().collect(), |reader| work(&feed, &stop, progress, reader));
    let (counted, failures): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    let feed = feed.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (lines, rows) = index(feed.files.len(), counted.concat());
    let files = Files { lines, rows, files: feed.files };
    match failures.into_iter().flatten().min_by_key(|failure| (failure.file, failure.block)) {
        Some(failure) => Err(complete(failure, &files)),
        None => Ok(files),
    }
}

/// What a block held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct BlockCount {
    file: u32,
    block: u32,
    lines: u32,
    rows: u32,
}

fn work<C: Columns, R: RowReader<C>>(
    feed: &Mutex<Feed<'_, C>>,
    stop: &AtomicBool,
    progress: &Progress<'_>,
    reader: &mut R,
) -> (Vec<BlockCount>, Option<Failure>) {
    let mut counted = Vec::new();
    let (mut splitter, mut text) = (Splitter::default(), TextRow::default());
    let mut spent: Option<Buffer> = None;
    while !stop.load(Ordering::Relaxed) {
        let task = {
            let mut feed = feed.lock().unwrap_or_else(PoisonError::into_inner);
            feed.spare.extend(spent.take());
            feed.next_task()
        };
        let done = match task {
            Ok(None) => break,
            Ok(Some(Task::Block { file, ordinal, bytes, quoted, read })) => {
                progress(read);
                let done = read_block(&file, ordinal, &bytes, quoted, &mut splitter, reader);
                spent = Some(bytes);
                done.and_then(|count| end_block(&file, count, reader))
            }
            Ok(Some(Task::Slice { file, ordinal, rows })) => {
                let read = read_slice(&file, ordinal, &rows, &mut text, reader);
                read.and_then(|(count, bytes)| {
                    progress(bytes);
                    end_block(&file, count, reader)
                })
            }
            Ok(Some(Task::Rows { file, ordinal, rows })) => {
                progress(rows.read);
                let (lines, rows) = rows.each(&file.columns.strict(), |record, line| {
                    reader.row(&file, record, Place { file: file.index, block: ordinal, line });
                });
                end_block(&file, BlockCount { file: file.index, block: ordinal, lines, rows }, reader)
            }
            Err(failure) => Err(failure),
        };
        match done {
            Ok(count) => counted.push(count),
            Err(failure) => {
                stop.store(true, Ordering::Relaxed);
                reader.abandon();
                counted.push(BlockCount { file: failure.file, block: failure.block, lines: 0, rows: 0 });
                return (counted, Some(failure));
            }
        }
    }
    (counted, None)
}

fn read_block<C, R: RowReader<C>>(
    file: &FileContext<C>,
    ordinal: u32,
    bytes: &[u8],
    quoted: bool,
    splitter: &mut Splitter,
    reader: &mut R,
) -> Result<BlockCount, Failure> {
    let delimiter = file.form.delimiter().unwrap_or(b',');
    let checked = if is_ascii(bytes) { Ok(()) } else { std::str::from_utf8(bytes).map(drop) };
    let (whole, last) = match checked {
        Ok(()) => (bytes, None),
        // Only the last block can end within a character.
        Err(error) if error.error_len().is_none() => {
            let (whole, last) = bytes.split_at(cut(bytes, delimiter).end.unwrap_or_default());
            (whole, Some(String::from_utf8_lossy(last)))
        }
        Err(error) => {
            let at = error.valid_up_to();
            let cause = place(bytes, at, delimiter, PlacedError::Encoding(TextEncoding::UTF_8, bytes[at]));
            return Err(Failure { file: file.index, block: ordinal, cause });
        }
    };
    let width = file.header.names.len();
    let mut header = ordinal == 0;
    let mut rows = 0;
    let mut each = |record: &Record<'_>, line| {
        if header {
            header = false;
            return;
        }
        rows += 1;
        if !Cells::of(record, width).is_some_and(|cells| reader.plain(file, cells)) {
            take_record(reader, file, *record, Place { file: file.index, block: ordinal, line });
        }
    };
    let mut lines = splitter.split(whole, delimiter, quoted, |record, line| each(&record, line));
    if let Some(last) = last {
        let each = |record: Record<'_>, line| each(&record.cut_off(), lines + line);
        lines += splitter.split(last.as_bytes(), delimiter, quoted, each);
    }
    Ok(BlockCount { file: file.index, block: ordinal, lines, rows })
}

/// Apart, so that a record is put into memory for this alone.
#[inline(never)]
fn take_record<C, R: RowReader<C>>(reader: &mut R, file: &FileContext<C>, record: Record<'_>, place: Place) {
    reader.row(file, &record, place);
}

/// What a slice of a Parquet file held, and the bytes of the file that it is.
fn read_slice<C: Columns, R: RowReader<C>>(
    file: &FileContext<C>,
    ordinal: u32,
    rows: &ParquetFile,
    text: &mut TextRow,
    reader: &mut R,
) -> Result<(BlockCount, u64), Failure> {
    let read = rows.read(ordinal as usize, &file.columns.needed(), |row, line| {
        let place = Place { file: file.index, block: ordinal, line };
        if !reader.typed(file, row, place) {
            reader.row(file, &text.of(row)?, place);
        }
        Ok(())
    });
    let failed = |error| Failure { file: file.index, block: ordinal, cause: Cause::Whole(error) };
    read.map(|(rows, bytes)| (BlockCount { file: file.index, block: ordinal, lines: rows, rows }, bytes))
        .map_err(failed)
}

fn end_block<C, R: RowReader<C>>(
    file: &FileContext<C>,
    count: BlockCount,
    reader: &mut R,
) -> Result<BlockCount, Failure> {
    let failed = |error| Failure { file: file.index, block: count.block, cause: Cause::Whole(error) };
    reader.end_of_block(file, count.block).map(|()| count).map_err(failed)
}

/// For each file, the lines before each block, and the rows of all.
fn index(files: usize, mut counted: Vec<BlockCount>) -> (Vec<Vec<u64>>, Vec<u64>) {
    counted.sort_unstable();
    let (mut lines, mut rows) = (vec![Vec::new(); files], vec![0; files]);
    let mut before = (0, 0_u64);
    for count in counted {
        if before.0 != count.file {
            before = (count.file, 0);
        }
        let file = count.file as usize;
        if let (Some(blocks), Some(rows)) = (lines.get_mut(file), rows.get_mut(file)) {
            blocks.push(before.1);
            before.1 += u64::from(count.lines);
            *rows += u64::from(count.rows);
        }
    }
    (lines, rows)
}

fn complete<C>(failure: Failure, files: &Files<C>) -> InputError {
    let (line, column, error) = match failure.cause {
        Cause::Whole(error) => return error,
        Cause::At { line, column, error } => (line, column, error),
    };
    let (name, line) = files.line(Place { file: failure.file, block: failure.block, line });
    let path = name.to_owned();
    match error {
        PlacedError::Encoding(encoding, byte) => InputError::Encoding { path, line, column, byte, encoding },
        PlacedError::OpenQuote => {
            InputError::OpenQuote { path, line, column, limit: super::feed::LONGEST_RECORD }
        }
        PlacedError::LongLine => InputError::LongLine { path, line, limit: super::feed::LONGEST_RECORD },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_keeps_its_place_and_orders_as_the_exports_do() {
        let places =
            [(0, 0, (1 << 25) - 1), (0, 1, 0), (0, (1 << 21) - 1, 7), (1, 0, 0), ((1 << 18) - 1, 3, 4)];
        let places = places.map(|(file, block, line)| Place { file, block, line });
        assert!(places.is_sorted_by_key(|place| place.sequence()));
        for place in places {
            assert_eq!(Place::from_sequence(place.sequence()), place);
        }
    }
}
