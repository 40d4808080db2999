//! This machine: exports through the journey to sums.

use std::sync::Arc;

use super::aggregate::Aggregate;
use super::assembly::Assembly;
use super::base::BaseGroups;
use super::grouping::{GroupColumn, Grouping};
use super::reconciliation::{RejectSummary, RunReport};
use super::{EngineError, report};
use crate::calendar::{Calendar, DateRange, PeriodKind, Periods};
use crate::input::dictionary::Dictionary;
use crate::input::duplicates::{Distinct, remove_duplicates};
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::names::Names;
use crate::input::orders::{NONE, Orders, read_orders};
use crate::input::read::{Place, Progress};
use crate::input::rejects::MaxBad;
use crate::input::sessions::{SessionRow, Sessions, read_sessions};
use crate::input::settings::ReadSettings;
use crate::input::streamers::Streamers;
use crate::journey::accumulate::{Accumulators, Overflow};
use crate::journey::rules::{Attribution, Basis, DomainRule, Rules, Slicing, UnknownStatus};
use crate::journey::settle::{NobodysOrders, OrderItem, Settled, Settler};
use crate::journey::walk::Walker;
use crate::partition::{Parts, for_each_part};
use crate::units::MinorUnits;

/// What a run on this machine needs, resolved.
#[derive(Debug, Clone)]
pub struct LocalSettings {
    /// How exports are read.
    pub read: ReadSettings,
    /// The exports of orders.
    pub orders: Vec<Source>,
    /// The exports of sessions; `None` without any.
    pub sessions: Option<Vec<Source>>,
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
}

impl LocalSettings {
    /// The size of all exports on disk, in bytes, as far as it is known.
    #[must_use]
    pub fn size(&self) -> u64 {
        let sources = self.orders.iter().chain(self.sessions.iter().flatten());
        let sizes = sources.filter_map(|source| source.path.as_ref()?.metadata().ok());
        sizes.map(|about| about.len()).sum()
    }
}

/// Exports, read: what can be said of them before any rule.
#[derive(Debug)]
pub struct Inputs {
    pub(super) orders: Orders,
    pub(super) sessions: Option<Sessions>,
    pub(super) streamers: Vec<Arc<str>>,
    pub(super) dimensions: Vec<Arc<str>>,
    /// The rejected orders and sessions.
    pub rejects: [RejectSummary; 2],
}

/// Reads the exports.
///
/// # Errors
/// See [`InputError`].
pub fn read(settings: &LocalSettings, progress: &Progress<'_>) -> Result<Inputs, InputError> {
    let streamers = Dictionary::with(&[NONE]);
    let dimensions = Dictionary::default();
    let sessions = match &settings.sessions {
        Some(sources) => Some(read_sessions(sources, &settings.read, &streamers, progress)?),
        None => None,
    };
    let orders = read_orders(&settings.orders, &settings.read, &streamers, &dimensions, progress)?;
    let session_rejects =
        sessions.as_ref().map(|sessions| RejectSummary::new(&sessions.rejects, &sessions.files));
    Ok(Inputs {
        rejects: [RejectSummary::new(&orders.rejects, &orders.files), session_rejects.unwrap_or_default()],
        orders,
        sessions,
        streamers: streamers.into_texts(),
        dimensions: dimensions.into_texts(),
    })
}

impl Inputs {
    /// Fails when too many rows are bad, or an input cannot carry what is asked.
    ///
    /// # Errors
    /// See [`InputError`].
    fn check(&self, settings: &LocalSettings) -> Result<(), EngineError> {
        let orders = &self.orders;
        orders.rejects.check("orders", orders.tally.rows, settings.max_bad, &orders.files)?;
        if let Some(sessions) = &self.sessions {
            sessions.rejects.check("sessions", sessions.tally.rows, settings.max_bad, &sessions.files)?;
        }
        if settings.basis == Basis::Net
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
        if settings.attribution == Attribution::Carrier
            && let Some(file) = orders.files.files.iter().find(|file| !file.columns.has_carrier())
        {
            let name = &file.name;
            return Err(EngineError::Usage(format!(
                "{name}:1: --attribution carrier needs a carrier column in the orders"
            )));
        }
        Ok(())
    }

    /// The currency sign of the first profile that names one.
    #[must_use]
    pub fn currency(&self) -> Option<String> {
        self.orders.files.files.iter().find_map(|file| file.columns.profile().currency.clone())
    }

    /// Whether any sessions say where they came from.
    pub(super) fn has_sources(&self) -> bool {
        let mut files = self.sessions.iter().flat_map(|sessions| &sessions.files.files);
        files.any(|file| file.columns.has_source())
    }

    fn names(&self) -> Names {
        let mut names = self.sessions.as_ref().map(|sessions| sessions.names.clone()).unwrap_or_default();
        names.override_with(self.orders.names.clone());
        names
    }
}

/// From exports that were read to sums by period and group, and the report of the run.
///
/// # Errors
/// When the input cannot carry what is asked, or a sum does not fit.
pub fn aggregate(inputs: &Inputs, settings: &LocalSettings) -> Result<(Aggregate, RunReport), EngineError> {
    inputs.check(settings)?;
    let threads = settings.read.threads.get();
    let distinct = remove_duplicates(&inputs.orders, threads);
    let periods = periods(inputs, &distinct, settings)?;
    let base = BaseGroups::new(&settings.grouping, &inputs.streamers, &settings.streamers);
    let rules = rules(inputs, settings, &base);
    let settled = settle(&distinct, &rules, &periods, threads);
    check_settled(&settled, inputs, settings)?;
    let Settled { items, nobody, tally } = settled;
    let items = Parts::gather(items);
    let sessions = inputs.sessions.as_ref().map(|sessions| &sessions.parts);
    let accumulators = walk(sessions, &items, &nobody, &rules, &periods, threads)?;
    let run =
        report::report(&inputs.parts_for_report(), settings, &distinct.tally, &tally, &accumulators, &nobody);
    let assembly = Assembly { inputs, settings, base: &base, periods: &periods, names: inputs.names() };
    Ok((assembly.aggregate(&accumulators, &nobody), run))
}

impl Inputs {
    fn parts_for_report(&self) -> report::Parts<'_> {
        report::Parts {
            orders: &self.orders,
            sessions: self.sessions.as_ref(),
            streamers: &self.streamers,
            has_sources: self.has_sources(),
        }
    }
}

fn rules(inputs: &Inputs, settings: &LocalSettings, base: &BaseGroups) -> Rules {
    let has = |column: &GroupColumn| settings.grouping.columns.contains(column);
    Rules {
        basis: settings.basis,
        attribution: settings.attribution,
        domain_rule: settings.domain_rule,
        unknown_status: settings.unknown_status,
        statuses: inputs.orders.statuses.clone(),
        split: settings.grouping.split(),
        slicing: Slicing {
            dimensions: !settings.grouping.dimensions().is_empty(),
            carrier: has(&GroupColumn::Carrier),
            price_bands: has(&GroupColumn::PriceBand).then(|| settings.price_bands.clone()),
        },
        base_of: base.of_streamer.clone(),
    }
}

/// The periods that the data, or `--from` and `--to`, span.
fn periods(inputs: &Inputs, distinct: &Distinct, settings: &LocalSettings) -> Result<Periods, EngineError> {
    let calendar = &settings.calendar;
    let dates = |span: Option<_>| span.map(|(first, last)| calendar.dates_of(first, last)).transpose();
    let orders = dates(distinct.tally.paid)?;
    let tally = inputs.sessions.as_ref().map(|sessions| &sessions.tally);
    let sessions = dates(tally.and_then(|tally| tally.entered))?;
    let data = match (orders, sessions) {
        (Some(orders), Some(sessions)) => Some(orders.span(sessions)),
        (orders, sessions) => orders.or(sessions),
    };
    let first = settings.range.0.or(data.map(|data| data.first));
    let last = settings.range.1.or(data.map(|data| data.last));
    let (Some(first), Some(last)) = (first, last) else { return Ok(Periods::default()) };
    let covered = match (settings.covers, &inputs.sessions) {
        (Some(covers), _) => Some(covers),
        (None, None) => orders,
        (None, Some(_)) => orders.zip(sessions).and_then(|(orders, sessions)| orders.intersect(sessions)),
    };
    // Without --from or --to nothing is left out on that side.
    let asked = DateRange {
        first: settings.range.0.unwrap_or(jiff::civil::Date::MIN),
        last: settings.range.1.unwrap_or(jiff::civil::Date::MAX),
    };
    let covered = covered.and_then(|covered| covered.intersect(asked));
    let mut until = last;
    if settings.range.1.is_none()
        && let Some(end) = tally.and_then(|tally| tally.until)
    {
        until = until.max(calendar.date_of(crate::units::Instant(end.0 - 1))?);
    }
    Ok(Periods::new(calendar, settings.period, DateRange { first, last }, until, covered)?)
}

fn settle<'a>(distinct: &Distinct, rules: &'a Rules, periods: &'a Periods, threads: usize) -> Settled {
    let mut settlers: Vec<Settler<'a>> = (0..threads).map(|_| Settler::new(rules, periods)).collect();
    for_each_part(&mut settlers, |settler, part| {
        let mut rows = Vec::new();
        distinct.parts.take(part, &mut rows);
        settler.part(&rows);
    });
    Settler::finish(settlers)
}

fn check_settled(settled: &Settled, inputs: &Inputs, settings: &LocalSettings) -> Result<(), EngineError> {
    if settled.tally.overflow {
        return Err(Overflow.into());
    }
    let unknown = &settled.tally.unknown_statuses;
    if settings.unknown_status == UnknownStatus::Refuse && !unknown.is_empty() {
        let words: Vec<String> =
            unknown.iter().map(|(word, count)| format!("{word:?} ({count} rows)")).collect();
        return Err(InputError::UnknownStatuses { words: words.join(", ") }.into());
    }
    if let Some((count, first)) = settled.tally.refunded_without_amount {
        let (path, line) = inputs.orders.files.line(Place::from_sequence(first));
        return Err(InputError::RefundWithoutAmount { path: path.to_owned(), line, count }.into());
    }
    Ok(())
}

/// One worker of the walk, and the buffers that it sorts in.
struct Worker<'a> {
    walker: Walker<'a>,
    result: Result<(), Overflow>,
    sessions: Vec<SessionRow>,
    orders: Vec<OrderItem>,
}

fn walk(
    sessions: Option<&Parts<SessionRow>>,
    items: &Parts<OrderItem>,
    nobody: &NobodysOrders,
    rules: &Rules,
    periods: &Periods,
    threads: usize,
) -> Result<Accumulators, EngineError> {
    let worker = |_| Worker {
        walker: Walker::new(rules, periods),
        result: Ok(()),
        sessions: Vec::new(),
        orders: Vec::new(),
    };
    let mut workers: Vec<Worker<'_>> = (0..threads).map(worker).collect();
    for_each_part(&mut workers, |worker, part| {
        worker.sessions.clear();
        worker.orders.clear();
        if let Some(sessions) = sessions {
            sessions.take(part, &mut worker.sessions);
        }
        items.take(part, &mut worker.orders);
        let walked = worker.walker.part(&mut worker.sessions, &mut worker.orders);
        worker.result = worker.result.and(walked);
    });
    let mut nobodys = Walker::new(rules, periods);
    nobodys.add_nobody(nobody)?;
    let mut all = nobodys.finish();
    for worker in workers {
        worker.result?;
        all.merge(&worker.walker.finish())?;
    }
    Ok(all)
}
