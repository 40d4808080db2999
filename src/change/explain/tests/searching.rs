//! Searches: streamers of two periods, and their tiers, by hand.

use super::*;
use crate::change::explain::{Choice, MOST, Search, others};

/// Streamers: their tier, and how many persons bought for 1.00 each before and after.
fn market(of: &[(u32, u32, u32)]) -> (Cube, [Acts; 1]) {
    let names: Vec<String> = (0..of.len()).map(|at| format!("s{at:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut cube = Cube {
        columns: vec![
            column(GroupColumn::Streamer, &names),
            column(GroupColumn::Attribute("tier".to_owned()), &["a", "b", "c"]),
        ],
        periods: periods(2),
        ..Cube::default()
    };
    let mut acts = Vec::new();
    for (&(tier, before, after), leaf) in of.iter().zip(0..) {
        cube.codes.extend([leaf, tier]);
        for (side, persons) in [before, after].into_iter().enumerate() {
            let gmv = i128::from(persons) * 100;
            cube.sold.push(Sold { leaf, period: side as u32, orders: persons.into(), gmv });
            acts.extend((0..persons).map(|_| bought(leaf, side as u8, true, 100, 1)));
        }
    }
    (cube, [Acts { bought: acts, ..Acts::default() }])
}

/// Names and ranks, what they cover, whether there is more, and the first readings.
type Chosen = (Vec<(String, usize)>, Option<f64>, bool, Vec<Reading>);

/// The texts of the slices that are chosen in their order, what they cover, and whether there is more; then what is left of the first readings.
fn choose(of: &[(u32, u32, u32)], cover: f64) -> Chosen {
    let (cube, acts) = market(of);
    let candidates = Candidates::new(&cube);
    let judge = Judge::new(&cube, &candidates, PAIR, level());
    let search = Search { cube: &cube, candidates: &candidates, acts: &acts, judge: &judge };
    let first = search.readings(&candidates, &Explained::nothing(&cube), None).unwrap();
    let Choice { chosen, covered, more } = search.choose(&first, cover).unwrap();
    let name = |candidate: u32| candidates.texts(&cube, candidate)[0].1.to_string();
    let told = chosen.iter().map(|(candidate, _, rank)| (name(*candidate), rank.unwrap())).collect();
    // Those that were not chosen, the largest first.
    let all = first.clone();
    let rest = others(&cube, &candidates, first, &chosen);
    assert_eq!(rest.len() + chosen.len(), all.len());
    assert!(rest.iter().all(|other| chosen.iter().all(|told| told.0 != other.0) && other.2.is_none()));
    assert!(rest.is_sorted_by(|a, b| a.1.excess.abs() >= b.1.excess.abs()));
    (told, covered, more, all)
}

fn named(names: &[&str]) -> Vec<(String, usize)> {
    names.iter().zip(1..).map(|(name, rank)| ((*name).to_owned(), rank)).collect()
}

#[test]
fn slices_are_chosen_until_they_cover_enough() {
    // One trebles, one is halved, and four stay; tiers are mixed.
    let market = [(0, 100, 300), (1, 200, 100), (0, 400, 400), (1, 400, 400), (0, 400, 400), (1, 400, 400)];
    let (told, covered, more, _) = choose(&market, 0.95);
    assert_eq!((told, more), (named(&["s00", "s01"]), false));
    assert!(covered.unwrap() > 0.95);
    let (told, covered, more, first) = choose(&market, 0.1);
    assert_eq!((told, more), (named(&["s00"]), true));
    // The other is left, of all that stood out among streamers when nothing was explained.
    let stood_out = |at: usize| if first[at].beyond_sampling { first[at].excess.abs().round() } else { 0.0 };
    let (cube, _) = self::market(&market);
    let candidates = Candidates::new(&cube);
    let of_streamers = candidates.streamers(&cube).into_iter().map(|(candidate, _)| candidate as usize);
    let mass: f64 = of_streamers.map(stood_out).sum();
    // 100 of 200 remain where the rest stays as it is: 10,000 less.
    assert!((covered.unwrap() - (1.0 - 10_000.0 / mass)).abs() < 0.02, "{covered:?} {mass}");
    let still = [(0, 100, 100), (1, 200, 200), (0, 400, 400)];
    assert_eq!(choose(&still, 0.95).1, None, "nothing stands out");
}

#[test]
fn no_more_than_a_dozen_are_chosen() {
    let mut market = vec![(0, 100, 400); 7];
    market.extend([(1, 100, 400); 7]);
    market.extend([(0, 1_000, 1_000), (1, 1_000, 1_000), (0, 1_000, 1_000), (1, 1_000, 1_000)]);
    let (told, covered, more, _) = choose(&market, 1.0);
    assert_eq!((told.len(), more), (MOST, true));
    assert!(covered.unwrap() < 1.0);
}

/// A tier of which two streamers did all is told by these; one of which many did a little stays.
#[test]
fn streamers_stand_for_their_tier_where_they_did_all_of_it() {
    let stays = [(1, 1_000, 1_000), (1, 1_000, 1_000), (2, 1_000, 1_000), (2, 1_000, 1_000)];
    let mut market = vec![(0, 200, 500), (0, 200, 400)];
    market.extend(stays);
    let (told, ..) = choose(&market, 0.95);
    assert_eq!(told, named(&["s00", "s01"]));
    for (first, other) in [((0, 200, 300), (0, 60, 75)), ((0, 300, 200), (0, 75, 60))] {
        let mut market = vec![first];
        market.extend([other; 14]);
        market.extend(stays);
        let (told, ..) = choose(&market, 0.95);
        assert_eq!(told[0], ("a".to_owned(), 1));
    }
}
