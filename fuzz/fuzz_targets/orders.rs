//! Orders behind a header, through the whole of a run.
#![no_main]

use std::cell::RefCell;

use gmv_fuzz::exports::{Exports, Places, SESSIONS, run};
use gmv_fuzz::text::{EXPORT, spell};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACES: RefCell<Places> = RefCell::default();
}

const HEADERS: [&str; 4] = [
    "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount,status,category,carrier,live_id\n",
    "order_id,line_id,buyer_id,streamer_id,paid_at,amount,refund_amount,refunded_at,status,category,carrier\n",
    "order_id;buyer_id;streamer_id;streamer_name;paid_at;amount;status\n",
    "",
];

fuzz_target!(|data: &[u8]| {
    let [rules, block, header, body @ ..] = data else { return };
    let text = format!("{}{}", HEADERS[usize::from(header & 3)], spell(body, EXPORT));
    let exports = Exports { orders: text.as_bytes(), sessions: SESSIONS.as_bytes(), refunds: None };
    let _ = PLACES.with_borrow_mut(|places| run(places, [*rules, *block], &exports));
});
