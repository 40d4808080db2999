//! Broadcasts, facts and the tables beside the exports.

use gmv::engine::{EngineError, Grouping, facts, rooms};
use gmv::input::container::Opening;
use gmv::input::lives::Lives;
use gmv::input::rejects::MaxBad;
use gmv::input::spend::Spend;
use gmv::input::streamers::Streamers;
use gmv::journey::rules::Basis;
use gmv::present::decompose::{DecomposeOptions, document};
use gmv::present::{Format, RenderOptions, render};
use gmv::units::Level;

use crate::{Scratch, Way, agreed, calendar, period};

/// Reads broadcasts in two ways, which must agree and close; two bytes choose the rules and the block size.
pub fn run_rooms(place: &mut Scratch, choice: [u8; 2], bytes: &[u8]) {
    let source = place.source(bytes);
    agreed(choice[1], |way| {
        let words = [["total"], ["streamer"], ["live"], ["streamer"]][usize::from(choice[0] & 3)];
        let streamers = Streamers::default();
        let grouping =
            Grouping::of_rooms(&words.map(str::to_owned), &streamers).expect("groups that are known");
        let settings = rooms::RoomSettings {
            read: way.of_profile(choice[1]),
            rooms: vec![source.clone()],
            streamers,
            max_bad: MaxBad::Rows(u64::MAX),
            grouping,
            period: period(choice[0] >> 2),
            ranges: None,
            calendar: calendar(choice[0]),
            range: (None, None),
            covers: None,
            basis: if choice[0] & 128 == 0 { Basis::Paid } else { Basis::Net },
        };
        let inputs = rooms::read(&settings, &|_| {})?;
        let rejects = format!("{:?}", inputs.rejects);
        let (aggregate, report) = rooms::aggregate(&inputs, &settings)?;
        assert!(report.rooms.closes(), "the reconciliation does not close: {report:?}");
        Ok((aggregate, format!("{report:?}"), rejects))
    });
}

/// Reads facts, and writes what they make in every format for people.
pub fn run_facts(place: &mut Scratch, bytes: &[u8]) -> Result<(), EngineError> {
    let path = place.hold(bytes);
    let (aggregate, metadata) = facts::read(&path, Opening::default(), None, None, facts::Use::AsTheyAre)?;
    let level = Level::new(0.95);
    let document =
        document(&aggregate, DecomposeOptions { level, moments: true, shares: false }, "¥", metadata);
    for format in [Format::Csv, Format::Json, Format::Markdown, Format::Table] {
        render(&document, &RenderOptions::new(format), &mut Vec::new()).expect("memory takes every document");
    }
    Ok(())
}

/// Reads a table of broadcasts.
pub fn run_lives(place: &mut Scratch, bytes: &[u8]) {
    let path = place.hold(bytes);
    let Ok(lives) = Lives::read(&[path], &Way::PLAIN.settings()) else { return };
    assert!(lives.times.values().all(|(start, end)| start <= end), "a broadcast that ends before it starts");
}

/// Reads a table of streamers; whom it lists, it knows.
pub fn run_streamers(place: &mut Scratch, bytes: &[u8]) {
    let path = place.hold(bytes);
    let Ok(streamers) = Streamers::read(&path, Opening::default()) else { return };
    for id in ["s1", "s2", ""] {
        if streamers.name(id).is_some() {
            assert!(streamers.lists(id), "a name without a row");
        }
        for attribute in &streamers.attributes {
            let _ = streamers.value(id, attribute);
        }
    }
}

/// Reads a table of what was spent: its rows add up to what was read, and the file twice to twice as much.
pub fn run_spend(place: &mut Scratch, names_streamer: bool, bytes: &[u8]) {
    let path = place.hold(bytes);
    let mut settings = Way::PLAIN.settings();
    if names_streamer {
        settings.constants = vec![("streamer_id".to_owned(), "s9".to_owned())];
    }
    let Ok(once) = Spend::read(std::slice::from_ref(&path), &settings) else { return };
    let twice = Spend::read(&[path.clone(), path], &settings).expect("a table that was read once");
    let sum = |spend: &Spend| {
        let costs = spend.costs.values();
        costs.fold((0, 0), |(rows, money), cost| (rows + cost.rows, money + cost.money))
    };
    let (rows, money) = sum(&once);
    assert_eq!((rows, money), (once.read.rows, once.read.money), "the rows do not add up");
    assert_eq!(sum(&twice), (2 * rows, 2 * money));
}
