//! Profiles that users write, constant columns, and Parquet with typed columns: the shop's result again.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, Int32Array, Int64Array, StringArray, make_array};
use arrow_schema::{DataType, TimeUnit};
use parquet::file::properties::WriterProperties;

use crate::columns::{Columns, bytes, decimals, floats, lists};
use crate::shop::{BOTH, ORDERS, RESULT, SESSIONS, decompose, run, shop};
use crate::support::Work;

/// The shop's export as another platform would write it: other names, words, order of days, amounts in parts, a masked buyer.
const ORDERS_OF_ANOTHER_NAME: &str = "\
订单编号;买家;昵称;主播ID;支付时间;商品金额;运费;优惠;退款;订单状态;流量体裁;类目
7349583948573948571;u1;x;s1;02/03/2026 20:10;110.00;0.00;10.00;;待发货;直播;shoes
7349583948573948572;u1;x;s1;03/03/2026 20:10;49.90;10.00;-;59.90;已退款;直播;socks
7349583948573948573;u2;x;s1;03/03/2026 21:00;1,299.90;;;;已完成;商品卡;shoes
A-4;u3;x;s2;09/03/2026 12:00;0.01;;;;已发货;短视频;
A-5;007;x;s2;10/03/2026 23:59;250.00;;;100.00;待发货;直播;shoes
A-6;7;x;s2;10/03/2026 23:59;60.00;0;10.00;;已关闭;直播;shoes
A-7;游客张三;x;s1;04/03/2026 10:00;20.00;;;;待发货;;shoes
A-8;u4;x;;05/03/2026 10:00;30.00;;;;待发货;;shoes
A-9;u4;x;s1;;15.00;;;;待付款;;shoes
";

/// Its sessions.
const SESSIONS_OF_ANOTHER_NAME: &str = "\
观众;主播ID;进入;停留;来源
u1;s1;02/03/2026 20:00;1800;关注页
u1;s1;02/03/2026 20:15;1800;推荐
u2;s1;03/03/2026 20:00;3600;推荐
u3;s2;08/03/2026 23:50;1800;千川
007;s2;10/03/2026 20:00;10800;店铺页
7;s2;10/03/2026 20:00;;搜索
游客;s2;10/03/2026 20:00;300;搜索
7349583948573948573;s1;05/03/2026 20:00;1;推荐
7349583948573948574;s1;05/03/2026 20:00;1;粉丝群
";

/// What it all means.
const PROFILE: &str = "\
name = \"elsewhere\"
currency = \"$\"

[orders.columns]
order_id = [\"主订单编号\", \"订单编号\"]
buyer_id = [\"买家ID\", \"买家\", \"昵称\"]
streamer_id = \"主播ID\"
paid_at = \"支付时间\"
amount = { plus = [\"商品金额\", \"运费\"], minus = [\"优惠\"] }
refund_amount = \"退款\"
status = \"订单状态\"
carrier = \"流量体裁\"
category = \"类目\"

[orders.statuses]
paid = [\"待发货\"]
shipped = [\"已发货\"]
completed = [\"已完成\"]
refunded = [\"已退款\"]
closed_paid = [\"已关闭\"]
pending = [\"待付款\"]

[orders.carriers]
live = [\"直播\"]
video = [\"短视频\"]
card = [\"商品卡\"]

[sessions.columns]
viewer_id = \"观众\"
streamer_id = \"主播ID\"
entered_at = \"进入\"
watch_seconds = \"停留\"
source = \"来源\"

[sessions.sources]
private = [\"关注页\", \"店铺页\", \"粉丝群\"]
organic = [\"推荐\", \"搜索\"]
paid = [\"千川\"]

[anonymous]
words = [\"游客\"]
contains = [\"游客张\"]

[time]
formats = [\"%d/%m/%Y %H:%M\"]
";

/// The arguments that name the profile.
pub const ELSEWHERE: &str = "--orders orders.csv --sessions sessions.csv --profile elsewhere.toml";

/// A folder with the shop as another platform would export it.
pub fn elsewhere() -> Work {
    Work::with(&[
        ("orders.csv", ORDERS_OF_ANOTHER_NAME),
        ("sessions.csv", SESSIONS_OF_ANOTHER_NAME),
        ("elsewhere.toml", PROFILE),
    ])
}

/// The shop's result without the names, which not every form of it has.
fn nameless() -> String {
    RESULT
        .replace(",streamer_name", "")
        .replace(",甲的直播间", "")
        .replace("(none),", "(none)")
        .replace(",Bo", "")
}

#[test]
fn a_profile_makes_another_export_the_same_shop() {
    let work = elsewhere();
    let run = run(&work, ELSEWHERE);
    assert_eq!(run.out, nameless(), "{}", run.err);
    let said = "orders: orders.csv (UTF-8, `;`, profile elsewhere, amount = 商品金额 + 运费 − 优惠)\n";
    assert!(run.err.contains(said), "{}", run.err);
    for (other, expected) in [
        (" --basis net", " --basis net"),
        (" --attribution carrier", " --attribution carrier"),
        (" --by carrier,domain", " --by carrier,domain"),
    ] {
        let plain = shop();
        let plain = decompose(&plain, &format!("{BOTH} --set streamer_name= {expected}"));
        assert_eq!(decompose(&work, &format!("{ELSEWHERE} {other}")), plain, "{other}");
    }
    let table = decompose(&work, &format!("{ELSEWHERE} --format table"));
    assert!(table.contains("$1,459.80") && !table.contains('¥'), "{table}");
}

#[test]
fn a_signed_sum_below_zero_is_a_reject() {
    let work = elsewhere();
    work.write("orders.csv", ORDERS_OF_ANOTHER_NAME.replace("110.00;0.00;10.00", "110.00;0.00;110.01"));
    let err = work.fails(1, &crate::shop::words(ELSEWHERE));
    assert!(err.contains("gmv: orders.csv:2:6: amount is negative; 1 of 9 rows"), "{err}");
}

#[test]
fn sources_and_carriers_that_no_profile_maps() {
    let work = elsewhere();
    work.write("elsewhere.toml", PROFILE.replace("\"千川\"", "\"豆荚\"").replace("\"短视频\"", "\"视频\""));
    let run = run(&work, &format!("{ELSEWHERE} --by carrier,traffic --period all"));
    assert!(
        run.err.contains("warning: sources that no profile maps count as organic: \"千川\" (1)"),
        "{}",
        run.err
    );
    assert!(run.out.contains("\n2026-03-02,other,organic,0.01,"), "{}", run.out);
}

#[test]
fn a_profile_says_whether_rows_are_lines() {
    let orders = "order_id,line_id,buyer_id,streamer_id,paid_at,amount\n\
                  o1,1,u1,s1,2026-03-02 20:00:00,1.00\n\
                  o1,2,u1,s1,2026-03-02 20:00:00,2.00\n";
    let work = Work::with(&[
        ("o.csv", orders),
        ("line.toml", "name = \"l\"\n[orders]\nlevel = \"line\"\n"),
        ("order.toml", "name = \"o\"\n[orders]\nlevel = \"order\"\n"),
    ]);
    for (profile, gmv) in [("", "3.00"), ("--profile line.toml", "3.00"), ("--profile order.toml", "2.00")] {
        let run = run(&work, &format!("--orders o.csv --attribution all {profile}"));
        assert!(
            run.out.contains(&format!("\n2026-03-02,s1,{gmv},,,,,,1,1,")),
            "{profile}: {}{}",
            run.out,
            run.err
        );
    }
}

#[test]
fn constants_and_file_names_supply_columns() {
    let without = |text: &str, streamer: &str| {
        let at = text.lines().next().unwrap().split(',').position(|name| name == "streamer_id").unwrap();
        let cut = |line: &str| {
            let cells: Vec<&str> = line.splitn(at + 2, ',').collect();
            [&cells[..at], &cells[at + 1..]].concat().join(",") + "\n"
        };
        let own =
            |line: &&str| line.split(',').nth(at).is_some_and(|id| id == streamer || id == "streamer_id");
        text.lines().filter(own).map(cut).collect::<String>()
    };
    let work = Work::new();
    for (folder, text) in [("orders", ORDERS), ("sessions", SESSIONS)] {
        work.write(&format!("{folder}/s1.csv"), without(text, "s1"));
        work.write(&format!("{folder}/s2.csv"), without(text, "s2"));
    }
    let out = decompose(&work, "--orders orders --sessions sessions --set streamer_id={file}");
    let shelf = RESULT.lines().find(|line| line.contains("(none)")).unwrap();
    assert_eq!(out, RESULT.replace(&format!("{shelf}\n"), ""));
    let one = decompose(&work, "--orders orders/s1.csv --sessions sessions/s1.csv --set streamer_id=007");
    let first = RESULT.lines().nth(1).unwrap().replace(",s1,", ",007,").replace(",false", ",true");
    assert_eq!(one.lines().nth(1), Some(first.as_str()));
}

#[test]
fn headers_without_rows_are_valid_and_warned_of() {
    let work = shop();
    work.write("none.csv", ORDERS.lines().next().unwrap());
    let orders = run(&work, "--orders none.csv --sessions sessions.csv");
    assert_eq!(orders.code, 0, "{}", orders.err);
    assert!(orders.err.contains("warning: none.csv: no rows, only a header\n"), "{}", orders.err);
    assert!(orders.out.contains("2026-03-02,s1,0.00,4,2,2,0,"), "{}", orders.out);
    work.write("guests.csv", "viewer_id,streamer_id,entered_at,left_at\n");
    let nothing = run(&work, "--orders none.csv --sessions guests.csv");
    assert_eq!(nothing.code, 0, "{}", nothing.err);
    assert!(nothing.err.contains("warning: guests.csv: no rows, only a header\n"), "{}", nothing.err);
    assert!(nothing.out.starts_with("period,streamer_id,gmv,"), "{}", nothing.out);
    assert_eq!(nothing.out.lines().count(), 1, "{}", nothing.out);
}

/// A column of the shop's export, cell by cell; `None` where it is blank.
fn column(text: &str, name: &str) -> Vec<Option<String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let at = reader.headers().unwrap().iter().position(|column| column == name).unwrap();
    let cell = |row: csv::StringRecord| Some(row[at].to_owned()).filter(|cell| !cell.is_empty());
    reader.records().map(|row| cell(row.unwrap())).collect()
}

fn texts(text: &str, name: &'static str) -> (&'static str, ArrayRef) {
    (name, Arc::new(StringArray::from(column(text, name))))
}

/// The times as their local clock's microseconds, as writers without zones do, or as instants with one.
fn times(text: &str, name: &'static str, unit: TimeUnit, zone: Option<&str>) -> (&'static str, ArrayRef) {
    let per_second = match unit {
        TimeUnit::Nanosecond => 1_000_000_000,
        TimeUnit::Microsecond => 1_000_000,
        TimeUnit::Millisecond => 1_000,
        TimeUnit::Second => 1,
    };
    let clock = if zone.is_some() { "Asia/Shanghai" } else { "UTC" };
    let time = |cell: String| {
        let local: jiff::civil::DateTime = cell.parse().unwrap();
        local.in_tz(clock).unwrap().timestamp().as_second() * per_second + 7
    };
    let values: Int64Array = column(text, name).into_iter().map(|cell| cell.map(time)).collect();
    let kind = DataType::Timestamp(unit, zone.map(Into::into));
    (name, make_array(values.into_data().into_builder().data_type(kind).build().unwrap()))
}

fn money(text: &str, name: &'static str) -> (&'static str, ArrayRef) {
    let minor = |cell: String| cell.replace('.', "").parse::<i128>().unwrap();
    (name, decimals(column(text, name).into_iter().map(|cell| cell.map(minor)).collect(), 18, 2))
}

fn parquet(work: &Work, name: &str, columns: Columns) {
    let small = WriterProperties::builder().set_max_row_group_row_count(Some(4)).build();
    work.write(name, bytes(columns, small));
}

#[test]
fn parquet_with_typed_columns_is_the_same_shop() {
    for (unit, zone) in [
        (TimeUnit::Microsecond, None),
        (TimeUnit::Millisecond, None),
        (TimeUnit::Nanosecond, Some("UTC")),
        (TimeUnit::Microsecond, Some("UTC")),
    ] {
        let work = Work::new();
        let mut orders: Columns =
            ["order_id", "buyer_id", "streamer_id", "streamer_name", "status", "carrier", "category"]
                .map(|name| texts(ORDERS, name))
                .into();
        orders.extend([
            times(ORDERS, "paid_at", unit, zone),
            money(ORDERS, "amount"),
            money(ORDERS, "refund_amount"),
        ]);
        parquet(&work, "orders.parquet", orders);
        let mut sessions: Columns =
            ["viewer_id", "streamer_id", "source"].map(|name| texts(SESSIONS, name)).into();
        sessions.extend(["entered_at", "left_at"].map(|name| times(SESSIONS, name, unit, zone)));
        sessions.push(("unused", lists(9)));
        parquet(&work, "sessions.csv", sessions);
        let run = run(&work, "--orders orders.parquet --sessions sessions.csv");
        assert_eq!(run.out, RESULT, "{unit:?} {zone:?}: {}", run.err);
        assert!(run.err.contains("sessions: sessions.csv (Parquet, profile canonical)\n"), "{}", run.err);
    }
}

#[test]
fn whole_numbers_are_ids_in_parquet_and_rounded_ones_are_not() {
    let ids = [7_349_583_948_573_948_573_i64, 7_349_583_948_573_948_574, 7];
    let numbers = || Arc::new(Int64Array::from(ids.to_vec())) as ArrayRef;
    let orders = |buyers: ArrayRef, amounts: ArrayRef| {
        let work = Work::new();
        let paid = crate::columns::texts(["2026-03-02 20:00:00"; 3]);
        let ids = [("order_id", numbers()), ("buyer_id", buyers), ("streamer_id", numbers())];
        parquet(&work, "o.parquet", [ids.as_slice(), &[("paid_at", paid), ("amount", amounts)]].concat());
        run(&work, "--orders o.parquet --attribution all")
    };
    let whole = orders(numbers(), Arc::new(Int32Array::from(vec![3, 2, 1])));
    let found: Vec<&str> =
        whole.out.lines().skip(1).map(|line| &line[11..line.find(",,").unwrap()]).collect();
    assert_eq!(found, ["7349583948573948573,3.00", "7349583948573948574,2.00", "7,1.00"], "{}", whole.err);
    let floats = orders(floats(ids.map(|id| id as f64)), floats([3.5, 2.25, 0.1]));
    assert_eq!((floats.code, floats.out.as_str()), (1, ""));
    let message = "gmv: o.parquet:1:2: buyer_id \"7.349583948573949E+18\" is an id in scientific notation";
    assert!(floats.err.contains(message), "{}", floats.err);
    assert!(floats.err.contains("2 of 3 rows of the orders are bad"), "{}", floats.err);
}

#[test]
fn a_list_is_no_cell() {
    let work = shop();
    let columns = ["order_id", "buyer_id", "streamer_id", "paid_at"].map(|name| texts(ORDERS, name));
    parquet(&work, "o.parquet", [columns.as_slice(), &[("amount", lists(9))]].concat());
    let err = work.fails(1, &crate::shop::words("--orders o.parquet --sessions sessions.csv"));
    assert!(err.starts_with("gmv: o.parquet: column amount: a list is no cell"), "{err}");
}
