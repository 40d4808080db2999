//! What a candidate did, and how it is judged.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

use super::moments::Share;
use crate::change::yardstick::{UNUSUAL, scaled_deviation};

/// By what a slice is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Measure {
    /// Its GMV.
    #[default]
    Gmv,
    /// Its GMV per viewer: whatever its traffic did.
    PerViewer,
    /// Its orders per viewer: whatever its prices did too.
    OrdersPerViewer,
    /// Its viewers: whatever they did.
    Viewers,
}

impl Measure {
    /// All.
    pub const ALL: [Self; 4] = [Self::Gmv, Self::PerViewer, Self::OrdersPerViewer, Self::Viewers];

    /// Whether it is of those that divide by viewers.
    #[must_use]
    pub fn is_per_viewer(self) -> bool {
        matches!(self, Self::PerViewer | Self::OrdersPerViewer)
    }

    /// Whether it is of those that are known for columns alone that divide viewers.
    #[must_use]
    pub fn needs_viewers(self) -> bool {
        self != Self::Gmv
    }

    /// The word in the output.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gmv => "gmv",
            Self::PerViewer => "gmv_per_viewer",
            Self::OrdersPerViewer => "orders_per_viewer",
            Self::Viewers => "uv",
        }
    }
}

/// Something of each measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PerMeasure<T>(pub [T; 4]);

impl<T> PerMeasure<T> {
    /// Of each.
    #[must_use]
    pub fn each(of: impl FnMut(Measure) -> T) -> Self {
        Self(Measure::ALL.map(of))
    }
}

impl<T> std::ops::Index<Measure> for PerMeasure<T> {
    type Output = T;

    fn index(&self, measure: Measure) -> &T {
        &self.0[measure as usize]
    }
}

impl<T> std::ops::IndexMut<Measure> for PerMeasure<T> {
    fn index_mut(&mut self, measure: Measure) -> &mut T {
        &mut self.0[measure as usize]
    }
}

/// What a candidate did.
#[derive(Debug, Clone)]
pub struct Reading {
    /// GMV before and after, in minor units.
    pub gmv: [i128; 2],
    /// Buyers before and after together.
    pub buyers: i64,
    /// By what it stands out most.
    pub measure: Measure,
    /// The change if it had moved with the rest, in minor units; by measures per viewer with the viewers that it had; by orders
    /// per viewer and viewers at what an order, or a viewer, brought after.
    pub expected: f64,
    /// What it changed beyond that, in minor units.
    pub excess: f64,
    /// The standard error of the excess.
    pub error: f64,
    /// How far the interval of the excess reaches on both sides.
    pub reach: f64,
    /// The probability of such an excess by chance between persons alone, and by what periods do, the larger of the two; times the number
    /// of measures that it was judged by.
    pub p_value: f64,
    /// Whether it is beyond chance between persons, false discoveries held down.
    pub beyond_sampling: bool,
    /// Whether it is more than what the periods before did; `None` where that is not known.
    pub unusual: Option<bool>,
    /// How much it stands out: the excess in units of what is usual.
    pub score: f64,
    /// So many times as much as the rest it moved, by its measure.
    pub times: f64,
    /// The same by each measure.
    pub times_by: PerMeasure<f64>,
    /// Of a broadcast, what was to be expected over what it sold.
    pub after: Option<f64>,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            gmv: [0; 2],
            buyers: 0,
            measure: Measure::default(),
            expected: 0.0,
            excess: 0.0,
            error: 0.0,
            reach: 0.0,
            p_value: 1.0,
            beyond_sampling: false,
            unusual: None,
            score: 0.0,
            times: 1.0,
            times_by: PerMeasure([1.0; 4]),
            after: None,
        }
    }
}

impl Reading {
    /// What it explains of its money.
    #[must_use]
    pub fn share(&self) -> Share {
        match self.after {
            Some(times) => Share::After(times),
            None if self.gmv.iter().all(|gmv| *gmv > 0) => Share::Before(self.times_by),
            None => Share::All,
        }
    }

    /// Both; `None` where it is not known what is usual.
    #[must_use]
    pub fn significant(&self) -> Option<bool> {
        self.unusual.map(|unusual| unusual && self.beyond_sampling)
    }

    /// Judges the excess by its error.
    pub fn judge_by_chance(&mut self) {
        let z = if self.error > 0.0 { self.excess / self.error } else { 0.0 };
        self.p_value = 2.0 * Normal::standard().cdf(-z.abs());
        self.score = z.abs();
    }

    /// Judges the log change that the excess stands for by those of the periods before; its probability by these figures, or by levels.
    pub fn judge_by_habit(&mut self, now: f64, figures: Vec<f64>, levels: Option<Levels>) {
        let (distance, p_value) = match levels {
            Some(levels) => levels.judge(now),
            None => by_habit(now, &figures),
        };
        self.unusual = Some(now.abs() > UNUSUAL * scaled_deviation(figures));
        self.p_value = self.p_value.max(p_value);
        self.score = self.score.min(distance);
    }
}

/// The log levels of a slice against the rest, which move half as much by chance as their differences do.
#[derive(Debug)]
pub struct Levels {
    /// Of the periods before the two.
    pub earlier: Vec<f64>,
    /// Of the two that are compared.
    pub compared: [f64; 2],
}

impl Levels {
    /// How far one of the two periods is off in the direction of the change, and the probability that either is so far off.
    fn judge(&self, change: f64) -> (f64, f64) {
        let count = self.earlier.len() as f64;
        let mean = self.earlier.iter().sum::<f64>() / count;
        let [before, after] = self.compared;
        let off = ((after - mean) * change.signum()).max((mean - before) * change.signum());
        let (distance, p_value) = by_habit(off.max(0.0), &self.earlier);
        (distance, (2.0 * p_value).min(1.0))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Both tails of Student's t with three degrees of freedom, which has a formula.
    fn tails(distance: f64) -> f64 {
        let x = distance / 3.0_f64.sqrt();
        1.0 - 2.0 / std::f64::consts::PI * (x / (1.0 + x * x) + x.atan())
    }

    fn assert_close(found: (f64, f64), expected: (f64, f64)) {
        assert!((found.0 - expected.0).abs() < 1e-12, "{found:?} {expected:?}");
        assert!((found.1 - expected.1).abs() < 1e-9, "{found:?} {expected:?}");
    }

    /// The mean 2, the variance 4/3, that of another one 5/3.
    const FIGURES: [f64; 4] = [3.0, 1.0, 3.0, 1.0];

    #[test]
    fn a_figure_is_held_against_those_before() {
        let distance = 2.0 / (5.0_f64 / 3.0).sqrt();
        assert_close(by_habit(2.0, &FIGURES), (distance, tails(distance)));
        assert_close(by_habit(-2.0, &FIGURES), (distance, tails(distance)));
        assert_eq!(by_habit(0.0, &FIGURES), (0.0, 1.0));
    }

    #[test]
    fn levels_tell_which_of_the_two_periods_is_off() {
        let judge =
            |compared: [f64; 2], change: f64| Levels { earlier: FIGURES.to_vec(), compared }.judge(change);
        let off = |by: f64| {
            let distance = by / (5.0_f64 / 3.0).sqrt();
            (distance, (2.0 * tails(distance)).min(1.0))
        };
        assert_close(judge([1.5, 4.0], 2.5), off(2.0));
        assert_close(judge([-1.0, 2.5], 3.5), off(3.0));
        assert_close(judge([2.5, 0.0], -2.5), off(2.0));
        assert_close(judge([6.0, 1.5], -4.5), off(4.0));
        assert_close(judge([3.0, 1.9], 1.0), (0.0, 1.0));
    }

    #[test]
    fn chance_alone_by_hand() {
        let judged = |excess, error| {
            let mut reading = Reading { excess, error, ..Reading::default() };
            reading.judge_by_chance();
            (reading.score, reading.p_value)
        };
        // Both tails of the normal distribution.
        assert_close(judged(3.0, 1.5), (2.0, 0.045_500_263_896_358_4));
        assert_close(judged(-3.0, 1.5), (2.0, 0.045_500_263_896_358_4));
        assert_close(judged(3.0, 0.0), (0.0, 1.0));
    }

    #[test]
    fn habit_never_makes_a_reading_surer() {
        let judged = |p_value, score, now, figures: Vec<f64>| {
            let mut reading = Reading { p_value, score, ..Reading::default() };
            reading.judge_by_habit(now, figures, None);
            (reading.unusual, reading.p_value, reading.score)
        };
        let distance = 2.0 / (5.0_f64 / 3.0).sqrt();
        let (unusual, p_value, score) = judged(1e-6, 9.0, 2.0, FIGURES.to_vec());
        assert_eq!(unusual, Some(false), "the scaled deviation is 1.4826");
        assert_close((score, p_value), (distance, tails(distance)));
        assert_eq!(judged(0.5, 0.25, 2.0, FIGURES.to_vec()), (Some(false), 0.5, 0.25));
        assert_eq!(judged(1.0, 0.0, 4.46, FIGURES.to_vec()).0, Some(true));
        assert_eq!(judged(1.0, 0.0, -4.4, FIGURES.to_vec()).0, Some(false));
        assert_eq!(judged(1.0, 0.0, 0.0, vec![0.0; 4]).0, Some(false));
    }

    #[test]
    fn what_a_reading_explains_and_whether_it_is_significant() {
        let of = |gmv, after| Reading { gmv, after, ..Reading::default() }.share();
        let times = PerMeasure([1.0; 4]);
        assert_eq!(of([5, 7], None), Share::Before(times));
        assert_eq!(of([0, 7], None), Share::All);
        assert_eq!(of([5, 0], None), Share::All);
        assert_eq!(of([0, 7], Some(0.5)), Share::After(0.5));
        let significant = |unusual, beyond_sampling| {
            Reading { beyond_sampling, unusual, ..Reading::default() }.significant()
        };
        let asked = [(Some(true), true), (Some(true), false), (Some(false), true), (None, true)];
        let found = asked.map(|(unusual, beyond)| significant(unusual, beyond));
        assert_eq!(found, [Some(true), Some(false), Some(false), None]);
    }

    #[test]
    fn measures_that_divide_by_viewers() {
        let [gmv, per_viewer, orders, viewers] = Measure::ALL;
        let per = [gmv, per_viewer, orders, viewers].map(Measure::is_per_viewer);
        assert_eq!(per, [false, true, true, false]);
        assert_eq!(Measure::ALL.map(Measure::needs_viewers), [false, true, true, true]);
        let names = ["gmv", "gmv_per_viewer", "orders_per_viewer", "uv"];
        assert_eq!(Measure::ALL.map(Measure::name), names);
        let mut each = PerMeasure::each(|measure| measure as usize);
        each[orders] += 5;
        assert_eq!((each, each[viewers]), (PerMeasure([0, 1, 7, 3]), 3));
    }
}
