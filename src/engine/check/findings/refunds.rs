//! After-sales: where their rows and their money went, and what is wrong with them.

use super::rows::{rejects, words};
use super::{Check, Evidence, Finding, Input, Level, Section};
use crate::calendar::Calendar;
use crate::engine::reconciliation::RefundReconciliation;
use crate::journey::aftersales::{AfterSalesTally, EarlyRefund};
use crate::units::Portion;

/// Where a larger share of refunds is of no order that was given, the exports do not belong together.
const STRANGERS: f64 = 0.5;

pub(super) fn findings(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Some((closed, tally)) = &evidence.checked.refunds else { return findings };
    outcomes(evidence, closed, tally, &mut findings);
    let booked = booked(closed);
    if tally.beyond.rows > 0 {
        let beyond = finding(Check::RefundsAboveAmount).portion(tally.beyond, closed.applied);
        findings.push(Finding { share: None, ..beyond }.level(Level::Warning));
    }
    let calendar = &evidence.settings.exports.calendar;
    let early = tally.early.iter().filter(|early| !is_that_day(early, calendar));
    let early = early.fold(Portion::default(), |sum, early| Portion {
        rows: sum.rows + 1,
        money: sum.money + i128::from(early.amount.0),
    });
    if early.rows > 0 {
        findings.push(finding(Check::RefundsBeforePayment).portion(early, booked).level(Level::Warning));
    }
    let files = evidence.inputs.refunds.iter().flat_map(|refunds| &refunds.files.files);
    for file in files.filter(|file| !file.columns.has_keys()) {
        findings.push(finding(Check::RefundsWithoutKey).file(file.name.as_str()).level(Level::Warning));
    }
    findings
}

fn finding(check: Check) -> Finding {
    Finding::new(Section::Rows, Input::Refunds, check)
}

/// Refunds of orders that were given and paid, whenever.
fn booked(closed: &RefundReconciliation) -> Portion {
    let mut booked = closed.applied;
    booked.merge(closed.out_of_range);
    booked
}

/// The list that closes: the first that applies to each row.
fn outcomes(
    evidence: &Evidence<'_>,
    closed: &RefundReconciliation,
    tally: &AfterSalesTally,
    findings: &mut Vec<Finding>,
) {
    let read = closed.read;
    let add = |check, portion: Portion| finding(check).portion(portion, read);
    let some = |check, portion: Portion| (portion.rows > 0).then(|| add(check, portion));
    findings.push(finding(Check::RowsRead).count(read.rows).money(read.money));
    findings.extend(some(Check::RowsStructural, closed.structural));
    rejects(evidence, Input::Refunds, read, findings);
    for (check, part) in [
        (Check::RowsSuperseded, closed.superseded),
        (Check::RefundsOpen, closed.open),
        (Check::RefundsClosed, closed.closed),
    ] {
        findings.extend(some(check, part));
    }
    if !tally.unknown_statuses.is_empty() {
        let unknown = add(Check::RowsUnknownStatus, closed.skipped).level(Level::Error);
        findings.push(unknown.detail(words(&tally.unknown_statuses)));
    }
    let strangers = closed.no_such_order;
    let of_orders = booked(closed).rows + closed.never_paid.rows;
    let level = if of_orders == 0 {
        Level::Error
    } else if strangers.rows as f64 > STRANGERS * (strangers.rows + of_orders) as f64 {
        Level::Warning
    } else {
        Level::Note
    };
    findings.extend(some(Check::RefundsOfNoOrder, strangers).map(|finding| finding.level(level)));
    findings
        .extend(some(Check::RefundsOfUnpaid, closed.never_paid).map(|finding| finding.level(Level::Note)));
    findings.extend(some(Check::RowsOutOfRange, closed.out_of_range));
    findings.push(add(Check::RefundsOfOrders, closed.applied));
    findings.push(finding(Check::Reconciliation).level_if(Level::Error, !closed.closes()));
}

/// Whether an early refund is of a date alone, the payment's own: its midnight says nothing of the hour.
fn is_that_day(early: &EarlyRefund, calendar: &Calendar) -> bool {
    let local = |instant: crate::units::Instant| {
        let stamp = jiff::Timestamp::from_second(instant.0).ok()?;
        Some(calendar.zone.to_datetime(stamp))
    };
    let Some((refunded, paid)) = local(early.refunded_at).zip(local(early.paid_at)) else { return false };
    refunded.date() == paid.date() && refunded.time() == jiff::civil::Time::midnight()
}
