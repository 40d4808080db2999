//! Tests of periods, days and their instants.

use super::*;
use jiff::civil::{date, time};

fn calendar(day_start: Time, week_start: Weekday, zone: &str) -> Calendar {
    Calendar { zone: TimeZone::get(zone).unwrap(), day_start, week_start }
}

fn at(calendar: &Calendar, text: &str) -> Instant {
    let local: jiff::civil::DateTime = text.parse().unwrap();
    Instant(calendar.zone.to_timestamp(local).unwrap().as_second())
}

#[test]
fn weeks_around_the_new_year_of_iso_week_53() {
    let c = calendar(time(0, 0, 0, 0), Weekday::Monday, "Asia/Shanghai");
    let range = DateRange { first: date(2026, 12, 21), last: date(2027, 1, 10) };
    let p = Periods::new(&c, PeriodKind::Week, range, range.last, Some(range)).unwrap();
    let firsts: Vec<_> = p.all().iter().map(|p| p.first).collect();
    assert_eq!(firsts, [date(2026, 12, 21), date(2026, 12, 28), date(2027, 1, 4)]);
    assert!(p.all().iter().all(|p| !p.partial));
    assert_eq!(p.find(at(&c, "2026-12-31 23:59:59").0), Some(1));
    assert_eq!(p.find(at(&c, "2027-01-03 23:59:59").0), Some(1));
    assert_eq!(p.find(at(&c, "2027-01-04 00:00:00").0), Some(2));
    assert_eq!(p.find(at(&c, "2027-01-11 00:00:00").0), None);
    assert_eq!(p.find(at(&c, "2026-12-20 23:59:59").0), None);
}

#[test]
fn business_days_begin_at_day_start() {
    let c = calendar(time(5, 0, 0, 0), Weekday::Sunday, "Asia/Shanghai");
    assert_eq!(c.date_of(at(&c, "2026-03-02 04:59:59")).unwrap(), date(2026, 3, 1));
    assert_eq!(c.date_of(at(&c, "2026-03-02 05:00:00")).unwrap(), date(2026, 3, 2));
    let range = DateRange { first: date(2026, 3, 4), last: date(2026, 3, 10) };
    let p = Periods::new(&c, PeriodKind::Week, range, range.last, Some(range)).unwrap();
    let all: Vec<_> = p.all().iter().map(|p| (p.first, p.partial)).collect();
    assert_eq!(all, [(date(2026, 3, 1), true), (date(2026, 3, 8), true)]);
    assert_eq!(p.start(0), at(&c, "2026-03-04 05:00:00").0);
    assert_eq!(p.end(1), at(&c, "2026-03-11 05:00:00").0);
}

#[test]
fn a_day_of_the_change_of_clocks_is_25_hours_long() {
    let c = calendar(time(0, 0, 0, 0), Weekday::Monday, "America/New_York");
    let day = date(2026, 11, 1);
    let range = DateRange { first: day, last: day };
    let p = Periods::new(&c, PeriodKind::Day, range, range.last, Some(range)).unwrap();
    assert_eq!(p.end(0) - p.start(0), 25 * 3600);
}

#[test]
fn a_business_day_that_begins_in_a_change_of_clocks_holds_all_of_its_instants() {
    for (day_start, day, utc) in [
        (time(1, 30, 0, 0), date(2026, 11, 1), "2026-11-01T06:10:00Z"),
        (time(2, 30, 0, 0), date(2026, 3, 8), "2026-03-08T07:10:00Z"),
    ] {
        let c = calendar(day_start, Weekday::Monday, "America/New_York");
        for offset in -7200..7200 {
            let instant = Instant(utc.parse::<Timestamp>().unwrap().as_second() + offset);
            let date = c.date_of(instant).unwrap();
            assert!(c.start_of(date) <= instant, "{day} {offset}");
            assert!(instant < c.start_of(date.tomorrow().unwrap()), "{day} {offset}");
        }
    }
}

#[test]
fn days_begin_one_after_the_other_up_to_the_ends_of_the_calendar() {
    for zone in ["UTC", "Asia/Shanghai", "Pacific/Kiritimati", "Pacific/Niue"] {
        for day_start in [time(0, 0, 0, 0), time(23, 59, 0, 0)] {
            let c = calendar(day_start, Weekday::Monday, zone);
            for first in [Date::MIN, date(9999, 12, 20)] {
                for day in 0..11 {
                    let (day, next) = (first + day.days(), first + (day + 1).days());
                    assert_eq!(c.start_of(next).0 - c.start_of(day).0, Seconds::PER_DAY, "{zone} {day}");
                }
            }
        }
    }
}

#[test]
fn the_last_nameable_day_ends_somewhere() {
    let c = calendar(time(0, 0, 0, 0), Weekday::Monday, "Asia/Shanghai");
    let range = DateRange { first: date(9999, 12, 20), last: Date::MAX };
    for kind in [PeriodKind::Day, PeriodKind::Week, PeriodKind::Year, PeriodKind::All] {
        let p = Periods::new(&c, kind, range, range.last, Some(range)).unwrap();
        assert!(p.find(at(&c, "9999-12-30 12:00:00").0).is_some(), "{kind:?}");
    }
}

#[test]
fn every_instant_is_found_whatever_the_lengths_of_periods() {
    let c = calendar(time(5, 0, 0, 0), Weekday::Wednesday, "America/New_York");
    for (first, last) in [
        (date(2026, 1, 31), date(2027, 11, 2)),
        (date(2026, 10, 30), date(2026, 11, 2)),
        (date(1969, 12, 30), date(1970, 1, 9)),
    ] {
        let range = DateRange { first, last };
        for kind in [
            PeriodKind::Day,
            PeriodKind::Week,
            PeriodKind::Month,
            PeriodKind::Quarter,
            PeriodKind::Year,
            PeriodKind::All,
        ] {
            let p = Periods::new(&c, kind, range, range.last, Some(range)).unwrap();
            let near = p.bounds.iter().flat_map(|bound| (-1..=1).map(move |offset| bound + offset));
            let within = (p.bounds[0]..p.bounds[p.bounds.len() - 1]).step_by(40_007);
            for instant in near.chain(within).chain([i64::MIN, i64::MAX, 0]) {
                assert_eq!(p.find(instant), p.search(instant), "{kind:?} {instant}");
            }
        }
    }
}

#[test]
fn months_quarters_years_and_the_whole_range() {
    let c = calendar(time(0, 0, 0, 0), Weekday::Monday, "UTC");
    let range = DateRange { first: date(2026, 1, 15), last: date(2026, 7, 1) };
    let firsts = |kind| {
        let p = Periods::new(&c, kind, range, range.last, Some(range)).unwrap();
        p.all().iter().map(|p| (p.first, p.partial)).collect::<Vec<_>>()
    };
    assert_eq!(
        firsts(PeriodKind::Quarter),
        [(date(2026, 1, 1), true), (date(2026, 4, 1), false), (date(2026, 7, 1), true)]
    );
    assert_eq!(firsts(PeriodKind::Month).len(), 7);
    assert_eq!(firsts(PeriodKind::Year), [(date(2026, 1, 1), true)]);
    assert_eq!(firsts(PeriodKind::All), [(date(2026, 1, 15), false)]);
}
