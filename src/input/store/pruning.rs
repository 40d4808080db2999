//! Rows that cannot matter to a range of dates: a store's row groups say so, and are counted without being read.

mod orders;
mod sessions;

pub use orders::{PrunedOrders, prune_orders};
pub use sessions::{PrunedSessions, prune_sessions};

use super::slices::SlicesAbout;
use crate::input::dictionary::Coder;
use crate::input::names::Names;
use crate::input::read::Place;

/// Takes the streamers of a file, whose names stand behind all of its rows.
fn take_names(about: &SlicesAbout, index: u32, coder: &mut Coder<'_>, names: &mut Names) {
    let behind = Place { file: index, block: (1 << 21) - 1, line: (1 << 25) - 1 }.sequence();
    for (streamer, name) in &about.streamers {
        let code = coder.code(streamer.as_bytes());
        names.set(code, behind, name.as_deref().unwrap_or_default().as_bytes());
    }
}
