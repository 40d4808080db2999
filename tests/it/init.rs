//! The configuration that `gmv init` writes: every option is in it, every value is one, and as it stands it changes nothing.

use std::collections::BTreeSet;

use clap::CommandFactory;
use gmv::cli::Arguments;

use crate::shop::{BOTH, RESULT, shop, words};
use crate::support::Work;

fn printed() -> String {
    Work::new().ok(&["init", "--print"])
}

/// The keys of the text, most of them in comments, each after its table.
fn keys(text: &str) -> Vec<(String, String)> {
    let mut table = String::new();
    let mut keys = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[') {
            table = name.trim_end_matches(']').to_owned();
        } else if let Some((key, _)) = line.strip_prefix('#').unwrap_or(line).split_once(" = ")
            && !key.contains(' ')
        {
            keys.push((table.clone(), key.to_owned()));
        }
    }
    keys
}

#[test]
fn every_option_of_every_command_is_in_it_once() {
    let keys = keys(&printed());
    let unique: BTreeSet<_> = keys.iter().collect();
    assert_eq!(unique.len(), keys.len(), "{keys:?}");
    let mut root = Arguments::command();
    root.build();
    let mut options = 0;
    for command in root.get_subcommands().filter(|command| command.get_name() != "help") {
        for option in command.get_arguments().filter(|option| !option.is_hide_set()) {
            let Some(name) = option.get_long().filter(|name| !["help", "config"].contains(name)) else {
                continue;
            };
            options += 1;
            let has = |table: &str| unique.contains(&(table.to_owned(), name.to_owned()));
            assert!(has("") || has(command.get_name()), "{} --{name}", command.get_name());
        }
    }
    assert!(options > 200, "{options}");
}

#[test]
fn every_value_in_it_is_one_that_the_option_takes() {
    let text = printed();
    let set: Vec<&str> = text
        .lines()
        .map(|line| {
            if line.starts_with('#') && !line.starts_with("# ") { line.trim_start_matches('#') } else { line }
        })
        .collect();
    let work = Work::with(&[("all.toml", &set.join("\n"))]);
    work.ok(&["profiles", "show", "canonical", "--config", "all.toml"]);
    // All of them were settings.
    let table: toml::Table = set.join("\n").parse().unwrap();
    let count = |value: &toml::Value| value.as_table().map_or(1, toml::Table::len);
    assert_eq!(table.values().map(count).sum::<usize>(), keys(&text).len());
    // A wrong one would be seen.
    work.write("all.toml", set.join("\n").replace("measure = \"retention\"", "measure = \"retentio\""));
    let err = work.fails(1, &["profiles", "show", "canonical", "--config", "all.toml"]);
    assert!(err.contains("measure: invalid value \"retentio\""), "{err}");
}

#[test]
fn as_it_stands_it_changes_nothing() {
    let work = shop();
    let before = work.run(&words(BOTH));
    assert_eq!(work.run(&["init"]).err, "gmv.toml: every option, as comments\n");
    assert_eq!(work.read("gmv.toml"), printed());
    let after = work.run(&words(BOTH));
    assert_eq!((after.out.as_str(), after.err), (RESULT, before.err));
    // A line becomes a setting when its # is taken away.
    let text = work.read("gmv.toml").replace("\n#by = [\"streamer\"]", "\nby = [\"total\"]");
    work.write("gmv.toml", text);
    assert!(work.ok(&words(BOTH)).starts_with("period,gmv,"));
}

#[test]
fn the_report_comes_first_of_the_tables_and_needs_two_keys() {
    let text = printed();
    let tables: Vec<&str> = text.lines().filter(|line| line.starts_with('[')).collect();
    assert_eq!(tables.first(), Some(&"[report]"));
    let work = shop();
    work.write("gmv.toml", &text);
    let err = work.fails(2, &["report", "--config", "gmv.toml"]);
    assert_eq!(
        err,
        "gmv: --orders FILE is needed (or --store DIR); in a configuration, orders = [\"FILE\"]\n"
    );
    let text = text.replace("\n#orders = [\"orders/*.csv\"]", "\norders = [\"orders.csv\"]");
    let text = text.replace("\n#sessions = [\"sessions/\"]", "\nsessions = [\"sessions.csv\"]");
    work.write("gmv.toml", text);
    let run = work.run(&["report", "--config", "gmv.toml", "--as-of", "2026-03-16", "--allow-partial"]);
    assert!([0, 4].contains(&run.code), "{}", run.err);
    assert!(work.path("reports/latest/report.html").exists());
}

#[test]
fn it_is_never_written_over_a_file() {
    let work = Work::with(&[("gmv.toml", "by = \"total\"\n")]);
    let err = work.fails(1, &["init"]);
    assert_eq!(err, "gmv: gmv.toml: it is there already; name another file, or add --force\n");
    assert_eq!(work.read("gmv.toml"), "by = \"total\"\n");
    assert_eq!(work.run(&["init", "other.toml", "-q"]).err, "");
    work.ok(&["init", "--force"]);
    assert_eq!(work.read("gmv.toml"), work.read("other.toml"));
    assert!(work.fails(2, &["init", "--print", "--force"]).contains("cannot be used with"));
}

#[test]
fn its_head_speaks_both_languages() {
    let chinese = Work::new().ok(&["init", "--print", "--lang", "zh"]);
    assert!(chinese.starts_with("# gmv 的设置"), "{chinese}");
    let body = |text: &str| text.split_once("\n\n").unwrap().1.to_owned();
    assert_eq!(body(&chinese), body(&printed()));
}
