//! The cube of the tables of a cluster; who did what in it comes back without persons: what several of them did alike, once.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::{Acts, Bought, Codes, Cube, CubeColumn, Seen, Slices, Sold, Viewed};
use crate::engine::cluster::ClusterSettings;
use crate::engine::leaves::{LeafPeriod, fill_holes};
use crate::engine::spark::Done;
use crate::engine::sql::influence::{Act, LeafTable};
use crate::engine::{Aggregate, EngineError, GroupColumn, Grouping};
use crate::input::streamers::Streamers;
use crate::journey::rules::Table;

/// More kinds of persons than this are no answer of sums any more.
const MOST_KINDS: usize = 20_000_000;

/// The sums, and the cluster that knows who did what.
pub struct ClusterCube<'a> {
    cube: Cube,
    settings: &'a ClusterSettings,
    progress: &'a dyn Fn(Done),
    /// The groups of viewers.
    groups: Grouping,
    leaf_keys: Vec<Vec<Arc<str>>>,
    group_keys: Vec<Vec<Arc<str>>>,
}

/// Makes a cube of rows.
struct Making<'a> {
    cube: Cube,
    codes: Codes,
    streamer: Option<usize>,
    attributes: &'a [String],
    known: &'a Streamers,
    periods: BTreeMap<Date, u32>,
}

impl<'a> ClusterCube<'a> {
    /// By the columns of the settings, and by these attributes of streamers; in these periods at least.
    ///
    /// # Errors
    /// When the cluster gives no whole answer.
    pub fn new(
        settings: &'a ClusterSettings,
        attributes: &[String],
        reached: &[LeafPeriod],
        progress: &'a dyn Fn(Done),
    ) -> Result<Self, EngineError> {
        let grouping = &settings.rules.grouping;
        let columns = grouping.columns.iter().filter(|column| !column.is_order_side()).cloned();
        let groups = Grouping::of(columns.collect());
        let sold = settings.sums(grouping, progress)?;
        let viewed = if grouping.is_sliced() { settings.sums(&groups, progress)? } else { sold.clone() };
        let mut periods: BTreeMap<Date, Option<bool>> = BTreeMap::new();
        for row in sold.rows.iter().chain(&viewed.rows) {
            periods.entry(row.period).or_insert(row.partial);
        }
        fill_holes(&mut periods, settings.rules.period_kind());
        for period in reached {
            periods.entry(period.first).or_insert(period.partial);
        }
        let of_streamers = attributes.iter().cloned().map(GroupColumn::Attribute);
        let columns = grouping.columns.iter().cloned().chain(of_streamers);
        let columns: Vec<CubeColumn> =
            columns.map(|column| CubeColumn { column, values: Vec::new() }).collect();
        let mut making = Making {
            codes: Codes { known: vec![Table::default(); columns.len()] },
            streamer: grouping.columns.iter().position(|one| *one == GroupColumn::Streamer),
            attributes,
            known: settings.known(),
            periods: periods.keys().copied().zip(0..).collect(),
            cube: Cube {
                columns,
                period_kind: settings.rules.period_kind(),
                periods: periods.iter().map(|(&first, &partial)| LeafPeriod { first, partial }).collect(),
                ..Cube::default()
            },
        };
        let leaf_keys = making.sold(sold);
        let group_keys = making.viewed(viewed, grouping);
        Ok(Self { cube: making.cube, settings, progress, groups, leaf_keys, group_keys })
    }

    fn table(&self, keys: &[Vec<Arc<str>>], periods: [u32; 2]) -> LeafTable {
        LeafTable {
            periods: periods.map(|period| self.cube.periods[period as usize].first),
            leaves: keys.iter().cloned().zip(0..).collect(),
        }
    }

    /// What persons did in two periods: in each leaf what they bought, or in each group that they viewed it.
    fn kinds(
        &self,
        grouping: &Grouping,
        table: &LeafTable,
        act: Act,
        all: &mut Acts,
    ) -> Result<(), EngineError> {
        let mut count = 0;
        self.settings.acts(grouping, table, act, self.progress, &mut |list, times| {
            count += 1;
            if count > MOST_KINDS {
                return Err(EngineError::Usage(format!(
                    "more than {MOST_KINDS} kinds of persons: who moved GMV cannot be brought to one machine; look at fewer columns with --by"
                )));
            }
            let mut is_first = true;
            for one in list.split(',') {
                let wrong = || EngineError::Usage(format!("{one}: what one person bought in a slice is too large"));
                add(one, act, is_first, all).ok_or_else(wrong)?;
                is_first = false;
            }
            all.times[usize::from(act == Act::Viewed)].push(times);
            Ok(())
        })
    }
}

/// Adds what a person did once, as a statement tells it: the place, the side, and what was bought.
fn add(text: &str, act: Act, is_first: bool, all: &mut Acts) -> Option<()> {
    let mut numbers = text.split(':');
    let (place, side) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    match act {
        Act::Viewed => all.seen.push(Seen { group: place, side, is_first }),
        Act::Bought => {
            let (orders, gmv) = (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
            all.bought.push(Bought { leaf: place, side, is_first, gmv, orders });
        }
    }
    Some(())
}

impl Slices for ClusterCube<'_> {
    fn cube(&self) -> &Cube {
        &self.cube
    }

    fn acts(&self, before: u32, after: u32) -> Result<Vec<Acts>, EngineError> {
        let periods = [before, after];
        let mut all = Acts::default();
        if !self.leaf_keys.is_empty() {
            let leaves = self.table(&self.leaf_keys, periods);
            self.kinds(&self.settings.rules.grouping, &leaves, Act::Bought, &mut all)?;
        }
        if !self.group_keys.is_empty() {
            self.kinds(&self.groups, &self.table(&self.group_keys, periods), Act::Viewed, &mut all)?;
        }
        Ok(vec![all])
    }

    fn check_room(&self, _: usize, _: &str, _: usize) -> Result<(), EngineError> {
        // The bound on memory is that of rows of exports.
        Ok(())
    }
}

impl Making<'_> {
    /// The codes of a row's keys, those of its streamer's attributes behind them; a column that the row does not have has none.
    fn codes(&mut self, keys: Vec<Option<Arc<str>>>, name: Option<Arc<str>>) -> Vec<u32> {
        let id = self.streamer.and_then(|at| keys.get(at).cloned().flatten());
        let id = id.as_deref().unwrap_or_default();
        let attributes = self.attributes.iter().map(|name| Some(Arc::from(self.known.value(id, name))));
        let texts: Vec<Option<Arc<str>>> = keys.into_iter().chain(attributes).collect();
        let code = |(at, text): (usize, &Option<Arc<str>>)| match text {
            Some(text) => self.codes.code(&mut self.cube.columns, at, text),
            None => Cube::NONE,
        };
        let codes: Vec<u32> = texts.iter().enumerate().map(code).collect();
        if let Some(code) = self.streamer.map(|at| codes[at] as usize)
            && self.cube.names.len() <= code
        {
            self.cube.names.resize(code + 1, None);
            self.cube.names[code] = name;
        }
        codes
    }

    /// The leaves, and what was sold of them; their keys.
    fn sold(&mut self, rows: Aggregate) -> Vec<Vec<Arc<str>>> {
        let mut places: Table<Vec<Arc<str>>, u32> = Table::default();
        let mut all = Vec::new();
        for row in rows.rows {
            let codes = self.codes(row.keys.iter().cloned().map(Some).collect(), row.name);
            let leaf = *places.entry(row.keys.clone()).or_insert_with(|| {
                self.cube.codes.extend(&codes);
                all.push(row.keys.clone());
                all.len() as u32 - 1
            });
            let (orders, gmv) = (row.sums.orders.unwrap_or_default(), row.sums.gmv.unwrap_or_default());
            if orders > 0 {
                self.cube.sold.push(Sold { leaf, period: self.periods[&row.period], orders, gmv });
            }
        }
        all
    }

    /// The groups, and what was viewed of them; their keys.
    fn viewed(&mut self, rows: Aggregate, leaf: &Grouping) -> Vec<Vec<Arc<str>>> {
        let mut places: Table<Vec<Arc<str>>, u32> = Table::default();
        let mut all = Vec::new();
        for row in rows.rows {
            let (Some(viewers), Some(watch)) = (row.sums.viewers, row.sums.watch) else { continue };
            let group = if let Some(&group) = places.get(&row.keys) {
                group
            } else {
                // The columns of orders tell nothing of viewers.
                let mut own = row.keys.iter().cloned();
                let key = |column: &GroupColumn| if column.is_order_side() { None } else { own.next() };
                let codes = self.codes(leaf.columns.iter().map(key).collect(), row.name);
                self.cube.group_codes.extend(codes);
                places.insert(row.keys.clone(), all.len() as u32);
                all.push(row.keys);
                all.len() as u32 - 1
            };
            self.cube.viewed.push(Viewed { group, period: self.periods[&row.period], viewers, watch });
        }
        all
    }
}
