//! What the user may type, and what it means: arguments are parsed here, and resolved once into plain typed settings.

mod check;
mod compare;
mod completions;
mod config;
mod decompose;
mod definitions;
mod explain;
mod given;
mod groups;
mod ingest;
mod init;
mod input;
mod man;
mod output;
mod places;
mod plan;
mod profiles;
mod report;
mod repurchase;
mod sample;
mod sums;
mod values;
mod words;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueHint};

pub use check::{CheckArguments, CheckOutput, CheckWork};
pub use compare::{CompareArguments, CompareSettings, Form};
pub use completions::CompletionsArguments;
pub use config::{ConfigError, Origins};
pub use decompose::{DecomposeArguments, DecomposeSettings};
pub use explain::{ExplainArguments, ExplainSettings};
pub use ingest::{IngestArguments, IngestSettings};
pub use init::{InitArguments, InitOutput};
pub use man::{ManArguments, ManPage};
pub use output::{Presentation, PresentationArguments};
pub use plan::{PlanArguments, PlanSettings};
pub use profiles::{ProfilesArguments, ProfilesWork};
pub use report::{Asked, ReportArguments, ReportSettings};
pub use repurchase::{RepurchaseArguments, RepurchaseSettings, Shown};
pub use sample::{SampleArguments, SampleOutput};
pub use sums::{Facts, SumArguments, Work};

/// What was typed cannot be meant: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

/// Why settings could not be resolved.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// What was typed cannot be meant.
    #[error(transparent)]
    Usage(#[from] UsageError),
    /// A file that was named cannot be used.
    #[error(transparent)]
    Input(#[from] crate::input::error::InputError),
}

/// Why did GMV move? The five factors of live commerce, exact to the cent.
///
/// GMV = UV × watch time per viewer × buyers per watch hour × average order value × orders per buyer, from exports of orders and
/// viewing sessions as they are.
#[derive(Debug, Parser)]
#[command(name = "gmv", version, arg_required_else_help = true, max_term_width = 100, after_long_help = AFTER_HELP)]
pub struct Arguments {
    /// Settings (TOML): the options of all commands by their names; gmv init writes one with all of them [default: ./gmv.toml, where there is one]
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Where the arguments came from that a configuration gave.
    #[arg(skip)]
    pub origins: Origins,
    /// What a person should know of settings that were not taken.
    #[arg(skip)]
    pub notes: Vec<String>,
}

const AFTER_HELP: &str = "\
Exit codes: 0 done · 1 failed, or a check found an error · 2 wrong usage · 3 done, but rows were rejected and --strict was given ·
4 done, and an alert of gmv report fired.

Examples:
  gmv sample --sessions 100000 --streamers 50 --weeks 8 --seed 7 --out shop
  gmv check --orders shop/orders.csv --sessions shop/sessions.csv
  gmv decompose --orders shop/orders.csv --sessions shop/sessions.csv --by total
  gmv compare --orders shop/orders.csv --sessions shop/sessions.csv --ci --narrative
  gmv init
  gmv report --config gmv.toml";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The five factors of orders and sessions, one row per group and period
    Decompose(Box<DecomposeArguments>),
    /// What each factor did to GMV between two periods, and how sure that is
    Compare(Box<CompareArguments>),
    /// Which slices moved GMV between two periods, and whether any did more than usual
    Explain(Box<ExplainArguments>),
    /// Who comes back: repurchase and trust within periods, and cohorts by the first order
    Repurchase(Box<RepurchaseArguments>),
    /// What next: what if factors changed, what a target takes, and where streamers have headroom
    Plan(Box<PlanArguments>),
    /// The weekly report: one page, one workbook, Parquet files and run.json
    Report(Box<ReportArguments>),
    /// The quality of exports: what was read and rejected, gaps, whether ids and clocks agree, and what looks wrong
    Check(Box<CheckArguments>),
    /// Exports, read once, as typed Parquet files in a store
    Ingest(Box<IngestArguments>),
    /// Synthetic exports of any size, reproducible by seed, with a known story in them
    Sample(SampleArguments),
    /// The built-in profiles, and the text of one to start from
    Profiles(ProfilesArguments),
    /// A commented gmv.toml with every option, to start from
    Init(InitArguments),
    /// A script with which a shell completes commands, options and values
    Completions(CompletionsArguments),
    /// Man pages of gmv and its commands
    Man(ManArguments),
}

/// Whether the line asks for a log of JSON objects, for errors that come before anything is known of it.
#[must_use]
pub fn logs_json() -> bool {
    let line: Vec<_> = std::env::args_os().collect();
    line.windows(2).any(|two| two[0] == "--log" && two[1] == "json")
        || line.iter().any(|one| one == "--log=json")
}

/// Parses the command line, and the configuration where there is one; help, version and errors of the line end the process as clap does
/// (exit codes 0 and 2).
///
/// # Errors
/// When the configuration cannot be used.
pub fn parse() -> Result<Arguments, ConfigError> {
    match config::arguments(std::env::args_os().collect()) {
        Ok(arguments) => Ok(arguments),
        Err(config::ParseError::File(error)) => Err(error),
        Err(config::ParseError::Line(error)) => error.exit(),
    }
}
