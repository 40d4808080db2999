//! How sure effects are: the squared influence of each person on them, summed in a second walk.

#[cfg(test)]
mod tests;

use super::effect::Effect;
use super::leaf::Variable;
use super::pair::Pair;
use super::rows::Table;
use crate::engine::EngineError;
use crate::engine::leaves::{LocalLeaves, VisitPersons};
use crate::engine::sql::influence::{self, Weights};
use crate::journey::overflow::Overflow;
use crate::sums::Component;
use crate::units::PersonKey;

/// Influences are rounded to this part of a minor unit, so that their squares add up in any order.
const UNIT: f64 = influence::UNIT as f64;

type Slopes = [f64; Effect::COUNT];

/// How a row's effects answer to what a person does.
#[derive(Debug)]
struct Gradient {
    /// For each leaf and side, by its five sums.
    leaves: Vec<[[Slopes; 5]; 2]>,
    /// For each row and side, by one distinct viewer more, and by one viewer of a leaf more.
    rows: Vec<[[Slopes; 2]; 2]>,
    /// The row of each leaf; `None` of those of which nothing was sold.
    row_of: Vec<Option<u32>>,
    pair: Pair,
}

impl Gradient {
    fn new(table: &Table<'_>, pair: Pair) -> Self {
        let mut leaves = vec![[[[0.0; Effect::COUNT]; 5]; 2]; table.leaves.leaves.len()];
        let mut rows = vec![[[[0.0; Effect::COUNT]; 2]; 2]; table.leaves.rows.len()];
        for row in 0..table.leaves.rows.len() as u32 {
            let of_row = &mut rows[row as usize];
            for (leaf, found) in table.leaf_effects::<{ Variable::COUNT }>(row, [pair.before, pair.after]) {
                for effect in Effect::ALL {
                    let slopes = found.effects[effect].slopes;
                    for side in 0..2 {
                        for (at, component) in Component::ALL.into_iter().enumerate() {
                            leaves[leaf as usize][side][at][effect as usize] =
                                slopes[Variable::sum(side, component).place()];
                        }
                        of_row[side][0][effect as usize] += slopes[Variable::distinct(side).place()];
                        of_row[side][1][effect as usize] += slopes[Variable::summed(side).place()];
                    }
                }
            }
        }
        let is_sold = |leaf: u32| table.leaves.is_sold(leaf, [pair.before, pair.after]);
        let row_of = table.leaves.leaves.iter().zip(0..).map(|(leaf, at)| is_sold(at).then_some(leaf.row));
        let row_of = row_of.collect();
        Self { leaves, rows, row_of, pair }
    }
}

/// What one person did in a leaf on a side.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Share {
    leaf: u32,
    side: usize,
    /// Presence, watch, buyer, orders, money.
    sums: [f64; 5],
}

/// One worker's sums of squared influences.
#[derive(Debug)]
struct Squares<'a> {
    gradient: &'a Gradient,
    shares: Vec<Share>,
    rows: Vec<(u32, [bool; 2], Slopes)>,
    /// By row and effect, in squared units; the most of 128 bits where they do not fit.
    sums: Vec<[i128; Effect::COUNT]>,
}

impl VisitPersons for Squares<'_> {
    fn viewed(&mut self, leaf: u32, period: u32, watch: i64) {
        if let Some(side) = self.gradient.pair.side(period) {
            self.shares.push(Share { leaf, side, sums: [1.0, watch as f64, 0.0, 0.0, 0.0] });
        }
    }

    fn bought(&mut self, leaf: u32, period: u32, orders: i64, gmv: i128) {
        if let Some(side) = self.gradient.pair.side(period) {
            self.shares.push(Share { leaf, side, sums: [0.0, 0.0, 1.0, orders as f64, gmv as f64] });
        }
    }

    fn end_person(&mut self, _: PersonKey) -> Result<(), Overflow> {
        // In an order that does not depend on how the leaves were found, since sums of fractions do.
        self.shares
            .sort_by(|a, b| (a.leaf, a.side).cmp(&(b.leaf, b.side)).then(b.sums[0].total_cmp(&a.sums[0])));
        let Self { gradient, shares, rows, sums } = self;
        for share in shares.drain(..) {
            let Some(row) = gradient.row_of[share.leaf as usize] else { continue };
            let at = rows.iter().position(|known| known.0 == row).unwrap_or_else(|| {
                rows.push((row, [false; 2], [0.0; Effect::COUNT]));
                rows.len() - 1
            });
            let (_, was_there, influence) = &mut rows[at];
            for (slopes, amount) in gradient.leaves[share.leaf as usize][share.side].iter().zip(share.sums) {
                add(influence, slopes, amount);
            }
            if share.sums[0] > 0.0 {
                let [distinct, summed] = &gradient.rows[row as usize][share.side];
                add(influence, summed, 1.0);
                if !std::mem::replace(&mut was_there[share.side], true) {
                    add(influence, distinct, 1.0);
                }
            }
        }
        for (row, _, influence) in rows.drain(..) {
            for (sum, influence) in sums[row as usize].iter_mut().zip(influence) {
                let rounded = (influence * UNIT).round() as i128;
                *sum = sum.saturating_add(rounded.saturating_mul(rounded));
            }
        }
        Ok(())
    }
}

fn add(influence: &mut Slopes, slopes: &Slopes, amount: f64) {
    for (sum, slope) in influence.iter_mut().zip(slopes) {
        *sum += slope * amount;
    }
}

/// The standard error of each row's effects, in minor units: the root of the sum over persons of their squared influence.
///
/// # Errors
/// When a sum does not fit, or a temporary file fails.
pub fn errors(local: &LocalLeaves<'_>, table: &Table<'_>, pair: Pair) -> Result<Vec<Slopes>, EngineError> {
    let gradient = Gradient::new(table, pair);
    let rows = table.leaves.rows.len();
    let found = local.visit(|| Squares {
        gradient: &gradient,
        shares: Vec::new(),
        rows: Vec::new(),
        sums: vec![[0; Effect::COUNT]; rows],
    })?;
    let mut all = vec![[0_i128; Effect::COUNT]; rows];
    for worker in found {
        for (sums, squares) in all.iter_mut().zip(worker.sums) {
            for (sum, square) in sums.iter_mut().zip(squares) {
                *sum = sum.saturating_add(square);
            }
        }
    }
    for (row, sums) in (0..).zip(&all) {
        if let Some(effect) = Effect::ALL.into_iter().find(|effect| sums[*effect as usize] == i128::MAX) {
            let figure = format!("the interval of {}", effect.name());
            return Err(EngineError::Untold { figure, group: table.leaves.row_name(row) });
        }
    }
    Ok(roots(all))
}

fn roots(squares: Vec<[i128; Effect::COUNT]>) -> Vec<Slopes> {
    squares.into_iter().map(|sums| sums.map(|sum| (sum as f64).sqrt() / UNIT)).collect()
}

/// Sums the squared influences of persons whom this machine does not see.
pub type Squaring<'a> = dyn Fn(&Weights) -> Result<Vec<[i128; Effect::COUNT]>, EngineError> + 'a;

/// The same of persons elsewhere, who are asked for by how effects answer to what they do.
///
/// # Errors
/// When there is no answer.
pub fn errors_elsewhere(
    squares: &Squaring<'_>,
    table: &Table<'_>,
    pair: Pair,
) -> Result<Vec<Slopes>, EngineError> {
    Ok(roots(squares(&weights(table, pair))?))
}

/// How effects answer to what persons do, as a statement carries it.
pub(super) fn weights(table: &Table<'_>, pair: Pair) -> Weights {
    let gradient = Gradient::new(table, pair);
    let (of, places) = table.leaves.table([pair.before, pair.after]);
    let of_leaf = |leaf: &u32| -> [Vec<f64>; 2] {
        let row = table.leaves.leaves[*leaf as usize].row as usize;
        std::array::from_fn(|side| {
            let [_, summed] = &gradient.rows[row][side];
            let mut slopes = gradient.leaves[*leaf as usize][side];
            // One viewer of the leaf more is also one more of those that its row adds up.
            add(&mut slopes[Component::Presence as usize], summed, 1.0);
            slopes.concat()
        })
    };
    let of_row = |sides: &[[Slopes; 2]; 2]| sides.each_ref().map(|[distinct, _]| distinct.to_vec());
    Weights {
        table: of,
        effects: Effect::COUNT,
        leaves: places.iter().map(of_leaf).collect(),
        rows: gradient.rows.iter().map(of_row).collect(),
    }
}

/// The same from second moments, with leaves and periods taken as independent; `None` for rows of which a leaf has none.
#[must_use]
pub fn errors_of_moments(table: &Table<'_>, pair: Pair) -> Vec<Option<Slopes>> {
    let gradient = Gradient::new(table, pair);
    let variance = |row: u32| {
        let mut sums = [0.0; Effect::COUNT];
        for leaf in table.leaves_of(row, [pair.before, pair.after]) {
            for (side, period) in [pair.before, pair.after].into_iter().enumerate() {
                let Some(cell) = table.sums(leaf, period) else { continue };
                let moments = cell.moments.as_ref()?;
                let slopes = &gradient.leaves[leaf as usize][side];
                for (i, a) in Component::ALL.into_iter().enumerate() {
                    for (j, b) in Component::ALL.into_iter().enumerate() {
                        let moment = moments.get(a, b).unwrap_or_default() as f64;
                        for (effect, sum) in sums.iter_mut().enumerate() {
                            *sum += slopes[i][effect] * moment * slopes[j][effect];
                        }
                    }
                }
            }
        }
        Some(sums.map(|sum| sum.max(0.0).sqrt()))
    };
    (0..table.leaves.rows.len() as u32).map(variance).collect()
}
