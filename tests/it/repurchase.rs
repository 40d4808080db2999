//! `gmv repurchase`: rates by hand, against `decompose`, and on data of which the figures are published.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::compare::{BOTH, money, number, rows, run, sample};
use crate::real_data::folder;
use crate::support::Work;

/// Two weeks of two streamers. u1 buys at s1 in both weeks, u2 twice in the second on one evening, u3 once in the first, u4 at s1 and s2.
fn shop() -> Work {
    Work::with(&[
        (
            "orders.csv",
            "order_id,buyer_id,streamer_id,paid_at,amount,status\n\
             1,u1,s1,2026-03-03 20:00:00,10.00,paid\n\
             2,u3,s1,2026-03-04 20:00:00,20.00,paid\n\
             3,u4,s2,2026-03-05 20:00:00,30.00,paid\n\
             4,u1,s1,2026-03-10 20:00:00,40.00,paid\n\
             5,u2,s1,2026-03-11 20:00:00,50.00,paid\n\
             6,u2,s1,2026-03-11 21:00:00,60.00,paid\n\
             7,u4,s1,2026-03-12 20:00:00,70.00,paid\n\
             8,u1,s1,2026-03-13 20:00:00,80.00,paid\n",
        ),
        (
            "sessions.csv",
            "session_id,viewer_id,streamer_id,entered_at,left_at,source\n\
             1,u1,s1,2026-03-03 19:30:00,2026-03-03 20:30:00,follow\n\
             2,u3,s1,2026-03-04 19:30:00,2026-03-04 20:30:00,recommend\n\
             3,u4,s2,2026-03-05 19:30:00,2026-03-05 20:30:00,follow\n\
             4,u1,s1,2026-03-10 19:30:00,2026-03-10 20:30:00,follow\n\
             5,u2,s1,2026-03-11 19:30:00,2026-03-11 21:30:00,recommend\n\
             6,u4,s1,2026-03-12 19:30:00,2026-03-12 20:30:00,follow\n\
             7,u5,s1,2026-03-12 19:30:00,2026-03-12 20:30:00,follow\n",
        ),
    ])
}

const SHOP: &str = "--orders orders.csv --sessions sessions.csv --covers 2026-03-02..2026-03-15 -q";

fn row<'r>(
    found: &'r BTreeMap<Vec<String>, BTreeMap<String, String>>,
    key: &[&str],
) -> &'r BTreeMap<String, String> {
    let key: Vec<String> = key.iter().map(|&part| part.to_owned()).collect();
    found.get(&key).unwrap_or_else(|| panic!("no row {key:?} in {:?}", found.keys()))
}

/// Cells of a row as they are written.
fn cells<'r>(row: &'r BTreeMap<String, String>, names: &[&str]) -> Vec<&'r str> {
    names.iter().map(|&name| &*row[name]).collect()
}

#[test]
fn rates_by_hand() {
    let work = shop();
    let found = rows(&run(&work, &format!("repurchase {SHOP}")), "period,streamer_id");
    let second = row(&found, &["2026-03-09", "s1"]);
    // u1 has two orders on two days, u2 two on one, u4 one: 5 orders of 300 in all.
    assert_eq!(cells(second, &["buyers", "orders", "gmv", "buyer_days"]), ["3", "5", "300.00", "4"]);
    let names = ["repurchase_rate", "orders_per_buyer", "orders_per_buyer_day", "gmv_per_buyer", "aov"];
    let expected = [2.0 / 3.0, 5.0 / 3.0, 1.25, 100.0, 60.0];
    for (name, expected) in names.into_iter().zip(expected) {
        assert!((number(second, name) - expected).abs() < 1e-12, "{name}");
    }
    // Only u1 had bought at s1 before: 2 of 5 orders, 120 of 300.
    assert!((number(second, "returning_rate") - 1.0 / 3.0).abs() < 1e-12);
    assert!((number(second, "returning_orders_share") - 0.4).abs() < 1e-12);
    assert!((number(second, "returning_gmv_share") - 0.4).abs() < 1e-12);
    // Private-domain viewers are u1, u4 and u5; of the repeat orders (4, 6, 8) two are u1's.
    assert!((number(second, "private_gmv_share") - 190.0 / 300.0).abs() < 1e-12);
    assert!((number(second, "private_share_of_repurchase") - 2.0 / 3.0).abs() < 1e-12);
    let funnel = ["funnel_viewers", "funnel_buyers", "funnel_repeat_buyers", "funnel_multi_period_buyers"];
    assert_eq!(cells(second, &funnel), ["3", "2", "1", "1"]);
    let steps = ["funnel_buyer_rate", "funnel_repeat_rate", "funnel_multi_period_rate"];
    assert_eq!(cells(second, &steps), ["0.6666666666666666", "0.5", "1"]);
    assert_eq!(second["history_days"], "6");
    // u2 came back on the day of the first order, u4 has not in the three days that are known.
    let quartiles = ["days_to_second_order_p25", "days_to_second_order_p50", "days_to_second_order_p75"];
    assert_eq!(cells(second, &quartiles), ["0", "0", ""]);
    // Of the first week's, u1 came back after 7 days, u3 not in 11.
    let first = row(&found, &["2026-03-02", "s1"]);
    assert_eq!(cells(first, &quartiles), ["7", "7", ""]);
    assert_eq!(cells(first, &["returning_rate", "repurchase_rate"]), ["0", "0"]);
    // By days, the two orders of u2 are one visit.
    let found = rows(&run(&work, &format!("repurchase {SHOP} --repurchase days")), "period,streamer_id");
    let second = row(&found, &["2026-03-09", "s1"]);
    assert!((number(second, "repurchase_rate") - 1.0 / 3.0).abs() < 1e-12);
    assert_eq!(cells(second, &quartiles), ["", "", ""]);
    // Over both streamers u4 comes back: 7 days after the 5th.
    let found = rows(&run(&work, &format!("repurchase {SHOP} --by total --period all")), "period");
    let all = row(&found, &["2026-03-03"]);
    assert_eq!(cells(all, &["buyers", "orders", "repurchase_rate"]), ["4", "8", "0.75"]);
    assert_eq!(cells(all, &quartiles), ["0", "7", "7"]);
}

/// u1 and u4 have all of an order refunded, u2 a part of the first one.
#[test]
fn refunds_by_hand() {
    let work = Work::with(&[(
        "orders.csv",
        "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount,status\n\
         1,u1,s1,2026-03-03 20:00:00,10.00,10.00,paid\n\
         2,u3,s1,2026-03-04 20:00:00,20.00,,paid\n\
         3,u4,s2,2026-03-05 20:00:00,30.00,30.00,paid\n\
         4,u1,s1,2026-03-10 20:00:00,40.00,,paid\n\
         5,u2,s1,2026-03-11 20:00:00,50.00,25.00,paid\n\
         6,u2,s1,2026-03-11 21:00:00,60.00,,paid\n\
         7,u4,s1,2026-03-12 20:00:00,70.00,70.00,paid\n\
         8,u1,s1,2026-03-13 20:00:00,80.00,,paid\n",
    )]);
    let names = ["refund_rate_orders", "refund_rate_gmv", "first_order_refund_rate"];
    for (basis, buyers) in [("paid", "3"), ("net", "2")] {
        let line = format!("repurchase --orders orders.csv --attribution all --basis {basis} -q");
        let found = rows(&run(&work, &line), "period,streamer_id");
        let second = row(&found, &["2026-03-09", "s1"]);
        // Of 300 for five orders, 25 and 70 of two were given back, which were the first of u2 and u4.
        assert_eq!(second["buyers"], buyers);
        let expected = [0.4, 95.0 / 300.0, 1.0];
        for (name, expected) in names.into_iter().zip(expected) {
            assert!((number(second, name) - expected).abs() < 1e-12, "{basis} {name}");
        }
        let first = row(&found, &["2026-03-02", "s1"]);
        assert_eq!(cells(first, &names)[0], "0.5");
        assert!((number(first, "refund_rate_gmv") - 1.0 / 3.0).abs() < 1e-12);
        assert_eq!(first["first_order_refund_rate"], "0.5");
        // Under net nothing is left of s2, but that it was refunded is told.
        let gone = row(&found, &["2026-03-02", "s2"]);
        assert_eq!(cells(gone, &names), ["1", "1", "1"], "{basis}");
        let left = if basis == "net" { ["0", "0.00"] } else { ["1", "30.00"] };
        assert_eq!(cells(gone, &["orders", "gmv"]), left);
    }
    // Without anything that says what was refunded, nothing is known.
    let found = rows(&run(&shop(), &format!("repurchase {SHOP}")), "period,streamer_id");
    assert_eq!(cells(row(&found, &["2026-03-09", "s1"]), &names), ["", "", ""]);
}

/// What was paid for in one second is one first order; of an order of which nothing is left it is not known what its buyer was as a viewer, so
/// that there is no row for it by domain.
#[test]
fn first_orders_of_one_second_and_orders_that_are_gone() {
    let work = Work::with(&[
        (
            "orders.csv",
            "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount\n\
             1,u1,s2,2026-03-03 20:00:00,10.00,\n\
             2,u1,s1,2026-03-03 20:00:00,20.00,5.00\n\
             3,u2,s1,2026-03-04 20:00:00,30.00,30.00\n",
        ),
        (
            "sessions.csv",
            "viewer_id,streamer_id,entered_at,left_at,source\n\
             u1,s2,2026-03-03 19:00:00,2026-03-03 21:00:00,follow\n\
             u1,s1,2026-03-03 19:00:00,2026-03-03 21:00:00,follow\n\
             u3,s2,2026-03-03 19:00:00,2026-03-03 21:00:00,paid\n",
        ),
    ]);
    let line = "repurchase --orders orders.csv --sessions sessions.csv -q";
    let found = rows(&run(&work, &format!("{line} --by total")), "period");
    assert_eq!(row(&found, &["2026-03-02"])["first_order_refund_rate"], "1");
    let found = rows(&run(&work, &format!("{line} --by domain --basis net")), "period,domain");
    let keys: Vec<&str> = found.keys().map(|key| key[1].as_str()).collect();
    assert_eq!(keys, ["private", "public"]);
    // Where orders are told without viewers, it stands in the row of the group, whatever else is in it.
    let all = format!("{line} --basis net --attribution all");
    let found = rows(&run(&work, &format!("{all} --by streamer")), "period,streamer_id");
    let names = ["refund_rate_orders", "refund_rate_gmv", "first_order_refund_rate"];
    assert_eq!(cells(row(&found, &["2026-03-02", "s1"]), &names), ["1", "0.7", "1"]);
}

/// Of all money, what was refunded is what net leaves out; the rates do not depend on the basis, nor on where the refunds stand.
#[test]
fn refunds_agree_with_net() {
    let work = sample(4, "");
    let line = format!("{BOTH} --by streamer --attribution all -q");
    let of = |command: &str| rows(&run(&work, &format!("{command} {line}")), "period,streamer_id");
    let (paid, net) = (of("repurchase"), of("repurchase --basis net"));
    let (all, left) = (of("decompose"), of("decompose --basis net"));
    let mut seen = 0;
    for (key, row) in paid.iter().filter(|(_, row)| row["orders"] != "0") {
        for name in ["refund_rate_orders", "refund_rate_gmv", "first_order_refund_rate"] {
            assert_eq!(row[name], net[key][name], "{key:?} {name}");
        }
        let share = 1.0 - money(&left[key], "gmv") as f64 / money(&all[key], "gmv") as f64;
        assert!((number(row, "refund_rate_gmv") - share).abs() < 1e-12, "{key:?}");
        seen += i32::from(share > 0.0);
    }
    assert!(seen > 10, "only {seen} rows with refunds");
}

#[test]
fn cohorts_by_hand() {
    let work = shop();
    let line = format!("repurchase {SHOP} --cohorts --by total");
    let names = ["buyers", "returned", "orders", "gmv", "gmv_per_buyer_cumulative"];
    let found = rows(&run(&work, &line), "cohort,offset");
    assert_eq!(cells(row(&found, &["2026-03-02", "0"]), &names), ["3", "3", "3", "60.00", "20"]);
    assert_eq!(
        cells(row(&found, &["2026-03-02", "1"]), &names),
        ["3", "2", "3", "190.00", "83.33333333333333"]
    );
    assert_eq!(cells(row(&found, &["2026-03-09", "0"]), &names), ["1", "1", "2", "110.00", "110"]);
    // The third week is not there yet: null, not zero.
    assert_eq!(cells(row(&found, &["2026-03-09", "1"]), &names), ["1", "", "", "", ""]);
    let wide = run(&work, &format!("{line} --wide"));
    assert_eq!(
        wide,
        "cohort,buyers,retention_0,retention_1\n2026-03-02,3,1,0.6666666666666666\n2026-03-09,1,1,\n"
    );
    let map = run(&work, &format!("{line} --wide --format table"));
    assert!(map.contains("66.7 % █") && map.contains("100.0 % █"), "{map}");
    let money = run(&work, &format!("{line} --wide --measure gmv --chart map.svg"));
    assert!(money.contains("2026-03-02,3,60.00,190.00"), "{money}");
    let picture = std::fs::read_to_string(work.path("map.svg")).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("¥190.00") && picture.contains("2026-03-09 · 1"));
    // Whose first order lies before the range is in no cohort, and said.
    let late = run(&work, &format!("{line} --from 2026-03-09 --format table"));
    assert!(late.contains("before --from: buyers 3"), "{late}");
}

/// Where sessions go on and orders do not, offsets are not known; where nothing of an order is left, its viewers still are.
#[test]
fn what_is_not_known_is_empty() {
    let sessions = "session_id,viewer_id,streamer_id,entered_at,left_at,source\n\
                    1,b1,s1,2024-01-03 10:00:00,2024-01-03 11:00:00,follow\n\
                    2,b2,s1,2024-01-03 10:00:00,2024-01-03 11:00:00,follow\n\
                    3,b1,s1,2024-01-20 10:00:00,2024-01-20 11:00:00,follow\n";
    let work = Work::with(&[
        (
            "orders.csv",
            "order_id,line_id,buyer_id,streamer_id,paid_at,amount,refund_amount,category\n\
             1,a,b1,s1,2024-01-03 10:10:00,10.00,10.00,food\n\
             1,b,b1,s1,2024-01-03 10:10:00,0.00,,gift\n\
             2,a,b2,s1,2024-01-03 10:20:00,20.00,,toys\n\
             2,b,b2,s1,2024-01-03 10:20:00,0.00,,gift\n",
        ),
        ("sessions.csv", sessions),
    ]);
    let line = "repurchase --orders orders.csv --sessions sessions.csv -q";
    let cohorts = rows(&run(&work, &format!("{line} --by total --cohorts")), "offset");
    assert_eq!(cohorts.len(), 1, "{cohorts:?}");
    assert_eq!(cells(row(&cohorts, &["0"]), &["returned", "partial"]), ["2", "true"]);
    let names = ["funnel_viewers", "funnel_buyers", "refund_rate_orders", "history_days"];
    for (basis, buyers) in [("paid", "1"), ("net", "0")] {
        let found = rows(&run(&work, &format!("{line} --by category --basis {basis}")), "period,category");
        assert_eq!(cells(row(&found, &["2024-01-01", "food"]), &names), ["2", buyers, "1", "0"], "{basis}");
        // One of the two gifts went with the order that was refunded, but nothing was given back for it.
        let gift = row(&found, &["2024-01-01", "gift"]);
        assert_eq!(cells(gift, &["refund_rate_orders", "refund_rate_gmv"]), ["0", ""], "{basis}");
    }
}

#[test]
fn curves_by_hand() {
    let work = shop();
    let found = rows(&run(&work, &format!("repurchase {SHOP} --curve --by total --period all")), "days");
    assert_eq!(found.len(), 2);
    let names = ["at_risk", "came_back", "came_back_share"];
    assert_eq!(cells(row(&found, &["0"]), &names), ["4", "1", "0.25"]);
    assert_eq!(cells(row(&found, &["7"]), &names), ["3", "2", "0.75"]);
    let sure = row(&found, &["7"]);
    assert!(number(sure, "came_back_share_lo") < 0.75 && 0.75 < number(sure, "came_back_share_hi"));
}

/// Buyers, orders, money and their ratios are those of `decompose`; who returned, those of its buyer types; the same bytes on any number of
/// threads.
#[test]
fn rates_agree_with_decompose() {
    let work = sample(5, "");
    for (by, attribution) in
        [("streamer", "period"), ("total", "window:30m"), ("streamer,category", "all"), ("domain", "period")]
    {
        let line = format!("{BOTH} --by {by} --attribution {attribution} -q");
        let keys = match by {
            "total" => "period".to_owned(),
            _ => format!("period,{}", by.replace("streamer", "streamer_id")),
        };
        let text = run(&work, &format!("repurchase {line} --threads 1 --ci"));
        assert_eq!(run(&work, &format!("repurchase {line} --threads 3 --ci")), text);
        let (found, known) = (rows(&text, &keys), rows(&run(&work, &format!("decompose {line}")), &keys));
        let is_some = |(_, row): &(&Vec<String>, &BTreeMap<String, String>)| row["buyers"] != "0";
        assert!(known.iter().filter(is_some).count() > 4);
        for (key, known) in known.iter().filter(is_some) {
            let found = &found[key];
            for name in ["buyers", "orders", "gmv", "aov", "orders_per_buyer"] {
                assert_eq!(found[name], known[name], "{by} {key:?} {name}");
            }
            for rate in ["repurchase_rate", "returning_rate", "private_gmv_share", "aov"] {
                let [low, value, high] =
                    [&format!("{rate}_lo"), rate, &format!("{rate}_hi")].map(|name| number(found, name));
                assert!(low <= value + 1e-12 && value <= high + 1e-12, "{by} {key:?} {rate}");
            }
        }
    }
}

/// Who had bought before is whom `decompose` calls returning, also where the orders before the range say so.
#[test]
fn returning_buyers_are_those_of_decompose() {
    let work = sample(5, "");
    let line = format!("{BOTH} --by streamer -q");
    let types = rows(
        &run(&work, &format!("decompose {BOTH} --by streamer,buyer-type -q")),
        "period,streamer_id,buyer_type",
    );
    let found = rows(&run(&work, &format!("repurchase {line}")), "period,streamer_id");
    let mut seen = 0;
    for (key, row) in &found {
        let of = |kind: &str, name: &str| {
            let key = [&key[..], &[kind.to_owned()]].concat();
            types.get(&key).map_or(0.0, |row| number(row, name))
        };
        let buyers = of("new", "buyers") + of("returning", "buyers");
        if buyers > 0.0 {
            let share = of("returning", "buyers") / buyers;
            assert!((number(row, "returning_rate") - share).abs() < 1e-12, "{key:?}");
            seen += i32::from(share > 0.0);
        }
    }
    assert!(seen > 10, "only {seen} rows with returning buyers");
    // Who had bought before is known from before --from, too.
    let later = rows(&run(&work, &format!("repurchase {line} --from 2026-11-02")), "period,streamer_id");
    assert!(later.len() > 4);
    for (key, row) in &later {
        for name in ["returning_rate", "private_share_of_repurchase", "funnel_repeat_buyers", "history_days"]
        {
            assert_eq!(row[name], found[key][name], "{key:?} {name}");
        }
    }
}

/// In each period, cohorts add up to the buyers and orders of `decompose --attribution all`, without `(none)`.
#[test]
fn cohorts_add_up() {
    let work = sample(5, "");
    for (by, key) in [("streamer", "streamer_id"), ("total", ""), ("category", "category")] {
        let line = format!("{BOTH} --by {by} --attribution all -q");
        let mut sums: BTreeMap<(String, String), [i128; 3]> = BTreeMap::new();
        let cohorts = rows(
            &run(&work, &format!("repurchase {line} --cohorts")),
            ["cohort", "offset", key].join(",").trim_end_matches(','),
        );
        for (found, row) in cohorts.iter().filter(|(_, row)| !row["returned"].is_empty()) {
            let cohort: jiff::civil::Date = found[0].parse().unwrap();
            let offset: i64 = found[1].parse().unwrap();
            let period = cohort.checked_add(jiff::Span::new().weeks(offset)).unwrap().to_string();
            let sum = sums.entry((period, found.get(2).cloned().unwrap_or_default())).or_default();
            sum[0] += row["returned"].parse::<i128>().unwrap();
            sum[1] += row["orders"].parse::<i128>().unwrap();
            sum[2] += money(row, "gmv");
        }
        let known =
            rows(&run(&work, &format!("decompose {line}")), ["period", key].join(",").trim_end_matches(','));
        let mut compared = 0;
        for (found, row) in
            known.iter().filter(|(key, row)| !key.contains(&"(none)".to_owned()) && row["buyers"] != "0")
        {
            let key = (found[0].clone(), found.get(1).cloned().unwrap_or_default());
            let whole = |name: &str| row[name].parse::<i128>().unwrap();
            assert_eq!(
                sums.remove(&key),
                Some([whole("buyers"), whole("orders"), money(row, "gmv")]),
                "{key:?}"
            );
            compared += 1;
        }
        sums.retain(|(_, group), sum| group != "(none)" && *sum != [0; 3]);
        assert!(sums.is_empty() && compared > 4, "{sums:?}");
    }
}

/// The customers of CDNOW (Fader and Hardie 2001), read from beside the repository.
#[test]
fn cdnow() {
    let Some(folder) = folder("cdnow", &["CDNOW_master.txt"]) else { return };
    let text = std::fs::read_to_string(folder.join("CDNOW_master.txt")).unwrap();
    let mut orders = "order_id,buyer_id,streamer_id,paid_at,amount\n".to_owned();
    for (number, line) in text.lines().enumerate() {
        let [buyer, date, _, amount] = line.split_whitespace().collect::<Vec<_>>()[..] else { continue };
        if let (Some((year, rest)), true) = (date.split_at_checked(4), date.starts_with("19")) {
            let (month, day) = rest.split_at(2);
            writeln!(orders, "{number},{buyer},cdnow,{year}-{month}-{day} 12:00:00,{amount}").unwrap();
        }
    }
    let work = Work::with(&[("orders.csv", &orders)]);
    let line = "repurchase --orders orders.csv --attribution all --by total -q --timezone UTC";
    let of = |more: &str| rows(&run(&work, &format!("{line} {more}")), "period");
    let all = of("--period all");
    let all = row(&all, &["1997-01-01"]);
    assert_eq!(cells(all, &["orders", "buyers", "gmv"]), ["69659", "23570", "2500315.63"]);
    assert!((number(all, "orders_per_buyer") - 2.955_409).abs() < 5e-7);
    assert!((number(all, "repurchase_rate") - 0.494_78).abs() < 5e-6);
    let days = of("--period all --repurchase days");
    assert!((number(row(&days, &["1997-01-01"]), "repurchase_rate") - 0.488_59).abs() < 5e-6);
    // The median of the days to the second buying day, of those who had one.
    let curve = rows(&run(&work, &format!("{line} --period all --repurchase days --curve")), "days");
    let mut back: Vec<(i64, i64)> =
        curve.iter().map(|(key, row)| (key[0].parse().unwrap(), row["came_back"].parse().unwrap())).collect();
    back.sort_unstable();
    let half = back.iter().map(|(_, count)| count).sum::<i64>() / 2;
    let mut so_far = 0;
    let median = back.iter().find(|(_, count)| {
        so_far += count;
        so_far > half
    });
    assert_eq!(median.map(|(days, _)| *days), Some(57));
    let cohorts = rows(&run(&work, &format!("{line} --period month --cohorts")), "cohort,offset");
    let january = |offset: i32| row(&cohorts, &["1997-01-01", &offset.to_string()])["returned"].clone();
    assert_eq!((0..7).map(january).collect::<Vec<_>>(), ["7846", "1157", "964", "810", "679", "736", "720"]);
}

/// What is to come stands beside the last complete period alone, is what `--expected` tells, and says why where nothing is known.
#[test]
fn what_is_to_come() {
    let work = sample(12, "--sessions 60000 --streamers 6 --story none");
    let line = format!("repurchase {BOTH} --by streamer --ci -q");
    let text = run(&work, &line);
    assert_eq!(run(&work, &format!("{line} --threads 1")), text);
    let found = rows(&text, "period,streamer_id");
    let told = rows(&run(&work, &format!("repurchase {BOTH} --by streamer --expected -q")), "streamer_id");
    let names = ["expected_orders", "expected_gmv", "expected_orders_lo", "expected_gmv_hi"];
    let known = found.iter().filter(|(_, row)| !row["expected_orders"].is_empty());
    let mut seen = 0;
    for (key, row) in known {
        assert_eq!((&*key[0], &*row["partial"]), ("2026-11-09", "false"));
        assert_eq!(cells(row, &names), cells(&told[&key[1..]], &names));
        let [low, value, high] = ["_lo", "", "_hi"].map(|end| number(row, &format!("expected_orders{end}")));
        assert!(0.0 < low && low < value && value < high, "{key:?}");
        // Buyers of twelve weeks do not vanish in the next one, nor buy twice as much.
        let orders = number(row, "orders");
        assert!(value > 0.1 * orders && value < 2.0 * orders, "{key:?}: {value} after {orders}");
        seen += 1;
    }
    assert!(seen >= 3, "{text}");
    for row in told.values() {
        assert_eq!([&*row["from"], &*row["to"]], ["2026-11-16", "2026-11-22"]);
        assert_eq!(row["r"].is_empty(), row["expected_orders"].is_empty());
        assert!(!row["refused"].is_empty() || !row["p"].is_empty());
    }
    let few = rows(&run(&shop(), &format!("repurchase {SHOP} --by total --expected")), "buyers");
    assert!(row(&few, &["4"])["refused"].contains("too few to fit"));
    // One period has no next one.
    let all = run(&work, &format!("repurchase {BOTH} --by streamer --period all --expected -q"));
    assert_eq!(all.lines().count(), 1);
}

#[test]
fn what_cannot_be_told_is_refused_in_one_line() {
    let work = shop();
    for (line, expected) in [
        ("repurchase --facts orders.csv", "orders of each buyer"),
        ("repurchase --orders orders.csv --sessions sessions.csv --by live", "nobody comes back to it"),
        (
            "repurchase --orders orders.csv --sessions sessions.csv --by domain --cohorts",
            "change from period to period",
        ),
        ("repurchase --orders orders.csv --sessions sessions.csv --wide", "--cohorts"),
        ("repurchase --orders orders.csv --sessions sessions.csv --cohorts --chart x.png", ".svg"),
        ("repurchase --orders orders.csv --sessions sessions.csv --cohorts --ci", "cannot be used with"),
    ] {
        let err = work.fails(2, &line.split_whitespace().collect::<Vec<_>>());
        assert!(err.contains(expected), "{line}: {err}");
    }
    let line = "repurchase --orders orders.csv --sessions sessions.csv --cohorts --by streamer --chart x.svg";
    let err = work.fails(1, &line.split_whitespace().collect::<Vec<_>>());
    assert!(err.contains("holds one group") && !work.path("x.svg").exists(), "{err}");
    // No orders at all: a head without rows.
    let empty = Work::with(&[("orders.csv", "order_id,buyer_id,streamer_id,paid_at,amount\n")]);
    let out = run(&empty, "repurchase --orders orders.csv --attribution all -q");
    assert_eq!(out.lines().count(), 1);
    assert_eq!(
        run(&empty, "repurchase --orders orders.csv --attribution all --cohorts -q").lines().count(),
        1
    );
}
