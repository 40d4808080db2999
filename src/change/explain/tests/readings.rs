//! What candidates did, and which factor did most of it, by hand.

use super::*;
use crate::factor::quantile;

/// Sales and viewers: s1 sells 300.00 to two persons before, and 900.00 to four after; s2 sells 400.00 to four, and as much again; s3 is new.
fn shop() -> (Cube, Vec<Acts>) {
    let mut cube = cube();
    let sold = |leaf, period, orders, gmv| Sold { leaf, period, orders, gmv };
    cube.sold = vec![
        sold(0, 0, 3, 30_000),
        sold(0, 1, 9, 90_000),
        sold(2, 0, 4, 40_000),
        sold(2, 1, 4, 40_000),
        sold(3, 1, 1, 20_000),
    ];
    let viewed = |group, period, viewers| Viewed { group, period, viewers, watch: 60 };
    cube.viewed =
        vec![viewed(0, 0, 10), viewed(0, 1, 20), viewed(2, 0, 40), viewed(2, 1, 50), viewed(3, 1, 2)];
    let person = |leaf, side, gmv| bought(leaf, side, true, gmv, 1);
    let acts = vec![
        person(0, 0, 10_000),
        person(0, 0, 20_000),
        person(0, 1, 20_000),
        person(0, 1, 20_000),
        person(0, 1, 20_000),
        person(0, 1, 30_000),
        person(2, 0, 10_000),
        person(2, 0, 30_000),
        person(2, 1, 40_000),
        person(3, 1, 20_000),
    ];
    (cube, vec![Acts { bought: acts, ..Acts::default() }])
}

fn moments(candidates: &Candidates, acts: &[Acts], explained: &Explained) -> PerMeasure<Moments> {
    PerMeasure::each(|measure| Moments::of(measure, candidates, acts, explained).unwrap())
}

#[test]
fn an_excess_and_its_error_by_hand() {
    let (cube, acts) = shop();
    let candidates = Candidates::new(&cube);
    let judge = Judge::new(&cube, &candidates, PAIR, level());
    assert_eq!(judge.gmv(), [70_000, 150_000]);
    let explained = Explained::nothing(&cube);
    let readings = judge.readings(&candidates, &explained, &moments(&candidates, &acts, &explained), None);
    // Hats of s1 are of orders, so that only money tells of them. The rest goes from 400.00 to 600.00: 1.5 times.
    let found = &readings[S1_HATS as usize];
    assert_eq!((found.gmv, found.buyers, found.measure), ([30_000, 90_000], 6, Measure::Gmv));
    assert!((found.excess - 45_000.0).abs() < 1e-9 && (found.expected - 15_000.0).abs() < 1e-9);
    assert!(
        (found.times - 2.0).abs() < 1e-12 && found.times_by.0.iter().all(|times| (times - 2.0).abs() < 1e-12)
    );
    // Who buys of it has ψ = g₁ − 1.5 g₀; who buys of the rest −k₁ t₁ + k₀ t₀, with k₁ = 45,000 / 60,000 and k₀ = 45,000 / 40,000.
    let own = [-15_000.0, -30_000.0, 20_000.0, 20_000.0, 20_000.0, 30_000.0_f64];
    let rest = [11_250.0, 33_750.0, -30_000.0, -15_000.0_f64];
    let error = own.iter().chain(&rest).map(|one| one * one).sum::<f64>().sqrt();
    assert!((found.error - error).abs() < 1e-6 * error, "{} {error}", found.error);
    assert!((found.reach - quantile(level()) * error).abs() < 1e-6 * error);
    assert!((found.score - 45_000.0 / error).abs() < 1e-9 && found.p_value < 1.0);
    assert_eq!((found.unusual, found.after), (None, None));
    // Nobody bought of s3 before: its change is its excess, and there is no ratio.
    let new = &readings[S3 as usize];
    assert_eq!((new.gmv, new.buyers, new.excess), ([0, 20_000], 1, 20_000.0));
    assert!(new.times_by.0.iter().all(|times| (times - 1.0).abs() < 1e-12));
    // With viewers there are four measures; the surest is told, its probability four times.
    let s1 = &readings[S1 as usize];
    assert!(Measure::ALL.contains(&s1.measure) && s1.buyers == 6);
    assert!((s1.times_by[Measure::Gmv] - 2.0).abs() < 1e-12);
    // Viewers double where others grow from 40 to 52.
    assert!((s1.times_by[Measure::Viewers] - 2.0 / 1.3).abs() < 1e-12);
    // Money per viewer: three times over two, where the rest has 1.5 times over 1.3.
    assert!((s1.times_by[Measure::PerViewer] - 1.5 * 1.3 / 1.5).abs() < 1e-12);
    assert!(readings.iter().all(|reading| !reading.beyond_sampling), "too few buyers");
}

#[test]
fn what_is_explained_has_no_excess_left() {
    let (cube, acts) = shop();
    let candidates = Candidates::new(&cube);
    let judge = Judge::new(&cube, &candidates, PAIR, level());
    let mut explained = Explained::nothing(&cube);
    let first = judge.readings(&candidates, &explained, &moments(&candidates, &acts, &explained), None);
    explained.add(&cube, &candidates, S1_HATS, first[S1_HATS as usize].share());
    let is_kept = (0..candidates.len() as u32).map(|one| one != S3).collect();
    let narrowed = candidates.narrowed(is_kept);
    let known = moments(&narrowed, &acts, &explained);
    let left = judge.readings(&narrowed, &explained, &known, None);
    assert!(left[S1_HATS as usize].excess.abs() < 1e-6 && (left[S1_HATS as usize].times - 1.0).abs() < 1e-9);
    assert_eq!(left[S1_HATS as usize].gmv, [30_000, 90_000]);
    assert_eq!((left[S3 as usize].buyers, left[S3 as usize].gmv), (0, [0, 0]), "not looked at");
    // Its viewers are not known apart from its hats, so that money alone tells of s1.
    assert_eq!(left[S1 as usize].measure, Measure::Gmv);
}

/// Two streamers of many buyers, of which one doubles: beyond chance among six candidates of one column.
#[test]
fn discoveries_are_held_to_their_rate() {
    let mut cube = Cube {
        columns: vec![column(GroupColumn::Streamer, &["s1", "s2", "s3"])],
        codes: vec![0, 1, 2],
        periods: periods(2),
        ..Cube::default()
    };
    let mut acts = Vec::new();
    let mut sell = |leaf: u32, period: u8, buyers: u32| {
        let gmv = i128::from(buyers) * 1_000;
        cube.sold.push(Sold { leaf, period: period.into(), orders: buyers.into(), gmv });
        acts.extend((0..buyers).map(|_| bought(leaf, period, true, 1_000, 1)));
    };
    for (leaf, [before, after]) in (0..).zip([[40, 80], [100, 101], [14, 15]]) {
        sell(leaf, 0, before);
        sell(leaf, 1, after);
    }
    let acts = [Acts { bought: acts, ..Acts::default() }];
    let candidates = Candidates::new(&cube);
    let judge = Judge::new(&cube, &candidates, PAIR, level());
    let explained = Explained::nothing(&cube);
    let found = judge.readings(&candidates, &explained, &moments(&candidates, &acts, &explained), None);
    let beyond: Vec<bool> = found.iter().map(|reading| reading.beyond_sampling).collect();
    let buyers: Vec<i64> = found.iter().map(|reading| reading.buyers).collect();
    assert_eq!(buyers, [120, 201, 29]);
    // Of two candidates with enough buyers the first may have 1/2, the second 2/2 of 0.05 / 3.
    let rate = 0.05 / 3.0;
    assert!(found[0].p_value <= rate / 2.0 || found[1].p_value <= rate);
    let expected = [found[0].p_value <= rate, found[1].p_value <= rate, false];
    assert_eq!(beyond, expected);
    assert!(judge.stands_out(&found[0]));
}

/// As many viewers as before, who stay twice as long and of whom half as many more buy: watch time did it. Then twice the buyers, of whom the
/// one before bought twice: conversion did it.
#[test]
fn watch_time_and_buyers_count() {
    let case = |watch: [i128; 2], sales: [(i64, i128); 2], persons: &[&[u8]]| {
        let mut cube = cube();
        for (period, ((orders, gmv), watch)) in (0..).zip(sales.into_iter().zip(watch)) {
            cube.sold.push(Sold { leaf: 0, period, orders, gmv });
            cube.viewed.push(Viewed { group: 0, period, viewers: 10, watch });
        }
        let acts = persons.iter().flat_map(|sides| {
            sides.iter().enumerate().map(|(at, &side)| bought(0, side, at == 0, 100, 1)).collect::<Vec<_>>()
        });
        let acts = [Acts { bought: acts.collect(), ..Acts::default() }];
        what_did_most(&cube, &Candidates::new(&cube), &acts, PAIR, &Method::Lmdi, &[S1])[0]
    };
    let found = case([3_600, 7_200], [(2, 200), (3, 300)], &[&[0], &[0], &[1], &[1], &[1]]);
    // L = 100 / ln 1.5, times ln 2.
    assert_eq!(found, Some((Factor::WatchTime, 171)));
    let found = case([3_600, 3_600], [(2, 100), (4, 200)], &[&[0, 0], &[1, 1], &[1, 1]]);
    assert_eq!(found, Some((Factor::Conversion, 100)));
}
