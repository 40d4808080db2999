//! Options as they were typed, so that another command can be asked the same question of the same exports.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fmt;

use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches};

use super::config;

/// One option with its values; a flag has none.
#[derive(Clone, PartialEq, Eq)]
struct GivenOption {
    name: String,
    values: Vec<OsString>,
    /// Whether one option may be followed by several values.
    takes_several: bool,
}

impl fmt::Debug for GivenOption {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.values.iter().map(|value| self.shown(value));
        out.debug_list().entry(&self.name).entries(shown).finish()
    }
}

impl GivenOption {
    /// A value as people may see it: of the parameters of a cluster's address, of which one may be a token, whether it is encrypted.
    fn shown<'a>(&self, value: &'a OsStr) -> Cow<'a, str> {
        let text = value.to_string_lossy();
        let Some((address, parameters)) = text.split_once(';').filter(|_| self.name == "engine") else {
            return text;
        };
        let address = address.trim_end_matches('/').to_owned();
        let encrypted = parameters.split(';').find(|one| one.starts_with("use_ssl="));
        Cow::Owned(encrypted.map_or(address.clone(), |encrypted| format!("{address}/;{encrypted}")))
    }
}

/// The options that were given to a command, in the order of its definition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given(Vec<GivenOption>);

/// A command line of `gmv`, without the name of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line(Vec<GivenOption>, &'static str);

impl Given {
    /// The options among the matches of a command that were given, not those that have their defaults.
    #[must_use]
    pub fn new(command: &str, matches: &ArgMatches) -> Self {
        let definition = config::outline();
        let Some(definition) = definition.find_subcommand(command) else { return Self::default() };
        let given = |argument: &&clap::Arg| {
            matches.value_source(argument.get_id().as_str()) == Some(ValueSource::CommandLine)
        };
        let option = |argument: &clap::Arg| {
            let name = argument.get_long()?.to_owned();
            let is_flag = matches!(argument.get_action(), ArgAction::SetTrue);
            let raw = matches.get_raw(argument.get_id().as_str()).filter(|_| !is_flag);
            let values = raw.into_iter().flatten().map(OsStr::to_owned).collect();
            let takes_several = argument.get_num_args().is_some_and(|range| range.max_values() > 1);
            Some(GivenOption { name, values, takes_several })
        };
        Self(definition.get_arguments().filter(given).filter_map(option).collect())
    }

    /// The command line of another command: the options that it knows of these, but for some, and then its own.
    #[must_use]
    pub fn line(&self, command: &'static str, without: &[&str], own: &[(&str, &str)]) -> Line {
        let definition = config::outline();
        let known = |name: &str| {
            let command = definition.find_subcommand(command);
            command.is_some_and(|command| command.get_arguments().any(|one| one.get_long() == Some(name)))
        };
        let is_own = |name: &str| own.iter().any(|(one, _)| *one == name);
        let kept = self
            .0
            .iter()
            .filter(|one| known(&one.name) && !without.contains(&one.name.as_str()) && !is_own(&one.name));
        let own = own.iter().map(|(name, value)| GivenOption {
            name: (*name).to_owned(),
            values: Some(*value).filter(|value| !value.is_empty()).map(OsString::from).into_iter().collect(),
            takes_several: false,
        });
        Line(kept.cloned().chain(own).collect(), command)
    }
}

/// Options about how a machine computes and what it says meanwhile, which no result depends on.
const OF_THE_MACHINE: [&str; 6] =
    ["threads", "memory", "block-size", "spill-above", "quiet", "engine-timeout"];

impl Line {
    /// The arguments, as a program gets them.
    #[must_use]
    pub fn arguments(&self) -> Vec<OsString> {
        let of_option = |one: &GivenOption| {
            let name = format!("--{}", one.name);
            if one.values.is_empty() {
                return vec![OsString::from(name)];
            }
            let value = |value: &OsString| {
                let mut whole = OsString::from(format!("{name}="));
                whole.push(value);
                whole
            };
            one.values.iter().map(value).collect()
        };
        ["gmv", self.1].map(OsString::from).into_iter().chain(self.0.iter().flat_map(of_option)).collect()
    }

    /// The same for a shell, without what no result depends on.
    #[must_use]
    pub fn text(&self) -> String {
        let mut words = vec!["gmv".to_owned(), self.1.to_owned()];
        for one in self.0.iter().filter(|one| !OF_THE_MACHINE.contains(&one.name.as_str())) {
            let name = format!("--{}", one.name);
            let values = one.values.iter().map(|value| quoted(&one.shown(value)));
            if one.values.is_empty() {
                words.push(name);
            } else if one.takes_several {
                words.push(name);
                words.extend(values);
            } else {
                words.extend(values.flat_map(|value| [name.clone(), value]));
            }
        }
        words.join(" ")
    }
}

/// A word as a shell takes it: in single quotes where it holds anything but letters, digits and signs without a meaning.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./:,=%+@".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(line: &[&str]) -> Given {
        let matches = config::outline().clone().try_get_matches_from(line).unwrap();
        let (name, matches) = matches.subcommand().unwrap();
        Given::new(name, matches)
    }

    #[test]
    fn a_token_is_handed_on_and_not_shown() {
        let url = "sc://h:1/;use_ssl=true;token=secret";
        let given = given(&["gmv", "decompose", "--engine", url, "--orders-table", "o"]);
        let line = given.line("compare", &[], &[]);
        assert_eq!(line.text(), "gmv compare --engine 'sc://h:1/;use_ssl=true' --orders-table o");
        assert!(line.arguments().contains(&OsString::from(format!("--engine={url}"))));
        assert!(!format!("{line:?}").contains("secret"));
    }

    #[test]
    fn what_was_typed_becomes_another_commands_line() {
        let given = given(&[
            "gmv",
            "decompose",
            "--orders",
            "a b.csv",
            "it's.csv",
            "--sessions",
            "s.csv",
            "--ci",
            "--by",
            "streamer,domain",
            "--threads",
            "2",
        ]);
        let line = given.line("compare", &["by"], &[("by", "total"), ("ci", "")]);
        assert_eq!(
            line.text(),
            r"gmv compare --orders 'a b.csv' 'it'\''s.csv' --sessions s.csv --by total --ci"
        );
        let arguments = line.arguments();
        assert!(arguments.contains(&OsString::from("--threads=2")));
        assert!(config::outline().clone().try_get_matches_from(arguments).is_ok());
        // What another command does not know is left out, and defaults are not typed.
        let line = given.line("check", &[], &[]);
        assert!(!line.text().contains("--by") && !line.text().contains("--basis"), "{}", line.text());
    }
}
