//! Whether the clocks of orders and sessions agree, and which file differs.

use jiff::Timestamp;

use super::{Check, Detail, Evidence, Finding, Input, Level, Section, Unknown};
use crate::engine::check::skew::{Shift, SkewCounts, Verdict};

/// Only where orders can be compared with sessions.
pub(super) fn findings(evidence: &Evidence<'_>) -> Vec<Finding> {
    let clocks = &evidence.checked.persons.clocks;
    let all = clocks.all();
    let mut findings = Vec::new();
    if all.orders > 0 {
        let paid = finding(Check::PaidDuringSession).of(all.unshifted(), all.orders);
        findings.push(paid.level_if(Level::Note, !all.agrees()));
    }
    let skewed = |shift: &Shift| {
        // Of few orders it is only likely.
        let level = if shift.of < SkewCounts::LEAST { Level::Warning } else { Level::Error };
        finding(Check::ClockSkew).of(shift.orders, shift.of).level(level)
    };
    match clocks.verdict() {
        Verdict::Few => findings.push(unknown(Unknown::FewOrders)),
        Verdict::Agree => findings.push(finding(Check::ClockSkew)),
        Verdict::Unclear => findings.push(unknown(Unknown::Clocks).level(Level::Warning)),
        Verdict::All(shift) => {
            findings.push(skewed(&shift).detail(Detail::Shift(shift.seconds, offset(evidence))));
        }
        Verdict::Part(shift) => findings.push(skewed(&shift).detail(Detail::PartShift(shift.seconds))),
        Verdict::Files(files) => findings.extend(files.iter().map(|(file, shift)| {
            let files = &evidence.inputs.orders.files.files;
            let name = files.get(*file as usize).map_or("?", |file| file.name.as_str());
            skewed(shift).file(name).detail(Detail::Shift(shift.seconds, offset(evidence)))
        })),
    }
    findings
}

fn finding(check: Check) -> Finding {
    Finding::new(Section::Clock, Input::Both, check)
}

/// Why it is not known whether they agree.
pub(super) fn unknown(why: Unknown) -> Finding {
    finding(Check::ClockSkew).unknown(why)
}

/// The offset of the shop's zone at the first payment, in seconds.
fn offset(evidence: &Evidence<'_>) -> i32 {
    let zone = &evidence.settings.exports.calendar.zone;
    let paid = evidence.checked.distinct.paid.and_then(|(first, _)| Timestamp::from_second(first.0).ok());
    paid.map_or(0, |paid| zone.to_offset(paid).seconds())
}
