//! A copy of the project with all mutants in it, and its test binaries.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::list::Mutant;
use crate::render::{Rendered, render};
use crate::sites::find;

/// The module that says which mutant is alive.
const SWITCH: &str = include_str!("../switch/mutant.rs");

/// What the copy does without.
const LEFT_OUT: [&str; 4] = [".git", "target", "tests/mutants", "fuzz"];

/// A copy of a project, beside which lies what is built of it.
#[derive(Debug)]
pub struct Scratch {
    project: PathBuf,
    folder: PathBuf,
}

/// What became of mutants before any ran.
#[derive(Debug, Default)]
pub struct Built {
    /// Those that do not compile.
    pub unviable: BTreeSet<u32>,
    /// Those in constants, and in chains of conditions with `let`, which cannot be switched.
    pub left: BTreeSet<u32>,
    /// The test binaries: of the library, and of the command.
    pub binaries: Vec<PathBuf>,
}

impl Built {
    /// Whether a mutant cannot be tried.
    #[must_use]
    pub fn is_out(&self, number: u32) -> bool {
        self.unviable.contains(&number) || self.left.contains(&number)
    }
}

impl Scratch {
    /// For this project, in this folder.
    #[must_use]
    pub fn new(project: &Path, folder: &Path) -> Self {
        Self { project: project.to_owned(), folder: folder.to_owned() }
    }

    /// The root of the copy.
    #[must_use]
    pub fn tree(&self) -> PathBuf {
        self.folder.join("tree")
    }

    /// Copies the project with all its mutants, leaves out again those that do not compile (`unviable` are known already), and builds its
    /// tests.
    ///
    /// # Errors
    /// When the project itself does not compile, or a file cannot be read or written.
    pub fn build(&self, mutants: &[Mutant], unviable: BTreeSet<u32>) -> Result<Built> {
        let mut built = Built { unviable, ..Built::default() };
        let mut own: BTreeSet<&Path> = mutants.iter().map(|mutant| Path::new(&mutant.file)).collect();
        own.insert(Path::new("src/lib.rs"));
        copy(&self.project, &self.tree(), Path::new(""), &own)?;
        self.put("src/mutant.rs", SWITCH)?;
        let library = std::fs::read_to_string(self.project.join("src/lib.rs"))?;
        self.put("src/lib.rs", &format!("#![allow(warnings, missing_docs)]\n{library}\npub mod mutant;\n"))?;
        loop {
            let files = self.mutate(mutants, &mut built)?;
            let wrong = self.wrong(&files)?;
            if wrong.is_empty() {
                break;
            }
            eprintln!("{} mutants do not compile", wrong.len());
            built.unviable.extend(wrong);
        }
        built.binaries = self.tests()?;
        Ok(built)
    }

    /// Writes all files that have mutants.
    fn mutate(&self, mutants: &[Mutant], built: &mut Built) -> Result<BTreeMap<String, Rendered>> {
        let mut files: BTreeMap<&str, Vec<&Mutant>> = BTreeMap::new();
        for mutant in mutants.iter().filter(|mutant| !built.unviable.contains(&mutant.number)) {
            files.entry(&mutant.file).or_default().push(mutant);
        }
        let mut all = BTreeMap::new();
        for (file, mutants) in files {
            let source = std::fs::read_to_string(self.project.join(file))?;
            let (sites, left) = find(&source, &mutants).with_context(|| file.to_owned())?;
            built.left.extend(left);
            let rendered = render(&source, sites);
            self.put(file, &rendered.text)?;
            all.insert(file.to_owned(), rendered);
        }
        Ok(all)
    }

    /// Writes the file of a mutant with it alone, and builds a test binary (0: of the library, 1: of the command); whether it compiles.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn alone(&self, mutant: &Mutant, binary: usize) -> Result<bool> {
        let mut source = self.source(mutant)?;
        source.replace_range(mutant.range.clone(), &mutant.replacement);
        self.put(&mutant.file, &source)?;
        let only: &[&str] = if binary == 0 { &["--lib"] } else { &["--test", "it"] };
        let said =
            self.cargo(&[&["test", "--no-run", "--message-format=json-render-diagnostics"], only].concat())?;
        Ok(said.iter().any(|line| line["reason"] == "build-finished" && line["success"] == true))
    }

    /// Writes the file of a mutant as it is in the project.
    ///
    /// # Errors
    /// When it cannot be read or written.
    pub fn restore(&self, mutant: &Mutant) -> Result<()> {
        self.put(&mutant.file, &self.source(mutant)?)
    }

    fn source(&self, mutant: &Mutant) -> Result<String> {
        std::fs::read_to_string(self.project.join(&mutant.file)).with_context(|| mutant.file.clone())
    }

    fn put(&self, name: &str, text: &str) -> Result<()> {
        write(&self.tree().join(name), text.as_bytes())
    }

    fn cargo(&self, arguments: &[&str]) -> Result<Vec<Value>> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or(self.folder.join("target"), PathBuf::from);
        let output = Command::new("cargo")
            .current_dir(self.tree())
            .env("CARGO_TARGET_DIR", target)
            .args(arguments)
            .arg("--all-features")
            .stderr(Stdio::inherit())
            .output()
            .context("cargo")?;
        let lines = String::from_utf8(output.stdout)?;
        lines.lines().map(|line| serde_json::from_str(line).context("what cargo says")).collect()
    }

    /// The mutants that the compiler does not take.
    fn wrong(&self, files: &BTreeMap<String, Rendered>) -> Result<BTreeSet<u32>> {
        let (mut wrong, mut unexplained) = (BTreeSet::new(), None);
        for line in self.cargo(&["check", "--lib", "--message-format=json"])? {
            let message = &line["message"];
            if line["reason"] != "compiler-message" || message["level"] != "error" {
                continue;
            }
            let numbers = blamed(message, files);
            let is_summary = message["spans"].as_array().is_none_or(Vec::is_empty);
            if numbers.is_empty() && !is_summary {
                unexplained = message["rendered"].as_str().map(ToOwned::to_owned);
            }
            wrong.extend(numbers);
        }
        // What follows from another error may not name its mutant.
        if let Some(message) = unexplained.filter(|_| wrong.is_empty()) {
            bail!("no mutant is to blame for this:\n{message}");
        }
        Ok(wrong)
    }

    fn tests(&self) -> Result<Vec<PathBuf>> {
        let mut binaries = Vec::new();
        for line in self.cargo(&[
            "test",
            "--no-run",
            "--lib",
            "--test",
            "it",
            "--message-format=json-render-diagnostics",
        ])? {
            if line["reason"] == "compiler-artifact"
                && line["profile"]["test"] == true
                && let Some(path) = line["executable"].as_str()
            {
                binaries.push(PathBuf::from(path));
            }
        }
        // In the same order whichever is done first.
        binaries.sort();
        ensure!(binaries.len() == 2, "there should be two test binaries: {binaries:?}");
        Ok(binaries)
    }
}

/// The mutants at the places that an error names: the first of them at which there is one.
fn blamed(message: &Value, files: &BTreeMap<String, Rendered>) -> Vec<u32> {
    let spans = |message: &Value| message["spans"].as_array().cloned().unwrap_or_default();
    let mut places = spans(message);
    places.sort_by_key(|place| place["is_primary"] != true);
    places.extend(message["children"].as_array().into_iter().flatten().flat_map(spans));
    let number = |value: &Value| value.as_u64().and_then(|byte| byte.try_into().ok()).unwrap_or_default();
    let at = |place: &Value| {
        let file = files.get(place["file_name"].as_str()?)?;
        let numbers = file.at(&(number(&place["byte_start"])..number(&place["byte_end"])));
        (!numbers.is_empty()).then(|| numbers.to_vec())
    };
    places.iter().find_map(at).unwrap_or_default()
}

/// Copies what a build needs but for these files; one that is the same stays untouched.
fn copy(from: &Path, to: &Path, below: &Path, but: &BTreeSet<&Path>) -> Result<()> {
    for entry in std::fs::read_dir(from.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if LEFT_OUT.iter().any(|name| path == Path::new(name)) || but.contains(path.as_path()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(from, to, &path, but)?;
        } else {
            write(&to.join(&path), &std::fs::read(from.join(&path))?)?;
        }
    }
    Ok(())
}

/// Writes a file, unless it is the same already, so that nothing is built without need.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if std::fs::read(path).is_ok_and(|before| before == bytes) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes).with_context(|| path.display().to_string())
}
