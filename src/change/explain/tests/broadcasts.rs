//! Broadcasts of a small cube, by hand.

use super::{column, periods};
use crate::change::explain::broadcasts::{Broadcasts, expected, figure};
use crate::change::explain::candidates::Candidates;
use crate::engine::GroupColumn;
use crate::engine::cube::{Cube, Sold};
use crate::input::orders::NONE;

/// Two streamers with broadcasts: of each the streamer, the period and what it sold. The last value of the column is none.
fn cube(sold: &[(u32, u32, i128)], unnamed: i128) -> Cube {
    let names: Vec<String> = (0..sold.len()).map(|at| format!("L{at}")).collect();
    let values: Vec<&str> = names.iter().map(String::as_str).chain([NONE]).collect();
    let mut cube = Cube {
        columns: vec![
            column(GroupColumn::Streamer, &["s1", "s2"]),
            column(GroupColumn::Dimension("live_id".to_owned()), &values),
        ],
        periods: periods(15),
        ..Cube::default()
    };
    let all = sold.iter().copied().chain([(0, 0, unnamed)]);
    for ((streamer, period, gmv), at) in all.zip(0..) {
        cube.codes.extend([streamer, at]);
        cube.sold.push(Sold { leaf: at, period, orders: 1, gmv });
    }
    cube
}

#[test]
fn what_is_usual_is_the_mean_of_the_period_before() {
    let cube = cube(&[(0, 0, 300), (0, 0, 100), (1, 0, 400), (0, 1, 500), (1, 1, 600)], 50);
    let candidates = Candidates::new(&cube);
    let candidate = |leaf: u32| candidates.of_leaf(leaf).to_vec();
    let ([s1, first], [s2, _]) = (candidate(0).try_into().unwrap(), candidate(2).try_into().unwrap());
    let found = Broadcasts::new(&cube, &candidates, &[(0, 1)]);
    assert_eq!([found.streamer(first), found.streamer(s1)], [Some(s1), None]);
    assert_eq!(found.streamer(candidate(5)[1]), None, "orders of no broadcast");
    assert_eq!(
        [found.usual(s1, 0), found.usual(s1, 1), found.usual(s1, 2)],
        [Some(200.0), Some(500.0), None]
    );
    assert_eq!([(s1, 0), (s2, 0), (s1, 2)].map(|(one, period)| found.count(one, period)), [2, 1, 0]);
    // 850 before, of which 200 are usual, and 1,100 after, of which 500 are its own.
    let [figure] = found.figures(s1) else { panic!("{:?}", found.figures(s1)) };
    assert!((figure - (500.0 / (200.0 * 600.0 / 650.0_f64)).ln()).abs() < 1e-15);
    // Too few to know how far off any of them was.
    assert!(found.is_beyond_all(s1, 1e-9) && !found.is_beyond_all(s1, 0.0));
}

#[test]
fn expectations_need_others() {
    assert_eq!(expected(500.0, 200.0, [800.0, 1_100.0]), Some(200.0));
    assert_eq!(expected(500.0, 200.0, [200.0, 1_100.0]), None);
    assert_eq!(expected(500.0, 200.0, [800.0, 500.0]), None);
    assert!((figure(300.0, 200.0).unwrap() - 1.5_f64.ln()).abs() < 1e-15);
    assert_eq!([figure(0.0, 200.0), figure(300.0, 0.0)], [None, None]);
}

/// Each streamer has one broadcast a day; s2 always sells 1,000, so that figures are the logs of what s1 sells over what it sold before.
#[test]
fn a_broadcast_must_be_farther_off_than_any_before() {
    let of_s1 = [100, 110, 100, 120, 100, 105, 100, 130, 100, 110, 100, 90, 100, 140_i128];
    let sold = of_s1.iter().zip(0..).flat_map(|(&gmv, day)| [(0, day, gmv), (1, day, 1_000)]);
    let cube = cube(&sold.collect::<Vec<_>>(), 0);
    let candidates = Candidates::new(&cube);
    let preceding: Vec<(u32, u32)> = (1..14).map(|day| (day - 1, day)).collect();
    let found = Broadcasts::new(&cube, &candidates, &preceding);
    let s1 = candidates.of_leaf(0)[0];
    let figures: Vec<f64> = of_s1.windows(2).map(|two| (two[1] as f64 / two[0] as f64).ln()).collect();
    for (found, expected) in found.figures(s1).iter().zip(&figures) {
        assert!((found - expected).abs() < 1e-12);
    }
    assert_eq!(found.figures(s1).len(), 13);
    let most = 1.25 * 1.4_f64.ln();
    assert!(found.is_beyond_all(s1, most + 1e-9) && found.is_beyond_all(s1, -most - 1e-9));
    assert!(!found.is_beyond_all(s1, most - 1e-9));
}
