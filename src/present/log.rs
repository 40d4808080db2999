//! What a run says that nobody watches: words on standard error, or one JSON object a line for those who collect logs.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Instant;

use jiff::Zoned;
use serde::Serialize;

use super::console::Console;
use super::json::escaped;
use super::report::Report;
use super::text::sanitize;

/// The form of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogForm {
    /// For people: nothing but what deserves attention, and on a terminal where the result is.
    #[default]
    Text,
    /// JSON objects: everything that deserves attention, and one line at the end.
    Json,
}

/// Says what deserves attention.
#[derive(Debug)]
pub struct Log {
    form: LogForm,
    quiet: bool,
    started: Instant,
    /// What took how long, in seconds.
    steps: Vec<(&'static str, f64)>,
    last: Instant,
}

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    level: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct DoneLine<'a> {
    time: String,
    level: &'a str,
    message: &'a str,
    period: String,
    folder: String,
    alerts: usize,
    seconds: f64,
    steps: serde_json::Map<String, serde_json::Value>,
}

impl Log {
    /// Begins: times are counted from here.
    #[must_use]
    pub fn new(form: LogForm, quiet: bool) -> Self {
        let now = Instant::now();
        Self { form, quiet, started: now, steps: Vec::new(), last: now }
    }

    /// Takes note of what has been done since the step before.
    pub fn step(&mut self, name: &'static str) {
        self.steps.push((name, self.last.elapsed().as_secs_f64()));
        self.last = Instant::now();
    }

    /// A line that deserves attention.
    pub fn warn(&self, line: &str) {
        match self.form {
            // A name with a line end in it must not look like a line of its own.
            LogForm::Text => Console::new(self.quiet).warn(&sanitize(line)),
            LogForm::Json => self.line("warning", line),
        }
    }

    /// An alert that fired.
    pub fn alert(&self, line: &str) {
        match self.form {
            LogForm::Text => Console::new(self.quiet).say(&format!("alert: {}", sanitize(line))),
            LogForm::Json => self.line("alert", line),
        }
    }

    /// The end: where the result is.
    pub fn done(&self, folder: &Path, report: &Report) {
        if self.quiet {
            return;
        }
        match self.form {
            LogForm::Text if std::io::stderr().is_terminal() => {
                Console::new(false).say(&folder.join("report.html").display().to_string());
            }
            LogForm::Text => {}
            LogForm::Json => write(&DoneLine {
                time: now(),
                level: "info",
                message: "report written",
                period: report.period.first.to_string(),
                folder: folder.display().to_string(),
                alerts: report.fired,
                seconds: rounded(self.started.elapsed().as_secs_f64()),
                steps: self
                    .steps
                    .iter()
                    .map(|(name, took)| ((*name).to_owned(), rounded(*took).into()))
                    .collect(),
            }),
        }
    }

    fn line(&self, level: &str, message: &str) {
        if !self.quiet {
            write(&Line { time: now(), level, message });
        }
    }
}

/// A line that is good to know, before anything else is.
pub fn note(line: &str, form: LogForm) {
    match form {
        LogForm::Text => Console::new(false).note(line),
        LogForm::Json => write(&Line { time: now(), level: "note", message: line }),
    }
}

/// An error, as one chain; said even when quiet.
pub fn error(error: &anyhow::Error, form: LogForm) {
    match form {
        LogForm::Text => Console::error(error),
        LogForm::Json => write(&Line { time: now(), level: "error", message: &format!("{error:#}") }),
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

/// The time of a line: of the machine, with its offset.
fn now() -> String {
    Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

fn write(line: &impl Serialize) {
    // Where standard error is gone, nobody is left to tell; a line is always JSON.
    let Ok(mut text) = escaped(line) else { return };
    text.push(b'\n');
    let _ = std::io::stderr().lock().write_all(&text);
}
