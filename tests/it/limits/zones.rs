//! Local times around changes of clocks, against a table that Python's zoneinfo made (`zones.py`): what instant each is, and on which
//! business day it lies.

use std::fmt::Write;

use gmv::calendar::Calendar;
use gmv::input::parse::time::TimeParser;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use crate::support::Work;

const TABLE: &str = include_str!("zones.csv");

/// Zone, local time, instant, start of the day, business date.
fn rows() -> Vec<[&'static str; 5]> {
    let cells = |line: &'static str| line.split(',').collect::<Vec<_>>().try_into().unwrap();
    TABLE.lines().skip(1).map(cells).collect()
}

#[test]
fn instants_and_business_days_are_those_of_another_library() {
    let mut wrong = Vec::new();
    for [zone, local, instant, day_start, date] in rows() {
        let zone_of = TimeZone::get(zone).unwrap();
        let found = TimeParser::new(zone_of.clone(), Vec::new().into()).parse(local.as_bytes());
        let found = found.unwrap().unwrap();
        let (day_start, date): (Time, Date) = (day_start.parse().unwrap(), date.parse().unwrap());
        let calendar = Calendar { zone: zone_of, day_start, week_start: Weekday::Monday };
        let day = calendar.date_of(found).unwrap();
        if (found.0.to_string().as_str(), day) != (instant, date) {
            wrong.push(format!("{zone} {local}: {} on {day}, not {instant} on {date}", found.0));
        }
    }
    assert!(rows().len() > 500 && wrong.is_empty(), "{wrong:#?}");
}

/// The same through the real thing: a day counts the orders that lie on it, whatever the lengths of days; no order is lost or counted twice.
#[test]
fn days_of_23_24_and_25_hours_hold_all_orders() {
    for [zone, day_start] in
        [["America/New_York", "02:30"], ["Australia/Lord_Howe", "02:00"], ["Pacific/Apia", "00:00"]]
    {
        let mut expected = std::collections::BTreeMap::<String, u32>::new();
        let mut orders = "order_id,buyer_id,streamer_id,paid_at,amount\n".to_owned();
        let calendar = Calendar {
            zone: TimeZone::get(zone).unwrap(),
            day_start: day_start.parse().unwrap(),
            week_start: Weekday::Monday,
        };
        for (at, [_, _, instant, ..]) in rows().iter().filter(|row| row[0] == zone).enumerate() {
            let instant: i64 = instant.parse().unwrap();
            let date = calendar.date_of(gmv::units::Instant(instant)).unwrap();
            *expected.entry(date.to_string()).or_default() += 1;
            let stamp = jiff::Timestamp::from_second(instant).unwrap();
            writeln!(orders, "{at},u1,s1,{stamp},1.00").unwrap();
        }
        let work = Work::with(&[("orders.csv", &orders)]);
        let arguments = format!(
            "decompose --orders orders.csv --attribution all --by total --period day --timezone {zone} --day-start {day_start} -q"
        );
        let out = work.ok(&arguments.split_whitespace().collect::<Vec<_>>());
        let days = out.lines().skip(1).map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[0].to_owned(), cells[8].parse().unwrap())
        });
        assert_eq!(days.collect::<std::collections::BTreeMap<_, u32>>(), expected, "{zone}");
    }
}
