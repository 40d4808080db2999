//! Forms of times, and the quick way against the careful one.

use super::*;
use proptest::prelude::*;

fn shanghai() -> TimeParser {
    TimeParser::new(TimeZone::get("Asia/Shanghai").unwrap(), Arc::from([]))
}

/// The instant of a cell as UTC text.
fn utc(parser: &mut TimeParser, cell: &str) -> String {
    let instant = parser.parse(cell.as_bytes()).unwrap().unwrap();
    jiff::Timestamp::from_second(instant.0).unwrap().to_string()
}

#[test]
fn every_form_of_the_exports() {
    let mut p = shanghai();
    for (cell, expected) in [
        ("2026-03-27 11:11:55", "2026-03-27T03:11:55Z"),
        ("2026/03/27 11:11:55", "2026-03-27T03:11:55Z"),
        ("2026-03-27T11:11:55", "2026-03-27T03:11:55Z"),
        ("2026/1/9 8:00:16", "2026-01-09T00:00:16Z"),
        ("2020/2/21 0:00", "2020-02-20T16:00:00Z"),
        ("2026-03-27", "2026-03-26T16:00:00Z"),
        ("2026-03-27T11:11:55.999+08:00", "2026-03-27T03:11:55Z"),
        ("2026-03-27T11:11:55Z", "2026-03-27T11:11:55Z"),
        ("2026-03-27 11:11:55 +0530", "2026-03-27T05:41:55Z"),
        ("2026-03-27T11:11:55-07", "2026-03-27T18:11:55Z"),
        ("1774581115", "2026-03-27T03:11:55Z"),
        ("1774581115999", "2026-03-27T03:11:55Z"),
        ("2026-03-27 11:11:55\t", "2026-03-27T03:11:55Z"),
        ("1969-12-31 23:59:59", "1969-12-31T15:59:59Z"),
        ("2999-12-31 23:59:59", "2999-12-31T15:59:59Z"),
    ] {
        assert_eq!(utc(&mut p, cell), expected, "{cell}");
    }
    assert_eq!(p.parse(b" \t"), Ok(None));
}

#[test]
fn what_is_no_time_is_refused() {
    let mut p = shanghai();
    for (cell, error) in [
        ("2026-02-29 00:00:00", TimeError::NoSuchTime),
        ("2026-13-01 00:00:00", TimeError::NoSuchTime),
        ("2026-01-01 24:00:00", TimeError::NoSuchTime),
        ("2026-01-01 00:60:00", TimeError::NoSuchTime),
        ("2026-01-01 00:00:60", TimeError::NoSuchTime),
        ("27/03/2026 11:11", TimeError::NotTime),
        ("03-27-2026", TimeError::NotTime),
        ("20260327", TimeError::NotTime),
        ("2026-03/27", TimeError::NotTime),
        ("2026-03-27 11", TimeError::NotTime),
        ("2026-03-27 11:11:55 PM", TimeError::NotTime),
        ("tomorrow", TimeError::NotTime),
        ("2026-00-10 00:00:00", TimeError::NoSuchTime),
        ("2026-03-27 11:11:55+99:00", TimeError::NoSuchTime),
        ("45000.5", TimeError::NotTime),
    ] {
        assert_eq!(p.parse(cell.as_bytes()), Err(error), "{cell}");
    }
}

#[test]
fn a_known_date_makes_no_time_of_what_is_none() {
    let mut p = shanghai();
    for (hour, minute, second) in (0..40).flat_map(|n| [(n, 0, 0), (1, n + 30, 0), (1, 0, n + 30)]) {
        let text = format!("2026-03-27 {hour:02}:{minute:02}:{second:02}");
        let careful = shanghai().parse(text.as_bytes()).ok().flatten();
        assert_eq!(p.quick(text.as_bytes()), careful, "{text}");
    }
}

#[test]
fn changes_of_clocks_take_the_offset_before_them() {
    let mut p = TimeParser::new(TimeZone::get("America/New_York").unwrap(), Arc::from([]));
    assert_eq!(utc(&mut p, "2026-03-08 02:30:00"), "2026-03-08T07:30:00Z"); // skipped: as if before
    assert_eq!(utc(&mut p, "2026-11-01 01:30:00"), "2026-11-01T05:30:00Z"); // repeated: the first
    assert_eq!(utc(&mut p, "2026-11-01 12:00:00"), "2026-11-01T17:00:00Z");
    assert_eq!(utc(&mut p, "2026-11-02 12:00:00"), "2026-11-02T17:00:00Z");
}

#[test]
fn a_profile_names_the_order_of_days_and_months() {
    let formats = Arc::from(["%d/%m/%Y %H:%M:%S".to_owned(), "%d/%m/%Y".to_owned()]);
    let mut p = TimeParser::new(TimeZone::UTC, formats);
    assert_eq!(utc(&mut p, "03/04/2026 05:06:07"), "2026-04-03T05:06:07Z");
    assert_eq!(utc(&mut p, "03/04/2026"), "2026-04-03T00:00:00Z");
    assert_eq!(utc(&mut p, "2026-04-03 05:06:07"), "2026-04-03T05:06:07Z");
}

proptest! {
    #[test]
    fn the_fast_path_agrees_with_jiff(second in 0_i64..4_102_444_800, zone in prop::sample::select(vec!["Asia/Shanghai", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])) {
        let zone = TimeZone::get(zone).unwrap();
        let local = zone.to_datetime(jiff::Timestamp::from_second(second).unwrap());
        let expected = zone.to_timestamp(local).unwrap().as_second();
        let text = local.strftime("%Y-%m-%d %H:%M:%S").to_string();
        let mut parser = TimeParser::new(zone, Arc::from([]));
        prop_assert_eq!(parser.parse(text.as_bytes()), Ok(Some(Instant(expected))));
        for _ in 0..2 {
            prop_assert!(parser.quick(text.as_bytes()).is_none_or(|quick| quick == Instant(expected)));
        }
    }

    #[test]
    fn the_quick_way_takes_only_what_is_a_time(texts in prop::collection::vec("2026-0[12]-(30|28)[ T:][0-3][0-9:][:5][0-9/][0-9][:;][0-9a][0-9]|[0-9]{9,11}|[0-9]{9}a", 1..6)) {
        let mut parser = shanghai();
        for text in texts {
            if let Some(quick) = parser.quick(text.as_bytes()) {
                prop_assert_eq!(shanghai().parse(text.as_bytes()), Ok(Some(quick)));
            }
        }
    }

    #[test]
    fn no_text_panics(text in "[0-9:/. TZ+-]{0,24}") {
        let _ = shanghai().parse(text.as_bytes());
    }
}
