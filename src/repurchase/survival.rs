//! The time to the second order, where some buyers have not had theirs yet: the curve of Kaplan and Meier (1958).

use std::collections::BTreeMap;

use crate::factor::{Interval, quantile};
use crate::units::Level;

/// Buyers by how many days after their first order they had the second one, or were last seen without one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waits {
    /// By days: how many came back, and how many are not known beyond.
    days: BTreeMap<u32, (u64, u64)>,
}

/// A point of the curve, after a day on which some came back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Days after the first order.
    pub days: u32,
    /// Who had not come back before that day, as far as is known.
    pub at_risk: u64,
    /// Who came back on it.
    pub came_back: u64,
    /// The share that has not come back by then.
    pub waiting: f64,
    /// Its variance (Greenwood).
    pub variance: f64,
}

impl Step {
    /// The interval of the share that is waiting, on log(−log) of it.
    #[must_use]
    pub fn interval(&self, level: Level) -> Interval {
        let log = libm::log(self.waiting);
        if self.waiting <= 0.0 || log >= 0.0 {
            return Interval { low: self.waiting, high: self.waiting };
        }
        let reach = quantile(level) * self.variance.sqrt() / (self.waiting * log).abs();
        let moved = |by: f64| libm::pow(self.waiting, libm::exp(by));
        Interval { low: moved(reach), high: moved(-reach) }
    }
}

/// A quantile of the time to the second order, in days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WaitQuantile {
    /// `None` where the curve does not reach it: fewer came back within what is known.
    pub days: Option<u32>,
    /// The lower end of its interval.
    pub low: Option<u32>,
    /// The upper end.
    pub high: Option<u32>,
}

impl Waits {
    /// A buyer who had the second order so many days after the first.
    pub fn came_back(&mut self, days: u32) {
        self.days.entry(days).or_default().0 += 1;
    }

    /// A buyer who had none in the days that are known after the first.
    pub fn not_yet(&mut self, days: u32) {
        self.days.entry(days).or_default().1 += 1;
    }

    /// So many buyers of whom some came back so many days after the first order, and of whom some are not known beyond.
    pub fn add(&mut self, days: u32, came_back: u64, not_yet: u64) {
        let known = self.days.entry(days).or_default();
        known.0 += came_back;
        known.1 += not_yet;
    }

    /// Adds other buyers.
    pub fn merge(&mut self, other: &Self) {
        for (&days, &(back, not_yet)) in &other.days {
            self.add(days, back, not_yet);
        }
    }

    /// The curve: who was last seen on a day is still waiting on that day.
    #[must_use]
    pub fn curve(&self) -> Vec<Step> {
        let mut at_risk: u64 = self.days.values().map(|(back, not_yet)| back + not_yet).sum();
        let (mut waiting, mut sum) = (1.0, 0.0);
        let mut steps = Vec::new();
        for (&days, &(came_back, not_yet)) in &self.days {
            if came_back > 0 {
                let (risk, back) = (at_risk as f64, came_back as f64);
                waiting *= 1.0 - back / risk;
                sum += if risk > back { back / (risk * (risk - back)) } else { 0.0 };
                let variance = waiting * waiting * sum;
                steps.push(Step { days, at_risk, came_back, waiting, variance });
            }
            at_risk -= came_back + not_yet;
        }
        steps
    }

    /// The first day by which at least this share has come back, with the interval of Brookmeyer and Crowley (1982) on log(−log) of the
    /// curve: all days whose interval holds the share.
    #[must_use]
    pub fn quantile(&self, share: f64, level: Level) -> WaitQuantile {
        let curve = self.curve();
        let left = 1.0 - share;
        // Within rounding, since a curve of quarters is not exact.
        let reaches = |bound: f64| bound <= left + 1e-12;
        let first = |bound: &dyn Fn(&Step) -> f64| {
            curve.iter().find(|step| reaches(bound(step))).map(|step| step.days)
        };
        WaitQuantile {
            days: first(&|step| step.waiting),
            low: first(&|step| step.interval(level).low),
            high: first(&|step| step.interval(level).high),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The 6-MP arm of Freireich et al. (1963), as in every textbook: weeks of remission, + where it went on.
    fn remissions() -> Waits {
        let mut waits = Waits::default();
        for weeks in [6, 6, 6, 7, 10, 13, 16, 22, 23] {
            waits.came_back(weeks);
        }
        for weeks in [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35] {
            waits.not_yet(weeks);
        }
        waits
    }

    #[test]
    fn the_textbook_curve() {
        let expected = [
            (6, 0.857_143, 0.076_36),
            (7, 0.806_723, 0.086_94),
            (10, 0.752_941, 0.096_35),
            (13, 0.690_196, 0.106_81),
            (16, 0.627_451, 0.114_05),
            (22, 0.537_815, 0.128_23),
            (23, 0.448_179, 0.134_59),
        ];
        let curve = remissions().curve();
        assert_eq!(curve.len(), expected.len());
        for (step, (days, waiting, error)) in curve.iter().zip(expected) {
            assert_eq!(step.days, days);
            assert!((step.waiting - waiting).abs() < 1e-6, "{step:?}");
            assert!((step.variance.sqrt() - error).abs() < 1e-5, "{step:?}");
        }
    }

    /// Of the median: at 10 the lower bound is 0.7529^exp(1.96 · 0.0963 / 0.2137) = 0.503, at 13 it is 0.431; at 23 the upper one is 0.680.
    #[test]
    fn quantiles_by_hand() {
        let level = Level::new(0.95).unwrap();
        let waits = remissions();
        let quarter = waits.quantile(0.25, level);
        assert_eq!((quarter.days, quarter.low), (Some(13), Some(6)));
        assert_eq!(waits.quantile(0.5, level), WaitQuantile { days: Some(23), low: Some(13), high: None });
        assert_eq!(waits.quantile(0.75, level).days, None);
        assert_eq!(Waits::default().quantile(0.5, level), WaitQuantile::default());
        // All of four came back: a quarter of them on the first day.
        let mut all = Waits::default();
        (1..=4).for_each(|day| all.came_back(day));
        assert_eq!([0.25, 0.5, 0.75].map(|share| all.quantile(share, level).days), [1, 2, 3].map(Some));
    }
}
