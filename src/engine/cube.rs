//! A cube: what was sold in the finest slices of all columns at once, by period, and who bought it in two of them.

use std::collections::HashMap;
use std::sync::Arc;

use super::EngineError;
use super::grouping::GroupColumn;
use super::leaves::{LeafIndex, LeafPeriod, VisitPersons, timeless, visit};
use super::local::Journeys;
use super::reconciliation::RunReport;
use crate::calendar::PeriodKind;
use crate::journey::accumulate::Overflow;
use crate::sums::Sums;
use crate::units::PersonKey;

/// One column of the cube.
#[derive(Debug, Clone)]
pub struct CubeColumn {
    /// What it is.
    pub column: GroupColumn,
    /// Its values, by their codes.
    pub values: Vec<Arc<str>>,
}

/// What was sold in a leaf in a period.
#[derive(Debug, Clone, Copy)]
pub struct Sold {
    /// The leaf.
    pub leaf: u32,
    /// The period.
    pub period: u32,
    /// Attributed orders.
    pub orders: i64,
    /// Their money, in minor units.
    pub gmv: i128,
}

/// What was viewed in a group, whatever was sold, in a period.
#[derive(Debug, Clone)]
pub struct Viewed {
    /// The codes of its columns; those of orders have none ([`Cube::NONE`]).
    pub codes: Vec<u32>,
    /// The period.
    pub period: u32,
    /// Viewers.
    pub viewers: i64,
    /// Seconds watched.
    pub watch: i128,
}

/// What a person bought in a leaf in one of the two periods.
#[derive(Debug, Clone, Copy)]
pub struct Bought {
    /// The leaf.
    pub leaf: u32,
    /// Before (0) or after (1).
    pub side: u8,
    /// Whether it is the first of another person.
    pub is_first: bool,
    /// Its money, in minor units.
    pub gmv: i64,
}

/// The finest slices, by period.
#[derive(Debug)]
pub struct Cube {
    /// The columns.
    pub columns: Vec<CubeColumn>,
    /// The codes of leaves, those of a leaf together.
    pub codes: Vec<u32>,
    /// The names of streamers, by their codes.
    pub names: Vec<Option<Arc<str>>>,
    /// The kind of the periods; `None` for ranges.
    pub period_kind: Option<PeriodKind>,
    /// The periods.
    pub periods: Vec<LeafPeriod>,
    /// What was sold.
    pub sold: Vec<Sold>,
    /// What was viewed.
    pub viewed: Vec<Viewed>,
}

impl Cube {
    /// The code of a column that a group does not have.
    pub const NONE: u32 = u32::MAX;

    /// The codes of a leaf.
    #[must_use]
    pub fn leaf(&self, leaf: u32) -> &[u32] {
        let width = self.columns.len();
        &self.codes[leaf as usize * width..(leaf as usize + 1) * width]
    }

    fn push_viewed(&mut self, codes: &[u32], period: u32, sums: &Sums) {
        if let (Some(viewers), Some(watch)) = (sums.viewers, sums.watch) {
            let codes = codes.iter().zip(&self.columns);
            let of_group = |(code, one): (&u32, &CubeColumn)| {
                if one.column.is_order_side() { Self::NONE } else { *code }
            };
            self.viewed.push(Viewed { codes: codes.map(of_group).collect(), period, viewers, watch });
        }
    }

    /// The number of leaves.
    #[must_use]
    pub fn leaves(&self) -> usize {
        self.codes.len() / self.columns.len().max(1)
    }
}

/// The cube of exports, and the walk that looks at each of their persons.
pub struct LocalCube<'a> {
    /// The sums.
    pub cube: Cube,
    journeys: Journeys<'a>,
    index: LeafIndex,
}

/// Gives texts their codes.
#[derive(Default)]
struct Codes {
    known: Vec<HashMap<Arc<str>, u32>>,
}

impl Codes {
    fn code(&mut self, columns: &mut [CubeColumn], at: usize, value: &Arc<str>) -> u32 {
        if let Some(code) = self.known[at].get(value) {
            return *code;
        }
        columns[at].values.push(Arc::clone(value));
        let code = columns[at].values.len() as u32 - 1;
        self.known[at].insert(Arc::clone(value), code);
        code
    }
}

impl<'a> LocalCube<'a> {
    /// Walks over all persons and adds up what they did in each leaf: by the columns of the settings, and by these attributes of streamers.
    ///
    /// # Errors
    /// When a sum does not fit, or a temporary file fails.
    pub fn new(journeys: Journeys<'a>, attributes: &[String]) -> Result<(Self, RunReport), EngineError> {
        let settings = journeys.settings;
        let of_streamers = attributes.iter().cloned().map(GroupColumn::Attribute);
        let columns = settings.grouping.columns.iter().cloned().chain(of_streamers);
        let mut cube = Cube {
            columns: columns.map(|column| CubeColumn { column, values: Vec::new() }).collect(),
            codes: Vec::new(),
            names: Vec::new(),
            period_kind: Some(settings.period).filter(|_| settings.ranges.is_none()),
            periods: journeys.leaf_periods(),
            sold: Vec::new(),
            viewed: Vec::new(),
        };
        let mut codes = Codes { known: vec![HashMap::new(); cube.columns.len()] };
        let own = settings.grouping.columns.len();
        let streamer = settings.grouping.columns.iter().position(|one| *one == GroupColumn::Streamer);
        let (walked, groups) = journeys.walk()?;
        let report = journeys.report(&walked);
        let mut index = LeafIndex::default();
        let is_sliced = settings.grouping.is_sliced();
        journeys.assembly(None).each_row(groups, |key, slice, row| {
            let text = streamer.map_or("", |at| &*row.keys[at]);
            let of_streamer = attributes.iter().map(|name| Arc::from(settings.streamers.value(text, name)));
            let texts = row.keys.iter().take(own).cloned().chain(of_streamer);
            let of_row: Vec<u32> =
                texts.enumerate().map(|(at, text)| codes.code(&mut cube.columns, at, &text)).collect();
            if let Some(code) = streamer.map(|at| of_row[at] as usize)
                && cube.names.len() <= code
            {
                cube.names.resize(code + 1, None);
                cube.names[code] = row.name;
            }
            let period = key.period();
            if slice.is_none() || !is_sliced {
                cube.push_viewed(&of_row, period, &row.sums);
            }
            let Some(slice) = slice else { return };
            let count = (cube.codes.len() / cube.columns.len()) as u32;
            let leaf = *index.slices.entry((timeless(key), slice)).or_insert_with(|| {
                cube.codes.extend(&of_row);
                count
            });
            let (orders, gmv) = (row.sums.orders.unwrap_or_default(), row.sums.gmv.unwrap_or_default());
            if orders > 0 {
                cube.sold.push(Sold { leaf, period, orders, gmv });
            }
        })?;
        Ok((Self { cube, journeys, index }, report))
    }

    /// What each person bought in two periods, those of a person together, in lists of any order.
    ///
    /// # Errors
    /// When a temporary file fails, or money does not fit.
    pub fn bought(&self, before: u32, after: u32) -> Result<Vec<Vec<Bought>>, EngineError> {
        let buyers = || Buyers { pair: [before, after], is_first: true, bought: Vec::new() };
        let found = visit(&self.journeys, &self.index, buyers)?;
        Ok(found.into_iter().map(|buyers| buyers.bought).collect())
    }
}

/// Keeps what persons bought.
struct Buyers {
    pair: [u32; 2],
    is_first: bool,
    bought: Vec<Bought>,
}

impl VisitPersons for Buyers {
    fn viewed(&mut self, _: u32, _: u32, _: i64) {}

    fn bought(&mut self, leaf: u32, period: u32, _: i64, gmv: i128) {
        if let Some(side) = self.pair.iter().position(|one| *one == period) {
            let is_first = std::mem::replace(&mut self.is_first, false);
            let gmv = i64::try_from(gmv).unwrap_or(i64::MAX);
            self.bought.push(Bought { leaf, side: side as u8, is_first, gmv });
        }
    }

    fn end_person(&mut self, _: PersonKey) -> Result<(), Overflow> {
        self.is_first = true;
        if self.bought.last().is_some_and(|last| last.gmv == i64::MAX) { Err(Overflow) } else { Ok(()) }
    }
}
