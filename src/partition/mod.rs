//! Rows divided by a hash of their key: the unit of parallelism, and the place where a bound on memory belongs.
//!
//! Each worker appends to chunks of its own, so that reading takes no lock; afterwards the chunks of one part of all workers are
//! read together, and all rows of a key are in the same part.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::units::IdKey;

/// The number of parts. With 10 million sessions on 2 cores, 64 to 1,024 parts take the same CPU time within the noise of the machine
/// (medians of five runs: 3.9 to 4.7 s) and 443 to 471 MiB; 256 and 512 take the least memory.
pub const PARTS: usize = 256;

/// Rows in a chunk, so that a worker's open chunks stay small (256 × 512 × 32 bytes = 4 MiB of sessions) beside millions of rows.
const CHUNK_ROWS: u32 = 512;
/// Rows in the first chunk of a part: small exports touch little memory.
const FIRST_ROWS: u32 = 32;

/// Bytes in a slab. Large pages of the system's (`madvise`) were tried: they take half of its time where many are free, and half again as
/// much where they must be made.
const SLAB_BYTES: usize = 8 << 20;

/// What a partition holds: plain bytes without padding, for which memory of zeros is as good as any, so that none of it is written twice.
pub trait Row: bytemuck::Pod + Send + Sync + std::fmt::Debug {}

impl<T: bytemuck::Pod + Send + Sync + std::fmt::Debug> Row for T {}

/// The part that a key belongs to.
#[must_use]
#[inline]
pub fn part_of(key: IdKey) -> usize {
    (key.mixed() >> (64 - PARTS.trailing_zeros())) as usize
}

/// Rows side by side in a slab: the first, and the one after the last.
#[derive(Debug, Clone, Copy, Default)]
struct Chunk {
    slab: u32,
    first: u32,
    end: u32,
}

/// The chunk that rows of a part are appended to.
#[derive(Debug, Clone, Copy, Default)]
struct Open {
    chunk: Chunk,
    /// Where the next row goes.
    next: u32,
}

/// The rows that one worker appended, by part.
#[derive(Debug)]
pub struct Partition<T> {
    slabs: Vec<Box<[T]>>,
    /// The rows of the last slab that chunks have taken.
    taken: u32,
    /// The open chunk of each part: side by side, so that an append misses the cache once at most.
    open: Vec<Open>,
    /// The chunks of each part that are full.
    full: Vec<Vec<Chunk>>,
}

impl<T: Row> Default for Partition<T> {
    fn default() -> Self {
        Self {
            slabs: Vec::new(),
            taken: 0,
            open: vec![Open::default(); PARTS],
            full: vec![Vec::new(); PARTS],
        }
    }
}

impl<T: Row> Partition<T> {
    /// Appends a row to the part of its key.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]
    pub fn push(&mut self, key: IdKey, row: T) {
        self.append(part_of(key), row);
    }

    /// Appends a row to a part.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]
    pub fn append(&mut self, part: usize, row: T) {
        if self.open[part].next == self.open[part].chunk.end {
            self.open_chunk(part);
        }
        let open = &mut self.open[part];
        self.slabs[open.chunk.slab as usize][open.next as usize] = row;
        open.next += 1;
    }

    #[cold]
    fn open_chunk(&mut self, part: usize) {
        let open = &mut self.open[part];
        let rows = if open.chunk.end == 0 { FIRST_ROWS } else { CHUNK_ROWS };
        if open.chunk.end > 0 {
            self.full[part].push(open.chunk);
        }
        let room = SLAB_BYTES / size_of::<T>();
        if self.slabs.is_empty() || self.taken + rows > room as u32 {
            self.slabs.push(bytemuck::zeroed_slice_box(room));
            self.taken = 0;
        }
        let chunk = Chunk { slab: self.slabs.len() as u32 - 1, first: self.taken, end: self.taken + rows };
        self.taken = chunk.end;
        *open = Open { chunk, next: chunk.first };
    }

    /// The chunks of a part, the open one too.
    fn chunks(&self, part: usize) -> impl Iterator<Item = &[T]> + Clone {
        let open = self.open[part];
        let last = Chunk { end: open.next, ..open.chunk };
        let filled = self.full[part].iter().copied().chain((last.first < last.end).then_some(last));
        filled.map(|chunk| &self.slabs[chunk.slab as usize][chunk.first as usize..chunk.end as usize])
    }
}

/// The rows of all workers, by part.
#[derive(Debug)]
pub struct Parts<T> {
    workers: Vec<Partition<T>>,
}

impl<T> Default for Parts<T> {
    fn default() -> Self {
        Self { workers: Vec::new() }
    }
}

impl<T: Row> Parts<T> {
    /// All workers' rows together.
    #[must_use]
    pub fn gather(workers: impl IntoIterator<Item = Partition<T>>) -> Self {
        Self { workers: workers.into_iter().collect() }
    }

    /// The rows of a part, in pieces.
    pub fn pieces(&self, part: usize) -> impl Iterator<Item = &[T]> + Clone {
        self.workers.iter().flat_map(move |worker| worker.chunks(part))
    }

    /// Appends all rows of a part to `rows`.
    pub fn read(&self, part: usize, rows: &mut Vec<T>) {
        rows.reserve(self.pieces(part).map(<[T]>::len).sum());
        for piece in self.pieces(part) {
            rows.extend_from_slice(piece);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_the_part_of_its_key_and_nothing_else_is() {
        let mut workers = [Partition::<[u64; 11]>::default(), Partition::default()];
        let key = |n: u64| IdKey::new(n.to_string().as_bytes());
        for n in 0..300_000_u64 {
            workers[usize::from(n % 3 == 0)].push(key(n), [n; 11]);
        }
        let parts = Parts::gather(workers);
        let mut seen = Vec::new();
        for part in 0..PARTS {
            let mut rows = Vec::new();
            parts.read(part, &mut rows);
            assert!(rows.iter().all(|row| part_of(key(row[0])) == part));
            seen.extend(rows.iter().map(|row| row[0]));
        }
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..300_000));
    }
}
