//! 拼多多 with its compound status words, and 有赞, which has none.

use super::{Export, decompose, fails, off_live, says};

#[test]
fn compound_words_of_pinduoduo() {
    // By hand: P4 and P5 were never paid, 20.00; P1 30.00, P2 20.00, P3 15.00, P6 11.00 and P7, cancelled with a refund, 9.00: 85.00.
    let rows = [
        ["260302-000000000000001\t", "2026/3/2 13:41", "30.00\t", "已收货", "无售后或售后取消"],
        ["260302-000000000000002\t", "2026/3/2 13:42", "20.00\t", "已发货，待收货", "无售后或售后取消"],
        ["260302-000000000000003\t", "2026/3/2 13:43", "15.00\t", "未发货，退款成功", "退款成功"],
        ["260302-000000000000004\t", "", "8.00\t", "待支付", "无售后或售后取消"],
        ["260302-000000000000005\t", "", "12.00\t", "已取消", "无售后或售后取消"],
        ["260302-000000000000006\t", "2026-03-02 13:44:00", "11.00", "已发货,待签收", "售后处理中"],
        ["260302-000000000000007\t", "2026-03-02 13:45:00", "9.00", "已取消", "退款成功"],
    ];
    let names = ["订单号", "订单成交时间", "用户实付金额(元)", "订单状态", "售后状态"];
    let fill =
        |export: Export, cells: [&str; 5]| export.row(&names.into_iter().zip(cells).collect::<Vec<_>>());
    let export = rows.into_iter().fold(Export::of("pinduoduo_orders_23"), fill);
    let work = export.work();
    assert_eq!(off_live(&work, ""), ["(none) 85.00 5"]);
    let run = decompose(&work, "--attribution all --set buyer_id= --set streamer_id={file}");
    assert!(run.out.contains(",orders,0.00,"), "{}", run.out);
    says(
        &run.err,
        &[
            "orders: orders.csv (UTF-8, `,`, profile pinduoduo-orders, amount = 用户实付金额(元))",
            "rows read 7 105.00",
            "− never paid 2 20.00",
            "= counted 5 85.00",
        ],
    );
    let net = fails(&work, "--attribution all --set buyer_id= --basis net");
    assert!(net.contains("--basis net needs a refund_amount column"), "{net}");
    assert!(fails(&work, "--attribution all").contains("no buyer (profile pinduoduo-orders): 拼多多"));
    let strange = export.cells("订单状态", |word| word.replace("已收货", "神秘"));
    let err = fails(&strange.work(), "--attribution all --set buyer_id=");
    assert!(err.contains("unknown order statuses: \"神秘\" (1)"), "{err}");
}

#[test]
fn youzan_has_names_and_neither_status_nor_buyers() {
    // By hand: Y3 and Y6 were never paid, 17.00; 分销员 小王 sold 10.00 + 20.50, the shop itself 30.00 and 1,000.00.
    let rows = [
        ["E20260302000000000000001", "2026-03-02 10:00:00", "10.00", "小王"],
        ["E20260302000000000000002", "2026-03-03 10:00:00", "20.50", "小王"],
        ["E20260302000000000000003", "", "7.00", "小王"],
        ["E20260302000000000000004", "2026-03-03 10:00:00", "30.00", "-"],
        ["E20260302000000000000005", "2026-03-04 10:00:00", "¥1,000.00", ""],
        ["E20260302000000000000006", "-", "10.00", ""],
    ];
    let names = ["订单号", "买家付款时间", "订单实付金额", "分销员"];
    let fill = |export: Export, cells: [&str; 4]| {
        let mut cells: Vec<(&str, &str)> = names.into_iter().zip(cells).collect();
        cells.push(("买家昵称", "小明"));
        export.row(&cells)
    };
    let work = rows.into_iter().fold(Export::of("youzan_orders_partial_14"), fill).work();
    assert_eq!(off_live(&work, ""), ["(none) 1030.00 2", "小王 30.50 2"]);
    let run = decompose(&work, "--attribution all --set buyer_id=");
    says(&run.err, &["rows read 6 1,077.50", "− never paid 2 17.00", "= counted 4 1,060.50"]);
    let err = fails(&work, "--attribution all");
    assert!(err.contains("no buyer (profile youzan-orders): 有赞") && err.contains("nickname"), "{err}");
}
