use super::*;
use proptest::prelude::*;

/// GMV of rows under lifts.
fn reached(gmv: &[i128], lifts: &[f64]) -> f64 {
    gmv.iter().zip(lifts).map(|(gmv, lift)| *gmv as f64 * lift.exp()).sum()
}

#[test]
fn the_largest_rows_come_first() {
    // Up to 20 % each: the largest brings 120, the next 60, and of the third 20 of its 40 are missing: 10 % of 200.
    let gmv = [200, 600, 100, 300];
    let lifts = least(&gmv, 200, 1.2_f64.ln()).unwrap();
    let times: Vec<f64> = lifts.iter().map(|lift| lift.exp()).collect();
    for (found, expected) in times.iter().zip([1.1, 1.2, 1.0, 1.2]) {
        assert!((found - expected).abs() < 1e-12, "{times:?}");
    }
    // 1,200 under 20 % bring 240.
    assert_eq!(least(&gmv, 241, 1.2_f64.ln()), Err(240));
    assert!(least(&gmv, 240, 1.2_f64.ln()).is_ok());
    // Without a cap the largest takes all: 600 → 800.
    let lifts = least(&gmv, 200, f64::INFINITY).unwrap();
    assert!(
        (lifts[1] - (800.0_f64 / 600.0).ln()).abs() < 1e-15
            && lifts.iter().filter(|one| **one > 0.0).count() == 1
    );
    assert_eq!(least(&gmv, 0, 0.1), Ok(vec![0.0; 4]));
    // Of amounts whose minor units a float does not tell, what is left is no lift of the next row.
    let lifts = least(&[999_999_999_999_999, 1], 998_999_999_999_999_001, f64::INFINITY).unwrap();
    assert!(lifts[1] == 0.0, "{lifts:?}");
}

#[test]
fn the_same_lift_of_all_rows() {
    let lifts = uniform(&[100, 0, 300], 40, f64::INFINITY).unwrap();
    assert!((lifts[0] - 1.1_f64.ln()).abs() < 1e-15 && lifts[0].to_bits() == lifts[2].to_bits());
    assert_eq!((lifts[1], uniform(&[100], 20, 1.1_f64.ln())), (0.0, Err(10)));
    assert_eq!(uniform(&[100, 5], 0, 1.0), Ok(vec![0.0; 2]));
}

#[test]
fn a_lift_is_shared_out_evenly_up_to_the_caps() {
    assert_eq!(divided(0.6, &[f64::INFINITY; 3]), [0.6 / 3.0; 3]);
    assert_eq!(divided(0.75, &[0.5, 0.125, 0.5]), [0.3125, 0.125, 0.3125]);
    assert_eq!(divided(0.0, &[0.5, f64::INFINITY]), [0.0, 0.0]);
}

#[test]
fn whole_amounts_add_up_to_the_target() {
    let gmv = [100, 100, 100, 7];
    let lift = (400.0_f64 / 300.0).ln();
    assert_eq!(whole(&gmv, &[lift, lift, lift, 0.0], 407), [134, 133, 133, 7]);
}

/// The cheapest of all plans whose lifts are multiples of a step, but for one row, which takes exactly what is missing.
fn cheapest(gmv: &[i128], target: f64, cap: f64, steps: usize) -> f64 {
    let mut best = f64::INFINITY;
    for free in 0..gmv.len() {
        for code in 0..(steps + 1).pow(gmv.len() as u32 - 1) {
            let mut lifts = vec![0.0; gmv.len()];
            let others = (0..gmv.len()).filter(|at| *at != free);
            others.fold(code, |rest, at| {
                lifts[at] = cap * (rest % (steps + 1)) as f64 / steps as f64;
                rest / (steps + 1)
            });
            let own = gmv[free] as f64;
            let needed = target - (reached(gmv, &lifts) - own);
            lifts[free] = (needed / own).max(1.0).ln();
            if lifts[free] <= cap {
                best = best.min(lifts.iter().sum());
            }
        }
    }
    best
}

proptest! {
    /// No plan on a fine grid is cheaper.
    #[test]
    fn no_plan_is_cheaper(gmv in prop::collection::vec(1_000_i128..1_000_000, 1..4), cap in 0.05..1.0_f64, part in 0.0..1.0_f64) {
        let all: i128 = gmv.iter().sum();
        let more = (all as f64 * cap.exp_m1() * part) as i128;
        let lifts = least(&gmv, more, cap).unwrap();
        prop_assert!(lifts.iter().all(|lift| (0.0..=cap).contains(lift)));
        prop_assert!((reached(&gmv, &lifts) - (all + more) as f64).abs() < 0.51);
        let found: f64 = lifts.iter().sum();
        let best = cheapest(&gmv, (all + more) as f64 - 0.5, cap, 24);
        // Half a minor unit may be left to rounding.
        prop_assert!(found <= best + 1e-3 && found <= cap * gmv.len() as f64, "{} {}: {:?}", found, best, lifts);
    }

    /// What any other plan must satisfy: at most one row between nothing and the cap, and none below a smaller one.
    #[test]
    fn larger_rows_are_lifted_no_less(gmv in prop::collection::vec(0_i128..10_000_000, 1..40), cap in 0.01..2.0_f64, part in 0.0..1.0_f64) {
        let more = (gmv.iter().sum::<i128>() as f64 * cap.exp_m1() * part) as i128;
        let lifts = least(&gmv, more, cap).unwrap();
        prop_assert!(lifts.iter().filter(|lift| **lift > 0.0 && **lift < cap).count() <= 1);
        for (a, x) in gmv.iter().zip(&lifts) {
            for (b, y) in gmv.iter().zip(&lifts) {
                prop_assert!(a <= b || x >= y);
            }
        }
        let even = uniform(&gmv, more, cap).unwrap();
        let sum = |lifts: &[f64]| lifts.iter().sum::<f64>();
        prop_assert!(sum(&lifts) <= sum(&even) + 1e-9, "{} {}", sum(&lifts), sum(&even));
        let target = gmv.iter().sum::<i128>() + more;
        for lifts in [&lifts, &even] {
            let new = whole(&gmv, lifts, target);
            prop_assert_eq!(new.iter().sum::<i128>(), target);
            for ((new, gmv), lift) in new.iter().zip(&gmv).zip(lifts) {
                prop_assert!((*new as f64 - *gmv as f64 * lift.exp()).abs() < 1.5);
            }
        }
    }

    /// Parts add up, keep their caps, and none could give to a smaller one.
    #[test]
    fn parts_of_a_lift(caps in prop::collection::vec(0.0..0.5_f64, 1..6), part in 0.0..1.0_f64) {
        let all = caps.iter().sum::<f64>() * part;
        let parts = divided(all, &caps);
        prop_assert!((parts.iter().sum::<f64>() - all).abs() < 1e-12);
        let largest = parts.iter().copied().fold(0.0, f64::max);
        for (part, cap) in parts.iter().zip(&caps) {
            prop_assert!(*part <= *cap && (*part > largest - 1e-12 || *part >= *cap), "{:?} {:?}", parts, caps);
        }
    }
}
