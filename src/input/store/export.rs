//! One export into one file: its rows through the readers of all exports, in their order into row groups.

use std::io::Write;

use super::about::{Counts, ROW};
use super::order::{InOrder, Written};
use super::orders::{self, OrderKeeper};
use super::sessions::{self, SessionKeeper};
use super::slices::{SessionSlice, SlicesAbout};
use crate::input::broadcasts::BroadcastNumbers;
use crate::input::dictionary::Dictionary;
use crate::input::error::InputError;
use crate::input::feed::{Bind, Cause, Feed};
use crate::input::files::Source;
use crate::input::names::Names;
use crate::input::orders::{Dictionaries, NONE, OrderColumns, OrderTally, bind_orders};
use crate::input::profile::{Profile, RowKind};
use crate::input::read::{Files, Progress};
use crate::input::rejects::Rejects;
use crate::input::sessions::{SessionColumns, SessionTally, bind_sessions};
use crate::input::settings::{Profiles, ReadSettings, span};
use crate::units::Instant;

/// What was read of an export, before its file is complete.
pub struct Read<C> {
    /// The file.
    pub files: Files<C>,
    /// What became of its rows, but for those stored.
    pub counts: Counts,
    /// The first and the last payment, or entry.
    pub times: Option<(Instant, Instant)>,
    /// What was rejected.
    pub rejects: Rejects,
    /// What is known of its rows.
    pub slices: Option<SlicesAbout>,
}

/// What a file says of how its export was read.
pub struct Form {
    /// The profile.
    pub profile: Profile,
    /// What the amount is made of.
    pub amount: String,
    /// Whether rows are orders or lines.
    pub level: &'static str,
    /// What of an order stands on each of its lines: its amount, its refund.
    pub per_order: (bool, bool),
    /// Whether it names persons.
    pub persons: bool,
}

impl Form {
    /// Of a header.
    pub fn of_orders(columns: &OrderColumns) -> Self {
        let level = match (columns.rows_are_orders(), columns.has_lines()) {
            (true, _) => ROW,
            (false, true) => "line",
            (false, false) => "order",
        };
        let per_order = columns.per_order();
        let amount = columns.amount_definition().to_owned();
        Self { profile: columns.profile().clone(), amount, level, per_order, persons: columns.has_buyers() }
    }

    /// Of a header.
    pub fn of_sessions(columns: &SessionColumns) -> Self {
        Self {
            profile: columns.profile().clone(),
            amount: String::new(),
            level: "",
            per_order: (false, false),
            persons: true,
        }
    }
}

/// How an export would be read, by its header alone.
///
/// # Errors
/// When its beginning cannot be read, or no profile fits.
pub fn form_of(kind: RowKind, source: &Source, settings: &ReadSettings) -> Result<Form, InputError> {
    let profiles = Profiles::load(settings.profile.as_deref())?;
    if kind == RowKind::Sessions {
        let bind = |source: &Source, header: &_| bind_sessions(&profiles, settings, source, header);
        header_of(source, settings, &bind, Form::of_sessions)
    } else {
        let bind = |source: &Source, header: &_| bind_orders(&profiles, settings, source, header);
        header_of(source, settings, &bind, Form::of_orders)
    }
}

fn header_of<C>(
    source: &Source,
    settings: &ReadSettings,
    bind: &Bind<'_, C>,
    form: impl Fn(&C) -> Form,
) -> Result<Form, InputError> {
    let mut feed = Feed::new(std::slice::from_ref(source), settings.feed(), bind);
    let first = feed.next_task();
    match (feed.files.first(), first.map_err(|failure| failure.cause)) {
        (Some(file), _) => Ok(form(&file.columns)),
        (None, Err(Cause::Whole(error))) => Err(error),
        (None, _) => Err(InputError::Empty { path: source.name.clone() }),
    }
}

/// Reads an export of orders into a file, but for its footer.
///
/// # Errors
/// See [`InputError`].
pub fn read_orders<W: Write + Send>(
    source: &Source,
    settings: &ReadSettings,
    out: W,
    progress: &Progress<'_>,
) -> Result<(Read<OrderColumns>, Written<W>), InputError> {
    // As in a run, the first code is that of orders without a streamer.
    let streamers = Dictionary::with(&[NONE]);
    let [dimensions, statuses] = [(); 2].map(|()| Dictionary::default());
    let broadcasts = BroadcastNumbers::default();
    let dictionaries = Dictionaries {
        streamers: &streamers,
        dimensions: &dimensions,
        broadcasts: &broadcasts,
        statuses: &statuses,
    };
    let queue = InOrder::new(&source.name, out, settings.threads.get(), |_, _| None);
    let (files, readers) = crate::input::orders::run_readers(
        std::slice::from_ref(source),
        settings,
        dictionaries,
        progress,
        |_| OrderKeeper::new(settings, &queue),
    )?;
    let (mut tally, mut rejects, mut times) = (OrderTally::default(), Vec::new(), None);
    let mut names = Names::default();
    for reader in readers {
        tally.add(reader.tally);
        times = span(times, reader.rows.paid);
        names.merge(reader.names);
        rejects.push(reader.rejects);
    }
    let rejects = Rejects::merge(rejects).check_headers(&files)?;
    let counts = Counts {
        read: tally.rows,
        structural: tally.structural,
        rejected: rejects.count,
        rejected_money: rejects.money,
        stored: 0,
        money: tally.money,
    };
    let layout = || files.files.first().map(|file| orders::layout(&file.columns)).unwrap_or_default();
    let written = queue.finish(layout)?;
    let slices = SlicesAbout::new(Vec::new(), streamers, &names);
    Ok((Read { files, counts, times, rejects, slices }, written))
}

/// Reads an export of sessions into a file, but for its footer.
///
/// # Errors
/// See [`InputError`].
pub fn read_sessions<W: Write + Send>(
    source: &Source,
    settings: &ReadSettings,
    out: W,
    progress: &Progress<'_>,
) -> Result<(Read<SessionColumns>, Written<W>), InputError> {
    let (streamers, broadcasts) = (Dictionary::default(), BroadcastNumbers::default());
    let queue = InOrder::new(&source.name, out, settings.threads.get(), SessionSlice::new);
    let (files, readers) = crate::input::sessions::run_readers(
        std::slice::from_ref(source),
        settings,
        (&streamers, &broadcasts),
        progress,
        |_| SessionKeeper::new(settings, &queue),
    )?;
    let (mut tally, mut rejects, mut names) = (SessionTally::default(), Vec::new(), Names::default());
    for reader in readers {
        tally.merge(reader.tally);
        names.merge(reader.names);
        rejects.push(reader.rejects);
    }
    let rejects = Rejects::merge(rejects).check_headers(&files)?;
    let (structural, rejected) = (tally.structural, rejects.count);
    let counts = Counts { read: tally.rows, structural, rejected, ..Counts::default() };
    let layout = || files.files.first().map(|file| sessions::layout(&file.columns)).unwrap_or_default();
    let mut written = queue.finish(layout)?;
    let slices = written.slices.take().and_then(|slices| SlicesAbout::new(slices, streamers, &names));
    Ok((Read { files, counts, times: tally.entered(), rejects, slices }, written))
}
