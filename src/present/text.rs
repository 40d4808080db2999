//! Numbers and cells as people read them, and the one door through which text from the data reaches a terminal.

use std::borrow::Cow;

use super::model::{Document, Language, Unit, Values};

/// What stands for null in documents for people.
pub const NULL: &str = "–";

/// Text that cannot steer a terminal, reorder a line or pass for another one: control characters, bidirectional controls, line separators
/// and what nobody sees become visible escapes such as `\n` and `\u{1b}`.
#[must_use]
pub fn sanitize(text: &str) -> Cow<'_, str> {
    sanitize_except(text, "")
}

/// As [`sanitize`], with some characters left as they are (a CSV on a terminal keeps its line ends).
#[must_use]
pub fn sanitize_except<'a>(text: &'a str, kept: &str) -> Cow<'a, str> {
    let unsafe_here = |c: char| (steers_a_terminal(c) || is_unseen(c)) && !kept.contains(c);
    if !text.chars().any(unsafe_here) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if unsafe_here(c) {
            // escape_default writes \n, \r, \t by name and everything else here as \u{…}.
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// The longest text of the data that a table, a sentence or a page shows in full; formats for machines hold all of it.
const LONGEST_SHOWN: usize = 1_000;

/// Text of the data as people see it: harmless (see [`sanitize`]), and cut with `…` where it is longer than anybody reads: one name of ten
/// megabytes would make each line of a table as long.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}…", sanitize(text.get(..end).unwrap_or_default()))),
        None => sanitize(text),
    }
}

/// Whether a character is a control, a bidirectional control or a line separator.
#[must_use]
pub fn steers_a_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character is one that nobody sees, so that two names would look the same, or none at all, which XML cannot hold. What joins
/// letters and emoji is seen by what it does.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'
            | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{fdd0}'..='\u{fdef}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || u32::from(c) & 0xFFFE == 0xFFFE
}

/// Minor units as a decimal number with exactly two decimals: `-1234.50`.
#[must_use]
pub fn decimal(minor_units: i128) -> String {
    let sign = if minor_units < 0 { "-" } else { "" };
    let size = minor_units.unsigned_abs();
    format!("{sign}{}.{:02}", size / 100, size % 100)
}

/// Minor units as money with thousands separators and the currency, `-¥1,234.50`, safe for a terminal.
#[must_use]
pub fn money(minor_units: i128, currency: &str) -> String {
    let number = grouped(&decimal(minor_units));
    let currency = sanitize(currency);
    match number.strip_prefix('-') {
        Some(size) => format!("-{currency}{size}"),
        None => format!("{currency}{number}"),
    }
}

/// The same with a sign also where it is gained: `+¥12.00`.
#[must_use]
pub fn signed_money(minor_units: i128, currency: &str) -> String {
    let sign = if minor_units > 0 { "+" } else { "" };
    format!("{sign}{}", money(minor_units, currency))
}

/// How one document's numbers are written for people.
#[derive(Debug, Clone)]
pub struct Style<'a> {
    language: Language,
    currency: Cow<'a, str>,
}

impl<'a> Style<'a> {
    /// The style of a document in a language.
    #[must_use]
    pub fn new(document: &'a Document, language: Language) -> Self {
        Self { language, currency: sanitize(&document.currency) }
    }

    /// One cell with its human unit, safe for a terminal; `None` is null (or no such row).
    #[must_use]
    pub fn cell(&self, values: &Values, row: usize, unit: Unit) -> Option<String> {
        match values {
            Values::Text(v) => v.get(row)?.as_deref().map(|text| shown(text).into_owned()),
            Values::Date(v) => v.get(row)?.map(|date| date.to_string()),
            Values::Count(v) => v.get(row)?.map(|n| self.whole(i128::from(n), unit)),
            Values::Money(v) => v.get(row)?.map(|n| self.money(&decimal(n), unit)),
            Values::Wide(v) => v.get(row)?.map(|n| self.whole(n, unit)),
            Values::Real(v) => v.get(row)?.filter(|n| n.is_finite()).map(|n| self.real(n, unit)),
            Values::Flag(v) => v.get(row)?.map(|yes| self.flag(yes, unit).to_owned()),
        }
    }

    fn whole(&self, value: i128, unit: Unit) -> String {
        match unit {
            Unit::Plain | Unit::Answer => grouped(&value.to_string()),
            _ => self.real(value as f64, unit),
        }
    }

    fn real(&self, value: f64, unit: Unit) -> String {
        match unit {
            Unit::Plain | Unit::Answer => plain(value),
            Unit::Currency => self.money(&format!("{value:.2}"), unit),
            Unit::Hours => format!("{} h", with_small(value, 1, 2)),
            Unit::HoursPerViewer => per_viewer(value),
            Unit::PerHour => format!("{} /h", per_hour(value)),
            Unit::Share => format!("{} %", with_small(value * 100.0, 1, 2)),
        }
    }

    /// `-¥1,234.50` from `-1234.50`.
    fn money(&self, decimal: &str, unit: Unit) -> String {
        let number = grouped(decimal);
        let (sign, size) = match number.strip_prefix('-') {
            Some(size) => ("-", size),
            None => ("", number.as_str()),
        };
        let currency = if unit == Unit::Currency { &*self.currency } else { "" };
        format!("{sign}{currency}{size}")
    }

    fn flag(&self, yes: bool, unit: Unit) -> &'static str {
        match (yes, self.language) {
            (true, Language::English) => "yes",
            (true, Language::Chinese) => "是",
            (false, _) if unit != Unit::Answer => "",
            (false, Language::English) => "no",
            (false, Language::Chinese) => "否",
        }
    }
}

/// Thousands separators in a decimal number; a zero loses its minus sign.
fn grouped(number: &str) -> String {
    let (negative, size) = match number.strip_prefix('-') {
        Some(size) => (true, size),
        None => (false, number),
    };
    let (whole, rest) = size.split_at(size.find('.').unwrap_or(size.len()));
    let mut text = String::with_capacity(number.len() + whole.len() / 3);
    if negative && size.contains(|c| matches!(c, '1'..='9')) {
        text.push('-');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text.push_str(rest);
    text
}

/// Fixed decimals with thousands separators.
fn fixed(value: f64, decimals: usize) -> String {
    grouped(&format!("{value:.decimals$}"))
}

/// Fixed decimals from 1 on (and for 0); below, as many decimals as show the significant digits.
fn with_small(value: f64, decimals: usize, significant: usize) -> String {
    let size = value.abs();
    if size >= 1.0 || size == 0.0 { fixed(value, decimals) } else { small(value, significant) }
}

/// A value between -1 and 1 with the given significant digits; the tiniest as a power of ten.
fn small(value: f64, significant: usize) -> String {
    // Below a millionth, zeros after the point can no longer be counted by eye.
    if value.abs() < 1e-6 {
        let decimals = significant - 1;
        return format!("{value:.decimals$e}");
    }
    let zeros = (-value.abs().log10().floor()) as usize;
    fixed(value, zeros + significant - 1)
}

/// A ratio: three decimals below 10, two above, two significant digits below a hundredth.
fn plain(value: f64) -> String {
    let size = value.abs();
    if size >= 10.0 {
        fixed(value, 2)
    } else if size >= 0.01 || size == 0.0 {
        fixed(value, 3)
    } else {
        small(value, 2)
    }
}

/// A number per hour with about three significant digits.
fn per_hour(value: f64) -> String {
    if value.abs() >= 10.0 { fixed(value, 1) } else { with_small(value, 2, 3) }
}

/// Hours per viewer in the unit that reads best: seconds, minutes from 1 on, hours from 2 on.
fn per_viewer(hours: f64) -> String {
    let seconds = hours * 3_600.0;
    let minutes = hours * 60.0;
    // Rounded first, so that nothing reads `60 s` or `120.0 min`.
    if seconds.abs().round() < 60.0 {
        format!("{} s", with_small(seconds, 0, 2))
    } else if (minutes.abs() * 10.0).round() < 1_200.0 {
        format!("{} min", fixed(minutes, 1))
    } else {
        format!("{} h", fixed(hours, 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(values: &Values, unit: Unit) -> String {
        let document = Document { currency: "¥".to_owned(), ..Document::default() };
        Style::new(&document, Language::English).cell(values, 0, unit).unwrap()
    }

    fn real(value: f64, unit: Unit) -> String {
        shown(&Values::Real(vec![Some(value)]), unit)
    }

    #[test]
    fn nothing_that_steers_a_terminal_passes() {
        assert_eq!(sanitize("a\x1b[31mb\n\r\t\0"), "a\\u{1b}[31mb\\n\\r\\t\\u{0}");
        assert_eq!(sanitize("\u{7f}\u{9b}31m"), "\\u{7f}\\u{9b}31m");
        assert_eq!(sanitize("x\u{202e}y\u{2066}z\u{200f}\u{61c}"), "x\\u{202e}y\\u{2066}z\\u{200f}\\u{61c}");
        assert_eq!(sanitize("a\u{2028}b\u{2029}"), "a\\u{2028}b\\u{2029}");
        assert!(matches!(sanitize("王芳 👩‍👩‍👧 é \\n ❤\u{fe0f} می\u{200c}خ"), Cow::Borrowed(_)));
        assert_eq!(sanitize("s1\u{200b}\u{ad}\u{feff}"), "s1\\u{200b}\\u{ad}\\u{feff}");
        assert_eq!(sanitize("\u{ffff}\u{1fffe}\u{e0041}"), "\\u{ffff}\\u{1fffe}\\u{e0041}");
        assert_eq!(sanitize_except("a\nb\x1b", "\n"), "a\nb\\u{1b}");
        assert_eq!(super::shown(&"王".repeat(1_000)), "王".repeat(1_000));
        assert_eq!(super::shown(&"\x1b".repeat(1_001)), format!("{}…", "\\u{1b}".repeat(1_000)));
        let all: String = (0..=0x0010_ffff).filter_map(char::from_u32).collect();
        assert!(!sanitize(&all).chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)));
    }

    #[test]
    fn money_reads_as_money() {
        let money = |n| shown(&Values::Money(vec![Some(n)]), Unit::Currency);
        assert_eq!(money(123_450), "¥1,234.50");
        assert_eq!(money(-123_450), "-¥1,234.50");
        assert_eq!(money(-5), "-¥0.05");
        assert_eq!(money(0), "¥0.00");
        assert_eq!(money(100_000_000_000), "¥1,000,000,000.00");
        assert_eq!(money(i128::MIN), "-¥1,701,411,834,604,692,317,316,873,037,158,841,057.28");
        assert_eq!(shown(&Values::Money(vec![Some(12_345)]), Unit::Plain), "123.45");
        assert_eq!(real(60.304, Unit::Currency), "¥60.30");
        assert_eq!(real(-1_060.3, Unit::Currency), "-¥1,060.30");
        assert_eq!(real(-0.001, Unit::Currency), "¥0.00");
    }

    #[test]
    fn counts_have_thousands() {
        let count = |n| shown(&Values::Count(vec![Some(n)]), Unit::Plain);
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(-1_000), "-1,000");
        assert_eq!(count(12_345_678), "12,345,678");
        assert_eq!(shown(&Values::Count(vec![Some(1_234)]), Unit::Hours), "1,234.0 h");
        assert_eq!(
            shown(&Values::Wide(vec![Some(10_i128.pow(20))]), Unit::Plain),
            "100,000,000,000,000,000,000"
        );
    }

    #[test]
    fn hours_and_rates_stay_readable() {
        for (value, text) in
            [(1_234.46, "1,234.5 h"), (1.0, "1.0 h"), (0.0, "0.0 h"), (0.0417, "0.042 h"), (-3.25, "-3.2 h")]
        {
            assert_eq!(real(value, Unit::Hours), text);
        }
        for (value, text) in [
            (1_834.56, "1,834.6 /h"),
            (18.34, "18.3 /h"),
            (1.834, "1.83 /h"),
            (0.0123, "0.0123 /h"),
            (0.000_045_67, "0.0000457 /h"),
            (1.5e-9, "1.50e-9 /h"),
            (0.0, "0.00 /h"),
            (-0.5, "-0.500 /h"),
        ] {
            assert_eq!(real(value, Unit::PerHour), text);
        }
        for (value, text) in [
            (1_234.567, "1,234.57"),
            (12.345_6, "12.35"),
            (1.234_5, "1.234"),
            (0.5, "0.500"),
            (0.012_3, "0.012"),
            (0.000_4, "0.00040"),
            (0.0, "0.000"),
            (-0.000_4, "-0.00040"),
            (2e-8, "2.0e-8"),
        ] {
            assert_eq!(real(value, Unit::Plain), text);
        }
    }

    #[test]
    fn shares_are_hundredths() {
        for (value, text) in [(0.13, "13.0 %"), (0.0, "0.0 %"), (1.0, "100.0 %"), (0.004_21, "0.42 %")] {
            assert_eq!(real(value, Unit::Share), text);
        }
    }

    #[test]
    fn hours_per_viewer_choose_their_unit() {
        for (hours, text) in [
            (0.0, "0 s"),
            (0.3 / 3_600.0, "0.30 s"),
            (42.0 / 3_600.0, "42 s"),
            (59.4 / 3_600.0, "59 s"),
            (59.6 / 3_600.0, "1.0 min"),
            (12.34 / 60.0, "12.3 min"),
            (119.94 / 60.0, "119.9 min"),
            (119.96 / 60.0, "2.0 h"),
            (2.5, "2.5 h"),
            (-12.3 / 60.0, "-12.3 min"),
        ] {
            assert_eq!(real(hours, Unit::HoursPerViewer), text);
        }
    }

    #[test]
    fn not_a_number_is_null() {
        let document = Document::default();
        let style = Style::new(&document, Language::English);
        assert_eq!(style.cell(&Values::Real(vec![Some(f64::NAN)]), 0, Unit::Plain), None);
        assert_eq!(style.cell(&Values::Count(vec![]), 0, Unit::Plain), None);
    }
}
