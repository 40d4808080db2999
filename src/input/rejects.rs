//! Rows that cannot be used: counted by reason, never dropped silently, and never more of them shown than the mapped cells.

mod limit;
mod reason;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::error::InputError;
use super::pseudonyms::Pseudonyms;
use super::read::{Files, Place};
use crate::units::MinorUnits;

pub use limit::MaxBad;
pub use reason::Reason;

/// What is wrong with a row, as its parser finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The canonical column; empty for the row as a whole.
    pub field: &'static str,
    /// The number of the column in the header, from 0, where there is one.
    pub column: Option<usize>,
    /// Why.
    pub reason: Reason,
    /// What was found.
    pub value: Box<[u8]>,
}

/// One rejected row.
#[derive(Debug, Clone)]
pub struct Reject {
    /// Where it is.
    pub place: Place,
    /// What is wrong.
    pub fault: Fault,
    /// Its money, where it can be read.
    pub money: Option<MinorUnits>,
    /// Its mapped cells, where all rejects are listed.
    pub cells: Vec<(&'static str, String)>,
}

/// Rejected rows of one reason, and the money that could be read in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rejected {
    /// How many.
    pub rows: u64,
    /// Their money.
    pub money: i128,
}

impl Rejected {
    /// Adds others.
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.money += other.money;
    }
}

/// The rejected rows of one input.
#[derive(Debug, Clone, Default)]
pub struct Rejects {
    /// Whether all rows are kept, for `--rejects`.
    pub list: bool,
    /// How many.
    pub count: u64,
    /// The money that could be read in them.
    pub money: i128,
    /// How many for each column and reason, with their money.
    pub reasons: BTreeMap<(&'static str, &'static str), Rejected>,
    /// All of them, or the first few in the order of the exports.
    pub rows: Vec<Reject>,
    /// What stands in the place of persons.
    pub pseudonyms: Option<Arc<Pseudonyms>>,
    /// The first header of another export.
    pub other_header: Option<Place>,
}

/// How many rejected rows are shown.
const SHOWN: usize = 5;

impl Rejects {
    /// None yet; `list` keeps all rows.
    #[must_use]
    pub fn new(list: bool) -> Self {
        Self { list, ..Self::default() }
    }

    /// Takes one.
    pub fn push(&mut self, mut reject: Reject) {
        if let Some(pseudonyms) = &self.pseudonyms {
            pseudonyms.replace_in(&mut reject);
        }
        if reject.fault.reason == Reason::OtherHeader {
            self.other_header = Some(self.other_header.map_or(reject.place, |known| known.min(reject.place)));
        }
        let money = reject.money.map_or(0, |money| i128::from(money.0));
        self.count += 1;
        self.money += money;
        let reason = (reject.fault.field, reject.fault.reason.name());
        self.reasons.entry(reason).or_default().merge(Rejected { rows: 1, money });
        if self.list || self.rows.len() < SHOWN {
            self.rows.push(reject);
        }
    }

    /// All of them together, in the order of the exports.
    #[must_use]
    pub fn merge(all: impl IntoIterator<Item = Self>) -> Self {
        let mut merged = Self::default();
        for rejects in all {
            merged.list |= rejects.list;
            merged.count += rejects.count;
            merged.money += rejects.money;
            merged.other_header = match (merged.other_header, rejects.other_header) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
            for (reason, rejected) in rejects.reasons {
                merged.reasons.entry(reason).or_default().merge(rejected);
            }
            merged.rows.extend(rejects.rows);
        }
        merged.rows.sort_by_key(|reject| reject.place);
        if !merged.list {
            merged.rows.truncate(SHOWN);
        }
        merged
    }

    /// Fails where a header of another export was found: what follows it cannot be believed, however few rows are bad.
    ///
    /// # Errors
    /// [`InputError::OtherHeader`].
    pub fn check_headers<C>(self, files: &Files<C>) -> Result<Self, InputError> {
        let Some(place) = self.other_header else { return Ok(self) };
        let (path, line) = files.line(place);
        Err(InputError::OtherHeader { path: path.to_owned(), line })
    }

    /// Fails when there are more than `limit` allows of `rows`.
    ///
    /// # Errors
    /// [`InputError::TooManyBad`].
    pub fn check<C>(
        &self,
        input: &'static str,
        rows: u64,
        limit: MaxBad,
        files: &Files<C>,
    ) -> Result<(), InputError> {
        if limit.allows(self.count, rows) {
            return Ok(());
        }
        let place = self.rows.first().map(|first| files.line(first.place)).unwrap_or_default();
        self.too_many(input, (self.count, rows), limit, place).map_or(Ok(()), Err)
    }

    /// The error of more bad rows than `limit` allows, `bad` of all `rows`, which shows the first of these, in a file and line;
    /// `None` without any.
    #[must_use]
    pub fn too_many(
        &self,
        input: &'static str,
        (bad, rows): (u64, u64),
        limit: MaxBad,
        (path, line): (&str, u64),
    ) -> Option<InputError> {
        let first = self.rows.first()?;
        Some(InputError::TooManyBad {
            input,
            path: path.to_owned(),
            line,
            column: first.fault.column.map_or(1, |column| column + 1),
            first: first.fault.to_string(),
            bad,
            rows,
            limit: limit.to_string(),
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONGEST: usize = 60;
        match (self.field, self.column) {
            ("", None) => return write!(f, "{}", self.reason),
            ("", Some(_)) => write!(f, "the cell ")?,
            (field, _) => write!(f, "{field} ")?,
        }
        if !self.value.is_empty() {
            let text = String::from_utf8_lossy(&self.value);
            let shown: String = text.chars().take(LONGEST).collect();
            let more = if text.chars().count() > LONGEST { "…" } else { "" };
            write!(f, "{shown:?}{more} ")?;
        }
        write!(f, "{}", self.reason)
    }
}
