//! What a factor is multiplied by, exactly as it was typed: `+10%` is 11/10.

use crate::change::dual::log_quotient;

/// The most that one change may multiply by, and the most that it may divide by: beyond it a change is a slip of the finger.
const MOST: i128 = 1_000;
/// Digits that a number may have: more than any 64-bit float writes.
const DIGITS: usize = 20;

/// A positive fraction in lowest terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Multiplier {
    above: i128,
    below: i128,
}

/// Why a text is no change.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MultiplierError {
    /// It has another form.
    #[error("{0:?} is no change, such as +10%, -5% or x1.2")]
    Form(String),
    /// A percentage without a sign might be meant either way.
    #[error("{0:?} does not say which way: +{0}, -{0}, or a multiple such as x1.2")]
    Sign(String),
    /// It leaves nothing.
    #[error("{0:?} leaves nothing of the factor; take less away, such as -50%")]
    Nothing(String),
    /// It is too large or too small.
    #[error("{0:?} is beyond x1000 or below x0.001; is the percentage right?")]
    Beyond(String),
}

impl Multiplier {
    /// No change.
    pub const ONE: Self = Self { above: 1, below: 1 };

    /// The change in a text: `+10%`, `-5%`, `x1.2`, `1.2x` or `×1.2`.
    ///
    /// # Errors
    /// When it has another form, or leaves nothing of the factor, or lies beyond a thousandfold.
    pub fn parse(text: &str) -> Result<Self, MultiplierError> {
        let trimmed = text.trim();
        let form = || MultiplierError::Form(text.to_owned());
        let is_times = |c: char| matches!(c, 'x' | 'X' | '×');
        let (above, below) = if let Some(percent) = trimmed.strip_suffix(['%', '％']) {
            let (sign, size) = match percent.strip_prefix('+') {
                Some(size) => (1, size),
                None => (-1, percent.strip_prefix(['-', '−']).unwrap_or(percent)),
            };
            let (number, scale) = decimal(size).ok_or_else(form)?;
            if size == percent {
                return Err(MultiplierError::Sign(text.to_owned()));
            }
            let whole = scale.checked_mul(100).ok_or_else(form)?;
            (whole + sign * number, whole)
        } else {
            let number = trimmed.strip_prefix(is_times).or_else(|| trimmed.strip_suffix(is_times));
            decimal(number.ok_or_else(form)?).ok_or_else(form)?
        };
        if above <= 0 {
            return Err(MultiplierError::Nothing(text.to_owned()));
        }
        if above > below * MOST || below > above.saturating_mul(MOST) {
            return Err(MultiplierError::Beyond(text.to_owned()));
        }
        Ok(Self::reduced(above, below))
    }

    fn reduced(above: i128, below: i128) -> Self {
        let (mut a, mut b) = (above, below);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Self { above: above / a, below: below / a }
    }

    /// One after the other; `None` where the fraction has too many digits.
    #[must_use]
    pub fn times(self, other: Self) -> Option<Self> {
        Some(Self::reduced(self.above.checked_mul(other.above)?, self.below.checked_mul(other.below)?))
    }

    /// Money multiplied, rounded to the nearest minor unit, halves away from zero; `None` where that takes too many digits.
    #[must_use]
    pub fn of_money(self, money: i128) -> Option<i128> {
        let above = money.checked_mul(self.above)?;
        let (whole, rest) = (above / self.below, above % self.below);
        let is_half = rest.unsigned_abs() >= self.below.unsigned_abs() - rest.unsigned_abs();
        Some(whole + if is_half { money.signum() } else { 0 })
    }

    /// Its log.
    #[must_use]
    pub fn log(self) -> f64 {
        log_quotient(self.above, self.below)
    }

    /// By what share it rises: 0.1 is +10 %.
    #[must_use]
    pub fn rise(self) -> f64 {
        (self.above - self.below) as f64 / self.below as f64
    }

    /// As a number.
    #[must_use]
    pub fn ratio(self) -> f64 {
        self.above as f64 / self.below as f64
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_one(self) -> bool {
        self == Self::ONE
    }

    /// Whether it makes less of it.
    #[must_use]
    pub fn lowers(self) -> bool {
        self.above < self.below
    }
}

/// The digits of a decimal number, and by what they are divided.
fn decimal(text: &str) -> Option<(i128, i128)> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{part}");
    let is_number =
        !digits.is_empty() && digits.len() <= DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
    let scale = 10_i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    is_number.then(|| Some((digits.parse().ok()?, scale)))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn changes_as_they_are_typed() {
        for (text, above, below) in [
            ("+10%", 11, 10),
            ("-5%", 19, 20),
            ("−5 %".replace(' ', "").as_str(), 19, 20),
            ("x1.2", 6, 5),
            ("1.2x", 6, 5),
            ("×0.5", 1, 2),
            ("+0%", 1, 1),
            ("+12.5%", 9, 8),
            (" x1 ", 1, 1),
            ("+99900%", 1_000, 1),
        ] {
            assert_eq!(Multiplier::parse(text), Ok(Multiplier { above, below }), "{text}");
        }
        for text in
            ["", "10", "+10", "1.2", "x", "%", "+%", "x1.2x", "+1e3%", "x-1", "+1.2.3%", "nan%", "--uv"]
        {
            assert_eq!(Multiplier::parse(text), Err(MultiplierError::Form(text.to_owned())), "{text}");
        }
        assert_eq!(Multiplier::parse("10%"), Err(MultiplierError::Sign("10%".to_owned())));
        for text in ["-100%", "-250%", "x0"] {
            assert_eq!(Multiplier::parse(text), Err(MultiplierError::Nothing(text.to_owned())), "{text}");
        }
        for text in ["x1001", "+100000%", "x0.0009", "-99.99%"] {
            assert_eq!(Multiplier::parse(text), Err(MultiplierError::Beyond(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn money_is_rounded_once_and_halves_go_up() {
        let of = |text: &str, money: i128| Multiplier::parse(text).unwrap().of_money(money).unwrap();
        assert_eq!((of("+10%", 15), of("+10%", 14), of("+10%", 105)), (17, 15, 116));
        assert_eq!((of("+10%", -15), of("-5%", 10), of("x0.001", 499)), (-17, 10, 0));
    }

    proptest! {
        #[test]
        fn texts_read_back(percent in -9_990_i64..100_000, money in 0_i128..1 << 60) {
            let sign = if percent < 0 { "-" } else { "+" };
            let text = format!("{sign}{}.{:02}%", percent.abs() / 100, percent.abs() % 100);
            let multiplier = Multiplier::parse(&text).unwrap();
            let expected = (money * (10_000 + i128::from(percent)) * 2 + 10_000) / 20_000;
            prop_assert_eq!(multiplier.of_money(money), Some(expected));
            prop_assert!((multiplier.log() - (1.0 + percent as f64 / 10_000.0).ln()).abs() < 1e-13);
        }
    }
}
