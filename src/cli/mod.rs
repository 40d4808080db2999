//! What the user may type, and what it means: arguments are parsed here, and resolved once into plain typed settings.

mod check;
mod compare;
mod decompose;
mod definitions;
mod explain;
mod groups;
mod ingest;
mod input;
mod output;
mod places;
mod plan;
mod profiles;
mod report;
mod repurchase;
mod sample;
mod sums;
mod typed;
mod values;
mod words;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use check::{CheckArguments, CheckOutput, CheckWork};
pub use compare::{CompareArguments, CompareSettings, Form};
pub use decompose::{DecomposeArguments, DecomposeSettings};
pub use explain::{ExplainArguments, ExplainSettings};
pub use ingest::{IngestArguments, IngestSettings};
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
#[command(name = "gmv", version, arg_required_else_help = true, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

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
}

/// Parses the command line; help, version and errors of the line end the process as clap does (exit codes 0 and 2).
#[must_use]
pub fn parse() -> Arguments {
    let matches = Arguments::command().get_matches();
    let mut arguments = Arguments::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    if let (Command::Report(report), Some((name, matches))) = (&mut arguments.command, matches.subcommand()) {
        report.typed = typed::Typed::new(name, matches);
    }
    arguments
}
