//! The mutants that `cargo mutants` lists, each with a name that stays when lines move.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// The stations whose mutants are tried unless other files are named.
pub const STATIONS: [&str; 6] =
    ["src/journey/**", "src/sums.rs", "src/factor.rs", "src/change/**", "src/sums/**", "src/factor/**"];

/// One mutant.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// Its number, from 1 on.
    pub number: u32,
    /// The file, what is changed in which function, the line as it is, and where several are the same, which of them.
    pub name: String,
    /// Where it is: the line.
    pub line: usize,
    /// The file, from the root of the project.
    pub file: String,
    /// The bytes of the file that it replaces.
    pub range: Range<usize>,
    /// What stands there instead.
    pub replacement: String,
    /// What kind of change it is.
    pub genre: Genre,
}

/// What kind of change a mutant is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Genre {
    /// A function returns a fixed value.
    FnValue,
    /// Another operator.
    BinaryOperator,
    /// No operator.
    UnaryOperator,
    /// An arm of a match is missing.
    MatchArm,
    /// The guard of an arm is true, or false.
    MatchArmGuard,
    /// A field is that of the base.
    StructField,
}

#[derive(Deserialize)]
struct Listed {
    name: String,
    file: String,
    span: Span,
    replacement: String,
    genre: Genre,
}

#[derive(Deserialize)]
struct Span {
    start: Place,
    end: Place,
}

#[derive(Deserialize)]
struct Place {
    line: usize,
    column: usize,
}

/// Asks `cargo mutants` for the mutants of these files of a project.
///
/// # Errors
/// When it is not there, or says something else than expected.
pub fn list(project: &Path, files: &[String]) -> Result<Vec<Mutant>> {
    let mut command = Command::new("cargo");
    command.current_dir(project).args(["mutants", "--list", "--json"]);
    for file in files {
        command.args(["--file", file]);
    }
    let output = command.output().context("cargo mutants")?;
    ensure!(output.status.success(), "cargo mutants: {}", String::from_utf8_lossy(&output.stderr));
    let listed: Vec<Listed> = serde_json::from_slice(&output.stdout).context("the list of cargo mutants")?;
    let mut texts: HashMap<String, String> = HashMap::new();
    let mut same: HashMap<String, usize> = HashMap::new();
    let mut mutants = Vec::new();
    for (number, listed) in (1..).zip(listed) {
        if !texts.contains_key(&listed.file) {
            let text = std::fs::read_to_string(project.join(&listed.file)).context(listed.file.clone())?;
            texts.insert(listed.file.clone(), text);
        }
        let text = &texts[&listed.file];
        let line = text.lines().nth(listed.span.start.line - 1).context("a line that is not there")?;
        let change = listed.name.splitn(4, ':').last().unwrap_or_default().trim();
        let plain = format!("{}: {change} | {}", listed.file, line.trim());
        let count = same.entry(plain.clone()).or_default();
        *count += 1;
        mutants.push(Mutant {
            number,
            name: if *count == 1 { plain } else { format!("{plain} | {count}") },
            line: listed.span.start.line,
            range: offset(text, &listed.span.start)?..offset(text, &listed.span.end)?,
            file: listed.file,
            replacement: listed.replacement,
            genre: listed.genre,
        });
    }
    Ok(mutants)
}

/// The byte at a place: lines and columns count from 1, columns in characters.
fn offset(text: &str, place: &Place) -> Result<usize> {
    let start: usize = text.split_inclusive('\n').take(place.line - 1).map(str::len).sum();
    let rest = text.get(start..).context("a line that is not there")?;
    let within = rest.char_indices().nth(place.column - 1).map_or(rest.len(), |(at, _)| at);
    Ok(start + within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters() {
        let text = "é = 1;\nab\n";
        assert_eq!(offset(text, &Place { line: 1, column: 3 }).unwrap(), 3);
        assert_eq!(offset(text, &Place { line: 2, column: 2 }).unwrap(), 9);
    }
}
