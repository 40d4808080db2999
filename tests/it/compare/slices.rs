//! Slices of orders, facts beside exports, and what was found amiss by looking.

use std::fmt::Write as _;

use super::{BOTH, FIVE, money, rows, run, sample};
use crate::support::Work;

/// What was sold in other weeks has no part in the comparison of two.
#[test]
fn slices_are_those_of_the_two_periods_whatever_else_is_read() {
    let work = sample(4, "--sessions 6000 --streamers 8");
    for by in ["category", "streamer,category", "price-band"] {
        let of = |more: &str| run(&work, &format!("compare {BOTH} -q --by {by} {more}"));
        assert_eq!(of("--from 2026-11-02"), of(""), "{by}");
    }
}

/// Saved sums by slice give what the exports give: a slice that sold nothing on a side had its group's viewers.
#[test]
fn facts_of_slices_know_their_groups_viewers() {
    let work = sample(2, "--sessions 3000 --streamers 8");
    run(&work, &format!("decompose {BOTH} -q --by streamer,category -o facts.csv"));
    let exports =
        rows(&run(&work, &format!("compare {BOTH} -q --by streamer,category")), "streamer_id,category");
    let saved =
        rows(&run(&work, "compare --facts facts.csv -q --by streamer,category"), "streamer_id,category");
    let mut one_sided = 0;
    for (key, row) in &exports {
        let Some(saved) = saved.get(key) else { continue };
        one_sided += usize::from((money(row, "gmv_before") == 0) != (money(row, "gmv_after") == 0));
        for effect in FIVE {
            assert_eq!(saved[effect], row[effect], "{key:?} {effect}");
        }
    }
    assert!(one_sided > 3, "the sample has slices that sold on one side alone");
}

/// A streamer that was not there was not on air.
#[test]
fn who_entered_has_live_hours() {
    let work = sample(3, "");
    let found = rows(&run(&work, &format!("compare {BOTH} --lives sample/lives.csv -q")), "streamer_id");
    for row in found.values().filter(|row| row["status"] != "both") {
        assert_eq!(row["live_hours_effect"], row["uv_effect"], "{row:?}");
        assert_eq!(row["uv_per_live_hour_effect"], "0.00");
    }
}

#[test]
fn sums_that_cannot_be_are_refused_with_their_place() {
    for (row, column, expected) in [
        ("2026-03-02,s1,100,50,10,0,1000.00", 6, "money comes with orders"),
        ("2026-03-02,s1,100,50,0,5,1000.00", 5, "orders come with buyers"),
    ] {
        let facts = format!(
            "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n{row}\n2026-03-09,s1,90,50,10,12,1100.00\n"
        );
        let work = Work::with(&[("facts.csv", &facts)]);
        let err = work.fails(1, &["compare", "--facts", "facts.csv"]);
        assert!(err.contains(expected) && err.contains(&format!("facts.csv:2:{column}")), "{err}");
    }
    let facts = "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n2026-03-02,s1,1,1,1,1,1\n2026-03-09,s1,1,1,1,1,1\n";
    let work = Work::with(&[("facts.csv", facts)]);
    let err = work.fails(2, &["compare", "--facts", "facts.csv", "--by", "domain"]);
    assert!(err.contains("have no such column") && !err.contains("--leaf"), "{err}");
    let err = work.fails(2, &["compare", "--facts", "facts.csv", "--leaf", "streamer"]);
    assert!(err.contains("leave the option out"), "{err}");
}

/// A column of the result never hides a group's.
#[test]
fn groups_named_like_columns_of_the_result_are_refused() {
    let work = sample(2, "--sessions 1000 --streamers 8");
    for by in ["status", "before", "gmv_change", "uv_before"] {
        let line = format!("compare {BOTH} -q --by {by}");
        let err = work.fails(2, &line.split_whitespace().collect::<Vec<_>>());
        assert!(err.contains("the result has a column of that name"), "{err}");
    }
}

/// A week that is missing in a facts file lies between, and is no week before.
#[test]
fn holes_of_a_facts_file_are_incomplete_periods() {
    let mut facts = "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n".to_owned();
    for date in ["2026-01-05", "2026-01-12", "2026-01-26"] {
        writeln!(facts, "{date},s1,10,10,5,5,100.00").unwrap();
    }
    let work = Work::with(&[("facts.csv", &facts)]);
    let table = run(&work, "compare --facts facts.csv --period week --format table");
    assert!(table.contains("2026-01-19 → 2026-01-26") && table.contains("Partial: 2026-01-19"), "{table}");
    // A day of the hole is a day of a period.
    let named = run(&work, "compare --facts facts.csv --period week --before 2026-01-12 --after 2026-01-27");
    assert!(named.contains("2026-01-12,2026-01-26,both,100.00,100.00"), "{named}");
}

/// Days that are declared to be covered are periods, though nothing was sold.
#[test]
fn a_week_without_trade_that_is_covered_is_the_last_one() {
    let work = sample(2, "--sessions 2000 --streamers 8");
    let found =
        rows(&run(&work, &format!("compare {BOTH} -q --by total --covers 2026-11-02..2026-11-22")), "");
    let row = &found[&vec![]];
    assert_eq!((&*row["before"], &*row["after"], &*row["gmv_after"]), ("2026-11-09", "2026-11-16", "0.00"));
}

/// A row of very many leaves takes several walks, and draws the same.
#[test]
fn replicates_are_the_same_however_many_walks_they_take() {
    let work = sample(2, "--sessions 2000 --streamers 8");
    let width = |replicates: u32| {
        let found = rows(&run(&work, &format!("compare {BOTH} -q --by total --bootstrap {replicates}")), "");
        let row = &found[&vec![]];
        (money(row, "uv_effect_hi") - money(row, "uv_effect_lo")) as f64
    };
    // 400,000 sums of leaves are beyond the bytes of one walk.
    let (few, many) = (width(2_000), width(40_000));
    assert!((few / many - 1.0).abs() < 0.06, "{few} {many}");
}
