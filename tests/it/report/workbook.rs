//! `report.xlsx`, read back cell by cell against the JSON of the commands.

use std::io::{Cursor, Read};
use std::path::Path;
use std::process::Command;

use calamine::{Data, Range, Reader, Xlsx};
use serde_json::{Map, Value, json};

use super::{report, run_json, shop};
use crate::support::Work;

type Row = Map<String, Value>;

const SHEETS: [[&str; 17]; 2] = [
    [
        "Summary",
        "Change",
        "Streamer changes",
        "Streamers",
        "Periods",
        "Private and public",
        "New and returning",
        "Repurchase",
        "Cohorts",
        "Cohort GMV",
        "Slices",
        "Headroom",
        "Alerts",
        "Quality",
        "Reconciliation",
        "Files",
        "Definitions",
    ],
    [
        "摘要",
        "变化",
        "主播变化",
        "主播",
        "各周期",
        "私域与公域",
        "新客与老客",
        "复购",
        "首购周期留存",
        "首购周期累计GMV",
        "切片",
        "提升空间",
        "告警",
        "数据质量",
        "对账",
        "文件",
        "定义",
    ],
];

/// Names that try to be more than names.
const NAMES: [&str; 4] = ["=1+1", "+cmd|' /C calc'!A0", "<r>_x000D_</r>", "@SUM(\u{202e}A1)"];

/// A workbook.
struct Book {
    sheets: Vec<(String, Range<Data>)>,
}

impl Book {
    fn open(work: &Work) -> Self {
        let bytes = std::fs::read(work.path("out/latest/report.xlsx")).unwrap();
        Self { sheets: Xlsx::new(Cursor::new(bytes)).unwrap().worksheets() }
    }

    fn names(&self) -> Vec<&str> {
        self.sheets.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn sheet(&self, name: &str) -> &Range<Data> {
        &self.sheets.iter().find(|(sheet, _)| sheet == name).unwrap_or_else(|| panic!("{name}")).1
    }

    /// For each column of a sheet, as the last sheet says it: its heading, its name elsewhere, its kind.
    fn columns(&self, sheet: &str) -> Vec<[String; 3]> {
        let (_, definitions) = self.sheets.last().unwrap();
        let rows = definitions.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>());
        let rows: Vec<Vec<String>> = rows.collect();
        let start = rows.iter().position(|row| row[2] == "name elsewhere" || row[2] == "其他格式中的列名");
        let its = rows[start.unwrap() + 1..].iter().take_while(|row| !row[0].is_empty());
        let its = its.filter(|row| row[0] == sheet);
        its.map(|row| [row[1].clone(), row[2].clone(), row[3].clone()]).collect()
    }
}

/// Holds a cell to a value of JSON: the same value, as what it is.
fn same(cell: &Data, value: &Value, place: &str) -> usize {
    match value {
        Value::Null => assert_eq!(cell, &Data::Empty, "{place}"),
        Value::String(text) if text.is_empty() => assert_eq!(cell, &Data::Empty, "{place}"),
        Value::String(text) => match cell {
            Data::DateTime(moment) => {
                let (year, month, day, ..) = moment.to_ymd_hms_milli();
                assert_eq!(&format!("{year:04}-{month:02}-{day:02}"), text, "{place}");
            }
            cell => assert_eq!(cell, &Data::String(text.clone()), "{place}"),
        },
        Value::Bool(yes) => assert_eq!(cell, &Data::Bool(*yes), "{place}"),
        Value::Number(number) => {
            let Data::Float(found) = cell else { panic!("{place}: {cell:?} is no number") };
            let number = number.as_f64().unwrap();
            assert!((found - number).abs() <= number.abs() * f64::EPSILON, "{place}: {found} for {number}");
        }
        other => panic!("{place}: {other}"),
    }
    usize::from(!value.is_null())
}

/// The rows that the command of a table gives.
fn table(work: &Work, run: &Value, name: &str) -> Vec<Row> {
    let tables = run["tables"].as_array().unwrap();
    let table = tables.iter().find(|table| table["name"] == name).unwrap();
    let bin = Path::new(env!("CARGO_BIN_EXE_gmv")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let command = table["command"].as_str().unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{command} -q --format json")]).env("PATH", &path);
    serde_json::from_slice(&shell.current_dir(work.path("")).output().unwrap().stdout).unwrap()
}

/// Compares a sheet with rows, but for the columns whose words are told in another way; how many values it has.
fn agrees(book: &Book, sheet: &str, rows: &[Row], told: &[&str]) -> usize {
    let range = book.sheet(sheet);
    let columns = book.columns(sheet);
    let headings: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(headings, columns.iter().map(|[heading, ..]| heading.clone()).collect::<Vec<_>>(), "{sheet}");
    assert_eq!(range.rows().count(), rows.len() + 1, "{sheet}");
    let mut values = 0;
    for (row, cells) in rows.iter().zip(range.rows().skip(1)) {
        for (cell, [_, name, kind]) in cells.iter().zip(&columns) {
            let name = name.split(' ').next().unwrap();
            let place = format!("{sheet}: {name} of {row:?}");
            let value = row.get(name).unwrap_or_else(|| panic!("{place}: no such column"));
            if told.contains(&name) {
                assert_eq!(value.is_null(), cell == &Data::Empty, "{place}");
                continue;
            }
            if (kind == "date" || kind == "日期") && !value.is_null() {
                assert!(matches!(cell, Data::DateTime(_)), "{place}: {cell:?}");
            }
            values += same(cell, value, &place);
        }
    }
    // What is not on the sheet is nowhere known.
    let is_there = |name: &str| columns.iter().any(|[_, there, _]| there.split(' ').next() == Some(name));
    for (name, value) in rows.iter().flatten().filter(|(name, _)| !is_there(name)) {
        assert!(value.is_null(), "{sheet} lacks {name}");
    }
    values
}

fn of_period(rows: Vec<Row>, period: &Value) -> Vec<Row> {
    rows.into_iter().filter(|row| &row["period"] == period).collect()
}

/// The rows of streamers with what the sheet has beside them.
fn streamers(work: &Work, run: &Value) -> Vec<Row> {
    let period = &run["report"]["first"];
    let beside = of_period(table(work, run, "streamer_repurchase"), period);
    let mut rows = of_period(table(work, run, "streamers"), period);
    for row in &mut rows {
        let other = beside.iter().find(|other| other["streamer_id"] == row["streamer_id"]);
        for name in [
            "repurchase_rate",
            "returning_rate",
            "returning_gmv_share",
            "private_gmv_share",
            "refund_rate_orders",
            "refund_rate_gmv",
        ] {
            let value = other.map_or(Value::Null, |other| other[name].clone());
            row.insert(name.to_owned(), value);
        }
    }
    rows
}

/// The long rows of cohorts as a matrix of one column.
fn cohorts(rows: &[Row], name: &str, from: u64) -> Vec<Row> {
    let mut wide: Vec<Row> = Vec::new();
    for row in rows {
        if wide.last().is_none_or(|last| last["cohort"] != row["cohort"]) {
            let mut next = Row::new();
            next.insert("cohort".to_owned(), row["cohort"].clone());
            next.insert("buyers".to_owned(), row["buyers"].clone());
            wide.push(next);
        }
        let offset = row["offset"].as_u64().unwrap();
        if offset >= from {
            wide.last_mut().unwrap().insert(format!("{name}+{offset}"), row[name].clone());
        }
    }
    let all: Vec<String> = wide.iter().flat_map(Row::keys).cloned().collect();
    for row in &mut wide {
        for name in &all {
            row.entry(name.clone()).or_insert(Value::Null);
        }
    }
    wide
}

/// Compares all sheets of tables; how many values they have.
fn all_agree(work: &Work, book: &Book, run: &Value, names: &[&str; 17]) -> usize {
    let mut values = 0;
    for (at, name, told) in [
        (2, "streamer_changes", &["status"][..]),
        (4, "totals", &[]),
        (5, "domains", &["domain"]),
        (6, "buyer_types", &["buyer_type"]),
        (7, "repurchase", &[]),
        (10, "slices", &["slice"]),
    ] {
        values += agrees(book, names[at], &table(work, run, name), told);
    }
    values += agrees(book, names[3], &streamers(work, run), &[]);
    let long = table(work, run, "cohorts");
    values += agrees(book, names[8], &cohorts(&long, "retention", 1), &[]);
    values += agrees(book, names[9], &cohorts(&long, "gmv_per_buyer_cumulative", 0), &[]);
    let mut headroom = table(work, run, "headroom");
    headroom.sort_by(|one, other| {
        let gain = |row: &Row| row["gain"].as_f64().unwrap_or(f64::NEG_INFINITY);
        gain(other).total_cmp(&gain(one))
    });
    values += agrees(book, names[11], &headroom, &["lever"]);
    let words = ["level", "section", "input", "check", "detail", "examples"];
    values += agrees(book, names[13], &table(work, run, "quality"), &words);
    let ledger: Vec<Row> = serde_json::from_value(run["reconciliation"].clone()).unwrap();
    values += agrees(book, names[14], &ledger, &["line"]);
    let files: Vec<Row> = serde_json::from_value(run["inputs"].clone()).unwrap();
    values + agrees(book, names[15], &files, &[])
}

/// A shop with hostile names of streamers (but for one who rests in the last week).
fn hostile_shop(weeks: u32) -> Work {
    let work = shop(weeks);
    let mut rows: Vec<String> = work.read("sample/streamers.csv").lines().map(str::to_owned).collect();
    for (row, name) in rows.iter_mut().skip(1).filter(|row| !row.starts_with("s0004")).zip(NAMES) {
        let mut cells: Vec<&str> = row.split(',').collect();
        cells[1] = name;
        *row = cells.join(",");
    }
    work.write("sample/streamers.csv", rows.join("\n"));
    work
}

#[test]
fn every_number_of_the_workbook_is_that_of_the_commands() {
    let work = hostile_shop(14);
    for (lang, names) in ["en", "zh"].into_iter().zip(&SHEETS) {
        let more = format!("--streamers sample/streamers.csv --alert gmv<0 --lang {lang}");
        let run = report(&work, &more);
        let book = Book::open(&work);
        assert_eq!(book.names(), names);
        let values = all_agree(&work, &book, &run, names);
        assert!(values > 4_000, "only {values} values");
        // Names stay what they are, and nothing is a formula.
        let cells: Vec<String> = book.sheet(names[3]).rows().flatten().map(ToString::to_string).collect();
        assert!(NAMES.iter().all(|name| cells.iter().any(|cell| cell == name)), "{cells:?}");
    }
    let mut archive =
        zip::ZipArchive::new(std::fs::File::open(work.path("out/latest/report.xlsx")).unwrap()).unwrap();
    for at in 0..archive.len() {
        let mut member = archive.by_index(at).unwrap();
        let mut text = String::new();
        member.read_to_string(&mut text).unwrap();
        assert!(!text.contains("<f>"), "a formula in member {at}");
        // No moment but the one that every workbook has.
        assert!(!text.contains("<dcterms") || text.contains(">1980-01-01T00:00:00Z<"), "{text}");
    }
}

#[test]
fn the_summary_says_what_happened_with_the_numbers_of_the_change() {
    let work = shop(14);
    let run = report(&work, "");
    let book = Book::open(&work);
    let change = &table(&work, &run, "change")[0];
    for sheet in ["Summary", "Change"] {
        let rows: Vec<&[Data]> = book.sheet(sheet).rows().collect();
        let header = rows.iter().position(|row| row[0] == Data::String("factor".to_owned())).unwrap();
        for (row, (name, effect)) in rows[header + 1..].iter().zip([
            ("gmv", "gmv_change"),
            ("uv", "uv_effect"),
            ("watch_hours_per_viewer", "watch_effect"),
            ("buyers_per_watch_hour", "conversion_effect"),
            ("aov", "aov_effect"),
            ("orders_per_buyer", "repurchase_effect"),
        ]) {
            let ratio = change[&format!("{name}_ratio")].as_f64().unwrap() - 1.0;
            let Data::Float(shown) = row[3] else { panic!("{row:?}") };
            assert!((shown - ratio).abs() < 1e-12, "{row:?}");
            for (at, name) in [
                (1, format!("{name}_before")),
                (2, format!("{name}_after")),
                (4, effect.to_owned()),
                (5, format!("{effect}_lo")),
                (6, format!("{effect}_hi")),
            ] {
                assert_eq!(same(&row[at], &change[&name], &name), 1);
            }
        }
    }
    let summary: Vec<String> = book.sheet("Summary").rows().flatten().map(ToString::to_string).collect();
    let narrative = run["narrative"].as_str().unwrap();
    assert!(summary.iter().any(|text| text == narrative), "{summary:?}");
    // The bars of the waterfall meet: each effect begins where the one before ends.
    let rows: Vec<&[Data]> = book.sheet("Change").rows().collect();
    let step = rows.iter().position(|row| row[0] == Data::String("step".to_owned())).unwrap();
    let amounts: Vec<f64> = rows[step + 1..]
        .iter()
        .map_while(|row| if let Data::Float(amount) = row[1] { Some(amount) } else { None })
        .collect();
    let [before, effects @ .., after] = amounts.as_slice() else { panic!("{amounts:?}") };
    assert!((before + effects.iter().sum::<f64>() - after).abs() < 0.005, "{amounts:?}");
    assert_eq!(json!(*after), change["gmv_after"]);
}

#[test]
fn the_first_period_of_a_shop_has_a_workbook() {
    let work = shop(6);
    let run = report(&work, "--as-of 2026-10-12");
    assert_eq!(run["report"]["before"], Value::Null);
    let book = Book::open(&work);
    let there: Vec<&str> = SHEETS[0]
        .into_iter()
        .filter(|name| !["Change", "Streamer changes", "Slices"].contains(name))
        .collect();
    assert_eq!(book.names(), there);
    agrees(&book, "Periods", &table(&work, &run, "totals"), &[]);
    let summary: Vec<String> = book.sheet("Summary").rows().flatten().map(ToString::to_string).collect();
    assert!(summary.iter().any(|text| text.ends_with("the first period of the data")), "{summary:?}");
    assert_eq!(run_json(&work)["report"]["first"], "2026-10-05");
}
