//! What each factor did to the GMV of one leaf: a streamer, or a segment of one, in two periods.

use super::dual::{Dual, log_quotient};
use super::effect::{Effect, PerEffect};
use super::method::{Method, Step};
use crate::factor::Factor::{self, Conversion, OrderValue, Repurchase, UniqueViewers, WatchTime};
use crate::sums::{Component, Sums};

/// The sums of a leaf in a period, as far as effects stand on them. Viewing that is not known is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeafSums {
    /// V.
    pub viewers: i64,
    /// W, in seconds.
    pub watch: i128,
    /// B.
    pub buyers: i64,
    /// O.
    pub orders: i64,
    /// G, in minor units.
    pub gmv: i128,
    /// Seconds on air; `None` where they are not known.
    pub live: Option<i128>,
    /// Whether viewing is known: where it is on neither side, nothing is said of it.
    pub viewing: bool,
}

impl From<&Sums> for LeafSums {
    fn from(sums: &Sums) -> Self {
        Self {
            viewers: sums.viewers_of_factors().unwrap_or_default(),
            watch: sums.watch.unwrap_or_default(),
            buyers: sums.buyers_of_factors().unwrap_or_default(),
            orders: sums.orders.unwrap_or_default(),
            gmv: sums.gmv.unwrap_or_default(),
            live: sums.live_seconds,
            viewing: sums.viewers_of_factors().is_some(),
        }
    }
}

impl LeafSums {
    fn whole(&self, component: Component) -> i128 {
        match component {
            Component::Presence => self.viewers.into(),
            Component::Watch => self.watch,
            Component::Buyer => self.buyers.into(),
            Component::Orders => self.orders.into(),
            Component::Money => self.gmv,
        }
    }

    /// Whether a sum below the line of a factor is zero.
    fn has_gaps(&self) -> bool {
        self.viewers == 0 || self.watch == 0 || self.orders == 0 || self.buyers == 0
    }

    /// Whether there is neither a viewer nor an attributed order.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.viewers == 0 && self.orders == 0
    }
}

/// Of a row that sums leaves: its distinct viewers and the viewers of its leaves added up, before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowViewers {
    /// V*.
    pub distinct: [i64; 2],
    /// ΣV.
    pub summed: [i64; 2],
}

/// What effects answer to: the five sums of the leaf before, the same after, V* before and after, ΣV before and after.
#[derive(Debug, Clone, Copy)]
pub struct Variable(usize);

impl Variable {
    /// How many there are.
    pub const COUNT: usize = 14;

    /// A sum of the leaf, before (0) or after (1).
    #[must_use]
    pub fn sum(side: usize, component: Component) -> Self {
        Self(side * 5 + component as usize)
    }

    /// The distinct viewers of the row, before (0) or after (1).
    #[must_use]
    pub fn distinct(side: usize) -> Self {
        Self(10 + side)
    }

    /// The viewers of the row's leaves added up, before (0) or after (1).
    #[must_use]
    pub fn summed(side: usize) -> Self {
        Self(12 + side)
    }

    /// Its place among the derivatives.
    #[must_use]
    pub fn place(self) -> usize {
        self.0
    }
}

/// How a leaf's effects came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// No GMV before or after.
    Nothing,
    /// No GMV on one side: the first factor of the formula that is zero there has all of the change.
    Zero(Factor),
    /// Viewers or watch time are zero on a side that has GMV: they are merged into the conversion.
    Merged,
    /// By the method.
    Factors,
}

/// What each factor did to the GMV of a leaf, in minor units, unrounded.
#[derive(Debug, Clone, Copy)]
pub struct LeafEffects<const N: usize> {
    /// The effects. Scale, overlap and mix are zero where nothing is known of the row's viewers, live hours and viewers per live hour
    /// where times on air are not.
    pub effects: PerEffect<Dual<N>>,
    /// How they came about.
    pub shape: Shape,
}

/// A whole number and what it answers to.
#[derive(Clone, Copy)]
struct Count {
    whole: i128,
    variable: Option<Variable>,
}

impl Count {
    const ONE: Self = Self { whole: 1, variable: None };

    fn dual<const N: usize>(self) -> Dual<N> {
        let dual = Dual::constant(self.whole as f64);
        self.variable.map_or(dual, |variable| dual.with(variable.place(), 1.0))
    }
}

/// The log of (above / below) after over (above / below) before; all are positive.
fn log_change<const N: usize>(above: [Count; 2], below: [Count; 2]) -> Dual<N> {
    let products = above[1].whole.checked_mul(below[0].whole).zip(above[0].whole.checked_mul(below[1].whole));
    let value = match products {
        Some((after, before)) => log_quotient(after, before),
        None => log_quotient(above[1].whole, above[0].whole) - log_quotient(below[1].whole, below[0].whole),
    };
    let terms = [(above[1], 1.0), (above[0], -1.0), (below[1], -1.0), (below[0], 1.0)];
    terms.into_iter().fold(Dual::constant(value), |log, (count, sign)| match count.variable {
        Some(variable) => log.with(variable.place(), sign / count.whole as f64),
        None => log,
    })
}

fn quotient<const N: usize>(above: Count, below: Count) -> Dual<N> {
    let (a, b) = (above.whole as f64, below.whole as f64);
    let dual = Dual::constant(a / b);
    let dual = above.variable.map_or(dual, |variable| dual.with(variable.place(), 1.0 / b));
    below.variable.map_or(dual, |variable| dual.with(variable.place(), -a / (b * b)))
}

/// The effects of a leaf between two periods; `row` where it is one of several leaves of a row.
#[must_use]
pub fn leaf_effects<const N: usize>(
    method: &Method,
    sums: [&LeafSums; 2],
    row: Option<RowViewers>,
) -> LeafEffects<N> {
    let mut all = PerEffect([Dual::ZERO; Effect::COUNT]);
    let counts = |component| {
        [0, 1].map(|side| Count {
            whole: sums[side].whole(component),
            variable: Some(Variable::sum(side, component)),
        })
    };
    let gmv = counts(Component::Money);
    let change = gmv[1].dual() - gmv[0].dual();
    all[Effect::Change] = change;
    let viewing = sums.iter().any(|side| side.viewing);
    let shape = match (gmv[0].whole, gmv[1].whole) {
        (0, 0) => Shape::Nothing,
        (0, _) => Shape::Zero(first_zero(sums[0], viewing)),
        (_, 0) => Shape::Zero(first_zero(sums[1], viewing)),
        _ if sums.iter().any(|side| side.has_gaps()) => Shape::Merged,
        _ => Shape::Factors,
    };
    match shape {
        Shape::Nothing => {}
        Shape::Zero(factor) => {
            all[Effect::of(factor)] = change;
            if factor == UniqueViewers {
                if row.is_some() {
                    all[Effect::Mix] = change;
                }
                let off_air = sums.iter().any(|side| side.viewers == 0 && side.live == Some(0));
                all[if off_air { Effect::LiveHours } else { Effect::PerLiveHour }] = change;
            }
        }
        Shape::Merged | Shape::Factors => {
            let steps = steps(sums, &counts);
            let weights = method.weights((gmv[0].dual(), gmv[1].dual()), &steps);
            for (step, weight) in steps.iter().zip(&weights) {
                all[Effect::of(step.factor)] = *weight * step.log;
                if step.factor == UniqueViewers {
                    divide_viewers(&mut all, *weight, counts(Component::Presence), sums, row);
                }
            }
        }
    }
    all[Effect::ViewerConversion] = all[Effect::Watch] + all[Effect::Conversion];
    LeafEffects { effects: all, shape }
}

/// The first factor of the formula that is zero where there is no GMV; the first two only where viewing is known.
fn first_zero(sums: &LeafSums, viewing: bool) -> Factor {
    match sums {
        LeafSums { viewers: 0, .. } if viewing => UniqueViewers,
        LeafSums { watch: 0, .. } if viewing => WatchTime,
        LeafSums { buyers: 0, .. } => Conversion,
        _ => OrderValue,
    }
}

/// The factors of a leaf that has GMV before and after, merged where viewing is missing.
fn steps<const N: usize>(sums: [&LeafSums; 2], counts: &impl Fn(Component) -> [Count; 2]) -> Vec<Step<N>> {
    let [viewers, watch, buyers, orders, gmv] = Component::ALL.map(counts);
    let one = [Count::ONE; 2];
    let step = |(factor, above, below): (Factor, [Count; 2], [Count; 2])| Step {
        factor,
        before: quotient(above[0], below[0]),
        after: quotient(above[1], below[1]),
        log: log_change(above, below),
    };
    let none = |of: &dyn Fn(&LeafSums) -> bool| sums.iter().any(|side| of(side));
    if none(&|side| side.orders == 0 || side.buyers == 0) {
        // Broadcasts of which orders or buyers are not known: there is the money alone.
        return vec![step((OrderValue, gmv, one))];
    }
    let mut factors = Vec::with_capacity(5);
    if none(&|side| side.viewers == 0) {
        factors.push((Conversion, buyers, one));
    } else {
        factors.push((UniqueViewers, viewers, one));
        if none(&|side| side.watch == 0) {
            factors.push((Conversion, buyers, viewers));
        } else {
            factors.extend([(WatchTime, watch, viewers), (Conversion, buyers, watch)]);
        }
    }
    factors.extend([(OrderValue, gmv, orders), (Repurchase, orders, buyers)]);
    factors.into_iter().map(step).collect()
}

/// What the effect of viewers is made of: scale, overlap and mix; live hours and viewers per live hour.
fn divide_viewers<const N: usize>(
    all: &mut PerEffect<Dual<N>>,
    weight: Dual<N>,
    viewers: [Count; 2],
    sums: [&LeafSums; 2],
    row: Option<RowViewers>,
) {
    if let Some(row) = row {
        let sides = |counts: [i64; 2], variable: fn(usize) -> Variable| {
            [0, 1].map(|side| Count { whole: counts[side].into(), variable: Some(variable(side)) })
        };
        let distinct = sides(row.distinct, Variable::distinct);
        let summed = sides(row.summed, Variable::summed);
        all[Effect::Scale] = weight * log_change(distinct, [Count::ONE; 2]);
        all[Effect::Overlap] = weight * log_change(summed, distinct);
        all[Effect::Mix] = weight * log_change(viewers, summed);
    }
    let live = sums.map(|side| Count { whole: side.live.unwrap_or_default(), variable: None });
    if live.iter().all(|live| live.whole > 0) {
        all[Effect::LiveHours] = weight * log_change(live, [Count::ONE; 2]);
        all[Effect::PerLiveHour] = weight * log_change(viewers, live);
    } else {
        all[Effect::PerLiveHour] = all[Effect::Viewers];
    }
}

#[cfg(test)]
mod tests;
