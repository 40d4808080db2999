//! A small cube, by hand: its candidates, moments, factors and choices.

use std::sync::Arc;

use super::candidates::{Candidates, Slice};
use super::factors::what_did_most;
use super::judging::{Judge, LEAST_BUYERS};
use super::moments::{Explained, Moments, OfCandidate, Share, UNITS, error};
use super::reading::{Measure, PerMeasure, Reading};
use crate::change::method::Method;
use crate::change::pair::Pair;
use crate::engine::GroupColumn;
use crate::engine::cube::{Acts, Bought, Cube, CubeColumn, Seen, Sold, Viewed};
use crate::engine::leaves::LeafPeriod;
use crate::factor::Factor;
use crate::units::Level;

mod broadcasts;
mod readings;
mod searching;

pub(super) const PAIR: Pair = Pair { before: 0, after: 1, has_yardstick: true };

pub(super) fn column(column: GroupColumn, values: &[&str]) -> CubeColumn {
    CubeColumn { column, values: values.iter().map(|value| Arc::from(*value)).collect() }
}

pub(super) fn periods(count: i8) -> Vec<LeafPeriod> {
    let day = |day: i8| LeafPeriod { first: jiff::civil::date(2026, 3, day), partial: Some(false) };
    (1..=count).map(day).collect()
}

/// Leaves: s1 hats private, s1 shoes public, s2 hats public, s3 shoes public; tier a but for s3. Groups of viewers: the same.
pub(super) fn cube() -> Cube {
    let none = Cube::NONE;
    Cube {
        columns: vec![
            column(GroupColumn::Streamer, &["s1", "s2", "s3"]),
            column(GroupColumn::Attribute("tier".to_owned()), &["a", "b"]),
            column(GroupColumn::Dimension("category".to_owned()), &["hats", "shoes"]),
            column(GroupColumn::Domain, &["private", "public"]),
            column(GroupColumn::Dimension("brand".to_owned()), &["one"]),
        ],
        codes: [[0, 0, 0, 0, 0], [0, 0, 1, 1, 0], [1, 0, 0, 1, 0], [2, 1, 1, 1, 0]].concat(),
        group_codes: [
            [0, 0, none, 0, none],
            [0, 0, none, 1, none],
            [1, 0, none, 1, none],
            [2, 1, none, 1, none],
        ]
        .concat(),
        periods: periods(2),
        ..Cube::default()
    }
}

/// Candidates of the cube, as they are found leaf by leaf.
pub(super) const S1: u32 = 0;
pub(super) const TIER_A: u32 = 1;
pub(super) const HATS: u32 = 2;
pub(super) const PRIVATE: u32 = 3;
pub(super) const S1_HATS: u32 = 4;
const PUBLIC: u32 = 10;
pub(super) const S2: u32 = 16;
pub(super) const S3: u32 = 20;

#[test]
fn candidates_are_values_of_columns_and_of_pairs_of_which_neither_tells_the_other() {
    let cube = cube();
    let candidates = Candidates::new(&cube);
    let of_leaves: Vec<&[u32]> = (0..4).map(|leaf| candidates.of_leaf(leaf)).collect();
    let expected: [&[u32]; 4] = [
        &[0, 1, 2, 3, 4, 5, 6, 7, 8],
        &[0, 1, 9, 10, 11, 12, 13, 14, 15],
        &[16, 1, 2, 10, 17, 18, 6, 14, 19],
        &[20, 21, 9, 10, 22, 23, 24, 25, 15],
    ];
    assert_eq!((candidates.len(), of_leaves), (26, expected.to_vec()));
    let of_groups: Vec<&[u32]> = (0..4).map(|group| candidates.of_viewed(group)).collect();
    let expected: [&[u32]; 4] =
        [&[0, 1, 3, 5, 7], &[0, 1, 10, 12, 14], &[16, 1, 10, 18, 14], &[20, 21, 10, 23, 25]];
    assert_eq!(of_groups, expected);
    assert_eq!(candidates.slice(S1_HATS).values, [(0, 0), (2, 0)]);
    let texts = candidates.texts(&cube, 24);
    let texts: Vec<(usize, &str)> = texts.iter().map(|(at, text)| (*at, &***text)).collect();
    assert_eq!(texts, [(1, "b"), (2, "shoes")]);
    assert_eq!([S1, PUBLIC, S1_HATS].map(|one| candidates.single(one)), [Some(0), Some(3), None]);
    assert_eq!(candidates.streamers(&cube), [(S1, 0), (S2, 2), (S3, 3)]);
}

#[test]
fn narrowed_candidates_keep_their_numbers() {
    let cube = cube();
    let is_kept = (0..26).map(|one| [S1, HATS, PUBLIC].contains(&one)).collect();
    let candidates = Candidates::new(&cube).narrowed(is_kept);
    let of_leaves: Vec<&[u32]> = (0..4).map(|leaf| candidates.of_leaf(leaf)).collect();
    assert_eq!(of_leaves, [&[S1, HATS][..], &[S1, PUBLIC], &[HATS, PUBLIC], &[PUBLIC]]);
    assert_eq!([0, 3].map(|group| candidates.of_viewed(group)), [&[S1][..], &[PUBLIC]]);
    assert_eq!((candidates.len(), candidates.is_kept(S1), candidates.is_kept(S3)), (26, true, false));
}

/// Pairs in which a value of one column has only one of the other, or of which one names broadcasts.
#[test]
fn some_pairs_of_columns_tell_nothing() {
    let pairs = |a: GroupColumn, b: GroupColumn| {
        let cube = Cube {
            columns: vec![column(a, &["x", "y"]), column(b, &["x", "y"])],
            codes: vec![0, 0, 1, 1],
            ..Cube::default()
        };
        Candidates::new(&cube).len() - 4
    };
    let live = || GroupColumn::Dimension("live_id".to_owned());
    let tier = || GroupColumn::Attribute("tier".to_owned());
    assert_eq!(pairs(GroupColumn::Domain, GroupColumn::BuyerType), 2);
    assert_eq!(pairs(GroupColumn::Streamer, GroupColumn::Domain), 2);
    assert_eq!(pairs(tier(), GroupColumn::Domain), 2);
    for (a, b) in [
        (GroupColumn::Traffic, GroupColumn::Domain),
        (GroupColumn::Streamer, tier()),
        (live(), GroupColumn::Domain),
    ] {
        assert_eq!([pairs(a.clone(), b.clone()), pairs(b, a)], [0, 0]);
    }
}

#[test]
fn what_is_explained_counts_with_its_share() {
    let cube = cube();
    let candidates = Candidates::new(&cube);
    let times = PerMeasure([0.5, 0.25, 2.0, 1.5]);
    let mut explained = Explained::nothing(&cube);
    let count = |explained: &Explained, measure, side| {
        [0, 1, 2].map(|leaf| explained.count(measure, side, leaf, [300, 3]))
    };
    assert_eq!(count(&explained, Measure::OrdersPerViewer, 0), [3 * UNITS; 3]);
    explained.add(&cube, &candidates, S1, Share::Before(times));
    assert_eq!(count(&explained, Measure::Gmv, 0), [150, 150, 300]);
    assert_eq!(count(&explained, Measure::PerViewer, 0), [75, 75, 300]);
    assert_eq!(count(&explained, Measure::OrdersPerViewer, 0), [6 * UNITS, 6 * UNITS, 3 * UNITS]);
    assert_eq!(count(&explained, Measure::Viewers, 0), [0; 3]);
    assert_eq!(count(&explained, Measure::Gmv, 1), [300; 3]);
    assert_eq!(explained.count(Measure::Gmv, 0, 0, [301, 3]), 151, "to the nearest");
    let viewers = |explained: &Explained, side| [0, 2].map(|group| explained.count_viewers(side, group, 4));
    assert_eq!(viewers(&explained, 0), [6 * UNITS, 4 * UNITS]);
    assert_eq!(viewers(&explained, 1), [4 * UNITS; 2]);
    explained.add(&cube, &candidates, HATS, Share::Before(times));
    assert_eq!(count(&explained, Measure::Gmv, 0), [75, 150, 150]);
    explained.add(&cube, &candidates, PUBLIC, Share::After(0.1));
    assert_eq!(count(&explained, Measure::Gmv, 1), [300, 30, 30]);
    assert_eq!((viewers(&explained, 0), viewers(&explained, 1)), ([6 * UNITS, 4 * UNITS], [4 * UNITS; 2]));
    assert!((0..4).all(|at| !explained.has_leaf(at) && !explained.has_viewed(at)));
    explained.add(&cube, &candidates, PUBLIC, Share::All);
    assert_eq!([0, 1, 2, 3].map(|leaf| explained.has_leaf(leaf)), [false, true, true, true]);
    assert_eq!([0, 1, 2, 3].map(|group| explained.has_viewed(group)), [false, true, true, true]);
}

/// Which viewers went with the money of a slice of orders is not known, but for slices that have nothing of it.
#[test]
fn viewers_are_known_beside_what_orders_explain() {
    let cube = cube();
    let candidates = Candidates::new(&cube);
    let slice = |values: &[(usize, u32)]| Slice { values: values.to_vec() };
    let asked =
        [slice(&[(2, 0)]), slice(&[(2, 1)]), slice(&[(3, 0)]), slice(&[(0, 1)]), slice(&[(0, 1), (2, 1)])];
    let known = |explained: &Explained| asked.each_ref().map(|slice| explained.knows_viewers(slice));
    let mut explained = Explained::nothing(&cube);
    assert_eq!(known(&explained), [true; 5]);
    explained.add(&cube, &candidates, S1, Share::All);
    assert_eq!(known(&explained), [true; 5]);
    explained.add(&cube, &candidates, S1_HATS, Share::All);
    assert_eq!(known(&explained), [false, true, false, true, true]);
    explained.add(&cube, &candidates, HATS, Share::All);
    assert_eq!(known(&explained), [false, true, false, false, true]);
}

pub(super) fn bought(leaf: u32, side: u8, is_first: bool, gmv: i64, orders: u32) -> Bought {
    Bought { leaf, side, is_first, gmv, orders }
}

/// Three persons in two parts: of hats and shoes of s1 before and after, of hats of s2 after, of hats of s1 before.
fn acts() -> Vec<Acts> {
    let seen = |group, side, is_first| Seen { group, side, is_first };
    let first = Acts {
        bought: vec![bought(0, 0, true, 300, 2), bought(1, 1, false, 500, 1)],
        seen: vec![seen(0, 0, true), seen(1, 1, false)],
        ..Acts::default()
    };
    let second = Acts {
        bought: vec![bought(2, 1, true, 700, 3), bought(0, 0, true, 100, 1)],
        seen: vec![seen(2, 1, true)],
        ..Acts::default()
    };
    vec![first, second]
}

#[test]
fn moments_by_hand() {
    let cube = cube();
    let candidates = Candidates::new(&cube);
    let of = |measure, explained: &Explained| Moments::of(measure, &candidates, &acts(), explained).unwrap();
    let mut explained = Explained::nothing(&cube);
    let gmv = of(Measure::Gmv, &explained);
    assert_eq!(gmv.all, [100_000, 150_000, 740_000]);
    let expected: [(u32, OfCandidate); 3] = [
        (S1, [100_000, 150_000, 250_000, 100_000, 150_000, 150_000, 250_000, 2]),
        (TIER_A, [100_000, 150_000, 740_000, 100_000, 150_000, 150_000, 740_000, 3]),
        (HATS, [100_000, 0, 490_000, 100_000, 150_000, 0, 490_000, 3]),
    ];
    for (candidate, sums) in expected {
        assert_eq!(gmv.candidates[candidate as usize], sums, "{candidate}");
    }
    let square = UNITS * UNITS;
    let orders = of(Measure::OrdersPerViewer, &explained);
    assert_eq!(orders.all, [5 * square, 2 * square, 10 * square]);
    let [.., persons] = orders.candidates[HATS as usize];
    assert_eq!(orders.candidates[HATS as usize][..7], [5, 0, 9, 5, 2, 0, 9].map(|sum| sum * square));
    assert_eq!(persons, 3);
    let viewers = of(Measure::Viewers, &explained);
    assert_eq!(viewers.all, [square, square, 2 * square]);
    assert_eq!(viewers.candidates[PUBLIC as usize][..7], [0, 0, 2, 0, 0, 1, 2].map(|sum| sum * square));
    assert_eq!(viewers.candidates[PUBLIC as usize][7], 2);
    explained.add(&cube, &candidates, S1, Share::All);
    let left = of(Measure::Gmv, &explained);
    assert_eq!(
        (left.all, left.candidates[HATS as usize]),
        ([0, 0, 490_000], [0, 0, 490_000, 0, 0, 0, 490_000, 1])
    );
    assert_eq!(of(Measure::Viewers, &explained).all, [0, 0, square]);
}

/// The error of an excess is the root of the sum of the squared influences of persons.
#[test]
fn an_error_by_its_definition() {
    let persons = [[300.0, 500.0, 350.0, 500.0], [0.0, 700.0, 40.0, 710.0], [100.0, 0.0, 100.0, 90.0]];
    let sum = |of: &dyn Fn(&[f64; 4]) -> f64| persons.iter().map(of).sum::<f64>();
    let mixed = |a: usize, b: usize| sum(&|person| person[a] * person[b]) as i128;
    let own = [mixed(0, 0), mixed(0, 1), mixed(1, 1), mixed(0, 2), mixed(0, 3), mixed(1, 2), mixed(1, 3), 3];
    let (r, [k1, k0]) = (1.75, [0.5, 0.375]);
    let influence = |&[g0, g1, t0, t1]: &[f64; 4]| (1.0 + k1) * g1 - (r + k0) * g0 - k1 * t1 + k0 * t0;
    let expected = sum(&|person| influence(person).powi(2)).sqrt();
    let found = error(&own, [mixed(2, 2), mixed(2, 3), mixed(3, 3)], r, [k1, k0]);
    assert!((found - expected).abs() < 1e-9 * expected, "{found} {expected}");
}

/// Viewers of s1 double, and all of its sums with them; s2 sells at half the price; s3 is new.
#[test]
fn the_factor_that_did_most() {
    let mut cube = cube();
    let sold = |leaf, period, orders, gmv| Sold { leaf, period, orders, gmv };
    cube.sold = vec![
        sold(0, 0, 2, 200),
        sold(0, 1, 3, 300),
        sold(1, 1, 1, 100),
        sold(2, 0, 2, 200),
        sold(2, 1, 2, 100),
        sold(3, 1, 1, 50),
    ];
    let viewed = |group, period, viewers, watch| Viewed { group, period, viewers, watch };
    cube.viewed = vec![
        viewed(0, 0, 10, 3_600),
        viewed(0, 1, 15, 5_400),
        viewed(1, 1, 5, 1_800),
        viewed(2, 0, 10, 3_600),
        viewed(2, 1, 10, 3_600),
        viewed(3, 1, 1, 60),
    ];
    let person = |buys: &[(u32, u8)]| {
        let one = |(at, &(leaf, side)): (usize, &(u32, u8))| bought(leaf, side, at == 0, 100, 1);
        buys.iter().enumerate().map(one).collect::<Vec<_>>()
    };
    // The first buys twice before: one buyer of a streamer, however often.
    let persons = [
        person(&[(0, 0), (0, 0), (0, 1), (1, 1)]),
        person(&[(0, 1)]),
        person(&[(2, 0), (2, 1)]),
        person(&[(3, 1)]),
    ];
    let acts = [Acts { bought: persons.concat(), ..Acts::default() }];
    let candidates = Candidates::new(&cube);
    let wanted = [S1, S2, S3, TIER_A, PRIVATE, S1_HATS];
    let found = what_did_most(&cube, &candidates, &acts, PAIR, &Method::Lmdi, &wanted);
    let expected = [
        Some((Factor::UniqueViewers, 200)),
        Some((Factor::OrderValue, -100)),
        Some((Factor::UniqueViewers, 50)),
        Some((Factor::UniqueViewers, 200)),
        Some((Factor::UniqueViewers, 100)),
        // Viewers of s1 double, of whom as many more bought hats as is half of that.
        Some((Factor::UniqueViewers, 171)),
    ];
    assert_eq!(found, expected);
    let nothing =
        what_did_most(&cube, &candidates, &acts, Pair { before: 5, after: 6, ..PAIR }, &Method::Lmdi, &[S1]);
    assert_eq!(nothing, [None]);
}

pub(super) fn level() -> Level {
    Level::new(0.95).unwrap()
}

fn reading(excess: f64, score: f64) -> Reading {
    let gmv = [100, 100];
    Reading {
        gmv,
        excess,
        score,
        beyond_sampling: true,
        p_value: 0.001,
        buyers: LEAST_BUYERS,
        ..Reading::default()
    }
}

#[test]
fn the_best_slice_is_that_which_stands_out_most_or_nearly_all_of_it() {
    let cube = cube();
    let candidates = Candidates::new(&cube);
    let judge = Judge::new(&cube, &candidates, PAIR, level());
    assert!(!judge.has_yardstick());
    let mut readings = vec![Reading::default(); candidates.len()];
    let best = |readings: &[Reading], chosen: &[u32]| {
        let told = |one: &u32| (*one, Reading::default(), Some(1));
        judge.best(readings, &chosen.iter().map(told).collect::<Vec<_>>())
    };
    assert_eq!(best(&readings, &[]), None);
    readings[S1_HATS as usize] = reading(90.0, 4.0);
    assert_eq!(best(&readings, &[]), Some(S1_HATS), "a pair where no single slice stands out");
    readings[S1 as usize] = reading(100.0, 3.0);
    readings[PRIVATE as usize] = reading(100.0, 2.0);
    assert_eq!(best(&readings, &[]), Some(S1_HATS), "nine tenths of s1, and surer");
    readings[S1_HATS as usize].excess = 89.0;
    assert_eq!(best(&readings, &[]), Some(S1));
    readings[S1_HATS as usize] = reading(90.0, 3.0);
    assert_eq!(best(&readings, &[]), Some(S1), "no surer than the whole");
    assert_eq!(best(&readings, &[S1]), Some(PRIVATE), "what lies within s1 is told");
    assert_eq!(best(&readings, &[S1, PRIVATE]), None);
    assert_eq!(best(&readings, &[S1_HATS]), Some(S1), "the whole is more than its part");
    // A pair that has nothing to do with it changes nothing.
    let mut other = readings.clone();
    other[18] = reading(99.0, 2.5);
    assert_eq!(best(&other, &[]), Some(S1));
    // Of the same score the first by name: of columns in their order.
    readings[PRIVATE as usize].score = 3.0;
    readings[S2 as usize] = reading(100.0, 3.0);
    assert_eq!(best(&readings, &[]), Some(S1));
    readings[S1 as usize].beyond_sampling = false;
    assert_eq!(best(&readings, &[]), Some(S2));
}

#[test]
fn there_is_as_much_to_explain_as_stands_out() {
    let cube = cube();
    let candidates = Candidates::new(&cube);
    let judge = Judge::new(&cube, &candidates, PAIR, level());
    let mut readings = vec![Reading::default(); candidates.len()];
    readings[S1 as usize] = reading(100.4, 3.0);
    readings[S2 as usize] = reading(-50.0, 3.0);
    readings[S3 as usize] = Reading { beyond_sampling: false, ..reading(7.0, 3.0) };
    readings[S1_HATS as usize] = reading(10.0, 3.0);
    let masses: Vec<(Vec<usize>, f64)> = judge.masses(&readings).into_iter().collect();
    assert_eq!(masses, [(vec![0], 150.0), (vec![0, 2], 10.0)]);
}

/// Of a tier the streamers in it that moved the same way, surely enough and with enough buyers; of no other slice any.
#[test]
fn streamers_that_moved_with_their_tier() {
    let cube = cube();
    let candidates = Candidates::new(&cube);
    let judge = Judge::new(&cube, &candidates, PAIR, level());
    let mut readings = vec![Reading::default(); candidates.len()];
    readings[TIER_A as usize] = reading(-100.0, 3.0);
    readings[S1 as usize] = reading(-20.0, 3.0);
    readings[S2 as usize] = reading(-80.0, 3.0);
    readings[S3 as usize] = reading(-90.0, 3.0);
    assert_eq!(judge.streamers_of(TIER_A, &readings, &[]), [S2, S1]);
    assert_eq!(judge.streamers_of(TIER_A, &readings, &[(S2, Reading::default(), Some(1))]), [S1]);
    assert!(judge.streamers_of(PRIVATE, &readings, &[]).is_empty());
    assert!(judge.streamers_of(6, &readings, &[]).is_empty(), "hats of the tier are not by attributes alone");
    readings[S2 as usize].p_value = 0.01;
    assert_eq!(judge.streamers_of(TIER_A, &readings, &[]), [S2, S1]);
    for unlike in [
        Reading { p_value: 0.011, ..reading(-80.0, 3.0) },
        Reading { buyers: LEAST_BUYERS - 1, ..reading(-80.0, 3.0) },
        reading(80.0, 3.0),
    ] {
        readings[S2 as usize] = unlike;
        assert_eq!(judge.streamers_of(TIER_A, &readings, &[]), [S1]);
    }
}
