//! The stages after reading, on the rows of the sample.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use gmv::calendar::{DateRange, PeriodKind, Periods};
use gmv::input::duplicates::remove_duplicates;
use gmv::input::orders::OrderRow;
use gmv::input::sessions::SessionRow;
use gmv::journey::broadcasts::Broadcasts;
use gmv::journey::buckets::{Buckets, bits_for};
use gmv::journey::rules::{Attribution, Basis, DomainRule, Rules, Slicing, Split, UnknownStatus};
use gmv::journey::settle::{OrderItem, Settler};
use gmv::journey::walk::{Adding, Walker};
use gmv::memory::Memory;
use gmv::partition::{Key, PARTS, Partition, Parts, Row};
use jiff::civil::date;

use crate::shop::{Reading, calendar};

/// The rows of each stage, as the one before leaves them.
struct Rows {
    sessions: Vec<SessionRow>,
    orders: Vec<OrderRow>,
    /// Without duplicates, sorted by order, part after part.
    standing: Vec<OrderRow>,
    items: Vec<OrderItem>,
    rules: Rules,
    periods: Periods,
}

impl Rows {
    fn new() -> Self {
        let reading = Reading::default();
        let (sessions, mut orders) = (all(&reading.sessions().parts), reading.orders());
        let read = all(&orders.parts);
        let standing = all(&remove_duplicates(&mut orders, &Memory::default(), 1).unwrap().parts);
        let (streamers, streamer_of, of_orders) = reading.finish();
        let rules = Rules {
            basis: Basis::Paid,
            attribution: Attribution::Period,
            domain_rule: DomainRule::AnyPrivate,
            unknown_status: UnknownStatus::Refuse,
            statuses: orders.statuses,
            split: Split::default(),
            history: false,
            tells_refunds: false,
            slicing: Slicing::default(),
            base_of: (0..streamers).collect(),
            broadcasts: Broadcasts::new(streamers, streamer_of, of_orders),
        };
        let range = DateRange { first: date(2026, 10, 19), last: date(2026, 11, 15) };
        let periods = Periods::new(&calendar(), PeriodKind::Week, range, range.last, Some(range)).unwrap();
        let items = all(&settled(&standing, &rules, &periods));
        Self { sessions, orders: read, standing, items, rules, periods }
    }
}

/// All rows, part after part.
fn all<T: Row>(parts: &Parts<T>) -> Vec<T> {
    let mut rows = Vec::new();
    (0..PARTS).for_each(|part| parts.read(part, &mut rows).unwrap());
    rows
}

fn parted<T: Row, K: Key>(rows: &[T], key: impl Fn(&T) -> K) -> Parts<T> {
    let mut partition = Partition::default();
    for row in rows {
        partition.push(key(row), *row);
    }
    Parts::gather([partition]).unwrap()
}

fn settled(standing: &[OrderRow], rules: &Rules, periods: &Periods) -> Parts<OrderItem> {
    let mut settler = Settler::new(rules, periods, &Memory::default());
    settler.part(standing);
    Parts::gather(Settler::finish(vec![settler]).items).unwrap()
}

#[divan::bench]
fn append_to_parts(bencher: Bencher) {
    let Rows { sessions, .. } = Rows::new();
    bencher.counter(ItemsCount::of_iter(&sessions)).bench_local(|| parted(&sessions, SessionRow::viewer));
}

#[divan::bench]
fn read_parts(bencher: Bencher) {
    let Rows { sessions, .. } = Rows::new();
    let parts = parted(&sessions, SessionRow::viewer);
    let mut rows = Vec::new();
    bencher.counter(ItemsCount::of_iter(&sessions)).bench_local(|| {
        for part in 0..PARTS {
            rows.clear();
            parts.read(part, &mut rows).unwrap();
            black_box(&rows);
        }
    });
}

#[divan::bench]
fn duplicates(bencher: Bencher) {
    let Rows { orders, .. } = Rows::new();
    let mut read = Reading::default().orders();
    bencher
        .counter(ItemsCount::of_iter(&orders))
        .with_inputs(|| parted(&orders, |row| row.order))
        .bench_local_values(|parts| {
            read.parts = parts;
            remove_duplicates(&mut read, &Memory::default(), 1).unwrap()
        });
}

#[divan::bench]
fn settle(bencher: Bencher) {
    let Rows { standing, rules, periods, .. } = Rows::new();
    bencher.counter(ItemsCount::of_iter(&standing)).bench_local(|| settled(&standing, &rules, &periods));
}

/// Sessions by their persons, as a part of the walk: many rows, few of a bucket.
#[divan::bench]
fn buckets(bencher: Bencher) {
    let Rows { sessions, .. } = Rows::new();
    let bits = bits_for(sessions.len());
    let mut buckets = Buckets::default();
    bencher.counter(ItemsCount::of_iter(&sessions)).bench_local(|| {
        buckets.fill(std::iter::once(&sessions[..]), bits, SessionRow::viewer, |_| {});
        (0..1 << bits).map(|_| buckets.next_bucket().len()).max()
    });
}

/// All sessions and orders of the sample as one part: into buckets, sorted, walked.
#[divan::bench]
fn walk(bencher: Bencher) {
    let Rows { sessions, items, rules, periods, .. } = Rows::new();
    bencher.counter(ItemsCount::new(sessions.len() + items.len())).bench_local(|| {
        let mut walker = Walker::new(&rules, &periods, Adding::new(&rules, &periods, 1 << 24));
        walker.part(std::iter::once(&sessions[..]), std::iter::once(&items[..])).unwrap();
        walker.finish().0.finish()
    });
}
