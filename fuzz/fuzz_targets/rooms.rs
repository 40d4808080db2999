//! Broadcasts with their sums, behind a header.
#![no_main]

use std::cell::RefCell;

use gmv_fuzz::Scratch;
use gmv_fuzz::tables::run_rooms;
use gmv_fuzz::text::{EXPORT, spell};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACE: RefCell<Scratch> = RefCell::default();
}

const HEADERS: [&str; 3] = [
    "streamer_id,live_id,started_at,ended_at,live_minutes,viewers,watch_minutes_per_viewer,buyers,orders,gmv,net_gmv,net_orders\n",
    "streamer_name,date,viewers,watch_hours,buyers,orders,gmv,refund_amount,refund_orders,old_fan_share,spend\n",
    "",
];

fuzz_target!(|data: &[u8]| {
    let [rules, block, header, body @ ..] = data else { return };
    let text = format!("{}{}", HEADERS[usize::from(header % 3)], spell(body, EXPORT));
    PLACE.with_borrow_mut(|place| run_rooms(place, [*rules, *block], text.as_bytes()));
});
