//! `gmv check`: exports → findings → a document.

use anyhow::Result;

use super::Ending;
use crate::cli::CheckArguments;
use crate::engine::check::check;
use crate::engine::check::findings::{Level, findings};
use crate::engine::local;
use crate::present::progress::ReadProgress;
use crate::present::{AtomicFile, Sink, check as list, rejects};

/// Runs the command.
pub fn run(arguments: &CheckArguments) -> Result<Ending> {
    let output = arguments.resolve()?;
    let (settings, presentation) = (&output.settings, &output.presentation);
    // Opened before the work, so that a place that cannot be written fails at once.
    let sink = Sink::open(&presentation.target)?;
    let listing = output.rejects.as_deref().map(AtomicFile::create_private).transpose()?;
    let progress = ReadProgress::new(settings.exports.size(), presentation.shows_progress());
    let inputs = local::read(&settings.exports, &|bytes| progress.advance(bytes));
    progress.finish();
    let inputs = inputs?;
    if let Some(listing) = listing {
        rejects::write(&inputs.rejects, presentation.options.raw_text, listing)?;
    }
    let findings = findings(&inputs, settings, &check(&inputs, settings)?);
    let currency = presentation.currency.clone().or(inputs.currency()).unwrap_or_else(|| "¥".to_owned());
    let metadata = [output.metadata, inputs.definitions()].concat();
    list::write(&findings, sink, &presentation.options, &currency, metadata)?;
    let worst = findings.iter().map(|finding| finding.level).max();
    Ok(match worst {
        Some(Level::Error) => Ending::NotToBeBelieved,
        Some(Level::Warning) if output.strict => Ending::RowsRejected,
        _ => Ending::Done,
    })
}
