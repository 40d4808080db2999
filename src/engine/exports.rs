//! Exports and what is asked of them: the settings of a run on this machine, and the exports once they are read.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::EngineError;
use super::broadcasts::RunBroadcasts;
use super::grouping::{GroupColumn, Grouping};
use super::reach::Reported;
use super::reconciliation::RejectSummary;
use crate::calendar::{Calendar, DateRange, PeriodKind};
use crate::input::broadcasts::BroadcastNumbers;
use crate::input::dictionary::Dictionary;
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::lives::Lives;
use crate::input::names::Names;
use crate::input::orders::{NONE, OrderColumns, Orders, dimensions, divide, read_orders};
use crate::input::read::Progress;
use crate::input::refunds::{Refunds, read_refunds};
use crate::input::rejects::MaxBad;
use crate::input::sessions::{Sessions, read_sessions};
use crate::input::settings::ReadSettings;
use crate::input::spend::Spend;
use crate::input::streamers::Streamers;
use crate::journey::rules::{Attribution, Basis, DomainRule, UnknownStatus};
use crate::units::{Instant, MinorUnits};

/// What a run on this machine needs, resolved.
#[derive(Debug, Clone)]
pub struct LocalSettings {
    /// How exports are read.
    pub read: ReadSettings,
    /// The exports of orders.
    pub orders: Vec<Source>,
    /// The exports of sessions; `None` without any.
    pub sessions: Option<Vec<Source>>,
    /// The exports of after-sales; `None` without any.
    pub refunds: Option<Vec<Source>>,
    /// The table of streamers.
    pub streamers: Streamers,
    /// Whether streamers' tiers have to be computed, since they are asked for and the table does not give them.
    pub computes_tiers: bool,
    /// The table of broadcasts; `None` without one.
    pub lives: Option<Lives>,
    /// What was spent; `None` without a table of it.
    pub spend: Option<Spend>,
    /// How many rows may be bad.
    pub max_bad: MaxBad,
    /// The groups.
    pub grouping: Grouping,
    /// The kind of the periods.
    pub period: PeriodKind,
    /// Two ranges of dates, the earlier one first, that are one period each in the place of such of a kind.
    pub ranges: Option<(DateRange, DateRange)>,
    /// The shop's clock.
    pub calendar: Calendar,
    /// `--from` and `--to`.
    pub range: (Option<jiff::civil::Date>, Option<jiff::civil::Date>),
    /// `--covers`.
    pub covers: Option<DateRange>,
    /// Which amount counts.
    pub basis: Basis,
    /// What ties orders to viewing.
    pub attribution: Attribution,
    /// Which domain a viewer has.
    pub domain_rule: DomainRule,
    /// What an unmapped status does.
    pub unknown_status: UnknownStatus,
    /// The lower edges of price bands, ascending.
    pub price_bands: Vec<MinorUnits>,
    /// Whether the sums carry their second moments.
    pub moments: bool,
    /// Whether buyers are followed over time: orders before the range matter, whatever the groups, since they tell who had bought before, and
    /// what was refunded of each order is told beside it, whatever the basis.
    pub follows_buyers: bool,
}

impl LocalSettings {
    /// The size of all exports on disk, in bytes, as far as it is known.
    #[must_use]
    pub fn size(&self) -> u64 {
        let others = self.sessions.iter().chain(&self.refunds).flatten();
        let sources = self.orders.iter().chain(others);
        let sizes = sources.filter_map(|source| source.path.as_ref()?.metadata().ok());
        sizes.map(|about| about.len()).sum()
    }

    /// The instants that a session must touch to matter, from the first to before the last: the range, and the window before it in which
    /// a session may explain an order. `None` without a range.
    fn reach(&self) -> Option<(Instant, Instant)> {
        let window = match self.attribution {
            Attribution::Window(length) => length.0,
            Attribution::Period | Attribution::Carrier | Attribution::All => 0,
        };
        self.bounds().map(|(first, last)| (Instant(first.0.saturating_sub(window)), last))
    }

    /// The instants at which an order must have been paid to matter. `None` without a range, and where others matter: those before it tell
    /// returning persons from new ones, and after-sales look for theirs; under net, a refund in full comes before the range.
    fn paid(&self) -> Option<(Instant, Instant)> {
        let all_matter = self.basis == Basis::Net || self.refunds.is_some() || self.needs_history();
        self.bounds().filter(|_| !all_matter)
    }

    /// What is reported.
    #[must_use]
    pub fn reported(&self) -> Reported<'_> {
        let Self { period, ref calendar, range, ranges, covers, .. } = *self;
        Reported { period, calendar, range, ranges, covers }
    }

    /// Whether orders before the range tell who had bought before.
    #[must_use]
    pub fn needs_history(&self) -> bool {
        self.follows_buyers || self.grouping.split().buyer_type
    }

    /// The first instant of the range, and the first after it; `None` without a range.
    fn bounds(&self) -> Option<(Instant, Instant)> {
        let (from, to) = self.range;
        from.or(to)?;
        let first = from.map(|date| self.calendar.start_of(date));
        let next = to.and_then(|date| date.tomorrow().ok());
        let last = next.map(|date| self.calendar.start_of(date));
        Some((first.unwrap_or(Instant(i64::MIN)), last.unwrap_or(Instant(i64::MAX))))
    }
}

/// Exports, read: what can be said of them before any rule.
#[derive(Debug)]
pub struct Inputs {
    pub(super) orders: Orders,
    pub(super) sessions: Option<Sessions>,
    pub(super) refunds: Option<Refunds>,
    pub(super) streamers: Vec<Arc<str>>,
    pub(super) dimensions: Vec<Arc<str>>,
    pub(super) broadcasts: RunBroadcasts,
    /// The rejected rows of each input, with its name.
    pub rejects: Vec<(&'static str, RejectSummary)>,
}

/// Which rows of a store are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of them, since each may tell of the exports.
    All,
    /// Those that can matter to the range that is asked for: others are counted alone.
    InRange,
}

/// Reads the exports.
///
/// # Errors
/// See [`InputError`].
pub fn read(settings: &LocalSettings, extent: Extent, progress: &Progress<'_>) -> Result<Inputs, InputError> {
    let in_range = |range| if extent == Extent::InRange { range } else { None };
    let streamers = Dictionary::with(&[NONE]);
    let (dimensions, broadcasts) = (dimensions(), BroadcastNumbers::default());
    let sessions = match &settings.sessions {
        Some(sources) => {
            let read = ReadSettings { reach: in_range(settings.reach()), ..settings.read.clone() };
            Some(read_sessions(sources, &read, &streamers, &broadcasts, progress)?)
        }
        None => None,
    };
    let read = ReadSettings { paid: in_range(settings.paid()), ..settings.read.clone() };
    let orders = read_orders(&settings.orders, &read, &streamers, &dimensions, &broadcasts, progress)?;
    let (of_orders, dimensions) = divide(dimensions);
    let refunds = match &settings.refunds {
        Some(sources) => Some(read_refunds(sources, &settings.read, progress)?),
        None => None,
    };
    let mut rejects = vec![("orders", RejectSummary::new(&orders.rejects, &orders.files))];
    rejects.extend(sessions.iter().map(|read| ("sessions", RejectSummary::new(&read.rejects, &read.files))));
    rejects.extend(refunds.iter().map(|read| ("refunds", RejectSummary::new(&read.rejects, &read.files))));
    Ok(Inputs {
        rejects,
        orders,
        sessions,
        refunds,
        broadcasts: RunBroadcasts::new(broadcasts, of_orders, settings.lives.as_ref(), &streamers),
        streamers: streamers.into_texts(),
        dimensions,
    })
}

impl Inputs {
    /// Fails when too many rows are bad, or an input cannot carry what is asked.
    ///
    /// # Errors
    /// See [`InputError`].
    pub(super) fn check(&self, settings: &LocalSettings) -> Result<(), EngineError> {
        let orders = &self.orders;
        orders.rejects.check("orders", orders.tally.rows, settings.max_bad, &orders.files)?;
        if let Some(sessions) = &self.sessions {
            sessions.rejects.check("sessions", sessions.tally.rows, settings.max_bad, &sessions.files)?;
        }
        if let Some(refunds) = &self.refunds {
            refunds.rejects.check("refunds", refunds.tally.rows, settings.max_bad, &refunds.files)?;
        }
        if settings.basis == Basis::Net
            && self.refunds.is_none()
            && let Some(file) = orders.files.files.iter().find(|file| !file.columns.has_refunds())
        {
            return Err(InputError::NoRefundColumn { path: file.name.clone() }.into());
        }
        let split = settings.grouping.split();
        if (split.domain || split.traffic) && !self.has_sources() {
            let what = "--by domain and --by traffic need sessions with a source column";
            return Err(EngineError::Usage(format!(
                "{what}; map it in a profile ([sessions.columns] source = …)"
            )));
        }
        if settings.grouping.has_live() && !self.has_broadcasts() {
            return Err(EngineError::Usage(
                "--by live needs a live_id column in the sessions or orders, or a table of broadcasts (--lives FILE); map the column \
                 in a profile (live_id = …)"
                    .to_owned(),
            ));
        }
        let by_carrier = settings.grouping.columns.contains(&GroupColumn::Carrier);
        if (by_carrier || settings.attribution == Attribution::Carrier)
            && let Some(file) = orders.files.files.iter().find(|file| !file.columns.has_carrier())
        {
            let name = &file.name;
            return Err(EngineError::Usage(format!(
                "{name}:1: --attribution carrier and --by carrier need a carrier column in the orders"
            )));
        }
        Ok(())
    }

    /// The currency sign of the first profile that names one.
    #[must_use]
    pub fn currency(&self) -> Option<String> {
        self.orders.files.files.iter().find_map(|file| file.columns.profile().currency.clone())
    }

    /// The profiles and the definition of the amount that the files were read with, for metadata.
    #[must_use]
    pub fn definitions(&self) -> Vec<(String, String)> {
        let orders = self.orders.files.files.iter().map(|file| &file.columns);
        let sessions = self.sessions.iter().flat_map(|sessions| &sessions.files.files);
        let profiles = orders.clone().map(|columns| columns.profile().name.as_str());
        let profiles = profiles.chain(sessions.map(|file| file.columns.profile().name.as_str()));
        let refunds = self.refunds.iter().flat_map(|refunds| &refunds.files.files);
        let profiles = profiles.chain(refunds.map(|file| file.columns.profile().name.as_str()));
        let distinct = |texts: &mut dyn Iterator<Item = &str>| {
            texts.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join("; ")
        };
        vec![
            ("gmv.profile".to_owned(), distinct(&mut profiles.into_iter())),
            ("gmv.amount".to_owned(), distinct(&mut orders.map(OrderColumns::amount_definition))),
        ]
    }

    /// Whether a group is the column of the buyers, whatever it is called.
    #[must_use]
    pub fn groups_name_persons(&self) -> bool {
        self.orders.files.files.iter().any(|file| file.columns.dimensions_name_persons())
    }

    /// Whether anything is known of broadcasts: a column names them, or there is a table.
    pub(super) fn has_broadcasts(&self) -> bool {
        let mut sessions = self.sessions.iter().flat_map(|sessions| &sessions.files.files);
        self.broadcasts.listed.is_some()
            || sessions.any(|file| file.columns.has_live())
            || self.orders.files.files.iter().any(|file| file.columns.has_live())
    }

    /// Whether anything says what was refunded.
    #[must_use]
    pub fn has_refunds(&self) -> bool {
        self.refunds.is_some() || self.orders.files.files.iter().any(|file| file.columns.has_refunds())
    }

    /// Whether any sessions say where they came from.
    #[must_use]
    pub fn has_sources(&self) -> bool {
        let mut files = self.sessions.iter().flat_map(|sessions| &sessions.files.files);
        files.any(|file| file.columns.has_source())
    }

    pub(super) fn names(&self) -> Names {
        let mut names = self.sessions.as_ref().map(|sessions| sessions.names.clone()).unwrap_or_default();
        names.override_with(self.orders.names.clone());
        names
    }
}
