//! This machine: exports through the journey to sums.

mod again;
mod asked;

use again::Kept;

pub use super::exports::{Extent, Inputs, LocalSettings, read};

use std::sync::Arc;

use super::aggregate::Aggregate;
use super::assembly::Assembly;
use super::base::BaseGroups;
use super::broadcasts::AiredGroups;
use super::grouping::GroupColumn;
use super::leaves::LeafPeriod;
use super::reach::{Reach, SessionReach};
use super::reconciliation::RunReport;
use super::spend::Spending;
use super::tiers::{Tiered, counted_money};
use super::walking::Walking;
use super::{EngineError, refunds, report};
use crate::calendar::{Calendar, DateOutOfRange, Periods};
use crate::input::broadcasts::AiredDays;
use crate::input::duplicates::{Distinct, DistinctTally, remove_duplicates};
use crate::input::error::InputError;
use crate::input::read::Place;
use crate::input::sessions::{SessionRow, SessionTally};
use crate::input::settings::ReadSettings;
use crate::input::streamers::Streamers;
use crate::journey::accumulate::Walked;
use crate::journey::aftersales::{AfterSales, AfterSalesTally};
use crate::journey::aside::Groups;
use crate::journey::broadcasts::Seen;
use crate::journey::rules::{Rules, Slicing, UnknownStatus};
use crate::journey::settle::{NobodysOrders, OrderItem, SettleTally, Settled, Settler};
use crate::journey::walk::TakePerson;
use crate::memory::MemoryError;
use crate::partition::{Parts, for_each_part, in_portions};
use crate::units::Instant;

/// From exports that were read to sums by period and group, and the report of the run; the rows of orders are gone afterwards.
///
/// # Errors
/// When the input cannot carry what is asked, or a sum does not fit.
pub fn aggregate(
    inputs: &mut Inputs,
    settings: &LocalSettings,
) -> Result<(Aggregate, RunReport), EngineError> {
    let mut journeys = Journeys::new(inputs, settings)?;
    let (walked, groups) = journeys.walk()?;
    let spending = Spending::walk(&journeys)?;
    // The rows make way for the result.
    journeys.forget_rows();
    journeys.assemble(&walked, groups, spending)
}

/// Exports whose orders are settled: what walks over their persons need, and what was counted on the way.
pub struct Journeys<'a> {
    pub(super) inputs: &'a Inputs,
    pub(super) settings: &'a LocalSettings,
    pub(super) periods: Periods,
    pub(super) base: BaseGroups,
    /// The table of streamers with computed tiers, where these are asked for.
    tiered: Option<Tiered>,
    rules: Rules,
    sessions: Parts<SessionRow>,
    items: Parts<OrderItem>,
    nobody: NobodysOrders,
    seen: Seen,
    distinct: DistinctTally,
    pub(super) tally: SettleTally,
    standing: Option<refunds::Standing<'a>>,
    after_sales: AfterSalesTally,
    kept: Kept,
}

impl<'a> Journeys<'a> {
    /// Removes duplicates, and decides what counts.
    ///
    /// # Errors
    /// When the input cannot carry what is asked, or a sum does not fit.
    pub fn new(inputs: &'a mut Inputs, settings: &'a LocalSettings) -> Result<Self, EngineError> {
        inputs.check(settings)?;
        let (threads, memory) = (settings.read.threads.get(), &settings.read.memory);
        let mut distinct = remove_duplicates(&mut inputs.orders, memory, threads)?;
        let sessions = inputs.sessions.as_mut().map(|sessions| std::mem::take(&mut sessions.parts));
        let inputs = &*inputs;
        let periods = periods(inputs, &distinct, settings)?;
        // Which order counts does not depend on groups, and groups by tier depend on what counts.
        let mut rules = rules(inputs, settings, &BaseGroups::default());
        let standing = refunds::Standing::new(inputs, settings, &distinct)?;
        let (mut settled, after_sales) =
            settle(&distinct, standing.as_ref(), &rules, &periods, &settings.read)?;
        settled.tally.add_left_out(&inputs.orders.left_out);
        // Their memory is needed no longer, and sessions fill much of it.
        distinct.parts = Parts::default();
        refunds::check(inputs, settings, &settled.tally, &after_sales)?;
        check_settled(&settled, inputs, settings)?;
        let Settled { items, nobody, tally, seen } = settled;
        let items = Parts::gather(items)?;
        let tiered = tiered(inputs, settings, &items, &nobody)?;
        let table = tiered.as_ref().map_or(&settings.streamers, |tiered| &tiered.streamers);
        let base = BaseGroups::new(&settings.grouping, &inputs.streamers, &inputs.broadcasts.all, table);
        rules.base_of.clone_from(&base.of_place);
        Ok(Self {
            inputs,
            settings,
            periods,
            base,
            tiered,
            rules,
            sessions: sessions.unwrap_or_default(),
            items,
            nobody,
            seen,
            distinct: distinct.tally,
            tally,
            standing,
            after_sales,
            kept: Kept::default(),
        })
    }

    /// The table of streamers, with their tiers where these were computed.
    #[must_use]
    pub fn streamers(&self) -> &'_ Streamers {
        self.tiered.as_ref().map_or(&self.settings.streamers, |tiered| &tiered.streamers)
    }

    fn walking(&self) -> Walking<'_> {
        Walking {
            sessions: &self.sessions,
            items: &self.items,
            nobody: &self.nobody,
            rules: &self.rules,
            periods: &self.periods,
            memory: &self.settings.read.memory,
        }
    }

    /// Walks over all persons: what is counted of all of them, and the sums of the groups.
    ///
    /// # Errors
    /// When a sum does not fit, or a temporary file fails.
    pub fn walk(&self) -> Result<(Walked, Groups), EngineError> {
        self.kept.or(|| self.walk_anew())
    }

    fn walk_anew(&self) -> Result<(Walked, Groups), EngineError> {
        let walked = self.walking().run(self.settings.read.threads.get());
        let (mut walked, groups) = walked.map_err(|error| self.placed(error))?;
        walked.seen.merge(&self.seen);
        let sessions = self.inputs.sessions.iter().flat_map(|read| &read.aired);
        for (number, from, to) in sessions.flat_map(AiredDays::all) {
            walked.seen.days(number, from, to, &self.periods);
        }
        Ok((walked, groups))
    }

    /// Walks over all persons once more, with as many threads as there are takers of what is found, and hands them back.
    ///
    /// # Errors
    /// When a sum does not fit, or a temporary file fails.
    pub fn persons<T: TakePerson + Send>(&self, takers: Vec<T>) -> Result<Vec<T>, EngineError> {
        self.walking().persons(takers).map_err(|error| self.placed(error))
    }

    /// An error with the names of the group and the period whose sum does not fit, where they are known.
    #[must_use]
    pub fn placed(&self, error: EngineError) -> EngineError {
        self.assembly(None).placed(error)
    }

    /// The periods, for those who compare them.
    #[must_use]
    pub fn leaf_periods(&self) -> Vec<LeafPeriod> {
        self.settings.reported().leaf_periods(&self.periods)
    }

    /// Gives up the rows: no walk comes after.
    pub fn forget_rows(&mut self) {
        (self.sessions, self.items) = (Parts::default(), Parts::default());
    }

    /// Where everything went.
    #[must_use]
    pub fn report(&self, walked: &Walked) -> RunReport {
        let (inputs, settings) = (self.inputs, self.settings);
        let mut run = report::report(inputs, settings, &self.distinct, &self.tally, walked, &self.nobody);
        run.facts.extend(self.tiered.iter().map(|tiered| tiered.fact.clone()));
        run.facts.extend(refunds::age(inputs, settings, self.distinct.paid, &self.periods));
        refunds::report(&mut run, self.standing.as_ref(), &self.tally, &self.after_sales);
        if let Some((bytes, limit)) = settings.read.memory.spilled() {
            run.of_the_machine
                .push(format!("to keep to --memory {limit}, {bytes} of rows went through temporary files"));
        }
        run
    }

    /// The broadcasts of the groups; `None` where nothing is known of broadcasts.
    #[must_use]
    pub fn aired(&self, walked: &Walked) -> Option<AiredGroups> {
        let known = self.inputs.has_broadcasts();
        let named = &self.inputs.broadcasts;
        known
            .then(|| AiredGroups::new(named, &walked.seen, &self.base, &self.rules.broadcasts, &self.periods))
    }

    /// What gives groups their texts.
    #[must_use]
    pub fn assembly<'s>(&'s self, aired: Option<&'s AiredGroups>) -> Assembly<'s> {
        Assembly {
            inputs: self.inputs,
            settings: self.settings,
            base: &self.base,
            periods: &self.periods,
            names: self.inputs.names(),
            aired,
        }
    }
}

/// The table of streamers with computed tiers, where these are asked for.
fn tiered(
    inputs: &Inputs,
    settings: &LocalSettings,
    items: &Parts<OrderItem>,
    nobody: &NobodysOrders,
) -> Result<Option<Tiered>, MemoryError> {
    if !settings.computes_tiers {
        return Ok(None);
    }
    let mut money = counted_money(inputs, items, nobody, settings.read.threads.get())?;
    // Who is known for what was spent alone has sold nothing.
    let spent = settings.spend.iter().flat_map(|spend| spend.strangers(&inputs.streamers));
    money.extend(spent.map(|id| (Arc::from(id), 0)));
    Ok(Some(Tiered::new(&settings.streamers, &money)))
}

pub(super) fn rules(inputs: &Inputs, settings: &LocalSettings, base: &BaseGroups) -> Rules {
    let has = |column: &GroupColumn| settings.grouping.columns.contains(column);
    Rules {
        basis: settings.basis,
        attribution: settings.attribution,
        domain_rule: settings.domain_rule,
        unknown_status: settings.unknown_status,
        statuses: inputs.orders.statuses.clone(),
        split: settings.grouping.split(),
        history: settings.needs_history(),
        tells_refunds: settings.follows_buyers,
        slicing: Slicing {
            dimensions: !settings.grouping.dimensions().is_empty(),
            carrier: has(&GroupColumn::Carrier),
            price_bands: has(&GroupColumn::PriceBand).then(|| settings.price_bands.clone()),
        },
        base_of: base.of_place.clone(),
        broadcasts: inputs.broadcasts.for_walk(&settings.grouping, inputs.streamers.len()),
    }
}

/// The dates that exports reach, whatever counts.
pub(super) fn reach(
    inputs: &Inputs,
    paid: Option<(Instant, Instant)>,
    calendar: &Calendar,
) -> Result<Reach, DateOutOfRange> {
    let dates = |span: Option<_>| span.map(|(first, last)| calendar.dates_of(first, last)).transpose();
    let sessions = |tally: &SessionTally| -> Result<_, DateOutOfRange> {
        let Some(entered) = dates(tally.entered())? else { return Ok(None) };
        let end = tally.until().map(|end| calendar.date_of(Instant(end.0 - 1)));
        let until = end.map_or(entered.last, |end| end.unwrap_or(jiff::civil::Date::MAX));
        Ok(Some(SessionReach { entered, until }))
    };
    let sessions = inputs.sessions.as_ref().map(|read| sessions(&read.tally)).transpose()?;
    Ok(Reach { orders: dates(paid)?, sessions })
}

/// The periods that the data, or `--from` and `--to`, span.
pub(super) fn periods(
    inputs: &Inputs,
    distinct: &Distinct,
    settings: &LocalSettings,
) -> Result<Periods, EngineError> {
    Ok(reach(inputs, distinct.tally.paid, &settings.calendar)?.periods(&settings.reported())?)
}

fn settle<'a>(
    distinct: &Distinct,
    standing: Option<&'a refunds::Standing<'a>>,
    rules: &'a Rules,
    periods: &'a Periods,
    read: &ReadSettings,
) -> Result<(Settled, AfterSalesTally), MemoryError> {
    let memory = &read.memory;
    let worker = |_| (standing.map(|all| all.worker(rules, periods)), Settler::new(rules, periods, memory));
    let mut workers: Vec<_> = (0..read.threads.get()).map(worker).collect();
    let none = Parts::default();
    let rows = (&distinct.parts, standing.map_or(&none, refunds::Standing::parts));
    for_each_part(&mut workers, |(after_sales, settler), part| {
        in_portions(memory, refunds::BY_ORDER, rows, part, &mut |orders: &_, refunds: &_| {
            if let Some(worker) = after_sales {
                let mut rows = refunds::read_sorted(orders)?;
                refunds::apply(worker, refunds, &mut rows)?;
                settler.part(&rows);
            } else {
                settler.part(orders.in_turn(&mut Vec::new())?.flatten());
            }
            Ok::<_, MemoryError>(())
        })
    })?;
    let (after_sales, settlers): (Vec<_>, Vec<_>) = workers.into_iter().unzip();
    Ok((Settler::finish(settlers), AfterSales::finish(after_sales.into_iter().flatten())))
}

fn check_settled(settled: &Settled, inputs: &Inputs, settings: &LocalSettings) -> Result<(), EngineError> {
    settled.tally.check_totals(&inputs.orders.files)?;
    let unknown = &settled.tally.unknown_statuses;
    if settings.unknown_status == UnknownStatus::Refuse && !unknown.is_empty() {
        return Err(InputError::UnknownStatuses { words: report::counted(unknown.iter()) }.into());
    }
    if let Some((count, first)) = settled.tally.refunded_without_amount {
        let (path, line) = inputs.orders.files.line(Place::from_sequence(first));
        return Err(InputError::RefundWithoutAmount { path: path.to_owned(), line, count }.into());
    }
    Ok(())
}
