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

/// What a candidate takes for each period.
pub const BYTES_OF_A_PERIOD: usize = size_of::<Sums>();

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
    // No less than nothing was sold, and of nothing there is no finite log.
    let level = libm::log(count / rest);
    level.is_finite().then_some(level)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIR: Pair = Pair { before: 1, after: 2, has_yardstick: true };

    fn counted(count: f64, viewers: i64) -> Counted {
        Counted { count, viewers }
    }

    fn history(sums: [(i128, i64, i64); 2]) -> History {
        let mut history = History::new(3);
        for (period, (gmv, orders, viewers)) in (1..).zip(sums) {
            let side = Some(period as usize - 1);
            let counts = PerMeasure([gmv, gmv + 1, i128::from(orders) * UNITS, 0]);
            history.add_sold(&Sold { leaf: 0, period, orders, gmv }, side, &counts);
            history.add_viewed(&Viewed { group: 0, period, viewers, watch: 9 }, side, 7);
        }
        history
    }

    #[test]
    fn what_was_sold_and_viewed_adds_up_by_period() {
        let mut history = history([(1_000, 10, 50), (2_000, 20, 100)]);
        history.add_sold(&Sold { leaf: 0, period: 2, orders: 1, gmv: 5 }, Some(1), &PerMeasure([5, 6, 7, 0]));
        history.add_sold(&Sold { leaf: 0, period: 0, orders: 3, gmv: 8 }, None, &PerMeasure([9; 4]));
        history.add_viewed(&Viewed { group: 0, period: 1, viewers: 4, watch: 0 }, Some(0), 2);
        history.add_viewed(&Viewed { group: 0, period: 0, viewers: 6, watch: 0 }, None, 9);
        let sums = history.periods.iter().map(|sums| (sums.gmv, sums.orders, sums.viewers));
        assert_eq!(sums.collect::<Vec<_>>(), [(8, 3, 6), (1_000, 10, 54), (2_005, 21, 100)]);
        let explained = |measure| history.explained(measure, PAIR).map(|side| (side.count, side.viewers));
        assert_eq!(explained(Measure::Gmv), [(1_000.0, 54), (2_005.0, 100)]);
        assert_eq!(explained(Measure::PerViewer), [(1_001.0, 54), (2_007.0, 100)]);
        let units = UNITS as f64;
        assert_eq!(explained(Measure::OrdersPerViewer), [(10.0 * units, 54), (20.0 * units + 7.0, 100)]);
        assert_eq!(explained(Measure::Viewers), [(9.0, 54), (7.0, 100)]);
        let of_two = history.sums((0, 2)).map(|sums| sums.counted(Measure::OrdersPerViewer).count as i64);
        assert_eq!(of_two, [3, 21]);
        history.forget_viewers();
        assert!(history.periods.iter().all(|sums| sums.viewers == 0));
    }

    #[test]
    fn each_measure_counts_its_own() {
        let sums = Sums { gmv: 500, orders: 7, viewers: 30 };
        let found = Measure::ALL.map(|measure| (sums.counted(measure).count, sums.counted(measure).viewers));
        assert_eq!(found, [(500.0, 30), (500.0, 30), (7.0, 30), (30.0, 30)]);
    }

    /// All double, so that the mean of each is its value before over ln 2: an order stands for 100, a viewer for 20.
    #[test]
    fn what_one_is_worth() {
        let history = history([(1_000, 10, 50), (2_000, 20, 100)]);
        let price = |measure| history.price(measure, PAIR);
        assert_eq!(
            [Measure::Gmv, Measure::PerViewer].map(|one| price(one).to_bits()),
            [1.0_f64.to_bits(); 2]
        );
        assert!((price(Measure::OrdersPerViewer) * UNITS as f64 - 100.0).abs() < 1e-9);
        assert!((price(Measure::Viewers) * UNITS as f64 - 20.0).abs() < 1e-9);
        let nobody = self::history([(1_000, 10, 0), (2_000, 20, 0)]);
        assert_eq!(nobody.price(Measure::Viewers, PAIR).to_bits(), 0.0_f64.to_bits());
    }

    /// The rest doubles, from 1,000 to 2,000, with 100 and 120 viewers; its own are three times as many.
    #[test]
    fn an_excess_is_beyond_what_the_rest_did() {
        let (own, all) =
            ([counted(100.0, 10), counted(150.0, 30)], [counted(1_100.0, 110), counted(2_150.0, 150)]);
        let moved = Moved::of(Measure::Gmv, own, all).unwrap();
        assert_eq!((moved.excess, moved.ratio, moved.rest), (-50.0, 2.0, [2_000.0, 1_000.0]));
        let moved = Moved::of(Measure::PerViewer, own, all).unwrap();
        assert!((moved.ratio - 5.0).abs() < 1e-12 && (moved.excess + 350.0).abs() < 1e-9);
        assert!((figure(Measure::Gmv, own, all).unwrap() + 1.5_f64.ln()).abs() < 1e-12);
        let missing = |own: [Counted; 2], all: [Counted; 2], measure| Moved::of(measure, own, all).is_none();
        assert!(missing(own, [own[0], all[1]], Measure::Gmv) && missing(own, [all[0], own[1]], Measure::Gmv));
        for side in 0..2 {
            let (mut unseen, mut alone) = (own, all);
            unseen[side].viewers = 0;
            alone[side].viewers = own[side].viewers;
            assert!(missing(unseen, all, Measure::PerViewer) && !missing(unseen, all, Measure::Gmv));
            assert!(missing(own, alone, Measure::OrdersPerViewer) && !missing(own, alone, Measure::Viewers));
            let mut absent = own;
            absent[side].count = 0.0;
            assert_eq!(figure(Measure::Gmv, absent, all), None);
            assert!(Moved::of(Measure::Gmv, absent, all).is_some());
        }
    }

    #[test]
    fn levels_are_logs_against_the_rest() {
        let level = |measure, own, all| log_level(measure, own, all);
        let (own, all) = (counted(200.0, 10), counted(300.0, 60));
        assert!((level(Measure::Gmv, own, all).unwrap() - 2.0_f64.ln()).abs() < 1e-15);
        assert!((level(Measure::PerViewer, own, all).unwrap() - 10.0_f64.ln()).abs() < 1e-15);
        assert_eq!(level(Measure::Gmv, counted(0.0, 10), all), None);
        assert_eq!(level(Measure::Gmv, own, own), None);
        assert_eq!(level(Measure::PerViewer, counted(200.0, 0), all), None);
        assert_eq!(level(Measure::PerViewer, own, counted(300.0, 10)), None);
    }
}
