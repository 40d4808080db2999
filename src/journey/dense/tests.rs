use super::*;
use crate::journey::accumulate::{Bought, Buying, Viewing};
use crate::journey::rules::Table;

fn drain(dense: &mut Dense<ViewingRow>, found: &mut Table<GroupKey, Viewing>) {
    dense.drain().for_each(|(key, sums)| found.entry(key).or_default().merge(&sums));
}

fn make_room(dense: &mut Dense<ViewingRow>, persons: usize, found: &mut Table<GroupKey, Viewing>) {
    if !dense.has_room(persons) {
        drain(dense, found);
    }
    dense.make_room(persons);
}

#[test]
fn rows_that_wait_are_added_like_others() {
    for (bases, periods, is_here) in [(100, 8, true), (9_000, 8, true), (2_000_000, 8, false)] {
        let mut dense = Dense::new(bases, periods, u64::MAX);
        let (mut expected, mut found) = (Table::default(), Table::default());
        for n in 0..100_000_u32 {
            let (base, period) = (n * 7_919 % bases, n % periods);
            let (private, paid, watch) = (n % 3 == 0, n % 5 == 0, i64::from(n) << (n % 20));
            let viewed = Viewed::new(private, paid, watch);
            make_room(&mut dense, 1, &mut found);
            let was_added = viewed.is_some_and(|viewed| dense.add((base, period), viewed));
            assert_eq!(was_added, is_here && viewed.is_some());
            if was_added {
                let key = GroupKey::new(base, period, Side::default());
                expected.entry(key).or_insert_with(Viewing::default).add(private, paid, watch);
            }
        }
        let waiting: Vec<usize> = dense.waiting.iter().map(Vec::len).collect();
        let is_own =
            |(own, stretch): (&Vec<(u32, Viewed)>, u32)| own.iter().all(|(at, _)| at >> 13 == stretch);
        assert!(dense.waiting.iter().zip(0..).all(is_own) && waiting.iter().all(|count| *count < 1 << 10));
        // 72,000 rows are more than 32,768 of 32 bytes, in nine stretches of 8,192.
        assert_eq!(waiting.len(), if bases == 9_000 { 9 } else { 0 });
        assert!(waiting.iter().all(|count| *count > 0));
        drain(&mut dense, &mut found);
        assert_eq!(found, expected);
        assert_eq!(dense.rows.len(), 0);
    }
}

#[test]
fn sums_of_squares_beyond_64_bits_and_persons_beyond_32_are_kept() {
    let (mut dense, mut found) = (Dense::new(1, 1, u64::MAX), Table::default());
    let (most, times) = (i64::from(u32::MAX), 5);
    for _ in 0..times {
        make_room(&mut dense, u32::MAX as usize / 2 + 1, &mut found);
        assert!(dense.add((0, 0), Viewed::new(true, true, most).unwrap()));
    }
    assert_eq!(found.len(), 1, "counts of 32 bits would not hold so many");
    drain(&mut dense, &mut found);
    let mut expected = Viewing::default();
    (0..times).for_each(|_| expected.add(true, true, most));
    assert_eq!(found.into_values().collect::<Vec<_>>(), [expected]);
}

#[test]
fn rows_take_no_more_than_they_may() {
    let is_here = |bases, periods, bytes| {
        let mut dense = Dense::new(bases, periods, bytes);
        make_room(&mut dense, 1, &mut Table::default());
        dense.add((0, 0), Viewed::new(false, false, 1).unwrap())
    };
    assert!(!is_here(9_000, 8, 1 << 20));
    assert!(is_here(9_000, 8, 4 << 20));
    assert!(is_here(1_000, 8, 0));
}

/// The largest purchases that have a row, as many as it may have, and those that have none.
#[test]
fn purchases_are_added_as_buying_adds_them() {
    let most = i64::from(u32::MAX);
    let (mut dense, mut found, mut expected) =
        (Dense::<BuyingRow>::new(1, 1, u64::MAX), Buying::default(), Buying::default());
    let bought =
        |orders, gmv, off_live_orders, off_live_gmv| Bought { orders, gmv, off_live_orders, off_live_gmv };
    let every = [
        bought(1, 100, 0, 0),
        bought(255, most.into(), 255, most.into()),
        bought(0, 0, 3, 200),
        bought(2, 0, 1, 0),
    ];
    for one in (0..20_000).map(|n| every[n % every.len()]) {
        let persons = BuyingRow::MOST_PERSONS as usize / 5_000;
        if !dense.has_room(persons) {
            dense.drain().for_each(|(_, sums)| found.merge(&sums).unwrap());
        }
        dense.make_room(persons);
        assert!(dense.add((0, 0), Purchase::new(&one, Some(most)).unwrap()));
        expected.add(one, Some(most)).unwrap();
    }
    assert_ne!(found, Buying::default(), "sums of 64 bits might not hold so many");
    dense.drain().for_each(|(_, sums)| found.merge(&sums).unwrap());
    assert_eq!(found, expected);
    for (one, watch) in [
        (every[0], None),
        (every[0], Some(most + 1)),
        (bought(256, 1, 0, 0), Some(1)),
        (bought(1, i128::from(most) + 1, 0, 0), Some(1)),
        (bought(1, -1, 0, 0), Some(1)),
        (bought(0, 0, 1, -1), Some(1)),
    ] {
        assert!(Purchase::new(&one, watch).is_none(), "{one:?} {watch:?}");
    }
}

#[test]
fn more_persons_at_once_than_sums_hold_have_no_rows() {
    let mut dense = Dense::<BuyingRow>::new(1, 1, u64::MAX);
    let one = Purchase::new(&Bought { orders: 1, gmv: 1, ..Bought::default() }, Some(1)).unwrap();
    for (persons, is_here) in [(1, true), (BuyingRow::MOST_PERSONS as usize + 1, false)] {
        if !dense.has_room(persons) {
            assert_eq!(dense.drain().count(), 1);
        }
        dense.make_room(persons);
        assert_eq!(dense.add((0, 0), one), is_here);
    }
}

#[test]
fn groups_without_persons_have_no_row() {
    let bought = |orders, off_live_orders| Bought { orders, off_live_orders, ..Bought::default() };
    let mut dense = Dense::<BuyingRow>::new(2, 2, u64::MAX);
    dense.make_room(2);
    for (base, one) in [(0, bought(1, 0)), (1, bought(0, 1))] {
        assert!(dense.add((base, 1), Purchase::new(&one, Some(1)).unwrap()));
    }
    assert_eq!(dense.groups(), 2);
    let found: Vec<_> = dense.drain().map(|(key, sums)| (key, sums.buyers, sums.off_live_orders)).collect();
    let key = |base| GroupKey::new(base, 1, Side::default());
    assert_eq!(found, [(key(0), 1, 0), (key(1), 0, 1)]);
    assert_eq!(dense.groups(), 0);
}
