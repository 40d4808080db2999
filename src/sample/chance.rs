//! Chance that is the same on every machine: `ChaCha8`, a key for each thing that is drawn, and only arithmetic that
//! rounds alike everywhere. The functions of the standard library (`f64::exp`) are those of the system and differ in
//! their last bits, so `libm` stands in for them.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream of random numbers is for. Streams of different purposes have nothing in common.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// The traits of a streamer.
    Streamer = 1,
    /// The days of a week on which a streamer is live.
    Schedule = 2,
    /// One broadcast: its shock, its visits and their orders.
    Broadcast = 3,
    /// Who sits in a seat of an audience.
    Seat = 4,
    /// The traits of a person.
    Person = 5,
}

/// A mean is drawn in pieces of at most this size, because `exp(-mean)` would underflow beyond 700.
const POISSON_PIECE: f64 = 16.0;

/// A stream of random numbers.
pub(super) struct Chance {
    generator: ChaCha8Rng,
    spare_normal: Option<f64>,
}

impl Chance {
    /// The stream of one purpose for one streamer (or person) and one time.
    pub(super) fn new(seed: u64, purpose: Purpose, who: u64, when: u64) -> Self {
        let mut key = [0_u8; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip([seed, purpose as u64, who, when]) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self { generator: ChaCha8Rng::from_seed(key), spare_normal: None }
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    pub(super) fn uniform(&mut self) -> f64 {
        unit(self.generator.next_u64())
    }

    /// True with this probability.
    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Uniform in 0..n (0 if n is 0), by multiplication: the bias is below n / 2⁶⁴.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        scale(self.generator.next_u64(), n)
    }

    /// One of the choices by their weights, which add up to 1; the last one takes what rounding leaves.
    pub(super) fn choose<T: Copy>(&mut self, choices: &[(T, f64)], last: T) -> T {
        let mut left = self.uniform();
        for &(choice, weight) in choices {
            if left < weight {
                return choice;
            }
            left -= weight;
        }
        last
    }

    /// Standard normal, by Marsaglia's polar method.
    pub(super) fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare_normal.take() {
            return spare;
        }
        loop {
            let x = 2.0 * self.uniform() - 1.0;
            let y = 2.0 * self.uniform() - 1.0;
            let square = x * x + y * y;
            if 0.0 < square && square < 1.0 {
                let stretch = (-2.0 * libm::log(square) / square).sqrt();
                self.spare_normal = Some(y * stretch);
                return x * stretch;
            }
        }
    }

    /// Log-normal around a median.
    pub(super) fn around(&mut self, median: f64, sigma: f64) -> f64 {
        median * libm::exp(sigma * self.normal())
    }

    /// Log-normal with mean 1: what a shock multiplies with.
    pub(super) fn shock(&mut self, sigma: f64) -> f64 {
        self.around(libm::exp(-0.5 * sigma * sigma), sigma)
    }

    /// Poisson with this mean, exactly (a sum of Poisson counts is one), in time that grows with the mean.
    pub(super) fn poisson(&mut self, mean: f64) -> u64 {
        let mut count = 0;
        let mut left = mean;
        while left > POISSON_PIECE {
            count += self.arrivals(libm::exp(-POISSON_PIECE));
            left -= POISSON_PIECE;
        }
        count + self.arrivals(libm::exp(-left))
    }

    /// How many uniforms it takes until their product falls below `floor` (Knuth, TAOCP 3.4.1), less one.
    fn arrivals(&mut self, floor: f64) -> u64 {
        let mut count = 0;
        let mut product = self.uniform();
        while product > floor {
            count += 1;
            product *= self.uniform();
        }
        count
    }
}

/// A 64-bit digest of the words, for traits that are derived again whenever they are needed instead of stored
/// (the finalizer of `SplitMix64`, Steele et al. 2014, once for each word).
pub(super) fn digest(words: [u64; 4]) -> u64 {
    words.into_iter().fold(0x9e37_79b9_7f4a_7c15, |state, word| {
        let mut mixed = (state ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

/// 64 random bits as a number in 0..n.
pub(super) fn scale(bits: u64, n: u64) -> u64 {
    ((u128::from(bits) * u128::from(n)) >> 64) as u64
}

/// 64 random bits as a number in [0, 1).
fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of n draws.
    fn moments(n: u32, mut draw: impl FnMut(&mut Chance) -> f64) -> (f64, f64) {
        let mut chance = Chance::new(1, Purpose::Broadcast, 2, 3);
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..n {
            let x = draw(&mut chance);
            sum += x;
            squares += x * x;
        }
        let mean = sum / f64::from(n);
        (mean, squares / f64::from(n) - mean * mean)
    }

    #[test]
    fn poisson_has_its_mean_and_variance_below_and_beyond_a_piece() {
        for mean in [0.3, 5.0, 16.0, 100.5] {
            let (found, variance) = moments(40_000, |chance| chance.poisson(mean) as f64);
            assert!((found / mean - 1.0).abs() < 0.03, "{mean}: {found}");
            assert!((variance / mean - 1.0).abs() < 0.06, "{mean}: {variance}");
        }
        assert_eq!(Chance::new(1, Purpose::Seat, 0, 0).poisson(0.0), 0);
    }

    #[test]
    fn normal_and_shock_have_their_moments() {
        let (mean, variance) = moments(100_000, Chance::normal);
        assert!(mean.abs() < 0.015 && (variance - 1.0).abs() < 0.02);
        let (mean, _) = moments(100_000, |chance| chance.shock(0.5));
        assert!((mean - 1.0).abs() < 0.01, "{mean}");
    }

    #[test]
    fn streams_of_other_purposes_streamers_or_times_differ() {
        let first = |purpose, who, when| Chance::new(9, purpose, who, when).below(u64::MAX);
        let all = [
            first(Purpose::Streamer, 1, 1),
            first(Purpose::Broadcast, 1, 1),
            first(Purpose::Broadcast, 2, 1),
            first(Purpose::Broadcast, 1, 2),
        ];
        for (index, a) in all.iter().enumerate() {
            assert!(all[index + 1..].iter().all(|b| a != b));
        }
    }
}
