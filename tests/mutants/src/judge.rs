//! Mutant by mutant: the tests that reach it, the most promising first, until one fails.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::tests::{End, Reach, Runner, Test};

/// As many tests run in one process as take this long together, or one.
const TOGETHER: Duration = Duration::from_millis(500);

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fate {
    /// A test failed.
    Caught(String),
    /// Tests did not come to an end.
    Endless,
    /// These tests reach it, and passed; there may be others, which were not run yet.
    Survived(BTreeSet<Test>),
}

/// Which tests catch the mutants of which files, learnt on the way.
#[derive(Debug, Default)]
pub struct Experience {
    tried: HashMap<(String, Test), (f64, f64)>,
}

impl Experience {
    /// A test caught a mutant of this file, or did not.
    pub fn learn(&mut self, file: &str, test: &Test, caught: bool) {
        let (catches, runs) = self.tried.entry((file.to_owned(), test.clone())).or_default();
        *catches += f64::from(u8::from(caught));
        *runs += 1.0;
    }

    /// How many mutants of a file a test is likely to catch in a second.
    fn promise(&self, file: &str, reach: &Reach) -> f64 {
        let key = (file.to_owned(), reach.test.clone());
        let (catches, runs) = self.tried.get(&key).copied().unwrap_or_default();
        (catches + 0.5) / (runs + 2.0) / (reach.time.as_secs_f64() + 0.02)
    }
}

/// One mutant, and what is known of it.
#[derive(Debug)]
pub struct Case<'a> {
    /// Its number.
    pub number: u32,
    /// Its file.
    pub file: &'a str,
    /// What reaches it and was not tried.
    pub reaches: Vec<&'a Reach>,
    /// What was tried already.
    pub tried: BTreeSet<Test>,
}

/// Runs the tests of a case until one fails, or those that were run take longer than `budget` without a mutant.
///
/// # Errors
/// When tests cannot be run.
pub fn judge(
    runner: &Runner,
    mut case: Case,
    experience: &mut Experience,
    budget: Option<Duration>,
) -> Result<Fate> {
    let promise = |reach: &Reach| experience.promise(case.file, reach);
    case.reaches.sort_by(|a, b| promise(b).total_cmp(&promise(a)));
    let mut spent = Duration::ZERO;
    let mut rest = case.reaches.as_slice();
    while let Some((together, after)) = first_of(rest) {
        let time: Duration = together.iter().map(|reach| reach.time).sum();
        if budget.is_some_and(|budget| spent > Duration::ZERO && spent + time > budget) {
            break;
        }
        spent += time;
        rest = after;
        let tests: Vec<Test> = together.iter().map(|reach| reach.test.clone()).collect();
        let end = runner.attack(case.number, &tests, time * 10 + Duration::from_secs(6))?;
        for test in &tests {
            let caught = matches!(&end, End::Failed(Some(name)) if *name == test.name);
            experience.learn(case.file, test, caught);
        }
        match end {
            End::Passed => case.tried.extend(tests),
            End::Failed(name) => return Ok(Fate::Caught(name.unwrap_or_else(|| tests[0].name.clone()))),
            End::Endless => return Ok(Fate::Endless),
        }
    }
    Ok(Fate::Survived(case.tried))
}

/// The first tests that run together, and the others.
fn first_of<'a, 'r>(reaches: &'r [&'a Reach]) -> Option<(&'r [&'a Reach], &'r [&'a Reach])> {
    let first = reaches.first()?;
    let mut time = first.time;
    let more = reaches[1..].iter().take_while(|reach| {
        time += reach.time;
        reach.test.binary == first.test.binary && time <= TOGETHER
    });
    let count = 1 + more.count();
    Some(reaches.split_at(count))
}
