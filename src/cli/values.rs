//! Parsers of single values that were typed.

use std::num::NonZeroUsize;

use clap::ValueEnum;
use jiff::civil::{Date, Time};

use super::words::FactorWord;
use crate::alert::Alert;
use crate::calendar::DateRange;
use crate::factor::Factor;
use crate::input::parse::money::{self, MoneyError};
use crate::journey::rules::Attribution;
use crate::plan::{Goal, Multiplier};
use crate::units::{Level, MinorUnits, Seconds};

/// A number of threads that a machine may have.
pub fn threads(text: &str) -> Result<NonZeroUsize, String> {
    const MOST: usize = 1024;
    let number: Option<NonZeroUsize> = text.parse().ok();
    number.filter(|number| number.get() <= MOST).ok_or_else(|| format!("not a number from 1 to {MOST}"))
}

/// A length of time such as `30m`, `0s`, `24h`, `7d`, `1h30m`.
pub fn duration(text: &str) -> Result<Seconds, String> {
    let wrong = || format!("{text:?} is no length of time, such as 30m, 90s, 24h or 7d");
    let mut total: i64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
        let number: i64 = rest[..digits].parse().map_err(|_| wrong())?;
        let unit = match rest.as_bytes()[digits] {
            b's' => 1,
            b'm' => 60,
            b'h' => 3_600,
            b'd' => 86_400,
            b'w' => 604_800,
            _ => return Err(wrong()),
        };
        total = number.checked_mul(unit).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
        rest = &rest[digits + 1..];
    }
    Ok(Seconds(total))
}

/// `period`, `window:DURATION`, `carrier` or `all`.
pub fn attribution(text: &str) -> Result<Attribution, String> {
    match text {
        "period" => Ok(Attribution::Period),
        "carrier" => Ok(Attribution::Carrier),
        "all" => Ok(Attribution::All),
        _ => match text.strip_prefix("window:") {
            Some(length) => duration(length).map(Attribution::Window),
            None => Err("use period, window:DURATION (such as window:30m), carrier or all".to_owned()),
        },
    }
}

/// A date such as `2026-03-02`, of the years 1 to 9999.
pub fn date(text: &str) -> Result<Date, String> {
    // A time or a zone behind the date would be passed over.
    let is_date = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let date = text.parse().ok().filter(|date: &Date| is_date && date.year() > 0);
    date.ok_or_else(|| format!("{text:?} is no date, such as 2026-03-02"))
}

/// A range of dates such as `2026-03-02..2026-03-29`.
pub fn date_range(text: &str) -> Result<DateRange, String> {
    let (first, last) = text
        .split_once("..")
        .ok_or(format!("{text:?} is no range of dates, such as 2026-03-02..2026-03-29"))?;
    let range = DateRange { first: date(first)?, last: date(last)? };
    if range.first <= range.last {
        Ok(range)
    } else {
        Err(format!("{text}: the range ends before it begins"))
    }
}

/// One side of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The period that holds a date.
    Date(Date),
    /// A range of dates as one period.
    Range(DateRange),
}

/// A date, or a range of dates.
pub fn side(text: &str) -> Result<Side, String> {
    if text.contains("..") { date_range(text).map(Side::Range) } else { date(text).map(Side::Date) }
}

/// A share such as `80%` or `0.8`.
pub fn share(text: &str) -> Result<f64, String> {
    let number = match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok().map(|percent| percent / 100.0),
        None => text.parse().ok(),
    };
    let share = number.filter(|share| *share > 0.0 && *share <= 1.0);
    share.ok_or_else(|| format!("{text:?} is no share above 0 and up to 1, such as 80% or 0.8"))
}

/// A change of a factor, and the streamer that it is for, if it names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFor {
    /// The streamer; `None` is everyone asked about.
    pub streamer: Option<String>,
    /// The change.
    pub multiplier: Multiplier,
}

/// A change such as `+10%`, or `s001=+10%` for one streamer.
pub fn change_for(text: &str) -> Result<ChangeFor, String> {
    let (streamer, change) = match text.rsplit_once('=') {
        Some((streamer, change)) => (Some(streamer.trim().to_owned()), change),
        None => (None, text),
    };
    let multiplier = Multiplier::parse(change).map_err(|error| error.to_string())?;
    if streamer.as_ref().is_some_and(String::is_empty) {
        return Err(format!("{text:?} names no streamer before the `=`, such as s001=+10%"));
    }
    Ok(ChangeFor { streamer, multiplier })
}

/// A target: an amount of money, or a change such as `+20%`.
pub fn goal(text: &str) -> Result<Goal, String> {
    if text.contains(['%', '％', 'x', 'X', '×']) {
        return Multiplier::parse(text).map(Goal::Change).map_err(|error| error.to_string());
    }
    match money::parse_sum(text.trim()) {
        Ok(Some(amount)) if amount > 0 => Ok(Goal::Gmv(amount)),
        Err(MoneyError::TooLarge) => Err(format!("{text:?} is above {}", money::LARGEST_SUM)),
        _ => Err(format!("{text:?} is no GMV above 0, such as 1200000, and no change, such as +20%")),
    }
}

/// A cap: `uv=+10%`.
pub fn cap(text: &str) -> Result<(Factor, Multiplier), String> {
    let (word, change) =
        text.split_once('=').ok_or_else(|| format!("{text:?} is no cap, such as uv=+10%"))?;
    let factor = FactorWord::from_str(word.trim(), false)
        .map_err(|_| format!("{word:?} is no factor: uv, watch, conversion, aov or repurchase"))?;
    let multiplier = Multiplier::parse(change).map_err(|error| error.to_string())?;
    if multiplier.lowers() {
        return Err(format!("{text:?} would lower the factor; a cap is +0% or more"));
    }
    Ok((factor.into(), multiplier))
}

/// A number of replicates.
pub fn replicates(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (100..=100_000).contains(number));
    number
        .ok_or_else(|| format!("{text:?} is no number from 100 to 100000: fewer replicates tell no interval"))
}

/// A time of day such as `05:00`.
pub fn time_of_day(text: &str) -> Result<Time, String> {
    let wrong = || format!("{text:?} is no time of day, such as 05:00");
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let number = |part: &str| part.parse::<i8>().ok().filter(|_| part.len() <= 2);
    let time = number(hour).zip(number(minute)).and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    time.ok_or_else(wrong)
}

/// One delimiter: a character, or the words `tab`, `comma`, `semicolon`, `pipe`.
pub fn delimiter(text: &str) -> Result<u8, String> {
    match text {
        "tab" | "\\t" | "\t" => Ok(b'\t'),
        "comma" => Ok(b','),
        "semicolon" => Ok(b';'),
        "pipe" => Ok(b'|'),
        _ => match text.as_bytes() {
            [byte] if byte.is_ascii_punctuation() && *byte != b'"' => Ok(*byte),
            _ => Err(format!("{text:?} is no delimiter: one of , ; | tab")),
        },
    }
}

/// A size such as `512M`, `1.5GiB` or `10G`: bytes, or units of 1024, with up to two places.
pub fn size(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no size, such as 512M or 10G");
    let upper = text.trim().to_uppercase();
    let plain = upper.trim_end_matches('B').trim_end_matches('I');
    let digits = plain.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match plain[digits.len()..].trim() {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err(wrong()),
    };
    if digits.contains('+') {
        return Err(wrong());
    }
    let (whole, part) = digits.trim().split_once('.').unwrap_or((digits.trim(), ""));
    let hundredths: u64 = format!("{part:0<2}").parse().map_err(|_| wrong())?;
    let number: u64 = whole.parse().map_err(|_| wrong())?;
    let size = number.checked_mul(1 << shift).filter(|_| part.len() <= 2).ok_or_else(wrong)?;
    size.checked_add((hundredths << shift) / 100).filter(|size| *size > 0).ok_or_else(wrong)
}

/// A column and its constant value: `COLUMN=VALUE`.
pub fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((column, value)) if !column.trim().is_empty() => {
            Ok((column.trim().to_owned(), value.to_owned()))
        }
        _ => Err(format!("{text:?} is no COLUMN=VALUE")),
    }
}

/// The lower edges of price bands, ascending: `0,50,100`.
pub fn price_bands(text: &str) -> Result<Vec<MinorUnits>, String> {
    let mut edges = Vec::new();
    for edge in text.split(',') {
        let amount = money::parse(edge.as_bytes()).ok().flatten();
        edges.push(amount.ok_or_else(|| format!("{edge:?} is no amount of money"))?);
    }
    if edges.is_sorted_by(|a, b| a < b) { Ok(edges) } else { Err("the edges must ascend".to_owned()) }
}

/// A confidence level such as `0.95` or `95%`.
pub fn level(text: &str) -> Result<Level, String> {
    let number = match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok().map(|percent| percent / 100.0),
        None => text.parse().ok(),
    };
    number
        .and_then(Level::new)
        .ok_or_else(|| format!("{text:?} is no level between 0 and 1, such as 0.95 or 95%"))
}

/// As of when a report is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// The day on which it is made.
    Today,
    /// This date.
    Date(Date),
}

/// A date, or `today`.
pub fn as_of(text: &str) -> Result<AsOf, String> {
    if text == "today" { Ok(AsOf::Today) } else { date(text).map(AsOf::Date) }
}

/// A condition that is worth a word.
pub fn alert(text: &str) -> Result<Alert, String> {
    Alert::parse(text).map_err(|error| error.to_string())
}

/// How many periods a trend shows: from 2 to 520.
pub fn trend(text: &str) -> Result<usize, String> {
    const MOST: usize = 520;
    let number = text.parse().ok().filter(|number| (2..=MOST).contains(number));
    number.ok_or_else(|| format!("a trend shows from 2 to {MOST} periods"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (text, seconds) in [("30m", 1800), ("0s", 0), ("1h30m", 5400), ("7d", 604_800), ("2w", 1_209_600)]
        {
            assert_eq!(duration(text), Ok(Seconds(seconds)), "{text}");
        }
        for bad in ["", "30", "m", "-5m", "1.5h", "5x", "99999999999999999999s", "9223372036854775807w"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert_eq!(attribution("window:0s"), Ok(Attribution::Window(Seconds(0))));
        assert!(attribution("window").is_err() && attribution("window:").is_err());
    }

    #[test]
    fn other_values() {
        assert!(time_of_day("05:00").is_ok() && time_of_day("24:00").is_err() && time_of_day("5").is_err());
        assert_eq!(price_bands("0,49.5,100").unwrap(), [MinorUnits(0), MinorUnits(4950), MinorUnits(10_000)]);
        assert!(price_bands("0,50,50").is_err() && price_bands("").is_err() && price_bands("-1").is_err());
        assert!(threads("2").is_ok() && threads("0").is_err() && threads("200000").is_err());
        for bad in ["2026-03-02T10:00", "2026-03-02[x]", "2026-03-02 10:00:00+08:00", "2026-02-30", ""] {
            assert!(date(bad).is_err() && date("2026-03-02").is_ok(), "{bad}");
        }
        assert!(date_range("2026-03-02..2026-03-01").is_err() && date_range("2026-03-02").is_err());
        assert_eq!(delimiter("tab"), Ok(b'\t'));
        assert!(delimiter("ab").is_err() && delimiter("a").is_err() && delimiter("\"").is_err());
        assert_eq!(
            [
                size("512M"),
                size("10g"),
                size("2 GiB"),
                size("7"),
                size("1.5G"),
                size("0.25kb"),
                size("800MB")
            ],
            [Ok(512 << 20), Ok(10 << 30), Ok(2 << 30), Ok(7), Ok(3 << 29), Ok(256), Ok(800 << 20)]
        );
        assert!(
            ["", "G", "1X", "-1", "0", "99999999T", "1.G5", "1.555G", "1.+5G", "+1G", ".5G", "0.001"]
                .into_iter()
                .all(|text| size(text).is_err())
        );
        assert_eq!(level("95%"), level("0.95"));
        assert!(level("NaN").is_err() && level("1").is_err());
        assert_eq!(change_for("a=b=-5%").unwrap().streamer.as_deref(), Some("a=b"));
        assert!(change_for("=+5%").is_err() && change_for("a=5%").is_err() && change_for("a=").is_err());
        assert_eq!(goal("1,200,000"), Ok(Goal::Gmv(120_000_000)));
        assert!(["0", "-5", "", "much", "20%"].into_iter().all(|text| goal(text).is_err()));
        assert!(
            cap("uv=+0%").is_ok() && cap("uv=-1%").is_err() && cap("gmv=+1%").is_err() && cap("uv").is_err()
        );
        assert_eq!(assignment("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
    }
}
