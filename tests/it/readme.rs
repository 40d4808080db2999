//! The README shows what the tool prints.

use crate::support::repository;

#[test]
fn the_readme_shows_what_its_first_command_prints() {
    let readme = std::fs::read_to_string(repository("README.md")).unwrap();
    let line = readme.lines().find(|line| line.starts_with("cargo run")).unwrap();
    let (_, arguments) = line.split_once(" -- ").unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gmv"));
    let output = command.args(arguments.split(' ')).current_dir(repository("")).output().unwrap();
    assert!(output.status.success());
    for stream in [output.stdout, output.stderr] {
        let text = String::from_utf8(stream).unwrap();
        assert!(text.lines().count() > 5 && readme.contains(text.trim_end()), "not in the README:\n{text}");
    }
}

#[test]
fn the_readme_names_every_option_that_it_should() {
    let readme = std::fs::read_to_string(repository("README.md")).unwrap();
    let help = |command: &str| {
        let help =
            std::process::Command::new(env!("CARGO_BIN_EXE_gmv")).args([command, "-h"]).output().unwrap();
        String::from_utf8(help.stdout).unwrap()
    };
    let help = ["decompose", "compare", "explain", "repurchase", "plan", "report", "sql"].map(help).concat();
    let named: Vec<&str> = readme
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .filter(|word| word.starts_with("--"))
        .collect();
    assert!(named.len() > 20);
    let known = ["--release", "--features", "--", "--path", "--weeks", "--seed", "--out"];
    for option in
        named.into_iter().filter(|option| !option.trim_matches('-').is_empty() && !known.contains(option))
    {
        assert!(help.contains(option), "the README names {option}, which no command has");
    }
}

#[test]
fn the_page_about_the_report_names_what_is_there_and_said() {
    let page = std::fs::read_to_string(repository("docs/report.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let report = |as_of: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gmv"));
        command.args("report --orders data/orders.csv --sessions data/sessions.csv --as-of".split(' '));
        command.arg(as_of).arg("--out").arg(folder.path()).current_dir(repository(""));
        command.output().unwrap()
    };
    // What is said of a day that is missing.
    let said = String::from_utf8(report("2026-11-23").stderr).unwrap();
    assert!(page.contains(&said), "{said}");
    // Every file, and every table with the command that prints it.
    assert!(report("2026-11-16").status.success());
    let latest = folder.path().join("latest");
    for entry in std::fs::read_dir(&latest).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(page.contains(&format!("─ {name}")), "{name}");
    }
    let run = std::fs::read_to_string(latest.join("run.json")).unwrap();
    let run: serde_json::Value = serde_json::from_str(&run).unwrap();
    let tables = run["tables"].as_array().unwrap();
    assert!(tables.len() > 12);
    for table in tables {
        let row = format!("| `{}` | ", table["name"].as_str().unwrap());
        let (_, told) = page.split_once(&row).unwrap_or_else(|| panic!("{row}"));
        let Some(line) = table["command"].as_str() else { continue };
        let told: Vec<&str> = told.split('`').nth(1).unwrap().split(' ').collect();
        let typed: Vec<&str> = line.split(' ').collect();
        assert_eq!(told[..2], typed[..2], "{line}");
        for word in &told {
            assert!(typed.contains(word), "{word}: {line}");
        }
    }
}
