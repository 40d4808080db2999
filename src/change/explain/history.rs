//! What a candidate, and all, sold in each period, and what it changed beyond what the rest did.

use super::moments::UNITS;
use super::reading::{Measure, PerMeasure};
use crate::change::dual::{Dual, log_mean};
use crate::change::pair::Pair;
use crate::engine::cube::{Sold, Viewed};

/// What was sold and viewed of a candidate, or of all, in a period.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    pub gmv: i128,
    pub orders: i64,
    /// Viewers; 0 of a candidate that does not divide them.
    pub viewers: i64,
}

/// All periods of a candidate, or of all.
#[derive(Debug, Clone)]
pub struct History {
    pub periods: Vec<Sums>,
    /// What each measure counts, before and after, with what is explained already.
    explained: PerMeasure<[i128; 2]>,
}

impl History {
    pub fn new(periods: usize) -> Self {
        Self { periods: vec![Sums::default(); periods], explained: PerMeasure::default() }
    }

    pub fn add_sold(&mut self, sold: &Sold, side: Option<usize>, counts: &PerMeasure<i128>) {
        let period = &mut self.periods[sold.period as usize];
        period.gmv += sold.gmv;
        period.orders += sold.orders;
        if let Some(side) = side {
            for measure in Measure::ALL {
                self.explained[measure][side] += counts[measure];
            }
        }
    }

    pub fn add_viewed(&mut self, viewed: &Viewed, side: Option<usize>, count: i128) {
        self.periods[viewed.period as usize].viewers += viewed.viewers;
        if let Some(side) = side {
            self.explained[Measure::Viewers][side] += count;
        }
    }

    pub fn forget_viewers(&mut self) {
        self.periods.iter_mut().for_each(|sums| sums.viewers = 0);
    }

    pub fn sums(&self, (before, after): (u32, u32)) -> [Sums; 2] {
        [before, after].map(|period| self.periods[period as usize])
    }

    /// The two periods that are compared, as they would be with what is explained already.
    pub fn explained(&self, measure: Measure, pair: Pair) -> [Counted; 2] {
        let [before, after] = self.sums((pair.before, pair.after));
        let [c0, c1] = self.explained[measure].map(|count| count as f64);
        [Counted { count: c0, viewers: before.viewers }, Counted { count: c1, viewers: after.viewers }]
    }
}

impl History {
    /// What one of what a measure counts is worth, in minor units: the log-mean of GMV over that of the count, so that a log change of the
    /// count moves the money that the LMDI gives it. 0 of a slice that came or went.
    pub fn price(&self, measure: Measure, pair: Pair) -> f64 {
        let sums = self.sums((pair.before, pair.after));
        let mean = |of: &dyn Fn(&Sums) -> f64| {
            let [before, after] = [&sums[0], &sums[1]].map(|one| Dual::<0>::constant(of(one)));
            log_mean(after, before).value
        };
        let gmv = |one: &Sums| one.gmv as f64;
        let per = match measure {
            Measure::Gmv | Measure::PerViewer => return 1.0,
            Measure::OrdersPerViewer => mean(&|one| one.orders as f64),
            Measure::Viewers => mean(&|one| one.viewers as f64),
        };
        let price = mean(&gmv) / (per * UNITS as f64);
        if price.is_finite() { price } else { 0.0 }
    }
}

/// What a measure counts, and viewers.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    pub count: f64,
    pub viewers: i64,
}

impl Sums {
    pub fn counted(self, measure: Measure) -> Counted {
        let count = match measure {
            Measure::Gmv | Measure::PerViewer => self.gmv as f64,
            Measure::OrdersPerViewer => self.orders as f64,
            Measure::Viewers => self.viewers as f64,
        };
        Counted { count, viewers: self.viewers }
    }
}

/// What a candidate changed beyond what the rest did.
pub struct Moved {
    /// Of what the measure counts.
    pub excess: f64,
    /// What its count would have been multiplied by, had it moved with the rest.
    pub ratio: f64,
    /// The count of the rest, after and before.
    pub rest: [f64; 2],
}

impl Moved {
    /// `None` where there is no rest to compare with, or no viewers.
    pub fn of(measure: Measure, own: [Counted; 2], all: [Counted; 2]) -> Option<Self> {
        let rest = [1, 0].map(|side| all[side].count - own[side].count);
        let mut ratio = rest[0] / rest[1];
        if measure.is_per_viewer() {
            let some = |viewers: i64| (viewers > 0).then_some(viewers as f64);
            let others = |side: usize| some(all[side].viewers - own[side].viewers);
            ratio *= some(own[1].viewers)? / some(own[0].viewers)? / (others(1)? / others(0)?);
        }
        let excess = own[1].count - ratio * own[0].count;
        (rest[0] > 0.0 && rest[1] > 0.0).then_some(Self { excess, ratio, rest })
    }
}

/// The log change that an excess stands for; `None` where the candidate is missing on a side.
pub fn figure(measure: Measure, own: [Counted; 2], all: [Counted; 2]) -> Option<f64> {
    let moved = Moved::of(measure, own, all)?;
    let mean = |a: f64, b: f64| log_mean(Dual::<0>::constant(a), Dual::constant(b)).value;
    (own[0].count > 0.0 && own[1].count > 0.0).then(|| moved.excess / mean(own[1].count, own[0].count))
}

/// The log of what a candidate counts over what the rest does; `None` where one is missing.
pub fn log_level(measure: Measure, own: Counted, all: Counted) -> Option<f64> {
    let (mut count, mut rest) = (own.count, all.count - own.count);
    if measure.is_per_viewer() {
        count /= own.viewers as f64;
        rest /= (all.viewers - own.viewers) as f64;
    }
    let level = libm::log(count / rest);
    (count > 0.0 && rest > 0.0 && level.is_finite()).then_some(level)
}
