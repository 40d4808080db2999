//! Ratios of sums over persons, and how sure they are.

use crate::factor::{Interval, quantile};
use crate::journey::overflow::Overflow;
use crate::units::Level;

/// The ratio of two sums over persons, Σx / Σy, with the second moments that its error follows from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ratio {
    /// Σ x.
    pub x: i128,
    /// Σ y.
    pub y: i128,
    xx: i128,
    xy: i128,
    yy: i128,
}

impl Ratio {
    /// So many of so many persons.
    #[must_use]
    pub fn part(some: i64, all: i64) -> Self {
        let (x, y) = (i128::from(some), i128::from(all));
        Self { x, y, xx: x, xy: x, yy: y }
    }

    /// Of sums over persons that are known: Σx, Σy, Σx², Σxy, Σy².
    #[must_use]
    pub fn of_sums([x, y, xx, xy, yy]: [i128; 5]) -> Self {
        Self { x, y, xx, xy, yy }
    }

    /// Adds a person.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn add(&mut self, x: i64, y: i64) -> Result<(), Overflow> {
        let (x, y) = (i128::from(x), i128::from(y));
        self.merge(&Self { x, y, xx: x * x, xy: x * y, yy: y * y })
    }

    /// Adds other persons.
    ///
    /// # Errors
    /// When a sum does not fit.
    pub fn merge(&mut self, other: &Self) -> Result<(), Overflow> {
        let sums = [&mut self.x, &mut self.y, &mut self.xx, &mut self.xy, &mut self.yy];
        for (sum, more) in sums.into_iter().zip([other.x, other.y, other.xx, other.xy, other.yy]) {
            *sum = sum.checked_add(more).ok_or_else(|| Overflow::of("a sum behind a rate"))?;
        }
        Ok(())
    }

    /// The ratio; `None` where its denominator is 0.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        self.value_in(1)
    }

    /// The same where so many of x are one unit.
    #[must_use]
    pub fn value_in(&self, unit: i128) -> Option<f64> {
        (self.y != 0).then(|| self.x as f64 / (self.y * unit) as f64)
    }

    /// Its interval: persons are drawn by chance, so that the variance is Σ(x − R y)² / (Σy)² (delta method).
    #[must_use]
    pub fn interval(&self, level: Level) -> Option<Interval> {
        let ratio = self.value()?;
        let squares = self.xx as f64 - 2.0 * ratio * self.xy as f64 + ratio * ratio * self.yy as f64;
        let reach = quantile(level) * squares.max(0.0).sqrt() / (self.y as f64).abs();
        Some(Interval { low: ratio - reach, high: ratio + reach })
    }
}

/// The interval of a share of persons (Wilson 1927), which holds its level with few of them, and near 0 and 1.
#[must_use]
pub fn wilson(share: &Ratio, level: Level) -> Option<Interval> {
    let part = share.value()?;
    let (count, z) = (share.y as f64, quantile(level));
    let middle = (part + z * z / (2.0 * count)) / (1.0 + z * z / count);
    let reach =
        z / (1.0 + z * z / count) * (part * (1.0 - part) / count + z * z / (4.0 * count * count)).sqrt();
    Some(Interval { low: (middle - reach).max(0.0), high: (middle + reach).min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_by_hand() {
        // Three persons: orders 1, 2, 3. R = 2; Σ(x − 2)² = 2; reach 1.96 · √2 / 3.
        let mut ratio = Ratio::default();
        for orders in [1, 2, 3] {
            ratio.add(orders, 1).unwrap();
        }
        let level = Level::new(0.95).unwrap();
        let interval = ratio.interval(level).unwrap();
        let reach = 1.96 * 2_f64.sqrt() / 3.0;
        assert!(
            (interval.low - (2.0 - reach)).abs() < 1e-12 && (interval.high - (2.0 + reach)).abs() < 1e-12
        );
        assert_eq!(Ratio::default().interval(level), None);
    }

    /// At 90 %, as `proportion_confint(x, y, alpha=0.1, method="wilson")` of statsmodels reckons.
    #[test]
    fn wilson_by_its_formula() {
        let level = Level::new(0.9).unwrap();
        for (x, y, low, high) in [
            (5, 20, 0.127_377_168_520_358, 0.432_201_750_160_124),
            (0, 10, 0.000_000_000_000_000, 0.212_941_970_083_407),
            (10, 10, 0.787_058_029_916_593, 1.000_000_000_000_000),
        ] {
            let interval = wilson(&Ratio { x, y, ..Ratio::default() }, level).unwrap();
            assert!((interval.low - low).abs() < 1e-9, "{x} of {y}: {interval:?}");
            assert!((interval.high - high).abs() < 1e-9, "{x} of {y}: {interval:?}");
        }
    }
}
