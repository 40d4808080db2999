//! The commands: each connects stations, and computes and formats nothing itself.

mod check;
mod compare;
mod completions;
mod decompose;
mod explain;
mod ingest;
mod init;
mod man;
mod plan;
mod profiles;
mod reading;
mod repurchase;
mod sample;

use std::process::ExitCode;

use anyhow::Result;

use crate::change::PairError;
use crate::cli::{Arguments, Command, ConfigError, Origins, SettingsError, UsageError};
use crate::engine::EngineError;
use crate::plan::PlanError;
use crate::present::console::Console;

/// How a command ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// Done.
    Done,
    /// Done, but rows were rejected and `--strict` was given.
    RowsRejected,
    /// Done, and what was found says that numbers must not be believed.
    NotToBeBelieved,
}

/// Runs what was typed: 0 done, 1 failed (or a check found an error), 2 wrong usage, 3 done but rows were rejected under `--strict`.
#[must_use]
pub fn run(arguments: Result<Arguments, ConfigError>) -> ExitCode {
    let ended = arguments.map_err(anyhow::Error::from).and_then(|arguments| {
        arguments.notes.iter().for_each(|note| Console::new(false).note(note));
        dispatch(&arguments.command).map_err(|error| with_origins(error, &arguments.origins))
    });
    match ended {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::NotToBeBelieved) => ExitCode::from(1),
        Ok(Ending::RowsRejected) => ExitCode::from(3),
        Err(error) => {
            Console::error(&error);
            ExitCode::from(if is_usage(&error) { 2 } else { 1 })
        }
    }
}

fn dispatch(command: &Command) -> Result<Ending> {
    match command {
        Command::Decompose(arguments) => decompose::run(arguments),
        Command::Compare(arguments) => compare::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Repurchase(arguments) => repurchase::run(arguments),
        Command::Plan(arguments) => plan::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Ingest(arguments) => ingest::run(arguments),
        Command::Sample(arguments) => sample::run(arguments),
        Command::Profiles(arguments) => profiles::run(arguments),
        Command::Init(arguments) => init::run(arguments),
        Command::Completions(arguments) => completions::run(arguments),
        Command::Man(arguments) => man::run(arguments),
    }
}

/// The error, with the places of options that it names and a configuration gave.
fn with_origins(error: anyhow::Error, origins: &Origins) -> anyhow::Error {
    let places = origins.named_in(&format!("{error:#}"));
    if places.is_empty() || !is_usage(&error) { error } else { error.context(places.join(", ")) }
}

fn is_usage(error: &anyhow::Error) -> bool {
    let engine = error.downcast_ref::<EngineError>();
    let settings = error.downcast_ref::<SettingsError>();
    error.is::<UsageError>()
        || matches!(error.downcast_ref(), Some(PairError::Same { .. } | PairError::NoKind))
        || matches!(engine, Some(EngineError::Usage(_)))
        || matches!(settings, Some(SettingsError::Usage(_)))
        || error.downcast_ref::<PlanError>().is_some_and(PlanError::is_usage)
        || error
            .downcast_ref::<crate::sample::SampleError>()
            .is_some_and(crate::sample::SampleError::is_usage)
}
