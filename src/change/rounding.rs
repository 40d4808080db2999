//! Effects in whole minor units that still add up to the change.

use super::effect::{Effect, PerEffect};
use crate::factor::Factor;

/// Rounds a row's effects: those of the five factors add up to the change of GMV, those of the parts of viewers to that of viewers.
///
/// The five are floored, and what is missing goes to the largest fractions, ties in the order of the formula; within viewers, the mix takes
/// the rest, and of live hours the viewers per live hour do.
#[must_use]
pub fn rounded(effects: &PerEffect<f64>, change: i128) -> PerEffect<i128> {
    let mut all = PerEffect([0; Effect::COUNT]);
    let factors = Factor::ALL.map(Effect::of);
    for effect in factors {
        all[effect] = effects[effect].floor() as i128;
    }
    let mut missing = change - factors.iter().map(|effect| all[*effect]).sum::<i128>();
    if missing.unsigned_abs() > factors.len() as u128 {
        // Effects so large that fractions are not known: the largest takes what they leave.
        let largest =
            factors.into_iter().rev().max_by(|a, b| effects[*a].abs().total_cmp(&effects[*b].abs()));
        all[largest.unwrap_or(Effect::Viewers)] += missing;
        missing = 0;
    }
    let fraction = |effect: Effect| effects[effect] - effects[effect].floor();
    let mut order = factors;
    order.sort_by(|a, b| fraction(*b).total_cmp(&fraction(*a)));
    for effect in order.iter().take(missing.unsigned_abs() as usize) {
        all[*effect] += missing.signum();
    }
    let nearest = |effect: Effect| effects[effect].round() as i128;
    all[Effect::ViewerConversion] = all[Effect::Watch] + all[Effect::Conversion];
    all[Effect::Scale] = nearest(Effect::Scale);
    all[Effect::Overlap] = nearest(Effect::Overlap);
    all[Effect::Mix] = all[Effect::Viewers] - all[Effect::Scale] - all[Effect::Overlap];
    all[Effect::LiveHours] = nearest(Effect::LiveHours);
    all[Effect::PerLiveHour] = all[Effect::Viewers] - all[Effect::LiveHours];
    all[Effect::Change] = change;
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn effects(five: [f64; 5]) -> PerEffect<f64> {
        let mut all = PerEffect::default();
        Factor::ALL.iter().zip(five).for_each(|(factor, effect)| all[Effect::of(*factor)] = effect);
        all
    }

    #[test]
    fn missing_cents_go_to_the_largest_fractions() {
        let found = rounded(&effects([1.5, -1.5, 2.25, 0.25, 0.5]), 3);
        assert_eq!(
            found.0[..5],
            [2, -1, 2, 0, 0],
            "floors 1, -2, 2, 0, 0: two are missing, ties in the order of the formula"
        );
        assert_eq!(rounded(&effects([0.0; 5]), 0).0, [0; Effect::COUNT]);
        assert_eq!(rounded(&effects([1e30, -5.0, 0.0, 2.0, 0.0]), 7).0[..5], [10, -5, 0, 2, 0]);
        assert_eq!(
            rounded(&effects([1.0, 2.0, 3.0, 4.0, 5.0]), 20).0[..5],
            [2, 3, 4, 5, 6],
            "five are missing"
        );
    }

    proptest! {
        #[test]
        fn effects_add_up_whatever_they_are(five in prop::array::uniform5(-1e12..1e12_f64), parts in prop::array::uniform3(-1e9..1e9_f64)) {
            let mut all = effects(five);
            (all[Effect::Scale], all[Effect::Overlap], all[Effect::LiveHours]) = (parts[0], parts[1], parts[2]);
            let change = five.iter().sum::<f64>().round() as i128;
            let found = rounded(&all, change);
            prop_assert_eq!(found.0[..5].iter().sum::<i128>(), change);
            for (rounded, exact) in found.0.iter().zip(five) {
                prop_assert!((*rounded as f64 - exact).abs() < 1.01);
            }
            prop_assert_eq!(found[Effect::Scale] + found[Effect::Overlap] + found[Effect::Mix], found[Effect::Viewers]);
            prop_assert_eq!(found[Effect::Watch] + found[Effect::Conversion], found[Effect::ViewerConversion]);
            prop_assert_eq!(found[Effect::Change], change);
            prop_assert_eq!(found[Effect::LiveHours] + found[Effect::PerLiveHour], found[Effect::Viewers]);
        }
    }
}
