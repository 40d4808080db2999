//! A cell of a workbook as the text that a CSV export would hold.

use std::io::Write;

use calamine::{DataRef, ExcelDateTime};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::formats::Format;

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// Nothing.
    Nothing,
    /// A value.
    Value,
    /// An error such as `#N/A`, or a formula that was never computed.
    Fault,
}

/// The mark of a formula without a value.
pub const NOT_COMPUTED: &str = "=";

/// Excel keeps 15 digits of a number: a longer id in it has been rounded.
const LONGEST_EXACT: f64 = 1e15;

/// What is known of a cell besides its value.
#[derive(Debug, Clone, Copy, Default)]
pub struct About {
    /// It holds a formula.
    pub is_formula: bool,
    /// How it is shown, where it is a number and that matters.
    pub format: Option<Format>,
    /// Its workbook counts days from 1904.
    pub epoch_1904: bool,
}

/// Appends the text of a cell.
pub fn write(value: &DataRef<'_>, about: About, out: &mut Vec<u8>) -> Held {
    let text = match value {
        DataRef::Empty if about.is_formula => {
            out.extend_from_slice(NOT_COMPUTED.as_bytes());
            return Held::Fault;
        }
        DataRef::Empty => return Held::Nothing,
        DataRef::Error(error) => {
            // Writing to a vector cannot fail.
            let _ = write!(out, "{error}");
            return Held::Fault;
        }
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.as_str(),
        DataRef::SharedString(text) => text,
        DataRef::Bool(true) => "TRUE",
        DataRef::Bool(false) => "FALSE",
        DataRef::Int(value) => &shown(*value as f64, about),
        DataRef::Float(value) => &shown(*value, about),
        DataRef::DateTime(value) => &time(*value, about.epoch_1904),
    };
    out.extend_from_slice(text.as_bytes());
    if text.is_empty() { Held::Nothing } else { Held::Value }
}

/// A number as its format shows it, but with all its digits, of which the format may show fewer.
fn shown(value: f64, about: About) -> String {
    match about.format {
        Some(Format::Percentage) => format!("{}%", number(value * 100.0)),
        Some(Format::Zeros(digits)) => {
            let plain = number(value);
            if plain.bytes().all(|byte| byte.is_ascii_digit()) { format!("{plain:0>digits$}") } else { plain }
        }
        None => number(value),
    }
}

/// A number, in the digits that Excel shows of it: a sum such as 0.1 + 0.2 is 0.3, for what Excel does not show is noise of the binary
/// form. A number of more digits than Excel keeps has been rounded, and takes the form that the parser of ids refuses.
fn number(value: f64) -> String {
    if value.abs() >= LONGEST_EXACT && value.is_finite() {
        return format!("{value:E}").replace('E', "E+");
    }
    let shown: f64 = format!("{value:.14E}").parse().unwrap_or(value);
    // Noise is a few units in the last place of 53 bits; anything beyond is a digit that somebody wrote.
    let is_noise = (shown - value).abs() <= value.abs() * f64::EPSILON * 4.0;
    // A zero may have a sign, which means nothing here.
    let value = if is_noise { shown } else { value } + 0.0;
    format!("{value}")
}

/// A date, a time of day or a length of time: a number of days, to the nearest second, since its fractions are not exact.
fn time(value: ExcelDateTime, epoch_1904: bool) -> String {
    const DAY: i64 = 86_400;
    let days = value.as_f64();
    let seconds = (days * DAY as f64).round();
    if !(0.0..4e11).contains(&seconds) {
        return number(days);
    }
    let seconds = seconds as i64;
    let (day, second) = (seconds / DAY, seconds % DAY);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    if value.is_duration() {
        return format!("{:02}:{minute:02}:{second:02}", day * 24 + hour);
    }
    if day == 0 {
        // No day: a time of day alone.
        return format!("{hour:02}:{minute:02}:{second:02}");
    }
    match calendar_day(day, epoch_1904) {
        Some(date) => format!("{date} {hour:02}:{minute:02}:{second:02}"),
        None => number(days),
    }
}

/// The date of a serial day, in the form `2026-03-27`.
fn calendar_day(day: i64, epoch_1904: bool) -> Option<String> {
    // In Excel's calendar 1900 is a leap year.
    let epoch: Date = match (epoch_1904, day) {
        (true, _) => date(1904, 1, 1),
        (false, 60) => return Some("1900-02-29".to_owned()),
        (false, 1..60) => date(1899, 12, 31),
        (false, _) => date(1899, 12, 30),
    };
    epoch.checked_add(day.days()).ok().map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{CellErrorType, ExcelDateTimeType};

    fn text(value: &DataRef<'_>) -> (String, Held) {
        let mut out = Vec::new();
        let held = write(value, About::default(), &mut out);
        (String::from_utf8(out).unwrap(), held)
    }

    fn moment(serial: f64, epoch_1904: bool) -> String {
        time(ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, epoch_1904), epoch_1904)
    }

    #[test]
    fn numbers_as_excel_shows_them() {
        for (value, text) in [
            (1299.9, "1299.9"),
            (0.1 + 0.2, "0.3"),
            (1299.8 + 0.1, "1299.9"),
            (4.35 * 100.0, "435"),
            (12.345, "12.345"),
            (-5.0, "-5"),
            (-0.0, "0"),
            (123_456_789_012_345.0, "123456789012345"),
            (1e-7, "0.0000001"),
            // Sixteen digits are more than Excel keeps: these were written by another program, and stay.
            (123_456_789_012.345_6, "123456789012.3456"),
            (1_772_453_400_000.0, "1772453400000"),
        ] {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn whole_numbers_have_the_zeros_of_their_format() {
        let zeros = About { format: Some(Format::Zeros(6)), ..About::default() };
        let texts = [7.0, 1_234_567.0, -7.0, 7.5].map(|value| shown(value, zeros));
        assert_eq!(texts, ["000007", "1234567", "-7", "7.5"]);
    }

    #[test]
    fn numbers_with_the_format_of_a_percentage_are_percentages() {
        let percent = About { format: Some(Format::Percentage), ..About::default() };
        let cases = [
            (0.255, "25.5%"),
            (0.07, "7%"),
            (0.29, "29%"),
            (0.123_45, "12.345%"),
            (0.0, "0%"),
            (1.0, "100%"),
        ];
        for (value, text) in cases {
            assert_eq!(shown(value, percent), text);
        }
        let mut out = Vec::new();
        write(&DataRef::Int(1), percent, &mut out);
        write(&DataRef::SharedString("--"), percent, &mut out);
        assert_eq!(out, b"100%--");
    }

    #[test]
    fn numbers_that_have_been_rounded_are_no_ids() {
        for (value, text) in
            [(7_349_583_948_573_948_571_f64, "7.349583948573949E+18"), (1e15, "1E+15"), (9.44e18, "9.44E+18")]
        {
            assert_eq!(number(value), text);
            assert!(crate::input::parse::id::is_mangled(text.as_bytes()));
        }
    }

    #[test]
    fn serial_days_become_times_to_the_nearest_second() {
        for (serial, text) in [
            (46_083.0, "2026-03-02 00:00:00"),
            (46_083.840_277_777_78, "2026-03-02 20:10:00"),
            (46_083.840_277_777_7, "2026-03-02 20:10:00"),
            (46_083.999_999, "2026-03-03 00:00:00"),
            (59.0, "1900-02-28 00:00:00"),
            (60.0, "1900-02-29 00:00:00"),
            (61.0, "1900-03-01 00:00:00"),
            (0.5, "12:00:00"),
            (-1.0, "-1"),
            (1e9, "1000000000"),
        ] {
            assert_eq!(moment(serial, false), text);
        }
        assert_eq!(moment(46_083.0 - 1462.0 + 0.5, true), "2026-03-02 12:00:00");
        let length = ExcelDateTime::new(1.25, ExcelDateTimeType::TimeDelta, false);
        assert_eq!(time(length, false), "30:00:00");
    }

    #[test]
    fn the_date_that_only_excel_knows_is_refused_by_the_parser_of_times() {
        let zone = jiff::tz::TimeZone::UTC;
        let mut times = crate::input::parse::time::TimeParser::new(zone, Vec::new().into());
        assert!(times.parse(moment(60.0, false).as_bytes()).is_err());
        assert!(times.parse(moment(0.5, false).as_bytes()).is_err());
    }

    #[test]
    fn texts_errors_and_nothing() {
        assert_eq!(text(&DataRef::SharedString("007")), ("007".to_owned(), Held::Value));
        assert_eq!(text(&DataRef::String(String::new())), (String::new(), Held::Nothing));
        assert_eq!(text(&DataRef::Bool(true)), ("TRUE".to_owned(), Held::Value));
        assert_eq!(text(&DataRef::Error(CellErrorType::NA)), ("#N/A".to_owned(), Held::Fault));
        assert_eq!(text(&DataRef::Empty), (String::new(), Held::Nothing));
        let mut out = Vec::new();
        let formula = About { is_formula: true, ..About::default() };
        assert_eq!(write(&DataRef::Empty, formula, &mut out), Held::Fault);
        assert_eq!(out, NOT_COMPUTED.as_bytes());
    }
}
