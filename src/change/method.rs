//! The three ways of saying what each factor did to a product.

use super::dual::{Dual, log_mean};
use crate::factor::Factor;

/// How the change of a product is divided among its factors.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Method {
    /// Additive LMDI-I (Ang 2005): effect = L(G₁, G₀) · ln(x₁ / x₀).
    #[default]
    Lmdi,
    /// The average over all orders in which the factors could be replaced (Shapley value).
    Shapley,
    /// Replacing the factors one after the other (连环替代法), in this order.
    Chain([Factor; 5]),
}

/// One factor of a product, before and after.
#[derive(Debug, Clone, Copy)]
pub struct Step<const N: usize> {
    /// Which one.
    pub factor: Factor,
    /// Its value before.
    pub before: Dual<N>,
    /// Its value after.
    pub after: Dual<N>,
    /// The log of after / before.
    pub log: Dual<N>,
}

impl Method {
    /// The word on the command line.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Lmdi => "lmdi",
            Self::Shapley => "shapley",
            Self::Chain(_) => "chain",
        }
    }

    /// For each factor the weight of its log change: effect = weight · ln(after / before). All values are positive, and their product
    /// is the total.
    ///
    /// For lmdi it is the log-mean of the totals. The other methods give a difference times the rest, (after − before) · rest, and a
    /// difference is the log-mean of a factor's values times its log change; so a part of a factor's log change has its part of the effect.
    #[must_use]
    pub fn weights<const N: usize>(
        &self,
        (before, after): (Dual<N>, Dual<N>),
        steps: &[Step<N>],
    ) -> Vec<Dual<N>> {
        if *self == Self::Lmdi {
            return vec![log_mean(after, before); steps.len()];
        }
        let rest = |at: usize| match self {
            Self::Chain(order) => chain_rest(*order, steps, at),
            _ => shapley_rest(steps, at),
        };
        let weight = |(at, step): (usize, &Step<N>)| rest(at) * log_mean(step.after, step.before);
        steps.iter().enumerate().map(weight).collect()
    }
}

/// The product of the others, those before it in the order replaced already.
fn chain_rest<const N: usize>(order: [Factor; 5], steps: &[Step<N>], at: usize) -> Dual<N> {
    let place = |factor: Factor| order.iter().position(|other| *other == factor);
    let others = steps.iter().enumerate().filter(|(other, _)| *other != at);
    others.fold(Dual::constant(1.0), |product, (_, step)| {
        let replaced = place(step.factor) < place(steps[at].factor);
        product * if replaced { step.after } else { step.before }
    })
}

/// The product of the others, averaged over all orders: those before it in an order are replaced.
fn shapley_rest<const N: usize>(steps: &[Step<N>], at: usize) -> Dual<N> {
    let others: Vec<&Step<N>> =
        steps.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, step)| step).collect();
    let factorial = |n: usize| (1..=n).map(|n| n as f64).product::<f64>();
    let mut sum = Dual::ZERO;
    for replaced in 0..1_usize << others.len() {
        let size = replaced.count_ones() as usize;
        let share = factorial(size) * factorial(others.len() - size) / factorial(steps.len());
        let of =
            |(bit, step): (usize, &&Step<N>)| if replaced >> bit & 1 == 1 { step.after } else { step.before };
        let product = others.iter().enumerate().map(of).fold(Dual::constant(1.0), |product, x| product * x);
        sum += product.scaled(share);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use Factor::{Conversion, OrderValue, Repurchase, UniqueViewers, WatchTime};

    fn effects(method: &Method, before: &[f64], after: &[f64]) -> Vec<f64> {
        let step = |((factor, &before), &after): ((Factor, &f64), &f64)| Step::<0> {
            factor,
            before: Dual::constant(before),
            after: Dual::constant(after),
            log: Dual::constant((after / before).ln()),
        };
        let steps: Vec<_> = Factor::ALL.into_iter().zip(before).zip(after).map(step).collect();
        let total = |values: &[f64]| Dual::constant(values.iter().product());
        let weights = method.weights((total(before), total(after)), &steps);
        weights.iter().zip(&steps).map(|(weight, step)| weight.value * step.log.value).collect()
    }

    fn assert_close(found: &[f64], expected: &[f64], tolerance: f64) {
        assert_eq!(found.len(), expected.len());
        for (found_one, expected_one) in found.iter().zip(expected) {
            assert!((found_one - expected_one).abs() <= tolerance, "{found:?} {expected:?}");
        }
    }

    /// The first worked example of the specification.
    #[test]
    fn five_factors_of_one_leaf() {
        let (before, after) =
            ([10_000.0, 300.0, 0.000_1, 50.0, 1.2], [12_000.0, 270.0, 0.000_11, 52.0, 1.25]);
        let lmdi = [3_732.941_608, -2_157.203_238, 1_951.427_698, 803.024_253, 835.809_679];
        assert_close(&effects(&Method::Lmdi, &before, &after), &lmdi, 1e-6);
        let shapley = [3_736.253, -2_172.172, 1_956.728, 806.153, 839.038];
        assert_close(&effects(&Method::Shapley, &before, &after), &shapley, 1e-3);
    }

    /// The second: the test table of the R package LMDIR; leaves of the years 1971 to 1974, of three factors each.
    #[test]
    fn leaves_of_lmdir_add_up() {
        let years = [
            [[1.0, 10.0, 2.0], [4.0, 5.0, 3.0]],
            [[4.0, 5.0, 3.0], [5.0, 6.0, 4.0]],
            [[8.0, 2.0, 4.0], [5.0, 7.0, 5.0]],
            [[10.0, 1.0, 5.0], [6.0, 8.0, 6.0]],
        ];
        let expected = [
            [69.790_065_98, -9.455_125_793, 39.665_059_81],
            [42.960_214_67, -34.319_026_56, 50.358_811_9],
            [54.010_642_34, -9.021_284_671, 54.010_642_34],
        ];
        for (pair, expected) in years.windows(2).zip(expected) {
            let leaves = [0, 1].map(|leaf| effects(&Method::Lmdi, &pair[0][leaf], &pair[1][leaf]));
            let sums: Vec<f64> = leaves[0].iter().zip(&leaves[1]).map(|(a, b)| a + b).collect();
            assert_close(&sums, &expected, 1e-7);
        }
    }

    /// The third: the README of `shapley_decomposition`.
    #[test]
    fn four_factors_by_shapley() {
        let before = [27_017.637_990, 0.935_050, 0.515_090, 0.633_046];
        let after = [43_770.525_560, 0.891_050, 0.576_19, 0.668_674];
        let expected = [5_431.365_538, -556.985_657, 1_285.200_011, 629.528_410];
        assert_close(&effects(&Method::Shapley, &before, &after), &expected, 0.01);
    }

    /// The fourth: 连环替代法, where the order matters.
    #[test]
    fn replacing_one_after_the_other() {
        let formula = Method::Chain(Factor::ALL);
        assert_close(
            &effects(&formula, &[90.0, 7.0, 4.0], &[100.0, 6.0, 5.0]),
            &[280.0, -400.0, 600.0],
            1e-9,
        );
        let (before, after) = ([130.0, 10.0, 4.0], [140.0, 9.0, 5.0]);
        assert_close(&effects(&formula, &before, &after), &[400.0, -560.0, 1_260.0], 1e-9);
        let other = Method::Chain([UniqueViewers, Conversion, WatchTime, OrderValue, Repurchase]);
        assert_close(&effects(&other, &before, &after), &[400.0, -700.0, 1_400.0], 1e-9);
    }
}
