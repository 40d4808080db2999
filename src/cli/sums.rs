//! Where sums come from: the same options for all commands that stand on them.

mod described;
mod work;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clap::{Args, ValueHint};

use super::groups::GroupArguments;
use super::input::{InputArguments, one_standard_input};
use super::output::Presentation;
use super::tables::{EngineArguments, rules};
use super::words::{BasisWord, DomainWord, UnknownWord};
use super::{SettingsError, UsageError, places, values};
use crate::calendar::{Calendar, DateRange, PeriodKind};
use crate::engine::cluster::ClusterSettings;
use crate::engine::local::LocalSettings;
use crate::engine::rooms::RoomSettings;
use crate::engine::sql::Rules;
use crate::engine::{GroupColumn, Grouping};
use crate::input::files::discover;
use crate::input::settings::ReadSettings;
use crate::input::spend::Spend;
use crate::input::streamers::Streamers;
use crate::journey::rules::Attribution;
use crate::present::Target;
use crate::units::Seconds;

pub(super) use described::Adding;
pub use work::{Facts, Persons, Work};

/// Exports, facts or rooms, the groups and what counts.
#[derive(Debug, Args)]
pub struct SumArguments {
    #[command(flatten)]
    pub(super) input: InputArguments,
    /// Sums that are known already (CSV or Parquet: period, streamer_id, uv, watch_hours, buyers, orders, gmv), instead of exports
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Input", conflicts_with_all = EXPORTS_ONLY)]
    facts: Option<String>,
    /// Exports of broadcasts with the sums of each (live sessions of a console), instead of orders and sessions: viewers and buyers are
    /// counted in each broadcast
    #[arg(long, num_args = 1.., value_name = "FILE", value_hint = ValueHint::AnyPath, help_heading = "Input", conflicts_with_all = PERSONS_ONLY)]
    rooms: Vec<String>,
    #[command(flatten)]
    engine: EngineArguments,
    #[command(flatten)]
    pub(super) groups: GroupArguments,
    #[command(flatten)]
    counting: CountingArguments,
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

/// What counts.
#[derive(Debug, Args)]
#[command(next_help_heading = "What counts")]
pub(super) struct CountingArguments {
    /// The amount of an order: as paid, or net of refunds
    #[arg(long, value_enum, default_value_t = BasisWord::Paid)]
    pub(super) basis: BasisWord,
    /// Count only refunds made within this time of the payment, such as 7d, so that periods of unequal age can be compared; needs
    /// --basis net and the times of refunds
    #[arg(long, value_name = "DURATION", value_parser = values::duration)]
    pub(super) refund_within: Option<Seconds>,
    /// What ties an order to viewing: the buyer watched the streamer in the same period (so days do not add up to the week),
    /// window:DURATION (during a session or so long after it), carrier (the export says live), or all
    #[arg(long, value_name = "RULE", default_value = "period", value_parser = values::attribution)]
    pub(super) attribution: Attribution,
    /// The domain of a viewer who came from both
    #[arg(long, value_enum, default_value_t = DomainWord::AnyPrivate)]
    pub(super) domain_rule: DomainWord,
    /// The longest session, 776 days at most; longer ones are capped
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = values::duration)]
    pub(super) max_session: Seconds,
    /// What to do with orders of a status that the profile does not map
    #[arg(long, value_enum, default_value_t = UnknownWord::Refuse, hide_default_value = true)]
    pub(super) unknown_status: UnknownWord,
}

/// Makes the grouping of sums of that which was typed, or why it cannot be meant, and the table of streamers.
pub type Regroup<'a> = dyn Fn(Result<Grouping, String>, &Streamers) -> Result<Grouping, SettingsError> + 'a;

/// What a command asks of sums.
pub struct Wanted<'a> {
    /// The grouping of the sums.
    pub grouping: &'a Regroup<'a>,
    /// Two ranges of dates, the earlier one first, that are one period each.
    pub ranges: Option<(DateRange, DateRange)>,
    /// Whether sums carry their second moments.
    pub moments: bool,
    /// Tables of what was spent.
    pub spend: &'a [String],
    /// Whether sums may stand in the place of exports.
    pub takes_sums: bool,
}

impl SumArguments {
    /// What is computed from what; refuses to write over an input.
    ///
    /// # Errors
    /// When it cannot be meant, or a file that it names cannot be used.
    pub(super) fn work(
        &self,
        wanted: &Wanted<'_>,
        presentation: &Presentation,
        also_written: &[(&'static str, &Path)],
    ) -> Result<Work, SettingsError> {
        let mut written: Vec<(&str, &Path)> = also_written.to_vec();
        if let Target::File(output) = &presentation.target {
            written.push(("-o", output));
        }
        written.extend(self.input.rejects.as_deref().map(|path| ("--rejects", path)));
        let mut inputs = self.inputs()?;
        inputs.extend(discover(wanted.spend)?.into_iter().filter_map(|source| source.path));
        places::check(&written, &inputs)?;
        Ok(match &self.facts {
            Some(path) => Work::Facts(Facts {
                path: path.clone(),
                opening: self.input.opening(),
                by: (!self.groups.by.is_empty()).then(|| self.groups.by.clone()),
                period: self.groups.period.map(PeriodKind::from),
            }),
            None if !self.rooms.is_empty() => Work::Rooms(Box::new(self.rooms(wanted)?)),
            None if self.asks_cluster() => Work::Cluster(Box::new(self.cluster(wanted)?)),
            None => Work::Exports(Box::new(self.exports(wanted)?)),
        })
    }

    /// The shop's clock.
    ///
    /// # Errors
    /// When its zone is not known.
    pub(super) fn calendar(&self) -> Result<Calendar, SettingsError> {
        Ok(self.groups.calendar(self.input.zone()?))
    }

    /// Whether sums stand in the place of exports.
    pub(super) fn has_sums_alone(&self) -> bool {
        self.facts.is_some() || !self.rooms.is_empty()
    }

    /// Whether a cluster adds up.
    pub(super) fn asks_cluster(&self) -> bool {
        self.engine.engine.is_some()
    }

    /// Whether there may be sessions: a cluster has them in a table, or not at all.
    pub(super) fn has_viewing(&self) -> bool {
        !self.asks_cluster() || self.engine.tables.sessions_table.is_some()
    }

    /// Whether any of the exports is standard input.
    pub(super) fn reads_standard_input(&self) -> bool {
        let input = &self.input;
        let exports = input.orders.iter().chain(&input.sessions).chain(&input.refunds);
        exports.chain(&input.streamers).chain(&input.lives).any(|name| name == "-")
    }

    /// Where every rejected row is written, and whether rejected rows change the exit code.
    pub(super) fn rejects(&self) -> (Option<PathBuf>, bool) {
        (self.input.rejects.clone(), self.input.strict)
    }

    fn exports(&self, wanted: &Wanted<'_>) -> Result<LocalSettings, SettingsError> {
        let (groups, counting) = (&self.groups, &self.counting);
        self.check_exports(wanted.takes_sums)?;
        let (orders, sessions) = self.input.sources()?;
        let streamers = self.input.streamers()?;
        let typed = Grouping::parse(&groups.words(), &streamers);
        let by_tier = typed.as_ref().is_ok_and(|typed| typed.wants_tiers(&streamers));
        let grouping = (wanted.grouping)(typed, &streamers)?;
        self.input.meaning.check_constants(&grouping.dimensions())?;
        self.input.check_persons(&grouping.dimensions())?;
        let mut read =
            self.input.read_settings(self.input.zone()?, counting.max_session, grouping.dimensions())?;
        let calendar = groups.calendar(read.zone.clone());
        read.refund_within = counting.refund_within;
        read.broadcast_days = (!grouping.has_live()).then(|| calendar.clone());
        Ok(LocalSettings {
            lives: self.input.lives(&read)?,
            spend: self.spend(wanted.spend, &grouping, &read)?,
            calendar,
            read,
            orders,
            sessions,
            refunds: self.input.refunds()?,
            computes_tiers: by_tier || grouping.wants_tiers(&streamers),
            streamers,
            max_bad: self.input.max_bad,
            grouping,
            period: groups.period.map_or(PeriodKind::Week, PeriodKind::from),
            ranges: wanted.ranges,
            range: self.groups.range_of(wanted.ranges)?,
            covers: groups.covers,
            basis: counting.basis.into(),
            attribution: counting.attribution,
            domain_rule: counting.domain_rule.into(),
            unknown_status: counting.unknown_status.into(),
            price_bands: groups.price_bands()?,
            moments: wanted.moments,
            follows_buyers: false,
        })
    }

    /// What was spent, where it can be told of the groups.
    fn spend(
        &self,
        given: &[String],
        grouping: &Grouping,
        read: &ReadSettings,
    ) -> Result<Option<Spend>, SettingsError> {
        if given.is_empty() {
            return Ok(None);
        }
        let is_of_streamers =
            |column: &&GroupColumn| matches!(column, GroupColumn::Streamer | GroupColumn::Attribute(_));
        if let Some(column) = grouping.columns.iter().find(|column| !is_of_streamers(column)) {
            return Err(UsageError(format!(
                "--spend with --by {}: what was spent is known by streamer and date, and cannot be divided further; use total, streamer, tier \
                 or a column of --streamers",
                column.name()
            ))
            .into());
        }
        let exports = self.input.orders.iter().chain(&self.input.sessions).chain(&self.input.refunds);
        let tables = self.input.streamers.iter().chain(&self.input.lives).chain(given);
        one_standard_input(exports.chain(tables))?;
        Ok(Some(Spend::read(given, read)?))
    }

    /// Whether exports were named, and what was said of them goes together.
    pub(super) fn check_exports(&self, takes_sums: bool) -> Result<(), SettingsError> {
        let usage = |text: &str| Err(UsageError(text.to_owned()).into());
        if self.input.orders.is_empty() && self.input.store.is_none() {
            let others = if takes_sums { "--store DIR, --rooms FILE or --facts FILE" } else { "--store DIR" };
            let text =
                format!("--orders FILE is needed (or {others}); in a configuration, orders = [\"FILE\"]");
            return usage(&text);
        }
        if self.input.sources()?.1.is_none() && self.counting.attribution != Attribution::All {
            return usage("--sessions FILE is needed; without sessions only --attribution all works");
        }
        if self.counting.refund_within.is_some() && self.counting.basis != BasisWord::Net {
            return usage("--refund-within says which refunds are subtracted: it needs --basis net");
        }
        Ok(())
    }

    fn rooms(&self, wanted: &Wanted<'_>) -> Result<RoomSettings, SettingsError> {
        one_standard_input(self.rooms.iter().chain(&self.input.streamers))?;
        let groups = &self.groups;
        let streamers = self.input.streamers()?;
        let grouping = (wanted.grouping)(Grouping::of_rooms(&groups.words(), &streamers), &streamers)?;
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
            ranges: wanted.ranges,
            range: self.groups.range_of(wanted.ranges)?,
            covers: groups.covers,
            basis: self.counting.basis.into(),
        })
    }

    fn cluster(&self, wanted: &Wanted<'_>) -> Result<ClusterSettings, SettingsError> {
        let (groups, counting, meaning) = (&self.groups, &self.counting, &self.input.meaning);
        let zone = meaning.zone_or(None)?;
        let range = self.groups.range_of(wanted.ranges)?;
        self.engine.tables.check_rules(meaning, counting)?;
        let cluster = self.engine.open()?;
        let grouping = (wanted.grouping)(Grouping::parse(&groups.words(), &cluster.known), &cluster.known)?;
        self.engine.tables.check_groups(meaning, &grouping)?;
        let (dimensions, threads) = (grouping.dimensions(), NonZeroUsize::MIN);
        let read = meaning.read_settings(zone.clone(), counting.max_session, dimensions, threads);
        Ok(ClusterSettings {
            computes_tiers: grouping.wants_tiers(&cluster.known),
            tiered: OnceLock::new(),
            cluster,
            read,
            rules: Rules {
                ranges: wanted.ranges,
                ..rules(groups, counting, grouping, zone, range, wanted.moments)?
            },
            max_bad: self.input.max_bad,
        })
    }

    /// The columns of rows that may sum the leaves of the work; `None` for those of a facts file.
    pub(super) fn rows_by(&self, work: &Work) -> Result<Option<Grouping>, UsageError> {
        let words = self.groups.words();
        let parsed = match work {
            Work::Exports(settings) => Grouping::parse(&words, &settings.streamers).map(Some),
            Work::Rooms(settings) => Grouping::of_rooms(&words, &settings.streamers).map(Some),
            Work::Cluster(settings) => Grouping::parse(&words, &settings.cluster.known).map(Some),
            Work::Facts(facts) => {
                let of = |by: &Vec<String>| Grouping::parse(by, &Streamers::default());
                facts.by.as_ref().map(of).transpose()
            }
        };
        parsed.map_err(UsageError)
    }
}
