//! The words that profiles map to: statuses, carriers, kinds of traffic, the level of rows, and who is nobody.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Ids that are nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Anonymous {
    /// Whole ids.
    pub words: Vec<String>,
    /// Texts that a masked id contains.
    pub contains: Vec<String>,
}

/// Times that are not year first.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeForms {
    /// strftime formats, tried in their order.
    pub formats: Vec<String>,
}

/// Whether rows are orders or their lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderLevel {
    /// A row is an order.
    Order,
    /// A row is a line of an order.
    Line,
}

/// What an amount belongs to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// The row: amounts of rows add up.
    #[default]
    Row,
    /// The order: the same amount, or a blank, stands on every line of it, and counts once.
    Order,
}

/// What several columns say of the status together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusRule {
    /// Column of the header → the words, one of which it must hold; `""` is a blank.
    pub when: BTreeMap<String, Vec<String>>,
    /// The canonical status then.
    pub then: Status,
}

/// The canonical statuses of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Paid, not sent yet.
    Paid,
    /// Sent.
    Shipped,
    /// Received and closed.
    Completed,
    /// Paid and refunded, in part or whole.
    Refunded,
    /// Closed after it was paid.
    ClosedPaid,
    /// Not paid yet.
    Pending,
    /// Closed without ever being paid.
    Cancelled,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Paid,
        Self::Shipped,
        Self::Completed,
        Self::Refunded,
        Self::ClosedPaid,
        Self::Pending,
        Self::Cancelled,
    ];

    /// Whether an order of this status was never paid.
    #[must_use]
    pub fn is_never_paid(self) -> bool {
        matches!(self, Self::Pending | Self::Cancelled)
    }
}

/// Where an order came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// A live room.
    Live,
    /// A short video.
    Video,
    /// A product card of the shop.
    Card,
    /// Anything else that the export names.
    Other,
}

impl Carrier {
    const ALL: [Self; 4] = [Self::Live, Self::Video, Self::Card, Self::Other];

    /// A number for a row: 0 where the export names none.
    #[must_use]
    #[inline]
    pub fn code(carrier: Option<Self>) -> u8 {
        carrier.map_or(0, |carrier| carrier as u8 + 1)
    }

    /// The carrier of such a number.
    #[must_use]
    #[inline]
    pub fn of_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code.checked_sub(1)?)).copied()
    }
}

/// The traffic that brought a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Traffic {
    /// The private domain.
    Private,
    /// The public domain, unpaid.
    Organic,
    /// The public domain, paid.
    Paid,
}

impl Traffic {
    /// All, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Private, Self::Organic, Self::Paid];
}
