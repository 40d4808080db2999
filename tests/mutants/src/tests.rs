//! The tests of the project: which there are, what each reaches, and how one or several run.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

/// A test.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Test {
    /// The number of its binary.
    pub binary: usize,
    /// Its name.
    pub name: String,
}

impl Test {
    /// Whether its name holds one of these texts, if there are any.
    #[must_use]
    pub fn is_wanted(&self, texts: &[String]) -> bool {
        texts.is_empty() || texts.iter().any(|text| self.name.contains(text))
    }
}

/// What is known of a test.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reach {
    /// The test.
    pub test: Test,
    /// How long it takes without a mutant.
    pub time: Duration,
    /// The numbers of the mutants that it reaches.
    pub mutants: BTreeSet<u32>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// All tests passed.
    Passed,
    /// One failed: the first that says so, if one does.
    Failed(Option<String>),
    /// They did not come to an end.
    Endless,
}

/// How tests are run.
#[derive(Debug)]
pub struct Runner {
    /// The test binaries.
    pub binaries: Vec<PathBuf>,
    /// The root of the copy.
    pub tree: PathBuf,
    /// For temporary files, which are cleared after each run.
    pub temporary: PathBuf,
}

impl Runner {
    /// All tests.
    ///
    /// # Errors
    /// When a binary does not say.
    pub fn list(&self) -> Result<Vec<Test>> {
        let mut tests = Vec::new();
        for (binary, path) in self.binaries.iter().enumerate() {
            let output = Command::new(path).args(["--list", "--format", "terse"]).output()?;
            let text = String::from_utf8(output.stdout)?;
            let names = text.lines().filter_map(|line| line.strip_suffix(": test"));
            tests.extend(names.map(|name| Test { binary, name: name.to_owned() }));
        }
        ensure!(!tests.is_empty(), "there are no tests");
        Ok(tests)
    }

    /// Runs a test without a mutant; `None` if it fails, or takes longer than `longest`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn reach(&self, test: &Test, longest: Duration) -> Result<Option<Reach>> {
        let path = self.tree.with_file_name("reached");
        if path.exists() {
            std::fs::remove_file(&path)?;
        }
        let start = Instant::now();
        let environment = [("GMV_MUTANTS_REACHED", path.as_os_str().to_owned())];
        let end = self.run(std::slice::from_ref(test), &environment, longest)?;
        let time = start.elapsed();
        let numbers = if path.exists() { std::fs::read_to_string(&path)? } else { String::new() };
        let mutants = numbers.lines().map(str::parse).collect::<Result<_, _>>().context("reached")?;
        Ok((end == End::Passed).then_some(Reach { test: test.clone(), time, mutants }))
    }

    /// Runs tests of one binary while a mutant is alive.
    ///
    /// # Errors
    /// When they cannot be started.
    pub fn attack(&self, number: u32, tests: &[Test], patience: Duration) -> Result<End> {
        self.run(tests, &[("GMV_MUTANT", number.to_string().into())], patience)
    }

    fn run(
        &self,
        tests: &[Test],
        environment: &[(&str, std::ffi::OsString)],
        patience: Duration,
    ) -> Result<End> {
        std::fs::create_dir_all(&self.temporary)?;
        let said = self.tree.with_file_name("said");
        let binary = tests.first().and_then(|test| self.binaries.get(test.binary)).context("no test")?;
        let mut child = Command::new(binary)
            .current_dir(&self.tree)
            .args(["--exact", "--test-threads=1"])
            .args(tests.iter().map(|test| &test.name))
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .envs([("TMPDIR", self.temporary.as_os_str()), ("INSTA_WORKSPACE_ROOT", self.tree.as_os_str())])
            .envs([("INSTA_UPDATE", "no"), ("RUST_BACKTRACE", "0"), ("PROPTEST_RNG_SEED", "20261121")])
            // A failure is enough: neither the smallest, nor again the next time.
            .envs([("PROPTEST_MAX_SHRINK_ITERS", "0"), ("PROPTEST_DISABLE_FAILURE_PERSISTENCE", "true")])
            .stdin(Stdio::null())
            .stdout(std::fs::File::create(&said)?)
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        let start = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            if start.elapsed() > patience {
                break None;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        if !status.is_some_and(|status| status.success()) {
            // What the tests started and left running goes with them.
            if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            let _ = child.wait();
            clear(&self.temporary)?;
        }
        Ok(match status {
            None => End::Endless,
            Some(status) if status.success() => End::Passed,
            Some(_) => End::Failed(failed(&std::fs::read_to_string(&said).unwrap_or_default())),
        })
    }
}

/// The first test that failed.
fn failed(said: &str) -> Option<String> {
    let line = said.lines().find(|line| line.ends_with("FAILED") && line.starts_with("test "))?;
    Some(line.strip_prefix("test ")?.split(' ').next()?.to_owned())
}

fn clear(folder: &Path) -> Result<()> {
    // Another process of the group may still be about to end.
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder)?;
    Ok(())
}

/// For each mutant the tests that reach it, by their place in `reaches`.
#[must_use]
pub fn reached_by(reaches: &[Reach]) -> BTreeMap<u32, Vec<usize>> {
    let mut by: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, reach) in reaches.iter().enumerate() {
        for number in &reach.mutants {
            by.entry(*number).or_default().push(at);
        }
    }
    by
}
