//! After-sales rows without duplicates, by part of their order: a later export or row wins; a line that is named alone finds its order.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use super::{RefundRow, Refunds, RefundsError};
use crate::input::error::InputError;
use crate::input::orders::{LineTexts, OrderRow};
use crate::input::read::Place;
use crate::memory::{Memory, MemoryError};
use crate::partition::{Partition, Parts, each_portion, for_each_part};
use crate::units::IdKey;

/// After-sales rows that no later one replaces.
#[derive(Debug)]
pub struct StandingRefunds {
    /// The rows by part of their order; those whose line no order given has are spread ([`RefundRow::order_key`]).
    pub parts: Parts<RefundRow>,
    /// Rows that a later one replaces.
    pub superseded: u64,
    /// Their money, in minor units.
    pub superseded_money: i128,
}

/// One worker's rows.
struct Worker {
    addressed: Partition<RefundRow>,
    /// Rows that name a line and no order.
    unaddressed: Vec<RefundRow>,
    superseded: u64,
    money: i128,
}

/// Removes duplicates, and finds the orders of lines that are named alone among `orders`, which stay as they are.
///
/// # Errors
/// [`RefundsError::AmbiguousLine`] where several orders have such a line.
pub fn standing_refunds(
    refunds: &Refunds,
    orders: &Parts<OrderRow>,
    lines: &LineTexts,
    (memory, threads): (&Memory, usize),
) -> Result<StandingRefunds, InputError> {
    let mut workers: Vec<Worker> = (0..threads).map(|_| Worker::new(memory)).collect();
    for_each_part(&mut workers, |worker, part| {
        each_portion(memory, (RefundRow::part_key, "refund"), &refunds.parts, part, &mut |mut rows| {
            worker.part(&mut rows);
            Ok::<_, MemoryError>(())
        })
    })?;
    let (mut superseded, mut superseded_money) = (0, 0);
    let (mut addressed, mut unaddressed) = (Vec::new(), Vec::new());
    for worker in workers {
        superseded += worker.superseded;
        superseded_money += worker.money;
        addressed.push(worker.addressed);
        unaddressed.extend(worker.unaddressed);
    }
    addressed.push(find_orders(unaddressed, refunds, orders, lines, (memory, threads))?);
    Ok(StandingRefunds { parts: Parts::gather(addressed)?, superseded, superseded_money })
}

impl Worker {
    fn new(memory: &Memory) -> Self {
        let addressed = Partition::new(memory);
        Self { addressed, unaddressed: Vec::new(), superseded: 0, money: 0 }
    }

    fn part(&mut self, rows: &mut [RefundRow]) {
        rows.sort_unstable_by_key(|row| (row.key, row.sequence));
        let read: i128 = rows.iter().map(|row| i128::from(row.amount.0)).sum();
        let mut kept = 0;
        let mut kept_money = 0;
        for same in rows.chunk_by(|a, b| a.key == b.key && !a.key.is_nobody()) {
            let Some(latest) = same.last() else { continue };
            kept += 1;
            kept_money += i128::from(latest.amount.0);
            if latest.order.is_nobody() {
                self.unaddressed.push(*latest);
            } else {
                self.addressed.push(latest.order, *latest);
            }
        }
        self.superseded += (rows.len() - kept) as u64;
        self.money += read - kept_money;
    }
}

/// The orders of lines.
type OrdersOfLines = HashMap<IdKey, IdKey, RandomState>;

/// Rows that name a line alone, with the order of that line. The memory is that of these rows, not of the orders.
fn find_orders(
    mut unaddressed: Vec<RefundRow>,
    refunds: &Refunds,
    orders: &Parts<OrderRow>,
    lines: &LineTexts,
    (memory, threads): (&Memory, usize),
) -> Result<Partition<RefundRow>, InputError> {
    let mut addressed = Partition::new(memory);
    if unaddressed.is_empty() {
        return Ok(addressed);
    }
    let mut wanted: OrdersOfLines = unaddressed.iter().map(|row| (row.line, IdKey::NOBODY)).collect();
    let mut found: Vec<Vec<(IdKey, IdKey)>> = vec![Vec::new(); threads];
    for_each_part(&mut found, |found, part| {
        orders.each_piece(part, |rows| {
            for row in rows.iter().filter(|row| row.is_line()) {
                let line = IdKey::new(lines.get(row.line));
                if wanted.contains_key(&line) {
                    found.push((line, row.order));
                }
            }
        })
    })?;
    let mut ambiguous: HashSet<IdKey, RandomState> = HashSet::default();
    for (line, order) in found.into_iter().flatten() {
        if let Some(known) = wanted.get_mut(&line) {
            if !known.is_nobody() && *known != order {
                ambiguous.insert(line);
            }
            *known = order;
        }
    }
    let unclear = unaddressed.iter().filter(|row| ambiguous.contains(&row.line));
    if let Some(first) = unclear.clone().map(|row| row.sequence).min() {
        let (path, line) = refunds.files.line(Place::from_sequence(first));
        let count = unclear.count() as u64;
        return Err(RefundsError::AmbiguousLine { path: path.to_owned(), line, count }.into());
    }
    for row in &mut unaddressed {
        row.order = wanted.get(&row.line).copied().unwrap_or_default();
        addressed.push(row.order_key(), *row);
    }
    Ok(addressed)
}
