//! Days: the span of each input, its gaps, thin and cut days, and days of one input alone.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Check, Detail, Evidence, Finding, Input, Level, Section, Unknown};
use crate::calendar::DateRange;
use crate::engine::check::days::{DayRows, Days, Stretches, examine, only_in};

/// With fewer rows on the median day, a day without any may be chance.
const BUSY: u64 = 10;

type ByDate = BTreeMap<Date, DayRows>;

pub(super) fn findings(evidence: &Evidence<'_>) -> Vec<Finding> {
    let checked = evidence.checked;
    let orders = evidence.has_orders().then(|| checked.orders.days.by_date(&checked.days));
    let sessions = evidence.has_sessions().then(|| checked.persons.days.by_date(&checked.days));
    let mut findings = Vec::new();
    for (input, days) in [(Input::Orders, &orders), (Input::Sessions, &sessions)] {
        if let Some(days) = days {
            of_input(input, &examine(days, covers(evidence)), &mut findings);
        }
    }
    if let (Some(orders), Some(sessions)) = (&orders, &sessions) {
        of_both(orders, sessions, &mut findings);
    }
    findings
}

/// The days of a range on which an input that was given has no row that counts, as far as these are dates that it should hold.
pub(super) fn without_rows(evidence: &Evidence<'_>, range: DateRange) -> Vec<(Input, Date)> {
    let checked = evidence.checked;
    let orders = evidence.has_orders().then(|| (Input::Orders, checked.orders.days.by_date(&checked.days)));
    let sessions =
        evidence.has_sessions().then(|| (Input::Sessions, checked.persons.days.by_date(&checked.days)));
    let Some(range) = covers(evidence).map_or(Some(range), |covers| covers.intersect(range)) else {
        return Vec::new();
    };
    let dates = || range.first.series(1.day()).take_while(|date| *date <= range.last);
    let has_rows = |days: &ByDate, date: &Date| days.get(date).is_some_and(|day| day.rows > 0);
    let of_input = |(input, days): (Input, ByDate)| {
        let empty = dates().filter(|date| !has_rows(&days, date)).collect::<Vec<_>>();
        empty.into_iter().map(move |date| (input, date))
    };
    orders.into_iter().chain(sessions).flat_map(of_input).collect()
}

/// The dates that both inputs should hold, where it is known.
fn covers(evidence: &Evidence<'_>) -> Option<DateRange> {
    let exports = &evidence.settings.exports;
    let asked =
        DateRange { first: exports.range.0.unwrap_or(Date::MIN), last: exports.range.1.unwrap_or(Date::MAX) };
    exports.covers.and_then(|covers| covers.intersect(asked))
}

fn finding(input: Input, check: Check) -> Finding {
    Finding::new(Section::Dates, input, check)
}

pub(super) fn of_input(input: Input, days: &Days, findings: &mut Vec<Finding>) {
    let dates = finding(input, Check::Span).count(days.count);
    findings.push(match days.span {
        Some(span) => dates.dates(Some(span.first), Some(span.last)),
        None => dates.unknown(Unknown::NothingCounted(input)),
    });
    if days.span.is_none() && days.missing.days == 0 {
        return;
    }
    let level = if days.median >= BUSY { Level::Warning } else { Level::Note };
    let all = days.count + days.missing.days;
    let missing =
        stretches(finding(input, Check::DaysMissing), &days.missing).level_if(level, days.missing.days > 0);
    findings.push(missing.of(days.missing.days, all));
    if days.thin.days > 0 {
        let thin = stretches(finding(input, Check::DaysThin), &days.thin).of(days.thin.days, days.count);
        findings.push(thin.level(Level::Note));
    }
    for (check, date) in [(Check::FirstDayCut, days.cut_first), (Check::LastDayCut, days.cut_last)] {
        findings
            .extend(date.map(|date| finding(input, check).dates(Some(date), Some(date)).level(Level::Note)));
    }
}

fn stretches(finding: Finding, days: &Stretches) -> Finding {
    let first = days.first.first().map(|stretch| stretch.first);
    finding.count(days.days).dates(first, days.last).detail(Detail::Days(days.clone()))
}

fn of_both(orders: &ByDate, sessions: &ByDate, findings: &mut Vec<Finding>) {
    for (check, days) in [
        (Check::DaysOrdersOnly, only_in(orders, sessions)),
        (Check::DaysSessionsOnly, only_in(sessions, orders)),
    ] {
        if days.days > 0 {
            findings.push(stretches(finding(Input::Both, check), &days).level(Level::Note));
        }
    }
    let (Some((first, _)), Some((last, _))) = (sessions.first_key_value(), sessions.last_key_value()) else {
        return;
    };
    let outside = orders.iter().filter(|(date, _)| *date < first || *date > last);
    let rows: u64 = outside.map(|(_, day)| day.rows).sum();
    if rows > 0 {
        let all = orders.values().map(|day| day.rows).sum();
        let outside = finding(Input::Both, Check::OrdersOutsideSessions).of(rows, all);
        findings.push(outside.dates(Some(*first), Some(*last)).level(Level::Note));
    }
}
