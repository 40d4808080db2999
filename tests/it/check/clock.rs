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
            let shift = found.one("both", "clock_skew")["shift_hours"].as_f64();
            assert_eq!(shift, Some(by as f64 / -60.0), "{detail}");
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
            assert_eq!(found.code, 0, "seed {seed}, move {at}: {}", skew(&found).1);
            // Where hardly any order is paid while watching, nothing says that the clocks agree.
            let few = found.one("both", "paid_during_session")["share"].as_f64().unwrap() < 0.25;
            assert_eq!(skew(&found).0, if few { "warning" } else { "ok" }, "seed {seed}, move {at}");
            assert_eq!(skew(&found).1.starts_with("not known: hardly any order"), few, "{}", skew(&found).1);
        }
    }
}

/// Splits a file by the number of its row: into `part0.csv`, `part1.csv`, …, which it names.
fn split(work: &Work, file: &str, parts: usize) -> String {
    let text = work.read(file);
    let (header, rows) = text.split_once('\n').unwrap();
    for part in 0..parts {
        let mine = rows.lines().enumerate().filter(|(row, _)| row % parts == part);
        let mine: Vec<&str> = mine.map(|(_, row)| row).collect();
        work.write(&format!("part{part}.csv"), format!("{header}\n{}\n", mine.join("\n")));
    }
    (0..parts).map(|part| format!("part{part}.csv")).collect::<Vec<_>>().join(" ")
}

#[test]
fn one_file_of_orders_in_another_zone_is_named() {
    for (seed, parts) in [(1, 2), (2, 4)] {
        let work = sample(seed);
        moved(&work, "orders.csv", &["paid_at"], |row, time| {
            if row % parts == 1 { time.checked_sub(8.hours()).unwrap() } else { time }
        });
        let files = split(&work, "moved.csv", parts);
        let found = check(&work, &format!("--orders {files} --sessions sessions.csv"));
        let (level, detail) = skew(&found);
        assert_eq!((found.code, level), (1, "error"), "{detail}");
        assert_eq!(found.one("both", "clock_skew")["file"], "part1.csv");
        let said = "orders of part1.csv are 8 hours behind the sessions: it is probably in UTC while the others are local (+08:00).";
        assert!(detail.starts_with(said), "{detail}");
    }
}

#[test]
fn one_file_of_sessions_in_another_zone_is_found_out() {
    for parts in [2, 3] {
        let work = sample(3);
        moved(&work, "sessions.csv", &["entered_at", "left_at"], |row, time| {
            if row % parts == 1 { time.checked_sub(8.hours()).unwrap() } else { time }
        });
        let files = split(&work, "moved.csv", parts);
        let found = check(&work, &format!("--orders orders.csv --sessions {files}"));
        let (level, detail) = skew(&found);
        assert_eq!((found.code, level), (1, "error"), "{detail}");
        assert!(
            detail.contains("not 8 hours ahead of it") && detail.contains("one of the files"),
            "{detail}"
        );
    }
}

/// So many buyers with a session of these hours a day and an order in it, moved by hours.
fn daily(buyers: u32, length: u32, by: i64) -> Found {
    let (mut bought, mut watched) = (Vec::new(), Vec::new());
    for n in 0..buyers {
        let start =
            jiff::civil::date(2026, 3, 2 + (n % 14) as i8).at(9 + (n % 5) as i8, (n * 7 % 60) as i8, 0, 0);
        let paid = start.checked_add(i64::from(n * 53 % (length * 60)).minutes()).unwrap();
        let paid = paid.checked_add(by.hours()).unwrap();
        let end = start.checked_add(i64::from(length).hours()).unwrap();
        watched.push(format!("u{n},s1,{start},{end}"));
        bought.push(format!("u{n},s1,{paid},2.00"));
    }
    let sessions = format!("viewer_id,streamer_id,entered_at,left_at\n{}\n", watched.join("\n"));
    let work = Work::with(&[("o.csv", &super::orders(&bought)), ("s.csv", &sessions)]);
    check(&work, "--orders o.csv --sessions s.csv")
}

#[test]
fn sessions_of_many_hours_hide_no_difference() {
    let found = daily(200, 8, -8);
    let (level, detail) = skew(&found);
    assert_eq!((found.code, level), (1, "error"), "{detail}");
    assert!(detail.contains("behind the sessions"), "{detail}");
    assert_eq!(found.one("both", "paid_during_session")["level"], "note");
    assert_eq!(skew(&daily(200, 8, 0)).0, "ok");
}

#[test]
fn few_orders_that_all_differ_are_a_warning() {
    let found = daily(40, 1, -8);
    assert_eq!((found.code, skew(&found).0), (0, "warning"));
    assert!(skew(&found).1.starts_with("orders are 8 hours behind the sessions"), "{}", skew(&found).1);
    assert_eq!(skew(&daily(40, 1, 0)), ("note", skew(&daily(19, 1, -8)).1));
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
