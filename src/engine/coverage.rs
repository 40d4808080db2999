//! Which days of a period the inputs do not reach.

use std::fmt;

use jiff::civil::Date;

use super::EngineError;
use super::local::Journeys;
use crate::calendar::DateRange;

/// An input that does not reach all days of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// The input: `orders` or `sessions`.
    pub input: &'static str,
    /// The days that it has rows of, from the first to the last; `None` without any rows.
    pub dates: Option<DateRange>,
    /// The days of the period before the first of these, or after the last, ascending.
    pub missing: Vec<Date>,
}

/// So many days are named one by one.
const NAMED: usize = 10;

/// What inputs lack, in words: once, where all of them lack the same.
#[must_use]
pub fn told(inputs: &[Uncovered]) -> String {
    match inputs {
        [first, others @ ..] if others.iter().all(|one| one.dates == first.dates) => {
            let names: Vec<&str> = inputs.iter().map(|one| one.input).collect();
            format!("{} {first}", names.join(" and "))
        }
        _ => inputs.iter().map(|one| format!("{} {one}", one.input)).collect::<Vec<_>>().join("; "),
    }
}

/// As of when an earlier period is complete: the day after all inputs end; the word for a date where that is not known.
pub(super) fn earlier(inputs: &[Uncovered]) -> String {
    let end = |input: &Uncovered| {
        let dates = input.dates?;
        // Where days are missing at the beginning, no earlier period is better.
        input.missing.last().filter(|last| **last > dates.last).map(|_| dates.last)
    };
    let ends = inputs.iter().map(end).min().flatten();
    let next = ends.and_then(|date| date.tomorrow().ok());
    next.map_or_else(|| "DATE".to_owned(), |date| date.to_string())
}

impl fmt::Display for Uncovered {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.dates {
            Some(dates) => write!(out, "reach from {} to {}", dates.first, dates.last)?,
            None => write!(out, "have no rows")?,
        }
        let named: Vec<String> = self.missing.iter().take(NAMED).map(Date::to_string).collect();
        write!(out, ", missing {}", named.join(", "))?;
        match self.missing.len().checked_sub(NAMED + 1) {
            None => Ok(()),
            Some(_) => write!(out, " and {} days more", self.missing.len() - NAMED),
        }
    }
}

impl Journeys<'_> {
    /// The inputs that do not reach all days of a period, by their first and last rows, or what is declared that they cover.
    ///
    /// # Errors
    /// When their rows lie outside of the nameable years.
    pub fn uncovered(&self, period: DateRange) -> Result<Vec<Uncovered>, EngineError> {
        let given = self.input_dates()?.into_iter();
        let given = given.filter(|(input, _)| *input == "orders" || self.has_sessions());
        Ok(uncovered(given, self.settings.covers, period))
    }
}

/// The inputs, with the dates of their first and last rows, that do not reach all days of a period; all of them have those that are declared.
#[must_use]
pub fn uncovered(
    inputs: impl Iterator<Item = (&'static str, Option<DateRange>)>,
    declared: Option<DateRange>,
    period: DateRange,
) -> Vec<Uncovered> {
    let of_input = |(input, dates): (&'static str, Option<DateRange>)| {
        let covered = declared.or(dates);
        Uncovered { input, dates: covered, missing: missing(period, covered) }
    };
    inputs.map(of_input).filter(|one| !one.missing.is_empty()).collect()
}

/// The days of a period outside of a range; all of them without one.
fn missing(period: DateRange, covered: Option<DateRange>) -> Vec<Date> {
    let days = period.first.series(jiff::ToSpan::day(1)).take_while(|date| *date <= period.last);
    days.filter(|&date| !covered.is_some_and(|range| range.first <= date && date <= range.last)).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn days_outside_are_named() {
        let week = DateRange { first: date(2026, 11, 9), last: date(2026, 11, 15) };
        let covered = DateRange { first: date(2026, 11, 10), last: date(2026, 11, 13) };
        let days = missing(week, Some(covered));
        assert_eq!(days, [date(2026, 11, 9), date(2026, 11, 14), date(2026, 11, 15)]);
        assert_eq!(missing(week, None).len(), 7);
        assert!(missing(week, Some(week)).is_empty());
        let said = Uncovered { input: "orders", dates: Some(covered), missing: days };
        let text = "reach from 2026-11-10 to 2026-11-13, missing 2026-11-09, 2026-11-14, 2026-11-15";
        assert_eq!(told(std::slice::from_ref(&said)), format!("orders {text}"));
        let sessions = Uncovered { input: "sessions", ..said.clone() };
        assert_eq!(told(&[said.clone(), sessions.clone()]), format!("orders and sessions {text}"));
        let none = Uncovered { dates: None, missing: vec![date(2026, 11, 9)], ..sessions };
        assert_eq!(told(&[said, none]), format!("orders {text}; sessions have no rows, missing 2026-11-09"));
        let year = DateRange { first: date(2026, 1, 1), last: date(2026, 12, 31) };
        let said = Uncovered { input: "sessions", dates: None, missing: missing(year, None) };
        assert!(said.to_string().ends_with("2026-01-10 and 355 days more"), "{said}");
    }
}
