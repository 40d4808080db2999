//! What a store's file says of itself, in its key-value metadata.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::input::profile::RowKind;

/// The form of a store's files; a later one is refused, and of an earlier one the export must be ingested again: in the first, the
/// footer was not sealed, and workbooks were stored without their rows.
pub const FORMAT: u32 = 2;

/// The key of [`About`] in a file's metadata, as JSON.
pub const ABOUT_KEY: &str = "gmv.store";

/// The level of an export without order ids: each row is an order.
pub const ROW: &str = "row";

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
