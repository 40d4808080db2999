//! The text of a configuration, from the definition of the command line: every option with its help.

use clap::{Arg, Command};
use jiff::civil::Date;

use super::examples;
use crate::cli::config::{Keys, definition, is_flag, takes_several};
use crate::present::model::Language;

/// The length of lines.
const WIDTH: usize = 100;

const HEAD: &str = "\
# Settings of gmv. Take the # before a key away, and the option of that name has this value.
#
# For the weekly report two are enough: name your exports at orders and sessions below (and streamers, if
# there is a table of them), look at the alerts under [report], and run: gmv report --config gmv.toml
#
# Options that several commands share stand first, before all tables; those of one command stand in its
# table, such as [compare], where it may also have another value of a shared one. What is typed on the
# command line wins over both; --flag=false turns a flag off.
#
# Paths start from the folder of this file. gmv.toml in the current folder is found by itself; another
# file is named with --config FILE. A file that was found, not named, may not say where results go
# (output, rejects, chart, out, the store of ingest) or name a key (pseudonymize): add --config gmv.toml
# for these.
";

const HEAD_ZH: &str = "\
# gmv 的设置。去掉键前的 #，同名选项就取这里的值。
#
# 做周报只需两项：在下面的 orders 和 sessions 里写上导出文件（有主播表就写上 streamers），看一看 [report] 里的告警，
# 然后运行：gmv report --config gmv.toml
#
# 多个命令共用的选项在最前面；单个命令的选项写在它的表里，例如 [compare]，共用的选项也可以在那里另取一个值。
# 命令行上写的优先；--flag=false 关闭一个开关。
#
# 路径从本文件所在的文件夹算起。当前文件夹里的 gmv.toml 会自动读取；其他文件用 --config FILE 指定。
# 自动读取的文件不能规定结果写到哪里（output、rejects、chart、out、ingest 的 store），也不能指定密钥
# （pseudonymize）：需要时加上 --config gmv.toml。
";

/// The whole text.
pub fn text(language: Language) -> String {
    let root = definition();
    let keys = Keys::of(root);
    let head = match language {
        Language::English => HEAD,
        Language::Chinese => HEAD_ZH,
    };
    let mut text = head.to_owned();
    let mut heading = None;
    for option in in_sections(keys.all_shared()) {
        if heading != Some(option.get_help_heading()) {
            heading = Some(option.get_help_heading());
            text += &rule(option.get_help_heading().unwrap_or("Options"));
        }
        let name = option.get_long().unwrap_or_default();
        let takers = keys.takers(name);
        let is_of_all = takers.len() == keys.sharing().count();
        let of = if is_of_all { String::new() } else { format!("\n# For {}.", takers.join(", ")) };
        text += &entry("", option, &of);
    }
    // First what the file is most often for.
    let (first, others): (Vec<_>, Vec<_>) =
        keys.commands.iter().partition(|(command, _)| command.get_name() == "report");
    for (command, options) in first.into_iter().chain(others) {
        text += &table(command, options, &keys);
    }
    text
}

/// A line that begins a section.
fn rule(title: &str) -> String {
    format!("\n\n# ---- {title} {}\n", "-".repeat(WIDTH.saturating_sub(title.len() + 8)))
}

/// Options by their sections, which stand in the order of their first options.
fn in_sections(options: Vec<&Arg>) -> Vec<&Arg> {
    let mut sections: Vec<Option<&str>> = Vec::new();
    for option in &options {
        let section = option.get_help_heading();
        if !sections.contains(&section) {
            sections.push(section);
        }
    }
    let mut sorted = options;
    sorted.sort_by_key(|option| sections.iter().position(|known| *known == option.get_help_heading()));
    sorted
}

/// The table of a command with the options that are its own.
fn table(command: &Command, options: &[&Arg], keys: &Keys<'_>) -> String {
    let name = command.get_name();
    let is_own = |option: &&Arg| option.get_long().is_some_and(|long| !keys.takes(name, long));
    let own: Vec<&Arg> = options.iter().copied().filter(is_own).collect();
    if own.is_empty() {
        return String::new();
    }
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let entries: String = own.into_iter().map(|option| entry(name, option, "")).collect();
    format!("{}{}\n[{name}]\n{entries}", rule(&format!("gmv {name}")), wrapped(&about))
}

/// An option: its help, what commands it is of, and a value that it may have.
fn entry(command: &str, option: &Arg, of: &str) -> String {
    let name = option.get_long().unwrap_or_default();
    let help = option.get_long_help().or_else(|| option.get_help()).map(ToString::to_string);
    let mut help = help.unwrap_or_default();
    let possible = option.get_possible_values();
    if !is_flag(option) && !possible.is_empty() {
        let names: Vec<&str> = possible.iter().map(clap::builder::PossibleValue::get_name).collect();
        help = format!("{help}; one of {}", names.join(", "));
    }
    help += if help.ends_with(['.', ']']) { "" } else { "." };
    let comment = wrapped(&help);
    match examples::live(command, name) {
        Some(value) => format!("\n{comment}{of}\n{name} = {value}\n"),
        None => format!("\n{comment}{of}\n#{name} = {}\n", value(command, option)),
    }
}

/// A value of an option, in TOML: one that tells something, or its default.
fn value(command: &str, option: &Arg) -> String {
    if is_flag(option) {
        return "true".to_owned();
    }
    let name = option.get_long().unwrap_or_default();
    let form = option.get_value_names().and_then(|names| names.first()).map(ToString::to_string);
    let default = || option.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
    let possible = || option.get_possible_values().first().map(|value| value.get_name().to_owned());
    let by_form = || examples::of_form(form.as_deref().unwrap_or_default()).map(str::to_owned);
    let values: Vec<String> = match examples::of(command, name) {
        Some(values) => values.iter().map(|value| literal(value)).collect(),
        None => default().or_else(possible).or_else(by_form).iter().map(|value| literal(value)).collect(),
    };
    if takes_several(option) { format!("[{}]", values.join(", ")) } else { values.concat() }
}

/// A text as TOML: numbers and dates as they are, others in quotes.
fn literal(text: &str) -> String {
    let is_number = text.parse::<u64>().is_ok_and(|number| number.to_string() == text)
        || text.parse::<f64>().is_ok_and(|number| number.to_string() == text);
    let is_date = text.parse::<Date>().is_ok_and(|date| date.to_string() == text);
    if is_number || is_date { text.to_owned() } else { toml::Value::from(text).to_string() }
}

/// A text as lines of a comment.
fn wrapped(text: &str) -> String {
    let mut lines = Vec::new();
    let mut line = "#".to_owned();
    for word in text.split_whitespace() {
        if line.len() > 1 && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, "#".to_owned()));
        }
        line += " ";
        line += word;
    }
    lines.push(line);
    lines.join("\n")
}
