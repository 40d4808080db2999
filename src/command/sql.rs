//! `gmv sql`: the aggregation, or how sure a comparison is, as a statement for another engine.

use anyhow::Result;

use super::Ending;
use crate::change::printed;
use crate::cli::{Influencing, Origins, Printing, SqlArguments};
use crate::engine::leaves::Leaves;
use crate::engine::sql::{self, Asked, SqlError};
use crate::input::error::InputError;
use crate::present::Sink;

/// Runs the command.
pub fn run(arguments: &SqlArguments, origins: &Origins) -> Result<Ending> {
    arguments.check_typed(origins)?;
    let settings = arguments.resolve()?;
    let statement = match settings.query {
        Printing::Query(query) => sql::statement(settings.asked, query).map_err(told)?,
        Printing::Influences(of) => influences(settings.asked, *of)?,
    };
    Sink::open(&settings.target)?.text(&statement)?;
    Ok(Ending::Done)
}

/// A column that a list lacks may be in the table.
fn told(error: SqlError) -> anyhow::Error {
    let of_tables = "of tables all columns are named with --orders-columns and --sessions-columns";
    match error {
        SqlError::Input(InputError::MissingColumns { .. }) => anyhow::anyhow!("{error}; {of_tables}"),
        other => other.into(),
    }
}

/// The statement that carries the coefficients of a comparison.
fn influences(tables: Asked, of: Influencing) -> Result<String> {
    let leaves = Leaves::of_facts(of.facts, of.viewing, of.by)?;
    Ok(printed::statement(tables, leaves, of.asked, &of.method)?)
}
