//! What persons bought and viewed before and after in each candidate: second moments, from which the error of an excess follows.

use super::candidates::{Candidates, Slice};
use super::reading::{Measure, PerMeasure};
use crate::engine::EngineError;
use crate::engine::cube::{Acts, Cube};
use crate::journey::overflow::Overflow;
use crate::partition::on_threads;

/// What a chosen slice explains of its money.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Share {
    /// All of it: it came or went.
    All,
    /// That what was sold before would be multiplied by this, by each measure.
    Before(PerMeasure<f64>),
    /// That what was sold after would be multiplied by this.
    After(f64),
}

/// Orders and viewers are counted in these units, so that what is left of them by a factor is still a whole number of them.
pub const UNITS: i128 = 1 << 16;

fn times_of(count: i128, times: f64) -> i128 {
    if times.to_bits() == 1.0_f64.to_bits() { count } else { (count as f64 * times).round() as i128 }
}

/// What slices that were chosen explain already. One that came or went is left out; of another, what was sold before is multiplied by what it
/// moved more than the rest, so that it has no excess any more, and what it shares with other slices is told once.
#[derive(Debug, Clone)]
pub struct Explained {
    /// By leaf, whether it is left out.
    leaves: Vec<bool>,
    /// By group of viewers, the same.
    viewed: Vec<bool>,
    /// By measure and leaf, what is counted before is multiplied by.
    times: PerMeasure<Vec<f64>>,
    /// By group of viewers, what viewers before are multiplied by.
    viewer_times: Vec<f64>,
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
            viewed: vec![false; cube.groups()],
            viewer_times: vec![1.0; cube.groups()],
            times: PerMeasure::each(|_| times.clone()),
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
            self.of_orders.push(slice.clone());
        }
        for leaf in
            (0..self.leaves.len()).filter(|leaf| candidates.of_leaf(*leaf as u32).contains(&candidate))
        {
            match share {
                Share::All => self.leaves[leaf] = true,
                Share::Before(times) => {
                    self.times.0.iter_mut().zip(times.0).for_each(|(known, times)| known[leaf] *= times);
                }
                Share::After(times) => self.after[leaf] *= times,
            }
        }
        for group in (0..cube.groups()).filter(|one| candidates.of_viewed(*one as u32).contains(&candidate)) {
            match share {
                Share::All => self.viewed[group] = true,
                Share::Before(times) => self.viewer_times[group] *= times[Measure::Viewers],
                Share::After(_) => {}
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
    pub fn has_viewed(&self, group: u32) -> bool {
        self.viewed[group as usize]
    }

    /// What viewers from before (0) or after (1) count with, in whole units.
    #[must_use]
    pub fn count_viewers(&self, side: usize, group: u32, viewers: i64) -> i128 {
        let times = if side == 0 { self.viewer_times[group as usize] } else { 1.0 };
        times_of(i128::from(viewers) * UNITS, times)
    }

    /// What money or orders from before (0) or after (1) count with, in whole units of the measure, which add up in any order.
    #[must_use]
    pub fn count(&self, measure: Measure, side: usize, leaf: u32, [gmv, orders]: [i128; 2]) -> i128 {
        let times = if side == 0 { &self.times[measure] } else { &self.after };
        let times = times[leaf as usize];
        let count = match measure {
            Measure::Gmv | Measure::PerViewer => gmv,
            Measure::OrdersPerViewer => orders * UNITS,
            Measure::Viewers => 0,
        };
        times_of(count, times)
    }
}

/// Sums over persons of what they did before and after, as the measure counts it, in a candidate (g) and in all (t): g₀², g₀g₁, g₁², g₀t₀, g₀t₁, g₁t₀, g₁t₁; then
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
        acts: &[Acts],
        explained: &Explained,
    ) -> Result<Self, EngineError> {
        let of_part = |part: &Acts| match measure {
            Measure::Viewers => Self::of_seen(candidates, part, explained),
            _ => Self::of_bought(measure, candidates, part, explained),
        };
        let found = on_threads(acts.iter().collect(), of_part);
        let mut all = Self::nothing(candidates);
        for one in found {
            let one = one?;
            let sums = all.candidates.iter_mut().flatten().zip(one.candidates.into_iter().flatten());
            for (sum, more) in sums.chain(all.all.iter_mut().zip(one.all)) {
                *sum = sum.checked_add(more).ok_or_else(too_large)?;
            }
        }
        Ok(all)
    }

    fn nothing(candidates: &Candidates) -> Self {
        Self { candidates: vec![[0; 8]; candidates.len()], all: [0; 3] }
    }

    fn of_bought(
        measure: Measure,
        candidates: &Candidates,
        acts: &Acts,
        explained: &Explained,
    ) -> Result<Self, Overflow> {
        let (mut moments, mut person) = (Self::nothing(candidates), Person::new(candidates));
        for (list, times) in acts.buyers() {
            for bought in list.iter().filter(|one| !explained.has_leaf(one.leaf)) {
                let side = usize::from(bought.side);
                let bought_of = [i128::from(bought.gmv), i128::from(bought.orders)];
                let count = explained.count(measure, side, bought.leaf, bought_of);
                person.add(side, count, candidates.of_leaf(bought.leaf))?;
            }
            person.end(&mut moments, times)?;
        }
        Ok(moments)
    }

    fn of_seen(candidates: &Candidates, acts: &Acts, explained: &Explained) -> Result<Self, Overflow> {
        let (mut moments, mut person) = (Self::nothing(candidates), Person::new(candidates));
        for (list, times) in acts.viewers() {
            for seen in list.iter().filter(|one| !explained.has_viewed(one.group)) {
                let side = usize::from(seen.side);
                let count = explained.count_viewers(side, seen.group, 1);
                person.add(side, count, candidates.of_viewed(seen.group))?;
            }
            person.end(&mut moments, times)?;
        }
        Ok(moments)
    }
}

/// What one person did in each candidate.
struct Person {
    own: Vec<[i64; 2]>,
    touched: Vec<u32>,
    total: [i64; 2],
}

impl Person {
    fn new(candidates: &Candidates) -> Self {
        Self { own: vec![[0; 2]; candidates.len()], touched: Vec::new(), total: [0; 2] }
    }

    fn add(&mut self, side: usize, count: i128, candidates: &[u32]) -> Result<(), Overflow> {
        let count = i64::try_from(count).map_err(|_| too_large())?;
        self.total[side] = self.total[side].checked_add(count).ok_or_else(too_large)?;
        for &candidate in candidates {
            // No more than the total, which fits.
            self.own[candidate as usize][side] += count;
        }
        self.touched.extend(candidates);
        Ok(())
    }

    /// The person, and all who did the same, are done.
    fn end(&mut self, moments: &mut Moments, times: u64) -> Result<(), Overflow> {
        self.touched.sort_unstable();
        self.touched.dedup();
        let [t0, t1] = std::mem::take(&mut self.total);
        add(&mut moments.all, [(t0, t0), (t0, t1), (t1, t1)], times)?;
        for candidate in self.touched.drain(..) {
            let [g0, g1] = std::mem::take(&mut self.own[candidate as usize]);
            let products = [(g0, g0), (g0, g1), (g1, g1), (g0, t0), (g0, t1), (g1, t0), (g1, t1), (1, 1)];
            add(&mut moments.candidates[candidate as usize], products, times)?;
        }
        Ok(())
    }
}

#[cold]
fn too_large() -> Overflow {
    Overflow::of("a product of what one buyer paid in two slices")
}

fn add<const N: usize>(sums: &mut [i128; N], products: [(i64, i64); N], times: u64) -> Result<(), Overflow> {
    for (sum, (a, b)) in sums.iter_mut().zip(products) {
        let product = (i128::from(a) * i128::from(b)).checked_mul(i128::from(times));
        *sum = product.and_then(|product| sum.checked_add(product)).ok_or_else(too_large)?;
    }
    Ok(())
}

/// The standard error of an excess: the root of the sum over persons of ψ², ψ = (1 + k₁) g₁ − (r + k₀) g₀ − k₁ t₁ + k₀ t₀, with r the ratio
/// and k the expected count over the rest's, after and before. By measures per viewer the chance of viewers is left out: who buys is a viewer, so
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
