//! The aggregation as SQL: the same sums of tables of orders and sessions, told in the language of another engine. Its result is a facts file.
//!
//! A statement is a list of named steps, each a `WITH` of its own with a comment, in the order of the stations of this machine: `orders` and
//! `net` (what counts, as `journey::settle`), `sessions`, `stream` (both together, by person, divided among machines once), `walk` (presence,
//! unions, attribution and domains, as `journey::walk`), then `sums`, or `rows` (where every row went, as `report`),
//! `days`, or, of `followed` buyers, `rates`, `waits` and `cohorts`.
//! [`text::Sql`] is made of the words of this module, and of names and values that [`dialect::Dialect`] quotes.

pub mod answer;
mod cells;
mod cohorts;
mod columns;
pub mod days;
pub mod dialect;
mod faults;
mod followed;
mod groups;
pub mod influence;
pub mod ledger;
mod net;
mod orders;
mod periods;
pub mod printed;
mod question;
mod rates;
mod refunded;
mod rows;
mod sessions;
mod stream;
mod sums;
pub mod table;
pub mod text;
mod typed;
mod waits;
mod walk;
mod words;
mod zone;

pub use answer::{Answer, AnswerError, AnswerRow, Cell, Money};
pub use days::Days;
pub use dialect::Dialect;
pub use ledger::Ledger;
pub use question::{Asked, Bound, Rules, SqlError, TableColumns};
pub use table::Table;

use super::EngineError;
use question::Question;
use text::sql;

/// What a statement gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Query {
    /// The sums by group and period: the columns of a facts file.
    #[default]
    Sums,
    /// Where every row went.
    Rows,
    /// How many rows each table has of each day.
    Days,
    /// What the rates of buyers who come back follow from, by group and period.
    Rates,
    /// The time from the first order to the second one, by group and period.
    Waits,
    /// Buyers by the period of their first order, and what they bought in each period.
    Cohorts,
}

impl Query {
    /// The columns of the result that no facts file has, so that no group may have their names.
    fn columns(self) -> Box<dyn Iterator<Item = &'static str>> {
        match self {
            Self::Sums | Self::Rows | Self::Days => Box::new(std::iter::empty()),
            Self::Rates => Box::new(rates::columns()),
            Self::Waits => Box::new(waits::COLUMNS.into_iter()),
            Self::Cohorts => Box::new(cohorts::COLUMNS.into_iter()),
        }
    }
}

/// The statement that gives what is asked for.
///
/// # Errors
/// When columns are missing, or what is asked cannot be said in the language.
pub fn statement(asked: Asked, query: Query) -> Result<String, SqlError> {
    let question = Question::find(asked, query)?;
    let statement = match query {
        Query::Sums => question.sums(),
        Query::Rows => question.rows(),
        Query::Days => question.days(),
        Query::Rates => question.rates(),
        Query::Waits => question.waits(),
        Query::Cohorts => question.cohorts(),
    };
    Ok(format!("{statement}\n"))
}

/// All rows of a table.
#[must_use]
pub fn rows_of(table: &text::Sql) -> String {
    sql!("SELECT * FROM {table}", table = table).to_string()
}

/// A longer statement is more than servers take.
const LONGEST_STATEMENT: usize = 48 << 20;

/// A statement that carries leaves, unless these are too many.
///
/// # Errors
/// When they are.
pub fn bounded(statement: String, leaves: usize) -> Result<String, EngineError> {
    if statement.len() <= LONGEST_STATEMENT {
        return Ok(statement);
    }
    Err(EngineError::Usage(format!(
        "{leaves} leaves are too many to send in one statement; name coarser ones with --leaf (of facts: take coarser ones), or fewer columns \
         with --by, or leave intervals out"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_may_be_long_and_no_longer() {
        assert!(bounded("x".repeat(LONGEST_STATEMENT), 7).is_ok());
        let refused = bounded("x".repeat(LONGEST_STATEMENT + 1), 7).unwrap_err();
        assert!(refused.to_string().starts_with("7 leaves are too many"), "{refused}");
    }
}
