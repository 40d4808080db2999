//! `gmv init`: what was typed, and the configuration that it writes.

mod examples;
mod template;

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::output::LanguageWord;
use crate::present::Target;

/// The options of `gmv init`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct InitArguments {
    /// The file
    #[arg(value_name = "FILE", default_value = "gmv.toml", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    /// Print it instead
    #[arg(long, conflicts_with_all = ["file", "force"])]
    print: bool,
    /// The language of what stands at its head
    #[arg(long, value_enum, default_value_t = LanguageWord::En)]
    lang: LanguageWord,
    /// Say nothing on standard error but errors
    #[arg(short, long)]
    quiet: bool,
}

const AFTER_HELP: &str = "\
Examples:
  gmv init
  gmv init weekly.toml
  gmv init --print --lang zh";

/// What is written where.
#[derive(Debug)]
pub struct InitOutput {
    /// The text.
    pub text: String,
    /// Where it goes.
    pub target: Target,
    /// Whether it may replace a file.
    pub replaces: bool,
    /// Whether standard error stays silent but for errors.
    pub quiet: bool,
}

impl InitArguments {
    /// What was typed, resolved.
    #[must_use]
    pub fn resolve(&self) -> InitOutput {
        InitOutput {
            text: template::text(self.lang.into()),
            target: if self.print { Target::Stdout } else { Target::File(self.file.clone()) },
            replaces: self.force,
            quiet: self.quiet,
        }
    }
}
