//! The cases worked by hand: `tests/handworked/README.md` derives every number.

use std::collections::BTreeMap;

use crate::support::{Work, repository};

/// A table as text: the header, and the rows by their key columns.
type Table = (Vec<String>, BTreeMap<String, Vec<String>>);

fn table(text: &str) -> Table {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let keys = header.iter().position(|name| name == "gmv").unwrap();
    let mut rows = BTreeMap::new();
    for record in reader.records() {
        let cells: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
        assert!(rows.insert(cells[..keys].join("|"), cells).is_none(), "a key stands twice");
    }
    (header, rows)
}

/// Whether two cells are the same: as text, or as numbers to 1e-12.
fn same(a: &str, b: &str) -> bool {
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * a.abs().max(b.abs());
    a == b || a.parse().ok().zip(b.parse().ok()).is_some_and(|(a, b)| close(a, b))
}

#[test]
fn every_case_gives_the_numbers_worked_by_hand() {
    let folder = repository("tests/handworked");
    let cases = std::fs::read_to_string(folder.join("cases.txt")).unwrap();
    let mut checked = 0;
    for case in cases.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let (name, arguments) = case.split_once('\t').unwrap_or((case, ""));
        let work = Work::new();
        for file in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_some_and(|ending| ending == "csv") {
                let name = file.file_name().unwrap().to_str().unwrap();
                work.write(name, std::fs::read(&file).unwrap());
            }
        }
        let mut all = vec!["decompose", "--orders", "orders.csv", "--sessions", "sessions.csv"];
        all.extend(["--streamers", "streamers.csv", "--format", "csv"]);
        all.extend(arguments.split_whitespace());
        let (found_header, found) = table(&work.ok(&all));
        let expected = std::fs::read_to_string(folder.join(format!("expected/{name}.csv"))).unwrap();
        let (header, expected) = table(&expected);
        let columns: Vec<usize> =
            header.iter().map(|name| found_header.iter().position(|found| found == name).unwrap()).collect();
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{name}: rows");
        for (key, cells) in &expected {
            for (at, cell) in cells.iter().enumerate() {
                let found = &found[key][columns[at]];
                assert!(same(found, cell), "{name}: {key}: {}: {found} instead of {cell}", header[at]);
                checked += 1;
            }
        }
    }
    assert!(checked > 2000, "only {checked} cells were checked");
}
