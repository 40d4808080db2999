//! What a store's file says of its row groups of orders: what of their rows stands, and whose rows they replace.

use serde::{Deserialize, Serialize};

use super::{Describe, GROUP_ROWS, column};
use crate::input::parse::id::unguard;
use crate::input::profile::Status;
use crate::input::settings::span;
use crate::input::store::batch::{Batch, Layout};
use crate::input::store::unmapped;
use crate::memory::{Memory, MemoryError};
use crate::partition::{PARTS, Partition, Parts, each_portion};
use crate::units::IdKey;

/// Rows and their gross money, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rows {
    /// Rows.
    pub rows: u64,
    /// Their money.
    pub money: i128,
}

impl Rows {
    fn add(&mut self, amount: i64) {
        self.rows += 1;
        self.money += i128::from(amount);
    }

    /// Adds others.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.money += other.money;
    }
}

/// What is known of the orders of one row group, so that it need not be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSlice {
    /// The least and the greatest key of an order ([`IdKey::halves`]).
    pub keys: Option<[(u64, u64); 2]>,
    /// Rows that a later one of the file replaces.
    pub superseded: Rows,
    /// Rows that stand, and were never paid.
    pub never_paid: Rows,
    /// Rows that stand, and were paid.
    pub paid: Rows,
    /// The first and the last second at which a row that stands says that it was paid, whatever its status.
    pub times: Option<(i64, i64)>,
    /// The first row group before this one of which a row is replaced by one of this.
    pub replaces: Option<usize>,
    /// Rows whose status no profile maps: what they are is decided when they are read.
    pub unknown_statuses: u64,
}

impl OrderSlice {
    /// All of its rows.
    #[must_use]
    pub fn all(&self) -> Rows {
        let mut all = self.superseded;
        all.merge(self.never_paid);
        all.merge(self.paid);
        all
    }
}

/// A row, as its row group is described.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
struct Known {
    order: IdKey,
    /// The number of the row in the file.
    place: u64,
    /// When it was paid; [`Known::NEVER`] without a time.
    paid_at: i64,
    amount: i64,
    /// Whether its status says that it was never paid.
    is_never_paid: u64,
}

impl Known {
    const NEVER: i64 = i64::MIN;
}

/// The row groups of a file of whole orders with ids; of any other nothing is said.
#[derive(Debug)]
pub struct OrderSlices {
    memory: Memory,
    rows: Partition<Known>,
    slices: Vec<OrderSlice>,
    group_rows: usize,
    count: u64,
    can_be_described: bool,
}

impl OrderSlices {
    /// None yet; their rows keep within this bound.
    #[must_use]
    pub fn new(memory: &Memory) -> Self {
        Self {
            memory: memory.clone(),
            rows: Partition::new(memory),
            slices: Vec::new(),
            group_rows: GROUP_ROWS,
            count: 0,
            can_be_described: true,
        }
    }

    /// Of the rows of one order, in the order of the file, the last stands.
    fn order(&mut self, rows: &[Known]) {
        let group_rows = self.group_rows as u64;
        let group = |row: &Known| (row.place / group_rows) as usize;
        let slices = &mut self.slices;
        for two in rows.windows(2) {
            let (before, after) = (group(&two[0]), group(&two[1]));
            slices[before].superseded.add(two[0].amount);
            if before < after {
                let replaces = &mut slices[after].replaces;
                *replaces = Some(replaces.map_or(before, |first| first.min(before)));
            }
        }
        let Some(row) = rows.last() else { return };
        let slice = &mut slices[group(row)];
        let paid_at = Some(row.paid_at).filter(|&paid_at| paid_at != Known::NEVER);
        if row.is_never_paid == 0 && paid_at.is_some() {
            slice.paid.add(row.amount);
        } else {
            slice.never_paid.add(row.amount);
        }
        slice.times = span(slice.times, paid_at.map(|paid_at| (paid_at, paid_at)));
    }
}

impl Describe for OrderSlices {
    type Slice = OrderSlice;

    fn group(&mut self, layout: &Layout, batch: &Batch) {
        let at = |name: &str| column(layout, batch, name);
        let (Some(orders), None) = (at("order_id"), at("line_id")) else {
            self.can_be_described = false;
            return;
        };
        let (paid, amounts, statuses) = (at("paid_at"), at("amount"), at("status"));
        let mut slice = OrderSlice::default();
        for row in 0..batch.rows() {
            let status = statuses.map(|statuses| unmapped::known_status(statuses.text(row)));
            slice.unknown_statuses += u64::from(status == Some(None));
            let order = IdKey::new(unguard(orders.text(row)));
            let key = order.halves();
            slice.keys = Some(slice.keys.map_or([key, key], |[least, most]| [least.min(key), most.max(key)]));
            let row = Known {
                order,
                place: self.count + row as u64,
                paid_at: paid.and_then(|paid| paid.number(row)).unwrap_or(Known::NEVER),
                amount: amounts.and_then(|amounts| amounts.number(row)).unwrap_or_default(),
                is_never_paid: u64::from(status.flatten().is_some_and(Status::is_never_paid)),
            };
            self.rows.push(order, row);
        }
        self.slices.push(slice);
        self.count += batch.rows() as u64;
    }

    fn finish(mut self) -> Result<Option<Vec<OrderSlice>>, MemoryError> {
        let memory = self.memory.clone();
        let rows = Parts::gather([std::mem::replace(&mut self.rows, Partition::new(&memory))])?;
        if !self.can_be_described {
            return Ok(None);
        }
        for part in 0..PARTS {
            each_portion(&memory, (|row: &Known| row.order, "order"), &rows, part, &mut |mut rows| {
                rows.sort_unstable_by_key(|row| (row.order, row.place));
                rows.chunk_by(|a, b| a.order == b.order).for_each(|rows| self.order(rows));
                Ok::<_, MemoryError>(())
            })?;
        }
        Ok(Some(self.slices))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::store::batch::Kind;

    /// Row groups of two rows of an id, a time, an amount and a status each.
    fn described(rows: &[(&str, Option<i64>, i64, &str)]) -> Option<Vec<OrderSlice>> {
        let text = |name: &str| (name.to_owned(), Kind::Text);
        let number = |name: &str, kind| (name.to_owned(), kind);
        let layout = vec![
            text("order_id"),
            number("paid_at", Kind::Time),
            number("amount", Kind::Money),
            text("status"),
        ];
        let mut slices = OrderSlices { group_rows: 2, ..OrderSlices::new(&Memory::default()) };
        for group in rows.chunks(2) {
            let mut batch = Batch::new(&layout);
            for (order, paid, amount, status) in group {
                let mut row = batch.row();
                row.text(order.as_bytes());
                row.number(*paid);
                row.number(Some(*amount));
                row.text(status.as_bytes());
            }
            slices.group(&layout, &batch);
        }
        slices.finish().unwrap()
    }

    #[test]
    fn of_the_rows_of_an_order_the_last_stands() {
        let rows = [
            ("a", Some(10), 1, "paid"),
            ("b", None, 2, "pending"),
            ("c", Some(30), 4, "cancelled"),
            ("a", Some(11), 8, "paid"),
            ("b", Some(20), 16, "paid"),
            ("a", Some(12), 32, "paid"),
            ("d", Some(40), 64, "unheard of"),
        ];
        let slices = described(&rows).unwrap();
        let rows = |rows, money| Rows { rows, money };
        let key = |id: &str| IdKey::new(id.as_bytes()).halves();
        let none = OrderSlice::default();
        let expected = [
            OrderSlice { keys: Some([key("a"), key("b")]), superseded: rows(2, 3), ..none },
            OrderSlice {
                keys: Some([key("a"), key("c")]),
                superseded: rows(1, 8),
                never_paid: rows(1, 4),
                times: Some((30, 30)),
                replaces: Some(0),
                ..none
            },
            OrderSlice {
                keys: Some([key("a"), key("b")]),
                paid: rows(2, 48),
                times: Some((12, 20)),
                replaces: Some(0),
                ..none
            },
            OrderSlice {
                keys: Some([key("d"), key("d")]),
                paid: rows(1, 64),
                times: Some((40, 40)),
                unknown_statuses: 1,
                ..none
            },
        ];
        assert_eq!(slices, expected);
        assert_eq!(slices[0].all(), rows(2, 3));
    }

    #[test]
    fn nothing_is_said_of_rows_without_orders_or_of_lines() {
        for name in ["line_id", "amount"] {
            let layout = vec![("order_id".to_owned(), Kind::Text), (name.to_owned(), Kind::Text)];
            let layout = if name == "amount" { layout[1..].to_vec() } else { layout };
            let mut slices = OrderSlices::new(&Memory::default());
            slices.group(&layout, &Batch::new(&layout));
            assert_eq!(slices.finish().unwrap(), None, "{name}");
        }
    }
}
