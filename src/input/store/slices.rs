//! What a store's file says of its rows, so that those that cannot matter need not be read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::batch::{Batch, Layout};
use super::unmapped;
use crate::input::dictionary::Dictionary;
use crate::input::names::Names;
use crate::input::parquet::SLICE_ROWS;
use crate::input::sessions::{Reach, SessionTally};
use crate::units::{Instant, Seconds};

/// The key of the description, as JSON.
pub const SLICES_KEY: &str = "gmv.slices";

/// Rows in a row group: no more than are read at a time, so that each is read, or left out, as a whole.
pub const GROUP_ROWS: usize = 1 << 17;
const _: () = assert!(GROUP_ROWS <= SLICE_ROWS);

/// Streamers beyond which a file does not name them, and none of it is left out when it is read.
const MOST_STREAMERS: usize = 65_536;

/// The cap under which the watch time of row groups is told: the default of `--max-session`, in seconds.
pub const CAP: i64 = 86_400;

/// What is known of the sessions of one row group, so that it need not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSlice {
    /// Rows.
    pub rows: u64,
    /// The first and the last second at which a session was entered.
    pub entered: (i64, i64),
    /// The last second that any of them reaches, under the [`CAP`].
    pub until: i64,
    /// The longest in seconds, without a cap.
    pub longest: i64,
    /// Sessions of nobody.
    pub guests: u64,
    /// Their seconds, under the cap.
    pub guest_seconds: i128,
    /// The seconds of all, under the cap.
    pub seconds: i128,
    /// Sessions longer than the cap.
    pub capped: u64,
    /// Sessions without a duration.
    pub without_duration: u64,
    /// Sources that the profile does not map.
    pub unknown_sources: BTreeMap<String, u64>,
}

/// Unmapped sources beyond which a row group is not described: a column of addresses has one for each row.
const MOST_SOURCES: usize = 256;

impl SessionSlice {
    /// What is known of the sessions of a row group; `None` where it cannot be said in a few words.
    #[must_use]
    pub fn new(layout: &Layout, batch: &Batch) -> Option<Self> {
        let at = |name: &str| {
            let column = layout.iter().position(|(column, _)| column == name);
            column.and_then(|column| batch.columns().get(column))
        };
        let (viewers, entered) = (at("viewer_id")?, at("entered_at")?);
        let (left, watched, source) = (at("left_at"), at("watch_seconds"), at("source"));
        let mut tally = SessionTally::default();
        let mut longest = 0;
        for row in 0..batch.rows() {
            let start = entered.number(row)?;
            let until = left.and_then(|left| left.number(row)).map(|left| left - start);
            let length = watched.and_then(|watched| watched.number(row)).or(until);
            longest = longest.max(length.unwrap_or(0));
            tally.count(
                Instant(start),
                length,
                Seconds(length.unwrap_or(0).min(CAP)),
                viewers.text(row).is_empty(),
            );
            let word = source.map(|source| source.text(row));
            if let Some(word) = word.filter(|word| !is_traffic(word)) {
                let word = String::from_utf8_lossy(unmapped::word(word)).into_owned();
                *tally.unknown_sources.entry(word).or_default() += 1;
                if tally.unknown_sources.len() > MOST_SOURCES {
                    return None;
                }
            }
        }
        let (first, last) = tally.entered()?;
        Some(Self {
            rows: batch.rows() as u64,
            entered: (first.0, last.0),
            until: tally.until()?.0,
            longest,
            guests: tally.guests,
            guest_seconds: tally.guest_seconds,
            seconds: tally.seconds,
            capped: tally.capped,
            without_duration: tally.without_duration,
            unknown_sources: tally.unknown_sources,
        })
    }

    /// What reading its sessions would have counted.
    #[must_use]
    pub fn tally(&self) -> SessionTally {
        let word = |word: &String| if word.is_empty() { "(blank)".to_owned() } else { word.clone() };
        SessionTally {
            rows: self.rows,
            structural: 0,
            guests: self.guests,
            guest_seconds: self.guest_seconds,
            capped: self.capped,
            without_duration: self.without_duration,
            seconds: self.seconds,
            reach: Reach { first: self.entered.0, last: self.entered.1, until: self.until },
            unknown_sources: self.unknown_sources.iter().map(|(text, count)| (word(text), *count)).collect(),
            ..SessionTally::default()
        }
    }
}

fn is_traffic(word: &[u8]) -> bool {
    [b"private".as_slice(), b"organic", b"paid"].contains(&word)
}

/// What is known of the rows of a file: its row groups, and its streamers with their last names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlicesAbout {
    /// The row groups of sessions in their order; of those of orders, what stands in the store tells (`standing`).
    pub slices: Vec<SessionSlice>,
    /// The streamers, and the last name that the export gives each, by their ids.
    pub streamers: BTreeMap<String, Option<String>>,
}

impl SlicesAbout {
    /// The row groups of a file, with these streamers and their last names; `None` where these are too many.
    #[must_use]
    pub fn new(slices: Vec<SessionSlice>, streamers: Dictionary, names: &Names) -> Option<Self> {
        let streamers = streamers.into_texts();
        let name = |code: usize| names.get(code as u32).map(ToString::to_string);
        let all: BTreeMap<_, _> =
            streamers.iter().enumerate().map(|(code, id)| (id.to_string(), name(code))).collect();
        (all.len() <= MOST_STREAMERS).then_some(Self { slices, streamers: all })
    }
}
