//! Parts whose rows change where they are: what is left of them takes no memory of its own.

use std::sync::{Mutex, PoisonError};

use super::{Chunk, PARTS, Partition, Parts, Row, for_each_part};
use crate::memory::Memory;

/// The memory of the rows of a part, in pieces: new rows go there in their order.
#[derive(Debug)]
pub struct Place<'p, T> {
    places: std::iter::Flatten<std::vec::IntoIter<&'p mut [T]>>,
    written: usize,
}

impl<'p, T: Row> Place<'p, T> {
    fn new(pieces: Vec<&'p mut [T]>) -> Self {
        Self { places: pieces.into_iter().flatten(), written: 0 }
    }

    /// Appends rows to those that were put before: no more in all than the part had.
    pub fn put(&mut self, rows: &[T]) {
        let before = self.written;
        // Rows first: a place that is asked for is taken.
        for (row, place) in rows.iter().zip(&mut self.places) {
            *place = *row;
            self.written += 1;
        }
        debug_assert_eq!(self.written, before + rows.len(), "a part has no more rows than before");
    }
}

impl<T: Row> Parts<T> {
    /// Whether all rows are in memory, and those of each part no more than a worker may have in one piece.
    #[must_use]
    pub fn can_be_rewritten(&self, memory: &Memory) -> bool {
        self.spills().next().is_none() && (0..PARTS).all(|part| self.bytes(part) <= memory.portion())
    }

    /// Calls `work` with the rows of every part and the place of what is left of them, with one thread for each worker. They must be such that
    /// they [can be rewritten](Self::can_be_rewritten).
    #[must_use]
    pub fn rewritten<W: Send>(
        mut self,
        workers: &mut [W],
        work: impl Fn(&mut W, &[T], &mut Place<'_, T>) + Sync,
    ) -> Self {
        let mut pieces: Vec<Vec<&mut [T]>> = (0..PARTS).map(|_| Vec::new()).collect();
        for worker in &mut self.workers {
            worker.divide(&mut pieces);
        }
        let parts: Vec<_> = pieces.into_iter().map(|pieces| Mutex::new((pieces, 0))).collect();
        let mut workers: Vec<(&mut W, Vec<T>)> =
            workers.iter_mut().map(|worker| (worker, Vec::new())).collect();
        let rewrite = |(worker, rows): &mut (&mut W, Vec<T>), part: usize| {
            let (pieces, left) = &mut *parts[part].lock().unwrap_or_else(PoisonError::into_inner);
            rows.clear();
            for piece in pieces.iter() {
                rows.extend_from_slice(piece);
            }
            let mut place = Place::new(std::mem::take(pieces));
            work(worker, rows, &mut place);
            *left = place.written;
            Ok::<_, std::convert::Infallible>(())
        };
        let Ok(()) = for_each_part(&mut workers, rewrite);
        let left = parts.into_iter().map(|part| part.into_inner().unwrap_or_else(PoisonError::into_inner).1);
        for (part, mut left) in left.collect::<Vec<_>>().into_iter().enumerate() {
            for worker in &mut self.workers {
                left -= worker.truncate(part, left);
            }
        }
        self
    }
}

impl<T: Row> Partition<T> {
    /// Adds the rows of each part to those of other workers, in the order in which they were appended: where nothing went to a file, chunks
    /// are taken in the order of their places.
    fn divide<'p>(&'p mut self, pieces: &mut [Vec<&'p mut [T]>]) {
        let filled =
            |part: usize| self.filled(part).map(move |chunk| (chunk.slab, chunk.first, chunk.end, part));
        let mut chunks: Vec<_> = (0..PARTS).flat_map(filled).collect();
        chunks.sort_unstable();
        let mut chunks = chunks.into_iter().peekable();
        for (slab, rows) in self.slabs.iter_mut().enumerate() {
            let (mut rows, mut at) = (&mut rows[..], 0);
            while let Some((_, first, end, part)) = chunks.next_if(|chunk| chunk.0 == slab as u32) {
                let (piece, rest) = rows[(first - at) as usize..].split_at_mut((end - first) as usize);
                pieces[part].push(piece);
                (rows, at) = (rest, end);
            }
        }
    }

    /// Leaves so many of the rows of a part; gives how many it had of them. No more are appended afterwards.
    fn truncate(&mut self, part: usize, left: usize) -> usize {
        let mut kept = 0;
        let mut cut = |chunk: &mut Chunk, end: u32| {
            chunk.end = end.min(chunk.first + (left - kept) as u32);
            kept += (chunk.end - chunk.first) as usize;
        };
        for chunk in &mut self.full[part] {
            cut(chunk, chunk.end);
        }
        let open = &mut self.open[part];
        cut(&mut open.chunk, open.next);
        open.next = open.chunk.end;
        kept
    }
}
