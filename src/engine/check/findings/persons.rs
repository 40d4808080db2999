//! Buyers and viewers: whether they are the same persons by their ids.

use std::collections::HashSet;

use super::{Check, Detail, Evidence, Finding, Input, Level, Section, Unknown, clocks};
use crate::engine::check::ids::{Cured, Shape, Shapes};
use crate::input::orders::NO_STREAMER;
use crate::units::Portion;

/// With fewer buyers, no overlap may be chance.
const FEW_BUYERS: u64 = 20;
/// With a smaller share of buyers among the viewers, the ids are of two kinds.
const NO_OVERLAP: f64 = 0.01;
/// With a smaller share, something is missing.
const LITTLE_OVERLAP: f64 = 0.10;
/// With a smaller share of orders whose streamer has sessions, sessions are missing: a streamer who sells goes live.
const FEW_STREAMERS: f64 = 0.5;
/// A cure is named where it helps at least so many ids, and this part of those looked at.
const CURED: (u64, f64) = (3, 0.01);
/// Where it helps this part, numbers must not be believed.
const CURED_MANY: f64 = 0.10;

pub(super) fn findings(evidence: &Evidence<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let persons = &evidence.checked.persons;
    for (input, shapes) in [Input::Orders, Input::Sessions].into_iter().zip(&evidence.checked.shapes) {
        findings.extend(shapes.iter().flat_map(|shapes| of_shapes(input, shapes)));
    }
    if evidence.no_buyers().is_none() {
        findings.push(finding(Input::Orders, Check::Buyers).count(persons.buyers));
    }
    if evidence.has_sessions() {
        let viewers = finding(Input::Sessions, Check::Viewers).count(persons.viewers);
        findings.push(viewers.level_if(Level::Note, persons.viewers == 0));
    }
    if let Some(why) = evidence.no_overlap() {
        // Persons that are there and cannot be told are worse than columns that were never exported.
        let level = match why {
            Unknown::NoBuyers | Unknown::NoViewers => Level::Warning,
            _ => Level::Note,
        };
        findings.push(finding(Input::Both, Check::IdOverlap).unknown(why).level(level));
        findings.push(clocks::unknown(why));
        return findings;
    }
    overlap(evidence, &mut findings);
    findings.extend(streamers(evidence));
    findings.extend(clocks::findings(evidence));
    findings
}

fn finding(input: Input, check: Check) -> Finding {
    Finding::new(Section::Persons, input, check)
}

fn of_shapes(input: Input, shapes: &Shapes) -> Vec<Finding> {
    let count = |wanted: Shape| {
        shapes.shapes.iter().find(|(shape, _)| *shape == wanted).map_or(0, |(_, count)| *count)
    };
    let mut findings =
        vec![finding(input, Check::IdShape).count(shapes.ids).detail(Detail::Shapes(shapes.clone()))];
    let mangled = count(Shape::Scientific);
    if mangled > 0 {
        findings.push(finding(input, Check::MangledIds).of(mangled, shapes.ids).level(Level::Warning));
    }
    findings
}

fn overlap(evidence: &Evidence<'_>, findings: &mut Vec<Finding>) {
    let persons = &evidence.checked.persons;
    let share = persons.buyers_seen as f64 / persons.buyers as f64;
    let level = if persons.buyers < FEW_BUYERS {
        if persons.buyers_seen == 0 { Level::Warning } else { Level::Ok }
    } else if share < NO_OVERLAP {
        Level::Error
    } else if share < LITTLE_OVERLAP {
        Level::Warning
    } else {
        Level::Ok
    };
    let mut overlap =
        finding(Input::Both, Check::IdOverlap).of(persons.buyers_seen, persons.buyers).level(level);
    if level > Level::Ok {
        let [orders, sessions] = evidence.checked.shapes.clone();
        overlap = overlap.detail(Detail::Spaces(orders, sessions));
    }
    findings.push(overlap);
    let helps =
        |cured: &&Cured| cured.matched >= CURED.0 && cured.matched as f64 >= CURED.1 * cured.ids as f64;
    for cured in evidence.checked.cures.iter().filter(helps) {
        let input = if cured.of_orders { Input::Orders } else { Input::Sessions };
        let many = cured.matched as f64 >= CURED_MANY * cured.ids as f64;
        let forms = finding(input, Check::IdForms).of(cured.matched, cured.ids);
        let forms = forms.level(if many { Level::Error } else { Level::Warning });
        findings.push(forms.detail(Detail::Cure(cured.clone())));
    }
    let add = |check, portion: Portion| finding(Input::Both, check).portion(portion, persons.orders);
    findings.push(add(Check::OrdersSeen, persons.seen));
    findings.push(add(Check::OrdersSeenInWeek, persons.seen_in_week));
    findings.push(add(Check::OrdersSeenWithStreamer, persons.seen_with_streamer));
}

/// The orders whose streamer has any session.
fn streamers(evidence: &Evidence<'_>) -> Option<Finding> {
    let watched: HashSet<u32> = evidence.checked.persons.streamers.keys().copied().collect();
    let (mut all, mut seen, mut absent) = (Portion::default(), Portion::default(), Vec::new());
    for (streamer, portion) in
        evidence.checked.orders.streamers.iter().filter(|(code, _)| **code != NO_STREAMER)
    {
        all.merge(*portion);
        if watched.contains(streamer) {
            seen.merge(*portion);
        } else {
            absent.push((*streamer, portion.rows));
        }
    }
    if all.rows == 0 {
        return None;
    }
    let share = seen.rows as f64 / all.rows as f64;
    let level = if share < NO_OVERLAP {
        Level::Error
    } else if share < FEW_STREAMERS {
        Level::Warning
    } else if absent.is_empty() {
        Level::Ok
    } else {
        Level::Note
    };
    let finding = finding(Input::Both, Check::StreamerOverlap).portion(seen, all).level(level);
    Some(if absent.is_empty() { finding } else { finding.detail(Detail::Names(most(evidence, absent))) })
}

/// The streamers with most orders, by their ids.
fn most(evidence: &Evidence<'_>, streamers: Vec<(u32, u64)>) -> Vec<String> {
    const NAMED: usize = 3;
    let id = |code: u32| evidence.inputs.streamers.get(code as usize).map_or("", |id| id);
    let mut named: Vec<(u64, &str)> = streamers.into_iter().map(|(code, rows)| (rows, id(code))).collect();
    named.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    named.into_iter().take(NAMED).map(|(_, id)| id.to_owned()).collect()
}
