//! Which period is reported, and what cannot be meant.

use super::{line, report, shop};
use crate::compare::sample;
use crate::support::Work;

fn fails(work: &Work, code: i32, more: &str) -> String {
    let line = line(more);
    work.fails(code, &line.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_day_without_exports_is_named() {
    let work = shop(6);
    let said = fails(&work, 1, "--as-of 2026-11-23");
    assert!(
        said.starts_with(
            "gmv: the week 2026-11-16..2026-11-22 is not complete: orders and sessions reach from "
        ),
        "{said}"
    );
    assert!(
        said.contains(
            "missing 2026-11-16, 2026-11-17, 2026-11-18, 2026-11-19, 2026-11-20, 2026-11-21, 2026-11-22;"
        ),
        "{said}"
    );
    // Sessions that end on Friday: two days of theirs are missing.
    let sessions = work.read("sample/sessions.csv");
    let kept =
        sessions.lines().filter(|line| !["2026-11-14", "2026-11-15"].iter().any(|day| line.contains(day)));
    work.write("sample/sessions.csv", kept.collect::<Vec<_>>().join("\n"));
    let said = fails(&work, 1, "");
    assert!(
        said.contains("complete: sessions reach from")
            && said.contains("to 2026-11-13, missing 2026-11-14, 2026-11-15; add"),
        "{said}"
    );
    assert!(!work.path("out/latest").exists());
    // A shop that rests on weekends says so; and a partial period can be had.
    report(&work, "--covers 2026-10-05..2026-11-15");
    let run = report(&work, "--allow-partial");
    assert_eq!(run["report"]["first"], "2026-11-09");
    assert_eq!(run["days_without_rows"], serde_json::json!(["2026-11-14", "2026-11-15"]));
}

#[test]
fn without_a_date_it_is_the_last_period_before_today() {
    // A shop whose exports ended long ago, whatever the day of the test.
    let work = sample(6, "--end 2020-11-15");
    for more in ["", "--as-of today"] {
        let line = format!("report {} --out out {more}", super::BOTH);
        let said = work.fails(1, &line.split_whitespace().collect::<Vec<_>>());
        assert!(
            said.contains("to 2020-11-15, missing 20") && said.contains("with --as-of 2020-11-16;"),
            "{said}"
        );
    }
    let line = format!("report {} --out out --as-of 2020-11-16", super::BOTH);
    work.ok(&line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(super::run_json(&work)["report"]["first"], "2020-11-09");
}

#[test]
fn the_first_period_of_a_shop_has_a_report_without_a_change() {
    let work = sample(1, "--story none");
    let run = report(&work, "");
    assert_eq!(run["report"]["before"], serde_json::Value::Null);
    let names: Vec<&str> =
        run["tables"].as_array().unwrap().iter().map(|table| table["name"].as_str().unwrap()).collect();
    assert!(
        names.contains(&"totals") && names.contains(&"cohorts") && names.contains(&"quality"),
        "{names:?}"
    );
    assert!(!names.contains(&"change") && !names.contains(&"slices"), "{names:?}");
}

#[test]
fn what_cannot_be_meant() {
    let work = sample(1, "--story none");
    for (more, said) in [
        ("--by total", "--by: the report has its own groups"),
        ("--to 2026-11-15", "--to: the report ends with its period"),
        ("--period all", "--period all: a report compares"),
        ("--from 2026-11-10", "--from 2026-11-10 is after the first day of the period, 2026-11-09"),
        ("--trend 1", "from 2 to 520"),
        ("--as-of yesterday", "yesterday"),
        ("--streamers -", "- (standard input) can be read once"),
        ("--spend -", "- (standard input) can be read once"),
    ] {
        let found = fails(&work, 2, more);
        assert!(found.contains(said), "{more}: {found}");
    }
    let of = |line: &str| work.run(&line.split_whitespace().collect::<Vec<_>>());
    let facts = of("report --facts f.csv --out out");
    assert!((facts.code, facts.err.contains("hold sums alone")) == (2, true), "{}", facts.err);
    let none = of("report --out out");
    assert!((none.code, none.err.contains("--orders FILE is needed")) == (2, true), "{}", none.err);
    let missing = of(&format!("report {} --out no/such/folder --as-of 2026-11-16", super::BOTH));
    assert_eq!(missing.code, 1);
    assert!(missing.err.contains("the folder no/such does not exist; create it"), "{}", missing.err);
    work.write("file", "");
    let file = of(&format!("report {} --out file --as-of 2026-11-16", super::BOTH));
    assert!(file.code == 1 && file.err.contains("file"), "{}", file.err);
    work.ok(&["ingest", "--store", "store", "--orders", "sample/orders.csv", "-q"]);
    let store = of("report --store store --out store/reports --attribution all --as-of 2026-11-16");
    assert!((store.code, store.err.contains("lies in a store")) == (2, true), "{}", store.err);
}

#[test]
fn what_no_report_has_made_is_not_replaced() {
    let work = shop(6);
    let orders = work.read("sample/orders.csv");
    work.write("out/2026-11-09/orders.csv", &orders);
    // The exports themselves, where the report is to be.
    let line = "report --orders out/2026-11-09/orders.csv --sessions sample/sessions.csv --out out --as-of 2026-11-16";
    let said = work.fails(2, &line.split_whitespace().collect::<Vec<_>>());
    assert!(
        said.contains("--out: the report is to be in out/2026-11-09, where out/2026-11-09/orders.csv lies"),
        "{said}"
    );
    // Anything else of somebody.
    let said = fails(&work, 1, "");
    assert!(said.contains("a folder of that name is there that no report has made"), "{said}");
    assert_eq!(work.read("out/2026-11-09/orders.csv"), orders);
    std::fs::remove_dir_all(work.path("out/2026-11-09")).unwrap();
    report(&work, "");
    let said = fails(&work, 2, "--rejects out/2026-11-09/rejects.csv");
    assert!(said.contains("rejects.csv lies; name another folder"), "{said}");
    std::fs::remove_file(work.path("out/latest")).unwrap();
    work.write("out/latest/mine.txt", "mine");
    let said = fails(&work, 1, "");
    assert!(said.contains("cannot write out/latest: a folder of that name is there"), "{said}");
    assert_eq!(work.read("out/latest/mine.txt"), "mine");
}

#[test]
fn periods_of_each_kind_have_their_own_folder_and_link() {
    let work = shop(6);
    report(&work, "");
    for (more, folder, link) in [
        ("--period day --as-of 2026-11-10", "2026-11-09-day", "latest-day"),
        ("--period month --as-of 2026-11-01", "2026-10-01-month", "latest-month"),
    ] {
        let line = line(&format!("{more} --allow-partial"));
        work.ok(&line.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(std::fs::read_link(work.path("out").join(link)).unwrap(), std::path::Path::new(folder));
    }
    assert_eq!(super::run_json(&work)["report"]["period"], "week");
}

#[test]
fn an_alert_on_nobody_is_a_warning() {
    let work = shop(6);
    let mut line = line("--alert");
    line.push("streamer \"nobody\": gmv < 1".to_owned());
    let run = work.run(&line.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(run.code, 0);
    assert_eq!(
        run.err,
        "warning: alert streamer \"nobody\": gmv < 1: no streamer has this id in either period\n"
    );
}
