//! Holds the architecture: stations look only to the left, Parquet stays in its modules, nothing prints outside of its place.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::support::repository;

/// The stations from left to right: a module may use only those before it.
const STATIONS: [&str; 21] = [
    "units",
    "calendar",
    "listing",
    "unfinished",
    "memory",
    "partition",
    "sums",
    "concentration",
    "input",
    "journey",
    "engine",
    "factor",
    "change",
    "repurchase",
    "plan",
    "alert",
    "present",
    "sample",
    "cli",
    "command",
    "main",
];

/// The only modules that may name the crates of Parquet and Arrow.
const PARQUET: [&str; 5] = [
    "input/parquet.rs",
    "input/parquet/",
    "input/store/parquet.rs",
    "present/parquet.rs",
    "engine/spark/answers.rs",
];

/// The only modules that may name the crate that writes workbooks.
const WORKBOOKS: [&str; 4] =
    ["present/xlsx.rs", "present/xlsx/", "present/report/workbook.rs", "present/report/workbook/"];

/// The only modules that may touch the standard streams.
const STREAMS: [&str; 4] = ["present/", "input/container.rs", "cli/output.rs", "main.rs"];

/// Every source file: its path below `src`, and its text without comments.
fn sources() -> BTreeMap<String, String> {
    let root = repository("src");
    let mut files = BTreeMap::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code: Vec<&str> =
                    text.lines().map(|line| line.split("//").next().unwrap_or("")).collect();
                files.insert(name(&root, &path), code.join("\n"));
            }
        }
    }
    assert!(files.len() > 30, "only {} source files found", files.len());
    files
}

fn name(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/")
}

fn station(file: &str) -> &str {
    file.split(['/', '.']).next().unwrap()
}

fn position(station: &str) -> Option<usize> {
    STATIONS.iter().position(|known| *known == station)
}

/// The stations that a source text names, as `crate::NAME` or in `crate::{…}`.
fn uses(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for prefix in ["crate::", "gmv::"] {
        for (at, _) in text.match_indices(prefix) {
            if text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let rest = &text[at + prefix.len()..];
            if let Some(list) = rest.strip_prefix('{') {
                let list = list.split('}').next().unwrap();
                found.extend(list.split(',').map(|part| part.trim().split("::").next().unwrap().to_owned()));
            } else {
                found.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            }
        }
    }
    found
}

#[test]
fn stations_look_only_to_the_left() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        if file == "lib.rs" {
            continue;
        }
        let own = station(&file);
        let here = position(own).unwrap_or_else(|| panic!("{file} belongs to no station of the test's list"));
        for used in uses(&text) {
            if used != own && position(&used).is_some_and(|there| there > here) {
                wrong.push(format!("{file} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_station_is_a_module_of_the_library() {
    let library = std::fs::read_to_string(repository("src/lib.rs")).unwrap();
    for station in STATIONS.iter().filter(|station| **station != "main") {
        assert!(library.contains(&format!("pub mod {station};")), "{station}");
    }
    let modules = library.lines().filter(|line| line.starts_with("pub mod")).count();
    assert_eq!(modules, STATIONS.len() - 1, "a module of the library is missing from the list of stations");
}

#[test]
fn parquet_stays_in_its_modules() {
    for (file, text) in sources() {
        let allowed = PARQUET.iter().any(|place| file.starts_with(place));
        // The crate is named from the root, since modules have its name too.
        let is_named = |name: &str| {
            let before = |at: usize| text[..at].chars().next_back();
            let is_whole = |at| !before(at).is_some_and(|before| before.is_alphanumeric() || before == '_');
            text.match_indices(name).any(|(at, _)| is_whole(at))
        };
        assert!(
            !(is_named("::parquet::") || is_named("arrow_")) || allowed,
            "{file} names the crates of Parquet"
        );
    }
}

#[test]
fn workbooks_are_written_in_one_place() {
    for (file, text) in sources() {
        let allowed = WORKBOOKS.iter().any(|place| file.starts_with(place));
        assert!(!text.contains("rust_xlsxwriter") || allowed, "{file} names the crate of workbooks");
    }
}

#[test]
fn nothing_prints_or_reads_the_standard_streams_outside_of_its_place() {
    for (file, text) in sources() {
        let allowed = STREAMS.iter().any(|place| file.starts_with(place));
        let streams = ["stdout()", "stderr()", "stdin()"].iter().any(|stream| text.contains(stream));
        assert!(!streams || allowed, "{file} uses a standard stream");
        let prints = ["println!", "eprintln!", "print!(", "dbg!"].iter().any(|print| text.contains(print));
        assert!(!prints, "{file} prints");
    }
}

#[test]
fn clap_stays_in_the_command_line() {
    for (file, text) in sources() {
        assert!(!text.contains("clap::") || file.starts_with("cli/"), "{file} uses clap");
    }
}

#[test]
fn the_test_sees_what_it_forbids() {
    assert_eq!(uses("use crate::{engine::Aggregate, units};"), ["engine", "units"]);
    assert_eq!(uses("fn f() { crate::present::x() }"), ["present"]);
    assert!(position("present") > position("engine"));
}
