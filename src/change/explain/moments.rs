//! What persons bought before and after in each candidate: second moments, from which the error of an excess follows.

use super::candidates::{Candidates, Slice};
use super::reading::Measure;
use crate::engine::EngineError;
use crate::engine::cube::{Bought, Cube};
use crate::journey::accumulate::Overflow;

/// What a chosen slice explains of its money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Share {
    /// All of it: it came or went.
    All,
    /// That what was sold before would be multiplied by this, by each measure.
    Before([f64; 2]),
    /// That what was sold after would be multiplied by this.
    After(f64),
}

/// What slices that were chosen explain already. One that came or went is left out; of another, what was sold before is multiplied by what it
/// moved more than the rest, so that it has no excess any more, and what it shares with other slices is told once.
#[derive(Debug, Clone)]
pub struct Explained {
    /// By leaf, whether it is left out.
    leaves: Vec<bool>,
    /// By group of viewers.
    viewed: Vec<bool>,
    /// By measure and leaf, what money from before is multiplied by.
    times: [Vec<f64>; 2],
    /// By leaf, what money from after is multiplied by.
    after: Vec<f64>,
    /// Slices of what orders tell: which viewers went with their money is not known.
    of_orders: Vec<Slice>,
}

impl Explained {
    /// Nothing yet.
    #[must_use]
    pub fn nothing(cube: &Cube) -> Self {
        let times = vec![1.0; cube.leaves()];
        Self {
            leaves: vec![false; cube.leaves()],
            viewed: vec![false; cube.viewed.len()],
            times: [times.clone(), times.clone()],
            after: times,
            of_orders: Vec::new(),
        }
    }

    /// Whether the viewers of a slice belong to what is not explained of its money.
    #[must_use]
    pub fn knows_viewers(&self, slice: &Slice) -> bool {
        let differ = |(at, code): &(usize, u32), other: &Slice| {
            other.values.iter().any(|(column, value)| column == at && value != code)
        };
        self.of_orders.iter().all(|one| one.values.iter().any(|value| differ(value, slice)))
    }

    /// A candidate.
    pub fn add(&mut self, cube: &Cube, candidates: &Candidates, candidate: u32, share: Share) {
        let slice = candidates.slice(candidate);
        if slice.values.iter().any(|(at, _)| cube.columns[*at].column.is_order_side()) {
            self.of_orders.push(slice);
        }
        for leaf in
            (0..self.leaves.len()).filter(|leaf| candidates.of_leaf(*leaf as u32).contains(&candidate))
        {
            match share {
                Share::All => self.leaves[leaf] = true,
                Share::Before(times) => {
                    self.times.iter_mut().zip(times).for_each(|(known, times)| known[leaf] *= times);
                }
                Share::After(times) => self.after[leaf] *= times,
            }
        }
        if share == Share::All {
            for (viewed, left_out) in self.viewed.iter_mut().enumerate() {
                *left_out |= candidates.of_viewed(viewed).contains(&candidate);
            }
        }
    }

    /// Whether a leaf is left out.
    #[must_use]
    pub fn has_leaf(&self, leaf: u32) -> bool {
        self.leaves[leaf as usize]
    }

    /// Whether a group of viewers is left out.
    #[must_use]
    pub fn has_viewed(&self, viewed: usize) -> bool {
        self.viewed[viewed]
    }

    /// What money from before (0) or after (1) counts with, in whole minor units, which add up in any order.
    #[must_use]
    pub fn count(&self, measure: Measure, side: usize, leaf: u32, gmv: i128) -> i128 {
        let times = if side == 0 { &self.times[measure as usize] } else { &self.after };
        let times = times[leaf as usize];
        if times.to_bits() == 1.0_f64.to_bits() { gmv } else { (gmv as f64 * times).round() as i128 }
    }
}

/// Sums over persons of what they bought before and after in a candidate (g) and in all (t): g₀², g₀g₁, g₁², g₀t₀, g₀t₁, g₁t₀, g₁t₁; then
/// how many persons.
pub type OfCandidate = [i128; 8];

/// Second moments over persons: exact, so that they do not depend on threads.
#[derive(Debug, Clone)]
pub struct Moments {
    pub candidates: Vec<OfCandidate>,
    /// Σ t₀², Σ t₀t₁, Σ t₁².
    pub all: [i128; 3],
}

impl Moments {
    /// The moments of what is not explained yet.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn of(
        measure: Measure,
        candidates: &Candidates,
        bought: &[Vec<Bought>],
        explained: &Explained,
    ) -> Result<Self, EngineError> {
        let of_list = |list: &[Bought]| Self::of_list(measure, candidates, list, explained);
        let found: Vec<Result<Self, Overflow>> = std::thread::scope(|scope| {
            let workers: Vec<_> = bought.iter().map(|list| scope.spawn(|| of_list(list))).collect();
            workers.into_iter().map(|worker| worker.join().unwrap_or(Err(Overflow))).collect()
        });
        let mut all = Self { candidates: vec![[0; 8]; candidates.len()], all: [0; 3] };
        for one in found {
            let one = one?;
            let sums = all.candidates.iter_mut().flatten().zip(one.candidates.into_iter().flatten());
            for (sum, more) in sums.chain(all.all.iter_mut().zip(one.all)) {
                *sum = sum.checked_add(more).ok_or(Overflow)?;
            }
        }
        Ok(all)
    }

    fn of_list(
        measure: Measure,
        candidates: &Candidates,
        list: &[Bought],
        explained: &Explained,
    ) -> Result<Self, Overflow> {
        let mut moments = Self { candidates: vec![[0; 8]; candidates.len()], all: [0; 3] };
        let (mut own, mut touched) = (vec![[0_i128; 2]; candidates.len()], Vec::new());
        for person in list.chunk_by(|_, next| !next.is_first) {
            let mut total = [0_i128; 2];
            for bought in person.iter().filter(|one| !explained.has_leaf(one.leaf)) {
                let (side, gmv) = (usize::from(bought.side), i128::from(bought.gmv));
                let gmv = explained.count(measure, side, bought.leaf, gmv);
                total[side] += gmv;
                for &candidate in candidates.of_leaf(bought.leaf) {
                    own[candidate as usize][side] += gmv;
                    touched.push(candidate);
                }
            }
            touched.sort_unstable();
            touched.dedup();
            let [t0, t1] = total;
            add(&mut moments.all, [(t0, t0), (t0, t1), (t1, t1)])?;
            for candidate in touched.drain(..) {
                let [g0, g1] = std::mem::take(&mut own[candidate as usize]);
                let products = [(g0, g0), (g0, g1), (g1, g1), (g0, t0), (g0, t1), (g1, t0), (g1, t1), (1, 1)];
                add(&mut moments.candidates[candidate as usize], products)?;
            }
        }
        Ok(moments)
    }
}

fn add<const N: usize>(sums: &mut [i128; N], products: [(i128, i128); N]) -> Result<(), Overflow> {
    for (sum, (a, b)) in sums.iter_mut().zip(products) {
        *sum = a.checked_mul(b).and_then(|product| sum.checked_add(product)).ok_or(Overflow)?;
    }
    Ok(())
}

/// The standard error of an excess: the root of the sum over persons of ψ², ψ = (1 + k₁) g₁ − (r + k₀) g₀ − k₁ t₁ + k₀ t₀, with r the ratio
/// and k the expected GMV over the rest's, after and before. By GMV per viewer the chance of viewers is left out: who buys is a viewer, so
/// that it only takes from the variance.
#[must_use]
pub fn error(sums: &OfCandidate, total: [i128; 3], r: f64, [k1, k0]: [f64; 2]) -> f64 {
    let [own_00, own_01, own_11, mixed_00, mixed_01, mixed_10, mixed_11, _] = sums.map(|sum| sum as f64);
    let [t00, t01, t11] = total.map(|sum| sum as f64);
    let (a, b) = (1.0 + k1, r + k0);
    let own = a * a * own_11 - 2.0 * a * b * own_01 + b * b * own_00;
    let mixed = a * k1 * mixed_11 - a * k0 * mixed_10 - b * k1 * mixed_01 + b * k0 * mixed_00;
    let all = k1 * k1 * t11 - 2.0 * k1 * k0 * t01 + k0 * k0 * t00;
    (own - 2.0 * mixed + all).max(0.0).sqrt()
}
