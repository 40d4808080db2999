//! Rows divided by a hash of their key: the unit of parallelism, and the place where a bound on memory belongs.
//!
//! Each worker appends to chunks of its own, so that reading takes no lock; afterwards all chunks of one part are taken
//! together, and all rows of a key are in the same part.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::units::IdKey;

/// The number of parts. With 10 million sessions on 2 cores, 64 to 1,024 parts take the same CPU time within the noise of the machine
/// (medians of five runs: 3.9 to 4.7 s) and 443 to 471 MiB; 256 and 512 take the least memory.
pub const PARTS: usize = 256;

/// Rows in a chunk, so that a worker's open chunks stay small (256 × 512 × 32 bytes = 4 MiB of sessions) beside millions of rows.
const CHUNK_ROWS: usize = 512;

/// The part that a key belongs to.
#[must_use]
#[inline]
pub fn part_of(key: IdKey) -> usize {
    (key.mixed() >> (64 - PARTS.trailing_zeros())) as usize
}

/// The rows that one worker appended, by part.
#[derive(Debug)]
pub struct Partition<T> {
    /// The chunk of each part that rows are appended to: headers side by side, so that an append misses the cache once at most.
    open: Vec<Vec<T>>,
    /// The chunks of each part that are full.
    full: Vec<Vec<Vec<T>>>,
}

impl<T> Default for Partition<T> {
    fn default() -> Self {
        Self {
            open: (0..PARTS).map(|_| Vec::new()).collect(),
            full: (0..PARTS).map(|_| Vec::new()).collect(),
        }
    }
}

impl<T> Partition<T> {
    /// Appends a row to the part of its key.
    #[inline]
    pub fn push(&mut self, key: IdKey, row: T) {
        let part = part_of(key);
        let chunk = &mut self.open[part];
        if chunk.len() == chunk.capacity() {
            let filled = std::mem::replace(chunk, Vec::with_capacity(CHUNK_ROWS));
            if !filled.is_empty() {
                self.full[part].push(filled);
            }
        }
        chunk.push(row);
    }
}

/// The rows of all workers, by part; a part is taken once.
#[derive(Debug)]
pub struct Parts<T> {
    parts: Vec<Mutex<Vec<Vec<T>>>>,
}

impl<T> Parts<T> {
    /// All workers' rows together.
    #[must_use]
    pub fn gather(workers: impl IntoIterator<Item = Partition<T>>) -> Self {
        let mut parts: Vec<Vec<Vec<T>>> = (0..PARTS).map(|_| Vec::new()).collect();
        for worker in workers {
            for ((all, full), open) in parts.iter_mut().zip(worker.full).zip(worker.open) {
                all.extend(full);
                all.push(open);
            }
        }
        Self { parts: parts.into_iter().map(Mutex::new).collect() }
    }

    /// No rows yet.
    #[must_use]
    pub fn empty() -> Self {
        Self::gather([])
    }

    /// Adds rows to a part.
    pub fn put(&self, part: usize, rows: Vec<T>) {
        let mut chunks = self.parts[part].lock().unwrap_or_else(PoisonError::into_inner);
        chunks.push(rows);
    }

    /// Moves all rows of a part to the end of `rows`; the part is empty afterwards.
    pub fn take(&self, part: usize, rows: &mut Vec<T>) {
        let chunks = std::mem::take(&mut *self.parts[part].lock().unwrap_or_else(PoisonError::into_inner));
        rows.reserve(chunks.iter().map(Vec::len).sum());
        for mut chunk in chunks {
            rows.append(&mut chunk);
        }
    }
}

/// Runs `work` once for every part, with one thread for each worker; which worker gets a part is left to chance.
pub fn for_each_part<W: Send>(workers: &mut [W], work: impl Fn(&mut W, usize) + Sync) {
    let next = AtomicUsize::new(0);
    let run = |worker: &mut W| {
        loop {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= PARTS {
                break;
            }
            work(worker, part);
        }
    };
    std::thread::scope(|scope| {
        for worker in workers {
            scope.spawn(|| run(worker));
        }
    });
}
