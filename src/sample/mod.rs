//! Synthetic exports of any size with a known story in them, for trials, tests and measurements.
//!
//! A sample is drawn in the order of time, broadcast by broadcast, and written while it is drawn, so memory does not grow
//! with it. Everything random comes from one seed through `ChaCha8` and arithmetic that rounds alike everywhere: the same
//! [`SampleSettings`] give the same bytes on every machine.
//!
//! | module | holds |
//! | --- | --- |
//! | `settings`, `plot` | what is asked, and what happens in the last week |
//! | `chance`, `calendar` | random numbers, and days |
//! | `streamer`, `world` | the streamers, their broadcasts, the shocks that a broadcast's visits share |
//! | `viewers`, `orders` | who visits and stays, who buys and what becomes of the order |
//! | `rows`, `export` | bytes of CSV, both files at once |
//! | `summary`, `story` | the truth, counted and told |
//!
//! Every assumption of the model is a named constant whose comment gives its source, or says that it is assumed.

mod calendar;
mod chance;
mod export;
mod orders;
mod plot;
mod rows;
mod settings;
mod story;
mod streamer;
mod summary;
#[cfg(test)]
mod tests;
mod viewers;
mod world;

use std::io::Write;

pub use plot::Role;
pub use settings::{
    FEWEST_STREAMERS_OF_A_STORY, MOST_SESSIONS, MOST_STREAMERS, MOST_WEEKS, SampleError, SampleSettings,
    Shocks, Story,
};
pub use story::story_markdown;
pub use summary::{Oddities, SampleSummary, StreamerTruth, Tally, WeekTruth};

use calendar::WEEK;
use export::Export;
use rows::Rows;
use world::World;

/// Sessions after which progress is reported anew.
const PROGRESS_STEP: u64 = 1 << 16;

/// Writes both exports, of sessions and of orders, and gives the truth about them.
///
/// `progress` is called with the rows of sessions written so far, about every 65,000 rows and at the end. The writers get
/// large pieces and need no buffer of their own; they are not flushed.
pub fn write_sample(
    settings: &SampleSettings,
    sessions: &mut dyn Write,
    orders: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> Result<SampleSummary, SampleError> {
    let world = World::new(settings)?;
    let mut export = Export::new(&world, sessions, orders);
    let mut reported = 0;
    for week in 0..settings.weeks {
        let schedule = world.schedule(week);
        for weekday in 0..WEEK {
            let day = week * WEEK + weekday;
            export.start_day(day)?;
            for ((index, streamer), days) in (0..).zip(&world.streamers).zip(&schedule) {
                if days & (1 << weekday) == 0 {
                    continue;
                }
                let (broadcast, mut chance) = world.broadcast(index, streamer, day);
                export.broadcast(&broadcast, &mut chance)?;
                if export.sessions_written() >= reported + PROGRESS_STEP {
                    reported = export.sessions_written();
                    progress(reported);
                }
            }
        }
    }
    let summary = export.finish()?;
    progress(summary.sessions);
    Ok(summary)
}

/// Writes the table of broadcasts: `live_id,streamer_id,started_at,ended_at`, in the order of the days.
pub fn lives_csv(settings: &SampleSettings, out: &mut dyn Write) -> Result<(), SampleError> {
    let world = World::new(settings)?;
    let mut rows = Rows::new(out, "live_id,streamer_id,started_at,ended_at");
    for week in 0..settings.weeks {
        let schedule = world.schedule(week);
        for weekday in 0..WEEK {
            for ((index, streamer), days) in (0..).zip(&world.streamers).zip(&schedule) {
                if days & (1 << weekday) != 0 {
                    let (broadcast, _) = world.broadcast(index, streamer, week * WEEK + weekday);
                    export::live_row(&world, &broadcast, &mut rows)?;
                }
            }
        }
    }
    rows.flush()?;
    Ok(())
}

/// Writes the table of streamers: `streamer_id,streamer_name,tier,goods,cast`.
pub fn streamers_csv(settings: &SampleSettings, out: &mut dyn Write) -> Result<(), SampleError> {
    let world = World::new(settings)?;
    let mut text = String::from("streamer_id,streamer_name,tier,goods,cast\n");
    for (index, streamer) in (0..).zip(&world.streamers) {
        let cells = [
            &export::streamer_text(index),
            &streamer::name(index, streamer),
            streamer.tier,
            streamer.category.text(),
            streamer.cast(),
        ];
        text.push_str(&cells.join(","));
        text.push('\n');
    }
    out.write_all(text.as_bytes())?;
    Ok(())
}
