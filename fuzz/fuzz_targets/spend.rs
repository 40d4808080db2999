//! A table of what was spent.
#![no_main]

use std::cell::RefCell;

use gmv_fuzz::Scratch;
use gmv_fuzz::tables::run_spend;
use gmv_fuzz::text::{EXPORT, spell};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACE: RefCell<Scratch> = RefCell::default();
}

const HEADERS: [&str; 4] = ["streamer_id,date,cost\n", "主播ID,日期,消耗(元),备注\n", "date;cost\n", ""];

fuzz_target!(|data: &[u8]| {
    let Some((first, body)) = data.split_first() else { return };
    let text = format!("{}{}", HEADERS[usize::from(first & 3)], spell(body, EXPORT));
    PLACE.with_borrow_mut(|place| run_spend(place, first & 4 != 0, text.as_bytes()));
});
