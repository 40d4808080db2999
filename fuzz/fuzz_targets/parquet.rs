//! A Parquet file, damaged in some bytes, as an export.
#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;

use gmv_fuzz::exports::{Exports, Places, SESSIONS, run};
use gmv_fuzz::stored::{Stored, damage};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACES: RefCell<Places> = RefCell::default();
}

/// A target whose sound file is refused would try nothing.
static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let bytes = Stored::default().files[0].1.clone();
    assert!(reads([0, 0], &bytes), "the sound file is refused");
    bytes
});

fn reads(choice: [u8; 2], orders: &[u8]) -> bool {
    let exports = Exports { orders, sessions: SESSIONS.as_bytes(), refunds: None };
    PLACES.with_borrow_mut(|places| run(places, choice, &exports))
}

fuzz_target!(|data: &[u8]| {
    let [rules, block, edits @ ..] = data else { return };
    reads([*rules, *block], &damage(&SOUND, edits));
});
