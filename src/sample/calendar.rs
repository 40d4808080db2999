//! The days of a sample: whole weeks from Monday to Sunday, and clock times within them.

use jiff::ToSpan;
use jiff::civil::Date;

use super::settings::{SampleError, SampleSettings};
use crate::units::Seconds;

/// Days of a week.
pub(super) const WEEK: u32 = 7;

/// A local clock time: seconds since the first midnight of the sample. Asia/Shanghai has had no change of clocks since
/// 1991, so a day is a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) i64);

impl Moment {
    /// A second of a day.
    pub(super) fn of_day(day: u32, second: i64) -> Self {
        Self(i64::from(day) * Seconds::PER_DAY + second)
    }

    /// The week that it lies in, from 0.
    pub(super) fn week(self) -> usize {
        (self.0.max(0) / (Seconds::PER_DAY * i64::from(WEEK))) as usize
    }

    /// This much later.
    pub(super) fn after(self, length: Seconds) -> Self {
        Self(self.0 + length.0)
    }
}

/// The days of a sample as text, so that a time is written without computing a date.
pub(super) struct Calendar {
    first: Date,
    weeks: u32,
    /// `YYYY-MM-DD` of every day, and of the two after the last, in which a last night ends.
    texts: Vec<[u8; 10]>,
}

impl Calendar {
    /// The weeks that the settings ask for, counted back from the week of their end.
    pub(super) fn new(settings: &SampleSettings) -> Result<Self, SampleError> {
        let weeks = settings.weeks;
        let outside = |_| SampleError::Calendar { weeks, end: settings.end };
        let since_monday = settings.end.weekday().to_monday_zero_offset();
        let back = i64::from(since_monday) + i64::from(WEEK) * (i64::from(weeks) - 1);
        let first = settings.end.checked_sub(back.days()).map_err(outside)?;
        let mut texts = Vec::new();
        let mut date = first;
        for _ in 0..weeks * WEEK + 2 {
            texts.push(text(date).ok_or(SampleError::Calendar { weeks, end: settings.end })?);
            date = date.checked_add(1.day()).map_err(outside)?;
        }
        Ok(Self { first, weeks, texts })
    }

    /// Number of weeks.
    pub(super) fn weeks(&self) -> u32 {
        self.weeks
    }

    /// Number of days.
    pub(super) fn days(&self) -> u32 {
        self.weeks * WEEK
    }

    /// The end of the last day: the exports hold what was entered or paid before it.
    pub(super) fn end(&self) -> Moment {
        Moment::of_day(self.days(), 0)
    }

    /// The Monday of a week (the last day of the calendar, if there is no such week).
    pub(super) fn monday(&self, week: usize) -> Date {
        let days = i64::try_from(week).unwrap_or(i64::MAX).saturating_mul(WEEK.into());
        self.first.saturating_add(days.min(i64::from(MOST_DAYS)).days())
    }

    /// `YYYY-MM-DD` of a day (the last known one, if the day is beyond).
    pub(super) fn text(&self, day: usize) -> &[u8; 10] {
        self.texts.get(day).or(self.texts.last()).unwrap_or(b"0000-00-00")
    }
}

/// Days that no sample reaches, which bound a span.
const MOST_DAYS: u32 = WEEK * (super::settings::MOST_WEEKS + 1);

/// `YYYY-MM-DD`, for the years 1 to 9999.
fn text(date: Date) -> Option<[u8; 10]> {
    let year = u32::try_from(date.year()).ok().filter(|&year| year > 0)?;
    let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    let mut text = *b"0000-00-00";
    let digits = [year / 1000, year / 100 % 10, year / 10 % 10, year % 10];
    for (byte, digit) in text.iter_mut().zip(digits) {
        *byte += digit as u8;
    }
    text[5] += month / 10;
    text[6] += month % 10;
    text[8] += day / 10;
    text[9] += day % 10;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar(end: Date, weeks: u32) -> Calendar {
        Calendar::new(&SampleSettings { weeks, end, ..SampleSettings::default() }).unwrap()
    }

    #[test]
    fn weeks_are_counted_back_from_the_week_of_any_day() {
        for day in 9..=15 {
            let found = calendar(Date::constant(2026, 11, day), 3);
            assert_eq!(found.monday(2), Date::constant(2026, 11, 9));
            assert_eq!(found.text(0), b"2026-10-26");
            assert_eq!(found.text(20), b"2026-11-15");
            assert_eq!(found.text(22), b"2026-11-17");
        }
    }

    #[test]
    fn a_calendar_that_ends_is_an_error() {
        let first = SampleSettings { end: Date::constant(1, 1, 3), ..SampleSettings::default() };
        assert!(matches!(Calendar::new(&first), Err(SampleError::Calendar { .. })));
        let last = SampleSettings { end: Date::constant(9999, 12, 31), ..SampleSettings::default() };
        assert!(matches!(Calendar::new(&last), Err(SampleError::Calendar { .. })));
    }
}
