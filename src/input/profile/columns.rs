//! Where a profile says that the text of a column comes from.

use serde::Deserialize;

/// Where a column's text comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a column, a list of columns, { column = …, blank = […] }, { plus = […], minus = […] }, \
                 { first = […] }, { join = […] } or { value = … }"
)]
pub enum ColumnSpec {
    /// One column of the header.
    One(String),
    /// The first of these that the header has.
    Aliases(Vec<String>),
    /// A column with words that stand for a blank.
    Detailed(Detailed),
    /// A signed sum of columns (money only); blanks are 0 unless all are blank.
    Sum(Sum),
    /// In each row the first of these that is not blank (texts and times only).
    First(First),
    /// The cells of several columns as one id, where none of them is one alone.
    Join(Join),
    /// The same text in every row.
    Value(Value),
}

/// A column with words that stand for a blank.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detailed {
    /// The column, or names in order of preference.
    pub column: Names,
    /// The words.
    pub blank: Vec<String>,
}

/// One name, or several in order of preference.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

/// A signed sum of columns.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    /// Added.
    pub plus: Vec<String>,
    /// Subtracted.
    #[serde(default)]
    pub minus: Vec<String>,
}

/// In each row the first that is not blank.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct First {
    /// The columns in order of preference; one must be there.
    pub first: Vec<String>,
}

/// The cells of several columns together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// The columns in their order; all must be there.
    pub join: Vec<String>,
}

/// The same text in every row.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Value {
    /// The text; `{file}` in it is the file's name without its ending.
    pub value: String,
}

impl ColumnSpec {
    /// The row itself, where an export has no order id.
    pub const ROW: &'static str = "row";

    /// The columns of the header that are looked for, in order of preference or of reading.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::One(name) | Self::Detailed(Detailed { column: Names::One(name), .. }) => vec![name],
            Self::Aliases(names) | Self::Detailed(Detailed { column: Names::Several(names), .. }) => {
                names.iter().map(String::as_str).collect()
            }
            Self::Sum(Sum { plus, minus }) => plus.iter().chain(minus).map(String::as_str).collect(),
            Self::First(First { first }) => first.iter().map(String::as_str).collect(),
            Self::Join(Join { join }) => join.iter().map(String::as_str).collect(),
            Self::Value(_) => Vec::new(),
        }
    }

    /// Whether all of [`ColumnSpec::names`] must be there, not one of them.
    #[must_use]
    pub fn needs_all(&self) -> bool {
        matches!(self, Self::Sum(_) | Self::Join(_))
    }
}
