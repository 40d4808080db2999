//! Sums of groups that were put aside in sorted runs, where they are too many for memory, and all sums together in the order of their groups.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::Arc;

use super::accumulate::{Buying, GroupKey, GroupSums, Viewing};
use super::overflow::Overflow;
use super::rules::{Slice, Table};
use crate::memory::{Memory, MemoryError};
use crate::partition::read_at;

/// Bytes that are written, or read of a run, at once.
const BLOCK: usize = 1 << 16;

/// What stops the merging of sums.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// A temporary file.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// A sum.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// The sums of one group, as they lie in a file.
pub trait Group: bytemuck::Pod + std::fmt::Debug {
    /// What it is the group of.
    type Key: Ord + Copy + std::fmt::Debug;
    /// The key.
    fn key(&self) -> Self::Key;
    /// Adds sums of the same group.
    ///
    /// # Errors
    /// When a sum does not fit.
    fn merge(&mut self, other: &Self) -> Result<(), Overflow>;
}

/// The viewing of a group.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct ViewingGroup {
    /// The group.
    pub key: GroupKey,
    padding: u64,
    /// Its sums.
    pub viewing: Viewing,
}

/// The buying of a group in a slice.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct BuyingGroup {
    /// The group.
    pub key: GroupKey,
    /// The slice.
    pub slice: Slice,
    /// Its sums.
    pub buying: Buying,
}

impl ViewingGroup {
    /// The viewing of this group.
    #[must_use]
    pub fn new(key: GroupKey, viewing: Viewing) -> Self {
        Self { key, padding: 0, viewing }
    }
}

impl Group for ViewingGroup {
    type Key = GroupKey;

    fn key(&self) -> GroupKey {
        self.key
    }

    fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.viewing.merge(&other.viewing);
        Ok(())
    }
}

impl Group for BuyingGroup {
    type Key = (GroupKey, Slice);

    fn key(&self) -> (GroupKey, Slice) {
        (self.key, self.slice)
    }

    fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        self.buying.merge(&other.buying).map_err(|overflow| overflow.within_group(self.key))
    }
}

/// The groups of a table, sorted.
fn viewing_groups(table: &mut Table<GroupKey, Viewing>) -> Vec<ViewingGroup> {
    let groups = std::mem::take(table).into_iter();
    sorted(groups.map(|(key, viewing)| ViewingGroup::new(key, viewing)).collect())
}

fn buying_groups(table: &mut Table<(GroupKey, Slice), Buying>) -> Vec<BuyingGroup> {
    let groups = std::mem::take(table).into_iter();
    sorted(groups.map(|((key, slice), buying)| BuyingGroup { key, slice, buying }).collect())
}

fn sorted<G: Group>(mut groups: Vec<G>) -> Vec<G> {
    groups.sort_unstable_by_key(Group::key);
    groups
}

/// One worker's sums that were put aside: a file of sorted runs.
#[derive(Debug)]
pub struct Aside {
    memory: Memory,
    file: Option<Arc<File>>,
    end: u64,
    viewing: Vec<Run>,
    buying: Vec<Run>,
}

/// Where a run lies in a file.
#[derive(Debug, Clone, Copy)]
struct Run {
    offset: u64,
    bytes: u64,
}

impl Aside {
    /// Nothing yet.
    #[must_use]
    pub fn new(memory: &Memory) -> Self {
        Self { memory: memory.clone(), file: None, end: 0, viewing: Vec::new(), buying: Vec::new() }
    }

    /// Puts the sums of all groups aside, if they take more than a worker's share.
    ///
    /// # Errors
    /// When a temporary file fails.
    pub fn take_too_many(&mut self, sums: &mut GroupSums) -> Result<(), MemoryError> {
        if sums.bytes() > self.memory.sums() {
            let viewing = self.put(&viewing_groups(&mut sums.viewing))?;
            self.viewing.extend(viewing);
            let buying = self.put(&buying_groups(&mut sums.buying))?;
            self.buying.extend(buying);
        }
        Ok(())
    }

    fn put<G: Group>(&mut self, groups: &[G]) -> Result<Option<Run>, MemoryError> {
        if groups.is_empty() {
            return Ok(None);
        }
        let file = match &self.file {
            Some(file) => file,
            None => self.file.insert(Arc::new(self.memory.file()?)),
        };
        let mut writer = BufWriter::with_capacity(BLOCK, &**file);
        let written = writer.write_all(bytemuck::cast_slice(groups)).and_then(|()| writer.flush());
        drop(writer);
        written.map_err(|error| self.memory.failed("written to", error))?;
        let bytes = size_of_val(groups) as u64;
        self.memory.note(bytes);
        let run = Run { offset: self.end, bytes };
        self.end += bytes;
        Ok(Some(run))
    }
}

/// All sums, in the order of their groups.
#[derive(Debug)]
pub struct Groups {
    /// Viewing.
    pub viewing: Merged<ViewingGroup>,
    /// Buying.
    pub buying: Merged<BuyingGroup>,
}

impl Groups {
    /// No sums yet.
    #[must_use]
    pub fn new(memory: &Memory) -> Self {
        Self { viewing: Merged::new(memory), buying: Merged::new(memory) }
    }

    /// The same once more; `None` where some of them are in a file, which is read once.
    #[must_use]
    pub fn copy(&self) -> Option<Self> {
        Some(Self { viewing: self.viewing.copy()?, buying: self.buying.copy()? })
    }

    /// Takes groups that are sorted.
    ///
    /// # Errors
    /// None, since they are in memory.
    pub fn take_sorted(
        &mut self,
        viewing: Vec<ViewingGroup>,
        buying: Vec<BuyingGroup>,
    ) -> Result<(), MemoryError> {
        self.viewing.add(Source::Sorted(viewing.into_iter()))?;
        self.buying.add(Source::Sorted(buying.into_iter()))
    }

    /// Takes the groups of a worker: those of its tables, and those that it put aside.
    ///
    /// # Errors
    /// When a temporary file cannot be read.
    pub fn take(&mut self, sums: &mut GroupSums, aside: Option<Aside>) -> Result<(), MemoryError> {
        self.take_sorted(viewing_groups(&mut sums.viewing), buying_groups(&mut sums.buying))?;
        let Some(Aside { file: Some(file), viewing, buying, .. }) = aside else { return Ok(()) };
        for run in viewing {
            self.viewing.add(Source::new(&file, run))?;
        }
        for run in buying {
            self.buying.add(Source::new(&file, run))?;
        }
        Ok(())
    }
}

/// The groups of many sorted sources as one.
#[derive(Debug)]
pub struct Merged<G: Group> {
    memory: Memory,
    sources: Vec<(G, Source<G>)>,
    /// The keys of the next group of each source.
    next: BinaryHeap<Reverse<(G::Key, usize)>>,
}

/// Where sorted groups come from.
#[derive(Debug)]
enum Source<G> {
    Sorted(std::vec::IntoIter<G>),
    File { file: Arc<File>, run: Run, block: std::vec::IntoIter<G> },
}

impl<G: Group> Source<G> {
    fn new(file: &Arc<File>, run: Run) -> Self {
        Self::File { file: Arc::clone(file), run, block: Vec::new().into_iter() }
    }

    fn next(&mut self) -> std::io::Result<Option<G>> {
        match self {
            Self::Sorted(groups) => Ok(groups.next()),
            Self::File { file, run, block } => {
                if block.len() == 0 {
                    let count = (run.bytes as usize).min(BLOCK) / size_of::<G>();
                    let mut groups = vec![G::zeroed(); count];
                    let bytes = bytemuck::cast_slice_mut(&mut groups);
                    read_at(file, run.offset, bytes)?;
                    *run = Run {
                        offset: run.offset + bytes.len() as u64,
                        bytes: run.bytes - bytes.len() as u64,
                    };
                    *block = groups.into_iter();
                }
                Ok(block.next())
            }
        }
    }
}

impl<G: Group> Merged<G> {
    fn copy(&self) -> Option<Self> {
        let source = |(next, source): &(G, Source<G>)| match source {
            Source::Sorted(groups) => Some((*next, Source::Sorted(groups.clone()))),
            Source::File { .. } => None,
        };
        let sources = self.sources.iter().map(source).collect::<Option<Vec<_>>>()?;
        Some(Self { memory: self.memory.clone(), sources, next: self.next.clone() })
    }

    fn new(memory: &Memory) -> Self {
        Self { memory: memory.clone(), sources: Vec::new(), next: BinaryHeap::new() }
    }

    fn add(&mut self, mut source: Source<G>) -> Result<(), MemoryError> {
        if let Some(group) = self.read(&mut source)? {
            self.next.push(Reverse((group.key(), self.sources.len())));
            self.sources.push((group, source));
        }
        Ok(())
    }

    fn read(&self, source: &mut Source<G>) -> Result<Option<G>, MemoryError> {
        source.next().map_err(|error| self.memory.failed("read from", error))
    }

    /// The next group of the source that is first.
    fn first(&mut self) -> Result<Option<G>, MemoryError> {
        let Some(Reverse((_, at))) = self.next.pop() else { return Ok(None) };
        let (group, source) = &mut self.sources[at];
        let first = *group;
        let next = source.next().map_err(|error| self.memory.failed("read from", error))?;
        if let Some(next) = next {
            *group = next;
            self.next.push(Reverse((next.key(), at)));
        }
        Ok(Some(first))
    }

    /// The next group, with the sums of all sources.
    ///
    /// # Errors
    /// When a temporary file cannot be read, or a sum does not fit.
    pub fn next_group(&mut self) -> Result<Option<G>, MergeError> {
        let Some(mut group) = self.first()? else { return Ok(None) };
        while self.next.peek().is_some_and(|Reverse((key, _))| *key == group.key()) {
            if let Some(other) = self.first()? {
                group.merge(&other)?;
            }
        }
        Ok(Some(group))
    }
}

#[cfg(test)]
mod tests;
