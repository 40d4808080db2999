//! Targets: numbers worked out by hand, and that a plan does what it says.

use super::{Rows, WORDS, by_streamer, closes, dashboard, of, plan};
use crate::compare::{BOTH, money, number, run, sample};
use crate::support::Work;

fn lifts(rows: &Rows, streamer: &str) -> [f64; 5] {
    WORDS.map(|word| number(of(rows, streamer), &format!("{word}_lift")))
}

fn assert_close(found: [f64; 5], expected: [f64; 5]) {
    for (one, other) in found.iter().zip(expected) {
        assert!((one - other).abs() < 1e-12, "{found:?} {expected:?}");
    }
}

#[test]
fn uniform_lifts_by_hand() {
    let work = dashboard();
    // One factor: 10,000 → 12,000.
    let found = by_streamer(&work, "--facts facts.csv --target 12,000 --lift aov");
    assert_close(lifts(&found, "a"), [0.0, 0.0, 0.0, 0.2, 0.0]);
    assert_close(lifts(&found, "b"), lifts(&found, "a"));
    assert_eq!((&*of(&found, "a")["gmv_new"], &*of(&found, "b")["aov_effect"]), ("7200.00", "800.00"));
    assert_eq!(closes(&found), (1_000_000, 1_200_000));
    // All five alike: the fifth root; of two, capped: 1.05 × 1.142857….
    let found = by_streamer(&work, "--facts facts.csv --target +20% --lift all");
    assert_close(lifts(&found, "b"), [1.2_f64.powf(0.2) - 1.0; 5]);
    let found = by_streamer(&work, "--facts facts.csv --target +20% --lift aov,uv --cap aov=+5%");
    assert_close(lifts(&found, "a"), [1.2 / 1.05 - 1.0, 0.0, 0.0, 0.05, 0.0]);
    // One streamer alone: 6,000 → 8,000.
    let found = by_streamer(&work, "--facts facts.csv --target +20% --lift aov --streamer a");
    assert_close(lifts(&found, "a"), [0.0, 0.0, 0.0, 1.0 / 3.0, 0.0]);
    assert_eq!(of(&found, "b")["gmv_new"], "4000.00");
}

/// Up to 1.05 × 1.1 = 1.155 a row: 6,000 brings 930, of the other 4,000 the missing 270 are 6.75 %, which is the same for both factors up to the cap.
#[test]
fn least_lifts_by_hand() {
    let work = dashboard();
    let caps = "--cap uv=+0%,watch=+0%,conversion=+10%,aov=+5%,repurchase=+0%";
    let found = by_streamer(&work, &format!("--facts facts.csv --target +12% {caps}"));
    assert_close(lifts(&found, "a"), [0.0, 0.0, 0.1, 0.05, 0.0]);
    let half = 1.0675_f64.sqrt() - 1.0;
    assert_close(lifts(&found, "b"), [0.0, 0.0, half, half, 0.0]);
    assert!((number(of(&found, "b"), "log_change") - 1.0675_f64.ln()).abs() < 1e-12);
    assert_eq!((&*of(&found, "a")["gmv_new"], &*of(&found, "b")["gmv_new"]), ("6930.00", "4270.00"));
    // Without caps the largest takes all of it, each factor a fifth.
    let found = by_streamer(&work, "--facts facts.csv --target +12%");
    assert_close(lifts(&found, "a"), [1.2_f64.powf(0.2) - 1.0; 5]);
    assert_close(lifts(&found, "b"), [0.0; 5]);
    let table = plan(&work, &format!("--facts facts.csv --target +12% {caps} --format table"));
    assert!(
        table.contains("add up to 0.2094, the least that reaches the target under the caps, in 2 of 3 rows"),
        "{table}"
    );
    let err = work
        .fails(1, &format!("plan --facts facts.csv --target 11550.01 {caps}").split(' ').collect::<Vec<_>>());
    assert_eq!(
        err,
        "gmv: --target 11550.01: 11550.00 is all that can be reached under --cap; raise a cap, or lift more factors\n"
    );
    assert_eq!(closes(&by_streamer(&work, &format!("--facts facts.csv --target 11550 {caps}"))).1, 1_155_000);
}

#[test]
fn the_present_gmv_takes_no_lift() {
    let work = sample(3, "");
    let present = closes(&by_streamer(&work, &format!("{BOTH} -q --uv +0%"))).0;
    let target = format!("{}.{:02}", present / 100, present % 100);
    for more in ["", "--lift all", "--lift aov", "--cap uv=+1%,aov=+2%"] {
        for goal in [target.as_str(), "+0%"] {
            let found = by_streamer(&work, &format!("{BOTH} -q --target {goal} {more}"));
            assert_eq!(closes(&found), (present, present));
            for row in found.values() {
                assert!(
                    WORDS.iter().all(|word| ["0", ""].contains(&&*row[&format!("{word}_lift")])),
                    "{row:?}"
                );
            }
        }
    }
}

/// A what-if with the lifts of a target gives its GMV, row by row within a cent.
#[test]
fn lifts_as_a_what_if_reach_the_target() {
    let work = sample(3, "");
    run(&work, &format!("decompose {BOTH} -q -o facts.csv"));
    let present = closes(&by_streamer(&work, "--facts facts.csv -q --uv +0%")).0;
    for question in [
        "--lift aov",
        "--lift all",
        "--lift conversion,aov,repurchase --cap aov=+2%",
        "--cap uv=+10%,watch=+3%,conversion=+6%,aov=+5%,repurchase=+2%",
    ] {
        let target = by_streamer(&work, &format!("--facts facts.csv -q --target +17.3% {question}"));
        assert_eq!(closes(&target), (present, (present * 1_173 + 500) / 1_000), "{question}");
        let mut line = "--facts facts.csv -q".to_owned();
        for (key, row) in &target {
            let lifts = WORDS.iter().filter(|word| !row[&format!("{word}_lift")].is_empty());
            let times = |word: &&str| 1.0 + number(row, &format!("{word}_lift"));
            line.extend(lifts.map(|word| format!(" --{word} {}=x{}", key[0], times(word))));
        }
        let what_if = by_streamer(&work, &line);
        closes(&what_if);
        for (key, row) in &target {
            let gap = money(row, "gmv_new") - money(&what_if[key], "gmv_new");
            assert!(gap.abs() <= 1, "{question} {key:?}: {gap}");
        }
    }
}

/// A row that lacks a factor is left as it is; where no row has one, it is left out.
#[test]
fn rows_without_a_factor_stay() {
    let facts = "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n\
                 2026-03-02,a,0,0,10,10,100\n2026-03-02,c,10,1,10,10,100\n";
    let work = Work::with(&[("facts.csv", facts)]);
    let found = by_streamer(&work, "--facts facts.csv --target 250 --lift uv");
    assert_eq!((&*of(&found, "a")["gmv_new"], &*of(&found, "c")["gmv_new"]), ("100.00", "150.00"));
    let table = plan(&work, "--facts facts.csv --target 250 --format table");
    assert!(table.contains("Rows with GMV that lack one of these factors stay as they are: 1."), "{table}");
    let found = by_streamer(&work, "--facts facts.csv --target 250 --cap uv=+0%,watch=+0%");
    assert_eq!((&*of(&found, "a")["gmv_new"], &*of(&found, "c")["gmv_new"]), ("150.00", "100.00"));
}
