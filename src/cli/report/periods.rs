//! Which period is reported: the last one that was complete on a date.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use crate::calendar::{Calendar, DateRange, PeriodKind};
use crate::cli::UsageError;
use crate::cli::values::AsOf;
use crate::present::folder::Names;
use crate::units::Instant;

/// The business date as of which a period is the last complete one; `now` is the moment of the run.
pub(super) fn as_of(typed: Option<AsOf>, calendar: &Calendar, now: Timestamp) -> Result<Date, UsageError> {
    match typed {
        Some(AsOf::Date(date)) => Ok(date),
        None | Some(AsOf::Today) => {
            let today = calendar.date_of(Instant(now.as_second()));
            today.map_err(|error| UsageError(error.to_string()))
        }
    }
}

/// The last period that ended before a date, and the one before it.
pub(super) fn periods(
    calendar: &Calendar,
    kind: PeriodKind,
    as_of: Date,
) -> Result<(DateRange, DateRange), UsageError> {
    let outside = || UsageError(format!("--as-of {as_of}: there are no periods before it"));
    let ending_before = |date: Date| {
        let start = calendar.period_start(kind, date).ok()?;
        let last = start.checked_sub(1.day()).ok()?;
        Some(DateRange { first: calendar.period_start(kind, last).ok()?, last })
    };
    let period = ending_before(as_of).ok_or_else(outside)?;
    Ok((period, ending_before(period.first).ok_or_else(outside)?))
}

/// The names of a report: of a week its first day, of another period also its kind, so that a week and a month that begin on one day have
/// their own folders, and their own links to the newest.
pub(super) fn names(kind: PeriodKind, first: Date) -> Names {
    let kind = if kind == PeriodKind::Week { String::new() } else { format!("-{}", kind.name()) };
    Names { folder: format!("{first}{kind}"), latest: format!("latest{kind}") }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Time, Weekday, date};
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn the_last_period_that_was_complete() {
        let calendar =
            Calendar { zone: TimeZone::UTC, day_start: Time::midnight(), week_start: Weekday::Monday };
        let found = |kind, as_of| {
            let (period, before) = periods(&calendar, kind, as_of).unwrap();
            [period.first, period.last, before.first, before.last].map(|date| date.to_string()).join(" ")
        };
        let week = "2026-11-09 2026-11-15 2026-11-02 2026-11-08";
        assert_eq!(found(PeriodKind::Week, date(2026, 11, 16)), week);
        assert_eq!(found(PeriodKind::Week, date(2026, 11, 22)), week);
        assert_eq!(found(PeriodKind::Month, date(2026, 3, 1)), "2026-02-01 2026-02-28 2026-01-01 2026-01-31");
        assert_eq!(found(PeriodKind::Day, date(2026, 1, 1)), "2025-12-31 2025-12-31 2025-12-30 2025-12-30");
        assert!(periods(&calendar, PeriodKind::Year, Date::MIN).is_err());
    }

    #[test]
    fn today_is_that_of_the_shop() {
        // A Sunday evening in UTC is a Monday in Shanghai; where the day begins at five, not yet at four.
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let mut calendar = Calendar { zone, day_start: Time::midnight(), week_start: Weekday::Monday };
        let now: Timestamp = "2026-11-15T20:30:00Z".parse().unwrap();
        for asked in [None, Some(AsOf::Today)] {
            assert_eq!(as_of(asked, &calendar, now).unwrap(), date(2026, 11, 16));
        }
        calendar.day_start = Time::constant(5, 0, 0, 0);
        assert_eq!(as_of(None, &calendar, now).unwrap(), date(2026, 11, 15));
        let named = Some(AsOf::Date(date(2026, 3, 2)));
        assert_eq!(as_of(named, &calendar, now).unwrap(), date(2026, 3, 2));
    }

    #[test]
    fn periods_of_two_kinds_have_their_own_names() {
        let [week, month] = [PeriodKind::Week, PeriodKind::Month].map(|kind| names(kind, date(2026, 6, 1)));
        assert_eq!((week.folder.as_str(), week.latest.as_str()), ("2026-06-01", "latest"));
        assert_eq!((month.folder.as_str(), month.latest.as_str()), ("2026-06-01-month", "latest-month"));
    }
}
