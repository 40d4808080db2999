//! The parsers of what options take: none panics, and what they accept has one meaning, within its bounds.
#![no_main]

use gmv::cli::values;
use gmv::engine::Grouping;
use gmv::input::encoding::TextEncoding;
use gmv::input::streamers::Streamers;
use gmv::journey::rules::Attribution;
use gmv::plan::Goal;
use gmv_fuzz::text::spell;
use gmv_fuzz::words::VALUES;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = spell(data, VALUES);
    lengths_and_dates(&text);
    numbers(&text);
    changes(&text);
    words(&text);
});

fn lengths_and_dates(text: &str) {
    if let Ok(length) = values::duration(text) {
        assert!(length.0 >= 0);
        assert_eq!(values::duration(&format!("{}s", length.0)), Ok(length));
        let window = values::attribution(&format!("window:{text}"));
        assert_eq!(window, Ok(Attribution::Window(length)));
    }
    if let Ok(date) = values::date(text) {
        assert_eq!(values::date(&date.to_string()), Ok(date));
        assert_eq!(values::side(text), Ok(values::Side::Date(date)));
        assert_eq!(values::as_of(text), Ok(values::AsOf::Date(date)));
    }
    if let Ok(range) = values::date_range(text) {
        assert!(range.first <= range.last);
        assert_eq!(values::date_range(&format!("{}..{}", range.first, range.last)), Ok(range));
        assert_eq!(values::side(text), Ok(values::Side::Range(range)));
    }
    if let Ok(time) = values::time_of_day(text) {
        assert_eq!(values::time_of_day(&format!("{:02}:{:02}", time.hour(), time.minute())), Ok(time));
        assert_eq!((time.second(), time.subsec_nanosecond()), (0, 0));
    }
    let _ = (values::attribution(text), values::side(text), values::as_of(text));
}

fn numbers(text: &str) {
    if let Ok(threads) = values::threads(text) {
        assert!((1..=1024).contains(&threads.get()));
    }
    if let Ok(share) = values::share(text) {
        assert!(share > 0.0 && share <= 1.0);
    }
    if let Ok(level) = values::level(text) {
        assert!(level.value() > 0.0 && level.value() < 1.0);
    }
    if let Ok(number) = values::replicates(text) {
        assert!((100..=100_000).contains(&number));
    }
    if let Ok(number) = values::trend(text) {
        assert!((2..=520).contains(&number));
    }
    if let Ok(size) = values::size(text) {
        assert!(size > 0);
        assert_eq!(values::size(&size.to_string()), Ok(size));
        assert_eq!(values::size(&format!("{size}B")), Ok(size));
    }
    if let Ok(edges) = values::price_bands(text) {
        assert!(!edges.is_empty() && edges.is_sorted_by(|a, b| a < b));
        assert!(edges.iter().all(|edge| edge.0 >= 0));
    }
}

fn changes(text: &str) {
    if let Ok(change) = values::change_for(text) {
        assert!(change.streamer.is_none_or(|streamer| !streamer.is_empty()));
    }
    if let Ok(Goal::Gmv(amount)) = values::goal(text) {
        assert!(amount > 0);
        let plain = format!("{}.{:02}", amount / 100, amount % 100);
        assert_eq!(values::goal(&plain), Ok(Goal::Gmv(amount)));
    }
    if let Ok((_, cap)) = values::cap(text) {
        assert!(!cap.lowers());
    }
}

fn words(text: &str) {
    if let Ok(delimiter) = values::delimiter(text) {
        assert!(delimiter != b'"' && delimiter.is_ascii() && delimiter != b'\n' && delimiter != b'\r');
    }
    if let Ok((column, value)) = values::assignment(text) {
        assert!(!column.is_empty() && text.ends_with(&value));
    }
    // What is like a name is looked for slowly.
    if text.len() < 16 {
        let _ = TextEncoding::named(text);
    }
    let by: Vec<String> = text.split(',').map(str::to_owned).collect();
    if let Ok(grouping) = Grouping::parse(&by, &Streamers::default()) {
        assert!(grouping.columns.len() <= by.len());
    }
}
