//! A profile, and an export read with it: the text before the first `@`, and the header and rows after it.
#![no_main]

use std::cell::RefCell;

use gmv::input::profile::Profile;
use gmv::input::settings::ReadSettings;
use gmv_fuzz::exports::{SESSIONS, result, settings};
use gmv_fuzz::text::{PROFILE, spell};
use gmv_fuzz::{Scratch, agreed};
use libfuzzer_sys::fuzz_target;

thread_local! {
    static PLACES: RefCell<[Scratch; 3]> = RefCell::default();
}

fuzz_target!(|data: &[u8]| {
    let [rules, block, body @ ..] = data else { return };
    let text = spell(body, PROFILE);
    let (profile, export) =
        text.split_once('@').unwrap_or((&text, "order_id,a,b\n1,2026-03-02 20:10:00,7\n"));
    let Ok(parsed) = Profile::parse("p.toml", profile) else { return };
    let _ = (parsed.known_by(), parsed.title(), parsed.anonymous());
    PLACES.with_borrow_mut(|[named, orders, sessions]| {
        let named = named.hold(profile.as_bytes());
        let (orders, sessions) = (orders.source(export.as_bytes()), sessions.source(SESSIONS.as_bytes()));
        agreed(*block, |way| {
            let settings =
                settings(*rules, way.settings(), vec![orders.clone()], vec![sessions.clone()], None);
            let read = ReadSettings { profile: Some(named.clone()), ..settings.read };
            result(&gmv::engine::local::LocalSettings { read, ..settings })
        });
    });
});
