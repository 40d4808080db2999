//! What a store's file says of its row groups, so that those that cannot matter need not be read.

pub mod orders;
pub mod sessions;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::batch::{Batch, Cells, Layout};
use crate::input::dictionary::Dictionary;
use crate::input::error::InputError;
use crate::input::names::Names;
use crate::memory::MemoryError;

/// The key of the descriptions of the row groups, as JSON.
pub const SLICES_KEY: &str = "gmv.slices";

/// Rows in a row group: no more than are read at a time, so that each is read, or left out, as a whole.
pub const GROUP_ROWS: usize = 1 << 17;

/// Streamers beyond which a file does not name them, and none of it is left out when it is read.
const MOST_STREAMERS: usize = 65_536;

/// What is known of the rows of a file: its row groups, and its streamers with their last names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlicesAbout<S> {
    /// The row groups in their order.
    pub slices: Vec<S>,
    /// The streamers, and the last name that the export gives each, by their ids.
    pub streamers: BTreeMap<String, Option<String>>,
}

impl<S> SlicesAbout<S> {
    /// The row groups of a file, with these streamers and their last names; `None` where these are too many.
    #[must_use]
    pub fn new(slices: Vec<S>, streamers: Dictionary, names: &Names) -> Option<Self> {
        let streamers = streamers.into_texts();
        let name = |code: usize| names.get(code as u32).map(ToString::to_string);
        let all: BTreeMap<_, _> =
            streamers.iter().enumerate().map(|(code, id)| (id.to_string(), name(code))).collect();
        (all.len() <= MOST_STREAMERS).then_some(Self { slices, streamers: all })
    }
}

impl<S: Serialize> SlicesAbout<S> {
    /// As JSON; `name` is the export in messages.
    ///
    /// # Errors
    /// None that is known.
    pub fn text(&self, name: &str) -> Result<String, InputError> {
        serde_json::to_string(self).map_err(|error| InputError::io(name, "cannot describe it", error.into()))
    }
}

/// Describes the row groups of a file, one after the other as they are written.
pub trait Describe: Send {
    /// What is said of a row group.
    type Slice;

    /// Takes the rows of the next row group.
    fn group(&mut self, layout: &Layout, batch: &Batch);

    /// What is said of each row group; `None` where not all of them could be described.
    ///
    /// # Errors
    /// When rows could not be kept in a temporary file.
    fn finish(self) -> Result<Option<Vec<Self::Slice>>, MemoryError>;
}

/// A column of a batch.
fn column<'b>(layout: &Layout, batch: &'b Batch, name: &str) -> Option<&'b Cells> {
    let column = layout.iter().position(|(column, _)| column == name)?;
    batch.columns().get(column)
}
