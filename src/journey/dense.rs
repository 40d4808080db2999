//! Viewing of the groups that are not split, side by side, where there are not too many of them.

use super::accumulate::{GroupKey, Viewing};
use super::rules::Side;

/// Viewing of the groups that are not split, side by side: with a few thousand of them, a person's next one is mostly in cache, as it is
/// not in a hash table of three times the size. Where they are more, what is to be added waits until there is enough of it for a stretch
/// of them, which is then in cache.
#[derive(Debug, Default)]
pub struct Dense {
    /// By base group and period; without viewers where there is no such row. Made for the first person.
    rows: Vec<Viewing>,
    size: usize,
    periods: u32,
    /// What waits, for each stretch; none where all rows are in cache.
    waiting: Vec<Vec<Waiting>>,
}

/// A person's viewing that is not added yet.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    at: u32,
    private: bool,
    paid: bool,
    watch: i64,
}

impl Dense {
    /// As many rows as a second cache holds, 1.5 MiB of them.
    const CACHED: u64 = 1 << 15;
    /// The most rows: 48 MiB of them, as far as there are any.
    const MOST: u64 = 1 << 20;
    /// Rows in a stretch, as a power of two.
    const STRETCH: u32 = 13;
    /// How much waits for a stretch.
    const ENOUGH: usize = 1 << 10;

    /// The rows of so many base groups and periods, in so many bytes; none where there would be too many.
    #[must_use]
    pub fn new(bases: u32, periods: u32, bytes: u64) -> Self {
        let size = u64::from(bases) * u64::from(periods);
        let most = (bytes / size_of::<Viewing>() as u64).min(Self::MOST);
        if size > most.max(Self::CACHED) {
            return Self::default();
        }
        let stretches = if size > Self::CACHED { (size >> Self::STRETCH) + 1 } else { 0 };
        let waiting = (0..stretches).map(|_| Vec::with_capacity(Self::ENOUGH)).collect();
        Self { rows: Vec::new(), size: size as usize, periods, waiting }
    }

    /// Adds a person's viewing to a group that is not split, if its row is here.
    #[inline]
    pub fn add(&mut self, key: GroupKey, private: bool, paid: bool, watch: i64) -> bool {
        let at = key.base() as usize * self.periods as usize + key.period() as usize;
        if at >= self.size || key.side() != Side::default() {
            return false;
        }
        if self.rows.is_empty() {
            self.rows = bytemuck::zeroed_vec(self.size);
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
    fn add_all(rows: &mut [Viewing], waiting: &mut Vec<Waiting>) {
        for one in waiting.drain(..) {
            rows[one.at as usize].add(one.private, one.paid, one.watch);
        }
    }

    /// The rows that hold anything, by their groups.
    pub fn drain(mut self) -> impl Iterator<Item = (GroupKey, Viewing)> {
        self.waiting.iter_mut().for_each(|waiting| Self::add_all(&mut self.rows, waiting));
        let periods = self.periods.max(1);
        let key = move |at: u32| GroupKey::new(at / periods, at % periods, Side::default());
        let rows = self.rows.into_iter().enumerate().filter(|(_, row)| row.viewers > 0);
        rows.map(move |(at, row)| (key(at as u32), row))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn rows_that_wait_are_added_like_others() {
        for (bases, periods, is_here) in [(100, 8, true), (9_000, 8, true), (2_000_000, 8, false)] {
            let mut dense = Dense::new(bases, periods, u64::MAX);
            let mut expected: BTreeMap<GroupKey, Viewing> = BTreeMap::new();
            for n in 0..100_000_u32 {
                let key = GroupKey::new(n * 7_919 % bases, n % periods, Side::default());
                let (private, paid) = (n % 3 == 0, n % 5 == 0);
                assert_eq!(dense.add(key, private, paid, n.into()), is_here);
                if is_here {
                    expected.entry(key).or_default().add(private, paid, n.into());
                }
            }
            assert!(!dense.add(GroupKey::new(0, 0, Side(1)), false, false, 1));
            assert_eq!(dense.drain().collect::<BTreeMap<_, _>>(), expected);
        }
    }

    #[test]
    fn rows_take_no_more_than_they_may() {
        let key = GroupKey::new(0, 0, Side::default());
        assert!(!Dense::new(9_000, 8, 1 << 20).add(key, false, false, 1));
        assert!(Dense::new(9_000, 8, 4 << 20).add(key, false, false, 1));
        assert!(Dense::new(1_000, 8, 0).add(key, false, false, 1));
    }
}
