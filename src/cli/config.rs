//! Settings of a file (`--config FILE`, or `./gmv.toml`): each becomes an argument where the command line has none, so that one parser
//! validates both.

mod keys;
mod layers;
mod origins;
mod settings;
mod source;
mod typed;
mod values;

use std::ffi::OsString;
use std::sync::LazyLock;

use clap::{CommandFactory, FromArgMatches};

use super::given::Given;
use super::{Arguments, Command};
pub(super) use keys::{APART, Keys, is_flag, takes_several};
pub use origins::Origins;
use source::Source;
use typed::Typed;

/// A configuration that cannot be used: where, what and what to do, on one line.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {message}")]
pub struct ConfigError {
    place: String,
    message: String,
}

impl ConfigError {
    fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        // A key in quotes may hold anything.
        Self { place: place.into(), message: message.into().replace(['\n', '\r'], " ") }
    }
}

/// Why there are no arguments.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// The command line is wrong, or asks for help or the version.
    #[error(transparent)]
    Line(#[from] clap::Error),
    /// The file is wrong.
    #[error(transparent)]
    File(#[from] ConfigError),
}

/// The definition of the command line, with what clap adds to it.
pub(super) fn definition() -> &'static clap::Command {
    static ROOT: LazyLock<clap::Command> = LazyLock::new(|| {
        let mut root = outline().clone();
        root.build();
        root
    });
    &ROOT
}

/// The same as it is written, which takes much longer to make than to copy: a parser adds what it needs of the rest.
pub(super) fn outline() -> &'static clap::Command {
    static ROOT: LazyLock<clap::Command> = LazyLock::new(Arguments::command);
    &ROOT
}

/// What was typed, and what the file adds to it.
///
/// # Errors
/// When the line or the file is wrong.
pub(super) fn arguments(line: Vec<OsString>) -> Result<Arguments, ParseError> {
    let root = definition();
    let typed = Typed::parse(root, line)?;
    let source = match &typed.file {
        Some(path) => Some(Source::named(path)?),
        None if typed.looks_for_file() => Source::discovered()?,
        None => None,
    };
    let Some(source) = source else {
        return typed.finish(&[]);
    };
    let keys = Keys::of(root);
    let settings = settings::read(&source, &keys)?;
    let chosen = layers::choose(settings, &keys, &typed, source.is_discovered)?;
    let mut arguments = typed.finish(&chosen.settings).map_err(|error| chosen.or_refused(error, &source))?;
    let is_quiet =
        typed.given.contains("quiet") || chosen.settings.iter().any(|setting| setting.key == "quiet");
    if !is_quiet {
        arguments.notes = chosen.notes(&source);
    }
    arguments.origins = Origins::of_settings(&chosen.settings);
    Ok(arguments)
}

/// Parses a whole line, once nothing is missing any more.
fn parse(line: Vec<OsString>) -> Result<Arguments, ParseError> {
    let mut command = outline().clone();
    let mut matches = command.try_get_matches_from_mut(line)?;
    let given = matches.subcommand().map(|(name, matches)| Given::new(name, matches));
    let arguments = Arguments::from_arg_matches_mut(&mut matches);
    let mut arguments = arguments.map_err(|error| error.format(&mut command))?;
    if let Command::Report(report) = &mut arguments.command {
        report.given = given.unwrap_or_default();
    }
    Ok(arguments)
}
