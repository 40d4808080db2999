//! Orders or sessions behind a header, into a store and out of it.
#![no_main]

use std::cell::RefCell;

use gmv::input::profile::RowKind;
use gmv_fuzz::exports::{ORDERS, SESSIONS};
use gmv_fuzz::stored::ingest;
use gmv_fuzz::text::{EXPORT, spell};
use gmv_fuzz::{Scratch, Way};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static EXPORTS: RefCell<Scratch> = RefCell::default();
}

fuzz_target!(|data: &[u8]| {
    let [rules, block, which, body @ ..] = data else { return };
    let (kind, usual) =
        if which & 1 == 0 { (RowKind::Orders, ORDERS) } else { (RowKind::Sessions, SESSIONS) };
    let header = if which & 2 == 0 { usual.lines().next().unwrap_or_default() } else { "" };
    let text = format!("{header}\n{}", spell(body, EXPORT));
    let way = Way::other(*block);
    EXPORTS.with_borrow_mut(|scratch| ingest(kind, way, scratch.source(text.as_bytes()), *rules));
});
