//! Standard error: the reconciliation, warnings and errors. Nothing here goes into a result.

use std::io::Write;

use super::ledger::{self, Amount, Ledger, LedgerLine};
use super::text::{decimal, sanitize};
use crate::engine::reconciliation::{FileReport, RejectReport, RejectSummary, RunReport};
use crate::engine::rooms::RoomReport;
use crate::input::rejects::Rejected;

/// Said where a list does not add up.
const DOES_NOT_CLOSE: &str = "the reconciliation does not close: this is an error of gmv; please report it";

/// What a person reads beside a result.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    quiet: bool,
}

impl Console {
    /// Silent but for errors, or not.
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// An error, as one chain; printed even when quiet.
    pub fn error(error: &anyhow::Error) {
        let text = format!("{error:#}");
        Self::write(&format!("gmv: {}\n", sanitize(&text)));
    }

    /// Says a line. A line end in it is shown, as all that steers a terminal: the name of a file that holds one cannot make lines of its own.
    pub fn say(self, line: &str) {
        if !self.quiet {
            Self::write(&format!("{}\n", sanitize(line)));
        }
    }

    fn say_all(self, lines: &[String]) {
        for line in lines {
            self.say(line);
        }
    }

    /// A line that is good to know.
    pub fn note(self, line: &str) {
        self.say(&format!("note: {line}"));
    }

    /// A line that deserves attention.
    pub fn warn(self, line: &str) {
        self.say(&format!("warning: {line}"));
    }

    /// The report of a run.
    pub fn report(self, report: &RunReport, basis_is_net: bool) {
        self.files("orders", &report.order_files);
        self.files("sessions", &report.session_files);
        self.files("refunds", &report.refund_files);
        for fact in report.facts.iter().chain(&report.of_the_machine) {
            self.note(fact);
        }
        for warning in &report.warnings {
            self.warn(warning);
        }
        for ledger in report.ledgers(basis_is_net) {
            self.say_all(&list(&ledger));
        }
        if !report.closes() {
            self.warn(DOES_NOT_CLOSE);
        }
    }

    /// The report of a run on rooms.
    pub fn room_report(self, report: &RoomReport) {
        self.files("rooms", &report.files);
        for fact in &report.facts {
            self.note(fact);
        }
        for warning in &report.warnings {
            self.warn(warning);
        }
        self.say_all(&list(&ledger::rooms(&report.rooms)));
        if !report.rooms.closes() {
            self.warn(DOES_NOT_CLOSE);
        }
    }

    fn files(self, input: &str, files: &[FileReport]) {
        for file in files {
            let plain = |amount: &&String| !["amount", "refund_amount", "gmv"].contains(&amount.as_str());
            let amount = file.amount.as_ref().filter(plain);
            let amount = amount.map(|amount| format!(", amount = {amount}")).unwrap_or_default();
            self.say(&format!("{input}: {} ({}, profile {}{amount})", file.name, file.form, file.profile));
        }
    }

    /// The first rejected rows of an input, and the reasons.
    pub fn rejects(self, input: &str, rejects: &RejectSummary) {
        const SHOWN: usize = 5;
        if rejects.count == 0 {
            return;
        }
        self.warn(&reasons(input, rejects));
        for row in rejects.rows.iter().take(SHOWN) {
            self.say(&format!("  {}", rejected(row)));
        }
        if rejects.count > SHOWN as u64 && !rejects.rows.is_empty() {
            self.say("  … --rejects FILE lists all of them");
        }
    }

    fn write(text: &str) {
        // Where standard error is gone, nobody is left to tell.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

/// How many rows of an input were rejected, and why.
fn reasons(input: &str, rejects: &RejectSummary) -> String {
    let reason = |((field, reason), rejected): (&(&str, &str), &Rejected)| {
        format!("{field} {reason}: {}", rejected.rows).trim_start().to_owned()
    };
    let reasons: Vec<String> = rejects.reasons.iter().map(reason).collect();
    format!("{} of the {input} rejected ({})", rows(rejects.count), reasons.join(", "))
}

/// Where a row was rejected, and why.
fn rejected(row: &RejectReport) -> String {
    let column = row.column.map(|column| format!(":{column}")).unwrap_or_default();
    let value = if row.value.is_empty() { String::new() } else { format!("{:?} ", shorten(&row.value)) };
    let field = if row.field.is_empty() { String::new() } else { format!("{} ", row.field) };
    format!("{}:{}{column}: {field}{value}{}", row.file, row.line, row.reason)
}

/// The rejected rows of an input in a sentence, with the first of them; `None` without any.
#[must_use]
pub fn rejects_sentence(input: &str, rejects: &RejectSummary) -> Option<String> {
    let first = rejects.rows.first().map(|row| format!(", such as {}", rejected(row)));
    (rejects.count > 0).then(|| format!("{}{}", reasons(input, rejects), first.unwrap_or_default()))
}

fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        text.to_owned()
    } else {
        text.chars().take(LONGEST).chain(['…']).collect()
    }
}

/// A whole number with commas between thousands.
pub(super) fn group(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

pub(super) fn money(minor_units: i128) -> String {
    let text = decimal(minor_units);
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    format!("{sign}{}.{cents}", group(whole.parse().unwrap_or_default()))
}

/// So many rows.
fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{} rows", group(count.into())) }
}

/// A list of what became of something, in lines: labels, numbers, and amounts below each other.
fn list(ledger: &Ledger) -> Vec<String> {
    let exact = |amount: &Amount| match amount {
        Amount::Money(minor_units) => money(*minor_units),
        Amount::Seconds(seconds) => format!("{} s", group(*seconds)),
    };
    let line = |line: &LedgerLine| {
        let rows = line.rows.map(|rows| group(rows.into())).unwrap_or_default();
        (line.label.en.clone(), rows, line.amount.as_ref().map(exact).unwrap_or_default())
    };
    let lines: Vec<(String, String, String)> = ledger.lines.iter().map(line).collect();
    let width = |part: fn(&(String, String, String)) -> &str| {
        lines.iter().map(|line| part(line).chars().count()).max().unwrap_or_default()
    };
    let (labels, counts, amounts) = (width(|line| &line.0), width(|line| &line.1), width(|line| &line.2));
    let below = lines.iter().map(|(label, count, amount)| {
        let line = format!("  {label:labels$}  {count:>counts$}  {amount:>amounts$}");
        line.trim_end().to_owned()
    });
    std::iter::once(ledger.title.en.clone()).chain(below).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(group(1_234_567), "1,234,567");
        assert_eq!(group(-999), "-999");
        assert_eq!(money(-123_456_789), "-1,234,567.89");
        assert_eq!(money(-5), "-0.05");
    }
}
