//! Signals: the process ends by them, whatever it waits for, and takes away what it had on its way.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use super::{names, running, shop, start, until};
use crate::support::Work;

fn send(signal: &str, run: &Child) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &run.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// A run that answers these signals, though whoever started the tests ignores them (`nohup`, a job in the background).
fn answering(work: &Work, line: &str) -> Command {
    let mut command = Command::new("env");
    command.current_dir(work.path("")).args(["--default-signal=TERM,INT,HUP", env!("CARGO_BIN_EXE_gmv")]);
    command.args(super::words(line));
    command
}

/// A run that waits for a pipe which nobody writes to, with what it has on its way in `out`.
fn waiting(work: &Work, mut command: Command) -> Child {
    let run = running({
        command.stdin(Stdio::piped());
        command
    });
    until("the run begins", || names(work, "out").iter().any(|name| name.starts_with(".gmv-")));
    // It listens from before that on, in a thread.
    sleep(Duration::from_millis(200));
    run
}

fn pipe(work: &Work) {
    let made = Command::new("mkfifo").arg(work.path("pipe.csv")).status().unwrap();
    assert!(made.success());
}

#[test]
fn a_run_that_is_told_to_end_takes_away_what_it_had_on_its_way() {
    let work = shop();
    pipe(&work);
    work.write("out/result.csv", "old");
    let inputs = ["--orders pipe.csv", "--orders -"];
    for (signal, number) in [("TERM", 15), ("INT", 2), ("HUP", 1)] {
        for orders in inputs {
            let line = format!("decompose {orders} --sessions sample/sessions.csv -o out/result.csv");
            let mut run = waiting(&work, answering(&work, &line));
            send(signal, &run);
            let mut ended = None;
            until("the run ends", || {
                ended = run.try_wait().unwrap();
                ended.is_some()
            });
            assert_eq!(ended.unwrap().signal(), Some(number), "{orders}");
            assert_eq!(names(&work, "out"), ["result.csv"], "{signal} {orders}");
            assert_eq!(work.read("out/result.csv"), "old");
        }
    }
    let line = "report --orders pipe.csv --sessions sample/sessions.csv --out out --as-of 2026-11-16";
    let mut run = waiting(&work, answering(&work, line));
    send("TERM", &run);
    assert_eq!(run.wait().unwrap().signal(), Some(15));
    assert_eq!(names(&work, "out"), [".gmv-lock", "result.csv"]);
}

#[test]
fn what_is_ignored_from_the_start_stays_ignored() {
    let work = shop();
    pipe(&work);
    let line =
        "decompose --orders pipe.csv --sessions sample/sessions.csv --attribution all -q -o out/result.csv";
    let mut shell = Command::new("sh");
    let script = r#"trap "" HUP INT; exec "$@""#;
    shell
        .current_dir(work.path(""))
        .args(["-c", script, "sh", env!("CARGO_BIN_EXE_gmv")])
        .args(super::words(line));
    let mut run = waiting(&work, shell);
    send("HUP", &run);
    send("INT", &run);
    // It comes to its end as if nothing had been said.
    std::fs::write(work.path("pipe.csv"), work.read("sample/orders.csv")).unwrap();
    assert!(run.wait().unwrap().success());
    assert_eq!(names(&work, "out"), ["result.csv"]);
}

#[test]
fn a_closed_pipe_is_a_quiet_success() {
    let work = shop();
    for format in ["csv", "json", "table", "markdown"] {
        let line = format!("decompose {} --format {format} -q", super::BOTH);
        let mut command = work.command(&super::words(&line));
        let mut run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(run.stdout.take());
        let ended = run.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), b"".as_slice()), "{format}");
    }
}

#[test]
fn a_stopped_run_goes_on_where_it_was() {
    let work = shop();
    let line = format!("decompose {} -q -o out/result.csv", super::BOTH);
    work.ok(&super::words(&line));
    let expected = work.read("out/result.csv");
    work.write("out/result.csv", "old");
    let mut run = start(&work, &line);
    for _ in 0..5 {
        send("STOP", &run);
        sleep(Duration::from_millis(10));
        send("CONT", &run);
        sleep(Duration::from_millis(3));
    }
    assert!(run.wait().unwrap().success());
    assert_eq!(work.read("out/result.csv"), expected);
}
