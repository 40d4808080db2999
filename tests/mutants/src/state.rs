//! What was found so far, kept by the names of mutants, so that a run can be broken off and go on.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::judge::Fate;
use crate::list::Mutant;
use crate::scratch::Built;
use crate::tests::{Reach, Runner, Test};

/// What is known.
#[derive(Debug)]
pub struct State {
    folder: PathBuf,
    unviable: BTreeSet<String>,
    reaches: Vec<Reach>,
    fates: HashMap<String, Fate>,
}

/// A [`Reach`] by names, since numbers change with the code.
#[derive(Serialize, Deserialize)]
struct Recorded {
    test: Test,
    time: Duration,
    mutants: Vec<String>,
}

impl State {
    /// What a folder holds; `again` forgets what tests reach, and what survived.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn open(folder: &Path, mutants: &[Mutant], again: bool) -> Result<Self> {
        let numbers: HashMap<&str, u32> =
            mutants.iter().map(|mutant| (mutant.name.as_str(), mutant.number)).collect();
        let recorded: Vec<Recorded> = if again { Vec::new() } else { load(&folder.join("reached.json"))? };
        let reaches = recorded.into_iter().map(|recorded| Reach {
            test: recorded.test,
            time: recorded.time,
            mutants: recorded.mutants.iter().filter_map(|name| numbers.get(name.as_str()).copied()).collect(),
        });
        let mut fates = HashMap::new();
        let path = folder.join("fates.jsonl");
        if path.exists() {
            for line in std::fs::read_to_string(path)?.lines() {
                let (name, fate): (String, Fate) = serde_json::from_str(line)?;
                if again && matches!(fate, Fate::Survived(_)) {
                    fates.remove(&name);
                } else {
                    fates.insert(name, fate);
                }
            }
        }
        let unviable = load(&folder.join("unviable.json"))?;
        Ok(Self { folder: folder.to_owned(), unviable, reaches: reaches.collect(), fates })
    }

    /// The numbers of the mutants that are known not to compile.
    #[must_use]
    pub fn unviable(&self, mutants: &[Mutant]) -> BTreeSet<u32> {
        let known = mutants.iter().filter(|mutant| self.unviable.contains(&mutant.name));
        known.map(|mutant| mutant.number).collect()
    }

    /// Keeps which mutants do not compile.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep_unviable(&mut self, mutants: &[Mutant], unviable: &BTreeSet<u32>) -> Result<()> {
        self.unviable = names(mutants, unviable).into_iter().collect();
        save(&self.folder.join("unviable.json"), &self.unviable)
    }

    /// Runs all tests of which it is not known what they reach, of those whose name holds one of the texts `wanted`, if there are any. Those that
    /// fail without any mutant, or take longer than `longest`, are left out.
    ///
    /// # Errors
    /// When a test cannot be run.
    pub fn record(
        &mut self,
        runner: &Runner,
        mutants: &[Mutant],
        wanted: &[String],
        longest: Duration,
    ) -> Result<()> {
        let tests = runner.list()?;
        let all: BTreeSet<Test> = tests.iter().cloned().collect();
        self.reaches.retain(|reach| all.contains(&reach.test));
        let known: BTreeSet<Test> = self.reaches.iter().map(|reach| reach.test.clone()).collect();
        for test in tests.iter().filter(|test| !known.contains(test) && test.is_wanted(wanted)) {
            match runner.reach(test, longest)? {
                Some(reach) => self.reaches.push(reach),
                None => {
                    println!("left out, since it fails or takes too long without a mutant: {}", test.name);
                }
            }
            if self.reaches.len().is_multiple_of(50) {
                self.keep_reaches(mutants)?;
            }
        }
        println!("{} tests are known, of {}", self.reaches.len(), tests.len());
        self.keep_reaches(mutants)
    }

    fn keep_reaches(&self, mutants: &[Mutant]) -> Result<()> {
        let recorded = self.reaches.iter().map(|reach| Recorded {
            test: reach.test.clone(),
            time: reach.time,
            mutants: names(mutants, &reach.mutants),
        });
        save(&self.folder.join("reached.json"), &recorded.collect::<Vec<_>>())
    }

    /// What tests reach.
    #[must_use]
    pub fn reaches(&self) -> &[Reach] {
        &self.reaches
    }

    /// What became of a mutant; `None` if nothing is known.
    #[must_use]
    pub fn fate(&self, mutant: &Mutant) -> Option<&Fate> {
        self.fates.get(&mutant.name)
    }

    /// Keeps what became of a mutant.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn keep(&mut self, mutant: &Mutant, fate: Fate) -> Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).open(self.folder.join("fates.jsonl"))?;
        writeln!(file, "{}", serde_json::to_string(&(&mutant.name, &fate))?)?;
        self.fates.insert(mutant.name.clone(), fate);
        Ok(())
    }

    /// Says what became of all, by file, and names those that survived and are not known to be equivalent.
    ///
    /// # Errors
    /// When there are such.
    pub fn tell(&self, mutants: &[Mutant], built: &Built, known: &BTreeMap<String, String>) -> Result<()> {
        let mut counts: BTreeMap<&str, [usize; 8]> = BTreeMap::new();
        let mut new = Vec::new();
        for mutant in mutants {
            let is_known = known.contains_key(&mutant.name);
            let which = match self.fate(mutant) {
                _ if built.unviable.contains(&mutant.number) => 3,
                None if built.left.contains(&mutant.number) => 4,
                Some(Fate::Caught(_)) => 1,
                Some(Fate::Endless) => 2,
                Some(Fate::Survived(_)) if is_known => 5,
                Some(Fate::Survived(_)) => 6,
                None => 7,
            };
            if is_known && matches!(which, 1 | 2) {
                println!("caught, though it is listed as equivalent: {}", mutant.name);
            }
            if which == 6 {
                new.push(&mutant.name);
            }
            for place in [mutant.file.as_str(), "all"] {
                let counts = counts.entry(place).or_default();
                counts[0] += 1;
                counts[which] += 1;
            }
        }
        let listed: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
        for name in known.keys().filter(|name| !listed.contains(name.as_str())) {
            println!("listed as equivalent, but there is no such mutant: {name}");
        }
        for (place, [all, caught, endless, unviable, left, equivalent, survived, open]) in counts {
            println!(
                "{place}: {all} mutants, {caught} caught, {endless} endless, {unviable} not viable, {left} not switchable, \
                 {equivalent} equivalent as listed, {survived} new survivors, {open} not tried"
            );
        }
        for name in &new {
            println!("survived: {name}");
        }
        anyhow::ensure!(new.is_empty(), "{} mutants survived", new.len());
        Ok(())
    }
}

fn names(mutants: &[Mutant], numbers: &BTreeSet<u32>) -> Vec<String> {
    mutants
        .iter()
        .filter(|mutant| numbers.contains(&mutant.number))
        .map(|mutant| mutant.name.clone())
        .collect()
}

fn load<T: for<'de> Deserialize<'de> + Default>(path: &Path) -> Result<T> {
    if path.exists() { Ok(serde_json::from_slice(&std::fs::read(path)?)?) } else { Ok(T::default()) }
}

fn save(path: &Path, value: &impl Serialize) -> Result<()> {
    Ok(std::fs::write(path, serde_json::to_vec(value)?)?)
}
