//! This machine: exports through the journey to sums.

pub use super::exports::{Extent, Inputs, LocalSettings, read};

use super::aggregate::Aggregate;
use super::assembly::Assembly;
use super::base::BaseGroups;
use super::broadcasts::AiredGroups;
use super::grouping::GroupColumn;
use super::reconciliation::RunReport;
use super::walking::Walking;
use super::{EngineError, refunds, report};
use crate::calendar::{DateRange, Periods};
use crate::input::broadcasts::AiredDays;
use crate::input::duplicates::{Distinct, remove_duplicates};
use crate::input::error::InputError;
use crate::input::read::Place;
use crate::input::sessions::SessionTally;
use crate::input::settings::ReadSettings;
use crate::journey::accumulate::Overflow;
use crate::journey::aftersales::{AfterSales, AfterSalesTally};
use crate::journey::rules::{Rules, Slicing, UnknownStatus};
use crate::journey::settle::{Settled, Settler};
use crate::memory::MemoryError;
use crate::partition::{Parts, for_each_part, in_portions};

/// From exports that were read to sums by period and group, and the report of the run; the rows of orders are gone afterwards.
///
/// # Errors
/// When the input cannot carry what is asked, or a sum does not fit.
pub fn aggregate(
    inputs: &mut Inputs,
    settings: &LocalSettings,
) -> Result<(Aggregate, RunReport), EngineError> {
    inputs.check(settings)?;
    let (threads, memory) = (settings.read.threads.get(), &settings.read.memory);
    let mut distinct = remove_duplicates(&mut inputs.orders, memory, threads)?;
    let sessions = inputs.sessions.as_mut().map(|sessions| std::mem::take(&mut sessions.parts));
    let inputs = &*inputs;
    let periods = periods(inputs, &distinct, settings)?;
    let named = &inputs.broadcasts;
    let base = BaseGroups::new(&settings.grouping, &inputs.streamers, &named.all, &settings.streamers);
    let rules = rules(inputs, settings, &base);
    let standing = refunds::Standing::new(inputs, settings, &distinct)?;
    let (mut settled, after_sales) = settle(&distinct, standing.as_ref(), &rules, &periods, &settings.read)?;
    settled.tally.add_left_out(&inputs.orders.left_out);
    // Their memory is needed no longer, and sessions fill much of it.
    distinct.parts = Parts::default();
    refunds::check(inputs, settings, &settled.tally, &after_sales)?;
    check_settled(&settled, inputs, settings)?;
    let Settled { items, nobody, tally, seen } = settled;
    let (sessions, items) = (sessions.unwrap_or_default(), Parts::gather(items)?);
    let walking = Walking {
        sessions: &sessions,
        items: &items,
        nobody: &nobody,
        rules: &rules,
        periods: &periods,
        memory,
    };
    let (mut accumulators, groups) = walking.run(threads)?;
    // The rows make way for the result.
    drop((sessions, items));
    accumulators.seen.merge(&seen);
    for (number, from, to) in inputs.sessions.iter().flat_map(|read| &read.aired).flat_map(AiredDays::all) {
        accumulators.seen.days(number, from, to, &periods);
    }
    let aired = inputs
        .has_broadcasts()
        .then(|| AiredGroups::new(named, &accumulators.seen, &base, &rules.broadcasts, &periods));
    let mut run = report::report(inputs, settings, &distinct.tally, &tally, &accumulators, &nobody);
    run.facts.extend(refunds::age(inputs, settings, distinct.tally.paid, &periods));
    refunds::report(&mut run, standing.as_ref(), &tally, &after_sales);
    if let Some((bytes, limit)) = memory.spilled() {
        run.facts.push(format!("to keep to --memory {limit}, {bytes} of rows went through temporary files"));
    }
    let assembly = Assembly {
        inputs,
        settings,
        base: &base,
        periods: &periods,
        names: inputs.names(),
        aired: aired.as_ref(),
    };
    Ok((assembly.aggregate(groups, accumulators.total, tally.without_buyer)?, run))
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
        slicing: Slicing {
            dimensions: !settings.grouping.dimensions().is_empty(),
            carrier: has(&GroupColumn::Carrier),
            price_bands: has(&GroupColumn::PriceBand).then(|| settings.price_bands.clone()),
        },
        base_of: base.of_place.clone(),
        broadcasts: inputs.broadcasts.for_walk(&settings.grouping, inputs.streamers.len()),
    }
}

/// The periods that the data, or `--from` and `--to`, span.
pub(super) fn periods(
    inputs: &Inputs,
    distinct: &Distinct,
    settings: &LocalSettings,
) -> Result<Periods, EngineError> {
    let calendar = &settings.calendar;
    let dates = |span: Option<_>| span.map(|(first, last)| calendar.dates_of(first, last)).transpose();
    let orders = dates(distinct.tally.paid)?;
    let tally = inputs.sessions.as_ref().map(|sessions| &sessions.tally);
    let sessions = dates(tally.and_then(SessionTally::entered))?;
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
        && let Some(end) = tally.and_then(SessionTally::until)
    {
        let end = calendar.date_of(crate::units::Instant(end.0 - 1));
        until = until.max(end.unwrap_or(jiff::civil::Date::MAX));
    }
    Ok(Periods::new(calendar, settings.period, DateRange { first, last }, until, covered)?)
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
    if settled.tally.overflow {
        return Err(Overflow.into());
    }
    let unknown = &settled.tally.unknown_statuses;
    if settings.unknown_status == UnknownStatus::Refuse && !unknown.is_empty() {
        let words: Vec<String> = unknown.iter().map(|(word, count)| format!("{word:?} ({count})")).collect();
        return Err(InputError::UnknownStatuses { words: words.join(", ") }.into());
    }
    if let Some((count, first)) = settled.tally.refunded_without_amount {
        let (path, line) = inputs.orders.files.line(Place::from_sequence(first));
        return Err(InputError::RefundWithoutAmount { path: path.to_owned(), line, count }.into());
    }
    Ok(())
}
