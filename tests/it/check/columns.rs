//! Columns: each of the header is used or ignored, and what is missing is told with what can be done about it.

use super::{Found, check};
use crate::support::Work;

fn columns_of(found: &Found, check: &str) -> u64 {
    found.all("orders", check).iter().filter_map(|row| row["count"].as_u64()).sum()
}

#[test]
fn every_column_of_a_header_is_used_or_ignored() {
    for (file, columns) in [
        ("douyin_orders_A_75", 75),
        ("douyin_orders_B_74", 74),
        ("kuaishou_orders_61", 61),
        ("tmall_order_report_7", 7),
    ] {
        let names =
            std::fs::read_to_string(format!("{}/tests/it/headers/{file}.txt", env!("CARGO_MANIFEST_DIR")));
        let names: Vec<String> = names.unwrap().lines().map(|line| format!("\"{line}\"")).collect();
        assert_eq!(names.len() as u64, columns);
        let work = Work::with(&[("o.csv", &format!("{}\n", names.join(",")))]);
        let found = check(&work, "--orders o.csv");
        let both = columns_of(&found, "columns_used") + columns_of(&found, "columns_ignored");
        assert_eq!(both, columns, "{file}: {}", found.out);
        if file.starts_with("douyin") {
            assert!(found.detail("orders", "columns_used").ends_with("rules ← 售后状态"), "{}", found.out);
            let why = found.detail("orders", "columns_missing");
            assert!(
                why.starts_with("buyer_id: 抖店 order exports name no buyer; 罗盘's live-session export"),
                "{why}"
            );
            assert!(
                why.ends_with(
                    "; refund_amount: map them in a profile if the file has them under other names"
                )
            );
        }
        if file.starts_with("tmall") {
            let used = found.detail("orders", "columns_used");
            assert!(used.contains("streamer_id ← \"\" (profile)") && !used.contains("--set"), "{used}");
        }
    }
}

#[test]
fn columns_that_other_options_read_are_not_ignored() {
    let work = Work::with(&[
        (
            "o.csv",
            "order_id,buyer_id,streamer_id,paid_at,amount,status,carrier,refunded_at,note\n1,u,s,2026-03-02 20:00:00,5.00,paid,live,,x\n",
        ),
        ("r.csv", "refund_id,order_id,refund_amount\n1,1,5.00\n"),
    ]);
    let found = check(&work, "--orders o.csv");
    assert_eq!(found.detail("orders", "columns_ignored"), "note");
    assert!(found.detail("orders", "columns_used").contains("refunded_at"));
    assert!(found.detail("orders", "columns_missing").starts_with("refund_amount: map"));
    let found = check(&work, "--orders o.csv --refunds r.csv");
    assert!(found.all("orders", "columns_missing").is_empty(), "{}", found.out);
}
