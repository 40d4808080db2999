//! Amounts that an export repeats on every line of an order: they count once, on the smallest line that was paid.

use super::OrderRow;
use crate::units::MinorUnits;

/// What of a row belongs to its order: the amount, the refund; and whether the row's amount is blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(transparent)]
pub struct Once(u8);

impl Once {
    const AMOUNT: u8 = 1;
    const REFUND: u8 = 2;
    const BLANK: u8 = 4;

    /// Whether the amount and the refund are the order's.
    #[must_use]
    pub fn new(amount: bool, refund: bool) -> Self {
        Self(if amount { Self::AMOUNT } else { 0 } | if refund { Self::REFUND } else { 0 })
    }

    /// The same of a row that has no amount.
    #[must_use]
    pub fn without_amount(self) -> Self {
        Self(self.0 | Self::BLANK)
    }

    /// Whether the amount is the order's.
    #[must_use]
    pub fn amount(self) -> bool {
        self.0 & Self::AMOUNT != 0
    }

    fn is_the_rows(self) -> bool {
        self.0 & (Self::AMOUNT | Self::REFUND) == 0
    }

    /// Whether the refund is the order's.
    #[must_use]
    pub fn refund(self) -> bool {
        self.0 & Self::REFUND != 0
    }

    /// Whether the row has an amount.
    #[must_use]
    pub fn has_amount(self) -> bool {
        self.0 & Self::BLANK == 0
    }
}

/// What was found where amounts are the orders'.
#[derive(Debug, Clone, Copy, Default)]
pub struct RepeatTally {
    /// The money that stood on further lines, in minor units.
    pub money: i128,
    /// Orders whose lines gave different amounts; the latest row's was taken.
    pub differing: u64,
    /// Paid orders without an amount on any line, counted as 0.
    pub without_amount: u64,
}

impl RepeatTally {
    /// Adds another tally.
    pub fn merge(&mut self, other: Self) {
        self.money += other.money;
        self.differing += other.differing;
        self.without_amount += other.without_amount;
    }
}

/// Leaves what belongs to the order on one line: `lines` are the rows of one order that stand, by line id.
///
/// The line is the smallest that was paid, so that it counts if the order does; the values are those of the latest row that has them. The
/// whole order is that line's streamer's.
pub fn keep_once(lines: &mut [OrderRow], was_paid: impl Fn(&OrderRow) -> bool, tally: &mut RepeatTally) {
    if lines.iter().all(|row| row.once.is_the_rows()) {
        return;
    }
    let holder = |owned: fn(Once) -> bool| {
        let paid = lines.iter().position(|row| owned(row.once) && was_paid(row));
        paid.or_else(|| lines.iter().position(|row| owned(row.once)))
    };
    let (amount_holder, refund_holder) = (holder(Once::amount), holder(Once::refund));
    if let Some(holder) = amount_holder {
        let paid = was_paid(&lines[holder]);
        keep_amount(lines, holder, paid, &was_paid, tally);
        // An amount that cannot be divided belongs to one streamer, and so do the refunds of all lines: else they would fall on lines of 0.
        let streamer = lines[holder].streamer;
        lines.iter_mut().filter(|row| row.once.amount()).for_each(|row| row.streamer = streamer);
    }
    if let Some(holder) = refund_holder {
        let refunds = lines.iter().filter(|row| row.once.refund() && row.refund().is_some());
        let latest = refunds.max_by_key(|row| row.sequence).and_then(OrderRow::refund);
        for row in lines.iter_mut().filter(|row| row.once.refund()) {
            row.forget_refund();
        }
        if let Some((amount, timing)) = latest {
            lines[holder].replace_refund(amount, timing);
        }
    }
}

fn keep_amount(
    lines: &mut [OrderRow],
    holder: usize,
    paid: bool,
    was_paid: &impl Fn(&OrderRow) -> bool,
    tally: &mut RepeatTally,
) {
    let says = |row: &&OrderRow| row.once.amount() && row.once.has_amount() && was_paid(row) == paid;
    let latest = lines.iter().filter(says).max_by_key(|row| row.sequence).map(|row| row.amount);
    tally.differing += u64::from(lines.iter().filter(says).any(|row| Some(row.amount) != latest));
    tally.without_amount += u64::from(paid && latest.is_none());
    for row in lines.iter_mut().filter(|row| row.once.amount()) {
        tally.money += i128::from(row.amount.0);
        row.amount = MinorUnits(0);
    }
    lines[holder].amount = latest.unwrap_or_default();
    tally.money -= i128::from(lines[holder].amount.0);
}

#[cfg(test)]
mod tests {
    use super::super::LineRef;
    use super::super::refunded::{RefundTiming, Refunded};
    use super::*;
    use crate::units::IdKey;

    /// A line with its place, its payment (or none), its amount (or a blank) and its refund.
    fn line(sequence: u64, paid: bool, amount: Option<i64>, refund: Option<i64>) -> OrderRow {
        let once = Once::new(true, true);
        let mut row = OrderRow {
            order: IdKey::new(b"1"),
            buyer: IdKey::NOBODY,
            line: LineRef::WHOLE_ORDER,
            sequence,
            paid_at: if paid { 7 } else { OrderRow::NEVER },
            amount: MinorUnits(amount.unwrap_or_default()),
            refund: Refunded::UNKNOWN,
            streamer: 0,
            dimensions: 0,
            status: 0,
            carrier: 0,
            padding: [0; 2],
            once: if amount.is_none() { once.without_amount() } else { once },
        };
        if let Some(refund) = refund {
            row.replace_refund(MinorUnits(refund), RefundTiming::Counts);
        }
        row
    }

    fn kept(mut lines: Vec<OrderRow>) -> (Vec<i64>, Vec<Option<i64>>, RepeatTally) {
        let mut tally = RepeatTally::default();
        keep_once(&mut lines, |row| row.paid_at().is_some(), &mut tally);
        let amounts = lines.iter().map(|row| row.amount.0).collect();
        (amounts, lines.iter().map(|row| row.refund().map(|(refund, _)| refund.0)).collect(), tally)
    }

    #[test]
    fn the_smallest_paid_line_holds_what_the_latest_row_says() {
        let (amounts, refunds, tally) = kept(vec![
            line(1, false, Some(900), None),
            line(2, true, Some(900), Some(0)),
            line(9, true, Some(800), Some(300)),
            line(10, true, None, None),
        ]);
        assert_eq!((amounts, refunds), (vec![0, 800, 0, 0], vec![None, Some(300), None, None]));
        assert_eq!((tally.money, tally.differing, tally.without_amount), (1800, 1, 0));
    }

    #[test]
    fn orders_that_were_never_paid_and_blanks() {
        let (amounts, _, tally) = kept(vec![line(1, false, Some(5), None), line(2, false, Some(5), None)]);
        assert_eq!((amounts, tally.money, tally.differing, tally.without_amount), (vec![5, 0], 5, 0, 0));
        let (amounts, _, tally) = kept(vec![line(1, true, None, None), line(2, false, Some(5), None)]);
        assert_eq!((amounts, tally.money, tally.differing, tally.without_amount), (vec![0, 0], 5, 0, 1));
        let (amounts, _, tally) = kept(vec![line(1, true, None, None), line(2, true, Some(5), None)]);
        assert_eq!((amounts, tally.money, tally.differing, tally.without_amount), (vec![5, 0], 0, 0, 0));
    }

    #[test]
    fn rows_that_hold_their_own_amounts_stay() {
        let mut lines = vec![line(1, true, Some(5), Some(2)), line(2, true, Some(6), None)];
        for line in &mut lines {
            line.once = Once::new(false, false);
        }
        let (amounts, refunds, tally) = kept(lines);
        assert_eq!((amounts, refunds, tally.money), (vec![5, 6], vec![Some(2), None], 0));
    }
}
