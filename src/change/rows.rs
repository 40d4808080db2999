//! Rows: the effects of their leaves, added up.

use super::effect::{Effect, PerEffect};
use super::leaf::{LeafEffects, LeafSums, RowViewers, Shape, leaf_effects};
use super::method::Method;
use crate::engine::leaves::Leaves;
use crate::sums::Sums;

/// Where a group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Before and after.
    Both,
    /// Only after: it has neither viewers nor attributed orders before.
    Entered,
    /// Only before.
    Left,
}

impl Status {
    /// The word in the output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Both => "both",
            Self::Entered => "entered",
            Self::Left => "left",
        }
    }
}

/// The leaves of rows, found quickly.
#[derive(Debug)]
pub struct Table<'a> {
    /// The sums.
    pub leaves: &'a Leaves,
    method: &'a Method,
    /// The leaves of each row, ascending.
    of_row: Vec<Vec<u32>>,
    /// Where the cells of each leaf begin, and at last their number.
    cells: Vec<usize>,
    /// Whether rows are by other columns than leaves, so that they sum them.
    pub sums_leaves: bool,
    /// Whether anything is known of viewing.
    pub viewing: bool,
    /// Whether times on air are known.
    pub live: bool,
}

/// One row between two periods.
#[derive(Debug, Clone, PartialEq)]
pub struct RowEffects {
    /// The effects, in minor units, unrounded.
    pub effects: PerEffect<f64>,
    /// GMV before and after.
    pub gmv: [i128; 2],
    /// Whether there are viewers or attributed orders.
    pub status: Status,
}

impl<'a> Table<'a> {
    /// The rows of leaves, under a method.
    #[must_use]
    pub fn new(leaves: &'a Leaves, method: &'a Method) -> Self {
        let mut of_row = vec![Vec::new(); leaves.rows.len()];
        for (leaf, at) in leaves.leaves.iter().zip(0..) {
            of_row[leaf.row as usize].push(at);
        }
        let count = leaves.leaves.len() as u32;
        let cells = (0..=count).map(|leaf| leaves.cells.partition_point(|cell| cell.leaf < leaf)).collect();
        let viewing = leaves.cells.iter().any(|cell| cell.sums.viewers_of_factors().is_some());
        let live = leaves.cells.iter().any(|cell| cell.sums.live_seconds.is_some());
        let sums_leaves = leaves.by.describe() != leaves.leaf.describe();
        Self { leaves, method, of_row, cells, sums_leaves, viewing, live }
    }

    /// The leaves of a row between two periods, ascending: of slices of orders those of which anything was sold in one of them, of others all.
    pub fn leaves_of(&self, row: u32, periods: [u32; 2]) -> impl Iterator<Item = u32> + Clone {
        self.of_row[row as usize].iter().copied().filter(move |leaf| self.leaves.is_sold(*leaf, periods))
    }

    /// The only leaf of a row between two periods; `None` where there are several, or none.
    pub(super) fn only_leaf(&self, row: u32, periods: [u32; 2]) -> Option<u32> {
        let mut leaves = self.leaves_of(row, periods);
        let first = leaves.next()?;
        leaves.next().is_none().then_some(first)
    }

    /// The sums of a leaf in a period.
    #[must_use]
    pub fn sums(&self, leaf: u32, period: u32) -> Option<&'a Sums> {
        let cells = &self.leaves.cells[self.cells[leaf as usize]..self.cells[leaf as usize + 1]];
        let at = cells.binary_search_by_key(&period, |cell| cell.period).ok()?;
        Some(&cells[at].sums)
    }

    pub(super) fn leaf_sums(&self, leaf: u32, period: u32) -> LeafSums {
        // Who is not there was not on air, where times on air are known.
        let absent = || LeafSums { live: self.live.then_some(0), ..LeafSums::default() };
        self.sums(leaf, period).map_or_else(absent, LeafSums::from)
    }

    /// The viewers of a row that sums leaves, before and after; `None` where it does not, or persons are not known.
    fn viewers(&self, row: u32, periods: [u32; 2]) -> Option<RowViewers> {
        if !self.sums_leaves {
            return None;
        }
        let summed = periods.map(|period| {
            self.leaves_of(row, periods).map(|leaf| self.leaf_sums(leaf, period).viewers).sum()
        });
        let distinct = if self.only_leaf(row, periods).is_some() {
            summed
        } else {
            let [before, after] = periods.map(|period| self.leaves.persons(row, period));
            [before?.viewers, after?.viewers]
        };
        Some(RowViewers { distinct, summed })
    }

    /// The effects of each leaf of a row, with its place.
    pub fn leaf_effects<const N: usize>(
        &self,
        row: u32,
        periods: [u32; 2],
    ) -> impl Iterator<Item = (u32, LeafEffects<N>)> {
        let viewers = self.viewers(row, periods);
        self.leaves_of(row, periods).map(move |leaf| {
            let sums = periods.map(|period| self.leaf_sums(leaf, period));
            (leaf, leaf_effects(self.method, [&sums[0], &sums[1]], viewers))
        })
    }

    /// The effects of leaves with these sums, added up.
    #[must_use]
    pub fn effects_of(&self, leaves: &[[LeafSums; 2]], viewers: Option<RowViewers>) -> [f64; Effect::COUNT] {
        let mut effects = [0.0; Effect::COUNT];
        for [before, after] in leaves {
            let leaf = leaf_effects::<0>(self.method, [before, after], viewers);
            effects.iter_mut().zip(leaf.effects.0).for_each(|(sum, effect)| *sum += effect.value);
        }
        effects
    }

    /// The effects of a row.
    #[must_use]
    pub fn row(&self, row: u32, periods: [u32; 2]) -> RowEffects {
        let mut effects = PerEffect::default();
        for (_, leaf) in self.leaf_effects::<0>(row, periods) {
            for effect in Effect::ALL {
                effects[effect] += leaf.effects[effect].value;
            }
        }
        let sides = periods.map(|period| {
            let all = self.leaves_of(row, periods).map(|leaf| self.leaf_sums(leaf, period));
            all.fold((0, true), |(gmv, empty), sums| (gmv + sums.gmv, empty && sums.is_empty()))
        });
        let status = match sides.map(|(_, empty)| empty) {
            [true, false] => Status::Entered,
            [false, true] => Status::Left,
            _ => Status::Both,
        };
        RowEffects { effects, gmv: sides.map(|(gmv, _)| gmv), status }
    }

    /// Whether effects of a row have intervals: of a leaf by itself that entered, left or was merged they have none.
    #[must_use]
    pub fn has_intervals(&self, row: u32, periods: [u32; 2]) -> bool {
        let Some(leaf) = self.only_leaf(row, periods) else { return true };
        let sums = periods.map(|period| self.leaf_sums(leaf, period));
        let shape = leaf_effects::<0>(self.method, [&sums[0], &sums[1]], None).shape;
        let is_both = !sums.iter().any(LeafSums::is_empty);
        matches!(shape, Shape::Factors) || matches!(shape, Shape::Zero(_)) && is_both
    }

    /// The sums of a row in one of two periods, persons counted once; `None` where there is nothing.
    #[must_use]
    pub fn row_sums(&self, row: u32, periods: [u32; 2], period: u32) -> Option<Sums> {
        if let Some(leaf) = self.only_leaf(row, periods) {
            return self.sums(leaf, period).cloned();
        }
        let all: Vec<&Sums> =
            self.leaves_of(row, periods).filter_map(|leaf| self.sums(leaf, period)).collect();
        let persons = self.leaves.persons(row, period);
        (!all.is_empty()).then(|| Sums {
            viewers: persons.filter(|_| all.iter().any(|sums| sums.viewers.is_some())).map(|one| one.viewers),
            watch: total(&all, |sums| sums.watch),
            buyers: persons.map(|one| one.buyers),
            orders: total(&all, |sums| sums.orders),
            gmv: total(&all, |sums| sums.gmv),
            off_live_orders: total(&all, |sums| sums.off_live_orders),
            off_live_gmv: total(&all, |sums| sums.off_live_gmv),
            viewers_broadcasts: total(&all, |sums| sums.viewers_broadcasts),
            buyers_broadcasts: total(&all, |sums| sums.buyers_broadcasts),
            ..Sums::default()
        })
    }
}

/// A sum that is known of all.
fn total<T: std::iter::Sum>(all: &[&Sums], of: impl Fn(&Sums) -> Option<T>) -> Option<T> {
    all.iter().map(|sums| of(sums)).sum()
}
