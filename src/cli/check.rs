//! `gmv check`: what was typed, and what it means.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use jiff::civil::{Date, Time, Weekday};

use super::input::{InputArguments, one_standard_input};
use super::output::{Presentation, PresentationArguments};
use super::{SettingsError, UsageError, places, values};
use crate::calendar::{Calendar, DateRange, PeriodKind};
use crate::engine::Grouping;
use crate::engine::check::rooms::RoomCheckSettings;
use crate::engine::check::{CheckSettings, Limits};
use crate::engine::local::LocalSettings;
use crate::engine::rooms::RoomSettings;
use crate::input::error::InputError;
use crate::input::files::{Source, discover};
use crate::input::sessions::LONGEST_SESSION;
use crate::input::settings::ReadSettings;
use crate::input::specimens::Specimens;
use crate::journey::rules::{Attribution, Basis, DomainRule, UnknownStatus};
use crate::present::Target;
use crate::units::Seconds;

/// The options of `gmv check`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct CheckArguments {
    #[command(flatten)]
    input: InputArguments,
    /// Exports of broadcasts with the sums of each (live sessions of a console), instead of orders and sessions
    #[arg(long, num_args = 1.., value_name = "FILE", value_hint = ValueHint::AnyPath, help_heading = "Input", conflicts_with_all = PERSONS_ONLY)]
    rooms: Vec<String>,
    #[command(flatten)]
    dates: DateArguments,
    #[command(flatten)]
    limits: LimitArguments,
    #[command(flatten)]
    presentation: PresentationArguments,
}

/// Options about persons and single orders, which broadcasts as sums do not hold.
const PERSONS_ONLY: [&str; 9] = [
    "orders",
    "sessions",
    "refunds",
    "store",
    "lives",
    "pseudonymize",
    "max_orders_per_hour",
    "min_watch",
    "same_amount_buyers",
];

const AFTER_HELP: &str = "\
Orders alone or sessions alone will do; orders may be without buyers or streamers. Being over --max-bad does not stop the report.

Levels:
  ok       nothing to say
  note     good to know
  warning  to be looked at
  error    numbers must not be believed: over --max-bad, unknown statuses, ids
           of two spaces or forms, clocks that differ, nothing counted, a list
           that does not close

Exit codes: 0 no errors · 1 an error was found, or a file could not be read · 2 wrong usage · 3 no errors, but warnings or rejected rows \
and --strict was given.

Columns of machine formats: level, section, input, check, file, count, share, gmv, first, last, detail, examples, cases (buyers, or \
bursts of them, that flagged orders are of), shift_hours (by which clocks differ), threshold (orders, buyers or seconds); one row per finding.

Examples:
  gmv check --orders orders.csv --sessions sessions.csv
  gmv check --orders 'orders/*.csv' --from 2026-11-01 --to 2026-11-30
  gmv check --orders orders.csv --refunds after-sales.csv --format json
  gmv check --store store
  gmv check --rooms live-sessions.csv
  gmv check --sessions s.csv --covers 2026-11-01..2026-11-30 --strict";

/// The dates that are looked at.
#[derive(Debug, Args)]
#[command(next_help_heading = "Dates")]
struct DateArguments {
    /// The first date to look at
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    from: Option<Date>,
    /// The last date to look at, inclusive
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    to: Option<Date>,
    /// When a business day begins
    #[arg(long, value_name = "HH:MM", default_value = "00:00", value_parser = values::time_of_day)]
    day_start: Time,
    /// The dates that the exports should cover; days of them without rows are gaps [default: from the first to the last row]
    #[arg(long, value_name = "A..B", value_parser = values::date_range)]
    covers: Option<DateRange>,
}

/// From when on something is flagged.
#[derive(Debug, Args)]
#[command(next_help_heading = "Integrity flags")]
struct LimitArguments {
    /// Flag buyers with more orders than this within 60 minutes
    #[arg(long, value_name = "N", default_value_t = 10)]
    max_orders_per_hour: u64,
    /// Flag orders of viewers who watched less than this in all
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = values::duration)]
    min_watch: Seconds,
    /// Flag so many buyers of one streamer who paid the same amount within 60 seconds
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(2..))]
    same_amount_buyers: u64,
    /// Flag sessions (of which the length is known up to 776 days), or broadcasts of --rooms, longer than this
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = values::duration)]
    max_session: Seconds,
}

/// What is looked at.
#[derive(Debug)]
pub enum CheckWork {
    /// Orders, sessions and what stands beside them.
    Exports(Box<CheckSettings>),
    /// Broadcasts as aggregates.
    Rooms(Box<RoomCheckSettings>),
}

/// A check, resolved.
#[derive(Debug)]
pub struct CheckOutput {
    /// What is looked at.
    pub work: CheckWork,
    /// How it is shown.
    pub presentation: Presentation,
    /// Where every rejected row is written.
    pub rejects: Option<PathBuf>,
    /// Whether warnings and rejected rows change the exit code.
    pub strict: bool,
    /// Options, for the metadata of files.
    pub metadata: Vec<(String, String)>,
}

impl CheckArguments {
    /// What was typed, resolved.
    ///
    /// # Errors
    /// When it cannot be meant, or a file that it names cannot be used.
    pub fn resolve(&self) -> Result<CheckOutput, SettingsError> {
        let presentation = self.presentation.resolve()?;
        let usage = |text: &str| SettingsError::from(UsageError(text.to_owned()));
        let input = &self.input;
        let nothing = input.orders.is_empty() && input.sessions.is_empty() && input.store.is_none();
        if nothing && self.rooms.is_empty() {
            return Err(usage(
                "--orders FILE or --sessions FILE is needed, or both (or --store DIR, or --rooms FILE)",
            ));
        }
        if self.dates.from.zip(self.dates.to).is_some_and(|(from, to)| from > to) {
            return Err(usage("--from is after --to"));
        }
        let mut written: Vec<(&str, &Path)> = Vec::new();
        if let Target::File(output) = &presentation.target {
            written.push(("-o", output));
        }
        written.extend(input.rejects.as_deref().map(|path| ("--rejects", path)));
        let work = if nothing {
            CheckWork::Rooms(Box::new(self.of_rooms()?))
        } else {
            CheckWork::Exports(Box::new(CheckSettings { exports: self.exports()?, limits: self.limits() }))
        };
        places::check(&written, &self.inputs(&work)?)?;
        Ok(CheckOutput {
            metadata: self.metadata(&work),
            work,
            presentation,
            rejects: input.rejects.clone(),
            strict: input.strict,
        })
    }

    /// Every file that is read.
    fn inputs(&self, work: &CheckWork) -> Result<Vec<PathBuf>, SettingsError> {
        let sources: Vec<&Source> = match work {
            CheckWork::Exports(check) => {
                let exports = &check.exports;
                exports
                    .orders
                    .iter()
                    .chain(exports.sessions.iter().chain(&exports.refunds).flatten())
                    .collect()
            }
            CheckWork::Rooms(check) => check.rooms.rooms.iter().collect(),
        };
        let mut inputs: Vec<PathBuf> = sources.into_iter().filter_map(|source| source.path.clone()).collect();
        inputs.extend(self.input.files_beside()?);
        inputs.extend(discover(&self.input.lives)?.into_iter().filter_map(|source| source.path));
        Ok(inputs)
    }

    fn limits(&self) -> Limits {
        Limits {
            orders_per_hour: self.limits.max_orders_per_hour,
            min_watch: self.limits.min_watch,
            same_amount: self.limits.same_amount_buyers,
            max_session: Seconds(self.limits.max_session.0.min(LONGEST_SESSION)),
        }
    }

    fn calendar(&self, read: &ReadSettings) -> Calendar {
        Calendar { zone: read.zone.clone(), day_start: self.dates.day_start, week_start: Weekday::Monday }
    }

    /// The broadcasts, as the engine reads them.
    fn of_rooms(&self) -> Result<RoomCheckSettings, SettingsError> {
        one_standard_input(self.rooms.iter().chain(&self.input.streamers))?;
        self.input.check_room_constants()?;
        let streamers = self.input.streamers()?;
        let read = self.input.read_settings(self.input.zone()?, Seconds(LONGEST_SESSION), Vec::new())?;
        let rooms = RoomSettings {
            ranges: None,
            calendar: self.calendar(&read),
            read,
            rooms: discover(&self.rooms)?,
            grouping: Grouping::parse(&["total".to_owned()], &streamers).map_err(UsageError)?,
            streamers,
            max_bad: self.input.max_bad,
            period: PeriodKind::Day,
            range: (self.dates.from, self.dates.to),
            covers: self.dates.covers,
            basis: Basis::Paid,
        };
        Ok(RoomCheckSettings { rooms, longest: self.limits.max_session })
    }

    /// The exports, as the engine reads them: by weeks, as paid, sessions as long as their rows can hold.
    fn exports(&self) -> Result<LocalSettings, SettingsError> {
        let input = &self.input;
        let streamers = input.streamers()?;
        input.meaning.check_constants(&[])?;
        let read = ReadSettings {
            persons_optional: true,
            specimens: Specimens::MOST,
            ..input.read_settings(input.zone()?, Seconds(LONGEST_SESSION), Vec::new())?
        };
        let (orders, sessions) = input.any_sources()?;
        let refunds = input.refunds()?;
        if orders.is_empty() && refunds.is_some() {
            return Err(
                UsageError("--refunds FILE is about orders: --orders FILE is needed".to_owned()).into()
            );
        }
        if let Some(directory) = input.store.as_ref().filter(|_| orders.is_empty() && sessions.is_none()) {
            let message = "the store holds no exports; gmv ingest --store DIR --orders FILE".to_owned();
            return Err(InputError::Store { path: directory.display().to_string(), message }.into());
        }
        let lives = input.lives(&read)?;
        Ok(LocalSettings {
            calendar: self.calendar(&read),
            read,
            orders,
            sessions,
            grouping: Grouping::parse(&["total".to_owned()], &streamers).map_err(UsageError)?,
            refunds,
            lives,
            streamers,
            computes_tiers: false,
            spend: None,
            max_bad: input.max_bad,
            period: PeriodKind::Week,
            ranges: None,
            range: (self.dates.from, self.dates.to),
            covers: self.dates.covers,
            basis: Basis::Paid,
            attribution: Attribution::All,
            domain_rule: DomainRule::AnyPrivate,
            unknown_status: UnknownStatus::Skip,
            price_bands: Vec::new(),
            moments: false,
            follows_buyers: false,
        })
    }

    /// Options that a file carries with it.
    fn metadata(&self, work: &CheckWork) -> Vec<(String, String)> {
        let date = |date: Option<Date>| date.map_or(String::new(), |date| date.to_string());
        let calendar = match work {
            CheckWork::Exports(check) => &check.exports.calendar,
            CheckWork::Rooms(check) => &check.rooms.calendar,
        };
        let zone = calendar.zone.iana_name().unwrap_or("UTC").to_owned();
        let metadata = [
            ("gmv.version", env!("CARGO_PKG_VERSION").to_owned()),
            ("gmv.command", "check".to_owned()),
            ("gmv.timezone", zone),
            ("gmv.day_start", calendar.day_start.strftime("%H:%M").to_string()),
            ("gmv.from", date(self.dates.from)),
            ("gmv.to", date(self.dates.to)),
        ];
        metadata.map(|(key, value)| (key.to_owned(), value)).into()
    }
}
