//! The pictures of terminals are what the tool shows today, and the README shows every picture.

use std::fs;
use std::process::Command;

use crate::support::{Work, repository};

/// The names of the files with an ending in a folder.
fn names(folder: &std::path::Path, ending: &str) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = files.filter(|name| name.ends_with(ending)).collect();
    names.sort();
    names
}

#[test]
fn pictures_of_terminals_are_those_of_this_version() {
    let work = Work::new();
    let made = Command::new("python3")
        .arg(repository("docs/pictures/make.py"))
        .args(["--gmv", env!("CARGO_BIN_EXE_gmv"), "--out", "."])
        .current_dir(work.path(""))
        .output()
        .expect("python3 is needed to make the pictures");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let kept = repository("docs/pictures");
    assert_eq!(names(&work.path(""), ".svg"), names(&kept, ".svg"));
    for name in names(&kept, ".svg") {
        let is_same = work.read(&name) == fs::read_to_string(kept.join(&name)).unwrap();
        assert!(is_same, "{name} is old: python3 docs/pictures/make.py --gmv {}", env!("CARGO_BIN_EXE_gmv"));
    }
}

#[test]
fn the_readme_shows_every_picture_in_words_too() {
    let readme = fs::read_to_string(repository("README.md")).unwrap();
    let folder = repository("docs/pictures");
    let mut all = names(&folder, ".svg");
    all.extend(names(&folder, ".webp"));
    assert!(all.len() > 3, "{all:?}");
    for name in all {
        let path = format!("docs/pictures/{name}");
        let line = readme.lines().find(|line| line.contains(&path)).unwrap_or_else(|| panic!("{name}"));
        let words = line.split(['[', ']', '"']).max_by_key(|part| part.chars().count()).unwrap();
        assert!(
            line.starts_with(&format!("![{words}](")) || line.contains(&format!(" alt=\"{words}\"")),
            "{line}"
        );
        assert!(words.len() > 40, "{name}: {words}");
        let size = fs::metadata(folder.join(&name)).unwrap().len();
        assert!(size < 150_000, "{name}: {size} bytes");
    }
}
