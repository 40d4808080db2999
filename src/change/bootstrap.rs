//! How sure effects are, by trying: a Poisson bootstrap over persons, each of whom counts 0, 1, 2, … times in each replicate.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::effect::Effect;
use super::leaf::{LeafSums, RowViewers};
use super::pair::Pair;
use super::rows::Table;
use crate::engine::EngineError;
use crate::engine::leaves::{LocalLeaves, VisitPersons};
use crate::journey::overflow::Overflow;
use crate::units::{Level, PersonKey};

/// What is asked of a bootstrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bootstrap {
    /// How many replicates.
    pub replicates: usize,
    /// The same seed gives the same draws.
    pub seed: u64,
}

impl Bootstrap {
    /// At most so many of the replicates, after those that others draw before.
    fn part(self, skipped: usize, most: usize) -> Self {
        Self { replicates: most.min(self.replicates - skipped), ..self }
    }
}

/// The most bytes of weighted sums that a worker keeps; more rows take more walks.
const MOST_BYTES: usize = 256 << 20;

/// The ends of an interval for each effect of a row, in minor units.
pub type Ends = [(f64, f64); Effect::COUNT];

/// The weighted sums of leaves and rows, by replicate. Whole numbers below 2⁵³, so that they add up in any order.
struct Weighted<'a> {
    table: &'a Table<'a>,
    pair: Pair,
    bootstrap: Bootstrap,
    /// How many replicates others draw before.
    skipped: usize,
    /// The rows of this walk, and the place of each leaf among theirs.
    rows: std::ops::Range<u32>,
    place: &'a [Option<u32>],
    /// By leaf, side, sum and replicate.
    leaves: Vec<f64>,
    /// Distinct viewers, by row, side and replicate.
    viewers: Vec<f64>,
    /// What the present person did: leaf, side, sums.
    shares: Vec<(u32, usize, [f64; 5])>,
    weights: Vec<f64>,
}

impl<'a> Weighted<'a> {
    fn new(
        table: &'a Table<'a>,
        pair: Pair,
        bootstrap: Bootstrap,
        skipped: usize,
        rows: std::ops::Range<u32>,
        place: &'a [Option<u32>],
    ) -> Self {
        let leaves = place.iter().flatten().count();
        Self {
            leaves: vec![0.0; leaves * 10 * bootstrap.replicates],
            viewers: vec![0.0; rows.len() * 2 * bootstrap.replicates],
            weights: vec![0.0; bootstrap.replicates],
            shares: Vec::new(),
            table,
            pair,
            bootstrap,
            skipped,
            rows,
            place,
        }
    }

    fn draw(&mut self, person: PersonKey) {
        let mut seed = [0; 32];
        let (high, low) = person.halves();
        seed[..8].copy_from_slice(&high.to_le_bytes());
        seed[8..12].copy_from_slice(&low.to_le_bytes());
        seed[16..24].copy_from_slice(&self.bootstrap.seed.to_le_bytes());
        let mut draws = ChaCha8Rng::from_seed(seed);
        draws.set_word_pos(self.skipped as u128);
        self.weights.iter_mut().for_each(|weight| *weight = poisson(draws.next_u32()));
    }

    fn push(&mut self, leaf: u32, period: u32, sums: [f64; 5]) {
        if let Some((side, place)) = self.pair.side(period).zip(self.place[leaf as usize]) {
            debug_assert!(self.rows.contains(&self.table.leaves.leaves[leaf as usize].row));
            self.shares.push((place, side, sums));
            if sums[0] > 0.0 {
                let row = self.table.leaves.leaves[leaf as usize].row - self.rows.start;
                self.shares.push((row, side + 2, [0.0; 5]));
            }
        }
    }
}

/// A number drawn from the Poisson distribution of mean 1, by inversion of a uniform one.
fn poisson(uniform: u32) -> f64 {
    let mut at_most = 0.0;
    let mut exactly = (-1.0_f64).exp();
    let uniform = (f64::from(uniform) + 0.5) / 4_294_967_296.0;
    for count in 0..12 {
        at_most += exactly;
        if uniform < at_most {
            return f64::from(count);
        }
        exactly /= f64::from(count + 1);
    }
    12.0
}

impl VisitPersons for Weighted<'_> {
    fn viewed(&mut self, leaf: u32, period: u32, watch: i64) {
        self.push(leaf, period, [1.0, watch as f64, 0.0, 0.0, 0.0]);
    }

    fn bought(&mut self, leaf: u32, period: u32, orders: i64, gmv: i128) {
        self.push(leaf, period, [0.0, 0.0, 1.0, orders as f64, gmv as f64]);
    }

    fn end_person(&mut self, person: PersonKey) -> Result<(), Overflow> {
        if self.shares.is_empty() {
            return Ok(());
        }
        self.draw(person);
        // A row counts the person once, however many of its leaves it was in.
        self.shares.sort_by_key(|(place, side, _)| (*side, *place));
        self.shares.dedup_by(|a, b| a.1 >= 2 && (a.0, a.1) == (b.0, b.1));
        let replicates = self.bootstrap.replicates;
        for (place, side, sums) in self.shares.drain(..) {
            if side >= 2 {
                let at = (place as usize * 2 + side - 2) * replicates;
                let viewers = &mut self.viewers[at..at + replicates];
                viewers.iter_mut().zip(&self.weights).for_each(|(sum, weight)| *sum += weight);
                continue;
            }
            for (which, amount) in sums.into_iter().enumerate().filter(|(_, amount)| *amount != 0.0) {
                let at = ((place as usize * 2 + side) * 5 + which) * replicates;
                let sums = &mut self.leaves[at..at + replicates];
                sums.iter_mut().zip(&self.weights).for_each(|(sum, weight)| *sum += weight * amount);
            }
        }
        Ok(())
    }
}

/// The intervals of each row's effects: the quantiles of its replicates.
///
/// # Errors
/// When a temporary file fails.
pub fn intervals(
    local: &LocalLeaves<'_>,
    table: &Table<'_>,
    pair: Pair,
    bootstrap: Bootstrap,
    level: Level,
) -> Result<Vec<Ends>, EngineError> {
    let periods = [pair.before, pair.after];
    let rows = 0..table.leaves.rows.len() as u32;
    let bytes: Vec<usize> = rows.map(|row| bytes_of(table.leaves_of(row, periods).count())).collect();
    let mut all = Vec::new();
    for (rows, most) in walks(&bytes, bootstrap.replicates, MOST_BYTES) {
        let mut place = vec![None; table.leaves.leaves.len()];
        rows.clone()
            .flat_map(|row| table.leaves_of(row, periods))
            .zip(0..)
            .for_each(|(leaf, at)| place[leaf as usize] = Some(at));
        let mut drawn = vec![Drawn::default(); rows.len()];
        for skipped in (0..bootstrap.replicates).step_by(most) {
            let part = bootstrap.part(skipped, most);
            let found = local.visit(|| Weighted::new(table, pair, part, skipped, rows.clone(), &place))?;
            let sums = found.into_iter().reduce(Weighted::merged);
            if let Some(leaf) = sums.as_ref().and_then(Weighted::inexact) {
                let group = table.leaves.row_name(table.leaves.leaves[leaf as usize].row);
                let figure =
                    "what a replicate of --bootstrap adds up (leave it out: --ci alone is exact)".into();
                return Err(EngineError::Untold { figure, group });
            }
            for (row, drawn) in rows.clone().zip(&mut drawn) {
                if let Some(sums) = &sums {
                    sums.draw_effects(row, drawn);
                }
            }
        }
        all.extend(drawn.into_iter().map(|drawn| ends(drawn, level)));
    }
    Ok(all)
}

/// The bytes of a replicate of a row of so many leaves.
fn bytes_of(leaves: usize) -> usize {
    (leaves * 10 + 2) * size_of::<f64>()
}

/// The rows of each walk, and how many replicates of them it draws at once: as many as a worker has room for, of rows of which one replicate takes so
/// many bytes each. A row of very many leaves takes several walks.
fn walks(bytes: &[usize], replicates: usize, room: usize) -> Vec<(std::ops::Range<u32>, usize)> {
    let (mut walks, mut start) = (Vec::new(), 0);
    while start < bytes.len() {
        let (mut end, mut taken) = (start + 1, bytes[start]);
        while end < bytes.len() && (taken + bytes[end]) * replicates <= room {
            taken += bytes[end];
            end += 1;
        }
        walks.push((start as u32..end as u32, (room / taken).clamp(1, replicates)));
        start = end;
    }
    walks
}

/// The effects of a row in each replicate.
type Drawn = [Vec<f64>; Effect::COUNT];

/// The quantiles of a row's effects over the replicates.
fn ends(drawn: Drawn, level: Level) -> Ends {
    let tail = (1.0 - level.value()) / 2.0;
    drawn.map(|mut all| {
        all.sort_by(f64::total_cmp);
        (quantile(&all, tail), quantile(&all, 1.0 - tail))
    })
}

impl Weighted<'_> {
    /// The sums of two workers together.
    fn merged(mut self, other: Self) -> Self {
        self.leaves.iter_mut().zip(other.leaves).for_each(|(all, one)| *all += one);
        self.viewers.iter_mut().zip(other.viewers).for_each(|(all, one)| *all += one);
        self
    }

    /// A leaf with a sum that may be beyond the whole numbers that are exact, so that it would depend on the order in which persons came.
    fn inexact(&self) -> Option<u32> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let at = self.leaves.iter().position(|sum| *sum >= EXACT)? / (10 * self.bootstrap.replicates);
        self.place.iter().position(|place| *place == Some(at as u32)).map(|leaf| leaf as u32)
    }

    /// Adds the effects of a row in each replicate.
    fn draw_effects(&self, row: u32, drawn: &mut Drawn) {
        for replicate in 0..self.bootstrap.replicates {
            let effects = self.replicate(row, replicate);
            drawn.iter_mut().zip(effects).for_each(|(all, one)| all.push(one));
        }
    }

    fn replicate(&self, row: u32, replicate: usize) -> [f64; Effect::COUNT] {
        let replicates = self.bootstrap.replicates;
        let sums = |leaf: u32| {
            let place = self.place[leaf as usize].unwrap_or_default() as usize;
            [self.pair.before, self.pair.after].map(|period| {
                let side = self.pair.side(period).unwrap_or_default();
                let sum =
                    |which: usize| self.leaves[((place * 2 + side) * 5 + which) * replicates + replicate];
                LeafSums {
                    viewers: sum(0) as i64,
                    watch: sum(1) as i128,
                    buyers: sum(2) as i64,
                    orders: sum(3) as i64,
                    gmv: sum(4) as i128,
                    viewing: self.table.viewing,
                    live: self.table.sums(leaf, period).and_then(|sums| sums.live_seconds),
                }
            })
        };
        let leaves: Vec<[LeafSums; 2]> =
            self.table.leaves_of(row, [self.pair.before, self.pair.after]).map(sums).collect();
        let viewers = self.table.sums_leaves.then(|| RowViewers {
            distinct: [0, 1].map(|side| {
                let at = ((row - self.rows.start) as usize * 2 + side) * replicates + replicate;
                self.viewers[at] as i64
            }),
            summed: [0, 1].map(|side| leaves.iter().map(|sums| sums[side].viewers).sum()),
        });
        self.table.effects_of(&leaves, viewers)
    }
}

/// A quantile of sorted values, between its neighbours by distance.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * sorted.len().saturating_sub(1) as f64;
    let (below, part) = (place.floor(), place.fract());
    let at = |place: f64| sorted.get(place as usize).copied().unwrap_or_default();
    // The last has no neighbour, and no part of one.
    at(below) + (at(below + 1.0) - at(below)) * part
}

#[cfg(test)]
mod tests;
