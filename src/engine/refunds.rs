//! After-sales on this machine: to their orders before these are settled, and into the report of the run.

use super::EngineError;
use super::exports::{Inputs, LocalSettings};
use super::reconciliation::{RefundReconciliation, RunReport};
use crate::calendar::Periods;
use crate::input::duplicates::Distinct;
use crate::input::error::InputError;
use crate::input::orders::OrderRow;
use crate::input::read::Place;
use crate::input::refunds::{RefundMeaning, RefundRow, RefundsError, StandingRefunds, standing_refunds};
use crate::journey::aftersales::{AfterSales, AfterSalesTally};
use crate::journey::rules::{Basis, Rules, UnknownStatus};
use crate::journey::settle::SettleTally;
use crate::memory::MemoryError;
use crate::partition::{Keys, Parts, Rows, rank};
use crate::units::{IdKey, Instant, Portion};

/// What orders and after-sales are divided by.
pub const BY_ORDER: Keys<OrderRow, RefundRow, IdKey> =
    Keys { first: |row| row.order, second: RefundRow::order_key, of: "order" };

/// Reads after-sales rows, and brings them to their orders.
pub fn apply(
    worker: &mut AfterSales<'_>,
    refunds: &Rows<'_, RefundRow>,
    orders: &mut [OrderRow],
) -> Result<(), MemoryError> {
    let mut rows = Vec::new();
    refunds.read(&mut rows)?;
    worker.part(orders, &mut rows);
    Ok(())
}

/// Reads orders for after-sales: as they are without duplicates, by their ranks.
pub fn read_sorted(orders: &Rows<'_, OrderRow>) -> Result<Vec<OrderRow>, MemoryError> {
    let mut rows = Vec::new();
    orders.read(&mut rows)?;
    // Portions come so; were it ever otherwise, after-sales would be of no order.
    if !rows.is_sorted_by_key(|row| rank(row.order)) {
        rows.sort_by_key(|row| rank(row.order));
    }
    Ok(rows)
}

/// After-sales rows that stand, and what their statuses mean.
pub struct Standing<'a> {
    refunds: StandingRefunds,
    inputs: &'a Inputs,
    settings: &'a LocalSettings,
    statuses: &'a [RefundMeaning],
}

impl<'a> Standing<'a> {
    /// The after-sales rows that stand; `None` without any exports of them.
    pub fn new(
        inputs: &'a Inputs,
        settings: &'a LocalSettings,
        distinct: &Distinct,
    ) -> Result<Option<Self>, InputError> {
        let Some(refunds) = &inputs.refunds else { return Ok(None) };
        let (memory, threads) = (&settings.read.memory, settings.read.threads.get());
        let lines = &inputs.orders.lines;
        let standing = standing_refunds(refunds, &distinct.parts, lines, (memory, threads))?;
        Ok(Some(Self { refunds: standing, inputs, settings, statuses: &refunds.statuses }))
    }

    /// A worker that brings them to their orders.
    pub fn worker(&'a self, rules: &'a Rules, periods: &'a Periods) -> AfterSales<'a> {
        let within = self.settings.read.refund_within;
        AfterSales::new(rules, periods, &self.inputs.orders.lines, self.statuses, within)
    }

    /// The rows, by part of their orders.
    pub fn parts(&self) -> &Parts<RefundRow> {
        &self.refunds.parts
    }

    /// What became of them all; `None` where there are none.
    pub fn reconciliation(&self, tally: &AfterSalesTally) -> Option<RefundReconciliation> {
        let read = self.inputs.refunds.as_ref()?;
        let portion = |rows, money| Portion { rows, money };
        Some(RefundReconciliation {
            read: portion(read.tally.rows, read.tally.money + read.rejects.money),
            structural: portion(read.tally.structural, 0),
            rejected: portion(read.rejects.count, read.rejects.money),
            superseded: portion(self.refunds.superseded, self.refunds.superseded_money),
            open: tally.open,
            closed: tally.closed,
            skipped: tally.skipped,
            no_such_order: tally.no_such_order,
            never_paid: tally.never_paid,
            late: tally.late,
            out_of_range: tally.out_of_range,
            applied: tally.applied,
            beyond: tally.beyond.money,
        })
    }
}

/// Fails where the after-sales rows, or the refunds in the orders' own rows, cannot be what was asked.
pub fn check(
    inputs: &Inputs,
    settings: &LocalSettings,
    settled: &SettleTally,
    tally: &AfterSalesTally,
) -> Result<(), EngineError> {
    let unknown = &tally.unknown_statuses;
    if settings.unknown_status == UnknownStatus::Refuse && !unknown.is_empty() {
        let words = super::report::counted(unknown.iter());
        return Err(InputError::from(RefundsError::UnknownStatuses { words }).into());
    }
    let without_time = |(path, line): (&str, u64), count| {
        Err(InputError::from(RefundsError::WithoutTime { path: path.to_owned(), line, count }).into())
    };
    if let (Some((count, first)), Some(refunds)) = (tally.undated, &inputs.refunds) {
        return without_time(refunds.files.line(Place::from_sequence(first)), count);
    }
    if let Some((count, first)) = settled.undated_refunds {
        return without_time(inputs.orders.files.line(Place::from_sequence(first)), count);
    }
    Ok(())
}

/// Adds the after-sales, and what is to be said of refunds, to the report.
pub fn report(
    report: &mut RunReport,
    standing: Option<&Standing<'_>>,
    settled: &SettleTally,
    tally: &AfterSalesTally,
) {
    let late = settled.late_refunds.rows + tally.late_of_orders.rows;
    if late > 0 {
        report.facts.push(format!(
            "refunds in the orders that were made later than --refund-within, not subtracted: {late}"
        ));
    }
    let Some(standing) = standing else { return };
    report.refunds = standing.reconciliation(tally);
    let files = standing.inputs.refunds.iter().flat_map(|refunds| &refunds.files.files);
    for file in files.filter(|file| !file.columns.has_keys()) {
        report.warnings.push(format!(
            "{}: no refund_id, so that rows exported twice cannot be told: every row counts",
            file.name
        ));
    }
    if !tally.unknown_statuses.is_empty() {
        let count = standing.settings.unknown_status == UnknownStatus::Count;
        let done = if count { "counted as refunded" } else { "skipped" };
        let words = super::report::counted(tally.unknown_statuses.iter());
        report.warnings.push(format!("statuses of refunds that no profile maps were {done}: {words}"));
    }
    if standing.settings.basis == Basis::Paid {
        let text = "under --basis paid the refunds change no figure; --basis net subtracts them";
        report.facts.push(text.to_owned());
    }
    if tally.replaced.rows > 0 {
        let rows = tally.replaced.rows;
        report.facts.push(format!("orders (or lines) whose own refund_amount after-sales replace: {rows}"));
    }
    let booked = tally.applied.rows + tally.out_of_range.rows + tally.late.rows + tally.never_paid.rows;
    if booked == 0 && tally.no_such_order.rows > 0 {
        let text =
            "no refund belongs to an order that was given: are the ids of --refunds those of --orders?";
        report.warnings.push(text.to_owned());
    }
}

/// What is to be said on the age of refunds under net: which periods may be compared.
pub fn age(
    inputs: &Inputs,
    settings: &LocalSettings,
    paid: Option<(Instant, Instant)>,
    periods: &Periods,
) -> Option<String> {
    let (Basis::Net, Some((_, last_paid))) = (settings.basis, paid) else { return None };
    let Some(within) = settings.read.refund_within else {
        return Some(
            "under --basis net the youngest periods have had the least time to be refunded".to_owned(),
        );
    };
    let refunds = inputs.refunds.as_ref().and_then(|refunds| refunds.tally.until);
    let sessions = inputs.sessions.as_ref().and_then(|sessions| sessions.tally.until());
    let known = [Some(last_paid), refunds, sessions, inputs.orders.tally.refunded_until];
    let known = known.into_iter().flatten().max()?;
    let old_enough = Instant(known.0.saturating_sub(within.0));
    let youngest = periods.range().map_or(last_paid, |(_, end)| last_paid.min(Instant(end - 1)));
    if youngest <= old_enough {
        return None;
    }
    let date =
        |instant| settings.calendar.date_of(instant).map_or("ever".to_owned(), |date| date.to_string());
    Some(format!(
        "the exports end on {}: orders paid after that less --refund-within ({}) have had less time to be refunded, so that their \
         periods cannot be compared with earlier ones",
        date(known),
        date(old_enough)
    ))
}
