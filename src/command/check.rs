//! `gmv check`: exports → findings → a document.

use anyhow::Result;

use super::Ending;
use crate::cli::{CheckArguments, CheckOutput, CheckWork};
use crate::engine::check::findings::{Finding, Level, findings, room_findings};
use crate::engine::check::rooms::RoomCheckSettings;
use crate::engine::check::{CheckSettings, check};
use crate::engine::reconciliation::RejectSummary;
use crate::engine::{local, rooms};
use crate::present::model::currency_sign;
use crate::present::progress::ReadProgress;
use crate::present::{AtomicFile, Sink, check as list, rejects};

/// What was found, and what belongs to it.
struct Found {
    findings: Vec<Finding>,
    currency: Option<String>,
    definitions: Vec<(String, String)>,
}

/// Runs the command.
pub fn run(arguments: &CheckArguments) -> Result<Ending> {
    let output = arguments.resolve()?;
    let presentation = &output.presentation;
    // Opened before the work, so that a place that cannot be written fails at once.
    let sink = Sink::open(&presentation.target)?;
    let found = match &output.work {
        CheckWork::Exports(settings) => of_exports(settings, &output)?,
        CheckWork::Rooms(settings) => of_rooms(settings, &output)?,
    };
    let currency = currency_sign(presentation.currency.as_deref(), found.currency);
    let metadata = [output.metadata, found.definitions].concat();
    list::write(&found.findings, sink, &presentation.options, &currency, metadata)?;
    let worst = found.findings.iter().map(|finding| finding.level).max();
    Ok(match worst {
        Some(Level::Error) => Ending::NotToBeBelieved,
        Some(Level::Warning) if output.strict => Ending::RowsRejected,
        _ => Ending::Done,
    })
}

fn of_exports(settings: &CheckSettings, output: &CheckOutput) -> Result<Found> {
    let listing = output.rejects.as_deref().map(AtomicFile::create_private).transpose()?;
    let progress = ReadProgress::new(settings.exports.size(), output.presentation.shows_progress());
    let inputs = local::read(&settings.exports, local::Extent::All, &|bytes| progress.advance(bytes));
    progress.finish();
    let mut inputs = inputs?;
    list_rejects(&inputs.rejects, listing, output)?;
    let checked = check(&mut inputs, settings)?;
    let findings = findings(&inputs, settings, &checked);
    Ok(Found { findings, currency: inputs.currency(), definitions: inputs.definitions() })
}

fn of_rooms(settings: &RoomCheckSettings, output: &CheckOutput) -> Result<Found> {
    let listing = output.rejects.as_deref().map(AtomicFile::create_private).transpose()?;
    let progress = ReadProgress::new(settings.rooms.size(), output.presentation.shows_progress());
    let inputs = rooms::read(&settings.rooms, &|bytes| progress.advance(bytes));
    progress.finish();
    let inputs = inputs?;
    list_rejects(&[("rooms", inputs.rejects.clone())], listing, output)?;
    let findings = room_findings(&inputs, settings)?;
    let definitions = inputs.definitions(settings.rooms.basis);
    Ok(Found { findings, currency: inputs.currency(), definitions })
}

fn list_rejects(
    named: &[(&str, RejectSummary)],
    listing: Option<AtomicFile>,
    output: &CheckOutput,
) -> Result<()> {
    if let Some(listing) = listing {
        rejects::write(named, output.presentation.options.raw_text, listing)?;
    }
    Ok(())
}
