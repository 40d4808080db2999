//! How wide a column must be for what it shows, where a Chinese character takes two places.

use unicode_width::UnicodeWidthStr;

use super::super::model::{Unit, Values};
use super::super::text::sanitize;

/// The narrowest column.
const NARROWEST: usize = 8;
/// The widest column; longer texts are shown in part, and are whole in their cells.
const WIDEST: usize = 50;
/// How wide a heading may make a column before it takes a second line.
const WIDEST_HEADING: usize = 20;
/// The room of a filter's arrow in a heading.
const ARROW: usize = 3;
/// How many rows are looked at for the longest text.
const ROWS: usize = 10_000;

/// The width of a column in places, and how many lines its heading takes.
#[must_use]
pub fn width(heading: &str, values: &Values, unit: Unit, currency: &str) -> (usize, usize) {
    let of_heading = heading.width() + ARROW;
    let width = (content(values, unit, currency) + 2).max(of_heading.min(WIDEST_HEADING));
    let width = width.clamp(NARROWEST, WIDEST);
    let lines = super::super::width::wrapped(heading, width.saturating_sub(ARROW)).len();
    (width, lines)
}

/// The places of the widest cell.
fn content(values: &Values, unit: Unit, currency: &str) -> usize {
    let money = if unit == Unit::Currency { sanitize(currency).width() } else { 0 };
    match values {
        Values::Text(v) => v.iter().take(ROWS).flatten().map(|text| text.width()).max().unwrap_or(0),
        Values::Date(_) => 10,
        Values::Flag(_) => 5,
        Values::Count(v) => number(extremes(v.iter().flatten().map(|n| *n as f64)), 0),
        Values::Wide(v) => number(extremes(v.iter().flatten().map(|n| *n as f64)), 0),
        Values::Money(v) => money + number(extremes(v.iter().flatten().map(|n| *n as f64 / 100.0)), 2),
        Values::Real(v) => {
            let (low, high) = extremes(v.iter().flatten().copied().filter(|n| n.is_finite()));
            match unit {
                Unit::Currency => money + number((low, high), 2),
                Unit::Share => 1 + number((low * 100.0, high * 100.0), 3),
                Unit::Hours | Unit::HoursPerViewer => number((low, high), 4),
                Unit::Plain | Unit::PerHour | Unit::Answer => number((low, high), 3),
            }
        }
    }
}

/// The smallest and the largest number, of no numbers zeros.
fn extremes(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    numbers.fold((0.0, 0.0), |(low, high), number| (number.min(low), number.max(high)))
}

/// The places of the wider of two numbers with decimals and separators.
fn number((low, high): (f64, f64), decimals: usize) -> usize {
    let places = |number: f64| {
        let text = format!("{number:.decimals$}");
        let digits = text.chars().take_while(|c| *c != '.').filter(char::is_ascii_digit).count();
        text.len() + digits.saturating_sub(1) / 3
    };
    places(low).max(places(high))
}

#[cfg(test)]
mod tests {
    use super::super::super::fixture::text;
    use super::*;

    #[test]
    fn columns_fit_what_they_show() {
        let of = |values: &Values, unit| width("x", values, unit, "¥").0;
        assert_eq!(of(&text(&[Some("王芳的直播间"), Some("a"), None]), Unit::Plain), 14);
        assert_eq!(of(&text(&[Some(&"a".repeat(500))]), Unit::Plain), WIDEST);
        // ¥1,234,567.89 and -¥1,234,567.89
        assert_eq!(of(&Values::Money(vec![Some(123_456_789), None]), Unit::Currency), 15);
        assert_eq!(of(&Values::Money(vec![Some(-123_456_789)]), Unit::Currency), 16);
        assert_eq!(of(&Values::Count(vec![]), Unit::Plain), NARROWEST);
        assert_eq!(of(&Values::Real(vec![Some(f64::NAN), Some(12_345.0)]), Unit::Plain), 12);
    }

    #[test]
    fn long_headings_take_lines_before_they_take_room() {
        let heading = "private share of repurchase orders";
        assert_eq!(width(heading, &Values::Date(vec![]), Unit::Plain, ""), (WIDEST_HEADING, 2));
        assert_eq!(width("GMV", &Values::Date(vec![]), Unit::Plain, ""), (12, 1));
    }
}
