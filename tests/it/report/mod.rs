//! `gmv report`: its tables are those of the commands to the byte, its folder is whole or not there, and what fails says why.

mod asked;
mod cron;
mod same;
mod workbook;

use serde_json::Value;

use crate::compare::sample;
use crate::support::Work;

/// The exports of the sample.
pub const BOTH: &str = "--orders sample/orders.csv --sessions sample/sessions.csv";

/// A folder with a sample of so many weeks, of which the last ends on 2026-11-15.
pub fn shop(weeks: u32) -> Work {
    sample(weeks, "")
}

/// The arguments of a report in words, with the exports of the sample and a folder `out`.
pub fn line(more: &str) -> Vec<String> {
    let as_of = if more.contains("--as-of") { "" } else { "--as-of 2026-11-16" };
    format!("report {BOTH} --out out {as_of} {more}").split_whitespace().map(str::to_owned).collect()
}

/// Runs a report, which must succeed without a word; its `run.json`.
pub fn report(work: &Work, more: &str) -> Value {
    let line = line(more);
    let run = work.run(&line.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
    run_json(work)
}

/// `run.json` of the newest report.
pub fn run_json(work: &Work) -> Value {
    serde_json::from_str(&work.read("out/latest/run.json")).unwrap()
}
