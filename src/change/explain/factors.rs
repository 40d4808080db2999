//! Which factor did most in a slice: the effects of its streamers, added up.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::candidates::Candidates;
use crate::change::effect::{Effect, PerEffect};
use crate::change::leaf::{LeafSums, leaf_effects};
use crate::change::method::Method;
use crate::change::pair::Pair;
use crate::change::rounding::rounded;
use crate::engine::GroupColumn;
use crate::engine::cube::{Acts, Cube};
use crate::factor::Factor;

/// The sums of a streamer within a slice, before and after.
type Sides = [LeafSums; 2];

/// For each candidate the factor that did most of its change, and its effect.
pub fn what_did_most(
    cube: &Cube,
    candidates: &Candidates,
    acts: &[Acts],
    pair: Pair,
    method: &Method,
    wanted: &[u32],
) -> Vec<Option<(Factor, i128)>> {
    let streamer =
        cube.columns.iter().position(|one| one.column == GroupColumn::Streamer).unwrap_or_default();
    let mut place = vec![None; candidates.len()];
    wanted.iter().zip(0..).for_each(|(&candidate, at)| place[candidate as usize] = Some(at));
    let mut sums: Vec<BTreeMap<&Arc<str>, Sides>> = vec![BTreeMap::new(); wanted.len()];
    let name = |code: u32| &cube.columns[streamer].values[code as usize];
    for sold in &cube.sold {
        let Some(side) = pair.side(sold.period) else { continue };
        for at in candidates.of_leaf(sold.leaf).iter().filter_map(|one| place[*one as usize]) {
            let sums: &mut Sides = sums[at as usize].entry(name(cube.leaf(sold.leaf)[streamer])).or_default();
            sums[side].orders += sold.orders;
            sums[side].gmv += sold.gmv;
        }
    }
    for (person, times) in acts.iter().flat_map(Acts::buyers) {
        let mut seen = BTreeSet::new();
        for one in person {
            let code = cube.leaf(one.leaf)[streamer];
            for at in candidates.of_leaf(one.leaf).iter().filter_map(|one| place[*one as usize]) {
                if seen.insert((at, code, one.side)) {
                    let sums: &mut Sides = sums[at as usize].entry(name(code)).or_default();
                    sums[usize::from(one.side)].buyers += times as i64;
                }
            }
        }
    }
    let parts = ViewerParts::new(cube, candidates, wanted);
    for viewed in &cube.viewed {
        let Some(side) = pair.side(viewed.period) else { continue };
        let codes = cube.group(viewed.group);
        for &at in parts.of(codes) {
            let sums: &mut Sides = sums[at as usize].entry(name(codes[streamer])).or_default();
            sums[side].viewers += viewed.viewers;
            sums[side].watch += viewed.watch;
            sums[side].viewing = true;
        }
    }
    sums.iter().map(|streamers| most(method, streamers)).collect()
}

/// What slices say of viewers, what orders tell left out: it divides no viewers.
#[derive(Default)]
struct ViewerParts {
    /// The columns of each kind of part.
    kinds: BTreeSet<Vec<usize>>,
    /// The slices of each part, by their places.
    slices: HashMap<Vec<(usize, u32)>, Vec<u32>>,
}

impl ViewerParts {
    fn new(cube: &Cube, candidates: &Candidates, wanted: &[u32]) -> Self {
        let mut parts = Self::default();
        for (&candidate, at) in wanted.iter().zip(0..) {
            let mut part = candidates.slice(candidate).values.clone();
            part.retain(|&(column, _)| !cube.columns[column].column.is_order_side());
            parts.kinds.insert(part.iter().map(|(column, _)| *column).collect());
            parts.slices.entry(part).or_default().push(at);
        }
        parts
    }

    /// The slices that viewers with these codes are in.
    fn of<'p>(&'p self, codes: &'p [u32]) -> impl Iterator<Item = &'p u32> {
        let part = |kind: &Vec<usize>| kind.iter().map(|&column| (column, codes[column])).collect::<Vec<_>>();
        self.kinds.iter().filter_map(move |kind| self.slices.get(&part(kind))).flatten()
    }
}

fn most(method: &Method, streamers: &BTreeMap<&Arc<str>, Sides>) -> Option<(Factor, i128)> {
    let (mut effects, mut change) = (PerEffect::<f64>::default(), 0);
    for [before, after] in streamers.values() {
        let leaf = leaf_effects::<0>(method, [before, after], None);
        for effect in Effect::ALL {
            effects[effect] += leaf.effects[effect].value;
        }
        change += after.gmv - before.gmv;
    }
    let cents = rounded(&effects, change);
    let same_way = |factor: &Factor| cents[Effect::of(*factor)].signum() == change.signum();
    let most = Factor::ALL.into_iter().filter(same_way).rev().max_by_key(|one| cents[Effect::of(*one)].abs());
    most.filter(|_| change != 0).map(|factor| (factor, cents[Effect::of(factor)]))
}
