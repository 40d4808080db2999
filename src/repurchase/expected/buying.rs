//! How often buyers come back and when they leave: the BG/NBD model of P. S. Fader, B. G. S. Hardie and K. L. Lee, *"Counting your
//! customers" the easy way: an alternative to the Pareto/NBD model*, Marketing Science 24, 2005.

use super::counting::{Inclination, Purchases};
use super::fitting::{Estimate, Evaluation, Likelihood, fit};
use super::history::{Histories, History, TimeUnit, exceeding};
use super::refusal::Refusal;

/// Buyers that a fit needs. With so few, most fits end at a boundary (docs/methods.md).
pub const FEWEST_BUYERS: u64 = 30;
/// Buyers with a repeat purchase that a fit needs.
pub const FEWEST_REPEATS: u64 = 10;

/// How far r, a and b may go in both directions, and α times and by the mean age: beyond it all buyers are the same in what the parameter
/// describes, or the data say nothing of it.
const FARTHEST: f64 = 1e4;

/// The parameters: a buyer's rate is Gamma(r, α), the probability that it leaves after a purchase Beta(a, b).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Buying {
    /// The shape of the distribution of rates.
    pub r: f64,
    /// Its rate parameter, in the unit of time.
    pub alpha: f64,
    /// The weight of leaving.
    pub a: f64,
    /// The weight of staying.
    pub b: f64,
    /// The unit of time.
    pub unit: TimeUnit,
}

/// What is expected of one buyer of known history.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prospect {
    /// The probability that it has not left.
    pub alive: f64,
    /// The expected purchases.
    pub mean: f64,
    /// The variance of the purchases.
    pub variance: f64,
    /// The derivatives of the mean by r, α, a and b.
    pub slopes: [f64; 4],
}

impl Buying {
    fn of([r, alpha, a, b]: [f64; 4], unit: TimeUnit) -> Self {
        Self { r, alpha, a, b, unit }
    }

    /// The expected purchases, after the first, of a new buyer within so many days from its first: E\[X(t)\], equation 9 of the paper.
    #[must_use]
    pub fn newcomer(&self, days: u32) -> f64 {
        let anyone = Inclination { shape: self.r, rate: self.alpha, leaving: self.a, staying: self.b };
        anyone.within(self.unit.of(days)).mean
    }

    /// The probability that a buyer has not left: 1 where it has not bought again, since buyers leave after repeat purchases only.
    /// (The paper leaves it out; Fader & Hardie's note of 2008 has it.)
    #[must_use]
    pub fn alive(&self, history: History) -> f64 {
        1.0 / (1.0
            + libm::exp(Leaving::of([self.r, self.alpha, self.a, self.b], history, self.unit).log_odds))
    }

    /// What is expected of a buyer within so many days from the end of its history: E\[Y(t) | x, t_x, T\], equation 10 of the paper,
    /// and the variance of Y(t).
    #[must_use]
    pub fn prospect(&self, history: History, days: u32) -> Prospect {
        let repeats = f64::from(history.repeats());
        let still = Inclination {
            shape: self.r + repeats,
            rate: self.alpha + self.unit.age(history),
            leaving: self.a,
            staying: self.b + repeats,
        };
        let Purchases { mean, pairs, slopes } = still.within(self.unit.of(days));
        let leaving = Leaving::of([self.r, self.alpha, self.a, self.b], history, self.unit);
        let alive = 1.0 / (1.0 + libm::exp(leaving.log_odds));
        let turn = alive * (1.0 - alive) * mean;
        let slopes = std::array::from_fn(|at| alive * slopes[at] - turn * leaving.slopes[at]);
        let expected = alive * mean;
        let variance = (alive * (pairs + mean) - expected * expected).max(0.0);
        Prospect { alive, mean: expected, variance, slopes }
    }
}

/// A fitted model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BuyingFit {
    /// The parameters.
    pub buying: Buying,
    /// How sure they are, in the order r, α, a, b.
    pub estimate: Estimate<4>,
    /// Buyers.
    pub buyers: u64,
    /// Buyers with a repeat purchase.
    pub repeat_buyers: u64,
}

impl BuyingFit {
    /// Fits by maximum likelihood.
    ///
    /// # Errors
    ///
    /// Any [`Refusal`] but those of values.
    pub fn of(histories: &Histories, unit: TimeUnit) -> Result<Self, Refusal> {
        let buyers = histories.total();
        let repeat_buyers = histories.count(|history| history.repeats() > 0);
        if buyers < FEWEST_BUYERS {
            return Err(Refusal::TooFewBuyers { found: buyers, needed: FEWEST_BUYERS });
        }
        if histories.count(|history| history.age() > 0) == 0 {
            return Err(Refusal::NoAge);
        }
        if repeat_buyers < FEWEST_REPEATS {
            return Err(Refusal::TooFewRepeats { found: repeat_buyers, needed: FEWEST_REPEATS });
        }
        let estimate = fit(&Observed::of(histories, unit))?;
        Ok(Self { buying: Buying::of(estimate.parameters, unit), estimate, buyers, repeat_buyers })
    }
}

/// The odds that a buyer has left after its last purchase, in logs: ln(a / (b + x − 1)) + (r + x) ln((α + T) / (α + t_x)).
struct Leaving {
    log_odds: f64,
    /// By r, α, a and b.
    slopes: [f64; 4],
}

impl Leaving {
    fn of([r, alpha, a, b]: [f64; 4], history: History, unit: TimeUnit) -> Self {
        if history.repeats() == 0 {
            return Self { log_odds: f64::NEG_INFINITY, slopes: [0.0; 4] };
        }
        let (shape, stay) = (r + f64::from(history.repeats()), b + f64::from(history.repeats()) - 1.0);
        let (until_end, until_last) = (alpha + unit.age(history), alpha + unit.of(history.recency()));
        let silence = libm::log(until_end / until_last);
        Self {
            log_odds: libm::log(a / stay) + shape * silence,
            slopes: [silence, shape * (1.0 / until_end - 1.0 / until_last), 1.0 / a, -1.0 / stay],
        }
    }
}

/// The data of a likelihood.
struct Observed<'a> {
    histories: &'a Histories,
    unit: TimeUnit,
    buyers: f64,
    /// How many made more than j repeat purchases.
    beyond: Vec<f64>,
    mean_age: f64,
    mean_repeats: f64,
}

impl<'a> Observed<'a> {
    fn of(histories: &'a Histories, unit: TimeUnit) -> Self {
        let buyers = histories.total() as f64;
        let mean = |of: &dyn Fn(History) -> f64| {
            histories.iter().map(|(history, weight)| weight * of(history)).sum::<f64>() / buyers
        };
        Self {
            histories,
            unit,
            buyers,
            beyond: exceeding(histories.iter().map(|(history, weight)| (history.repeats(), weight))),
            mean_age: mean(&|history| unit.age(history)),
            mean_repeats: mean(&|history| f64::from(history.repeats())),
        }
    }

    /// What depends on x alone: Σ_{j < x} ln (r + j) + ln (b + j) − ln (a + b + j), and r ln α for each buyer.
    fn of_counts(&self, [r, alpha, a, b]: [f64; 4]) -> Evaluation<4> {
        let mut sum = Evaluation::ZERO;
        for (number, weight) in self.beyond.iter().enumerate() {
            let (rate, stay, all) = (r + number as f64, b + number as f64, a + b + number as f64);
            sum.value += weight * libm::log(rate * stay / all);
            sum.slopes[0] += weight / rate;
            sum.curvature[0][0] -= weight / (rate * rate);
            sum.slopes[2] -= weight / all;
            sum.slopes[3] += weight * a / (stay * all);
            let both = weight / (all * all);
            sum.curvature[2][2] += both;
            sum.curvature[2][3] += both;
            sum.curvature[3][3] += both - weight / (stay * stay);
        }
        sum.value += self.buyers * r * libm::log(alpha);
        sum.slopes[0] += self.buyers * libm::log(alpha);
        sum.slopes[1] += self.buyers * r / alpha;
        sum.curvature[0][1] += self.buyers / alpha;
        sum.curvature[1][1] -= self.buyers * r / (alpha * alpha);
        sum
    }
}

impl Likelihood<4> for Observed<'_> {
    const NAMES: [&'static str; 4] = ["r", "α", "a", "b"];

    /// Equation 6 of the paper in logs, with the sum of its two terms as −(r + x) ln (α + T) + ln (1 + odds of having left).
    fn at(&self, parameters: [f64; 4]) -> Evaluation<4> {
        let [r, alpha, a, _] = parameters;
        let mut sum = self.of_counts(parameters);
        for (history, weight) in self.histories.iter() {
            let shape = r + f64::from(history.repeats());
            let end = alpha + self.unit.age(history);
            let log_end = libm::log(end);
            sum.value -= weight * shape * log_end;
            sum.slopes[0] -= weight * log_end;
            sum.slopes[1] -= weight * shape / end;
            sum.curvature[0][1] -= weight / end;
            sum.curvature[1][1] += weight * shape / (end * end);
            if history.repeats() == 0 {
                continue;
            }
            let Leaving { log_odds, slopes } = Leaving::of(parameters, history, self.unit);
            // ln (1 + eᵈ) without overflow.
            sum.value += weight * (log_odds.max(0.0) + libm::log1p(libm::exp(-log_odds.abs())));
            let left = 1.0 / (1.0 + libm::exp(-log_odds));
            let last = alpha + self.unit.of(history.recency());
            let (gone, turn) = (weight * left, weight * left * (1.0 - left));
            for row in 0..4 {
                sum.slopes[row] += gone * slopes[row];
                for column in row..4 {
                    sum.curvature[row][column] += turn * slopes[row] * slopes[column];
                }
            }
            sum.curvature[0][1] += gone * (1.0 / end - 1.0 / last);
            sum.curvature[1][1] += gone * shape * (1.0 / (last * last) - 1.0 / (end * end));
            sum.curvature[2][2] -= gone / (a * a);
            sum.curvature[3][3] += gone * slopes[3] * slopes[3];
        }
        sum
    }

    fn buyers(&self) -> f64 {
        self.buyers
    }

    /// Few and many who differ in their rates, few and many who leave; α from the mean rate, of which those who left keep a part.
    fn starts(&self) -> Vec<[f64; 4]> {
        let rate = self.mean_repeats / self.mean_age;
        let mut starts = Vec::new();
        for r in [0.25, 1.0, 4.0] {
            for (a, b) in [(0.2, 2.0), (0.8, 2.5), (2.0, 4.0)] {
                starts.push([r, r / rate * (b / (a + b)), a, b]);
            }
        }
        starts
    }

    fn bounds(&self) -> [(f64, f64); 4] {
        let range = (1.0 / FARTHEST, FARTHEST);
        [range, (self.mean_age / FARTHEST, self.mean_age * FARTHEST), range, range]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repurchase::expected::history::Counted;

    fn history(repeats: u32, recency: u32, age: u32) -> History {
        History::new(repeats, recency, age).unwrap()
    }

    /// The parameters that Fader, Hardie & Lee print for CDNOW.
    fn published() -> Buying {
        Buying::of([0.243, 4.414, 0.793, 2.426], TimeUnit::WEEK)
    }

    fn few() -> Histories {
        Counted::of_groups([(history(0, 0, 70), 3), (history(1, 35, 70), 2), (history(7, 63, 64), 1)])
    }

    #[test]
    fn the_likelihood_is_that_of_an_outside_library() {
        // Equation 6 in mpmath 1.4 with Beta and Gamma functions, summed over the six buyers.
        let histories = few();
        let found = Observed::of(&histories, TimeUnit::WEEK).at([0.3, 5.0, 0.8, 2.5]).value;
        assert!((found + 22.959_003_835_786_157).abs() < 1e-12, "{found}");
    }

    #[test]
    fn derivatives_are_those_of_differences() {
        let histories = few();
        let observed = Observed::of(&histories, TimeUnit::WEEK.until_midnight());
        for parameters in [[0.3, 5.0, 0.8, 2.5], [2.0, 0.4, 3.0, 0.2], [0.05, 60.0, 1.0, 40.0]] {
            let here = observed.at(parameters);
            for row in 0..4 {
                let step = 1e-5 * parameters[row];
                let moved = |by: f64| {
                    let mut near = parameters;
                    near[row] += by;
                    observed.at(near)
                };
                let (up, down) = (moved(step), moved(-step));
                let slope = (up.value - down.value) / (2.0 * step);
                assert!((slope - here.slopes[row]).abs() < 1e-6 * (1.0 + slope.abs()), "{row}: {slope}");
                for column in row..4 {
                    let second = (up.slopes[column] - down.slopes[column]) / (2.0 * step);
                    let found = here.curvature[row][column];
                    assert!(
                        (second - found).abs() < 1e-6 * (1.0 + second.abs()),
                        "{row} {column}: {second} {found}"
                    );
                }
            }
        }
    }

    #[test]
    fn prospects_of_published_buyers() {
        // Customer 0001 of CDNOW: x = 2, t_x = 213 days, T = 272; lifetimes 0.11.3 at these parameters, and 1.226 in the authors' note.
        let parameters = [0.242_594_523, 4.413_602_019, 0.792_922_017, 2.425_906_777];
        let buying = Buying::of(parameters, TimeUnit::WEEK);
        let prospect = buying.prospect(history(2, 213, 272), 273);
        assert!((buying.alive(history(2, 213, 272)) - 0.726_620_311_704_404).abs() < 1e-12, "{prospect:?}");
        assert!((prospect.alive - buying.alive(history(2, 213, 272))).abs() < 1e-15);
        assert!((prospect.mean - 1.225_994_455_694_634).abs() < 1e-12, "{prospect:?}");
        assert!((published().alive(history(0, 0, 272)) - 1.0).abs() < 1e-15);
        assert!(published().prospect(history(2, 213, 272), 0).mean.abs() < 1e-15);
    }

    #[test]
    fn slopes_of_prospects_are_those_of_differences() {
        let (at, who) = ([0.243, 4.414, 0.793, 2.426], history(3, 100, 200));
        let here = Buying::of(at, TimeUnit::WEEK).prospect(who, 91);
        for row in 0..4 {
            let moved = |by: f64| {
                let mut near = at;
                near[row] *= 1.0 + by;
                Buying::of(near, TimeUnit::WEEK).prospect(who, 91).mean
            };
            let slope = (moved(1e-5) - moved(-1e-5)) / (2e-5 * at[row]);
            assert!((slope - here.slopes[row]).abs() < 1e-7, "{row}: {slope} {}", here.slopes[row]);
        }
    }

    #[test]
    fn refusals_say_what_is_missing() {
        let fit = |groups: &[(History, u32)]| {
            BuyingFit::of(&Counted::of_groups(groups.iter().copied()), TimeUnit::WEEK)
        };
        let (once, again) = (history(0, 0, 50), history(1, 20, 50));
        assert_eq!(fit(&[(once, 29)]), Err(Refusal::TooFewBuyers { found: 29, needed: 30 }));
        assert_eq!(fit(&[(history(0, 0, 0), 500)]), Err(Refusal::NoAge));
        assert_eq!(fit(&[(once, 500), (again, 9)]), Err(Refusal::TooFewRepeats { found: 9, needed: 10 }));
        // All alike: rates do not differ.
        let alike = fit(&[(once, 500), (again, 500)]);
        assert!(matches!(alike, Err(Refusal::AtBoundary { .. })), "{alike:?}");
        let up = Refusal::AtBoundary { parameter: "r", value: 2e4 }.to_string();
        assert!(up.contains("as r goes up without end"), "{up}");
        let down = Refusal::AtBoundary { parameter: "a", value: 1e-5 }.to_string();
        assert!(down.contains("as a goes down to 0 without end"), "{down}");
    }
}
