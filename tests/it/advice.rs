//! Messages that say what is wrong, and not what is near it.

use crate::errors::{case, check};
use crate::shop::{BOTH, ORDERS, orders_with, run, shop};

#[test]
fn a_time_that_is_out_of_range_exists() {
    let reason = "is out of the range of times, which ends at 9999-12-30";
    for time in ["9999-12-31", "9999-12-31 00:00:00", "9999-12-31 23:59:59"] {
        let work = shop();
        work.write("orders.csv", orders_with("2026-03-02 20:10:00", time));
        let run = run(&work, &format!("{BOTH} --timezone UTC"));
        assert!(
            run.code == 1 && run.err.contains(&format!("orders.csv:2:5: paid_at {time:?} {reason};")),
            "{}",
            run.err
        );
    }
}

#[test]
fn lines_of_blanks_are_no_header() {
    for text in [" \n \n", "\n", "\t\r\n \r\n", " "] {
        let message = "orders.csv:1: the file holds no header, only blank lines; export it again";
        check(&[case(BOTH, message).file("orders.csv", text)]);
    }
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_to_nothing_is_said_to_be_one() {
    let work = shop();
    std::os::unix::fs::symlink("gone.csv", work.path("link.csv")).unwrap();
    let err = work.fails(1, &["decompose", "--orders", "link.csv", "--sessions", "sessions.csv"]);
    assert_eq!(
        err,
        "gmv: link.csv: no such file or directory; it is a link to gone.csv, which is not there\n"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_under_the_rejects_names_their_file() {
    let work = shop();
    work.write("orders.csv", ORDERS.replace(",live,", ",live,more,"));
    for line in ["decompose", "check", "ingest --store store"] {
        let line = format!("{line} {BOTH} --max-bad 100% --rejects /dev/full");
        let run = work.run(&line.split(' ').collect::<Vec<_>>());
        assert!(run.code == 1 && run.err.contains("writing to /dev/full failed"), "{}", run.err);
    }
}

#[test]
fn a_damaged_page_of_parquet_has_advice() {
    let work = shop();
    work.ok(&["ingest", "--store", "store", "--orders", "orders.csv"]);
    let stored = std::fs::read_dir(work.path("store/orders")).unwrap().next().unwrap().unwrap().path();
    let sound = std::fs::read(stored).unwrap();
    let mut found = 0;
    for at in (4..400).step_by(23) {
        let mut bytes = sound.clone();
        bytes[at] ^= 0xFF;
        work.write("o.parquet", bytes);
        let run = run(&work, "--orders o.parquet --sessions sessions.csv");
        if run.code == 1 && !run.err.contains(" rows of the orders are bad") {
            assert!(
                run.err.starts_with("gmv: o.parquet: cannot read the Parquet file: "),
                "{at}: {}",
                run.err
            );
            assert!(run.err.ends_with("write it again\n"), "{at}: {}", run.err);
            found += 1;
        }
    }
    assert!(found > 3, "{found}");
}
