//! What each factor did: identities over many options, hand-worked numbers, and every way in.

use std::collections::BTreeMap;

use super::{BOTH, FIVE, money, number, rows, run, sample};
use crate::support::Work;

type Row = BTreeMap<String, String>;

/// A row closes to the cent, and its parts make up their effects.
fn closes(row: &Row, sums_leaves: bool) {
    let change = money(row, "gmv_change");
    assert_eq!(FIVE.iter().map(|effect| money(row, effect)).sum::<i128>(), change, "{row:?}");
    assert_eq!(money(row, "gmv_after") - money(row, "gmv_before"), change);
    let total = money(row, "gmv_total_change");
    assert_eq!(change + money(row, "off_live_change"), total);
    assert_eq!(money(row, "gmv_total_after") - money(row, "gmv_total_before"), total);
    let watch_and_conversion = money(row, "watch_effect") + money(row, "conversion_effect");
    assert_eq!(watch_and_conversion, money(row, "viewer_conversion_effect"));
    let live = money(row, "live_hours_effect") + money(row, "uv_per_live_hour_effect");
    assert_eq!(live, money(row, "uv_effect"));
    if sums_leaves {
        let parts = ["uv_scale_effect", "uv_overlap_effect", "uv_mix_effect"];
        assert_eq!(parts.iter().map(|part| money(row, part)).sum::<i128>(), money(row, "uv_effect"));
    }
}

/// Every row closes to the cent, and agrees with `decompose`.
#[test]
fn effects_add_up_to_the_change_that_decompose_shows() {
    let work = sample(4, "");
    let with = format!("{BOTH} --streamers sample/streamers.csv --lives sample/lives.csv -q");
    for (by, keys) in [
        ("streamer", "streamer_id"),
        ("total", ""),
        ("tier", "tier"),
        ("streamer,domain", "streamer_id,domain"),
        ("domain", "domain"),
        ("buyer-type,category", "buyer_type,category"),
        ("price-band", "price_band"),
    ] {
        let decompose = run(&work, &format!("decompose {with} --by {by} --from 2026-11-02"));
        let sums = rows(&decompose, &format!("period,{keys}"));
        // Domain and buyer type are those with the streamer, where a row of `decompose` has those with all.
        let is_of_leaves = by.starts_with("domain") || by.starts_with("buyer-type");
        for method in ["lmdi", "shapley", "chain", "chain --order aov,uv,repurchase,conversion,watch"] {
            let found = rows(&run(&work, &format!("compare {with} --by {by} --method {method}")), keys);
            assert!(!found.is_empty());
            for (key, row) in &found {
                closes(row, !by.starts_with("streamer"));
                let weeks = [("2026-11-02", "gmv_before"), ("2026-11-09", "gmv_after")];
                for (week, side) in weeks.into_iter().filter(|_| !is_of_leaves) {
                    let key: Vec<String> = std::iter::once(week.to_owned()).chain(key.clone()).collect();
                    let expected = sums.get(&key).map_or(0, |sums| money(sums, "gmv"));
                    assert_eq!(money(row, side), expected, "{by} {key:?}");
                }
            }
            let all = rows(&run(&work, &format!("compare {with} --by total --method {method}")), "");
            let moved: i128 = found.values().map(|row| money(row, "gmv_change")).sum();
            assert_eq!(money(&all[&vec![]], "gmv_change"), moved, "{by}");
        }
    }
}

/// Persons of a row that sums leaves count once, as `decompose` counts them.
#[test]
fn viewers_of_a_row_are_distinct_over_its_leaves() {
    let work = sample(4, "");
    let with = format!("{BOTH} --streamers sample/streamers.csv -q");
    for (by, keys) in [("total", ""), ("tier", "tier")] {
        let sums = rows(&run(&work, &format!("decompose {with} --by {by}")), &format!("period,{keys}"));
        for (key, row) in rows(&run(&work, &format!("compare {with} --by {by}")), keys) {
            for (week, side) in [("2026-11-02", "before"), ("2026-11-09", "after")] {
                let week_key: Vec<String> = std::iter::once(week.to_owned()).chain(key.clone()).collect();
                for factor in
                    ["uv", "watch_hours_per_viewer", "buyers_per_watch_hour", "aov", "orders_per_buyer"]
                {
                    assert_eq!(
                        row[&format!("{factor}_{side}")],
                        sums[&week_key][factor],
                        "{by} {key:?} {factor}"
                    );
                }
            }
        }
    }
    // A person may be private with one streamer and public with another, so the leaves' domains hold more than the total's.
    let split =
        rows(&run(&work, &format!("decompose {with} --by domain --from 2026-11-09")), "period,domain");
    let leaves = rows(&run(&work, &format!("compare {with} --by domain")), "domain");
    let private = |uv: &str| uv.parse::<i64>().unwrap();
    let there = private(&split[&vec!["2026-11-09".to_owned(), "public".to_owned()]]["uv"]);
    assert!(private(&leaves[&vec!["public".to_owned()]]["uv_after"]) > there);
}

/// The fourth worked example of the specification, as a dashboard would show it, and a streamer that entered and one that left.
#[test]
fn facts_typed_in_by_hand_give_effects_worked_out_by_hand() {
    let facts = "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n\
                 2026-03-02,a,90,630,2520,2520,2520\n2026-03-09,a,100,600,3000,3000,3000\n\
                 2026-03-09,b,10,5,1,1,70\n2026-03-02,c,10,5,1,1,30.01\n";
    let work = Work::with(&[("facts.csv", facts)]);
    let found = rows(&run(&work, "compare --facts facts.csv --method chain"), "streamer_id");
    let row = |key: &str| &found[&vec![key.to_owned()]];
    let five = |key: &str| FIVE.map(|effect| row(key)[effect].clone());
    assert_eq!(five("a"), ["280.00", "-400.00", "600.00", "0.00", "0.00"]);
    assert_eq!(
        (five("b"), &*row("b")["status"]),
        (["70.00", "0.00", "0.00", "0.00", "0.00"].map(str::to_owned), "entered")
    );
    assert_eq!(
        (five("c"), &*row("c")["status"]),
        (["-30.01", "0.00", "0.00", "0.00", "0.00"].map(str::to_owned), "left")
    );
    assert_eq!(
        (&*row("a")["before"], &*row("a")["after"], &*row("a")["uv_before"]),
        ("2026-03-02", "2026-03-09", "90")
    );
    let total = rows(&run(&work, "compare --facts facts.csv --method chain --by total"), "");
    let total = &total[&vec![]];
    assert_eq!(FIVE.map(|effect| total[effect].clone()), ["319.99", "-400.00", "600.00", "0.00", "0.00"]);
    // Sums of persons over streamers are not known from facts, and nothing is made up.
    assert_eq!(
        [&total["uv_before"], &total["uv_scale_effect"], &total["orders_per_buyer_after"]],
        ["", "", ""]
    );
    assert!((number(total, "aov_before") - 2_550.01 / 2_521.0).abs() < 1e-12);
}

#[test]
fn a_store_and_saved_sums_give_the_same_as_the_exports() {
    let work = sample(3, "");
    run(&work, &format!("ingest --store store {BOTH} -q"));
    let of = |input: &str, more: &str| run(&work, &format!("compare {input} -q {more}"));
    for more in ["", "--ci", "--by total --ci", "--method shapley --by streamer,traffic"] {
        assert_eq!(of("--store store", more), of(BOTH, more), "{more}");
    }
    run(&work, &format!("decompose {BOTH} -q --moments -o facts.parquet"));
    let names = ["off_live_change", "gmv_total_change", "status", "uv_before", "aov_ratio"];
    let (saved, fresh) =
        (rows(&of("--facts facts.parquet", ""), "streamer_id"), rows(&of(BOTH, ""), "streamer_id"));
    assert_eq!(saved.keys().collect::<Vec<_>>(), fresh.keys().collect::<Vec<_>>());
    for (key, row) in &fresh {
        for name in FIVE.iter().chain(&names) {
            assert_eq!(saved[key][*name], row[*name], "{key:?} {name}");
        }
    }
}

/// Orders alone: nothing is known of viewing, so that conversion stands for the buyers.
#[test]
fn orders_alone_have_three_factors() {
    let work = sample(3, "");
    let found = rows(&run(&work, "compare --orders sample/orders.csv --attribution all -q --by total"), "");
    let row = &found[&vec![]];
    let unknown = ["uv_effect", "watch_effect", "viewer_conversion_effect", "uv_scale_effect", "uv_before"];
    assert_eq!(unknown.map(|column| &*row[column]), [""; 5]);
    let known = ["conversion_effect", "aov_effect", "repurchase_effect"].map(|column| money(row, column));
    assert_eq!(known.iter().sum::<i128>(), money(row, "gmv_change"));
}

/// Slices of orders share the traffic of their streamer, also in a week in which nobody bought in them.
#[test]
fn a_slice_that_sold_nothing_before_is_a_matter_of_conversion() {
    let orders = "order_id,buyer_id,streamer_id,paid_at,amount,status,category\n\
                  1,u1,s1,2026-03-03 20:10:00,100.00,paid,shoes\n2,u1,s1,2026-03-10 20:10:00,40.00,paid,hats\n";
    let sessions = "session_id,viewer_id,streamer_id,entered_at,left_at,source\n\
                    1,u1,s1,2026-03-03 20:00:00,2026-03-03 21:00:00,follow\n2,u1,s1,2026-03-10 20:00:00,2026-03-10 21:00:00,follow\n";
    let work = Work::with(&[("orders.csv", orders), ("sessions.csv", sessions)]);
    let line = "compare --orders orders.csv --sessions sessions.csv --covers 2026-03-02..2026-03-15 -q --by streamer,category";
    let found = rows(&run(&work, line), "streamer_id,category");
    let cells = |category: &str, columns: [&str; 4]| {
        columns.map(|column| found[&vec!["s1".to_owned(), category.to_owned()]][column].clone())
    };
    let columns = ["status", "uv_before", "conversion_effect", "gmv_change"];
    assert_eq!(cells("hats", columns), ["both", "1", "40.00", "40.00"]);
    assert_eq!(cells("shoes", columns), ["both", "1", "-100.00", "-100.00"]);
}

#[test]
fn broadcasts_as_sums_are_compared_by_their_own_viewers() {
    let rooms = "live_id,streamer_id,started_at,live_seconds,viewers,watch_seconds,buyers,orders,gmv\n\
                 1,s1,2026-03-03 20:00:00,3600,100,36000,10,10,1000.00\n2,s1,2026-03-10 20:00:00,3600,100,36000,10,10,1000.00\n\
                 3,s1,2026-03-11 20:00:00,3600,100,36000,10,10,1000.00\n4,s1,2026-03-15 20:00:00,3600,0,0,0,0,0\n\
                 5,s1,2026-03-02 10:00:00,0,0,0,0,0,0\n";
    let work = Work::with(&[("rooms.csv", rooms)]);
    let out = work.run(&["compare", "--rooms", "rooms.csv", "-q"]);
    assert_eq!(out.code, 0, "{}", out.err);
    let found = rows(&out.out, "streamer_id");
    let row = &found[&vec!["s1".to_owned()]];
    assert_eq!(
        ["uv_effect", "gmv_change", "watch_effect"].map(|column| &*row[column]),
        ["1000.00", "1000.00", "0.00"]
    );
    assert_eq!(number(row, "uv_ratio").to_bits(), 2.0_f64.to_bits());
}
