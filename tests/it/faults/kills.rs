//! Kills at moments over the whole run. Those of the report are in report/cron.rs.

use std::thread::sleep;
use std::time::Instant;

use super::{BOTH, names, shop, start, words};

#[test]
fn a_killed_run_leaves_the_old_file_and_the_next_one_clears_what_it_left() {
    let work = shop();
    for end in ["csv", "json", "md", "xlsx", "parquet"] {
        let line = format!("decompose {BOTH} -q -o out/result.{end}");
        let result = format!("out/result.{end}");
        let started = Instant::now();
        work.ok(&words(&line));
        let whole = started.elapsed();
        let new = std::fs::read(work.path(&result)).unwrap();
        for moment in 0..8_u32 {
            work.write(&result, "old");
            let mut run = start(&work, &line);
            sleep(whole.mul_f64(f64::from(moment * 5 % 8) / 8.0));
            run.kill().unwrap();
            run.wait().unwrap();
            let seen = std::fs::read(work.path(&result)).unwrap();
            assert!(seen == b"old" || seen == new, "{result} at {moment}: {} bytes", seen.len());
        }
        work.ok(&words(&line));
        assert_eq!(std::fs::read(work.path(&result)).unwrap(), new);
        assert!(names(&work, "out").iter().all(|name| !name.starts_with('.')), "{:?}", names(&work, "out"));
    }
}

#[test]
fn an_ingestion_of_many_exports_appears_at_once() {
    let work = shop();
    let orders = work.read("sample/orders.csv");
    let (header, rows) = orders.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    for (at, rows) in rows.chunks(rows.len() / 8 + 1).enumerate() {
        work.write(&format!("parts/o{at}.csv"), format!("{header}\n{}\n", rows.join("\n")));
    }
    let line = "ingest --store store -q --orders parts --sessions sample/sessions.csv";
    let started = Instant::now();
    work.ok(&words(line));
    let whole = started.elapsed();
    let new = work.ok(&words("decompose --store store -q"));
    for moment in 0..16_u32 {
        std::fs::remove_dir_all(work.path("store")).unwrap();
        let first = "ingest --store store -q --orders parts/o0.csv --sessions sample/sessions.csv";
        work.ok(&words(first));
        let old = work.ok(&words("decompose --store store -q"));
        let mut run = start(&work, line);
        // Files appear near the end.
        sleep(whole.mul_f64(0.5 + f64::from(moment * 7 % 16) / 32.0));
        run.kill().unwrap();
        run.wait().unwrap();
        let seen = work.ok(&words("decompose --store store -q"));
        assert!(seen == old || seen == new, "a part of the exports at {moment}");
    }
    work.ok(&words(line));
    assert_eq!(work.ok(&words("decompose --store store -q")), new);
    assert_eq!(names(&work, "store/orders").len(), 8);
    assert_eq!(
        names(&work, "store"),
        [".ingesting", ".reading", "orders", "sessions", "standing.json", "store.json"]
    );
}

/// What a run leaves that is killed behind the list of its files, and before they have their names.
#[test]
fn files_that_are_listed_belong_to_the_store_under_either_name() {
    let work = shop();
    work.ok(&words(&format!("ingest --store store -q {BOTH}")));
    let expected = work.ok(&words("decompose --store store -q"));
    let mut list = Vec::new();
    for kind in ["orders", "sessions"] {
        let name = names(&work, &format!("store/{kind}")).remove(0);
        let at = |name: &str| work.path(&format!("store/{kind}/{name}"));
        std::fs::rename(at(&name), at(".gmv-abcdef.tmp")).unwrap();
        list.push(format!(r#"["{kind}",".gmv-abcdef.tmp","{name}"]"#));
    }
    work.write("store/.pending.json", format!("[{}]", list.join(",")));
    assert_eq!(work.ok(&words("decompose --store store -q")), expected);
    let said = work.run(&words(&format!("ingest --store store {BOTH}"))).err;
    assert!(said.contains("nothing to do"), "{said}");
    assert!(!work.path("store/.pending.json").exists());
    assert_eq!(names(&work, "store/orders").len(), 1);
    assert_eq!(work.ok(&words("decompose --store store -q")), expected);
    work.write("store/.pending.json", "[[");
    let said = work.fails(1, &words("decompose --store store -q"));
    assert!(said.starts_with("gmv: store: cannot read which files an ingestion has added"), "{said}");
}
