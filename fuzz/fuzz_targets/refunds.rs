//! After-sales behind a header, through the whole of a run.
#![no_main]

use std::cell::RefCell;

use gmv_fuzz::exports::{Exports, ORDERS, Places, REFUNDS, SESSIONS, run};
use gmv_fuzz::text::{EXPORT, spell};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACES: RefCell<Places> = RefCell::default();
}

fuzz_target!(|data: &[u8]| {
    let [rules, block, body @ ..] = data else { return };
    let text = format!("{REFUNDS}{}", spell(body, EXPORT));
    let (orders, sessions) = (ORDERS.as_bytes(), SESSIONS.as_bytes());
    let exports = Exports { orders, sessions, refunds: Some(text.as_bytes()) };
    let _ = PLACES.with_borrow_mut(|places| run(places, [*rules | 8, *block], &exports));
});
