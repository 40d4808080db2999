//! What each candidate did beyond what the rest did, how sure that is, and whether it is unusual.

use super::broadcasts::{Broadcasts, expected, figure as figure_of_broadcast};
use super::candidates::Candidates;
use super::history::{History, Moved, figure};
use super::moments::{Explained, Moments, OfCandidate, error};
use super::reading::{Measure, Reading};
use crate::change::pair::Pair;
use crate::change::yardstick::LEAST_CHANGES;
use crate::engine::GroupColumn;
use crate::engine::cube::Cube;
use crate::factor::quantile;
use crate::units::Level;

/// Of fewer buyers, before and after together, a slice is never called significant.
pub const LEAST_BUYERS: i64 = 30;

/// A slice of one column stands for one of two that is in it, where it stands out nearly as much: this part.
const NEARLY: f64 = 0.75;

/// A streamer has moved with a slice that it is in where its probability is at most this: the slice is a discovery already.
const MEMBER: f64 = 0.01;
/// Streamers make up a slice where they have this part of its excess.
const MOST_OF_IT: f64 = 0.6;

/// Judges candidates.
#[derive(Debug)]
pub struct Judge<'a> {
    cube: &'a Cube,
    candidates: &'a Candidates,
    pair: Pair,
    level: Level,
    preceding: Vec<(u32, u32)>,
    broadcasts: Broadcasts,
    gmv: [i128; 2],
}

impl<'a> Judge<'a> {
    /// Of the candidates of a cube, between two periods.
    #[must_use]
    pub fn new(cube: &'a Cube, candidates: &'a Candidates, pair: Pair, level: Level) -> Self {
        let preceding = if pair.has_yardstick { pair.preceding(&cube.periods) } else { Vec::new() };
        let mut gmv = [0; 2];
        for sold in &cube.sold {
            if let Some(side) = pair.side(sold.period) {
                gmv[side] += sold.gmv;
            }
        }
        let broadcasts = Broadcasts::new(cube, candidates, &preceding);
        Self { cube, candidates, pair, level, preceding, broadcasts, gmv }
    }

    /// GMV before and after.
    #[must_use]
    pub fn gmv(&self) -> [i128; 2] {
        self.gmv
    }

    /// Whether enough changes come before to tell what is usual.
    #[must_use]
    pub fn has_yardstick(&self) -> bool {
        self.preceding.len() >= LEAST_CHANGES
    }

    /// Whether a slice is significant; where it is not known what is usual for any, whether it is beyond chance.
    #[must_use]
    pub fn stands_out(&self, reading: &Reading) -> bool {
        if self.has_yardstick() { reading.significant() == Some(true) } else { reading.beyond_sampling }
    }

    /// What each candidate did beyond what is explained already; `moments` by measure, and those `among` which discoveries are made: all at
    /// first, then those that were discovered.
    #[must_use]
    pub fn readings(
        &self,
        explained: &Explained,
        moments: &[Moments; 2],
        among: &dyn Fn(u32) -> bool,
    ) -> Vec<Reading> {
        let (periods, candidates) = (self.cube.periods.len(), self.candidates.len());
        let mut all = History::new(periods);
        let mut own = vec![History::new(periods); candidates];
        for sold in self.cube.sold.iter().filter(|sold| !explained.has_leaf(sold.leaf)) {
            let side = self.pair.side(sold.period);
            let counts = [Measure::Gmv, Measure::PerViewer]
                .map(|measure| side.map_or(0, |side| explained.count(measure, side, sold.leaf, sold.gmv)));
            all.add_sold(sold.period, sold.gmv, side, counts);
            for &candidate in self.candidates.of_leaf(sold.leaf) {
                own[candidate as usize].add_sold(sold.period, sold.gmv, side, counts);
            }
        }
        for (at, viewed) in self.cube.viewed.iter().enumerate().filter(|(at, _)| !explained.has_viewed(*at)) {
            all.periods[viewed.period as usize].viewers += viewed.viewers;
            for &candidate in self.candidates.of_viewed(at) {
                own[candidate as usize].periods[viewed.period as usize].viewers += viewed.viewers;
            }
        }
        let reading = |(own, candidate): (&mut History, u32)| {
            if !explained.knows_viewers(&self.candidates.slice(candidate)) {
                own.forget_viewers();
            }
            let of_candidate = |one: &'_ Moments| (one.candidates[candidate as usize], one.all);
            match self.broadcasts.streamer(candidate) {
                Some(streamer) => self.broadcast(
                    streamer,
                    own,
                    &all,
                    [candidate, streamer].map(|one| moments[0].candidates[one as usize]),
                ),
                None => self.reading(own, &all, &moments.each_ref().map(of_candidate)),
            }
        };
        let mut readings: Vec<Reading> = own.iter_mut().zip(0..).map(reading).collect();
        self.control(&mut readings, among);
        readings
    }

    /// What a candidate did, by the measure by which it stands out more.
    fn reading(&self, own: &History, all: &History, moments: &[(OfCandidate, [i128; 3]); 2]) -> Reading {
        let by = |measure: Measure| self.measured(measure, own, all, &moments[measure as usize]);
        let mut reading = by(Measure::Gmv);
        if own.periods.iter().any(|one| one.viewers > 0) {
            let other = by(Measure::PerViewer);
            let times = [reading.times[0], other.times[1]];
            if other.p_value < reading.p_value {
                reading = other;
            }
            reading.times = times;
            reading.p_value = (2.0 * reading.p_value).min(1.0);
        } else {
            reading.times[1] = reading.times[0];
        }
        reading
    }

    /// What a broadcast sold beyond what one of its streamer usually sells: the mean of those before, moved with all.
    fn broadcast(
        &self,
        streamer: u32,
        own: &History,
        all: &History,
        [sums, of_streamer]: [OfCandidate; 2],
    ) -> Reading {
        let [_, now] = own.explained(Measure::Gmv, self.pair);
        let [before, after] = all.explained(Measure::Gmv, self.pair);
        let gmv = [0, own.periods[self.pair.after as usize].gmv];
        let mut reading =
            Reading { gmv, buyers: sums[7] as i64, p_value: 1.0, times: [1.0; 2], ..Reading::default() };
        let usual = self.broadcasts.usual(streamer, self.pair.before);
        let sold = now.gmv as f64;
        let totals = [before.gmv as f64, after.gmv as f64];
        let expected = usual.filter(|_| now.gmv > 0).and_then(|usual| expected(sold, usual, totals));
        let (Some(usual), Some(expected)) = (usual, expected) else { return reading };
        let part = expected / usual / self.broadcasts.count(streamer, self.pair.before) as f64;
        reading.excess = sold - expected;
        reading.expected = gmv[1] as f64 - reading.excess;
        reading.after = Some(expected / sold);
        reading.error = (sums[2] as f64 + part * part * of_streamer[0] as f64).sqrt();
        reading.reach = quantile(self.level) * reading.error;
        reading.judge_by_chance();
        let figures = self.broadcasts.figures(streamer).to_vec();
        if self.has_yardstick() && figures.len() >= LEAST_CHANGES {
            let now = figure_of_broadcast(sold, expected).unwrap_or_default();
            reading.judge_by_habit(now, figures);
            if !self.broadcasts.is_beyond_all(streamer, now) {
                (reading.unusual, reading.p_value) = (Some(false), 1.0);
            }
        }
        reading
    }

    fn measured(
        &self,
        measure: Measure,
        own: &History,
        all: &History,
        (sums, total): &(OfCandidate, [i128; 3]),
    ) -> Reading {
        let gmv = [self.pair.before, self.pair.after].map(|period| own.periods[period as usize].gmv);
        let mut reading = Reading {
            gmv,
            buyers: sums[7] as i64,
            measure,
            p_value: 1.0,
            times: [1.0; 2],
            ..Reading::default()
        };
        let [own_now, all_now] = [own, all].map(|one| one.explained(measure, self.pair));
        let Some(Moved { excess, ratio, rest }) = Moved::of(measure, own_now, all_now) else {
            return reading;
        };
        let before = own_now[0].gmv as f64;
        if before > 0.0 && own_now[1].gmv > 0 {
            reading.times[measure as usize] = own_now[1].gmv as f64 / (ratio * before);
        }
        reading.expected = (gmv[1] - gmv[0]) as f64 - excess;
        reading.excess = excess;
        reading.error = error(sums, *total, ratio, rest.map(|rest| ratio * before / rest));
        reading.reach = quantile(self.level) * reading.error;
        reading.judge_by_chance();
        match self.usual(measure, own, all) {
            None => {}
            Some(Usual::Presence(is_steady)) => reading.unusual = Some(is_steady),
            Some(Usual::Figures(figures)) => {
                let now = figure(measure, own_now, all_now).unwrap_or_default();
                reading.judge_by_habit(now, figures);
            }
        }
        reading
    }

    /// What is usual for a candidate; `None` where too few changes come before.
    fn usual(&self, measure: Measure, own: &History, all: &History) -> Option<Usual> {
        if !self.has_yardstick() {
            return None;
        }
        let there = |period: u32| own.periods[period as usize].gmv > 0;
        if there(self.pair.before) != there(self.pair.after) {
            // That it came or went is unusual where nothing of that kind came before.
            return Some(Usual::Presence(self.preceding.iter().all(|&(a, b)| there(a) == there(b))));
        }
        let figures =
            self.preceding.iter().filter_map(|&pair| figure(measure, own.sums(pair), all.sums(pair)));
        let figures: Vec<f64> = figures.collect();
        (figures.len() >= LEAST_CHANGES).then_some(Usual::Figures(figures))
    }

    /// False discoveries held to what the level leaves (Benjamini and Hochberg 1995), among slices of one column, among broadcasts, and among pairs.
    fn control(&self, readings: &mut [Reading], among: &dyn Fn(u32) -> bool) {
        let kind = |one: u32| match self.candidates.single(one) {
            None => 0,
            Some(_) if self.broadcasts.streamer(one).is_some() => 1,
            Some(_) => 2,
        };
        for wanted in 0..3 {
            let family = (0..readings.len() as u32).filter(|one| kind(*one) == wanted);
            let mut family: Vec<u32> =
                family.filter(|one| readings[*one as usize].buyers >= LEAST_BUYERS && among(*one)).collect();
            family.sort_by(|a, b| readings[*a as usize].p_value.total_cmp(&readings[*b as usize].p_value));
            let (count, rate) = (family.len() as f64, 1.0 - self.level.value());
            let holds =
                |(at, one): (usize, &u32)| readings[*one as usize].p_value <= (at + 1) as f64 / count * rate;
            let discoveries = family.iter().enumerate().rposition(holds).map_or(0, |last| last + 1);
            for one in family.into_iter().take(discoveries) {
                readings[one as usize].beyond_sampling = true;
            }
        }
    }

    /// The candidate that stands out most, or the slice of one column that it is in and that nearly does; `None` where none does.
    #[must_use]
    pub fn best(&self, readings: &[Reading], chosen: &[(u32, Reading, Option<usize>)]) -> Option<u32> {
        let values = |candidate: u32| self.candidates.slice(candidate).values;
        // What lies within a slice that was told is told.
        let is_new = |candidate: u32| {
            let own = values(candidate);
            !chosen.iter().any(|(known, _, _)| values(*known).iter().all(|value| own.contains(value)))
        };
        let all = readings
            .iter()
            .zip(0..)
            .filter(|(reading, candidate)| self.stands_out(reading) && is_new(*candidate));
        let texts = |candidate: u32| self.candidates.texts(self.cube, candidate);
        let names = |candidate: u32| (texts(candidate).len(), texts(candidate));
        let all: Vec<(&Reading, u32)> = all.collect();
        let in_order = |a: &&(&Reading, u32), b: &&(&Reading, u32)| {
            a.0.score.total_cmp(&b.0.score).then_with(|| names(b.1).cmp(&names(a.1)))
        };
        let best = all.iter().max_by(in_order)?;
        let best_values = values(best.1);
        let stands_for_it = |one: &&(&Reading, u32)| {
            let own = values(one.1);
            own.len() < best_values.len()
                && own.iter().all(|value| best_values.contains(value))
                && one.0.score >= NEARLY * best.0.score
                && one.0.excess.abs() >= best.0.excess.abs()
        };
        let best = all.iter().filter(stands_for_it).max_by(in_order).unwrap_or(best).1;
        Some(self.streamer_in_place_of(best, readings, &is_new).unwrap_or(best))
    }

    /// Of a slice by attributes of streamers alone, the streamer that moved most, where those of its streamers that moved with it by more than
    /// chance and habit make up most of it: what they have in common is then no more than that.
    fn streamer_in_place_of(
        &self,
        best: u32,
        readings: &[Reading],
        is_new: &dyn Fn(u32) -> bool,
    ) -> Option<u32> {
        let slice = self.candidates.slice(best);
        let is_attribute = |at: usize| matches!(self.cube.columns[at].column, GroupColumn::Attribute(_));
        if !slice.values.iter().all(|(at, _)| is_attribute(*at)) {
            return None;
        }
        let whole = readings[best as usize].excess;
        let moved_with_it = |reading: &Reading| {
            reading.excess.signum() == whole.signum()
                && reading.unusual != Some(false)
                && reading.p_value <= MEMBER
                && reading.buyers >= LEAST_BUYERS
        };
        let streamers = self.candidates.streamers(self.cube).into_iter().filter(|(candidate, leaf)| {
            let codes = self.cube.leaf(*leaf);
            slice.values.iter().all(|(at, code)| codes[*at] == *code)
                && is_new(*candidate)
                && moved_with_it(&readings[*candidate as usize])
        });
        let streamers: Vec<u32> = streamers.map(|(candidate, _)| candidate).collect();
        let size = |candidate: u32| readings[candidate as usize].excess.abs();
        let together: f64 = streamers.iter().map(|one| size(*one).round()).sum();
        let largest = streamers.into_iter().max_by(|a, b| size(*a).total_cmp(&size(*b)));
        largest.filter(|_| together >= MOST_OF_IT * whole.abs())
    }

    /// How much there is to explain: the excess of the column that parts it best.
    #[must_use]
    pub fn mass(&self, readings: &[Reading]) -> f64 {
        // In whole minor units, which add up in any order.
        let mut columns = vec![0_i128; self.cube.columns.len()];
        for (reading, candidate) in readings.iter().zip(0..) {
            let is_of_a_column = self.broadcasts.streamer(candidate).is_none();
            if let Some(column) = self.candidates.single(candidate).filter(|_| is_of_a_column) {
                columns[column] += reading.excess.abs().round() as i128;
            }
        }
        columns.into_iter().max().unwrap_or_default() as f64
    }
}

/// What is usual for a candidate.
enum Usual {
    /// Its figures of the changes before.
    Figures(Vec<f64>),
    /// It came or went now; whether it was steadily there, or not, before.
    Presence(bool),
}
