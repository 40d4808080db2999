//! Which slices moved GMV: every value of every column and pair of columns is a candidate, and a few are chosen that do not count the
//! same money twice.

mod broadcasts;
mod candidates;
mod factors;
mod history;
mod judging;
mod moments;
mod reading;

use super::method::Method;
use super::pair::Pair;
use crate::engine::EngineError;
use crate::engine::cube::{Bought, Cube, LocalCube};
use crate::factor::Factor;
use crate::units::Level;

pub use broadcasts::LIVE;
use candidates::Candidates;
pub use candidates::Slice;
use factors::what_did_most;
use judging::Judge;
pub use judging::LEAST_BUYERS;
use moments::{Explained, Moments};
pub use reading::{Measure, Reading};

/// The most slices that are chosen.
const MOST: usize = 12;

/// What is asked of an explanation.
#[derive(Debug, Clone)]
pub struct Question {
    /// How the change of a slice is divided among the factors.
    pub method: Method,
    /// The level of the intervals; false discoveries are held to what it leaves.
    pub level: Level,
    /// How much of the excess the chosen slices are to cover, of 1.
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
    /// The share of the excess that the chosen slices cover; `None` where there is none.
    pub covered: Option<f64>,
    /// Whether it is known what is usual.
    pub has_yardstick: bool,
}

/// Looks for the slices that moved GMV.
///
/// # Errors
/// When a sum does not fit, or a temporary file fails.
pub fn explain(local: &LocalCube<'_>, pair: Pair, question: &Question) -> Result<Explanation, EngineError> {
    let cube = &local.cube;
    let bought = local.bought(pair.before, pair.after)?;
    let candidates = Candidates::new(cube);
    let judge = Judge::new(cube, &candidates, pair, question.level);
    let search = Search { cube, candidates: &candidates, bought: &bought, judge: &judge };
    let first = search.readings(&Explained::nothing(cube), &|_| true)?;
    let mass = judge.mass(&first);
    let chosen = search.choose(&first, question.cover * mass)?;
    let money: f64 = chosen.iter().map(|(_, reading, _)| reading.excess.abs()).sum();
    let mut told = chosen;
    if question.all {
        let others = others(local, &candidates, first, &told);
        told.extend(others);
    }
    let wanted: Vec<u32> = told.iter().map(|(candidate, _, _)| *candidate).collect();
    let factors = what_did_most(cube, &candidates, &bought, pair, &question.method, &wanted);
    let slices = told.into_iter().zip(factors).map(|((candidate, reading, rank), factor)| Found {
        slice: candidates.slice(candidate),
        reading,
        rank,
        factor,
    });
    Ok(Explanation {
        gmv: judge.gmv(),
        slices: slices.collect(),
        candidates: candidates.len(),
        covered: (mass > 0.0).then(|| (money / mass).min(1.0)),
        has_yardstick: judge.has_yardstick(),
    })
}

/// A candidate, what it did, and its place in the order of choice.
type Told = (u32, Reading, Option<usize>);

/// The candidates that were not chosen, the largest excess first.
fn others(
    local: &LocalCube<'_>,
    candidates: &Candidates,
    readings: Vec<Reading>,
    chosen: &[Told],
) -> Vec<Told> {
    let is_other = |candidate: u32| chosen.iter().all(|(known, _, _)| *known != candidate);
    let others = readings.into_iter().zip(0..).filter(|(_, candidate)| is_other(*candidate));
    let mut others: Vec<Told> = others.map(|(reading, candidate)| (candidate, reading, None)).collect();
    let texts = |told: &Told| candidates.texts(&local.cube, told.0);
    others
        .sort_by(|a, b| b.1.excess.abs().total_cmp(&a.1.excess.abs()).then_with(|| texts(a).cmp(&texts(b))));
    others
}

/// A search for slices.
struct Search<'a> {
    cube: &'a Cube,
    candidates: &'a Candidates,
    bought: &'a [Vec<Bought>],
    judge: &'a Judge<'a>,
}

impl Search<'_> {
    fn readings(
        &self,
        explained: &Explained,
        among: &dyn Fn(u32) -> bool,
    ) -> Result<Vec<Reading>, EngineError> {
        let of = |measure| Moments::of(measure, self.candidates, self.bought, explained);
        Ok(self.judge.readings(explained, &[of(Measure::Gmv)?, of(Measure::PerViewer)?], among))
    }

    /// The slices that stand out, one after the other, each beyond what those before it explain, until they cover so much money.
    fn choose(&self, first: &[Reading], enough: f64) -> Result<Vec<Told>, EngineError> {
        let (mut chosen, mut money, mut explained) = (Vec::<Told>::new(), 0.0, Explained::nothing(self.cube));
        let mut readings = first.to_vec();
        while chosen.len() < MOST && money < enough {
            let Some(best) = self.judge.best(&readings, &chosen) else { break };
            let reading = readings[best as usize].clone();
            money += reading.excess.abs();
            explained.add(self.cube, self.candidates, best, reading.share());
            chosen.push((best, reading, Some(chosen.len() + 1)));
            readings =
                self.readings(&explained, &|candidate| self.judge.stands_out(&first[candidate as usize]))?;
        }
        Ok(chosen)
    }
}
