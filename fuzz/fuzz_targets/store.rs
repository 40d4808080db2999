//! A store, one of whose files is damaged in some bytes.
#![no_main]

use std::sync::LazyLock;

use gmv::input::profile::RowKind;
use gmv::input::store::Store;
use gmv_fuzz::agreed;
use gmv_fuzz::exports::{result, settings};
use gmv_fuzz::stored::{Stored, damage};
use libfuzzer_sys::fuzz_target;

/// A target whose sound store is refused would try nothing.
static STORED: LazyLock<Stored> = LazyLock::new(|| {
    let stored = Stored::default();
    for (path, sound) in &stored.files {
        std::fs::write(path, sound).expect("a file that can be written");
    }
    assert!(reads([0, 1], &stored), "the sound store is refused");
    stored
});

fn reads([rules, way]: [u8; 2], stored: &Stored) -> bool {
    let Ok(store) = Store::open(stored.directory.path()) else { return false };
    let (orders, sessions) = (store.sources(RowKind::Orders), store.sources(RowKind::Sessions));
    agreed(way, |way| result(&settings(rules, way.settings(), orders.clone(), sessions.clone(), None)))
        .is_some()
}

fuzz_target!(|data: &[u8]| {
    let [rules, which, edits @ ..] = data else { return };
    for (at, (path, sound)) in STORED.files.iter().enumerate() {
        let damaged = if at == usize::from(which & 1) { damage(sound, edits) } else { sound.clone() };
        std::fs::write(path, damaged).expect("a file that can be written");
    }
    reads([*rules, *which], &STORED);
});
