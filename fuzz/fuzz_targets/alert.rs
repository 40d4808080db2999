//! An alert's text: it never panics, an error's place is in the text, and what is printed means the same.
#![no_main]

use gmv::alert::Alert;
use gmv_fuzz::text::{ALERT, spell};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = spell(data, ALERT);
    match Alert::parse(&text) {
        Ok(alert) => {
            let printed = alert.to_string();
            let again = Alert::parse(&printed).expect("what is printed is an alert");
            assert_eq!((&again.scope, &again.condition), (&alert.scope, &alert.condition), "{printed}");
            assert_eq!(again.to_string(), printed);
        }
        Err(error) => assert!((1..=text.chars().count() + 1).contains(&error.at), "{error}"),
    }
});
