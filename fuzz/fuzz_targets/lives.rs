//! A table of broadcasts.
#![no_main]

use std::cell::RefCell;

use gmv_fuzz::Scratch;
use gmv_fuzz::tables::run_lives;
use gmv_fuzz::text::{EXPORT, spell};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACE: RefCell<Scratch> = RefCell::default();
}

const HEADER: &str = "live_id,streamer_id,started_at,ended_at\n";

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let header = if first & 7 == 0 { "" } else { HEADER };
    let text = format!("{header}{}", spell(body, EXPORT));
    PLACE.with_borrow_mut(|place| run_lives(place, text.as_bytes()));
});
