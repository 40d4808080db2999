//! Leaves of the tables of a cluster, and the distinct persons of rows that sum them.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::{Cell, Leaves, Persons};
use crate::engine::cluster::ClusterSettings;
use crate::engine::spark::Done;
use crate::engine::sql::influence::LeafTable;
use crate::engine::{Aggregate, EngineError, Grouping};
use crate::input::streamers::Streamers;
use crate::sums::Sums;

/// Rows by their period and keys.
type Known = HashMap<(Date, Vec<Arc<str>>), Sums>;

fn known(sums: Aggregate) -> Known {
    sums.rows.into_iter().map(|row| ((row.period, row.keys), row.sums)).collect()
}

impl Leaves {
    /// The leaves of the groups of the settings, and rows by other columns that sum them.
    ///
    /// # Errors
    /// When the cluster gives no whole answer, or rows are by a column that leaves do not have.
    pub fn of_cluster(
        settings: &ClusterSettings,
        by: Grouping,
        progress: &dyn Fn(Done),
    ) -> Result<Self, EngineError> {
        let known = &settings.cluster.known;
        let sums = &mut |grouping: &Grouping| settings.sums(grouping, progress);
        Self::of_cluster_sums((&settings.rules.grouping, by), known, sums)
    }

    /// The same of sums by other columns, which are given where they are asked for: by these of leaves, and of rows.
    ///
    /// # Errors
    /// When there are no sums, or rows are by a column that leaves do not have.
    pub fn of_cluster_sums(
        (leaf, by): (&Grouping, Grouping),
        streamers: &Streamers,
        sums: &mut dyn FnMut(&Grouping) -> Result<Aggregate, EngineError>,
    ) -> Result<Self, EngineError> {
        let mut all = Self::of_sums(sums(leaf)?, by, streamers)?;
        if leaf.is_sliced() {
            let columns = leaf.columns.iter().filter(|column| !column.is_order_side()).cloned();
            all.add_viewing(&known(sums(&Grouping::of(columns.collect()))?));
        } else if all.sums_leaves() && !all.by.wants_tiers(streamers) {
            all.know_persons(&known(sums(&all.by)?));
        }
        Ok(all)
    }

    /// Counts the distinct persons of rows that sum slices of orders, of which those count that were sold in one of the two periods.
    ///
    /// # Errors
    /// When the cluster gives no whole answer.
    pub fn count_persons(
        &mut self,
        settings: &ClusterSettings,
        periods: [u32; 2],
        progress: &dyn Fn(Done),
    ) -> Result<(), EngineError> {
        if !self.leaf.is_sliced() || !self.sums_leaves() {
            return Ok(());
        }
        let (table, _) = self.table(periods);
        let found = settings.persons(&table, self.rows.len(), progress)?;
        let mut all = vec![None; self.rows.len() * self.periods.len()];
        for (row, sides) in found.into_iter().enumerate() {
            for (period, (viewers, buyers)) in periods.into_iter().zip(sides) {
                all[row * self.periods.len() + period as usize] = Some(Persons { viewers, buyers });
            }
        }
        self.persons = Some(all);
        Ok(())
    }

    /// The leaves that count between two periods, as a statement takes them, and their places.
    #[must_use]
    pub fn table(&self, periods: [u32; 2]) -> (LeafTable, Vec<u32>) {
        let count = self.leaves.len() as u32;
        let places: Vec<u32> = (0..count).filter(|leaf| self.is_sold(*leaf, periods)).collect();
        let leaf = |at: &u32| {
            let leaf = &self.leaves[*at as usize];
            (leaf.keys.clone(), leaf.row)
        };
        let leaves = places.iter().map(leaf).collect();
        (LeafTable { periods: periods.map(|period| self.periods[period as usize].first), leaves }, places)
    }

    /// Slices share the viewing of their group, also in periods in which nothing of it was bought.
    fn add_viewing(&mut self, groups: &Known) {
        let own: Vec<usize> =
            (0..self.leaf.columns.len()).filter(|at| !self.leaf.columns[*at].is_order_side()).collect();
        let mut missing = Vec::new();
        for (leaf, at) in self.leaves.iter().zip(0..) {
            let group: Vec<Arc<str>> = own.iter().map(|&column| Arc::clone(&leaf.keys[column])).collect();
            for (period, place) in self.periods.iter().zip(0..) {
                let is_there =
                    self.cells.binary_search_by_key(&(at, place), |cell| (cell.leaf, cell.period)).is_ok();
                let watched =
                    groups.get(&(period.first, group.clone())).filter(|sums| sums.viewers > Some(0));
                if let (false, Some(sums)) = (is_there, watched) {
                    missing.push(Cell { leaf: at, period: place, sums: viewing(sums) });
                }
            }
        }
        self.cells.extend(missing);
        self.cells.sort_by_key(|cell| (cell.leaf, cell.period));
    }

    /// Takes distinct persons from sums of the rows themselves.
    fn know_persons(&mut self, rows: &Known) {
        let persons = self.rows.iter().flat_map(|row| {
            self.periods.iter().map(|period| {
                let sums = rows.get(&(period.first, row.keys.clone()));
                let count = |of: fn(&Sums) -> Option<i64>| sums.and_then(of).unwrap_or_default();
                Some(Persons { viewers: count(|sums| sums.viewers), buyers: count(|sums| sums.buyers) })
            })
        });
        self.persons = Some(persons.collect());
    }
}

/// What those who bought nothing of a slice are to it.
fn viewing(sums: &Sums) -> Sums {
    Sums {
        viewers: sums.viewers,
        watch: sums.watch,
        buyers: Some(0),
        orders: Some(0),
        gmv: Some(0),
        off_live_orders: Some(0),
        off_live_gmv: Some(0),
        ..Sums::default()
    }
}
