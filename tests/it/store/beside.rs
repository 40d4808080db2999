//! What is given beside a store: it is read by its own rules, not by those of the store's files.

use super::ingested;
use crate::shop::run;
use crate::support::Work;

const ORDERS: &str = "order_id,buyer_id,streamer_id,paid_at,amount\n\
                      A,u1,s1,2026-03-02 20:00:00,10.00\nB,u2,s1,2026-03-02 20:00:00,10.00\n";

/// Two refunds whose ids a spreadsheet has made one: taken, the first would be superseded, and its money lost.
#[test]
fn mangled_ids_of_refunds_are_refused_beside_a_store_too() {
    let refunds = "refund_id,order_id,refund_amount\n5.1E+17,A,3.00\n5.1E+17,B,4.00\n";
    let work = Work::with(&[("o.csv", ORDERS), ("r.csv", refunds)]);
    ingested(&work, "--orders o.csv");
    let net = "--attribution all --basis net --refunds r.csv";
    let (found, expected) =
        (run(&work, &format!("--store store {net}")), run(&work, &format!("--orders o.csv {net}")));
    assert_eq!((found.code, &found.err), (1, &expected.err));
    assert!(found.err.contains("5.1E+17"), "{}", found.err);
}

#[test]
fn mangled_ids_of_broadcasts_are_refused_beside_a_store_too() {
    let lives =
        "live_id,streamer_id,started_at,ended_at\n5.1E+17,s1,2026-03-02 20:00:00,2026-03-02 21:00:00\n";
    let work = Work::with(&[("o.csv", ORDERS), ("l.csv", lives)]);
    ingested(&work, "--orders o.csv");
    let found = run(&work, "--store store --attribution all --by live --lives l.csv");
    assert!(found.code == 1 && found.err.contains("5.1E+17"), "{}", found.err);
}
