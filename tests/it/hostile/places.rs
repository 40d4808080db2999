//! Hostile texts where no cell is: names of files, columns, profiles and values of configurations.

use super::judges::{delimited, is_still, json, markdown, parquet, sheet};
use super::texts::all;
use crate::shop::{BOTH, ORDERS, SESSIONS, shop};
use crate::support::{Run, Work};

/// The texts that can be the name of a file, or of an argument.
fn names() -> Vec<String> {
    all().into_iter().filter(|text| !text.contains(['/', '\0']) && text.len() < 200).collect()
}

/// Standard error steers nothing, and has so many lines, of which one is an error.
fn is_one_error(run: &Run, lines: usize, place: &str) {
    is_still(&run.err, place);
    let errors = run.err.lines().filter(|line| line.starts_with("gmv: ")).count();
    assert_eq!((run.code, errors, run.err.lines().count()), (1, 1, lines), "{place}: {}", run.err);
}

#[test]
fn names_of_files() {
    for name in names() {
        let work = Work::new();
        let file = format!("./{name}.csv");
        work.write(&format!("{name}.csv"), ORDERS.replace("59.90", "x"));
        work.write("s.csv", SESSIONS);
        let exports = ["--orders", &file, "--sessions", "s.csv", "--max-bad", "5", "--rejects", "bad.csv"];
        let run = work.run(&[&["decompose"][..], &exports].concat());
        assert_eq!(run.code, 0, "{file}: {}", run.err);
        is_still(&run.err, &file);
        let bad = delimited(&work.read("bad.csv"), b',', false);
        assert_eq!(bad.1[0][1], file);
        let fails = |path: &str| work.run(&["decompose", "--attribution", "all", "--orders", path]);
        is_one_error(&fails(&format!("{file}x")), 1, &file);
        is_one_error(&fails(&file), 3, &file);
        let listed = work.ok(&[
            "ingest",
            "--store",
            "kept",
            "--max-bad",
            "5",
            "--orders",
            &file,
            "--format",
            "json",
            "-q",
        ]);
        assert!(
            json(&listed).1.iter().any(|row| row.iter().any(|cell| cell.ends_with(&format!("{name}.csv")))),
            "{listed}"
        );
    }
}

#[test]
fn names_of_columns() {
    // What is no column, or the name of another group.
    let texts: Vec<String> = all()
        .into_iter()
        .filter(|text| !text.contains([',', '\0']) && !["total", "(other)"].contains(&&**text))
        .collect();
    for some in texts.chunks(6) {
        let work = Work::new();
        let mut writer = csv::Writer::from_writer(Vec::new());
        let fixed = ["order_id", "buyer_id", "streamer_id", "paid_at", "amount"];
        writer.write_record(fixed.iter().copied().chain(some.iter().map(String::as_str))).unwrap();
        let row = ["1", "u1", "s1", "2026-03-02 20:00:00", "5.00"];
        writer.write_record(row.iter().copied().chain(some.iter().map(|_| "x"))).unwrap();
        work.write("o.csv", writer.into_inner().unwrap());
        let trimmed: Vec<String> = some.iter().map(|text| text.trim().to_owned()).collect();
        let by = trimmed.join(",");
        let of = |more: &[&str]| {
            let line = ["decompose", "--orders", "o.csv", "--attribution", "all", "-q"];
            work.ok(&[&line[..], &[&format!("--by={by}")], more].concat())
        };
        let groups = |names: &[String]| names[1..=some.len()].to_vec();
        assert_eq!(groups(&delimited(&of(&[]), b',', false).0), trimmed);
        assert_eq!(groups(&json(&of(&["--format", "json"])).0), trimmed);
        of(&["-o", "c.parquet"]);
        assert_eq!(groups(&parquet(&work, "c.parquet").0), trimmed);
        of(&["-o", "c.xlsx"]);
        sheet(&work, "c.xlsx");
        is_still(&of(&["--format", "table"]), &by);
        assert_eq!(markdown(&of(&["--format", "markdown"])).1.len(), 1);
    }
}

#[test]
fn values_of_a_configuration_and_a_profile() {
    for text in all().into_iter().filter(|text| !text.contains('\0')) {
        let quoted = serde_json::to_string(&text).unwrap().replace('\u{7f}', "\\u007f");
        let work = shop();
        work.write("p.toml", format!("name = {quoted}\ntitle = {quoted}\nnotes = [{quoted}]\n"));
        for key in ["currency", "by", "orders", "timezone", "set", "basis"] {
            work.write("c.toml", format!("{key} = {quoted}\n"));
            let orders: &[&str] = if key == "orders" { &[] } else { &["--orders", "orders.csv"] };
            let line = ["decompose", "--config", "c.toml", "--sessions", "sessions.csv", "--format", "table"];
            let run = work.run(&[&line[..], orders].concat());
            is_still(&run.err, &format!("{key} = {quoted}"));
            is_still(&run.out, &format!("{key} = {quoted}"));
            assert!(run.code <= 2 && (key != "currency" || run.code == 0), "{key} = {quoted}: {}", run.err);
        }
        let run = work.run(&[
            "decompose",
            "--profile",
            "p.toml",
            "--orders",
            "orders.csv",
            "--sessions",
            "sessions.csv",
        ]);
        assert_eq!(run.code, 0, "{quoted}: {}", run.err);
        is_still(&run.err, &quoted);
    }
}

#[test]
fn the_sign_of_a_currency() {
    let work = shop();
    for text in all().into_iter().filter(|text| !text.contains('\0')) {
        let sign = format!("--currency={text}");
        let line = [&["decompose"][..], &BOTH.split(' ').collect::<Vec<_>>(), &[&sign, "-q"]].concat();
        work.ok(&[&line[..], &["-o", "c.xlsx"]].concat());
        assert_eq!(sheet(&work, "c.xlsx").1.len(), 4, "{text:?}");
        let rows = markdown(&work.ok(&[&line[..], &["--format", "markdown"]].concat())).1;
        assert!(rows.iter().all(|row| row.len() == 19), "{text:?}: {rows:?}");
        let table = work.ok(&[&line[..], &["--format", "table"]].concat());
        is_still(&table, &text);
        let picture =
            ["compare", "--orders", "orders.csv", "--sessions", "sessions.csv", "--before", "2026-03-02"];
        let more = ["--after", "2026-03-09", "--by", "total", "--chart", "c.svg", "-q", &sign];
        work.ok(&[&picture[..], &more].concat());
        super::report::is_markup(&work.read("c.svg"), "c.svg");
    }
}

#[test]
fn rejected_rows_keep_their_texts() {
    let texts: Vec<String> = all();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["order_id", "buyer_id", "streamer_id", "paid_at", "amount"]).unwrap();
    for text in &texts {
        writer.write_record([text, text, text, "2026-03-02 20:00:00", text]).unwrap();
    }
    let work = Work::new();
    work.write("o.csv", writer.into_inner().unwrap());
    let line = "decompose --orders o.csv --attribution all --max-bad 100% --rejects bad.csv";
    let run = work.run(&line.split(' ').collect::<Vec<_>>());
    is_still(&run.err, "rejects");
    assert_eq!(run.code, 0, "{}", run.err);
    let bad = delimited(&work.read("bad.csv"), b',', false);
    // The texts that are amounts are none of them.
    let amounts: Vec<&str> = vec!["00123"];
    let left: Vec<&String> = texts.iter().filter(|text| !amounts.contains(&text.as_str())).collect();
    assert_eq!(bad.1.len(), left.len());
    for (row, text) in bad.1.iter().zip(left) {
        assert_eq!(&row[6], text, "{row:?}");
        assert!(row[7].contains(text.as_str()), "{row:?}");
    }
}
