//! Days with and without data: gaps, thin days, and first or last days that are probably cut.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::FixedState;
use jiff::civil::Date;

use crate::calendar::{DateRange, Periods};

/// The rows of one day, and the seconds after its beginning at which the first and the last of them lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayRows {
    /// Rows.
    pub rows: u64,
    /// The first row.
    pub first: i64,
    /// The last row.
    pub last: i64,
}

/// The rows of an input by the number of their day.
#[derive(Debug, Clone, Default)]
pub struct DayCounts {
    days: HashMap<u32, DayRows, FixedState>,
}

impl DayCounts {
    /// Counts a row at an instant of a day; instants outside of the range are none of it.
    pub fn count(&mut self, days: &Periods, instant: i64) {
        let Some(day) = days.find(instant) else { return };
        let at = instant - days.start(day);
        let known = self.days.entry(day).or_insert(DayRows { rows: 0, first: at, last: at });
        *known = DayRows { rows: known.rows + 1, first: known.first.min(at), last: known.last.max(at) };
    }

    /// Adds what another worker counted.
    pub fn merge(&mut self, other: Self) {
        for (day, rows) in other.days {
            self.days
                .entry(day)
                .and_modify(|known| {
                    known.rows += rows.rows;
                    known.first = known.first.min(rows.first);
                    known.last = known.last.max(rows.last);
                })
                .or_insert(rows);
        }
    }

    /// The days by their dates.
    #[must_use]
    pub fn by_date(&self, days: &Periods) -> BTreeMap<Date, DayRows> {
        let date = |day: u32| days.all().get(day as usize).map(|period| period.first);
        self.days.iter().filter_map(|(day, rows)| Some((date(*day)?, *rows))).collect()
    }
}

/// What the days of one input tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Days {
    /// The first and the last day with rows.
    pub span: Option<DateRange>,
    /// Days with rows.
    pub count: u64,
    /// Rows.
    pub rows: u64,
    /// The median of the rows of a day that has any.
    pub median: u64,
    /// Days of the span without rows.
    pub missing: Stretches,
    /// Days with fewer than a tenth of the median.
    pub thin: Stretches,
    /// The first day, where its rows begin late and are few.
    pub cut_first: Option<Date>,
    /// The last day, where its rows end early and are few.
    pub cut_last: Option<Date>,
}

/// Days, as stretches without an interruption.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stretches {
    /// How many days.
    pub days: u64,
    /// The first few stretches.
    pub first: Vec<DateRange>,
    /// The very last day.
    pub last: Option<Date>,
}

impl Stretches {
    /// How many are named.
    const NAMED: usize = 5;

    /// Adds a stretch that begins after the ones before.
    fn push(&mut self, first: Date, last: Date) {
        self.days += u64::try_from(days_between(first, last) + 1).unwrap_or_default();
        let follows =
            self.last.is_some_and(|before| before.tomorrow().ok() == Some(first)) && !self.first.is_empty();
        let named_to = self.first.last().map(|stretch| stretch.last);
        match self.first.last_mut() {
            Some(stretch) if follows && named_to == self.last => stretch.last = last,
            _ => {
                if self.first.len() < Self::NAMED {
                    self.first.push(DateRange { first, last });
                }
            }
        }
        self.last = Some(last);
    }

    /// The days between two dates of `dates` that are not in it, within `range`.
    fn absent<T>(dates: &BTreeMap<Date, T>, range: DateRange) -> Self {
        let mut missing = Self::default();
        let mut next = Some(range.first);
        for &date in dates.range(range.first..=range.last).map(|(date, _)| date) {
            if let Some(expected) = next.filter(|expected| *expected < date)
                && let Ok(before) = date.yesterday()
            {
                missing.push(expected, before);
            }
            next = date.tomorrow().ok();
        }
        if let Some(expected) = next.filter(|expected| *expected <= range.last) {
            missing.push(expected, range.last);
        }
        missing
    }
}

/// The days from one date to another; 0 for the same.
fn days_between(first: Date, last: Date) -> i64 {
    first.until(last).map_or(0, |span| i64::from(span.get_days()))
}

/// What the days of an input tell; `covers` are the dates that it should hold, where it is known.
#[must_use]
pub fn examine(dates: &BTreeMap<Date, DayRows>, covers: Option<DateRange>) -> Days {
    let (Some((&first, first_rows)), Some((&last, last_rows))) =
        (dates.first_key_value(), dates.last_key_value())
    else {
        let missing = covers.map(|covers| Stretches::absent(dates, covers)).unwrap_or_default();
        return Days { missing, ..Days::default() };
    };
    let span = DateRange { first, last };
    let median = median(dates.values().map(|day| day.rows as i64)) as u64;
    let mut thin = Stretches::default();
    for (&date, _) in dates.iter().filter(|(_, day)| day.rows * 10 < median) {
        thin.push(date, date);
    }
    // Two hours are more than a shop's opening and closing usually move; a week of days is needed to know them.
    let enough = dates.len() >= 7;
    let few = |day: &DayRows| enough && day.rows * 2 < median;
    let begins = few(first_rows) && first_rows.first > median_of(dates, |day| day.first) + 7_200;
    let ends = few(last_rows) && last_rows.last < median_of(dates, |day| day.last) - 7_200;
    Days {
        span: Some(span),
        count: dates.len() as u64,
        rows: dates.values().map(|day| day.rows).sum(),
        median,
        missing: Stretches::absent(dates, covers.unwrap_or(span)),
        thin,
        cut_first: begins.then_some(first),
        cut_last: ends.then_some(last),
    }
}

fn median_of(dates: &BTreeMap<Date, DayRows>, value: impl Fn(&DayRows) -> i64) -> i64 {
    median(dates.values().map(value))
}

/// The lower median; 0 of nothing.
fn median(values: impl Iterator<Item = i64>) -> i64 {
    let mut values: Vec<i64> = values.collect();
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

/// The days within both spans on which only `some` has rows.
#[must_use]
pub fn only_in(some: &BTreeMap<Date, DayRows>, other: &BTreeMap<Date, DayRows>) -> Stretches {
    let mut only = Stretches::default();
    if let (Some((&first, _)), Some((&last, _))) = (other.first_key_value(), other.last_key_value()) {
        for &date in some.range(first..=last).map(|(date, _)| date).filter(|date| !other.contains_key(date)) {
            only.push(date, date);
        }
    }
    only
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn day(of_march: i8) -> Date {
        date(2026, 3, of_march)
    }

    fn dates(rows: &[(i8, u64, i64, i64)]) -> BTreeMap<Date, DayRows> {
        rows.iter()
            .map(|&(at, rows, first, last)| {
                (day(at), DayRows { rows, first: first * 3600, last: last * 3600 })
            })
            .collect()
    }

    #[test]
    fn gaps_are_stretches() {
        let some = dates(&[(2, 1, 1, 1), (3, 1, 1, 1), (6, 1, 1, 1), (8, 1, 1, 1)]);
        let days = examine(&some, None);
        let stretch = |first, last| DateRange { first: day(first), last: day(last) };
        assert_eq!((days.missing.days, days.missing.last), (3, Some(day(7))));
        assert_eq!(days.missing.first, [stretch(4, 5), stretch(7, 7)]);
        let days = examine(&some, Some(stretch(1, 10)));
        assert_eq!(days.missing.first, [stretch(1, 1), stretch(4, 5), stretch(7, 7), stretch(9, 10)]);
        let none = examine(&BTreeMap::new(), Some(stretch(1, 10)));
        assert_eq!((none.missing.days, none.span), (10, None));
        assert_eq!(examine(&BTreeMap::new(), None), Days::default());
    }

    #[test]
    fn only_the_first_stretches_are_named_and_all_days_counted() {
        let odd: Vec<(i8, u64, i64, i64)> = (1..=31).step_by(2).map(|at| (at, 1, 1, 1)).collect();
        let days = examine(&dates(&odd), None);
        assert_eq!((days.missing.days, days.missing.first.len()), (15, 5));
        assert_eq!(days.missing.last, Some(day(30)));
        let gaps = dates(&[(1, 1, 1, 1), (10, 1, 1, 1)]);
        let only = only_in(&gaps, &dates(&odd));
        assert_eq!((only.days, only.first[0].first), (1, day(10)));
    }

    #[test]
    fn a_last_day_that_ends_early_with_few_rows_is_probably_cut() {
        let mut rows: Vec<(i8, u64, i64, i64)> = (1..=9).map(|at| (at, 100, 8, 23)).collect();
        rows.push((10, 30, 8, 12));
        let days = examine(&dates(&rows), None);
        assert_eq!((days.cut_first, days.cut_last, days.median), (None, Some(day(10)), 100));
        rows[9] = (10, 30, 8, 22);
        assert_eq!(examine(&dates(&rows), None).cut_last, None);
        rows[0] = (1, 5, 14, 23);
        let days = examine(&dates(&rows), None);
        assert_eq!((days.cut_first, days.thin.days), (Some(day(1)), 1));
        assert_eq!(examine(&dates(&rows[..3]), None).cut_first, None);
    }
}
