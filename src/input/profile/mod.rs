//! Profiles: what the columns and words of an export mean. They are data (TOML); the canonical columns are one of them.

mod builtin;
mod columns;
mod validate;
mod words;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use columns::{ColumnSpec, Detailed, First, Join, Names, Sum, Value};
pub use words::{Anonymous, Carrier, OrderLevel, Per, Status, StatusRule, TimeForms, Traffic};

use super::error::InputError;
use super::refunds::RefundsProfile;

/// What the columns and words of an export mean.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name, as `--profile` takes it and messages show it.
    pub name: String,
    /// A line for people.
    #[serde(default)]
    pub title: String,
    /// What a user of the platform should know, in sentences.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The sign of the currency in documents for people.
    pub currency: Option<String>,
    /// Orders; without it, the profile does not speak of them, and so for the other kinds of rows.
    pub orders: Option<OrdersProfile>,
    /// Sessions.
    pub sessions: Option<SessionsProfile>,
    /// Broadcasts with the sums of their viewers and buyers, as a platform's console exports them.
    pub rooms: Option<PlainProfile>,
    /// After-sales rows: refunds of orders or lines.
    pub refunds: Option<RefundsProfile>,
    /// Broadcasts with their start and end.
    pub lives: Option<PlainProfile>,
    /// Who is nobody; without it, the canonical words.
    pub anonymous: Option<Anonymous>,
    /// How times are written; without it, year first.
    #[serde(default)]
    pub time: TimeForms,
    /// The SHA-256 of the profile's text, as hexadecimal digits.
    #[serde(skip)]
    pub digest: String,
}

/// The columns and words of orders.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrdersProfile {
    /// Columns that a header must have, besides the required ones, for the profile to be detected.
    pub detect: Vec<String>,
    /// Whether rows are orders or lines; `None`: lines where a line id is found.
    pub level: Option<OrderLevel>,
    /// Why the export has no buyer, where the platform gives none: a sentence for the error that says so.
    pub no_buyer: Option<String>,
    /// Whether the amount is the order's, and so repeats, or is blank, on further lines of it.
    pub amount_per: Per,
    /// The same of the refund.
    pub refund_per: Per,
    /// Whether a row below a header may describe the columns.
    pub description_row: bool,
    /// Canonical (or any other) name → column of the header.
    pub columns: BTreeMap<String, ColumnSpec>,
    /// Canonical status → words; `None`: the canonical words.
    pub statuses: Option<BTreeMap<Status, Vec<String>>>,
    /// What several columns say together; the first rule that fits decides, before `statuses`.
    pub status_rules: Vec<StatusRule>,
    /// Canonical carrier → words; `None`: the canonical words.
    pub carriers: Option<BTreeMap<Carrier, Vec<String>>>,
}

/// The columns and words of sessions.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionsProfile {
    /// Columns that a header must have, besides the required ones, for the profile to be detected.
    pub detect: Vec<String>,
    /// Canonical name → column of the header.
    pub columns: BTreeMap<String, ColumnSpec>,
    /// Traffic → words; `None`: the canonical words.
    pub sources: Option<BTreeMap<Traffic, Vec<String>>>,
}

/// The columns of a kind of rows without words of its own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlainProfile {
    /// Columns that a header must have, besides the required ones, for the profile to be detected.
    pub detect: Vec<String>,
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

    /// Columns that a header must have, besides the required ones, for the profile to be detected.
    #[must_use]
    pub fn detect(&self, kind: RowKind) -> &[String] {
        let detect = match kind {
            RowKind::Orders => self.orders.as_ref().map(|orders| &orders.detect),
            RowKind::Sessions => self.sessions.as_ref().map(|sessions| &sessions.detect),
            RowKind::Rooms => self.rooms.as_ref().map(|rooms| &rooms.detect),
            RowKind::Refunds => self.refunds.as_ref().map(|refunds| &refunds.detect),
            RowKind::Lives => self.lives.as_ref().map(|lives| &lives.detect),
        };
        detect.map_or(&[], Vec::as_slice)
    }

    /// Why exports of this kind have no buyer, where the platform gives none.
    #[must_use]
    pub fn no_buyer(&self, kind: RowKind) -> Option<&str> {
        let orders = self.orders.as_ref().filter(|_| kind == RowKind::Orders);
        orders?.no_buyer.as_deref()
    }

    /// The kinds of rows that the profile speaks of.
    pub fn kinds(&self) -> impl Iterator<Item = RowKind> {
        RowKind::ALL.into_iter().filter(|kind| self.columns(*kind).is_some())
    }

    /// Whether its orders have buyers; `None` where it does not speak of orders.
    #[must_use]
    pub fn has_buyers(&self) -> Option<bool> {
        self.orders.as_ref().map(|orders| orders.no_buyer.is_none())
    }

    /// The columns of a header by which the profile is known: those of its most telling canonical columns, the first name of each.
    #[must_use]
    pub fn known_by(&self) -> Vec<&str> {
        const TELLING: [&str; 16] = [
            "refund_id",
            "order_id",
            "line_id",
            "buyer_id",
            "viewer_id",
            "streamer_id",
            "live_id",
            "paid_at",
            "entered_at",
            "started_at",
            "date",
            "watch_seconds",
            "viewers",
            "amount",
            "gmv",
            "refund_amount",
        ];
        let mut names = Vec::new();
        for kind in self.kinds() {
            let columns = |field| self.columns(kind).and_then(|columns| columns.get(field));
            for spec in TELLING.into_iter().filter_map(columns) {
                let all = spec.names();
                let shown = if spec.needs_all() { &all[..] } else { all.get(..1).unwrap_or_default() };
                names.extend(shown.iter().filter(|name| **name != ColumnSpec::ROW).copied());
            }
            names.extend(self.detect(kind).iter().map(String::as_str));
        }
        let mut known = std::collections::BTreeSet::new();
        names.retain(|name| known.insert(*name));
        names
    }

    /// The line for people, or the name where there is none.
    #[must_use]
    pub fn title(&self) -> &str {
        if self.title.is_empty() { &self.name } else { &self.title }
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
