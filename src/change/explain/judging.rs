//! What each candidate did beyond what the rest did, how sure that is, and whether it is unusual.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use super::broadcasts::{Broadcasts, expected, figure as figure_of_broadcast};
use super::candidates::Candidates;
use super::history::{History, Moved, figure, log_level};
use super::moments::{Explained, Moments, OfCandidate, error};
use super::reading::{Levels, Measure, PerMeasure, Reading};
use crate::change::pair::Pair;
use crate::change::yardstick::LEAST_CHANGES;
use crate::engine::GroupColumn;
use crate::engine::cube::Cube;
use crate::factor::quantile;
use crate::units::Level;

/// Of fewer buyers, before and after together, a slice is never called significant.
pub const LEAST_BUYERS: i64 = 30;

/// A part stands for its slice where it has this much of its excess.
const NEARLY: f64 = 0.9;

/// A streamer has moved with a slice that it is in where its probability is at most this: the slice is a discovery already.
const MEMBER: f64 = 0.01;

/// A candidate, what it did, and its place in the order of choice.
pub type Told = (u32, Reading, Option<usize>);

/// What was discovered before.
#[derive(Debug, Clone, Copy)]
pub struct Discovered<'a> {
    /// What each candidate did when nothing was explained.
    pub first: &'a [Reading],
    /// Those that are explained.
    pub chosen: &'a [Told],
}

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

    /// What each candidate that is still looked at did beyond what is explained already; `moments` by measure, and what was discovered before,
    /// among which alone more is discovered.
    #[must_use]
    pub fn readings(
        &self,
        candidates: &Candidates,
        explained: &Explained,
        moments: &PerMeasure<Moments>,
        before: Option<Discovered<'_>>,
    ) -> Vec<Reading> {
        let periods = self.cube.periods.len();
        let mut all = History::new(periods);
        let history = |one| History::new(if candidates.is_kept(one) { periods } else { 0 });
        let mut own: Vec<History> = (0..candidates.len() as u32).map(history).collect();
        for sold in self.cube.sold.iter().filter(|sold| !explained.has_leaf(sold.leaf)) {
            let side = self.pair.side(sold.period);
            let bought = [sold.gmv, sold.orders.into()];
            let count = |measure| side.map_or(0, |side| explained.count(measure, side, sold.leaf, bought));
            let counts = PerMeasure::each(count);
            all.add_sold(sold, side, &counts);
            for &candidate in candidates.of_leaf(sold.leaf) {
                own[candidate as usize].add_sold(sold, side, &counts);
            }
        }
        for viewed in self.cube.viewed.iter().filter(|one| !explained.has_viewed(one.group)) {
            let side = self.pair.side(viewed.period);
            let count = side.map_or(0, |side| explained.count_viewers(side, viewed.group, viewed.viewers));
            all.add_viewed(viewed, side, count);
            for &candidate in candidates.of_viewed(viewed.group) {
                own[candidate as usize].add_viewed(viewed, side, count);
            }
        }
        let reading = |(own, candidate): (&mut History, u32)| {
            if !candidates.is_kept(candidate) {
                return Reading::default();
            }
            if !explained.knows_viewers(self.candidates.slice(candidate)) {
                own.forget_viewers();
            }
            let of_candidate = |one: Measure| (moments[one].candidates[candidate as usize], moments[one].all);
            match self.broadcasts.streamer(candidate) {
                Some(streamer) => self.broadcast(
                    streamer,
                    own,
                    &all,
                    [candidate, streamer].map(|one| moments[Measure::Gmv].candidates[one as usize]),
                ),
                None => self.reading(own, &all, &PerMeasure::each(of_candidate)),
            }
        };
        let mut readings: Vec<Reading> = own.iter_mut().zip(0..).map(reading).collect();
        self.control(&mut readings, before);
        readings
    }

    /// What a candidate did, by the measure by which it stands out more.
    fn reading(
        &self,
        own: &History,
        all: &History,
        moments: &PerMeasure<(OfCandidate, [i128; 3])>,
    ) -> Reading {
        let has_viewers = own.periods.iter().any(|one| one.viewers > 0);
        let is_known = |measure: &Measure| has_viewers || !measure.needs_viewers();
        let by = |measure: Measure| self.measured(measure, own, all, &moments[measure]);
        let measured: Vec<Reading> = Measure::ALL.into_iter().filter(is_known).map(by).collect();
        let count = measured.len() as f64;
        let Some(of_gmv) = measured.first() else { return Reading::default() };
        let times = PerMeasure::each(|at| measured.get(at as usize).unwrap_or(of_gmv).times);
        // GMV itself where it tells enough, whatever else is asked.
        let is_enough = of_gmv.unusual != Some(false)
            && of_gmv.p_value * count * self.candidates.len() as f64 <= 1.0 - self.level.value();
        let stands_out = |reading: &Reading| (reading.unusual == Some(false), reading.p_value);
        let best = measured.iter().min_by(|a, b| {
            let (a, b) = (stands_out(a), stands_out(b));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        let mut reading = best.filter(|_| !is_enough).unwrap_or(of_gmv).clone();
        reading.times_by = times;
        reading.buyers = of_gmv.buyers;
        reading.p_value = (count * reading.p_value).min(1.0);
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
        let mut reading = Reading { gmv, buyers: sums[7] as i64, ..Reading::default() };
        let usual = self.broadcasts.usual(streamer, self.pair.before);
        let sold = now.count;
        let totals = [before.count, after.count];
        let expected = usual.filter(|_| now.count > 0.0).and_then(|usual| expected(sold, usual, totals));
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
            reading.judge_by_habit(now, figures, None);
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
        let mut reading = Reading { gmv, buyers: sums[7] as i64, measure, ..Reading::default() };
        let [own_now, all_now] = [own, all].map(|one| one.explained(measure, self.pair));
        let Some(Moved { excess, ratio, rest }) = Moved::of(measure, own_now, all_now) else {
            return reading;
        };
        let [before, after] = own_now.map(|one| one.count);
        if before > 0.0 && after > 0.0 {
            reading.times = after / (ratio * before);
        }
        let price = own.price(measure, self.pair);
        reading.excess = price * excess;
        reading.expected = (gmv[1] - gmv[0]) as f64 - reading.excess;
        reading.error = price * error(sums, *total, ratio, rest.map(|rest| ratio * before / rest));
        reading.reach = quantile(self.level) * reading.error;
        reading.judge_by_chance();
        match self.usual(measure, own, all) {
            None => {}
            Some(Usual::Presence(is_steady)) => reading.unusual = Some(is_steady),
            Some(Usual::Figures(figures)) => {
                let now = figure(measure, own_now, all_now).unwrap_or_default();
                reading.judge_by_habit(now, figures, self.levels(measure, own, all, now));
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
        let figures = self.preceding.iter().filter_map(|&pair| {
            let counted = |history: &History| history.sums(pair).map(|sums| sums.counted(measure));
            figure(measure, counted(own), counted(all))
        });
        let figures: Vec<f64> = figures.collect();
        (figures.len() >= LEAST_CHANGES).then_some(Usual::Figures(figures))
    }

    /// The log levels of a candidate before the two periods, and in them; that of after as the one before with the change, so that what is
    /// explained already is not in it. `None` where too few are known.
    fn levels(&self, measure: Measure, own: &History, all: &History, change: f64) -> Option<Levels> {
        let level = |period: u32| {
            let [own, all] = [own, all].map(|one| one.periods[period as usize].counted(measure));
            log_level(measure, own, all)
        };
        let earlier: Vec<f64> = self.preceding.iter().filter_map(|&(before, _)| level(before)).collect();
        let before = level(self.pair.before)?;
        (earlier.len() >= LEAST_CHANGES).then_some(Levels { earlier, compared: [before, before + change] })
    }

    /// False discoveries held to what the level leaves (Benjamini and Hochberg 1995): a third of it among slices of one column, among broadcasts,
    /// and among pairs each.
    fn control(&self, readings: &mut [Reading], before: Option<Discovered<'_>>) {
        let kind = |one: u32| match self.candidates.single(one) {
            None => 0,
            Some(_) if self.broadcasts.streamer(one).is_some() => 1,
            Some(_) => 2,
        };
        let has_buyers = |readings: &[Reading], one: u32| readings[one as usize].buyers >= LEAST_BUYERS;
        for wanted in 0..3 {
            // As many as at first, whatever is still looked at.
            let first = before.map_or(&*readings, |before| before.first);
            let mut family: Vec<u32> = (0..readings.len() as u32)
                .filter(|one| kind(*one) == wanted && has_buyers(first, *one))
                .collect();
            let (count, rate) = (family.len() as f64, (1.0 - self.level.value()) / 3.0);
            let chosen =
                before.map_or(0, |before| before.chosen.iter().filter(|told| kind(told.0) == wanted).count());
            family.retain(|one| {
                let stood_out = before.is_none_or(|before| self.stands_out(&before.first[*one as usize]));
                stood_out && has_buyers(readings, *one)
            });
            family.sort_by(|a, b| readings[*a as usize].p_value.total_cmp(&readings[*b as usize].p_value));
            let holds = |(at, one): (usize, &u32)| {
                readings[*one as usize].p_value <= (chosen + at + 1) as f64 / count * rate
            };
            let discoveries = family.iter().enumerate().rposition(holds).map_or(0, |last| last + 1);
            for one in family.into_iter().take(discoveries) {
                readings[one as usize].beyond_sampling = true;
            }
        }
    }

    /// The slice of one column that stands out most, or the part of it that is nearly all of it; where none does, the slice of two columns.
    #[must_use]
    pub fn best(&self, readings: &[Reading], chosen: &[Told]) -> Option<u32> {
        let values = |candidate: u32| &self.candidates.slice(candidate).values;
        // What lies within a slice that was told is told.
        let is_new = |candidate: &u32| {
            let own = values(*candidate);
            !chosen.iter().any(|(known, _, _)| values(*known).iter().all(|value| own.contains(value)))
        };
        let reading = |candidate: u32| &readings[candidate as usize];
        let all = (0..readings.len() as u32).filter(|one| self.stands_out(reading(*one)));
        let all: Vec<u32> = all.filter(is_new).collect();
        let names = |candidate: u32| self.candidates.texts(self.cube, candidate);
        let in_order = |a: &u32, b: &u32| {
            reading(*a).score.total_cmp(&reading(*b).score).then_with(|| names(*b).cmp(&names(*a)))
        };
        let singles = all.iter().copied().filter(|one| self.candidates.single(*one).is_some());
        let Some(best) = singles.max_by(in_order) else { return all.into_iter().max_by(in_order) };
        let whole = reading(best);
        let is_nearly_all = |part: &u32| {
            // Of the slices of one column none has a value of another one.
            let own = reading(*part);
            values(best).iter().all(|value| values(*part).contains(value))
                && own.score > whole.score
                && own.excess / whole.excess >= NEARLY
        };
        Some(all.into_iter().filter(is_nearly_all).max_by(in_order).unwrap_or(best))
    }

    /// Of a slice by attributes of streamers alone, the streamers that moved with it by more than chance and habit, the largest first.
    #[must_use]
    pub fn streamers_of(&self, slice: u32, readings: &[Reading], chosen: &[Told]) -> Vec<u32> {
        let whole = readings[slice as usize].excess;
        let values = &self.candidates.slice(slice).values;
        let is_attribute = |at: usize| matches!(self.cube.columns[at].column, GroupColumn::Attribute(_));
        if !values.iter().all(|(at, _)| is_attribute(*at)) {
            return Vec::new();
        }
        let is_new = |candidate: u32| chosen.iter().all(|(known, _, _)| *known != candidate);
        let moved_with_it = |reading: &Reading| {
            reading.excess.signum() == whole.signum()
                && reading.p_value <= MEMBER
                && reading.buyers >= LEAST_BUYERS
        };
        let streamers = self.candidates.streamers(self.cube).into_iter().filter(|(candidate, leaf)| {
            let codes = self.cube.leaf(*leaf);
            values.iter().all(|(at, code)| codes[*at] == *code)
                && is_new(*candidate)
                && moved_with_it(&readings[*candidate as usize])
        });
        let mut streamers: Vec<u32> = streamers.map(|(candidate, _)| candidate).collect();
        let size = |candidate: &u32| readings[*candidate as usize].excess.abs();
        streamers.sort_by(|a, b| size(b).total_cmp(&size(a)));
        streamers
    }

    /// How much there is to explain by each column and pair of columns: the sum of what its values that stand out did beyond the rest.
    #[must_use]
    pub fn masses(&self, readings: &[Reading]) -> BTreeMap<Vec<usize>, f64> {
        // In whole minor units, which add up in any order.
        let mut masses = BTreeMap::<Vec<usize>, i128>::new();
        for (reading, candidate) in readings.iter().zip(0..) {
            if self.stands_out(reading) {
                let columns = self.candidates.slice(candidate).values.iter().map(|(column, _)| *column);
                *masses.entry(columns.collect()).or_default() += reading.excess.abs().round() as i128;
            }
        }
        masses.into_iter().map(|(columns, sum)| (columns, sum as f64)).collect()
    }
}

/// What is usual for a candidate.
enum Usual {
    /// Its figures of the changes before.
    Figures(Vec<f64>),
    /// It came or went now; whether it was steadily there, or not, before.
    Presence(bool),
}
