//! Tables of broadcasts: what rows name that they do not list, what they list that nobody watched, and whether the times agree.

use std::collections::HashMap;

use foldhash::fast::FixedState;

use super::{Check, Detail, Evidence, Finding, Input, Level, Section};
use crate::engine::check::lives::schedule;
use crate::units::Portion;

/// How many broadcasts are named.
const NAMED: usize = 3;

pub(super) fn findings(evidence: &Evidence<'_>) -> Vec<Finding> {
    let Some(listed) = &evidence.inputs.broadcasts.listed else { return Vec::new() };
    let schedule = schedule(listed);
    let all = schedule.len() as u64;
    let usual = zone_hours(evidence, listed.iter().map(|one| one.start).min().unwrap_or_default());
    let (facts, orders) = (&evidence.checked.persons.lives, &evidence.checked.orders.lives);
    let mut findings = vec![finding(Check::LivesListed).count(all)];
    if evidence.has_sessions() {
        let is_seen = |live| facts.sessions.contains_key(live) || facts.on_air.contains_key(live);
        let unseen = schedule.keys().filter(|live| !is_seen(live));
        let without = finding(Check::LivesWithoutSessions).of(unseen.clone().count() as u64, all);
        findings.push(
            without.level_if(Level::Note, unseen.clone().next().is_some()).detail(names(evidence, unseen)),
        );
    }
    let rows: u64 = facts.sessions.values().sum();
    let unlisted = facts.sessions.keys().filter(|live| !schedule.contains_key(live));
    if rows > facts.listed {
        let of_unlisted = finding(Check::SessionsOfUnlisted).of(rows - facts.listed, rows);
        findings.push(of_unlisted.level(Level::Warning).detail(names(evidence, unlisted)));
    }
    let unlisted = orders.keys().filter(|live| !schedule.contains_key(live));
    let portion = sum(orders, unlisted.clone());
    if portion.rows > 0 {
        let of_unlisted = finding(Check::OrdersOfUnlisted).portion(portion, sum(orders, orders.keys()));
        findings.push(of_unlisted.level(Level::Warning).detail(names(evidence, unlisted)));
    }
    if facts.outside > 0 {
        let outside = finding(Check::SessionsOutsideLive).of(facts.outside, facts.listed);
        findings.push(match facts.shift(usual) {
            Some(hours) => outside.level(Level::Error).detail(Detail::LiveShift(hours)),
            None => outside.level(Level::Note),
        });
    }
    if facts.unnamed > 0 {
        let during = finding(Check::SessionsOnAir).of(facts.during(), facts.unnamed);
        findings.push(match facts.shift_on_air(usual) {
            Some(hours) => during.level(Level::Error).detail(Detail::LiveShift(hours)),
            None => during.level_if(Level::Warning, facts.mostly_off_air()),
        });
    }
    findings
}

/// The whole hours of the shop's zone at an instant: exports in UTC are off by so many.
fn zone_hours(evidence: &Evidence<'_>, instant: i64) -> i64 {
    let zone = &evidence.settings.exports.calendar.zone;
    let stamp = jiff::Timestamp::from_second(instant).ok();
    stamp.map_or(0, |stamp| i64::from(zone.to_offset(stamp).seconds()) / 3_600)
}

fn finding(check: Check) -> Finding {
    Finding::new(Section::Rows, Input::Lives, check)
}

fn sum<'a>(orders: &HashMap<u32, Portion, FixedState>, lives: impl Iterator<Item = &'a u32>) -> Portion {
    lives.filter_map(|live| orders.get(live)).fold(Portion::default(), |mut sum, portion| {
        sum.merge(*portion);
        sum
    })
}

/// The first few ids of broadcasts; their numbers depend on which thread came first, their texts do not.
fn names<'a>(evidence: &Evidence<'_>, lives: impl Iterator<Item = &'a u32>) -> Detail {
    let all = &evidence.inputs.broadcasts.all;
    let mut names: Vec<String> =
        lives.filter_map(|live| all.get(*live as usize)).map(|live| live.live.to_string()).collect();
    names.sort_unstable();
    names.truncate(NAMED);
    if names.is_empty() { Detail::None } else { Detail::Names(names) }
}
