//! `gmv completions`: what was typed, and the script that completes the words of each command.

use clap::builder::Resettable;
use clap::{Arg, Args, Command};
use clap_complete::Shell;

use super::config;

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
        let root = offered(config::definition()).version(env!("CARGO_PKG_VERSION"));
        clap_complete::generate(self.shell, &mut { root }, "gmv", &mut script);
        String::from_utf8_lossy(&script).into_owned()
    }
}

/// A command as shells should know it: without its hidden options, which some of the generators would offer.
fn offered(command: &Command) -> Command {
    // What clap adds by itself would be there twice.
    let is_offered =
        |option: &&Arg| !option.is_hide_set() && !["help", "version"].contains(&option.get_id().as_str());
    let option = |option: &Arg| {
        let excluded = command.get_arg_conflicts_with(option).into_iter().filter(is_offered);
        let excluded: Vec<_> = excluded.map(|other| other.get_id().clone()).collect();
        let alone = option.clone().conflicts_with(Resettable::Reset).requires(Resettable::Reset);
        alone.conflicts_with_all(excluded)
    };
    let is_root = command.get_name() == "gmv";
    let options = command.get_arguments().filter(is_offered).filter(|one| is_root || !one.is_global_set());
    let commands = command.get_subcommands().filter(|one| one.get_name() != "help" && !one.is_hide_set());
    Command::new(command.get_name().to_owned())
        .about(command.get_about().cloned().unwrap_or_default())
        .args(options.map(option))
        .subcommands(commands.map(offered))
}
