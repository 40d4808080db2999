//! The keys that a configuration may have: the long names of options, those that several commands share at the top, the others in the
//! tables of their commands.

use clap::{Arg, ArgAction, Command};

/// Commands that read no exports: their options stand in their own tables alone, and they look for no `./gmv.toml`.
pub(in crate::cli) const APART: [&str; 5] = ["init", "completions", "man", "profiles", "sample"];

/// How like a name must be to be offered for one that is unknown (Jaro and Winkler: 0 to 1).
const LIKE: f64 = 0.75;

/// The options of each command.
#[derive(Debug)]
pub(in crate::cli) struct Keys<'a> {
    /// The commands with their options, in the order of the help.
    pub commands: Vec<(&'a Command, Vec<&'a Arg>)>,
}

impl<'a> Keys<'a> {
    /// The keys of a definition that is built. Hidden options, which are there to be refused or for tests, are none.
    pub fn of(root: &'a Command) -> Self {
        let is_key = |arg: &&Arg| {
            let name = arg.get_long();
            name.is_some_and(|name| !["help", "version", "config"].contains(&name)) && !arg.is_hide_set()
        };
        let of_command = |command: &'a Command| (command, command.get_arguments().filter(is_key).collect());
        let commands = root.get_subcommands().filter(|command| command.get_name() != "help");
        Self { commands: commands.map(of_command).collect() }
    }

    /// The definition of a command.
    pub fn command(&self, name: &str) -> Option<&'a Command> {
        self.commands.iter().find(|(command, _)| command.get_name() == name).map(|(command, _)| *command)
    }

    /// An option of a command.
    pub fn own(&self, command: &str, name: &str) -> Option<&'a Arg> {
        let (_, options) = self.commands.iter().find(|(known, _)| known.get_name() == command)?;
        options.iter().find(|option| option.get_long() == Some(name)).copied()
    }

    /// An option that several commands share: one that means the same to at least two, by the form of its value.
    pub fn shared(&self, name: &str) -> Option<&'a Arg> {
        let options: Vec<&Arg> = self.sharing().filter_map(|command| self.own(command, name)).collect();
        let is_twice = |one: &&&'a Arg| options.iter().filter(|other| is_same(one, other)).count() > 1;
        options.iter().find(is_twice).copied()
    }

    /// Whether a command takes an option from the top of the file.
    pub fn takes(&self, command: &str, name: &str) -> bool {
        let own = self.own(command, name).filter(|_| !APART.contains(&command));
        own.zip(self.shared(name)).is_some_and(|(own, shared)| is_same(own, shared))
    }

    /// The commands that have an option, whatever it means to them.
    pub fn owners(&self, name: &str) -> Vec<&'a str> {
        let names = self.commands.iter().map(|(command, _)| command.get_name());
        names.filter(|command| self.own(command, name).is_some()).collect()
    }

    /// The commands that take an option from the top of the file.
    pub fn takers(&self, name: &str) -> Vec<&'a str> {
        self.sharing().filter(|command| self.takes(command, name)).collect()
    }

    /// The options that several commands share, in the order of the first of them.
    pub fn all_shared(&self) -> Vec<&'a Arg> {
        let mut all: Vec<&Arg> = Vec::new();
        let named = self.commands.iter().flat_map(|(_, options)| options.iter().copied());
        for name in named.filter_map(Arg::get_long) {
            let is_new = all.iter().all(|known| known.get_long() != Some(name));
            all.extend(self.shared(name).filter(|_| is_new));
        }
        all
    }

    /// A sentence that offers the nearest option of a command, or of all with the table it stands in; or nothing.
    pub fn nearest(&self, wanted: &str, command: Option<&str>) -> String {
        let wanted = wanted.to_lowercase().replace('_', "-");
        let of = |(known, _): &&(&Command, Vec<&Arg>)| command.is_none_or(|name| known.get_name() == name);
        let options = self.commands.iter().filter(of).flat_map(|(_, options)| options);
        let offer = offer(&wanted, options.filter_map(|option| option.get_long()).collect());
        let is_elsewhere = |name: &&str| command.is_none() && self.shared(name).is_none();
        match offer.filter(is_elsewhere).and_then(|name| self.owners(name).first().copied()) {
            Some(table) => format!("{} (under [{table}])", sentence(offer)),
            None => sentence(offer),
        }
    }

    /// A sentence that offers the command with the nearest name, or nothing.
    pub fn nearest_command(&self, wanted: &str) -> String {
        sentence(offer(wanted, self.commands.iter().map(|(command, _)| command.get_name()).collect()))
    }

    /// The commands that may share options.
    pub fn sharing(&self) -> impl Iterator<Item = &'a str> {
        let names: Vec<&str> = self.commands.iter().map(|(command, _)| command.get_name()).collect();
        names.into_iter().filter(|name| !APART.contains(name))
    }
}

/// The nearest of some names, if one is near.
fn offer<'a>(wanted: &str, names: Vec<&'a str>) -> Option<&'a str> {
    let scored = names.into_iter().map(|name| (strsim::jaro_winkler(name, wanted), name));
    let nearest = scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score > LIKE);
    nearest.map(|(_, name)| name)
}

fn sentence(offer: Option<&str>) -> String {
    offer.map_or(String::new(), |name| format!("; did you mean `{name}`?"))
}

/// Whether two options take values of the same form.
fn is_same(one: &Arg, other: &Arg) -> bool {
    let form = |option: &Arg| (is_flag(option), option.get_value_names().map(<[_]>::to_vec));
    form(one) == form(other)
}

/// Whether an option takes no value.
pub(in crate::cli) fn is_flag(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::SetTrue)
}

/// Whether an option takes several values.
pub(in crate::cli) fn takes_several(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::Append)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_different_things_is_not_shared() {
        let root = super::super::definition();
        let keys = Keys::of(root);
        let shared = |name: &str| keys.shared(name).is_some();
        assert!(shared("orders") && shared("timezone") && shared("ci") && shared("output"));
        // A change of a factor for plan, what counts as buying again for repurchase.
        assert!(!shared("repurchase") && keys.owners("repurchase") == ["repurchase", "plan"]);
        assert!(!shared("cohorts") && !shared("weeks") && !shared("block-size") && !shared("config"));
        assert!(keys.takes("check", "orders") && !keys.takes("sample", "streamers"));
        // Hidden where it would be refused.
        assert!(keys.takes("check", "streamers") && !keys.takes("ingest", "streamers"));
    }

    #[test]
    fn no_key_has_two_meanings_of_several_commands_each() {
        let root = super::super::definition();
        let keys = Keys::of(root);
        for option in keys.all_shared() {
            let name = option.get_long().unwrap();
            let others: Vec<&Arg> =
                keys.sharing().filter_map(|c| keys.own(c, name)).filter(|o| !is_same(o, option)).collect();
            for (at, one) in others.iter().enumerate() {
                assert!(others[..at].iter().all(|other| !is_same(one, other)), "{name}");
            }
            assert!(keys.command(name).is_none(), "{name} is a command, and a key at the top");
        }
    }
}
