//! Numbers as consoles of platforms write them: `12,345`, `1.2万`, `12.3%`, `2小时13分`. Exact, or not at all.

use super::money::{self, LARGEST, MoneyError, NULLS, without_thousands};
use super::trim;
use crate::units::MinorUnits;

/// Why a cell is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberError {
    /// The text is no number of the kind.
    NotNumber,
    /// A part of a whole where there must be none, or more decimals than there may be.
    NotWhole,
    /// Two ends, or only one, in place of a figure (`1w-2.5w`, `10万+`).
    Range,
    /// Below zero.
    Negative,
    /// Beyond what any export holds.
    TooLarge,
}

/// Why a cell is no amount of money in the forms of a console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountError {
    /// It is no amount.
    Money(MoneyError),
    /// It is a range.
    Range,
}

/// A number of at least 0, as it was written: `digits` / 10^`scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decimal {
    digits: i128,
    scale: u32,
    /// Whether it was written in ten thousands (`1.2万`), so that the platform has rounded it.
    pub is_rounded: bool,
}

/// The most digits of a number: a mean that went through a spreadsheet has up to 19 (`0.016666666666666666`).
const LONGEST: usize = 22;
/// Above it, a number of persons or orders is an error of the export.
const LARGEST_COUNT: i128 = LARGEST as i128 / 100;
/// Words for multiples.
const MULTIPLES: [(&str, i128); 7] = [
    ("万", 10_000),
    ("w", 10_000),
    ("W", 10_000),
    ("亿", 100_000_000),
    ("k", 1_000),
    ("K", 1_000),
    ("千", 1_000),
];
/// What stands between the ends of a range.
const DASHES: [char; 6] = ['-', '–', '—', '~', '～', '至'];

impl Decimal {
    /// The number times `factor`, to the nearest whole, a half upwards.
    ///
    /// # Errors
    /// When the result is beyond 64 bits.
    pub fn times(self, factor: i64) -> Result<i64, NumberError> {
        let one = 10_i128.pow(self.scale);
        let product = self.digits.checked_mul(i128::from(factor)).ok_or(NumberError::TooLarge)?;
        let doubled = product.checked_mul(2).and_then(|twice| twice.checked_add(one));
        i64::try_from(doubled.ok_or(NumberError::TooLarge)? / (2 * one)).map_err(|_| NumberError::TooLarge)
    }

    /// The number times `factor`, which must be whole.
    fn exactly_times(self, factor: i128) -> Result<i128, NumberError> {
        let (one, product) = (10_i128.pow(self.scale), self.digits * factor);
        if product % one == 0 { Ok(product / one) } else { Err(NumberError::NotWhole) }
    }

    fn plus(self, other: Self) -> Result<Self, NumberError> {
        let scale = self.scale.max(other.scale);
        let digits = |of: Self| of.digits.checked_mul(10_i128.pow(scale - of.scale));
        let sum = digits(self).zip(digits(other)).and_then(|(a, b)| a.checked_add(b));
        let digits = sum.ok_or(NumberError::TooLarge)?;
        Ok(Self { digits, scale, is_rounded: self.is_rounded || other.is_rounded })
    }
}

/// The number in a cell; `None` where the cell says that there is none.
///
/// # Errors
/// See [`NumberError`].
pub fn decimal(cell: &[u8]) -> Result<Option<Decimal>, NumberError> {
    let text = std::str::from_utf8(trim(cell)).map_err(|_| NumberError::NotNumber)?;
    if NULLS.contains(&text) { Ok(None) } else { number(text).map(Some) }
}

fn number(text: &str) -> Result<Decimal, NumberError> {
    if is_range(text) {
        return Err(NumberError::Range);
    }
    let (text, negative) = text.strip_prefix(['-', '−']).map_or((text, false), |rest| (rest, true));
    let multiple = MULTIPLES.iter().find_map(|(word, multiple)| Some((text.strip_suffix(word)?, *multiple)));
    let (text, multiple) =
        multiple.map_or((text, None), |(text, multiple)| (text.trim_end(), Some(multiple)));
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let whole = without_thousands(whole).ok_or(NumberError::NotNumber)?;
    let point_alone = text.ends_with('.');
    if point_alone || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NumberError::NotNumber);
    }
    let digits = format!("{whole}{decimals}");
    if digits.len() > LONGEST {
        return Err(NumberError::TooLarge);
    }
    let digits: i128 = digits.parse().map_err(|_| NumberError::NotNumber)?;
    if negative && digits != 0 {
        return Err(NumberError::Negative);
    }
    let scale = decimals.len() as u32;
    Ok(Decimal { digits: digits * multiple.unwrap_or(1), scale, is_rounded: multiple.is_some() })
}

/// Whether a text names two ends, or one end that is open.
fn is_range(text: &str) -> bool {
    let digit = |part: &str| part.bytes().any(|byte| byte.is_ascii_digit());
    let open = text.ends_with(['+', '＋']) || text.starts_with(['<', '>', '≥', '≤', '＜', '＞']);
    open && digit(text) || text.split_once(DASHES).is_some_and(|(low, high)| digit(low) && digit(high))
}

/// A number of persons, orders and the like, and whether the platform rounded it.
///
/// # Errors
/// See [`NumberError`].
pub fn count(cell: &[u8]) -> Result<Option<(i64, bool)>, NumberError> {
    let Some(number) = decimal(cell)? else { return Ok(None) };
    let value = number.exactly_times(1)?;
    if value > LARGEST_COUNT {
        return Err(NumberError::TooLarge);
    }
    Ok(Some((i64::try_from(value).map_err(|_| NumberError::TooLarge)?, number.is_rounded)))
}

/// An amount of money, and whether the platform rounded it: the forms of [`money::parse`], and `12.3万`.
///
/// # Errors
/// See [`AmountError`].
pub fn amount(cell: &[u8]) -> Result<Option<(MinorUnits, bool)>, AmountError> {
    let wrong = |error| Err(AmountError::Money(error));
    match money::parse(cell) {
        Ok(amount) => return Ok(amount.map(|amount| (amount, false))),
        Err(MoneyError::NotMoney) => {}
        Err(other) => return wrong(other),
    }
    let text = String::from_utf8_lossy(trim(cell)).into_owned();
    let text = text.trim_start_matches(money::SIGNS).trim_end_matches('元').trim();
    match number(text) {
        Ok(number) if number.is_rounded => {
            let Ok(cents) = number.exactly_times(100) else { return wrong(MoneyError::TooManyDecimals) };
            match i64::try_from(cents).ok().filter(|cents| *cents <= LARGEST) {
                Some(cents) => Ok(Some((MinorUnits(cents), true))),
                None => wrong(MoneyError::TooLarge),
            }
        }
        Err(NumberError::Range) => Err(AmountError::Range),
        _ => wrong(MoneyError::NotMoney),
    }
}

/// A percentage such as `12.3%`, from 0 to 100, as the number before the sign. Without the sign only 0 is clear: `0.5` may be a half.
///
/// # Errors
/// See [`NumberError`].
pub fn percent(cell: &[u8]) -> Result<Option<Decimal>, NumberError> {
    let text = std::str::from_utf8(trim(cell)).map_err(|_| NumberError::NotNumber)?;
    if NULLS.contains(&text) {
        return Ok(None);
    }
    let signed = text.strip_suffix(['%', '％']);
    let number = number(signed.unwrap_or(text).trim_end())?;
    if signed.is_none() && number.digits != 0 {
        return Err(NumberError::NotNumber);
    }
    if number.digits > 100 * 10_i128.pow(number.scale) {
        return Err(NumberError::TooLarge);
    }
    Ok(Some(number))
}

/// Words for units of time, the longer before those that they begin with, and their seconds.
const UNITS: [(&str, i128); 9] = [
    ("小时", 3_600),
    ("时", 3_600),
    ("h", 3_600),
    ("分钟", 60),
    ("分", 60),
    ("m", 60),
    ("秒钟", 1),
    ("秒", 1),
    ("s", 1),
];

/// A length of time in seconds: a number of `unit` seconds each (`133.5`), or with words (`2小时13分`), or `02:13:20`.
///
/// # Errors
/// See [`NumberError`].
pub fn duration(cell: &[u8], unit: i64) -> Result<Option<Decimal>, NumberError> {
    let text = std::str::from_utf8(trim(cell)).map_err(|_| NumberError::NotNumber)?;
    if NULLS.contains(&text) {
        return Ok(None);
    }
    let in_seconds = |number: Decimal, unit: i128| Decimal { digits: number.digits * unit, ..number };
    if let [hours, minutes, seconds] = text.split(':').collect::<Vec<_>>()[..] {
        let part = |text: &str, unit| number(text).map(|number| in_seconds(number, unit));
        return part(hours, 3_600)?.plus(part(minutes, 60)?)?.plus(part(seconds, 1)?).map(Some);
    }
    match number(text) {
        Ok(number) => Ok(Some(in_seconds(number, i128::from(unit)))),
        Err(NumberError::NotNumber) => in_words(text).map(Some),
        Err(other) => Err(other),
    }
}

fn in_words(text: &str) -> Result<Decimal, NumberError> {
    let mut total = Decimal { digits: 0, scale: 0, is_rounded: false };
    let (mut rest, mut largest) = (text, i128::MAX);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(NumberError::NotNumber)?;
        let amount = number(&rest[..end])?;
        let found = UNITS.iter().find_map(|(word, unit)| Some((rest[end..].strip_prefix(word)?, *unit)));
        let (after, unit) = found.ok_or(NumberError::NotNumber)?;
        // Units descend, so that `3分2小时` is not read.
        if unit >= largest {
            return Err(NumberError::NotNumber);
        }
        total = total.plus(Decimal { digits: amount.digits * unit, ..amount })?;
        (rest, largest) = (after.trim_start(), unit);
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_as_consoles_write_them() {
        for (cell, expected) in [
            ("12345", (12_345, false)),
            (" 12,345\t", (12_345, false)),
            ("0", (0, false)),
            ("12.0", (12, false)),
            ("1.2万", (12_000, true)),
            ("1.2w", (12_000, true)),
            ("3.4567W", (34_567, true)),
            ("1.05亿", (105_000_000, true)),
            ("2k", (2_000, true)),
            ("-0", (0, false)),
        ] {
            assert_eq!(count(cell.as_bytes()), Ok(Some(expected)), "{cell}");
        }
        for null in ["", "-", "--", "—", "/", " "] {
            assert_eq!(count(null.as_bytes()), Ok(None), "{null}");
        }
    }

    #[test]
    fn what_is_no_count_is_refused_with_its_reason() {
        use NumberError::{Negative, NotNumber, NotWhole, Range, TooLarge};
        for (cell, error) in [
            ("1w-2.5w", Range),
            ("100~250", Range),
            ("1000 - 2500", Range),
            ("10万+", Range),
            (">1000", Range),
            ("1.23456万", NotWhole),
            ("12.5", NotWhole),
            ("-5", Negative),
            ("12.", NotNumber),
            ("1,2345", NotNumber),
            ("many", NotNumber),
            ("1e5", NotNumber),
            ("NaN", NotNumber),
            ("万", NotNumber),
            ("1万2", NotNumber),
            ("99999999999999", TooLarge),
            ("99999999999999999999999", TooLarge),
        ] {
            assert_eq!(count(cell.as_bytes()), Err(error), "{cell}");
        }
    }

    #[test]
    fn amounts_are_money_and_ten_thousands_of_it() {
        let cents = |cell: &str| amount(cell.as_bytes());
        assert_eq!(cents("¥1,299.90"), Ok(Some((MinorUnits(129_990), false))));
        assert_eq!(cents("12.3万"), Ok(Some((MinorUnits(12_300_000), true))));
        assert_eq!(cents("¥1.23456789万元"), Err(AmountError::Money(MoneyError::TooManyDecimals)));
        assert_eq!(cents("¥1.2w"), Ok(Some((MinorUnits(1_200_000), true))));
        assert_eq!(cents("-"), Ok(None));
        for (cell, error) in [
            ("1w-2.5w", AmountError::Range),
            ("¥100-¥250", AmountError::Range),
            ("-5", AmountError::Money(MoneyError::Negative)),
            ("1.234", AmountError::Money(MoneyError::TooManyDecimals)),
            ("much", AmountError::Money(MoneyError::NotMoney)),
            ("99999999亿", AmountError::Money(MoneyError::TooLarge)),
        ] {
            assert_eq!(cents(cell), Err(error), "{cell}");
        }
    }

    #[test]
    fn lengths_of_time_in_minutes_words_and_clocks() {
        let seconds = |cell: &str| duration(cell.as_bytes(), 60).map(|found| found.map(|d| d.times(1)));
        for (cell, expected) in [
            ("133.5", 8_010),
            ("133", 7_980),
            ("1,440", 86_400),
            ("0.01", 1),                 // 0.6 s
            ("0.016666666666666666", 1), // a sixtieth, through a spreadsheet
            ("2小时13分", 7_980),
            ("2小时13分20秒", 8_000),
            ("13分钟", 780),
            ("45秒", 45),
            ("1h30m", 5_400),
            ("2.5小时", 9_000),
            ("02:13:20", 8_000),
        ] {
            assert_eq!(seconds(cell), Ok(Some(Ok(expected))), "{cell}");
        }
        assert_eq!(seconds("--"), Ok(None));
        for bad in ["3分2小时", "2小时13", "12:30", "soon", "1分1分", "小时"] {
            assert_eq!(seconds(bad), Err(NumberError::NotNumber), "{bad}");
        }
        assert_eq!(seconds("-3"), Err(NumberError::Negative));
    }

    #[test]
    fn products_are_exact_and_halves_go_up() {
        // 1,234 viewers of 1.37 minutes each are 101,434.8 seconds; 0.1 × 5 is a half.
        let mean = duration(b"1.37", 60).unwrap().unwrap();
        assert_eq!(mean.times(1_234), Ok(101_435));
        assert_eq!(decimal(b"0.1").unwrap().unwrap().times(5), Ok(1));
        assert_eq!(decimal(b"0.1").unwrap().unwrap().times(4), Ok(0));
        let share = percent(b"12.3%").unwrap().unwrap();
        assert_eq!(share.times(10_000), Ok(123_000));
        assert_eq!(percent(b"100%").unwrap().unwrap().times(1), Ok(100));
        assert_eq!(percent(b"0.00").unwrap().unwrap().times(1), Ok(0));
        assert_eq!(percent(b"0.123"), Err(NumberError::NotNumber));
        assert_eq!(percent(b"12.3"), Err(NumberError::NotNumber));
        assert_eq!(percent(b"100.01%"), Err(NumberError::TooLarge));
        assert_eq!(percent(b"-"), Ok(None));
        let long = decimal(b"9999999999999999999999").unwrap().unwrap();
        assert_eq!(long.times(i64::MAX), Err(NumberError::TooLarge));
    }

    proptest! {
        #[test]
        fn a_mean_times_its_viewers_is_the_nearest_second(cents in 0_i64..100_000, viewers in 0_i64..10_000_000) {
            let text = format!("{}.{:02}", cents / 100, cents % 100);
            let found = duration(text.as_bytes(), 60).unwrap().unwrap().times(viewers).unwrap();
            // In hundredths of a second: the distance is at most a half.
            let distance = i128::from(found) * 100 - i128::from(cents) * 60 * i128::from(viewers);
            prop_assert!((-49..=50).contains(&distance), "{distance}");
        }

        #[test]
        fn no_text_panics(text in "[0-9万w亿k.,:%小时分秒+~-]{0,16}|\\PC{0,12}") {
            let _ = (count(text.as_bytes()), amount(text.as_bytes()), percent(text.as_bytes()));
            let _ = duration(text.as_bytes(), 60).map(|found| found.map(|found| found.times(i64::MAX)));
        }
    }
}
