//! Answers of another engine become the rows of this machine: what DuckDB gave of `tests/handworked` (written by `tests/spark/answers.py`)
//! against the library's own reckoning of the same exports.

use std::path::Path;

use clap::Parser;
use gmv::cli::{Persons, RepurchaseArguments, RepurchaseSettings};
use gmv::engine::local::{Extent, Inputs, Journeys, LocalSettings, read};
use gmv::engine::sql::Answer;
use gmv::repurchase::rates::Rate;
use gmv::repurchase::{RateRow, answered};

use crate::support::repository;

#[derive(Parser)]
struct Typed {
    #[command(flatten)]
    repurchase: RepurchaseArguments,
}

/// A question: its name, and its options.
fn questions() -> Vec<(String, Vec<String>)> {
    let text = std::fs::read_to_string(repository("tests/spark/answers/questions.txt")).unwrap();
    let question = |line: &str| {
        let (name, options) = line.split_once('\t').unwrap();
        (name.to_owned(), options.split_whitespace().map(str::to_owned).collect())
    };
    text.lines().filter(|line| !line.starts_with('#')).map(question).collect()
}

fn settings(options: &[String], more: &[&str]) -> RepurchaseSettings {
    let folder = repository("tests/handworked");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let mut words: Vec<String> = vec!["gmv".to_owned()];
    for (option, file) in
        [("--orders", "orders.csv"), ("--sessions", "sessions.csv"), ("--streamers", "streamers.csv")]
    {
        words.extend([option.to_owned(), path(file)]);
    }
    words.extend(options.iter().cloned().chain(more.iter().map(|&word| word.to_owned())));
    Typed::try_parse_from(words).unwrap().repurchase.resolve().unwrap()
}

fn exports(settings: &RepurchaseSettings) -> &LocalSettings {
    let Persons::Exports(exports) = &settings.persons else { panic!("no exports") };
    exports
}

fn inputs(settings: &RepurchaseSettings) -> Inputs {
    read(exports(settings), Extent::InRange, &|_| {}).unwrap()
}

/// The answer in a file; `None` where it was not asked.
fn answer(name: &str, query: &str) -> Option<Answer> {
    let path = repository("tests/spark/answers").join(format!("{name}-{query}.csv"));
    path.exists().then(|| table(&path))
}

fn table(path: &Path) -> Answer {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let cell = |cell: &str| (!cell.is_empty()).then(|| cell.to_owned());
    let rows = reader.records().map(|record| record.unwrap().iter().map(cell).collect()).collect();
    Answer::new(header, rows).unwrap()
}

/// A row as text, without what is not told.
fn told(row: &RateRow) -> String {
    let mut row = row.clone();
    row.outlook = None;
    for rate in Rate::ALL.into_iter().filter(|rate| rate.needs_refunds() && !row.tells_refunds) {
        *row.bought.ratio(rate) = gmv::repurchase::ratio::Ratio::default();
    }
    format!("{row:?}")
}

#[test]
fn rates_are_those_of_this_machine() {
    let (mut seen, mut waited, mut refunded) = (0, 0, 0);
    for (name, options) in questions() {
        let settings = settings(&options, &[]);
        let mut inputs = inputs(&settings);
        let journeys = Journeys::new(&mut inputs, exports(&settings)).unwrap();
        let (own, _) = gmv::repurchase::rates(&journeys, settings.occasion).unwrap();
        let (sums, waits) = (answer(&name, "rates").unwrap(), answer(&name, "waits").unwrap());
        let found = answered::rates(&sums, &waits, &exports(&settings).grouping).unwrap();
        let texts = |rows: &[RateRow]| rows.iter().map(told).collect::<Vec<_>>();
        assert_eq!(texts(&found), texts(&own), "{name}");
        seen += own.len();
        waited += own.iter().filter(|row| !row.curve().is_empty()).count();
        refunded +=
            own.iter().filter(|row| row.tells_refunds && row.bought.rate(Rate::RefundOrders).x > 0).count();
    }
    assert!(
        seen > 50 && waited > 8 && refunded > 8,
        "{seen} rows, {waited} with curves, {refunded} with refunds"
    );
}

#[test]
fn cohorts_are_those_of_this_machine() {
    let (mut seen, mut unknown, mut earlier) = (0, 0, 0);
    for (name, options) in questions() {
        let Some(answer) = answer(&name, "cohorts") else { continue };
        let settings = settings(&options, &["--cohorts"]);
        let mut inputs = inputs(&settings);
        let journeys = Journeys::new(&mut inputs, exports(&settings)).unwrap();
        let (own, _) = gmv::repurchase::cohorts(&journeys).unwrap();
        let exports = exports(&settings);
        let found =
            answered::cohorts(&answer, &exports.grouping, &exports.reported(), &exports.read.memory).unwrap();
        assert_eq!(format!("{:#?}", found.rows), format!("{:#?}", own.rows), "{name}");
        assert_eq!(found.earlier, own.earlier, "{name}");
        seen += own.rows.len();
        unknown += own.rows.iter().filter(|row| row.returned.is_none()).count();
        earlier += own.earlier;
    }
    assert!(seen > 50 && unknown > 20 && earlier > 5, "{seen} rows, {unknown} unknown, {earlier} earlier");
}

/// An answer of another statement, or of other options, is refused with its place.
#[test]
fn another_answer_is_refused() {
    let settings = settings(&[], &[]);
    let exports = exports(&settings);
    let (rates, waits, cohorts) =
        ["rates", "waits", "cohorts"].map(|query| answer("streamer", query).unwrap()).into();
    let said = answered::rates(&waits, &waits, &exports.grouping).unwrap_err().to_string();
    assert_eq!(said, "the answer has no column buyers; its statement was another one");
    let said = answered::rates(&rates, &cohorts, &exports.grouping).unwrap_err().to_string();
    assert_eq!(said, "the answer has no column days; its statement was another one");
    let total = answer("total_net", "rates").unwrap();
    let said = answered::rates(&total, &waits, &exports.grouping).unwrap_err().to_string();
    assert_eq!(said, "the answer has no column streamer_id; its statement was another one");
    let mut by_month = exports.reported();
    by_month.period = gmv::calendar::PeriodKind::Month;
    let cohorts = answered::cohorts(&cohorts, &exports.grouping, &by_month, &exports.read.memory);
    assert_eq!(cohorts.unwrap_err().to_string(), "row 1 of the answer: no period begins on 2026-12-21");
}
