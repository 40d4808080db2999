//! Logs and derivatives of Γ. The log is that of `libm`, the first derivative that of `statrs`; neither has the second.

pub(super) use libm::lgamma as log;
pub(super) use statrs::function::gamma::digamma;

/// ψ′(x) for x > 0: ψ′(x) = ψ′(x + 1) + 1/x² up to 12, then the asymptotic series of Abramowitz & Stegun 6.4.12, of which the next term is
/// below 10⁻¹⁷ there.
pub(super) fn trigamma(x: f64) -> f64 {
    let (mut sum, mut x) = (0.0, x);
    while x < 12.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    // The Bernoulli numbers from B₁₂ down to B₂.
    let series = [-691.0 / 2730.0, 5.0 / 66.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 1.0 / 6.0]
        .into_iter()
        .fold(7.0 / 6.0, |rest, bernoulli| bernoulli + rest * square);
    sum + (1.0 + 0.5 / x + series * square) / x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_an_outside_library() {
        // mpmath 1.4, 20 digits.
        for (x, first, second) in TABLE {
            assert!((digamma(x) - first).abs() < 1e-13 * first.abs().max(1.0), "{x}: {}", digamma(x));
            assert!((trigamma(x) / second - 1.0).abs() < 1e-14, "{x}: {}", trigamma(x));
        }
    }

    const TABLE: [(f64, f64, f64); 5] = [
        (0.01, -100.560_885_457_868_67, 10_001.621_213_528_313),
        (0.7, -1.220_023_553_697_934_6, 2.834_049_156_694_610_6),
        (3.74, 1.179_479_353_462_892_4, 0.306_268_109_689_563_4),
        (12.25, 2.464_154_655_185_369, 0.085_055_142_988_163_2),
        (640.5, 6.461_468_278_078_934, 0.001_562_499_682_108_832_8),
    ];
}
