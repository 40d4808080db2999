//! Batches of many workers into one file, in the order of the export.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Condvar, Mutex, PoisonError};

use super::batch::{Batch, Layout};
use super::parquet::GroupWriter;
use super::slices::{Describe, GROUP_ROWS};
use crate::input::error::InputError;

/// How many blocks a worker may be ahead of the slowest one, for each worker: what bounds the memory.
const AHEAD: u32 = 4;

/// A file whose rows come as batches, one for each block of the export, from any worker at any time.
pub struct InOrder<W: Write + Send, D> {
    state: Mutex<State<W, D>>,
    moved: Condvar,
    ahead: u32,
}

/// Wakes all who wait when it goes.
struct Notify<'a>(&'a Condvar);

impl Drop for Notify<'_> {
    fn drop(&mut self) {
        self.0.notify_all();
    }
}

struct State<W: Write + Send, D> {
    name: String,
    out: Option<W>,
    layout: Layout,
    writer: Option<GroupWriter<W>>,
    /// The block that is written next.
    next: u32,
    waiting: BTreeMap<u32, Batch>,
    /// The rows of the row group that is not full yet.
    group: Batch,
    /// What describes the row groups.
    slices: D,
    rows: u64,
    abandoned: bool,
}

/// What was written, but for the footer.
pub struct Written<W: Write + Send> {
    writer: GroupWriter<W>,
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

impl<W: Write + Send, D: Describe> InOrder<W, D> {
    /// No rows yet; `name` is the export in messages.
    pub fn new(name: &str, out: W, workers: usize, slices: D) -> Self {
        let state = State {
            name: name.to_owned(),
            out: Some(out),
            layout: Layout::new(),
            writer: None,
            next: 0,
            waiting: BTreeMap::new(),
            group: Batch::default(),
            slices,
            rows: 0,
            abandoned: false,
        };
        let ahead = AHEAD.saturating_mul(workers as u32);
        Self { state: Mutex::new(state), moved: Condvar::new(), ahead }
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
            state.write_on()
        });
        state.abandoned |= written.is_err();
        written
    }

    /// Takes note that reading has failed, so that nobody waits.
    pub fn abandon(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).abandoned = true;
        self.moved.notify_all();
    }

    /// Writes what is left, and hands back what described the row groups; `layout` is that of a file without rows.
    ///
    /// # Errors
    /// When writing fails.
    pub fn finish(self, layout: impl FnOnce() -> Layout) -> Result<(Written<W>, D), InputError> {
        let mut state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        state.start(layout)?;
        state.flush()?;
        let writer = state.writer.take();
        let missing =
            || InputError::Store { path: state.name.clone(), message: "nothing was written".to_owned() };
        Ok((Written { writer: writer.ok_or_else(missing)?, rows: state.rows }, state.slices))
    }
}

impl<W: Write + Send, D: Describe> State<W, D> {
    fn start(&mut self, layout: impl FnOnce() -> Layout) -> Result<(), InputError> {
        if let Some(out) = self.out.take() {
            self.layout = layout();
            self.group = Batch::new(&self.layout);
            self.writer = Some(GroupWriter::new(&self.name, self.layout.clone(), out)?);
        }
        Ok(())
    }

    /// Writes the batches whose turn it is.
    fn write_on(&mut self) -> Result<(), InputError> {
        while let Some(batch) = self.waiting.remove(&self.next) {
            let mut from = 0;
            while from < batch.rows() {
                let count = (batch.rows() - from).min(GROUP_ROWS - self.group.rows());
                self.group.append(&batch, from, count);
                from += count;
                if self.group.rows() == GROUP_ROWS {
                    self.flush()?;
                }
            }
            self.next += 1;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), InputError> {
        if self.group.rows() == 0 {
            return Ok(());
        }
        if let Some(writer) = &mut self.writer {
            writer.write(&self.group)?;
        }
        self.slices.group(&self.layout, &self.group);
        self.rows += self.group.rows() as u64;
        self.group.clear();
        Ok(())
    }
}
