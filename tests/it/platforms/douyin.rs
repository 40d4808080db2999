//! 抖店: sub-orders as rows, closed with the after-sales word "-" for never paid, no buyer.

use super::{Export, decompose, fails, off_live, says};

/// Seven orders. By hand: 1,600.20 read; D3, D4 and D7 (33.00, closed with "-" although it has a time) were never paid, 98.00; the rest is
/// D1 of two lines 129.90, D2 closed after it was refunded 59.90, D5 of the shelf 1,299.90, D6 12.50: 1,502.20 in four orders.
const ROWS: [[&str; 8]; 8] = [
    [
        "6920000000000000001\t",
        "6920000000000000001-1",
        "2026-03-02 20:10:00",
        "100.00",
        "已完成",
        "-",
        "77001",
        "直播",
    ],
    [
        "6920000000000000001\t",
        "6920000000000000001-2",
        "2026-03-02 20:10:00",
        "29.90",
        "已完成",
        "-",
        "77001",
        "直播",
    ],
    [
        "6920000000000000002\t",
        "6920000000000000002",
        "2026-03-03 09:00:00",
        "59.90",
        "已关闭",
        "退款成功",
        "77001",
        "直播",
    ],
    ["6920000000000000003\t", "6920000000000000003", "", "45.00", "已关闭", "-", "77001", "直播"],
    ["6920000000000000004\t", "6920000000000000004", "-", "20.00", "待支付", "-", "77002", "短视频"],
    [
        "6920000000000000005\t",
        "6920000000000000005",
        "2026-03-04 12:00:00",
        "1,299.90",
        "已发货",
        "-",
        "0",
        "商品卡",
    ],
    [
        "6920000000000000006\t",
        "6920000000000000006",
        "2026-03-05 23:59:59",
        "¥12.50",
        "待发货",
        "售后关闭",
        "77002",
        "短视频",
    ],
    [
        "6920000000000000007\t",
        "6920000000000000007",
        "2026-03-04 10:00:00",
        "33.00",
        "已关闭",
        "-",
        "77002",
        "图文",
    ],
];

/// The export with one of the headers.
pub fn export(header: &str) -> Export {
    let row = |export: Export, cells: [&str; 8]| {
        let names = [
            "主订单编号",
            "子订单编号",
            "支付完成时间",
            "订单应付金额",
            "订单状态",
            "售后状态",
            "达人ID",
            "流量体裁",
        ];
        let mut cells: Vec<(&str, &str)> = names.into_iter().zip(cells).collect();
        cells.push(("达人昵称", if cells[6].1 == "77001" { "甲的直播间" } else { "" }));
        cells.extend([("商品ID", "3500000000000000001"), ("商品数量", "1"), ("买家留言", "请快点,\n谢谢")]);
        export.row(&cells)
    };
    ROWS.into_iter().fold(Export::of(header), row)
}

/// The off-live money and orders of its streamers.
pub const OFF_LIVE: [&str; 3] = ["(none) 1299.90 1", "77001 189.80 2", "77002 12.50 1"];

#[test]
fn both_variants_give_the_figures_worked_out_by_hand() {
    for header in ["douyin_orders_A_75", "douyin_orders_B_74"] {
        let work = export(header).work();
        assert_eq!(off_live(&work, ""), OFF_LIVE, "{header}");
        let run = decompose(&work, "--attribution all --set buyer_id= --by carrier --period all");
        says(
            &run.err,
            &[
                "orders: orders.csv (UTF-8, `,`, profile douyin-orders, amount = 订单应付金额)",
                "rows read 8 1,600.20",
                "− never paid 3 98.00",
                "= counted 5 1,502.20",
                "orders of these rows 4",
                "attributed 0 0.00",
                "without a streamer 1 1,299.90",
            ],
        );
        let mut carriers = super::columns(&run.out, &["carrier", "gmv_total"]);
        carriers.sort();
        assert_eq!(carriers, ["card 1299.90", "live 189.80", "video 12.50"], "{header}");
        assert!(run.out.starts_with("period,carrier,"), "{}", run.out);
    }
}

#[test]
fn a_check_follows_the_rules_of_statuses_and_needs_no_buyers() {
    for header in ["douyin_orders_A_75", "douyin_orders_B_74"] {
        let found = crate::check::check(&export(header).work(), "--orders orders.csv --max-bad 0");
        // D7 was never paid although it has a time, for it closed with "-"; so was D3, and D4 waits for its payment.
        for (name, count, money) in [
            ("rows_read", 8, "1600.20"),
            ("rows_never_paid", 3, "98.00"),
            ("rows_counted", 5, "1502.20"),
            ("orders_counted", 4, "1502.20"),
            ("orders_without_streamer", 1, "1299.90"),
        ] {
            let (_, rows, sum) = found.numbers("orders", name);
            assert_eq!((rows, sum.as_deref()), (Some(count), Some(money)), "{header} {name}: {}", found.out);
        }
        assert_eq!(found.one("orders", "reconciliation")["level"], "ok");
        super::discreet(&found.out);
    }
}

#[test]
fn without_buyers_the_error_says_what_can_be_done() {
    let work = export("douyin_orders_A_75").work();
    work.write("s.csv", crate::shop::SESSIONS);
    for more in ["--sessions s.csv", "--attribution all", "--attribution all --profile douyin-orders"] {
        let err = fails(&work, more);
        assert_eq!(err.lines().count(), 1, "{err}");
        for word in [
            "orders.csv:1: no buyer (profile douyin-orders): ",
            "--rooms",
            "gmv check",
            "gmv ingest",
            "--set buyer_id=",
        ] {
            assert!(err.contains(word), "{word}: {err}");
        }
    }
}

#[test]
fn a_name_and_a_product_can_be_seen() {
    let work = export("douyin_orders_B_74").work();
    let run = decompose(&work, "--attribution all --set buyer_id=");
    let names = super::columns(&run.out, &["streamer_id", "streamer_name"]);
    assert!(
        names.contains(&"77001 甲的直播间".to_owned()) && names.contains(&"77002 ".to_owned()),
        "{names:?}"
    );
    let by = decompose(&work, "--attribution all --set buyer_id= --by product_id,选购商品");
    assert!(by.out.contains(",3500000000000000001,(none),"), "{}", by.out);
}

/// After-sales of lines of orders: each refunded in goods by an amount.
fn after_sales(rows: &[(&str, &str)]) -> String {
    let fill = |export: Export, (line, amount): &(&str, &str)| {
        let id = format!("7{line}");
        export.row(&[
            ("售后单号", &id),
            ("订单号", line),
            ("商品单号", line),
            ("售后类型", "未发货仅退款"),
            ("退商品金额（元）", amount),
            ("售后状态", "同意退款，退款成功"),
            ("用户到账时间", "2026-03-06 10:00:00"),
        ])
    };
    rows.iter().fold(Export::of("douyin_aftersale_50"), fill).text()
}

#[test]
fn what_was_closed_for_a_refund_never_counts_in_full_under_net() {
    let net = "--attribution all --set buyer_id= --period all --basis net --refunds aftersale.csv";
    let work = export("douyin_orders_A_75").work();
    assert!(
        fails(&work, "--attribution all --set buyer_id= --basis net")
            .contains("after-sales export with --refunds")
    );
    // The after-sales of another order: how much of D2 was refunded is not known.
    work.write("aftersale.csv", after_sales(&[("6920000000000000005", "99.90")]));
    let err = fails(&work, net);
    let message = "orders.csv:8: --basis net: the status says refunded, but there is no refund_amount (rows like this one: 1); how much was \
                   refunded is not assumed: give the after-sales export that has these orders with --refunds";
    assert!(err.contains(message), "{err}");
    work.write(
        "aftersale.csv",
        after_sales(&[("6920000000000000005", "99.90"), ("6920000000000000002", "59.90")]),
    );
    let run = decompose(&work, net);
    let mut found = super::columns(&run.out, &["streamer_id", "gmv_off_live", "orders_off_live"]);
    found.sort();
    assert_eq!(found, ["(none) 1200.00 1", "77001 129.90 1", "77002 12.50 1"]);
    // Gross, it was paid: nothing changes.
    assert_eq!(off_live(&work, "--refunds aftersale.csv"), OFF_LIVE);
    for word in ["同意退款，退款成功", "同意退款,退款成功", "已全额退款\t", " 退款成功", "售后完成"]
    {
        let work =
            export("douyin_orders_B_74").cells("售后状态", |cell| cell.replace("退款成功", word)).work();
        work.write("aftersale.csv", after_sales(&[("6920000000000000005", "99.90")]));
        assert!(fails(&work, net).contains("the status says refunded"), "{word}");
    }
}

#[test]
fn closed_without_after_sales_was_never_paid_however_nothing_is_written() {
    for nothing in ["", "-", "--", "—", "－", "/", "'-", "=\"-\"", "`-", "-\t", "\u{3000}-"] {
        let nothing = |cell: &str| if cell == "-" { nothing.to_owned() } else { cell.to_owned() };
        assert_eq!(off_live(&export("douyin_orders_A_75").cells("售后状态", nothing).work(), ""), OFF_LIVE);
    }
}
