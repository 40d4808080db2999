//! Viewing sessions: from the cells of a row to one compact row for the journey.

mod columns;
mod length;
mod quick;
mod row;
mod take;
mod tally;

use super::binding::Header;
use super::broadcasts::{AiredDays, BroadcastCoder, BroadcastNumbers, live_cell, row_code};
use super::cells::{check_cells, fault, id_cell, is_structural, mapped_cells, person_cell, shown, time_cell};
use super::dictionary::{Coder, Dictionary};
use super::error::InputError;
use super::feed::FileContext;
use super::files::Source;
use super::names::Names;
use super::parquet::TypedRow;
use super::parse::trim;
use super::profile::{RowKind, Traffic};
use super::quick::Cells;
use super::read::{Files, Place, Progress, RowReader, read};
use super::records::Record;
use super::rejects::{Fault, Reason, Reject, Rejects};
use super::settings::{Profiles, ReadSettings};
use super::specimens::Specimens;
use super::store::pruning::prune_sessions;
use super::store::unmapped;
use crate::partition::{Partition, Parts};
use crate::units::{Instant, Seconds};

pub use columns::SessionColumns;
use length::length;
pub use row::{LONGEST_SESSION, SessionRow};
pub use take::{TakeSession, TakenSession};
pub use tally::{Reach, SessionTally};

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
    /// The days of broadcasts, where [`ReadSettings::broadcast_days`] asks for them: of each worker.
    pub aired: Vec<AiredDays>,
    /// Rows that a store's description counts, and that were not read.
    pub skipped: u64,
}

/// Reads all sessions.
///
/// # Errors
/// See [`InputError`].
pub fn read_sessions(
    sources: &[Source],
    settings: &ReadSettings,
    streamers: &Dictionary,
    broadcasts: &BroadcastNumbers,
    progress: &Progress<'_>,
) -> Result<Sessions, InputError> {
    let (sources, pruned) = prune_sessions(sources, settings, streamers)?;
    let codes = (streamers, broadcasts);
    let (files, readers) =
        run_readers(&sources, settings, codes, progress, |_| Partition::new(&settings.memory))?;
    let (mut tally, skipped) = (SessionTally::default(), pruned.tally.rows);
    tally.merge(pruned.tally);
    let (mut parts, mut rejects, mut names) = (Vec::new(), Vec::new(), pruned.names);
    let mut aired = Vec::new();
    for reader in readers {
        tally.merge(reader.tally);
        parts.push(reader.rows);
        aired.extend(reader.aired);
        rejects.push(reader.rejects);
        names.merge(reader.names);
    }
    let rejects = Rejects::merge(rejects).check_headers(&files)?;
    Ok(Sessions { parts: Parts::gather(parts)?, tally, rejects, files, names, aired, skipped })
}

/// Where the columns of sessions are in a file, by the profile that fits.
///
/// # Errors
/// See [`Profiles::choose`].
pub fn bind_sessions(
    profiles: &Profiles,
    settings: &ReadSettings,
    source: &Source,
    header: &Header,
) -> Result<SessionColumns, InputError> {
    profiles.choose(
        source,
        header,
        RowKind::Sessions,
        |profile| SessionColumns::bind(profile, source, header, settings),
        SessionColumns::missing,
    )
}

/// Runs a reader for each thread, with the codes of streamers and of broadcasts; what takes the sessions of the reader of a number is
/// made by `taker`.
///
/// # Errors
/// See [`InputError`].
pub fn run_readers<'d, T: TakeSession>(
    sources: &[Source],
    settings: &ReadSettings,
    codes: (&'d Dictionary, &'d BroadcastNumbers),
    progress: &Progress<'_>,
    taker: impl Fn(usize) -> T,
) -> Result<(Files<SessionColumns>, Vec<SessionReader<'d, T>>), InputError> {
    let profiles = Profiles::load(settings.profile.as_deref())?;
    let bind = |source: &Source, header: &Header| bind_sessions(&profiles, settings, source, header);
    let mut readers: Vec<_> = (0..settings.threads.get())
        .map(|worker| SessionReader::new(settings, codes, taker(worker)))
        .collect();
    let files = read(sources, settings.feed(), &bind, progress, &mut readers)?;
    Ok((files, readers))
}

/// One worker's reader of sessions.
pub struct SessionReader<'d, T> {
    streamers: Coder<'d>,
    broadcasts: BroadcastCoder<'d>,
    aired: Option<AiredDays>,
    lately: quick::Lately,
    times: super::settings::Times,
    max_session: i64,
    allow_mangled: bool,
    /// What took the sessions.
    pub rows: T,
    /// What was counted.
    pub tally: SessionTally,
    /// What was rejected.
    pub rejects: Rejects,
    /// The streamers' names.
    pub names: Names,
}

impl<'d, T: TakeSession> SessionReader<'d, T> {
    fn new(
        settings: &ReadSettings,
        (streamers, broadcasts): (&'d Dictionary, &'d BroadcastNumbers),
        rows: T,
    ) -> Self {
        Self {
            streamers: Coder::new(streamers),
            broadcasts: BroadcastCoder::new(broadcasts),
            aired: settings.broadcast_days.clone().map(AiredDays::new),
            lately: quick::Lately::default(),
            times: super::settings::Times::new(&settings.zone),
            max_session: settings.max_session.0.min(LONGEST_SESSION),
            allow_mangled: settings.allow_mangled_ids,
            rows,
            tally: SessionTally { specimens: Specimens::new(settings.specimens), ..SessionTally::default() },
            rejects: settings.rejects(),
            names: Names::default(),
        }
    }

    #[inline]
    fn parse(&mut self, columns: &SessionColumns, record: &Record<'_>, place: Place) -> Result<(), Fault> {
        // What a store holds was allowed when it was ingested.
        let mangled = self.allow_mangled || columns.stored;
        let specimens = &mut self.tally.specimens;
        let viewer =
            person_cell(("viewer_id", &columns.viewer), record, mangled, &columns.anonymous, specimens)?;
        let times = self.times.of(&columns.profile);
        let start = time_cell("entered_at", &columns.entered, record, times)?
            .ok_or_else(|| fault("entered_at", &columns.entered, Reason::Blank, b""))?;
        if !SessionRow::can_start(start) {
            let cell = columns.entered.text(record);
            return Err(fault("entered_at", &columns.entered, Reason::EnteredOutOfRange, trim(&cell)));
        }
        let (left, watched) = length(columns, record, start, times)?;
        let live = live_cell(&columns.live, record, mangled)?;
        // Last of what may fail, so that a rejected row leaves no streamer behind.
        let streamers = &mut self.streamers;
        let streamer = id_cell("streamer_id", &columns.streamer, record, mangled, |streamer| {
            if streamer.is_empty() { None } else { Some(streamers.code(streamer)) }
        })?;
        let streamer = streamer.ok_or_else(|| fault("streamer_id", &columns.streamer, Reason::Blank, b""))?;
        let broadcast = (!live.is_empty()).then(|| self.broadcasts.number(streamer, &live));
        let cell = columns.source.text(record);
        let word = trim(&cell);
        let traffic =
            if columns.source.is_there() { columns.words.get(word).copied() } else { Some(Traffic::Organic) };
        let whole = watched.or(left.map(|left| left.0 - start.0));
        let length = Seconds(whole.unwrap_or(0).min(self.max_session));
        let known = traffic.unwrap_or(Traffic::Organic);
        let broadcast = broadcast.filter(|_| !viewer.is_nobody());
        let code = self.code(streamer, broadcast, start, length);
        let row = SessionRow::new(viewer.person(), code, start, length, known);
        self.rows.take(columns, record, &TakenSession { row, left, watched, traffic })?;
        if traffic.is_none() {
            self.unknown_source(if columns.stored { unmapped::word(word) } else { word });
        }
        if columns.name.is_there() {
            self.names.set(streamer, place.sequence(), trim(&columns.name.text(record)));
        }
        self.tally.count(start, whole, length, viewer.is_nobody());
        Ok(())
    }

    /// The code that a row of somebody carries: its streamer's, where the days of its broadcast say enough of it.
    #[inline]
    fn code(&mut self, streamer: u32, broadcast: Option<u32>, start: Instant, length: Seconds) -> u32 {
        match (broadcast, &mut self.aired) {
            (Some(number), Some(aired)) => {
                let noted = aired.note(number, start.0, start.0 + length.0);
                if noted { streamer } else { row_code(streamer, broadcast) }
            }
            _ => row_code(streamer, broadcast),
        }
    }

    #[cold]
    fn unknown_source(&mut self, word: &[u8]) {
        let word = if word.is_empty() { "(blank)".into() } else { String::from_utf8_lossy(word) };
        *self.tally.unknown_sources.entry(word.into_owned()).or_default() += 1;
    }
}

impl<T: TakeSession> RowReader<SessionColumns> for SessionReader<'_, T> {
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
            let fault = shown(file, record, fault);
            let origins = columns.origins();
            let cells =
                if self.rejects.list { mapped_cells(file, &origins, record, &fault) } else { Vec::new() };
            self.rejects.push(Reject { place, fault, money: None, cells });
        }
    }

    #[inline(never)]
    fn plain(&mut self, file: &FileContext<SessionColumns>, cells: Cells<'_>) -> bool {
        self.take_text(&file.columns, cells).is_some()
    }

    fn typed(&mut self, file: &FileContext<SessionColumns>, row: TypedRow<'_>, _: Place) -> bool {
        self.take_typed(&file.columns, row).is_some()
    }

    fn end_of_block(&mut self, file: &FileContext<SessionColumns>, block: u32) -> Result<(), InputError> {
        self.rows.end_of_block(file, block)
    }

    fn abandon(&mut self) {
        self.rows.abandon();
    }
}
