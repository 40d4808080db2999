//! Profiles: what the columns and words of an export mean. They are data (TOML); the canonical columns are one of them.

mod builtin;
mod validate;
mod words;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use words::{Anonymous, Carrier, OrderLevel, Status, TimeForms, Traffic};

use super::error::InputError;

/// What the columns and words of an export mean.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name, as `--profile` takes it and messages show it.
    pub name: String,
    /// A line for people.
    #[serde(default)]
    pub title: String,
    /// The sign of the currency in documents for people.
    pub currency: Option<String>,
    /// Orders; without it, the profile does not speak of them, and so for the other kinds of rows.
    pub orders: Option<OrdersProfile>,
    /// Sessions.
    pub sessions: Option<SessionsProfile>,
    /// Broadcasts with the sums of their viewers and buyers, as a platform's console exports them.
    pub rooms: Option<PlainProfile>,
    /// After-sales rows: refunds of orders or lines.
    pub refunds: Option<PlainProfile>,
    /// Broadcasts with their start and end.
    pub lives: Option<PlainProfile>,
    /// Who is nobody; without it, the canonical words.
    pub anonymous: Option<Anonymous>,
    /// How times are written; without it, year first.
    #[serde(default)]
    pub time: TimeForms,
}

/// The columns and words of orders.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrdersProfile {
    /// Whether rows are orders or lines; `None`: lines where a line id is found.
    pub level: Option<OrderLevel>,
    /// Canonical (or any other) name → column of the header.
    pub columns: BTreeMap<String, ColumnSpec>,
    /// Canonical status → words; `None`: the canonical words.
    pub statuses: Option<BTreeMap<Status, Vec<String>>>,
    /// Canonical carrier → words; `None`: the canonical words.
    pub carriers: Option<BTreeMap<Carrier, Vec<String>>>,
}

/// The columns and words of sessions.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionsProfile {
    /// Canonical name → column of the header.
    pub columns: BTreeMap<String, ColumnSpec>,
    /// Traffic → words; `None`: the canonical words.
    pub sources: Option<BTreeMap<Traffic, Vec<String>>>,
}

/// The columns of a kind of rows without words of its own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlainProfile {
    /// Canonical name → column of the header.
    pub columns: BTreeMap<String, ColumnSpec>,
}

/// The kinds of rows that exports hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowKind {
    /// Orders, or their lines.
    Orders,
    /// Viewing sessions.
    Sessions,
    /// Broadcasts as aggregates.
    Rooms,
    /// Refunds, from after-sales.
    Refunds,
    /// Broadcasts with their start and end.
    Lives,
}

impl RowKind {
    /// All of them, in the order of a profile's sections.
    pub const ALL: [Self; 5] = [Self::Orders, Self::Sessions, Self::Rooms, Self::Refunds, Self::Lives];

    /// The name of its section in a profile, of its option and in messages.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Sessions => "sessions",
            Self::Rooms => "rooms",
            Self::Refunds => "refunds",
            Self::Lives => "lives",
        }
    }
}

/// Where a column's text comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged, expecting = "expected a column, a list of columns, or { plus = […], minus = […] }")]
pub enum ColumnSpec {
    /// One column of the header.
    One(String),
    /// The first of these that the header has.
    Aliases(Vec<String>),
    /// A signed sum of columns (money only); blanks are 0 unless all are blank.
    #[serde(rename_all = "snake_case")]
    Sum {
        /// Added.
        plus: Vec<String>,
        /// Subtracted.
        #[serde(default)]
        minus: Vec<String>,
    },
}

impl Profile {
    /// The columns of a kind of rows; `None` where the profile does not speak of it.
    #[must_use]
    pub fn columns(&self, kind: RowKind) -> Option<&BTreeMap<String, ColumnSpec>> {
        match kind {
            RowKind::Orders => self.orders.as_ref().map(|orders| &orders.columns),
            RowKind::Sessions => self.sessions.as_ref().map(|sessions| &sessions.columns),
            RowKind::Rooms => self.rooms.as_ref().map(|rooms| &rooms.columns),
            RowKind::Refunds => self.refunds.as_ref().map(|refunds| &refunds.columns),
            RowKind::Lives => self.lives.as_ref().map(|lives| &lives.columns),
        }
    }

    /// Who is nobody.
    ///
    /// # Errors
    /// Never; see [`Profile::built_in`].
    pub fn anonymous(&self) -> Result<Anonymous, InputError> {
        Ok(match &self.anonymous {
            Some(anonymous) => anonymous.clone(),
            None => Self::canonical()?.anonymous.clone().unwrap_or_default(),
        })
    }
}
