//! Whole rows, from a file to the parts of their persons.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

use crate::shop::{Reading, SHOP};

#[divan::bench]
fn sessions(bencher: Bencher) {
    bencher
        .counter(BytesCount::of_slice(&SHOP.sessions.rows))
        .counter(ItemsCount::new(SHOP.sessions.count()))
        .with_inputs(Reading::default)
        .bench_local_refs(|reading| reading.sessions());
}

#[divan::bench]
fn orders(bencher: Bencher) {
    bencher
        .counter(BytesCount::of_slice(&SHOP.orders.rows))
        .counter(ItemsCount::new(SHOP.orders.count()))
        .with_inputs(Reading::default)
        .bench_local_refs(|reading| reading.orders());
}
