//! Memory for rows, in large pieces straight from the system.

use std::alloc::{Layout, handle_alloc_error};
use std::marker::PhantomData;

use memmap2::MmapMut;

use super::Row;

/// Bytes in a slab: four of the system's large pages on the usual machines.
const BYTES: usize = 8 << 20;

/// Room for rows, all zeros at first.
#[derive(Debug)]
pub(super) struct Slab<T> {
    memory: MmapMut,
    rows: PhantomData<T>,
}

impl<T: Row> Slab<T> {
    /// The rows that it has room for.
    pub(super) const ROWS: u32 = (BYTES / size_of::<T>()) as u32;

    /// A slab on large pages where the system has them: rows go to 256 parts in turn, and looking up small pages costs a fifth of the
    /// time of an append.
    pub(super) fn new() -> Self {
        let Ok(memory) = MmapMut::map_anon(BYTES) else { handle_alloc_error(Layout::new::<[u8; BYTES]>()) };
        // Where it is refused, the memory is as good as any.
        #[cfg(target_os = "linux")]
        let _ = memory.advise(memmap2::Advice::HugePage);
        Self { memory, rows: PhantomData }
    }

    #[inline]
    pub(super) fn rows(&self) -> &[T] {
        bytemuck::cast_slice(&self.memory[..Self::ROWS as usize * size_of::<T>()])
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]
    pub(super) fn rows_mut(&mut self) -> &mut [T] {
        bytemuck::cast_slice_mut(&mut self.memory[..Self::ROWS as usize * size_of::<T>()])
    }
}
