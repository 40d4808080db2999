//! 淘宝 and 天猫: orders with buyers, masked and not; sub-orders and the order report, where the money is what is left after refunds.

use super::{Export, columns, decompose, fails, off_live, says};

/// Seven orders. By hand: T4 and T5 were never paid, 0.00; T1 and T2 of 买家甲 150.00; T3 of a masked buyer 30.00; T6 of which 25.00 is left,
/// closed; T7 of 买家乙 10.00.
fn taobao() -> Export {
    let rows = [
        ["=\"216700000000000001\"", "买家甲", "100.00", "交易成功", "2026-03-02 20:10:00"],
        ["=\"216700000000000002\"", "买家甲", "50.00", "卖家已发货，等待买家确认", "2026-03-04 20:10:00"],
        ["=\"216700000000000003\"", "张**", "30.00", "买家已付款,等待卖家发货", "2026-03-04 20:10:00"],
        ["=\"216700000000000004\"", "买家甲", "0.00", "等待买家付款", ""],
        ["=\"216700000000000005\"", "买家丙", "0.00", "交易关闭", ""],
        ["=\"216700000000000006\"", "买家丙", "25.00", "交易关闭", "2026-03-05 20:10:00"],
        ["=\"216700000000000007\"", "买家乙", "10.00", "交易成功", "2026-03-05 20:10:00"],
    ];
    let names = ["订单编号", "买家会员名", "买家实际支付金额", "订单状态", "订单付款时间"];
    let fill =
        |export: Export, cells: [&str; 5]| export.row(&names.into_iter().zip(cells).collect::<Vec<_>>());
    rows.into_iter().fold(Export::of("taobao_ExportOrderList_41"), fill)
}

#[test]
fn buyers_are_tied_to_sessions_with_canonical_columns() {
    let work = taobao().work();
    work.write(
        "s.csv",
        "viewer_id,streamer_id,entered_at,left_at,source\n买家甲,x,2026-03-02 20:00:00,2026-03-02 20:30:00,follow\n\
         张**,x,2026-03-04 20:00:00,2026-03-04 20:30:00,follow\n",
    );
    let run = decompose(&work, "--sessions s.csv --set streamer_id=shop1 --period all");
    let wanted =
        ["streamer_id", "gmv", "uv", "watch_hours", "buyers", "orders", "gmv_off_live", "orders_off_live"];
    assert_eq!(columns(&run.out, &wanted), ["shop1 150.00 1 0.5 1 2 65.00 3"], "{}", run.err);
    says(
        &run.err,
        &[
            "orders: orders.csv (UTF-8, `,`, profile taobao-orders, amount = 买家实际支付金额)",
            "rows read 7 215.00",
            "− never paid 2 0.00",
            "= counted 5 215.00",
            "attributed 2 150.00",
            "without a buyer 1 30.00",
        ],
    );
    let shelf = decompose(&work, "--sessions s.csv --period all");
    let rows = columns(&shelf.out, &["streamer_id", "gmv", "gmv_off_live"]);
    assert_eq!(rows, ["(none) 0.00 215.00", "x 0.00 0.00"], "{}", shelf.err);
}

/// Five orders and a line more. By hand: M1 is 60.00 and 20.00 + 10.00, M2 0.00 + 45.00, M4 5.00, M5 7.50: 147.50 in five lines; net 92.50.
fn suborders() -> Export {
    let rows = [
        ["M1", "M1-1", "60.00", "无退款申请", "交易成功", "2026/3/2 20:10:00"],
        ["M1", "M1-2", "20.00", "10.00", "交易成功", "2026/3/2 20:10:00"],
        ["M2", "M2", "0.00", "45.00", "交易关闭", "2026/3/3 20:10"],
        ["M3", "M3", "0", "无退款申请", "等待买家付款", ""],
        ["M4", "M4", "5", "无退款申请", "交易成功", "2026-03-03 20:10:00"],
        ["M5", "M5", "7.5", "无退款申请", "卖家已发货，等待买家确认", "2026-03-03 20:10:00"],
        ["M6", "M6", "0", "无退款申请", "交易关闭", ""],
    ];
    let names = ["主订单编号", "子订单编号", "买家实际支付金额", "退款金额", "订单状态", "订单付款时间"];
    let fill =
        |export: Export, cells: [&str; 6]| export.row(&names.into_iter().zip(cells).collect::<Vec<_>>());
    rows.into_iter().fold(Export::of("tmall_suborders_partial_19"), fill)
}

#[test]
fn sub_orders_are_what_is_left_and_what_went_back() {
    let work = suborders().work();
    assert_eq!(off_live(&work, ""), ["(none) 147.50 4"]);
    assert_eq!(off_live(&work, "--basis net"), ["(none) 92.50 3"]);
    let run = decompose(&work, "--attribution all --set buyer_id= --basis net");
    says(
        &run.err,
        &[
            "orders: orders.csv (UTF-8, `,`, profile tmall-suborders, amount = 买家实际支付金额 + 退款金额)",
            "rows read 7 147.50",
            "− never paid 2 0.00",
            "− refunded in full 1 45.00",
            "− refunds of counted rows 10.00",
            "= counted 4 92.50",
        ],
    );
    let err = fails(&work, "--attribution all");
    assert!(err.contains("no buyer (profile tmall-suborders): 天猫"), "{err}");
}

#[test]
fn the_order_report_of_seven_columns() {
    let rows = [
        ["1", "178.8", "0", "", "0"],
        ["2", "21", "21", "2020/2/21 0:00", "0"],
        ["3", "37", "0", "", "0"],
        ["4", "157", "157", "2020/2/20 23:58", "0"],
        ["5", "64.8", "0", "2020/2/20 23:57", "64.8"],
        ["6", "102", "64", "2020/2/20 23:56", "38"],
    ];
    let names = ["订单编号", "总金额", "买家实际支付金额", "订单付款时间", "退款金额"];
    let fill =
        |export: Export, cells: [&str; 5]| export.row(&names.into_iter().zip(cells).collect::<Vec<_>>());
    let work = rows.into_iter().fold(Export::of("tmall_order_report_7"), fill).work();
    assert_eq!(off_live(&work, ""), ["(none) 344.80 4"]);
    // 21 + 157 + 64: what 买家实际支付金额 has.
    assert_eq!(off_live(&work, "--basis net"), ["(none) 242.00 3"]);
    let run = decompose(&work, "--attribution all --set buyer_id=");
    says(&run.err, &["rows read 6 560.60", "− never paid 2 215.80", "= counted 4 344.80"]);
}
