//! 快手小店: an order is a row; closed with a blank after-sales word for never paid, no buyer.

use super::{Export, decompose, fails, off_live, says};

/// Seven orders. By hand: 250.50 read; K2, K4 and K7 (closed, no after-sales, although it has a time) were never paid, 65.00; K1 88.00, K3
/// closed after a refund 70.00 and K6 12.00 are 9001's, K5 15.50 the shop's own.
fn export(header: &str) -> Export {
    let rows = [
        ["2500000000000001", "2026-03-02 20:10:00", "已收货", "88.00", "", "9001", "直播间"],
        ["2500000000000002", "", "交易关闭", "50.00", "", "9001", "直播间"],
        ["2500000000000003", "2026-03-02 21:10:00", "交易关闭", "70.00", "售后完成", "9001", "直播间"],
        ["2500000000000004", "", "待付款", "10.00", "", "9001", "短视频"],
        ["2500000000000005", "2026-03-04 20:10:00", "已发货", "15.5", "", "0", "商品卡"],
        ["2500000000000006", "2026-03-05 20:10:00", "交易成功", "12元", "-", "9001", "短视频"],
        ["2500000000000007", "2026-03-05 20:10:00", "交易关闭", "5.00", "", "9001", "短视频"],
    ];
    let names = ["订单号", "订单支付时间", "订单状态", "实付款", "售后状态", "CPS达人ID", "订单载体"];
    rows.into_iter().fold(Export::of(header), |export, cells| {
        let mut cells: Vec<(&str, &str)> = names.into_iter().zip(cells).collect();
        cells.push(("CPS达人昵称", if cells[5].1 == "9001" { "乙" } else { "-" }));
        export.row(&cells)
    })
}

#[test]
fn both_variants_give_the_figures_worked_out_by_hand() {
    for header in ["kuaishou_orders_64", "kuaishou_orders_61"] {
        let work = export(header).work();
        assert_eq!(off_live(&work, ""), ["(none) 15.50 1", "9001 170.00 3"], "{header}");
        let run = decompose(&work, "--attribution all --set buyer_id= --by carrier --period all");
        says(
            &run.err,
            &[
                "orders: orders.csv (UTF-8, `,`, profile kuaishou-orders, amount = 实付款)",
                "rows read 7 250.50",
                "− never paid 3 65.00",
                "= counted 4 185.50",
            ],
        );
        let carriers = super::columns(&run.out, &["carrier", "gmv_total"]);
        assert_eq!(carriers, ["card 15.50", "live 158.00", "video 12.00"].map(str::to_owned), "{header}");
    }
}

#[test]
fn without_buyers_the_error_says_what_can_be_done() {
    let err = fails(&export("kuaishou_orders_64").work(), "--attribution all");
    assert!(err.contains("no buyer (profile kuaishou-orders): 快手小店") && err.contains("--rooms"), "{err}");
}
