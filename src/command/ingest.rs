//! `gmv ingest`: exports → typed files in a store.

use anyhow::Result;

use super::Ending;
use crate::cli::{IngestArguments, IngestSettings};
use crate::engine::reconciliation::RejectSummary;
use crate::input::profile::RowKind;
use crate::input::store::Store;
use crate::input::store::ingest::Ingestion;
use crate::present::console::Console;
use crate::present::progress::ReadProgress;
use crate::present::{AtomicFile, FinishedFile, Sink, ingest, rejects};

/// Runs the command.
pub fn run(arguments: &IngestArguments) -> Result<Ending> {
    let settings = arguments.resolve()?;
    let console = Console::new(settings.presentation.quiet);
    // Opened before the work, so that a place that cannot be written fails at once.
    let sink = Sink::open(&settings.presentation.target)?;
    let listing = settings.rejects.as_deref().map(AtomicFile::create_private).transpose()?;
    let store = Store::create(&settings.directory, &|| console.say("note: waiting for another gmv ingest"))?;
    let mut ingestion = Ingestion::new(store, &settings.read);
    let files = read(&settings, &mut ingestion)?;
    let rejected = [RowKind::Orders, RowKind::Sessions]
        .map(|kind| (kind.name(), RejectSummary::of_ingested(&ingestion.done, kind)));
    for (input, summary) in &rejected {
        console.rejects(input, summary);
    }
    if let Some(listing) = listing {
        rejects::write(&rejected, settings.presentation.options.raw_text, listing)?;
    }
    ingestion.check(settings.max_bad)?;
    let wait = || console.say("note: waiting for those who read the store");
    let alone = ingestion.store().keep_readers_away(&wait)?;
    FinishedFile::hand_over(files, |ways, known| ingestion.store().admit(ways, known))?;
    drop(alone);
    if let Err(error) = ingestion.count_standing() {
        console.say(&format!(
            "note: what stands of the orders is not counted, so that runs read all of them: {error}"
        ));
    }
    for done in &ingestion.done {
        console.say(&ingest::sentence(done));
    }
    sink.finish(&ingest::document(&ingestion.done), &settings.presentation.options)?;
    let any = rejected.iter().any(|(_, summary)| summary.count > 0);
    Ok(if any && settings.strict { Ending::RowsRejected } else { Ending::Done })
}

/// Reads the exports that the store does not hold yet, each into a file that is complete but not visible.
fn read(settings: &IngestSettings, ingestion: &mut Ingestion<'_>) -> Result<Vec<FinishedFile>> {
    let progress = ReadProgress::new(settings.size(), settings.presentation.shows_progress());
    let mut files = Vec::new();
    for (kind, source) in &settings.sources {
        if let Some(job) = ingestion.begin(*kind, source)? {
            let mut file = AtomicFile::create_stored(&job.path)?;
            if let Some(place) = ingestion.read(&job, &mut file, &|bytes| progress.advance(bytes))? {
                files.push(file.finish(&place)?);
            }
        }
    }
    progress.finish();
    Ok(files)
}
