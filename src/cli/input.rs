//! What is read, and how: the same options for all commands.

use std::cell::OnceCell;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueHint};
use jiff::tz::TimeZone;

use super::meaning::MeaningArguments;
use super::{SettingsError, UsageError, values};
use crate::input::container::Opening;
use crate::input::encoding::TextEncoding;
use crate::input::error::InputError;
use crate::input::feed::LONGEST_RECORD;
use crate::input::files::{Source, discover};
use crate::input::limits::Limits;
use crate::input::lives::Lives;
use crate::input::profile::RowKind;
use crate::input::pseudonyms::{PERSONS, Pseudonyms};
use crate::input::rejects::MaxBad;
use crate::input::rooms;
use crate::input::settings::ReadSettings;
use crate::input::store::Store;
use crate::input::streamers::Streamers;
use crate::memory::{Memory, Size};
use crate::units::Seconds;

/// The exports.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArguments {
    /// Exports of orders: files, directories, quoted globs, or - for standard input; CSV, TSV (also .gz, .zst), .xlsx, Parquet,
    /// .zip; FILE#SHEET names a sheet, FILE#MEMBER a file in an archive
    #[arg(long, num_args = 1.., value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub orders: Vec<String>,
    /// Exports of viewing sessions, in the same way; may be left out with --attribution all
    #[arg(long, num_args = 1.., value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub sessions: Vec<String>,
    /// After-sales exports, in the same way: refund_amount with order_id or line_id, perhaps refund_id, refunded_at, status; they
    /// replace the refund_amount of their orders
    #[arg(long, num_args = 1.., value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub refunds: Vec<String>,
    /// A store that gmv ingest has filled, in the place of --orders and --sessions
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub store: Option<PathBuf>,
    /// A table of streamers: streamer_id, streamer_name and any attributes (tier, …) for --by
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub streamers: Option<String>,
    /// Tables of broadcasts: live_id, streamer_id, started_at, ended_at; of one that two of them list, the later stands
    #[arg(long, num_args = 1.., value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub lives: Vec<String>,
    #[command(flatten)]
    pub(super) meaning: MeaningArguments,
    /// The encoding of text files, where the guess is wrong: gb18030, big5, utf-16le, …; a byte order mark is stronger
    #[arg(long, value_name = "NAME", value_parser = TextEncoding::named)]
    encoding: Option<TextEncoding>,
    /// The delimiter of text files, where the guess is wrong: , ; | tab
    #[arg(long, value_name = "CHAR", value_parser = values::delimiter)]
    delimiter: Option<u8>,
    /// How many rows of each input may be bad, as a number or a percentage; above it the run fails
    #[arg(long, value_name = "N|P%", default_value = "1%")]
    pub max_bad: MaxBad,
    /// Write every rejected row: file, line, column, reason, and the mapped cells
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub rejects: Option<PathBuf>,
    /// Write pseudonyms in the place of buyer_id and viewer_id: keyed digests, the same in every export; the key is a file of at least 16
    /// bytes that its owner alone can read
    #[arg(long, value_name = "KEYFILE", value_hint = ValueHint::FilePath)]
    pub pseudonymize: Option<PathBuf>,
    /// Exit with code 3 when rows were rejected within --max-bad
    #[arg(long)]
    pub strict: bool,
    /// How many threads; the result is the same with any number [default: as many as the machine has]
    #[arg(long, value_name = "N", value_parser = values::threads)]
    threads: Option<NonZeroUsize>,
    /// How much memory a run may take, such as 2GiB; rows beyond it go to temporary files in TMPDIR, and the result is the same
    /// [default: 60 % of what the machine or its control group has]
    #[arg(long, value_name = "SIZE", value_parser = values::size)]
    memory: Option<u64>,
    /// How much may come out of one compressed file, in whatever ratio [default: 64G of text, 4G of a workbook, 1000:1]
    #[arg(long, value_name = "SIZE", value_parser = values::size)]
    max_decompressed: Option<u64>,
    /// Bytes in a block of text, to show that the result does not depend on it
    #[arg(long, value_name = "N", hide = true, default_value_t = ReadSettings::BLOCK_SIZE)]
    block_size: usize,
    /// Bytes of rows beyond which they go to temporary files, to show that the result does not depend on it
    #[arg(long, value_name = "N", hide = true)]
    spill_above: Option<u64>,
    /// The store, once it is opened.
    #[arg(skip)]
    opened: OnceCell<Store>,
}

impl InputArguments {
    /// How exports are read, in the zone of [`zone`](Self::zone) or [`zone_to_ingest`](Self::zone_to_ingest); `dimensions` are the order
    /// columns that `--by` needs.
    ///
    /// # Errors
    /// When standard input is asked for twice, or a key cannot be used.
    pub fn read_settings(
        &self,
        zone: TimeZone,
        max_session: Seconds,
        dimensions: Vec<String>,
    ) -> Result<ReadSettings, SettingsError> {
        let exports = self.orders.iter().chain(&self.sessions).chain(&self.refunds);
        one_standard_input(exports.chain(&self.streamers).chain(&self.lives))?;
        let (threads, memory) = self.threads_and_memory()?;
        Ok(ReadSettings {
            memory,
            block_size: self.block_size.clamp(1, LONGEST_RECORD),
            opening: self.opening(),
            delimiter: self.delimiter,
            list_rejects: self.rejects.is_some(),
            pseudonyms: self.pseudonymize.as_deref().map(Pseudonyms::read).transpose()?.map(Arc::new),
            ..self.meaning.read_settings(zone, max_session, dimensions, threads)
        })
    }

    /// The threads of a run, and the bound on its memory: as many threads as the machine has and the bound has room for, where nothing is said
    /// of them.
    fn threads_and_memory(&self) -> Result<(NonZeroUsize, Memory), UsageError> {
        let limit = self.memory.unwrap_or_else(Memory::of_machine);
        let machine = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let threads = self.threads.unwrap_or_else(|| machine().min(Memory::most_threads(limit)));
        let least = Memory::least(threads);
        if self.memory.is_some() && limit < least {
            let (limit, least) = (Size(limit), Size(least));
            return Err(UsageError(match threads.get() {
                1 => format!("--memory {limit}: a run needs {least} at least; allow more"),
                _ => format!(
                    "--memory {limit}: {threads} threads need {least} at least; allow more, or fewer with --threads"
                ),
            }));
        }
        let memory = Memory::new(limit.max(least), threads);
        Ok((threads, self.spill_above.map_or_else(|| memory.clone(), |rows| memory.with_rows(rows))))
    }

    /// How files are opened.
    pub fn opening(&self) -> Opening {
        let limits = self.max_decompressed.map_or(Limits::default(), Limits::named);
        Opening { encoding: self.encoding, limits }
    }

    /// The exports of orders and of sessions, or the store that stands for them; no sessions are `None`.
    ///
    /// # Errors
    /// When both are named, or one of them cannot be used.
    pub fn any_sources(&self) -> Result<(Vec<Source>, Option<Vec<Source>>), SettingsError> {
        let Some(store) = self.opened()? else {
            let sessions = (!self.sessions.is_empty()).then(|| discover(&self.sessions)).transpose()?;
            return Ok((discover(&self.orders)?, sessions));
        };
        let (orders, sessions) = (store.sources(RowKind::Orders), store.sources(RowKind::Sessions));
        Ok((orders, (!sessions.is_empty()).then_some(sessions)))
    }

    /// Refuses options about exports beside a store.
    fn check_beside_store(&self) -> Result<(), UsageError> {
        let options = [
            ("--orders", !self.orders.is_empty()),
            ("--sessions", !self.sessions.is_empty()),
            // After-sales exports, beside a store, may still need a profile.
            ("--profile", self.meaning.profile.is_some() && self.refunds.is_empty()),
            ("--delimiter", self.delimiter.is_some()),
            ("--pseudonymize", self.pseudonymize.is_some()),
        ];
        if let Some((option, _)) = options.into_iter().find(|(_, given)| *given) {
            let message = format!(
                "{option} is about exports, in whose place --store DIR stands; leave one of them out"
            );
            return Err(UsageError(message));
        }
        Ok(())
    }

    /// The store, where one stands in the place of exports.
    fn opened(&self) -> Result<Option<&Store>, SettingsError> {
        let Some(directory) = &self.store else { return Ok(None) };
        self.check_beside_store()?;
        if self.opened.get().is_none() {
            // Nobody else sets it.
            let _ = self.opened.set(Store::open(directory)?);
        }
        Ok(self.opened.get())
    }

    /// The same, where there must be orders.
    ///
    /// # Errors
    /// When there are none in the store, or as above.
    pub fn sources(&self) -> Result<(Vec<Source>, Option<Vec<Source>>), SettingsError> {
        let (orders, sessions) = self.any_sources()?;
        if let Some(directory) = self.store.as_ref().filter(|_| orders.is_empty()) {
            let message = "the store holds no orders; gmv ingest --store DIR --orders FILE".to_owned();
            return Err(InputError::Store { path: directory.display().to_string(), message }.into());
        }
        Ok((orders, sessions))
    }

    /// The after-sales exports; `None` without any.
    ///
    /// # Errors
    /// When one is not there.
    pub fn refunds(&self) -> Result<Option<Vec<Source>>, InputError> {
        (!self.refunds.is_empty()).then(|| discover(&self.refunds)).transpose()
    }

    /// The files that are read beside the exports.
    ///
    /// # Errors
    /// When one is not there.
    pub fn files_beside(&self) -> Result<Vec<PathBuf>, InputError> {
        let streamers: Vec<String> = self.streamers.iter().cloned().collect();
        let tables = discover(&streamers)?.into_iter().filter_map(|source| source.path);
        Ok(tables
            .chain(self.meaning.profile.iter().map(PathBuf::from))
            .chain(self.pseudonymize.clone())
            .collect())
    }

    /// Refuses a constant for a column that broadcasts do not have.
    ///
    /// # Errors
    /// When there is one.
    pub fn check_room_constants(&self) -> Result<(), UsageError> {
        match self.meaning.set.iter().find(|(name, _)| !rooms::NAMES.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => Err(UsageError(format!(
                "--set {name}: no such column of --rooms; it may be {}",
                rooms::NAMES.join(", ")
            ))),
        }
    }

    /// Refuses to group by persons, whom a result would name, under `--pseudonymize`.
    ///
    /// # Errors
    /// When that is asked.
    pub fn check_persons(&self, dimensions: &[String]) -> Result<(), UsageError> {
        let person = dimensions.iter().find(|name| PERSONS.contains(&name.as_str()));
        match person.filter(|_| self.pseudonymize.is_some()) {
            None => Ok(()),
            Some(name) => Err(UsageError(format!(
                "--by {name} would name persons in spite of --pseudonymize; ingest the exports into a store, and group there"
            ))),
        }
    }

    /// The table of streamers; empty without one.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn streamers(&self) -> Result<Streamers, InputError> {
        let table = self.streamers.as_deref().map(|path| Streamers::read(path, self.opening()));
        Ok(table.transpose()?.unwrap_or_default())
    }

    /// The table of broadcasts, if there is one.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn lives(&self, read: &ReadSettings) -> Result<Option<Lives>, InputError> {
        (!self.lives.is_empty()).then(|| Lives::read(&self.lives, read)).transpose()
    }

    /// The shop's zone: that of the store, where one stands in the place of exports.
    ///
    /// # Errors
    /// When it is not known, or is another one than the store's, whose times were read in its own.
    pub fn zone(&self) -> Result<TimeZone, SettingsError> {
        let stored = self.opened()?.and_then(Store::zone);
        let zone = self.meaning.zone_or(stored)?;
        match (&self.meaning.timezone, stored) {
            (Some(given), Some(stored)) if zone.iana_name() != Some(stored) => Err(UsageError(format!(
                "--timezone {given}: the exports of the store were ingested with --timezone {stored}, by which their times were read; leave \
                 the option out, or ingest all of them again with the other zone"
            ))
            .into()),
            _ => Ok(zone),
        }
    }

    /// The zone in which exports are ingested: that of the store that they are added to, unless another one is given.
    ///
    /// # Errors
    /// When it is not known, or a file of the store is damaged.
    pub fn zone_to_ingest(&self) -> Result<TimeZone, SettingsError> {
        let stored = self.store.as_deref().map(Store::zone_of).transpose()?.flatten();
        Ok(self.meaning.zone_or(stored.as_deref())?)
    }
}

/// Refuses to read standard input for two of the inputs.
///
/// # Errors
/// When `-` stands twice.
pub fn one_standard_input<'a>(names: impl Iterator<Item = &'a String>) -> Result<(), UsageError> {
    if names.filter(|name| *name == "-").count() > 1 {
        return Err(UsageError("- (standard input) can be one of the inputs, not two".to_owned()));
    }
    Ok(())
}
