//! Where every row of the input went: each list closes, rows and money, or the run is wrong.

use std::collections::BTreeMap;

use crate::input::form::FileForm;
use crate::input::profile::RowKind;
use crate::input::rejects::{Reject, Rejected, Rejects};
use crate::input::store::ingest::Ingested;
use crate::units::Portion;

/// What became of the rows of orders. Money is gross, but for what counts.
#[derive(Debug, Clone, Default)]
pub struct OrderReconciliation {
    /// Rows read, and the gross money that could be read in them.
    pub read: Portion,
    /// Repeated headers and blank rows.
    pub structural: Portion,
    /// Rejected.
    pub rejected: Portion,
    /// Replaced by a later row.
    pub superseded: Portion,
    /// Money that stood on further lines of an order and counts once: money without rows.
    pub repeated: i128,
    /// Never paid.
    pub never_paid: Portion,
    /// Skipped for an unmapped status.
    pub skipped: Portion,
    /// Refunded in full (net only).
    pub refunded: Portion,
    /// Paid outside of the range.
    pub out_of_range: Portion,
    /// Refunds of counted rows (net only): money without rows.
    pub refunds: i128,
    /// Counted.
    pub counted: Portion,
    /// Counted orders, and of them the attributed ones: orders, not rows.
    pub attributed: Portion,
    /// Counted orders that no viewing explains.
    pub off_live: Portion,
    /// Counted orders; their rows are lines where the export holds lines.
    pub orders: u64,
    /// Of the off-live: those without a buyer.
    pub without_buyer: Portion,
    /// Counted orders without a streamer.
    pub without_streamer: Portion,
}

impl OrderReconciliation {
    /// Whether rows and money of both lists add up.
    #[must_use]
    pub fn closes(&self) -> bool {
        let parts = [
            self.structural,
            self.rejected,
            self.superseded,
            self.never_paid,
            self.skipped,
            self.refunded,
            self.out_of_range,
            self.counted,
        ];
        let rows: u64 = parts.iter().map(|part| part.rows).sum();
        let money: i128 = parts.iter().map(|part| part.money).sum::<i128>() + self.refunds + self.repeated;
        let orders = self.attributed.rows + self.off_live.rows;
        rows == self.read.rows
            && money == self.read.money
            && orders == self.orders
            && self.attributed.money + self.off_live.money == self.counted.money
    }
}

/// What became of the rows and the watch time of sessions, in seconds.
#[derive(Debug, Clone, Default)]
pub struct SessionReconciliation {
    /// Rows read.
    pub read: u64,
    /// Repeated headers and blank rows.
    pub structural: u64,
    /// Rejected.
    pub rejected: u64,
    /// Outside of the range.
    pub out_of_range: u64,
    /// Sessions of nobody.
    pub guests: u64,
    /// Counted.
    pub counted: u64,
    /// Seconds of all accepted sessions, after capping.
    pub seconds: i128,
    /// Of them, nobody's.
    pub guest_seconds: i128,
    /// Of them, outside of the range.
    pub out_of_range_seconds: i128,
    /// Of them, watched on a second device or exported twice.
    pub overlap_seconds: i128,
    /// Of them, watch time.
    pub watch_seconds: i128,
}

impl SessionReconciliation {
    /// Whether rows and seconds add up.
    #[must_use]
    pub fn closes(&self) -> bool {
        let rows = self.structural + self.rejected + self.out_of_range + self.guests + self.counted;
        let seconds =
            self.guest_seconds + self.out_of_range_seconds + self.overlap_seconds + self.watch_seconds;
        rows == self.read && seconds == self.seconds
    }
}

/// What became of the rows and the money of after-sales: the first that applies, in this order.
#[derive(Debug, Clone, Default)]
pub struct RefundReconciliation {
    /// Rows read, and the money that could be read in them.
    pub read: Portion,
    /// Repeated headers and blank rows.
    pub structural: Portion,
    /// Rejected.
    pub rejected: Portion,
    /// Replaced by a later row.
    pub superseded: Portion,
    /// Not decided yet.
    pub open: Portion,
    /// Ended without a refund.
    pub closed: Portion,
    /// Skipped for an unmapped status.
    pub skipped: Portion,
    /// Of an order or a line that was not given.
    pub no_such_order: Portion,
    /// Of an order that was never paid, or is skipped.
    pub never_paid: Portion,
    /// Made later than `--refund-within`.
    pub late: Portion,
    /// Of an order paid outside of the range.
    pub out_of_range: Portion,
    /// Refunds of orders in the range.
    pub applied: Portion,
    /// Of them, what exceeds what was paid (net only), in minor units.
    pub beyond: i128,
}

impl RefundReconciliation {
    /// Whether rows and money add up.
    #[must_use]
    pub fn closes(&self) -> bool {
        let parts = [
            self.structural,
            self.rejected,
            self.superseded,
            self.open,
            self.closed,
            self.skipped,
            self.no_such_order,
            self.never_paid,
            self.late,
            self.out_of_range,
            self.applied,
        ];
        let rows: u64 = parts.iter().map(|part| part.rows).sum();
        let money: i128 = parts.iter().map(|part| part.money).sum();
        rows == self.read.rows && money == self.read.money
    }
}

/// What became of the rows of what was spent.
#[derive(Debug, Clone, Copy, Default)]
pub struct SpendReconciliation {
    /// Rows read, and their cost.
    pub read: Portion,
    /// Of dates outside of the range.
    pub out_of_range: Portion,
    /// Of streamers and dates whose group has no row in the result: nobody watched or bought.
    pub without_row: Portion,
    /// In the rows of the result.
    pub counted: Portion,
}

impl SpendReconciliation {
    /// Whether rows and money add up.
    #[must_use]
    pub fn closes(&self) -> bool {
        let parts = [self.out_of_range, self.without_row, self.counted];
        let rows: u64 = parts.iter().map(|part| part.rows).sum();
        let money: i128 = parts.iter().map(|part| part.money).sum();
        rows == self.read.rows && money == self.read.money
    }
}

/// One file, as it was understood.
#[derive(Debug, Clone)]
pub struct FileReport {
    /// Its name.
    pub name: String,
    /// Its container, encoding and delimiter.
    pub form: FileForm,
    /// The profile.
    pub profile: String,
    /// What the amount is made of (orders and refunds only).
    pub amount: Option<String>,
}

/// One rejected row, complete.
#[derive(Debug, Clone)]
pub struct RejectReport {
    /// The file.
    pub file: String,
    /// The line in it, from 1 (in Parquet, the row).
    pub line: u64,
    /// The number of the column, from 1; `None` for the row as a whole.
    pub column: Option<usize>,
    /// The canonical name of the column; empty for the row as a whole.
    pub field: &'static str,
    /// Why.
    pub reason: String,
    /// The word for it in counts.
    pub word: &'static str,
    /// What was found.
    pub value: String,
    /// The mapped cells.
    pub cells: Vec<(&'static str, String)>,
}

impl RejectReport {
    fn new(reject: &Reject, (file, line): (&str, u64)) -> Self {
        Self {
            file: file.to_owned(),
            line,
            column: reject.fault.column.map(|column| column + 1),
            field: reject.fault.field,
            reason: reject.fault.reason.to_string(),
            word: reject.fault.reason.name(),
            value: String::from_utf8_lossy(&reject.fault.value).into_owned(),
            cells: reject.cells.clone(),
        }
    }
}

/// The rejected rows of one input.
#[derive(Debug, Clone, Default)]
pub struct RejectSummary {
    /// How many.
    pub count: u64,
    /// How many for each column and reason, with their money.
    pub reasons: BTreeMap<(&'static str, &'static str), Rejected>,
    /// The first few, or all where they were asked for.
    pub rows: Vec<RejectReport>,
}

impl RejectSummary {
    /// The rejects of an input, with the lines of its files.
    #[must_use]
    pub fn new<C>(rejects: &Rejects, files: &crate::input::read::Files<C>) -> Self {
        let rows = rejects.rows.iter().map(|reject| RejectReport::new(reject, files.line(reject.place)));
        Self { count: rejects.count, reasons: rejects.reasons.clone(), rows: rows.collect() }
    }

    /// The rejects of the exports of a kind that were ingested, in their order.
    #[must_use]
    pub fn of_ingested(done: &[Ingested], kind: RowKind) -> Self {
        let mut summary = Self::default();
        for done in done.iter().filter(|done| done.kind == kind) {
            let (rejects, lines) = &done.rejects;
            summary.count += rejects.count;
            for (reason, rejected) in &rejects.reasons {
                summary.reasons.entry(*reason).or_default().merge(*rejected);
            }
            let rows = rejects.rows.iter().zip(lines);
            summary.rows.extend(rows.map(|(reject, line)| RejectReport::new(reject, (&done.name, *line))));
        }
        summary
    }
}

/// Everything that a person should know of a run besides its result.
#[derive(Debug, Clone, Default)]
pub struct RunReport {
    /// The files of orders, in their order.
    pub order_files: Vec<FileReport>,
    /// The files of sessions, in their order.
    pub session_files: Vec<FileReport>,
    /// The files of after-sales, in their order.
    pub refund_files: Vec<FileReport>,
    /// The orders.
    pub orders: OrderReconciliation,
    /// The sessions; `None` without any.
    pub sessions: Option<SessionReconciliation>,
    /// The after-sales; `None` without any.
    pub refunds: Option<RefundReconciliation>,
    /// What was spent; `None` without a table of it.
    pub spend: Option<SpendReconciliation>,
    /// What deserves attention, in sentences.
    pub warnings: Vec<String>,
    /// What is good to know, in sentences.
    pub facts: Vec<String>,
    /// What is good to know of this run on this machine alone, in sentences: another one may differ with the same result.
    pub of_the_machine: Vec<String>,
}

impl RunReport {
    /// Whether everything adds up.
    #[must_use]
    pub fn closes(&self) -> bool {
        self.orders.closes()
            && self.sessions.as_ref().is_none_or(SessionReconciliation::closes)
            && self.refunds.as_ref().is_none_or(RefundReconciliation::closes)
            && self.spend.as_ref().is_none_or(SpendReconciliation::closes)
    }
}
