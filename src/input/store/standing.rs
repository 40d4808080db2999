//! What stands of the orders of a store, and whose rows each row group replaces: counted over all of its files, so that row groups which
//! cannot count need not be read.
//!
//! `DIR/standing.json` is made at the end of an ingestion, and believed only where a run reads the very files that it was made of, in their
//! order: whatever else there is, all orders are read.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::StoredFile;
use super::directory::{Store, failed, write_whole};
use super::unmapped::known_status;
use crate::input::error::InputError;
use crate::input::parquet::{ParquetFile, TypedRow};
use crate::input::parse::id::unguard;
use crate::input::profile::{RowKind, Status};
use crate::input::quick::QuickCells;
use crate::input::settings::span;
use crate::memory::{Memory, MemoryError};
use crate::partition::{PARTS, Partition, Parts, each_portion};
use crate::units::{IdKey, Portion};

/// Its name in the directory of a store.
const FILE: &str = "standing.json";

/// What is known of the orders of one row group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderGroup {
    /// Portion that a later one replaces.
    pub superseded: Portion,
    /// Portion that stand, and were never paid.
    pub never_paid: Portion,
    /// Portion that stand, and were paid.
    pub paid: Portion,
    /// The first and the last second at which a row that stands says that it was paid, whatever its status.
    pub times: Option<(i64, i64)>,
    /// The first row group before this one, of all files in their order, of which a row is replaced by one of this.
    pub replaces: Option<usize>,
    /// Portion whose status no profile maps: what they are is decided when they are read.
    pub unknown_statuses: u64,
}

impl OrderGroup {
    /// All of its rows.
    #[must_use]
    pub fn all(&self) -> Portion {
        let mut all = self.superseded;
        all.merge(self.never_paid);
        all.merge(self.paid);
        all
    }
}

/// What stands of the orders of a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The seals of the files, in the order of ingestion.
    seals: Vec<String>,
    /// The row groups of each file, in their order.
    pub files: Vec<Vec<OrderGroup>>,
}

impl Standing {
    /// What stands of these files, which are all orders of a run; `None` where it was not counted for them.
    #[must_use]
    pub fn of(files: &[&Arc<StoredFile>]) -> Option<Self> {
        let directory = files.first()?.path.parent()?.parent()?;
        let text = std::fs::read_to_string(directory.join(FILE)).ok()?;
        let (digest, text) = text.split_once('\n')?;
        if digest != digest_of(text) {
            return None;
        }
        let standing: Self = serde_json::from_str(text).ok()?;
        standing.seals.iter().eq(files.iter().map(|file| &file.seal)).then_some(standing)
    }

    fn write(&self, path: &Path) -> Result<(), InputError> {
        let text =
            serde_json::to_string(self).map_err(|error| failed(path, "cannot describe it", error.into()))?;
        let written = write_whole(path, &format!("{}\n{text}", digest_of(&text)));
        written.map_err(|error| failed(path, "cannot write into the store", error))
    }
}

fn digest_of(text: &str) -> String {
    format!("{:032x}", xxh3_128(text.as_bytes()))
}

/// Counts what stands of a store, unless it was counted for these files before; of one that holds anything but whole orders, nothing.
///
/// # Errors
/// When a file cannot be read or written.
pub fn keep(store: &Store, memory: &Memory) -> Result<(), InputError> {
    let files: Vec<_> = store.files(RowKind::Orders).collect();
    if files.is_empty() || Standing::of(&files).is_some() {
        return Ok(());
    }
    let path: PathBuf = store.directory().join(FILE);
    if let Some(standing) = count(&files, memory)? {
        return standing.write(&path);
    }
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(failed(&path, "cannot remove it", error))
        }
        _ => Ok(()),
    }
}

fn count(files: &[&Arc<StoredFile>], memory: &Memory) -> Result<Option<Standing>, InputError> {
    let mut counting = Counting::new(memory);
    let mut lengths = Vec::new();
    for file in files {
        let before = counting.groups.len();
        if !counting.file(file)? {
            return Ok(None);
        }
        lengths.push(counting.groups.len() - before);
    }
    let mut groups = counting.finish()?.into_iter();
    let files_of = lengths.into_iter().map(|length| groups.by_ref().take(length).collect()).collect();
    Ok(Some(Standing { seals: files.iter().map(|file| file.seal.clone()).collect(), files: files_of }))
}

/// A row, as far as it is counted.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct Known {
    order: IdKey,
    /// The number of its row group among all, and its own in that.
    group: u32,
    row: u32,
    /// When it was paid; [`Known::NEVER`] without a time.
    paid_at: i64,
    amount: i64,
    /// Whether its status says that it was never paid.
    is_never_paid: u64,
}

impl Known {
    const NEVER: i64 = i64::MIN;
}

/// The counting of the orders of a store, file by file.
#[derive(Debug)]
struct Counting {
    memory: Memory,
    rows: Partition<Known>,
    groups: Vec<OrderGroup>,
}

impl Counting {
    /// Nothing yet; rows keep within this bound.
    fn new(memory: &Memory) -> Self {
        Self { memory: memory.clone(), rows: Partition::new(memory), groups: Vec::new() }
    }

    /// Takes the rows of a file; `false` where it does not hold whole orders. An order of lines may be of the time of another line, and amounts
    /// of orders stand on several.
    fn file(&mut self, file: &Arc<StoredFile>) -> Result<bool, InputError> {
        if file.about.level != "order" || file.about.per_order != (false, false) {
            return Ok(false);
        }
        let rows = ParquetFile::open(&file.source())?;
        let at = |name: &str| rows.names().iter().position(|column| column == name);
        let Some(order) = at("order_id") else { return Ok(false) };
        let columns = Columns { order, paid: at("paid_at"), amount: at("amount"), status: at("status") };
        let mut is_typed = true;
        for slice in 0..rows.len() {
            self.groups.push(OrderGroup::default());
            rows.read(slice, &columns.needed(), |row, line| {
                is_typed &= self.row(&columns, row, line).is_some();
                Ok(())
            })?;
        }
        Ok(is_typed)
    }

    /// Takes a row of the last row group; `None` where a column is not what a store holds.
    fn row(&mut self, columns: &Columns, row: TypedRow<'_>, line: u32) -> Option<()> {
        let group = self.groups.len() - 1;
        let status = columns.status.map(|column| known_status(&row.text(column)));
        self.groups[group].unknown_statuses += u64::from(status == Some(None));
        let number = |column: Option<usize>| column.map_or(Some(None), |column| row.stored_number(column));
        self.take(Known {
            order: IdKey::new(unguard(&row.text(columns.order))),
            group: group as u32,
            row: line,
            paid_at: number(columns.paid)?.unwrap_or(Known::NEVER),
            amount: number(columns.amount)?.unwrap_or_default(),
            is_never_paid: u64::from(status.flatten().is_some_and(Status::is_never_paid)),
        });
        Some(())
    }

    fn take(&mut self, row: Known) {
        self.rows.push(row.order, row);
    }

    /// The row groups.
    fn finish(mut self) -> Result<Vec<OrderGroup>, MemoryError> {
        let memory = self.memory.clone();
        let rows = Parts::gather([std::mem::replace(&mut self.rows, Partition::new(&memory))])?;
        for part in 0..PARTS {
            each_portion(&memory, (|row: &Known| row.order, "order"), &rows, part, &mut |mut rows| {
                rows.sort_unstable_by_key(|row| (row.order, row.group, row.row));
                rows.chunk_by(|a, b| a.order == b.order).for_each(|rows| self.order(rows));
                Ok::<_, MemoryError>(())
            })?;
        }
        Ok(self.groups)
    }

    /// Of the rows of one order, in the order of ingestion, the last stands.
    fn order(&mut self, rows: &[Known]) {
        for two in rows.windows(2) {
            let (before, after) = (two[0].group as usize, two[1].group as usize);
            self.groups[before].superseded.add(two[0].amount);
            if before < after {
                let replaces = &mut self.groups[after].replaces;
                *replaces = Some(replaces.map_or(before, |first| first.min(before)));
            }
        }
        let Some(row) = rows.last() else { return };
        let group = &mut self.groups[row.group as usize];
        let paid_at = Some(row.paid_at).filter(|&paid_at| paid_at != Known::NEVER);
        if row.is_never_paid == 0 && paid_at.is_some() {
            group.paid.add(row.amount);
        } else {
            group.never_paid.add(row.amount);
        }
        group.times = span(group.times, paid_at.map(|paid_at| (paid_at, paid_at)));
    }
}

/// The numbers of the columns that are counted.
#[derive(Debug, Clone, Copy)]
struct Columns {
    order: usize,
    paid: Option<usize>,
    amount: Option<usize>,
    status: Option<usize>,
}

impl Columns {
    fn needed(&self) -> Vec<usize> {
        [Some(self.order), self.paid, self.amount, self.status].into_iter().flatten().collect()
    }
}
