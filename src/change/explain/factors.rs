//! Which factor did most in a slice: the effects of its streamers, added up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::candidates::{Candidates, Slice};
use crate::change::effect::Effect;
use crate::change::effect::PerEffect;
use crate::change::leaf::{LeafSums, leaf_effects};
use crate::change::method::Method;
use crate::change::pair::Pair;
use crate::change::rounding::rounded;
use crate::engine::GroupColumn;
use crate::engine::cube::{Bought, Cube};
use crate::factor::Factor;

/// The sums of a streamer within a slice, before and after.
type Sides = [LeafSums; 2];

/// For each candidate the factor that did most of its change, and its effect.
pub fn what_did_most(
    cube: &Cube,
    candidates: &Candidates,
    bought: &[Vec<Bought>],
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
    for person in bought.iter().flat_map(|list| list.chunk_by(|_, next| !next.is_first)) {
        let mut seen = BTreeSet::new();
        for one in person {
            let code = cube.leaf(one.leaf)[streamer];
            for at in candidates.of_leaf(one.leaf).iter().filter_map(|one| place[*one as usize]) {
                if seen.insert((at, code, one.side)) {
                    let sums: &mut Sides = sums[at as usize].entry(name(code)).or_default();
                    sums[usize::from(one.side)].buyers += 1;
                }
            }
        }
    }
    let slices: Vec<Slice> = wanted.iter().map(|candidate| candidates.slice(*candidate)).collect();
    for viewed in &cube.viewed {
        let Some(side) = pair.side(viewed.period) else { continue };
        for (slice, sums) in slices.iter().zip(&mut sums) {
            // What orders tell divides no viewers.
            let is_in = |&(at, code): &(usize, u32)| [code, Cube::NONE].contains(&viewed.codes[at]);
            if slice.values.iter().all(is_in) {
                let sums: &mut Sides = sums.entry(name(viewed.codes[streamer])).or_default();
                sums[side].viewers += viewed.viewers;
                sums[side].watch += viewed.watch;
                sums[side].viewing = true;
            }
        }
    }
    sums.iter().map(|streamers| most(method, streamers)).collect()
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
