//! Runs that are killed, and runs at once.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::{Duration, Instant};

use gmv::input::profile::RowKind;
use gmv::input::store::Store;

use super::{ingested, same};
use crate::shop::{ORDERS, RESULT, decompose, orders_with, shop};
use crate::support::Work;

#[test]
fn runs_at_once_do_no_harm() {
    let work = shop();
    for at in 0..6 {
        work.write(&format!("more/o{at}.csv"), orders_with("A-4", &format!("B-{at}")));
    }
    let line =
        ["ingest", "--store", "store", "-q", "--orders", "orders.csv", "more", "--sessions", "sessions.csv"];
    let quiet = |_| work.command(&line).stdout(Stdio::null()).spawn().unwrap();
    let runs: Vec<_> = (0..4).map(quiet).collect();
    for mut run in runs {
        assert!(run.wait().unwrap().success());
    }
    let store = Store::open(&work.path("store")).unwrap();
    let places: Vec<u64> = store
        .files(RowKind::Orders)
        .chain(store.files(RowKind::Sessions))
        .map(|file| file.about.sequence)
        .collect();
    assert_eq!(places, (1..=8).collect::<Vec<_>>());
    drop(store);
    same(&work, "--orders orders.csv more --sessions sessions.csv", &["", "--basis net"]);
}

#[test]
fn a_killed_run_leaves_nothing_half_written() {
    let work = Work::new();
    work.ok(&[
        "sample",
        "--sessions",
        "12000",
        "--streamers",
        "20",
        "--weeks",
        "4",
        "--seed",
        "5",
        "--out",
        ".",
        "-q",
    ]);
    let orders = work.read("orders.csv");
    let (header, rows) = orders.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    for (at, part) in rows.chunks(rows.len() / 8 + 1).enumerate() {
        work.write(&format!("parts/o{at}.csv"), format!("{header}\n{}\n", part.join("\n")));
    }
    let exports = "--orders parts --sessions sessions.csv";
    let began = Instant::now();
    work.ok(&["ingest", "--store", "whole", "--orders", "parts", "--sessions", "sessions.csv"]);
    let whole = began.elapsed();
    for kill in 0..20_u32 {
        let line = ["ingest", "--store", "store", "-q", "--orders", "parts", "--sessions", "sessions.csv"];
        let mut run = work.command(&line).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(whole * (kill + 1) / 20 + Duration::from_millis(u64::from(kill % 3)));
        run.kill().unwrap();
        run.wait().unwrap();
        if let Ok(store) = Store::open(&work.path("store")) {
            for file in store.files(RowKind::Orders) {
                let source = work.read(&format!("parts/{}", file.about.source));
                assert_eq!(file.about.rows.stored, source.lines().count() as u64 - 1);
            }
        } else {
            assert!(!work.path("store/store.json").exists(), "the store cannot be read");
        }
        if kill % 5 == 4 {
            std::fs::remove_dir_all(work.path("store")).unwrap_or_default();
        }
    }
    ingested(&work, exports);
    same(&work, exports, &["", "--basis net --by total"]);
    let hidden: BTreeSet<_> = std::fs::read_dir(work.path("store/orders"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(hidden.len(), 8, "{hidden:?}");
}

/// A pipe can be read once: its digest is known when it has been read.
#[cfg(unix)]
#[test]
fn pipes_are_ingested_as_files_are() {
    let work = shop();
    let (gmv, line) = (env!("CARGO_BIN_EXE_gmv"), "ingest --store store --sessions sessions.csv --orders");
    work.write("orders.csv.gz", crate::containers::gz(ORDERS.as_bytes()));
    work.write("orders.xlsx", crate::containers::workbook(ORDERS, crate::containers::Typed::Values));
    let script = |name: &str| {
        let line =
            format!("rm -f pipe; mkfifo pipe; cat {name} > pipe & sleep 0.1; timeout 60 {gmv} {line} pipe");
        let mut shell = std::process::Command::new("sh");
        let output = shell.current_dir(work.path("")).args(["-c", &line]).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, out, err) = script("orders.csv");
    assert!(code == Some(0) && out.contains("orders,pipe,new,canonical,9,0,0,9"), "{out}{err}");
    assert_eq!(ingested(&work, "--orders orders.csv"), ["unchanged"]);
    assert!(script("orders.csv").1.contains("orders,pipe,unchanged,"));
    for packed in ["orders.csv.gz", "orders.xlsx"] {
        let (code, out, err) = script(packed);
        assert!(code == Some(0) && out.contains("orders,pipe,new,canonical,9,0,0,9"), "{packed}: {out}{err}");
        assert_eq!(ingested(&work, &format!("--orders {packed}")), ["unchanged"]);
    }
    assert_eq!(decompose(&work, "--store store"), RESULT);
}
