//! What an engine answers to a statement: cells as texts, by the names of their columns.

use crate::input::parse::money::parse_sum;

/// The rows of a result, every cell as text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The names of the columns.
    pub header: Vec<String>,
    /// The rows; a null is `None`.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Why an answer is not one to the statement.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// A column is missing.
    #[error("the answer of the engine has no column {0}")]
    NoColumn(&'static str),
    /// A cell holds something else.
    #[error("the answer of the engine has {value:?} in its column {column}: not {wanted}")]
    Cell {
        /// The column.
        column: &'static str,
        /// What was found.
        value: String,
        /// What there should be.
        wanted: &'static str,
    },
    /// The lists of rows do not add up.
    #[error("the rows that the engine tells of do not add up: this is an error of gmv; please report it")]
    DoesNotClose,
}

/// A column of an answer.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    answer: &'a Answer,
    name: &'static str,
    at: usize,
}

impl Answer {
    /// A column by its name.
    ///
    /// # Errors
    /// [`AnswerError::NoColumn`].
    pub fn column(&self, name: &'static str) -> Result<Column<'_>, AnswerError> {
        let at = self.header.iter().position(|known| known == name).ok_or(AnswerError::NoColumn(name))?;
        Ok(Column { answer: self, name, at })
    }
}

impl<'a> Column<'a> {
    /// The text of a row; `None` for a null.
    #[must_use]
    pub fn text(&self, row: usize) -> Option<&'a str> {
        self.answer.rows.get(row).and_then(|cells| cells.get(self.at)).and_then(Option::as_deref)
    }

    /// The whole number of a row; `None` for a null.
    ///
    /// # Errors
    /// [`AnswerError::Cell`].
    pub fn whole(&self, row: usize) -> Result<Option<i128>, AnswerError> {
        let number = |text: &str| text.parse().map_err(|_| self.wrong(row, "a whole number"));
        self.text(row).map(number).transpose()
    }

    /// The number of things of a row, none for a null.
    ///
    /// # Errors
    /// [`AnswerError::Cell`].
    pub fn count(&self, row: usize) -> Result<u64, AnswerError> {
        let count = self.whole(row)?.unwrap_or(0);
        u64::try_from(count).map_err(|_| self.wrong(row, "a number of at least 0"))
    }

    /// The money of a row in minor units; `None` for a null.
    ///
    /// # Errors
    /// [`AnswerError::Cell`].
    pub fn money(&self, row: usize) -> Result<Option<i128>, AnswerError> {
        let wrong = || self.wrong(row, "money with two decimals");
        let money = |text: &str| parse_sum(text).ok().flatten().ok_or_else(wrong);
        self.text(row).map(money).transpose()
    }

    /// The error of a row that holds something else.
    #[must_use]
    pub fn wrong(&self, row: usize, wanted: &'static str) -> AnswerError {
        let value = self.text(row).unwrap_or("null").to_owned();
        AnswerError::Cell { column: self.name, value, wanted }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_by_name_and_read_by_type() {
        let cells =
            |cells: [&str; 2]| cells.map(|cell| Some(cell.to_owned()).filter(|cell| cell != "null")).to_vec();
        let answer = Answer {
            header: vec!["money".to_owned(), "rows".to_owned()],
            rows: vec![cells(["12.30", "7"]), cells(["null", "null"]), cells(["x", "-1"])],
        };
        let (money, rows) = (answer.column("money").unwrap(), answer.column("rows").unwrap());
        assert_eq!((money.money(0), rows.whole(0), rows.count(0)), (Ok(Some(1230)), Ok(Some(7)), Ok(7)));
        assert_eq!((money.money(1), rows.whole(1), rows.count(1)), (Ok(None), Ok(None), Ok(0)));
        assert_eq!((rows.whole(2), money.text(2), money.text(9)), (Ok(Some(-1)), Some("x"), None));
        assert_eq!(
            money.money(2).unwrap_err().to_string(),
            "the answer of the engine has \"x\" in its column money: not money with two decimals"
        );
        assert!(rows.count(2).is_err() && rows.whole(2).is_ok());
        assert_eq!(answer.column("seconds").unwrap_err(), AnswerError::NoColumn("seconds"));
    }
}
