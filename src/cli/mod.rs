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
mod meaning;
mod output;
mod places;
mod plan;
mod profiles;
mod report;
mod repurchase;
mod sample;
mod sql;
mod sums;
mod tables;
pub mod values;
mod words;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueHint};

pub use check::{CheckArguments, CheckOutput, CheckWork};
pub use compare::{CompareArguments, CompareSettings, Form};
pub use completions::CompletionsArguments;
pub use config::{ConfigError, Origins, ParseError};
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
pub use sql::{Influencing, Printing, SqlArguments, viewing};
pub use sums::{Facts, Persons, SumArguments, Work};

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
    /// The engine that was named gives nothing.
    #[error(transparent)]
    Engine(#[from] crate::engine::EngineError),
}

/// Why did GMV move? The five factors of live commerce, exact to the cent.
///
/// GMV = UV × watch time per viewer × buyers per watch hour × average order value × orders per buyer, from exports of orders and
/// viewing sessions as they are.
#[derive(Debug, Parser)]
#[command(name = "gmv", version, arg_required_else_help = true, max_term_width = 100, after_long_help = AFTER_HELP)]
pub struct Arguments {
    /// A file of settings (TOML); gmv init writes one to start from [default: ./gmv.toml, where there is one]
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
Exit codes: 0 done · 1 failed, or a check found an error · 2 wrong usage · 3 done, but rows were rejected and --strict was given · \
4 done, and an alert of gmv report fired.

Examples:
  gmv sample --sessions 100000 --streamers 50 --weeks 8 --seed 7 --out shop
  gmv check --orders shop/orders.csv --sessions shop/sessions.csv
  gmv decompose --orders shop/orders.csv --sessions shop/sessions.csv --by total
  gmv compare --orders shop/orders.csv --sessions shop/sessions.csv --narrative
  gmv init
  gmv report --config gmv.toml";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// The five factors of orders and sessions, one row per group and period
    ///
    /// GMV = UV × watch time per viewer × buyers per watch hour × average order value × orders per buyer. The factors multiply to the GMV of
    /// orders that viewing explains; the rest is off-live, always shown.
    Decompose(Box<DecomposeArguments>),
    /// What each factor did to GMV between two periods, and how sure that is
    ///
    /// The effects add up to the change of GMV to the cent. Rows that sum several leaves (--by total sums streamers) say what happened in
    /// the leaves, not what the totals look like.
    Compare(Box<CompareArguments>),
    /// Which slices moved GMV between two periods, and whether any did more than usual
    ///
    /// Every value of every column (streamer, domain, traffic, buyer-type, category, price-band, the columns of --streamers) and of every
    /// pair of them is a candidate: what it changed beyond what the rest did is its excess. So is every broadcast, held against those of
    /// its streamer before. The list counts no money twice, and may say that nothing was unusual.
    Explain(Box<ExplainArguments>),
    /// Who comes back: repurchase and trust within periods, and cohorts by the first order
    ///
    /// Repurchase within each period, returning buyers, what of it is private-domain, and the time to the second order; with --cohorts
    /// what buyers do in each period after their first order; with --expected what the buyers of today will bring next.
    Repurchase(Box<RepurchaseArguments>),
    /// What next: what if factors changed, what a target takes, and where streamers have headroom
    ///
    /// Planned from one period, the last complete one unless --base names another. With changes of factors (--aov +5%) it is a what-if;
    /// with --target it says by how much factors must rise; with neither it ranks, streamer by streamer, what would be gained if one lever
    /// rose to what the peers reach.
    Plan(Box<PlanArguments>),
    /// The weekly report: one page, one workbook, Parquet files and run.json
    ///
    /// It is about the last complete period (a week, unless --period says otherwise) before today, or before --as-of, and compares it with
    /// the one before. The folder OUT/PERIOD appears whole or not at all, and OUT/latest leads to the newest. The same exports, options and
    /// --as-of give the same bytes.
    Report(Box<ReportArguments>),
    /// The quality of exports: what was read and rejected, gaps, whether ids and clocks agree, and what looks wrong
    ///
    /// Says how each file was understood, where its rows and its money went, which days are missing, whether buyers are viewers by their
    /// ids, whether the clocks of both inputs agree, and what looks like brushing or a broken export. Nothing is removed, and nothing is
    /// written but what is asked for.
    Check(Box<CheckArguments>),
    /// Exports, read once, as typed Parquet files in a store
    ///
    /// Each export becomes one file of the store, which --store reads from then on: whole or not at all, with typed columns that any reader
    /// of Parquet takes, persons and orders by their ids, and nothing that the profile does not map. Later exports win over earlier ones,
    /// in the order in which they are ingested. An export that the store holds already is left alone; one that is read in another way
    /// (another profile, zone or --set) replaces its file and keeps its place. Several runs at once wait for each other.
    Ingest(Box<IngestArguments>),
    /// Synthetic exports of any size, reproducible by seed, with a known story in them
    ///
    /// Writes orders.csv, sessions.csv, streamers.csv, lives.csv (the broadcasts) and story.md (the true parameters) into a directory.
    /// Streamers are skewed, viewers return, buyers repeat; there are refunds, unpaid orders, masked buyers, buyers who never watched,
    /// overlapping sessions, nights that cross midnight, and broadcasts with shocks that all of their viewers share.
    Sample(SampleArguments),
    /// The built-in profiles, and the text of one to start from
    ///
    /// A profile says what the columns and words of a platform's export mean. It is found by the header of a file, or named with
    /// --profile; `gmv profiles show NAME > mine.toml` starts one of your own, for --profile mine.toml.
    Profiles(ProfilesArguments),
    /// The aggregation as SQL, for data that lives in another engine
    ///
    /// Prints one statement whose result is a facts file: the sums of each group and period, counted by the same rules as gmv decompose counts
    /// exports; or, by --query, where every row went, and what the tables of gmv repurchase and the intervals of gmv compare follow from. No
    /// table is read. Columns and words are those of a profile, as for exports.
    Sql(Box<SqlArguments>),
    /// A commented gmv.toml with every option, to start from
    ///
    /// A line becomes a setting when its # is taken away; for a report, that of orders and that of sessions will do. Mistakes are told with
    /// their line when a command reads the file.
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
    match parse_from(std::env::args_os().collect()) {
        Ok(arguments) => Ok(arguments),
        Err(ParseError::File(error)) => Err(error),
        Err(ParseError::Line(error)) => error.exit(),
    }
}

/// Parses a command line, whose first word is the name of the program, and the configuration that it names or that is found.
///
/// # Errors
/// When the line is wrong or asks for help or the version, or the configuration cannot be used.
pub fn parse_from(line: Vec<OsString>) -> Result<Arguments, ParseError> {
    config::arguments(line)
}
