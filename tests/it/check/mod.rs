//! `gmv check`: every finding on exports worked out by hand, its exit codes and forms.

mod clock;
mod columns;
mod dates;
mod forms;
mod ids;
mod integrity;
mod others;
mod real;
mod rooms;
mod rows;

use serde_json::Value;

use crate::support::Work;

/// What a check found, as its JSON says it.
pub struct Found {
    /// The exit code.
    pub code: i32,
    /// One object for each finding.
    pub rows: Vec<Value>,
    /// Standard output.
    pub out: String,
}

impl Found {
    /// All findings of a check of one input.
    pub fn all(&self, input: &str, check: &str) -> Vec<&Value> {
        self.rows.iter().filter(|row| row["input"] == input && row["check"] == check).collect()
    }

    /// The one finding of a check of one input.
    pub fn one(&self, input: &str, check: &str) -> &Value {
        let found = self.all(input, check);
        assert_eq!(found.len(), 1, "{input} {check}\n{}", self.out);
        found[0]
    }

    /// Level, count and money of a finding; money as JSON writes it.
    pub fn numbers(&self, input: &str, check: &str) -> (String, Option<u64>, Option<String>) {
        let row = self.one(input, check);
        let money = row["gmv"].as_f64().map(|money| format!("{money:.2}"));
        (row["level"].as_str().unwrap().to_owned(), row["count"].as_u64(), money)
    }

    /// The sentence of a finding.
    pub fn detail(&self, input: &str, check: &str) -> &str {
        self.one(input, check)["detail"].as_str().unwrap_or_default()
    }

    /// The worst level.
    pub fn worst(&self) -> &str {
        ["error", "warning", "note", "ok"]
            .into_iter()
            .find(|level| self.rows.iter().any(|row| row["level"] == *level))
            .unwrap_or_default()
    }
}

/// Level, count and money, as [`Found::numbers`] gives them.
pub fn numbers(level: &str, count: u64, money: Option<&str>) -> (String, Option<u64>, Option<String>) {
    (level.to_owned(), Some(count), money.map(str::to_owned))
}

/// Runs `gmv check --format json` with the words of a line; says nothing on standard error unless it fails.
pub fn check(work: &Work, arguments: &str) -> Found {
    let words: Vec<&str> =
        ["check", "--format", "json"].into_iter().chain(arguments.split_whitespace()).collect();
    let run = work.run(&words);
    let rows: Value =
        serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}{}", run.out, run.err));
    assert_eq!(run.err, "", "{arguments}");
    Found { code: run.code, rows: rows.as_array().unwrap().clone(), out: run.out }
}

/// Orders from rows of `buyer,streamer,paid_at,amount`; their ids are `o1`, `o2`, ….
pub fn orders(rows: &[String]) -> String {
    let row = |(at, row): (usize, &String)| format!("o{},{row}\n", at + 1);
    let rows: String = rows.iter().enumerate().map(row).collect();
    format!("order_id,buyer_id,streamer_id,paid_at,amount\n{rows}")
}

/// Sessions from rows of `viewer,streamer,entered_at,watch_seconds`.
pub fn sessions(rows: &[String]) -> String {
    format!("viewer_id,streamer_id,entered_at,watch_seconds\n{}\n", rows.join("\n"))
}
