//! Numbers exactly as they are typed, and fractions that are compared exactly.

use std::cmp::Ordering;
use std::fmt;

/// A decimal number: `digits` divided by ten to the power of `scale`, without zeros at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    digits: i128,
    scale: u32,
}

/// More digits than any amount of money has; what is computed of so many stays within 128 bits.
const MOST_DIGITS: usize = 20;

impl Decimal {
    /// A number of digits, with at most one point between them, and perhaps a minus sign before; `None` where it has another form or more
    /// than 20 digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sign, size) = match text.strip_prefix('-') {
            Some(size) => (-1, size),
            None => (1, text),
        };
        let (whole, part) = size.split_once('.').map_or((size, None), |(whole, part)| (whole, Some(part)));
        let part = part.map_or(Some(""), |part| (!part.is_empty()).then_some(part))?;
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !are_digits(whole) || !are_digits(part) {
            return None;
        }
        let (whole, part) = (whole.trim_start_matches('0'), part.trim_end_matches('0'));
        if whole.len() + part.len() > MOST_DIGITS {
            return None;
        }
        let digits = format!("0{whole}{part}").parse::<i128>().ok()?;
        Some(Self { digits: sign * digits, scale: u32::try_from(part.len()).ok()? })
    }

    /// As a fraction whose denominator is positive.
    #[must_use]
    pub fn fraction(self) -> Fraction {
        Fraction { above: self.digits, below: 10_i128.pow(self.scale) }
    }

    /// A hundredth of it.
    #[must_use]
    pub fn percent(self) -> Self {
        if self.digits == 0 { self } else { Self { scale: self.scale + 2, ..self }.shortened() }
    }

    fn shortened(mut self) -> Self {
        while self.scale > 0 && self.digits % 10 == 0 {
            (self.digits, self.scale) = (self.digits / 10, self.scale - 1);
        }
        self
    }

    /// The nearest 64-bit float.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        // The parser of floats rounds correctly; a division of two rounded numbers might not.
        format!("{}e-{}", self.digits, self.scale).parse().unwrap_or_default()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.digits.unsigned_abs(), width = scale + 1);
        let (whole, part) = digits.split_at(digits.len() - scale);
        let point = if part.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{part}")
    }
}

/// A fraction; its denominator is positive.
#[derive(Debug, Clone, Copy)]
pub struct Fraction {
    /// The numerator.
    pub above: i128,
    /// The denominator.
    pub below: i128,
}

impl Fraction {
    /// Compares exactly, whatever the sizes: whole parts first, then what the remainders are of their denominators, as Euclid does. (Products
    /// of numerators and denominators could take more than 128 bits.)
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        let (mut a, mut b) = (self, other);
        let mut turned = false;
        loop {
            let wholes = a.above.div_euclid(a.below).cmp(&b.above.div_euclid(b.below));
            let rests = (a.above.rem_euclid(a.below), b.above.rem_euclid(b.below));
            let order = match rests {
                _ if wholes.is_ne() => wholes,
                (0, 0) => Ordering::Equal,
                (0, _) => Ordering::Less,
                (_, 0) => Ordering::Greater,
                (rest_a, rest_b) => {
                    // a's rest over its denominator is the smaller, the larger its reciprocal is.
                    a = Self { above: a.below, below: rest_a };
                    b = Self { above: b.below, below: rest_b };
                    turned = !turned;
                    continue;
                }
            };
            return if turned { order.reverse() } else { order };
        }
    }

    /// The nearest 64-bit float, or its neighbour.
    #[must_use]
    pub fn to_f64(self) -> f64 {
        self.above as f64 / self.below as f64
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_exactly() {
        for (text, shown) in [
            ("0", "0"),
            ("-10", "-10"),
            ("007", "7"),
            ("100.10", "100.1"),
            ("0.05", "0.05"),
            ("-0.05", "-0.05"),
            ("12345678901234567890", "12345678901234567890"),
            ("1000000000.0000000001", "1000000000.0000000001"),
            ("-0", "0"),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().to_string(), shown);
        }
        for text in
            ["", "-", ".5", "5.", "1e3", "+1", "1_000", "1,000", "--1", "1.2.3", "123456789012345678901", "٣"]
        {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn floats_are_the_nearest() {
        for text in ["0.1", "0.2", "0.3", "33.3", "-14.2", "1234567.89"] {
            assert!(Decimal::parse(text).unwrap().to_f64().total_cmp(&text.parse().unwrap()).is_eq());
        }
        assert!((Decimal::parse("20").unwrap().percent().to_f64().total_cmp(&0.2)).is_eq());
        assert_eq!(Decimal::parse("20").unwrap().percent(), Decimal::parse("0.2").unwrap());
        assert_eq!(Decimal::parse("0").unwrap().percent(), Decimal::parse("0").unwrap());
    }

    #[test]
    fn fractions_that_floats_cannot_tell_apart_differ() {
        let of = |above, below| Fraction { above, below };
        let large = i128::MAX;
        assert_eq!(of(large, 3).compare(of(large - 1, 3)), Ordering::Greater);
        assert_eq!(of(large, large - 1).compare(of(large - 1, large - 2)), Ordering::Less);
        assert_eq!(of(i128::MIN, 7).compare(of(i128::MIN, 7)), Ordering::Equal);
        assert_eq!(of(-1, 3).compare(of(-1, 2)), Ordering::Greater);
        assert_eq!(of(10_009, 100).compare(Decimal::parse("100.10").unwrap().fraction()), Ordering::Less);
        assert_eq!(of(10_010, 100).compare(Decimal::parse("100.1").unwrap().fraction()), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn fractions_compare_as_their_products(
            a in -1_000_000_i128..1_000_000, b in 1_i128..1_000_000, c in -1_000_000_i128..1_000_000, d in 1_i128..1_000_000,
        ) {
            let order = Fraction { above: a, below: b }.compare(Fraction { above: c, below: d });
            prop_assert_eq!(order, (a * d).cmp(&(c * b)));
        }

        #[test]
        fn what_is_printed_reads_back(digits in -99_999_999_999_i64..99_999_999_999, scale in 0_u32..9) {
            let number = Decimal { digits: digits.into(), scale }.shortened();
            prop_assert_eq!(Decimal::parse(&number.to_string()), Some(number));
        }
    }
}
