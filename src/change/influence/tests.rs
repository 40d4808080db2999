//! Influences of persons, against small differences.

use super::*;
use crate::change::leaf::{LeafSums, RowViewers};
use crate::change::method::Method;
use crate::change::tests::{PAIR, S1, S2, VIEWERS, sums, tiers};

/// What a person did: leaf, period, seconds if it viewed, orders and money if it bought.
type Act = (u32, u32, Option<i64>, Option<(i64, i64)>);

/// The effects of the first row with so many times what a person did added to its sums.
fn moved(table: &Table<'_>, acts: &[Act], times: i64) -> [f64; Effect::COUNT] {
    let (mut own, mut viewers): ([[[i64; 5]; 2]; 2], RowViewers) = ([S1, S2], VIEWERS);
    let mut was_there = [false; 2];
    for &(leaf, period, watch, bought) in acts.iter().filter(|act| act.0 < 2) {
        let (leaf, side) = (leaf as usize, period as usize);
        if let Some(watch) = watch {
            own[leaf][side][0] += times;
            own[leaf][side][1] += times * watch;
            viewers.summed[side] += times;
            viewers.distinct[side] += if was_there[side] { 0 } else { times };
            was_there[side] = true;
        }
        if let Some((orders, gmv)) = bought {
            own[leaf][side][2] += times;
            own[leaf][side][3] += times * orders;
            own[leaf][side][4] += times * gmv;
        }
    }
    table.effects_of(&own.map(|sides| sides.map(|one| LeafSums::from(&sums(one)))), Some(viewers))
}

#[test]
fn squares_of_influences_add_up_over_persons() {
    let (leaves, method) = (tiers(), Method::Lmdi);
    let table = Table::new(&leaves, &method);
    let gradient = Gradient::new(&table, PAIR);
    let mut squares = Squares {
        gradient: &gradient,
        shares: Vec::new(),
        rows: Vec::new(),
        sums: vec![[0; Effect::COUNT]; 2],
    };
    let persons: [&[Act]; 4] = [
        // In both leaves before and after: one distinct viewer of a side.
        &[
            (1, 0, Some(30), None),
            (0, 0, Some(50), Some((2, 90))),
            (0, 1, Some(7), None),
            (1, 1, Some(9), Some((1, 40))),
        ],
        &[(0, 1, None, Some((3, 500)))],
        &[(1, 0, Some(400), None)],
        // In the other row too, which does not matter for the first.
        &[(2, 1, Some(5), Some((1, 10))), (0, 0, Some(60), None)],
    ];
    let mut expected = [0.0; Effect::COUNT];
    for (acts, number) in persons.iter().zip(0_u32..) {
        for &(leaf, period, watch, bought) in *acts {
            if let Some(watch) = watch {
                squares.viewed(leaf, period, watch);
            }
            if let Some((orders, gmv)) = bought {
                squares.bought(leaf, period, orders, gmv.into());
            }
        }
        // Of no period that is compared.
        squares.viewed(0, 7, 1_000);
        squares.bought(0, 7, 9, 1_000);
        squares.end_person(PersonKey::new(&number.to_le_bytes())).unwrap();
        let (up, down) = (moved(&table, acts, 1), moved(&table, acts, -1));
        for (sum, (up, down)) in expected.iter_mut().zip(up.into_iter().zip(down)) {
            *sum += ((up - down) / 2.0_f64).powi(2);
        }
    }
    for (effect, expected) in Effect::ALL.into_iter().zip(expected) {
        let found = squares.sums[0][effect as usize] as f64 / (UNIT * UNIT);
        assert!((found - expected).abs() < 1e-4 * expected + 1e-3, "{effect:?} {found} {expected}");
    }
    // All that s3 sold is its change, by viewers alone.
    assert!((squares.sums[1][Effect::Change as usize] as f64 / (UNIT * UNIT) - 100.0).abs() < 1e-3);
    assert!(squares.shares.is_empty() && squares.rows.is_empty());
}
