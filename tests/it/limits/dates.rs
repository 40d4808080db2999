//! Dates from the year 1 to 9999: in cells, as options, and as periods that begin before them or end after them.

use super::{check, run, too_bad, verdict};
use crate::support::Work;

const ORDERS: &str = "order_id,buyer_id,streamer_id,paid_at,amount";
const SESSIONS: &str = "viewer_id,streamer_id,entered_at,left_at,source";

fn paid(times: &[&str]) -> Work {
    let rows = times.iter().enumerate().map(|(at, time)| format!("{at},u1,s1,{time},1.00\n"));
    Work::with(&[("orders.csv", &format!("{ORDERS}\n{}", rows.collect::<String>()))])
}

const ALL: &str = "decompose --orders orders.csv --attribution all --by total -q";

#[test]
fn times_of_orders_from_the_year_1_to_9999() {
    let none = "is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile";
    let no_such = "is a date or a time of day that does not exist";
    let beyond = "is out of the range of times, which ends at 9999-12-30";
    let cases = [
        ("0001-01-01 00:00:00", "0001-01-01", ""),
        ("0000-12-31 23:59:59", "", no_such),
        ("0000-00-00 00:00:00", "", no_such),
        ("-0001-01-01 00:00:00", "", none),
        ("1582-10-10 00:00:00", "1582-10-10", ""),
        ("1899-12-30 00:00:00", "1899-12-30", ""),
        ("1900-02-29 00:00:00", "", no_such),
        ("1969-12-31 23:59:59", "1969-12-31", ""),
        ("2038-01-19 03:14:08", "2038-01-19", ""),
        ("2262-04-11 23:47:17", "2262-04-11", ""),
        ("2026-06-30 23:59:60", "", no_such),
        ("9999-12-30 23:59:59", "9999-12-30", ""),
        ("9999-12-31 05:59:59", "9999-12-31", ""),
        ("9999-12-31 06:00:01", "", beyond),
        ("9999-12-31 23:59:59", "", beyond),
        ("10000-01-01 00:00:00", "", none),
        // Ten digits are seconds, thirteen milliseconds, and no other number is a time.
        ("0000000000", "1970-01-01", ""),
        ("9999999999", "2286-11-21", ""),
        ("0000000000000", "1970-01-01", ""),
        ("9999999999999", "2286-11-21", ""),
        ("253402300799", "", none),
        ("1772453400000000", "", none),
        ("1772453400000000000", "", none),
        ("-1772453400", "", none),
    ];
    check(
        "period",
        cases.map(|(time, period, fault)| {
            let expected = format!("1 gmv: orders.csv:2:4: paid_at {time:?} {fault}{}", too_bad("orders", 1));
            let expected = if fault.is_empty() { period.to_owned() } else { expected };
            (paid(&[time]), format!("{ALL} --period day"), expected)
        }),
    );
}

#[test]
fn sessions_that_cross_the_ends_of_their_years() {
    let line = "decompose --sessions sessions.csv --orders orders.csv --period all --by total -q --max-session 1000000w";
    let out = "is out of the range of times of sessions, the years from 882 to 3057";
    let cases = [
        ("0882-01-01 00:00:00,0882-01-01 01:00:00", "1", ""),
        ("0880-12-31 00:00:00,0882-01-01 01:00:00", "", "0880-12-31 00:00:00"),
        ("3057-12-31 23:00:00,3058-01-01 01:00:00", "2", ""),
        ("3059-01-01 00:00:00,3059-01-01 01:00:00", "", "3059-01-01 00:00:00"),
        ("1969-12-31 23:00:00,1970-01-01 01:00:00", "2", ""),
        // 776 days are the most that a session can have.
        ("2026-01-01 00:00:00,9999-12-30 00:00:00", "18641.350", ""),
    ];
    for (session, hours, fault) in cases {
        let sessions = format!("{SESSIONS}\nu1,s1,{session},follow\n");
        let work = Work::with(&[("orders.csv", &format!("{ORDERS}\n")), ("sessions.csv", &sessions)]);
        let found = verdict(&run(&work, line), "watch_hours");
        if fault.is_empty() {
            assert!(found.starts_with(hours), "{session}: {found}");
        } else {
            let expected =
                format!("1 gmv: sessions.csv:2:3: entered_at {fault:?} {out}{}", too_bad("sessions", 1));
            assert_eq!(found, expected);
        }
    }
    let before = format!("{SESSIONS}\nu1,s1,2026-01-01 00:00:01,2026-01-01 00:00:00,follow\n");
    let work = Work::with(&[("orders.csv", &format!("{ORDERS}\n")), ("sessions.csv", &before)]);
    let expected = format!(
        "1 gmv: sessions.csv:2:4: left_at \"2026-01-01 00:00:00\" is before entered_at{}",
        too_bad("sessions", 1)
    );
    assert_eq!(verdict(&run(&work, line), "uv"), expected);
}

/// Periods at both ends, of every kind, in zones on both sides of the earth, where days begin early and late.
#[test]
fn periods_at_both_ends_hold_their_orders() {
    let times = ["0001-01-01 12:00:00", "2026-03-02 12:00:00", "9999-12-30 06:00:00"];
    let kinds = [
        ("day", "0001-01-01,1|2026-03-02,1|9999-12-30,1"),
        ("week", "0001-01-01,1|2026-03-02,1|9999-12-27,1"),
        ("month", "0001-01-01,1|2026-03-01,1|9999-12-01,1"),
        ("quarter", "0001-01-01,1|2026-01-01,1|9999-10-01,1"),
        ("year", "0001-01-01,1|2026-01-01,1|9999-01-01,1"),
        ("all", "0001-01-01,3"),
    ];
    for zone in ["Asia/Shanghai", "UTC", "Pacific/Kiritimati", "Pacific/Niue"] {
        for (kind, expected) in kinds {
            for range in ["", " --from 0001-01-01 --to 9999-12-31"] {
                // Millions of days take their time in a build without optimizations.
                if kind == "day" && (zone != "UTC" || range.is_empty()) {
                    continue;
                }
                let line = format!("{ALL} --period {kind} --timezone {zone} --day-start 05:00{range}");
                assert_eq!(verdict(&run(&paid(&times), &line), "period,orders"), expected, "{line}");
            }
        }
    }
    // A day that begins before the first, and one that begins after the last instant with a name.
    let early = run(&paid(&["0001-01-01 04:59:59"]), &format!("{ALL} --period day --day-start 05:00"));
    assert_eq!(verdict(&early, "period,orders"), "0000-12-31,1");
    let late =
        run(&paid(&times), &format!("{ALL} --period day --timezone UTC --from 9999-12-30 --to 9999-12-31"));
    assert_eq!(verdict(&late, "period,orders"), "9999-12-30,1");
}

#[test]
fn dates_as_options() {
    let no_date = |option: &str, value: &str, text: &str| {
        format!("2 error: invalid value '{value}' for '{option}': {text:?} is no date, such as 2026-03-02")
    };
    let cases = [
        (format!("{ALL} --from=-009999-01-01"), no_date("--from <DATE>", "-009999-01-01", "-009999-01-01")),
        (format!("{ALL} --from 0000-12-31"), no_date("--from <DATE>", "0000-12-31", "0000-12-31")),
        (format!("{ALL} --to 10000-01-01"), no_date("--to <DATE>", "10000-01-01", "10000-01-01")),
        (format!("{ALL} --to 2026-02-29"), no_date("--to <DATE>", "2026-02-29", "2026-02-29")),
        (format!("{ALL} --from 2026-03-02 --to 0001-01-01"), "2 gmv: --from is after --to".to_owned()),
        (format!("{ALL} --covers 0001-01-01..9999-12-31 --period day"), "2026-03-02".to_owned()),
        (
            "plan --orders orders.csv --attribution all --base 9999-12-31 --uv +1% -q".to_owned(),
            "1 gmv: --base 9999-12-31: no period of the data holds this date; the periods begin 2026-03-02 to 2026-03-02".to_owned(),
        ),
        (
            "compare --orders orders.csv --attribution all --before 0001-01-01 --after 2026-03-02 -q".to_owned(),
            "1 gmv: --before 0001-01-01: no period of the data holds this date; the periods begin 2026-03-02 to 2026-03-02".to_owned(),
        ),
        (
            "report --orders orders.csv --attribution all --out reports --as-of 0000-12-31 -q".to_owned(),
            no_date("--as-of <DATE|today>", "0000-12-31", "0000-12-31"),
        ),
    ];
    check("period", cases.map(|(line, expected)| (paid(&["2026-03-02 12:00:00"]), line, expected)));
    // Whole ranges to both ends, one after the other, in a zone where the last day has no named instant.
    let line = "compare --orders orders.csv --attribution all --by total --timezone UTC -q";
    for (before, after, expected) in [
        ("0001-01-01..2026-03-01", "2026-03-02..9999-12-31", "1.00,2.00"),
        ("2026-03-02..9999-12-31", "0001-01-01..2026-03-01", "2.00,1.00"),
    ] {
        let work = paid(&["0001-01-01 12:00:00", "2026-03-02 12:00:00", "9999-12-30 12:00:00"]);
        let found = run(&work, &format!("{line} --before {before} --after {after}"));
        assert_eq!(verdict(&found, "gmv_before,gmv_after"), expected);
    }
    for covers in ["", " --timezone UTC", " --timezone Pacific/Niue"] {
        let line = format!(
            "repurchase --orders orders.csv --attribution all --covers 0001-01-01..9999-12-31{covers} -q"
        );
        assert_eq!(verdict(&run(&paid(&["2026-03-02 12:00:00"]), &line), "period,orders"), "2026-03-02,1");
    }
}

/// A leap day compares with the day 364 days earlier, and a leap year with the year before.
#[test]
fn a_year_earlier_at_leap_days_and_at_the_first_year() {
    let line = "compare --orders orders.csv --attribution all --by total --yoy -q";
    let cases = [
        (vec!["2023-03-02 12:00:00", "2024-02-29 12:00:00"], "day", "2023-03-02,2024-02-29"),
        (vec!["2023-02-01 12:00:00", "2024-02-29 12:00:00"], "month", "2023-02-01,2024-02-01"),
        (vec!["0001-06-01 12:00:00", "0002-06-01 12:00:00"], "year", "0001-01-01,0002-01-01"),
    ];
    for (times, kind, expected) in cases {
        let range = format!("{}..{}", &times[0][..4], &times[1][..4]);
        let (first, last) = range.split_once("..").unwrap();
        let found = run(
            &paid(&times),
            &format!(
                "{line} --period {kind} --covers {first}-01-01..{last}-12-31 --after {}",
                &times[1][..10]
            ),
        );
        let found = verdict(&found, "before,after");
        let alone =
            run(&paid(&times), &format!("{line} --period {kind} --covers {first}-01-01..{last}-12-31"));
        assert!(found == expected || found.starts_with("2 "), "{kind}: {found}");
        assert!(alone.code == 0 || alone.err.contains("--yoy"), "{kind}: {}", alone.err);
    }
    let first = run(
        &paid(&["0001-06-01 12:00:00"]),
        &format!("{line} --period year --covers 0001-01-01..0001-12-31"),
    );
    assert!(first.code == 1 && first.err.starts_with("gmv: "), "{}", first.err);
}
