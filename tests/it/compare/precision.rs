//! How sure effects are.

use super::{BOTH, FIVE, money, number, rows, run, sample};
use std::fmt::Write as _;

/// Of rows with very many buyers both ways of reckoning intervals agree within a few percent.
#[test]
fn influences_agree_with_a_bootstrap() {
    let work = sample(2, "--sessions 30000 --streamers 6 --story none");
    let mut compared = 0;
    for (by, keys) in [("total", ""), ("streamer", "streamer_id")] {
        let of = |more: &str| rows(&run(&work, &format!("compare {BOTH} -q --by {by} {more}")), keys);
        let (influence, bootstrap) = (of("--ci"), of("--bootstrap 4000"));
        for (key, row) in &influence {
            let effects = FIVE.into_iter().chain(["viewer_conversion_effect", "gmv_change"]);
            let parts = ["uv_scale_effect", "uv_overlap_effect", "uv_mix_effect"]
                .into_iter()
                .filter(|_| keys.is_empty());
            let buyers = |side: &str| {
                let of = |factor: &str| number(row, &format!("{factor}_{side}"));
                of("uv") * of("watch_hours_per_viewer") * of("buyers_per_watch_hour")
            };
            if row["gmv_change_lo"].is_empty() || buyers("before") < 150.0 || buyers("after") < 150.0 {
                continue;
            }
            for effect in effects.chain(parts) {
                let width =
                    |row| (money(row, &format!("{effect}_hi")) - money(row, &format!("{effect}_lo"))) as f64;
                let ratio = width(row) / width(&bootstrap[key]);
                assert!((0.9..1.1).contains(&ratio), "{key:?} {effect}: {ratio}");
                compared += 1;
            }
        }
    }
    assert!(compared >= 17, "only {compared} intervals were compared");
}

/// Threads, the bound on memory and the seed.
#[test]
fn the_same_bytes_whatever_the_threads() {
    let work = sample(3, "");
    for more in [
        "--ci",
        "--by total --ci",
        "--by domain --bootstrap 200",
        "--by streamer,category --ci --method shapley",
    ] {
        let of = |threads: usize| run(&work, &format!("compare {BOTH} -q {more} --threads {threads}"));
        let one = of(1);
        assert!(one.lines().count() > 1);
        assert_eq!(of(2), one, "{more}");
        assert_eq!(of(5), one, "{more}");
        assert_eq!(
            run(&work, &format!("compare {BOTH} -q {more} --memory 128MiB --threads 2")),
            one,
            "{more}"
        );
    }
    let of = |seed: u32| run(&work, &format!("compare {BOTH} -q --by total --bootstrap 200 --seed {seed}"));
    assert_ne!(of(1), of(2));
}

/// What is unusual needs twelve complete changes before it.
#[test]
fn what_is_unusual_is_not_known_from_a_short_history() {
    let work = sample(15, "");
    let of = |more: &str| {
        let found = rows(&run(&work, &format!("compare {BOTH} -q --by total --ci {more}")), "");
        ["gmv_change_beyond_sampling", "gmv_change_unusual", "gmv_change_significant"]
            .map(|column| found[&vec![]][column].clone())
    };
    assert!(of("").iter().all(|cell| !cell.is_empty()), "13 changes come before the last");
    assert!(of("--from 2026-08-10").iter().all(|cell| !cell.is_empty()), "12 changes");
    for short in [
        "--from 2026-08-17",
        "--before 2026-10-05..2026-10-18 --after 2026-11-02..2026-11-15",
        "--before 2026-10-26 --after 2026-11-02 --from 2026-08-17",
    ] {
        let [beyond, unusual, significant] = of(short);
        assert!(!beyond.is_empty() && unusual.is_empty() && significant.is_empty(), "{short}");
    }
}

/// Moments of a facts file give intervals, with leaves and periods taken as independent; the same as those of persons where nobody is in
/// two of them.
#[test]
fn moments_give_the_intervals_of_independent_persons() {
    let orders = "order_id,buyer_id,streamer_id,paid_at,amount,status\n";
    let sessions = "session_id,viewer_id,streamer_id,entered_at,left_at,source\n";
    let (mut orders, mut sessions) = (orders.to_owned(), sessions.to_owned());
    for n in 0..400 {
        let (day, minutes, streamer) = (3 + n % 2 * 7, 10 + n % 50, n % 3 % 2);
        writeln!(
            sessions,
            "{n},u{n},s{streamer},2026-03-{day:02} 20:00:00,2026-03-{day:02} 20:{minutes}:00,follow"
        )
        .unwrap();
        if n % 4 < 3 && n % 5 == 0 {
            writeln!(orders, "{n},u{n},s{streamer},2026-03-{day:02} 20:05:00,{}.00,paid", 20 + n % 70)
                .unwrap();
        }
    }
    let work = crate::support::Work::with(&[("o.csv", &orders), ("s.csv", &sessions)]);
    let with = "--orders o.csv --sessions s.csv --covers 2026-03-02..2026-03-15 -q";
    run(&work, &format!("decompose {with} --moments -o facts.csv"));
    let columns: Vec<String> =
        FIVE.iter().flat_map(|effect| ["lo", "hi"].map(|end| format!("{effect}_{end}"))).collect();
    for by in ["streamer", "total"] {
        let keys = if by == "streamer" { "streamer_id" } else { "" };
        let persons = rows(&run(&work, &format!("compare {with} --by {by} --ci")), keys);
        let moments = rows(&run(&work, &format!("compare --facts facts.csv -q --by {by} --ci")), keys);
        for (key, row) in &persons {
            for column in &columns {
                assert!((money(row, column) - money(&moments[key], column)).abs() <= 1, "{key:?} {column}");
            }
        }
    }
}

/// In its own row a streamer that entered or left has no interval, in a sum it has its part.
#[test]
fn who_entered_has_an_interval_only_in_a_sum() {
    let work = sample(3, "");
    let found = rows(&run(&work, &format!("compare {BOTH} -q --ci")), "streamer_id");
    let lone: Vec<_> = found.values().filter(|row| row["status"] != "both").collect();
    assert_eq!(lone.len(), 2, "the story has one that entered and one that left");
    assert!(
        lone.iter().all(|row| row["uv_effect_lo"].is_empty() && row["gmv_change_significant"].is_empty())
    );
    let total = rows(&run(&work, &format!("compare {BOTH} -q --ci --by total")), "");
    assert!(!total[&vec![]]["uv_mix_effect_lo"].is_empty());
}
