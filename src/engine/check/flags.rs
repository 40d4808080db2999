//! Integrity flags: what looks like brushing (刷单) or a broken export, counted with its money and examples, never removed.

use std::collections::HashMap;

use super::orders::CheckedOrder;
use crate::units::{PersonKey, Portion};

/// How many examples a flag keeps.
const EXAMPLES: usize = 3;

/// Orders that a flag names.
#[derive(Debug, Clone, Default)]
pub struct Flag {
    /// The orders and their money.
    pub orders: Portion,
    /// Buyers, or bursts of buyers, that these orders are of.
    pub cases: u64,
    /// The sequences of the first few rows, ascending.
    pub examples: Vec<u64>,
}

impl Flag {
    /// Takes an order.
    pub fn take(&mut self, order: &CheckedOrder) {
        self.orders.add(order.amount);
        self.examples.push(order.sequence);
        if self.examples.len() > 4 * EXAMPLES {
            self.shorten();
        }
    }

    /// Adds what another worker found.
    pub fn merge(&mut self, other: Self) {
        self.orders.merge(other.orders);
        self.cases += other.cases;
        self.examples.extend(other.examples);
        self.shorten();
    }

    fn shorten(&mut self) {
        self.examples.sort_unstable();
        self.examples.truncate(EXAMPLES);
    }
}

/// Marks the orders of every stretch of 60 minutes in which one buyer placed more than `most`; sorted by time.
pub fn busy(orders: &[CheckedOrder], most: u64, flag: &mut Flag) {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut marked = 0;
    let mut first = 0;
    for at in 0..orders.len() {
        while orders[at].paid_at - orders[first].paid_at >= 3_600 {
            first += 1;
        }
        if at + 1 - first > most {
            orders[first.max(marked)..=at].iter().for_each(|order| flag.take(order));
            marked = at + 1;
        }
    }
    flag.cases += u64::from(marked > 0);
}

/// Marks the orders of one streamer and amount in every minute in which at least `least` distinct buyers paid; sorted by time.
pub fn same_amount(orders: &[CheckedOrder], least: u64, flag: &mut Flag) {
    let mut buyers: HashMap<PersonKey, u32> = HashMap::new();
    let (mut marked, mut first) = (0, 0);
    for at in 0..orders.len() {
        *buyers.entry(orders[at].buyer).or_default() += 1;
        while orders[at].paid_at - orders[first].paid_at >= 60 {
            if let Some(count) = buyers.get_mut(&orders[first].buyer) {
                *count -= 1;
                if *count == 0 {
                    buyers.remove(&orders[first].buyer);
                }
            }
            first += 1;
        }
        if buyers.len() as u64 >= least {
            // A window that overlaps the last one goes on with it.
            flag.cases += u64::from(marked == 0 || first >= marked);
            orders[first.max(marked)..=at].iter().for_each(|order| flag.take(order));
            marked = at + 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(buyer: &str, paid_at: i64, sequence: u64) -> CheckedOrder {
        let buyer = PersonKey::new(buyer.as_bytes());
        CheckedOrder { buyer, paid_at, amount: 100, sequence, streamer: 1, maybe_live: 1 }
    }

    #[test]
    fn more_than_so_many_orders_in_sixty_minutes() {
        let found = |times: &[i64]| {
            let orders: Vec<CheckedOrder> =
                times.iter().enumerate().map(|(at, &time)| order("u1", time, at as u64)).collect();
            let mut flag = Flag::default();
            busy(&orders, 2, &mut flag);
            flag.merge(Flag::default());
            (flag.orders.rows, flag.cases, flag.examples)
        };
        assert_eq!(found(&[0, 1, 3_600, 7_300]), (0, 0, vec![]));
        assert_eq!(found(&[0, 1, 3_599, 9_000]), (3, 1, vec![0, 1, 2]));
        assert_eq!(found(&[0, 1, 2, 3, 3_601, 9_000]), (5, 1, vec![0, 1, 2]));
        assert_eq!(found(&[0, 1, 2, 9_000, 9_001, 9_002]), (6, 1, vec![0, 1, 2]));
    }

    #[test]
    fn the_same_amount_counts_buyers_not_orders() {
        let found = |rows: &[(&str, i64)]| {
            let orders: Vec<CheckedOrder> = rows
                .iter()
                .enumerate()
                .map(|(at, (buyer, time))| order(buyer, *time, 10 - at as u64))
                .collect();
            let mut flag = Flag::default();
            same_amount(&orders, 3, &mut flag);
            flag.merge(Flag::default());
            (flag.orders.rows, flag.orders.money, flag.cases, flag.examples)
        };
        assert_eq!(found(&[("a", 0), ("b", 1), ("b", 2), ("a", 3)]), (0, 0, 0, vec![]));
        assert_eq!(found(&[("a", 0), ("b", 30), ("c", 60)]), (0, 0, 0, vec![]));
        assert_eq!(found(&[("a", 0), ("b", 30), ("c", 59), ("d", 80)]), (4, 400, 1, vec![7, 8, 9]));
        let twice = [("a", 0), ("b", 0), ("c", 0), ("a", 500), ("b", 500), ("c", 500)];
        assert_eq!(found(&twice), (6, 600, 2, vec![5, 6, 7]));
    }
}
