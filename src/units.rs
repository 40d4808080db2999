//! Units as types: money, watch time and instants, so that none of them travels as a bare number.

mod person;

use std::ops::Range;

pub use person::PersonKey;

/// Money in whole minor units (1/100 of the currency), as one order or one row carries it.
///
/// Sums of it are `i128`, so that no sum of 64-bit amounts can overflow.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, bytemuck::Pod, bytemuck::Zeroable,
)]
#[repr(transparent)]
pub struct MinorUnits(pub i64);

/// Rows (lines, in an export of lines) and their money.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Portion {
    /// Rows.
    pub rows: u64,
    /// Minor units.
    pub money: i128,
}

impl Portion {
    /// Adds a row of so much money.
    pub fn add(&mut self, money: i64) {
        self.rows += 1;
        self.money += i128::from(money);
    }

    /// Adds another portion.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.money += other.money;
    }
}

/// The nearest whole number of minor units; `None` beyond 10³⁶ of them, of which a few still add up in 128 bits, and for NaN.
#[must_use]
pub fn nearest(amount: f64) -> Option<i128> {
    (amount.abs() < 1e36).then(|| amount.round() as i128)
}

/// A length of time in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seconds(pub i64);

impl Seconds {
    /// Seconds in an hour, the unit that watch time is shown in.
    pub const PER_HOUR: i64 = 3_600;
    /// Seconds in a day without a change of clocks.
    pub const PER_DAY: i64 = 86_400;
}

/// An instant in whole seconds since 1970-01-01T00:00:00Z; parts of a second are floored on reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(transparent)]
pub struct Instant(pub i64);

/// A confidence level strictly between 0 and 1, such as 0.95.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Level(f64);

impl Level {
    /// The level, or `None` unless it lies strictly between 0 and 1 (NaN does not).
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (0.0 < value && value < 1.0).then_some(Self(value))
    }

    /// The level as a number between 0 and 1.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }
}

/// A person, an order or an order line, by its id: 128 bits in which two ids never merge.
///
/// Whole numbers of up to 19 digits and texts of up to 15 bytes are kept as they are; longer texts as 120 bits of XXH3, where a
/// collision among 10⁸ ids has a probability below 10⁻²⁰. The first byte tells the three kinds apart: no text in UTF-8 begins with those
/// of the other two. The last byte of a text is its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct IdKey {
    high: u64,
    low: u64,
}

impl Ord for IdKey {
    /// As one wide number: two instructions in the kernel's sort, instead of two branches.
    #[inline]
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let wide = |key: &Self| (u128::from(key.high) << 64) | u128::from(key.low);
        wide(self).cmp(&wide(other))
    }
}

impl PartialOrd for IdKey {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl IdKey {
    /// No id at all: a buyer or viewer who is nobody.
    pub const NOBODY: Self = Self { high: 0, low: 0 };
    const WHOLE_NUMBER: u64 = 0xFF << 56;
    const HASHED: u64 = 0xFE << 56;
    /// The longest text that is kept as it is.
    const SHORT: usize = 15;

    /// The key of an id's text; an empty text is [`IdKey::NOBODY`].
    #[must_use]
    pub fn new(text: &[u8]) -> Self {
        if let Some(number) = whole_number(text) {
            return Self { high: Self::WHOLE_NUMBER, low: number };
        }
        let is_of_another_kind = text.first().is_some_and(|&first| u64::from(first) << 56 >= Self::HASHED);
        if text.len() <= Self::SHORT && !is_of_another_kind {
            let mut bytes = [0_u8; 16];
            bytes[..text.len()].copy_from_slice(text);
            bytes[Self::SHORT] = text.len() as u8;
            let packed = u128::from_be_bytes(bytes);
            return Self { high: (packed >> 64) as u64, low: packed as u64 };
        }
        let hash = xxhash_rust::xxh3::xxh3_128(text);
        Self { high: (hash >> 64) as u64 >> 8 | Self::HASHED, low: hash as u64 }
    }

    /// The key of the text at `span` of a block in UTF-8, as [`IdKey::new`] gives it, where that takes a few instructions: a text of 1 to 15
    /// bytes, 16 or more before the end of the block. Where it begins with a digit, the key is that of no text. `None` leaves it to the
    /// other.
    #[must_use]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a key that goes through memory in two halves waits for both")]
    pub fn quick_text(block: &[u8], span: Range<usize>) -> Option<Self> {
        let window = block.get(span.start..span.start.saturating_add(16))?.first_chunk()?;
        Self::quick_front(window, span.end.wrapping_sub(span.start))
    }

    /// The same of the text that is the front of 16 bytes, in so many of them.
    #[must_use]
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a key that goes through memory in two halves waits for both")]
    pub fn quick_front(window: &[u8; 16], length: usize) -> Option<Self> {
        let (high, low) = KEPT.get(length.wrapping_sub(1))?;
        let (first, second) =
            (u64::from_be_bytes(*window.first_chunk()?), u64::from_be_bytes(*window.last_chunk()?));
        Some(Self { high: first & high, low: second & low | length as u64 })
    }

    /// The same of a whole number of 9 to 19 digits, 24 or more after the beginning of the block.
    #[must_use]
    #[inline]
    pub fn quick_number(block: &[u8], span: Range<usize>) -> Option<Self> {
        quick_number(block, span).map(|low| Self { high: Self::WHOLE_NUMBER, low })
    }

    /// The first byte of a text; of no text in UTF-8 for the other kinds.
    #[must_use]
    #[inline]
    pub fn first(self) -> u8 {
        (self.high >> 56) as u8
    }

    /// The key of the text of a whole number; `None` where it has more than 19 digits.
    #[must_use]
    #[inline]
    pub fn of_number(number: u64) -> Option<Self> {
        const LARGEST: u64 = 9_999_999_999_999_999_999;
        (number <= LARGEST).then_some(Self { high: Self::WHOLE_NUMBER, low: number })
    }

    /// Whether it is a whole number of up to 19 digits.
    #[must_use]
    #[inline]
    pub fn is_number(self) -> bool {
        self.first() == u8::MAX
    }

    /// Whether there is no id.
    #[must_use]
    #[inline]
    pub fn is_nobody(self) -> bool {
        self == Self::NOBODY
    }

    /// 64 bits for small tables of few words, of which the highest are mixed best by an odd seed.
    #[must_use]
    #[inline]
    pub fn folded(self, seed: u64) -> u64 {
        (self.high.rotate_left(29) ^ self.low).wrapping_mul(seed)
    }

    /// 64 well-mixed bits, for partitions and hash tables: not an identity.
    #[must_use]
    #[inline]
    pub fn mixed(self) -> u64 {
        let wide = u128::from(self.low ^ 0x9E37_79B9_7F4A_7C15)
            .wrapping_mul(u128::from(self.high ^ 0xA076_1D64_78BD_642F | 1));
        let folded = (wide >> 64) as u64 ^ wide as u64;
        folded.wrapping_mul(0xD6E8_FEB8_6659_FD93)
    }
}

/// For texts of 1 to 15 bytes, the bits of two big-endian words that they fill.
const KEPT: [(u64, u64); IdKey::SHORT] = {
    let mut kept = [(0, 0); IdKey::SHORT];
    let mut at = 0;
    while at < kept.len() {
        let bits = !(u128::MAX >> (8 * (at + 1)));
        kept[at] = ((bits >> 64) as u64, bits as u64);
        at += 1;
    }
    kept
};

/// The value of a text of 1 to 19 digits without a leading zero; `None` for any other text.
#[inline]
fn whole_number(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 19 || (text[0] == b'0' && text.len() > 1) {
        return None;
    }
    let mut number = 0_u64;
    for &byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u64::from(digit);
    }
    Some(number)
}

/// The same of 9 to 19 digits, eight at a time; `None` too where fewer than 24 bytes of the block end with them.
#[inline]
fn quick_number(block: &[u8], span: Range<usize>) -> Option<u64> {
    let length = span.len();
    if !(9..=19).contains(&length) || block[span.start] == b'0' {
        return None;
    }
    let window: &[u8; 24] = block.get(..span.end)?.last_chunk()?;
    let ([first, second, third], _) = window.as_chunks::<8>() else { return None };
    // What stands before the number becomes zeros.
    let zeros = |word: u64, digits: usize| {
        let others = 8 * (8 - digits.min(8)) as u32;
        if digits == 0 { ZEROS } else { word >> others << others | ZEROS & !(u64::MAX << others) }
    };
    let first = zeros(u64::from_le_bytes(*first), length.saturating_sub(16));
    let second = zeros(u64::from_le_bytes(*second), length - 8);
    let (first, second, third) =
        (eight_digits(first)?, eight_digits(second)?, eight_digits(u64::from_le_bytes(*third))?);
    Some((first * 100_000_000 + second) * 100_000_000 + third)
}

/// Eight times the digit 0.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// The value of eight digits, read as a little-endian word: pairs, then fours, then eights are put together at once.
#[inline]
fn eight_digits(word: u64) -> Option<u64> {
    let digits = word ^ ZEROS;
    if (digits.wrapping_add(0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let pairs = (digits * 10 + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (pairs * 100 + (pairs >> 16)) & 0x0000_FFFF_0000_FFFF;
    Some((fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_rounded_or_not_told() {
        assert_eq!(
            [0.5, -1.5, 1e35].map(nearest),
            [Some(1), Some(-2), Some(99_999_999_999_999_996_863_366_107_917_975_552)]
        );
        assert_eq!([1e36, -1e300, f64::INFINITY, f64::NAN].map(nearest), [None; 4]);
    }

    #[test]
    fn kinds_of_ids_never_meet() {
        let ids: [&[u8]; 9] = [
            b"",
            b"0",
            b"00",
            b"1",
            b"01",
            b"9223372036854775808",
            b"09223372036854775808",
            b"u123456789012345",
            b"u12345678901234",
        ];
        for (i, a) in ids.iter().enumerate() {
            for (j, b) in ids.iter().enumerate() {
                assert_eq!(IdKey::new(a) == IdKey::new(b), i == j, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn numbers_spread_over_the_high_bits() {
        let mut parts = [0_u32; 256];
        for n in 0..256_000_u64 {
            parts[(IdKey::new(format!("{}", 7_000_000_000_000_000_000 + n).as_bytes()).mixed() >> 56)
                as usize] += 1;
        }
        assert!(parts.iter().all(|&n| (700..1300).contains(&n)), "{parts:?}");
    }

    proptest! {
        #[test]
        fn distinct_texts_have_distinct_keys(a in "[0-9a-z]{0,24}", b in "[0-9a-z]{0,24}") {
            prop_assert_eq!(a == b, IdKey::new(a.as_bytes()) == IdKey::new(b.as_bytes()));
        }

        #[test]
        fn numbers_have_the_keys_of_their_texts(number in any::<u64>(), shift in 0_u32..64) {
            let number = number >> shift;
            let key = IdKey::new(number.to_string().as_bytes());
            prop_assert_eq!(IdKey::of_number(number), (number < 10_u64.pow(19)).then_some(key));
        }

        #[test]
        fn the_quick_way_gives_the_same_keys(before in "[0-9a甲,]{0,30}", id in "([1-9][0-9]{0,20}|[0-9a-z甲+/:;]{0,20})", after in "[0-9a-z,]{0,20}") {
            let block = format!("{before}{id}{after}");
            let span = before.len()..before.len() + id.len();
            let key = IdKey::new(id.as_bytes());
            let starts_with_digit = id.as_bytes().first().is_some_and(u8::is_ascii_digit);
            let quick = if starts_with_digit {
                IdKey::quick_number(block.as_bytes(), span)
            } else {
                IdKey::quick_text(block.as_bytes(), span)
            };
            prop_assert!(quick.is_none_or(|quick| quick == key), "{:?} {:?}", quick, key);
            let has_room = before.len() >= 24 && after.len() >= 16;
            let is_text = (1..=15).contains(&id.len()) && !id.as_bytes()[0].is_ascii_digit();
            let is_number = (9..=19).contains(&id.len()) && whole_number(id.as_bytes()).is_some();
            prop_assert!(!has_room || !(is_text || is_number) || quick.is_some());
        }
    }
}
