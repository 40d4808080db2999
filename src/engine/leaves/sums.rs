//! Leaves of sums that are known already: a facts file, or broadcasts as aggregates.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use super::{Cell, Leaf, LeafPeriod, Leaves, origin};
use crate::calendar::PeriodKind;
use crate::engine::tiers::Tiered;
use crate::engine::{Aggregate, EngineError, GroupColumn, Grouping};
use crate::input::streamers::Streamers;
use crate::sums::Sums;

/// One of the counts of a leaf; `None` where it is not known.
type Count = fn(&Sums) -> Option<i64>;

/// Counts that are added up over leaves, by their columns.
const COUNTS: [(&str, Count); 5] = [
    ("uv", Sums::viewers_of_factors),
    ("buyers", Sums::buyers_of_factors),
    ("orders", |sums| sums.orders),
    ("orders_off_live", |sums| sums.off_live_orders),
    ("broadcasts", |sums| sums.broadcasts),
];

impl Leaves {
    /// The leaves of sums that were saved or typed in, or of broadcasts as aggregates.
    ///
    /// # Errors
    /// When rows are by a column that the sums do not have.
    pub fn of_sums(aggregate: Aggregate, by: Grouping, streamers: &Streamers) -> Result<Self, EngineError> {
        let leaf = aggregate.grouping.clone();
        if let Some(missing) = by.columns.iter().find(|column| origin(column, &leaf).is_none()) {
            return Err(EngineError::Usage(format!(
                "--by {}: the sums are by {}, and have no such column",
                missing.name(),
                leaf.describe()
            )));
        }
        let tiered = Tiered::of_sums(&aggregate, &by, streamers);
        let mut periods: BTreeMap<Date, Option<bool>> = BTreeMap::new();
        for row in &aggregate.rows {
            let partial = periods.entry(row.period).or_insert(row.partial);
            *partial = (*partial).max(row.partial);
        }
        fill_holes(&mut periods, aggregate.period_kind);
        let places: HashMap<Date, u32> = periods.keys().copied().zip(0..).collect();
        let mut all = Self::new(by, leaf);
        all.period_kind = aggregate.period_kind;
        all.from_rooms = aggregate.from_rooms;
        all.periods = periods.into_iter().map(|(first, partial)| LeafPeriod { first, partial }).collect();
        let mut known: HashMap<Vec<Arc<str>>, u32> = HashMap::new();
        for row in aggregate.rows {
            let period = places.get(&row.period).copied().unwrap_or_default();
            let leaf = *known.entry(row.keys.clone()).or_insert_with(|| all.add_leaf(row.keys, row.name));
            all.cells.push(Cell { leaf, period, sums: row.sums });
        }
        all.gather_rows(tiered.as_ref().map_or(streamers, |tiered| &tiered.streamers));
        all.facts.extend(tiered.map(|tiered| tiered.fact));
        all.check_counts()?;
        all.share_viewing();
        Ok(all)
    }

    /// Whether the counts of each row add up to what can be counted, so that nothing behind this has to look: money and hours are wider.
    fn check_counts(&self) -> Result<(), EngineError> {
        let mut counts: HashMap<(u32, u32), [i64; COUNTS.len()]> = HashMap::new();
        for cell in &self.cells {
            let row = self.leaves[cell.leaf as usize].row;
            let own = counts.entry((row, cell.period)).or_default();
            for (sum, (name, count)) in own.iter_mut().zip(COUNTS) {
                let more = sum.checked_add(count(&cell.sums).unwrap_or_default());
                *sum = more.ok_or_else(|| EngineError::TooMany {
                    sum: name,
                    group: self.row_name(row),
                    period: self.periods[cell.period as usize].first,
                })?;
            }
        }
        Ok(())
    }

    /// Gives slices of orders the viewing of their group in periods in which nobody bought in them, as exports do: where all slices of a group
    /// have the same viewing, it is the group's.
    fn share_viewing(&mut self) {
        let is_slice = |column: &GroupColumn| column.is_order_side() || column.name() == "category";
        let own: Vec<usize> =
            (0..self.leaf.columns.len()).filter(|at| !is_slice(&self.leaf.columns[*at])).collect();
        if own.len() == self.leaf.columns.len() {
            return;
        }
        let group =
            |leaf: &Leaf| -> Vec<Arc<str>> { own.iter().map(|at| Arc::clone(&leaf.keys[*at])).collect() };
        let groups: Vec<Vec<Arc<str>>> = self.leaves.iter().map(group).collect();
        let viewing = |sums: &Sums| Sums {
            viewers: sums.viewers,
            watch: sums.watch,
            live_seconds: sums.live_seconds,
            buyers: Some(0),
            orders: Some(0),
            gmv: Some(0),
            off_live_orders: sums.off_live_orders.map(|_| 0),
            off_live_gmv: sums.off_live_gmv.map(|_| 0),
            ..Sums::default()
        };
        let mut shared: HashMap<(&Vec<Arc<str>>, u32), Sums> = HashMap::new();
        for cell in &self.cells {
            let key = (&groups[cell.leaf as usize], cell.period);
            let found = viewing(&cell.sums);
            if shared.entry(key).or_insert_with(|| found.clone()).viewers != found.viewers {
                return;
            }
        }
        let there = |leaf: u32, period: u32| {
            self.cells.binary_search_by_key(&(leaf, period), |cell| (cell.leaf, cell.period)).is_ok()
        };
        let mut missing = Vec::new();
        for (leaf, group) in (0..).zip(&groups) {
            for period in (0..self.periods.len() as u32).filter(|period| !there(leaf, *period)) {
                // Who nobody viewed is not there.
                if let Some(sums) = shared.get(&(group, period)).filter(|sums| sums.viewers != Some(0)) {
                    missing.push(Cell { leaf, period, sums: sums.clone() });
                }
            }
        }
        self.cells.extend(missing);
        self.cells.sort_by_key(|cell| (cell.leaf, cell.period));
    }
}

/// Puts periods of a known kind that have no sums between those that have, as incomplete ones: nothing is known of them.
pub(in crate::engine) fn fill_holes(periods: &mut BTreeMap<Date, Option<bool>>, kind: Option<PeriodKind>) {
    let ends = periods
        .first_key_value()
        .zip(periods.last_key_value())
        .map(|((first, _), (last, _))| (*first, *last));
    let (Some((first, last)), Some(kind)) = (ends, kind.filter(|kind| *kind != PeriodKind::All)) else {
        return;
    };
    let mut date = first;
    while let Ok(next) = date.checked_add(kind.span())
        && next < last
    {
        periods.entry(next).or_insert(Some(true));
        date = next;
    }
}
