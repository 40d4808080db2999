//! Numbers, dates and zones at the ends of what can be held, in tables: each case has its one exact outcome, an exact figure or an error
//! with its place, and no output holds a figure that is none.

mod amounts;
mod bounds;
mod counts;
mod dates;
mod zones;

use std::fmt::Write;

use crate::support::{Run, Work};

/// Runs the words of a line.
fn run(work: &Work, line: &str) -> Run {
    let run = work.run(&line.split_whitespace().collect::<Vec<_>>());
    assert!(!run.err.contains("panicked at"), "{line}\n{}", run.err);
    let is_figure = |word: &str| ["nan", "inf", "infinity"].contains(&word.trim_start_matches('-'));
    let mut words = run.out.split(|c: char| !(c.is_alphanumeric() || c == '-'));
    assert!(!words.any(|word| is_figure(&word.to_lowercase())), "{line}\n{}", run.out);
    run
}

/// The exit code and the error of a failed run; of one that succeeds the cells of some columns, rows divided by `|`.
fn verdict(run: &Run, columns: &str) -> String {
    if run.code != 0 {
        let last = run.err.lines().find(|line| line.starts_with("gmv: ") || line.starts_with("error: "));
        return format!("{} {}", run.code, last.unwrap_or(&run.err));
    }
    let mut lines = run.out.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap_or_default();
    let wanted = columns.split(',').map(|name| header.iter().position(|cell| *cell == name).expect(name));
    let wanted: Vec<usize> = wanted.collect();
    let rows = lines.map(|cells| wanted.iter().map(|at| cells[*at]).collect::<Vec<_>>().join(","));
    rows.collect::<Vec<_>>().join("|")
}

/// Runs each line in its folder, and shows all whose verdict is another one.
fn check(columns: &str, cases: impl IntoIterator<Item = (Work, String, String)>) {
    let mut wrong = String::new();
    for (work, line, expected) in cases {
        let found = verdict(&run(&work, &line), columns);
        if found != expected {
            writeln!(wrong, "\n{line}\n  expected {expected}\n  found    {found}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What every rejected run says behind its first fault.
fn too_bad(input: &str, rows: u64) -> String {
    format!(
        "; {rows} of {rows} rows of the {input} are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit"
    )
}

/// Orders of a buyer each, or all of one, of an amount each.
fn orders(count: usize, buyer: impl Fn(usize) -> String, amount: &str) -> String {
    let mut text = "order_id,buyer_id,streamer_id,paid_at,amount\n".to_owned();
    for at in 0..count {
        writeln!(text, "{at},{},s1,2026-03-02 20:10:00,{amount}", buyer(at)).unwrap();
    }
    text
}
