//! A cube: what was sold in the finest slices of all columns at once, by period, and who bought it in two of them.

mod cluster;

use std::sync::Arc;

use super::EngineError;
use super::grouping::GroupColumn;
use super::leaves::{LeafIndex, LeafPeriod, VisitPersons, timeless, visit};
use super::local::Journeys;
use super::reconciliation::RunReport;
use crate::calendar::PeriodKind;
use crate::journey::overflow::Overflow;
use crate::journey::rules::Table;
use crate::memory::PerPeriod;
use crate::units::PersonKey;

pub use cluster::ClusterCube;

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
#[derive(Debug, Clone, Copy)]
pub struct Viewed {
    /// The group.
    pub group: u32,
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
    /// Its orders.
    pub orders: u32,
}

/// That a person viewed a group in one of the two periods.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The group.
    pub group: u32,
    /// Before (0) or after (1).
    pub side: u8,
    /// Whether it is the first of another person.
    pub is_first: bool,
}

/// What persons did in two periods, those of a person together, in any order.
#[derive(Debug, Default)]
pub struct Acts {
    /// What they bought.
    pub bought: Vec<Bought>,
    /// What they viewed.
    pub seen: Vec<Seen>,
    /// How many persons each of those who bought stands for, and each of those who viewed; one where nothing is said.
    pub times: [Vec<u64>; 2],
}

impl Acts {
    /// What each person bought, and how many did so.
    pub fn buyers(&self) -> impl Iterator<Item = (&[Bought], u64)> {
        let times = self.times[0].iter().copied().chain(std::iter::repeat(1));
        self.bought.chunk_by(|_, next| !next.is_first).zip(times)
    }

    /// What each person viewed, and how many did so.
    pub fn viewers(&self) -> impl Iterator<Item = (&[Seen], u64)> {
        let times = self.times[1].iter().copied().chain(std::iter::repeat(1));
        self.seen.chunk_by(|_, next| !next.is_first).zip(times)
    }
}

/// A cube, and who did what in it.
pub trait Slices {
    /// The sums.
    fn cube(&self) -> &Cube;

    /// What persons did in two periods, in several parts.
    ///
    /// # Errors
    /// When it cannot be told.
    fn acts(&self, before: u32, after: u32) -> Result<Vec<Acts>, EngineError>;

    /// Whether there is room for so many bytes of each period, for so many of what is named.
    ///
    /// # Errors
    /// When there is none.
    fn check_room(&self, count: usize, of: &str, bytes: usize) -> Result<(), EngineError>;
}

/// The finest slices, by period.
#[derive(Debug, Default)]
pub struct Cube {
    /// The columns.
    pub columns: Vec<CubeColumn>,
    /// The codes of leaves, those of a leaf together.
    pub codes: Vec<u32>,
    /// The codes of groups of viewers, those of a group together; the columns of orders have none ([`Cube::NONE`]).
    pub group_codes: Vec<u32>,
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

    /// The codes of a group of viewers.
    #[must_use]
    pub fn group(&self, group: u32) -> &[u32] {
        let width = self.columns.len();
        &self.group_codes[group as usize * width..(group as usize + 1) * width]
    }

    /// The number of groups of viewers.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.group_codes.len() / self.columns.len().max(1)
    }

    /// Another group of viewers.
    fn add_group(&mut self, codes: &[u32]) -> u32 {
        let codes = codes.iter().zip(&self.columns);
        let of_group =
            |(code, one): (&u32, &CubeColumn)| if one.column.is_order_side() { Self::NONE } else { *code };
        self.group_codes.extend(codes.map(of_group));
        self.groups() as u32 - 1
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
    known: Vec<Table<Arc<str>, u32>>,
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
            period_kind: Some(settings.period).filter(|_| settings.ranges.is_none()),
            periods: journeys.leaf_periods(),
            ..Cube::default()
        };
        let mut codes = Codes { known: vec![Table::default(); cube.columns.len()] };
        let own = settings.grouping.columns.len();
        let streamer = settings.grouping.columns.iter().position(|one| *one == GroupColumn::Streamer);
        let (walked, groups) = journeys.walk()?;
        let report = journeys.report(&walked);
        let mut index = LeafIndex::default();
        let (is_sliced, of) = (settings.grouping.is_sliced(), journeys.streamers());
        journeys.assembly(None).each_row(groups, |key, slice, row| {
            let text = streamer.map_or("", |at| &*row.keys[at]);
            let of_streamer = attributes.iter().map(|name| Arc::from(of.value(text, name)));
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
                let groups =
                    index.groups.entry(timeless(key)).or_insert_with(|| vec![cube.add_group(&of_row)]);
                if let (Some(viewers), Some(watch)) = (row.sums.viewers, row.sums.watch) {
                    cube.viewed.extend(groups.iter().map(|&group| Viewed { group, period, viewers, watch }));
                }
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
}

impl Slices for LocalCube<'_> {
    fn cube(&self) -> &Cube {
        &self.cube
    }

    fn acts(&self, before: u32, after: u32) -> Result<Vec<Acts>, EngineError> {
        let keeper =
            || Keeper { overflow: None, pair: [before, after], is_first: [true; 2], acts: Acts::default() };
        let found = visit(&self.journeys, &self.index, keeper)?;
        Ok(found.into_iter().map(|keeper| keeper.acts).collect())
    }

    fn check_room(&self, count: usize, of: &str, bytes: usize) -> Result<(), EngineError> {
        let periods = self.cube.periods.len();
        let Some(first) = self.cube.periods.first().map(|period| period.first) else { return Ok(()) };
        let bytes = (count as u64).saturating_mul(periods as u64).saturating_mul(bytes as u64);
        self.journeys.check_room(PerPeriod { of: format!("{count} {of}"), periods, first, bytes })
    }
}

/// Keeps what persons did.
struct Keeper {
    /// An act that did not fit.
    overflow: Option<Overflow>,
    pair: [u32; 2],
    /// Whether another person begins, of what is bought and of what is viewed.
    is_first: [bool; 2],
    acts: Acts,
}

impl Keeper {
    fn side(&self, period: u32) -> Option<u8> {
        self.pair.iter().zip(0..).find_map(|(one, side)| (*one == period).then_some(side))
    }
}

impl VisitPersons for Keeper {
    fn viewed(&mut self, group: u32, period: u32, _: i64) {
        if let Some(side) = self.side(period) {
            let is_first = std::mem::replace(&mut self.is_first[1], false);
            self.acts.seen.push(Seen { group, side, is_first });
        }
    }

    fn bought(&mut self, leaf: u32, period: u32, orders: i64, gmv: i128) {
        if let Some(side) = self.side(period) {
            let is_first = std::mem::replace(&mut self.is_first[0], false);
            let (Ok(gmv), Ok(orders)) = (i64::try_from(gmv), u32::try_from(orders)) else {
                self.overflow = Some(Overflow::of("what one buyer paid in a slice"));
                return;
            };
            self.acts.bought.push(Bought { leaf, side, is_first, gmv, orders });
        }
    }

    fn end_person(&mut self, _: PersonKey) -> Result<(), Overflow> {
        self.is_first = [true; 2];
        self.overflow.take().map_or(Ok(()), Err)
    }
}
