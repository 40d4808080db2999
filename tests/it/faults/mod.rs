//! Runs that are killed, told to end, or run beside each other, and files that are not what they were: the result whole, or the old one, and
//! one clear error. tests/faults/ lets every system call fail, and tries much more of what is here.

#![cfg(unix)]

mod kills;
mod missing;
mod signals;
mod twice;

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::Work;

/// The exports of the sample.
const BOTH: &str = "--orders sample/orders.csv --sessions sample/sessions.csv";

/// A folder with a small sample, and a folder `out`.
fn shop() -> Work {
    let work = Work::new();
    work.ok(&words("sample --sessions 6000 --streamers 6 --weeks 4 --seed 5 --out sample -q"));
    fs::create_dir(work.path("out")).unwrap();
    work
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

/// Starts gmv.
fn start(work: &Work, line: &str) -> Child {
    running(work.command(&words(line)))
}

fn running(mut command: Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The names in a folder, sorted.
fn names(work: &Work, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(work.path(folder)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Waits until something holds; panics where it does not within a time that no machine needs.
fn until(what: &str, holds: impl FnMut() -> bool) {
    let (mut holds, started) = (holds, Instant::now());
    while !holds() {
        assert!(started.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
