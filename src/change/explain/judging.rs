//! What each candidate did beyond what the rest did, how sure that is, and whether it is unusual.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::candidates::Candidates;
use super::moments::{Explained, Moments, OfCandidate, error};
use crate::change::dual::{Dual, log_mean};
use crate::change::pair::Pair;
use crate::change::yardstick::{LEAST_CHANGES, UNUSUAL, scaled_deviation};
use crate::engine::cube::Cube;
use crate::factor::quantile;
use crate::units::Level;

/// Of fewer buyers, before and after together, a slice is never called significant.
pub const LEAST_BUYERS: i64 = 30;

/// A slice of one column stands for one of two that is in it, where it stands out nearly as much: this part.
const NEARLY: f64 = 0.75;

/// By what a slice is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measure {
    /// Its GMV.
    #[default]
    Gmv,
    /// Its GMV per viewer: whatever its traffic did.
    PerViewer,
}

impl Measure {
    /// The word in the output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gmv => "gmv",
            Self::PerViewer => "gmv_per_viewer",
        }
    }
}

/// What a candidate did.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// GMV before and after, in minor units.
    pub gmv: [i128; 2],
    /// Buyers before and after together.
    pub buyers: i64,
    /// By what it stands out most.
    pub measure: Measure,
    /// The change if it had moved with the rest, in minor units; by GMV per viewer, with the viewers that it had.
    pub expected: f64,
    /// What it changed beyond that, in minor units.
    pub excess: f64,
    /// The standard error of the excess.
    pub error: f64,
    /// How far the interval of the excess reaches on both sides.
    pub reach: f64,
    /// The probability of such an excess by chance between persons alone, and by what periods do, the larger of the two; doubled where it
    /// was judged by two measures.
    pub p_value: f64,
    /// Whether it is beyond chance between persons, false discoveries held down.
    pub beyond_sampling: bool,
    /// Whether it is more than what the periods before did; `None` where that is not known.
    pub unusual: Option<bool>,
    /// How much it stands out: the excess in units of what is usual.
    pub score: f64,
    /// So many times as much as the rest it moved, by each measure.
    pub times: [f64; 2],
}

impl Reading {
    /// Whether it is significant, or as much of that as is known.
    #[must_use]
    pub fn stands_out(&self) -> bool {
        self.significant().unwrap_or(self.beyond_sampling)
    }

    /// Both; `None` where it is not known what is usual.
    #[must_use]
    pub fn significant(&self) -> Option<bool> {
        self.unusual.map(|unusual| unusual && self.beyond_sampling)
    }
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

    /// What each candidate did beyond what is explained already; `moments` by measure, and those `among` which discoveries are made: all at
    /// first, then those that were discovered.
    #[must_use]
    pub fn readings(
        &self,
        explained: &Explained,
        moments: &[Moments; 2],
        among: &dyn Fn(u32) -> bool,
    ) -> Vec<Reading> {
        let (periods, candidates) = (self.cube.periods.len(), self.candidates.len());
        let mut all = History::new(periods);
        let mut own = vec![History::new(periods); candidates];
        for sold in self.cube.sold.iter().filter(|sold| !explained.has_leaf(sold.leaf)) {
            let is_before = sold.period == self.pair.before;
            let before = [Measure::Gmv, Measure::PerViewer]
                .map(|measure| if is_before { explained.before(measure, sold.leaf, sold.gmv) } else { 0 });
            all.add_sold(sold.period, sold.gmv, before);
            for &candidate in self.candidates.of_leaf(sold.leaf) {
                own[candidate as usize].add_sold(sold.period, sold.gmv, before);
            }
        }
        for (at, viewed) in self.cube.viewed.iter().enumerate().filter(|(at, _)| !explained.has_viewed(*at)) {
            all.periods[viewed.period as usize].viewers += viewed.viewers;
            for &candidate in self.candidates.of_viewed(at) {
                own[candidate as usize].periods[viewed.period as usize].viewers += viewed.viewers;
            }
        }
        let reading = |(own, candidate): (&mut History, u32)| {
            if !explained.knows_viewers(&self.candidates.slice(candidate)) {
                own.forget_viewers();
            }
            let of_candidate = |one: &'_ Moments| (one.candidates[candidate as usize], one.all);
            self.reading(own, &all, &moments.each_ref().map(of_candidate))
        };
        let mut readings: Vec<Reading> = own.iter_mut().zip(0..).map(reading).collect();
        self.control(&mut readings, among);
        readings
    }

    /// What a candidate did, by the measure by which it stands out more.
    fn reading(&self, own: &History, all: &History, moments: &[(OfCandidate, [i128; 3]); 2]) -> Reading {
        let by = |measure: Measure| self.measured(measure, own, all, &moments[measure as usize]);
        let mut reading = by(Measure::Gmv);
        if own.periods.iter().any(|one| one.viewers > 0) {
            let other = by(Measure::PerViewer);
            let times = [reading.times[0], other.times[1]];
            if other.p_value < reading.p_value {
                reading = other;
            }
            reading.times = times;
            reading.p_value = (2.0 * reading.p_value).min(1.0);
        } else {
            reading.times[1] = reading.times[0];
        }
        reading
    }

    fn measured(
        &self,
        measure: Measure,
        own: &History,
        all: &History,
        (sums, total): &(OfCandidate, [i128; 3]),
    ) -> Reading {
        let gmv = [self.pair.before, self.pair.after].map(|period| own.periods[period as usize].gmv);
        let mut reading = Reading {
            gmv,
            buyers: sums[7] as i64,
            measure,
            p_value: 1.0,
            times: [1.0; 2],
            ..Reading::default()
        };
        let [own_now, all_now] = [own, all].map(|one| one.explained(measure, self.pair));
        let Some(Moved { excess, ratio, rest }) = Moved::of(measure, own_now, all_now) else {
            return reading;
        };
        let before = own_now[0].gmv as f64;
        if before > 0.0 && gmv[1] > 0 {
            reading.times[measure as usize] = gmv[1] as f64 / (ratio * before);
        }
        reading.expected = (gmv[1] - gmv[0]) as f64 - excess;
        reading.excess = excess;
        reading.error = error(sums, *total, ratio, rest.map(|rest| ratio * before / rest));
        reading.reach = quantile(self.level) * reading.error;
        let z = if reading.error > 0.0 { excess / reading.error } else { 0.0 };
        reading.p_value = 2.0 * Normal::standard().cdf(-z.abs());
        reading.score = z.abs();
        match self.usual(measure, own, all) {
            None => {}
            Some(Usual::Presence(is_steady)) => reading.unusual = Some(is_steady),
            Some(Usual::Figures(figures)) => {
                let now = figure(measure, own_now, all_now).unwrap_or_default();
                let (distance, p_value) = by_habit(now, &figures);
                reading.unusual = Some(now.abs() > UNUSUAL * scaled_deviation(figures));
                reading.p_value = reading.p_value.max(p_value);
                reading.score = reading.score.min(distance);
            }
        }
        reading
    }

    /// What is usual for a candidate; `None` where too few changes come before.
    fn usual(&self, measure: Measure, own: &History, all: &History) -> Option<Usual> {
        if !self.has_yardstick() {
            return None;
        }
        let there = |period: u32| own.periods[period as usize].gmv > 0;
        if there(self.pair.before) != there(self.pair.after) {
            // That it came or went is unusual where nothing of that kind came before.
            return Some(Usual::Presence(self.preceding.iter().all(|&(a, b)| there(a) == there(b))));
        }
        let figures =
            self.preceding.iter().filter_map(|&pair| figure(measure, own.sums(pair), all.sums(pair)));
        let figures: Vec<f64> = figures.collect();
        (figures.len() >= LEAST_CHANGES).then_some(Usual::Figures(figures))
    }

    /// False discoveries held to what the level leaves (Benjamini and Hochberg 1995), among slices of one column and among pairs.
    fn control(&self, readings: &mut [Reading], among: &dyn Fn(u32) -> bool) {
        for is_single in [true, false] {
            let family =
                (0..readings.len() as u32).filter(|one| self.candidates.single(*one).is_some() == is_single);
            let mut family: Vec<u32> =
                family.filter(|one| readings[*one as usize].buyers >= LEAST_BUYERS && among(*one)).collect();
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
    pub fn best(&self, readings: &[Reading], chosen: &[(u32, Reading, Option<usize>)]) -> Option<u32> {
        let values = |candidate: u32| self.candidates.slice(candidate).values;
        // What lies within a slice that was told is told.
        let is_new = |candidate: u32| {
            let own = values(candidate);
            !chosen.iter().any(|(known, _, _)| values(*known).iter().all(|value| own.contains(value)))
        };
        let all = readings
            .iter()
            .zip(0..)
            .filter(|(reading, candidate)| reading.stands_out() && is_new(*candidate));
        let texts = |candidate: u32| self.candidates.texts(self.cube, candidate);
        let names = |candidate: u32| (texts(candidate).len(), texts(candidate));
        let all: Vec<(&Reading, u32)> = all.collect();
        let in_order = |a: &&(&Reading, u32), b: &&(&Reading, u32)| {
            a.0.score.total_cmp(&b.0.score).then_with(|| names(b.1).cmp(&names(a.1)))
        };
        let best = all.iter().max_by(in_order)?;
        let best_values = values(best.1);
        let stands_for_it = |one: &&(&Reading, u32)| {
            let own = values(one.1);
            own.len() < best_values.len()
                && own.iter().all(|value| best_values.contains(value))
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

/// What was sold and viewed of a candidate, or of all, in a period.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    gmv: i128,
    /// Viewers; 0 of a candidate that does not divide them.
    viewers: i64,
}

/// All periods of a candidate, or of all.
#[derive(Debug, Clone)]
struct History {
    periods: Vec<Sums>,
    /// The GMV before, by measure, with what is explained already.
    before: [i128; 2],
}

impl History {
    fn new(periods: usize) -> Self {
        Self { periods: vec![Sums::default(); periods], before: [0; 2] }
    }

    fn add_sold(&mut self, period: u32, gmv: i128, before: [i128; 2]) {
        self.periods[period as usize].gmv += gmv;
        self.before.iter_mut().zip(before).for_each(|(sum, more)| *sum += more);
    }

    fn forget_viewers(&mut self) {
        self.periods.iter_mut().for_each(|sums| sums.viewers = 0);
    }

    fn sums(&self, (before, after): (u32, u32)) -> [Sums; 2] {
        [before, after].map(|period| self.periods[period as usize])
    }

    /// The two periods that are compared, before as it would be with what is explained already.
    fn explained(&self, measure: Measure, pair: Pair) -> [Sums; 2] {
        let [before, after] = self.sums((pair.before, pair.after));
        [Sums { gmv: self.before[measure as usize], ..before }, after]
    }
}

/// What a candidate changed beyond what the rest did.
struct Moved {
    excess: f64,
    /// What its GMV would have been multiplied by, had it moved with the rest.
    ratio: f64,
    /// The GMV of the rest, after and before.
    rest: [f64; 2],
}

impl Moved {
    /// `None` where there is no rest to compare with, or no viewers.
    fn of(measure: Measure, own: [Sums; 2], all: [Sums; 2]) -> Option<Self> {
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
fn figure(measure: Measure, own: [Sums; 2], all: [Sums; 2]) -> Option<f64> {
    let moved = Moved::of(measure, own, all)?;
    let mean = |a: i128, b: i128| log_mean(Dual::<0>::constant(a as f64), Dual::constant(b as f64)).value;
    (own[0].gmv > 0 && own[1].gmv > 0).then(|| moved.excess / mean(own[1].gmv, own[0].gmv))
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
