//! From the text of a configuration to its settings, each of them known and of a value that its option takes.

use clap::Arg;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::Keys;
use super::source::Source;
use super::values::{self, Value};
use super::{APART, ConfigError};

/// A key of the file and what it says.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The command in whose table it stands; `None` at the top.
    pub command: Option<String>,
    /// The long name of its option.
    pub key: String,
    /// Where the key stands.
    pub place: String,
    /// What it says.
    pub value: Value,
}

type Key<'a> = Spanned<std::borrow::Cow<'a, str>>;

/// The settings of a file in their order.
///
/// # Errors
/// At the first that is wrong.
pub fn read(source: &Source, keys: &Keys<'_>) -> Result<Vec<Setting>, ConfigError> {
    let table = DeTable::parse(&source.text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        ConfigError::new(source.place(at), error.message().trim().replace('\n', ", "))
    })?;
    let mut settings = Vec::new();
    for (key, value) in in_order(table.get_ref()) {
        let name = key.get_ref().as_ref();
        let place = source.place(key.span().start);
        match (keys.command(name), value.get_ref()) {
            (Some(_), DeValue::Table(table)) => {
                for (key, value) in in_order(table) {
                    settings.push(setting(source, keys, Some(name), key, value)?);
                }
            }
            (Some(_), _) => return Err(ConfigError::new(place, no_value(name, keys))),
            (None, DeValue::Table(_)) => return Err(ConfigError::new(place, no_table(name, keys))),
            (None, _) => settings.push(setting(source, keys, None, key, value)?),
        }
    }
    Ok(settings)
}

fn in_order<'a, 'b>(table: &'a DeTable<'b>) -> Vec<(&'a Key<'b>, &'a Spanned<DeValue<'b>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

fn setting(
    source: &Source,
    keys: &Keys<'_>,
    command: Option<&str>,
    key: &Key<'_>,
    value: &Spanned<DeValue<'_>>,
) -> Result<Setting, ConfigError> {
    let name = key.get_ref().as_ref();
    let place = source.place(key.span().start);
    let option: Option<&Arg> = match command {
        Some(command) => keys.own(command, name),
        None => keys.shared(name),
    };
    let Some(option) = option else {
        return Err(ConfigError::new(place, no_option(name, command, keys)));
    };
    let value = values::read(source, option, value)?;
    Ok(Setting { command: command.map(str::to_owned), key: name.to_owned(), place, value })
}

/// What is said of a command that has a value.
fn no_value(name: &str, keys: &Keys<'_>) -> String {
    let owners = keys.owners(name);
    let tables: Vec<String> = owners.iter().map(|owner| format!("[{owner}]")).collect();
    match tables.join(" or ").as_str() {
        "" => format!("{name} is a command: its settings stand below a line [{name}]"),
        tables => {
            format!("{name} is a command, and an option of {}: put it under {tables}", owners.join(", "))
        }
    }
}

/// What is said of a table that belongs to no command.
fn no_table(name: &str, keys: &Keys<'_>) -> String {
    if keys.shared(name).is_some() {
        return format!("{name} is an option, not a command: give it a value, {name} = …");
    }
    let nearest = keys.nearest_command(name);
    let commands: Vec<&str> = keys.commands.iter().map(|(command, _)| command.get_name()).collect();
    match nearest.as_str() {
        "" => format!("[{name}] is no command; tables are {}", commands.join(", ")),
        nearest => format!("[{name}] is no command{nearest}"),
    }
}

/// What is said of a key that is no option there.
fn no_option(name: &str, command: Option<&str>, keys: &Keys<'_>) -> String {
    if name == "config" {
        return "config names this file, and cannot stand in it".to_owned();
    }
    let owners = keys.owners(name);
    let tables: Vec<String> = owners.iter().map(|owner| format!("[{owner}]")).collect();
    match (command, owners.as_slice()) {
        (None, []) => format!("{name} is no option{}", keys.nearest(name, None)),
        (None, [owner]) => format!("{name} is an option of {owner} alone: put it under [{owner}]"),
        (None, _) if owners.iter().all(|owner| APART.contains(owner)) => {
            format!("{name} is an option of {}: put it under {}", owners.join(", "), tables.join(" or "))
        }
        (None, _) => {
            let list = owners.join(", ");
            format!(
                "{name} does not mean the same to all commands that have it ({list}): put it under {}",
                tables.join(" or ")
            )
        }
        (Some(command), []) => {
            format!("{name} is no option of {command}{}", keys.nearest(name, Some(command)))
        }
        (Some(command), _) => {
            format!("{name} is no option of {command}, but of {}", owners.join(", "))
        }
    }
}
