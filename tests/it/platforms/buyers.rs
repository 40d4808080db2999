//! Exports without buyers: what is said, and that nothing is lost where other files have them.

use gmv::input::profile::{Profile, RowKind};

use super::{Export, columns, decompose, fails};
use crate::shop::{ORDERS, SESSIONS};
use crate::support::Work;

#[test]
fn every_profile_without_buyers_says_what_can_be_computed() {
    let mut seen = 0;
    for profile in Profile::built_in().unwrap() {
        let Some(reason) = profile.no_buyer(RowKind::Orders) else { continue };
        seen += 1;
        assert!(
            reason.contains("--rooms FILE") && reason.contains("five factors"),
            "{}: {reason}",
            profile.name
        );
        // Only 罗盘's export has a profile.
        assert_eq!(
            reason.contains("--rooms FILE, with a profile"),
            profile.name != "douyin-orders",
            "{reason}"
        );
    }
    assert_eq!(seen, 7);
    let err = fails(&Export::of("pinduoduo_orders_23").work(), "--attribution all");
    assert!(err.contains("--rooms FILE") && err.contains("`gmv ingest` each kind apart"), "{err}");
}

#[test]
fn own_profiles_and_canonical_files_say_it_too() {
    let text = ORDERS.replacen("buyer_id", "who", 1);
    let own = "name = \"own\"\n[orders]\nno_buyer = \"our shop names none\"\n[orders.columns]\namount = \"amount\"\n";
    let work = Work::with(&[
        ("orders.csv", &text),
        ("own.toml", own),
        ("other.toml", &own.replace("no_buyer", "#")),
    ]);
    for more in ["", "--profile own.toml", "--profile other.toml"] {
        let err = fails(&work, &format!("--attribution all {more}"));
        for word in ["--rooms FILE", "five factors", "--set buyer_id=", "`gmv ingest` each kind apart"] {
            assert!(err.contains(word), "{more} {word}: {err}");
        }
        assert_eq!(err.lines().count(), 1, "{err}");
    }
}

/// Orders of the shop in two files, one of which has no column of buyers.
fn mixed() -> Work {
    let without = "order_id,streamer_id,paid_at,amount\nB-1,s1,2026-03-03 10:00:00,5.00\n";
    Work::with(&[("orders.csv", ORDERS), ("b.csv", without), ("s.csv", SESSIONS)])
}

#[test]
fn a_constant_in_the_place_of_a_column_is_said_for_each_file() {
    let work = mixed();
    let run = decompose(&work, "b.csv --sessions s.csv --set buyer_id= --period all");
    let warning = "warning: orders.csv: --set buyer_id replaces what the file has in its column buyer_id, in every row; where it is meant \
                   for other files, `gmv ingest` each kind apart and give --store";
    assert!(run.err.contains(warning), "{}", run.err);
    assert_eq!(run.err.matches("--set buyer_id replaces").count(), 1, "{}", run.err);
    let run = decompose(&work, "--sessions s.csv --set streamer_id=s9 --period all");
    for file in ["orders.csv", "s.csv"] {
        let warning = format!(
            "warning: {file}: --set streamer_id replaces what the file has in its column streamer_id"
        );
        assert!(run.err.contains(&warning), "{}", run.err);
    }
    // What a profile reads from another column is named by that; a column that nobody reads is nothing.
    let taobao = Export::of("taobao_ExportOrderList_41").row(&[
        ("订单编号", "1"),
        ("买家会员名", "u1"),
        ("订单付款时间", "2026-03-02 20:10:00"),
        ("买家实际支付金额", "1.00"),
        ("订单状态", "交易成功"),
    ]);
    let run = decompose(&taobao.work(), "--attribution all --set buyer_id= --set streamer_id=s1");
    assert!(
        run.err.contains("--set buyer_id replaces what the file has in its column 买家会员名"),
        "{}",
        run.err
    );
    assert!(!run.err.contains("--set streamer_id replaces"), "{}", run.err);
}

#[test]
fn the_advice_for_mixed_files_keeps_the_buyers() {
    let work = mixed();
    work.ok(&["ingest", "--orders", "orders.csv", "--sessions", "s.csv", "--store", "store"]);
    work.ok(&["ingest", "--orders", "b.csv", "--set", "buyer_id=", "--store", "store"]);
    let run =
        work.run(&["decompose", "--store", "store", "--period", "all", "--by", "total", "--format", "csv"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!run.err.contains("replaces"), "{}", run.err);
    let alone = decompose(&work, "--sessions s.csv --period all --by total");
    assert_eq!(columns(&run.out, &["gmv", "buyers"]), columns(&alone.out, &["gmv", "buyers"]));
    assert_eq!(columns(&run.out, &["gmv_off_live"]), ["55.00"]);
    assert_eq!(columns(&alone.out, &["gmv_off_live"]), ["50.00"]);
}
