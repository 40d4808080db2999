//! Broadcasts among the candidates: each is in one period alone, so that it is held against those that its streamer had before.

use std::collections::{BTreeMap, HashMap};

use super::candidates::Candidates;
use crate::change::yardstick::{LEAST_CHANGES, scaled_deviation};
use crate::engine::GroupColumn;
use crate::engine::cube::Cube;
use crate::input::orders::NONE;

/// A broadcast must be so many times as far off as any before it.
const CLEARLY: f64 = 1.25;

/// The column of orders that names their broadcast.
pub const LIVE: &str = "live_id";

/// Whether a column names broadcasts.
#[must_use]
pub fn is_live(column: &GroupColumn) -> bool {
    matches!(column, GroupColumn::Dimension(name) if name == LIVE)
}

/// The broadcasts of a cube.
#[derive(Debug, Default)]
pub struct Broadcasts {
    /// Of the candidates that are broadcasts, their streamer's candidate.
    streamers: HashMap<u32, u32>,
    /// By streamer's candidate and period, the GMV of each broadcast.
    gmv: HashMap<(u32, u32), Vec<i128>>,
    /// By streamer's candidate, how much broadcasts of the periods before sold in logs of what was usual in the period before theirs.
    figures: HashMap<u32, Vec<f64>>,
    /// The largest of all of them, in scaled deviations of their streamer.
    largest: f64,
}

impl Broadcasts {
    /// Those of a cube, and what was usual in the changes before.
    #[must_use]
    pub fn new(cube: &Cube, candidates: &Candidates, preceding: &[(u32, u32)]) -> Self {
        let mut found = Self::default();
        let place = |of: &dyn Fn(&GroupColumn) -> bool| cube.columns.iter().position(|one| of(&one.column));
        let (Some(live), Some(streamer)) = (place(&is_live), place(&|one| *one == GroupColumn::Streamer))
        else {
            return found;
        };
        let single = |leaf: u32, column: usize| {
            candidates.of_leaf(leaf).iter().copied().find(|one| candidates.single(*one) == Some(column))
        };
        let (mut gmv, mut totals) =
            (BTreeMap::<(u32, u32, u32), i128>::new(), vec![0_i128; cube.periods.len()]);
        for sold in &cube.sold {
            totals[sold.period as usize] += sold.gmv;
            let is_named = &*cube.columns[live].values[cube.leaf(sold.leaf)[live] as usize] != NONE;
            let pair = single(sold.leaf, live).zip(single(sold.leaf, streamer)).filter(|_| is_named);
            if let Some((broadcast, streamer)) = pair {
                // One that several streamers name is that of the first by their ids.
                let known = found.streamers.entry(broadcast).or_insert(streamer);
                let id = |of: u32| candidates.texts(cube, of);
                if id(streamer) < id(*known) {
                    *known = streamer;
                }
                *gmv.entry((streamer, sold.period, broadcast)).or_default() += sold.gmv;
            }
        }
        // By size, since the order of candidates is that in which they were found.
        let mut by_size: Vec<((u32, u32), i128)> =
            gmv.into_iter().map(|((streamer, period, _), gmv)| ((streamer, period), gmv)).collect();
        by_size.sort_by_key(|(_, gmv)| *gmv);
        for (key, gmv) in by_size {
            found.gmv.entry(key).or_default().push(gmv);
        }
        let streamers: Vec<u32> = found.gmv.keys().map(|(streamer, _)| *streamer).collect();
        for streamer in streamers {
            if found.figures.contains_key(&streamer) {
                continue;
            }
            let figures = preceding.iter().flat_map(|&(before, after)| {
                let totals = [before, after].map(|period| totals[period as usize] as f64);
                let usual = found.usual(streamer, before);
                let of_after = found.gmv.get(&(streamer, after)).into_iter().flatten();
                of_after.filter_map(move |gmv| figure(*gmv as f64, expected(*gmv as f64, usual?, totals)?))
            });
            let figures: Vec<f64> = figures.collect();
            let deviation = scaled_deviation(figures.clone());
            let largest = figures.iter().map(|figure| figure.abs() / deviation).fold(0.0, f64::max);
            if figures.len() >= LEAST_CHANGES && deviation > 0.0 {
                found.largest = found.largest.max(largest);
            }
            found.figures.insert(streamer, figures);
        }
        found
    }

    /// The streamer's candidate of a candidate that is a broadcast.
    #[must_use]
    pub fn streamer(&self, candidate: u32) -> Option<u32> {
        self.streamers.get(&candidate).copied()
    }

    /// What a broadcast of a streamer sold in a period in the mean, in minor units, and how many there were.
    #[must_use]
    pub fn usual(&self, streamer: u32, period: u32) -> Option<f64> {
        let all = self.gmv.get(&(streamer, period))?;
        Some(all.iter().sum::<i128>() as f64 / all.len() as f64)
    }

    /// How many broadcasts of a streamer sold anything in a period.
    #[must_use]
    pub fn count(&self, streamer: u32, period: u32) -> usize {
        self.gmv.get(&(streamer, period)).map_or(0, Vec::len)
    }

    /// Whether a figure of a streamer is beyond all that any broadcast showed before: there are so many that one is always far off.
    #[must_use]
    pub fn is_beyond_all(&self, streamer: u32, figure: f64) -> bool {
        let deviation = scaled_deviation(self.figures(streamer).to_vec());
        figure.abs() > CLEARLY * self.largest * deviation
    }

    /// The figures of a streamer's broadcasts before.
    #[must_use]
    pub fn figures(&self, streamer: u32) -> &[f64] {
        self.figures.get(&streamer).map(Vec::as_slice).unwrap_or_default()
    }
}

/// What a broadcast would sell if it were a usual one, and had moved with all others: their ratio times the usual; `None` without others.
#[must_use]
pub fn expected(gmv: f64, usual: f64, [before, after]: [f64; 2]) -> Option<f64> {
    let others = [before - usual, after - gmv];
    (others[0] > 0.0 && others[1] > 0.0).then(|| usual * others[1] / others[0])
}

/// The log of what a broadcast sold over what was to be expected; `None` where one is nothing.
#[must_use]
pub fn figure(gmv: f64, expected: f64) -> Option<f64> {
    (gmv > 0.0 && expected > 0.0).then(|| libm::log(gmv / expected))
}
