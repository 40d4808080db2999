//! From a header to where each canonical column's text comes from, in one file.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

mod overridden;
mod repeated;

pub use overridden::Overridden;

use super::error::InputError;
use super::files::Source;
use super::naming::same;
use super::parse::money::is_null;
use super::parse::{id, trim};
use super::profile::{ColumnSpec, Detailed};
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
    /// A column, with the words that stand for a blank.
    Blankable(usize, Box<[Box<[u8]>]>),
    /// The cells of several columns as one text.
    Joined(Vec<usize>),
    /// In each row the first of these columns that is not blank.
    First(Vec<usize>),
    /// The same text in every row.
    Constant(Box<[u8]>),
    /// The row itself: every row is another one.
    Row,
}

/// Between the cells of a [`Origin::Joined`].
const JOINT: u8 = 0x1F;

impl Origin {
    /// The text in a record; a sum has none.
    #[inline]
    #[must_use]
    pub fn text<'a>(&'a self, record: &Record<'a>) -> Cow<'a, [u8]> {
        match self {
            Self::Column(index) => record.cell(*index),
            Self::Constant(text) => Cow::Borrowed(text),
            Self::Blankable(index, words) => {
                let cell = record.cell(*index);
                let text = id::unguard(&cell);
                if words.iter().any(|word| **word == *text) { Cow::Borrowed(b"") } else { cell }
            }
            Self::Joined(columns) => joined(columns, record),
            Self::First(columns) => {
                let mut cells = columns.iter().map(|at| record.cell(*at));
                cells.find(|cell| !is_null(trim(cell))).unwrap_or_default()
            }
            Self::Absent | Self::Sum(_) | Self::Row => Cow::Borrowed(b""),
        }
    }

    /// Whether the file has it.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    /// Itself, unless the file has none.
    #[must_use]
    pub fn there(self) -> Option<Self> {
        Some(self).filter(Self::is_there)
    }

    /// The number of the first column, from 0, for positions in messages.
    #[must_use]
    pub fn first_column(&self) -> Option<usize> {
        match self {
            Self::Column(index) | Self::Blankable(index, _) => Some(*index),
            Self::Sum(terms) => terms.first().map(|(_, index)| *index),
            Self::Joined(columns) | Self::First(columns) => columns.first().copied(),
            Self::Absent | Self::Constant(_) | Self::Row => None,
        }
    }

    /// Whether it reads any column that another one reads, so that it tells what that tells.
    #[must_use]
    pub fn shares(&self, other: &Self) -> bool {
        self.columns().any(|column| other.columns().any(|theirs| theirs == column))
    }

    /// The columns it reads.
    pub fn columns(&self) -> impl Iterator<Item = usize> {
        let (one, terms, parts): (Option<usize>, &[(bool, usize)], &[usize]) = match self {
            Self::Column(index) | Self::Blankable(index, _) => (Some(*index), &[], &[]),
            Self::Sum(terms) => (None, terms, &[]),
            Self::Joined(columns) | Self::First(columns) => (None, &[], columns),
            Self::Absent | Self::Constant(_) | Self::Row => (None, &[], &[]),
        };
        one.into_iter().chain(terms.iter().map(|(_, index)| *index)).chain(parts.iter().copied())
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
        let Some(spec) = specs.get(field) else {
            return Ok(self.index(path, field)?.map_or(Origin::Absent, Origin::Column));
        };
        match spec {
            ColumnSpec::One(name) if field == "order_id" && name == ColumnSpec::ROW => {
                return Ok(Origin::Row);
            }
            ColumnSpec::Sum(sum) => return self.sum(path, &sum.plus, &sum.minus),
            ColumnSpec::Join(join) => return self.join(path, &join.join),
            ColumnSpec::First(first) => return self.first(path, &first.first),
            ColumnSpec::Value(constant) => {
                let text = constant.value.replace("{file}", &Source::named(path).stem());
                return Ok(Origin::Constant(text.into_bytes().into()));
            }
            ColumnSpec::One(_) | ColumnSpec::Aliases(_) | ColumnSpec::Detailed(_) => {}
        }
        for name in spec.names() {
            if let Some(index) = self.index(path, name)? {
                return Ok(match spec {
                    ColumnSpec::Detailed(Detailed { blank, .. }) => {
                        let words = blank.iter().map(|word| word.as_bytes().into());
                        Origin::Blankable(index, words.collect())
                    }
                    _ => Origin::Column(index),
                });
            }
        }
        Ok(Origin::Absent)
    }

    fn join(&self, path: &str, names: &[String]) -> Result<Origin, InputError> {
        let mut found = Vec::new();
        for name in names {
            let Some(index) = self.index(path, name)? else { return Ok(Origin::Absent) };
            found.push(index);
        }
        Ok(Origin::Joined(found))
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

    /// Those of the columns that the header has.
    fn first(&self, path: &str, names: &[String]) -> Result<Origin, InputError> {
        let found: Result<Vec<_>, _> = names.iter().map(|name| self.index(path, name)).collect();
        let found: Vec<usize> = found?.into_iter().flatten().collect();
        Ok(if found.is_empty() { Origin::Absent } else { Origin::First(found) })
    }

    /// Whether the header has a column of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        // Most columns of a header that a spreadsheet has padded to its last column have no name.
        self.names.iter().any(|column| !column.is_empty() && same(column, name))
    }

    /// The number of a column: of the name letter by letter, else of the one that reads the same.
    ///
    /// # Errors
    /// When two columns have the name.
    pub fn index(&self, path: &str, name: &str) -> Result<Option<usize>, InputError> {
        let exact = self.places(path, name, |column| column == name)?;
        if exact.is_some() { Ok(exact) } else { self.places(path, name, |column| same(column, name)) }
    }

    fn places(
        &self,
        path: &str,
        name: &str,
        is_it: impl Fn(&str) -> bool,
    ) -> Result<Option<usize>, InputError> {
        let mut places = self.names.iter().enumerate().filter(|(_, column)| is_it(column)).map(|(at, _)| at);
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
}

fn joined<'a>(columns: &[usize], record: &Record<'a>) -> Cow<'a, [u8]> {
    let mut text = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        if at > 0 {
            text.push(JOINT);
        }
        text.extend_from_slice(trim(&record.cell(*column)));
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::super::profile::{First, Join, Names, Sum, Value};
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
                ColumnSpec::Sum(Sum { plus: vec!["pay".into(), "fee".into()], minus: vec!["cut".into()] }),
            ),
            (
                "refund_amount".to_owned(),
                ColumnSpec::Sum(Sum { plus: vec!["pay".into(), "none".into()], minus: vec![] }),
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
    fn joined_blankable_and_constant_columns() {
        let header = header(&["sku", "colour", "who"]);
        let join = |names: &[&str]| {
            ColumnSpec::Join(Join { join: names.iter().map(|name| (*name).into()).collect() })
        };
        let none = Detailed { column: Names::One("who".into()), blank: vec!["-".into(), "0".into()] };
        let specs = BTreeMap::from([
            ("line_id".to_owned(), join(&["sku", "colour"])),
            ("refund_id".to_owned(), join(&["sku", "size"])),
            ("buyer_id".to_owned(), ColumnSpec::Detailed(none)),
            ("streamer_id".to_owned(), ColumnSpec::Value(Value { value: "shop {file}".into() })),
            ("order_id".to_owned(), ColumnSpec::One("row".into())),
        ]);
        let find = |field| header.find("in/s1.csv.gz", field, &specs, &BTreeMap::new()).unwrap();
        assert_eq!(find("refund_id"), Origin::Absent);
        assert_eq!(find("streamer_id"), Origin::Constant((*b"shop s1").into()));
        assert_eq!(find("order_id"), Origin::Row);
        let text = |field, cells: &str, ends: &[u32]| {
            String::from_utf8(find(field).text(&Record::plain(cells.as_bytes(), ends)).into_owned()).unwrap()
        };
        assert_eq!(text("line_id", "a, b ,0", &[1, 5, 7]), "a\u{1f}b");
        assert_eq!(text("line_id", ", ,0", &[0, 2, 4]), "\u{1f}");
        assert_eq!(text("buyer_id", "a,b,'0\t", &[1, 3, 7]), "");
        assert_eq!(text("buyer_id", "a,b,00", &[1, 3, 6]), "00");
    }

    #[test]
    fn a_name_that_reads_the_same_is_found_and_never_stands_for_two() {
        let header = header(&["金额(元)", "金额（元）", "收货 地址", "ID", "id"]);
        let find = |field| header.find("f.csv", field, &BTreeMap::new(), &BTreeMap::new());
        assert_eq!(find("金额（元）").unwrap(), Origin::Column(1));
        assert_eq!(find("收货地址").unwrap(), Origin::Column(2));
        assert_eq!(find("id").unwrap(), Origin::Column(4));
        assert!(find("金额 （元)").unwrap_err().to_string().contains("columns 1 and 2"));
        assert!(find("Id").is_err());
    }

    #[test]
    fn the_first_column_that_is_not_blank_is_found_in_each_row() {
        let header = header(&["arrived", "sent", "x"]);
        let first = ["done", "arrived", "sent"].map(str::to_owned).to_vec();
        let specs = BTreeMap::from([("refunded_at".to_owned(), ColumnSpec::First(First { first }))]);
        let origin = header.find("f.csv", "refunded_at", &specs, &BTreeMap::new()).unwrap();
        assert_eq!(origin, Origin::First(vec![0, 1]));
        assert_eq!(origin.columns().collect::<Vec<_>>(), [0, 1]);
        let mut texts = Vec::new();
        crate::input::records::Splitter::default().split(
            b"a,b,c\n-,b,c\n ,--,c\n",
            b',',
            false,
            |record, _| {
                texts.push(String::from_utf8(origin.text(&record).into_owned()).unwrap());
            },
        );
        assert_eq!(texts, ["a", "b", ""]);
    }
}
