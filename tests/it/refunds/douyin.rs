//! The real header of 抖店's after-sales export (50 columns), together with that of its orders (75 columns).

use crate::support::Work;

const AFTER_SALES: &str = "售后单号,订单号,商品单号,商品名称,商品ID,应付金额（元）,商品运费（元）,支付优惠（元）,商品税费（元）,\
    商品发货状态,售后类型,退商品金额（元）,退运费金额（元）,退支付优惠（元）,退税费金额（元）,售后状态,\
    售后申请时间,退款方式,是否已上传退款凭证,售后原因,售后原因标签,退货物流单号,退货异常,退货发货时间,\
    退货物流公司,自动处理截止时间,同意售后申请时间,商家退款时间,用户到账时间,售后关闭时间,商家退货地址,\
    商家退货联系人姓名,商家退货联系人电话,仲裁状态,纠纷责任方,是否极速退款,是否拒签后退款,发货物流单号,\
    发货物流状态,换货物流单号,退货物流状态,售后完结时间,订单备注,用户售后说明,售后备注,操作人,协商记录,\
    换货商品信息,商家编码,门店名称";

const ORDERS: &str = "主订单编号,子订单编号,支付方式,选购商品,货号,商品ID,商家编码,商品数量,商品金额,订单提交时间,\
    支付完成时间,订单完成时间,承诺发货时间,预约发货时间,买家留言,旗帜颜色,商家备注,APP渠道,订单状态,\
    取消原因,售后状态,订单类型,发货时间,车型,是否是以旧换新,换新额外补贴,换新额外补贴发放状态,订单应付金额,\
    运费,优惠总金额,平台优惠,商家优惠,达人优惠,商家改价,支付优惠,手续费,红包抵扣,降价类优惠,\
    平台实际承担优惠金额,商家实际承担优惠金额,达人实际承担优惠金额,收件人,收件人手机号,省,市,区,街道,详细地址,\
    是否修改过地址,快递信息,序列号,达人ID,达人昵称,拼团订单团编号,商品单价是否含税,税费,鲁班落地页ID,\
    所属门店ID,流量来源,仓库ID,仓库名称,是否安心购,广告渠道,流量类型,流量体裁,流量渠道,发货主体,\
    发货主体明细,教育优惠,预计送达时间,是否平台仓自流转,是否是渠道商品,预约送达时间,建议发货时间（起）,\
    建议发货时间（止）";

/// A row of a header with some of its cells; all others hold what no result may show.
fn row(header: &str, cells: &[(&str, &str)]) -> String {
    let names: Vec<&str> = header.split(',').collect();
    assert!(cells.iter().all(|(name, _)| names.contains(name)), "{cells:?}");
    let cell =
        |name: &&str| cells.iter().find(|(known, _)| known == name).map_or("13800138000", |(_, cell)| *cell);
    names.iter().map(cell).collect::<Vec<_>>().join(",")
}

/// A line of an order: main order, sub-order, payment, amount.
fn line(order: &str, line: &str, paid_at: &str, amount: &str) -> String {
    let cells = [
        ("主订单编号", order),
        ("子订单编号", line),
        ("支付完成时间", paid_at),
        ("订单应付金额", amount),
        ("达人ID", "71234567890"),
        ("达人昵称", "甲的直播间"),
    ];
    row(ORDERS, &cells)
}

/// A request: its id, line, type, status, goods, freight, tax, the discount within the goods, and the three times.
fn request(cells: &str) -> String {
    let cells: [&str; 11] = cells.split(';').collect::<Vec<_>>().try_into().unwrap();
    let [id, line, kind, status, goods, freight, tax, discount, arrived, sent, finished] = cells;
    let cells = [
        ("售后单号", id),
        ("订单号", "`6923456789012345670"),
        ("商品单号", line),
        ("售后类型", kind),
        ("售后状态", status),
        ("退商品金额（元）", goods),
        ("退运费金额（元）", freight),
        ("退税费金额（元）", tax),
        ("退支付优惠（元）", discount),
        ("用户到账时间", arrived),
        ("商家退款时间", sent),
        ("售后完结时间", finished),
    ];
    row(AFTER_SALES, &cells)
}

fn shop() -> Work {
    let orders = [
        ORDERS.to_owned(),
        line("6923456789012345670", "6923456789012345671", "2026-03-02 20:10:00", "108.00"),
        line("6923456789012345670", "6923456789012345672", "2026-03-02 20:10:00", "50.00"),
        line("6923456789012345670", "6923456789012345673", "2026-03-02 20:10:00", "30.00"),
    ];
    let requests = [
        AFTER_SALES.to_owned(),
        // Goods 100, of which a discount of the platform was 5, and freight 8.
        request(
            "7001;6923456789012345671;退货退款;同意退款，退款成功;100.00;8.00;0;5.00;-;2026-03-05 20:10:00;",
        ),
        request("7002;6923456789012345672;换货;售后完成;50.00;0;0;-;-;-;2026-03-06 10:00:00"),
        request("7003;6923456789012345673;已发货仅退款;待商家处理;10.00;0;0;-;-;-;-"),
        request(
            "7003;6923456789012345673;已发货仅退款;退款成功;10.00;-;;-;2026-03-09 20:10:01;2026-03-09 12:00:00;-",
        ),
        request("7004;6923456789012345673;未发货仅退款;售后关闭;30.00;0;0;-;-;-;-"),
    ];
    // As the columns of the orders are mapped, whose own export is no part of this test.
    let profile = "name = \"orders\"\n[orders.columns]\norder_id = \"主订单编号\"\nline_id = \"子订单编号\"\n\
                   streamer_id = \"达人ID\"\nstreamer_name = \"达人昵称\"\npaid_at = \"支付完成时间\"\namount = \"订单应付金额\"\n";
    let (orders, requests) = (orders.join("\n"), requests.join("\n"));
    Work::with(&[("orders.csv", &orders), ("aftersale.csv", &requests), ("p.toml", profile)])
}

fn decompose(work: &Work, arguments: &str) -> (String, String) {
    let line = format!(
        "decompose --orders orders.csv --refunds aftersale.csv --profile p.toml --set buyer_id= --attribution all --by total \
         --period all --basis net {arguments}"
    );
    let run = work.run(&line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(run.code, 0, "{}", run.err);
    let said = run.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!said.contains("13800138000") && !said.contains("does not close"), "{said}");
    (run.out, said)
}

#[test]
fn the_real_header_is_known_and_its_amount_is_that_of_the_order() {
    let (out, said) = decompose(&shop(), "");
    // The first line is refunded in full (goods and freight), 10 of the third; an exchange gives nothing back.
    assert!(out.contains(",70.00,1,70.00,"), "{out}");
    let file = "refunds: aftersale.csv (UTF-8, `,`, profile douyin-aftersale, amount = 退商品金额（元） + 退运费金额（元） + 退税费金额（元）)";
    assert!(said.contains(file), "{said}");
    for line in [
        "rows read 5 208.00 − superseded by a later row 1 10.00 − closed without a refund 2 80.00 = refunds of counted orders 2 118.00",
        "− refunded in full 1 108.00",
    ] {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn each_row_has_the_first_time_that_is_not_blank() {
    // The shop sent the 108 three days after the payment, to the second; the 10 arrived a second after seven days.
    let (out, _) = decompose(&shop(), "--refund-within 7d");
    assert!(out.contains(",80.00,1,80.00,"), "{out}");
    let (out, said) = decompose(&shop(), "--refund-within 71h");
    assert!(
        out.contains(",188.00,1,188.00,") && said.contains("− later than --refund-within 2 118.00"),
        "{out}{said}"
    );
}
