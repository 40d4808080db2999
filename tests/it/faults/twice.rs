//! Two of everything at once. Two reports are in report/cron.rs, two ingestions of new exports in store/runs.rs.

use super::{BOTH, names, shop, start, words};

#[test]
fn of_two_that_write_one_file_one_is_there_whole() {
    let work = shop();
    let by = ["streamer", "total", "domain", "streamer,domain"];
    let line = |by: &str| format!("decompose {BOTH} -q --by {by} -o out/result.csv");
    let whole: Vec<String> = by
        .iter()
        .map(|by| {
            work.ok(&words(&line(by)));
            work.read("out/result.csv")
        })
        .collect();
    for _ in 0..5 {
        let runs: Vec<_> = by.iter().map(|by| start(&work, &line(by))).collect();
        for mut run in runs {
            assert!(run.wait().unwrap().success());
        }
        assert!(whole.contains(&work.read("out/result.csv")));
        assert_eq!(names(&work, "out"), ["result.csv"]);
    }
}

#[test]
fn who_reads_a_store_sees_it_before_or_after_an_ingestion() {
    let work = shop();
    let first = "ingest --store store -q --orders sample/orders.csv --sessions sample/sessions.csv";
    work.ok(&words(first));
    let old = work.ok(&words("decompose --store store -q"));
    work.ok(&words("sample --sessions 6000 --streamers 6 --weeks 4 --seed 9 --out more -q"));
    let second = "ingest --store store -q --orders more/orders.csv --sessions more/sessions.csv";
    let ingestions: Vec<_> = (0..2).map(|_| start(&work, second)).collect();
    let mut seen = Vec::new();
    for _ in 0..10 {
        seen.push(work.ok(&words("decompose --store store -q")));
    }
    for mut ingestion in ingestions {
        assert!(ingestion.wait().unwrap().success());
    }
    let new = work.ok(&words("decompose --store store -q"));
    assert_ne!(old, new);
    assert!(seen.iter().all(|seen| *seen == old || *seen == new));
    assert_eq!((names(&work, "store/orders").len(), names(&work, "store/sessions").len()), (2, 2));
}
