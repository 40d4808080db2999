//! The commands: each connects stations, and computes and formats nothing itself.

mod check;
mod compare;
mod decompose;
mod explain;
mod ingest;
mod plan;
mod profiles;
mod reading;
mod report;
mod repurchase;
mod sample;

use std::process::ExitCode;

use crate::change::PairError;
use crate::cli::{Arguments, Command, SettingsError, UsageError};
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
    /// Done, and an alert of the configuration fired.
    AlertFired,
    /// Failed with this exit code, and said so already.
    Failed(u8),
}

/// Runs what was typed: 0 done, 1 failed (or a check found an error), 2 wrong usage, 3 done but rows were rejected under `--strict`,
/// 4 done but an alert fired.
#[must_use]
pub fn run(arguments: &Arguments) -> ExitCode {
    let ended = match &arguments.command {
        Command::Decompose(arguments) => decompose::run(arguments),
        Command::Compare(arguments) => compare::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Repurchase(arguments) => repurchase::run(arguments),
        Command::Plan(arguments) => plan::run(arguments),
        Command::Report(arguments) => report::run(arguments),
        Command::Check(arguments) => check::run(arguments),
        Command::Ingest(arguments) => ingest::run(arguments),
        Command::Sample(arguments) => sample::run(arguments),
        Command::Profiles(arguments) => profiles::run(arguments),
    };
    match ended {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::NotToBeBelieved) => ExitCode::from(1),
        Ok(Ending::RowsRejected) => ExitCode::from(3),
        Ok(Ending::AlertFired) => ExitCode::from(4),
        Ok(Ending::Failed(code)) => ExitCode::from(code),
        Err(error) => {
            Console::error(&error);
            ExitCode::from(exit_code(&error))
        }
    }
}

/// The exit code of an error.
fn exit_code(error: &anyhow::Error) -> u8 {
    if is_usage(error) { 2 } else { 1 }
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
