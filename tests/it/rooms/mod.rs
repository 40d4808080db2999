//! Broadcasts as aggregates: what consoles export of each live session, to factors of streamers and periods.

mod duplicates;
mod side;
mod workbooks;

use gmv::engine::rooms::totals::{add, sums};
use gmv::factor::Factor;
use gmv::input::read::Place;
use gmv::input::rooms::{Figures, RoomRow};
use gmv::units::{Instant, MinorUnits, Seconds};
use proptest::prelude::*;

use crate::shop::{decompose, run};
use crate::support::Work;

/// The header of the live sessions of 抖音罗盘, as it is: 49 columns.
const COMPASS: &str = "\
主播头像,主播昵称,主播抖音号,直播开始时间,直播结束时间,直播时长(分钟),直播间曝光人数,直播间曝光次数,\
直播间观看人数,单小时观看人数,直播间观看次数,最高在线人数,平均在线人数,人均观看时长(分钟),评论次数,\
新加直播团人数,新增粉丝数,取关粉丝数,观看老粉占比,带货商品数,直播间商品曝光人数,直播间商品点击人数,\
直播间商品曝光次数,直播间商品点击次数,直播间成交订单数,直播间成交金额,直播间用户支付金额,\
单小时用户支付金额,直播间成交件数,直播间成交人数,直播间退款订单数,直播间退款金额,直播间退款人数,\
预估佣金支出,商品曝光-点击率(次数),商品曝光-点击率(人数),商品点击-成交率(次数),\
商品点击-成交率(人数),观看-成交率(次数),观看-成交率(人数),预售订单数,预售全款金额,新加购物团人数,\
直播间投放消耗,净成交金额,净成交订单数,1小时退款金额,1小时退款订单数,1小时退款率";

/// The columns of it that a broadcast fills here, in the order of the cells below.
const FILLED: [&str; 16] = [
    "主播抖音号",
    "主播昵称",
    "直播开始时间",
    "直播结束时间",
    "直播时长(分钟)",
    "直播间观看人数",
    "人均观看时长(分钟)",
    "观看老粉占比",
    "直播间成交人数",
    "直播间成交订单数",
    "直播间成交金额",
    "净成交金额",
    "净成交订单数",
    "直播间退款金额",
    "直播间退款订单数",
    "直播间投放消耗",
];

/// Broadcasts of two streamers in two weeks; the third goes on past midnight, into the next week.
const FIRST_EXPORT: [&str; 6] = [
    "|合计||||21100||||465|99,999.00|||||",
    "jia001|甲的直播间|2026-03-02 20:00:00|2026-03-02 22:13:30|133.5|12,000|1.37|35.5%|250|300|24,000.00|23,200.00|290|800.00|10|1,000.00",
    "jia001|甲的直播间|2026/3/4 20:00|2026/3/4 21:00|60|8000|2|40%|90|100|¥6,000.00|6,000.00|100|0|0|500.00",
    "jia001|甲的直播间|2026-03-08 23:00:00|2026-03-09 02:00:00|180|1.2万|1.5|20%|60|60|3,000.00|3,000.00|60|0|0|0.00",
    "yi002|乙|2026-03-05 10:00:00|2026-03-05 11:30:00|--|500|0.5|-|5|5|100.05|100.05|5|0|0|-",
    "yi002|乙|2026-03-10 10:00:00|2026-03-10 11:30:00|90|400|0.25|10%|-|-|50.00|50.00|-|0|0|10.00",
];

/// A later export that overlaps: what the last broadcast lacked is known now, and 甲 has another name.
const SECOND_EXPORT: [&str; 3] = [
    "jia001|甲新名|2026-03-10 20:00:00|2026-03-10 21:00:00|60|1000|3|50%|16|20|1,000.00|1,000.00|20|0|0|100",
    "yi002|乙|2026-03-10 10:00:00|2026-03-10 11:30:00|90|400|0.25|10%|2|2|50.00|50.00|2|0|0|10.00",
    "总计||||||||||1050|||||",
];

/// By hand. 甲, first week: viewers 12,000 + 8,000 + 12,000; watch time 12,000 × 1.37 + 8,000 × 2 + 12,000 × 1.5 minutes = 3,026,400 s; live
/// 133.5 + 60 + 180 minutes; old fans 4,260 + 3,200 + 2,400 of 32,000. 乙's first broadcast has no length, but a start and an end.
const RESULT: &str = "\
period,streamer_id,streamer_name,gmv,uv,uv_broadcasts,uv_private,uv_public,uv_paid,watch_hours,buyers,buyers_broadcasts,orders,watch_hours_per_viewer,buyers_per_watch_hour,aov,orders_per_buyer,gmv_off_live,orders_off_live,gmv_total,partial,broadcasts,live_hours,spend,old_fan_share
2026-03-02,jia001,甲新名,33000.00,,32000,,,,840.6666666666666,,400,460,0.026270833333333334,0.47581284694686754,71.73913043478261,1.15,,,,false,3,6.225,1500.00,0.308125
2026-03-02,yi002,乙,100.05,,500,,,,4.166666666666667,,5,5,0.008333333333333333,1.2,20.01,1,,,,false,1,1.5,,
2026-03-09,jia001,甲新名,1000.00,,1000,,,,50,,16,20,0.05,0.32,50,1.25,,,,true,1,1,100.00,0.5
2026-03-09,yi002,乙,50.00,,400,,,,1.6666666666666667,,2,2,0.004166666666666667,1.2,25,1,,,,true,1,1.5,10.00,0.1
";

/// The arguments that name both exports.
const BOTH: &str = "--rooms first.csv second.csv";

/// An export with all 49 columns, of which a console leaves those that do not matter here as `-`.
fn export(rows: &[&str]) -> String {
    let mut text = format!("{COMPASS}\r\n");
    for row in rows {
        let cells: Vec<&str> = row.split('|').collect();
        let cell = |name: &str| FILLED.iter().position(|known| *known == name).map_or("-", |at| cells[at]);
        let line: Vec<String> = COMPASS.split(',').map(|name| format!("\"{}\"", cell(name))).collect();
        text.push_str(&line.join(","));
        text.push_str("\r\n");
    }
    text
}

fn compass() -> Work {
    Work::with(&[("first.csv", &export(&FIRST_EXPORT)), ("second.csv", &export(&SECOND_EXPORT))])
}

/// A folder with one export in canonical columns.
fn canonical(text: &str) -> Work {
    Work::with(&[("rooms.csv", text)])
}

/// The values of some columns of a result in CSV, joined by spaces, a line for each row.
fn columns(csv: &str, names: &[&str]) -> Vec<String> {
    let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let places: Vec<usize> =
        names.iter().map(|name| header.iter().position(|known| known == name).unwrap()).collect();
    lines.map(|cells| places.iter().map(|&at| cells[at]).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn exports_of_compass_give_the_factors() {
    let work = compass();
    let run = run(&work, BOTH);
    assert_eq!((run.code, run.out.as_str()), (0, RESULT), "{}", run.err);
    for said in [
        "rooms: second.csv (UTF-8, `,`, profile douyin-compass, amount = 直播间成交金额)\n",
        "note: broadcasts that ran past the end of their period, counted whole in the one in which they began: 1\n",
        "numbers that the platform rounded, taken as they are written (such as 1.2万): 1\n",
        "spend (of 1 of 6), share of old fans (of 1 of 6)\n",
        "  rows read                    9  135,249.05\n",
        "  − rows that sum up others    2  101,049.00\n",
        "  − superseded by a later row  1       50.00\n",
        "  = counted                    6   34,150.05\n",
    ] {
        assert!(run.err.contains(said), "{said}{}", run.err);
    }
    assert!(!run.err.contains("does not close"), "{}", run.err);
}

#[test]
fn a_sum_is_unknown_where_one_broadcast_does_not_know_it() {
    let work = compass();
    let alone = decompose(&work, "--rooms first.csv --by total");
    let known = ["gmv", "uv_broadcasts", "buyers_broadcasts", "orders", "aov", "spend", "old_fan_share"];
    let rows = columns(&alone, &known);
    assert_eq!(rows, ["33100.05 32500 405 465 71.18290322580646  ", "50.00 400    10.00 0.1"]);
    let later_first = decompose(&work, "--rooms second.csv first.csv --by total");
    assert_eq!(columns(&later_first, &["orders"]), ["465", ""], "the export given last is the later one");
}

#[test]
fn periods_begin_when_broadcasts_begin() {
    let work = compass();
    let day = decompose(&work, &format!("{BOTH} --by total --period day --from 2026-03-08 --to 2026-03-09"));
    assert_eq!(columns(&day, &["period", "gmv", "partial"]), ["2026-03-08 3000.00 false"]);
    let early =
        decompose(&work, &format!("{BOTH} --by total --period day --day-start 22:00 --from 2026-03-08"));
    let days = columns(&early, &["period", "gmv"]);
    assert_eq!(days, ["2026-03-08 3000.00", "2026-03-09 1050.00"], "a day that begins at 22:00");
    let cut = run(&work, &format!("{BOTH} --by total --to 2026-03-04 --covers 2026-03-02..2026-03-08"));
    assert_eq!(columns(&cut.out, &["gmv", "broadcasts", "partial"]), ["30000.00 2 true"]);
    assert!(cut.err.contains("− out of the date range      4    4,150.05\n"), "{}", cut.err);
    let utc = decompose(&work, &format!("{BOTH} --by total --timezone America/New_York"));
    assert_eq!(columns(&utc, &["gmv"]), ["33100.05", "1050.00"], "local times are those of the zone");
}

#[test]
fn net_takes_what_the_platform_knows_of_refunds() {
    let work = compass();
    let run = run(&work, &format!("{BOTH} --basis net"));
    let rows = columns(&run.out, &["gmv", "buyers_broadcasts", "orders", "aov"]);
    // Who of the 250 buyers kept nothing, nobody knows; where nothing was refunded, all of them are buyers still.
    assert_eq!(
        rows,
        ["32200.00  450 71.55555555555556", "100.05 5 5 20.01", "1000.00 16 20 50", "50.00 2 2 25"]
    );
    assert!(run.err.contains("  after refunds, where known  6   33,350.05\n"), "{}", run.err);
    assert!(run.err.contains("amount = 净成交金额"), "{}", run.err);
    let text = "streamer_id,started_at,gmv,orders,buyers,refund_amount\n\
                s1,2026-03-02 20:00,100,2,2,30.5\ns2,2026-03-02 20:00,100,2,2,0\ns3,2026-03-02 20:00,100,2,2,\n";
    let by_refund = decompose(&canonical(text), "--rooms rooms.csv --basis net");
    let rows = columns(&by_refund, &["streamer_id", "gmv", "orders", "buyers_broadcasts"]);
    assert_eq!(rows, ["s2 100.00 2 2", "s1 69.50  ", "s3   "]);
}

#[test]
fn groups_are_attributes_and_broadcasts() {
    let work = compass();
    work.write("streamers.csv", "streamer_id,tier\njia001,head\nyi002,tail\n");
    let tiers = decompose(&work, &format!("{BOTH} --by tier --streamers streamers.csv --period all"));
    assert_eq!(columns(&tiers, &["tier", "gmv", "broadcasts"]), ["head 34000.00 4", "tail 150.05 2"]);
    // Those are the tiers that follow from the money, too.
    let computed = decompose(&work, &format!("{BOTH} --by tier --period all"));
    assert_eq!(computed, tiers);
    let lives = decompose(&work, &format!("{BOTH} --by live --period all"));
    assert_eq!(
        columns(&lives, &["live_id", "gmv"])[..2],
        ["2026-03-02T20:00:00+08:00 24000.00", "2026-03-04T20:00:00+08:00 6000.00"]
    );
    assert_eq!(lives.lines().count(), 7);
}

#[test]
fn feigua_gives_money_and_says_what_it_does_not() {
    let header = "直播间,日期,达人,直播销售额,直播销量,人气峰值,平均在线,观看人次,客单价,UV价值\n";
    let rows = "春装,2026-03-02,甲,12.3万,1w-2.5w,1000,300,5.4万,99,2.2\n夏装,2026-03-02,甲,\"1,299.90\",30,1,1,5,9,2\n\
                合计,,,\"124,299.90\",,,,,,\n";
    let work = Work::with(&[("f.csv", &format!("{header}{rows}"))]);
    let found = run(&work, "--rooms f.csv");
    let names = ["streamer_id", "gmv", "uv_broadcasts", "watch_hours", "orders", "aov", "broadcasts"];
    assert_eq!(columns(&found.out, &names), ["甲 124299.90     "], "{}", found.err);
    for said in [
        "viewers (of all 2), watch time (of all 2), buyers (of all 2), orders (of all 2)\n",
        "rows with a date but neither a time nor a live_id",
        "(such as 12.3万): 1\n",
        "− rows that sum up others  1  124,299.90\n",
    ] {
        assert!(found.err.contains(said), "{said}{}", found.err);
    }
    work.write("f.csv", format!("{header}春装,2026-03-02,甲,1w-2.5w,3,1,1,1,9,2\n"));
    let range = run(&work, "--rooms f.csv");
    assert_eq!(range.code, 1);
    assert!(
        range.err.contains("f.csv:2:4: gmv \"1w-2.5w\" is a range: the platform does not tell"),
        "{}",
        range.err
    );
}

#[test]
fn canonical_columns_hold_lengths_and_totals_in_every_form() {
    let text = "streamer_name,started_at,date,live_minutes,viewers,watch_minutes_per_viewer,watch_hours,watch_seconds,gmv\n\
                甲,2026-03-02 20:00,,2小时13分,10,1.5,,,1\n\
                甲,,2026-03-03,90,10,,2.5,,2\n\
                甲,2026-03-04 20:00,,01:30:00,10,9,,61.4,4\n\
                甲,2026-03-05 20:00,,90,0,-,,,8\n";
    let work = canonical(text);
    let days = decompose(&work, "--rooms rooms.csv --period day --day-start 05:00");
    let names = ["period", "streamer_id", "watch_hours", "live_hours", "broadcasts", "gmv"];
    let expected = [
        "2026-03-02 甲 0.25 2.216666666666667 1 1.00",
        "2026-03-03 甲 2.5 1.5  2.00",
        "2026-03-04 甲 0.016944444444444446 1.5 1 4.00",
        "2026-03-05 甲 0 1.5 1 8.00",
    ];
    assert_eq!(columns(&days, &names), expected);
    let one = "started_at,gmv\n2026-03-02 20:00,1\n";
    let work = Work::with(&[("s7.csv", one)]);
    assert_eq!(
        columns(&decompose(&work, "--rooms s7.csv --set streamer_id={file}"), &["streamer_id"]),
        ["s7"]
    );
}

#[test]
fn a_saved_result_gives_itself_again() {
    let work = compass();
    for group in ["", "--by total", "--by streamer,live --period day", "--basis net", "--from 2026-03-05"] {
        for file in ["facts.csv", "facts.parquet", "facts.tsv"] {
            let result = decompose(&work, &format!("{BOTH} {group}"));
            decompose(&work, &format!("{BOTH} {group} -o {file}"));
            assert_eq!(decompose(&work, &format!("--facts {file}")), result, "{file} {group}");
        }
    }
    let both = "period,uv,uv_broadcasts,watch_hours,buyers,orders,gmv\n2026-03-02,5,6,1,1,1,1\n";
    work.write("both.csv", both);
    let refused = run(&work, "--facts both.csv");
    assert!(refused.err.contains("both.csv:2:2: uv \"5\" stands beside uv_broadcasts"), "{}", refused.err);
}

#[test]
fn threads_and_blocks_change_nothing() {
    let work = compass();
    for more in ["--threads 1", "--threads 7 --block-size 1", "--block-size 700"] {
        assert_eq!(decompose(&work, &format!("{BOTH} {more}")), RESULT, "{more}");
    }
}

#[test]
fn a_table_marks_what_the_factors_stand_on() {
    let work = compass();
    let table = decompose(&work, &format!("{BOTH} --format table"));
    for shown in
        ["UV by broadcast", "buyers by broadcast", "From broadcasts: all sums", "Total ", "¥34,150.05"]
    {
        assert!(table.contains(shown), "{shown}\n{table}");
    }
    let lives = decompose(&work, &format!("{BOTH} --by live --format table"));
    assert!(!lives.contains("a buyer may be no viewer"), "nothing is attributed here\n{lives}");
    let chinese = decompose(&work, &format!("{BOTH} --format table --lang zh"));
    assert!(chinese.contains("UV(逐场加总)") && chinese.contains("按直播场次汇总"), "{chinese}");
    let ci = run(&work, &format!("{BOTH} --ci --moments --by total"));
    assert!(
        ci.err.contains("warning: broadcasts as sums hold no persons: intervals and moments are empty\n")
    );
    assert_eq!(columns(&ci.out, &["uv_lo", "aov_hi", "few_buyers", "m_11"]), ["   ", "   "]);
}

#[test]
fn bad_rows_are_told_and_listed() {
    let text = "streamer_id,started_at,ended_at,gmv,viewers,old_fan_share\n\
                s1,2026-03-02 20:00,2026-03-02 19:00,1.50,5,1%\n\
                s1,soon,,2,5,1%\n,2026-03-02 20:00,,4,5,1%\ns1,2026-03-03 20:00,,8,12.5,1%\n\
                s1,2026-03-04 20:00,,1w-2w,5,1%\nstreamer_id,started_at,ended_at,gmv,viewers,old_fan_share\n\
                s1,2026-03-05 20:00,,32,5,100%\n,,,,,\n";
    let work = canonical(text);
    let found = run(&work, "--rooms rooms.csv --max-bad 5 --strict --rejects bad.csv");
    assert_eq!((found.code, columns(&found.out, &["gmv"])), (3, vec!["32.00".to_owned()]), "{}", found.err);
    for said in [
        "rooms.csv:2:3: ended_at \"2026-03-02 19:00\" is before started_at",
        "rooms.csv:3:2: started_at \"soon\" is no time",
        "rooms.csv:4:1: streamer_id is blank",
        "rooms.csv:5:5: viewers \"12.5\" is no whole number",
        "rooms.csv:6:4: gmv \"1w-2w\" is a range",
        "− rejected                      5  15.50\n",
        "− repeated headers, blank rows  2   0.00\n",
    ] {
        assert!(found.err.contains(said), "{said}\n{}", found.err);
    }
    assert_eq!(work.read("bad.csv").lines().count(), 6);
    assert_eq!(run(&work, "--rooms rooms.csv").code, 1);
}

#[test]
fn what_rooms_cannot_carry_is_refused() {
    let work = compass();
    work.write("plain.csv", "streamer_id,started_at,gmv\ns1,2026-03-02 20:00,1\n");
    work.write("less.csv", "streamer_id,started_at\ns1,2026-03-02 20:00\n");
    let whole = "a row of --rooms is a whole broadcast, and its viewers and orders cannot be told apart; use streamer, live, total or a \
                 column of --streamers\n";
    for (code, arguments, message) in [
        (2, format!("{BOTH} --by domain"), format!("gmv: --by domain: {whole}")),
        (2, format!("{BOTH} --by category"), format!("gmv: --by category: {whole}")),
        (2, format!("{BOTH} --by live,live_id"), "gmv: --by names live_id twice\n".to_owned()),
        (2, format!("{BOTH} --orders plain.csv"), "cannot be used with".to_owned()),
        (2, format!("{BOTH} --facts plain.csv"), "cannot be used with".to_owned()),
        (2, format!("{BOTH} --refunds plain.csv"), "cannot be used with".to_owned()),
        (2, format!("{BOTH} --lives plain.csv"), "cannot be used with".to_owned()),
        (2, format!("{BOTH} --store shop"), "cannot be used with".to_owned()),
        (2, format!("{BOTH} --pseudonymize key"), "cannot be used with".to_owned()),
        (2, format!("{BOTH} --refund-within 7d"), "cannot be used with".to_owned()),
        (2, format!("{BOTH} --attribution all"), "cannot be used with".to_owned()),
        (2, format!("{BOTH} --set buyer_id="), "gmv: --set buyer_id: no such column of --rooms".to_owned()),
        (
            2,
            "--rooms - -".to_owned(),
            "gmv: - (standard input) can be one of the inputs, not two\n".to_owned(),
        ),
        (
            1,
            "--rooms plain.csv --basis net".to_owned(),
            "gmv: plain.csv:1: --basis net needs a net_gmv or a refund_amount".to_owned(),
        ),
        (
            1,
            "--rooms less.csv".to_owned(),
            "gmv: less.csv:1: missing column `gmv` (profile canonical)".to_owned(),
        ),
        (2, format!("{BOTH} -o first.csv"), "would replace one of the inputs".to_owned()),
    ] {
        let found = run(&work, &arguments);
        assert_eq!((found.code, found.out.as_str()), (code, ""), "{arguments}\n{}", found.err);
        assert!(found.err.contains(&message), "{arguments}\n{}", found.err);
    }
}

/// Broadcasts of which everything is known: viewers, seconds watched, buyers, orders and minor units.
fn known() -> impl Strategy<Value = Vec<(i64, i64, i64, i64, i64)>> {
    let one = (1_i64..1_000_000, 1_i64..10_000_000, 1_i64..5_000, 1_i64..9_000, 1_i64..10_000_000_000);
    prop::collection::vec(one, 1..30)
}

proptest! {
    #[test]
    fn factors_of_broadcasts_multiply_to_their_gmv(rooms in known()) {
        let each = rooms.iter().map(|&(viewers, watch, buyers, orders, gmv)| {
            let figures = Figures {
                viewers: Some(viewers),
                watch: Some(Seconds(watch)),
                buyers: Some(buyers),
                orders: Some(orders),
                gmv: Some(MinorUnits(gmv)),
                ..Figures::default()
            };
            let (place, started) = (Place::default(), Instant(0));
            sums(&RoomRow { place, streamer: 0, live_id: None, started, by_date: false, ended: None, figures }, None)
        });
        let total = each.reduce(|mut all, one| { add(&mut all, &one).unwrap(); all }).unwrap();
        let gmv: i128 = rooms.iter().map(|room| i128::from(room.4)).sum();
        prop_assert_eq!((total.gmv, total.broadcasts), (Some(gmv), Some(rooms.len() as i64)));
        let product: f64 = Factor::ALL.iter().map(|factor| factor.value(&total).unwrap()).product();
        prop_assert!((product / (gmv as f64 / 100.0) - 1.0).abs() < 1e-14);
    }
}
