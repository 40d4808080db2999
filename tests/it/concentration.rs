//! How concentrated GMV is over streamers: `--concentration`, `--shares`, and the note of a table.

use std::collections::BTreeMap;

use crate::compare::{BOTH, money, number, rows, run, sample};
use crate::support::Work;
use crate::tiers::{ORDERS, OWN, SESSIONS};

fn work() -> Work {
    Work::with(&[("orders.csv", ORDERS), ("sessions.csv", SESSIONS)])
}

#[test]
fn concentration_by_hand() {
    // 40, 30, 20, 10 and 0 of 100, and 500 without a streamer: HHI 0.16 + 0.09 + 0.04 + 0.01.
    let all = run(&work(), &format!("decompose {OWN} --concentration --period all"));
    let expected = "period,streamers,gmv_total,top_1_share,top_10_share,hhi,head_streamers,head_share,mid_streamers,mid_share,\
                    tail_streamers,tail_share,partial\n\
                    2026-03-02,5,100.00,0.4,1,0.30000000000000004,2,0.7,1,0.2,2,0.1,false\n";
    assert_eq!(all, expected);
    // By week: 30, 15 and 15 of 60; 25, 10, 5 and 0 of 40.
    let weeks = run(&work(), &format!("decompose {OWN} --concentration --by streamer"));
    let lines: Vec<&str> = weeks.lines().skip(1).collect();
    let expected = [
        "2026-03-02,3,60.00,0.5,1,0.375,1,0.5,2,0.5,0,0,false",
        "2026-03-09,4,40.00,0.625,1,0.46875,1,0.625,2,0.375,1,0,true",
    ];
    assert_eq!(lines, expected);
    let shares = rows(&run(&work(), &format!("decompose {OWN} --shares --period all")), "streamer_id");
    let shares: Vec<String> =
        shares.iter().map(|(keys, row)| format!("{} {}", keys[0], row["gmv_share"])).collect();
    assert_eq!(shares, ["(none) ", "s1 0.4", "s2 0.3", "s3 0.2", "s4 0.1", "s5 0"]);
}

#[test]
fn where_nothing_was_sold_there_is_no_concentration() {
    let work = work();
    work.write("orders.csv", ORDERS.lines().next().unwrap());
    let none = run(&work, &format!("decompose {OWN} --concentration --period all"));
    assert_eq!(none.lines().nth(1).unwrap(), "2026-03-02,5,0.00,,,,0,,0,,5,,true");
    let shares = run(&work, &format!("decompose {OWN} --shares --period all"));
    assert!(shares.lines().skip(1).all(|line| line.ends_with(',')), "{shares}");
}

#[test]
fn the_columns_stand_last_and_only_where_they_are_asked_for() {
    let header = |line: &str| {
        let work = work();
        work.write("spend.csv", "streamer_id,date,cost\ns1,2026-03-02,1\n");
        run(&work, &format!("decompose {OWN} {line}")).lines().next().unwrap().to_owned()
    };
    assert!(!header("").contains("share"));
    assert!(header("--shares --moments").ends_with(",m_gg,gmv_share"));
    assert!(header("--shares --spend spend.csv").ends_with(",roi,gmv_share"));
}

#[test]
fn sums_that_are_known_say_the_same() {
    let work = sample(3, "--sessions 6000 --streamers 14");
    for option in ["--concentration", "--shares"] {
        let result = run(&work, &format!("decompose {BOTH} {option} --threads 1"));
        assert_eq!(run(&work, &format!("decompose {BOTH} {option} --threads 3")), result);
        run(&work, &format!("decompose {BOTH} --shares -o facts.csv"));
        run(&work, &format!("decompose {BOTH} -o facts.parquet"));
        for file in ["facts.csv", "facts.parquet"] {
            assert_eq!(run(&work, &format!("decompose --facts {file} {option}")), result, "{file}");
        }
    }
    run(&work, &format!("decompose {BOTH} --by domain -o other.csv"));
    for line in [
        format!("{BOTH} --by domain --concentration"),
        format!("{BOTH} --by streamer,category --shares"),
        "--facts other.csv --concentration".to_owned(),
        "--facts other.csv --shares".to_owned(),
    ] {
        let line = format!("decompose {line}");
        let err = work.fails(2, &line.split(' ').collect::<Vec<_>>());
        assert!(err.contains("is of streamers, and rows by "), "{err}");
    }
}

#[test]
fn shares_and_concentration_follow_from_the_rows() {
    let work = sample(3, "--sessions 6000 --streamers 14");
    let mut of_week: BTreeMap<String, Vec<(String, i128)>> = BTreeMap::new();
    for (keys, row) in rows(&run(&work, &format!("decompose {BOTH}")), "period,streamer_id") {
        let known = of_week.entry(keys[0].clone()).or_default();
        known.extend((keys[1] != "(none)").then(|| (keys[1].clone(), money(&row, "gmv_total"))));
    }
    let shares = rows(&run(&work, &format!("decompose {BOTH} --shares")), "period,streamer_id");
    let found = rows(&run(&work, &format!("decompose {BOTH} --concentration")), "period");
    let (mut checked, mut last) = (0, None);
    for (week, mut streamers) in of_week {
        streamers.sort_by_key(|(_, money)| -money);
        let total: i128 = streamers.iter().map(|(_, money)| money).sum();
        let share = |money: i128| money as f64 / total as f64;
        let row = &found[&vec![week.clone()]];
        assert_eq!((money(row, "gmv_total"), &*row["streamers"]), (total, &*streamers.len().to_string()));
        if total == 0 {
            continue;
        }
        for (streamer, own) in &streamers {
            let cell = number(&shares[&vec![week.clone(), streamer.clone()]], "gmv_share");
            assert!((cell - share(*own)).abs() < 1e-12);
        }
        let ten: i128 = streamers.iter().take(10).map(|(_, money)| money).sum();
        let hhi: f64 = streamers.iter().map(|(_, money)| share(*money).powi(2)).sum();
        for (column, value) in
            [("top_1_share", share(streamers[0].1)), ("top_10_share", share(ten)), ("hhi", hhi)]
        {
            assert!((number(row, column) - value).abs() < 1e-12, "{column}: {row:?}");
        }
        let tiers = ["head", "mid", "tail"].map(|tier| number(row, &format!("{tier}_share")));
        assert!((tiers.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        checked += 1;
        if row["partial"] == "false" {
            last = Some((week, share(streamers[0].1), share(ten), hhi));
        }
    }
    assert!(checked > 2);
    // A table says it of the last complete week.
    let (week, first, ten, hhi) = last.unwrap();
    let table = run(&work, &format!("decompose {BOTH} --format markdown"));
    let (first, ten) = (first * 100.0, ten * 100.0);
    for part in [
        format!("Concentration, {week}: of the total GMV of "),
        format!("the largest has {first:.1} %, the ten largest {ten:.1} %; HHI {hhi:.3}."),
    ] {
        assert!(table.contains(&part), "{part}: {table}");
    }
    let other = run(&work, &format!("decompose {BOTH} --by domain --format markdown"));
    assert!(!other.contains("Concentration"), "{other}");
}
