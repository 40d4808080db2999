//! Malformed exports in a table: each row has its one exact verdict, and none may panic, hang, leave a file or steer a terminal.

mod containers;
mod cut;
mod files;
mod orders;
mod parquet;
mod sessions;
mod tables;
mod text;
mod workbooks;

use std::fmt::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::shop::{BOTH, words};
use crate::support::Work;

/// How long a run may take, in a build without optimizations on a busy machine.
const LONGEST: Duration = Duration::from_mins(1);

/// One malformed export and what must come of it.
struct Case {
    name: &'static str,
    arguments: String,
    files: Vec<(&'static str, Vec<u8>)>,
    expected: String,
}

/// The shop with one file more, or another one, and the exact verdict.
fn case(
    name: &'static str,
    file: &'static str,
    bytes: impl AsRef<[u8]>,
    expected: impl Into<String>,
) -> Case {
    let files = vec![(file, bytes.as_ref().to_vec())];
    Case { name, arguments: BOTH.to_owned(), files, expected: expected.into() }
}

impl Case {
    /// With other arguments.
    fn with(mut self, arguments: impl Into<String>) -> Self {
        self.arguments = arguments.into();
        self
    }

    /// With any number of bad rows allowed, so that the verdict counts rejects.
    fn counted(mut self) -> Self {
        self.arguments.push_str(" --max-bad 100%");
        self
    }

    /// What is wrong, if anything.
    fn problem(&self) -> Option<String> {
        let work = crate::shop::shop();
        for (name, bytes) in &self.files {
            work.write(name, bytes);
        }
        problem(&work, self.name, &self.arguments, &self.expected)
    }
}

/// Runs the words of a line in a folder and compares the verdict; the end is waited for with a limit.
fn problem(work: &Work, name: &str, arguments: &str, expected: &str) -> Option<String> {
    let before = names(work);
    let mut child =
        work.command(&words(arguments)).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let out = std::thread::spawn(move || std::io::read_to_string(&mut out).unwrap());
    let err = std::thread::spawn(move || std::io::read_to_string(&mut err).unwrap());
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > LONGEST => {
                child.kill().unwrap();
                child.wait().unwrap();
                return Some(format!("{name}: hangs"));
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let (out, err) = (out.join().unwrap(), err.join().unwrap());
    let found = verdict(status.code().unwrap_or(-1), &err);
    let failed = !status.success();
    let steady = !err.contains("panicked at") && !err.chars().any(|c| c.is_control() && c != '\n');
    if found == expected && steady && names(work) == before && failed == out.is_empty() {
        return None;
    }
    Some(format!("@@{name}\n@E{expected}\n@F{found}\n{err}"))
}

/// The exit code with the error; or with the counts of rejects and rows of each input.
fn verdict(code: i32, err: &str) -> String {
    let last = err.lines().last().unwrap_or_default();
    if code != 0 {
        return format!("{code} {}", last.strip_prefix("gmv: ").unwrap_or(last));
    }
    let mut words = vec![code.to_string()];
    let warnings = err.lines().filter_map(|line| line.strip_prefix("warning: "));
    words.extend(warnings.filter(|line| line.contains(" rejected (")).map(str::to_owned));
    let read = err.lines().filter_map(|line| line.strip_prefix("  rows read"));
    words.extend(read.map(|line| line.split_whitespace().next().unwrap_or_default().to_owned()));
    words.join(" · ")
}

fn names(work: &Work) -> Vec<std::ffi::OsString> {
    let entries = std::fs::read_dir(work.path("")).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

/// Checks all cases, and shows all that are wrong.
fn check(cases: &[Case]) {
    let mut wrong = String::new();
    for problem in cases.iter().filter_map(Case::problem) {
        writeln!(wrong, "\n{problem}").unwrap();
    }
    assert!(wrong.is_empty(), "{wrong}");
}
