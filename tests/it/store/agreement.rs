//! What all files of a store have in common: the zone of their times, and how persons stand in them.

use super::{ingest, ingested};
use crate::shop::{BOTH, ORDERS, decompose, orders_with, run, shop};
use crate::support::Work;

const NEW_YORK: &str = "--timezone America/New_York";

/// A store is asked in the zone in which its exports were read, or what was Sunday there would be Monday.
#[test]
fn the_zone_of_a_store_is_that_of_its_exports() {
    let work = shop();
    ingested(&work, &format!("{BOTH} {NEW_YORK}"));
    let expected = decompose(&work, &format!("{BOTH} {NEW_YORK} --period day"));
    assert_eq!(decompose(&work, "--store store --period day"), expected);
    assert_eq!(decompose(&work, "--store store --period day --timezone america/new_york"), expected);
    let err = work.fails(2, &["decompose", "--store", "store", "--timezone", "UTC"]);
    let message = "--timezone UTC: the exports of the store were ingested with --timezone America/New_York";
    assert!(err.contains(message), "{err}");
    work.fails(2, &["check", "--store", "store", "--timezone", "UTC"]);
    let check = work.run(&["check", "--store", "store", "--format", "json"]);
    assert!(check.out.contains("2026-03-10") && !check.out.contains("2026-03-11"), "{}", check.out);
    // What is read beside the store, too.
    let refunds = "order_id,refund_amount,refunded_at\nA-4,0.01,2026-03-10 11:59:00\nA-5,100.00,2026-03-12 00:00:00\n\
                   7349583948573948572,59.90,2026-03-03 21:00:00\n";
    work.write("refunds.csv", refunds);
    let net = "--refunds refunds.csv --basis net --refund-within 1d";
    assert_eq!(
        decompose(&work, &format!("--store store {net}")),
        decompose(&work, &format!("{BOTH} {NEW_YORK} {net}"))
    );
}

#[test]
fn a_store_has_one_zone() {
    let work = shop();
    ingested(&work, &format!("{BOTH} {NEW_YORK}"));
    // Without a word, more exports are read as the others were.
    work.write("more.csv", orders_with("A-4", "B-4"));
    assert_eq!(ingested(&work, "--orders more.csv"), ["new"]);
    assert_eq!(ingested(&work, &format!("{BOTH} --orders more.csv")), ["unchanged"; 3]);
    let run_of = |arguments: &str| ingest(&work, arguments);
    for exports in ["--orders more.csv", "--orders orders.csv more.csv"] {
        let run = run_of(&format!("{exports} --timezone UTC"));
        let message = "the times of the store were read in the zone America/New_York, and those of this file in UTC; give --timezone \
                       America/New_York, or ingest all of its exports again with --timezone UTC\n";
        assert!(run.code == 1 && run.err.ends_with(message), "{}", run.err);
    }
    assert_eq!(ingested(&work, &format!("{BOTH} --orders more.csv --timezone UTC")), ["replaced"; 3]);
    let both = "--orders orders.csv more.csv --sessions sessions.csv --timezone UTC";
    assert_eq!(decompose(&work, "--store store"), decompose(&work, both));
}

/// A key that is changed replaces the files that the run names; none may stay behind under the other one.
#[cfg(unix)]
#[test]
fn a_store_changes_its_key_where_every_export_is_ingested_again() {
    use std::os::unix::fs::PermissionsExt;
    let work = shop();
    for key in ["key", "key2"] {
        work.write(key, format!("{key} of enough bytes to be one"));
        std::fs::set_permissions(work.path(key), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    work.write("more.csv", orders_with("A-4", "B-4"));
    let all = format!("{BOTH} --orders more.csv");
    ingested(&work, &format!("{all} --pseudonymize key"));
    let expected = decompose(&work, "--store store");
    for some in ["--orders orders.csv", "--orders orders.csv more.csv", BOTH] {
        let run = ingest(&work, &format!("{some} --pseudonymize key2"));
        assert!(
            run.code == 1 && run.err.contains("the store holds pseudonyms of another key"),
            "{}",
            run.err
        );
    }
    assert_eq!(run(&work, "--store store").out, expected);
    assert_eq!(ingested(&work, &format!("{all} --pseudonymize key2")), ["replaced"; 3]);
    assert_eq!(decompose(&work, "--store store"), expected);
    let run = ingest(&work, &all);
    assert!(run.code == 0 && !run.out.contains("unchanged"), "{}{}", run.out, run.err);
    assert_eq!(decompose(&work, "--store store"), expected);
}

#[test]
fn a_directory_that_is_no_store_has_no_zone() {
    let work = Work::with(&[("orders.csv", ORDERS), ("no/orders/x.csv", "")]);
    let run = work.run(&["ingest", "--store", "no", "--orders", "orders.csv"]);
    assert!(run.code == 1 && run.err.contains("no"), "{}", run.err);
}
