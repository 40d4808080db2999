//! The parsers of a cell: none panics, and what they accept has one meaning.
#![no_main]

use gmv::input::parse::{id, money, number, seconds, time::TimeParser, trim};
use gmv::units::{IdKey, MinorUnits};
use gmv_fuzz::text::spell;
use gmv_fuzz::words::CELL;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;

thread_local! {
    static PARSERS: RefCell<[TimeParser; 3]> = RefCell::new(parsers());
}

fn parsers() -> [TimeParser; 3] {
    let zone = |name| TimeZone::get(name).expect("a zone that is bundled");
    [
        TimeParser::new(zone("Asia/Shanghai"), std::sync::Arc::from([])),
        TimeParser::new(zone("America/New_York"), std::sync::Arc::from([])),
        TimeParser::new(TimeZone::UTC, std::sync::Arc::from(["%d/%m/%Y %H:%M:%S".to_owned()])),
    ]
}

fuzz_target!(|bytes: &[u8]| {
    // Bytes as they are, or words.
    let words = bytes.strip_prefix(b"w").map(|bytes| spell(bytes, CELL));
    let data = words.as_ref().map_or(bytes, String::as_bytes);
    if let Ok(Some(MinorUnits(amount))) = money::parse(data) {
        assert!((0..=money::LARGEST).contains(&amount));
        let text = format!("{}.{:02}", amount / 100, amount % 100);
        assert_eq!(money::parse(text.as_bytes()), Ok(Some(MinorUnits(amount))));
    }
    if let Ok(Some(seconds)) = seconds(data) {
        assert!(seconds >= 0);
    }
    numbers(data);
    let id = id::unguard(data);
    assert_eq!(trim(id), id);
    if !id.is_empty() {
        assert!(!IdKey::new(id).is_nobody());
    }
    let _ = id::is_mangled(id);
    PARSERS.with_borrow_mut(|parsers| {
        for parser in parsers {
            // What a parser remembers of days must not change what it says.
            assert_eq!(parser.parse(data), parser.parse(data));
        }
    });
});

/// Numbers as consoles write them.
fn numbers(data: &[u8]) {
    if let Ok(Some((count, _))) = number::count(data) {
        assert!(count >= 0);
        assert_eq!(number::count(count.to_string().as_bytes()), Ok(Some((count, false))));
    }
    if let Ok(Some((MinorUnits(amount), _))) = number::amount(data) {
        assert!((0..=money::LARGEST).contains(&amount));
    }
    for decimal in [number::decimal(data), number::percent(data), number::duration(data, 60)] {
        if let Ok(Some(decimal)) = decimal {
            if let (Ok(once), Ok(more)) = (decimal.times(1), decimal.times(60)) {
                assert!(0 <= once && once / 2 <= more / 60 + 1);
            }
            let _ = decimal.times(i64::MAX);
        }
    }
}
