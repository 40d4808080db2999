//! Sessions behind a header, through the whole of a run.
#![no_main]

use std::cell::RefCell;

use gmv_fuzz::exports::{Exports, ORDERS, Places, run};
use gmv_fuzz::text::{EXPORT, spell};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACES: RefCell<Places> = RefCell::default();
}

const HEADERS: [&str; 4] = [
    "viewer_id,streamer_id,entered_at,left_at,watch_seconds,source,live_id\n",
    "viewer_id,streamer_id,entered_at,watch_seconds\n",
    "viewer_id\tstreamer_id\tstreamer_name\tentered_at\tleft_at\tsource\n",
    "",
];

fuzz_target!(|data: &[u8]| {
    let [rules, block, header, body @ ..] = data else { return };
    let text = format!("{}{}", HEADERS[usize::from(header & 3)], spell(body, EXPORT));
    let exports = Exports { orders: ORDERS.as_bytes(), sessions: text.as_bytes(), refunds: None };
    let _ = PLACES.with_borrow_mut(|places| run(places, [*rules, *block], &exports));
});
