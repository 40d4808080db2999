//! What each candidate did beyond what the rest did, how sure that is, and whether it is unusual.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::candidates::Candidates;
use crate::change::dual::{Dual, log_mean};
use crate::change::pair::Pair;
use crate::change::yardstick::{LEAST_CHANGES, UNUSUAL, scaled_deviation};
use crate::engine::EngineError;
use crate::engine::cube::{Bought, Cube};
use crate::factor::quantile;
use crate::journey::accumulate::Overflow;
use crate::units::Level;

/// Of fewer buyers, before and after together, a slice is never called significant.
pub const LEAST_BUYERS: i64 = 30;

/// A slice of one column stands for one of two that is in it, where it stands out nearly as much: this part.
const NEARLY: f64 = 0.75;

/// What a candidate did.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// GMV before and after, in minor units.
    pub gmv: [i128; 2],
    /// Buyers before and after together.
    pub buyers: i64,
    /// The change if it had moved with the rest, in minor units.
    pub expected: f64,
    /// What it changed beyond that, in minor units.
    pub excess: f64,
    /// The standard error of the excess.
    pub error: f64,
    /// How far the interval of the excess reaches on both sides.
    pub reach: f64,
    /// The probability of such an excess by chance between persons alone, and by what periods do, the larger of the two.
    pub p_value: f64,
    /// Whether it is beyond chance between persons, false discoveries held down.
    pub beyond_sampling: bool,
    /// Whether it is more than what the periods before did; `None` where that is not known.
    pub unusual: Option<bool>,
    /// How much it stands out: the excess in units of what is usual.
    pub score: f64,
}

impl Reading {
    /// Both; `None` where it is not known what is usual.
    #[must_use]
    pub fn significant(&self) -> Option<bool> {
        self.unusual.map(|unusual| unusual && self.beyond_sampling)
    }
}

/// Sums over persons of what they bought before and after in a candidate (g) and in all (t): g₀², g₀g₁, g₁², g₀t₀, g₀t₁, g₁t₀, g₁t₁; then
/// how many persons.
type OfCandidate = [i128; 8];

/// Second moments over persons: exact, so that they do not depend on threads.
#[derive(Debug, Clone)]
pub struct Moments {
    candidates: Vec<OfCandidate>,
    /// Σ t₀², Σ t₀t₁, Σ t₁².
    all: [i128; 3],
}

impl Moments {
    /// The moments of the money that is not counted yet.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn of(
        candidates: &Candidates,
        bought: &[Vec<Bought>],
        counted: &[bool],
    ) -> Result<Self, EngineError> {
        let found: Vec<Result<Self, Overflow>> = std::thread::scope(|scope| {
            let workers: Vec<_> =
                bought.iter().map(|list| scope.spawn(|| Self::of_list(candidates, list, counted))).collect();
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

    fn of_list(candidates: &Candidates, list: &[Bought], counted: &[bool]) -> Result<Self, Overflow> {
        let mut moments = Self { candidates: vec![[0; 8]; candidates.len()], all: [0; 3] };
        let (mut own, mut touched) = (vec![[0_i128; 2]; candidates.len()], Vec::new());
        for person in list.chunk_by(|_, next| !next.is_first) {
            let mut total = [0_i128; 2];
            for bought in person.iter().filter(|one| !counted[one.leaf as usize]) {
                let side = usize::from(bought.side);
                total[side] += i128::from(bought.gmv);
                for &candidate in candidates.of_leaf(bought.leaf) {
                    own[candidate as usize][side] += i128::from(bought.gmv);
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

/// Judges candidates.
#[derive(Debug)]
pub struct Judge<'a> {
    cube: &'a Cube,
    candidates: &'a Candidates,
    pair: Pair,
    level: Level,
    preceding: Vec<(u32, u32)>,
    gmv: [i128; 2],
}

impl<'a> Judge<'a> {
    /// Of the candidates of a cube, between two periods.
    #[must_use]
    pub fn new(cube: &'a Cube, candidates: &'a Candidates, pair: Pair, level: Level) -> Self {
        let preceding = if pair.has_yardstick { pair.preceding(&cube.periods) } else { Vec::new() };
        let mut gmv = [0; 2];
        for sold in &cube.sold {
            if let Some(side) = pair.side(sold.period) {
                gmv[side] += sold.gmv;
            }
        }
        Self { cube, candidates, pair, level, preceding, gmv }
    }

    /// GMV before and after.
    #[must_use]
    pub fn gmv(&self) -> [i128; 2] {
        self.gmv
    }

    /// Whether enough changes come before to tell what is usual.
    #[must_use]
    pub fn has_yardstick(&self) -> bool {
        self.preceding.len() >= LEAST_CHANGES
    }

    /// What each candidate did, of the money that is not counted yet.
    #[must_use]
    pub fn readings(&self, counted: &[bool], moments: &Moments) -> Vec<Reading> {
        let periods = self.cube.periods.len();
        let mut all = vec![0_i128; periods];
        let mut own = vec![0_i128; periods * self.candidates.len()];
        for sold in self.cube.sold.iter().filter(|sold| !counted[sold.leaf as usize]) {
            all[sold.period as usize] += sold.gmv;
            for &candidate in self.candidates.of_leaf(sold.leaf) {
                own[candidate as usize * periods + sold.period as usize] += sold.gmv;
            }
        }
        let readings = own.chunks(periods.max(1)).zip(&moments.candidates);
        let mut readings: Vec<Reading> =
            readings.map(|(own, sums)| self.reading(own, &all, sums, moments.all)).collect();
        self.control(&mut readings);
        readings
    }

    fn reading(&self, own: &[i128], all: &[i128], sums: &OfCandidate, total: [i128; 3]) -> Reading {
        let [before, after] = [self.pair.before, self.pair.after].map(|period| period as usize);
        let gmv = [own[before], own[after]];
        let mut reading = Reading { gmv, buyers: sums[7] as i64, p_value: 1.0, ..Reading::default() };
        let Some((excess, ratio)) = excess(own, all, before, after) else { return reading };
        let weight = gmv[0] as f64 / (all[before] - gmv[0]) as f64;
        reading.expected = (gmv[1] - gmv[0]) as f64 - excess;
        reading.excess = excess;
        reading.error = error(sums, total, ratio, weight);
        reading.reach = quantile(self.level) * reading.error;
        let normal = |z: f64| 2.0 * Normal::standard().cdf(-z.abs());
        let sampling = excess / reading.error;
        reading.p_value = if reading.error > 0.0 { normal(sampling) } else { 1.0 };
        reading.score = if reading.error > 0.0 { sampling.abs() } else { 0.0 };
        if let Some(usual) = self.usual(own, all) {
            match usual {
                Usual::Figures(figures) => {
                    let now = figure(own, all, before, after).unwrap_or_default();
                    let (distance, p_value) = by_habit(now, &figures);
                    reading.unusual = Some(now.abs() > UNUSUAL * scaled_deviation(figures));
                    reading.p_value = reading.p_value.max(p_value);
                    reading.score = reading.score.min(distance);
                }
                Usual::Presence(is_steady) => reading.unusual = Some(is_steady),
            }
        }
        reading
    }

    /// What is usual for a candidate; `None` where too few changes come before.
    fn usual(&self, own: &[i128], all: &[i128]) -> Option<Usual> {
        if !self.has_yardstick() {
            return None;
        }
        let there = |period: u32| own[period as usize] > 0;
        if there(self.pair.before) != there(self.pair.after) {
            // That it came or went is unusual where nothing of that kind came before.
            return Some(Usual::Presence(self.preceding.iter().all(|&(a, b)| there(a) == there(b))));
        }
        let figures = self.preceding.iter().filter_map(|&(a, b)| figure(own, all, a as usize, b as usize));
        let figures: Vec<f64> = figures.collect();
        (figures.len() >= LEAST_CHANGES).then_some(Usual::Figures(figures))
    }

    /// False discoveries held to what the level leaves (Benjamini and Hochberg 1995), among slices of one column and among pairs.
    fn control(&self, readings: &mut [Reading]) {
        for is_single in [true, false] {
            let family =
                (0..readings.len() as u32).filter(|one| self.candidates.single(*one).is_some() == is_single);
            let mut family: Vec<u32> =
                family.filter(|one| readings[*one as usize].buyers >= LEAST_BUYERS).collect();
            family.sort_by(|a, b| readings[*a as usize].p_value.total_cmp(&readings[*b as usize].p_value));
            let (count, rate) = (family.len() as f64, 1.0 - self.level.value());
            let holds =
                |(at, one): (usize, &u32)| readings[*one as usize].p_value <= (at + 1) as f64 / count * rate;
            let discoveries = family.iter().enumerate().rposition(holds).map_or(0, |last| last + 1);
            for one in family.into_iter().take(discoveries) {
                readings[one as usize].beyond_sampling = true;
            }
        }
    }

    /// The candidate that stands out most, or the slice of one column that it is in and that nearly does; `None` where none does.
    #[must_use]
    pub fn best(&self, readings: &[Reading], chosen: &[(u32, Reading)]) -> Option<u32> {
        let is_new = |candidate: u32| chosen.iter().all(|(known, _)| *known != candidate);
        let stands_out = |reading: &Reading| reading.significant().unwrap_or(reading.beyond_sampling);
        let all =
            readings.iter().zip(0..).filter(|(reading, candidate)| stands_out(reading) && is_new(*candidate));
        let texts = |candidate: u32| self.candidates.texts(self.cube, candidate);
        let names = |candidate: u32| (texts(candidate).len(), texts(candidate));
        let all: Vec<(&Reading, u32)> = all.collect();
        let in_order = |a: &&(&Reading, u32), b: &&(&Reading, u32)| {
            a.0.score.total_cmp(&b.0.score).then_with(|| names(b.1).cmp(&names(a.1)))
        };
        let best = all.iter().max_by(in_order)?;
        let values = self.candidates.slice(best.1).values;
        let stands_for_it = |one: &&(&Reading, u32)| {
            let own = self.candidates.slice(one.1).values;
            own.len() < values.len()
                && own.iter().all(|value| values.contains(value))
                && one.0.score >= NEARLY * best.0.score
                && one.0.excess.abs() >= best.0.excess.abs()
        };
        Some(all.iter().filter(stands_for_it).max_by(in_order).unwrap_or(best).1)
    }

    /// How much there is to explain: the excess of the column that parts it best.
    #[must_use]
    pub fn mass(&self, readings: &[Reading]) -> f64 {
        // In whole minor units, which add up in any order.
        let mut columns = vec![0_i128; self.cube.columns.len()];
        for (reading, candidate) in readings.iter().zip(0..) {
            if let Some(column) = self.candidates.single(candidate) {
                columns[column] += reading.excess.abs().round() as i128;
            }
        }
        columns.into_iter().max().unwrap_or_default() as f64
    }
}

/// What is usual for a candidate.
enum Usual {
    /// Its figures of the changes before.
    Figures(Vec<f64>),
    /// It came or went now; whether it was steadily there, or not, before.
    Presence(bool),
}

/// What a candidate changed beyond what the rest did, and the ratio of the rest; `None` where there is no rest before.
fn excess(own: &[i128], all: &[i128], before: usize, after: usize) -> Option<(f64, f64)> {
    let rest = [before, after].map(|period| all[period] - own[period]);
    (rest[0] > 0).then(|| {
        let ratio = rest[1] as f64 / rest[0] as f64;
        (own[after] as f64 - ratio * own[before] as f64, ratio)
    })
}

/// The log change that an excess stands for; `None` where the candidate is missing on a side.
fn figure(own: &[i128], all: &[i128], before: usize, after: usize) -> Option<f64> {
    let (excess, _) = excess(own, all, before, after)?;
    let [g0, g1] = [own[before], own[after]];
    (g0 > 0 && g1 > 0)
        .then(|| excess / log_mean(Dual::<0>::constant(g1 as f64), Dual::constant(g0 as f64)).value)
}

/// The standard error of an excess: the root of the sum over persons of ψ², ψ = (1 + k)(g₁ − r g₀) − k (t₁ − r t₀), with r the ratio of the
/// rest and k the candidate's GMV before over the rest's.
fn error(sums: &OfCandidate, total: [i128; 3], r: f64, k: f64) -> f64 {
    let [own_00, own_01, own_11, mixed_00, mixed_01, mixed_10, mixed_11, _] = sums.map(|sum| sum as f64);
    let [t00, t01, t11] = total.map(|sum| sum as f64);
    let own = own_11 - 2.0 * r * own_01 + r * r * own_00;
    let mixed = mixed_11 - r * (mixed_10 + mixed_01) + r * r * mixed_00;
    let all = t11 - 2.0 * r * t01 + r * r * t00;
    let variance = (1.0 + k).powi(2) * own - 2.0 * k * (1.0 + k) * mixed + k * k * all;
    variance.max(0.0).sqrt()
}

/// How far a figure lies from those before, in standard deviations of another one of their kind, and the probability of as much (Student's t).
fn by_habit(now: f64, figures: &[f64]) -> (f64, f64) {
    let count = figures.len() as f64;
    let mean = figures.iter().sum::<f64>() / count;
    let variance = figures.iter().map(|figure| (figure - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let distance = now.abs() / (variance * (1.0 + 1.0 / count)).sqrt().max(f64::MIN_POSITIVE);
    let p_value = StudentsT::new(0.0, 1.0, count - 1.0).map_or(1.0, |habit| 2.0 * habit.cdf(-distance));
    (distance, p_value)
}
