//! The command line by itself: which command, which file, and which options were typed.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, Command};

use super::keys::{APART, is_flag};
use super::settings::Setting;
use super::values::Value;
use super::{ParseError, outline, parse};
use crate::cli::Arguments;

/// The command line, and what was found in it.
#[derive(Debug)]
pub struct Typed {
    /// What was typed, without flags that were turned off.
    line: Vec<OsString>,
    /// Where the name of the command stands.
    at: usize,
    /// The command.
    pub command: String,
    /// Whether an action of the command was named (`profiles show`), which has no settings.
    pub has_action: bool,
    /// `--config`.
    pub file: Option<PathBuf>,
    /// The long names of options that were typed.
    pub given: BTreeSet<String>,
    /// The flags that were turned off (`--ci=false`).
    pub off: BTreeSet<String>,
}

impl Typed {
    /// Reads the line; options that a command must have may still come from a file.
    pub fn parse(root: &Command, line: Vec<OsString>) -> Result<Self, ParseError> {
        let at = position_of_command(&line);
        let (line, off) = switched(root, line, at);
        let matches = match outline().clone().try_get_matches_from(&line) {
            Err(error) if error.kind() == ErrorKind::MissingRequiredArgument => {
                outline().clone().ignore_errors(true).try_get_matches_from(&line)?
            }
            parsed => parsed?,
        };
        let file = matches.try_get_one::<PathBuf>("config").ok().flatten().cloned();
        let (command, own) = matches.subcommand().unwrap_or(("", &matches));
        let given = root.find_subcommand(command).map(|command| typed_options(command, own));
        Ok(Self {
            at,
            command: command.to_owned(),
            has_action: own.subcommand_name().is_some(),
            file,
            given: given.unwrap_or_default(),
            off,
            line,
        })
    }

    /// Whether the command looks for a file that was not named.
    pub fn looks_for_file(&self) -> bool {
        !APART.contains(&self.command.as_str())
    }

    /// Whether the option was typed, or turned off.
    pub fn says(&self, option: &str) -> bool {
        self.given.contains(option) || self.off.contains(option)
    }

    /// The arguments of the line with those of settings before them.
    pub fn finish(&self, settings: &[Setting]) -> Result<Arguments, ParseError> {
        let mut line = self.line.clone();
        let after = self.at.saturating_add(1).min(line.len());
        line.splice(after..after, settings.iter().flat_map(as_typed));
        parse(line)
    }
}

/// A setting, as it would be typed.
pub fn as_typed(setting: &Setting) -> Vec<OsString> {
    let key = &setting.key;
    match &setting.value {
        Value::Flag(true) => vec![format!("--{key}").into()],
        Value::Flag(false) => Vec::new(),
        Value::Texts(texts) => {
            let typed = |text: &OsString| {
                let mut typed = OsString::from(format!("--{key}="));
                typed.push(text);
                typed
            };
            texts.iter().map(typed).collect()
        }
    }
}

/// The options that a command misses when it gets a setting alone, for each; those that it always misses are not among them.
pub fn missing(command: &Command, settings: &[Setting]) -> Vec<BTreeSet<String>> {
    let mut command = command.clone().no_binary_name(true);
    let mut of = |arguments: Vec<OsString>| {
        command.try_get_matches_from_mut(arguments).err().as_ref().map(lacking).unwrap_or_default()
    };
    let always = of(Vec::new());
    settings.iter().map(|setting| of(as_typed(setting)).difference(&always).cloned().collect()).collect()
}

/// The long names of the options that an error misses.
pub fn lacking(error: &clap::Error) -> BTreeSet<String> {
    match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(names)) if error.kind() == ErrorKind::MissingRequiredArgument => {
            names.iter().map(|name| long_name(name)).collect()
        }
        _ => BTreeSet::new(),
    }
}

/// `lift` of `--lift <LIST>`.
fn long_name(shown: &str) -> String {
    let end = shown.find([' ', '=', '[']).unwrap_or(shown.len());
    shown.get(..end).unwrap_or_default().trim_start_matches('-').to_owned()
}

fn typed_options(command: &Command, matches: &ArgMatches) -> BTreeSet<String> {
    let is_typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let options = command.get_arguments().filter(|option| is_typed(option.get_id().as_str()));
    options.filter_map(|option| option.get_long()).map(str::to_owned).collect()
}

/// The place of the command's name: the first word that is no option, nor the value of `--config`.
fn position_of_command(line: &[OsString]) -> usize {
    let mut is_value = false;
    let is_command = |word: &OsString| {
        let is_option = word.to_string_lossy().starts_with('-');
        let found = !is_option && !is_value;
        is_value = word == "--config";
        found
    };
    line.iter().skip(1).position(is_command).map_or(line.len(), |at| at + 1)
}

/// The line with `--flag=true` as `--flag`, and without `--flag=false`; and the flags that were turned off.
fn switched(root: &Command, line: Vec<OsString>, at: usize) -> (Vec<OsString>, BTreeSet<String>) {
    let mut off = BTreeSet::new();
    let name = line.get(at).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let Some(command) = root.find_subcommand(&name) else { return (line, off) };
    let flag = |word: &str| -> Option<(String, bool)> {
        let (name, value) = word.strip_prefix("--")?.split_once('=')?;
        let option = command.get_arguments().find(|option| option.get_long() == Some(name))?;
        let value = value.parse().ok().filter(|_| is_flag(option))?;
        Some((name.to_owned(), value))
    };
    let mut kept = Vec::with_capacity(line.len());
    let mut is_escaped = false;
    for (place, word) in line.into_iter().enumerate() {
        is_escaped |= word == "--";
        match word.to_str().and_then(flag).filter(|_| place > at && !is_escaped) {
            Some((name, true)) => kept.push(format!("--{name}").into()),
            Some((name, false)) => {
                off.insert(name);
            }
            None => kept.push(word),
        }
    }
    (kept, off)
}
