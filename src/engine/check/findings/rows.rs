//! Where the rows went, and their money: both lists close, or the check says so.

use std::collections::BTreeMap;

use super::{Check, Detail, Evidence, Finding, Input, Level, Section};
use crate::engine::reconciliation::RejectSummary;
use crate::input::orders::{OrderTally, Orders};
use crate::input::rejects::{MaxBad, Rejected};
use crate::input::sessions::Sessions;
use crate::units::Portion;

/// Refunds above the amount are a few mistakes up to this part of all refunds; beyond it, the amount is already net.
const NET_ALREADY: f64 = 0.2;

/// So many orders without a buyer are no accident: a platform that masks its buyers, or a column of another meaning.
const MANY_WITHOUT_BUYER: f64 = 0.2;

pub(super) fn findings(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if evidence.has_orders() {
        orders(evidence, &mut findings);
    }
    if let Some(sessions) = &evidence.inputs.sessions {
        self::sessions(evidence, sessions, &mut findings);
    }
    findings
}

fn finding(input: Input, check: Check) -> Finding {
    Finding::new(Section::Rows, input, check)
}

fn orders(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let (orders, checked) = (&evidence.inputs.orders, evidence.checked);
    let tally = &checked.tally;
    let read = read(orders);
    let money_of = |rows: u64, money: i128| Portion { rows, money };
    let add = |check, portion: Portion| finding(Input::Orders, check).portion(portion, read);
    let structural = money_of(orders.tally.structural, 0);
    let rejected = money_of(orders.rejects.count, orders.rejects.money);
    let superseded = money_of(checked.distinct.superseded, checked.distinct.money);
    let by_status = checked.orders.never_paid_status;
    let not_yet = money_of(tally.never_paid.rows - by_status.rows, tally.never_paid.money - by_status.money);
    findings.push(finding(Input::Orders, Check::RowsRead).count(read.rows).money(read.money));
    findings.extend((structural.rows > 0).then(|| add(Check::RowsStructural, structural)));
    rejects(evidence, Input::Orders, read, findings);
    let known = tally.unknown_statuses.values().sum::<u64>() > 0;
    let unknown = add(Check::RowsUnknownStatus, tally.skipped).level(Level::Error);
    let unknown = unknown.detail(words(&tally.unknown_statuses));
    let parts = [
        (Check::RowsSuperseded, superseded),
        (Check::RowsNeverPaid, by_status),
        (Check::RowsNotPaidYet, not_yet),
    ];
    findings
        .extend(parts.into_iter().filter(|(_, part)| part.rows > 0).map(|(check, part)| add(check, part)));
    findings.extend(known.then_some(unknown));
    // Money without rows: they stay among those of the other lines.
    let repeated = checked.distinct.repeated.money;
    findings.extend((repeated != 0).then(|| finding(Input::Orders, Check::AmountsRepeated).money(repeated)));
    let outside = tally.out_of_range;
    findings.extend((outside.rows > 0).then(|| add(Check::RowsOutOfRange, outside)));
    // A file without rows is a warning of its own.
    let nothing = tally.counted.rows == 0 && read.rows > 0;
    findings.push(add(Check::RowsCounted, tally.counted).level_if(Level::Error, nothing));
    let parts = [structural, rejected, superseded, tally.never_paid, tally.skipped, outside, tally.counted];
    let rows: u64 = parts.iter().map(|part| part.rows).sum();
    let money: i128 = parts.iter().map(|part| part.money).sum::<i128>() + repeated;
    let twice = money_of(tally.orders, tally.counted.money);
    let closes = (rows, money) == (read.rows, read.money) && twice == checked.orders.counted;
    findings.push(finding(Input::Orders, Check::Reconciliation).level_if(Level::Error, !closes));
    counted(evidence, findings);
    refunds(evidence, findings);
}

/// Rows read, and the money that could be read in them.
fn read(orders: &Orders) -> Portion {
    let OrderTally { rows, money, .. } = orders.tally;
    Portion { rows, money: money + orders.rejects.money }
}

/// What is known of counted orders.
fn counted(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let (tally, facts) = (&evidence.checked.tally, &evidence.checked.orders);
    let all = facts.counted;
    if tally.orders != tally.counted.rows {
        findings.push(finding(Input::Orders, Check::OrdersCounted).count(all.rows).money(all.money));
    }
    for (check, portion) in [
        (Check::OrdersWithoutBuyer, tally.without_buyer),
        (Check::OrdersWithoutStreamer, tally.without_streamer),
        (Check::OrdersOfZero, Portion { rows: facts.gifts, money: 0 }),
    ] {
        if portion.rows > 0 {
            // Where the column is missing altogether, that is said among the columns.
            let masked = check == Check::OrdersWithoutBuyer && evidence.has_buyer_column();
            let many = masked && portion.rows as f64 > MANY_WITHOUT_BUYER * all.rows as f64;
            let level = if many { Level::Warning } else { Level::Note };
            findings.push(finding(Input::Orders, check).portion(portion, all).level(level));
        }
    }
}

fn refunds(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let facts = &evidence.checked.orders;
    let counted = evidence.checked.tally.counted;
    let (refunded, excess) = (facts.refunded, facts.excess_refund);
    if refunded.rows > 0 {
        findings.push(finding(Input::Orders, Check::RowsRefunded).portion(refunded, counted));
    }
    if excess.rows > 0 {
        let net_already = excess.rows as f64 > NET_ALREADY * refunded.rows as f64;
        let level = if net_already { Level::Warning } else { Level::Note };
        findings
            .push(finding(Input::Orders, Check::RefundsAboveAmount).portion(excess, refunded).level(level));
    }
    let without = facts.refunded_without_amount;
    if without.rows > 0 {
        let without = finding(Input::Orders, Check::RefundsWithoutAmount).portion(without, counted);
        findings.push(without.level(Level::Note));
    }
}

/// Rejected rows by reason, and whether they are too many.
pub(super) fn rejects(evidence: &Evidence<'_>, input: Input, read: Portion, findings: &mut Vec<Finding>) {
    let summary = evidence.inputs.rejects.iter().find(|(known, _)| *known == input.name());
    if let Some((_, summary)) = summary {
        of_rejects(summary, evidence.settings.exports.max_bad, (input, read), findings);
    }
}

/// The same of any input.
pub(super) fn of_rejects(
    summary: &RejectSummary,
    limit: MaxBad,
    (input, read): (Input, Portion),
    findings: &mut Vec<Finding>,
) {
    let has_money = input != Input::Sessions;
    let add = |check, rejected: Rejected| {
        let finding = finding(input, check).of(rejected.rows, read.rows);
        if has_money { finding.money(rejected.money) } else { finding }
    };
    let mut all = Rejected::default();
    for (&(field, reason), &rejected) in &summary.reasons {
        all.merge(rejected);
        let examples = examples(summary, field, reason);
        let rejected = add(Check::RowsRejected, rejected).level(Level::Warning);
        findings.push(rejected.detail(Detail::Reason(field, reason)).examples(examples));
    }
    if !limit.allows(summary.count, read.rows) {
        let over = add(Check::OverMaxBad, all).level(Level::Error);
        findings.push(over.detail(Detail::Limit(limit.to_string())));
    }
}

/// The places of the rows of one reason among those that were kept.
fn examples(summary: &RejectSummary, field: &str, reason: &str) -> Vec<String> {
    const SHOWN: usize = 3;
    let of_reason = summary.rows.iter().filter(|row| row.field == field && row.word == reason);
    let place = |column: Option<usize>| column.map(|column| format!(":{column}")).unwrap_or_default();
    of_reason.take(SHOWN).map(|row| format!("{}:{}{}", row.file, row.line, place(row.column))).collect()
}

pub(super) fn words(words: &BTreeMap<String, u64>) -> Detail {
    let mut words: Vec<(String, u64)> = words.iter().map(|(word, count)| (word.clone(), *count)).collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Detail::Words(words)
}

fn sessions(evidence: &Evidence<'_>, sessions: &Sessions, findings: &mut Vec<Finding>) {
    let (tally, facts) = (&sessions.tally, &evidence.checked.persons.sessions);
    let add = |check, count| finding(Input::Sessions, check).of(count, tally.rows);
    findings.push(finding(Input::Sessions, Check::RowsRead).count(tally.rows));
    findings.extend((tally.structural > 0).then(|| add(Check::RowsStructural, tally.structural)));
    rejects(evidence, Input::Sessions, Portion { rows: tally.rows, money: 0 }, findings);
    findings.extend((tally.guests > 0).then(|| add(Check::SessionsOfGuests, tally.guests)));
    let used = tally.structural + sessions.rejects.count + tally.guests + facts.rows;
    let outside = tally.rows.checked_sub(used);
    findings.extend(outside.filter(|rows| *rows > 0).map(|rows| add(Check::RowsOutOfRange, rows)));
    findings
        .push(add(Check::RowsCounted, facts.rows).level_if(Level::Error, facts.rows == 0 && tally.rows > 0));
    let exports = &evidence.settings.exports;
    let everything = exports.range == (None, None) && outside != Some(0);
    let closes = outside.is_some() && !everything;
    findings.push(finding(Input::Sessions, Check::Reconciliation).level_if(Level::Error, !closes));
    if tally.without_duration > 0 {
        let known = tally.rows - tally.structural - sessions.rejects.count;
        let without =
            finding(Input::Sessions, Check::SessionsWithoutDuration).of(tally.without_duration, known);
        findings.push(without.level(Level::Warning));
    }
    if facts.zero_length > 0 {
        findings.push(finding(Input::Sessions, Check::SessionsOfZero).of(facts.zero_length, facts.rows));
    }
    if facts.overlap > 0 {
        let mut twice = finding(Input::Sessions, Check::WatchedTwice);
        twice.count = u64::try_from(facts.overlap).ok();
        twice.share = Some(facts.overlap as f64 / facts.seconds as f64);
        findings.push(twice.level(Level::Note));
    }
    if !tally.unknown_sources.is_empty() {
        let rows = tally.unknown_sources.values().sum();
        let unknown = finding(Input::Sessions, Check::UnknownSources).of(rows, tally.rows);
        findings.push(unknown.level(Level::Warning).detail(words(&tally.unknown_sources)));
    }
}
