//! Tiers of streamers where no table gives them: by their counted money in the range of a run, one tier for all of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::aggregate::Aggregate;
use super::exports::Inputs;
use super::grouping::{GroupColumn, Grouping};
use crate::concentration::{HEAD, MID, Tier, tiers};
use crate::input::orders::NONE;
use crate::input::streamers::{Streamers, TIER};
use crate::journey::settle::{NobodysOrders, OrderItem};
use crate::memory::MemoryError;
use crate::partition::{Parts, for_each_part};

/// A table of streamers to which their computed tiers have come, and what is to be said of these.
#[derive(Debug, Clone)]
pub struct Tiered {
    /// The table.
    pub streamers: Streamers,
    /// How the tiers were made, in a sentence.
    pub fact: String,
    /// The streamers of each tier but tail, in which all others are.
    pub above_tail: Vec<(Arc<str>, &'static str)>,
}

impl Tiered {
    /// Of streamers with their money, in minor units; orders without a streamer have no tier.
    #[must_use]
    pub fn new(table: &Streamers, money: &[(Arc<str>, i128)]) -> Self {
        let (ids, money): (Vec<&str>, Vec<i128>) =
            money.iter().filter(|(id, _)| &**id != NONE).map(|(id, money)| (&**id, *money)).unzip();
        let tiers = tiers(&money);
        let count = |wanted: Tier| tiers.iter().filter(|tier| **tier == wanted).count();
        let (head, mid, tail) = (count(Tier::Head), count(Tier::Mid), count(Tier::Tail));
        let fact = format!(
            "tiers were computed, since no column {TIER} of --streamers gives them: the largest streamers by counted GMV of the whole range \
             up to {} % of it are head ({head}), up to {} % mid ({mid}), the others tail ({tail})",
            HEAD * 100.0,
            MID * 100.0,
        );
        let above_tail = ids.iter().zip(&tiers).filter(|(_, tier)| **tier != Tier::Tail);
        let above_tail = above_tail.map(|(id, tier)| (Arc::from(*id), tier.name())).collect();
        let streamers = table.with_attribute(TIER, ids.into_iter().zip(tiers.iter().map(|tier| tier.name())));
        Self { streamers, fact, above_tail }
    }

    /// Of sums by streamer, for rows that sum them; `None` where rows are not by tier, or the table or a column of the sums gives it.
    #[must_use]
    pub fn of_sums(sums: &Aggregate, by: &Grouping, table: &Streamers) -> Option<Self> {
        let is_given = sums.grouping.columns.iter().any(|column| column.name() == TIER);
        let streamer = sums.grouping.columns.iter().position(|column| *column == GroupColumn::Streamer)?;
        if is_given || !by.wants_tiers(table) {
            return None;
        }
        let mut money: BTreeMap<Arc<str>, i128> = BTreeMap::new();
        for row in &sums.rows {
            let counted = row.sums.counted_gmv().unwrap_or_default();
            *money.entry(row.keys.get(streamer).cloned().unwrap_or_else(|| Arc::from(NONE))).or_default() +=
                counted;
        }
        Some(Self::new(table, &money.into_iter().collect::<Vec<_>>()))
    }
}

/// The counted money of each streamer of the exports in the range, attributed or not; also of those who have none.
///
/// # Errors
/// When a temporary file fails.
pub fn counted_money(
    inputs: &Inputs,
    items: &Parts<OrderItem>,
    nobody: &NobodysOrders,
    threads: usize,
) -> Result<Vec<(Arc<str>, i128)>, MemoryError> {
    let names = &inputs.streamers;
    // A place beyond the streamers is that of a broadcast.
    let streamer_of = |place: u32| match (place as usize).checked_sub(names.len()) {
        None => place as usize,
        Some(number) => inputs.broadcasts.all.get(number).map_or(0, |one| one.streamer as usize),
    };
    let add = |sums: &mut [i128], place: u32, money: i128| {
        if let Some(sum) = sums.get_mut(streamer_of(place)) {
            *sum += money;
        }
    };
    let mut workers = vec![vec![0_i128; names.len()]; threads];
    for_each_part(&mut workers, |sums, part| {
        items.each_piece(part, |rows| {
            // What repurchase is told of refunds is no order.
            let counted = rows.iter().filter(|row| !row.is_history() && !row.is_refund());
            counted.for_each(|row| add(sums, row.streamer, i128::from(row.amount)));
        })
    })?;
    let mut all = vec![0_i128; names.len()];
    for ((place, _, _), bought) in nobody {
        add(&mut all, *place, bought.off_live_gmv);
    }
    for sums in workers {
        all.iter_mut().zip(sums).for_each(|(all, one)| *all += one);
    }
    Ok(names.iter().cloned().zip(all).collect())
}
