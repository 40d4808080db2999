//! The aggregation as SQL: the same sums of tables of orders and sessions, told in the language of another engine. Its result is a facts file.
//!
//! A statement is a list of named steps, each a `WITH` of its own with a comment, in the order of the stations of this machine: `orders` and
//! `net` (what counts, as `journey::settle`), `sessions`, `stream` (both together, by person, divided among machines once), `walk` (presence,
//! unions, attribution and domains, as `journey::walk`), then `sums`, or `rows` (where every row went, as `report`).
//! [`text::Sql`] is made of the words of this module, and of names and values that [`dialect::Dialect`] quotes.

pub mod answer;
mod cells;
mod columns;
pub mod dialect;
mod faults;
mod groups;
pub mod ledger;
mod net;
mod orders;
mod periods;
mod question;
mod rows;
mod sessions;
mod stream;
mod sums;
pub mod table;
pub mod text;
mod walk;
mod zone;

pub use answer::{Answer, AnswerError};
pub use dialect::Dialect;
pub use ledger::Ledger;
pub use question::{Asked, Query, Rules, SqlError, TableColumns};
pub use table::Table;

use question::Question;

/// The statement that gives the sums, or whatever else is asked of the tables.
///
/// # Errors
/// When columns are missing, or what is asked cannot be said in the language.
pub fn statement(asked: Asked, query: Query) -> Result<String, SqlError> {
    Ok(format!("{}\n", Question::find(asked, query)?.statement()))
}
