//! What is usual: how much each effect of a row has moved from one period to the next before.

use super::dual::{Dual, log_mean};
use super::effect::{Effect, PerEffect};
use super::pair::Pair;
use super::rows::{RowEffects, Table};

/// So many preceding changes are needed.
pub const LEAST_CHANGES: usize = 12;
/// An effect is unusual beyond so many times the scaled median absolute deviation.
pub const UNUSUAL: f64 = 3.0;
/// Makes a median absolute deviation the standard deviation of a normal distribution.
const SCALE: f64 = 1.4826;

/// The log changes that a row's effects stand for: effect / L(G₁, G₀); `None` where GMV is zero on a side.
#[must_use]
pub fn log_changes(row: &RowEffects) -> Option<PerEffect<f64>> {
    let [before, after] = row.gmv;
    (before > 0 && after > 0).then(|| {
        let mean = log_mean(Dual::<0>::constant(after as f64), Dual::constant(before as f64)).value;
        PerEffect(row.effects.0.map(|effect| effect / mean))
    })
}

/// Whether each effect of a row is unusual; `None` without enough preceding changes.
#[must_use]
pub fn unusual(table: &Table<'_>, row: u32, pair: Pair, now: &RowEffects) -> Option<PerEffect<Option<bool>>> {
    if !pair.has_yardstick {
        return None;
    }
    let now = log_changes(now)?;
    let preceding = pair.preceding(&table.leaves.periods);
    if preceding.len() < LEAST_CHANGES {
        return None;
    }
    let changes =
        preceding.into_iter().filter_map(|(before, after)| log_changes(&table.row(row, [before, after])));
    let changes: Vec<PerEffect<f64>> = changes.collect();
    (changes.len() >= LEAST_CHANGES).then(|| {
        PerEffect(Effect::ALL.map(|effect| {
            // Of slices of orders, distinct persons are known in the two periods alone.
            let is_part = matches!(effect, Effect::Scale | Effect::Overlap | Effect::Mix);
            let figures = changes.iter().map(|change| change[effect]).collect();
            let is_known = !(is_part && table.leaves.leaf.is_sliced());
            is_known.then(|| now[effect].abs() > UNUSUAL * scaled_deviation(figures))
        }))
    })
}

/// The scaled median absolute deviation from the median.
#[must_use]
pub fn scaled_deviation(mut figures: Vec<f64>) -> f64 {
    let middle = median(&mut figures);
    let mut distances: Vec<f64> = figures.iter().map(|figure| (figure - middle).abs()).collect();
    SCALE * median(&mut distances)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match values {
        [] => 0.0,
        _ if values.len() % 2 == 1 => values[half],
        _ => f64::midpoint(values[half - 1], values[half]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_by_hand() {
        assert_eq!(median(&mut [9.0, 1.0, 2.0]).to_bits(), 2.0_f64.to_bits());
        assert_eq!(median(&mut [9.0, 1.0, 2.0, 4.0]).to_bits(), 3.0_f64.to_bits());
        assert_eq!(median(&mut []).to_bits(), 0.0_f64.to_bits());
    }

    #[test]
    fn deviations_by_hand() {
        // Median 3; distances 2, 1, 0, 1, 97: their median 1.
        assert!((scaled_deviation(vec![1.0, 2.0, 3.0, 4.0, 100.0]) - SCALE).abs() < 1e-15);
        assert!((scaled_deviation(vec![4.0, 1.0]) - 1.5 * SCALE).abs() < 1e-15);
        assert!(scaled_deviation(vec![7.0; 12]).abs() < 1e-15);
    }
}
