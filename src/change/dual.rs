//! Numbers that carry their derivatives: forward differentiation, so that one formula gives an effect and how it answers to each sum.

use std::ops::{Add, AddAssign, Mul, Sub};

/// A value and its derivatives by `N` variables; with `N` = 0 the value alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dual<const N: usize> {
    /// The value.
    pub value: f64,
    /// Its derivatives.
    pub slopes: [f64; N],
}

impl<const N: usize> Dual<N> {
    /// Zero.
    pub const ZERO: Self = Self { value: 0.0, slopes: [0.0; N] };

    /// A number that depends on nothing.
    #[must_use]
    pub fn constant(value: f64) -> Self {
        Self { value, ..Self::ZERO }
    }

    /// A value with its derivative by one variable; others are as they are told by further [`with`](Self::with).
    #[must_use]
    pub fn with(mut self, variable: usize, slope: f64) -> Self {
        if let Some(known) = self.slopes.get_mut(variable) {
            *known += slope;
        }
        self
    }

    /// So many times it.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { value: self.value * factor, slopes: self.slopes.map(|slope| slope * factor) }
    }
}

impl<const N: usize> Default for Dual<N> {
    fn default() -> Self {
        Self::ZERO
    }
}

fn zip<const N: usize>(a: [f64; N], b: [f64; N], of: impl Fn(f64, f64) -> f64) -> [f64; N] {
    std::array::from_fn(|at| of(a[at], b[at]))
}

impl<const N: usize> Add for Dual<N> {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, slopes: zip(self.slopes, other.slopes, |a, b| a + b) }
    }
}

impl<const N: usize> AddAssign for Dual<N> {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl<const N: usize> Sub for Dual<N> {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { value: self.value - other.value, slopes: zip(self.slopes, other.slopes, |a, b| a - b) }
    }
}

impl<const N: usize> Mul for Dual<N> {
    type Output = Self;

    #[expect(clippy::suspicious_arithmetic_impl, reason = "the derivative of a product is a sum")]
    fn mul(self, other: Self) -> Self {
        Self {
            value: self.value * other.value,
            slopes: zip(self.slopes, other.slopes, |a, b| a * other.value + b * self.value),
        }
    }
}

/// The logarithmic mean: L(a, b) = (a − b) / (ln a − ln b), L(a, a) = a, of two positive numbers.
#[must_use]
pub fn log_mean<const N: usize>(a: Dual<N>, b: Dual<N>) -> Dual<N> {
    let log = log_ratio((a.value - b.value) / b.value, a.value / b.value);
    let value = if log == 0.0 { a.value } else { (a.value - b.value) / log };
    let (by_a, by_b) = (log_mean_slope(log), log_mean_slope(-log));
    Dual { value, slopes: zip(a.slopes, b.slopes, |a, b| by_a * a + by_b * b) }
}

/// ∂L(a, b) / ∂a = (d − 1 + e⁻ᵈ) / d² with d = ln(a / b).
fn log_mean_slope(d: f64) -> f64 {
    if d.abs() < 1e-3 {
        return 0.5 - d / 6.0 + d * d / 24.0 - d * d * d / 120.0;
    }
    (d + libm::expm1(-d)) / (d * d)
}

/// ln(p / q) of two positive whole numbers, exactly 0 where they are equal, and precise where they nearly are.
#[must_use]
pub fn log_quotient(p: i128, q: i128) -> f64 {
    log_ratio((p - q) as f64 / q as f64, p as f64 / q as f64)
}

/// The log of a ratio of which the difference from 1 is known: near 1 by the difference, elsewhere by the ratio, each where it is precise.
fn log_ratio(difference: f64, ratio: f64) -> f64 {
    if difference.abs() < 0.5 { libm::log1p(difference) } else { libm::log(ratio) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_log_mean_of_a_number_with_itself_is_the_number() {
        let x = Dual::<0>::constant(18_000.0);
        assert_eq!(log_mean(x, x).value.to_bits(), 18_000.0_f64.to_bits());
        let mean = log_mean(Dual::<0>::constant(2.0), Dual::constant(1.0)).value;
        assert!((mean - 1.0 / 2.0_f64.ln()).abs() < 1e-15);
    }

    /// Where numbers nearly agree, all digits of their difference count.
    #[test]
    fn near_numbers_are_told_apart() {
        let (p, q) = (1_000_000_000_001_i128, 1_000_000_000_000_i128);
        assert!((log_quotient(p, q) / (1e-12 - 5e-25) - 1.0).abs() < 1e-15);
        let mean = log_mean(Dual::<0>::constant(p as f64), Dual::constant(q as f64)).value;
        assert!((mean - (q as f64 + 0.5)).abs() < 1e-3, "{mean}");
        // By 40 digits.
        let expected = [
            (9e-4, 0.499_850_033_743_925_9),
            (-9e-4, 0.500_150_033_756_075_9),
            (9.99e-4, 0.499_833_541_575_068_02),
        ];
        for (d, slope) in expected {
            assert!((log_mean_slope(d) - slope).abs() < 4e-15, "{d} {}", log_mean_slope(d));
        }
    }

    #[test]
    fn slopes_of_sums_differences_and_products() {
        let (x, y) = (Dual::<2>::constant(3.0).with(0, 1.0), Dual::constant(5.0).with(1, 1.0));
        assert_eq!(x + y, Dual { value: 8.0, slopes: [1.0, 1.0] });
        assert_eq!(x - y, Dual { value: -2.0, slopes: [1.0, -1.0] });
        assert_eq!(x * y, Dual { value: 15.0, slopes: [5.0, 3.0] });
        assert_eq!(x.scaled(4.0).with(1, 2.0), Dual { value: 12.0, slopes: [4.0, 2.0] });
        let mut sum = x;
        sum += y;
        assert_eq!(sum, x + y);
    }

    proptest! {
        #[test]
        fn slopes_are_those_of_differences(a in 0.1..1e6_f64, near in -0.01..0.01_f64, far in 0.01..100.0_f64, exponent in 0..60_i32) {
            for b in [a * (1.0 + near), a * far, a] {
                let of = |a: f64, b: f64| log_mean(Dual::<0>::constant(a), Dual::constant(b)).value;
                let mean = log_mean(Dual::<2>::constant(a).with(0, 1.0), Dual::constant(b).with(1, 1.0));
                prop_assert!(mean.value >= a.min(b) * (1.0 - 1e-12) && mean.value <= a.max(b) * (1.0 + 1e-12));
                let (wide, ratio) = (a * 2.0_f64.powi(exponent), f64::from(exponent) * 2.0_f64.ln());
                let expected = if exponent == 0 { a } else { (wide - a) / ratio };
                prop_assert!((of(a, wide) / expected - 1.0).abs() < 1e-13 && (of(wide, a) / expected - 1.0).abs() < 1e-13);
                let step = 1e-5;
                let by_a = (of(a * (1.0 + step), b) - of(a * (1.0 - step), b)) / (2.0 * step * a);
                let by_b = (of(a, b * (1.0 + step)) - of(a, b * (1.0 - step))) / (2.0 * step * b);
                prop_assert!((mean.slopes[0] - by_a).abs() < 1e-6 && (mean.slopes[1] - by_b).abs() < 1e-6 * (1.0 + a / b));
            }
        }

        #[test]
        fn logs_of_quotients(p in 1_i128..1 << 90, q in 1_i128..1 << 90) {
            prop_assert!((log_quotient(p, q) - (p as f64).ln() + (q as f64).ln()).abs() < 1e-12);
            prop_assert_eq!(log_quotient(p, p).to_bits(), 0.0_f64.to_bits());
            prop_assert_eq!(log_quotient(p + 1, p).is_sign_positive(), true);
        }
    }
}
