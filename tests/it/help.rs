//! Help, completions and man pages, all from one definition.

use std::process::{Command, Stdio};

use clap::{CommandFactory, Parser};
use gmv::cli::Arguments;

use crate::support::Work;

/// All commands with the words that lead to them.
fn commands() -> Vec<(Vec<String>, clap::Command)> {
    let mut root = Arguments::command();
    root.build();
    let mut waiting = vec![(vec!["gmv".to_owned()], root)];
    let mut found = Vec::new();
    while let Some((path, command)) = waiting.pop() {
        for one in command.get_subcommands().filter(|one| one.get_name() != "help") {
            waiting.push(([path.clone(), vec![one.get_name().to_owned()]].concat(), one.clone()));
        }
        found.push((path, command));
    }
    found
}

/// The words of a line of a shell, up to what it does with the output; single quotes hold words together.
fn split(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for c in line.chars() {
        match c {
            '\'' => is_quoted = !is_quoted,
            '|' | '>' if !is_quoted => break,
            ' ' if !is_quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// How many columns a text takes: two for each Chinese sign.
fn columns(line: &str) -> usize {
    line.chars().map(|c| if ('\u{2e80}'..='\u{ffef}').contains(&c) { 2 } else { 1 }).sum()
}

#[test]
fn what_follows_the_options_fits_a_small_terminal() {
    for (path, command) in commands() {
        let help = command.get_after_long_help().unwrap().to_string();
        let mut before = "";
        for line in help.lines() {
            // Tables and examples are not wrapped; sentences are, where the terminal ends, and so not by hand.
            assert!(!line.starts_with(' ') || columns(line) <= 80, "{path:?}: {line}");
            let is_prose = |line: &str| !line.is_empty() && !line.starts_with(' ');
            assert!(!(is_prose(line) && is_prose(before)), "{path:?}: {before}\n{line}");
            before = line;
        }
    }
}

#[test]
fn help_tells_what_a_command_does_in_full() {
    for (command, sentence) in [
        ("report", "The folder OUT/PERIOD appears whole or not at all"),
        ("plan", "Planned from one period"),
        ("check", "Nothing is removed"),
    ] {
        let words = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let help = words(Work::new().ok(&[command, "--help"]));
        assert!(help.contains(sentence), "{help}");
        assert!(!words(Work::new().ok(&[command, "-h"])).contains(sentence));
    }
}

#[test]
fn options_that_a_command_refuses_are_not_offered() {
    let refused = [
        ("explain", &["facts", "rooms"][..]),
        ("repurchase", &["facts", "rooms"]),
        ("report", &["facts", "rooms", "by", "to"]),
    ];
    let work = Work::new();
    let (fish, template) = (work.ok(&["completions", "fish"]), work.ok(&["init", "--print"]));
    work.ok(&["man", "--out", "pages"]);
    for (command, options) in refused {
        let (help, page) = (work.ok(&[command, "--help"]), work.read(&format!("pages/gmv-{command}.1")));
        let own = format!("__fish_gmv_using_subcommand {command}\"");
        let offered: Vec<&str> = fish.lines().filter(|line| line.contains(&own)).collect();
        assert!(offered.iter().any(|line| line.contains(" -l orders ")), "{fish}");
        for option in options {
            assert!(!help.contains(&format!("--{option} ")), "{command} --{option}");
            assert!(!page.contains(&format!("\\-\\-{option}\\fR")), "{command} --{option}");
            assert!(
                offered.iter().all(|line| !line.contains(&format!(" -l {option} "))),
                "{command} {option}"
            );
            // They are still told from typing errors.
            let value = if *option == "to" { "2026-11-15" } else { "total" };
            let err = work.fails(2, &[command, "--orders", "o.csv", &format!("--{option}"), value]);
            assert!(!err.contains("unexpected argument"), "{err}");
        }
        assert!(page.contains("\\-\\-store\\fR") && help.contains("--store "), "{command}");
    }
    // Nor is it a setting.
    let of = |key: &str| {
        let (before, _) = template.split_once(&format!("\n#{key} = ")).unwrap();
        before.rsplit("\n\n").next().unwrap().to_owned()
    };
    assert!(of("facts").ends_with("# For decompose, compare, plan, sql."), "{template}");
    assert!(
        of("to").ends_with("# For decompose, compare, explain, repurchase, plan, check, sql."),
        "{template}"
    );
    work.write("gmv.toml", "[report]\nto = 2026-11-15\n");
    let err = work.fails(1, &["report", "--config", "gmv.toml"]);
    assert!(err.contains("gmv.toml:2:1: to is no option of report"), "{err}");
}

#[test]
fn every_command_has_examples_that_can_be_typed() {
    let commands = commands();
    assert!(commands.len() > 12, "{}", commands.len());
    for (path, command) in commands {
        let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
        let (_, examples) =
            help.split_once("Examples:\n").unwrap_or_else(|| panic!("{path:?} has no examples"));
        let own = path.join(" ");
        assert!(examples.contains(&own), "no example of {own}");
        for line in examples.lines() {
            let line = line.strip_prefix("  ").unwrap_or_else(|| panic!("{path:?}: {line:?}"));
            assert!(line.starts_with("gmv "), "{path:?}: {line:?}");
            let parsed = Arguments::try_parse_from(split(line));
            assert!(parsed.is_ok(), "{line}\n{}", parsed.unwrap_err());
        }
    }
    assert!(Arguments::try_parse_from(split("gmv compare --ordrs 'a b'")).is_err());
}

/// What bash offers for the last of some words.
fn offered(script: &std::path::Path, words: &[&str]) -> Vec<String> {
    let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    let code = format!(
        "compopt() {{ :; }}; source '{}'; COMP_WORDS=({}); COMP_CWORD={}; _gmv gmv '{last}' '{before}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        script.display(),
        quoted.join(" "),
        words.len() - 1,
    );
    let output = Command::new("bash").args(["--norc", "-c", &code]).output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_options_and_values() {
    let work = Work::new();
    work.write("gmv.bash", work.ok(&["completions", "bash"]));
    let script = work.path("gmv.bash");
    let valid = Command::new("bash").arg("-n").arg(&script).output().unwrap();
    assert!(valid.status.success() && valid.stderr.is_empty());
    assert_eq!(offered(&script, &["gmv", "dec"]), ["decompose"]);
    assert_eq!(offered(&script, &["gmv", "decompose", "--bas"]), ["--basis"]);
    assert_eq!(offered(&script, &["gmv", "decompose", "--basis", ""]), ["paid", "net"]);
    assert_eq!(offered(&script, &["gmv", "compare", "--meth"]), ["--method"]);
    assert_eq!(offered(&script, &["gmv", "profiles", "sh"]), ["show"]);
    assert_eq!(offered(&script, &["gmv", "completions", "z"]), ["zsh"]);
    // Files of the folder.
    work.write("orders.csv", "");
    let file = work.path("ord").display().to_string();
    let path = work.path("orders.csv").display().to_string();
    assert_eq!(offered(&script, &["gmv", "decompose", "--streamers", &file]), [path]);
}

#[test]
fn every_shell_has_a_script_with_every_option() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = Work::new().ok(&["completions", shell]);
        for (path, command) in commands() {
            for option in command.get_arguments().filter(|option| !option.is_hide_set()) {
                let Some(name) = option.get_long() else { continue };
                assert!(script.contains(name), "{shell}: {path:?} --{name}");
            }
        }
    }
    let err = Work::new().fails(2, &["completions", "tcsh"]);
    assert!(err.contains("[possible values: bash, elvish, fish, powershell, zsh]"), "{err}");
}

/// A page as it is shown, where groff is there; whatever it complains of fails.
fn shown(page: &std::path::Path) -> Option<String> {
    let mut groff = Command::new("groff");
    groff
        .args(["-K", "utf8", "-man", "-T", "utf8", "-ww", "-P", "-c", "-rLL=100n"])
        .arg(page)
        .stdin(Stdio::null());
    let Ok(output) = groff.output() else {
        eprintln!("groff is not installed: the man pages are not rendered");
        return None;
    };
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "{}: {complaints}", page.display());
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn every_command_has_a_man_page_with_every_option_and_example() {
    let work = Work::new();
    assert_eq!(work.ok(&["man", "--out", "pages"]), "");
    assert_eq!(work.ok(&["man"]), work.read("pages/gmv.1"));
    let commands = commands();
    assert_eq!(std::fs::read_dir(work.path("pages")).unwrap().count(), commands.len());
    for (path, command) in commands {
        let name = format!("pages/{}.1", path.join("-"));
        let text = work.read(&name);
        // A text that begins like an instruction would be taken for one.
        let known = ["TH", "SH", "TP", "PP", "IP", "RS", "RE", "nf", "fi", "br", "ie", "el", "ds"];
        for line in text.lines().filter(|line| line.starts_with(['.', '\''])) {
            let instruction = line[1..].split(' ').next().unwrap();
            assert!(known.contains(&instruction), "{name}: {line}");
        }
        let plain = text.replace("\\-", "-");
        let options = command.get_arguments().filter(|option| !option.is_hide_set());
        for option in options.filter_map(clap::Arg::get_long) {
            assert!(plain.contains(&format!("--{option}")), "{name}: --{option}");
        }
        let help = command.get_after_long_help().unwrap().to_string();
        let example = help.lines().last().unwrap();
        let Some(shown) = shown(&work.path(&name)) else { continue };
        assert!(shown.contains(example), "{name}: {example}\n{shown}");
    }
}
