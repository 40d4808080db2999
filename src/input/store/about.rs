//! What a store's file says of itself, in its key-value metadata.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::batch::{Batch, Layout};
use super::unmapped;
use crate::input::profile::RowKind;
use crate::input::sessions::{Reach, SessionTally};
use crate::units::{Instant, Seconds};

/// The form of a store's files; a later one is refused, and of an earlier one the export must be ingested again: in the first, the
/// footer was not sealed, and workbooks were stored without their rows.
pub const FORMAT: u32 = 2;

/// The key of [`About`] in a file's metadata, as JSON.
pub const ABOUT_KEY: &str = "gmv.store";

/// The key of the descriptions of the row groups, as JSON.
pub const SLICES_KEY: &str = "gmv.slices";

/// The level of an export without order ids: each row is an order.
pub const ROW: &str = "row";

/// The cap under which the watch time of row groups is told: the default of `--max-session`, in seconds.
pub const CAP: i64 = 86_400;

/// What a file says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// The form of the file.
    pub format: u32,
    /// The version of the program that wrote it.
    pub version: String,
    /// `orders` or `sessions`.
    pub kind: String,
    /// Its place in the order of ingestion: a larger one is later.
    pub sequence: u64,
    /// When its export was first ingested.
    pub ingested_at: String,
    /// The name of its export, without directories.
    pub source: String,
    /// The SHA-256 of its export.
    pub source_sha256: String,
    /// The size of its export in bytes.
    pub source_bytes: u64,
    /// How its export was read.
    pub reading: Reading,
    /// The name of the profile.
    pub profile: String,
    /// The sign of the currency; `None` where the profile names none.
    pub currency: Option<String>,
    /// What the amount is made of; empty for sessions.
    pub amount: String,
    /// `order`, `line`, or `row` where the export has no order ids; empty for sessions.
    pub level: String,
    /// What of an order stands on each of its lines and counts once: its amount, its refund.
    pub per_order: (bool, bool),
    /// What became of the export's rows.
    pub rows: Counts,
    /// The first and the last second at which an order was paid, or a session entered.
    pub times: Option<(i64, i64)>,
}

/// What became of an export's rows. Money is gross, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Rows read.
    pub read: u64,
    /// Repeated headers and blank rows.
    pub structural: u64,
    /// Rejected rows.
    pub rejected: u64,
    /// The money that could be read in rejected rows.
    pub rejected_money: i128,
    /// Rows stored.
    pub stored: u64,
    /// Their money.
    pub money: i128,
}

impl Counts {
    /// Whether every row is accounted for.
    #[must_use]
    pub fn close(&self) -> bool {
        Some(self.read)
            == self.structural.checked_add(self.rejected).and_then(|less| less.checked_add(self.stored))
    }
}

/// How an export was read: what could make other rows of the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The SHA-256 of the profile's text.
    pub profile_sha256: String,
    /// The constant columns.
    pub constants: BTreeMap<String, String>,
    /// The zone of times without an offset.
    pub timezone: String,
    /// Whether ids in scientific notation were taken.
    pub allow_mangled_ids: bool,
    /// The delimiter, where it was given.
    pub delimiter: Option<char>,
    /// The encoding, where it was given.
    pub encoding: Option<String>,
    /// How persons stand in it: [`PLAIN`], or the fingerprint of the key of their pseudonyms; `None` where the export names none.
    pub persons: Option<String>,
}

/// Persons by their own ids.
pub const PLAIN: &str = "plain";

/// What is known of the sessions of one row group, so that it need not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SliceAbout {
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

impl SliceAbout {
    /// What is known of the sessions of a row group; `None` where it cannot be said in a few words.
    #[must_use]
    pub fn of_sessions(layout: &Layout, batch: &Batch) -> Option<Self> {
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

    /// Nothing is said of the row groups of orders, which are never left out.
    #[must_use]
    pub fn of_orders(_: &Layout, _: &Batch) -> Option<Self> {
        None
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

/// What is known of the sessions of a file: its row groups, and its streamers with their last names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlicesAbout {
    /// The row groups in their order.
    pub slices: Vec<SliceAbout>,
    /// The streamers, and the last name that the export gives each, by their ids.
    pub streamers: BTreeMap<String, Option<String>>,
}

/// The directory of a kind of rows in a store.
#[must_use]
pub fn folder(kind: RowKind) -> &'static str {
    kind.name()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_close_where_no_row_is_lost() {
        let counts = Counts { read: 9, structural: 2, rejected: 1, stored: 6, ..Counts::default() };
        assert!(counts.close() && Counts::default().close());
        assert!(!Counts { stored: 0, ..counts }.close() && !Counts { stored: u64::MAX, ..counts }.close());
    }
}
