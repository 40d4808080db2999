//! What a statement gave: a table of texts with named columns, whose cells are read as what they stand for.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;

/// A table of texts, as an engine or a file gives it.
#[derive(Debug, Clone)]
pub struct Answer {
    columns: HashMap<String, usize>,
    rows: Vec<Vec<Option<String>>>,
}

/// A row of it.
#[derive(Debug, Clone, Copy)]
pub struct AnswerRow<'a> {
    answer: &'a Answer,
    at: usize,
}

/// What cannot be read of an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// A column is not there.
    #[error("the answer has no column {column}; its statement was another one")]
    NoColumn {
        /// Its name.
        column: String,
    },
    /// Two columns have one name.
    #[error("the answer has two columns {column}")]
    Twice {
        /// Their name.
        column: String,
    },
    /// A row is not as wide as the header.
    #[error("row {row} of the answer has {found} cells for {columns} columns")]
    Ragged {
        /// Its number, from 1.
        row: usize,
        /// Its cells.
        found: usize,
        /// The columns.
        columns: usize,
    },
    /// A cell that has to hold something is empty.
    #[error("row {row} of the answer has no {column}")]
    Empty {
        /// Its number, from 1.
        row: usize,
        /// The column.
        column: String,
    },
    /// A cell does not read.
    #[error("row {row} of the answer: {column} {text:?} is no {what}")]
    Unreadable {
        /// Its number, from 1.
        row: usize,
        /// The column.
        column: String,
        /// What stands there.
        text: String,
        /// What it should be.
        what: &'static str,
    },
    /// A row says what no statement gives.
    #[error("row {row} of the answer: {what}")]
    Impossible {
        /// Its number, from 1.
        row: usize,
        /// What is wrong with it.
        what: String,
    },
    /// The lists of rows do not add up.
    #[error("the rows that the answer tells of do not add up: this is an error of gmv; please report it")]
    DoesNotClose,
}

/// What a cell may stand for.
pub trait Cell: Sized {
    /// What it is called.
    const WHAT: &'static str;

    /// Reads a text; `None` where it is none.
    fn read(text: &str) -> Option<Self>;
}

/// An amount in minor units, written in units with up to two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money(pub i128);

impl Answer {
    /// A table of these columns and rows.
    ///
    /// # Errors
    /// When two columns have one name, or a row is not as wide as the header.
    pub fn new(header: Vec<String>, rows: Vec<Vec<Option<String>>>) -> Result<Self, AnswerError> {
        let width = header.len();
        let mut columns = HashMap::new();
        for (at, name) in header.into_iter().enumerate() {
            if columns.contains_key(&name) {
                return Err(AnswerError::Twice { column: name });
            }
            columns.insert(name, at);
        }
        match rows.iter().position(|row| row.len() != width) {
            None => Ok(Self { columns, rows }),
            Some(at) => Err(AnswerError::Ragged { row: at + 1, found: rows[at].len(), columns: width }),
        }
    }

    /// Its rows.
    pub fn rows(&self) -> impl Iterator<Item = AnswerRow<'_>> {
        (0..self.rows.len()).map(|at| AnswerRow { answer: self, at })
    }
}

impl AnswerRow<'_> {
    /// A cell; `None` where it is empty.
    ///
    /// # Errors
    /// When there is no such column, or the cell does not read.
    pub fn cell<T: Cell>(self, column: &str) -> Result<Option<T>, AnswerError> {
        let at = self.answer.columns.get(column);
        let Some(&at) = at else { return Err(AnswerError::NoColumn { column: column.to_owned() }) };
        let Some(text) = &self.answer.rows[self.at][at] else { return Ok(None) };
        let unreadable = || AnswerError::Unreadable {
            row: self.at + 1,
            column: column.to_owned(),
            text: text.clone(),
            what: T::WHAT,
        };
        T::read(text).map(Some).ok_or_else(unreadable)
    }

    /// A cell that is never empty.
    ///
    /// # Errors
    /// When there is no such column, or the cell is empty or does not read.
    pub fn known<T: Cell>(self, column: &str) -> Result<T, AnswerError> {
        let empty = || AnswerError::Empty { row: self.at + 1, column: column.to_owned() };
        self.cell(column)?.ok_or_else(empty)
    }

    /// It says what no statement gives.
    #[must_use]
    pub fn impossible(self, what: String) -> AnswerError {
        AnswerError::Impossible { row: self.at + 1, what }
    }
}

impl Cell for Arc<str> {
    const WHAT: &'static str = "text";

    fn read(text: &str) -> Option<Self> {
        Some(Self::from(text))
    }
}

impl Cell for Date {
    const WHAT: &'static str = "date";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Cell for bool {
    const WHAT: &'static str = "truth value";

    fn read(text: &str) -> Option<Self> {
        match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}

impl Cell for u64 {
    const WHAT: &'static str = "count";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Cell for u32 {
    const WHAT: &'static str = "count";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Cell for i64 {
    const WHAT: &'static str = "whole number";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Cell for i128 {
    const WHAT: &'static str = "whole number";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Cell for Money {
    const WHAT: &'static str = "amount";

    fn read(text: &str) -> Option<Self> {
        let (digits, is_negative) = text.strip_prefix('-').map_or((text, false), |digits| (digits, true));
        let (units, cents) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if units.is_empty() || cents.len() > 2 || !are_digits(units) || !are_digits(cents) {
            return None;
        }
        let minor: i128 = format!("{units}{cents:0<2}").parse().ok()?;
        Some(Self(if is_negative { -minor } else { minor }))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn answer(header: &[&str], rows: &[&[Option<&str>]]) -> Result<Answer, AnswerError> {
        let row = |row: &&[Option<&str>]| row.iter().map(|cell| cell.map(str::to_owned)).collect();
        Answer::new(header.iter().map(|&name| name.to_owned()).collect(), rows.iter().map(row).collect())
    }

    #[test]
    fn cells_are_what_they_stand_for() {
        let header = ["period", "gmv", "buyers", "m_gg", "partial", "days", "nothing"];
        let cells =
            ["2026-03-02", "1234.50", "7", "170141183460469231731687303715884105727", "false", "3"].map(Some);
        let answer = answer(&header, &[&[&cells[..], &[None]].concat()]).unwrap();
        let row = answer.rows().next().unwrap();
        assert_eq!(row.known::<Date>("period"), Ok(date(2026, 3, 2)));
        assert_eq!(row.known::<Money>("gmv"), Ok(Money(123_450)));
        assert_eq!(row.known::<i64>("buyers"), Ok(7));
        assert_eq!(row.known::<i128>("m_gg"), Ok(i128::MAX));
        assert_eq!(row.known::<bool>("partial"), Ok(false));
        assert_eq!(row.known::<u32>("days"), Ok(3));
        assert_eq!(row.cell::<i64>("nothing"), Ok(None));
        assert_eq!(row.known::<Arc<str>>("period").as_deref(), Ok("2026-03-02"));
    }

    #[test]
    fn amounts_have_up_to_two_decimals() {
        for (text, minor) in [
            ("0", 0),
            ("0.00", 0),
            ("-0.05", -5),
            ("12.3", 1230),
            ("7.", 700),
            ("92233720368547758.08", 1 << 63),
        ] {
            assert_eq!(Money::read(text), Some(Money(minor)), "{text}");
        }
        for text in ["", ".5", "1.234", "1e3", "--1", "+1", "1,000", " 1", "1.-2"] {
            assert_eq!(Money::read(text), None, "{text}");
        }
    }

    #[test]
    fn what_does_not_read_says_where_it_stands() {
        let said = |error: AnswerError| error.to_string();
        let two = answer(&["a", "b"], &[&[Some("1"), None], &[Some("x"), Some("2")]]).unwrap();
        let row = two.rows().nth(1).unwrap();
        assert_eq!(
            said(row.known::<i64>("a").unwrap_err()),
            r#"row 2 of the answer: a "x" is no whole number"#
        );
        assert_eq!(
            said(two.rows().next().unwrap().known::<i64>("b").unwrap_err()),
            "row 1 of the answer has no b"
        );
        let none = said(row.cell::<i64>("c").unwrap_err());
        assert_eq!(none, "the answer has no column c; its statement was another one");
        assert_eq!(said(answer(&["a", "a"], &[]).unwrap_err()), "the answer has two columns a");
        let ragged = said(answer(&["a", "b"], &[&[None]]).unwrap_err());
        assert_eq!(ragged, "row 1 of the answer has 1 cells for 2 columns");
        for text in ["TRUE", "1", ""] {
            assert_eq!(bool::read(text), None, "{text}");
        }
        assert_eq!((u32::read("-1"), Date::read("2026-02-30")), (None, None));
    }
}
