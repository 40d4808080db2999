//! The candidates: every value of every column, and of every pair of columns of which neither tells the other.

use std::collections::HashMap;
use std::sync::Arc;

use super::broadcasts::is_live;
use crate::engine::GroupColumn;
use crate::engine::cube::Cube;
use crate::journey::rules::Table;

/// A slice: one value of one column, or of each of two.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slice {
    /// The places of columns, and the codes of their values.
    pub values: Vec<(usize, u32)>,
}

/// The candidates of a cube.
#[derive(Debug)]
pub struct Candidates {
    slices: Arc<[Slice]>,
    /// Whether each is still looked at.
    is_kept: Vec<bool>,
    /// Those that each leaf is in.
    of_leaf: Lists,
    /// Those that each group of viewers is in: of columns that divide viewers.
    of_viewed: Lists,
}

/// Lists of candidates, one after the other.
#[derive(Debug, Default)]
struct Lists {
    ends: Vec<usize>,
    items: Vec<u32>,
}

impl Lists {
    fn push(&mut self, list: impl IntoIterator<Item = u32>) {
        self.items.extend(list);
        self.ends.push(self.items.len());
    }

    fn get(&self, at: u32) -> &[u32] {
        let at = at as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.items[start..self.ends[at]]
    }

    /// The same lists with these candidates alone.
    fn narrowed(&self, is_kept: &[bool]) -> Self {
        let mut lists = Self::default();
        for at in 0..self.ends.len() as u32 {
            lists.push(self.get(at).iter().copied().filter(|one| is_kept[*one as usize]));
        }
        lists
    }
}

impl Candidates {
    /// All candidates that some leaf is in.
    #[must_use]
    pub fn new(cube: &Cube) -> Self {
        let choices = choices(cube);
        // By choice of columns: of millions of leaves each is in dozens of candidates, so that looking one up must not build its slice.
        let mut known: Vec<Table<[u32; 2], u32>> = vec![Table::default(); choices.len()];
        let mut slices = Vec::new();
        let (mut of_leaf, mut of_viewed) = (Lists::default(), Lists::default());
        for leaf in 0..cube.leaves() as u32 {
            let codes = cube.leaf(leaf);
            of_leaf.push(choices.iter().zip(&mut known).map(|(choice, known)| {
                *known.entry(values_of(choice, codes)).or_insert_with(|| {
                    slices.push(slice_of(choice, codes));
                    slices.len() as u32 - 1
                })
            }));
        }
        let divides =
            |choice: &&Vec<usize>| choice.iter().all(|at| !cube.columns[*at].column.is_order_side());
        let of_viewers: Vec<_> = choices.iter().zip(&known).filter(|(choice, _)| divides(choice)).collect();
        for group in 0..cube.groups() as u32 {
            let codes = cube.group(group);
            let candidate = |(choice, known): &(&Vec<usize>, &Table<[u32; 2], u32>)| {
                known.get(&values_of(choice, codes)).copied()
            };
            of_viewed.push(of_viewers.iter().filter_map(candidate));
        }
        Self { is_kept: vec![true; slices.len()], slices: slices.into(), of_leaf, of_viewed }
    }

    /// The same candidates, of which only these are still looked at.
    #[must_use]
    pub fn narrowed(&self, is_kept: Vec<bool>) -> Self {
        let [of_leaf, of_viewed] = [&self.of_leaf, &self.of_viewed].map(|lists| lists.narrowed(&is_kept));
        Self { slices: Arc::clone(&self.slices), is_kept, of_leaf, of_viewed }
    }

    /// Whether a candidate is still looked at.
    #[must_use]
    pub fn is_kept(&self, candidate: u32) -> bool {
        self.is_kept[candidate as usize]
    }

    /// The candidates that a group of viewers is in: those of columns that divide viewers.
    #[must_use]
    pub fn of_viewed(&self, group: u32) -> &[u32] {
        self.of_viewed.get(group)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slices.len()
    }

    /// The candidates that a leaf is in.
    #[must_use]
    pub fn of_leaf(&self, leaf: u32) -> &[u32] {
        self.of_leaf.get(leaf)
    }

    /// A candidate.
    #[must_use]
    pub fn slice(&self, candidate: u32) -> &Slice {
        &self.slices[candidate as usize]
    }

    /// The places of its columns and the texts of its values.
    #[must_use]
    pub fn texts<'c>(&self, cube: &'c Cube, candidate: u32) -> Vec<(usize, &'c Arc<str>)> {
        let values = self.slices[candidate as usize].values.iter();
        values.map(|&(at, code)| (at, &cube.columns[at].values[code as usize])).collect()
    }

    /// The candidates that are streamers, each with one of its leaves.
    #[must_use]
    pub fn streamers(&self, cube: &Cube) -> Vec<(u32, u32)> {
        let column = cube.columns.iter().position(|one| one.column == GroupColumn::Streamer);
        let mut found = HashMap::new();
        for leaf in 0..cube.leaves() as u32 {
            let of_leaf = self.of_leaf(leaf).iter().copied();
            for candidate in of_leaf.filter(|one| column.is_some() && self.single(*one) == column) {
                found.entry(candidate).or_insert(leaf);
            }
        }
        let mut found: Vec<(u32, u32)> = found.into_iter().collect();
        found.sort_unstable();
        found
    }

    /// The only column of a candidate; `None` where it has two.
    #[must_use]
    pub fn single(&self, candidate: u32) -> Option<usize> {
        match self.slices[candidate as usize].values[..] {
            [(column, _)] => Some(column),
            _ => None,
        }
    }
}

/// The values of one or two columns.
fn values_of(choice: &[usize], codes: &[u32]) -> [u32; 2] {
    let mut values = [Cube::NONE; 2];
    values.iter_mut().zip(choice).for_each(|(value, at)| *value = codes[*at]);
    values
}

fn slice_of(choice: &[usize], codes: &[u32]) -> Slice {
    Slice { values: choice.iter().map(|at| (*at, codes[*at])).collect() }
}

/// The columns and pairs of columns that candidates are of: those of one value tell nothing, and in a pair neither may tell the other.
fn choices(cube: &Cube) -> Vec<Vec<usize>> {
    let told: Vec<usize> = (0..cube.columns.len()).filter(|&at| cube.columns[at].values.len() > 1).collect();
    let mut choices: Vec<Vec<usize>> = told.iter().map(|&at| vec![at]).collect();
    for (at, &first) in told.iter().enumerate() {
        for &second in &told[at + 1..] {
            let [a, b] = [first, second].map(|at| &cube.columns[at].column);
            // A broadcast is held against those of its streamer, by itself.
            if !tells(a, b) && !tells(b, a) && !is_live(a) && !is_live(b) {
                choices.push(vec![first, second]);
            }
        }
    }
    choices
}

/// Whether a value of one column has only one of the other.
fn tells(one: &GroupColumn, other: &GroupColumn) -> bool {
    matches!(
        (one, other),
        (GroupColumn::Streamer, GroupColumn::Attribute(_)) | (GroupColumn::Traffic, GroupColumn::Domain)
    )
}
