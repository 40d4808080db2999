//! Hostile texts in every text of every input, through every command, into every format: each reader of a format finds the text as it was,
//! and the same numbers as beside harmless names.

mod judges;
mod places;
mod report;
mod texts;
mod world;

use std::collections::HashMap;

use self::judges::{Table, delimited, is_still, json, markdown, parquet, sheet};
use self::texts::{all, harmless, id, shown};
use self::world::{ATTRIBUTE, TABLES, world};
use crate::support::Work;

/// Each command, on all tables.
fn commands() -> Vec<String> {
    let lines = [
        "decompose @ --spend spend.csv",
        "decompose @ --by streamer,live",
        "decompose @ --by category --period all",
        "decompose @ --by carrier,material",
        "decompose @ --by live --from 2026-03-02 --to 2026-03-08 --basis net",
        "compare @ --before 2026-03-02 --after 2026-03-09",
        "compare @ --before 2026-03-02 --after 2026-03-09 --by material",
        "repurchase @",
        "repurchase @ --by material",
        "repurchase @ --cohorts --by streamer",
        "plan @",
        "plan @ --uv +10% --period all",
        "explain @ --before 2026-03-02 --after 2026-03-09 --all --by streamer,category",
    ];
    lines.iter().map(|line| line.replace('@', TABLES)).collect()
}

/// The columns that hold texts of the inputs.
const TEXTS: [&str; 9] = [
    "streamer_id",
    "streamer_name",
    "live_id",
    "category",
    "carrier",
    "material",
    "value_1",
    "value_2",
    "attribute",
];

/// Runs a command on one line.
fn run(work: &Work, line: &str) -> String {
    work.ok(&line.split_whitespace().collect::<Vec<_>>())
}

/// The harmless name for each form in which a hostile text may come back.
fn harmless_names() -> HashMap<String, String> {
    let forms = |(at, text): (usize, String)| {
        let trimmed = text.trim_matches([' ', '\t', '\r', '\n']).to_owned();
        [
            (id(&text), harmless(at)),
            (shown(&id(&text)), harmless(at)),
            (shown(&trimmed), harmless(at)),
            (trimmed, harmless(at)),
        ]
    };
    all().into_iter().enumerate().flat_map(forms).collect()
}

/// The rows of a table with harmless names, in the order of their texts: numbers in one form, whatever the format; a slice is told by its
/// columns.
fn rows(names: &[String], table: Table, harmless: Option<&HashMap<String, String>>) -> Vec<Vec<String>> {
    let cell = |name: &String, cell: String| {
        if name == "slice" {
            return String::new();
        }
        if TEXTS.contains(&name.as_str()) || name == ATTRIBUTE {
            let known = harmless.map(|names| names.get(&cell));
            let unnamed = cell.is_empty() || matches!(cell.as_str(), "(none)" | "streamer_id" | "other");
            assert!(unnamed || known != Some(None), "{name} holds {cell:?}, which nobody wrote");
            return known.flatten().cloned().unwrap_or(cell);
        }
        match cell.parse::<f64>() {
            Ok(number) if !matches!(cell.as_str(), "inf" | "NaN") => format!("{number:.12e}"),
            _ => cell,
        }
    };
    let row = |row: Vec<String>| {
        assert_eq!(row.len(), names.len(), "{row:?}");
        names.iter().zip(row).map(|(name, text)| cell(name, text)).collect::<Vec<_>>()
    };
    let mut rows: Vec<Vec<String>> = table.1.into_iter().map(row).collect();
    rows.sort();
    rows
}

/// A result of the hostile shop in every format for machines.
fn machine_results(work: &Work, line: &str) -> Vec<(&'static str, Table)> {
    let out = |format: &str| run(work, &format!("{line} -q --format {format}"));
    for name in ["r.parquet", "r.xlsx"] {
        run(work, &format!("{line} -q -o {name}"));
    }
    vec![
        ("csv", delimited(&out("csv"), b',', false)),
        ("csv, raw", delimited(&out("csv --raw-text"), b',', true)),
        ("tsv", delimited(&out("tsv"), b'\t', false)),
        ("json", json(&out("json"))),
        ("ndjson", json(&out("ndjson"))),
        ("parquet", parquet(work, "r.parquet")),
        ("xlsx", sheet(work, "r.xlsx")),
    ]
}

#[test]
fn every_reader_of_a_format_finds_the_texts_and_the_numbers_of_the_harmless_shop() {
    let (hostile, twin, known) = (world(true), world(false), harmless_names());
    let mut cells = 0;
    for line in commands() {
        let expected = delimited(&run(&twin, &format!("{line} -q --format csv --raw-text")), b',', true);
        let names = expected.0.clone();
        let expected = rows(&names, expected, None);
        for (format, table) in machine_results(&hostile, &line) {
            assert!(format == "xlsx" || table.0 == names, "{line}, {format}: {:?}", table.0);
            let found = rows(&names, table, Some(&known));
            cells += found.len() * names.iter().filter(|name| TEXTS.contains(&name.as_str())).count();
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(found, expected, "{line}, {format}");
            }
            assert_eq!(found.len(), expected.len(), "{line}, {format}");
        }
    }
    // As many cells of hostile text were compared, so that none was left out unseen.
    assert!(cells > 10_000, "{cells}");
}

#[test]
fn what_people_read_stays_in_its_cell_and_steers_nothing() {
    let (hostile, twin, known) = (world(true), world(false), harmless_names());
    for line in commands() {
        for language in ["en", "zh"] {
            let of = |work: &Work, format: &str| {
                run(work, &format!("{line} -q --format {format} --lang {language}"))
            };
            let (found, expected) = (of(&hostile, "table"), of(&twin, "table"));
            is_still(&found, &line);
            assert_eq!(found.lines().count(), expected.lines().count(), "{line}");
            let (found, expected) = (markdown(&of(&hostile, "markdown")), markdown(&of(&twin, "markdown")));
            assert_eq!(found.0, expected.0, "{line}");
            let renamed = |row: &Vec<String>| {
                row.iter().map(|cell| known.get(cell).unwrap_or(cell).clone()).collect::<Vec<_>>()
            };
            let is_explained = line.starts_with("explain");
            let mut found: Vec<_> = found.1.iter().map(renamed).collect();
            let mut expected = expected.1;
            for rows in [&mut found, &mut expected] {
                rows.iter_mut().filter(|_| is_explained).for_each(|row| row[1].clear());
                rows.sort();
            }
            assert_eq!(found, expected, "{line}");
        }
    }
}

#[test]
fn a_check_tells_of_hostile_texts_in_every_format() {
    let work = world(true);
    let line = format!(
        "check {}",
        TABLES.replace("--streamers streamers.csv ", "").replace(" --unknown-status count", "")
    );
    let of = |more: &str| {
        let words = format!("{line} {more}");
        work.run(&words.split_whitespace().collect::<Vec<_>>())
    };
    for language in ["en", "zh"] {
        for format in ["table", "markdown"] {
            let run = of(&format!("--format {format} --lang {language}"));
            is_still(&run.out, format);
            is_still(&run.err, format);
        }
    }
    let expected = delimited(&of("--format csv --raw-text").out, b',', true);
    assert!(expected.1.len() > 30, "{expected:?}");
    for (format, table) in [
        ("csv", delimited(&of("--format csv").out, b',', false)),
        ("tsv", delimited(&of("--format tsv").out, b'\t', false)),
        ("json", json(&of("--format json").out)),
        ("ndjson", json(&of("--format ndjson").out)),
    ] {
        assert_eq!(rows(&expected.0, table, None), rows(&expected.0, expected.clone(), None), "{format}");
    }
    for name in ["c.parquet", "c.xlsx"] {
        of(&format!("-o {name}"));
    }
    assert_eq!(
        rows(&expected.0, parquet(&work, "c.parquet"), None),
        rows(&expected.0, expected.clone(), None)
    );
    assert_eq!(sheet(&work, "c.xlsx").1.len(), expected.1.len());
}

#[test]
fn a_store_keeps_every_text() {
    let work = world(true);
    let exports = "--orders orders.csv --sessions sessions.csv";
    run(&work, &format!("ingest --store kept {exports} -q -o list.csv"));
    for more in ["", "--by streamer,live", "--by category,carrier"] {
        let more = format!("--unknown-status count {more} -q");
        let from_store = run(&work, &format!("decompose --store kept {more}"));
        assert_eq!(from_store, run(&work, &format!("decompose {exports} {more}")));
    }
}
