//! What a candidate, and all, sold in each period, and what it changed beyond what the rest did.

use super::reading::Measure;
use crate::change::dual::{Dual, log_mean};
use crate::change::pair::Pair;

/// What was sold and viewed of a candidate, or of all, in a period.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    pub gmv: i128,
    /// Viewers; 0 of a candidate that does not divide them.
    pub viewers: i64,
}

/// All periods of a candidate, or of all.
#[derive(Debug, Clone)]
pub struct History {
    pub periods: Vec<Sums>,
    /// The GMV before and after, by measure, with what is explained already.
    explained: [[i128; 2]; 2],
}

impl History {
    pub fn new(periods: usize) -> Self {
        Self { periods: vec![Sums::default(); periods], explained: [[0; 2]; 2] }
    }

    pub fn add_sold(&mut self, period: u32, gmv: i128, side: Option<usize>, counts: [i128; 2]) {
        self.periods[period as usize].gmv += gmv;
        if let Some(side) = side {
            self.explained.iter_mut().zip(counts).for_each(|(sums, more)| sums[side] += more);
        }
    }

    pub fn forget_viewers(&mut self) {
        self.periods.iter_mut().for_each(|sums| sums.viewers = 0);
    }

    pub fn sums(&self, (before, after): (u32, u32)) -> [Sums; 2] {
        [before, after].map(|period| self.periods[period as usize])
    }

    /// The two periods that are compared, as they would be with what is explained already.
    pub fn explained(&self, measure: Measure, pair: Pair) -> [Sums; 2] {
        let [before, after] = self.sums((pair.before, pair.after));
        let [g0, g1] = self.explained[measure as usize];
        [Sums { gmv: g0, ..before }, Sums { gmv: g1, ..after }]
    }
}

/// What a candidate changed beyond what the rest did.
pub struct Moved {
    pub excess: f64,
    /// What its GMV would have been multiplied by, had it moved with the rest.
    pub ratio: f64,
    /// The GMV of the rest, after and before.
    pub rest: [f64; 2],
}

impl Moved {
    /// `None` where there is no rest to compare with, or no viewers.
    pub fn of(measure: Measure, own: [Sums; 2], all: [Sums; 2]) -> Option<Self> {
        let rest = [1, 0].map(|side| (all[side].gmv - own[side].gmv) as f64);
        let mut ratio = rest[0] / rest[1];
        if measure == Measure::PerViewer {
            let some = |viewers: i64| (viewers > 0).then_some(viewers as f64);
            let others = |side: usize| some(all[side].viewers - own[side].viewers);
            ratio *= some(own[1].viewers)? / some(own[0].viewers)? / (others(1)? / others(0)?);
        }
        let excess = own[1].gmv as f64 - ratio * own[0].gmv as f64;
        (rest[0] > 0.0 && rest[1] > 0.0).then_some(Self { excess, ratio, rest })
    }
}

/// The log change that an excess stands for; `None` where the candidate is missing on a side.
pub fn figure(measure: Measure, own: [Sums; 2], all: [Sums; 2]) -> Option<f64> {
    let moved = Moved::of(measure, own, all)?;
    let mean = |a: i128, b: i128| log_mean(Dual::<0>::constant(a as f64), Dual::constant(b as f64)).value;
    (own[0].gmv > 0 && own[1].gmv > 0).then(|| moved.excess / mean(own[1].gmv, own[0].gmv))
}
