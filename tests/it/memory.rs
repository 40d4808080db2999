//! `--memory`: the same bytes however little stays in memory, temporary files that are gone, and clear errors where there is no room for them.

use std::fmt::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::Work;

const INPUT: [&str; 4] = ["--orders", "s/orders.csv", "--sessions", "s/sessions.csv"];

/// A sample of 5,000 sessions, with after-sales of some orders: wholes, and one of an order that is not there.
fn sample() -> Work {
    let work = Work::new();
    work.ok(&["sample", "--out", "s", "--sessions", "5000", "--streamers", "20", "--weeks", "4"]);
    let orders = work.read("s/orders.csv");
    let mut refunds =
        "refund_id,order_id,refund_amount,refunded_at,status\nr0,none,5.00,2026-11-20 10:00:00,refunded\n"
            .to_owned();
    for (at, row) in orders.lines().skip(1).step_by(7).enumerate() {
        let id = row.split(',').next().unwrap();
        writeln!(refunds, "r{at},{id},1.25,2026-11-20 10:00:00,refunded").unwrap();
    }
    work.write("refunds.csv", refunds);
    work
}

/// All bytes of what a run writes.
fn bytes(work: &Work, command: &str, more: &[&str]) -> String {
    work.ok(&[&[command], &INPUT[..], more].concat())
}

#[test]
fn what_stays_in_memory_changes_no_byte() {
    let work = sample();
    let questions: [&[&str]; 7] = [
        &["decompose", "--format=csv"],
        &["decompose", "--format=csv", "--by=streamer,domain,buyer_type", "--moments", "--period=day"],
        &["decompose", "--format=csv", "--by=total,carrier,price_band", "--basis=net"],
        &["decompose", "--format=json", "--by=streamer,live", "--lives=s/lives.csv", "--moments"],
        &["decompose", "--format=csv", "--basis=net", "--refunds=refunds.csv", "--attribution=window:30m"],
        &["check", "--format=csv", "--lives=s/lives.csv"],
        &["check", "--format=csv", "--refunds=refunds.csv"],
    ];
    for question in questions {
        let ask = |more: &[&str]| bytes(&work, question[0], &[&question[1..], more].concat());
        let whole = ask(&["--threads=1", "--memory=64GiB"]);
        assert!(whole.lines().count() > 3, "{whole}");
        for more in [
            ["--threads=1", "--memory=128MiB", "--spill-above=20000"],
            ["--threads=2", "--memory=1.5G", "--spill-above=0"],
            ["--threads=7", "--memory=256MB", "--spill-above=30000"],
            ["--threads=2", "--memory=128MiB", "--spill-above=300000"],
        ] {
            assert!(ask(&more) == whole, "{question:?} {more:?}");
        }
    }
}

#[test]
fn one_viewer_may_have_very_many_sessions() {
    let work = sample();
    let mut sessions = "viewer_id,streamer_id,entered_at,left_at\n".to_owned();
    for n in 0..9_000 {
        let at = 1_790_000_000 + n * 61 % 900_000;
        writeln!(sessions, "u{},s{:04},{at},{}", n % 5 / 4, n % 3 + 1, at + 100).unwrap();
    }
    work.write("s/sessions.csv", sessions);
    let more = ["--format=csv", "--moments", "--by=streamer,buyer_type"];
    let whole = bytes(&work, "decompose", &more);
    assert!(bytes(&work, "decompose", &[&more[..], &["--spill-above=0"]].concat()) == whole);
}

#[test]
fn rows_in_temporary_files_are_told_and_the_files_are_gone() {
    let work = sample();
    work.write("t/.keep", "");
    let run = |more: &[&str]| {
        let arguments = [&["decompose"], &INPUT[..], more].concat();
        let output = work.command(&arguments).env("TMPDIR", work.path("t")).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(!run(&["--memory=1GiB"]).contains("temporary files"));
    let said = run(&["--memory=1GiB", "--spill-above=100000"]);
    assert!(said.contains("note: to keep to --memory 1024MiB, "), "{said}");
    assert_eq!(std::fs::read_dir(work.path("t")).unwrap().count(), 1);
}

/// While orders are awaited from standard input, sessions are in a file already, which has no name; killing the run leaves nothing.
#[cfg(target_os = "linux")]
#[test]
fn a_killed_run_leaves_no_file() {
    let work = sample();
    work.write("t/.keep", "");
    let arguments = ["decompose", "--orders=-", "--sessions=s/sessions.csv", "--spill-above=100000"];
    let mut command = work.command(&arguments);
    let command = command.env("TMPDIR", work.path("t")).stdin(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let open_files = std::path::PathBuf::from(format!("/proc/{}/fd", child.id()));
    let folder = work.path("t").canonicalize().unwrap();
    let is_there = || {
        let mut files = std::fs::read_dir(&open_files).unwrap();
        files.any(|file| std::fs::read_link(file.unwrap().path()).is_ok_and(|path| path.starts_with(&folder)))
    };
    let start = Instant::now();
    while !is_there() {
        assert!(start.elapsed() < Duration::from_mins(1), "no temporary file");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_folder_for_temporary_files_that_is_not_there_stops_the_run() {
    let work = sample();
    for command in ["decompose", "check"] {
        let arguments = [&[command], &INPUT[..], &["--spill-above=0", "-o", "x.csv"]].concat();
        let output = work.command(&arguments).env("TMPDIR", "/no/such/folder").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        let expected = "gmv: /no/such/folder: rows that --memory leaves no room for cannot be written to a temporary file here; ";
        assert!(said.starts_with(expected), "{said}");
        let advice = "name a folder with room in TMPDIR, or allow more with --memory SIZE: No such file";
        assert!(said.contains(advice), "{said}");
        assert!(said.lines().count() == 1 && !work.path("x.csv").exists());
    }
}

/// A file that may not grow stands for a disk that is full.
#[cfg(unix)]
#[test]
fn a_temporary_file_that_may_not_grow_stops_the_run() {
    let work = sample();
    let gmv = env!("CARGO_BIN_EXE_gmv");
    let script =
        format!("trap '' XFSZ; ulimit -f 1; exec '{gmv}' decompose {} --spill-above=0", INPUT.join(" "));
    let output =
        std::process::Command::new("sh").args(["-c", &script]).current_dir(work.path("")).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{said}");
    assert!(
        said.contains(": rows that --memory leaves no room for cannot be written to a temporary file here; "),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_bound_that_is_none_or_too_small_is_refused() {
    let work = sample();
    let fails = |more: &[&str]| work.fails(2, &[&["decompose"], &INPUT[..], more].concat());
    assert_eq!(
        fails(&["--memory=64MiB", "--threads=2"]),
        "gmv: --memory 64MiB: 2 threads need 128MiB at least; allow more, or fewer with --threads\n"
    );
    assert_eq!(
        fails(&["--memory=64MiB", "--threads=1"]),
        "gmv: --memory 64MiB: a run needs 112MiB at least; allow more\n"
    );
    // Where nothing is said of threads, there are as many as the bound has room for.
    assert_eq!(work.run(&[&["decompose"], &INPUT[..], &["--memory=112MiB"]].concat()).code, 0);
    assert!(fails(&["--memory=much"]).contains("\"much\" is no size, such as 512M or 10G"));
}
