//! The candidates: every value of every column, and of every pair of columns of which neither tells the other.

use std::collections::HashMap;
use std::sync::Arc;

use super::broadcasts::is_live;
use crate::engine::GroupColumn;
use crate::engine::cube::Cube;

/// A slice: one value of one column, or of each of two.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slice {
    /// The places of columns, and the codes of their values.
    pub values: Vec<(usize, u32)>,
}

/// The candidates of a cube.
#[derive(Debug)]
pub struct Candidates {
    slices: Vec<Slice>,
    /// The candidates that each leaf is in, as many for each.
    of_leaf: Vec<u32>,
    width: usize,
    /// Those that each group of viewers is in: of columns that divide viewers.
    of_viewed: Vec<Vec<u32>>,
}

impl Candidates {
    /// All candidates that some leaf is in.
    #[must_use]
    pub fn new(cube: &Cube) -> Self {
        let choices = choices(cube);
        let (mut slices, mut known) = (Vec::new(), HashMap::new());
        let mut of_leaf = Vec::with_capacity(cube.leaves() * choices.len());
        for leaf in 0..cube.leaves() as u32 {
            let codes = cube.leaf(leaf);
            for choice in &choices {
                let slice = Slice { values: choice.iter().map(|at| (*at, codes[*at])).collect() };
                of_leaf.push(*known.entry(slice.clone()).or_insert_with(|| {
                    slices.push(slice);
                    slices.len() as u32 - 1
                }));
            }
        }
        let divides =
            |choice: &&Vec<usize>| choice.iter().all(|at| !cube.columns[*at].column.is_order_side());
        let of_viewers: Vec<&Vec<usize>> = choices.iter().filter(divides).collect();
        let of_viewed = cube.viewed.iter().map(|viewed| {
            let slice = |choice: &&Vec<usize>| Slice {
                values: choice.iter().map(|at| (*at, viewed.codes[*at])).collect(),
            };
            of_viewers.iter().filter_map(|choice| known.get(&slice(choice)).copied()).collect()
        });
        let of_viewed = of_viewed.collect();
        Self { slices, of_leaf, width: choices.len(), of_viewed }
    }

    /// The candidates that a group of viewers is in, by its place: those of columns that divide viewers.
    #[must_use]
    pub fn of_viewed(&self, viewed: usize) -> &[u32] {
        &self.of_viewed[viewed]
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slices.len()
    }

    /// The candidates that a leaf is in.
    #[must_use]
    pub fn of_leaf(&self, leaf: u32) -> &[u32] {
        &self.of_leaf[leaf as usize * self.width..(leaf as usize + 1) * self.width]
    }

    /// A candidate.
    #[must_use]
    pub fn slice(&self, candidate: u32) -> Slice {
        self.slices[candidate as usize].clone()
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
