//! `gmv compare`: effects that add up, from exports, facts and rooms; how sure they are; words, bars and errors.

mod asked;
mod effects;
mod precision;
mod shown;
mod slices;

use std::collections::BTreeMap;

use crate::support::Work;

/// The arguments that name both files of the sample.
pub const BOTH: &str = "--orders sample/orders.csv --sessions sample/sessions.csv";

/// A sample of so many weeks in a folder; of 30,000 sessions and 8 streamers, unless others are given.
pub fn sample(weeks: u32, more: &str) -> Work {
    let work = Work::new();
    let size = if more.contains("--sessions") { "" } else { "--sessions 30000 --streamers 8" };
    let line = format!("sample {size} --weeks {weeks} --seed 5 --out sample --quiet {more}");
    work.ok(&line.split_whitespace().collect::<Vec<_>>());
    work
}

/// Runs a command, which must succeed; returns its standard output.
pub fn run(work: &Work, line: &str) -> String {
    work.ok(&line.split_whitespace().collect::<Vec<_>>())
}

/// The rows of a CSV, by these columns (a comma list; none where it is empty).
pub fn rows(csv: &str, keys: &str) -> BTreeMap<Vec<String>, BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|record| {
        let cells = record.unwrap();
        let row: BTreeMap<String, String> =
            names.iter().cloned().zip(cells.iter().map(str::to_owned)).collect();
        let keys = keys.split(',').filter(|key| !key.is_empty());
        (keys.map(|key| row[key].clone()).collect(), row)
    });
    rows.collect()
}

/// A cell of money in minor units.
pub fn money(row: &BTreeMap<String, String>, column: &str) -> i128 {
    row[column].replace('.', "").parse().unwrap_or_else(|_| panic!("{column}: {:?}", row[column]))
}

/// A cell as a number.
pub fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column}: {:?}", row[column]))
}

/// The five effects, in the order of the formula.
pub const FIVE: [&str; 5] =
    ["uv_effect", "watch_effect", "conversion_effect", "aov_effect", "repurchase_effect"];
