//! 微信小店: products as rows, the order's amount on every line or on the first alone, refunds of lines, no buyer.

use super::{Export, decompose, fails, off_live, says};
use crate::support::Work;

/// Six orders. By hand: 514.00 read, of which W1's 150.00 stands on two lines; W4 and W6 were never paid, 34.00; W1 150.00 (30.00 of it
/// refunded), W2 40.00, W3 60.00 (its second line blank), W5 80.00 closed after a refund of all: 330.00, net 220.00.
fn export(header: &str) -> Export {
    let rows = [
        ["3700000000000000001", "2026-03-02 20:10:00", "待收货", "150.00", "", "P1", "小美"],
        ["3700000000000000001", "2026-03-02 20:10:00", "待收货", "150.00", "30.00", "P2", "小美"],
        ["3700000000000000002", "2026-03-03 20:10:00", "已完成", "¥40.00", "0", "P1", "小美"],
        ["3700000000000000003", "2026-03-03 20:10:00", "待发货", "60.00", "", "P1", "大山"],
        ["3700000000000000003", "2026-03-03 20:10:00", "待发货", "", "", "P2", "大山"],
        ["3700000000000000004", "", "待付款", "25.00", "", "P1", "小美"],
        ["3700000000000000005", "2026-03-04 20:10:00", "已取消", "80.00", "80.00", "P3", ""],
        ["3700000000000000006", "", "已取消", "9.00", "", "P3", ""],
    ];
    let names = [
        "订单号",
        "支付时间",
        "订单状态",
        "订单实际支付金额",
        "商品已退款金额",
        "商品编码(平台)",
        "带货账号昵称",
    ];
    rows.into_iter().fold(Export::of(header), |export, cells| {
        let mut cells: Vec<(&str, &str)> = names.into_iter().zip(cells).collect();
        if header.ends_with("64") {
            let id = match cells[6].1 {
                "小美" => "sphA1",
                "大山" => "sphB2",
                _ => "",
            };
            cells.push(("带货ID", id));
        }
        export.row(&cells)
    })
}

#[test]
fn both_variants_give_the_figures_worked_out_by_hand() {
    for (header, first, second) in
        [("wechat_shop_orders_57", "小美", "大山"), ("wechat_shop_orders_64", "sphA1", "sphB2")]
    {
        let work = export(header).work();
        // In the order of their bytes.
        let mut expected =
            vec![format!("{first} 190.00 2"), "(none) 80.00 1".to_owned(), format!("{second} 60.00 1")];
        expected.sort();
        assert_eq!(off_live(&work, ""), expected, "{header}");
        let mut net = vec![format!("{first} 160.00 2"), format!("{second} 60.00 1")];
        net.sort();
        assert_eq!(off_live(&work, "--basis net"), net, "{header}");
        let run = decompose(&work, "--attribution all --set buyer_id= --basis net");
        says(
            &run.err,
            &[
                "orders: orders.csv (UTF-8, `,`, profile wechat-orders, amount = 订单实际支付金额 (once an order))",
                "rows read 8 514.00",
                "− amounts of orders repeated on further lines 150.00",
                "− never paid 2 34.00",
                "− refunded in full 1 80.00",
                "− refunds of counted rows 30.00",
                "= counted 5 220.00",
                "orders of these rows 3",
            ],
        );
    }
}

#[test]
fn a_later_export_of_one_line_brings_the_orders_amount() {
    let work = Work::new();
    let mut later = export("wechat_shop_orders_57");
    later.rows = vec![later.rows[1].clone()];
    work.write("orders.csv/1.csv", export("wechat_shop_orders_57").text());
    work.write("orders.csv/2.csv", later.cells("订单实际支付金额", |_| "140.00".to_owned()).text());
    let run = decompose(&work, "--attribution all --set buyer_id= --period all");
    assert!(
        super::columns(&run.out, &["streamer_id", "gmv_total"]).contains(&"小美 180.00".to_owned()),
        "{}",
        run.out
    );
    says(
        &run.err,
        &[
            "warning: orders whose lines give different amounts of the order; the latest row's was taken: 1",
            "− superseded by a later row 1 150.00",
            "− amounts of orders repeated on further lines 150.00",
        ],
    );
}

#[test]
fn an_order_without_any_amount_is_told() {
    let blank = export("wechat_shop_orders_57").cells("订单实际支付金额", |_| String::new());
    let run = decompose(&blank.work(), "--attribution all --set buyer_id= --period all");
    says(
        &run.err,
        &["warning: paid orders without an amount on any line, counted as 0: 4", "= counted 6 0.00"],
    );
}

#[test]
fn without_buyers_the_error_says_what_can_be_done() {
    let err = fails(&export("wechat_shop_orders_57").work(), "--attribution all");
    assert!(err.contains("no buyer (profile wechat-orders): 微信小店") && err.contains("--rooms"), "{err}");
}

/// One order of 150.00 in two lines of two streamers, of which the second line was refunded 30.00: the amount cannot be divided, so that the
/// order is that of its first line's streamer, and its refund is not lost.
#[test]
fn a_refund_of_a_line_of_another_streamer_is_subtracted() {
    let names = [
        "订单号",
        "支付时间",
        "订单状态",
        "订单实际支付金额",
        "商品已退款金额",
        "商品编码(平台)",
        "带货账号昵称",
    ];
    let rows = [
        ["1", "2026-03-02 20:10:00", "待收货", "150.00", "", "P1", "小美"],
        ["1", "2026-03-02 20:10:00", "待收货", "150.00", "30.00", "P2", "大山"],
    ];
    let export = rows.into_iter().fold(Export::of("wechat_shop_orders_57"), |export, cells| {
        export.row(&names.into_iter().zip(cells).collect::<Vec<_>>())
    });
    let work = export.work();
    assert_eq!(off_live(&work, ""), ["小美 150.00 1"]);
    assert_eq!(off_live(&work, "--basis net"), ["小美 120.00 1"]);
}
