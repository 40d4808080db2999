//! What was spent: cost per paid viewer, and the return on it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow_array::{Date32Array, StringArray};
use jiff::civil::{Date, DateTime, Weekday};

use crate::columns::{Columns, decimals, save};
use crate::compare::{BOTH, money, number, rows, run, sample};
use crate::errors::{case, check};
use crate::support::Work;

/// u1 came to s1 by a paid session, but had watched s2 before. u2 came paid after an organic one; u3 by both at once. u5 came paid across the
/// weeks, and bought in the second.
const SESSIONS: &str = "viewer_id,streamer_id,entered_at,left_at,source\n\
    u1,s2,2026-03-02 18:00:00,2026-03-02 18:30:00,recommend\n\
    u1,s1,2026-03-02 20:00:00,2026-03-02 20:30:00,paid\n\
    u1,s1,2026-03-02 21:00:00,2026-03-02 21:30:00,follow\n\
    u2,s1,2026-03-02 19:00:00,2026-03-02 19:30:00,recommend\n\
    u2,s1,2026-03-02 20:00:00,2026-03-02 20:30:00,paid\n\
    u3,s1,2026-03-02 20:00:00,2026-03-02 20:30:00,paid\n\
    u3,s1,2026-03-02 20:00:00,2026-03-02 20:10:00,recommend\n\
    u4,s1,2026-03-09 10:00:00,2026-03-09 10:10:00,paid\n\
    u5,s1,2026-03-08 23:50:00,2026-03-09 00:10:00,paid\n\
    u6,s4,2026-03-03 10:00:00,2026-03-03 10:10:00,recommend\n";
const ORDERS: &str = "order_id,buyer_id,streamer_id,paid_at,amount\n\
    1,u1,s1,2026-03-02 20:10:00,100.00\n\
    2,u1,s1,2026-03-04 20:10:00,60.00\n\
    3,u2,s1,2026-03-02 20:10:00,30.00\n\
    4,u3,s1,2026-03-02 20:10:00,20.00\n\
    5,u5,s1,2026-03-09 12:00:00,40.00\n\
    6,u1,s2,2026-03-02 20:10:00,7.00\n\
    7,u9,s1,2026-03-02 20:10:00,5.00\n\
    8,u4,s1,2026-03-02 20:10:00,3.00\n";
/// Two campaigns of one day; a day after the last row of the exports, within its week; a streamer nobody knows; a day long before.
const SPEND: &str = "streamer_id,date,cost\n\
    s1,2026-03-02,20.00\n\
    s1,2026-03-02,30.00\n\
    s1,2026-03-15,0\n\
    s4,2026-03-03,8.00\n\
    s3,2026-03-03,11.00\n\
    s1,2026-02-01,9.99\n";
const OWN: &str = "--orders orders.csv --sessions sessions.csv";

fn work() -> Work {
    Work::with(&[("orders.csv", ORDERS), ("sessions.csv", SESSIONS), ("spend.csv", SPEND)])
}

/// The columns that `--spend` adds, a row a line after its keys.
fn shown(csv: &str, keys: &str) -> Vec<String> {
    let columns = ["uv_paid", "cost", "gmv_first_paid", "cost_per_paid_uv", "roi"];
    let line = |(keys, row): (Vec<String>, BTreeMap<String, String>)| {
        let cells = columns.iter().map(|name| row[*name].clone());
        keys.into_iter().chain(cells).collect::<Vec<_>>().join(" ")
    };
    rows(csv, keys).into_iter().map(line).collect()
}

#[test]
fn cost_and_return_by_hand() {
    let work = work();
    let csv = run(&work, &format!("decompose {OWN} --spend spend.csv"));
    assert!(csv.starts_with("period,streamer_id,gmv,"), "{csv}");
    assert!(
        csv.lines().next().unwrap().ends_with(",partial,cost,gmv_first_paid,cost_per_paid_uv,roi"),
        "{csv}"
    );
    let expected = [
        "2026-03-02 s1 3 50.00 160.00 16.666666666666668 3.2",
        // No row of the table: nothing is known of a cost. No paid viewer, and an organic one before: no return.
        "2026-03-02 s2 0  0.00  ",
        "2026-03-02 s4 0 8.00 0.00  0",
        // Nothing was spent, as is said: paid viewers cost nothing, and there is no return on nothing.
        "2026-03-09 s1 2 0.00 40.00 0 ",
    ];
    assert_eq!(shown(&csv, "period,streamer_id"), expected);
    // In total u1 came to s2 first.
    let total = run(&work, &format!("decompose {OWN} --spend spend.csv --by total"));
    let expected = ["2026-03-02 3 69.00 0.00 23 0", "2026-03-09 2 0.00 40.00 0 "];
    assert_eq!(shown(&total, "period"), expected);
    // s3 sold nothing: it is a tail.
    // In the whole range u4, too, bought where it came paid.
    let tiers = run(&work, &format!("decompose {OWN} --spend spend.csv --by tier --period all"));
    let expected = ["head 4 50.00 203.00 12.5 4.06", "tail 0 19.00 0.00  0"];
    assert_eq!(shown(&tiers, "tier"), expected);
    work.write("t.csv", "streamer_id,city\ns1,x\ns4,y\ns3,x\n");
    let line = format!("decompose {OWN} --spend spend.csv --by city --streamers t.csv --period all");
    let expected = ["(none) 0  0.00  ", "x 4 61.00 203.00 15.25 3.3278688524590163", "y 0 8.00 0.00  0"];
    assert_eq!(shown(&run(&work, &line), "city"), expected);
}

#[test]
fn no_cost_vanishes() {
    let work = work();
    let err = |line: &str| {
        work.run(&format!("decompose {OWN} --spend spend.csv {line}").split(' ').collect::<Vec<_>>()).err
    };
    let by_streamer = err("--by streamer");
    let expected = "spend: where the rows and the cost went\n  \
        rows read                    6  78.99\n  \
        − out of the date range      1   9.99\n  \
        − in no row of the result    1  11.00\n  \
        = in the rows of the result  4  58.00\n";
    assert!(by_streamer.contains(expected), "{by_streamer}");
    let warning = "warning: streamers in --spend that no order and no session names: 1 (such as \"s3\"); their cost is in no row by streamer\n";
    assert!(by_streamer.contains(warning), "{by_streamer}");
    let total = err("--by total --from 2026-03-03");
    for line in ["out of the date range      3  59.99\n", "= in the rows of the result  3  19.00\n"] {
        assert!(total.contains(line), "{total}");
    }
    // The total line holds all that was spent on the dates of the result.
    let table = run(&work, &format!("decompose {OWN} --spend spend.csv --format table"));
    let total = table.lines().find(|line| line.starts_with("Total")).unwrap();
    assert!(total.contains("¥69.00") && total.contains("¥200.00"), "{table}");
    assert!(table.contains("ROI: GMV of viewers whose first session"), "{table}");
    let plain = work.run(&["decompose", "--orders", "orders.csv", "--sessions", "sessions.csv"]);
    assert!(!plain.err.contains("spend") && !plain.out.contains("cost"), "{}{}", plain.out, plain.err);
}

#[test]
fn tables_as_dashboards_export_them() {
    let work = work();
    let plain = run(&work, &format!("decompose {OWN} --spend spend.csv"));
    let mut lines = SPEND.lines().skip(1);
    let mut chinese = "计划,主播ID;日期;消耗(元)\n".replace(',', ";");
    for line in lines.by_ref().take(3) {
        chinese += &["a;", &line.replace(',', ";").replace('-', "/"), "\n"].concat();
    }
    let rest = lines.map(|line| line.replace(',', "\t")).collect::<Vec<_>>().join("\n");
    work.write("one.csv", chinese);
    work.write("two.tsv", format!("streamer\tday\tspend\n{rest}"));
    assert_eq!(run(&work, &format!("decompose {OWN} --spend one.csv two.tsv")), plain);
    assert_eq!(run(&work, &format!("decompose {OWN} --spend one.csv --spend two.tsv")), plain);
    // A file for each streamer, which --set names: it replaces no column of the table.
    work.write("s1.csv", "日期,花费\n2026-03-02,50\n2026-03-09,0\n");
    work.write("orders.csv", ORDERS.replace(",s2,", ",s1,").replace(",s4,", ",s1,"));
    let one = run(&work, &format!("decompose {OWN} --spend s1.csv --set streamer_id=s1 --max-bad 1"));
    assert!(shown(&one, "period,streamer_id")[0].starts_with("2026-03-02 s1 3 50.00 "), "{one}");
}

/// The rows of the table: streamer, date and minor units.
fn typed_rows() -> Vec<(&'static str, Date, i128)> {
    let row = |line: &'static str| {
        let cells: Vec<&str> = line.split(',').collect();
        let cost: f64 = cells[2].parse().unwrap();
        (cells[0], cells[1].parse().unwrap(), (cost * 100.0).round() as i128)
    };
    SPEND.lines().skip(1).map(row).collect()
}

#[test]
fn typed_tables_are_the_same() {
    let work = work();
    let plain = run(&work, &format!("decompose {OWN} --spend spend.csv"));
    let (rows, epoch) = (typed_rows(), Date::constant(1970, 1, 1));
    let days = rows.iter().map(|(_, date, _)| Some((*date - epoch).get_days()));
    let columns: Columns = vec![
        ("streamer_id", Arc::new(rows.iter().map(|(id, ..)| Some(*id)).collect::<StringArray>())),
        ("date", Arc::new(days.collect::<Date32Array>())),
        ("cost", decimals(rows.iter().map(|(.., cost)| Some(*cost)).collect(), 18, 2)),
    ];
    save(&work.path("spend.parquet"), columns);
    let mut book = rust_xlsxwriter::Workbook::new();
    let (sheet, day) = (book.add_worksheet(), rust_xlsxwriter::Format::new().set_num_format("yyyy/m/d"));
    sheet.write_row(0, 0, ["主播ID", "日期", "花费"]).unwrap();
    for (at, (id, date, cost)) in (1..).zip(&rows) {
        let moment = rust_xlsxwriter::ExcelDateTime::parse_from_str(&date.to_string()).unwrap();
        sheet.write_string(at, 0, *id).unwrap();
        sheet.write_datetime_with_format(at, 1, &moment, &day).unwrap();
        sheet.write_number(at, 2, *cost as f64 / 100.0).unwrap();
    }
    work.write("spend.xlsx", book.save_to_buffer().unwrap());
    for file in ["spend.parquet", "spend.xlsx"] {
        assert_eq!(run(&work, &format!("decompose {OWN} --spend {file}")), plain, "{file}");
    }
}

#[test]
fn where_viewers_came_from_must_be_known() {
    let work = work();
    let bare = SESSIONS.lines().map(|line| line.rsplit_once(',').unwrap().0).collect::<Vec<_>>().join("\n");
    work.write("bare.csv", bare);
    let bare = run(&work, "decompose --orders orders.csv --sessions bare.csv --spend spend.csv --by total");
    assert_eq!(shown(&bare, "period"), ["2026-03-02  69.00   ", "2026-03-09  0.00   "]);
    let none = run(&work, "decompose --orders orders.csv --attribution all --spend spend.csv --by total");
    assert_eq!(shown(&none, "period"), ["2026-03-02  69.00   ", "2026-03-09  0.00   "]);
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let by = |by: &str, column: &str| {
        let message = format!(
            "--spend with --by {column}: what was spent is known by streamer and date, and cannot be divided further; use total, streamer, tier or a \
             column of --streamers"
        );
        case(format!("{} --spend spend.csv --by {by}", crate::shop::BOTH), message)
            .file("spend.csv", SPEND)
            .code(2)
    };
    let table = |row: &str, message: &str| {
        case(format!("{} --spend bad.csv", crate::shop::BOTH), format!("bad.csv:{message}"))
            .file("bad.csv", format!("streamer_id,date,cost\n{row}\n"))
    };
    check(&[
        by("streamer,domain", "domain"),
        by("live", "live_id"),
        by("category", "category"),
        by("total,buyer-type", "buyer_type"),
        table("s1,2026-03-02,-0.01", "2:3: cost \"-0.01\" is negative"),
        table("s1,2026-03-02,", "2:3: cost is blank; write 0 where nothing was spent, or take the row out"),
        table("s1,2026-03-02,1.001", "2:3: cost \"1.001\" has more than 2 decimals; it is not rounded"),
        table(",2026-03-02,1", "2:1: streamer_id is blank"),
        case(
            format!("{} --spend spend.csv -o spend.csv", crate::shop::BOTH),
            "-o spend.csv would replace one of the inputs; name another file",
        )
        .file("spend.csv", SPEND)
        .code(2),
        case(format!("{} --spend nowhere.csv", crate::shop::BOTH), "nowhere.csv: no such file or directory"),
    ]);
    let work = work();
    let err = work.fails(2, &["decompose", "--facts", "f.csv", "--spend", "spend.csv"]);
    assert!(err.contains("cannot be used with"), "{err}");
}

#[test]
fn a_saved_result_gives_itself_again() {
    let work = work();
    let result = run(&work, &format!("decompose {OWN} --spend spend.csv --ci --moments"));
    assert!(
        result.lines().next().unwrap().ends_with(",m_gg,cost,gmv_first_paid,cost_per_paid_uv,roi"),
        "{result}"
    );
    for file in ["facts.csv", "facts.parquet"] {
        run(&work, &format!("decompose {OWN} --spend spend.csv --moments -o {file}"));
        assert_eq!(run(&work, &format!("decompose --facts {file} --ci --moments")), result, "{file}");
    }
}

/// The week of a time, by its first date.
fn week(time: DateTime) -> Date {
    let into = time.date().weekday().since(Weekday::Monday);
    time.date().checked_sub(jiff::Span::new().days(i64::from(into))).unwrap()
}

fn records(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// For each group (all streamers where it is not by streamer) and week the GMV of viewers whose first session was paid for, from the rows alone.
fn first_paid(work: &Work, by_streamer: bool) -> BTreeMap<(String, Date), i128> {
    let time = |text: &String| text.replace(' ', "T").parse::<DateTime>().unwrap();
    let group =
        |row: &BTreeMap<String, String>| if by_streamer { row["streamer_id"].clone() } else { String::new() };
    // By viewer, group and week: the start of the first session, and whether it was paid for; organic before paid at once.
    let mut first: HashMap<(String, String, Date), (DateTime, bool)> = HashMap::new();
    let mut present: std::collections::HashSet<(String, String, Date)> = std::collections::HashSet::new();
    for row in records(&work.read("sample/sessions.csv")) {
        let start = time(&row["entered_at"]);
        let end = if row["left_at"].is_empty() { start } else { time(&row["left_at"]) };
        let last = if end > start { end.checked_sub(jiff::Span::new().seconds(1)).unwrap() } else { start };
        let weeks = if week(start) == week(last) { vec![week(start)] } else { vec![week(start), week(last)] };
        for week in weeks {
            present.insert((row["viewer_id"].clone(), row["streamer_id"].clone(), week));
            let came = (start, row["source"] == "paid");
            let known = first.entry((row["viewer_id"].clone(), group(&row), week)).or_insert(came);
            *known = came.min(*known);
        }
    }
    // The later row of an order stands.
    let orders: BTreeMap<String, BTreeMap<String, String>> = records(&work.read("sample/orders.csv"))
        .into_iter()
        .map(|row| (row["order_id"].clone(), row))
        .collect();
    let mut sums = BTreeMap::new();
    for row in orders.values().filter(|row| !row["paid_at"].is_empty() && row["status"] != "cancelled") {
        let week = week(time(&row["paid_at"]));
        let (buyer, streamer) = (row["buyer_id"].clone(), row["streamer_id"].clone());
        let is_attributed = present.contains(&(buyer.clone(), streamer, week));
        let is_first_paid = first.get(&(buyer, group(row), week)).is_some_and(|(_, paid)| *paid);
        if is_attributed && is_first_paid {
            *sums.entry((group(row), week)).or_default() += money(row, "amount");
        }
    }
    sums
}

#[test]
fn the_return_is_that_of_the_rows_alone() {
    let work = sample(3, "--sessions 20000 --streamers 10");
    let streamers: Vec<String> =
        records(&work.read("sample/streamers.csv")).iter().map(|row| row["streamer_id"].clone()).collect();
    // 7.77 for each streamer and day, but for the last streamer; a session reaches into a fourth week.
    let days =
        (0..28).map(|day| Date::constant(2026, 10, 26).checked_add(jiff::Span::new().days(day)).unwrap());
    let rows_of = |day: Date| streamers[..9].iter().map(move |id| format!("{id},{day},7.77\n"));
    work.write("spend.csv", format!("streamer_id,date,cost\n{}", days.flat_map(rows_of).collect::<String>()));
    for by_streamer in [true, false] {
        let by = if by_streamer { "streamer" } else { "total" };
        let expected = first_paid(&work, by_streamer);
        assert!(expected.values().filter(|gmv| **gmv > 0).count() > 2, "{expected:?}");
        let csv = run(&work, &format!("decompose {BOTH} --spend spend.csv --by {by} --threads 1"));
        let mut found = BTreeMap::new();
        for (keys, row) in rows(&csv, if by_streamer { "period,streamer_id" } else { "period" }) {
            let group = keys.get(1).cloned().unwrap_or_default();
            let gmv = money(&row, "gmv_first_paid");
            let has_cost = !by_streamer || streamers[..9].contains(&group);
            let cost = if by_streamer { 777 * 7 } else { 777 * 7 * 9 };
            assert_eq!(row["cost"].is_empty(), !has_cost, "{row:?}");
            if has_cost {
                assert_eq!(money(&row, "cost"), cost);
                assert!((number(&row, "roi") - gmv as f64 / cost as f64).abs() < 1e-12, "{row:?}");
                if row["uv_paid"] == "0" {
                    assert_eq!(row["cost_per_paid_uv"], "");
                } else {
                    let each = cost as f64 / 100.0 / number(&row, "uv_paid");
                    assert!((number(&row, "cost_per_paid_uv") - each).abs() < 1e-9, "{row:?}");
                }
            }
            if gmv > 0 {
                found.insert((group, keys[0].parse().unwrap()), gmv);
            }
        }
        assert_eq!(found, expected.into_iter().filter(|(_, gmv)| *gmv > 0).collect());
        for more in ["--threads 3", "--threads 2 --spill-above 1", "--threads 4 --block-size 999"] {
            assert_eq!(
                run(&work, &format!("decompose {BOTH} --spend spend.csv --by {by} {more}")),
                csv,
                "{more}"
            );
        }
    }
}
