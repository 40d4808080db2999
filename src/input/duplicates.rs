//! Duplicates of orders: of the rows with one key, the one from the later export wins, before anything is filtered.

use std::cmp::Ordering;

use super::orders::{LineTexts, OrderRow, Orders, RepeatTally, StatusMeaning, keep_once};
use super::settings::span;
use crate::memory::{Memory, MemoryError};
use crate::partition::{PARTS, Partition, Parts, each_portion, for_each_part};
use crate::units::Instant;

/// Orders without duplicates.
#[derive(Debug)]
pub struct Distinct {
    /// The rows that stand, by part, in the order of [`rank`](crate::partition::rank): the lines of an order are together, sorted by streamer
    /// and line.
    pub parts: Parts<OrderRow>,
    /// What was removed, and the span of what stands.
    pub tally: DistinctTally,
}

/// What the removal of duplicates found.
#[derive(Debug, Clone, Copy, Default)]
pub struct DistinctTally {
    /// Rows that a later one replaces.
    pub superseded: u64,
    /// Their gross money, in minor units.
    pub money: i128,
    /// What stood on several lines of an order and counts once.
    pub repeated: RepeatTally,
    /// The first and last payment time of the rows that stand.
    pub paid: Option<(Instant, Instant)>,
}

/// Removes duplicates, a part at a time on each of `threads` threads. The rows as they were read are gone afterwards: they are the most that
/// a run on orders holds, and those that stand take their places, where all are in memory.
///
/// # Errors
/// When a temporary file fails, or the rows of one order are too many.
pub fn remove_duplicates(
    orders: &mut Orders,
    memory: &Memory,
    threads: usize,
) -> Result<Distinct, MemoryError> {
    let read = std::mem::take(&mut orders.parts);
    let mut workers: Vec<Removal<'_>> = (0..threads).map(|_| Removal::new(orders)).collect();
    let parts = if read.can_be_rewritten(memory) {
        read.rewritten(&mut workers, |worker, rows, place| worker.part(rows, |standing| place.put(standing)))
    } else {
        copied(&read, &mut workers, memory)?
    };
    let left_out = &orders.left_out;
    let mut tally = DistinctTally {
        superseded: left_out.superseded.rows,
        money: left_out.superseded.money,
        paid: left_out.paid,
        ..DistinctTally::default()
    };
    for Removal { tally: worker, .. } in workers {
        tally.superseded += worker.superseded;
        tally.money += worker.money;
        tally.repeated.merge(worker.repeated);
        tally.paid = span(tally.paid, worker.paid);
    }
    Ok(Distinct { parts, tally })
}

/// The rows that stand, beside those that were read.
fn copied(
    read: &Parts<OrderRow>,
    workers: &mut [Removal<'_>],
    memory: &Memory,
) -> Result<Parts<OrderRow>, MemoryError> {
    let mut workers: Vec<_> = workers.iter_mut().map(|worker| (worker, Partition::new(memory))).collect();
    for_each_part(&mut workers, |(worker, kept), part| {
        each_portion(memory, (|row: &OrderRow| row.order, "order"), read, part, &mut |rows| {
            worker.part(&rows, |standing| standing.iter().for_each(|row| kept.append(part, *row)));
            kept.check()
        })
    })?;
    Parts::gather(workers.into_iter().map(|(_, kept)| kept))
}

/// One worker's removal of duplicates; keeps its memory from part to part.
struct Removal<'a> {
    orders: &'a Orders,
    tally: DistinctTally,
    /// Where the rows of a part are, with the hashes of their orders.
    places: Places,
    /// The rows of one order.
    order: Vec<OrderRow>,
}

impl<'a> Removal<'a> {
    fn new(orders: &'a Orders) -> Self {
        Self { orders, tally: DistinctTally::default(), places: Places::default(), order: Vec::new() }
    }

    /// Calls `keep` with the rows that stand of each order of a part.
    fn part(&mut self, rows: &[OrderRow], mut keep: impl FnMut(&[OrderRow])) {
        let mut places = std::mem::take(&mut self.places);
        places.sort(rows);
        for places in
            places.sorted.chunk_by(|a, b| a.0 == b.0 && rows[a.1 as usize].order == rows[b.1 as usize].order)
        {
            self.order.clear();
            self.order.extend(places.iter().map(|&(_, place)| rows[place as usize]));
            self.stand();
            keep(&self.order);
        }
        self.places = places;
    }

    /// Leaves the rows of the order that stand.
    fn stand(&mut self) {
        let Self { orders, tally, order, .. } = self;
        if order.len() > 1 {
            let money = |rows: &[OrderRow]| rows.iter().map(|row| i128::from(row.amount.0)).sum::<i128>();
            let read = (order.len(), money(order));
            keep_latest(order, &orders.lines);
            tally.superseded += (read.0 - order.len()) as u64;
            tally.money += read.1 - money(order);
        }
        let never_paid = |row: &OrderRow| {
            let meaning = orders.statuses.get(row.status as usize);
            matches!(meaning, Some(StatusMeaning::Known(status)) if status.is_never_paid())
        };
        keep_once(order, |row| row.paid_at().is_some() && !never_paid(row), &mut tally.repeated);
        order.sort_by_key(|row| row.streamer);
        for paid in order.iter().filter_map(OrderRow::paid_at) {
            tally.paid = span(tally.paid, Some((paid, paid)));
        }
    }
}

/// The places of rows by their orders, in the order of their hashes, and their sequences.
#[derive(Debug, Default)]
struct Places {
    sorted: Vec<(u64, u32)>,
    /// Where each bucket ends; while places are put into it, where the next goes.
    ends: Vec<u32>,
}

impl Places {
    /// Sorts the rows of a part: into buckets of a few rows by further bits of the hash, which leaves little to sort.
    fn sort(&mut self, rows: &[OrderRow]) {
        let bits = (rows.len() / 2).next_power_of_two().trailing_zeros();
        let bucket = |hash: u64| {
            (hash << PARTS.trailing_zeros()).checked_shr(u64::BITS - bits).unwrap_or_default() as usize
        };
        self.ends.clear();
        self.ends.resize((1 << bits) + 1, 0);
        for row in rows {
            self.ends[bucket(row.order.mixed()) + 1] += 1;
        }
        let mut before = 0;
        for end in &mut self.ends {
            before += *end;
            *end = before;
        }
        self.sorted.clear();
        self.sorted.resize(rows.len(), (0, 0));
        for (place, row) in rows.iter().enumerate() {
            let hash = row.order.mixed();
            let next = &mut self.ends[bucket(hash)];
            self.sorted[*next as usize] = (hash, place as u32);
            *next += 1;
        }
        let within = |place: u32| (rows[place as usize].order, rows[place as usize].sequence, place);
        let mut begin = 0;
        for &end in &self.ends[..1 << bits] {
            let bucket = &mut self.sorted[begin..end as usize];
            bucket.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| within(a.1).cmp(&within(b.1))));
            begin = end as usize;
        }
    }
}

/// Of the rows of one order, by their sequences, leaves the latest; of lines the latest of each, by line id: rows of the whole order, which an
/// earlier export gave, go.
fn keep_latest(order: &mut Vec<OrderRow>, lines: &LineTexts) {
    if !order.last().is_some_and(OrderRow::is_line) {
        order.drain(..order.len().saturating_sub(1));
        return;
    }
    let by_line = |a: &OrderRow, b: &OrderRow| line_order(lines.get(a.line), lines.get(b.line));
    order.retain(OrderRow::is_line);
    order.sort_unstable_by(|a, b| by_line(a, b).then(b.sequence.cmp(&a.sequence)));
    order.dedup_by(|earlier, latest| by_line(earlier, latest) == Ordering::Equal);
}

/// The order of line ids: whole numbers by their value, before all others; those by their bytes.
#[must_use]
pub fn line_order(a: &[u8], b: &[u8]) -> Ordering {
    let number = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    match (number(a), number(b)) {
        (true, true) => {
            let plain =
                |text: &[u8]| text.iter().position(|&digit| digit != b'0').map_or(text.len(), |at| at);
            let (x, y) = (&a[plain(a)..], &b[plain(b)..]);
            x.len().cmp(&y.len()).then_with(|| x.cmp(y)).then_with(|| a.cmp(b))
        }
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use bytemuck::Zeroable;

    use super::*;
    use crate::partition::{part_of, rank};
    use crate::units::IdKey;

    #[test]
    fn places_are_by_rank_and_sequence() {
        let key = |n: u64| IdKey::new(n.to_string().as_bytes());
        let of_a_part: Vec<IdKey> = (0..100_000).map(key).filter(|key| part_of(*key) == 7).collect();
        let mut places = Places::default();
        for count in [0_u64, 1, 2, 3, 70, 1_000] {
            let row = |n: u64| {
                let mut row = OrderRow::zeroed();
                row.order = of_a_part[(n * n % (count / 3 + 1)) as usize];
                row.sequence = n * 7 % 11;
                row
            };
            let rows: Vec<OrderRow> = (0..count).map(row).collect();
            places.sort(&rows);
            let found = places.sorted.iter().map(|&(_, place)| {
                let row = &rows[place as usize];
                (rank(row.order), row.sequence, place)
            });
            let found: Vec<_> = found.collect();
            assert!(found.is_sorted() && found.len() == rows.len(), "{count}");
        }
    }

    #[test]
    fn line_ids_count_as_a_person_does() {
        let mut ids = ["a-10", "10", "9", "a-2", "09", "100", "6923456789012345678901"];
        ids.sort_by(|a, b| line_order(a.as_bytes(), b.as_bytes()));
        assert_eq!(ids, ["09", "9", "10", "100", "6923456789012345678901", "a-10", "a-2"]);
    }
}
