//! From a header to where each canonical column's text comes from, in one file.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::error::InputError;
use super::profile::ColumnSpec;
use super::records::Record;

/// Where the text of a canonical column comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The file has none.
    Absent,
    /// A column, by its number from 0.
    Column(usize),
    /// A signed sum of columns; `true` subtracts.
    Sum(Vec<(bool, usize)>),
    /// The same text in every row.
    Constant(Box<[u8]>),
}

impl Origin {
    /// The text in a record; a sum has none.
    #[inline]
    #[must_use]
    pub fn text<'a>(&'a self, record: &Record<'a>) -> Cow<'a, [u8]> {
        match self {
            Self::Column(index) => record.cell(*index),
            Self::Constant(text) => Cow::Borrowed(text),
            Self::Absent | Self::Sum(_) => Cow::Borrowed(b""),
        }
    }

    /// Whether the file has it.
    #[must_use]
    pub fn is_there(&self) -> bool {
        *self != Self::Absent
    }

    /// The number of the first column, from 0, for positions in messages.
    #[must_use]
    pub fn first_column(&self) -> Option<usize> {
        match self {
            Self::Column(index) => Some(*index),
            Self::Sum(terms) => terms.first().map(|(_, index)| *index),
            Self::Absent | Self::Constant(_) => None,
        }
    }

    /// The columns it reads.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        let (one, terms) = match self {
            Self::Column(index) => (Some(*index), &[][..]),
            Self::Sum(terms) => (None, terms.as_slice()),
            Self::Absent | Self::Constant(_) => (None, &[][..]),
        };
        one.into_iter().chain(terms.iter().map(|(_, index)| *index))
    }
}

/// The header of one file.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// The names, trimmed.
    pub names: Vec<String>,
}

impl Header {
    /// Where `field` comes from: what `--set` says, else what the profile says, else the column of the same name.
    ///
    /// # Errors
    /// When the name that is needed stands twice in the header.
    pub fn find(
        &self,
        path: &str,
        field: &str,
        specs: &BTreeMap<String, ColumnSpec>,
        constants: &BTreeMap<String, String>,
    ) -> Result<Origin, InputError> {
        if let Some(text) = constants.get(field) {
            return Ok(Origin::Constant(text.as_bytes().into()));
        }
        let aliases = match specs.get(field) {
            None => std::slice::from_ref(&field).iter().map(|name| (*name).to_owned()).collect(),
            Some(ColumnSpec::One(name)) => vec![name.clone()],
            Some(ColumnSpec::Aliases(names)) => names.clone(),
            Some(ColumnSpec::Sum { plus, minus }) => return self.sum(path, plus, minus),
        };
        for name in aliases {
            if let Some(index) = self.index(path, &name)? {
                return Ok(Origin::Column(index));
            }
        }
        Ok(Origin::Absent)
    }

    /// The columns that a profile maps, or that `others` names, and that have no place of their own: name and origin, in the order of
    /// their names.
    ///
    /// # Errors
    /// When a name that is needed stands twice in the header.
    pub fn further(
        &self,
        path: &str,
        specs: &BTreeMap<String, ColumnSpec>,
        constants: &BTreeMap<String, String>,
        others: &[&str],
        has_place: impl Fn(&str) -> bool,
    ) -> Result<Vec<(String, Origin)>, InputError> {
        let names = specs.keys().map(String::as_str).chain(others.iter().copied());
        let names: BTreeSet<&str> = names.filter(|name| !has_place(name)).collect();
        let mut found = Vec::new();
        for name in names {
            let origin = self.find(path, name, specs, constants)?;
            if origin.is_there() {
                found.push((name.to_owned(), origin));
            }
        }
        Ok(found)
    }

    fn sum(&self, path: &str, plus: &[String], minus: &[String]) -> Result<Origin, InputError> {
        let terms = plus.iter().map(|name| (false, name)).chain(minus.iter().map(|name| (true, name)));
        let mut found = Vec::new();
        for (subtract, name) in terms {
            match self.index(path, name)? {
                Some(index) => found.push((subtract, index)),
                None => return Ok(Origin::Absent),
            }
        }
        Ok(if found.is_empty() { Origin::Absent } else { Origin::Sum(found) })
    }

    fn index(&self, path: &str, name: &str) -> Result<Option<usize>, InputError> {
        let mut places =
            self.names.iter().enumerate().filter(|(_, column)| *column == name).map(|(at, _)| at);
        let first = places.next();
        match (first, places.next()) {
            (Some(first), Some(second)) => Err(InputError::TwoColumns {
                path: path.to_owned(),
                name: name.to_owned(),
                first: first + 1,
                second: second + 1,
            }),
            _ => Ok(first),
        }
    }

    /// The names in one line, shortened where there are many.
    #[must_use]
    pub fn summary(&self) -> String {
        const SHOWN: usize = 20;
        if self.names.iter().any(|name| is_data(name)) {
            return "cells that look like data, which are not shown; is the first line a header?".to_owned();
        }
        let names: Vec<String> = self.names.iter().take(SHOWN).map(|name| shorten(name)).collect();
        let more = self.names.len().saturating_sub(SHOWN);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{rest}", names.join(", "))
    }

    /// The name of the header that looks most like `wanted`, if any does.
    #[must_use]
    pub fn nearest(&self, wanted: &str) -> Option<&str> {
        let plain = |text: &str| text.to_lowercase().replace([' ', '-', '_'], "");
        let scored = self.names.iter().map(|name| (strsim::jaro_winkler(&plain(name), &plain(wanted)), name));
        scored
            .filter(|(score, _)| *score > 0.75)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| name.as_str())
    }

    /// Whether a record repeats the header, as concatenated exports do.
    #[must_use]
    pub fn is_repeated_by(&self, record: &Record<'_>) -> bool {
        record.len() == self.names.len()
            && self.names.iter().enumerate().all(|(at, name)| is_name(&record.cell(at), name))
    }
}

/// Whether a cell is a name of the header, perhaps quoted after a byte order mark.
fn is_name(cell: &[u8], name: &str) -> bool {
    let cell = super::parse::trim(cell);
    let unquoted = cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\""));
    cell == name.as_bytes() || unquoted == Some(name.as_bytes())
}

/// Whether a name is none: five digits in a row are a number or a date, and the line holds a customer's row.
fn is_data(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() >= 5)
}

fn shorten(name: &str) -> String {
    if name.chars().count() <= 40 { name.to_owned() } else { name.chars().take(39).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Header {
        Header { names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    #[test]
    fn a_name_that_stands_twice_matters_only_where_it_is_needed() {
        let header = header(&["a", "b", "a"]);
        let find = |field| header.find("f.csv", field, &BTreeMap::new(), &BTreeMap::new());
        assert_eq!(find("b").unwrap(), Origin::Column(1));
        assert_eq!(find("c").unwrap(), Origin::Absent);
        let error = find("a").unwrap_err().to_string();
        assert!(error.starts_with("f.csv:1:3: ") && error.contains("columns 1 and 3"), "{error}");
    }

    #[test]
    fn aliases_in_order_of_preference_sums_and_constants() {
        let header = header(&["pay", "fee", "cut"]);
        let specs = BTreeMap::from([
            (
                "amount".to_owned(),
                ColumnSpec::Sum { plus: vec!["pay".into(), "fee".into()], minus: vec!["cut".into()] },
            ),
            (
                "refund_amount".to_owned(),
                ColumnSpec::Sum { plus: vec!["pay".into(), "none".into()], minus: vec![] },
            ),
            ("buyer_id".to_owned(), ColumnSpec::Aliases(vec!["who".into(), "fee".into()])),
        ]);
        let constants = BTreeMap::from([("streamer_id".to_owned(), "s1".to_owned())]);
        let find = |field| header.find("f.csv", field, &specs, &constants).unwrap();
        assert_eq!(find("amount"), Origin::Sum(vec![(false, 0), (false, 1), (true, 2)]));
        assert_eq!(find("refund_amount"), Origin::Absent);
        assert_eq!(find("buyer_id"), Origin::Column(1));
        assert_eq!(find("streamer_id"), Origin::Constant((*b"s1").into()));
    }

    #[test]
    fn the_nearest_name_is_found_across_case_and_spaces() {
        assert_eq!(header(&["Buyer ID", "amount"]).nearest("buyer_id"), Some("Buyer ID"));
        assert_eq!(header(&["x", "y"]).nearest("buyer_id"), None);
    }
}
