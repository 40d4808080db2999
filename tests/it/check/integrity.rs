//! Integrity flags, each with its orders, its money and examples; and nothing is removed.

use super::{check, numbers, orders, sessions};
use crate::support::Work;

const BOTH: &str = "--orders o.csv --sessions s.csv";

/// Twelve orders of u1 within the hour, then the same amount by ten persons in a minute, then u30 before ever watching, and u31 who
/// watched for four seconds in all.
fn work() -> Work {
    let mut bought: Vec<String> =
        (0..12).map(|n| format!("u1,s1,2026-03-02 20:{:02}:00,{n}.50", n * 5)).collect();
    bought.extend((0..10).map(|n| format!("u{},s1,2026-03-03 20:00:{:02},9.90", 10 + n, n * 6)));
    bought.push("u30,s1,2026-03-01 20:00:00,30.00".into());
    bought.push("u31,s1,2026-03-04 20:00:00,31.00".into());
    bought.push("u1,s1,2026-03-05 21:00:00,1.00".into());
    let mut watched: Vec<String> = (1..=30).map(|n| format!("u{n},s1,2026-03-02 19:00:00,90000")).collect();
    watched.push("u31,s1,2026-03-04 19:00:00,3".into());
    watched.push("u31,s2,2026-03-04 19:00:00,1".into());
    watched[29] = "u30,s1,2026-03-02 19:00:00,86400".into();
    Work::with(&[("o.csv", &orders(&bought)), ("s.csv", &sessions(&watched))])
}

#[test]
fn a_session_beyond_all_lengths_is_long_whatever_the_limit() {
    let watched = ["u1,s1,2026-03-02 10:00:00,99999999".into(), "u2,s1,2026-03-02 10:00:00,67108862".into()];
    let work = Work::with(&[("s.csv", &sessions(&watched))]);
    for (limit, long) in [("24h", 2), ("67108862s", 1), ("800d", 1)] {
        let found = check(&work, &format!("--sessions s.csv --max-session {limit}"));
        assert_eq!(found.numbers("sessions", "long_sessions").1, Some(long), "{limit}: {}", found.out);
        let longest = found.one("sessions", "long_sessions")["examples"].as_str().unwrap();
        assert!(longest.starts_with("2026-03-02 10:00:00 18641.4 h or more s1"), "{longest}");
    }
}

#[test]
fn every_flag_by_hand() {
    let found = check(&work(), BOTH);
    assert_eq!(found.code, 0, "{}", found.out);
    // u1: 0.50 + 1.50 + … + 11.50.
    assert_eq!(found.numbers("orders", "orders_per_hour"), numbers("warning", 12, Some("72.00")));
    assert_eq!(found.one("orders", "orders_per_hour")["examples"], "o.csv:2; o.csv:3; o.csv:4");
    assert_eq!(found.numbers("orders", "same_amount"), numbers("warning", 10, Some("99.00")));
    assert_eq!(found.one("orders", "same_amount")["examples"], "o.csv:14; o.csv:15; o.csv:16");
    assert_eq!(found.numbers("both", "hardly_watched"), numbers("warning", 1, Some("31.00")));
    assert_eq!(found.one("both", "hardly_watched")["examples"], "o.csv:25");
    assert_eq!(found.numbers("both", "before_first_session"), numbers("note", 1, Some("30.00")));
    assert_eq!(found.one("both", "before_first_session")["examples"], "o.csv:24");
    // The sessions of 25 hours, to 20:00 on the 3rd, hold only the orders of the 2nd: those of the 3rd begin as they end.
    assert_eq!(found.numbers("sessions", "long_sessions"), numbers("warning", 29, Some("72.00")));
    let longest = found.one("sessions", "long_sessions")["examples"].as_str().unwrap();
    assert!(longest.starts_with("2026-03-02 19:00:00 25.0 h s1 u…"), "{longest}");
    // All of the twelve are u1's; the ten are of one minute.
    for (input, name, cases, threshold) in [
        ("orders", "orders_per_hour", Some(1), Some(10)),
        ("orders", "same_amount", Some(1), Some(10)),
        ("both", "hardly_watched", Some(1), Some(5)),
        ("both", "before_first_session", None, None),
        ("sessions", "long_sessions", None, Some(86_400)),
    ] {
        let row = found.one(input, name);
        assert_eq!((row["cases"].as_u64(), row["threshold"].as_u64()), (cases, threshold), "{name}");
    }
    assert_eq!(found.detail("orders", "orders_per_hour"), "1 buyer; more than 10 within 60 minutes");
    assert!(found.detail("orders", "same_amount").starts_with("1 burst; at least 10 buyers"));
    assert_eq!(found.numbers("orders", "rows_counted"), numbers("ok", 25, Some("233.00")));
}

#[test]
fn the_limits_are_options() {
    let work = work();
    let found = check(
        &work,
        &format!("{BOTH} --max-orders-per-hour 12 --same-amount-buyers 11 --min-watch 4s --max-session 25h"),
    );
    for (input, name) in [
        ("orders", "orders_per_hour"),
        ("orders", "same_amount"),
        ("both", "hardly_watched"),
        ("sessions", "long_sessions"),
    ] {
        assert_eq!(found.numbers(input, name), numbers("ok", 0, Some("0.00")), "{name}");
        assert!(found.one(input, name)["examples"].is_null());
    }
    let found = check(&work, &format!("{BOTH} --max-session 23h59m --same-amount-buyers 2"));
    assert_eq!(found.numbers("sessions", "long_sessions"), numbers("warning", 30, Some("72.00")));
    assert_eq!(found.numbers("orders", "same_amount"), numbers("warning", 10, Some("99.00")));
}

#[test]
fn flags_look_at_the_range_and_history_only_tells_the_first_session() {
    let found = check(&work(), &format!("{BOTH} --from 2026-03-03"));
    assert_eq!(found.numbers("orders", "orders_per_hour"), numbers("ok", 0, Some("0.00")));
    assert_eq!(found.numbers("orders", "same_amount"), numbers("warning", 10, Some("99.00")));
    assert_eq!(found.numbers("both", "before_first_session"), numbers("ok", 0, Some("0.00")));
    assert_eq!(found.numbers("both", "orders_with_session"), numbers("ok", 12, Some("131.00")));
}
