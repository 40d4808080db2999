//! Days: spans, gaps, thin and cut days, and days of one input alone.

use super::{check, numbers, orders, sessions};
use crate::support::Work;

/// So many orders and sessions on each day of March, between two hours of the day.
fn work(days: &[(u32, u32, u32)], hours: std::ops::Range<u32>) -> Work {
    let (mut bought, mut watched) = (Vec::new(), Vec::new());
    for &(day, orders, sessions) in days {
        let time =
            |n: u32| format!("2026-03-{day:02} {:02}:{:02}:00", hours.start + n % hours.len() as u32, n % 60);
        bought.extend((0..orders).map(|n| format!("u{n},s1,{},1.00", time(n))));
        watched.extend((0..sessions).map(|n| format!("u{n},s1,{},60", time(n))));
    }
    Work::with(&[("o.csv", &orders(&bought)), ("s.csv", &sessions(&watched))])
}

const BOTH: &str = "--orders o.csv --sessions s.csv";

#[test]
fn gaps_of_busy_exports_are_warnings_and_of_small_ones_notes() {
    let days: Vec<(u32, u32, u32)> =
        (1..=20).filter(|day| ![5, 6, 12].contains(day)).map(|day| (day, 3, 20)).collect();
    let work = work(&days, 8..23);
    let found = check(&work, BOTH);
    let gap = found.one("sessions", "days_missing");
    assert_eq!(found.numbers("sessions", "days_missing"), numbers("warning", 3, None));
    assert_eq!((&gap["first"], &gap["last"]), (&"2026-03-05".into(), &"2026-03-12".into()));
    assert_eq!(gap["detail"], "2026-03-05 to 2026-03-06, 2026-03-12");
    assert_eq!(gap["share"].as_f64(), Some(0.15));
    assert_eq!(found.numbers("orders", "days_missing"), numbers("note", 3, None));
    let span = found.one("orders", "span");
    assert_eq!((&span["first"], &span["last"]), (&"2026-03-01".into(), &"2026-03-20".into()));
    assert_eq!(span["count"].as_u64(), Some(17));
    let found = check(&work, &format!("{BOTH} --covers 2026-02-27..2026-03-21"));
    let detail = "2026-02-27 to 2026-02-28, 2026-03-05 to 2026-03-06, 2026-03-12, 2026-03-21";
    assert_eq!(found.detail("orders", "days_missing"), detail);
    let found = check(&work, &format!("{BOTH} --covers 2026-02-27..2026-03-21 --from 2026-03-12"));
    assert_eq!(found.detail("orders", "days_missing"), "2026-03-12, 2026-03-21");
    let found = check(&work, &format!("{BOTH} --from 2026-03-07 --to 2026-03-11"));
    assert_eq!(found.numbers("orders", "days_missing"), numbers("ok", 0, None));
    assert_eq!(found.numbers("orders", "rows_counted"), numbers("ok", 15, Some("15.00")));
}

#[test]
fn business_days_begin_at_day_start() {
    let found = check(&work(&[(1, 2, 2), (2, 2, 2)], 2..4), &format!("{BOTH} --day-start 05:00"));
    let span = found.one("orders", "span");
    assert_eq!((&span["first"], &span["last"]), (&"2026-02-28".into(), &"2026-03-01".into()));
}

#[test]
fn thin_days_and_days_of_one_input_alone() {
    let mut days: Vec<(u32, u32, u32)> = (3..=14).map(|day| (day, 20, 30)).collect();
    days[4] = (7, 1, 2);
    days[6] = (9, 0, 30);
    days[8] = (11, 20, 0);
    days.insert(0, (1, 4, 0));
    let found = check(&work(&days, 8..23), BOTH);
    assert_eq!(found.numbers("orders", "days_thin"), numbers("note", 1, None));
    assert_eq!(found.detail("orders", "days_thin"), "2026-03-07");
    assert_eq!(found.detail("both", "days_orders_only"), "2026-03-11");
    assert_eq!(found.detail("both", "days_sessions_only"), "2026-03-09");
    assert_eq!(found.numbers("both", "orders_outside_sessions"), numbers("note", 4, None));
}

#[test]
fn a_last_day_that_ends_early_is_told() {
    let mut days: Vec<(u32, u32, u32)> = (1..=8).map(|day| (day, 45, 45)).collect();
    days.push((9, 3, 45));
    let found = check(&work(&days, 8..23), BOTH);
    assert_eq!(found.detail("orders", "last_day_cut"), "2026-03-09");
    assert!(
        found.all("sessions", "last_day_cut").is_empty() && found.all("orders", "first_day_cut").is_empty()
    );
}

#[test]
fn a_date_far_away_is_one_gap_and_does_not_take_long() {
    let far = ["u1,s1,0001-01-01 12:00:00,1.00", "u1,s1,2026-03-02 20:00:00,1.00"].map(str::to_owned);
    let work = Work::with(&[("o.csv", &orders(&far))]);
    let found = check(&work, "--orders o.csv");
    assert_eq!(found.one("orders", "days_missing")["count"].as_u64(), Some(739_675));
    assert_eq!(found.detail("orders", "days_missing"), "0001-01-02 to 2026-03-01");
}
