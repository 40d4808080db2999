//! Tiers of streamers, given or computed.

use std::collections::BTreeMap;

use crate::compare::{BOTH, money, rows, run, sample};
use crate::support::Work;

/// By hand: of 100.00, s1 has 40 and s2, before whom 40 are, 30: head. Before s3 are 70: mid. Before s4 are 90: tail. s5 sold nothing.
/// Of the 20 of s3, 5 were bought by nobody and 5 by one who did not watch.
pub const ORDERS: &str = "order_id,buyer_id,streamer_id,paid_at,amount,live_id\n\
    1,u1,s1,2026-03-02 20:10:00,15.00,a\n\
    2,u2,s1,2026-03-09 20:10:00,25.00,\n\
    3,u1,s2,2026-03-02 20:10:00,30.00,b\n\
    4,u3,s3,2026-03-02 20:10:00,10.00,c\n\
    5,,s3,2026-03-02 20:10:00,5.00,c\n\
    6,u9,s3,2026-03-09 20:10:00,5.00,\n\
    7,u3,s4,2026-03-09 20:10:00,10.00,\n\
    8,u3,,2026-03-09 20:10:00,500.00,\n";
pub const SESSIONS: &str = "viewer_id,streamer_id,entered_at,left_at\n\
    u1,s1,2026-03-02 20:00:00,2026-03-02 20:30:00\n\
    u1,s2,2026-03-02 20:00:00,2026-03-02 20:30:00\n\
    u2,s1,2026-03-09 20:00:00,2026-03-09 20:30:00\n\
    u3,s3,2026-03-02 20:00:00,2026-03-02 20:30:00\n\
    u3,s4,2026-03-09 20:00:00,2026-03-09 20:30:00\n\
    u3,s5,2026-03-09 20:00:00,2026-03-09 20:30:00\n";
pub const OWN: &str = "--orders orders.csv --sessions sessions.csv";

fn work() -> Work {
    Work::with(&[("orders.csv", ORDERS), ("sessions.csv", SESSIONS)])
}

/// `tier uv gmv gmv_off_live`, a row a line.
fn shown(csv: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let places = ["period", "tier", "uv", "gmv", "gmv_off_live"]
        .map(|name| header.iter().position(|column| column == name).unwrap());
    reader
        .records()
        .map(|row| row.unwrap())
        .map(|row| places.map(|at| row[at].to_owned()).join(" "))
        .collect()
}

#[test]
fn streamers_are_put_into_tiers_by_what_counts_in_the_whole_range() {
    let work = work();
    let all = run(&work, &format!("decompose {OWN} --by tier --period all"));
    let expected = [
        "2026-03-02 head 2 70.00 0.00",
        "2026-03-02 mid 1 10.00 10.00",
        "2026-03-02 tail 1 10.00 0.00",
        "2026-03-02 (none) 0 0.00 500.00",
    ];
    assert_eq!(shown(&all), expected);
    // The tiers are those of both weeks together, in each of them.
    let weeks = [
        "2026-03-02 head 1 45.00 0.00",
        "2026-03-02 mid 1 10.00 5.00",
        "2026-03-09 head 1 25.00 0.00",
        "2026-03-09 tail 1 10.00 0.00",
        "2026-03-09 (none) 0 0.00 500.00",
        "2026-03-09 mid 0 0.00 5.00",
    ];
    assert_eq!(shown(&run(&work, &format!("decompose {OWN} --by tier"))), weeks);
    // Of the second week alone: 25, 10 and 5 of 40.
    let second = run(&work, &format!("decompose {OWN} --by tier --from 2026-03-09 --to 2026-03-15"));
    let expected = [
        "2026-03-09 head 1 25.00 0.00",
        "2026-03-09 mid 1 10.00 5.00",
        "2026-03-09 (none) 0 0.00 500.00",
        "2026-03-09 tail 1 0.00 0.00",
    ];
    // s3 is after 35 of 40, which is within nine tenths.
    assert_eq!(shown(&second), expected);
}

#[test]
fn the_run_says_that_tiers_were_computed_and_a_column_of_the_table_wins() {
    let work = work();
    work.write("named.csv", "streamer_id,streamer_name,city\ns1,A,x\ns2,B,y\n");
    work.write("given.csv", "streamer_id,tier\ns1,gold\ns2,gold\ns3,iron\ns4,iron\n");
    let err = |line: &str| {
        let line = format!("decompose {OWN} {line}");
        work.run(&line.split_whitespace().collect::<Vec<_>>()).err
    };
    let note = "note: tiers were computed, since no column tier of --streamers gives them: the largest streamers by counted GMV of \
                the whole range up to 50 % of it are head (2), up to 90 % mid (1), the others tail (2)\n";
    for line in ["--by tier", "--by tier --streamers named.csv", "--by city,tier --streamers named.csv"] {
        let err = err(line);
        assert!(err.contains(note), "{line}: {err}");
    }
    for line in ["--by streamer", "--by tier --streamers given.csv", "--by city --streamers named.csv"] {
        let err = err(line);
        assert!(!err.contains("tiers"), "{line}: {err}");
    }
    let given = run(&work, &format!("decompose {OWN} --by tier --streamers given.csv --period all"));
    assert!(given.contains(",gold,70.00,") && given.contains(",iron,20.00,"), "{given}");
    // What the table lacks is still told of its own columns alone.
    assert!(err("--by city,tier --streamers named.csv").contains("not in --streamers"), "");
}

/// A table of the tiers that follow from rows by streamer, reckoned in another way: as shares, one streamer after the other.
fn table(csv: &str) -> String {
    let mut sums: BTreeMap<String, i128> = BTreeMap::new();
    for (keys, row) in rows(csv, "streamer_id,period") {
        *sums.entry(keys[0].clone()).or_default() += money(&row, "gmv_total");
    }
    sums.remove("(none)");
    let total: i128 = sums.values().sum();
    let tier = |own: i128| {
        let larger: i128 = sums.values().filter(|other| **other > own).sum();
        let above = |percent: i128| larger * 100 < percent * total;
        if own > 0 && above(50) {
            "head"
        } else if own > 0 && above(90) {
            "mid"
        } else {
            "tail"
        }
    };
    let lines = sums.iter().map(|(id, own)| format!("{id},{}\n", tier(*own)));
    format!("streamer_id,tier\n{}", lines.collect::<String>())
}

#[test]
fn computed_tiers_give_what_a_table_of_them_gives() {
    let work = sample(4, "--sessions 6000 --streamers 12");
    work.write("t.csv", table(&run(&work, &format!("decompose {BOTH} --by streamer"))));
    work.write("net.csv", table(&run(&work, &format!("decompose {BOTH} --by streamer --basis net"))));
    let tiers = work.read("t.csv");
    for tier in ["head", "mid", "tail"] {
        assert!(tiers.contains(&format!(",{tier}\n")), "{tiers}");
    }
    for line in [
        "decompose --by tier",
        "decompose --by tier,domain,category --period day",
        "decompose --by tier --ci --moments --period month",
        "compare --by tier --ci",
        "compare --by total --leaf tier",
        "compare --by tier,domain",
        "explain --by tier,domain,category --all",
    ] {
        let given = run(&work, &format!("{line} {BOTH} --streamers t.csv"));
        for more in ["--threads 1", "--threads 3 --spill-above 1"] {
            let computed = run(&work, &format!("{line} {BOTH} {more}"));
            assert!(computed.contains("head") || line.contains("total"), "{line}: {computed}");
            assert_eq!(computed, given, "{line} {more}");
        }
    }
    let line = format!("decompose --by tier --basis net {BOTH}");
    assert_eq!(run(&work, &line), run(&work, &format!("{line} --streamers net.csv")));
}

#[test]
fn broadcasts_belong_to_the_tier_of_their_streamer() {
    let by = |by: &str| run(&work(), &format!("decompose {OWN} --by {by} --period all"));
    let live = rows(&by("live,tier"), "live_id,tier");
    let keys: Vec<String> = live.keys().map(|keys| keys.join(" ")).collect();
    let expected = ["(none) (none)", "(none) head", "(none) mid", "(none) tail", "a head", "b head", "c mid"];
    assert_eq!(keys, expected);
}

#[test]
fn sums_by_streamer_are_compared_by_tier() {
    let work = sample(4, "--sessions 6000 --streamers 12");
    run(&work, &format!("decompose {BOTH} --by streamer -o facts.csv"));
    run(&work, &format!("decompose {BOTH} --by domain -o other.csv"));
    let table = table(&work.read("facts.csv"));
    let tier_of: BTreeMap<&str, &str> =
        table.lines().filter_map(|line| line.split_once(',')).skip(1).collect();
    let leaves = rows(&run(&work, "compare --facts facts.csv"), "streamer_id");
    let mut sums: BTreeMap<&str, i128> = BTreeMap::new();
    for (keys, row) in &leaves {
        let tier = tier_of.get(&*keys[0]).copied().unwrap_or("(none)");
        *sums.entry(tier).or_default() += money(row, "gmv_change");
    }
    let compared = work.run(&["compare", "--facts", "facts.csv", "--by", "tier"]);
    assert!(compared.err.contains("note: tiers were computed"), "{}", compared.err);
    let found = rows(&compared.out, "tier");
    assert_eq!(found.len(), sums.len(), "{}", compared.out);
    for (keys, row) in &found {
        assert_eq!(money(row, "gmv_change"), sums[&*keys[0]], "{keys:?}");
    }
    let err = work.fails(2, &["decompose", "--facts", "facts.csv", "--by", "tier"]);
    assert!(err.contains("the facts are by streamer_id, not by tier"), "{err}");
    let err = work.fails(2, &["compare", "--facts", "other.csv", "--by", "tier"]);
    assert!(err.contains("--by tier: the sums are by domain, and have no such column"), "{err}");
}

#[test]
fn what_was_refunded_is_no_money_of_a_tier() {
    // Beside each order with a refund, repurchase is told of the refund.
    let with_refund = |line: &str| match line.split(',').next() {
        Some("order_id") => format!("{line},refund_amount"),
        Some("7") => format!("{line},10.00"),
        _ => format!("{line},0"),
    };
    let orders = ORDERS.lines().map(with_refund).collect::<Vec<_>>().join("\n");
    let work = Work::with(&[("orders.csv", &orders), ("sessions.csv", SESSIONS)]);
    for command in ["decompose", "repurchase"] {
        let line = format!("{command} {OWN} --by tier");
        let run = work.run(&line.split(' ').collect::<Vec<_>>());
        assert!(run.err.contains("are head (2), up to 90 % mid (1), the others tail (2)"), "{}", run.err);
    }
}
