//! Broadcasts as aggregates: how files were understood, where rows and money went, which days have none, and figures that cannot be.

use super::files::{Given, of_input, unlisted};
use super::rows::of_rejects;
use super::{Check, Detail, Finding, Input, Level, Section, dates};
use crate::calendar::{DateRange, PeriodKind, Periods};
use crate::engine::EngineError;
use crate::engine::check::days::{DayCounts, examine};
use crate::engine::check::rooms::{
    RoomCheckSettings, RoomFlag, length, more_buyers_than_orders, more_buyers_than_viewers,
    more_watch_than_live, overlapping, those,
};
use crate::engine::rooms::{RoomInputs, RoomReconciliation, RoomSettings, Settled, settle};
use crate::input::read::Place;
use crate::input::rooms::{Field, RoomColumns, RoomRow};
use crate::units::Portion;

/// Columns without which something is not known.
const WANTED: [&str; 8] = [
    "streamer_id",
    "live_id",
    "live_minutes",
    "viewers",
    "watch_seconds",
    "buyers",
    "orders",
    "refund_amount",
];
/// Of them, those that a factor needs.
const NEEDED: [&str; 4] = ["viewers", "watch_seconds", "buyers", "orders"];
/// The canonical columns.
const FIELDS: [Field; 20] = [
    Field::StreamerId,
    Field::StreamerName,
    Field::LiveId,
    Field::StartedAt,
    Field::EndedAt,
    Field::Date,
    Field::LiveMinutes,
    Field::Viewers,
    Field::WatchMinutesPerViewer,
    Field::WatchHours,
    Field::WatchSeconds,
    Field::Buyers,
    Field::Orders,
    Field::Gmv,
    Field::NetGmv,
    Field::NetOrders,
    Field::RefundAmount,
    Field::RefundOrders,
    Field::OldFanShare,
    Field::Spend,
];

/// All findings on broadcasts, in their order.
///
/// # Errors
/// When a date cannot be named.
pub fn room_findings(inputs: &RoomInputs, settings: &RoomCheckSettings) -> Result<Vec<Finding>, EngineError> {
    let settled = settle(inputs, &RoomSettings { period: PeriodKind::Day, ..settings.rooms.clone() })?;
    let mut findings = files(inputs, settings);
    let closed = settled.reconciliation(inputs, &settings.rooms);
    rows(inputs, settings, &closed, &mut findings);
    let counted: Vec<&RoomRow> = settled.counted.iter().map(|standing| standing.row).collect();
    not_known(inputs, &counted, closed.counted, &mut findings);
    days(&settled, &settings.rooms, &mut findings);
    integrity(inputs, settings, &counted, closed.counted, &mut findings);
    Ok(findings)
}

fn files(inputs: &RoomInputs, settings: &RoomCheckSettings) -> Vec<Finding> {
    let mut findings = Vec::new();
    let given = Given { set: &settings.rooms.read.constants, wanted: &WANTED, needed: &NEEDED };
    of_input(Input::Rooms, &inputs.rooms.files, &given, &mut findings, |columns| {
        let mut origins: Vec<_> =
            FIELDS.into_iter().map(|field| (field.name(), columns.origin(field))).collect();
        origins.retain(|(name, origin)| origin.is_there() || !is_told_otherwise(columns, name));
        (columns.profile(), origins)
    });
    let names: Vec<&str> = inputs.streamers.iter().map(|id| &**id).collect();
    findings.extend(unlisted(&settings.rooms.streamers, &names, Input::Rooms));
    findings
}

/// Whether other columns tell what an absent one would.
fn is_told_otherwise(columns: &RoomColumns, name: &str) -> bool {
    let has = |field| columns.has(field);
    match name {
        "watch_seconds" => has(Field::WatchHours) || has(Field::WatchMinutesPerViewer),
        "live_minutes" => has(Field::EndedAt),
        "live_id" => has(Field::StartedAt),
        "refund_amount" => has(Field::NetGmv),
        _ => false,
    }
}

fn finding(section: Section, check: Check) -> Finding {
    Finding::new(section, Input::Rooms, check)
}

/// The list that closes.
fn rows(
    inputs: &RoomInputs,
    settings: &RoomCheckSettings,
    closed: &RoomReconciliation,
    findings: &mut Vec<Finding>,
) {
    let read = closed.read;
    let finding = |check| finding(Section::Rows, check);
    let some = |check, portion: Portion| (portion.rows > 0).then(|| finding(check).portion(portion, read));
    findings.push(finding(Check::RowsRead).count(read.rows).money(read.money));
    findings.extend(some(Check::RowsStructural, closed.structural));
    findings.extend(some(Check::RowsSummaries, closed.summaries));
    of_rejects(&inputs.rejects, settings.rooms.max_bad, (Input::Rooms, read), findings);
    findings.extend(some(Check::RowsSuperseded, closed.superseded));
    findings.extend(some(Check::RowsOutOfRange, closed.out_of_range));
    let nothing = closed.counted.rows == 0 && read.rows > 0;
    findings.push(finding(Check::RowsCounted).portion(closed.counted, read).level_if(Level::Error, nothing));
    findings.push(finding(Check::Reconciliation).level_if(Level::Error, !closed.closes()));
    let tally = &inputs.rooms.tally;
    if tally.rounded > 0 {
        let example = Detail::Names(vec![tally.rounded_example().to_owned()]);
        findings.push(finding(Check::FiguresRounded).count(tally.rounded).level(Level::Note).detail(example));
    }
    if let Some((place, _)) = &tally.first_unread {
        let columns = Detail::Names(tally.unread.keys().map(|field| (*field).to_owned()).collect());
        let unread = finding(Check::FiguresUnread).count(tally.unread.values().sum()).level(Level::Warning);
        findings.push(unread.detail(columns).examples(places(inputs, &[*place])));
    }
}

/// Broadcasts of which something is not known, which then is not of their groups either.
fn not_known(inputs: &RoomInputs, counted: &[&RoomRow], all: Portion, findings: &mut Vec<Finding>) {
    type Lacks = fn(&RoomRow) -> bool;
    let lacking: [(Check, Lacks); 5] = [
        (Check::RoomsWithoutViewers, |row| row.figures.viewers.is_none()),
        (Check::RoomsWithoutWatch, |row| row.figures.watch.is_none()),
        (Check::RoomsWithoutBuyers, |row| row.figures.buyers.is_none()),
        (Check::RoomsWithoutOrders, |row| row.figures.orders.is_none()),
        (Check::RoomsWithoutMoney, |row| row.figures.gmv.is_none()),
    ];
    let mut add = |check, flag: RoomFlag| {
        if flag.rooms.rows > 0 {
            let flagged = finding(Section::Rows, check).portion(flag.rooms, all).level(Level::Warning);
            findings.push(flagged.examples(places(inputs, &flag.examples)));
        }
    };
    for (check, lacks) in lacking {
        add(check, those(counted, lacks));
    }
    add(Check::RoomsByDate, those(counted, |row| row.by_date && row.live_id.is_none()));
    let beyond =
        |row: &RoomRow| row.figures.refund.zip(row.figures.gmv).is_some_and(|(refund, gmv)| refund > gmv);
    add(Check::RefundsAboveAmount, those(counted, beyond));
}

/// The places of rows, as file and line.
fn places(inputs: &RoomInputs, places: &[Place]) -> Vec<String> {
    let place = |place: &Place| {
        let (file, line) = inputs.rooms.files.line(*place);
        format!("{file}:{line}")
    };
    places.iter().map(place).collect()
}

fn days(settled: &Settled<'_>, settings: &RoomSettings, findings: &mut Vec<Finding>) {
    let periods: &Periods = &settled.periods;
    let mut counts = DayCounts::default();
    settled.counted.iter().for_each(|standing| counts.count(periods, standing.start.0));
    let (first, last) = settings.range;
    let asked = DateRange {
        first: first.unwrap_or(jiff::civil::Date::MIN),
        last: last.unwrap_or(jiff::civil::Date::MAX),
    };
    let covers = settings.covers.and_then(|covers| covers.intersect(asked));
    dates::of_input(Input::Rooms, &examine(&counts.by_date(periods), covers), findings);
}

fn integrity(
    inputs: &RoomInputs,
    settings: &RoomCheckSettings,
    counted: &[&RoomRow],
    all: Portion,
    findings: &mut Vec<Finding>,
) {
    let longest = settings.longest.0;
    let long = those(counted, |row| length(row).is_some_and(|length| length > longest));
    for (check, flag) in [
        (Check::BuyersAboveViewers, those(counted, more_buyers_than_viewers)),
        (Check::BuyersAboveOrders, those(counted, more_buyers_than_orders)),
        (Check::WatchAboveLive, those(counted, more_watch_than_live)),
        (Check::LivesOverlapping, overlapping(counted)),
        (Check::LongLives, long),
    ] {
        let flagged = finding(Section::Integrity, check).portion(flag.rooms, all);
        let flagged =
            flagged.level_if(Level::Warning, flag.rooms.rows > 0).detail(Detail::Threshold(longest));
        findings.push(flagged.examples(places(inputs, &flag.examples)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::rooms::NAMES;

    #[test]
    fn all_columns_are_told() {
        assert_eq!(FIELDS.map(Field::name), NAMES);
        assert!(
            WANTED.iter().all(|name| NAMES.contains(name)) && NEEDED.iter().all(|name| WANTED.contains(name))
        );
    }
}
