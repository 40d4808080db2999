//! Clocks that differ: found on samples whose orders are moved by hours, and on nothing else.

use jiff::civil::DateTime;
use jiff::{SignedDuration, ToSpan};

use super::{Found, check};
use crate::support::Work;

fn sample(seed: u64) -> Work {
    let work = Work::new();
    let seed = seed.to_string();
    let size = ["sample", "-q", "--sessions", "3000", "--streamers", "6", "--weeks", "4"];
    work.ok(&[&size[..], &["--seed", &seed, "--out", "."]].concat());
    work
}

/// Writes `moved.csv`: a file with the times of some columns moved.
fn moved(work: &Work, file: &str, columns: &[&str], by: impl Fn(usize, DateTime) -> DateTime) {
    let text = work.read(file);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).unwrap();
    for (row, record) in reader.records().enumerate() {
        let record = record.unwrap();
        let cells = record.iter().zip(&header).map(|(cell, name)| {
            let is_time = columns.contains(&name) && !cell.is_empty();
            if is_time {
                by(row, cell.parse().unwrap()).strftime("%Y-%m-%d %H:%M:%S").to_string()
            } else {
                cell.to_owned()
            }
        });
        writer.write_record(cells).unwrap();
    }
    work.write("moved.csv", writer.into_inner().unwrap());
}

fn minutes(minutes: i64) -> impl Fn(usize, DateTime) -> DateTime {
    move |_, time| time.checked_add(minutes.minutes()).unwrap()
}

/// Where the time of a row moves to.
type Move<'a> = Box<dyn Fn(usize, DateTime) -> DateTime + 'a>;

fn skew(found: &Found) -> (&str, &str) {
    (found.one("both", "clock_skew")["level"].as_str().unwrap(), found.detail("both", "clock_skew"))
}

#[test]
fn orders_that_are_moved_by_hours_are_found_out() {
    for seed in 1..=3 {
        let work = sample(seed);
        for (by, said) in [
            (
                -480,
                "orders are 8 hours behind the sessions: the orders are probably in UTC while the sessions are local (+08:00).",
            ),
            (
                480,
                "orders are 8 hours ahead of the sessions: the sessions are probably in UTC while the orders are local (+08:00).",
            ),
            (-60, "orders are 1 hour behind the sessions: the files are probably in two time zones."),
            (330, "orders are 5 h 30 min ahead of the sessions: the files are probably in two time zones."),
            (720, "orders are 12 hours ahead of the sessions: one of the files probably lost its AM/PM."),
            (
                -1440,
                "orders are 24 hours behind the sessions: the dates of one of the files are probably a day off.",
            ),
        ] {
            moved(&work, "orders.csv", &["paid_at"], minutes(by));
            let found = check(&work, "--orders moved.csv --sessions sessions.csv");
            let (level, detail) = skew(&found);
            assert_eq!((found.code, level), (1, "error"), "seed {seed}, {by} minutes");
            assert!(detail.starts_with(said) && detail.contains("--timezone applies to both"), "{detail}");
        }
    }
}

#[test]
fn the_offset_is_that_of_the_zone() {
    let work = sample(4);
    moved(&work, "sessions.csv", &["entered_at", "left_at"], minutes(330));
    let found = check(&work, "--orders orders.csv --sessions moved.csv --timezone Asia/Kolkata");
    let said = "orders are 5 h 30 min behind the sessions: the orders are probably in UTC while the sessions are local (+05:30).";
    assert!(skew(&found).1.starts_with(said), "{}", skew(&found).1);
}

#[test]
fn clocks_that_agree_raise_no_alarm() {
    for seed in 1..=12 {
        let found = check(&sample(seed), "--orders orders.csv --sessions sessions.csv");
        assert_eq!((found.code, skew(&found).0), (0, "ok"), "seed {seed}");
        let paid = found.one("both", "paid_during_session");
        assert!(paid["share"].as_f64().unwrap() > 0.8, "{paid}");
    }
}

#[test]
fn orders_that_have_nothing_to_do_with_viewing_raise_no_alarm() {
    for seed in 1..=3 {
        let work = sample(seed);
        // Anywhere in four weeks; anywhere in their day; anywhere in the evening, when most people watch; a few minutes later.
        let pseudo =
            |row: usize| (row as i64 * 7_919 + 104_729 * row as i64 * row as i64).rem_euclid(1_000_003);
        let day = |row: usize, time: DateTime, from: i64, hours: i64| {
            let start = time.date().at(0, 0, 0, 0);
            start
                .checked_add(SignedDuration::from_secs(from * 3_600 + pseudo(row) % (hours * 3_600)))
                .unwrap()
        };
        let moves: [Move<'_>; 4] = [
            Box::new(move |row, time| {
                day(row, time.checked_add((pseudo(row) % 28 - 14).days()).unwrap(), 0, 24)
            }),
            Box::new(move |row, time| day(row, time, 0, 24)),
            Box::new(move |row, time| day(row, time, 19, 4)),
            Box::new(|_, time| time.checked_add(12.minutes()).unwrap()),
        ];
        for (at, by) in moves.iter().enumerate() {
            moved(&work, "orders.csv", &["paid_at"], by);
            let found = check(&work, "--orders moved.csv --sessions sessions.csv");
            assert_eq!((found.code, skew(&found).0), (0, "ok"), "seed {seed}, move {at}");
        }
    }
}

#[test]
fn orders_from_cards_tell_nothing_of_clocks() {
    let work = sample(1);
    moved(&work, "orders.csv", &["paid_at"], minutes(-480));
    work.write("moved.csv", work.read("moved.csv").replace(",live,", ",card,"));
    let found = check(&work, "--orders moved.csv --sessions sessions.csv");
    assert_eq!((found.code, skew(&found).0), (0, "note"));
    assert!(skew(&found).1.starts_with("not known: fewer than 50 orders"));
}
