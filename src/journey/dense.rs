//! Sums of the groups that are neither split nor sliced, side by side, where there are not too many of them.

mod buying;
mod viewing;

pub use buying::{BuyingRow, Purchase};
pub use viewing::{Viewed, ViewingRow};

use super::accumulate::GroupKey;
use super::rules::Side;
use crate::memory::none_left;

/// What is summed of persons, in few bytes.
pub trait CompactRow: bytemuck::Pod + std::fmt::Debug {
    /// What one person adds.
    type One: Copy + std::fmt::Debug;
    /// The sums at their full width.
    type Sums;
    /// A sum of more persons might not fit.
    const MOST_PERSONS: u64;
    /// Rows in a stretch, as a power of two: as many as the cache has room for beside the rows of a part.
    const STRETCH: u32;

    /// Adds a person.
    fn add(&mut self, one: &Self::One);

    /// The sums; `None` where no person was added.
    fn sums(&self) -> Option<Self::Sums>;
}

/// Sums of the groups that are neither split nor sliced, side by side: with a few thousand of them, a person's next one is mostly in cache, as
/// it is not in a hash table of several times the size, and it is found without a look at it. Where they are more, what is to be added waits
/// until there is enough of it for a stretch of them, which is then in cache.
#[derive(Debug)]
pub struct Dense<R: CompactRow> {
    /// By base group and period; without persons where there is no such row. Made for the first person.
    rows: Vec<R>,
    size: usize,
    periods: u32,
    /// What waits, for each stretch; none where all rows are in cache.
    waiting: Vec<Vec<(u32, R::One)>>,
    /// No more persons were added since the rows were empty.
    persons: u64,
}

impl<R: CompactRow> Dense<R> {
    /// As many rows as a second cache holds, 1 MiB of them.
    const CACHED: u64 = (1 << 20) / size_of::<R>() as u64;
    /// The most rows: 32 MiB of them.
    const MOST: u64 = 32 * Self::CACHED;
    /// How much waits for a stretch.
    const ENOUGH: usize = 1 << 10;

    /// The rows of so many base groups and periods, in so many bytes; none where there would be too many.
    #[must_use]
    pub fn new(bases: u32, periods: u32, bytes: u64) -> Self {
        let size = u64::from(bases) * u64::from(periods);
        let most = (bytes / size_of::<R>() as u64).min(Self::MOST);
        let size = if size > most.max(Self::CACHED) { 0 } else { size };
        let stretches = if size > Self::CACHED { (size >> R::STRETCH) + 1 } else { 0 };
        let waiting = (0..stretches).map(|_| Vec::with_capacity(Self::ENOUGH)).collect();
        Self { rows: Vec::new(), size: size as usize, periods, waiting, persons: 0 }
    }

    /// Adds a person to a group that is neither split nor sliced, by base and period, if its row is here.
    #[inline]
    pub fn add(&mut self, (base, period): (u32, u32), one: R::One) -> bool {
        let at = base as usize * self.periods as usize + period as usize;
        if at >= self.rows.len() {
            return false;
        }
        match self.waiting.get_mut(at >> R::STRETCH) {
            None => self.rows[at].add(&one),
            Some(waiting) => {
                waiting.push((at as u32, one));
                if waiting.len() == Self::ENOUGH {
                    Self::add_all(&mut self.rows, waiting);
                }
            }
        }
        true
    }

    #[inline(never)]
    fn add_all(rows: &mut [R], waiting: &mut Vec<(u32, R::One)>) {
        for (at, one) in waiting.drain(..) {
            rows[at as usize].add(&one);
        }
    }

    /// Whether sums hold so many persons more.
    #[must_use]
    pub fn has_room(&self, persons: usize) -> bool {
        self.persons + persons as u64 <= R::MOST_PERSONS
    }

    /// Makes room for so many persons more, if sums hold them: otherwise, what is here must be [drained](Self::drain) before, and there are no
    /// rows where they are too many still.
    pub fn make_room(&mut self, persons: usize) {
        let has_room = self.has_room(persons);
        self.persons += persons as u64;
        if has_room && self.rows.len() < self.size {
            self.rows = bytemuck::try_zeroed_vec(self.size).unwrap_or_else(|()| none_left::<R>(self.size));
        }
    }

    /// How many groups have persons, but for those that wait.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.rows.iter().filter(|row| row.sums().is_some()).count()
    }

    /// Hands out all that is here, in the order of the groups.
    pub fn drain(&mut self) -> impl Iterator<Item = (GroupKey, R::Sums)> {
        self.waiting.iter_mut().for_each(|waiting| Self::add_all(&mut self.rows, waiting));
        self.persons = 0;
        let periods = self.periods.max(1);
        let key = move |at: u32| GroupKey::new(at / periods, at % periods, Side::default());
        self.rows.drain(..).zip(0..).filter_map(move |(row, at)| Some((key(at), row.sums()?)))
    }
}

#[cfg(test)]
mod tests;
