//! A facts file, and the documents that it makes.
#![no_main]

use std::cell::RefCell;

use gmv_fuzz::Scratch;
use gmv_fuzz::tables::run_facts;
use gmv_fuzz::text::{EXPORT, spell};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACE: RefCell<Scratch> = RefCell::default();
}

const HEADER: &str =
    "period,streamer_id,uv,uv_private,uv_paid,watch_hours,buyers,orders,gmv,gmv_off_live,orders_off_live\n";

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let header = if first & 7 == 0 { "" } else { HEADER };
    let text = format!("{header}{}", spell(body, EXPORT));
    let _ = PLACE.with_borrow_mut(|place| run_facts(place, text.as_bytes()));
});
