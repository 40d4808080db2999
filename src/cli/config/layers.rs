//! Which settings of a file a run takes: the command line wins over the table of the command, and that over the top of the file.

use std::collections::BTreeSet;

use clap::{Arg, Command, ValueHint};

use super::keys::{Keys, is_flag};
use super::settings::Setting;
use super::source::Source;
use super::typed::{Typed, lacking, missing};
use super::values::Value;
use super::{ConfigError, ParseError};

/// What a file that was found without being named may read. Every other path is one that is written, or a key.
const READ: [&str; 12] = [
    "orders",
    "sessions",
    "refunds",
    "store",
    "streamers",
    "lives",
    "profile",
    "rooms",
    "facts",
    "influences",
    "viewing",
    "spend",
];

/// What such a file may not say although it is no path: where the numbers come from is not for whoever left a file in a folder to choose.
const NAMED: [&str; 1] = ["engine"];

/// An option, and another one that it stands in the place of, although clap would take both.
const IN_PLACE_OF: [(&str, &str); 7] = [
    ("store", "orders"),
    ("store", "sessions"),
    ("store", "profile"),
    ("store", "delimiter"),
    ("orders", "store"),
    ("sessions", "store"),
    // The ending of a file that was typed says its format.
    ("output", "format"),
];

/// The settings that a run takes, and those that it does not.
#[derive(Debug)]
pub struct Chosen {
    /// Those that it takes, in the order of the file.
    pub settings: Vec<Setting>,
    /// Those that a file must be named for.
    refused: Vec<Setting>,
    /// Those that need another option, with its name.
    idle: Vec<(Setting, String)>,
}

/// Where a setting comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    Own,
    Top,
}

/// Chooses among the settings of a file.
///
/// # Errors
/// When two of them exclude each other, or the file would have to be named for a key.
pub fn choose(
    settings: Vec<Setting>,
    keys: &Keys<'_>,
    typed: &Typed,
    is_discovered: bool,
) -> Result<Chosen, ConfigError> {
    let mut chosen = Chosen { settings: Vec::new(), refused: Vec::new(), idle: Vec::new() };
    let name = typed.command.as_str();
    let Some(command) = keys.command(name).filter(|_| !typed.has_action) else { return Ok(chosen) };
    let layer = |setting: &Setting| match &setting.command {
        Some(of) => (of == name).then_some(Layer::Own),
        None => keys.takes(name, &setting.key).then_some(Layer::Top),
    };
    let mut layered: Vec<(Layer, Setting)> =
        settings.into_iter().filter_map(|setting| Some((layer(&setting)?, setting))).collect();
    let own: Vec<String> = keys_of(&layered, Layer::Own);
    layered.retain(|(layer, setting)| *layer == Layer::Own || !own.contains(&setting.key));
    layered.retain(|(_, setting)| !typed.says(&setting.key) && setting.value.is_given());
    if is_discovered {
        refuse(&mut layered, &mut chosen, keys, name)?;
    }
    let excludes = Excludes { command, keys, name };
    layered.retain(|(_, setting)| !typed.given.iter().any(|given| excludes.overrules(given, &setting.key)));
    let own = keys_of(&layered, Layer::Own);
    layered.retain(|(layer, setting)| {
        *layer == Layer::Own || !own.iter().any(|given| excludes.overrules(given, &setting.key))
    });
    chosen.settings = layered.into_iter().map(|(_, setting)| setting).collect();
    excludes.check(&chosen.settings)?;
    drop_idle(&mut chosen, command, typed);
    Ok(chosen)
}

fn keys_of(layered: &[(Layer, Setting)], layer: Layer) -> Vec<String> {
    layered.iter().filter(|(of, _)| *of == layer).map(|(_, setting)| setting.key.clone()).collect()
}

/// Takes out what a file that was not named must not say.
fn refuse(
    layered: &mut Vec<(Layer, Setting)>,
    chosen: &mut Chosen,
    keys: &Keys<'_>,
    command: &str,
) -> Result<(), ConfigError> {
    let is_refused = |setting: &Setting| {
        let key = setting.key.as_str();
        let is_written = keys.own(command, key).is_some_and(is_path)
            && (!READ.contains(&key) || (command == "ingest" && key == "store"));
        is_written || NAMED.contains(&key)
    };
    for (layer, setting) in std::mem::take(layered) {
        // Left out, it would put persons into a result that was to have none.
        if setting.key == "pseudonymize" {
            let message = "pseudonymize: a configuration that was found, not named, may name no key; add --config gmv.toml, or --pseudonymize";
            return Err(ConfigError::new(setting.place, message));
        }
        let is_default = keys.own(command, &setting.key).is_some_and(|option| says_default(option, &setting));
        match is_refused(&setting) {
            false => layered.push((layer, setting)),
            true if is_default => {}
            true => chosen.refused.push(setting),
        }
    }
    Ok(())
}

/// Whether a setting says what is so without it.
fn says_default(option: &Arg, setting: &Setting) -> bool {
    let defaults = option.get_default_values();
    match &setting.value {
        Value::Flag(_) => false,
        Value::Texts(texts) => !defaults.is_empty() && texts.iter().eq(defaults),
    }
}

fn is_path(option: &Arg) -> bool {
    matches!(option.get_value_hint(), ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath)
}

/// Leaves out settings that need an option which nobody gives.
fn drop_idle(chosen: &mut Chosen, command: &Command, typed: &Typed) {
    let mut needs: Vec<_> = missing(command, &chosen.settings);
    loop {
        let is_there = |name: &String| {
            typed.given.contains(name) || chosen.settings.iter().any(|setting| &setting.key == name)
        };
        let lack = |needs: &BTreeSet<String>| needs.iter().find(|name| !is_there(name)).cloned();
        let found = needs.iter().enumerate().find_map(|(at, needs)| Some((at, lack(needs)?)));
        let Some((at, name)) = found else { return };
        needs.remove(at);
        let setting = chosen.settings.remove(at);
        let option = command.get_arguments().find(|option| option.get_long() == Some(&setting.key));
        // One with a default only says how the other would be done.
        if option.is_some_and(|option| is_flag(option) || option.get_default_values().is_empty()) {
            chosen.idle.push((setting, name));
        }
    }
}

/// Which options exclude each other.
struct Excludes<'a> {
    command: &'a Command,
    keys: &'a Keys<'a>,
    name: &'a str,
}

impl Excludes<'_> {
    /// Whether the definition lets only one of them be.
    fn excludes(&self, one: &str, other: &str) -> bool {
        let names = |of: &str| -> Vec<&str> {
            let option = self.keys.own(self.name, of);
            let of = option.map(|option| self.command.get_arg_conflicts_with(option)).unwrap_or_default();
            of.into_iter().filter_map(Arg::get_long).collect()
        };
        names(one).contains(&other) || names(other).contains(&one)
    }

    /// Whether a nearer setting takes the place of another.
    fn overrules(&self, near: &str, far: &str) -> bool {
        // Ingestion fills the store with the exports.
        let in_place = self.name != "ingest" && IN_PLACE_OF.contains(&(near, far));
        in_place || self.excludes(near, far)
    }

    /// Refuses two of a kind that exclude each other.
    fn check(&self, settings: &[Setting]) -> Result<(), ConfigError> {
        for (at, one) in settings.iter().enumerate() {
            let before = settings.get(..at).unwrap_or_default();
            if let Some(other) = before.iter().find(|other| self.excludes(&other.key, &one.key)) {
                let (line, key, first) = (&other.place, &one.key, &other.key);
                let message = format!("{key} and {first} ({line}) exclude each other; keep one of them");
                return Err(ConfigError::new(one.place.clone(), message));
            }
        }
        Ok(())
    }
}

impl Chosen {
    /// The error of a line, or, where it misses what a file was not allowed to say, that.
    pub fn or_refused(&self, error: ParseError, source: &Source) -> ParseError {
        let ParseError::Line(line) = &error else { return error };
        let is_missing = |setting: &&Setting| lacking(line).contains(&setting.key);
        match self.refused.iter().find(is_missing) {
            Some(setting) => {
                let (key, name) = (&setting.key, &source.name);
                let message = format!(
                    "{key}: {name} was found, not named, and may not say where results go; add --config {name}, or --{key}"
                );
                ConfigError::new(setting.place.clone(), message).into()
            }
            None => error,
        }
    }

    /// What a person should know of settings that were not taken.
    pub fn notes(&self, source: &Source) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.refused.is_empty() {
            let keys: Vec<&str> = self.refused.iter().map(|setting| setting.key.as_str()).collect();
            let name = &source.name;
            notes.push(format!(
                "{name} was found, not named, and may not say where results go: {} not taken; --config {name} takes {}",
                keys.join(", "),
                if keys.len() == 1 { "it" } else { "them" },
            ));
        }
        let idle = |(setting, needs): &(Setting, String)| {
            format!("{}: {} is without effect: it needs {needs}", setting.place, setting.key)
        };
        notes.extend(self.idle.iter().map(idle));
        notes
    }
}
