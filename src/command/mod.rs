//! The commands: each connects stations, and computes and formats nothing itself.

mod check;
mod compare;
mod completions;
mod decompose;
mod explain;
mod fault;
mod ingest;
mod init;
mod man;
mod plan;
mod profiles;
mod reading;
mod report;
mod repurchase;
mod sample;
mod signals;
mod sql;

use std::process::ExitCode;

use anyhow::Result;

use crate::change::PairError;
use crate::cli::{Arguments, Command, ConfigError, Origins, SettingsError, UsageError, logs_json};
use crate::engine::EngineError;
use crate::plan::PlanError;
use crate::present::log::{self, LogForm};

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
}

/// Runs what was typed: 0 done, 1 failed (or a check found an error), 2 wrong usage, 3 done but rows were rejected under `--strict`,
/// 4 done but an alert fired.
#[must_use]
pub fn run(arguments: Result<Arguments, ConfigError>) -> ExitCode {
    let arguments = match arguments {
        Ok(arguments) => arguments,
        Err(error) => {
            let form = if logs_json() { LogForm::Json } else { LogForm::Text };
            return failed(&error.into(), form);
        }
    };
    let form = if let Command::Report(report) = &arguments.command { report.log() } else { LogForm::Text };
    arguments.notes.iter().for_each(|note| log::note(note, form));
    signals::listen();
    match fault::guard(form, || dispatch(&arguments.command, &arguments.origins)) {
        Some(Ok(Ending::Done)) => ExitCode::SUCCESS,
        Some(Ok(Ending::NotToBeBelieved)) | None => ExitCode::from(1),
        Some(Ok(Ending::RowsRejected)) => ExitCode::from(3),
        Some(Ok(Ending::AlertFired)) => ExitCode::from(4),
        Some(Err(error)) => failed(&with_origins(error, &arguments.origins), form),
    }
}

/// Says an error in the form of the log, and gives its exit code.
fn failed(error: &anyhow::Error, form: LogForm) -> ExitCode {
    log::error(error, form);
    ExitCode::from(if is_usage(error) { 2 } else { 1 })
}

fn dispatch(command: &Command, origins: &Origins) -> Result<Ending> {
    match command {
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
        Command::Sql(arguments) => sql::run(arguments, origins),
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
        || matches!(settings, Some(SettingsError::Usage(_) | SettingsError::Engine(EngineError::Usage(_))))
        || error.downcast_ref::<PlanError>().is_some_and(PlanError::is_usage)
        || error
            .downcast_ref::<crate::sample::SampleError>()
            .is_some_and(crate::sample::SampleError::is_usage)
}
