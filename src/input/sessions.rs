//! Viewing sessions: from the cells of a row to one compact row for the journey.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::binding::{Header, Origin};
use super::broadcasts::{BroadcastCoder, live_cell, row_code};
use super::cells::{check_cells, fault, id_cell, is_nobody, is_structural, mapped_cells, time_cell};
use super::dictionary::{Coder, Dictionary};
use super::error::InputError;
use super::feed::FileContext;
use super::files::Source;
use super::names::Names;
use super::parse::time::TimeParser;
use super::parse::{seconds, trim};
use super::profile::{Anonymous, Profile, RowKind, Traffic};
use super::read::{Columns, Files, Place, Progress, RowReader, read};
use super::records::Record;
use super::rejects::{Fault, Reason, Reject, Rejects};
use super::settings::{Profiles, ReadSettings};
use crate::partition::{Partition, Parts};
use crate::units::{IdKey, Instant, Seconds};

mod tally;

pub use tally::SessionTally;

/// The longest `--max-session`, in seconds: what 30 bits hold, 34 years.
pub const LONGEST_SESSION: i64 = (1 << 30) - 1;

/// One session of a known viewer, 32 bytes: ten million of them are 320 MB, and a part of them sorts in cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionRow {
    /// The viewer.
    pub viewer: IdKey,
    /// When it was entered, before any clipping.
    pub start: Instant,
    /// The code of the streamer; as it is read, that of the broadcast where the row names one ([`row_code`]).
    pub streamer: u32,
    /// The length in seconds, capped (30 bits), and the traffic (2 bits).
    length_and_traffic: u32,
}

impl SessionRow {
    /// A row; `length` must be from 0 to [`LONGEST_SESSION`].
    #[must_use]
    #[inline]
    pub fn new(viewer: IdKey, streamer: u32, start: Instant, length: Seconds, traffic: Traffic) -> Self {
        let traffic = match traffic {
            Traffic::Private => 0,
            Traffic::Organic => 1,
            Traffic::Paid => 2,
        };
        Self { viewer, start, streamer, length_and_traffic: (length.0 as u32) << 2 | traffic }
    }

    /// The first instant after the session; its start where the length is 0.
    #[must_use]
    #[inline]
    pub fn end(&self) -> i64 {
        self.start.0 + i64::from(self.length_and_traffic >> 2)
    }

    /// The traffic that brought it.
    #[must_use]
    #[inline]
    pub fn traffic(&self) -> Traffic {
        match self.length_and_traffic & 3 {
            0 => Traffic::Private,
            1 => Traffic::Organic,
            _ => Traffic::Paid,
        }
    }
}

/// Where the columns of sessions are in one file.
#[derive(Debug)]
pub struct SessionColumns {
    profile: Arc<Profile>,
    viewer: Origin,
    streamer: Origin,
    name: Origin,
    entered: Origin,
    left: Origin,
    watched: Origin,
    source: Origin,
    live: Origin,
    words: HashMap<Vec<u8>, Traffic, RandomState>,
    anonymous: Anonymous,
}

impl Columns for SessionColumns {
    fn needed(&self) -> Vec<usize> {
        self.origins().into_iter().flat_map(|(_, origin)| origin.columns()).collect()
    }
}

impl SessionColumns {
    fn origins(&self) -> [(&'static str, &Origin); 8] {
        [
            ("viewer_id", &self.viewer),
            ("streamer_id", &self.streamer),
            ("streamer_name", &self.name),
            ("entered_at", &self.entered),
            ("left_at", &self.left),
            ("watch_seconds", &self.watched),
            ("source", &self.source),
            ("live_id", &self.live),
        ]
    }

    /// The profile that was used.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Whether the file says where sessions came from.
    #[must_use]
    pub fn has_source(&self) -> bool {
        self.source.is_there()
    }

    /// Whether the file says which broadcast a session belongs to.
    #[must_use]
    pub fn has_live(&self) -> bool {
        self.live.is_there()
    }

    fn bind(
        profile: &Arc<Profile>,
        source: &Source,
        header: &Header,
        constants: &BTreeMap<String, String>,
    ) -> Result<Self, InputError> {
        let none = super::profile::SessionsProfile::default();
        let sessions = profile.sessions.as_ref().unwrap_or(&none);
        let find = |field| header.find(&source.name, field, &sessions.columns, constants);
        let canonical = Profile::canonical()?.sessions.as_ref();
        let words = sessions.sources.as_ref().or(canonical.and_then(|canonical| canonical.sources.as_ref()));
        let pairs = words
            .into_iter()
            .flatten()
            .flat_map(|(traffic, words)| words.iter().map(|word| (word.clone().into_bytes(), *traffic)));
        Ok(Self {
            profile: Arc::clone(profile),
            viewer: find("viewer_id")?,
            streamer: find("streamer_id")?,
            name: find("streamer_name")?,
            entered: find("entered_at")?,
            left: find("left_at")?,
            watched: find("watch_seconds")?,
            source: find("source")?,
            live: find("live_id")?,
            words: pairs.collect(),
            anonymous: profile.anonymous()?,
        })
    }

    /// The required columns that are missing.
    fn missing(&self) -> Vec<&'static str> {
        let mut missing: Vec<&'static str> =
            [("viewer_id", &self.viewer), ("streamer_id", &self.streamer), ("entered_at", &self.entered)]
                .into_iter()
                .filter(|(_, origin)| !origin.is_there())
                .map(|(name, _)| name)
                .collect();
        if !self.left.is_there() && !self.watched.is_there() {
            missing.push("left_at or watch_seconds");
        }
        missing
    }
}

/// All sessions, read.
#[derive(Debug)]
pub struct Sessions {
    /// The rows of known viewers, by part.
    pub parts: Parts<SessionRow>,
    /// What was counted.
    pub tally: SessionTally,
    /// What was rejected.
    pub rejects: Rejects,
    /// The files.
    pub files: Files<SessionColumns>,
    /// The streamers' names.
    pub names: Names,
}

/// Reads all sessions.
///
/// # Errors
/// See [`InputError`].
pub fn read_sessions(
    sources: &[Source],
    settings: &ReadSettings,
    streamers: &Dictionary,
    broadcasts: &Dictionary,
    progress: &Progress<'_>,
) -> Result<Sessions, InputError> {
    let profiles = Profiles::load(settings.profile.as_deref())?;
    let bind = |source: &Source, header: &Header| {
        let constants = settings.constants(source);
        profiles.choose(
            source,
            header,
            RowKind::Sessions,
            |profile| SessionColumns::bind(profile, source, header, &constants),
            SessionColumns::missing,
        )
    };
    let mut readers: Vec<SessionReader<'_>> =
        (0..settings.threads.get()).map(|_| SessionReader::new(settings, streamers, broadcasts)).collect();
    let files = read(sources, settings.feed(), &bind, progress, &mut readers)?;
    let mut tally = SessionTally::default();
    let (mut parts, mut rejects, mut names) = (Vec::new(), Vec::new(), Names::default());
    for reader in readers {
        tally.merge(reader.tally);
        parts.push(reader.rows);
        rejects.push(reader.rejects);
        names.merge(reader.names);
    }
    Ok(Sessions { parts: Parts::gather(parts), tally, rejects: Rejects::merge(rejects), files, names })
}

/// One worker's reader of sessions.
struct SessionReader<'d> {
    streamers: Coder<'d>,
    broadcasts: BroadcastCoder<'d>,
    times: super::settings::Times,
    max_session: i64,
    allow_mangled: bool,
    rows: Partition<SessionRow>,
    tally: SessionTally,
    rejects: Rejects,
    names: Names,
}

impl<'d> SessionReader<'d> {
    fn new(settings: &ReadSettings, streamers: &'d Dictionary, broadcasts: &'d Dictionary) -> Self {
        Self {
            streamers: Coder::new(streamers),
            broadcasts: BroadcastCoder::new(broadcasts),
            times: super::settings::Times::new(&settings.zone),
            max_session: settings.max_session.0.min(LONGEST_SESSION),
            allow_mangled: settings.allow_mangled_ids,
            rows: Partition::default(),
            tally: SessionTally::default(),
            rejects: Rejects::new(settings.list_rejects),
            names: Names::default(),
        }
    }

    #[inline]
    fn parse(&mut self, columns: &SessionColumns, record: &Record<'_>, place: Place) -> Result<(), Fault> {
        let viewer = id_cell("viewer_id", &columns.viewer, record, self.allow_mangled, |viewer| {
            if is_nobody(viewer, &columns.anonymous) { IdKey::NOBODY } else { IdKey::new(viewer) }
        })?;
        let times = self.times.of(&columns.profile);
        let start = time_cell("entered_at", &columns.entered, record, times)?
            .ok_or_else(|| fault("entered_at", &columns.entered, Reason::Blank, b""))?;
        let length = length(columns, record, start, times)?;
        let live = live_cell(&columns.live, record, self.allow_mangled)?;
        // Last of what may fail, so that a rejected row leaves no streamer behind.
        let streamers = &mut self.streamers;
        let streamer = id_cell("streamer_id", &columns.streamer, record, self.allow_mangled, |streamer| {
            if streamer.is_empty() { None } else { Some(streamers.code(streamer)) }
        })?;
        let streamer = streamer.ok_or_else(|| fault("streamer_id", &columns.streamer, Reason::Blank, b""))?;
        let traffic = if columns.source.is_there() {
            let cell = columns.source.text(record);
            let word = trim(&cell);
            match columns.words.get(word) {
                Some(&traffic) => traffic,
                None => self.unknown_source(word),
            }
        } else {
            Traffic::Organic
        };
        if columns.name.is_there() {
            self.names.set(streamer, place.sequence(), trim(&columns.name.text(record)));
        }
        let broadcast = (!live.is_empty()).then(|| self.broadcasts.number(streamer, &live));
        self.take(viewer, row_code(streamer, broadcast), start, length, traffic);
        Ok(())
    }

    #[inline]
    fn take(&mut self, viewer: IdKey, streamer: u32, start: Instant, length: Option<i64>, traffic: Traffic) {
        let tally = &mut self.tally;
        tally.without_duration += u64::from(length.is_none());
        let length = length.unwrap_or(0);
        tally.capped += u64::from(length > self.max_session);
        let length = length.min(self.max_session);
        tally.seconds += i128::from(length);
        let (first, last) = tally.entered.unwrap_or((start, start));
        tally.entered = Some((first.min(start), last.max(start)));
        tally.until = tally.until.max(Some(Instant(start.0 + length)));
        if viewer.is_nobody() {
            tally.guests += 1;
            tally.guest_seconds += i128::from(length);
        } else {
            self.rows.push(viewer, SessionRow::new(viewer, streamer, start, Seconds(length), traffic));
        }
    }

    #[cold]
    fn unknown_source(&mut self, word: &[u8]) -> Traffic {
        let word =
            if word.is_empty() { "(blank)".into() } else { String::from_utf8_lossy(word).into_owned() };
        *self.tally.unknown_sources.entry(word).or_default() += 1;
        Traffic::Organic
    }
}

impl RowReader<SessionColumns> for SessionReader<'_> {
    #[inline]
    fn row(&mut self, file: &FileContext<SessionColumns>, record: &Record<'_>, place: Place) {
        self.tally.rows += 1;
        let columns = &file.columns;
        let parsed = check_cells(file, record).and_then(|()| self.parse(columns, record, place));
        if let Err(fault) = parsed {
            if is_structural(file, record) {
                self.tally.structural += 1;
                return;
            }
            let cells =
                if self.rejects.list { mapped_cells(&columns.origins(), record, &fault) } else { Vec::new() };
            self.rejects.push(Reject { place, fault, money: None, cells });
        }
    }
}

/// The seconds watched: `watch_seconds` where it is given, else up to `left_at`; `None` where both are blank.
#[inline]
fn length(
    columns: &SessionColumns,
    record: &Record<'_>,
    start: Instant,
    times: &mut TimeParser,
) -> Result<Option<i64>, Fault> {
    let left = time_cell("left_at", &columns.left, record, times)?;
    if let Some(left) = left
        && left < start
    {
        return Err(fault("left_at", &columns.left, Reason::EndsBeforeStart, &columns.left.text(record)));
    }
    if columns.watched.is_there() {
        let cell = columns.watched.text(record);
        let watched = seconds(&cell)
            .map_err(|_| fault("watch_seconds", &columns.watched, Reason::NotSeconds, &cell))?;
        if watched.is_some() {
            return Ok(watched);
        }
    }
    Ok(left.map(|left| left.0 - start.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_32_bytes_and_keeps_everything() {
        assert_eq!(size_of::<SessionRow>(), 32);
        for traffic in [Traffic::Private, Traffic::Organic, Traffic::Paid] {
            let row = SessionRow::new(IdKey::new(b"u1"), 7, Instant(-5), Seconds(LONGEST_SESSION), traffic);
            assert_eq!((row.traffic(), row.end(), row.streamer), (traffic, LONGEST_SESSION - 5, 7));
        }
    }
}
