//! What stands beside orders and sessions: after-sales, tables of broadcasts, a store in their place, pseudonyms.

use std::os::unix::fs::PermissionsExt;

use super::{check, numbers};
use crate::shop::{BOTH, shop};
use crate::support::Work;

const REFUNDS: &str = "\
refund_id,order_id,refund_amount,refunded_at,status,remark
R1,7349583948573948571,30.00,2026-03-04 10:00:00,refunded,x
R2,7349583948573948572,60.00,2026-03-04 10:00:00,refunded,x
R3,7349583948573948573,5.00,2026-03-04 10:00:00,open,x
R4,A-5,7.00,2026-03-11 10:00:00,closed,x
R5,Z-1,8.00,2026-03-11 10:00:00,refunded,x
R6,A-9,15.00,2026-03-11 10:00:00,refunded,x
R7,A-6,50.00,2026-03-10 13:00:00,refunded,x
R8,A-4,0.01,2026-03-09,refunded,x
R1,7349583948573948571,40.00,2026-03-04 11:00:00,refunded,x
R9,A-7,no,2026-03-11 10:00:00,refunded,x
,,,,,
";

/// By hand: R1's first row is superseded; R2 exceeds 59.90 by 0.10; R7 was made ten hours before its order was paid, R8 is of a date alone.
#[test]
fn after_sales_by_outcome() {
    let work = shop();
    work.write("refunds.csv", REFUNDS);
    let found = check(&work, &format!("{BOTH} --refunds refunds.csv --max-bad 1"));
    for (name, expected) in [
        ("file", numbers("ok", 11, None)),
        ("rows_read", numbers("ok", 11, Some("215.01"))),
        ("rows_structural", numbers("ok", 1, Some("0.00"))),
        ("rows_superseded", numbers("ok", 1, Some("30.00"))),
        ("refunds_open", numbers("ok", 1, Some("5.00"))),
        ("refunds_closed", numbers("ok", 1, Some("7.00"))),
        ("refunds_of_no_order", numbers("note", 1, Some("8.00"))),
        ("refunds_of_unpaid_orders", numbers("note", 1, Some("15.00"))),
        ("refunds_of_orders", numbers("ok", 4, Some("150.01"))),
        ("refunds_above_amount", numbers("warning", 1, Some("0.10"))),
        ("refunds_before_payment", numbers("warning", 1, Some("50.00"))),
    ] {
        assert_eq!(found.numbers("refunds", name), expected, "{name}");
    }
    assert_eq!(found.one("refunds", "rows_rejected")["examples"], "refunds.csv:11:3");
    assert_eq!(found.one("refunds", "reconciliation")["level"], "ok");
    assert_eq!(found.detail("refunds", "columns_ignored"), "remark");
    assert_eq!(found.code, 0, "{}", found.out);
    assert_eq!(check(&work, &format!("{BOTH} --refunds refunds.csv --max-bad 1 --strict")).code, 3);
    assert_eq!(check(&work, &format!("{BOTH} --refunds refunds.csv --max-bad 0")).code, 1);
    for (lang, said) in [("en", "Rows and money: refunds"), ("zh", "行数与金额：售后")] {
        let list = format!("check {BOTH} --refunds refunds.csv --max-bad 1 --format table --lang {lang}");
        let out = work.ok(&list.split_whitespace().collect::<Vec<_>>());
        assert!(out.contains(said), "{out}");
    }
}

#[test]
fn after_sales_that_cannot_be_believed() {
    let work = shop();
    let header = "order_id,refund_amount,status\n";
    work.write("refunds.csv", format!("{header}A-5,1.00,odd\nA-4,0.01,refunded\n"));
    let found = check(&work, &format!("{BOTH} --refunds refunds.csv"));
    assert_eq!(found.numbers("refunds", "rows_unknown_status"), numbers("error", 1, Some("1.00")));
    assert!(
        found
            .detail("refunds", "rows_unknown_status")
            .contains("\"odd\" (1): map them in a profile ([refunds.statuses])")
    );
    assert_eq!(found.one("refunds", "refunds_without_key")["file"], "refunds.csv");
    assert_eq!(found.code, 1);
    work.write("refunds.csv", format!("{header}Z-5,1.00,refunded\n"));
    let found = check(&work, &format!("{BOTH} --refunds refunds.csv"));
    assert_eq!((found.code, found.numbers("refunds", "refunds_of_no_order").0.as_str()), (1, "error"));
    let err = work.fails(2, &["check", "--sessions", "sessions.csv", "--refunds", "refunds.csv"]);
    assert!(err.contains("--refunds FILE is about orders"), "{err}");
}

#[test]
fn what_after_sales_say_of_a_refund_is_known() {
    let work = Work::with(&[
        (
            "orders.csv",
            "order_id,buyer_id,streamer_id,paid_at,amount,status\n1,u,s,2026-03-02 20:00:00,5.00,refunded\n",
        ),
        ("refunds.csv", "refund_id,order_id,refund_amount\n1,1,5.00\n"),
    ]);
    let found = check(&work, "--orders orders.csv");
    assert_eq!(found.numbers("orders", "refunds_without_amount"), numbers("note", 1, Some("5.00")));
    let found = check(&work, "--orders orders.csv --refunds refunds.csv");
    assert!(found.all("orders", "refunds_without_amount").is_empty(), "{}", found.out);
}

/// So many sessions of broadcast L1, from 20:00 on, a minute each; of L9, which no table lists, one.
fn broadcasts(start: &str) -> Work {
    let rows: Vec<String> = (0..10).map(|n| format!("u{n},s1,2026-03-02 20:{n:02}:00,60,L1")).collect();
    let rows = rows.join("\n");
    let sessions = format!(
        "viewer_id,streamer_id,entered_at,watch_seconds,live_id\n{rows}\nu1,s1,2026-03-03 20:00:00,60,L9\n"
    );
    let orders = "order_id,buyer_id,streamer_id,paid_at,amount,live_id\n1,u1,s1,2026-03-02 20:05:00,3.00,L1\n2,u1,s1,2026-03-03 20:05:00,4.00,L8\n";
    let lives = format!(
        "live_id,streamer_id,started_at,ended_at,title\nL1,s1,2026-03-02 {start}:00:00,2026-03-02 {start}:30:00,x\nL2,s1,2026-03-05 20:00:00,2026-03-05 21:00:00,y\n"
    );
    Work::with(&[("s.csv", &sessions), ("o.csv", orders), ("lives.csv", &lives)])
}

const LIVES: &str = "--orders o.csv --sessions s.csv --lives lives.csv";

#[test]
fn broadcasts_listed_and_not() {
    let found = check(&broadcasts("20"), LIVES);
    for (name, expected) in [
        ("file", numbers("ok", 2, None)),
        ("lives_listed", numbers("ok", 2, None)),
        ("lives_without_sessions", numbers("note", 1, None)),
        ("sessions_of_unlisted_lives", numbers("warning", 1, None)),
        ("orders_of_unlisted_lives", numbers("warning", 1, Some("4.00"))),
    ] {
        assert_eq!(found.numbers("lives", name), expected, "{name}");
    }
    assert_eq!(found.detail("lives", "lives_without_sessions"), "such as L2");
    assert_eq!(found.detail("lives", "orders_of_unlisted_lives"), "such as L8");
    assert_eq!(found.detail("lives", "columns_ignored"), "title");
    assert!(found.all("lives", "sessions_outside_their_live").is_empty());
}

#[test]
fn a_table_of_another_zone_is_found_out() {
    let found = check(&broadcasts("12"), LIVES);
    assert_eq!(found.numbers("lives", "sessions_outside_their_live"), numbers("error", 10, None));
    let said = found.detail("lives", "sessions_outside_their_live");
    assert!(said.starts_with("sessions are 8 hours ahead of their broadcasts"), "{said}");
    assert_eq!(found.one("lives", "sessions_outside_their_live")["shift_hours"].as_f64(), Some(-8.0));
    assert_eq!(found.code, 1);
}

/// Sessions of a minute that name no broadcast, from 20:00 on, and one a day later; the broadcast begins at this hour.
fn unnamed(start: &str) -> Work {
    let rows: Vec<String> = (0..9).map(|n| format!("u{n},s1,2026-03-02 20:{n:02}:00,60")).collect();
    let sessions = super::sessions(&[rows, vec!["u9,s1,2026-03-04 09:30:00,60".to_owned()]].concat());
    let lives = format!(
        "live_id,streamer_id,started_at,ended_at\nL1,s1,2026-03-02 {start}:00:00,2026-03-02 {start}:30:00\nL2,s1,2026-03-02 05:00:00,2026-03-02 05:30:00\n"
    );
    Work::with(&[("s.csv", &sessions), ("lives.csv", &lives)])
}

#[test]
fn sessions_that_name_no_broadcast_belong_to_one_by_their_time() {
    let found = check(&unnamed("20"), "--sessions s.csv --lives lives.csv");
    assert_eq!(found.numbers("lives", "sessions_within_a_live"), numbers("ok", 9, None));
    assert_eq!(found.numbers("lives", "lives_without_sessions"), numbers("note", 1, None));
    assert_eq!(found.detail("lives", "lives_without_sessions"), "such as L2");
    let found = check(&unnamed("12"), "--sessions s.csv --lives lives.csv");
    assert_eq!(
        (found.code, found.numbers("lives", "sessions_within_a_live")),
        (1, numbers("error", 0, None))
    );
    let said = found.detail("lives", "sessions_within_a_live");
    assert!(said.starts_with("sessions are 8 hours ahead of their broadcasts"), "{said}");
    let work = unnamed("20");
    work.write("lives.csv", work.read("lives.csv").replace(":30:00", ":02:00"));
    let found = check(&work, "--sessions s.csv --lives lives.csv");
    assert_eq!(
        (found.code, found.numbers("lives", "sessions_within_a_live")),
        (0, numbers("warning", 2, None))
    );
}

#[test]
fn a_store_gives_the_findings_of_its_exports() {
    let work = shop();
    work.ok(&["ingest", "-q", "--store", "both", "--orders", "orders.csv", "--sessions", "sessions.csv"]);
    work.ok(&["ingest", "-q", "--store", "viewing", "--sessions", "sessions.csv"]);
    work.ok(&["ingest", "-q", "--store", "buying", "--orders", "orders.csv"]);
    for (store, exports) in
        [("both", BOTH), ("viewing", "--sessions sessions.csv"), ("buying", "--orders orders.csv")]
    {
        let (stored, exported) = (check(&work, &format!("--store {store}")), check(&work, exports));
        // Files differ, and examples name them; the store keeps no columns that nobody maps.
        let plain = |found: &super::Found| {
            let kept = found.rows.iter().filter(|row| row["section"] != "files");
            kept.map(|row| {
                let mut row = row.clone();
                row["examples"] = serde_json::Value::Null;
                row
            })
            .collect::<Vec<_>>()
        };
        assert_eq!(plain(&stored), plain(&exported), "{store}");
        assert_eq!(stored.code, exported.code);
        let files: Vec<&str> = stored
            .rows
            .iter()
            .filter(|row| row["check"] == "file")
            .filter_map(|row| row["file"].as_str())
            .collect();
        assert!(
            !files.is_empty()
                && files.iter().all(|file| file.contains(".parquet (") && file.contains("s.csv)")),
            "{files:?}"
        );
    }
    let err = work.fails(2, &["check", "--store", "both", "--orders", "orders.csv"]);
    assert!(err.contains("--orders is about exports, in whose place --store DIR stands"), "{err}");
}

#[test]
fn pseudonyms_stand_in_the_list_of_rejects_and_nobody_else_reads_it() {
    let work = shop();
    work.write("key", "a key that is long enough");
    std::fs::set_permissions(work.path("key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    work.write(
        "orders.csv",
        crate::shop::orders_with("100.00,", "100.005,").replace(",u1,", ",secret-buyer,"),
    );
    let plain = check(&work, &format!("{BOTH} --rejects plain.csv --max-bad 9"));
    assert!(work.read("plain.csv").contains("secret-buyer"));
    let found = check(&work, &format!("{BOTH} --rejects masked.csv --max-bad 9 --pseudonymize key"));
    assert!(
        !work.read("masked.csv").contains("secret-buyer") && work.read("masked.csv").contains("buyer_id")
    );
    assert!(!found.out.contains("secret-buyer") && !plain.out.contains("secret-buyer"));
    assert_eq!(found.rows, plain.rows);
    let mode = std::fs::metadata(work.path("plain.csv")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
}
