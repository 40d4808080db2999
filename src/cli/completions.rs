//! `gmv completions`: what was typed, and the script that completes the words of each command.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Arguments;

/// A script with which a shell completes commands, options and their values.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

const AFTER_HELP: &str = "\
Examples:
  gmv completions bash > ~/.local/share/bash-completion/completions/gmv
  gmv completions zsh > ~/.zfunc/_gmv
  gmv completions fish > ~/.config/fish/completions/gmv.fish
  gmv completions powershell >> $PROFILE";

impl CompletionsArguments {
    /// The script.
    #[must_use]
    pub fn script(&self) -> String {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "gmv", &mut script);
        String::from_utf8_lossy(&script).into_owned()
    }
}
