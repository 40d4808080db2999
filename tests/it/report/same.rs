//! Each table is what its command gives, to the byte; so is a second report.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{report, run_json, shop};
use crate::support::Work;

/// Runs the command of each table and compares its Parquet file with the report's; how many there were.
fn check_tables(work: &Work, run: &Value) -> usize {
    let bin = Path::new(env!("CARGO_BIN_EXE_gmv")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let mut seen = 0;
    for table in run["tables"].as_array().unwrap() {
        let Some(command) = table["command"].as_str() else { continue };
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{command} -q -o alone.parquet")]).env("PATH", &path);
        let output = shell.current_dir(work.path("")).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        // A check may find what makes numbers doubtful, and says so by its exit code.
        let codes: &[i32] = if command.starts_with("gmv check") { &[0, 1] } else { &[0] };
        assert!(codes.contains(&output.status.code().unwrap()), "{command}\n{said}");
        let alone = fs::read(work.path("alone.parquet")).unwrap();
        let ours = fs::read(work.path("out/latest").join(table["file"].as_str().unwrap())).unwrap();
        assert!(alone == ours, "{}: {command} gives other bytes", table["name"]);
        seen += 1;
    }
    seen
}

#[test]
fn every_table_is_what_its_command_gives() {
    let work = shop(14);
    work.write(
        "sample/spend.csv",
        "streamer_id,date,cost\ns0001,2026-11-10,100.00\ns0002,2026-11-03,50.50\n",
    );
    let all =
        report(&work, "--streamers sample/streamers.csv --lives sample/lives.csv --spend sample/spend.csv");
    assert_eq!(check_tables(&work, &all), 12);
    for more in [
        "--basis net",
        "--attribution window:30m --domain-rule longest --day-start 05:00",
        "--attribution carrier --week-start sun --level 0.9",
        "--period month --as-of 2026-11-01 --from 2026-09-01",
        "--period day --peers all --peer-value median --covers 2026-08-01..2026-11-15",
        "--streamers sample/streamers.csv --set carrier=live --max-session 2h --unknown-status skip --trend 4",
    ] {
        let all = report(&work, more);
        assert_eq!(check_tables(&work, &all), 12, "{more}");
    }
}

#[test]
fn a_store_gives_the_same_tables_as_its_exports() {
    let work = shop(6);
    report(&work, "");
    let tables = |work: &Work| {
        let run = run_json(work);
        let files = run["tables"].as_array().unwrap().iter();
        let files = files
            .filter(|table| table["command"].as_str().is_some_and(|line| !line.starts_with("gmv check")));
        let path = |table: &Value| work.path("out/latest").join(table["file"].as_str().unwrap());
        files
            .map(|table| (table["name"].clone(), format!("{:?}", crate::columns::read(&path(table)))))
            .collect::<Vec<_>>()
    };
    let of_exports = tables(&work);
    work.ok(&[
        "ingest",
        "--store",
        "store",
        "--orders",
        "sample/orders.csv",
        "--sessions",
        "sample/sessions.csv",
        "-q",
    ]);
    work.ok(&["report", "--store", "store", "--out", "out", "--as-of", "2026-11-16"]);
    assert_eq!(check_tables(&work, &run_json(&work)), 12);
    assert_eq!(of_exports, tables(&work));
}

#[test]
fn orders_alone_have_a_report() {
    let work = shop(6);
    let line = "report --orders sample/orders.csv --attribution all --out out --as-of 2026-11-16";
    work.ok(&line.split_whitespace().collect::<Vec<_>>());
    let run = run_json(&work);
    // Without sessions nobody has a domain.
    assert_eq!(check_tables(&work, &run), 11);
    assert!(run["tables"].as_array().unwrap().iter().all(|table| table["name"] != "domains"));
}

/// Every file of a folder with its bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else {
            all.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    all.sort();
    all
}

#[test]
fn the_same_exports_and_date_give_the_same_bytes() {
    let work = shop(6);
    let made = |more: &str| {
        report(&work, more);
        files(&work.path("out/latest/"))
    };
    let first = made("--threads 1");
    assert!(first.len() >= 14, "{}", first.len());
    for more in ["--threads 2", "--threads 3 --block-size 30000 --spill-above 200000"] {
        let other = made(more);
        let differing = first.iter().zip(&other).find(|(a, b)| a != b).map(|(a, _)| &a.0);
        assert_eq!((differing, first.len()), (None, other.len()), "{more}");
    }
}

#[test]
fn run_json_says_what_was_read_and_where_it_went() {
    let work = shop(6);
    let run = report(&work, "--title Shop --lang zh");
    assert_eq!(run["report"]["first"], "2026-11-09");
    assert_eq!(run["report"]["before"], "2026-11-02");
    assert_eq!(run["report"]["as_of"], "2026-11-16");
    assert_eq!((&run["report"]["title"], &run["report"]["language"]), (&"Shop".into(), &"zh".into()));
    assert_eq!(run["closes"], true);
    let orders = fs::read(work.path("sample/orders.csv")).unwrap();
    let digest = sha256sum(&work.path("sample/orders.csv"));
    assert_eq!(run["inputs"][0]["input"], "orders");
    assert_eq!(run["inputs"][0]["bytes"], orders.len());
    assert_eq!(run["inputs"][0]["sha256"], digest);
    let rows = |line: &str| -> i64 {
        let all = run["reconciliation"].as_array().unwrap().iter();
        let mut found = all.filter(|one| one["input"] == "orders" && one["line"] == line);
        found.next().map_or(0, |one| one["rows"].as_i64().unwrap())
    };
    assert_eq!(rows("rows read"), String::from_utf8(orders).unwrap().lines().count() as i64 - 1);
    let away = ["− superseded by a later row", "− never paid", "− out of the date range"].map(rows);
    assert_eq!(rows("rows read"), away.iter().sum::<i64>() + rows("= counted"));
    assert!(run["narrative"].as_str().unwrap().starts_with("GMV "));
}

fn sha256sum(path: &Path) -> String {
    let output = Command::new("sha256sum").arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}
