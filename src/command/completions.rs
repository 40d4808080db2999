//! `gmv completions`: the script of a shell.

use anyhow::Result;

use super::Ending;
use crate::cli::CompletionsArguments;
use crate::present::{Sink, Target};

/// Runs the command.
pub fn run(arguments: &CompletionsArguments) -> Result<Ending> {
    Sink::open(&Target::Stdout)?.text(&arguments.script())?;
    Ok(Ending::Done)
}
