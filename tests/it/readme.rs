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
    let help = ["decompose", "compare", "explain", "repurchase", "plan", "report"].map(help).concat();
    let named: Vec<&str> = readme
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .filter(|word| word.starts_with("--"))
        .collect();
    assert!(named.len() > 20);
    let known = ["--release", "--", "--weeks", "--seed", "--out"];
    for option in
        named.into_iter().filter(|option| !option.trim_matches('-').is_empty() && !known.contains(option))
    {
        assert!(help.contains(option), "the README names {option}, which no command has");
    }
}
