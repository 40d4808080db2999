//! Malformed exports in a table: each row has its one exact verdict, and none may panic, hang, leave a file or steer a terminal.

mod archives;
mod cells;
mod containers;
mod cut;
mod encodings;
mod files;
mod footers;
mod orders;
mod parquet;
mod parts;
mod sessions;
mod settings;
mod shapes;
mod side;
mod tables;
mod text;
mod workbooks;

use std::fmt::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::errors::NO_BUYERS;
use crate::shop::{BOTH, words};
use crate::support::Work;

/// Makes a test of each table, and a list of all of them.
macro_rules! tables {
    ($($module:ident::$table:ident),+ $(,)?) => {
        $(
            #[test]
            fn $table() {
                check(&$module::$table());
            }
        )+

        /// The cases of all tables, under their names.
        fn all() -> Vec<(&'static str, Vec<Case>)> {
            vec![$((stringify!($table), $module::$table())),+]
        }
    };
}

tables![
    archives::archives_that_are_cut_or_joined,
    archives::archives_of_which_the_directory_lies,
    archives::members_of_which_the_directory_lies,
    archives::members_of_odd_names,
    archives::archives_of_several_things,
    archives::archives_of_other_things,
    cells::amounts_in_other_forms,
    cells::amounts_that_are_no_numbers,
    cells::amounts_that_are_taken,
    cells::times_in_other_forms,
    cells::times_that_are_taken,
    cells::ids_and_words,
    containers::cut_and_damaged,
    containers::what_stands_beside_the_data,
    cut::a_last_line_cut_within_a_character_is_one_bad_row,
    cut::a_damaged_character_that_is_not_the_last_stays_fatal,
    cut::a_last_line_cut_within_a_quoted_cell_of_several_lines_is_one_bad_row,
    encodings::marks_and_encodings,
    encodings::bytes_that_are_no_characters,
    encodings::line_ends,
    footers::parquet_files_that_are_cut,
    footers::parquet_files_of_which_the_footer_lies,
    footers::columns_of_odd_types,
    footers::columns_of_odd_values,
    orders::amounts,
    orders::times_that_do_not_exist,
    orders::times_in_no_form_that_is_known,
    orders::ids,
    parquet::cells_of_many_megabytes,
    parquet::types,
    parts::workbooks_without_a_part,
    parts::workbooks_that_lead_elsewhere,
    parts::sheets_that_are_none,
    parts::cells_that_make_no_sense,
    parts::sheets_that_make_no_sense,
    sessions::lengths,
    sessions::moments,
    settings::configurations,
    settings::configurations_of_odd_values,
    settings::profiles_that_are_none,
    settings::profiles_that_contradict_themselves,
    settings::alerts,
    shapes::first_lines,
    shapes::headers_of_other_forms,
    shapes::quotes,
    shapes::files_of_other_programs,
    side::refunds,
    side::streamers,
    side::lives,
    side::spend,
    side::facts_that_make_no_sense,
    side::facts_of_other_columns,
    side::rooms,
    tables::refunds_and_streamers,
    tables::facts,
    tables::broadcasts,
    text::headers,
    text::rows,
    text::exports_put_one_after_the_other_with_columns_in_another_order,
    text::not_a_table,
    workbooks::serials_of_dates,
];

#[test]
fn there_are_more_than_three_hundred_of_them() {
    let all = all();
    let count: usize = all.iter().map(|(_, cases)| cases.len()).sum();
    let list = |(table, cases): &(&str, Vec<Case>)| format!("{table}: {}\n", cases.len());
    assert!(count > 300, "{count}\n{}", all.iter().map(list).collect::<String>());
    for (table, cases) in all {
        let mut names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|two| two[0] != two[1]), "two cases of one name in {table}");
    }
}

/// How long a run may take, in a build without optimizations on a busy machine.
const LONGEST: Duration = Duration::from_mins(1);

/// One malformed export and what must come of it.
pub struct Case {
    name: String,
    command: &'static str,
    arguments: String,
    files: Vec<(&'static str, Vec<u8>)>,
    expected: String,
}

/// The shop with one file more, or another one, and the exact verdict.
fn case(
    name: impl Into<String>,
    file: &'static str,
    bytes: impl AsRef<[u8]>,
    expected: impl Into<String>,
) -> Case {
    let files = vec![(file, bytes.as_ref().to_vec())];
    let (name, expected) = (name.into(), expected.into());
    Case { name, command: "decompose", arguments: BOTH.to_owned(), files, expected }
}

/// The verdict on one bad row of so many of an input.
fn one_bad(rows: usize, input: &str, fault: &str) -> String {
    format!(
        "1 {fault}; 1 of {rows} rows of the {input} are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises \
         the limit"
    )
}

/// The verdict on orders whose header lacks these columns; `header` is what is shown of it.
fn lacking(place: &str, columns: &[&str], header: &str) -> String {
    let names: Vec<String> = columns.iter().map(|column| format!("`{column}`")).collect();
    let (plural, names) = (if columns.len() == 1 { "" } else { "s" }, names.join(", "));
    let buyers = if columns.contains(&"buyer_id") { format!("; {NO_BUYERS}") } else { String::new() };
    format!(
        "1 {place}:1: missing column{plural} {names} (profile canonical); the header has: {header}; map the columns with --profile FILE, or \
         supply one with --set COLUMN=VALUE{buyers}"
    )
}

/// The columns that orders need.
const NEEDED: [&str; 5] = ["order_id", "buyer_id", "streamer_id", "paid_at", "amount"];

/// What is said of a header that no profile knows.
const UNKNOWN: &str =
    "names that no profile knows, which are not shown since they may be data; is the first line a header?";

/// What is said of a header that holds numbers.
const DATA: &str = "cells that look like data, which are not shown; is the first line a header?";

impl Case {
    /// With other arguments.
    fn with(mut self, arguments: impl Into<String>) -> Self {
        self.arguments = arguments.into();
        self
    }

    /// Of another command, with these arguments.
    fn of(mut self, command: &'static str, arguments: impl Into<String>) -> Self {
        self.command = command;
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
        let arguments: Vec<&str> = std::iter::once(self.command).chain(split(&self.arguments)).collect();
        verdict_is(&work, &self.name, &arguments, &self.expected)
    }
}

/// The words of a line; one that holds spaces stands between bars.
fn split(line: &str) -> impl Iterator<Item = &str> {
    line.split('|').enumerate().flat_map(|(at, part)| {
        let whole = (at % 2 == 1).then_some(part);
        whole.into_iter().chain(if whole.is_none() { part } else { "" }.split_whitespace())
    })
}

/// Runs `gmv decompose` with the words of a line in a folder and compares the verdict.
fn problem(work: &Work, name: &str, arguments: &str, expected: &str) -> Option<String> {
    verdict_is(work, name, &words(arguments), expected)
}

/// Runs a command in a folder and compares the verdict; the end is waited for with a limit.
fn verdict_is(work: &Work, name: &str, arguments: &[&str], expected: &str) -> Option<String> {
    let before = names(work);
    let mut child = work.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
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
    let usage = err.lines().find_map(|line| line.strip_prefix("error: "));
    let last = usage.or(err.lines().last()).unwrap_or_default();
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

/// A million names of columns, each behind a comma.
fn a_million_names() -> String {
    let mut names = String::new();
    (0..1_000_000).for_each(|at| write!(names, ",c{at}").unwrap());
    names
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
