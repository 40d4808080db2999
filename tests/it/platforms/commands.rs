//! `gmv profiles`, and profiles of one's own that start from a built-in one or use what the language has.

use super::douyin::{OFF_LIVE, export};
use super::{columns, decompose, fails, off_live, says};
use crate::support::{Work, repository};

#[test]
fn the_list_has_every_profile() {
    let work = Work::new();
    let out = work.ok(&["profiles"]);
    let rows = columns(&out, &["profile", "rows", "has_buyer"]);
    let expected = [
        "canonical orders, sessions, rooms, refunds, lives true",
        "douyin-orders orders false",
        "douyin-aftersale refunds ",
        "douyin-compass rooms ",
        "kuaishou-orders orders false",
        "wechat-orders orders false",
        "taobao-orders orders true",
        "tmall-suborders orders false",
        "tmall-report orders false",
        "pinduoduo-orders orders false",
        "youzan-orders orders false",
        "tiktok-orders orders true",
        "feigua-live rooms ",
    ];
    assert_eq!(rows, expected);
    let known = columns(&out, &["columns"]);
    assert!(known[1].starts_with("主订单编号, 子订单编号, 达人ID, 支付完成时间, 订单应付金额"), "{known:?}");
    let table = work.ok(&["profiles", "--format", "table", "--lang", "zh"]);
    let words = |table: &str, profile: &str| {
        let line = table.lines().find(|line| line.contains(profile)).unwrap();
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(words(&table, "kuaishou-orders").contains(&"否".to_owned()), "{table}");
    assert!(words(&table, "taobao-orders").contains(&"是".to_owned()), "{table}");
    let english = work.ok(&["profiles", "--format", "table"]);
    assert!(words(&english, "kuaishou-orders").contains(&"no".to_owned()), "{english}");
    assert!(!words(&english, "douyin-aftersale").contains(&"no".to_owned()), "{english}");
    assert!(table.contains("识别列") && table.contains("快手小店 orders (Kuaishou shop)"), "{table}");
    let json = work.ok(&["profiles", "--format", "json"]);
    assert!(json.contains("\"profile\":\"feigua-live\"") && json.contains("\"has_buyer\":null"), "{json}");
    work.ok(&["profiles", "-o", "profiles.csv"]);
    assert_eq!(work.read("profiles.csv"), out);
}

#[test]
fn what_show_prints_is_the_profile_and_loads_again() {
    let work = export("douyin_orders_A_75").work();
    let expected = decompose(&work, "--attribution all --set buyer_id= --by carrier").out;
    let text = work.ok(&["profiles", "show", "douyin-orders"]);
    let source = std::fs::read_to_string(repository("src/input/profiles/douyin-orders.toml")).unwrap();
    assert_eq!(text, source);
    work.write("mine.toml", &text);
    let again = decompose(&work, "--attribution all --set buyer_id= --by carrier --profile mine.toml");
    assert_eq!(again.out, expected);
    for name in columns(&work.ok(&["profiles"]), &["profile"]) {
        work.write("mine.toml", work.ok(&["profiles", "show", &name]));
        let orders = work.run(&["decompose", "--orders", "orders.csv", "--profile", "mine.toml"]);
        assert!(!orders.err.contains("mine.toml:"), "{name}: {}", orders.err);
    }
    let err = work.fails(1, &["profiles", "show", "douyinorders"]);
    assert!(err.contains("douyinorders: no built-in profile; did you mean `douyin-orders`?"), "{err}");
}

#[test]
fn a_row_is_an_order_where_an_export_has_no_ids() {
    let profile =
        "name = \"till\"\n[orders.columns]\norder_id = \"row\"\nstreamer_id = { value = \"shop {file}\" }\n";
    let text =
        "buyer_id,paid_at,amount\nu1,2026-03-02 20:00:00,5.00\nu1,2026-03-02 20:00:00,5.00\nu2,,7.00\n";
    let work = Work::with(&[("orders.csv", text), ("till.toml", profile)]);
    let line = "--attribution all --profile till.toml --period all";
    let run = decompose(&work, line);
    let wanted = ["streamer_id", "gmv", "buyers", "orders"];
    assert_eq!(columns(&run.out, &wanted), ["shop orders 10.00 1 2"]);
    let warning = "warning: orders.csv: no order ids; every row is an order, and one that is exported twice counts twice";
    says(&run.err, &[warning, "rows read 3 17.00", "− never paid 1 7.00", "= counted 2 10.00"]);
    let small = decompose(&work, &format!("{line} --threads 3 --block-size 1"));
    assert_eq!((small.out, small.err), (run.out, run.err));
}

#[test]
fn rules_over_several_columns_come_before_words() {
    let profile = "name = \"r\"\n[orders]\n[[orders.status_rules]]\nwhen = { state = [\"closed\"], reason = [\"\", \"-\"] }\nthen = \"cancelled\"\n\
                   [[orders.status_rules]]\nwhen = { state = [\"closed\"], absent = [\"x\"] }\nthen = \"pending\"\n\
                   [orders.columns]\nstatus = \"state\"\n[orders.statuses]\nclosed_paid = [\"closed\"]\n";
    let text = "order_id,buyer_id,streamer_id,paid_at,amount,state,reason\n\
                1,u,s,2026-03-02,1.00,closed,-\n2,u,s,2026-03-02,2.00,closed, \n3,u,s,2026-03-02,4.00,closed,x\n";
    let work = Work::with(&[("orders.csv", text), ("r.toml", profile)]);
    let run = decompose(&work, "--attribution all --profile r.toml");
    says(&run.err, &["− never paid 2 3.00", "= counted 1 4.00"]);
}

#[test]
fn what_the_language_refuses() {
    let work = export("douyin_orders_A_75").work();
    for (text, expected) in [
        (
            "[orders.columns]\nbuyer_id = { join = [\"a\"] }",
            "buyer_id: only order_id, line_id and refund_id may be several",
        ),
        ("[orders.columns]\norder_id = { value = \"1\" }", "order_id: a constant would make all rows one"),
        ("[orders.columns]\nline_id = { join = [] }", "line_id: join names no column"),
        ("[[orders.status_rules]]\nwhen = {}\nthen = \"paid\"", "`when` needs a column and its words"),
        (
            "[orders.statuses]\npaid = [\"已发货，待收货\"]\nshipped = [\"已发货,待收货\"]",
            "is mapped to two meanings",
        ),
        (
            "[orders.columns]\namount = { plus = [\"a\"], less = [\"b\"] }",
            "expected a column, a list of columns",
        ),
        ("[orders]\namount_per = \"shop\"", "unknown variant `shop`"),
    ] {
        work.write("p.toml", format!("name = \"p\"\n{text}\n"));
        let err = fails(&work, "--attribution all --set buyer_id= --profile p.toml");
        assert!(err.contains("p.toml") && err.contains(expected), "{expected}: {err}");
    }
    assert_eq!(off_live(&work, ""), OFF_LIVE);
}
