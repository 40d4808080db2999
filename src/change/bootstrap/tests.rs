//! Draws, weighted sums and quantiles, by hand.

use super::*;
use crate::change::method::Method;
use crate::change::tests::{PAIR, tiers};

#[test]
fn draws_have_mean_and_variance_one() {
    let draws: Vec<f64> = (0..100_000_u32).map(|n| poisson(n.wrapping_mul(2_654_435_761))).collect();
    let mean = draws.iter().sum::<f64>() / draws.len() as f64;
    let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64;
    assert!((mean - 1.0).abs() < 0.01 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
    // 2³² / e is 1,580,030,168.7, and twice that 3,160,060,337.4.
    let at = [0, 1_580_030_168, 1_580_030_169, 3_160_060_336, 3_160_060_337, u32::MAX];
    assert_eq!(at.map(|n| poisson(n) as u32), [0, 0, 1, 1, 2, 12]);
}

#[test]
fn quantiles_lie_between_neighbours() {
    let sorted = [0.0, 10.0, 20.0, 30.0];
    for (share, expected) in [(0.0, 0.0), (0.5, 15.0), (1.0, 30.0), (0.1, 3.0)] {
        assert!((quantile(&sorted, share) - expected).abs() < 1e-9, "{share}");
    }
}

#[test]
fn ends_leave_as_much_on_both_sides() {
    let drawn: Drawn =
        std::array::from_fn(|effect| (0..=100).rev().map(|n| f64::from(n + effect as i32)).collect());
    let found = ends(drawn, Level::new(0.9).unwrap());
    for (effect, (low, high)) in found.into_iter().enumerate() {
        assert!((low - 5.0 - effect as f64).abs() < 1e-9 && (high - 95.0 - effect as f64).abs() < 1e-9);
    }
}

#[test]
fn as_many_rows_and_replicates_are_walked_at_once_as_there_is_room_for() {
    assert_eq!([0, 1, 3].map(bytes_of), [16, 96, 256]);
    let found = walks(&[10, 20, 20, 30, 500, 5], 4, 200);
    assert_eq!(found, [(0..3, 4), (3..4, 4), (4..5, 1), (5..6, 4)]);
    assert_eq!(walks(&[50, 60], 4, 200), [(0..1, 4), (1..2, 3)]);
    assert_eq!(walks(&[], 4, 200), []);
    let whole = Bootstrap { replicates: 10, seed: 7 };
    let parts = [0, 4, 8].map(|skipped| whole.part(skipped, 4));
    assert_eq!(parts.map(|part| (part.replicates, part.seed)), [(4, 7), (4, 7), (2, 7)]);
}

const REPLICATES: usize = 40;

/// What a person does: leaf, period, seconds if it views, orders and money if it buys.
type Act = (u32, u32, Option<i64>, Option<(i64, i128)>);

/// One in both leaves of the first row; one who views the second row before, and buys of it before and after; one who views both after.
const PERSONS: [(&[u8], &[Act]); 3] = [
    (
        b"u1",
        &[
            (1, 0, Some(30), None),
            (0, 0, Some(50), Some((2, 90))),
            (0, 1, Some(7), Some((1, 40))),
            (0, 5, Some(1_000), None),
        ],
    ),
    (b"u2", &[(2, 0, Some(60), Some((1, 100))), (2, 1, None, Some((3, 400)))]),
    (b"u3", &[(2, 1, Some(20), None), (0, 1, Some(5), None)]),
];

/// Walks over persons, by their numbers; their weights.
fn walk<'a>(mut walk: Weighted<'a>, persons: &[usize]) -> (Weighted<'a>, Vec<Vec<f64>>) {
    walk.end_person(PersonKey::new(b"nobody")).unwrap();
    let weights = persons.iter().map(|&person| {
        let (name, acts) = PERSONS[person];
        for &(leaf, period, watch, bought) in acts {
            if let Some(watch) = watch {
                walk.viewed(leaf, period, watch);
            }
            if let Some((orders, gmv)) = bought {
                walk.bought(leaf, period, orders, gmv);
            }
        }
        walk.end_person(PersonKey::new(name)).unwrap();
        walk.weights.clone()
    });
    let weights = weights.collect();
    (walk, weights)
}

/// What all did in a leaf on a side, with their weights in a replicate.
fn sum(weights: &[Vec<f64>], leaf: usize, side: usize, which: usize, replicate: usize) -> f64 {
    let of = |(person, weights): (&(&[u8], &[Act]), &Vec<f64>)| {
        let here = person.1.iter().filter(|act| (act.0 as usize, act.1 as usize) == (leaf, side));
        let amount = here.map(|(_, _, watch, bought)| {
            let (orders, gmv) = bought.unwrap_or_default();
            let viewed = f64::from(u8::from(watch.is_some()));
            let buys = f64::from(u8::from(bought.is_some()));
            [viewed, watch.unwrap_or_default() as f64, buys, orders as f64, gmv as f64][which]
        });
        weights[replicate] * amount.sum::<f64>()
    };
    PERSONS.iter().zip(weights).map(of).sum()
}

#[test]
fn weighted_sums_are_those_of_persons_times_their_weights() {
    let (leaves, method) = (tiers(), Method::Lmdi);
    let table = Table::new(&leaves, &method);
    let place = [Some(0), Some(1), Some(2)];
    let new = |replicates, skipped| {
        Weighted::new(&table, PAIR, Bootstrap { replicates, seed: 7 }, skipped, 0..2, &place)
    };
    let (whole, weights) = walk(new(REPLICATES, 0), &[0, 1, 2]);
    assert!(weights[0] != weights[1] && weights.iter().all(|weights| weights.iter().sum::<f64>() > 20.0));
    for leaf in 0..3 {
        for side in 0..2 {
            for which in 0..5 {
                let at = (leaf * 10 + side * 5 + which) * REPLICATES;
                let expected: Vec<f64> =
                    (0..REPLICATES).map(|one| sum(&weights, leaf, side, which, one)).collect();
                assert_eq!(whole.leaves[at..at + REPLICATES], expected, "{leaf} {side} {which}");
            }
        }
    }
    let both: Vec<f64> = weights[0].iter().zip(&weights[2]).map(|(one, other)| one + other).collect();
    // Who only bought is no viewer.
    assert_eq!(whole.viewers, [&weights[0][..], &both, &weights[1], &weights[2]].concat());
    // What others drew before is skipped, and workers add up.
    let (_, head) = walk(new(15, 0), &[0]);
    let (_, tail) = walk(new(25, 15), &[0]);
    assert_eq!([&head[0][..], &tail[0]].concat(), weights[0]);
    let (one, _) = walk(new(REPLICATES, 0), &[1, 0]);
    let (other, _) = walk(new(REPLICATES, 0), &[2]);
    let merged = one.merged(other);
    assert_eq!((&merged.leaves, &merged.viewers), (&whole.leaves, &whole.viewers));
}

#[test]
fn effects_of_a_replicate_are_those_of_its_sums() {
    let (leaves, method) = (tiers(), Method::Lmdi);
    let table = Table::new(&leaves, &method);
    let place = [Some(0), Some(1), Some(2)];
    let bootstrap = Bootstrap { replicates: REPLICATES, seed: 7 };
    let (whole, weights) = walk(Weighted::new(&table, PAIR, bootstrap, 0, 0..2, &place), &[0, 1, 2]);
    // The second row in a walk of its own too.
    let own = [None, None, Some(0)];
    let second = Weighted::new(&table, PAIR, bootstrap, 0, 1..2, &own);
    let (second, _) = walk(second, &[0, 1, 2]);
    for replicate in (0..REPLICATES).step_by(1) {
        let leaf = |leaf: usize| {
            [0, 1].map(|side| LeafSums {
                viewers: sum(&weights, leaf, side, 0, replicate) as i64,
                watch: sum(&weights, leaf, side, 1, replicate) as i128,
                buyers: sum(&weights, leaf, side, 2, replicate) as i64,
                orders: sum(&weights, leaf, side, 3, replicate) as i64,
                gmv: sum(&weights, leaf, side, 4, replicate) as i128,
                live: None,
                viewing: true,
            })
        };
        let [one, other, third] = [0, 1, 2].map(|person| weights[person][replicate] as i64);
        let of_first = RowViewers { distinct: [one, one + third], summed: [2 * one, one + third] };
        let expected = table.effects_of(&[leaf(0), leaf(1)], Some(of_first));
        assert_eq!(
            whole.replicate(0, replicate).map(f64::to_bits),
            expected.map(f64::to_bits),
            "{replicate}"
        );
        let of_second = RowViewers { distinct: [other, third], summed: [other, third] };
        let expected = table.effects_of(&[leaf(2)], Some(of_second));
        assert_eq!(
            whole.replicate(1, replicate).map(f64::to_bits),
            expected.map(f64::to_bits),
            "{replicate}"
        );
        assert_eq!(
            second.replicate(1, replicate).map(f64::to_bits),
            expected.map(f64::to_bits),
            "{replicate}"
        );
    }
    let mut drawn = Drawn::default();
    whole.draw_effects(1, &mut drawn);
    let change: Vec<f64> = weights[1].iter().map(|weight| weight * 300.0).collect();
    assert_eq!(drawn[Effect::Change as usize], change);
}
