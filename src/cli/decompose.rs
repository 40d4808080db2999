//! `gmv decompose`: what was typed, and what it means.

use std::path::{Path, PathBuf};

use clap::Args;

use super::groups::GroupArguments;
use super::input::{InputArguments, one_standard_input};
use super::output::{Presentation, PresentationArguments};
use super::words::{BasisWord, DomainWord, UnknownWord, name};
use super::{SettingsError, UsageError, definitions, places, values};
use crate::calendar::PeriodKind;
use crate::engine::Grouping;
use crate::engine::local::LocalSettings;
use crate::engine::rooms::RoomSettings;
use crate::input::container::Opening;
use crate::input::files::discover;
use crate::journey::rules::Attribution;
use crate::present::Target;
use crate::present::decompose::DecomposeOptions;
use crate::units::{Level, MinorUnits, Seconds};

/// The five factors of orders and sessions, one row per group and period.
///
/// GMV = UV × watch time per viewer × buyers per watch hour × average order value × orders per buyer. The factors multiply to the GMV
/// of orders that viewing explains; the rest is off-live, always shown.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct DecomposeArguments {
    #[command(flatten)]
    input: InputArguments,
    /// Sums that are known already (CSV or Parquet: period, streamer_id, uv, watch_hours, buyers, orders, gmv), instead of exports
    #[arg(long, value_name = "FILE", help_heading = "Input", conflicts_with_all = EXPORTS_ONLY)]
    facts: Option<String>,
    /// Exports of broadcasts with the sums of each (live sessions of a console), instead of orders and sessions: viewers and buyers are
    /// counted in each broadcast
    #[arg(long, num_args = 1.., value_name = "FILE", help_heading = "Input", conflicts_with_all = PERSONS_ONLY)]
    rooms: Vec<String>,
    #[command(flatten)]
    groups: GroupArguments,
    #[command(flatten)]
    counting: CountingArguments,
    #[command(flatten)]
    presentation: PresentationArguments,
}

/// Options that say how exports are read and counted: a facts file has that behind it.
const EXPORTS_ONLY: [&str; 27] = [
    "orders",
    "sessions",
    "refunds",
    "store",
    "pseudonymize",
    "streamers",
    "lives",
    "profile",
    "set",
    "delimiter",
    "timezone",
    "allow_mangled_ids",
    "max_bad",
    "rejects",
    "strict",
    "from",
    "to",
    "week_start",
    "day_start",
    "covers",
    "price_bands",
    "basis",
    "refund_within",
    "attribution",
    "domain_rule",
    "max_session",
    "unknown_status",
];

/// Options about persons and single orders, which broadcasts as sums do not hold.
const PERSONS_ONLY: [&str; 13] = [
    "orders",
    "sessions",
    "refunds",
    "store",
    "lives",
    "pseudonymize",
    "facts",
    "refund_within",
    "attribution",
    "domain_rule",
    "max_session",
    "unknown_status",
    "price_bands",
];

const AFTER_HELP: &str = "\
What the factors mean:
  uv                      distinct viewers                                UV
  watch_hours_per_viewer  watch time / viewers, in hours                  内容消费时长
  buyers_per_watch_hour   distinct buyers / watch time                    单位时长订单转化率
  aov                     GMV / orders: per order, not per buyer          客单价(笔单价)
  orders_per_buyer        orders / buyers                                 复购频次
A factor is empty if and only if its denominator is 0.

Examples:
  gmv decompose --orders orders.csv --sessions sessions.csv
  gmv decompose --orders 'orders/*.csv.gz' --sessions sessions/ --by streamer,domain -o week.parquet
  gmv decompose --orders o.csv --sessions s.csv --period day --day-start 05:00 --from 2026-11-09
  gmv decompose --orders o.csv --attribution all --by total,category
  gmv decompose --rooms live-sessions.csv --by streamer,live --period day";

/// What counts, and how sure it is.
#[derive(Debug, Args)]
#[command(next_help_heading = "What counts")]
struct CountingArguments {
    /// The amount of an order: as paid, or net of refunds
    #[arg(long, value_enum, default_value_t = BasisWord::Paid)]
    basis: BasisWord,
    /// Count only refunds made within this time of the payment, such as 7d, so that periods of unequal age can be compared; needs
    /// --basis net and the times of refunds
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    refund_within: Option<Seconds>,
    /// What ties an order to viewing: the buyer watched the streamer in the same period (so days do not add up to the week),
    /// window:DURATION (during a session or so long after it), carrier (the export says live), or all
    #[arg(long, value_name = "RULE", default_value = "period", value_parser = values::attribution)]
    attribution: Attribution,
    /// The domain of a viewer who came from both
    #[arg(long, value_enum, default_value_t = DomainWord::AnyPrivate)]
    domain_rule: DomainWord,
    /// The longest session, 776 days at most; longer ones are capped
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = values::duration)]
    max_session: Seconds,
    /// What to do with orders of a status that the profile does not map
    #[arg(long, value_enum, default_value_t = UnknownWord::Refuse, hide_default_value = true)]
    unknown_status: UnknownWord,
    /// Add confidence intervals of the factors
    #[arg(long)]
    ci: bool,
    /// The level of the intervals
    #[arg(long, value_name = "LEVEL", default_value = "0.95", value_parser = values::level, requires = "ci")]
    level: Level,
    /// Add the second moments, from which a facts file can give intervals
    #[arg(long)]
    moments: bool,
}

/// A run, resolved.
#[derive(Debug)]
pub struct DecomposeSettings {
    /// What is computed from what.
    pub work: Work,
    /// What the document shows.
    pub document: DecomposeOptions,
    /// How it is shown.
    pub presentation: Presentation,
    /// Where every rejected row is written.
    pub rejects: Option<PathBuf>,
    /// Whether rejected rows change the exit code.
    pub strict: bool,
    /// Options and definitions, for the metadata of files.
    pub metadata: Vec<(String, String)>,
}

/// Where the sums come from.
#[derive(Debug)]
pub enum Work {
    /// From exports, on this machine.
    Exports(Box<LocalSettings>),
    /// From a facts file.
    Facts(Facts),
    /// From broadcasts as aggregates.
    Rooms(Box<RoomSettings>),
}

/// A facts file, and what was said of it.
#[derive(Debug)]
pub struct Facts {
    /// The file.
    pub path: String,
    /// How it is opened.
    pub opening: Opening,
    /// The grouping that was asked for.
    pub by: Option<Vec<String>>,
    /// The kind of period that was asked for.
    pub period: Option<PeriodKind>,
}

impl DecomposeArguments {
    /// What was typed, resolved.
    ///
    /// # Errors
    /// When it cannot be meant, or a file that it names cannot be used.
    pub fn resolve(&self) -> Result<DecomposeSettings, SettingsError> {
        let presentation = self.presentation.resolve()?;
        let mut written: Vec<(&str, &Path)> = Vec::new();
        if let Target::File(output) = &presentation.target {
            written.push(("-o", output));
        }
        written.extend(self.input.rejects.as_deref().map(|path| ("--rejects", path)));
        places::check(&written, &self.inputs()?)?;
        let work = match &self.facts {
            Some(path) => Work::Facts(Facts {
                path: path.clone(),
                opening: self.input.opening(),
                by: (!self.groups.by.is_empty()).then(|| self.groups.by.clone()),
                period: self.groups.period.map(PeriodKind::from),
            }),
            None if !self.rooms.is_empty() => Work::Rooms(Box::new(self.rooms()?)),
            None => Work::Exports(Box::new(self.exports()?)),
        };
        Ok(DecomposeSettings {
            metadata: self.metadata(&work),
            work,
            document: DecomposeOptions {
                level: self.counting.ci.then_some(self.counting.level),
                moments: self.counting.moments,
            },
            presentation,
            rejects: self.input.rejects.clone(),
            strict: self.input.strict,
        })
    }

    fn exports(&self) -> Result<LocalSettings, SettingsError> {
        let usage = |text: &str| UsageError(text.to_owned());
        let (groups, counting) = (&self.groups, &self.counting);
        if self.input.orders.is_empty() && self.input.store.is_none() {
            return Err(
                usage("--orders FILE is needed (or --store DIR, --rooms FILE or --facts FILE)").into()
            );
        }
        let (orders, sessions) = self.input.sources()?;
        if sessions.is_none() && counting.attribution != Attribution::All {
            return Err(
                usage("--sessions FILE is needed; without sessions only --attribution all works").into()
            );
        }
        if counting.refund_within.is_some() && counting.basis != BasisWord::Net {
            return Err(
                usage("--refund-within says which refunds are subtracted: it needs --basis net").into()
            );
        }
        let range = groups.range()?;
        let streamers = self.input.streamers()?;
        let grouping = Grouping::parse(&groups.words(), &streamers).map_err(UsageError)?;
        let price_bands: Vec<MinorUnits> = values::price_bands(&groups.price_bands)
            .map_err(|error| UsageError(format!("--price-bands {}: {error}", groups.price_bands)))?;
        self.input.check_constants(&grouping.dimensions())?;
        self.input.check_persons(&grouping.dimensions())?;
        let mut read =
            self.input.read_settings(self.input.zone()?, counting.max_session, grouping.dimensions())?;
        let calendar = groups.calendar(read.zone.clone());
        read.refund_within = counting.refund_within;
        read.broadcast_days = (!grouping.has_live()).then(|| calendar.clone());
        Ok(LocalSettings {
            lives: self.input.lives(&read)?,
            calendar,
            read,
            orders,
            sessions,
            refunds: self.input.refunds()?,
            streamers,
            max_bad: self.input.max_bad,
            grouping,
            period: groups.period.map_or(PeriodKind::Week, PeriodKind::from),
            range,
            covers: groups.covers,
            basis: counting.basis.into(),
            attribution: counting.attribution,
            domain_rule: counting.domain_rule.into(),
            unknown_status: counting.unknown_status.into(),
            price_bands,
            moments: counting.ci || counting.moments,
        })
    }

    fn rooms(&self) -> Result<RoomSettings, SettingsError> {
        one_standard_input(self.rooms.iter().chain(&self.input.streamers))?;
        let groups = &self.groups;
        let range = groups.range()?;
        let streamers = self.input.streamers()?;
        let grouping = Grouping::of_rooms(&groups.words(), &streamers).map_err(UsageError)?;
        self.input.check_room_constants()?;
        let read = self.input.read_settings(self.input.zone()?, self.counting.max_session, Vec::new())?;
        Ok(RoomSettings {
            calendar: groups.calendar(read.zone.clone()),
            read,
            rooms: discover(&self.rooms)?,
            streamers,
            max_bad: self.input.max_bad,
            grouping,
            period: groups.period.map_or(PeriodKind::Week, PeriodKind::from),
            range,
            covers: groups.covers,
            basis: self.counting.basis.into(),
        })
    }

    /// Every file that is read.
    fn inputs(&self) -> Result<Vec<PathBuf>, SettingsError> {
        let mut inputs = self.input.files_beside()?;
        let others: Vec<String> =
            self.facts.iter().chain(&self.rooms).chain(&self.input.lives).cloned().collect();
        inputs.extend(discover(&others)?.into_iter().filter_map(|source| source.path));
        if !self.input.orders.is_empty() || self.input.store.is_some() {
            let (orders, sessions) = self.input.sources()?;
            let refunds = self.input.refunds()?;
            let sources = orders.into_iter().chain(sessions.into_iter().chain(refunds).flatten());
            inputs.extend(sources.filter_map(|source| source.path));
        }
        Ok(inputs)
    }

    /// Options and definitions that a file carries with it.
    fn metadata(&self, work: &Work) -> Vec<(String, String)> {
        let mut metadata = vec![("gmv.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
        let mut add = |key: &str, value: String| metadata.push((format!("gmv.{key}"), value));
        match work {
            Work::Exports(settings) => {
                add("by", settings.grouping.describe());
                add("period", settings.period.name().to_owned());
                add("basis", name(&self.counting.basis));
                let within = settings.read.refund_within;
                add("refund_within", within.map_or(String::new(), |within| format!("{}s", within.0)));
                add("attribution", attribution_text(settings.attribution));
                add("domain_rule", name(&self.counting.domain_rule));
                self.groups.describe(&settings.calendar, &mut add);
                add("max_session_seconds", settings.read.max_session.0.to_string());
                add("price_bands", self.groups.price_bands.clone());
            }
            Work::Rooms(settings) => {
                add("by", settings.grouping.describe());
                add("period", settings.period.name().to_owned());
                add("basis", name(&self.counting.basis));
                self.groups.describe(&settings.calendar, &mut add);
            }
            Work::Facts(_) => {}
        }
        for (key, text) in definitions::DEFINITIONS {
            add(&format!("definition.{key}"), (*text).to_owned());
        }
        metadata
    }
}

fn attribution_text(attribution: Attribution) -> String {
    match attribution {
        Attribution::Period => "period".to_owned(),
        Attribution::Window(length) => format!("window:{}s", length.0),
        Attribution::Carrier => "carrier".to_owned(),
        Attribution::All => "all".to_owned(),
    }
}
