//! Duplicates of orders: of the rows with one key, the one from the later export wins, before anything is filtered.

use std::cmp::Ordering;

use super::orders::{LineTexts, OrderRow, Orders, RepeatTally, StatusMeaning, keep_once};
use super::settings::span;
use crate::memory::{Memory, MemoryError};
use crate::partition::{Partition, Parts, each_portion, for_each_part};
use crate::units::Instant;

/// Orders without duplicates.
#[derive(Debug)]
pub struct Distinct {
    /// The rows that stand, by part: the lines of an order are together, sorted by streamer and line; orders are sorted too, unless a part
    /// was too large for memory.
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
/// a run on orders holds.
///
/// # Errors
/// When a temporary file fails, or the rows of one order are too many.
pub fn remove_duplicates(
    orders: &mut Orders,
    memory: &Memory,
    threads: usize,
) -> Result<Distinct, MemoryError> {
    let read = std::mem::take(&mut orders.parts);
    let orders = &*orders;
    let mut workers: Vec<(DistinctTally, Partition<OrderRow>)> =
        (0..threads).map(|_| (DistinctTally::default(), Partition::new(memory))).collect();
    for_each_part(&mut workers, |(tally, kept), part| {
        each_portion(memory, (|row: &OrderRow| row.order, "order"), &read, part, &mut |rows| {
            for row in standing(&rows, orders, tally) {
                kept.append(part, row);
            }
            kept.check()
        })
    })?;
    let mut tally = DistinctTally::default();
    let (tallies, parts): (Vec<_>, Vec<_>) = workers.into_iter().unzip();
    for worker in tallies {
        tally.superseded += worker.superseded;
        tally.money += worker.money;
        tally.repeated.merge(worker.repeated);
        tally.paid = span(tally.paid, worker.paid);
    }
    Ok(Distinct { parts: Parts::gather(parts)?, tally })
}

/// The rows that stand of those of one part.
fn standing(rows: &[OrderRow], orders: &Orders, tally: &mut DistinctTally) -> Vec<OrderRow> {
    let never_paid = |row: &OrderRow| {
        let meaning = orders.statuses.get(row.status as usize);
        matches!(meaning, Some(StatusMeaning::Known(status)) if status.is_never_paid())
    };
    // Sorting moves keys, not rows of 88 bytes.
    let key = |(place, row): (usize, &OrderRow)| (row.order, row.sequence, place as u32);
    let mut places: Vec<_> = rows.iter().enumerate().map(key).collect();
    places.sort_unstable();
    let (mut order, mut standing) = (Vec::new(), Vec::with_capacity(rows.len()));
    for places in places.chunk_by(|a, b| a.0 == b.0) {
        order.clear();
        order.extend(places.iter().map(|&(_, _, place)| rows[place as usize]));
        let before = standing.len();
        let latest_is_line = order.last().is_some_and(OrderRow::is_line);
        if latest_is_line {
            latest_lines(&mut order, &orders.lines, &mut standing);
        } else {
            standing.extend(order.last().copied());
        }
        let read: i128 = order.iter().map(|row| i128::from(row.amount.0)).sum();
        let kept = &mut standing[before..];
        tally.superseded += (order.len() - kept.len()) as u64;
        tally.money += read - kept.iter().map(|row| i128::from(row.amount.0)).sum::<i128>();
        keep_once(kept, |row| row.paid_at().is_some() && !never_paid(row), &mut tally.repeated);
        kept.sort_by_key(|row| row.streamer);
        for paid in kept.iter().filter_map(OrderRow::paid_at) {
            tally.paid = span(tally.paid, Some((paid, paid)));
        }
    }
    standing
}

/// The latest row of each line of one order, by line id; rows of the whole order, which an earlier export gave, go.
fn latest_lines(order: &mut [OrderRow], lines: &LineTexts, standing: &mut Vec<OrderRow>) {
    let by_line = |a: &OrderRow, b: &OrderRow| {
        a.is_line().cmp(&b.is_line()).then_with(|| line_order(lines.get(a.line), lines.get(b.line)))
    };
    order.sort_unstable_by(|a, b| by_line(a, b).then(a.sequence.cmp(&b.sequence)));
    let same = |a: &OrderRow, b: &OrderRow| by_line(a, b) == Ordering::Equal;
    let latest = order.chunk_by(same).filter_map(|rows| rows.last().copied()).filter(OrderRow::is_line);
    standing.extend(latest);
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
    use super::*;

    #[test]
    fn line_ids_count_as_a_person_does() {
        let mut ids = ["a-10", "10", "9", "a-2", "09", "100", "6923456789012345678901"];
        ids.sort_by(|a, b| line_order(a.as_bytes(), b.as_bytes()));
        assert_eq!(ids, ["09", "9", "10", "100", "6923456789012345678901", "a-10", "a-2"]);
    }
}
