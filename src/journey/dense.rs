//! Viewing of the groups that are not split, side by side, where there are not too many of them.

use super::accumulate::{GroupKey, Viewing};
use super::rules::{Side, Table};

/// Viewing of the groups that are not split, side by side: with a few thousand of them, a person's next one is mostly in cache, as it is
/// not in a hash table of several times the size. Where they are more, what is to be added waits until there is enough of it for a stretch
/// of them, which is then in cache.
#[derive(Debug, Default)]
pub struct Dense {
    /// By base group and period; without viewers where there is no such row. Made for the first person.
    rows: Vec<Compact>,
    size: usize,
    periods: u32,
    /// What waits, for each stretch; none where all rows are in cache.
    waiting: Vec<Vec<Waiting>>,
    /// No more persons were added since the rows were empty.
    persons: u64,
}

/// The [`Viewing`] of fewer than 2³² persons who watched fewer than 2³² seconds each, in half a line of the cache.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C, align(32))]
struct Compact {
    watch: u64,
    /// The lower and the upper bits of Σ seconds².
    squares: u64,
    carried: u32,
    viewers: u32,
    private: u32,
    paid: u32,
}

impl Compact {
    /// The same as [`Viewing::add`].
    #[inline]
    fn add(&mut self, private: bool, paid: bool, watch: u32) {
        let watch = u64::from(watch);
        let (squares, carry) = self.squares.overflowing_add(watch * watch);
        self.watch += watch;
        self.squares = squares;
        self.carried += u32::from(carry);
        self.viewers += 1;
        self.private += u32::from(private);
        self.paid += u32::from(paid && !private);
    }

    fn viewing(&self) -> Viewing {
        Viewing {
            viewers: self.viewers.into(),
            private: self.private.into(),
            paid: self.paid.into(),
            watch: self.watch as i64,
            watch_squared: i128::from(self.carried) << 64 | i128::from(self.squares),
        }
    }
}

/// A person's viewing that is not added yet.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    at: u32,
    private: bool,
    paid: bool,
    watch: u32,
}

impl Dense {
    /// As many rows as a second cache holds, 1 MiB of them.
    const CACHED: u64 = 1 << 15;
    /// The most rows: 32 MiB of them.
    const MOST: u64 = 1 << 20;
    /// Rows in a stretch, as a power of two.
    const STRETCH: u32 = 13;
    /// How much waits for a stretch.
    const ENOUGH: usize = 1 << 10;

    /// The rows of so many base groups and periods, in so many bytes; none where there would be too many.
    #[must_use]
    pub fn new(bases: u32, periods: u32, bytes: u64) -> Self {
        let size = u64::from(bases) * u64::from(periods);
        let most = (bytes / size_of::<Compact>() as u64).min(Self::MOST);
        if size > most.max(Self::CACHED) {
            return Self::default();
        }
        let stretches = if size > Self::CACHED { (size >> Self::STRETCH) + 1 } else { 0 };
        let waiting = (0..stretches).map(|_| Vec::with_capacity(Self::ENOUGH)).collect();
        Self { rows: Vec::new(), size: size as usize, periods, waiting, persons: 0 }
    }

    /// Adds a person's viewing to a group that is not split, by base and period, if its row is here.
    #[inline]
    pub fn add(&mut self, (base, period): (u32, u32), private: bool, paid: bool, watch: i64) -> bool {
        let at = base as usize * self.periods as usize + period as usize;
        let Ok(watch) = u32::try_from(watch) else { return false };
        if at >= self.rows.len() {
            return false;
        }
        match self.waiting.get_mut(at >> Self::STRETCH) {
            None => self.rows[at].add(private, paid, watch),
            Some(waiting) => {
                waiting.push(Waiting { at: at as u32, private, paid, watch });
                if waiting.len() == Self::ENOUGH {
                    Self::add_all(&mut self.rows, waiting);
                }
            }
        }
        true
    }

    #[inline(never)]
    fn add_all(rows: &mut [Compact], waiting: &mut Vec<Waiting>) {
        for one in waiting.drain(..) {
            rows[one.at as usize].add(one.private, one.paid, one.watch);
        }
    }

    /// Makes room for so many persons more: where counts might not hold them, what is here goes to the table.
    pub fn make_room(&mut self, persons: usize, table: &mut Table<GroupKey, Viewing>) {
        if self.persons + persons as u64 > u64::from(u32::MAX) {
            self.drain(table);
        }
        self.persons += persons as u64;
        if self.rows.len() < self.size {
            self.rows = bytemuck::zeroed_vec(self.size);
        }
    }

    /// Moves all that is here to a table.
    pub fn drain(&mut self, table: &mut Table<GroupKey, Viewing>) {
        self.waiting.iter_mut().for_each(|waiting| Self::add_all(&mut self.rows, waiting));
        let periods = self.periods.max(1);
        for (row, at) in self.rows.drain(..).zip(0..) {
            if row.viewers > 0 {
                let key = GroupKey::new(at / periods, at % periods, Side::default());
                table.entry(key).or_default().merge(&row.viewing());
            }
        }
        self.persons = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_wait_are_added_like_others() {
        for (bases, periods, is_here) in [(100, 8, true), (9_000, 8, true), (2_000_000, 8, false)] {
            let mut dense = Dense::new(bases, periods, u64::MAX);
            let (mut expected, mut found) = (Table::default(), Table::default());
            for n in 0..100_000_u32 {
                let (base, period) = (n * 7_919 % bases, n % periods);
                let (private, paid, watch) = (n % 3 == 0, n % 5 == 0, i64::from(n) << (n % 20));
                let fits = u32::try_from(watch).is_ok();
                dense.make_room(1, &mut found);
                assert_eq!(dense.add((base, period), private, paid, watch), is_here && fits);
                if is_here && fits {
                    let key = GroupKey::new(base, period, Side::default());
                    expected.entry(key).or_insert_with(Viewing::default).add(private, paid, watch);
                }
            }
            dense.drain(&mut found);
            assert_eq!(found, expected);
            assert_eq!(dense.rows.len(), 0);
        }
    }

    #[test]
    fn sums_of_squares_beyond_64_bits_and_persons_beyond_32_are_kept() {
        let (mut dense, mut found) = (Dense::new(1, 1, u64::MAX), Table::default());
        let (most, times) = (i64::from(u32::MAX), 5);
        for _ in 0..times {
            dense.make_room(u32::MAX as usize / 2 + 1, &mut found);
            assert!(dense.add((0, 0), true, true, most));
        }
        assert_eq!(found.len(), 1, "counts of 32 bits would not hold so many");
        dense.drain(&mut found);
        let mut expected = Viewing::default();
        (0..times).for_each(|_| expected.add(true, true, most));
        assert_eq!(found.into_values().collect::<Vec<_>>(), [expected]);
    }

    #[test]
    fn rows_take_no_more_than_they_may() {
        let is_here = |bases, periods, bytes| {
            let mut dense = Dense::new(bases, periods, bytes);
            dense.make_room(1, &mut Table::default());
            dense.add((0, 0), false, false, 1)
        };
        assert!(!is_here(9_000, 8, 1 << 20));
        assert!(is_here(9_000, 8, 4 << 20));
        assert!(is_here(1_000, 8, 0));
    }
}
