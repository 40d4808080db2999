//! What if: numbers worked out by hand, those of a comparison, and what does not matter.

use super::{WORDS, by_streamer, closes, dashboard, of, plan};
use crate::compare::{BOTH, FIVE, number, rows, run, sample};
use crate::support::Work;

/// 6,000 × 1.1 × 0.95 = 6,270; the log-mean is 270 / ln 1.045 = 6,134.0095, times ln 1.1 = 0.0953102 is 584.63, times ln 0.95 = −0.0512933 −314.63.
#[test]
fn by_hand() {
    let work = dashboard();
    let found = by_streamer(&work, "--facts facts.csv --uv +10% --aov -5%");
    let cells = |streamer: &str, names: &[&str]| -> Vec<String> {
        names.iter().map(|name| of(&found, streamer)[*name].clone()).collect()
    };
    assert_eq!(cells("a", &["gmv", "gmv_new", "gmv_change"]), ["6000.00", "6270.00", "270.00"]);
    assert_eq!(cells("a", &FIVE), ["584.63", "0.00", "0.00", "-314.63", "0.00"]);
    assert_eq!(cells("b", &["gmv_new", "uv_effect", "aov_effect"]), ["4180.00", "389.76", "-209.76"]);
    assert_eq!(cells("c", &["gmv_new", "uv_effect", "uv_lift", "aov"]), ["0.00", "0.00", "", ""]);
    assert!((number(of(&found, "a"), "uv_new") - 1_100.0).abs() < 1e-9);
    assert!((number(of(&found, "a"), "aov_new") - 47.5).abs() < 1e-9);
    assert!((number(of(&found, "a"), "uv_lift") - 0.1).abs() < 1e-12);
    assert_eq!(closes(&found), (1_000_000, 1_045_000));
}

/// A comparison with a period of which the factors did change in this way says the same of each.
#[test]
fn effects_are_those_of_a_comparison() {
    let facts = "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n\
                 2026-03-02,a,1000,500,100,120,6000\n2026-03-09,a,1100,660,165,198,9405\n";
    let work = Work::with(&[("facts.csv", facts)]);
    // UV × 1.1, watch time per viewer × 1.2, buyers per watch hour × 1.25, AOV × 0.95.
    let line = "--facts facts.csv --base 2026-03-02 --uv +10% --watch x1.2 --conversion +25% --aov -5%";
    let planned = by_streamer(&work, line);
    let compared = rows(&run(&work, "compare --facts facts.csv"), "streamer_id");
    for name in FIVE.iter().chain(&["gmv_change"]) {
        assert_eq!(of(&planned, "a")[*name], of(&compared, "a")[*name], "{name}");
    }
    assert_eq!(of(&planned, "a")["gmv_new"], of(&compared, "a")["gmv_after"]);
}

#[test]
fn no_change_is_no_change() {
    let work = sample(3, "");
    let line = format!("{BOTH} -q --uv +0% --watch x1 --conversion 1.0x --aov -0% --repurchase +0%");
    let found = by_streamer(&work, &line);
    let (now, new) = closes(&found);
    assert!(now > 0 && now == new && found.len() > 5);
    for row in found.values() {
        assert_eq!(FIVE.map(|effect| &*row[effect]), ["0.00"; 5]);
        assert_eq!((&row["gmv"], &row["log_change"]), (&row["gmv_new"], &"0".to_owned()));
    }
}

/// Changes of the same factor multiply, those for one streamer with those for all; their order does not matter.
#[test]
fn the_order_of_changes_does_not_matter() {
    let work = dashboard();
    let clauses =
        ["--aov +10%", "--uv +3.7%", "--aov a=-5%", "--aov x1.0333", "--watch b=+7%", "--repurchase x1.1"];
    let first = plan(&work, &format!("--facts facts.csv {}", clauses.join(" ")));
    for turn in 1..clauses.len() {
        let mut turned = clauses;
        turned.rotate_left(turn);
        assert_eq!(plan(&work, &format!("--facts facts.csv {}", turned.join(" "))), first);
        turned.reverse();
        assert_eq!(plan(&work, &format!("--facts facts.csv {}", turned.join(" "))), first);
    }
    let found = by_streamer(&work, "--facts facts.csv --aov +10% --aov a=-5%");
    assert_eq!((&*of(&found, "a")["gmv_new"], &*of(&found, "b")["gmv_new"]), ("6270.00", "4400.00"));
    // Named streamers alone; a change with its own streamer is for that one.
    let found = by_streamer(&work, "--facts facts.csv --aov +10% --uv a=+5% --streamer b");
    assert_eq!((&*of(&found, "a")["gmv_new"], &*of(&found, "b")["gmv_new"]), ("6300.00", "4400.00"));
    // Buyers per viewer are buyers per watch hour while watch time stays.
    let rest = "--facts facts.csv --watch +3%";
    let twice = |option: &str| plan(&work, &format!("{rest} {option} +4%"));
    assert_eq!(twice("--viewer-conversion"), twice("--conversion"));
}

/// Rows add up to the total, whatever they are by; from facts and a store as from exports, on any number of threads.
#[test]
fn every_way_in_gives_the_same() {
    let work = sample(3, "");
    run(&work, &format!("ingest --store store {BOTH} -q"));
    run(&work, &format!("decompose {BOTH} -q --moments -o facts.parquet"));
    let questions = [
        "--uv +3.3% --aov -1.7% --conversion s0001=+12%",
        "--target +13.7% --cap uv=+10%,watch=+2%,conversion=+5%,aov=+5%,repurchase=+1%",
        "--target +3% --lift conversion,aov",
        "--peers all --peer-value median",
        "",
    ];
    for question in questions {
        let exports = plan(&work, &format!("{BOTH} -q {question}"));
        assert!(exports.lines().count() > 5);
        assert_eq!(plan(&work, &format!("--store store -q {question}")), exports, "{question}");
        assert_eq!(plan(&work, &format!("--facts facts.parquet -q {question}")), exports, "{question}");
        assert_eq!(plan(&work, &format!("{BOTH} -q --threads 1 {question}")), exports, "{question}");
    }
    let line = format!("{BOTH} --streamers sample/streamers.csv -q --uv +10% --aov -5%");
    let (now, new) = closes(&by_streamer(&work, &line));
    for (by, keys) in
        [("total", ""), ("tier", "tier"), ("domain", "domain"), ("streamer,category", "streamer_id,category")]
    {
        let found = rows(&plan(&work, &format!("{line} --by {by}")), keys);
        let sums = closes(&found);
        assert_eq!(sums.0, now, "{by}");
        assert!((sums.1 - new).abs() <= found.len() as i128, "{by}: {} {new}", sums.1);
    }
    // Facts may be summed.
    let found = rows(&plan(&work, "--facts facts.parquet -q --uv +10% --by total"), "");
    assert_eq!(closes(&found), (now, (now * 11 + 5) / 10));
}

/// Without sessions nothing is known of viewing, and orders outside of any viewing are no part of the plan.
#[test]
fn what_is_not_there_is_not_multiplied() {
    let work = sample(3, "");
    let orders = "--orders sample/orders.csv --attribution all -q";
    let found = by_streamer(&work, &format!("{orders} --conversion +10%"));
    assert!(found.values().all(|row| row["uv_effect"].is_empty() && row["uv_lift"].is_empty()));
    let (now, new) = closes(&found);
    assert!(new > now);
    let facts = "period,streamer_id,uv,watch_hours,buyers,orders,gmv,gmv_off_live\n\
                 2026-03-02,a,0,0,10,10,100,7\n2026-03-02,b,10,0,10,10,100,8\n2026-03-02,c,10,1,10,10,100,0\n";
    work.write("facts.csv", facts);
    let found = by_streamer(&work, "--facts facts.csv --uv +10% --watch +10%");
    let new = |streamer: &str| &*of(&found, streamer)["gmv_new"];
    assert_eq!((new("a"), new("b"), new("c")), ("100.00", "110.00", "121.00"));
    let table = plan(&work, "--facts facts.csv --uv +10% --watch +10% --format table");
    assert!(table.contains("(no viewers, no watch time, or no buyers known): 2;"), "{table}");
    assert!(table.contains("Off-live GMV of ¥15.00 is outside of the factors"), "{table}");
    for word in WORDS {
        let all = by_streamer(&work, &format!("--facts facts.csv --{word} +10%"));
        assert!(
            all.values().all(|row| !row.values().any(|cell| cell.contains("NaN") || cell.contains("inf")))
        );
    }
}

/// Broadcasts of which a sum is not known: nothing is made up.
#[test]
fn broadcasts_are_planned_by_their_own_viewers() {
    let rooms = "live_id,streamer_id,started_at,live_seconds,viewers,watch_seconds,buyers,orders,gmv\n\
                 1,s1,2026-03-10 20:00:00,3600,100,36000,10,10,1000.00\n2,s2,2026-03-10 20:00:00,3600,100,36000,,,500.00\n\
                 3,s3,2026-03-10 20:00:00,3600,100,36000,10,10,\n4,s1,2026-03-09 10:00:00,0,0,0,0,0,0\n5,s1,2026-03-15 10:00:00,0,0,0,0,0,0\n";
    let work = Work::with(&[("rooms.csv", rooms)]);
    let found = by_streamer(&work, "--rooms rooms.csv -q --uv +10% --conversion +10%");
    let cells =
        |streamer: &str| ["gmv_new", "uv_lift", "conversion_lift"].map(|name| &*of(&found, streamer)[name]);
    assert_eq!(cells("s1")[0], "1210.00");
    assert_eq!((cells("s2")[0], cells("s2")[2]), ("550.00", ""));
    assert_eq!(found.len(), 2);
    let table = plan(&work, "--rooms rooms.csv -q --aov +10% --format table");
    assert!(table.contains("Rows left out, since their GMV is not known: 1."), "{table}");
}
