//! Rooms → sums, for the commands that take broadcasts as aggregates.

use anyhow::Result;

use super::Ending;
use super::decompose::{Made, list_rejects};
use crate::cli::DecomposeSettings;
use crate::engine::rooms::{self, RoomSettings};
use crate::present::AtomicFile;
use crate::present::console::Console;
use crate::present::progress::ReadProgress;

/// Reads the broadcasts, says where they went, and adds them up.
pub fn from_rooms(rooms: &RoomSettings, settings: &DecomposeSettings, console: Console) -> Result<Made> {
    let listing = settings.rejects.as_deref().map(AtomicFile::create_private).transpose()?;
    let progress = ReadProgress::new(rooms.size(), settings.presentation.shows_progress());
    let inputs = rooms::read(rooms, &|bytes| progress.advance(bytes));
    progress.finish();
    let inputs = inputs?;
    let rejected = list_rejects(&[("rooms", inputs.rejects.clone())], listing, settings, console)?;
    let (aggregate, report) = rooms::aggregate(&inputs, rooms)?;
    console.room_report(&report);
    if settings.document.wants_moments() {
        console.warn("broadcasts as sums hold no persons: intervals and moments are empty");
    }
    let ending = if rejected && settings.strict { Ending::RowsRejected } else { Ending::Done };
    Ok(Made { aggregate, currency: inputs.currency(), metadata: inputs.definitions(rooms.basis), ending })
}
