//! Ids of two spaces, or of one space in two forms: the commonest mistake, and what it is said to be.

use super::{Found, check, numbers, orders, sessions};
use crate::support::Work;

/// Thirty buyers with an order each, and forty viewers, by their ids.
fn run(buyer: impl Fn(u64) -> String, viewer: impl Fn(u64) -> String) -> Found {
    run_with(buyer, viewer, "")
}

fn run_with(buyer: impl Fn(u64) -> String, viewer: impl Fn(u64) -> String, more: &str) -> Found {
    let bought: Vec<String> =
        (0..30).map(|n| format!("{},s1,2026-03-02 20:{n:02}:00,2.00", buyer(n))).collect();
    let watched: Vec<String> =
        (0..40).map(|n| format!("{},s1,2026-03-02 19:00:00,3600", viewer(n))).collect();
    let work = Work::with(&[("o.csv", &orders(&bought)), ("s.csv", &sessions(&watched))]);
    check(&work, &format!("--orders o.csv --sessions s.csv {more}"))
}

/// A 19-digit id.
fn number(n: u64) -> String {
    (7_349_583_948_573_900_000 + n * 7_919).to_string()
}

#[test]
fn the_same_ids_meet() {
    let found = run(number, number);
    assert_eq!(found.code, 0, "{}", found.out);
    assert_eq!(found.numbers("both", "id_overlap"), numbers("ok", 30, None));
    assert_eq!(found.numbers("both", "orders_with_session"), numbers("ok", 30, Some("60.00")));
    assert_eq!(found.numbers("orders", "buyers"), numbers("ok", 30, None));
    assert_eq!(found.numbers("sessions", "viewers"), numbers("ok", 40, None));
    assert!(found.all("orders", "id_forms").is_empty() && found.all("sessions", "id_forms").is_empty());
    assert_eq!(found.detail("orders", "id_shape").split(", such").next(), Some("19 digits"));
}

#[test]
fn two_spaces_are_an_error_that_says_what_both_look_like() {
    let open_id = |n: u64| format!("oK{n:04}aBcDeFgHiJkLmNoPqRsTuV");
    let found = run(open_id, number);
    assert_eq!((found.code, found.numbers("both", "id_overlap")), (1, numbers("error", 0, None)));
    let detail = found.detail("both", "id_overlap");
    let (orders, sessions) =
        ("buyers are 28 letters and digits, such as oK…uV", "viewers are 19 digits, such as 73…");
    assert!(
        detail.starts_with("the two files use different id spaces: ") && detail.contains(orders),
        "{detail}"
    );
    assert!(detail.contains(sessions) && detail.contains("OpenID") && detail.contains("UnionID"), "{detail}");
    assert!(found.all("orders", "id_forms").is_empty() && found.all("sessions", "id_forms").is_empty());
    // Nobody's whole id is shown.
    for n in 0..40 {
        assert!(!found.out.contains(&open_id(n)) && !found.out.contains(&number(n)));
    }
}

type Id = fn(u64) -> String;

/// Ids of buyers and of viewers, the input whose ids are to be mended, and how.
const FORMS: [(Id, Id, &str, &str); 11] = [
    (|n| format!("{}.0", 10_000 + n), |n| (10_000 + n).to_string(), "orders", "without the trailing `.0`"),
    (number, |n| format!("{}.0", number(n)), "sessions", "without the trailing `.0`"),
    (|n| format!("{}1", n + 1), |n| format!("{:06}1", n + 1), "sessions", "without leading zeros"),
    (|n| format!("U{n}"), |n| format!("u{n}"), "orders", "in lower case"),
    (|n| format!("id{n}x"), |n| format!("ID{n}X"), "sessions", "in lower case"),
    (|n| format!("douyin:{}", number(n)), number, "orders", "without the prefix \"douyin:\""),
    (number, |n| format!("uid_{}", number(n)), "sessions", "without the prefix \"uid_\""),
    (|n| format!("uid_{n}"), |n| format!("u{n}"), "orders", "with the prefix \"u\" instead of \"uid_\""),
    (|n| format!("138{n:08}"), |n| format!("86138{n:08}"), "sessions", "without the prefix \"86\""),
    (|n| format!("{}@tb", number(n)), number, "orders", "without the suffix \"@tb\""),
    (number, |n| format!("{}@dy", number(n)), "sessions", "without the suffix \"@dy\""),
];

#[test]
fn forms_that_a_spreadsheet_leaves_are_named_with_their_count() {
    for (buyer, viewer, input, cure) in FORMS {
        let found = run(buyer, viewer);
        assert_eq!((found.code, &found.one("both", "id_overlap")["level"]), (1, &"error".into()), "{cure}");
        let forms = found.all(input, "id_forms");
        let said: Vec<&str> = forms.iter().filter_map(|row| row["detail"].as_str()).collect();
        let ids = if input == "orders" { "30 of 30 ids of buyers" } else { "30 of 40 ids of viewers" };
        let wanted = format!("{ids} would match the other file {cure}: ");
        assert!(said.iter().any(|said| said.starts_with(&wanted)), "{wanted} {said:#?}");
        assert!(forms.iter().all(|row| row["level"] == "error"));
    }
}

#[test]
fn a_part_of_the_ids_in_another_form_is_found_too() {
    // Every third id has a leading zero, which the orders have lost.
    let found = run(
        |n| (100 + n).to_string(),
        |n| if n % 3 == 0 { format!("0{}", 100 + n) } else { (100 + n).to_string() },
    );
    assert_eq!(found.numbers("both", "id_overlap"), numbers("ok", 20, None));
    assert_eq!((found.code, found.numbers("sessions", "id_forms")), (1, numbers("error", 10, None)));
}

#[test]
fn a_prefix_of_some_ids_is_found() {
    // Half of the buyers come through another door.
    let found = run(
        |n| if n % 2 == 0 { format!("wx{}", 100_000 + n) } else { (100_000 + n).to_string() },
        |n| (100_000 + n).to_string(),
    );
    assert_eq!(found.numbers("both", "id_overlap"), numbers("ok", 15, None));
    assert_eq!((found.code, found.numbers("orders", "id_forms")), (1, numbers("error", 15, None)));
    let said = "15 of 30 ids of buyers would match the other file without the prefix \"wx\": ";
    assert!(found.detail("orders", "id_forms").starts_with(said), "{}", found.out);
    // One guest does not hide the prefix of all others.
    let found = run(|n| if n == 7 { "guest".to_owned() } else { format!("uid_{n}") }, |n| n.to_string());
    assert_eq!((found.code, found.numbers("orders", "id_forms")), (1, numbers("error", 29, None)));
    assert!(found.detail("orders", "id_forms").contains("without the prefix \"uid_\""), "{}", found.out);
}

#[test]
fn few_buyers_among_the_viewers_are_a_warning_and_few_at_all_no_error() {
    let found = run(number, |n| if n < 2 { number(n) } else { number(1_000 + n) });
    assert_eq!((found.code, found.numbers("both", "id_overlap")), (0, numbers("warning", 2, None)));
    assert!(found.detail("both", "id_overlap").starts_with("few buyers are viewers"));
    let found = run(|n| format!("u{}", n % 19), number);
    assert_eq!((found.code, found.numbers("both", "id_overlap")), (0, numbers("warning", 0, None)));
    let found = run(|n| format!("u{}", n % 20), number);
    assert_eq!((found.code, found.numbers("both", "id_overlap")), (1, numbers("error", 0, None)));
}

#[test]
fn ids_in_scientific_notation_are_warned_of_even_where_they_are_allowed() {
    let mangled = |n: u64| format!("9.{n:02}E+18");
    let found = run(mangled, mangled);
    assert_eq!((found.code, found.one("orders", "over_max_bad")["count"].as_u64()), (1, Some(30)));
    // Nothing is blank or masked: the rows were rejected.
    let why = "not known: no order is left to count; see where the rows went";
    for (input, name) in
        [("both", "id_overlap"), ("both", "clock_skew"), ("orders", "orders_per_hour"), ("orders", "span")]
    {
        assert_eq!(
            (found.detail(input, name), &found.one(input, name)["level"]),
            (why, &"note".into()),
            "{name}"
        );
    }
    assert!(found.all("orders", "days_missing").is_empty());
    let rejected = "buyer_id id in scientific notation: a spreadsheet has rounded it; export again as text, or --allow-mangled-ids";
    assert_eq!(found.detail("orders", "rows_rejected"), rejected);
    let found = run(number, mangled);
    let why = "not known: no session is left to count; see where the rows went";
    assert_eq!((found.detail("both", "id_overlap"), found.detail("sessions", "span")), (why, why));
    assert_eq!(found.numbers("sessions", "viewers"), numbers("note", 0, None));
    let found = run_with(mangled, mangled, "--allow-mangled-ids");
    assert_eq!((found.code, found.numbers("orders", "mangled_ids")), (0, numbers("warning", 30, None)));
    assert_eq!(found.numbers("sessions", "mangled_ids"), numbers("warning", 40, None));
}

#[test]
fn streamers_of_two_spaces_are_an_error() {
    let bought: Vec<String> = (0..9).map(|n| format!("u{n},王芳,2026-03-02 20:00:00,2.00")).collect();
    let watched: Vec<String> = (0..9).map(|n| format!("u{n},s1,2026-03-02 19:00:00,3600")).collect();
    let work = Work::with(&[("o.csv", &orders(&bought)), ("s.csv", &sessions(&watched))]);
    let found = check(&work, "--orders o.csv --sessions s.csv");
    assert_eq!(
        (found.code, found.numbers("both", "streamer_overlap")),
        (1, numbers("error", 0, Some("0.00")))
    );
    let said = "streamers of the orders without any session, such as 王芳: the files name streamers in different ways";
    assert!(found.detail("both", "streamer_overlap").starts_with(said), "{}", found.out);
    assert_eq!(found.numbers("both", "orders_with_session_in_week"), numbers("ok", 9, Some("18.00")));
    assert_eq!(
        found.numbers("both", "orders_with_session_of_streamer_in_week"),
        numbers("ok", 0, Some("0.00"))
    );
}

#[test]
fn streamers_without_sessions_are_named_and_many_are_a_warning() {
    let run = |of_watched: u32| {
        let streamer = |n: u32| if n < of_watched { 1 } else { 2 + n % 4 };
        let bought: Vec<String> =
            (0..40).map(|n| format!("u{n},s{},2026-03-02 20:00:00,2.00", streamer(n))).collect();
        let watched: Vec<String> = (0..40).map(|n| format!("u{n},s1,2026-03-02 19:00:00,3600")).collect();
        let work = Work::with(&[("o.csv", &orders(&bought)), ("s.csv", &sessions(&watched))]);
        check(&work, "--orders o.csv --sessions s.csv")
    };
    let found = run(5);
    assert_eq!(found.numbers("both", "streamer_overlap"), numbers("warning", 5, Some("10.00")));
    assert!(found.detail("both", "streamer_overlap").contains("such as s3, s4, s5: "), "{}", found.out);
    let found = run(38);
    assert_eq!(found.numbers("both", "streamer_overlap"), numbers("note", 38, Some("76.00")));
    assert_eq!(found.detail("both", "streamer_overlap"), "without any session: s4, s5");
    assert_eq!(run(40).numbers("both", "streamer_overlap"), numbers("ok", 40, Some("80.00")));
}

#[test]
fn buyers_that_the_platform_masks_are_a_warning() {
    let found = run(|n| format!("用户{n}**"), number);
    assert_eq!((found.code, found.worst()), (0, "warning"), "{}", found.out);
    assert_eq!(found.numbers("orders", "orders_without_buyer"), numbers("warning", 30, Some("60.00")));
    assert!(found.detail("orders", "orders_without_buyer").contains("off-live"));
    assert_eq!(found.one("both", "id_overlap")["level"], "warning");
    assert!(found.detail("both", "id_overlap").starts_with("not known: no counted order has a buyer"));
    let some = |from: u64| run(|n| if n < from { String::new() } else { number(n) }, number);
    assert_eq!(some(6).numbers("orders", "orders_without_buyer"), numbers("note", 6, Some("12.00")));
    assert_eq!(some(7).numbers("orders", "orders_without_buyer"), numbers("warning", 7, Some("14.00")));
    let found = run(number, |n| format!("用户{n}**"));
    assert!(found.detail("both", "id_overlap").starts_with("not known: no session has a viewer"));
    assert_eq!(found.one("both", "id_overlap")["level"], "warning");
}

#[test]
fn a_session_of_another_week_is_no_session_of_the_week() {
    // Monday to Sunday: the session ends as the week of the order begins, or one second into it.
    for (seconds, in_week) in [(1_800, 0), (1_801, 1)] {
        let work = Work::with(&[
            ("o.csv", &orders(&["u1,s1,2026-03-09 20:00:00,2.00".into()])),
            ("s.csv", &sessions(&[format!("u1,s1,2026-03-08 23:30:00,{seconds}")])),
        ]);
        let found = check(&work, "--orders o.csv --sessions s.csv");
        assert_eq!(found.one("both", "orders_with_session")["count"].as_u64(), Some(1));
        assert_eq!(found.one("both", "orders_with_session_in_week")["count"].as_u64(), Some(in_week));
    }
}
