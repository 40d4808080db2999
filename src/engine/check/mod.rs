//! The quality of exports, before any number is believed: where rows and money went, days without data, whether the ids and the clocks of
//! both inputs agree, and what looks wrong. Nothing is removed; all of it is counted.
//!
//! [`orders`] and [`persons`] look at the rows part by part, like the walk of the journey, so that results do not depend on threads;
//! [`findings`] judges what they found.

mod affixes;
pub mod days;
pub mod findings;
pub mod flags;
pub mod ids;
pub mod lives;
pub mod orders;
pub mod persons;
pub mod rooms;
pub mod skew;

use super::EngineError;
use super::base::BaseGroups;
use super::exports::{Inputs, LocalSettings};
use super::local::{periods, rules};
use super::reconciliation::RefundReconciliation;
use super::refunds::{BY_ORDER, Standing, apply, read_sorted};
use crate::calendar::{PeriodKind, Periods};
use crate::input::duplicates::{Distinct, DistinctTally, remove_duplicates};
use crate::input::sessions::SessionRow;
use crate::input::settings::ReadSettings;
use crate::input::specimens::Specimens;
use crate::journey::aftersales::{AfterSales, AfterSalesTally};
use crate::journey::rules::{Basis, Rules};
use crate::journey::settle::SettleTally;
use crate::memory::MemoryError;
use crate::partition::{Keys, Parts, Rows, each_portion, for_each_part, in_portions};
use crate::units::{PersonKey, Seconds};

use flags::{Flag, same_amount};
use ids::{Cured, Lookups, Shapes, shapes};
use orders::{CheckedOrder, CheckedOrders, OrderFacts, OrderStage, amount_key};
use persons::{PersonRules, PersonStage, Persons};

/// What a check needs, resolved.
#[derive(Debug, Clone)]
pub struct CheckSettings {
    /// The exports, by weeks, with statuses that no profile maps skipped. Sessions are read at their full length.
    pub exports: LocalSettings,
    /// From when on something is flagged.
    pub limits: Limits,
}

/// From when on something is flagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most orders that a person usually places in an hour.
    pub orders_per_hour: u64,
    /// Who watched less in all hardly watched.
    pub min_watch: Seconds,
    /// So many buyers of the same amount in a minute are flagged.
    pub same_amount: u64,
    /// The longest session.
    pub max_session: Seconds,
}

/// What a check found, before it is judged.
#[derive(Debug)]
pub struct Checked {
    /// What the removal of duplicates found.
    pub distinct: DistinctTally,
    /// What became of the rows that stand.
    pub tally: SettleTally,
    /// What rows of orders tell by themselves.
    pub orders: OrderFacts,
    /// What became of after-sales, and what they tell; `None` without any.
    pub refunds: Option<(RefundReconciliation, AfterSalesTally)>,
    /// What persons tell.
    pub persons: Persons,
    /// Many buyers of the same amount in a minute.
    pub same_amount: Flag,
    /// The ids of buyers and of viewers.
    pub shapes: [Option<Shapes>; 2],
    /// What would make the ids of both meet.
    pub cures: Vec<Cured>,
    /// The days of the range.
    pub days: Periods,
}

/// Looks at exports that were read; the rows of orders are gone afterwards.
///
/// # Errors
/// When a date cannot be named, or a sum does not fit.
pub fn check(inputs: &mut Inputs, settings: &CheckSettings) -> Result<Checked, EngineError> {
    let exports = &settings.exports;
    let (threads, memory) = (exports.read.threads.get(), &exports.read.memory);
    let distinct = remove_duplicates(&mut inputs.orders, memory, threads)?;
    let inputs = &*inputs;
    let of_kind = |period| periods(inputs, &distinct, &LocalSettings { period, ..exports.clone() });
    let (weeks, days) = (of_kind(PeriodKind::Week)?, of_kind(PeriodKind::Day)?);
    let base =
        BaseGroups::new(&exports.grouping, &inputs.streamers, &inputs.broadcasts.all, &exports.streamers);
    let rules = rules(inputs, exports, &base);
    let standing = Standing::new(inputs, exports, &distinct)?;
    let net = Rules { basis: Basis::Net, ..rules.clone() };
    let worker = || {
        let after_sales = standing.as_ref().map(|standing| standing.worker(&net, &weeks));
        (after_sales, OrderStage::new(&rules, &weeks, &days, memory))
    };
    let (CheckedOrders { tally, facts, by_buyer, by_amount }, after_sales) =
        walk_orders(&distinct, standing.as_ref(), &exports.read, worker)?;
    tally.check_totals(&inputs.orders.files)?;
    let same_amount = walk_amounts(&Parts::gather(by_amount)?, settings.limits.same_amount, &exports.read)?;
    let buyers = &inputs.orders.tally.specimens;
    let viewers = inputs.sessions.as_ref().map(|sessions| &sessions.tally.specimens);
    let buyers: Vec<&str> = buyers.texts().collect();
    let viewers: Vec<&str> = viewers.into_iter().flat_map(Specimens::texts).collect();
    let lookups = [Lookups::new(&buyers, &viewers, true), Lookups::new(&viewers, &buyers, false)];
    let table = table(inputs);
    let rules = PersonRules {
        weeks: &weeks,
        days: &days,
        limits: settings.limits,
        streamers: &inputs.streamers,
        table,
        lookups,
    };
    let persons = walk_persons(inputs, &Parts::gather(by_buyer)?, &rules, &exports.read)?;
    let cures = rules.lookups.iter().zip(&persons.found).flat_map(|(lookups, found)| lookups.cures(found));
    Ok(Checked {
        distinct: distinct.tally,
        tally,
        orders: facts,
        refunds: standing
            .and_then(|standing| standing.reconciliation(&after_sales))
            .map(|closed| (closed, after_sales)),
        same_amount,
        shapes: [shapes(&buyers), shapes(&viewers)],
        cures: cures.collect(),
        persons,
        days: days.clone(),
    })
}

/// The broadcasts of a table; none without one.
fn table(inputs: &Inputs) -> lives::Table {
    let table = inputs.broadcasts.listed.as_deref().map(|listed| lives::Table {
        schedule: lives::schedule(listed),
        by_time: inputs.broadcasts.by_time(inputs.streamers.len()),
    });
    table.unwrap_or_default()
}

/// What brings after-sales to orders, where there are any, and what looks at these.
type OrderWorker<'a> = (Option<AfterSales<'a>>, OrderStage<'a>);

fn walk_orders<'a>(
    distinct: &Distinct,
    standing: Option<&Standing<'_>>,
    read: &ReadSettings,
    worker: impl Fn() -> OrderWorker<'a>,
) -> Result<(CheckedOrders, AfterSalesTally), MemoryError> {
    let mut workers: Vec<OrderWorker<'a>> = (0..read.threads.get()).map(|_| worker()).collect();
    let none = Parts::default();
    let rows = (&distinct.parts, standing.map_or(&none, Standing::parts));
    for_each_part(&mut workers, |(after_sales, stage), part| {
        in_portions(&read.memory, BY_ORDER, rows, part, &mut |orders: &_, refunds: &_| {
            let rows = read_sorted(orders)?;
            match after_sales {
                None => stage.part(&rows, &rows),
                Some(worker) => {
                    let mut settled = rows.clone();
                    apply(worker, refunds, &mut settled)?;
                    stage.part(&rows, &settled);
                }
            }
            Ok::<_, MemoryError>(())
        })
    })?;
    let (after_sales, stages): (Vec<_>, Vec<_>) = workers.into_iter().unzip();
    Ok((OrderStage::finish(stages), AfterSales::finish(after_sales.into_iter().flatten())))
}

fn walk_amounts(orders: &Parts<CheckedOrder>, least: u64, read: &ReadSettings) -> Result<Flag, MemoryError> {
    let mut flags = vec![Flag::default(); read.threads.get()];
    for_each_part(&mut flags, |flag, part| {
        each_portion(&read.memory, (amount_key, "amount of a streamer"), orders, part, &mut |mut rows| {
            rows.sort_unstable_by_key(|order| (order.streamer, order.amount, order.paid_at, order.sequence));
            for same in rows.chunk_by(|a, b| (a.streamer, a.amount) == (b.streamer, b.amount)) {
                same_amount(same, least, flag);
            }
            Ok::<_, MemoryError>(())
        })
    })?;
    Ok(flags.into_iter().fold(Flag::default(), |mut all, flag| {
        all.merge(flag);
        all
    }))
}

/// What sessions and orders are divided by.
const BY_PERSON: Keys<SessionRow, CheckedOrder, PersonKey> =
    Keys { first: SessionRow::viewer, second: |row| row.buyer, of: "person" };

fn walk_persons(
    inputs: &Inputs,
    orders: &Parts<CheckedOrder>,
    rules: &PersonRules<'_>,
    read: &ReadSettings,
) -> Result<Persons, MemoryError> {
    let mut stages: Vec<PersonStage<'_>> = (0..read.threads.get()).map(|_| PersonStage::new(rules)).collect();
    let none = Parts::default();
    let rows = (inputs.sessions.as_ref().map_or(&none, |sessions| &sessions.parts), orders);
    for_each_part(&mut stages, |stage, part| {
        in_portions(
            &read.memory,
            BY_PERSON,
            rows,
            part,
            &mut |sessions: &Rows<'_, _>, orders: &Rows<'_, _>| {
                stage.sessions.clear();
                stage.orders.clear();
                sessions.read(&mut stage.sessions)?;
                stage.lives();
                for session in &mut stage.sessions {
                    session.set_streamer(inputs.broadcasts.streamer_of(session.streamer()));
                }
                orders.read(&mut stage.orders)?;
                stage.part(part);
                Ok::<_, MemoryError>(())
            },
        )
    })?;
    Ok(stages.into_iter().fold(Persons::default(), |mut all, stage| {
        all.merge(stage.found);
        all
    }))
}
