//! Broadcasts as aggregates: where their rows and money went, what is not known of them, and figures that cannot be.

use super::{check, numbers};
use crate::support::Work;

const HEADER: &str =
    "streamer_id,live_id,started_at,ended_at,viewers,watch_hours,buyers,orders,gmv,refund_amount,note";

/// By hand: L1 is exported twice; L3 lacks its viewers and buyers; L4 overlaps L2; L5 is of 25 hours, has more buyers than viewers and
/// orders, and 100 hours of watch time where 3 viewers could have had 75; one row cannot be read, one sums up.
fn work() -> Work {
    let rows = [
        "s1,L1,2026-03-02 20:00:00,2026-03-02 22:00:00,100,20,5,6,60.00,1.00,x",
        "s1,L1,2026-03-02 20:00:00,2026-03-02 22:00:00,120,24,6,7,70.00,1.00,x",
        "s1,L2,2026-03-03 20:00:00,2026-03-03 22:00:00,1.2万,30,8,8,80.00,90.00,x",
        "s2,L3,2026-03-04 20:00:00,2026-03-04 21:00:00,,3,,2,20.00,,x",
        "s1,L4,2026-03-03 21:00:00,2026-03-03 23:00:00,50,5,1,1,10.00,,x",
        "s2,L5,2026-03-06 20:00:00,2026-03-07 21:00:00,3,100,4,3,30.00,,x",
        "s2,L6,2026-04-06 20:00:00,2026-04-06 21:00:00,10,1,1,1,5.00,,x",
        "s2,L7,not today,2026-03-08 21:00:00,10,1,1,1,7.00,,x",
        ",,,,,,,,,,",
    ];
    Work::with(&[("rooms.csv", &format!("{HEADER}\n{}\n", rows.join("\n")))])
}

const ROOMS: &str = "--rooms rooms.csv --max-bad 20% --to 2026-03-31";

#[test]
fn the_rows_of_broadcasts_close() {
    let found = check(&work(), ROOMS);
    assert_eq!(found.code, 0, "{}", found.out);
    for (name, expected) in [
        ("file", numbers("ok", 9, None)),
        ("columns_used", numbers("ok", 10, None)),
        ("rows_read", numbers("ok", 9, Some("282.00"))),
        ("rows_structural", numbers("ok", 1, Some("0.00"))),
        ("rows_rejected", numbers("warning", 1, Some("7.00"))),
        ("rows_superseded", numbers("ok", 1, Some("60.00"))),
        ("rows_out_of_range", numbers("ok", 1, Some("5.00"))),
        ("rows_counted", numbers("ok", 5, Some("210.00"))),
        ("rooms_without_viewers", numbers("warning", 1, Some("20.00"))),
        ("rooms_without_buyers", numbers("warning", 1, Some("20.00"))),
        ("refunds_above_amount", numbers("warning", 1, Some("80.00"))),
        ("figures_rounded", numbers("note", 1, None)),
    ] {
        assert_eq!(found.numbers("rooms", name), expected, "{name}");
    }
    assert_eq!(found.one("rooms", "reconciliation")["level"], "ok");
    assert_eq!(found.detail("rooms", "columns_ignored"), "note");
    assert_eq!(found.one("rooms", "rooms_without_viewers")["examples"], "rooms.csv:5");
    for name in ["rooms_without_watch_time", "rooms_without_orders", "rooms_without_gmv", "columns_missing"] {
        assert!(found.all("rooms", name).is_empty(), "{name}");
    }
    assert!(found.rows.iter().all(|row| row["input"] == "rooms"), "{}", found.out);
}

#[test]
fn figures_that_cannot_be_and_days_without_broadcasts() {
    let found = check(&work(), ROOMS);
    for (name, expected) in [
        ("buyers_above_viewers", numbers("warning", 1, Some("30.00"))),
        ("buyers_above_orders", numbers("warning", 1, Some("30.00"))),
        ("watch_time_above_live_time", numbers("warning", 1, Some("30.00"))),
        ("overlapping_lives", numbers("warning", 2, Some("90.00"))),
        ("long_lives", numbers("warning", 1, Some("30.00"))),
        ("days_missing", numbers("note", 1, None)),
    ] {
        assert_eq!(found.numbers("rooms", name), expected, "{name}");
    }
    assert_eq!(found.one("rooms", "overlapping_lives")["examples"], "rooms.csv:4; rooms.csv:6");
    assert_eq!(found.detail("rooms", "days_missing"), "2026-03-05");
    let found = check(&work(), &format!("{ROOMS} --max-session 26h --covers 2026-03-01..2026-03-06"));
    assert_eq!(found.numbers("rooms", "long_lives"), numbers("ok", 0, Some("0.00")));
    assert_eq!(found.detail("rooms", "days_missing"), "2026-03-01, 2026-03-05");
}

#[test]
fn a_figure_that_no_factor_needs_and_that_does_not_read_is_told() {
    let header = "streamer_id,live_id,started_at,viewers,watch_hours,buyers,orders,gmv,spend";
    let row = "s1,L1,2026-03-02 20:00:00,100,20,5,6,60.00,about 3";
    let work = Work::with(&[("rooms.csv", &format!("{header}\n{row}\n"))]);
    let found = check(&work, "--rooms rooms.csv");
    assert_eq!(found.numbers("rooms", "figures_unread"), numbers("warning", 1, None));
    let told = found.one("rooms", "figures_unread");
    assert_eq!(told["examples"], "rooms.csv:2");
    assert!(found.detail("rooms", "figures_unread").ends_with("spend"), "{}", found.out);
    assert_eq!(found.numbers("rooms", "rows_counted"), numbers("ok", 1, Some("60.00")));
}

#[test]
fn a_check_of_broadcasts_ends_as_others_do() {
    let work = work();
    assert_eq!(check(&work, "--rooms rooms.csv").code, 1);
    assert_eq!(check(&work, &format!("{ROOMS} --strict")).code, 3);
    let list = check(&work, &format!("{ROOMS} --rejects rejects.csv"));
    assert!(
        list.code == 0 && work.read("rejects.csv").contains("\nrooms,rooms.csv,9,"),
        "{}",
        work.read("rejects.csv")
    );
    for (lang, said) in
        [("en", "Integrity\n  ! more buyers than viewers"), ("zh", "异常标记\n  ! 成交人数多于观看人数")]
    {
        let words = format!("check {ROOMS} --format table --lang {lang}");
        let out = work.ok(&words.split_whitespace().collect::<Vec<_>>());
        assert!(out.contains(said), "{out}");
    }
    for (arguments, message) in [
        ("--rooms rooms.csv --orders o.csv", "cannot be used with"),
        ("--rooms rooms.csv --min-watch 5s", "cannot be used with"),
        ("--rooms rooms.csv --set buyer_id=x", "--set buyer_id: no such column of --rooms"),
        ("--rooms rooms.csv -o rooms.csv", "would replace one of the inputs"),
    ] {
        let words: Vec<&str> = ["check"].into_iter().chain(arguments.split_whitespace()).collect();
        let err = work.fails(2, &words);
        assert!(err.contains(message), "{arguments}: {err}");
    }
}

#[test]
fn columns_that_a_factor_needs_are_a_warning_where_they_are_missing() {
    let work = Work::with(&[("rooms.csv", "streamer_name,date,gmv\n王芳,2026-03-02,5.00\n")]);
    let found = check(&work, "--rooms rooms.csv");
    let missing = found.one("rooms", "columns_missing");
    assert_eq!((&missing["level"], missing["count"].as_u64()), (&"warning".into(), Some(8)), "{}", found.out);
    assert_eq!(found.numbers("rooms", "rooms_by_date"), numbers("warning", 1, Some("5.00")));
    assert_eq!(found.numbers("rooms", "rooms_without_orders"), numbers("warning", 1, Some("5.00")));
}
