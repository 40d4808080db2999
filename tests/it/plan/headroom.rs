//! Headroom: numbers worked out by hand, intervals as `decompose` has them, peers, and what is noise.

use std::collections::BTreeMap;

use super::{Rows, plan};
use crate::compare::{BOTH, money, number, rows, run, sample};
use crate::support::Work;

type Row = BTreeMap<String, String>;

/// Ten streamers: of s0 1 % of the viewers buy, of the others 2 % to 10 %; each order is 10.00, and each buyer has one.
fn dashboard(more: &str) -> Work {
    let header = "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n";
    let row = |at: u32| {
        let buyers = 10 * (at + 1);
        format!("2026-03-02,s{at},1000,500,{buyers},{buyers},{buyers}0\n")
    };
    let rows: String = (0..10).map(row).collect();
    Work::with(&[("facts.csv", &format!("{header}{rows}{more}"))])
}

fn levers(work: &Work, line: &str) -> Rows {
    rows(&plan(work, line), "streamer_id,lever")
}

fn of<'a>(rows: &'a Rows, streamer: &str, lever: &str) -> &'a Row {
    &rows[&vec![streamer.to_owned(), lever.to_owned()]]
}

/// The others of s0 have 2 %, 3 % … 10 %: their P75 is 8 %, their median 6 %; those of s9 have 1 % … 9 %: 7 % and 5 %.
#[test]
fn by_hand() {
    let work = dashboard("");
    let found = levers(&work, "--facts facts.csv --peers all");
    assert_eq!(found.len(), 30);
    let row = of(&found, "s0", "viewer_conversion");
    assert!((number(row, "value") - 0.01).abs() < 1e-15 && (number(row, "peers_value") - 0.08).abs() < 1e-15);
    // 100.00 × (8 − 1).
    assert_eq!(
        (&*row["gain"], &*row["peers"], &*row["gmv"], &*row["peer_group"]),
        ("700.00", "9", "100.00", "all")
    );
    assert_eq!(
        [&*row["value_lo"], &*row["gain_hi"], &*row["beyond_noise"]],
        [""; 3],
        "facts without moments"
    );
    // Those above their peers gain nothing, those alike neither.
    assert_eq!(of(&found, "s9", "viewer_conversion")["gain"], "0.00");
    assert_eq!(of(&found, "s3", "aov")["gain"], "0.00");
    let median = levers(&work, "--facts facts.csv --peers all --peer-value median");
    assert_eq!(of(&median, "s0", "viewer_conversion")["gain"], "500.00");
    // 400.00 × (7 / 4 − 1): the others of s3 are 1, 2, 3, 5 … 10, of which the median is 6 … of nine the fifth.
    assert_eq!(of(&median, "s3", "viewer_conversion")["gain"], "200.00");
    // The largest comes first.
    let csv = plan(&work, "--facts facts.csv --peers all");
    let gains: Vec<i128> = {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let at = reader.headers().unwrap().iter().position(|name| name == "gain").unwrap();
        reader.records().map(|record| record.unwrap()[at].replace('.', "").parse().unwrap()).collect()
    };
    assert!(gains.is_sorted_by(|a, b| a >= b) && gains[0] > 0, "{gains:?}");
    let some = levers(&work, "--facts facts.csv --peers all --streamer s0");
    assert_eq!(some.len(), 3);
    assert_eq!(of(&some, "s0", "viewer_conversion"), row);
}

/// Fewer than eight peers tell nothing; nor does a lever that is 0.
#[test]
fn too_few_peers_tell_nothing() {
    let work = dashboard("2026-03-02,s_,1000,500,0,0,0\n2026-03-02,t_,0,0,0,0,0\n");
    let found = levers(&work, "--facts facts.csv");
    // Of 5,500.00: 1,000 + 900 + 800 are 2,700, so that the 700 of s6 pass the half and are head; 4,800 before s2 are not yet nine tenths.
    let group = |streamer: &str| of(&found, streamer, "aov")["peer_group"].clone();
    assert_eq!(
        ["s9", "s6", "s5", "s2", "s1", "s0"].map(group),
        ["head", "head", "mid", "mid", "tail", "tail"]
    );
    assert!(found.values().all(|row| row["gain"].is_empty() && row["peers_value"].is_empty()));
    let table = plan(&work, "--facts facts.csv --format table");
    assert!(table.contains("Without a gain for fewer than 8 peers: 33 of 33 levers"), "{table}");
    let all = levers(&work, "--facts facts.csv --peers all");
    let nobody = of(&all, "s_", "viewer_conversion");
    assert_eq!((&*nobody["value"], &*nobody["peers"], &*nobody["gain"]), ("0", "10", ""));
    assert_eq!((&*of(&all, "s_", "aov")["value"], &*of(&all, "s_", "aov")["peers"]), ("", "10"));
    assert_eq!(of(&all, "s0", "viewer_conversion")["peers"], "10");
    assert!(
        !all.contains_key(&vec!["t_".to_owned(), "aov".to_owned()]),
        "without viewers and orders there is no row"
    );
}

/// Intervals are those of `decompose --ci`; gains follow from their ends, and what is noise from the upper one.
#[test]
fn intervals_are_those_of_the_factors() {
    let work = sample(3, "--sessions 120000 --streamers 14");
    let found = levers(&work, &format!("{BOTH} -q --peers all --level 90%"));
    let line = format!("decompose {BOTH} -q --from 2026-11-09 --to 2026-11-15 --ci --level 90% --moments");
    let factors = rows(&run(&work, &line), "streamer_id");
    let (mut beyond, mut within) = (0, 0);
    for (key, row) in &found {
        let factor = &factors[&key[..1]];
        let column = match &*key[1] {
            "aov" => "aov",
            "repurchase" => "orders_per_buyer",
            _ => "",
        };
        if row["value_lo"].is_empty() {
            assert!(factor["buyers"] == "0", "{row:?}");
            continue;
        }
        let [value, low, high] = ["value", "value_lo", "value_hi"].map(|name| number(row, name));
        if column.is_empty() {
            let [v, b, vv, vb, bb] =
                ["uv", "buyers", "m_11", "m_1b", "m_bb"].map(|name| number(factor, name));
            let error = (bb / (b * b) + vv / (v * v) - 2.0 * vb / (v * b)).sqrt();
            let reach = (1.644_853_626_951_472_f64 * error).exp();
            assert!((value - b / v).abs() < 1e-15);
            assert!(
                (low / (value / reach) - 1.0).abs() < 1e-9 && (high / (value * reach) - 1.0).abs() < 1e-9
            );
        } else {
            assert_eq!(row["value"], factor[column]);
            assert_eq!(row["value_lo"], factor[&format!("{column}_lo")]);
            assert_eq!(row["value_hi"], factor[&format!("{column}_hi")]);
        }
        let (gmv, peers) = (money(row, "gmv") as f64, number(row, "peers_value"));
        for (name, value) in [("gain", value), ("gain_lo", high), ("gain_hi", low)] {
            let expected = (gmv * (peers / value - 1.0)).max(0.0);
            assert!((money(row, name) as f64 - expected).abs() <= 0.5 + 1e-9 * expected, "{name} {row:?}");
        }
        let few = factor["few_buyers"] == "true";
        assert_eq!(row["few_buyers"], factor["few_buyers"]);
        let is_beyond = high < peers && !few;
        assert_eq!(row["beyond_noise"], is_beyond.to_string(), "{row:?}");
        if is_beyond { beyond += 1 } else { within += 1 }
    }
    assert!(beyond >= 3 && within >= 3, "{beyond} {within}");
    let only = levers(&work, &format!("{BOTH} -q --peers all --level 90% --beyond-noise"));
    assert_eq!(only.len(), beyond);
    assert!(only.iter().all(|(key, row)| found[key] == *row));
}

/// Peers share the tier of the table, other columns that are named, and what rows are by besides.
#[test]
fn peers_share_columns() {
    let work = sample(2, "--sessions 30000 --streamers 40");
    let table = work.read("sample/streamers.csv");
    let streamers = rows(&table, "streamer_id");
    let with = format!("{BOTH} --streamers sample/streamers.csv -q");
    let group = |line: &str| levers(&work, line);
    for (key, row) in &group(&with) {
        assert_eq!(row["peer_group"], streamers[&key[..1]]["tier"]);
    }
    // A tier counts its own members but the row itself.
    let conversions = group(&with);
    let members = |tier: &str| {
        let of_tier = |(key, row): &(&Vec<String>, &Row)| {
            key[1] == "viewer_conversion" && row["peer_group"] == tier && !row["value"].is_empty()
        };
        conversions.iter().filter(of_tier).count()
    };
    for (_, row) in conversions.iter().filter(|(key, _)| key[1] == "viewer_conversion") {
        assert_eq!(number(row, "peers") as usize + 1, members(&row["peer_group"]), "{row:?}");
    }
    let split = plan(&work, &format!("{with} --by streamer,domain --peers all"));
    for row in rows(&split, "streamer_id,domain,lever").values() {
        assert_eq!(row["peer_group"], row["domain"]);
    }
}
