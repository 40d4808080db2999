//! The rows of one worker for which there was no room: a temporary file of runs, each with the rows of all parts, part after part.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::marker::PhantomData;

use super::{PARTS, Row};
use crate::memory::{Memory, MemoryError};

/// Bytes that are written at once.
const WRITE_BYTES: usize = 1 << 20;
/// Bytes that are read at once where a part is not kept as a whole.
const READ_BYTES: usize = 1 << 18;

/// Rows in a file.
#[derive(Debug)]
pub struct Spill<T> {
    file: File,
    memory: Memory,
    /// For each run, the row of the file with which each part begins, and the one after the last.
    runs: Vec<Box<[u64]>>,
    rows: PhantomData<T>,
}

/// Appends a run of all rows; the file is made for the first.
pub fn write<'r, T: Row, P: Iterator<Item = &'r [T]>>(
    spill: &mut Option<Spill<T>>,
    memory: &Memory,
    pieces: impl Fn(usize) -> P,
) -> Result<(), MemoryError> {
    let spill = match spill {
        Some(spill) => spill,
        None => spill.insert(Spill {
            file: memory.file()?,
            memory: memory.clone(),
            runs: Vec::new(),
            rows: PhantomData,
        }),
    };
    spill.append(pieces).map_err(|error| memory.failed("written to", error))
}

impl<T: Row> Spill<T> {
    fn append<'r, P: Iterator<Item = &'r [T]>>(
        &mut self,
        pieces: impl Fn(usize) -> P,
    ) -> std::io::Result<()> {
        let first = self.end();
        let mut row = first;
        let mut starts = Vec::with_capacity(PARTS + 1);
        // Only ever appended to: the place of the file is its end.
        let mut file = BufWriter::with_capacity(WRITE_BYTES, &self.file);
        for part in 0..PARTS {
            starts.push(row);
            for piece in pieces(part) {
                file.write_all(bytemuck::cast_slice(piece))?;
                row += piece.len() as u64;
            }
        }
        file.flush()?;
        drop(file);
        starts.push(row);
        self.runs.push(starts.into());
        self.memory.note((row - first) * size_of::<T>() as u64);
        Ok(())
    }

    /// The row after the last.
    fn end(&self) -> u64 {
        self.runs.last().and_then(|run| run.last()).copied().unwrap_or_default()
    }

    /// The rows of a part in each run: the first, and how many.
    fn of_part(&self, part: usize) -> impl Iterator<Item = (u64, usize)> {
        self.runs.iter().map(move |run| (run[part], (run[part + 1] - run[part]) as usize))
    }

    /// How many rows of a part are here.
    pub fn len(&self, part: usize) -> usize {
        self.of_part(part).map(|(_, rows)| rows).sum()
    }

    /// Reads the rows of a part to the front of `rows`; gives how many they are.
    pub fn read(&self, part: usize, rows: &mut [T]) -> Result<usize, MemoryError> {
        let mut read = 0;
        for (first, count) in self.of_part(part) {
            self.fill(first, &mut rows[read..read + count])?;
            read += count;
        }
        Ok(read)
    }

    /// Calls `work` with the rows of a part, a few at a time.
    pub fn each_piece(
        &self,
        part: usize,
        buffer: &mut Vec<T>,
        work: &mut impl FnMut(&[T]),
    ) -> Result<(), MemoryError> {
        let most = READ_BYTES / size_of::<T>();
        for (first, count) in self.of_part(part) {
            for at in (0..count).step_by(most) {
                buffer.resize(most.min(count - at), T::zeroed());
                self.fill(first + at as u64, buffer)?;
                work(buffer);
            }
        }
        Ok(())
    }

    fn fill(&self, first: u64, rows: &mut [T]) -> Result<(), MemoryError> {
        let read = read_at(&self.file, first * size_of::<T>() as u64, bytemuck::cast_slice_mut(rows));
        read.map_err(|error| self.memory.failed("read from", error))
    }
}

/// Reads from a place of a file, without moving the one that others have.
#[cfg(unix)]
pub fn read_at(file: &File, offset: u64, bytes: &mut [u8]) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, offset)
}

/// Reads from a place of a file, which nobody appends to any more.
#[cfg(windows)]
pub fn read_at(file: &File, mut offset: u64, mut bytes: &mut [u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, offset)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            read => (bytes, offset) = (&mut bytes[read..], offset + read as u64),
        }
    }
    Ok(())
}
