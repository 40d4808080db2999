//! Profiles: what the columns and words of an export mean. They are data (TOML); the canonical columns are one of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::error::InputError;

/// The built-in profiles, in the order in which detection tries them.
const BUILT_IN: [(&str, &str); 1] = [("canonical", include_str!("profiles/canonical.toml"))];

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
    /// The SHA-256 of the profile's text, as hexadecimal digits.
    #[serde(skip)]
    pub digest: String,
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

/// Whether rows are orders or their lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderLevel {
    /// A row is an order.
    Order,
    /// A row is a line of an order.
    Line,
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

impl Profile {
    /// All built-in profiles.
    ///
    /// # Errors
    /// Never for the profiles as they are; a test reads them all.
    pub fn built_in() -> Result<Vec<Arc<Self>>, InputError> {
        BUILT_IN.iter().map(|(name, text)| Self::parse(name, text).map(Arc::new)).collect()
    }

    /// The profile of a name, or of a file.
    ///
    /// # Errors
    /// When there is neither, or the file is no profile.
    pub fn load(name: &str) -> Result<Self, InputError> {
        if let Some((_, text)) = BUILT_IN.iter().find(|(built_in, _)| *built_in == name) {
            return Self::parse(name, text);
        }
        let text = std::fs::read_to_string(Path::new(name)).map_err(|error| {
            let names: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
            InputError::Profile {
                path: name.to_owned(),
                message: format!("no profile file: {error} (built-in profiles: {})", names.join(", ")),
            }
        })?;
        Self::parse(name, &text)
    }

    /// The canonical profile, whose words stand where another profile has none.
    ///
    /// # Errors
    /// Never; see [`Profile::built_in`].
    pub fn canonical() -> Result<&'static Self, InputError> {
        static CANONICAL: OnceLock<Profile> = OnceLock::new();
        if CANONICAL.get().is_none() {
            // Where two threads come here at once, both have read the same text.
            let _ = CANONICAL.set(Self::load("canonical")?);
        }
        CANONICAL
            .get()
            .ok_or_else(|| InputError::Profile { path: "canonical".to_owned(), message: String::new() })
    }

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

    fn parse(path: &str, text: &str) -> Result<Self, InputError> {
        let failed = |message: String| InputError::Profile { path: path.to_owned(), message };
        let mut profile: Self = toml::from_str(text).map_err(|error| at_place(path, text, &error))?;
        profile.digest = super::store::digest_of(text.as_bytes());
        for (name, spec) in RowKind::ALL.into_iter().filter_map(|kind| profile.columns(kind)).flatten() {
            if matches!(spec, ColumnSpec::Sum { .. }) && !matches!(name.as_str(), "amount" | "refund_amount")
            {
                return Err(failed(format!("{name}: only amount and refund_amount may be a sum of columns")));
            }
        }
        if let Some(word) = profile.ambiguous_word() {
            return Err(failed(format!("the word {word:?} is mapped to two meanings; keep one of them")));
        }
        for format in &profile.time.formats {
            check_format(format).map_err(|error| failed(format!("[time] formats: {format:?}: {error}")))?;
        }
        Ok(profile)
    }

    /// A word that two statuses, carriers or kinds of traffic claim.
    fn ambiguous_word(&self) -> Option<&str> {
        fn twice<T>(mapping: Option<&BTreeMap<T, Vec<String>>>) -> Option<&str> {
            let words: Vec<&String> = mapping.into_iter().flatten().flat_map(|(_, words)| words).collect();
            let repeated = words.iter().enumerate().find(|(at, word)| words[..*at].contains(word));
            repeated.map(|(_, word)| word.as_str())
        }
        let orders = self.orders.as_ref();
        twice(orders.and_then(|orders| orders.statuses.as_ref()))
            .or_else(|| twice(orders.and_then(|orders| orders.carriers.as_ref())))
            .or_else(|| twice(self.sessions.as_ref().and_then(|sessions| sessions.sources.as_ref())))
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

/// A TOML error on one line, with the line and column that it is at.
fn at_place(path: &str, text: &str, error: &toml::de::Error) -> InputError {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    InputError::Profile {
        path: format!("{path}:{line}:{column}"),
        message: error.message().replace('\n', " "),
    }
}

/// Whether a strftime format can be used at all: what it writes, it must read.
fn check_format(format: &str) -> Result<(), jiff::Error> {
    let sample = jiff::civil::date(2026, 3, 27).at(11, 12, 13, 0).to_zoned(jiff::tz::TimeZone::UTC)?;
    let text = jiff::fmt::strtime::format(format, &sample)?;
    jiff::fmt::strtime::parse(format, &text)?.to_date().map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_profiles_are_whole() {
        for profile in Profile::built_in().unwrap() {
            assert!(RowKind::ALL.iter().any(|kind| profile.columns(*kind).is_some()), "{}", profile.name);
        }
    }

    #[test]
    fn errors_of_a_profile_say_where() {
        let error = Profile::parse("p.toml", "name = \"x\"\n[orders]\nlevels = 1\n").unwrap_err().to_string();
        assert!(error.starts_with("p.toml:3:1: ") && error.contains("levels"), "{error}");
        let error =
            Profile::parse("p.toml", "name = \"x\"\n[time]\nformats = [\"%Q\"]").unwrap_err().to_string();
        assert!(error.contains("%Q"), "{error}");
        let sum = "name = \"x\"\n[orders.columns]\nbuyer_id = { plus = [\"a\"] }";
        let twice = "name = \"x\"\n[orders.statuses]\npaid = [\"done\"]\ncancelled = [\"done\"]";
        assert!(
            Profile::parse("p.toml", twice).unwrap_err().to_string().contains("\"done\" is mapped to two")
        );
        assert!(Profile::parse("p.toml", sum).unwrap_err().to_string().contains("buyer_id"));
    }
}
