//! After-sales rows and their orders: what was refunded on an order or a line takes the place of the order's own `refund_amount`.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::refunds::{NetLine, subtract, subtract_whole};
use super::rules::{Basis, Rules, UnknownStatus};
use super::settle::both;
use crate::calendar::Periods;
use crate::input::duplicates::line_order;
use crate::input::orders::{LineTexts, OrderRow, RefundTiming, StatusMeaning};
use crate::input::refunds::{RefundMeaning, RefundRow};
use crate::partition::rank;
use crate::units::{IdKey, Instant, MinorUnits, Portion, Seconds};

/// A refund that was made before its order was paid, as the exports say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarlyRefund {
    /// When it was made.
    pub refunded_at: Instant,
    /// When the order, or its line, was paid.
    pub paid_at: Instant,
    /// Its money.
    pub amount: MinorUnits,
}

/// What became of the after-sales rows that stand, with their money: the first that applies, in this order.
#[derive(Debug, Clone, Default)]
pub struct AfterSalesTally {
    /// Not decided yet.
    pub open: Portion,
    /// Ended without a refund.
    pub closed: Portion,
    /// Skipped for an unmapped status.
    pub skipped: Portion,
    /// Of an order or a line that the orders given do not hold.
    pub no_such_order: Portion,
    /// Of an order or a line that was never paid, or is skipped.
    pub never_paid: Portion,
    /// Made later than `--refund-within`.
    pub late: Portion,
    /// Of an order paid outside of the range.
    pub out_of_range: Portion,
    /// Of an order in the range.
    pub applied: Portion,
    /// Orders of `applied` refunded beyond what was paid (net only); the money is what exceeds it.
    pub beyond: Portion,
    /// Refunds that were booked, and made before the payment.
    pub early: Vec<EarlyRefund>,
    /// Rows of orders whose own refund made way for that of after-sales (net only), with the money of the former.
    pub replaced: Portion,
    /// Refunds in the orders' own rows, made later than `--refund-within`, that another line's refund made invisible.
    pub late_of_orders: Portion,
    /// Unmapped statuses, with their counts.
    pub unknown_statuses: BTreeMap<String, u64>,
    /// Rows whose time is needed and not known, and the sequence of the first.
    pub undated: Option<(u64, u64)>,
}

impl AfterSalesTally {
    fn merge(&mut self, other: Self) {
        self.open.merge(other.open);
        self.closed.merge(other.closed);
        self.skipped.merge(other.skipped);
        self.no_such_order.merge(other.no_such_order);
        self.never_paid.merge(other.never_paid);
        self.late.merge(other.late);
        self.out_of_range.merge(other.out_of_range);
        self.applied.merge(other.applied);
        self.beyond.merge(other.beyond);
        self.early.extend(other.early);
        self.replaced.merge(other.replaced);
        self.late_of_orders.merge(other.late_of_orders);
        for (word, count) in other.unknown_statuses {
            *self.unknown_statuses.entry(word).or_default() += count;
        }
        self.undated = both(self.undated, other.undated);
    }
}

/// One worker that brings after-sales rows to their orders, before these are settled.
#[derive(Debug)]
pub struct AfterSales<'a> {
    rules: &'a Rules,
    periods: &'a Periods,
    lines: &'a LineTexts,
    statuses: &'a [RefundMeaning],
    within: Option<Seconds>,
    tally: AfterSalesTally,
}

impl<'a> AfterSales<'a> {
    /// Under these rules; `lines` are the texts of the orders' line ids, `statuses` the meanings of the after-sales rows' codes.
    #[must_use]
    pub fn new(
        rules: &'a Rules,
        periods: &'a Periods,
        lines: &'a LineTexts,
        statuses: &'a [RefundMeaning],
        within: Option<Seconds>,
    ) -> Self {
        Self { rules, periods, lines, statuses, within, tally: AfterSalesTally::default() }
    }

    /// Brings the after-sales rows of a part to its orders, which are sorted by the rank of the order, streamer and line.
    pub fn part(&mut self, rows: &mut [OrderRow], refunds: &mut [RefundRow]) {
        refunds.sort_unstable_by_key(|refund| (refund.order, refund.sequence));
        for refunds in refunds.chunk_by(|a, b| a.order == b.order) {
            let Some(order) = refunds.first().map(|refund| refund.order) else { continue };
            let start = rows.partition_point(|row| rank(row.order) < rank(order));
            let length = rows[start..].iter().take_while(|row| row.order == order).count();
            self.order(&mut rows[start..start + length], refunds);
        }
    }

    /// All workers' tallies together.
    #[must_use]
    pub fn finish(workers: impl IntoIterator<Item = Self>) -> AfterSalesTally {
        let mut tally = AfterSalesTally::default();
        for worker in workers {
            tally.merge(worker.tally);
        }
        tally
    }

    /// The after-sales rows of one order, of which there may be no rows.
    fn order(&mut self, rows: &mut [OrderRow], refunds: &[RefundRow]) {
        let mut order = Order::new(rows, self.lines, self.rules);
        for refund in refunds {
            let Some(is_refunded) = self.is_refunded(refund) else { continue };
            let target = order.target(refund);
            order.replace(target);
            match target {
                _ if !is_refunded => {}
                Target::Nothing => self.tally.no_such_order.add(refund.amount.0),
                Target::Whole | Target::Line(_) => self.book(&mut order, rows, target, refund),
            }
        }
        if (self.rules.basis == Basis::Net || self.rules.tells_refunds) && order.is_touched() {
            self.subtract(&order, rows);
        }
    }

    /// Whether money went back; `None` where the row is skipped. Tallied if not.
    fn is_refunded(&mut self, refund: &RefundRow) -> Option<bool> {
        match self.statuses.get(refund.status as usize) {
            Some(RefundMeaning::Open) => self.tally.open.add(refund.amount.0),
            Some(RefundMeaning::Closed) => self.tally.closed.add(refund.amount.0),
            Some(RefundMeaning::Refunded) => return Some(true),
            Some(RefundMeaning::Unknown(word)) => {
                *self.tally.unknown_statuses.entry(word.clone()).or_default() += 1;
                if self.rules.unknown_status == UnknownStatus::Count {
                    return Some(true);
                }
                self.tally.skipped.add(refund.amount.0);
                return None;
            }
            None => return None,
        }
        Some(false)
    }

    /// Books a refund on the line, or the whole, of an order.
    fn book(&mut self, order: &mut Order, rows: &[OrderRow], target: Target, refund: &RefundRow) {
        let Some((paid_at, head)) = order.paid_at(rows, target) else {
            return self.tally.never_paid.add(refund.amount.0);
        };
        if let Some(refunded_at) = refund.refunded_at().filter(|refunded_at| *refunded_at < paid_at) {
            self.tally.early.push(EarlyRefund { refunded_at, paid_at, amount: refund.amount });
        }
        let timing = self.within.map_or(RefundTiming::Counts, |within| {
            RefundTiming::of(refund.amount, paid_at, refund.refunded_at(), within)
        });
        match timing {
            RefundTiming::Undated => {
                self.tally.undated = both(self.tally.undated, Some((1, refund.sequence)));
            }
            RefundTiming::Late => {
                self.tally.late.add(refund.amount.0);
                order.add(target, 0, true);
            }
            RefundTiming::Counts => {
                let in_range = self.periods.find(head.0).is_some();
                let portion = if in_range { &mut self.tally.applied } else { &mut self.tally.out_of_range };
                portion.add(refund.amount.0);
                order.add(target, refund.amount.0, false);
                order.in_range |= in_range;
            }
        }
    }

    /// Writes into the rows of an order what is to be subtracted from each: refunds of lines first, with their excess, each streamer's by
    /// itself; then those of the whole order, over what is left of all of its lines.
    fn subtract(&mut self, order: &Order, rows: &mut [OrderRow]) {
        let mut net: Vec<(usize, NetLine)> = Vec::new();
        let mut booked = order.whole;
        for streamer in order.paid.chunk_by(|a, b| rows[*a].streamer == rows[*b].streamer) {
            let amounts = streamer.iter().map(|&at| rows[at].amount.0);
            let mut lines: Vec<NetLine> = amounts.map(|amount| NetLine { amount, net: amount }).collect();
            let refunds: Vec<i128> = streamer.iter().map(|&at| order.lines[at].refund(&rows[at])).collect();
            subtract(&mut lines, &refunds);
            booked += refunds.iter().sum::<i128>();
            net.extend(streamer.iter().copied().zip(lines));
        }
        net.sort_by(|a, b| line_order(self.lines.get(rows[a.0].line), self.lines.get(rows[b.0].line)));
        let mut lines: Vec<NetLine> = net.iter().map(|(_, line)| *line).collect();
        subtract_whole(&mut lines, order.whole);
        let taken: i128 = lines.iter().map(|line| i128::from(line.amount - line.net)).sum();
        if order.in_range && booked > taken {
            self.tally.beyond.merge(Portion { rows: 1, money: booked - taken });
        }
        for ((at, _), line) in net.iter().zip(lines) {
            self.write(&mut rows[*at], order.lines[*at], line.amount - line.net);
        }
    }

    fn write(&mut self, row: &mut OrderRow, line: Line, taken: i64) {
        let own = row.refund().filter(|(amount, _)| amount.0 > 0);
        match own {
            Some((amount, _)) if line.replaced => self.tally.replaced.add(amount.0),
            // Nothing is taken from the row: its own refund is told, or stops the run, where it is settled.
            Some((_, RefundTiming::Undated)) => return,
            Some((_, RefundTiming::Late)) if taken == 0 => return,
            Some((amount, RefundTiming::Late)) => self.tally.late_of_orders.add(amount.0),
            None if !line.replaced && taken == 0 => return,
            // The excess of the row's own refund is spread already, even where nothing could be taken from the row itself.
            Some((_, RefundTiming::Counts)) | None => {}
        }
        let late = taken == 0 && line.late;
        row.replace_refund(MinorUnits(taken), if late { RefundTiming::Late } else { RefundTiming::Counts });
    }
}

/// What an after-sales row speaks of.
#[derive(Debug, Clone, Copy)]
enum Target {
    /// Neither the order nor a line of it that was given.
    Nothing,
    /// The whole order.
    Whole,
    /// One of its rows.
    Line(usize),
}

/// What after-sales say of one row of an order.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    /// What is refunded on this line.
    refunded: i128,
    /// Whether they say anything, so that the row's own refund does not count.
    replaced: bool,
    /// Whether there is a refund that came too late.
    late: bool,
}

impl Line {
    /// What is to be subtracted for this row: what after-sales say, else what it says itself.
    fn refund(self, row: &OrderRow) -> i128 {
        match row.refund() {
            _ if self.replaced => self.refunded,
            Some((amount, RefundTiming::Counts)) => amount.0.into(),
            _ => 0,
        }
    }
}

/// One order on which refunds are booked.
#[derive(Debug)]
struct Order {
    /// The keys of the rows' lines; none where its row is the whole order.
    keys: Vec<IdKey>,
    lines: Vec<Line>,
    /// The rows that were paid, in the order of their streamers and lines.
    paid: Vec<usize>,
    /// The paid row with the smallest line id.
    head: Option<usize>,
    /// What is refunded on the whole of it.
    whole: i128,
    in_range: bool,
}

impl Order {
    fn new(rows: &[OrderRow], texts: &LineTexts, rules: &Rules) -> Self {
        let keys = rows.iter().filter(|row| row.is_line()).map(|row| IdKey::new(texts.get(row.line)));
        let paid: Vec<usize> = (0..rows.len()).filter(|&at| is_paid(&rows[at], rules)).collect();
        let smaller = |a: &usize, b: &usize| line_order(texts.get(rows[*a].line), texts.get(rows[*b].line));
        Self {
            keys: keys.collect(),
            lines: vec![Line::default(); rows.len()],
            head: paid.iter().copied().min_by(smaller),
            paid,
            whole: 0,
            in_range: false,
        }
    }

    /// What a row speaks of: where the orders were exported as wholes, the order, whatever line it names.
    fn target(&self, refund: &RefundRow) -> Target {
        if self.lines.is_empty() {
            return Target::Nothing;
        }
        if refund.line.is_nobody() || self.keys.is_empty() {
            return Target::Whole;
        }
        self.keys.iter().position(|key| *key == refund.line).map_or(Target::Nothing, Target::Line)
    }

    fn targeted(&mut self, target: Target) -> &mut [Line] {
        match target {
            Target::Nothing => &mut [],
            Target::Whole => &mut self.lines,
            Target::Line(at) => &mut self.lines[at..=at],
        }
    }

    fn replace(&mut self, target: Target) {
        self.targeted(target).iter_mut().for_each(|line| line.replaced = true);
    }

    fn is_touched(&self) -> bool {
        self.lines.iter().any(|line| line.replaced)
    }

    fn add(&mut self, target: Target, amount: i64, late: bool) {
        self.targeted(target).iter_mut().for_each(|line| line.late |= late);
        match target {
            Target::Nothing => {}
            Target::Whole => self.whole += i128::from(amount),
            Target::Line(at) => self.lines[at].refunded += i128::from(amount),
        }
    }

    /// When the target was paid, and when the order of its streamer was; `None` if never.
    fn paid_at(&self, rows: &[OrderRow], target: Target) -> Option<(Instant, Instant)> {
        let paid_at = |at: usize| rows[at].paid_at();
        let (own, head) = match target {
            Target::Nothing => return None,
            Target::Whole => (self.head?, self.head?),
            Target::Line(at) => {
                let mut paid = self.paid.iter().copied();
                self.paid.binary_search(&at).ok()?;
                (at, paid.find(|&other| rows[other].streamer == rows[at].streamer)?)
            }
        };
        Some((paid_at(own)?, paid_at(head)?))
    }
}

/// Whether a row was paid, and its status lets it count.
fn is_paid(row: &OrderRow, rules: &Rules) -> bool {
    let counts = match rules.statuses.get(row.status as usize) {
        Some(StatusMeaning::Known(status)) => !status.is_never_paid(),
        Some(StatusMeaning::Unknown(_)) => rules.unknown_status != UnknownStatus::Skip,
        Some(StatusMeaning::NoColumn) | None => true,
    };
    row.paid_at().is_some() && counts
}
