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
