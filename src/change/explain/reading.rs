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
    /// Of a broadcast, what was to be expected over what it sold.
    pub after: Option<f64>,
}

impl Reading {
    /// What it explains of its money.
    #[must_use]
    pub fn share(&self) -> Share {
        match self.after {
            Some(times) => Share::After(times),
            None if self.gmv.iter().all(|gmv| *gmv > 0) => Share::Before(self.times),
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

    /// Judges the log change that the excess stands for by those of the periods before.
    pub fn judge_by_habit(&mut self, now: f64, figures: Vec<f64>) {
        let (distance, p_value) = by_habit(now, &figures);
        self.unusual = Some(now.abs() > UNUSUAL * scaled_deviation(figures));
        self.p_value = self.p_value.max(p_value);
        self.score = self.score.min(distance);
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
