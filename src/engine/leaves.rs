//! Leaves: the finest groups, of which comparisons say what each factor did, by period, and the rows that sum them.

mod cluster;
mod persons;
mod sums;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::EngineError;
use super::grouping::{GroupColumn, Grouping};
use super::local::Journeys;
use super::reconciliation::RunReport;
use crate::calendar::PeriodKind;
use crate::input::streamers::Streamers;
use crate::journey::accumulate::GroupKey;
use crate::journey::rules::{Slice, Table};
use crate::memory::PerPeriod;
use crate::sums::Sums;

pub use persons::VisitPersons;
use persons::{Distinct, Visiting};
pub(super) use sums::fill_holes;

/// One leaf.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaf {
    /// The values of the columns of [`Leaves::leaf`], in their order.
    pub keys: Vec<Arc<str>>,
    /// The streamer's name, where leaves are by streamer.
    pub name: Option<Arc<str>>,
    /// The place of its row.
    pub row: u32,
}

/// One row: one leaf, or several.
#[derive(Debug, Clone, PartialEq)]
pub struct LeafRow {
    /// The values of the columns of [`Leaves::by`], in their order.
    pub keys: Vec<Arc<str>>,
    /// The streamer's name, where rows are by streamer.
    pub name: Option<Arc<str>>,
}

/// The sums of a leaf in a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The place of the leaf.
    pub leaf: u32,
    /// The place of the period.
    pub period: u32,
    /// The sums.
    pub sums: Sums,
}

/// A period of which there are sums, or that lies between such.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeafPeriod {
    /// Its first date.
    pub first: Date,
    /// Whether whole days of it are left out; `None` where that is not known.
    pub partial: Option<bool>,
}

/// Distinct persons of a row in a period, over all of its leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Persons {
    /// V*.
    pub viewers: i64,
    /// Those who bought.
    pub buyers: i64,
}

/// Sums of leaves by period, and the rows that sum them.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaves {
    /// The columns of rows.
    pub by: Grouping,
    /// The columns of leaves.
    pub leaf: Grouping,
    /// The kind of the periods; `None` where it is not known, or they are ranges.
    pub period_kind: Option<PeriodKind>,
    /// The periods, in the order of time.
    pub periods: Vec<LeafPeriod>,
    /// The leaves.
    pub leaves: Vec<Leaf>,
    /// The rows.
    pub rows: Vec<LeafRow>,
    /// Sums, by leaf and period, ascending.
    pub cells: Vec<Cell>,
    /// For each row and period the distinct persons, where it sums leaves; `None` where they are not known.
    pub persons: Option<Vec<Option<Persons>>>,
    /// Whether the sums are those of broadcasts.
    pub from_rooms: bool,
    /// What a person should know of how rows were made of the leaves, in sentences.
    pub facts: Vec<String>,
}

/// Where a column of rows gets its value from.
enum Origin {
    /// A column of leaves.
    Column(usize),
    /// An attribute of the streamer in a column of leaves.
    Attribute(usize, String),
}

/// The leaves of rows by these columns: those that were named, else streamers, and what rows are divided by besides.
///
/// # Errors
/// When leaves would be coarser than rows.
pub fn leaf_grouping(by: &Grouping, named: Option<Grouping>) -> Result<Grouping, EngineError> {
    let leaf = named.unwrap_or_else(|| {
        let mut columns = by.columns.clone();
        if !by.has_streamer() && !by.has_live() {
            columns.retain(|column| !matches!(column, GroupColumn::Attribute(_)));
            columns.insert(0, GroupColumn::Streamer);
        }
        Grouping::of(columns)
    });
    match by.columns.iter().find(|column| origin(column, &leaf).is_none()) {
        None => Ok(leaf),
        Some(missing) => Err(EngineError::Usage(format!(
            "--leaf {}: rows by {} cannot be summed of such leaves; add {} to --leaf",
            leaf.describe(),
            by.describe(),
            missing.name()
        ))),
    }
}

fn origin(column: &GroupColumn, leaf: &Grouping) -> Option<Origin> {
    let place = |wanted: &GroupColumn| leaf.columns.iter().position(|one| one.name() == wanted.name());
    match column {
        GroupColumn::Attribute(name) if place(column).is_none() => {
            place(&GroupColumn::Streamer).map(|at| Origin::Attribute(at, name.clone()))
        }
        _ => place(column).map(Origin::Column),
    }
}

impl Leaves {
    fn new(by: Grouping, leaf: Grouping) -> Self {
        Self {
            by,
            leaf,
            period_kind: None,
            periods: Vec::new(),
            leaves: Vec::new(),
            rows: Vec::new(),
            cells: Vec::new(),
            persons: None,
            from_rooms: false,
            facts: Vec::new(),
        }
    }

    fn add_leaf(&mut self, keys: Vec<Arc<str>>, name: Option<Arc<str>>) -> u32 {
        self.leaves.push(Leaf { keys, name, row: 0 });
        self.leaves.len() as u32 - 1
    }

    /// Puts leaves into the order of their texts, which does not depend on how they were found, and makes the rows. Hands back where
    /// each leaf went.
    fn gather_rows(&mut self, streamers: &Streamers) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.leaves.len() as u32).collect();
        order.sort_by(|a, b| self.leaves[*a as usize].keys.cmp(&self.leaves[*b as usize].keys));
        let mut place = vec![0; order.len()];
        order.iter().zip(0..).for_each(|(&from, to)| place[from as usize] = to);
        self.leaves = order.iter().map(|&from| self.leaves[from as usize].clone()).collect();
        self.cells.iter_mut().for_each(|cell| cell.leaf = place[cell.leaf as usize]);
        self.cells.sort_by_key(|cell| (cell.leaf, cell.period));
        let origins: Vec<Origin> = self.by.columns.iter().filter_map(|one| origin(one, &self.leaf)).collect();
        let mut known: BTreeMap<Vec<Arc<str>>, u32> = BTreeMap::new();
        for leaf in &mut self.leaves {
            let value = |origin: &Origin| match origin {
                Origin::Column(at) => Arc::clone(&leaf.keys[*at]),
                Origin::Attribute(at, name) => Arc::from(streamers.value(&leaf.keys[*at], name)),
            };
            let keys: Vec<Arc<str>> = origins.iter().map(value).collect();
            leaf.row = *known.entry(keys.clone()).or_insert_with(|| {
                let name = leaf.name.clone().filter(|_| self.by.has_streamer());
                self.rows.push(LeafRow { keys, name });
                self.rows.len() as u32 - 1
            });
        }
        place
    }

    /// Whether a leaf is there between two periods: of slices of orders, whether anything was sold in one of them, attributed or not.
    #[must_use]
    pub fn is_sold(&self, leaf: u32, periods: [u32; 2]) -> bool {
        if !self.leaf.is_sliced() {
            return true;
        }
        let cell = |cell: &Cell| (cell.leaf, cell.period);
        periods.into_iter().any(|period| {
            let at = self.cells.binary_search_by_key(&(leaf, period), cell);
            at.is_ok_and(|at| {
                let sums = &self.cells[at].sums;
                sums.orders > Some(0) || sums.off_live_orders > Some(0)
            })
        })
    }

    /// What a row is called in an error: its columns and their values.
    #[must_use]
    pub fn row_name(&self, row: u32) -> String {
        self.by.named(self.rows.get(row as usize).map_or(&[][..], |row| &row.keys))
    }

    /// Whether rows may sum several leaves.
    #[must_use]
    pub fn sums_leaves(&self) -> bool {
        let mut rows = vec![false; self.rows.len()];
        self.leaves.iter().any(|leaf| std::mem::replace(&mut rows[leaf.row as usize], true))
    }

    /// The distinct persons of a row in a period, where they are known.
    #[must_use]
    pub fn persons(&self, row: u32, period: u32) -> Option<Persons> {
        let at = row as usize * self.periods.len() + period as usize;
        self.persons.as_ref()?.get(at).copied().flatten()
    }
}

/// The leaves of exports, and the walk that looks at each of their persons.
pub struct LocalLeaves<'a> {
    /// The sums.
    pub leaves: Leaves,
    journeys: Journeys<'a>,
    index: LeafIndex,
}

/// Which leaf a person's viewing and orders belong to.
#[derive(Debug, Default)]
pub(super) struct LeafIndex {
    /// By group (of the first period) and slice.
    pub(super) slices: Table<(GroupKey, Slice), u32>,
    /// By group: all of its slices, which share its viewing.
    pub(super) groups: Table<GroupKey, Vec<u32>>,
}

/// The group whatever the period.
pub(super) fn timeless(key: GroupKey) -> GroupKey {
    GroupKey::new(key.base(), 0, key.side())
}

/// Walks over all persons with a visitor on each thread.
pub(super) fn visit<V: VisitPersons>(
    journeys: &Journeys<'_>,
    index: &LeafIndex,
    visitor: impl Fn() -> V,
) -> Result<Vec<V>, EngineError> {
    let threads = journeys.settings.read.threads.get();
    let takers = (0..threads).map(|_| Visiting::new(index, visitor())).collect();
    Ok(journeys.persons(takers)?.into_iter().map(Visiting::into_visitor).collect())
}

impl<'a> LocalLeaves<'a> {
    /// Walks over all persons and adds up their leaves.
    ///
    /// # Errors
    /// When a sum does not fit, or a temporary file fails.
    pub fn new(journeys: Journeys<'a>, by: Grouping) -> Result<(Self, RunReport), EngineError> {
        let settings = journeys.settings;
        let mut leaves = Leaves::new(by, settings.grouping.clone());
        leaves.period_kind = Some(settings.period).filter(|_| settings.ranges.is_none());
        leaves.periods = journeys.leaf_periods();
        let (walked, groups) = journeys.walk()?;
        let report = journeys.report(&walked);
        let aired = journeys.aired(&walked);
        let (mut index, mut watched) = (LeafIndex::default(), Vec::new());
        journeys.assembly(aired.as_ref()).each_row(groups, |key, slice, row| {
            let Some(slice) = slice else {
                watched.push((key, row.sums));
                return;
            };
            let known = index.slices.entry((timeless(key), slice));
            let leaf = *known.or_insert_with(|| leaves.add_leaf(row.keys, row.name));
            leaves.cells.push(Cell { leaf, period: key.period(), sums: row.sums });
        })?;
        let place = leaves.gather_rows(journeys.streamers());
        for (&(group, _), leaf) in &mut index.slices {
            *leaf = place[*leaf as usize];
            index.groups.entry(group).or_default().push(*leaf);
        }
        leaves.add_watched(&watched, &index);
        Ok((Self { leaves, journeys, index }, report))
    }

    /// The exports again, for other walks.
    #[must_use]
    pub fn into_journeys(self) -> Journeys<'a> {
        self.journeys
    }

    /// Counts the distinct persons of rows that sum leaves: in all periods, or in the two that are compared where leaves are slices of orders,
    /// since which of them count depends on these.
    ///
    /// # Errors
    /// When a temporary file fails.
    pub fn count_persons(&mut self, periods: [u32; 2]) -> Result<(), EngineError> {
        self.leaves.persons = self.distinct(periods)?;
        Ok(())
    }

    /// Walks over all persons with a visitor on each thread, who sees what each of them did in each leaf and period.
    ///
    /// # Errors
    /// When a sum does not fit, or a temporary file fails.
    pub fn visit<V: VisitPersons>(&self, visitor: impl Fn() -> V) -> Result<Vec<V>, EngineError> {
        visit(&self.journeys, &self.index, visitor)
    }

    /// The distinct persons of each row and period; `None` where no row sums leaves.
    fn distinct(&self, compared: [u32; 2]) -> Result<Option<Vec<Option<Persons>>>, EngineError> {
        if !self.leaves.sums_leaves() {
            return Ok(None);
        }
        let leaves = self.leaves.leaves.iter().zip(0..);
        let row_of: Vec<Option<u32>> =
            leaves.map(|(leaf, at)| self.leaves.is_sold(at, compared).then_some(leaf.row)).collect();
        let (rows, periods) = (self.leaves.rows.len(), self.leaves.periods.len());
        if let Some(first) = self.leaves.periods.first() {
            let each = size_of::<Persons>() * (self.journeys.threads() + 1);
            let (of, first) = (format!("the persons of {rows} groups"), first.first);
            let bytes = (rows as u64).saturating_mul(periods as u64).saturating_mul(each as u64);
            self.journeys.check_room(PerPeriod { of, periods, first, bytes })?;
        }
        let found = self.visit(|| Distinct::new(&row_of, rows, periods))?;
        let all = found.into_iter().map(|one| one.persons).reduce(|mut all, one| {
            all.iter_mut().zip(one).for_each(|(all, one)| {
                all.viewers += one.viewers;
                all.buyers += one.buyers;
            });
            all
        });
        let is_known =
            |at: usize| !self.leaves.leaf.is_sliced() || compared.contains(&((at % periods) as u32));
        let known = |(at, persons): (usize, Persons)| is_known(at).then_some(persons);
        Ok(all.map(|all| all.into_iter().enumerate().map(known).collect()))
    }
}

impl Leaves {
    /// Slices share the viewing of their group, also in periods in which nobody bought in them.
    fn add_watched(&mut self, watched: &[(GroupKey, Sums)], index: &LeafIndex) {
        let cell = |cell: &Cell| (cell.leaf, cell.period);
        let mut missing = Vec::new();
        for (key, sums) in watched {
            for &leaf in index.groups.get(&timeless(*key)).into_iter().flatten() {
                if self.cells.binary_search_by_key(&(leaf, key.period()), cell).is_err() {
                    missing.push(Cell { leaf, period: key.period(), sums: sums.clone() });
                }
            }
        }
        self.cells.extend(missing);
        self.cells.sort_by_key(cell);
    }
}
