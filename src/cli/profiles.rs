//! `gmv profiles`: what was typed, and what it means.

use clap::{Args, Subcommand};

use super::UsageError;
use super::output::{Presentation, PresentationArguments};

/// The options of `gmv profiles`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_long_help = AFTER_HELP)]
pub struct ProfilesArguments {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    presentation: PresentationArguments,
}

const AFTER_HELP: &str = "\
Examples:
  gmv profiles
  gmv profiles show canonical > mine.toml
  gmv profiles --format json";

#[derive(Debug, Subcommand)]
enum Action {
    /// Print the text of a profile (TOML), as --profile FILE takes it
    #[command(after_long_help = "Examples:\n  gmv profiles show canonical > mine.toml")]
    Show {
        /// The profile
        #[arg(value_name = "NAME")]
        name: String,
    },
}

/// What is to be shown.
#[derive(Debug)]
pub enum ProfilesWork<'a> {
    /// The table of all.
    List,
    /// The text of one.
    Show(&'a str),
}

impl ProfilesArguments {
    /// What was typed, resolved.
    ///
    /// # Errors
    /// When the format and the target do not go together.
    pub fn resolve(&self) -> Result<(ProfilesWork<'_>, Presentation), UsageError> {
        let work = match &self.action {
            None => ProfilesWork::List,
            Some(Action::Show { name }) => ProfilesWork::Show(name),
        };
        Ok((work, self.presentation.resolve()?))
    }
}
