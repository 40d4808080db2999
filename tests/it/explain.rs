//! `gmv explain`: the slices that are planted are found, nothing is found where nothing is, and no money counts twice.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::compare::{BOTH, money, number, rows, run, sample};
use crate::support::Work;

/// A shop of 15 weeks in which every week sells the same but for a little; in the last one the category `hats` of streamer s1 sells
/// nothing to returning buyers, and s3 is new.
fn planted() -> Work {
    let (mut orders, mut sessions) = (
        "order_id,buyer_id,streamer_id,paid_at,amount,status,category\n".to_owned(),
        "session_id,viewer_id,streamer_id,entered_at,left_at,source\n".to_owned(),
    );
    let first = jiff::civil::date(2026, 3, 2);
    let mut number = 0;
    for week in 0..15_i64 {
        let day = first.checked_add(jiff::Span::new().weeks(week).days(2)).unwrap();
        for (streamer, category, buyers, amount) in [
            ("s1", "hats", 80, 100),
            ("s1", "shoes", 90, 120),
            ("s2", "hats", 70, 110),
            ("s2", "shoes", 85, 90),
            ("s3", "hats", 60, 100),
        ] {
            let last = week == 14;
            if streamer == "s3" && !last || (streamer, category, last) == ("s1", "hats", true) {
                continue;
            }
            for n in 0..buyers + (week * 7 + buyers) % 5 {
                number += 1;
                let viewer = format!("{streamer}{category}{week}-{n}");
                let source = if n % 3 == 0 { "follow" } else { "recommend" };
                writeln!(sessions, "{number},{viewer},{streamer},{day} 20:00:00,{day} 20:30:00,{source}")
                    .unwrap();
                writeln!(
                    orders,
                    "{number},{viewer},{streamer},{day} 20:10:00,{}.00,paid,{category}",
                    amount + n % 7
                )
                .unwrap();
            }
        }
    }
    Work::with(&[
        ("orders.csv", &orders),
        ("sessions.csv", &sessions),
        ("streamers.csv", "streamer_id,tier\ns1,a\ns2,a\ns3,b\n"),
    ])
}

const SHOP: &str = "--orders orders.csv --sessions sessions.csv --covers 2026-03-02..2026-06-14 -q";

#[test]
fn planted_slices_are_found_and_nothing_else() {
    let work = planted();
    let found = rows(&run(&work, &format!("explain {SHOP} --streamers streamers.csv")), "rank");
    let slices: Vec<&str> = found.values().map(|row| &*row["slice"]).collect();
    assert_eq!(slices, ["streamer_id = s3", "streamer_id = s1, category = hats"]);
    for row in found.values() {
        assert_eq!([&*row["significant"], &*row["unusual"], &*row["beyond_sampling"]], ["true"; 3]);
        let excess = money(row, "excess");
        assert_eq!(excess, money(row, "gmv_change") - money(row, "expected_change"));
        assert!(money(row, "excess_lo") < excess && excess < money(row, "excess_hi"));
    }
    let (new, gone) = (&found[&vec!["1".to_owned()]], &found[&vec!["2".to_owned()]]);
    assert_eq!((&*gone["factor"], money(gone, "gmv_after")), ("conversion", 0));
    assert_eq!((&*new["factor"], money(new, "gmv_before"), money(new, "expected_change")), ("uv", 0, 0));
    let words = run(&work, &format!("explain {SHOP} --narrative"));
    assert!(
        words.contains("s1 / category hats -¥") && words.contains("s3 +¥") && words.contains("cover"),
        "{words}"
    );
    // Less is told where less is to be covered.
    let first = rows(&run(&work, &format!("explain {SHOP} --cover 10%")), "rank");
    assert_eq!(first.len(), 1);
}

/// All candidates: sums of a column's values, the excess by hand, and the same bytes on any number of threads.
#[test]
fn candidates_hold_what_decompose_shows() {
    let work = planted();
    let all = run(&work, &format!("explain {SHOP} --all --streamers streamers.csv"));
    for threads in [1, 3] {
        assert_eq!(
            run(&work, &format!("explain {SHOP} --all --streamers streamers.csv --threads {threads}")),
            all
        );
    }
    let found: BTreeMap<Vec<String>, _> = rows(&all, "column_1,value_1,column_2,value_2");
    let chosen = |key: &[String]| key[1] == "s3" && key[2].is_empty() || key[3] == "hats" && key[1] == "s1";
    let sums =
        rows(&run(&work, &format!("decompose {SHOP} --by category --from 2026-06-01")), "period,category");
    let total = |week: &str| {
        sums.iter().filter(|(key, _)| key[0] == week).map(|(_, row)| money(row, "gmv")).sum::<i128>()
    };
    let [t0, t1] = ["2026-06-01", "2026-06-08"].map(total);
    for category in ["hats", "shoes"] {
        let row = &found[&["category", category, "", ""].map(str::to_owned).to_vec()];
        let [g0, g1] = ["2026-06-01", "2026-06-08"]
            .map(|week| money(&sums[&vec![week.to_owned(), category.to_owned()]], "gmv"));
        assert_eq!([money(row, "gmv_before"), money(row, "gmv_after")], [g0, g1]);
        let expected = g0 as f64 * ((t1 - g1) as f64 / (t0 - g0) as f64 - 1.0);
        assert!((money(row, "expected_change") as f64 - expected).abs() <= 0.5);
        assert!((number(row, "share") - (g1 - g0) as f64 / (t1 - t0) as f64).abs() < 1e-12);
    }
    for column in ["streamer_id", "domain", "traffic", "buyer_type", "category", "tier"] {
        let of = |name: &str| {
            found
                .iter()
                .filter(|(key, _)| key[0] == column && key[2].is_empty() && !chosen(key))
                .map(|(_, row)| money(row, name))
                .sum::<i128>()
        };
        let missing = if column == "streamer_id" {
            money(&found[&["streamer_id", "s3", "", ""].map(str::to_owned).to_vec()], "gmv_after")
        } else {
            0
        };
        if column != "buyer_type" {
            assert_eq!(of("gmv_before"), t0, "{column}");
            assert_eq!(of("gmv_after") + missing, t1, "{column}");
        }
    }
    assert!(found.contains_key(["domain", "private", "category", "hats"].map(str::to_owned).as_slice()));
    assert!(
        found.keys().all(|key| !(key[0] == "streamer_id" && key[2] == "tier")),
        "a streamer tells its tier"
    );
    assert!(found.keys().all(|key| !(key[0] == "domain" && key[2] == "traffic")), "traffic tells its domain");
}

/// What each person bought, by the rules of the sample's export: streamer, before or after, amount.
fn bought(work: &Work) -> BTreeMap<String, Vec<(String, usize, f64)>> {
    let mut reader = csv::Reader::from_path(work.path("sample/orders.csv")).unwrap();
    let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let at = |name: &str| names.iter().position(|one| one == name).unwrap();
    let mut latest: BTreeMap<String, (String, String, usize, f64)> = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let cell = |name: &str| record[at(name)].to_owned();
        let is_counted = !["pending", "cancelled"].contains(&&*cell("status")) && !cell("paid_at").is_empty();
        let is_somebody = !cell("buyer_id").is_empty()
            && !cell("buyer_id").contains('*')
            && !cell("streamer_id").is_empty();
        let side = usize::from(*cell("paid_at") >= *"2026-11-09");
        latest.remove(&cell("order_id"));
        if is_counted && is_somebody {
            latest.insert(
                cell("order_id"),
                (cell("buyer_id"), cell("streamer_id"), side, cell("amount").parse().unwrap()),
            );
        }
    }
    let mut persons: BTreeMap<String, Vec<(String, usize, f64)>> = BTreeMap::new();
    for (buyer, streamer, side, amount) in latest.into_values() {
        persons.entry(buyer).or_default().push((streamer, side, amount));
    }
    persons
}

/// The excess of s0001 in two thousand replicates, in each of which a person counts as often as a Poisson number says.
fn drawn(persons: &BTreeMap<String, Vec<(String, usize, f64)>>) -> Vec<f64> {
    let mut state = 7_u64;
    let mut draws: Vec<f64> = Vec::new();
    for _ in 0..2_000 {
        let (mut own, mut total) = ([0.0; 2], [0.0; 2]);
        for bought in persons.values() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let uniform = (state >> 11) as f64 / (1_u64 << 53) as f64;
            let (mut weight, mut term, mut sum) = (0.0, (-1.0_f64).exp(), (-1.0_f64).exp());
            while uniform > sum {
                weight += 1.0;
                term /= weight;
                sum += term;
            }
            for (streamer, side, amount) in bought {
                total[*side] += weight * amount;
                own[*side] += if *streamer == "s0001" { weight * amount } else { 0.0 };
            }
        }
        draws.push(own[1] - (total[1] - own[1]) / (total[0] - own[0]) * own[0]);
    }
    draws
}

/// The interval of an excess, against persons drawn with replacement.
#[test]
fn the_interval_of_an_excess_is_that_of_a_bootstrap() {
    let work = sample(2, "--story none --sessions 20000 --streamers 6");
    let found = rows(&run(&work, &format!("explain {BOTH} -q --all --by streamer")), "value_1");
    // Attributed to everybody, so that the orders alone say who bought what.
    let all = rows(
        &run(&work, "explain --orders sample/orders.csv --attribution all -q --all --by streamer"),
        "value_1",
    );
    let draws = drawn(&bought(&work));
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let deviation = (draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64).sqrt();
    let row = &all[&vec!["s0001".to_owned()]];
    let reach = (money(row, "excess_hi") - money(row, "excess_lo")) as f64 / 200.0;
    assert!((reach / (1.96 * deviation) - 1.0).abs() < 0.06, "{reach} {deviation}");
    assert!((money(row, "excess") as f64 / 100.0 - mean).abs() < deviation / 4.0);
    assert_eq!(found.len(), all.len());
}

#[test]
fn nothing_unusual_is_an_answer() {
    let work = sample(16, "--story none");
    let table = run(&work, &format!("explain {BOTH} -q --format table"));
    assert!(table.contains("Nothing unusual"), "{table}");
    assert!(run(&work, &format!("explain {BOTH} -q --narrative --lang zh")).contains("没有异常"));
    let csv = run(&work, &format!("explain {BOTH} -q"));
    assert_eq!(csv.lines().count(), 1);
    // A short history knows no habit, and says so.
    let short = run(&work, &format!("explain {BOTH} -q --from 2026-10-26 --format table"));
    assert!(short.contains("Whether it is unusual is not known"), "{short}");
}

#[test]
fn what_cannot_be_explained_is_refused_in_one_line() {
    let work = planted();
    for (code, line, expected) in [
        (2, "explain --facts orders.csv", "use gmv compare"),
        (2, "explain --orders orders.csv --sessions sessions.csv --cover 0", "no share"),
        (1, "explain --orders orders.csv --sessions sessions.csv --by streamer,brand", "brand"),
        (
            1,
            "explain --orders orders.csv --sessions sessions.csv --before 2020-01-01 --after 2026-03-02",
            "no period of the data",
        ),
    ] {
        let err = work.fails(code, &line.split_whitespace().chain(["-q"]).collect::<Vec<_>>());
        assert!(err.contains(expected), "{line}\n{err}");
    }
    // Without categories, sources or sessions there are fewer columns.
    let bare = run(&work, "explain --orders orders.csv --attribution all -q --all");
    assert!(bare.contains("price_band") && !bare.contains("domain ="), "{bare}");
}

/// Two broadcasts a week; in the last one, one of them sells four times what is usual, which is told by its name.
#[test]
fn a_broadcast_is_held_against_those_of_its_streamer() {
    let mut orders = "order_id,buyer_id,streamer_id,paid_at,amount,status,live_id\n".to_owned();
    let mut sessions = "session_id,viewer_id,streamer_id,entered_at,left_at,live_id\n".to_owned();
    let first = jiff::civil::date(2026, 3, 2);
    let mut number = 0;
    for week in 0..15_i64 {
        for (streamer, evening) in [("s1", 1), ("s1", 4), ("s2", 2), ("s2", 5)] {
            let day = first.checked_add(jiff::Span::new().weeks(week).days(evening)).unwrap();
            let buyers = 60 + (week * 7 + evening * 5) % 9;
            let buyers = if (streamer, evening, week) == ("s1", 4, 14) { 4 * buyers } else { buyers };
            for n in 0..buyers {
                number += 1;
                let viewer = format!("{streamer}{evening}{week}-{n}");
                writeln!(
                    sessions,
                    "{number},{viewer},{streamer},{day} 20:00:00,{day} 20:30:00,L{streamer}{day}"
                )
                .unwrap();
                writeln!(
                    orders,
                    "{number},{viewer},{streamer},{day} 20:10:00,{}.00,paid,L{streamer}{day}",
                    90 + n % 11
                )
                .unwrap();
            }
        }
    }
    let work = Work::with(&[("orders.csv", &orders), ("sessions.csv", &sessions)]);
    let found = rows(&run(&work, &format!("explain {SHOP} --by streamer,live")), "rank");
    let first = &found[&vec!["1".to_owned()]];
    assert_eq!((&*first["slice"], &*first["significant"]), ("live_id = Ls12026-06-12", "true"));
    let (excess, sold) = (money(first, "excess") as f64, money(first, "gmv_after") as f64);
    assert!((excess / sold - 0.75).abs() < 0.05, "four times what is usual: {excess} of {sold}");
    assert_eq!(found.len(), 1, "the streamer is explained by its broadcast");
    let all = rows(&run(&work, &format!("explain {SHOP} --all")), "column_1,value_1,column_2,value_2");
    assert!(
        all.keys().all(|key| key[2] != "live_id" && (key[0] != "live_id" || key[2].is_empty())),
        "no pairs of broadcasts"
    );
}

/// A shop of two weeks: s2 with 500 viewers and 100 orders of 10 in each, s1 with so many viewers, orders, and so much for an order.
fn two_weeks(of_s1: [(usize, usize, usize); 2]) -> Work {
    let (mut orders, mut sessions) = (
        "order_id,buyer_id,streamer_id,paid_at,amount,status\n".to_owned(),
        "session_id,viewer_id,streamer_id,entered_at,left_at,source\n".to_owned(),
    );
    for (week, day) in ["2026-03-04", "2026-03-11"].into_iter().enumerate() {
        for (streamer, (viewers, count, amount)) in [("s1", of_s1[week]), ("s2", (500, 100, 10))] {
            for n in 0..viewers {
                let viewer = format!("{streamer}{week}-{n}");
                writeln!(sessions, "{viewer},{viewer},{streamer},{day} 20:00:00,{day} 20:30:00,recommend")
                    .unwrap();
                if n < count {
                    writeln!(orders, "{viewer},{viewer},{streamer},{day} 20:10:00,{amount}.00,paid").unwrap();
                }
            }
        }
    }
    Work::with(&[("orders.csv", &orders), ("sessions.csv", &sessions)])
}

/// The excess of s1 and how far its interval reaches, in units, and by what it is judged.
fn of_s1(work: &Work) -> (f64, f64, String) {
    let line = "explain --orders orders.csv --sessions sessions.csv --covers 2026-03-02..2026-03-15 -q --all --by streamer";
    let row = rows(&run(work, line), "value_1").remove(&vec!["s1".to_owned()]).unwrap();
    assert!(row["buyers"].parse::<i64>().unwrap() <= 300, "buyers, not viewers");
    let reach = (money(&row, "excess_hi") - money(&row, "excess_lo")) as f64 / 200.0;
    (money(&row, "excess") as f64 / 100.0, reach, row["judged_by"].clone())
}

/// Measures other than GMV, and their intervals, by hand: GMV stays 1000, so that L(GMV) is 1000, and a count that doubles stands for
/// 1000 ln 2. No person is in both weeks or at both streamers, so that ψ² adds up to the counts times the squares of their slopes.
#[test]
fn other_measures_by_hand() {
    let ln2 = std::f64::consts::LN_2;
    let z = 1.959_963_984_540_054;
    // Viewers double: r = 1, k = 400 / 500; the mean of 400 and 800 is 400 / ln 2.
    let (excess, reach, by) = of_s1(&two_weeks([(400, 100, 10), (800, 100, 10)]));
    assert_eq!(by, "uv");
    assert!((excess - 1000.0 * ln2).abs() < 0.006, "{excess}");
    let error = 2.5 * ln2 * (800.0 + 400.0 + 0.64 * 1000.0_f64).sqrt();
    assert!((reach - z * error).abs() < 0.02, "{reach} {error}");
    // Orders halve at twice the price: r = 1, k = 200 / 100; the mean of 200 and 100 is 100 / ln 2.
    let (excess, reach, by) = of_s1(&two_weeks([(400, 200, 5), (400, 100, 10)]));
    assert_eq!(by, "orders_per_viewer");
    assert!((excess + 1000.0 * ln2).abs() < 0.006, "{excess}");
    let error = 10.0 * ln2 * (100.0 + 200.0 + 4.0 * 200.0_f64).sqrt();
    assert!((reach - z * error).abs() < 0.02, "{reach} {error}");
    // Nothing moves: GMV itself.
    let (excess, _, by) = of_s1(&two_weeks([(400, 100, 10), (400, 100, 10)]));
    assert_eq!((excess, &*by), (0.0, "gmv"));
}
