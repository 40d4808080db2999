//! Orders and GMV that the buyers of today will bring within a time from the end of what was observed, with an interval.

use super::buying::{Buying, BuyingFit};
use super::history::{Buyer, Histories};
use super::refusal::Refusal;
use super::spending::{Spending, SpendingFit};
use crate::factor::{Interval, quantile};
use crate::units::Level;

/// An expected sum over buyers and how far the sum itself may be from it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Forecast {
    /// The expected sum.
    pub expected: f64,
    /// The part of its variance that comes from the parameters, which are estimated (delta method).
    pub of_parameters: f64,
    /// The part that comes from chance: what each buyer will do if the parameters are right. Infinite where values have no variance.
    pub of_chance: f64,
}

impl Forecast {
    /// So many times as much.
    #[must_use]
    pub fn times(self, times: f64) -> Self {
        let squared = times * times;
        Self {
            expected: times * self.expected,
            of_parameters: squared * self.of_parameters,
            of_chance: squared * self.of_chance,
        }
    }

    /// The interval that covers the sum itself, as it will be counted, with this probability; `None` where the variance is infinite or
    /// nothing is expected.
    ///
    /// The sum is taken as Gamma distributed with the expected mean and both variances, since it cannot be negative and is skewed where it
    /// is small; quantiles by Wilson & Hilferty (1931).
    #[must_use]
    pub fn interval(&self, level: Level) -> Option<Interval> {
        let variance = self.of_parameters + self.of_chance;
        if !(self.expected > 0.0 && variance.is_finite()) {
            return None;
        }
        // With shape k = mean² / variance, the cube root of the sum by its mean is nearly normal, of mean 1 − 1/(9k) and variance 1/(9k).
        let ninth = variance / (9.0 * self.expected * self.expected);
        let at = |errors: f64| {
            let root = (1.0 - ninth + errors * ninth.sqrt()).max(0.0);
            self.expected * root * root * root
        };
        Some(Interval { low: at(-quantile(level)), high: at(quantile(level)) })
    }
}

/// The purchases that buyers will make in the days after the end of their histories. They need not be those of the fit.
///
/// The interval covers the purchases that exactly these buyers will make, not those of buyers yet to come. Each buyer's variance is exact,
/// from the model's E\[Y²\] given its history; buyers are independent given the parameters.
#[must_use]
pub fn purchases(fit: &BuyingFit, histories: &Histories, days: u32) -> Forecast {
    let mut slopes = [0.0; 4];
    let (mut expected, mut of_chance) = (0.0, 0.0);
    for (history, weight) in histories.iter() {
        let prospect = fit.buying.prospect(history, days);
        expected += weight * prospect.mean;
        of_chance += weight * prospect.variance;
        add(&mut slopes, &prospect.slopes, weight);
    }
    Forecast { expected, of_parameters: fit.estimate.variance_of(slopes), of_chance }
}

/// The GMV, in units of the currency, that buyers will bring in the days after the end of their histories: Σ E\[Y\] · E\[M\].
///
/// Number and values of purchases are taken as independent, so that the likelihoods of the two models are separate factors and their
/// estimates uncorrelated. A buyer's GMV is a sum of Y values around its own mean μ, so that its variance is
/// E\[Y\] E\[Var(z | μ)\] + Var(Y) E\[μ²\] + E\[Y\]² Var(μ).
///
/// # Errors
///
/// [`Refusal::NoMean`] where the values of a buyer without any have no mean.
pub fn gmv(
    buying: &BuyingFit,
    spending: &SpendingFit,
    mut buyers: Vec<Buyer>,
    days: u32,
) -> Result<Forecast, Refusal> {
    let q = spending.spending.q;
    if q.is_nan() || q <= 1.0 {
        return Err(Refusal::NoMean { q });
    }
    buyers.sort_unstable();
    let mut sum = Money::default();
    for alike in buyers.chunk_by(|a, b| a.history == b.history) {
        sum.add(&buying.buying, &spending.spending, alike, days);
    }
    Ok(Forecast {
        expected: sum.expected,
        of_parameters: buying.estimate.variance_of(sum.by_buying)
            + spending.estimate.variance_of(sum.by_spending),
        of_chance: sum.of_chance,
    })
}

/// Sums over buyers.
#[derive(Default)]
struct Money {
    expected: f64,
    of_chance: f64,
    by_buying: [f64; 4],
    by_spending: [f64; 3],
}

impl Money {
    /// Adds buyers of one history, of whom the same number of purchases is expected.
    fn add(&mut self, buying: &Buying, spending: &Spending, alike: &[Buyer], days: u32) {
        let Some(first) = alike.first() else { return };
        let prospect = buying.prospect(first.history, days);
        let (mut mean, mut slopes, mut within, mut between, mut squares) = (0.0, [0.0; 3], 0.0, 0.0, 0.0);
        for buyer in alike {
            let worth = spending.worth(buyer.spend);
            mean += worth.mean;
            add(&mut slopes, &worth.slopes, 1.0);
            within += worth.within;
            between += worth.between;
            squares += worth.between + worth.mean * worth.mean;
        }
        self.expected += prospect.mean * mean;
        if prospect.mean > 0.0 {
            self.of_chance += prospect.mean * within
                + prospect.variance * squares
                + prospect.mean * prospect.mean * between;
        }
        add(&mut self.by_buying, &prospect.slopes, mean);
        add(&mut self.by_spending, &slopes, prospect.mean);
    }
}

/// Adds so many times a vector to another.
fn add<const N: usize>(to: &mut [f64; N], vector: &[f64; N], times: f64) {
    for (sum, own) in to.iter_mut().zip(vector) {
        *sum += times * own;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, Gamma};

    const LEVEL: f64 = 0.95;

    #[test]
    fn intervals_are_those_of_a_gamma_distribution() {
        let level = Level::new(LEVEL).unwrap();
        for (expected, variance) in [(4.0, 6.0), (60.0, 90.0), (5_000.0, 12_000.0)] {
            let forecast = Forecast { expected, of_parameters: variance / 3.0, of_chance: variance / 1.5 };
            let gamma = Gamma::new(expected * expected / variance, expected / variance).unwrap();
            let found = forecast.interval(level).unwrap();
            for (found, exact) in
                [(found.low, gamma.inverse_cdf(0.025)), (found.high, gamma.inverse_cdf(0.975))]
            {
                assert!((found - exact).abs() < 0.02 * variance.sqrt(), "{found} {exact}");
            }
        }
        let unknown = Forecast { expected: 4.0, of_parameters: 1.0, of_chance: f64::INFINITY };
        assert_eq!(unknown.interval(level), None);
        assert_eq!(Forecast { expected: 0.0, of_parameters: 0.0, of_chance: 0.0 }.interval(level), None);
    }
}
