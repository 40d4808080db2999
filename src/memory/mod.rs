//! The bound on memory of a run: whether more rows may stay in memory, and what is done where they may not.
//!
//! The measure is what the system says of the process, its resident set, so that dictionaries, texts and sums count without being counted;
//! where the system does not say, it is the rows alone. A fixed share of the bound is kept free of rows for the stages that follow.

mod machine;

use std::fs::File;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const MIB: u64 = 1 << 20;

/// What stops a run that keeps within its bound.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    /// A temporary file cannot be made, written or read.
    #[error(
        "{}: rows that --memory leaves no room for cannot be {done} a temporary file here; name a folder with room in TMPDIR, or \
         allow more with --memory SIZE",
        folder.display()
    )]
    Temporary {
        /// The folder.
        folder: PathBuf,
        /// What was tried.
        done: &'static str,
        /// The answer of the system.
        source: std::io::Error,
    },
    /// The rows of one key do not fit.
    #[error(
        "the rows of one {of} take {size}, which must be in memory at once, and --memory {limit} has no room for them; allow --memory {needed}"
    )]
    OneKey {
        /// Whose rows.
        of: &'static str,
        /// What they take.
        size: Size,
        /// The bound.
        limit: Size,
        /// The least bound that will do.
        needed: Size,
    },
    /// A table with a value for each period does not fit.
    #[error(
        "{of} over {periods} periods from {first} on take {size}, and --memory {limit} has no room for them; a date that was lost (0001-01-01) \
         makes periods of all that lies between: mend it, leave it out with --from DATE, take a longer --period, or allow --memory {needed}"
    )]
    Periods {
        /// What it is of.
        of: String,
        /// How many periods.
        periods: usize,
        /// The first date of the first.
        first: jiff::civil::Date,
        /// What it takes.
        size: Size,
        /// The bound.
        limit: Size,
        /// The least bound that will do.
        needed: Size,
    },
}

/// Something that has a value for each of very many periods.
#[derive(Debug, Clone)]
pub struct PerPeriod {
    /// What it is.
    pub of: String,
    /// How many periods.
    pub periods: usize,
    /// The first date of the first of them.
    pub first: jiff::civil::Date,
    /// The bytes of all values.
    pub bytes: u64,
}

/// Ends the process as every allocation does that the system refuses.
pub fn none_left<T>(count: usize) -> ! {
    std::alloc::handle_alloc_error(
        std::alloc::Layout::array::<T>(count).unwrap_or(std::alloc::Layout::new::<T>()),
    )
}

/// Bytes, shown in whole units of 1024 as they can be typed; rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (unit, name) = match self.0 {
            bytes if bytes >= 64 << 30 => (1 << 30, "GiB"),
            bytes if bytes >= MIB => (MIB, "MiB"),
            bytes if bytes >= 1 << 10 => (1 << 10, "KiB"),
            _ => (1, "B"),
        };
        write!(f, "{}{name}", self.0.div_ceil(unit))
    }
}

/// The bound of a run, shared by all who hold rows.
#[derive(Debug, Clone)]
pub struct Memory(Arc<Bound>);

#[derive(Debug)]
struct Bound {
    /// What the process may take.
    limit: u64,
    /// What rows may take of it.
    rows: u64,
    /// Bytes in a slab of rows.
    slab: usize,
    threads: u64,
    /// Bytes of slabs.
    held: AtomicU64,
    /// Bytes written to temporary files.
    spilled: AtomicU64,
    folder: PathBuf,
    /// Held by the worker that has more rows in one piece than its share.
    alone: Mutex<()>,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(u64::MAX, NonZeroUsize::MIN)
    }
}

impl Memory {
    /// Bytes in a slab where nothing is bounded closely.
    const SLAB: u64 = 8 * MIB;
    /// What a run needs at least, and each of its threads besides.
    const FOR_ALL: u64 = 96 * MIB;
    const FOR_EACH: u64 = 16 * MIB;
    /// The smallest slab, where rows are few.
    const LEAST_SLAB: u64 = 1 << 12;

    /// A bound for a run on so many threads.
    #[must_use]
    pub fn new(limit: u64, threads: NonZeroUsize) -> Self {
        let threads = threads.get() as u64;
        let slab = (limit / (64 * threads)).clamp(Self::LEAST_SLAB, Self::SLAB);
        // A power of two.
        let slab = 1 << slab.ilog2();
        let (held, spilled) = (AtomicU64::new(0), AtomicU64::new(0));
        // A variable that is empty names the present folder, where nobody expects them.
        let folder = Some(std::env::temp_dir()).filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or_else(|| PathBuf::from("/tmp"));
        let alone = Mutex::new(());
        Self(Arc::new(Bound { limit, rows: limit, slab, threads, held, spilled, folder, alone }))
    }

    /// The bound of this machine where none is given: 60 % of its memory, or of what its control group allows. No bound where the system
    /// does not say.
    #[must_use]
    pub fn of_machine() -> u64 {
        machine::memory().map_or(u64::MAX, |bytes| bytes / 5 * 3)
    }

    /// The most threads that can work with so much; one at least.
    #[must_use]
    pub fn most_threads(limit: u64) -> NonZeroUsize {
        let most = limit.saturating_sub(Self::FOR_ALL) / Self::FOR_EACH;
        usize::try_from(most).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN)
    }

    /// The least bound that so many threads can work with.
    #[must_use]
    pub fn least(threads: NonZeroUsize) -> u64 {
        Self::FOR_ALL + Self::FOR_EACH * threads.get() as u64
    }

    /// The same, with so little room for rows that they go to files however few there are: for tests.
    #[must_use]
    pub fn with_rows(&self, rows: u64) -> Self {
        let slab = (rows / (8 * self.0.threads)).clamp(Self::LEAST_SLAB, Self::SLAB);
        self.changed(|bound| (bound.rows, bound.slab) = (rows, 1 << slab.ilog2()))
    }

    /// The same, with temporary files in another folder.
    #[must_use]
    pub fn in_folder(&self, folder: PathBuf) -> Self {
        self.changed(|bound| bound.folder = folder)
    }

    fn changed(&self, change: impl FnOnce(&mut Bound)) -> Self {
        let Bound { limit, rows, slab, threads, .. } = *self.0;
        let (held, spilled) = (AtomicU64::new(0), AtomicU64::new(0));
        let (folder, alone) = (self.0.folder.clone(), Mutex::new(()));
        let mut bound = Bound { limit, rows, slab, threads, held, spilled, folder, alone };
        change(&mut bound);
        Self(Arc::new(bound))
    }

    /// Bytes in a slab of rows.
    #[must_use]
    pub fn slab(&self) -> usize {
        self.0.slab
    }

    /// Takes a slab, if there is room for it.
    #[must_use]
    pub fn take_slab(&self) -> Option<Held> {
        self.has_room(self.0.slab as u64, self.reserved()).then(|| self.hold_slab())
    }

    /// How many slabs a worker should give back, since what is no row has grown.
    #[must_use]
    pub fn slabs_too_many(&self) -> usize {
        let Bound { limit, slab, threads, .. } = *self.0;
        let taken = machine::resident().unwrap_or_default().saturating_add(self.reserved());
        if limit == u64::MAX {
            0
        } else {
            taken.saturating_sub(limit).div_ceil(slab as u64 * threads) as usize
        }
    }

    /// What slabs leave free. The last that the threads took are not full yet, so that the system does not count them.
    fn reserved(&self) -> u64 {
        let Bound { limit, slab, threads, .. } = *self.0;
        (limit / 16 * 5).saturating_add(slab as u64 * threads)
    }

    /// Whether there is room for so many bytes, of those that are reserved for what a worker has in one piece.
    #[must_use]
    pub fn has_room_for_a_piece(&self, bytes: u64) -> bool {
        self.has_room(bytes, self.0.limit / 8)
    }

    fn has_room(&self, bytes: u64, reserved: u64) -> bool {
        let Bound { limit, rows, .. } = *self.0;
        let held = self.0.held.load(Ordering::Relaxed).saturating_add(bytes);
        if held > rows || limit == u64::MAX {
            return held <= rows;
        }
        let resident = machine::resident().unwrap_or_default().saturating_add(bytes);
        resident.max(held).saturating_add(reserved) <= limit
    }

    /// Takes a slab whether there is room or not: what a worker cannot do without.
    #[must_use]
    pub fn hold_slab(&self) -> Held {
        let bytes = self.0.slab as u64;
        self.0.held.fetch_add(bytes, Ordering::Relaxed);
        Held { memory: self.clone(), bytes }
    }

    /// The bytes of rows that a worker has in one piece at a time, as they are; it may need as much again to sort them out.
    #[must_use]
    pub fn portion(&self) -> u64 {
        let Bound { limit, rows, threads, .. } = *self.0;
        (limit / 16).min(rows / 4) / threads
    }

    /// The most bytes of rows of one key, which cannot be divided.
    #[must_use]
    pub fn most_of_a_key(&self) -> u64 {
        self.0.limit / 8
    }

    /// Waits until no other worker has more rows in one piece than its share.
    pub fn alone(&self) -> MutexGuard<'_, ()> {
        self.0.alone.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, if no other has, and there is room for so many bytes.
    #[must_use]
    pub fn try_alone(&self, bytes: u64) -> Option<MutexGuard<'_, ()>> {
        self.0.alone.try_lock().ok().filter(|_| self.has_room_for_a_piece(bytes))
    }

    /// The bytes of sums that a worker holds, before it puts them aside.
    #[must_use]
    pub fn sums(&self) -> u64 {
        let Bound { limit, rows, threads, .. } = *self.0;
        (limit / 8).min(rows / 4) / threads
    }

    /// The error of rows of one key (of an order or a person) that do not fit.
    #[must_use]
    pub fn too_many(&self, of: &'static str, bytes: u64) -> MemoryError {
        let (size, limit) = (Size(bytes), Size(self.0.limit));
        MemoryError::OneKey { of, size, limit, needed: Size(bytes.saturating_mul(8)) }
    }

    /// Whether there is room for something beside what is in memory already.
    ///
    /// # Errors
    /// When there is none.
    pub fn check_room(&self, table: PerPeriod) -> Result<(), MemoryError> {
        let PerPeriod { of, periods, first, bytes } = table;
        let limit = self.0.limit;
        let needed = machine::resident().unwrap_or_default().saturating_add(bytes);
        if needed <= limit {
            return Ok(());
        }
        let (size, limit, needed) = (Size(bytes), Size(limit), Size(needed));
        Err(MemoryError::Periods { of, periods, first, size, limit, needed })
    }

    /// A temporary file without a name, which is gone with the process however that ends.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn file(&self) -> Result<File, MemoryError> {
        tempfile::tempfile_in(&self.0.folder).map_err(|error| self.failed("written to", error))
    }

    /// The error of a temporary file.
    #[must_use]
    pub fn failed(&self, done: &'static str, source: std::io::Error) -> MemoryError {
        MemoryError::Temporary { folder: self.0.folder.clone(), done, source }
    }

    /// Takes note of bytes that were written to a temporary file.
    pub fn note(&self, bytes: u64) {
        self.0.spilled.fetch_add(bytes, Ordering::Relaxed);
    }

    /// The bytes that were written to temporary files, and the bound; `None` where all rows found room.
    #[must_use]
    pub fn spilled(&self) -> Option<(Size, Size)> {
        let bytes = self.0.spilled.load(Ordering::Relaxed);
        (bytes > 0).then_some((Size(bytes), Size(self.0.limit)))
    }
}

/// Memory that is held, and given back with this.
#[derive(Debug)]
pub struct Held {
    memory: Memory,
    bytes: u64,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.memory.0.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);

    #[test]
    fn slabs_are_given_as_long_as_there_is_room() {
        let memory = Memory::default().with_rows(32 << 12);
        let slabs: Vec<Held> = std::iter::from_fn(|| memory.take_slab()).collect();
        assert_eq!(slabs.len(), 8);
        let forced = memory.hold_slab();
        drop(slabs);
        assert!(memory.take_slab().is_some());
        drop(forced);
    }

    #[test]
    fn a_process_larger_than_the_bound_gets_none() {
        let small = Memory::new(1 << 20, TWO);
        assert!(cfg!(not(target_os = "linux")) || small.take_slab().is_none());
        assert!(Memory::new(u64::MAX / 2, TWO).take_slab().is_some());
    }

    #[test]
    fn as_many_threads_work_as_the_bound_has_room_for() {
        for (limit, threads) in [(0, 1), (112, 1), (127, 1), (128, 2), (1_120, 64)] {
            let most = Memory::most_threads(limit * MIB);
            assert_eq!(most.get(), threads);
            assert!(limit < 112 || Memory::least(most) <= limit * MIB);
        }
    }

    #[test]
    fn small_bounds_have_small_slabs() {
        let slab = |limit| Memory::new(limit, TWO).slab() as u64 / MIB;
        assert_eq!([2 << 30, 512 << 20, 300 << 20].map(slab), [8, 4, 2]);
        assert_eq!(Memory::default().slab() as u64, Memory::SLAB);
    }

    #[test]
    fn sizes_are_as_they_can_be_typed() {
        let sizes = [900, 5 << 10, (512 << 20) + 1, 3 << 30, 100 << 30].map(|bytes| Size(bytes).to_string());
        assert_eq!(sizes, ["900B", "5KiB", "513MiB", "3072MiB", "100GiB"]);
    }
}
