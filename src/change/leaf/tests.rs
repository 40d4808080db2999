use super::*;
use proptest::prelude::*;
use proptest::sample::Index;

fn sums([viewers, watch, buyers, orders, gmv]: [i64; 5]) -> LeafSums {
    LeafSums { viewers, watch: watch.into(), buyers, orders, gmv: gmv.into(), live: None, viewing: true }
}

fn effects(method: &Method, before: [i64; 5], after: [i64; 5]) -> LeafEffects<0> {
    leaf_effects(method, [&sums(before), &sums(after)], None)
}

fn five(found: &LeafEffects<0>) -> [f64; 5] {
    Factor::ALL.map(|factor| found.effects[Effect::of(factor)].value)
}

/// No viewers before: all of the change is by viewers, the leaf 1 of 1971 in LMDIR's table with its first factor zero.
#[test]
fn the_first_factor_that_is_zero_takes_all() {
    let methods = [Method::Lmdi, Method::Shapley, Method::Chain(Factor::ALL)];
    for method in &methods {
        let after = [4, 20, 60, 60, 60];
        let expected = [
            ([0, 0, 0, 0, 0], [60.0, 0.0, 0.0, 0.0, 0.0], Shape::Zero(UniqueViewers)),
            ([9, 0, 0, 0, 0], [0.0, 60.0, 0.0, 0.0, 0.0], Shape::Zero(WatchTime)),
            ([9, 5, 0, 0, 0], [0.0, 0.0, 60.0, 0.0, 0.0], Shape::Zero(Conversion)),
            ([9, 5, 2, 3, 0], [0.0, 0.0, 0.0, 60.0, 0.0], Shape::Zero(OrderValue)),
        ];
        for (before, effects_after, shape) in expected {
            let found = effects(method, before, after);
            assert_eq!((five(&found), found.shape), (effects_after, shape));
            let back = effects(method, after, before);
            assert!(five(&back).iter().zip(effects_after).all(|(back, there)| (back + there).abs() < 1e-12));
        }
    }
    let nothing = effects(&Method::Lmdi, [5, 5, 0, 0, 0], [7, 9, 0, 0, 0]);
    assert_eq!((five(&nothing), nothing.shape), ([0.0; 5], Shape::Nothing));
}

/// B / V stands for watch time and conversion where nobody watched for a second, B for all three where nobody viewed.
#[test]
fn missing_viewing_is_merged_into_conversion() {
    let found = effects(&Method::Lmdi, [10, 0, 5, 5, 500], [10, 60, 10, 10, 1_000]);
    let [viewers, watch, conversion, value, repurchase] = five(&found);
    assert_eq!((viewers, watch, value, repurchase, found.shape), (0.0, 0.0, 0.0, 0.0, Shape::Merged));
    assert!((conversion - 500.0).abs() < 1e-9);
    let found = effects(&Method::Lmdi, [0, 0, 5, 5, 500], [10, 60, 10, 10, 1_000]);
    assert_eq!(found.effects[Effect::Viewers].value.to_bits(), 0.0_f64.to_bits());
    assert!((found.effects[Effect::Conversion].value - 500.0).abs() < 1e-9);
}

/// Each sum below the line by itself, on either side.
#[test]
fn a_leaf_is_merged_where_a_sum_below_the_line_is_zero() {
    let whole = [10, 60, 5, 6, 500];
    assert_eq!(effects(&Method::Lmdi, whole, [20, 90, 8, 9, 700]).shape, Shape::Factors);
    for zero in 0..4 {
        let mut other = [20, 90, 8, 9, 700];
        other[zero] = 0;
        for (before, after) in [(whole, other), (other, whole)] {
            let found = effects(&Method::Lmdi, before, after);
            assert_eq!(found.shape, Shape::Merged, "{zero}");
            let change = after[4] - before[4];
            assert!((five(&found).iter().sum::<f64>() - change as f64).abs() < 1e-9, "{zero}");
            // Without orders or buyers there is the money alone.
            let of_money = found.effects[Effect::OrderValue].value;
            assert_eq!((of_money - change as f64).abs() < 1e-9, zero > 1, "{zero} {of_money}");
        }
    }
}

/// Where viewing is not known, nothing is said of it.
#[test]
fn what_is_not_known_of_viewing_has_no_effect() {
    let side = |buyers, orders, gmv| LeafSums { viewing: false, ..sums([0, 0, buyers, orders, gmv]) };
    let of = |before: LeafSums, after: LeafSums| leaf_effects::<0>(&Method::Lmdi, [&before, &after], None);
    assert_eq!(of(side(0, 0, 0), side(2, 3, 60)).shape, Shape::Zero(Conversion));
    assert_eq!(of(side(2, 3, 60), side(2, 3, 0)).shape, Shape::Zero(OrderValue));
    // Known of one of the two is enough.
    let known = LeafSums { viewing: true, ..side(2, 3, 60) };
    assert_eq!(of(side(0, 0, 0), known).shape, Shape::Zero(UniqueViewers));
}

/// The same total, but twice the viewers of half the worth: L(a, a) = a.
#[test]
fn a_total_that_stays_still_shows_what_moved() {
    let found = effects(&Method::Lmdi, [100, 6_000, 10, 10, 1_000], [200, 12_000, 10, 10, 1_000]);
    let expected = 1_000.0 * 2.0_f64.ln();
    let [viewers, watch, conversion, ..] = five(&found);
    assert!((viewers - expected).abs() < 1e-9 && (conversion + expected).abs() < 1e-9);
    assert_eq!(watch.to_bits(), 0.0_f64.to_bits());
}

#[test]
fn live_hours_and_viewers_per_live_hour_make_up_the_viewers() {
    let side = |viewers: i64, live| LeafSums { live, ..sums([viewers, 600, 10, 10, 1_000 * viewers]) };
    let of = |before: &LeafSums, after: &LeafSums| leaf_effects::<0>(&Method::Lmdi, [before, after], None);
    let found = of(&side(10, Some(3_600)), &side(40, Some(7_200)));
    let half = found.effects[Effect::Viewers].value / 2.0;
    assert!((found.effects[Effect::LiveHours].value - half).abs() < 1e-9);
    assert!((found.effects[Effect::PerLiveHour].value - half).abs() < 1e-9);
    // Nobody came since it was not on air; nobody came though it was.
    let gone = |live| LeafSums { live, ..sums([0; 5]) };
    assert!(of(&gone(Some(0)), &side(40, Some(60))).effects[Effect::LiveHours].value > 0.0);
    assert!(of(&gone(Some(60)), &side(40, Some(60))).effects[Effect::PerLiveHour].value > 0.0);
}

/// Sums of one side that belong together, zeros among them.
fn side() -> impl Strategy<Value = [i64; 5]> {
    (0_i64..5_000, 0_i64..100_000, 0_i64..500, 0_i64..500, 0_i64..10_000_000, any::<Index>()).prop_map(
        |(viewers, watch, buyers, more, gmv, zero)| {
            let watch = if viewers == 0 || zero.index(8) == 0 { 0 } else { watch };
            let viewers = if zero.index(9) == 1 { 0 } else { viewers };
            let watch = if viewers == 0 { 0 } else { watch };
            let buyers = if zero.index(7) == 2 { 0 } else { buyers };
            let orders = if buyers == 0 { 0 } else { buyers + more };
            [viewers, watch, buyers, orders, if orders == 0 { 0 } else { gmv }]
        },
    )
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![
        Just(Method::Lmdi),
        Just(Method::Shapley),
        Just(Factor::ALL).prop_shuffle().prop_map(Method::Chain)
    ]
}

fn row() -> RowViewers {
    RowViewers { distinct: [9_000, 8_000], summed: [11_000, 12_000] }
}

proptest! {
    #[test]
    fn effects_add_up_to_the_change(before in side(), after in side(), method in method()) {
        let found = leaf_effects::<0>(&method, [&sums(before), &sums(after)], Some(row()));
        let change = (after[4] - before[4]) as f64;
        let size = (before[4] + after[4]) as f64 + 1.0;
        prop_assert!((five(&found).iter().sum::<f64>() - change).abs() < 1e-9 * size);
        let part = |effect: Effect| found.effects[effect].value;
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * size;
        prop_assert!(close(part(Effect::Scale) + part(Effect::Overlap) + part(Effect::Mix), part(Effect::Viewers)));
        prop_assert!(close(part(Effect::LiveHours) + part(Effect::PerLiveHour), part(Effect::Viewers)));
        prop_assert!(close(part(Effect::Watch) + part(Effect::Conversion), part(Effect::ViewerConversion)));
    }

    #[test]
    fn swapping_the_periods_flips_the_signs(before in side(), after in side(), shapley in any::<bool>()) {
        let method = if shapley { Method::Shapley } else { Method::Lmdi };
        let (there, back) = (effects(&method, before, after), effects(&method, after, before));
        for (there, back) in five(&there).into_iter().zip(five(&back)) {
            prop_assert!((there + back).abs() < 1e-9 * ((before[4] + after[4]) as f64 + 1.0));
        }
    }

    #[test]
    fn a_factor_that_did_not_change_has_no_effect(before in side(), times in 1_i64..9, method in method()) {
        // Everything but the viewers in proportion.
        let after = before.map(|sum| sum * times);
        let found = effects(&method, before, after);
        for factor in [WatchTime, OrderValue, Repurchase] {
            prop_assert_eq!(found.effects[Effect::of(factor)].value.abs().to_bits(), 0.0_f64.to_bits());
        }
    }

    #[test]
    fn slopes_are_those_of_differences(before in side(), after in side(), method in method()) {
        let found = leaf_effects::<{ Variable::COUNT }>(&method, [&sums(before), &sums(after)], Some(row()));
        prop_assume!(matches!(found.shape, Shape::Factors | Shape::Merged));
        // In units of a thousandth, so that one more is a small step.
        let scaled = |sums: [i64; 5]| sums.map(|sum| sum * 1_000);
        let viewers = RowViewers { distinct: row().distinct.map(|v| v * 1_000), summed: row().summed.map(|v| v * 1_000) };
        let of = |before: [i64; 5], after: [i64; 5], viewers: RowViewers| {
            leaf_effects::<0>(&method, [&sums(before), &sums(after)], Some(viewers)).effects.0.map(|effect| effect.value)
        };
        for variable in 0..Variable::COUNT {
            let moved = |step: i64| {
                let (mut sides, mut moved) = ([scaled(before), scaled(after)], viewers);
                match variable {
                    0..10 => sides[variable / 5][variable % 5] += step,
                    10 | 11 => moved.distinct[variable - 10] += step,
                    _ => moved.summed[variable - 12] += step,
                }
                of(sides[0], sides[1], moved)
            };
            let is_zero = variable < 10 && [before, after][variable / 5][variable % 5] == 0;
            if is_zero {
                continue;
            }
            for ((up, down), effect) in moved(1).into_iter().zip(moved(-1)).zip(Effect::ALL) {
                let expected = (up - down) / 2.0;
                let slope = found.effects[effect].slopes[variable];
                let size = found.effects[Effect::Change].value.abs() + (before[4] + after[4]) as f64;
                prop_assert!((slope - expected).abs() < 1e-3 * slope.abs() + 1e-5 * size, "{effect:?} {variable} {slope} {expected}");
            }
        }
    }
}

/// Money and orders both double twice, or once: of a change beyond products of 128 bits, half is by the value of orders.
#[test]
fn sums_beyond_products_of_128_bits() {
    let side = |orders, gmv| LeafSums { orders, gmv, ..sums([10, 60, 1 << 60, 0, 0]) };
    let (before, after) = (side(1 << 61, 1 << 100), side(1 << 62, 1 << 102));
    let found = leaf_effects::<0>(&Method::Lmdi, [&before, &after], None);
    let change = (3.0_f64) * 2.0_f64.powi(100);
    for effect in [Effect::OrderValue, Effect::Repurchase] {
        assert!((found.effects[effect].value / change - 0.5).abs() < 1e-12, "{effect:?}");
    }
}

#[test]
fn names_of_effects_and_methods() {
    let names = [
        "uv_effect",
        "watch_effect",
        "conversion_effect",
        "aov_effect",
        "repurchase_effect",
        "viewer_conversion_effect",
        "uv_scale_effect",
        "uv_overlap_effect",
        "uv_mix_effect",
        "live_hours_effect",
        "uv_per_live_hour_effect",
        "gmv_change",
    ];
    assert_eq!(Effect::ALL.map(Effect::name), names);
    let methods = [Method::Lmdi, Method::Shapley, Method::Chain(Factor::ALL)];
    assert_eq!(methods.each_ref().map(Method::name), ["lmdi", "shapley", "chain"]);
}
