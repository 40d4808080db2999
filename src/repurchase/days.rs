//! Business days by their numbers, which tell how long it is from one order to another.

use jiff::civil::Date;

use crate::calendar::{Calendar, DateRange};
use crate::units::Instant;

/// The business days of a range, in a row.
#[derive(Debug, Clone)]
pub struct Days {
    first: Date,
    /// When each begins.
    starts: Vec<i64>,
}

impl Days {
    /// Those from the first to the last date of a range.
    #[must_use]
    pub fn new(calendar: &Calendar, range: DateRange) -> Self {
        let (mut starts, mut date) = (Vec::new(), range.first);
        loop {
            starts.push(calendar.start_of(date).0);
            match date.tomorrow() {
                Ok(next) if next <= range.last => date = next,
                _ => break,
            }
        }
        Self { first: range.first, starts }
    }

    /// The number of the day of an instant, from 0; those before and after belong to the first and the last.
    #[must_use]
    pub fn number(&self, instant: Instant) -> u32 {
        self.starts.partition_point(|start| *start <= instant.0).saturating_sub(1) as u32
    }

    /// The number of the last day.
    #[must_use]
    pub fn last(&self) -> u32 {
        self.starts.len().saturating_sub(1) as u32
    }

    /// How many days a date lies after the first; negative before it.
    #[must_use]
    pub fn since_first(&self, date: Date) -> i64 {
        i64::from(self.first.until(date).map_or(0, |span| span.get_days()))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Weekday, date, time};
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn days_begin_when_the_business_day_does() {
        let calendar = Calendar {
            zone: TimeZone::get("Asia/Shanghai").unwrap(),
            day_start: time(5, 0, 0, 0),
            week_start: Weekday::Monday,
        };
        let range = DateRange { first: date(2026, 2, 27), last: date(2026, 3, 2) };
        let days = Days::new(&calendar, range);
        let number = |text: &str| {
            let instant: jiff::Timestamp = text.parse().unwrap();
            days.number(Instant(instant.as_second()))
        };
        assert_eq!(days.last(), 3);
        assert_eq!(number("2026-02-27T05:00:00+08:00"), 0);
        assert_eq!(number("2026-02-28T04:59:59+08:00"), 0);
        assert_eq!(number("2026-02-28T05:00:00+08:00"), 1);
        assert_eq!(number("2026-03-02T12:00:00+08:00"), 3);
        assert_eq!(number("2027-03-02T12:00:00+08:00"), 3);
        assert_eq!(days.since_first(date(2026, 3, 2)), 3);
    }
}
