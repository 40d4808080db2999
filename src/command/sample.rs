//! `gmv sample`: synthetic exports into a directory.

use std::io::Write;

use anyhow::{Context, Result};

use super::Ending;
use crate::cli::SampleArguments;
use crate::present::console::Console;
use crate::present::{AtomicFile, FinishedFile, PresentError};
use crate::sample::{lives_csv, story_markdown, streamers_csv, write_sample};

/// Runs the command.
pub fn run(arguments: &SampleArguments) -> Result<Ending> {
    let output = arguments.resolve();
    let (settings, directory) = (&output.settings, &output.directory);
    settings.check()?;
    std::fs::create_dir_all(directory)
        .with_context(|| format!("{}: cannot make the directory", directory.display()))?;
    let mut sessions = AtomicFile::create(&directory.join("sessions.csv"))?;
    let mut orders = AtomicFile::create(&directory.join("orders.csv"))?;
    let summary = write_sample(settings, &mut sessions, &mut orders, &mut |_| {})
        .with_context(|| directory.display().to_string())?;
    let finished = |name: &str, file: AtomicFile| file.finish(&directory.join(name));
    let text = |name: &str, text: &[u8]| {
        let place = directory.join(name);
        let mut file = AtomicFile::create(&place)?;
        let written = file.write_all(text).map_err(PresentError::from);
        written.map_err(|error| error.at(&place.display().to_string()))?;
        finished(name, file)
    };
    let (mut streamers, mut lives) = (Vec::new(), Vec::new());
    streamers_csv(settings, &mut streamers)?;
    lives_csv(settings, &mut lives)?;
    let story = story_markdown(settings, &summary)?;
    // All of them are there before the first appears.
    let files = [
        finished("sessions.csv", sessions)?,
        finished("orders.csv", orders)?,
        text("streamers.csv", &streamers)?,
        text("lives.csv", &lives)?,
        text("story.md", story.as_bytes())?,
    ];
    files.into_iter().try_for_each(FinishedFile::commit)?;
    let (rows, bought) = (summary.sessions, summary.orders);
    Console::new(output.quiet).say(&format!(
        "{}: {rows} sessions, {bought} rows of orders, streamers.csv, lives.csv, story.md",
        directory.display()
    ));
    Ok(Ending::Done)
}
