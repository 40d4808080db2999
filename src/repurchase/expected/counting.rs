//! How many purchases one buyer will make: the moments of a negative binomial number of purchases that a geometric number cuts short.

/// What is known of a buyer who has not left: its rate of purchases is Gamma distributed, and the probability to leave after each Beta,
/// independently of each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Inclination {
    /// The shape of the Gamma distribution of the rate.
    pub(super) shape: f64,
    /// Its rate parameter, a time.
    pub(super) rate: f64,
    /// The first parameter of the Beta distribution: the weight of leaving.
    pub(super) leaving: f64,
    /// Its second: the weight of staying.
    pub(super) staying: f64,
}

/// The moments of a number of purchases Y.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Purchases {
    /// E\[Y\].
    pub(super) mean: f64,
    /// E\[Y (Y − 1)\].
    pub(super) pairs: f64,
    /// The derivatives of the mean by shape, rate, leaving and staying.
    pub(super) slopes: [f64; 4],
}

/// Terms that a sum may have. Only a buyer whose age and α are together 10⁻⁶ of the time ahead needs so many.
const MOST_TERMS: u32 = 20_000_000;

/// What a sum leaves out, of itself.
const REST: f64 = 1e-17;

impl Inclination {
    /// The purchases within a stretch of time from now, if the buyer has not left.
    ///
    /// The n-th purchase is made if there is time for it and the buyer stayed after each of the n − 1 before, so that
    /// P(Y > m) = P(N > m) · E\[(1 − p)ᵐ\], where N is negative binomial with shape k and z = t / (A + t), and the second factor is
    /// (b)ₘ / (a + b)ₘ. Summed over m this is the formula with ₂F₁ of Fader, Hardie & Lee (2005), equations 9 and 10, in positive terms:
    /// it cancels nothing and has no hole at a = 1. E\[Y (Y − 1)\] is 2 Σ m P(Y > m). Without time there are none.
    pub(super) fn within(&self, time: f64) -> Purchases {
        let mut purchases = Purchases { mean: 0.0, pairs: 0.0, slopes: [0.0; 4] };
        if !(time > 0.0 && time.is_finite()) {
            return purchases;
        }
        let mut terms = Terms::new(self, time);
        let (z, mut by_z, mut number) = (time / (self.rate + time), 0.0, 0.0);
        for _ in 0..MOST_TERMS {
            let term = terms.tail * terms.stayed;
            purchases.mean += term;
            purchases.pairs += 2.0 * number * term;
            purchases.slopes[0] += terms.tail_by_shape * terms.stayed;
            by_z += (self.shape + number) * terms.exactly * terms.stayed;
            purchases.slopes[2] += term * terms.log_by_leaving;
            purchases.slopes[3] += term * terms.log_by_staying;
            terms.advance(self, z, number);
            number += 1.0;
            if terms.is_over(z, self.shape, number, purchases.mean) {
                break;
            }
        }
        // ∂P(N > m)/∂z = (k + m) P(N = m) / (1 − z), and ∂z/∂A = −z / (A + t) with 1 − z = A / (A + t).
        purchases.slopes[1] = -by_z * z / self.rate;
        purchases
    }
}

/// The parts of P(Y > m), carried from one m to the next.
struct Terms {
    /// P(N = m).
    exactly: f64,
    /// ln (1 − z), the derivative by the shape of the log of P(N = 0), and what m adds to it.
    log_by_shape: f64,
    /// P(N > m).
    tail: f64,
    /// Its derivative by the shape.
    tail_by_shape: f64,
    /// E\[(1 − p)ᵐ\].
    stayed: f64,
    /// The derivatives of its log.
    log_by_leaving: f64,
    log_by_staying: f64,
}

impl Terms {
    fn new(of: &Inclination, time: f64) -> Self {
        let log = -libm::log1p(time / of.rate);
        let exactly = libm::exp(of.shape * log);
        Self {
            exactly,
            log_by_shape: log,
            tail: -libm::expm1(of.shape * log),
            tail_by_shape: -exactly * log,
            stayed: 1.0,
            log_by_leaving: 0.0,
            log_by_staying: 0.0,
        }
    }

    /// From m = `number` to the next.
    fn advance(&mut self, of: &Inclination, z: f64, number: f64) {
        let all = 1.0 / (of.leaving + of.staying + number);
        let stay = of.staying + number;
        self.stayed *= stay * all;
        self.log_by_leaving -= all;
        self.log_by_staying += of.leaving * all / stay;
        let shape = of.shape + number;
        self.exactly *= z * shape / (number + 1.0);
        self.log_by_shape += 1.0 / shape;
        self.tail = (self.tail - self.exactly).max(0.0);
        self.tail_by_shape -= self.exactly * self.log_by_shape;
    }

    /// Whether what follows is nothing beside the sum: P(N = m) falls at least by `ratio` from here, so that Σ_{j ≥ m} (j + 1) P(N > j) is
    /// below (m + 1) P(N = m) / (1 − ratio)³.
    fn is_over(&self, z: f64, shape: f64, number: f64, sum: f64) -> bool {
        let ratio = z * ((shape + number) / (number + 1.0)).max(1.0);
        ratio < 1.0 && (number + 1.0) * self.exactly * self.stayed < REST * sum * (1.0 - ratio).powi(3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// k, A, a, b, t; E\[Y\] and E\[Y (Y − 1)\] by quadrature over p, and the derivatives of equation 9 with ₂F₁: mpmath 1.4, 60 digits. At
    /// a = 1 that equation is 0 / 0, and mpmath went around it.
    type Case = ([f64; 5], f64, f64, [f64; 4]);
    const CASES: [Case; 8] = [
        (
            [0.243, 4.414, 0.793, 2.426, 1.0],
            0.053_267_891_171_658_28,
            0.011_003_031_040_789_04,
            [
                0.217_826_468_453_035,
                -0.011_689_659_869_753_8,
                -0.001_657_362_925_668_98,
                0.000_526_682_696_369_935,
            ],
        ),
        (
            [0.243, 4.414, 0.793, 2.426, 78.0],
            1.860_519_057_942_768_5,
            18.211_233_378_474_39,
            [6.759_545_647_182_32, -0.253_334_366_071_559, -1.356_408_186_169_29, 0.274_928_460_136_588],
        ),
        (
            [2.243, 43.271, 0.793, 4.426, 39.0],
            1.687_498_749_574_905,
            3.862_490_963_019_637,
            [
                0.669_568_671_005_356,
                -0.033_149_908_898_144_7,
                -0.320_143_794_227_239,
                0.050_431_013_933_669_7,
            ],
        ),
        (
            [31.5, 20.0, 2.75, 33.25, 4.0],
            5.026_881_974_567_695,
            27.865_826_779_523_91,
            [0.127_578_062_760_533, -0.199_630_609_960_399, -0.367_807_753_997_545, 0.028_878_174_819_665],
        ),
        (
            [0.5, 0.25, 3.5, 0.75, 52.0],
            1.192_970_065_695_646_8,
            1.065_853_593_238_112,
            [0.529_940_461_548_077, -0.212_305_803_366_803, -0.101_489_019_842_461, 0.346_113_468_432_007],
        ),
        (
            [7.25, 1.5, 0.125, 9.5, 260.0],
            764.391_724_404_573,
            1_009_840.113_571_037,
            [93.571_023_730_091, -448.558_000_815_059, -2_984.756_578_781_58, 10.070_578_911_539_2],
        ),
        (
            [0.75, 6.0, 1.0, 2.5, 12.0],
            1.064_315_923_095_885_6,
            2.178_420_384_520_572,
            [1.240_617_621_791_62, -0.132_887_572_736_693, -0.251_278_660_060_879, 0.083_452_689_221_795_6],
        ),
        (
            [1.5, 300.0, 1.25, 0.5, 0.25],
            0.001_249_070_679_695_655,
            7.433_905_556_039_348e-7,
            [
                0.000_832_342_269_414_214,
                -4.160_473_660_035_52e-6,
                -2.123_563_592_866_05e-7,
                5.307_715_268_927_48e-7,
            ],
        ),
    ];

    #[test]
    fn moments_are_those_of_an_outside_library() {
        let differs = |found: f64, expected: f64| (found / expected - 1.0).abs();
        for ([shape, rate, leaving, staying, time], mean, pairs, slopes) in CASES {
            let found = Inclination { shape, rate, leaving, staying }.within(time);
            assert!(differs(found.mean, mean) < 1e-12, "{mean}: {}", found.mean);
            assert!(differs(found.pairs, pairs) < 1e-11, "{pairs}: {}", found.pairs);
            for (found, expected) in found.slopes.into_iter().zip(slopes) {
                assert!(differs(found, expected) < 1e-10, "{expected}: {found}");
            }
        }
    }

    #[test]
    fn without_time_there_are_no_purchases() {
        let anyone = Inclination { shape: 1.0, rate: 1.0, leaving: 1.0, staying: 1.0 };
        for time in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(anyone.within(time), Purchases { mean: 0.0, pairs: 0.0, slopes: [0.0; 4] });
        }
    }
}
