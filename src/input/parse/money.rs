//! Money, exactly: from the characters of the cell to whole minor units, without a float in between.

use super::trim;
use crate::units::MinorUnits;

/// Why a cell is no amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyError {
    /// The text is no amount.
    NotMoney,
    /// More decimals than the currency has: rounding is not ours to do.
    TooManyDecimals,
    /// Below zero.
    Negative,
    /// Above [`LARGEST`].
    TooLarge,
}

/// The largest amount of one row, in minor units (ten trillion of the currency): beyond it a cell holds an id or an error, and
/// sums of squares of any real export stay within 128 bits.
pub const LARGEST: i64 = 1_000_000_000_000_000;

/// The largest sum of many orders, as it is written.
pub const LARGEST_SUM: &str = "9223372036854775807.99";

/// Words that exports write where there is no amount.
pub(crate) const NULLS: [&str; 7] = ["", "-", "--", "—", "——", "/", "无退款申请"];

/// Signs of currency that may stand before an amount.
pub(super) const SIGNS: [char; 5] = ['¥', '￥', '$', '€', '£'];

/// Whether a trimmed cell is one of the words that exports write where there is nothing.
#[must_use]
pub fn is_null(cell: &[u8]) -> bool {
    NULLS.iter().any(|null| null.as_bytes() == cell)
}

/// The amount in a cell in minor units, such as `1299.90`, `¥1,299.90` or `12元`; `None` where the cell says that there is none.
///
/// # Errors
/// See [`MoneyError`].
#[inline]
pub fn parse(cell: &[u8]) -> Result<Option<MinorUnits>, MoneyError> {
    let cell = trim(cell);
    match plain(cell) {
        Some(amount) => Ok(Some(amount)),
        None => parse_decorated(cell),
    }
}

/// The amount in a cell of the commonest form without anything around it; `None` leaves it to [`parse`].
#[inline]
#[must_use]
pub fn quick(cell: &[u8]) -> Option<MinorUnits> {
    plain(cell)
}

/// The commonest form: up to twelve digits, perhaps a point and one or two more.
#[inline]
fn plain(cell: &[u8]) -> Option<MinorUnits> {
    let mut value = 0_i64;
    let mut digits = 0_usize;
    let mut decimals: Option<usize> = None;
    for &byte in cell {
        let digit = byte.wrapping_sub(b'0');
        if digit <= 9 {
            value = value * 10 + i64::from(digit);
            digits += 1;
            decimals = decimals.map(|n| n + 1);
        } else if byte == b'.' && decimals.is_none() && digits > 0 {
            decimals = Some(0);
        } else {
            return None;
        }
        if digits > 14 {
            return None;
        }
    }
    let scale = match decimals {
        None if digits > 0 && digits <= 12 => 100,
        Some(1) => 10,
        Some(2) => 1,
        _ => return None,
    };
    Some(MinorUnits(value * scale))
}

fn parse_decorated(cell: &[u8]) -> Result<Option<MinorUnits>, MoneyError> {
    let text = std::str::from_utf8(cell).map_err(|_| MoneyError::NotMoney)?;
    let within =
        |value: i128| i64::try_from(value).ok().filter(|value| *value <= LARGEST).ok_or(MoneyError::TooLarge);
    parse_sum(text)?.map(|value| within(value).map(MinorUnits)).transpose()
}

/// The amount in a text in minor units, in the same forms as [`parse`]; sums of many orders may be larger than one.
///
/// # Errors
/// See [`MoneyError`].
pub fn parse_sum(text: &str) -> Result<Option<i128>, MoneyError> {
    if NULLS.contains(&text) {
        return Ok(None);
    }
    let (text, negative) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (rest.trim_start(), true),
        None => (text, false),
    };
    let text = text.strip_prefix(SIGNS).unwrap_or(text).trim_start();
    let (text, negative) = text.strip_prefix('-').map_or((text, negative), |rest| (rest, true));
    let text = text.strip_suffix('元').unwrap_or(text).trim_end();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let whole = without_thousands(whole).ok_or(MoneyError::NotMoney)?;
    if decimals.is_empty() || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MoneyError::NotMoney);
    }
    if negative && whole.bytes().chain(decimals.bytes()).any(|byte| byte != b'0') {
        return Err(MoneyError::Negative);
    }
    let scale = match decimals.len() {
        1 => 10,
        2 => 1,
        _ => return Err(MoneyError::TooManyDecimals),
    };
    let whole: i64 = whole.parse().map_err(|_| MoneyError::TooLarge)?;
    let fraction: i64 = decimals.parse().map_err(|_| MoneyError::NotMoney)?;
    Ok(Some(i128::from(whole) * 100 + i128::from(fraction * scale)))
}

/// The digits of a whole number, whose commas, if any, divide it in threes; `None` for anything else.
pub(super) fn without_thousands(text: &str) -> Option<String> {
    let groups: Vec<&str> = text.split([',', '，']).collect();
    let digits = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    if !groups.iter().all(|group| digits(group)) {
        return None;
    }
    let grouped =
        groups.len() == 1 || groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
    grouped.then(|| groups.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_as_exports_write_them() {
        for (cell, minor) in [
            ("1299.90", 129_990),
            ("1299.9", 129_990),
            ("1299", 129_900),
            ("¥1,299.90", 129_990),
            ("￥ 12", 1_200),
            ("1,299.90", 129_990),
            ("12元", 1_200),
            ("0元", 0),
            ("0.05", 5),
            (" 403.0\t", 40_300),
            ("-0.00", 0),
            ("9,999,999,999,999.99", 999_999_999_999_999),
            ("007.10", 710),
            ("¥-0", 0),
            ("1，299.90", 129_990),
        ] {
            assert_eq!(parse(cell.as_bytes()), Ok(Some(MinorUnits(minor))), "{cell}");
        }
        for null in ["", "-", "--", "—", "/", "无退款申请", "  "] {
            assert_eq!(parse(null.as_bytes()), Ok(None), "{null}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused_with_its_reason() {
        use MoneyError::{Negative, NotMoney, TooLarge, TooManyDecimals};
        for (cell, error) in [
            ("12.345", TooManyDecimals),
            ("12.500", TooManyDecimals),
            ("-5", Negative),
            ("¥-5.00", Negative),
            ("-0.01", Negative),
            ("1.299,90", NotMoney),
            ("1,2990", NotMoney),
            ("abc", NotMoney),
            ("1e3", NotMoney),
            (".5", NotMoney),
            ("5.", NotMoney),
            ("1 299", NotMoney),
            ("99999999999999.00", TooLarge),
            ("99999999999999999999", TooLarge),
            ("NaN", NotMoney),
            ("+5", NotMoney),
            ("12,", NotMoney),
            (",12", NotMoney),
        ] {
            assert_eq!(parse(cell.as_bytes()), Err(error), "{cell}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_reads_back(minor in 0..=LARGEST) {
            let text = format!("{}.{:02}", minor / 100, minor % 100);
            prop_assert_eq!(parse(text.as_bytes()), Ok(Some(MinorUnits(minor))));
            let sign = format!("¥{text}元");
            prop_assert_eq!(parse(sign.as_bytes()), Ok(Some(MinorUnits(minor))));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,20}") {
            let _ = parse(text.as_bytes());
        }
    }
}
