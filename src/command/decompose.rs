//! `gmv decompose`: exports or facts → sums → factors → a document.

use anyhow::Result;

use super::Ending;
use crate::cli::{DecomposeArguments, DecomposeSettings, Facts, Work};
use crate::engine::local::{self, LocalSettings};
use crate::engine::{Aggregate, facts};
use crate::journey::rules::Basis;
use crate::present::console::Console;
use crate::present::decompose::document;
use crate::present::progress::ReadProgress;
use crate::present::{Sink, rejects, write_atomic};

/// Runs the command.
pub fn run(arguments: &DecomposeArguments) -> Result<Ending> {
    let settings = arguments.resolve()?;
    let console = Console::new(settings.presentation.quiet);
    // Opened before the work, so that a place that cannot be written fails at once.
    let sink = Sink::open(&settings.presentation.target)?;
    let (aggregate, currency, ending) = match &settings.work {
        Work::Exports(exports) => from_exports(exports, &settings, console)?,
        Work::Facts(facts) => (from_facts(facts)?, None, Ending::Done),
    };
    let currency = settings.presentation.currency.clone().or(currency).unwrap_or_else(|| "¥".to_owned());
    let document = document(&aggregate, settings.document, &currency, settings.metadata.clone());
    sink.finish(&document, &settings.presentation.options)?;
    Ok(ending)
}

fn from_exports(
    exports: &LocalSettings,
    settings: &DecomposeSettings,
    console: Console,
) -> Result<(Aggregate, Option<String>, Ending)> {
    let progress = ReadProgress::new(exports.size(), settings.presentation.shows_progress());
    let inputs = local::read(exports, &|bytes| progress.advance(bytes));
    progress.finish();
    let inputs = inputs?;
    let named = [("orders", &inputs.rejects[0]), ("sessions", &inputs.rejects[1])];
    for (input, summary) in named {
        console.rejects(input, summary);
    }
    if let Some(path) = &settings.rejects {
        let raw_text = settings.presentation.options.raw_text;
        write_atomic(path, |out| rejects::render(&named, raw_text, out))?;
    }
    let rejected = named.iter().any(|(_, summary)| summary.count > 0);
    let currency = inputs.currency();
    let (aggregate, report) = local::aggregate(&inputs, exports)?;
    console.report(&report, exports.basis == Basis::Net);
    let ending = if rejected && settings.strict { Ending::RowsRejected } else { Ending::Done };
    Ok((aggregate, currency, ending))
}

fn from_facts(facts: &Facts) -> Result<Aggregate> {
    Ok(facts::read(&facts.path, facts.by.as_deref(), facts.period)?)
}
