//! `gmv sample`: synthetic exports into a directory.

use anyhow::{Context, Result};

use super::Ending;
use crate::cli::SampleArguments;
use crate::present::console::Console;
use crate::present::{AtomicFile, PresentError, write_atomic};
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
    let summary = write_sample(settings, &mut sessions, &mut orders, &mut |_| {})?;
    let text = |name: &str, text: String| {
        write_atomic(&directory.join(name), |out| out.write_all(text.as_bytes()).map_err(PresentError::from))
    };
    let (mut streamers, mut lives) = (Vec::new(), Vec::new());
    streamers_csv(settings, &mut streamers)?;
    lives_csv(settings, &mut lives)?;
    text("lives.csv", String::from_utf8(lives)?)?;
    text("streamers.csv", String::from_utf8(streamers)?)?;
    text("story.md", story_markdown(settings, &summary)?)?;
    sessions.commit()?;
    orders.commit()?;
    let (rows, bought) = (summary.sessions, summary.orders);
    Console::new(output.quiet).say(&format!(
        "{}: {rows} sessions, {bought} rows of orders, streamers.csv, lives.csv, story.md",
        directory.display()
    ));
    Ok(Ending::Done)
}
