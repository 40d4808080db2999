//! Broadcasts as aggregates (rooms): one row for each, with the sums of its viewers and buyers, as consoles of platforms export them.

mod columns;
mod reader;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::binding::Header;
use super::dictionary::Dictionary;
use super::error::InputError;
use super::files::Source;
use super::names::Names;
use super::profile::RowKind;
use super::read::{Files, Place, Progress, read};
use super::rejects::{Fault, Rejects};
use super::settings::{Profiles, ReadSettings};
use crate::units::{Instant, MinorUnits, Seconds};

pub use columns::{Field, NAMES, RoomColumns};
use reader::RoomReader;

/// What an export says of one broadcast; `None` is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Persons who watched it.
    pub viewers: Option<i64>,
    /// Their watch time together.
    pub watch: Option<Seconds>,
    /// How long it was live.
    pub live: Option<Seconds>,
    /// Persons who bought.
    pub buyers: Option<i64>,
    /// Orders.
    pub orders: Option<i64>,
    /// Their money.
    pub gmv: Option<MinorUnits>,
    /// Their money less refunds, as the platform counts it.
    pub net_gmv: Option<MinorUnits>,
    /// Orders less refunded ones, as the platform counts them.
    pub net_orders: Option<i64>,
    /// Money refunded.
    pub refund: Option<MinorUnits>,
    /// Orders refunded.
    pub refund_orders: Option<i64>,
    /// Viewers who followed the streamer already, in millionths of a viewer.
    pub old_fans: Option<i128>,
    /// What was spent on it.
    pub spend: Option<MinorUnits>,
}

/// One broadcast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRow {
    /// Where it stands.
    pub place: Place,
    /// The code of the streamer.
    pub streamer: u32,
    /// Its id; `None` where the export gives none.
    pub live_id: Option<Arc<str>>,
    /// When it began; where only the date is known, the midnight of that date.
    pub started: Instant,
    /// Whether only the date is known.
    pub by_date: bool,
    /// When it ended, where that is known.
    pub ended: Option<Instant>,
    /// Its figures.
    pub figures: Figures,
}

/// What was counted while broadcasts were read.
#[derive(Debug, Clone, Default)]
pub struct RoomTally {
    /// Rows read.
    pub rows: u64,
    /// Repeated headers and blank rows.
    pub structural: u64,
    /// Rows that sum up others.
    pub summaries: u64,
    /// Their money, in minor units.
    pub summary_money: i128,
    /// The money of all accepted rows, in minor units.
    pub money: i128,
    /// Cells of accepted rows that the platform rounded (`1.2万`).
    pub rounded: u64,
    /// The first of them.
    first_rounded: Option<(Place, String)>,
    /// Cells of accepted rows that do not read, by column, where no factor needs their figure.
    pub unread: BTreeMap<&'static str, u64>,
    /// The first of them, and what is wrong with it.
    pub first_unread: Option<(Place, Fault)>,
    /// The files of which an accepted row names a time of day other than midnight.
    timed: BTreeSet<u32>,
}

impl RoomTally {
    /// The text of the first cell that the platform rounded.
    #[must_use]
    pub fn rounded_example(&self) -> &str {
        self.first_rounded.as_ref().map_or("", |(_, text)| text)
    }

    fn round(&mut self, place: Place, text: &str) {
        self.rounded += 1;
        if self.first_rounded.as_ref().is_none_or(|(first, _)| place < *first) {
            self.first_rounded = Some((place, text.to_owned()));
        }
    }

    fn leave(&mut self, place: Place, fault: Fault) {
        *self.unread.entry(fault.field).or_default() += 1;
        if self.first_unread.as_ref().is_none_or(|(first, _)| place < *first) {
            self.first_unread = Some((place, fault));
        }
    }

    fn merge(&mut self, other: Self) {
        for (field, count) in other.unread {
            *self.unread.entry(field).or_default() += count;
        }
        let firsts = [self.first_unread.take(), other.first_unread];
        self.first_unread = firsts.into_iter().flatten().min_by_key(|(place, _)| *place);
        self.timed.extend(other.timed);
        self.rows += other.rows;
        self.structural += other.structural;
        self.summaries += other.summaries;
        self.summary_money += other.summary_money;
        self.money += other.money;
        self.rounded += other.rounded;
        let firsts = [self.first_rounded.take(), other.first_rounded];
        self.first_rounded = firsts.into_iter().flatten().min_by_key(|(place, _)| *place);
    }
}

/// All broadcasts, read.
#[derive(Debug)]
pub struct Rooms {
    /// Every accepted row, in the order of the exports.
    pub rows: Vec<RoomRow>,
    /// What was counted.
    pub tally: RoomTally,
    /// What was rejected.
    pub rejects: Rejects,
    /// The files.
    pub files: Files<RoomColumns>,
    /// The streamers' names.
    pub names: Names,
}

/// Reads all broadcasts.
///
/// # Errors
/// See [`InputError`].
pub fn read_rooms(
    sources: &[Source],
    settings: &ReadSettings,
    streamers: &Dictionary,
    progress: &Progress<'_>,
) -> Result<Rooms, InputError> {
    let profiles = Profiles::load(settings.profile.as_deref())?;
    let bind = |source: &Source, header: &Header| {
        let constants = settings.constants(source);
        profiles.choose(
            source,
            header,
            RowKind::Rooms,
            |profile| RoomColumns::bind(profile, source, header, &constants),
            RoomColumns::missing,
        )
    };
    let mut readers: Vec<RoomReader<'_>> =
        (0..settings.threads.get()).map(|_| RoomReader::new(settings, streamers)).collect();
    let files = read(sources, settings.feed(), &bind, progress, &mut readers)?;
    let mut tally = RoomTally::default();
    let (mut rows, mut rejects, mut names) = (Vec::new(), Vec::new(), Names::default());
    for reader in readers {
        tally.merge(reader.tally);
        rows.extend(reader.rows);
        rejects.push(reader.rejects);
        names.merge(reader.names);
    }
    rows.sort_by_key(|row: &RoomRow| row.place);
    for row in &mut rows {
        settle_times(row, tally.timed.contains(&row.place.file));
    }
    let rejects = Rejects::merge(rejects).check_headers(&files)?;
    Ok(Rooms { rows, tally, rejects, files, names })
}

/// Settles whether a start is a date alone, and with that the live time. A spreadsheet keeps a date as its midnight, so a file that names
/// no other time of day holds dates: taken for starts, all broadcasts that a streamer had on a date would be one.
fn settle_times(row: &mut RoomRow, timed: bool) {
    if !timed && !row.by_date {
        (row.by_date, row.ended) = (true, None);
    }
    let length = row.ended.map(|ended| Seconds(ended.0 - row.started.0));
    row.figures.live = row.figures.live.or(length);
}

/// What a broadcast is known by across exports that overlap.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    /// An id is the streamer's: hand-made exports number each streamer's broadcasts from 1.
    Live(u32, Arc<str>),
    Start(u32, Instant),
    /// Nothing tells it from others of its date.
    Row(u64),
}

/// The broadcasts that stand, in the order of the exports: of rows of one broadcast the latest. A broadcast is known by its streamer
/// and id, else by its streamer and start; where rows of one streamer and start come with ids and without, the kind of the latest stands. A row of which
/// only the date is known is always its own.
#[must_use]
pub fn distinct(rows: &[RoomRow]) -> Vec<&RoomRow> {
    let key = |row: &RoomRow| match &row.live_id {
        Some(id) => Key::Live(row.streamer, Arc::clone(id)),
        None if row.by_date => Key::Row(row.place.sequence()),
        None => Key::Start(row.streamer, row.started),
    };
    let mut latest: HashMap<Key, &RoomRow> = HashMap::new();
    for row in rows {
        latest.insert(key(row), row);
    }
    let mut kinds: HashMap<(u32, Instant), &RoomRow> = HashMap::new();
    for row in latest.values().filter(|row| !row.by_date) {
        let known = kinds.entry((row.streamer, row.started)).or_insert(row);
        if row.place > known.place {
            *known = row;
        }
    }
    let stands = |row: &&RoomRow| {
        let kind = kinds.get(&(row.streamer, row.started)).filter(|_| !row.by_date);
        kind.is_none_or(|kind| kind.live_id.is_some() == row.live_id.is_some())
    };
    let mut standing: Vec<&RoomRow> = latest.into_values().filter(stands).collect();
    standing.sort_by_key(|row| row.place);
    standing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: u32, streamer: u32, live_id: Option<&str>, started: i64) -> RoomRow {
        RoomRow {
            place: Place { file: 0, block: 0, line },
            streamer,
            live_id: live_id.map(Arc::from),
            started: Instant(started),
            by_date: false,
            ended: None,
            figures: Figures::default(),
        }
    }

    fn lines(rows: &[RoomRow]) -> Vec<u32> {
        distinct(rows).into_iter().map(|row| row.place.line).collect()
    }

    #[test]
    fn the_latest_row_of_a_broadcast_stands() {
        let known_by_id = [row(1, 0, Some("a"), 5), row(2, 0, Some("b"), 5), row(3, 0, Some("a"), 6)];
        assert_eq!(lines(&known_by_id), [2, 3]);
        let known_by_start = [row(1, 0, None, 5), row(2, 1, None, 5), row(3, 0, None, 5), row(4, 0, None, 6)];
        assert_eq!(lines(&known_by_start), [2, 3, 4]);
    }

    #[test]
    fn the_same_id_at_two_streamers_is_two_broadcasts() {
        let rows = [row(1, 0, Some("1"), 5), row(2, 1, Some("1"), 5), row(3, 0, Some("1"), 5)];
        assert_eq!(lines(&rows), [2, 3]);
    }

    #[test]
    fn a_broadcast_with_and_without_its_id_is_one() {
        assert_eq!(lines(&[row(1, 0, None, 5), row(2, 0, Some("a"), 5), row(3, 0, Some("b"), 5)]), [2, 3]);
        assert_eq!(lines(&[row(1, 0, Some("a"), 5), row(2, 0, None, 5), row(3, 1, Some("c"), 5)]), [2, 3]);
    }

    #[test]
    fn rows_known_by_their_date_alone_are_never_merged() {
        let by_date = |line| RoomRow { by_date: true, ..row(line, 0, None, 5) };
        assert_eq!(lines(&[by_date(1), by_date(2), row(3, 0, None, 5)]), [1, 2, 3]);
        let named = |line| RoomRow { live_id: Some(Arc::from("a")), ..by_date(line) };
        assert_eq!(lines(&[named(1), named(2)]), [2]);
    }
}
