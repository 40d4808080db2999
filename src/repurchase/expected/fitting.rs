//! A maximum of a likelihood, by the logs of its parameters: the trust region method of the crate `argmin` with the exact curvature, from
//! given starts, and the covariance that the curvature at the top implies.

use std::cell::Cell;

use argmin::core::{CostFunction, Error, Executor, Gradient, Hessian, State};
use argmin::solver::trustregion::TrustRegion;

use super::refusal::Refusal;
use super::stepping::{Damped, Until};
use crate::factor::{Interval, quantile};
use crate::units::Level;

/// Iterations from one start; a well-posed fit takes 5 to 30.
const MOST_ITERATIONS: u64 = 200;

/// The slope that counts as the top but for a last step, after steps of Newton's method that compare no values.
const FLAT: f64 = 1e-10;
const LAST_STEPS: usize = 4;

/// How far, in logs, a first step and any step may go.
const FIRST_RADIUS: f64 = 1.0;
const LARGEST_RADIUS: f64 = 4.0;

/// A function of the parameters, its derivatives and second derivatives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Evaluation<const N: usize> {
    /// The value.
    pub(super) value: f64,
    /// The first derivatives.
    pub(super) slopes: [f64; N],
    /// The second derivatives, of which only those with the second index not below the first need be filled in.
    pub(super) curvature: [[f64; N]; N],
}

impl<const N: usize> Evaluation<N> {
    /// Zero.
    pub(super) const ZERO: Self = Self { value: 0.0, slopes: [0.0; N], curvature: [[0.0; N]; N] };

    /// The same function by the logs of its parameters, each entry of the curvature filled in.
    fn by_logs(&self, parameters: [f64; N]) -> Self {
        let slopes = std::array::from_fn(|at| self.slopes[at] * parameters[at]);
        let curvature = std::array::from_fn(|row| {
            std::array::from_fn(|column| {
                let second = self.curvature[row.min(column)][row.max(column)];
                let own = if row == column { slopes[row] } else { 0.0 };
                second * parameters[row] * parameters[column] + own
            })
        });
        Self { value: self.value, slopes, curvature }
    }
}

/// A likelihood of positive parameters.
pub(super) trait Likelihood<const N: usize> {
    /// The names of the parameters.
    const NAMES: [&'static str; N];

    /// The log likelihood of all buyers with its derivatives by the parameters.
    fn at(&self, parameters: [f64; N]) -> Evaluation<N>;

    /// How many buyers it is of.
    fn buyers(&self) -> f64;

    /// Where to start: several places, all of which are looked at.
    fn starts(&self) -> Vec<[f64; N]>;

    /// The least and the largest value of each parameter that still says something.
    fn bounds(&self) -> [(f64, f64); N];
}

/// Parameters with how sure they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate<const N: usize> {
    /// The parameters that make the data most likely.
    pub parameters: [f64; N],
    /// The covariance of their logs: the inverse of the negative curvature (the observed information).
    pub covariance: [[f64; N]; N],
    /// The log likelihood there, as the density of x, t_x (or of the mean value) of all buyers.
    pub log_likelihood: f64,
    /// Iterations from the best start.
    pub iterations: u64,
}

impl<const N: usize> Estimate<N> {
    /// The standard errors of the parameters, by the delta method: parameter × error of its log.
    #[must_use]
    pub fn errors(&self) -> [f64; N] {
        std::array::from_fn(|at| self.parameters[at] * self.covariance[at][at].sqrt())
    }

    /// The intervals of the parameters: each × exp(± z · SE of its log).
    #[must_use]
    pub fn intervals(&self, level: Level) -> [Interval; N] {
        std::array::from_fn(|at| {
            let reach = libm::exp(quantile(level) * self.covariance[at][at].sqrt());
            Interval { low: self.parameters[at] / reach, high: self.parameters[at] * reach }
        })
    }

    /// The variance of a function of the parameters with these derivatives (delta method).
    #[must_use]
    pub fn variance_of(&self, slopes: [f64; N]) -> f64 {
        let by_log: [f64; N] = std::array::from_fn(|at| slopes[at] * self.parameters[at]);
        let products = self.covariance.iter().zip(by_log).map(|(row, own)| own * dot(row, &by_log));
        products.sum::<f64>().max(0.0)
    }
}

/// Fits: climbs from the two likeliest starts and takes the higher top.
///
/// # Errors
///
/// [`Refusal::AtBoundary`], [`Refusal::NoConvergence`], [`Refusal::NotPositiveDefinite`].
pub(super) fn fit<const N: usize, L: Likelihood<N>>(likelihood: &L) -> Result<Estimate<N>, Refusal> {
    let mut starts: Vec<(f64, [f64; N])> =
        likelihood.starts().into_iter().map(|start| (likelihood.at(start).value, start)).collect();
    starts.retain(|(value, _)| value.is_finite());
    starts.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut best = Err(Refusal::NoConvergence { iterations: 0 });
    for (_, start) in starts.into_iter().take(2) {
        best = higher(best, climb(likelihood, start));
    }
    best
}

/// The higher of two tops; where neither start led to one, why the later did not.
fn higher<const N: usize>(
    one: Result<Estimate<N>, Refusal>,
    other: Result<Estimate<N>, Refusal>,
) -> Result<Estimate<N>, Refusal> {
    match (one, other) {
        (Ok(one), Ok(other)) if one.log_likelihood >= other.log_likelihood => Ok(one),
        (Ok(one), Err(_)) => Ok(one),
        (_, other) => other,
    }
}

/// Climbs from a start to a top.
fn climb<const N: usize, L: Likelihood<N>>(likelihood: &L, start: [f64; N]) -> Result<Estimate<N>, Refusal> {
    let nowhere = Refusal::NoConvergence { iterations: 0 };
    let region = TrustRegion::new(Damped::<N>::default())
        .with_radius(FIRST_RADIUS)
        .and_then(|region| region.with_max_radius(LARGEST_RADIUS))
        .map_err(|_| nowhere)?;
    let start: Vec<f64> = start.iter().map(|value| libm::log(*value)).collect();
    let descent = Descent { likelihood, last: Cell::new(None) };
    let bounds = likelihood.bounds().map(|(least, largest)| (libm::log(least), libm::log(largest)));
    let run = Executor::new(descent, Until { bounds, method: region })
        .configure(|state| state.param(start).max_iters(MOST_ITERATIONS))
        .timer(false)
        .run()
        .map_err(|_| nowhere)?;
    let iterations = run.state.get_iter();
    let logs: [f64; N] =
        run.state.get_best_param().and_then(|best| best.as_slice().try_into().ok()).ok_or(nowhere)?;
    let parameters = logs.map(libm::exp);
    for ((name, value), (least, largest)) in L::NAMES.into_iter().zip(parameters).zip(likelihood.bounds()) {
        if !(least < value && value < largest) {
            return Err(Refusal::AtBoundary { parameter: name, value });
        }
    }
    finish(likelihood, logs, iterations)
}

/// The last steps to the top, by Newton's method, and what the curvature there implies.
fn finish<const N: usize, L: Likelihood<N>>(
    likelihood: &L,
    mut logs: [f64; N],
    iterations: u64,
) -> Result<Estimate<N>, Refusal> {
    for _ in 0..LAST_STEPS {
        let parameters = logs.map(libm::exp);
        let top = likelihood.at(parameters).by_logs(parameters);
        let information = top.curvature.map(|row| row.map(|second| -second));
        let covariance = inverse(&information).ok_or(Refusal::NotPositiveDefinite)?;
        for (log, row) in logs.iter_mut().zip(&covariance) {
            *log += dot(row, &top.slopes);
        }
        if dot(&top.slopes, &top.slopes).sqrt() <= FLAT * likelihood.buyers() {
            // The step from here changes neither value nor curvature within their rounding.
            let parameters = logs.map(libm::exp);
            return Ok(Estimate { parameters, covariance, log_likelihood: top.value, iterations });
        }
    }
    Err(Refusal::NoConvergence { iterations })
}

/// The inverse of a positive definite matrix by its Cholesky factor; `None` where it is not one, also within rounding.
pub(super) fn inverse<const N: usize>(matrix: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut factor = [[0.0; N]; N];
    for row in 0..N {
        for column in 0..=row {
            let rest = matrix[row][column] - dot(&factor[row], &factor[column]);
            if row > column {
                factor[row][column] = rest / factor[column][column];
            } else if rest > 1e-11 * matrix[row][row] && rest.is_finite() {
                factor[row][row] = rest.sqrt();
            } else {
                return None;
            }
        }
    }
    let mut columns = [[0.0; N]; N];
    for (unit, solution) in columns.iter_mut().enumerate() {
        for row in 0..N {
            let own = if row == unit { 1.0 } else { 0.0 };
            solution[row] = (own - dot(&factor[row], solution)) / factor[row][row];
        }
    }
    // With L the factor, columns holds L⁻¹ by columns, and the inverse is L⁻ᵀ L⁻¹.
    Some(std::array::from_fn(|row| std::array::from_fn(|column| dot(&columns[row], &columns[column]))))
}

/// The product of two vectors, added in their order.
pub(super) fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The negative log likelihood per buyer, by the logs of the parameters, as the optimiser asks for it. It asks for the value first and
/// then, where it goes there, for the derivatives: all come from one pass over the data.
struct Descent<'a, L, const N: usize> {
    likelihood: &'a L,
    last: Cell<Option<([f64; N], Evaluation<N>)>>,
}

impl<const N: usize, L: Likelihood<N>> Descent<'_, L, N> {
    fn at(&self, logs: &[f64]) -> Result<Evaluation<N>, Error> {
        let logs: [f64; N] = logs.try_into()?;
        if let Some((known, evaluation)) = self.last.get()
            && known.map(f64::to_bits) == logs.map(f64::to_bits)
        {
            return Ok(evaluation);
        }
        let parameters = logs.map(libm::exp);
        let found = self.likelihood.at(parameters).by_logs(parameters);
        let scale = -1.0 / self.likelihood.buyers();
        let numbers = found.slopes.iter().chain(found.curvature.as_flattened());
        let is_known = found.value.is_finite() && numbers.copied().all(f64::is_finite);
        let evaluation = Evaluation {
            // Where it overflows it is no place to go to.
            value: if is_known { found.value * scale } else { f64::MAX },
            slopes: found.slopes.map(|slope| slope * scale),
            curvature: found.curvature.map(|row| row.map(|second| second * scale)),
        };
        self.last.set(Some((logs, evaluation)));
        Ok(evaluation)
    }
}

impl<const N: usize, L: Likelihood<N>> CostFunction for Descent<'_, L, N> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, logs: &Self::Param) -> Result<f64, Error> {
        Ok(self.at(logs)?.value)
    }
}

impl<const N: usize, L: Likelihood<N>> Gradient for Descent<'_, L, N> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, logs: &Self::Param) -> Result<Vec<f64>, Error> {
        Ok(self.at(logs)?.slopes.to_vec())
    }
}

impl<const N: usize, L: Likelihood<N>> Hessian for Descent<'_, L, N> {
    type Param = Vec<f64>;
    type Hessian = Vec<Vec<f64>>;

    fn hessian(&self, logs: &Self::Param) -> Result<Vec<Vec<f64>>, Error> {
        Ok(self.at(logs)?.curvature.iter().map(|row| row.to_vec()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inverse_and_what_has_none() {
        // By hand: the inverse of [[4, 2], [2, 3]] is [[3, −2], [−2, 4]] / 8.
        let found = inverse(&[[4.0, 2.0], [2.0, 3.0]]).unwrap();
        for (found, expected) in found.as_flattened().iter().zip([0.375, -0.25, -0.25, 0.5]) {
            assert!((found - expected).abs() < 1e-15);
        }
        assert_eq!(inverse(&[[1.0, 2.0], [2.0, 4.0]]), None);
        assert_eq!(inverse(&[[1.0, 0.0], [0.0, -1.0]]), None);
        assert_eq!(inverse(&[[f64::NAN, 0.0], [0.0, 1.0]]), None);
    }

    /// n numbers that are exponentially distributed with a sum: the rate that is likeliest is n / sum, and the error of its log 1 / √n.
    struct Exponential {
        starts: Vec<[f64; 1]>,
        count: f64,
        sum: f64,
    }

    impl Likelihood<1> for Exponential {
        const NAMES: [&'static str; 1] = ["rate"];

        fn at(&self, [rate]: [f64; 1]) -> Evaluation<1> {
            Evaluation {
                value: self.count * rate.ln() - rate * self.sum,
                slopes: [self.count / rate - self.sum],
                curvature: [[-self.count / (rate * rate)]],
            }
        }

        fn buyers(&self) -> f64 {
            self.count
        }

        fn starts(&self) -> Vec<[f64; 1]> {
            self.starts.clone()
        }

        fn bounds(&self) -> [(f64, f64); 1] {
            [(1e-4, 1e4)]
        }
    }

    #[test]
    fn a_top_that_is_known() {
        let of = |starts: &[f64], sum| {
            fit(&Exponential { starts: starts.iter().map(|start| [*start]).collect(), count: 64.0, sum })
        };
        for starts in [&[0.01][..], &[900.0], &[1.0, 20.0, f64::NAN]] {
            let found = of(starts, 32.0).unwrap();
            assert!((found.parameters[0] - 2.0).abs() < 1e-12, "{found:?}");
            assert!((found.errors()[0] - 2.0 / 8.0).abs() < 1e-12, "{found:?}");
            assert!((found.variance_of([3.0]) - 9.0 * 4.0 / 64.0).abs() < 1e-12);
            let [interval] = found.intervals(Level::new(0.95).unwrap());
            assert!((interval.high - 2.0 * (1.96_f64 / 8.0).exp()).abs() < 1e-12);
            assert!((interval.low * interval.high - 4.0).abs() < 1e-12);
        }
        assert_eq!(of(&[], 32.0), Err(Refusal::NoConvergence { iterations: 0 }));
        let far = of(&[1.0], 1e-6);
        assert!(matches!(far, Err(Refusal::AtBoundary { parameter: "rate", .. })), "{far:?}");
    }
}
