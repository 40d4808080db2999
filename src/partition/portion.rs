//! Parts in portions that fit into memory: mostly a part is one; a larger one is divided by further bits of its keys, through a temporary
//! file.

use std::ops::Range;

use super::{Key, PARTS, Partition, Parts, Row};
use crate::memory::{Memory, MemoryError};
use crate::units::IdKey;

/// How often a part is divided: after the second time, 2²⁴ portions in all hold a key or two each.
const LEVELS: u32 = 2;

/// Rows of some keys, and all of these: a part, or some of the parts that it was divided into.
#[derive(Debug)]
pub struct Rows<'p, T> {
    parts: &'p Parts<T>,
    range: Range<usize>,
}

impl<T: Row> Rows<'_, T> {
    /// Appends all rows.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn read(&self, rows: &mut Vec<T>) -> Result<(), MemoryError> {
        self.range.clone().try_for_each(|part| self.parts.read(part, rows))
    }

    /// The rows that are in files, and not in memory; `buffer` keeps its length from one to the next, so that it is not cleared each time.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn load<'b>(&self, buffer: &'b mut Vec<T>) -> Result<&'b [T], MemoryError> {
        let in_files = |part| self.parts.spills().map(move |spill| (spill, part));
        let all = || self.range.clone().flat_map(in_files);
        let count = all().map(|(spill, part)| spill.len(part)).sum();
        if buffer.len() < count {
            buffer.resize(count, T::zeroed());
        }
        let mut read = 0;
        for (spill, part) in all() {
            read += spill.read(part, &mut buffer[read..])?;
        }
        Ok(&buffer[..count])
    }

    /// All rows, in pieces; `loaded` are those of [`load`](Self::load).
    pub fn pieces<'a>(&'a self, loaded: &'a [T]) -> impl Iterator<Item = &'a [T]> + Clone {
        let in_memory = self.range.clone().flat_map(|part| self.parts.pieces(part));
        std::iter::once(loaded).filter(|loaded| !loaded.is_empty()).chain(in_memory)
    }

    /// All rows, in pieces; those of each worker and part in the order in which it appended them. Where some are in files, all are read to
    /// `buffer`.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn in_turn<'a>(
        &'a self,
        buffer: &'a mut Vec<T>,
    ) -> Result<impl Iterator<Item = &'a [T]> + Clone, MemoryError> {
        buffer.clear();
        let in_memory = self.parts.spills().all(|spill| self.range.clone().all(|part| spill.len(part) == 0));
        if !in_memory {
            self.read(buffer)?;
        }
        let parts = if in_memory { self.range.clone() } else { 0..0 };
        Ok(std::iter::once(&buffer[..]).chain(parts.flat_map(|part| self.parts.pieces(part))))
    }

    /// The bytes of all rows.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.range.clone().map(|part| self.parts.bytes(part)).sum()
    }
}

/// What rows are divided by: the keys of two kinds of rows that belong together, and what a key is called.
#[derive(Debug, Clone, Copy)]
pub struct Keys<A, B, K> {
    /// The key of a row of the first kind.
    pub first: fn(&A) -> K,
    /// The key of a row of the second kind.
    pub second: fn(&B) -> K,
    /// What a key is of.
    pub of: &'static str,
}

/// Calls `work` with the rows of a part of two kinds, in portions of no more than a worker may have in one piece, unless one key has more.
///
/// # Errors
/// When a temporary file fails, the rows of one key are too many, or `work` fails.
pub fn in_portions<A: Row, B: Row, K: Key, E: From<MemoryError>>(
    memory: &Memory,
    keys: Keys<A, B, K>,
    (first, second): (&Parts<A>, &Parts<B>),
    part: usize,
    work: &mut impl FnMut(&Rows<'_, A>, &Rows<'_, B>) -> Result<(), E>,
) -> Result<(), E> {
    let bytes = first.bytes(part) + second.bytes(part);
    Divider { memory, keys, work }.run(first, second, part..part + 1, bytes, 0)
}

/// The same with rows of one kind.
///
/// # Errors
/// As above.
pub fn each_portion<A: Row, E: From<MemoryError>>(
    memory: &Memory,
    (key, of): (fn(&A) -> IdKey, &'static str),
    parts: &Parts<A>,
    part: usize,
    work: &mut impl FnMut(Vec<A>) -> Result<(), E>,
) -> Result<(), E> {
    let keys = Keys { first: key, second: |_: &u8| IdKey::NOBODY, of };
    in_portions(memory, keys, (parts, &Parts::default()), part, &mut |portion: &Rows<'_, A>, _: &_| {
        let mut rows = Vec::new();
        portion.read(&mut rows)?;
        work(rows)
    })
}

struct Divider<'w, A, B, K, W> {
    memory: &'w Memory,
    keys: Keys<A, B, K>,
    work: &'w mut W,
}

impl<A: Row, B: Row, K: Key, W> Divider<'_, A, B, K, W> {
    /// Some parts together, or one that may be too large.
    fn run<E: From<MemoryError>>(
        &mut self,
        first: &Parts<A>,
        second: &Parts<B>,
        range: Range<usize>,
        bytes: u64,
        level: u32,
    ) -> Result<(), E>
    where
        W: FnMut(&Rows<'_, A>, &Rows<'_, B>) -> Result<(), E>,
    {
        let mut work = || {
            (self.work)(
                &Rows { parts: first, range: range.clone() },
                &Rows { parts: second, range: range.clone() },
            )
        };
        if bytes <= self.memory.portion() {
            return work();
        }
        // What is more than a share is for one worker at a time.
        if level < LEVELS {
            return match self.memory.try_alone(2 * bytes) {
                Some(_alone) => work(),
                None => self.divide(first, second, range.start, level),
            };
        }
        let _alone = self.memory.alone();
        if bytes > self.memory.most_of_a_key() && !self.memory.has_room_for_a_piece(bytes) {
            return Err(self.memory.too_many(self.keys.of, bytes).into());
        }
        work()
    }

    /// Divides a part by the bits of its keys that follow, and goes over neighbours together as far as they fit.
    fn divide<E: From<MemoryError>>(
        &mut self,
        first: &Parts<A>,
        second: &Parts<B>,
        part: usize,
        level: u32,
    ) -> Result<(), E>
    where
        W: FnMut(&Rows<'_, A>, &Rows<'_, B>) -> Result<(), E>,
    {
        let first = first.divided(part, self.memory, self.keys.first, level)?;
        let second = second.divided(part, self.memory, self.keys.second, level)?;
        let (mut start, mut together) = (0, 0);
        for part in 0..PARTS {
            let bytes = first.bytes(part) + second.bytes(part);
            if start < part && together + bytes > self.memory.portion() {
                self.run(&first, &second, start..part, together, level + 1)?;
                (start, together) = (part, 0);
            }
            together += bytes;
        }
        self.run(&first, &second, start..PARTS, together, level + 1)
    }
}

impl<T: Row> Parts<T> {
    pub(super) fn bytes(&self, part: usize) -> u64 {
        (self.len(part) * size_of::<T>()) as u64
    }

    /// The rows of a part by the bits of their keys that follow.
    fn divided<K: Key>(
        &self,
        part: usize,
        memory: &Memory,
        key: fn(&T) -> K,
        level: u32,
    ) -> Result<Self, MemoryError> {
        let mut divided = Partition::new(memory);
        let bits = PARTS.trailing_zeros();
        self.each_piece(part, |rows| {
            for row in rows {
                let within = key(row).mixed() << (bits * (level + 1));
                divided.append((within >> (u64::BITS - bits)) as usize, *row);
            }
        })?;
        Self::gather([divided])
    }
}
