//! Which slices moved GMV: every value of every column and pair of columns is a candidate, and a few are chosen that do not count the
//! same money twice.

mod broadcasts;
mod candidates;
mod factors;
mod history;
mod judging;
mod moments;
mod reading;
#[cfg(test)]
mod tests;

use super::method::Method;
use super::pair::Pair;
use crate::engine::EngineError;
use crate::engine::cube::{Acts, Cube, Slices};
use crate::factor::Factor;
use crate::units::Level;

pub use broadcasts::LIVE;
use candidates::Candidates;
pub use candidates::Slice;
use factors::what_did_most;
use history::BYTES_OF_A_PERIOD;
pub use judging::LEAST_BUYERS;
use judging::{Discovered, Judge, Told};
use moments::{Explained, Moments};
use reading::PerMeasure;
pub use reading::{Measure, Reading};

/// The most slices that are chosen.
pub const MOST: usize = 12;

/// What is asked of an explanation.
#[derive(Debug, Clone)]
pub struct Question {
    /// How the change of a slice is divided among the factors.
    pub method: Method,
    /// The level of the intervals; false discoveries are held to what it leaves.
    pub level: Level,
    /// How much of what stands out the chosen slices are to cover, of 1.
    pub cover: f64,
    /// Whether all candidates are told, not only those that are chosen.
    pub all: bool,
}

/// A slice, what it did, and what did most in it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The slice.
    pub slice: Slice,
    /// What it did beyond what slices chosen before it explain.
    pub reading: Reading,
    /// The place in the order of choice, from 1; `None` where it was not chosen.
    pub rank: Option<usize>,
    /// The factor that did most of its change, and its effect in minor units.
    pub factor: Option<(Factor, i128)>,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// GMV before and after, in minor units.
    pub gmv: [i128; 2],
    /// The chosen slices in the order of choice; where all were asked for, all others after them.
    pub slices: Vec<Found>,
    /// How many candidates there were.
    pub candidates: usize,
    /// The share that the chosen slices cover of what stands out, in the column or pair of columns of which they cover least; `None` where nothing does.
    pub covered: Option<f64>,
    /// Whether more stands out than was chosen.
    pub more: bool,
    /// Whether it is known what is usual.
    pub has_yardstick: bool,
}

/// Looks for the slices that moved GMV.
///
/// # Errors
/// When a sum does not fit, or a temporary file fails.
pub fn explain(all: &impl Slices, pair: Pair, question: &Question) -> Result<Explanation, EngineError> {
    let cube = all.cube();
    let acts = all.acts(pair.before, pair.after)?;
    let candidates = Candidates::new(cube);
    all.check_room(candidates.len(), "slices", BYTES_OF_A_PERIOD)?;
    let judge = Judge::new(cube, &candidates, pair, question.level);
    let search = Search { cube, candidates: &candidates, acts: &acts, judge: &judge };
    let first = search.readings(&candidates, &Explained::nothing(cube), None)?;
    let Choice { chosen: mut told, covered, more } = search.choose(&first, question.cover)?;
    if question.all {
        let others = others(cube, &candidates, first, &told);
        told.extend(others);
    }
    let wanted: Vec<u32> = told.iter().map(|(candidate, _, _)| *candidate).collect();
    let factors = what_did_most(cube, &candidates, &acts, pair, &question.method, &wanted);
    let slices = told.into_iter().zip(factors).map(|((candidate, reading, rank), factor)| Found {
        slice: candidates.slice(candidate).clone(),
        reading,
        rank,
        factor,
    });
    Ok(Explanation {
        gmv: judge.gmv(),
        slices: slices.collect(),
        candidates: candidates.len(),
        covered,
        more,
        has_yardstick: judge.has_yardstick(),
    })
}

/// The candidates that were not chosen, the largest excess first.
fn others(cube: &Cube, candidates: &Candidates, readings: Vec<Reading>, chosen: &[Told]) -> Vec<Told> {
    let is_other = |candidate: u32| chosen.iter().all(|(known, _, _)| *known != candidate);
    let others = readings.into_iter().zip(0..).filter(|(_, candidate)| is_other(*candidate));
    let mut others: Vec<Told> = others.map(|(reading, candidate)| (candidate, reading, None)).collect();
    let texts = |told: &Told| candidates.texts(cube, told.0);
    others
        .sort_by(|a, b| b.1.excess.abs().total_cmp(&a.1.excess.abs()).then_with(|| texts(a).cmp(&texts(b))));
    others
}

/// What was chosen.
struct Choice {
    chosen: Vec<Told>,
    covered: Option<f64>,
    more: bool,
}

/// A search for slices.
struct Search<'a> {
    cube: &'a Cube,
    candidates: &'a Candidates,
    acts: &'a [Acts],
    judge: &'a Judge<'a>,
}

impl Search<'_> {
    fn readings(
        &self,
        candidates: &Candidates,
        explained: &Explained,
        before: Option<Discovered<'_>>,
    ) -> Result<Vec<Reading>, EngineError> {
        let of = |measure| Moments::of(measure, candidates, self.acts, explained);
        let gmv = of(Measure::Gmv)?;
        // Where nothing is explained, money counts alike.
        let per_viewer = if before.is_some() { of(Measure::PerViewer)? } else { gmv.clone() };
        let moments = PerMeasure([gmv, per_viewer, of(Measure::OrdersPerViewer)?, of(Measure::Viewers)?]);
        Ok(self.judge.readings(candidates, explained, &moments, before))
    }

    /// The candidates that stand out, and streamers, which may stand in their place.
    fn narrowed(&self, first: &[Reading]) -> Candidates {
        let mut is_kept: Vec<bool> = first.iter().map(|reading| self.judge.stands_out(reading)).collect();
        for (streamer, _) in self.candidates.streamers(self.cube) {
            is_kept[streamer as usize] = true;
        }
        self.candidates.narrowed(is_kept)
    }

    /// The slices that stand out, one after the other, each beyond what those before it explain, until they cover so much of it.
    fn choose(&self, first: &[Reading], cover: f64) -> Result<Choice, EngineError> {
        let masses = self.judge.masses(first);
        let covered = |readings: &[Reading]| {
            let left = self.judge.masses(readings);
            let of = |(columns, mass): (&Vec<usize>, &f64)| {
                let left = left.get(columns).copied().unwrap_or_default();
                (1.0 - left / mass).max(0.0)
            };
            masses.iter().filter(|(_, mass)| **mass > 0.0).map(of).min_by(f64::total_cmp)
        };
        let (mut chosen, mut explained) = (Vec::<Told>::new(), Explained::nothing(self.cube));
        let (mut readings, candidates) = (first.to_vec(), self.narrowed(first));
        while chosen.len() < MOST && covered(&readings).is_some_and(|covered| covered < cover) {
            let Some(best) = self.judge.best(&readings, &chosen) else { break };
            let known = Discovered { first, chosen: &chosen };
            let best = self.best_or_streamer(best, &readings, &candidates, &explained, known)?;
            let reading = readings[best as usize].clone();
            explained.add(self.cube, &candidates, best, reading.share());
            chosen.push((best, reading, Some(chosen.len() + 1)));
            readings = self.readings(&candidates, &explained, Some(Discovered { first, chosen: &chosen }))?;
        }
        let more = self.judge.best(&readings, &chosen).is_some();
        Ok(Choice { covered: covered(&readings), chosen, more })
    }

    /// The slice, or of one by attributes of streamers the streamer that moved most with it, where nothing of the slice stands out once all of
    /// those are explained: what they have in common is then no more than that.
    fn best_or_streamer(
        &self,
        best: u32,
        readings: &[Reading],
        candidates: &Candidates,
        explained: &Explained,
        known: Discovered<'_>,
    ) -> Result<u32, EngineError> {
        let streamers = self.judge.streamers_of(best, readings, known.chosen);
        let Some(largest) = streamers.first() else { return Ok(best) };
        let mut with_them = explained.clone();
        for streamer in &streamers {
            with_them.add(self.cube, candidates, *streamer, readings[*streamer as usize].share());
        }
        let left = &self.readings(candidates, &with_them, Some(known))?[best as usize];
        let is_left = self.judge.stands_out(left) && left.excess * readings[best as usize].excess > 0.0;
        Ok(if is_left { best } else { *largest })
    }
}
