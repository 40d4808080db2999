//! Batches of many workers into one file, in the order of the export.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Condvar, Mutex, PoisonError};

use super::batch::{Batch, Layout};
use super::parquet::GroupWriter;
use super::slices::{GROUP_ROWS, SessionSlice};
use crate::input::error::InputError;

/// How many blocks a worker may be ahead of the slowest one, for each worker: what bounds the memory.
const AHEAD: u32 = 4;

/// What a store says of the rows of one row group; `None` where it says nothing.
pub type Summarize = fn(&Layout, &Batch) -> Option<SessionSlice>;

/// A file whose rows come as batches, one for each block of the export, from any worker at any time.
pub struct InOrder<W: Write + Send> {
    state: Mutex<State<W>>,
    moved: Condvar,
    ahead: u32,
    summarize: Summarize,
}

/// Wakes all who wait when it goes.
struct Notify<'a>(&'a Condvar);

impl Drop for Notify<'_> {
    fn drop(&mut self) {
        self.0.notify_all();
    }
}

struct State<W: Write + Send> {
    name: String,
    out: Option<W>,
    layout: Layout,
    writer: Option<GroupWriter<W>>,
    /// The block that is written next.
    next: u32,
    waiting: BTreeMap<u32, Batch>,
    /// The rows of the row group that is not full yet.
    group: Batch,
    slices: Vec<Option<SessionSlice>>,
    rows: u64,
    abandoned: bool,
}

/// What was written, but for the footer.
pub struct Written<W: Write + Send> {
    writer: GroupWriter<W>,
    /// What is said of each row group; `None` where not all of them could be described.
    pub slices: Option<Vec<SessionSlice>>,
    /// The rows.
    pub rows: u64,
}

impl<W: Write + Send> Written<W> {
    /// Writes the footer.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(self, metadata: Vec<(String, String)>) -> Result<(), InputError> {
        self.writer.finish(metadata)
    }
}

impl<W: Write + Send> InOrder<W> {
    /// No rows yet; `name` is the export in messages.
    pub fn new(name: &str, out: W, workers: usize, summarize: Summarize) -> Self {
        let state = State {
            name: name.to_owned(),
            out: Some(out),
            layout: Layout::new(),
            writer: None,
            next: 0,
            waiting: BTreeMap::new(),
            group: Batch::default(),
            slices: Vec::new(),
            rows: 0,
            abandoned: false,
        };
        let ahead = AHEAD.saturating_mul(workers as u32);
        Self { state: Mutex::new(state), moved: Condvar::new(), ahead, summarize }
    }

    /// Takes the rows of a block; waits while the block is far ahead of what can be written.
    ///
    /// # Errors
    /// When writing fails.
    pub fn put(
        &self,
        block: u32,
        layout: impl FnOnce() -> Layout,
        batch: Option<Batch>,
    ) -> Result<(), InputError> {
        // After the lock in every case, even where a writer panics: nobody waits for a worker that is gone.
        let _moved = Notify(&self.moved);
        let Ok(mut state) = self.state.lock() else { return Ok(()) };
        while !state.abandoned && block > state.next.saturating_add(self.ahead) {
            let Ok(woken) = self.moved.wait(state) else { return Ok(()) };
            state = woken;
        }
        if state.abandoned {
            return Ok(());
        }
        let written = state.start(layout).and_then(|()| {
            state.waiting.insert(block, batch.unwrap_or_default());
            state.write_on(self.summarize)
        });
        state.abandoned |= written.is_err();
        written
    }

    /// Takes note that reading has failed, so that nobody waits.
    pub fn abandon(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).abandoned = true;
        self.moved.notify_all();
    }

    /// Writes what is left; `layout` is that of a file without rows.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(self, layout: impl FnOnce() -> Layout) -> Result<Written<W>, InputError> {
        let mut state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        state.start(layout)?;
        state.flush(self.summarize)?;
        let writer = state.writer.take();
        let slices = state.slices.into_iter().collect();
        let missing =
            || InputError::Store { path: state.name.clone(), message: "nothing was written".to_owned() };
        Ok(Written { writer: writer.ok_or_else(missing)?, slices, rows: state.rows })
    }
}

impl<W: Write + Send> State<W> {
    fn start(&mut self, layout: impl FnOnce() -> Layout) -> Result<(), InputError> {
        if let Some(out) = self.out.take() {
            self.layout = layout();
            self.group = Batch::new(&self.layout);
            self.writer = Some(GroupWriter::new(&self.name, self.layout.clone(), out)?);
        }
        Ok(())
    }

    /// Writes the batches whose turn it is.
    fn write_on(&mut self, summarize: Summarize) -> Result<(), InputError> {
        while let Some(batch) = self.waiting.remove(&self.next) {
            let mut from = 0;
            while from < batch.rows() {
                let count = (batch.rows() - from).min(GROUP_ROWS - self.group.rows());
                self.group.append(&batch, from, count);
                from += count;
                if self.group.rows() == GROUP_ROWS {
                    self.flush(summarize)?;
                }
            }
            self.next += 1;
        }
        Ok(())
    }

    fn flush(&mut self, summarize: Summarize) -> Result<(), InputError> {
        if self.group.rows() == 0 {
            return Ok(());
        }
        if let Some(writer) = &mut self.writer {
            writer.write(&self.group)?;
        }
        self.slices.push(summarize(&self.layout, &self.group));
        self.rows += self.group.rows() as u64;
        self.group.clear();
        Ok(())
    }
}
