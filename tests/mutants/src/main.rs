//! Tries all mutants of some stations in one build: each stands in the code behind a question whether it is the living one.
//!
//! See README.md beside this crate.

mod judge;
mod known;
mod list;
mod render;
mod scratch;
mod sites;
mod state;
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Result;
use clap::Parser;

use crate::judge::{Case, Experience, Fate, judge};
use crate::list::{Mutant, STATIONS, list};
use crate::scratch::{Built, Scratch};
use crate::state::State;
use crate::tests::{Runner, reached_by};

/// Tries the mutants of the project with its tests.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where the copy of the project is built, and what was found is kept: a second run goes on from there
    #[arg(long, value_name = "FOLDER")]
    work: PathBuf,
    /// Files whose mutants are tried (globs from the root of the project)
    #[arg(long = "file", value_name = "GLOB", default_values = STATIONS)]
    files: Vec<String>,
    /// Runs no tests of a mutant beyond so many seconds of them (as they take without it)
    #[arg(long, value_name = "SECONDS")]
    budget: Option<u64>,
    /// Tries only mutants whose name holds this text
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Runs only tests whose name holds one of these texts
    #[arg(long = "test", value_name = "TEXT")]
    tests: Vec<String>,
    /// Runs no test that takes longer than so many seconds without a mutant
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    longest: u64,
    /// Tries only those that cannot be switched, each in a build of its own: half a minute for each
    #[arg(long)]
    alone: bool,
    /// Forgets what became of mutants that survived, and what tests reach
    #[arg(long)]
    again: bool,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize()?;
    std::fs::create_dir_all(&arguments.work)?;
    let work = arguments.work.canonicalize()?;
    let mutants = list(&project, &arguments.files)?;
    println!("{} mutants", mutants.len());
    let mut state = State::open(&work, &mutants, arguments.again)?;
    let scratch = Scratch::new(&project, &work);
    let mut built = scratch.build(&mutants, state.unviable(&mutants))?;
    state.keep_unviable(&mutants, &built.unviable)?;
    println!("{} do not compile, {} cannot be switched", built.unviable.len(), built.left.len());
    let runner =
        Runner { binaries: built.binaries.clone(), tree: scratch.tree(), temporary: work.join("temporary") };
    state.record(&runner, &mutants, &arguments.tests, Duration::from_secs(arguments.longest))?;
    if arguments.alone {
        try_alone(&arguments, &mutants, &mut built, (&scratch, &runner), &mut state)?;
    } else {
        try_all(&arguments, &mutants, &built, &runner, &mut state)?;
    }
    let known = known::read(&std::fs::read_to_string(project.join("tests/mutants/equivalent.txt"))?)?;
    state.tell(&mutants, &built, &known)
}

/// Tries every mutant of which nothing is known, or that survived what was tried.
fn try_all(
    arguments: &Arguments,
    mutants: &[Mutant],
    built: &Built,
    runner: &Runner,
    state: &mut State,
) -> Result<()> {
    let mut experience = Experience::default();
    let reaches = state.reaches().to_vec();
    let by = reached_by(&reaches);
    let is_asked = |mutant: &&Mutant| arguments.only.as_ref().is_none_or(|text| mutant.name.contains(text));
    for mutant in mutants.iter().filter(is_asked).filter(|mutant| !built.is_out(mutant.number)) {
        let tried = match state.fate(mutant) {
            Some(Fate::Survived(tried)) => tried.clone(),
            None => BTreeSet::new(),
            Some(_) => continue,
        };
        let reaching = by.get(&mutant.number).map_or(&[][..], Vec::as_slice);
        let reaches = reaching.iter().map(|&at| &reaches[at]);
        let reaches = reaches.filter(|reach| !tried.contains(&reach.test));
        let reaches: Vec<_> = reaches.filter(|reach| reach.test.is_wanted(&arguments.tests)).collect();
        if reaches.is_empty() && state.fate(mutant).is_some() {
            continue;
        }
        let case = Case { number: mutant.number, file: &mutant.file, reaches, tried };
        let fate = judge(runner, case, &mut experience, arguments.budget.map(Duration::from_secs))?;
        tell_survivor(mutant, &fate, reaching.len());
        state.keep(mutant, fate)?;
    }
    Ok(())
}

/// Tries every mutant that cannot be switched, and of which nothing is known, or that survived what was tried: with the tests of the library, and if these all pass with those
/// of the command. What such a mutant reaches is not known, so all tests are of interest.
fn try_alone(
    arguments: &Arguments,
    mutants: &[Mutant],
    built: &mut Built,
    (scratch, runner): (&Scratch, &Runner),
    state: &mut State,
) -> Result<()> {
    let mut experience = Experience::default();
    let all = state.reaches().to_vec();
    let is_asked = |mutant: &&Mutant| arguments.only.as_ref().is_none_or(|text| mutant.name.contains(text));
    let left = built.left.clone();
    for mutant in mutants.iter().filter(|mutant| left.contains(&mutant.number)).filter(is_asked) {
        let mut fate = match state.fate(mutant) {
            Some(Fate::Caught(_) | Fate::Endless) => continue,
            survived => Some(survived.cloned().unwrap_or_else(|| Fate::Survived(BTreeSet::new()))),
        };
        for binary in 0..runner.binaries.len() {
            let Some(Fate::Survived(tried)) = fate else { break };
            let reaches =
                all.iter().filter(|reach| reach.test.binary == binary && !tried.contains(&reach.test));
            let reaches: Vec<_> = reaches.filter(|reach| reach.test.is_wanted(&arguments.tests)).collect();
            if reaches.is_empty() {
                fate = Some(Fate::Survived(tried));
                continue;
            }
            let case = Case { number: mutant.number, file: &mutant.file, reaches, tried };
            fate = if scratch.alone(mutant, binary)? {
                Some(judge(runner, case, &mut experience, arguments.budget.map(Duration::from_secs))?)
            } else {
                None
            };
        }
        scratch.restore(mutant)?;
        match fate {
            None => {
                built.unviable.insert(mutant.number);
                state.keep_unviable(mutants, &built.unviable)?;
            }
            Some(fate) => {
                tell_survivor(mutant, &fate, all.len());
                state.keep(mutant, fate)?;
            }
        }
    }
    Ok(())
}

fn tell_survivor(mutant: &Mutant, fate: &Fate, of: usize) {
    if let Fate::Survived(tried) = fate {
        let (file, line, name) = (&mutant.file, mutant.line, &mutant.name);
        println!("{file}:{line} survived {} of {of} tests: {name}", tried.len());
    }
}
