//! `gmv sql`: the aggregation as a statement for another engine.

use anyhow::Result;

use super::Ending;
use crate::cli::SqlArguments;
use crate::engine::sql;
use crate::present::Sink;

/// Runs the command.
pub fn run(arguments: &SqlArguments) -> Result<Ending> {
    let (asked, target) = arguments.resolve()?;
    let statement = sql::statement(asked, arguments.query())?;
    Sink::open(&target)?.text(&statement)?;
    Ok(Ending::Done)
}
