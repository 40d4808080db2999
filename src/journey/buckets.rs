//! Rows of a part by a few more bits of their person's hash, so that only a handful need sorting at a time.

use crate::partition::PARTS;
use crate::units::PersonKey;

/// Rows in a bucket, on average. One or two persons in a bucket sort in a few comparisons, and the counts of the buckets stay in cache.
const ROWS: usize = 4;

/// The rows of a part, bucket by bucket; keeps its memory from part to part.
#[derive(Debug)]
pub struct Buckets<T> {
    rows: Vec<T>,
    /// Where each bucket ends; while rows are put into it, where the next goes, which is its end when all are there.
    ends: Vec<u32>,
    /// The bucket of each row, while rows are put into them.
    numbers: Vec<u32>,
    /// The buckets that were handed out, and their rows.
    given: usize,
    taken: usize,
}

impl<T> Default for Buckets<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), ends: Vec::new(), numbers: Vec::new(), given: 0, taken: 0 }
    }
}

/// How many buckets rows are put into, as a power of two.
#[must_use]
pub fn bits_for(rows: usize) -> u32 {
    (rows / ROWS).next_power_of_two().trailing_zeros()
}

/// The bucket of a person; the bits above chose the part.
#[inline]
fn bucket_of(person: PersonKey, bits: u32) -> usize {
    let within = person.mixed() << PARTS.trailing_zeros();
    within.checked_shr(u64::BITS - bits).unwrap_or_default() as usize
}

impl<T: bytemuck::Pod> Buckets<T> {
    /// Puts the rows of all pieces into 2^`bits` buckets by their persons.
    ///
    /// # Panics
    /// A part has fewer than 2³² rows.
    pub fn fill<'r>(
        &mut self,
        pieces: impl Iterator<Item = &'r [T]> + Clone,
        bits: u32,
        person: impl Fn(&T) -> PersonKey,
        mut change: impl FnMut(&mut T),
    ) where
        T: 'r,
    {
        (self.given, self.taken) = (0, 0);
        self.ends.clear();
        self.ends.resize((1 << bits) + 1, 0);
        self.numbers.clear();
        for piece in pieces.clone() {
            self.numbers.extend(piece.iter().map(|row| {
                let bucket = bucket_of(person(row), bits);
                self.ends[bucket + 1] += 1;
                bucket as u32
            }));
        }
        let rows = self.numbers.len();
        let mut before = 0;
        for end in &mut self.ends {
            before += *end;
            *end = before;
        }
        if self.rows.len() < rows {
            self.rows.resize(rows, T::zeroed());
        }
        let mut numbers = &self.numbers[..];
        for piece in pieces {
            let (of_piece, rest) = numbers.split_at(piece.len());
            for (row, &bucket) in piece.iter().zip(of_piece) {
                let place = &mut self.ends[bucket as usize];
                let kept = &mut self.rows[*place as usize];
                *kept = *row;
                change(kept);
                *place += 1;
            }
            numbers = rest;
        }
    }

    /// The rows of the next bucket; none after the last.
    #[inline]
    pub fn next_bucket(&mut self) -> &mut [T] {
        let end = self.ends.get(self.given).map_or(self.taken, |&end| end as usize);
        let begin = std::mem::replace(&mut self.taken, end);
        self.given += 1;
        &mut self.rows[begin..end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_in_one_bucket_with_all_of_its_person() {
        let person = |n: u64| PersonKey::new((n % 1_000).to_string().as_bytes());
        let rows: Vec<u64> = (0..5_000).collect();
        let mut buckets = Buckets::default();
        for bits in [0, 1, 10, bits_for(rows.len())] {
            buckets.fill(rows.chunks(700), bits, |&n| person(n), |_| {});
            let mut seen = Vec::new();
            let mut persons = std::collections::HashMap::new();
            for bucket in 0..1 << bits {
                for &row in &*buckets.next_bucket() {
                    seen.push(row);
                    assert_eq!(*persons.entry(person(row)).or_insert(bucket), bucket);
                }
            }
            seen.sort_unstable();
            assert_eq!(seen, rows);
        }
    }

    #[test]
    fn there_are_about_four_rows_in_a_bucket() {
        let expected = [(0, 0), (7, 0), (8, 1), (11, 1), (12, 2), (4 << 10, 10), ((4 << 10) + 4, 11)];
        assert_eq!(expected.map(|(rows, _)| bits_for(rows)), expected.map(|(_, bits)| bits));
    }

    #[test]
    fn the_persons_of_a_part_are_spread_over_its_buckets() {
        let persons = (0..300_000_u64).map(|n| PersonKey::new(n.to_string().as_bytes()));
        let of_part: Vec<PersonKey> =
            persons.filter(|person| person.mixed() >> (64 - PARTS.trailing_zeros()) == 3).collect();
        let used: std::collections::HashSet<usize> =
            of_part.iter().map(|person| bucket_of(*person, 8)).collect();
        // 1,200 persons leave 256 / e^4.7 = 2 of them empty.
        assert!(of_part.len() > 1_000 && used.len() > 240 && used.iter().all(|bucket| *bucket < 256));
    }
}
