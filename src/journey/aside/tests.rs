//! Sums that are put aside, and those that stay.

use super::*;
use crate::journey::accumulate::Bought;
use crate::journey::rules::Side;

/// The sums of a person in a group that a number stands for.
fn add(sums: &mut GroupSums, n: u64) {
    let key = GroupKey::new((n * 37 % 1_000) as u32, (n % 3) as u32, Side(0));
    sums.viewing.entry(key).or_default().add(n.is_multiple_of(2), false, n as i64);
    let bought = Bought { orders: 1, gmv: n.into(), ..Bought::default() };
    let slice = if n.is_multiple_of(5) { Slice::default() } else { bytemuck::cast(n % 4) };
    sums.buying.entry((key, slice)).or_default().add(bought, Some(n as i64)).unwrap();
}

/// All groups, and whether they came in order.
fn all<G: Group>(mut merged: Merged<G>) -> Vec<G> {
    let groups: Vec<G> = std::iter::from_fn(|| merged.next_group().unwrap()).collect();
    assert!(groups.is_sorted_by(|a, b| a.key() < b.key()));
    groups
}

#[test]
fn sums_put_aside_are_those_of_one_table() {
    let memory = Memory::default().with_rows(1 << 18);
    let mut groups = Groups::new(&memory);
    let mut whole = GroupSums::default();
    for worker in 0..3 {
        let (mut sums, mut aside) = (GroupSums::default(), Aside::new(&memory));
        for n in 0..20_000 * worker {
            add(&mut sums, n);
            add(&mut whole, n);
            aside.take_too_many(&mut sums).unwrap();
            assert!(sums.bytes() <= memory.sums());
        }
        assert_eq!(aside.viewing.len() > 1, worker > 0);
        groups.take(&mut sums, Some(aside)).unwrap();
    }
    let viewing = all(groups.viewing);
    assert!(viewing.iter().all(|group| whole.viewing[&group.key] == group.viewing));
    assert_eq!(viewing.len(), whole.viewing.len());
    let buying = all(groups.buying);
    assert!(buying.iter().all(|group| whole.buying[&(group.key, group.slice)] == group.buying));
    assert_eq!(buying.len(), whole.buying.len());
    assert!(memory.spilled().is_some());
}

#[test]
fn a_few_sums_stay_in_memory() {
    let memory = Memory::default();
    let (mut sums, mut aside) = (GroupSums::default(), Aside::new(&memory));
    (0..20_000).for_each(|n| add(&mut sums, n));
    aside.take_too_many(&mut sums).unwrap();
    assert!(aside.file.is_none() && memory.spilled().is_none() && !sums.viewing.is_empty());
}

#[test]
fn as_many_sums_as_a_worker_may_have_stay() {
    let mut sums = GroupSums::default();
    (0..20_000).for_each(|n| add(&mut sums, n));
    let threads = 1_000_000 / 4 / Memory::default().with_rows(1_000_000).sums();
    for (rows, stays) in [(sums.bytes(), true), (sums.bytes() - 1, false)] {
        let memory = Memory::default().with_rows(rows * 4 * threads);
        assert_eq!(memory.sums(), rows);
        let mut aside = Aside::new(&memory);
        aside.take_too_many(&mut sums.clone()).unwrap();
        assert_eq!((aside.file.is_none(), aside.viewing.len()), (stays, usize::from(!stays)));
    }
}

#[test]
fn a_run_longer_than_a_block_is_read_block_by_block() {
    let memory = Memory::default();
    let (mut sums, mut aside, mut groups) = (GroupSums::default(), Aside::new(&memory), Groups::new(&memory));
    (0..20_000).for_each(|n| add(&mut sums, n));
    let whole = sums.clone();
    let viewing = aside.put(&viewing_groups(&mut sums.viewing)).unwrap().unwrap();
    assert!(viewing.offset == 0 && viewing.bytes > 2 * BLOCK as u64, "{viewing:?}");
    aside.viewing.push(viewing);
    groups.take(&mut sums, Some(aside)).unwrap();
    assert!(groups.copy().is_none(), "a file is read once");
    let found = all(groups.viewing);
    assert!(found.iter().all(|group| whole.viewing[&group.key] == group.viewing));
    assert_eq!(found.len(), whole.viewing.len());
}

#[test]
fn sums_in_memory_may_be_looked_at_twice() {
    let (mut sums, mut groups) = (GroupSums::default(), Groups::new(&Memory::default()));
    (0..2_000).for_each(|n| add(&mut sums, n));
    groups.take(&mut sums, None).unwrap();
    let copy = groups.copy().unwrap();
    let keys = |groups: Groups| {
        let viewing: Vec<_> = all(groups.viewing).iter().map(|group| (group.key, group.viewing)).collect();
        let buying: Vec<_> = all(groups.buying).iter().map(|group| (group.key(), group.buying)).collect();
        (viewing, buying)
    };
    let (first, second) = (keys(copy), keys(groups));
    assert!(first == second && first.0.len() > 500 && first.1.len() > 1_000);
}
