//! Leaves of the tables of a cluster, and the distinct persons of rows that sum them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use super::{Cell, LeafPeriod, Leaves, Persons, fill_holes};
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
    /// The leaves of the groups of the settings, and rows by other columns that sum them; in these periods at least.
    ///
    /// # Errors
    /// When the cluster gives no whole answer, or rows are by a column that leaves do not have.
    pub fn of_cluster(
        settings: &ClusterSettings,
        by: Grouping,
        periods: &[LeafPeriod],
        progress: &dyn Fn(Done),
    ) -> Result<Self, EngineError> {
        let sums = &mut |grouping: &Grouping| settings.sums(grouping, progress);
        Self::of_cluster_sums((&settings.rules.grouping, by), settings.known(), periods, sums)
    }

    /// The same of sums by other columns, which are given where they are asked for: by these of leaves, and of rows.
    ///
    /// # Errors
    /// When there are no sums, or rows are by a column that leaves do not have.
    pub fn of_cluster_sums(
        (leaf, by): (&Grouping, Grouping),
        streamers: &Streamers,
        periods: &[LeafPeriod],
        sums: &mut dyn FnMut(&Grouping) -> Result<Aggregate, EngineError>,
    ) -> Result<Self, EngineError> {
        let mut all = Self::of_sums(sums(leaf)?, by, streamers)?;
        for period in periods {
            all.add_period(*period);
        }
        if leaf.is_sliced() {
            let columns = leaf.columns.iter().filter(|column| !column.is_order_side()).cloned();
            all.add_viewing(&known(sums(&Grouping::of(columns.collect()))?));
        } else if all.sums_leaves() && !leaf.is_split() && !all.by.wants_tiers(streamers) {
            all.know_persons(&known(sums(&all.by)?));
        }
        Ok(all)
    }

    /// Counts the distinct persons of rows whose own sums do not tell them: of slices of orders, of which those count that were sold in one of the
    /// two periods, and of leaves by a property of viewers, which each leaf has for itself.
    ///
    /// # Errors
    /// When the cluster gives no whole answer.
    pub fn count_persons(
        &mut self,
        settings: &ClusterSettings,
        periods: [u32; 2],
        progress: &dyn Fn(Done),
    ) -> Result<(), EngineError> {
        if !self.sums_leaves() || self.persons.is_some() {
            return Ok(());
        }
        let is_known = |at: usize| !self.leaf.is_sliced() || periods.contains(&(at as u32));
        let nobody = (0..self.periods.len()).map(|at| is_known(at).then(Persons::default));
        let mut all: Vec<Option<Persons>> = (0..self.rows.len()).flat_map(|_| nobody.clone()).collect();
        let days = self.periods.iter().map(|period| day(period.first));
        let places: HashMap<i64, usize> = days.zip(0..).collect();
        let (table, _) = self.table(periods);
        settings.persons(&table, progress, &mut |row, day, (viewers, buyers)| {
            // Periods of which there are no sums have no place.
            let Some(place) = places.get(&day) else { return Some(()) };
            *all.get_mut(row * self.periods.len() + place)? = Some(Persons { viewers, buyers });
            Some(())
        })?;
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

    /// A period that the tables reach is there, also where nothing happened in it.
    pub fn add_period(&mut self, period: LeafPeriod) {
        let place = self.periods.binary_search_by_key(&period.first, |known| known.first);
        let Err(place) = place else { return };
        self.periods.insert(place, period);
        for cell in self.cells.iter_mut().filter(|cell| cell.period as usize >= place) {
            cell.period += 1;
        }
    }

    /// The leaves of facts; of slices of orders perhaps with the sums of their groups, whose viewing they share.
    ///
    /// # Errors
    /// When rows are by a column that leaves do not have, or the groups are no groups of the slices.
    pub fn of_facts(
        mut facts: Aggregate,
        viewing: Option<Aggregate>,
        by: Grouping,
    ) -> Result<Self, EngineError> {
        if let Some(groups) = &viewing {
            facts.grouping.slice_beyond(&groups.grouping);
        }
        let mut all = Self::of_sums(facts, by, &Streamers::default())?;
        if let Some(groups) = viewing {
            all.add_viewing_of(groups)?;
        }
        Ok(all)
    }

    /// Takes so many distinct viewers for those of each row that sums leaves, in these periods.
    pub fn suppose_persons(&mut self, periods: [(u32, i64); 2]) {
        if !self.sums_leaves() {
            return;
        }
        let supposed = |at: usize| {
            let (_, viewers) = *periods.iter().find(|(period, _)| *period as usize == at)?;
            Some(Persons { viewers, buyers: 0 })
        };
        let of_row = (0..self.periods.len()).map(supposed);
        self.persons = Some((0..self.rows.len()).flat_map(|_| of_row.clone()).collect());
    }

    /// Slices share the viewing of their group, of groups by the columns of leaves that are no slices of orders.
    fn add_viewing_of(&mut self, groups: Aggregate) -> Result<(), EngineError> {
        let columns = self.leaf.columns.iter().filter(|column| !column.is_order_side());
        let (own, there) = (Grouping::of(columns.cloned().collect()).describe(), groups.grouping.describe());
        if !self.leaf.is_sliced() {
            let text =
                "--viewing: the facts are no slices of orders, and have all of their viewing; leave it out";
            return Err(EngineError::Usage(text.to_owned()));
        }
        if own != there {
            return Err(EngineError::Usage(format!(
                "--viewing: the facts are slices of groups by {own}, and these sums are by {there}; take those of gmv sql --by {own}"
            )));
        }
        self.add_periods_of(&groups);
        self.add_viewing(&known(groups));
        Ok(())
    }

    /// Periods in which nothing was sold are known by their viewing alone.
    fn add_periods_of(&mut self, groups: &Aggregate) {
        let own = self.periods.iter().map(|period| (period.first, period.partial));
        let mut all: BTreeMap<Date, Option<bool>> = own.collect();
        for row in &groups.rows {
            all.entry(row.period).or_insert(row.partial);
        }
        fill_holes(&mut all, self.period_kind);
        for (first, partial) in all {
            self.add_period(LeafPeriod { first, partial });
        }
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

/// The number of a date, from 1970-01-01 on.
fn day(date: Date) -> i64 {
    i64::from(date.since(Date::constant(1970, 1, 1)).map_or(0, |span| span.get_days()))
}
