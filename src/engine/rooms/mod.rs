//! Broadcasts as aggregates (rooms) to sums by period and group: sums add over broadcasts, and what one of them does not know, the sum
//! does not know either.

mod labels;
mod report;
pub mod totals;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;

use super::EngineError;
use super::aggregate::{Aggregate, GroupRow, SideColumns};
use super::grouping::{GroupColumn, Grouping};
use super::reconciliation::RejectSummary;
use super::tiers::Tiered;
use crate::calendar::{Calendar, DateRange, PeriodKind, Periods};
use crate::input::dictionary::Dictionary;
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::read::Progress;
use crate::input::rejects::MaxBad;
use crate::input::rooms::{Field, RoomRow, Rooms, distinct, read_rooms};
use crate::input::settings::ReadSettings;
use crate::input::streamers::Streamers;
use crate::journey::rules::Basis;
use crate::sums::Sums;
use crate::units::Instant;

pub use report::{RoomReconciliation, RoomReport};
use totals::{Net, add, sums};

/// What a run on rooms needs, resolved.
#[derive(Debug, Clone)]
pub struct RoomSettings {
    /// How exports are read.
    pub read: ReadSettings,
    /// The exports.
    pub rooms: Vec<Source>,
    /// The table of streamers.
    pub streamers: Streamers,
    /// How many rows may be bad.
    pub max_bad: MaxBad,
    /// The groups.
    pub grouping: Grouping,
    /// The kind of the periods.
    pub period: PeriodKind,
    /// The shop's clock.
    pub calendar: Calendar,
    /// Two ranges of dates, the earlier one first, that are one period each in the place of such of a kind.
    pub ranges: Option<(DateRange, DateRange)>,
    /// `--from` and `--to`.
    pub range: (Option<Date>, Option<Date>),
    /// `--covers`.
    pub covers: Option<DateRange>,
    /// Which amount counts.
    pub basis: Basis,
}

impl RoomSettings {
    /// The size of all exports on disk, in bytes, as far as it is known.
    #[must_use]
    pub fn size(&self) -> u64 {
        let sizes = self.rooms.iter().filter_map(|source| source.path.as_ref()?.metadata().ok());
        sizes.map(|about| about.len()).sum()
    }
}

/// Rooms, read.
#[derive(Debug)]
pub struct RoomInputs {
    pub(in crate::engine) rooms: Rooms,
    pub(in crate::engine) streamers: Vec<Arc<str>>,
    /// The rejected rows.
    pub rejects: RejectSummary,
}

/// Reads the exports.
///
/// # Errors
/// See [`InputError`].
pub fn read(settings: &RoomSettings, progress: &Progress<'_>) -> Result<RoomInputs, InputError> {
    let streamers = Dictionary::default();
    let rooms = read_rooms(&settings.rooms, &settings.read, &streamers, progress)?;
    let rejects = RejectSummary::new(&rooms.rejects, &rooms.files);
    Ok(RoomInputs { rooms, streamers: streamers.into_texts(), rejects })
}

impl RoomInputs {
    fn check(&self, settings: &RoomSettings) -> Result<(), EngineError> {
        let rooms = &self.rooms;
        rooms.rejects.check("rooms", rooms.tally.rows, settings.max_bad, &rooms.files)?;
        if settings.basis == Basis::Net
            && let Some(file) = rooms.files.files.iter().find(|file| !file.columns.has_net())
        {
            let message = "--basis net needs a net_gmv or a refund_amount column, and the broadcasts have none; map it in a profile";
            return Err(
                InputError::Table { place: format!("{}:1", file.name), message: message.into() }.into()
            );
        }
        Ok(())
    }

    /// The currency sign of the first profile that names one.
    #[must_use]
    pub fn currency(&self) -> Option<String> {
        self.rooms.files.files.iter().find_map(|file| file.columns.profile().currency.clone())
    }

    /// The profiles and the definition of the money that the files were read with, for metadata.
    #[must_use]
    pub fn definitions(&self, basis: Basis) -> Vec<(String, String)> {
        let columns = || self.rooms.files.files.iter().map(|file| &file.columns);
        let profiles: BTreeSet<&str> = columns().map(|columns| columns.profile().name.as_str()).collect();
        let amounts: BTreeSet<&str> =
            columns().map(|columns| columns.amount_definition(basis == Basis::Net)).collect();
        let joined = |texts: BTreeSet<&str>| texts.into_iter().collect::<Vec<_>>().join("; ");
        vec![
            ("gmv.profile".to_owned(), joined(profiles)),
            ("gmv.amount".to_owned(), joined(amounts)),
            ("gmv.source".to_owned(), "rooms".to_owned()),
        ]
    }

    /// The columns beside the sums that any of the exports has.
    fn side(&self) -> SideColumns {
        let has = |field| self.rooms.files.files.iter().any(|file| file.columns.has(field));
        SideColumns { spend: has(Field::Spend), old_fan_share: has(Field::OldFanShare), cost: false }
    }

    /// How a row's file tells what remains after refunds.
    fn net(&self, row: &RoomRow, basis: Basis) -> Option<Net> {
        if basis == Basis::Paid {
            return None;
        }
        let columns = self.rooms.files.files.get(row.place.file as usize).map(|file| &file.columns);
        let has = |field| columns.is_some_and(|columns| columns.has(field));
        Some(Net { by_platform: has(Field::NetGmv), orders_by_platform: has(Field::NetOrders) })
    }
}

/// One broadcast that stands, and when it counts.
#[derive(Debug)]
pub struct Standing<'r> {
    /// Its row.
    pub row: &'r RoomRow,
    /// Its start; where only the date is known, the start of that business date.
    pub start: Instant,
    /// What it counts with.
    sums: Sums,
}

/// The broadcasts that stand.
#[derive(Debug)]
pub struct Settled<'r> {
    /// The periods of the range.
    pub periods: Periods,
    /// Those that began in it.
    pub counted: Vec<Standing<'r>>,
    /// The others.
    pub outside: Vec<Standing<'r>>,
}

impl Settled<'_> {
    /// What became of all rows.
    #[must_use]
    pub fn reconciliation(&self, inputs: &RoomInputs, settings: &RoomSettings) -> RoomReconciliation {
        let [counted, outside] = [&self.counted, &self.outside].map(|some| some.iter().collect::<Vec<_>>());
        report::reconciliation(inputs, settings, &counted, &outside)
    }
}

/// The end of a broadcast; `None` where it is not known, or only the date of its start is.
#[must_use]
pub fn end(row: &RoomRow) -> Option<i64> {
    let length = row.figures.live.map(|live| row.started.0.saturating_add(live.0));
    row.ended.map(|ended| ended.0).or(length).filter(|_| !row.by_date)
}

/// From broadcasts to sums by period and group, and the report of the run.
///
/// # Errors
/// When too many rows are bad, or the input cannot carry what is asked.
pub fn aggregate(
    inputs: &RoomInputs,
    settings: &RoomSettings,
) -> Result<(Aggregate, RoomReport), EngineError> {
    inputs.check(settings)?;
    let settled = settle(inputs, settings)?;
    let periods = &settled.periods;
    let [counted, outside] = [&settled.counted, &settled.outside].map(|some| some.iter().collect::<Vec<_>>());
    let tiered = settings
        .grouping
        .wants_tiers(&settings.streamers)
        .then(|| Tiered::new(&settings.streamers, &money(&counted, inputs)));
    let table = tiered.as_ref().map_or(&settings.streamers, |tiered| &tiered.streamers);
    let aggregate = grouped(&counted, periods, inputs, settings, table)?;
    let mut report = report::report(inputs, settings, periods, &counted, &outside);
    report.facts.extend(tiered.map(|tiered| tiered.fact));
    report.rooms.grouped = aggregate.rows.iter().map(|row| row.sums.gmv).sum();
    Ok((aggregate, report))
}

/// The broadcasts that stand, and which of them count.
///
/// # Errors
/// When a date cannot be named.
pub fn settle<'r>(inputs: &'r RoomInputs, settings: &RoomSettings) -> Result<Settled<'r>, EngineError> {
    let rows = distinct(&inputs.rooms.rows);
    let standing = |row: &&'_ RoomRow| start(row, &settings.calendar);
    let starts: Vec<Instant> = rows.iter().map(standing).collect::<Result<_, _>>()?;
    let periods = periods(&starts, settings)?;
    let standing = rows.into_iter().zip(starts).map(|(row, start)| Standing {
        row,
        start,
        sums: sums(row, inputs.net(row, settings.basis)),
    });
    let (counted, outside) = standing.partition(|standing| periods.find(standing.start.0).is_some());
    Ok(Settled { periods, counted, outside })
}

/// When a broadcast counts as begun: a date alone is that business date, whenever the day begins.
fn start(row: &RoomRow, calendar: &Calendar) -> Result<Instant, EngineError> {
    if !row.by_date {
        return Ok(row.started);
    }
    let stamp = jiff::Timestamp::from_second(row.started.0).map_err(crate::calendar::DateOutOfRange::from)?;
    Ok(calendar.start_of(calendar.zone.to_datetime(stamp).date()))
}

/// The periods that the starts, or `--from` and `--to`, span.
fn periods(starts: &[Instant], settings: &RoomSettings) -> Result<Periods, EngineError> {
    let calendar = &settings.calendar;
    let span = starts.iter().min().zip(starts.iter().max());
    let data = span.map(|(first, last)| calendar.dates_of(*first, *last)).transpose()?;
    let first = settings.range.0.or(data.map(|data| data.first));
    let last = settings.range.1.or(data.map(|data| data.last));
    let (Some(first), Some(last)) = (first, last) else { return Ok(Periods::default()) };
    // Without --from or --to nothing is left out on that side.
    let asked = DateRange {
        first: settings.range.0.unwrap_or(Date::MIN),
        last: settings.range.1.unwrap_or(Date::MAX),
    };
    let covered = settings.covers.or(data).and_then(|covered| covered.intersect(asked));
    if let Some((earlier, later)) = settings.ranges {
        return Ok(Periods::of_ranges(calendar, earlier, later, covered)?);
    }
    Ok(Periods::new(calendar, settings.period, DateRange { first, last }, last, covered)?)
}

/// The number of a period, and the values of the group columns.
type GroupKey = (u32, Vec<Arc<str>>);

/// The sums by period and group, sorted, and their total.
fn grouped(
    counted: &[&Standing<'_>],
    periods: &Periods,
    inputs: &RoomInputs,
    settings: &RoomSettings,
    table: &Streamers,
) -> Result<Aggregate, EngineError> {
    let lives = labels::lives(counted, inputs, settings);
    let mut groups: BTreeMap<GroupKey, (Sums, u32)> = BTreeMap::new();
    let mut total: Option<Sums> = None;
    for (standing, live) in counted.iter().zip(&lives) {
        let Some(period) = periods.find(standing.start.0) else { continue };
        let keys = keys(standing.row.streamer, live, inputs, (&settings.grouping, table));
        let too_many = |sum| too_many(sum, settings, periods.all()[period as usize].first, &keys);
        match groups.get_mut(&(period, keys.clone())) {
            Some((sums, _)) => add(sums, &standing.sums).map_err(too_many)?,
            None => _ = groups.insert((period, keys.clone()), (standing.sums.clone(), standing.row.streamer)),
        }
        match &mut total {
            Some(total) => add(total, &standing.sums).map_err(too_many)?,
            None => total = Some(standing.sums.clone()),
        }
    }
    let by_streamer = settings.grouping.has_streamer();
    let row = |((period, keys), (sums, streamer)): (GroupKey, (Sums, u32))| {
        let period = periods.all()[period as usize];
        let name = by_streamer.then(|| name(streamer, inputs, settings)).flatten();
        GroupRow { period: period.first, partial: Some(period.partial), keys, name, sums }
    };
    let rows: Vec<GroupRow> = groups.into_iter().map(row).collect();
    let mut aggregate = Aggregate {
        period_kind: Some(settings.period),
        grouping: settings.grouping.clone(),
        has_names: rows.iter().any(|row| row.name.is_some()),
        rows,
        total,
        from_rooms: true,
        side: inputs.side(),
    };
    aggregate.sort();
    Ok(aggregate)
}

/// The error of counts of a group that do not fit.
fn too_many(sum: &'static str, settings: &RoomSettings, period: Date, keys: &[Arc<str>]) -> EngineError {
    EngineError::TooMany { sum, group: settings.grouping.named(keys), period }
}

/// The counted money of each streamer, also of those who have none.
fn money(counted: &[&Standing<'_>], inputs: &RoomInputs) -> Vec<(Arc<str>, i128)> {
    let mut all: Vec<(Arc<str>, i128)> = inputs.streamers.iter().map(|id| (Arc::clone(id), 0)).collect();
    for standing in counted {
        if let Some((_, money)) = all.get_mut(standing.row.streamer as usize) {
            *money += standing.sums.gmv.unwrap_or_default();
        }
    }
    all
}

fn keys(
    streamer: u32,
    live: &Arc<str>,
    inputs: &RoomInputs,
    (grouping, table): (&Grouping, &Streamers),
) -> Vec<Arc<str>> {
    let id = inputs.streamers.get(streamer as usize).cloned().unwrap_or_else(|| Arc::from(""));
    let value = |column: &GroupColumn| match column {
        GroupColumn::Attribute(name) => Arc::from(table.value(&id, name)),
        GroupColumn::Live => Arc::clone(live),
        _ => Arc::clone(&id),
    };
    grouping.columns.iter().map(value).collect()
}

fn name(streamer: u32, inputs: &RoomInputs, settings: &RoomSettings) -> Option<Arc<str>> {
    let from_table = || settings.streamers.name(inputs.streamers.get(streamer as usize)?).map(Arc::from);
    inputs.rooms.names.get(streamer).cloned().or_else(from_table)
}
