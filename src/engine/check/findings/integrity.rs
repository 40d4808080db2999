//! Integrity flags: each a count with its money and examples, never a removal.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{Check, Detail, Evidence, Finding, Input, Level, Section};
use crate::engine::check::flags::Flag;
use crate::engine::check::ids::masked;
use crate::engine::check::persons::LongSession;
use crate::input::sessions::LONGEST_SESSION;
use crate::units::PersonKey;

pub(super) fn findings(evidence: &Evidence<'_>) -> Vec<Finding> {
    let (checked, limits) = (evidence.checked, &evidence.settings.limits);
    let persons = &checked.persons;
    let of_buyers = [
        (Check::OrdersPerHour, &persons.busy, limits.orders_per_hour),
        (Check::SameAmount, &checked.same_amount, limits.same_amount),
    ];
    let mut findings = Vec::new();
    for (check, flag, limit) in of_buyers {
        let finding = flagged(evidence, Input::Orders, check, flag);
        let finding = finding.level_if(Level::Warning, flag.orders.rows > 0);
        let finding = finding.detail(Detail::Threshold(i64::try_from(limit).unwrap_or(i64::MAX)));
        findings.push(evidence.no_buyers().map_or(finding, |why| not_known(Input::Orders, check, why)));
    }
    let of_both = [
        (Check::HardlyWatched, &persons.unwatched, Level::Warning, limits.min_watch.0),
        (Check::BeforeFirstSession, &persons.early, Level::Note, 0),
    ];
    for (check, flag, level, limit) in of_both {
        let finding = flagged(evidence, Input::Both, check, flag).level_if(level, flag.orders.rows > 0);
        // Buyers are counted where the flag is of persons.
        let cases = finding.cases.filter(|_| check == Check::HardlyWatched);
        let finding = Finding { cases, ..finding };
        let finding = finding.detail(Detail::Threshold(limit));
        findings.push(evidence.no_overlap().map_or(finding, |why| not_known(Input::Both, check, why)));
    }
    if evidence.has_sessions() {
        findings.push(long_sessions(evidence));
    }
    findings
}

fn not_known(input: Input, check: Check, why: super::Unknown) -> Finding {
    Finding::new(Section::Integrity, input, check).unknown(why)
}

fn flagged(evidence: &Evidence<'_>, input: Input, check: Check, flag: &Flag) -> Finding {
    Finding::new(Section::Integrity, input, check)
        .portion(flag.orders, evidence.checked.orders.counted)
        .cases(flag.cases)
        .examples(evidence.places(&flag.examples))
}

/// Sessions longer than the longest, with the money of orders paid in them.
fn long_sessions(evidence: &Evidence<'_>) -> Finding {
    let persons = &evidence.checked.persons;
    let known = evidence.inputs.sessions.iter().flat_map(|sessions| sessions.tally.specimens.texts());
    let viewers: HashMap<PersonKey, &str> =
        known.map(|text| (PersonKey::new(text.as_bytes()), text)).collect();
    let zone = &evidence.settings.exports.calendar.zone;
    let example = |session: &LongSession| {
        let start = Timestamp::from_second(session.start).ok()?;
        let start = zone.to_datetime(start).strftime("%Y-%m-%d %H:%M:%S").to_string();
        let hours = session.length as f64 / 3_600.0;
        let or_more = if session.length == LONGEST_SESSION { " or more" } else { "" };
        // Of some of the viewers alone the ids are kept.
        let viewer =
            viewers.get(&session.viewer).map(|viewer| format!(" {}", masked(viewer))).unwrap_or_default();
        Some(format!("{start} {hours:.1} h{or_more} {}{viewer}", session.streamer))
    };
    Finding::new(Section::Integrity, Input::Sessions, Check::LongSessions)
        .of(persons.sessions.long, persons.sessions.rows)
        .money(persons.in_long_sessions.orders.money)
        .level_if(Level::Warning, persons.sessions.long > 0)
        .detail(Detail::Threshold(evidence.settings.limits.max_session.0))
        .examples(persons.sessions.longest.iter().filter_map(example).collect())
}
