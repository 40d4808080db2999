//! Rows divided by a hash of their key: the unit of parallelism, and of what is in memory at a time.
//!
//! Each worker appends to chunks of its own, so that reading takes no lock; afterwards the chunks of one part of all workers are
//! read together, and all rows of a key are in the same part. Chunks lie in slabs; where memory is bounded and there is no room for another
//! slab, a worker writes the rows of its first parts to a temporary file (`spill`), of as many as make room, and uses their chunks again:
//! the other parts stay in memory as long as they can. A part that is too large is divided further (`portion`).

mod portion;
mod rewrite;
mod spill;
#[cfg(test)]
mod tests;
mod threads;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::memory::{Held, Memory, MemoryError, none_left};
use crate::units::{IdKey, PersonKey};

pub use portion::{Keys, Rows, each_portion, in_portions};
pub use rewrite::Place;
use spill::Spill;
pub use spill::read_at;
pub use threads::on_threads;

/// The number of parts. With 10 million sessions on 2 cores, 64 to 512 parts take the same CPU time within the noise of the machine, and
/// 1,024 a little more; 256 and 512 take the least memory. What a fuzzer makes has few rows, and would spend its time on empty parts.
pub const PARTS: usize = if cfg!(fuzzing) { 16 } else { 256 };

/// Chunks in a slab. Large chunks (64 KiB in a slab of 8 MiB) are read faster, since a processor foresees what follows in them; where slabs
/// are smaller, so that memory is bounded closely, chunks are.
const CHUNKS: usize = 128;
/// Rows in the first chunk of a part: small exports touch little memory.
const FIRST_ROWS: u32 = 32;
/// Rows in the smallest chunk.
const LEAST_ROWS: usize = 8;

/// What a partition holds: plain bytes without padding, for which memory of zeros is as good as any, so that none of it is written twice.
pub trait Row: bytemuck::Pod + Send + Sync + std::fmt::Debug {}

impl<T: bytemuck::Pod + Send + Sync + std::fmt::Debug> Row for T {}

/// What rows are divided by.
pub trait Key: Copy {
    /// 64 well-mixed bits of it.
    fn mixed(self) -> u64;
}

impl Key for IdKey {
    #[inline]
    fn mixed(self) -> u64 {
        Self::mixed(self)
    }
}

impl Key for PersonKey {
    #[inline]
    fn mixed(self) -> u64 {
        Self::mixed(self)
    }
}

/// The part that a key belongs to.
#[must_use]
#[inline]
pub fn part_of(key: impl Key) -> usize {
    (key.mixed() >> (64 - PARTS.trailing_zeros())) as usize
}

/// The order of keys that is theirs by bits of their hash: that of parts, and of portions of a part.
#[must_use]
#[inline]
pub fn rank(key: IdKey) -> (u64, IdKey) {
    (key.mixed(), key)
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
    /// The slab that chunks are taken from, and its rows that they have taken.
    current: usize,
    taken: u32,
    /// The open chunk of each part: side by side, so that an append misses the cache once at most.
    open: Box<[Open; PARTS]>,
    /// The chunks of each part that are full.
    full: Vec<Vec<Chunk>>,
    /// Chunks whose rows are in the file.
    free: Vec<Chunk>,
    /// How many of the first parts go to the file where there is no room.
    spilling: usize,
    chunk_rows: u32,
    memory: Memory,
    held: Vec<Held>,
    /// The rows for which there was no room.
    spill: Option<Spill<T>>,
    failed: Option<MemoryError>,
}

impl<T: Row> Default for Partition<T> {
    fn default() -> Self {
        Self::new(&Memory::default())
    }
}

impl<T: Row> Partition<T> {
    /// No rows yet, which will keep within this bound.
    #[must_use]
    pub fn new(memory: &Memory) -> Self {
        Self {
            slabs: Vec::new(),
            current: 0,
            taken: 0,
            open: Box::new([Open::default(); PARTS]),
            full: vec![Vec::new(); PARTS],
            free: Vec::new(),
            spilling: 0,
            chunk_rows: (memory.slab() / CHUNKS / size_of::<T>()).max(LEAST_ROWS) as u32,
            memory: memory.clone(),
            held: Vec::new(),
            spill: None,
            failed: None,
        }
    }

    /// Appends a row to the part of its key.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]
    pub fn push(&mut self, key: impl Key, row: T) {
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
        let last = std::mem::take(&mut self.open[part]).chunk;
        let rows = if last.end == 0 { FIRST_ROWS.min(self.chunk_rows) } else { self.chunk_rows };
        if last.end > 0 {
            self.full[part].push(last);
        }
        let chunk = match self.free.pop() {
            Some(chunk) => chunk,
            None => self.new_chunk(rows),
        };
        self.open[part] = Open { chunk, next: chunk.first };
    }

    /// A chunk of the present slab, of another, or one whose rows go to the file.
    fn new_chunk(&mut self, rows: u32) -> Chunk {
        let room = self.memory.slab() / size_of::<T>();
        if self.slabs.is_empty() || self.taken + rows > room as u32 {
            self.open_slab(room);
            if let Some(chunk) = self.free.pop() {
                return chunk;
            }
        }
        let chunk = Chunk { slab: self.current as u32, first: self.taken, end: self.taken + rows };
        self.taken = chunk.end;
        chunk
    }

    /// Goes on to the next slab; where there is none and no room for another, makes room.
    fn open_slab(&mut self, room: usize) {
        if self.current + 1 < self.slabs.len() {
            (self.current, self.taken) = (self.current + 1, 0);
            return;
        }
        let is_first = self.slabs.is_empty();
        let held = if is_first { Some(self.memory.hold_slab()) } else { self.memory.take_slab() };
        // The system may have no memory where the bound has room: then rows go to the file as well.
        let slab = held.and_then(|held| Some((held, bytemuck::try_zeroed_slice_box(room).ok()?)));
        if let Some((held, slab)) = slab {
            self.held.push(held);
            self.slabs.push(slab);
            (self.current, self.taken) = (self.slabs.len() - 1, 0);
        } else if is_first {
            none_left::<T>(room);
        } else if self.memory.slabs_too_many() <= self.slabs.len() / 16 && self.choose_parts() {
            self.write(self.spilling);
            for part in 0..self.spilling {
                let whole = |chunk: &Chunk| chunk.end - chunk.first == self.chunk_rows;
                self.free.extend(self.full[part].drain(..).filter(whole));
                self.open[part].next = self.open[part].chunk.first;
            }
        } else {
            self.write(PARTS);
            self.begin_again();
        }
    }

    /// Chooses the parts whose rows make room, a quarter of what there is: those that went to the file before, and as many more as it takes.
    /// `false` where there is no such room.
    fn choose_parts(&mut self) -> bool {
        const STEP: usize = PARTS / 16;
        let chunks = |parts: &[Vec<Chunk>]| parts.iter().map(Vec::len).sum::<usize>();
        let enough = chunks(&self.full).div_ceil(4);
        while self.spilling < PARTS && chunks(&self.full[..self.spilling]) < enough {
            self.spilling += STEP;
        }
        self.full[..self.spilling].iter().any(|chunks| chunks.len() > 1)
    }

    /// Writes the rows of the first parts to the file.
    fn write(&mut self, parts: usize) {
        if self.failed.is_none() {
            let mut spill = self.spill.take();
            let pieces = |part| self.chunks(part).take_while(move |_| part < parts);
            self.failed = spill::write(&mut spill, &self.memory, pieces).err();
            self.spill = spill;
        }
    }

    /// Uses all slabs again, as many as there may be.
    fn begin_again(&mut self) {
        (self.current, self.taken, self.spilling) = (0, 0, 0);
        self.open.fill(Open::default());
        self.full.iter_mut().for_each(Vec::clear);
        self.free.clear();
        let kept = self.slabs.len().saturating_sub(self.memory.slabs_too_many()).max(1);
        self.slabs.truncate(kept);
        self.held.truncate(kept);
    }

    /// Fails where rows could not be written to a file: they are lost.
    ///
    /// # Errors
    /// The first failure.
    pub fn check(&mut self) -> Result<(), MemoryError> {
        self.failed.take().map_or(Ok(()), Err)
    }

    /// The chunks of a part, the open one too.
    fn chunks(&self, part: usize) -> impl Iterator<Item = &[T]> + Clone {
        let rows = |chunk: Chunk| &self.slabs[chunk.slab as usize][chunk.first as usize..chunk.end as usize];
        self.filled(part).map(rows)
    }

    /// Where the rows of a part are.
    fn filled(&self, part: usize) -> impl Iterator<Item = Chunk> + Clone {
        let open = self.open[part];
        let last = Chunk { end: open.next, ..open.chunk };
        self.full[part].iter().copied().chain((last.first < last.end).then_some(last))
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
    ///
    /// # Errors
    /// When rows could not be written to a file.
    pub fn gather(workers: impl IntoIterator<Item = Partition<T>>) -> Result<Self, MemoryError> {
        let checked = |mut worker: Partition<T>| worker.check().map(|()| worker);
        Ok(Self { workers: workers.into_iter().map(checked).collect::<Result<_, _>>()? })
    }

    /// How many rows a part has.
    #[must_use]
    pub fn len(&self, part: usize) -> usize {
        let in_memory: usize = self.pieces(part).map(<[T]>::len).sum();
        in_memory + self.spills().map(|spill| spill.len(part)).sum::<usize>()
    }

    /// The rows of a part that are in memory, in pieces.
    fn pieces(&self, part: usize) -> impl Iterator<Item = &[T]> + Clone {
        self.workers.iter().flat_map(move |worker| worker.chunks(part))
    }

    /// The files of rows.
    fn spills(&self) -> impl Iterator<Item = &Spill<T>> {
        self.workers.iter().filter_map(|worker| worker.spill.as_ref())
    }

    /// Appends all rows of a part to `rows`; those of each worker in the order in which it appended them.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(&self, part: usize, rows: &mut Vec<T>) -> Result<(), MemoryError> {
        rows.reserve(self.len(part));
        for worker in &self.workers {
            if let Some(spill) = &worker.spill {
                let before = rows.len();
                rows.resize(before + spill.len(part), T::zeroed());
                spill.read(part, &mut rows[before..])?;
            }
            worker.chunks(part).for_each(|piece| rows.extend_from_slice(piece));
        }
        Ok(())
    }

    /// Calls `work` with all rows of a part, a piece at a time.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn each_piece(&self, part: usize, mut work: impl FnMut(&[T])) -> Result<(), MemoryError> {
        let mut buffer = Vec::new();
        for worker in &self.workers {
            if let Some(spill) = &worker.spill {
                spill.each_piece(part, &mut buffer, &mut work)?;
            }
            worker.chunks(part).for_each(&mut work);
        }
        Ok(())
    }
}

/// Runs `work` once for every part, with one thread for each worker; which worker gets a part is left to chance.
///
/// # Errors
/// One of the failures; after the first, no more parts are begun.
pub fn for_each_part<W: Send, E: Send>(
    workers: &mut [W],
    work: impl Fn(&mut W, usize) -> Result<(), E> + Sync,
) -> Result<(), E> {
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let failure = Mutex::new(None);
    let run = |worker: &mut W| {
        while !failed.load(Ordering::Relaxed) {
            let part = next.fetch_add(1, Ordering::Relaxed);
            if part >= PARTS {
                break;
            }
            if let Err(error) = work(worker, part) {
                failed.store(true, Ordering::Relaxed);
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        }
    };
    on_threads(workers.iter_mut().collect(), run);
    failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}
