//! What nobody watches: locks, kills, what is said, and what is left.

use std::fs;
use std::process::{Child, Stdio};
use std::thread::sleep;

use serde_json::Value;

use super::{line, report, shop};
use crate::support::Work;

fn start(work: &Work, more: &str) -> Child {
    let line = line(more);
    let mut command = work.command(&line.iter().map(String::as_str).collect::<Vec<_>>());
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The entries of the folder of reports.
fn entries(work: &Work) -> Vec<String> {
    let entries = fs::read_dir(work.path("out")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

const WHOLE: [&str; 3] = [".gmv-lock", "2026-11-09", "latest"];

#[test]
fn two_at_once_are_one_report() {
    let work = shop(6);
    report(&work, "");
    let before = fs::read(work.path("out/latest/run.json")).unwrap();
    let lock = fs::File::open(work.path("out/.gmv-lock")).unwrap();
    lock.lock().unwrap();
    let line = line("--title Other");
    let said = work.fails(1, &line.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(said, "gmv: another run is writing a report in out; this one has done nothing\n");
    assert_eq!(fs::read(work.path("out/latest/run.json")).unwrap(), before);
    drop(lock);
    // Both of them for real: each report that is there is whole, and nothing else is left.
    let runs: Vec<Child> = (0..3).map(|_| start(&work, "--title Other")).collect();
    let codes: Vec<i32> = runs.into_iter().map(|mut run| run.wait().unwrap().code().unwrap()).collect();
    assert!(codes.contains(&0) && codes.iter().all(|code| [0, 1].contains(code)), "{codes:?}");
    assert_eq!(super::run_json(&work)["report"]["title"], "Other");
    assert_eq!(entries(&work), WHOLE);
}

#[test]
fn a_killed_report_leaves_the_last_one_whole() {
    let work = shop(6);
    report(&work, "--title old");
    let files = |work: &Work| {
        let mut names: Vec<String> = fs::read_dir(work.path("out/latest/tables"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let all = files(&work);
    let started = std::time::Instant::now();
    report(&work, "--title old");
    let whole = started.elapsed();
    let mut killed = 0;
    for moment in 0..50_u32 {
        let mut child = start(&work, "--title new");
        // Moments over the whole run, in an order that is not that of time.
        sleep(whole.mul_f64(f64::from(moment * 37 % 50) / 55.0));
        child.kill().unwrap();
        killed += u32::from(child.wait().unwrap().code().is_none());
        let run = super::run_json(&work);
        assert!(["old", "new"].contains(&run["report"]["title"].as_str().unwrap()));
        assert_eq!(files(&work), all);
    }
    // How many come to their end first depends on how busy the machine is.
    assert!(killed >= 10, "killed {killed}");
    report(&work, "--title last");
    assert_eq!(super::run_json(&work)["report"]["title"], "last");
    assert_eq!(entries(&work), WHOLE);
}

#[test]
fn what_fails_on_the_way_leaves_the_last_one() {
    let work = shop(6);
    report(&work, "--title old");
    work.write(
        "sample/more.csv",
        "order_id,buyer_id,streamer_id,paid_at,amount\n1,u,s,2026-11-10 10:00:00,x\n",
    );
    let line = "report --orders sample/orders.csv sample/more.csv --sessions sample/sessions.csv --out out --as-of 2026-11-16 --max-bad 0";
    let said = work.fails(1, &line.split_whitespace().collect::<Vec<_>>());
    assert!(said.contains("sample/more.csv:2:5"), "{said}");
    assert_eq!(super::run_json(&work)["report"]["title"], "old");
    assert_eq!(entries(&work), WHOLE);
}

#[test]
fn latest_leads_to_the_newest_and_others_stay() {
    let work = shop(6);
    report(&work, "");
    report(&work, "--as-of 2026-11-09");
    assert_eq!(super::run_json(&work)["report"]["first"], "2026-11-09");
    assert_eq!(entries(&work), [".gmv-lock", "2026-11-02", "2026-11-09", "latest"]);
}

#[test]
fn quiet_unless_something_is_wrong() {
    let work = shop(6);
    let run = work.run(&line("").iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""));
    let run = work.run(&line("--log json").iter().map(String::as_str).collect::<Vec<_>>());
    let said: Value = serde_json::from_str(run.err.trim_end()).unwrap();
    assert_eq!((said["level"].as_str(), said["message"].as_str()), (Some("info"), Some("report written")));
    assert_eq!(
        (said["period"].as_str(), said["folder"].as_str()),
        (Some("2026-11-09"), Some("out/2026-11-09"))
    );
    assert!(said["seconds"].as_f64() > Some(0.0) && said["steps"]["read"].is_number(), "{said}");
    let run = work.run(&line("--log json -q").iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    // What fails is a line of the same form, with the exit code of its kind.
    for (more, code) in [
        ("--as-of 2026-11-20 --log json", 0),
        ("--as-of 2026-11-23 --log json", 1),
        ("--by total --log json", 2),
    ] {
        let run = work.run(&line(more).iter().map(String::as_str).collect::<Vec<_>>());
        let said: Value = serde_json::from_str(run.err.trim_end()).unwrap();
        let level = if code == 0 { "info" } else { "error" };
        assert_eq!((run.code, said["level"].as_str()), (code, Some(level)), "{said}");
    }
}

#[test]
fn what_deserves_attention_is_said() {
    let work = shop(6);
    let text = work.read("sample/sessions.csv").replace(",recommend", ",billboard");
    work.write("sample/sessions.csv", text);
    let run = work.run(&line("").iter().map(String::as_str).collect::<Vec<_>>());
    assert!(
        run.err.starts_with("warning: sources that no profile maps count as organic: \"billboard\""),
        "{}",
        run.err
    );
    let run = work.run(&line("--log json").iter().map(String::as_str).collect::<Vec<_>>());
    let lines: Vec<Value> = run.err.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), lines[0]["level"].as_str()), (2, Some("warning")));
}
