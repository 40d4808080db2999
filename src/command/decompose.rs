//! `gmv decompose`: exports or facts → sums → factors → a document.

use anyhow::Result;

use super::Ending;
use super::rooms::from_rooms;
use crate::cli::{DecomposeArguments, DecomposeSettings, Facts, Work};
use crate::engine::local::{self, LocalSettings};
use crate::engine::reconciliation::RejectSummary;
use crate::engine::{Aggregate, facts};
use crate::journey::rules::Basis;
use crate::present::console::Console;
use crate::present::decompose::document;
use crate::present::progress::ReadProgress;
use crate::present::{AtomicFile, Sink, rejects};

/// A result, and what belongs to it.
pub struct Made {
    pub aggregate: Aggregate,
    pub currency: Option<String>,
    pub metadata: Vec<(String, String)>,
    pub ending: Ending,
}

/// Runs the command.
pub fn run(arguments: &DecomposeArguments) -> Result<Ending> {
    let settings = arguments.resolve()?;
    let console = Console::new(settings.presentation.quiet);
    // Opened before the work, so that a place that cannot be written fails at once.
    let sink = Sink::open(&settings.presentation.target)?;
    let made = match &settings.work {
        Work::Exports(exports) => from_exports(exports, &settings, console)?,
        Work::Facts(facts) => from_facts(facts, &settings, console)?,
        Work::Rooms(rooms) => from_rooms(rooms, &settings, console)?,
    };
    let currency = settings.presentation.currency.clone().or(made.currency).unwrap_or_else(|| "¥".to_owned());
    let metadata = [settings.metadata.clone(), made.metadata].concat();
    let document = document(&made.aggregate, settings.document, &currency, metadata);
    sink.finish(&document, &settings.presentation.options)?;
    Ok(made.ending)
}

fn from_exports(exports: &LocalSettings, settings: &DecomposeSettings, console: Console) -> Result<Made> {
    let listing = settings.rejects.as_deref().map(AtomicFile::create_private).transpose()?;
    let progress = ReadProgress::new(exports.size(), settings.presentation.shows_progress());
    let inputs = local::read(exports, local::Extent::InRange, &|bytes| progress.advance(bytes));
    progress.finish();
    let mut inputs = inputs?;
    let rejected = list_rejects(&inputs.rejects, listing, settings, console)?;
    let (aggregate, report) = local::aggregate(&mut inputs, exports)?;
    console.report(&report, exports.basis == Basis::Net);
    let ending = if rejected && settings.strict { Ending::RowsRejected } else { Ending::Done };
    Ok(Made { aggregate, currency: inputs.currency(), metadata: inputs.definitions(), ending })
}

/// Shows and lists the rejected rows; whether there are any.
pub fn list_rejects(
    named: &[(&str, RejectSummary)],
    listing: Option<AtomicFile>,
    settings: &DecomposeSettings,
    console: Console,
) -> Result<bool> {
    for (input, summary) in named {
        console.rejects(input, summary);
    }
    if let Some(listing) = listing {
        rejects::write(named, settings.presentation.options.raw_text, listing)?;
    }
    Ok(named.iter().any(|(_, summary)| summary.count > 0))
}

fn from_facts(facts: &Facts, settings: &DecomposeSettings, console: Console) -> Result<Made> {
    let (aggregate, metadata) = facts::read(&facts.path, facts.opening, facts.by.as_deref(), facts.period)?;
    if settings.document.wants_moments() && !aggregate.has_moments() {
        console.warn("the facts hold no second moments (m_11 … m_gg): intervals and moments are empty");
    }
    Ok(Made { aggregate, currency: None, metadata, ending: Ending::Done })
}
