//! Names that lead to no plain file.

use super::problem;
use crate::shop::{ORDERS, shop};

#[test]
fn names_that_lead_elsewhere() {
    let work = shop();
    std::fs::create_dir(work.path("o.csv")).unwrap();
    let expected = "1 o.csv: the directory holds no exports (.csv, .tsv, .txt, each also with .gz or .zst; .xlsx, .xlsm; .parquet; .zip)";
    let wrong =
        problem(&work, "a directory named as a file", "--orders o.csv --sessions sessions.csv", expected);
    assert_eq!(wrong, None);
}

#[cfg(unix)]
#[test]
fn pipes_and_files_twice() {
    let work = shop();
    let twice = problem(
        &work,
        "a file twice",
        "--orders orders.csv ./orders.csv --sessions sessions.csv",
        "0 · 18 · 9",
    );
    assert!(std::process::Command::new("mkfifo").arg(work.path("pipe")).status().unwrap().success());
    let pipe = work.path("pipe");
    let writer = std::thread::spawn(move || std::fs::write(pipe, ORDERS).unwrap());
    let piped = problem(&work, "a pipe with content", "--orders pipe --sessions sessions.csv", "0 · 9 · 9");
    assert!(twice.is_none() && piped.is_none(), "{twice:?}\n{piped:?}");
    writer.join().unwrap();
}
