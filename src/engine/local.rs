//! This machine: exports through the journey to sums.

use std::sync::Arc;

use super::aggregate::{Aggregate, GroupRow};
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
use crate::input::orders::{NONE, Orders, SEPARATOR, read_orders};
use crate::input::profile::Carrier;
use crate::input::read::{Place, Progress};
use crate::input::rejects::MaxBad;
use crate::input::sessions::{Sessions, read_sessions};
use crate::input::settings::ReadSettings;
use crate::input::streamers::Streamers;
use crate::journey::accumulate::{Accumulators, Buying, GroupKey, Viewing};
use crate::journey::rules::{Attribution, Basis, DomainRule, Rules, Slice, Slicing, UnknownStatus};
use crate::journey::settle::{Settled, Settler};
use crate::journey::walk::Walker;
use crate::partition::{Parts, for_each_part};
use crate::sums::{Moments, Sums};
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
    orders: Orders,
    sessions: Option<Sessions>,
    streamers: Vec<Arc<str>>,
    dimensions: Vec<Arc<str>>,
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
    fn has_sources(&self) -> bool {
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

fn check_settled(settled: &Settled, inputs: &Inputs, settings: &LocalSettings) -> Result<(), InputError> {
    let unknown = &settled.tally.unknown_statuses;
    if settings.unknown_status == UnknownStatus::Refuse && !unknown.is_empty() {
        let words: Vec<String> =
            unknown.iter().map(|(word, count)| format!("{word:?} ({count} rows)")).collect();
        return Err(InputError::UnknownStatuses { words: words.join(", ") });
    }
    if let Some((count, first)) = settled.tally.refunded_without_amount {
        let (path, line) = inputs.orders.files.line(Place::from_sequence(first));
        return Err(InputError::RefundWithoutAmount { path: path.to_owned(), line, count });
    }
    Ok(())
}

fn walk(
    sessions: Option<&Parts<crate::input::sessions::SessionRow>>,
    items: &Parts<crate::journey::settle::OrderItem>,
    nobody: &crate::journey::settle::NobodysOrders,
    rules: &Rules,
    periods: &Periods,
    threads: usize,
) -> Result<Accumulators, EngineError> {
    type Worker<'a> = (
        Walker<'a>,
        Result<(), crate::journey::accumulate::Overflow>,
        Vec<crate::input::sessions::SessionRow>,
        Vec<crate::journey::settle::OrderItem>,
    );
    let mut workers: Vec<Worker<'_>> =
        (0..threads).map(|_| (Walker::new(rules, periods), Ok(()), Vec::new(), Vec::new())).collect();
    for_each_part(&mut workers, |(walker, result, viewed, bought), part| {
        viewed.clear();
        bought.clear();
        if let Some(sessions) = sessions {
            sessions.take(part, viewed);
        }
        items.take(part, bought);
        let walked = walker.part(viewed, bought);
        *result = std::mem::replace(result, Ok(())).and(walked);
    });
    let mut all = Accumulators::default();
    let mut last = Walker::new(rules, periods);
    last.add_nobody(nobody)?;
    all.merge(&last.finish())?;
    for (walker, result, ..) in workers {
        result?;
        all.merge(&walker.finish())?;
    }
    Ok(all)
}

/// What turns accumulators into rows with texts.
struct Assembly<'a> {
    inputs: &'a Inputs,
    settings: &'a LocalSettings,
    base: &'a BaseGroups,
    periods: &'a Periods,
    names: Names,
}

impl Assembly<'_> {
    fn aggregate(
        &self,
        accumulators: &Accumulators,
        nobody: &crate::journey::settle::NobodysOrders,
    ) -> Aggregate {
        let none = Buying::default();
        let mut rows = Vec::new();
        for ((key, slice), buying) in &accumulators.buying {
            rows.push(self.row(*key, *slice, accumulators.viewing.get(key), buying));
        }
        if !self.settings.grouping.is_sliced() {
            let whole = Slice::default();
            let unsold = accumulators
                .viewing
                .iter()
                .filter(|(key, _)| !accumulators.buying.contains_key(&(**key, whole)));
            rows.extend(unsold.map(|(key, viewing)| self.row(*key, whole, Some(viewing), &none)));
        }
        let mut total = accumulators.total;
        for bought in nobody.values() {
            total.1.off_live_orders += bought.off_live_orders;
            total.1.off_live_gmv += bought.off_live_gmv;
        }
        let has_names = self.settings.grouping.has_streamer() && rows.iter().any(|row| row.name.is_some());
        let mut aggregate = Aggregate {
            period_kind: Some(self.settings.period),
            grouping: self.settings.grouping.clone(),
            has_names,
            rows,
            total: Some(self.sums(Some(&total.0), &total.1)),
        };
        aggregate.sort();
        aggregate
    }

    fn row(&self, key: GroupKey, slice: Slice, viewing: Option<&Viewing>, buying: &Buying) -> GroupRow {
        let period = self.periods.all()[key.period() as usize];
        let streamer = key.base();
        let name = self.settings.grouping.has_streamer().then(|| self.name(streamer)).flatten();
        GroupRow {
            period: period.first,
            partial: Some(period.partial),
            keys: self.keys(key, slice),
            name,
            sums: self.sums(viewing, buying),
        }
    }

    fn name(&self, streamer: u32) -> Option<Arc<str>> {
        let from_table = || {
            let id = self.inputs.streamers.get(streamer as usize)?;
            self.settings.streamers.name(id).map(Arc::from)
        };
        self.names.get(streamer).cloned().or_else(from_table)
    }

    fn keys(&self, key: GroupKey, slice: Slice) -> Vec<Arc<str>> {
        let mut base = self.base.values(key.base()).iter();
        let dimensions = self.inputs.dimensions.get(slice.dimensions() as usize).map_or("", |text| text);
        let mut dimensions = dimensions.split(SEPARATOR);
        let value = |column: &GroupColumn| -> Arc<str> {
            match column {
                GroupColumn::Streamer | GroupColumn::Attribute(_) | GroupColumn::Given(_) => {
                    base.next().cloned().unwrap_or_else(|| Arc::from(NONE))
                }
                GroupColumn::Domain => Arc::from(key.side().domain()),
                GroupColumn::Traffic => Arc::from(key.side().traffic()),
                GroupColumn::BuyerType => Arc::from(key.side().buyer_type()),
                GroupColumn::Carrier => Arc::from(carrier(slice.carrier())),
                GroupColumn::PriceBand => Arc::from(band(&self.settings.price_bands, slice.band())),
                GroupColumn::Dimension(_) => {
                    let text = dimensions.next().unwrap_or_default();
                    Arc::from(if text.is_empty() { NONE } else { text })
                }
            }
        };
        self.settings.grouping.columns.iter().map(value).collect()
    }

    fn sums(&self, viewing: Option<&Viewing>, buying: &Buying) -> Sums {
        let there = self.inputs.sessions.is_some();
        let viewing = there.then(|| viewing.copied().unwrap_or_default());
        let split = viewing.filter(|_| self.inputs.has_sources());
        Sums {
            viewers: viewing.map(|viewing| viewing.viewers),
            viewers_private: split.map(|viewing| viewing.private),
            viewers_paid: split.map(|viewing| viewing.paid),
            watch: viewing.map(|viewing| i128::from(viewing.watch)),
            buyers: buying.buyers,
            orders: buying.orders,
            gmv: buying.gmv,
            off_live_orders: Some(buying.off_live_orders),
            off_live_gmv: Some(buying.off_live_gmv),
            moments: self.settings.moments.then(|| Box::new(moments(viewing.as_ref(), buying))),
        }
    }
}

/// The fifteen second moments: five of them are sums already (see `docs/metrics.md`, Precision).
fn moments(viewing: Option<&Viewing>, buying: &Buying) -> Moments {
    let seen = |value: i128| viewing.map(|_| value);
    let whole = |value: i64| Some(i128::from(value));
    Moments([
        viewing.map(|viewing| i128::from(viewing.viewers)),
        viewing.map(|viewing| i128::from(viewing.watch)),
        seen(i128::from(buying.present_buyers)),
        seen(i128::from(buying.present_orders)),
        seen(buying.present_gmv),
        viewing.map(|viewing| viewing.watch_squared),
        seen(i128::from(buying.watch_buyers)),
        seen(buying.watch_orders),
        seen(buying.watch_gmv),
        whole(buying.buyers),
        whole(buying.orders),
        Some(buying.gmv),
        Some(buying.orders_squared),
        Some(buying.orders_gmv),
        Some(buying.gmv_squared),
    ])
}

fn carrier(carrier: Option<Carrier>) -> &'static str {
    match carrier {
        None => NONE,
        Some(Carrier::Live) => "live",
        Some(Carrier::Video) => "video",
        Some(Carrier::Card) => "card",
        Some(Carrier::Other) => "other",
    }
}

/// The text of a price band: `0-50`, `500+`; below the first edge, `<50`.
fn band(edges: &[MinorUnits], number: usize) -> String {
    let text = |edge: &MinorUnits| {
        let (whole, cents) = (edge.0 / 100, edge.0 % 100);
        if cents == 0 {
            whole.to_string()
        } else {
            format!("{whole}.{cents:02}").trim_end_matches('0').to_owned()
        }
    };
    let lower = number.checked_sub(1).and_then(|at| edges.get(at)).map(text);
    match (lower, edges.get(number).map(text)) {
        (Some(lower), Some(upper)) => format!("{lower}-{upper}"),
        (Some(lower), None) => format!("{lower}+"),
        (None, Some(upper)) => format!("<{upper}"),
        (None, None) => NONE.to_owned(),
    }
}
