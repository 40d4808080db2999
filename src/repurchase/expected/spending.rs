//! What a purchase of a buyer is worth: the Gamma–Gamma model of P. S. Fader and B. G. S. Hardie, *The Gamma-Gamma model of monetary
//! value*, 2013 (brucehardie.com/notes/025). Values of one buyer are Gamma(p, ν), and ν is Gamma(q, v) over buyers.

use super::fitting::{Estimate, Evaluation, Likelihood, fit};
use super::gamma::{digamma, log, trigamma};
use super::history::{Spend, Spends};
use super::refusal::Refusal;

/// Buyers with a value that a fit needs.
pub const FEWEST_BUYERS: u64 = 30;
/// Buyers with two purchases or more that a fit needs: only they tell the spread within a buyer from that between buyers.
pub const FEWEST_REPEATS: u64 = 10;

/// The correlation of number and mean value beyond which they are not to be taken as independent, as the model does: that of CDNOW, on
/// which the model was made, is 0.11.
pub const LARGEST_CORRELATION: f64 = 0.2;

/// How many of its standard errors, 1/√n, a correlation must be from 0 not to be chance (1 % by chance).
const CHANCE: f64 = 2.576;

/// How far p and q may go in both directions, and v times and by the mean value.
const FARTHEST: f64 = 1e4;

/// The parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spending {
    /// The shape of a buyer's values.
    pub p: f64,
    /// The shape of the distribution of their scales over buyers.
    pub q: f64,
    /// Its scale, in units of the currency (γ in the note).
    pub v: f64,
}

/// What a purchase of one buyer is worth, in units of the currency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Worth {
    /// The expected value of a purchase.
    pub mean: f64,
    /// Its derivatives by p, q and v.
    pub slopes: [f64; 3],
    /// The variance of the buyer's own mean value; infinite where it has none.
    pub between: f64,
    /// The variance of one purchase around that mean value; infinite where it has none.
    pub within: f64,
}

impl Spending {
    /// The mean value over buyers, p v / (q − 1): what is expected of one of whom nothing is known.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.p * self.v / (self.q - 1.0)
    }

    /// What a purchase of a buyer is worth: E\[M\] = p (v + x m̄) / (p x + q − 1), a mean of its own value and of that of all buyers.
    ///
    /// ν of this buyer is Gamma(p x + q, v + x m̄), which gives the mean and variance of its mean value p / ν and, with p / ν² the
    /// variance of a purchase, that around it.
    #[must_use]
    pub fn worth(&self, spend: Spend) -> Worth {
        let number = if spend.is_known() { f64::from(spend.purchases) } else { 0.0 };
        let scale = self.v + if spend.is_known() { spend.money() } else { 0.0 };
        let degrees = self.p * number + self.q - 1.0;
        let mean = self.p * scale / degrees;
        let slopes = [scale / degrees * (1.0 - self.p * number / degrees), -mean / degrees, self.p / degrees];
        let square = if degrees > 1.0 { scale * scale / (degrees * (degrees - 1.0)) } else { f64::INFINITY };
        Worth {
            mean,
            slopes,
            between: (self.p * self.p * square - mean * mean).max(0.0),
            within: self.p * square,
        }
    }
}

/// A fitted model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SpendingFit {
    /// The parameters.
    pub spending: Spending,
    /// How sure they are, in the order p, q, v.
    pub estimate: Estimate<3>,
    /// Buyers with a value.
    pub buyers: u64,
    /// Those of them with two purchases or more.
    pub repeat_buyers: u64,
    /// Buyers left out, since they have no purchase with a value, or values that add up to nothing.
    pub without_value: u64,
    /// The correlation of the number of purchases and their mean value, over buyers; `None` where all have the same number.
    pub correlation: Option<f64>,
}

impl SpendingFit {
    /// Fits by maximum likelihood.
    ///
    /// # Errors
    ///
    /// Any [`Refusal`] but those of ages.
    pub fn of(spends: &Spends) -> Result<Self, Refusal> {
        let buyers = spends.count(Spend::is_known);
        let repeat_buyers = spends.count(|spend| spend.is_known() && spend.purchases > 1);
        if buyers < FEWEST_BUYERS {
            return Err(Refusal::TooFewBuyers { found: buyers, needed: FEWEST_BUYERS });
        }
        if repeat_buyers < FEWEST_REPEATS {
            return Err(Refusal::TooFewRepeats { found: repeat_buyers, needed: FEWEST_REPEATS });
        }
        let means = Means::of(spends);
        if means.of_values.1 <= 1e-12 * means.of_values.0 * means.of_values.0 {
            return Err(Refusal::OneValue);
        }
        let estimate = fit(&Observed::of(spends, means))?;
        let [p, q, v] = estimate.parameters;
        if q <= 1.0 {
            return Err(Refusal::NoMean { q });
        }
        Ok(Self {
            spending: Spending { p, q, v },
            estimate,
            buyers,
            repeat_buyers,
            without_value: spends.total() - buyers,
            correlation: means.correlation(),
        })
    }

    /// Whether the number and the mean value of purchases go together more than the model can bear and more than by chance: its GMV is to
    /// be taken with care.
    #[must_use]
    pub fn is_dependent(&self) -> bool {
        let least = LARGEST_CORRELATION.max(CHANCE / (self.buyers as f64).sqrt());
        self.correlation.is_some_and(|correlation| correlation.abs() > least)
    }
}

/// Means and variances over buyers.
#[derive(Clone, Copy)]
struct Means {
    /// Mean and variance of the number of purchases.
    of_numbers: (f64, f64),
    /// Mean and variance of their mean values.
    of_values: (f64, f64),
    covariance: f64,
}

impl Means {
    fn of(spends: &Spends) -> Self {
        let known = || {
            let known = spends.iter().filter(|(spend, _)| spend.is_known());
            known.map(|(spend, weight)| {
                (f64::from(spend.purchases), spend.money() / f64::from(spend.purchases), weight)
            })
        };
        let buyers: f64 = known().map(|(_, _, weight)| weight).sum();
        let mean = |of: &dyn Fn(f64, f64) -> f64| {
            known().map(|(number, value, weight)| weight * of(number, value)).sum::<f64>() / buyers
        };
        let (number, value) = (mean(&|number, _| number), mean(&|_, value| value));
        Self {
            of_numbers: (number, mean(&|own, _| (own - number) * (own - number))),
            of_values: (value, mean(&|_, own| (own - value) * (own - value))),
            covariance: mean(&|n, own| (n - number) * (own - value)),
        }
    }

    fn correlation(&self) -> Option<f64> {
        let spread = (self.of_numbers.1 * self.of_values.1).sqrt();
        (spread > 0.0).then(|| self.covariance / spread)
    }
}

/// The data of a likelihood.
struct Observed {
    /// Numbers of purchases, each with how many buyers have it.
    numbers: Vec<(f64, f64)>,
    /// Each buyer's purchases, money, and how many are alike.
    buyers: Vec<(f64, f64, f64)>,
    count: f64,
    /// Σ x ln (x m̄), and Σ ln m̄.
    log_money: f64,
    log_values: f64,
    means: Means,
}

impl Observed {
    fn of(spends: &Spends, means: Means) -> Self {
        let known = spends.iter().filter(|(spend, _)| spend.is_known());
        let buyers: Vec<(f64, f64, f64)> =
            known.map(|(spend, weight)| (f64::from(spend.purchases), spend.money(), weight)).collect();
        let mut numbers: Vec<(f64, f64)> = Vec::new();
        for (number, _, weight) in &buyers {
            // They come in ascending order.
            match numbers.last_mut() {
                Some((same, count)) if *same >= *number => *count += weight,
                _ => numbers.push((*number, *weight)),
            }
        }
        let sum =
            |of: fn(f64, f64) -> f64| buyers.iter().map(|(n, money, weight)| weight * of(*n, *money)).sum();
        Self {
            log_money: sum(|number, money| number * libm::log(money)),
            log_values: sum(|number, money| libm::log(money / number)),
            count: sum(|_, _| 1.0),
            numbers,
            buyers,
            means,
        }
    }

    /// What does not depend on how the money lies: the Γ functions of p x + q, p x and q, and the logs of money.
    fn of_numbers(&self, [p, q, v]: [f64; 3]) -> Evaluation<3> {
        let mut sum = Evaluation::ZERO;
        for (number, weight) in &self.numbers {
            let (both, own) = (p * number + q, p * number);
            sum.value += weight * (log(both) - log(own));
            let (slope, second) = (digamma(both), trigamma(both));
            sum.slopes[0] += weight * number * (slope - digamma(own));
            sum.slopes[1] += weight * slope;
            sum.curvature[0][0] += weight * number * number * (second - trigamma(own));
            sum.curvature[0][1] += weight * number * second;
            sum.curvature[1][1] += weight * second;
        }
        sum.value += self.count * (q * libm::log(v) - log(q)) + p * self.log_money - self.log_values;
        sum.slopes[0] += self.log_money;
        sum.slopes[1] += self.count * (libm::log(v) - digamma(q));
        sum.slopes[2] += self.count * q / v;
        sum.curvature[1][1] -= self.count * trigamma(q);
        sum.curvature[1][2] += self.count / v;
        sum.curvature[2][2] -= self.count * q / (v * v);
        sum
    }
}

impl Likelihood<3> for Observed {
    const NAMES: [&'static str; 3] = ["p", "q", "v"];

    /// Equation 1a of the note in logs; with s = x m̄: ln Γ(p x + q) − ln Γ(p x) − ln Γ(q) + q ln v + p x ln s − ln m̄
    /// − (p x + q) ln (v + s).
    fn at(&self, parameters: [f64; 3]) -> Evaluation<3> {
        let [p, q, v] = parameters;
        let mut sum = self.of_numbers(parameters);
        for (number, money, weight) in &self.buyers {
            let (degrees, scale) = (p * number + q, v + money);
            let (log_scale, share) = (weight * libm::log(scale), weight / scale);
            sum.value -= degrees * log_scale;
            sum.slopes[0] -= number * log_scale;
            sum.slopes[1] -= log_scale;
            sum.slopes[2] -= degrees * share;
            sum.curvature[0][2] -= number * share;
            sum.curvature[1][2] -= share;
            sum.curvature[2][2] += degrees * share / scale;
        }
        sum
    }

    fn buyers(&self) -> f64 {
        self.count
    }

    /// Narrow and wide values within a buyer, and between buyers; v from the mean value.
    fn starts(&self) -> Vec<[f64; 3]> {
        let mean = self.means.of_values.0;
        let mut starts = Vec::new();
        for p in [0.7, 3.0, 12.0] {
            for q in [1.5, 3.0, 10.0] {
                starts.push([p, q, mean * (q - 1.0) / p]);
            }
        }
        starts
    }

    fn bounds(&self) -> [(f64, f64); 3] {
        let (range, mean) = ((1.0 / FARTHEST, FARTHEST), self.means.of_values.0);
        [range, range, (mean / FARTHEST / FARTHEST, mean * FARTHEST)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repurchase::expected::history::Counted;

    const PUBLISHED: Spending = Spending { p: 6.25, q: 3.74, v: 15.44 };

    fn spend(purchases: u32, total: i64) -> Spend {
        Spend { purchases, total }
    }

    fn few() -> Spends {
        Counted::of_groups([(spend(1, 2_000), 2), (spend(3, 10_650), 1), (spend(2, 0), 4)])
    }

    #[test]
    fn the_likelihood_is_that_of_an_outside_library() {
        // Equation 1a of the note in mpmath 1.4, for the three buyers that have a value.
        let spends = few();
        let found = Observed::of(&spends, Means::of(&spends)).at([6.25, 3.74, 15.44]).value;
        assert!((found + 11.278_945_195_577_237).abs() < 1e-12, "{found}");
    }

    #[test]
    fn derivatives_are_those_of_differences() {
        let spends = few();
        let observed = Observed::of(&spends, Means::of(&spends));
        for parameters in [[6.25, 3.74, 15.44], [0.4, 1.2, 200.0]] {
            let here = observed.at(parameters);
            for row in 0..3 {
                let step = 1e-5 * parameters[row];
                let moved = |by: f64| {
                    let mut near = parameters;
                    near[row] += by;
                    observed.at(near)
                };
                let (up, down) = (moved(step), moved(-step));
                let slope = (up.value - down.value) / (2.0 * step);
                assert!((slope - here.slopes[row]).abs() < 1e-7 * (1.0 + slope.abs()), "{row}: {slope}");
                for column in row..3 {
                    let second = (up.slopes[column] - down.slopes[column]) / (2.0 * step);
                    let found = here.curvature[row][column];
                    assert!(
                        (second - found).abs() < 1e-7 * (1.0 + second.abs()),
                        "{row} {column}: {second} {found}"
                    );
                }
            }
        }
    }

    #[test]
    fn worth_is_between_its_own_mean_and_that_of_all() {
        // By hand: 6.25 × 15.44 / 2.74 = 35.2190; 6.25 × (15.44 + 60) / (12.5 + 2.74) = 30.9383.
        assert!((PUBLISHED.worth(Spend::default()).mean - 35.218_978).abs() < 1e-6);
        assert!((PUBLISHED.mean() - 35.218_978).abs() < 1e-6);
        let worth = PUBLISHED.worth(spend(2, 6_000));
        assert!((worth.mean - 30.938_320).abs() < 1e-6, "{worth:?}");
        // E[p² / ν²] − mean² with ν Gamma(16.24, 75.44): 6.25² × 75.44² / (15.24 × 14.24) − mean².
        assert!((worth.between - 67.217_673).abs() < 1e-4, "{worth:?}");
        assert!((worth.within - (worth.between + worth.mean * worth.mean) / 6.25).abs() < 1e-10, "{worth:?}");
        assert!(Spending { q: 1.5, ..PUBLISHED }.worth(Spend::default()).between.is_infinite());
        for (at, by) in [(0, [1e-6, 0.0, 0.0]), (1, [0.0, 1e-6, 0.0]), (2, [0.0, 0.0, 1e-6])] {
            let near = Spending { p: 6.25 + by[0], q: 3.74 + by[1], v: 15.44 + by[2] };
            let slope = (near.worth(spend(2, 6_000)).mean - worth.mean) / 1e-6;
            assert!((slope - worth.slopes[at]).abs() < 1e-4, "{at}: {slope} {worth:?}");
        }
    }

    #[test]
    fn refusals_say_what_is_missing() {
        let fit = |groups: &[(Spend, u32)]| SpendingFit::of(&Counted::of_groups(groups.iter().copied()));
        let none = fit(&[(spend(1, 100), 29), (spend(2, -50), 100)]);
        assert_eq!(none, Err(Refusal::TooFewBuyers { found: 29, needed: 30 }));
        assert_eq!(fit(&[(spend(1, 100), 50)]), Err(Refusal::TooFewRepeats { found: 0, needed: 10 }));
        assert_eq!(fit(&[(spend(1, 100), 50), (spend(2, 200), 50)]), Err(Refusal::OneValue));
        // Values of a buyer are all alike: there is no spread within, and p has no end.
        let steady: Vec<(Spend, u32)> =
            (1..40_u32).map(|n| (spend(200_000, i64::from(n) * 20_000_000), 5)).collect();
        assert!(matches!(fit(&steady), Err(Refusal::AtBoundary { .. })), "{:?}", fit(&steady));
    }

    #[test]
    fn a_correlation_counts_beyond_chance_only() {
        // By hand: of four buyers with (1, 1.00), (1, 3.00), (2, 3.00), (2, 5.00) means are 1.5 and 3, the covariance 0.5, the variances 0.25
        // and 2: 0.5 / √0.5 = 0.7071.
        let spends = Counted::of_groups([
            (spend(1, 100), 1),
            (spend(1, 300), 1),
            (spend(2, 600), 1),
            (spend(2, 1_000), 1),
        ]);
        let correlation = Means::of(&spends).correlation();
        assert!((correlation.unwrap() - 0.5_f64.sqrt()).abs() < 1e-12, "{correlation:?}");
        assert_eq!(
            Means::of(&Counted::of_groups([(spend(1, 100), 1), (spend(1, 300), 1)])).correlation(),
            None
        );
        let is_dependent = |correlation, buyers| {
            let estimate = Estimate {
                parameters: [1.0; 3],
                covariance: [[0.0; 3]; 3],
                log_likelihood: 0.0,
                iterations: 0,
            };
            let (spending, repeat_buyers, without_value) = (PUBLISHED, 0, 0);
            SpendingFit { spending, estimate, buyers, repeat_buyers, without_value, correlation }
                .is_dependent()
        };
        assert!(is_dependent(Some(0.25), 1_000) && is_dependent(Some(-0.25), 1_000));
        assert!(!is_dependent(Some(0.25), 100) && is_dependent(Some(0.26), 100));
        assert!(!is_dependent(Some(0.19), 1_000_000) && !is_dependent(None, 1_000));
    }
}
