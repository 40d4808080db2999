//! Where the columns of sessions are in a file.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::quick::QuickColumns;
use crate::input::binding::{Header, Origin, Overridden};
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::profile::{Anonymous, Profile, SessionsProfile, Traffic};
use crate::input::read::Columns;
use crate::input::settings::{FurtherColumns, ReadSettings};

/// Where the columns of sessions are in one file.
#[derive(Debug)]
pub struct SessionColumns {
    pub(super) profile: Arc<Profile>,
    pub(super) viewer: Origin,
    pub(super) streamer: Origin,
    pub(super) name: Origin,
    pub(super) entered: Origin,
    pub(super) left: Origin,
    pub(super) watched: Origin,
    pub(super) source: Origin,
    pub(super) live: Origin,
    pub(super) words: HashMap<Vec<u8>, Traffic, RandomState>,
    pub(super) anonymous: Anonymous,
    /// Mapped columns of no other meaning, which a store keeps as text; none unless they are asked for.
    pub(in crate::input) extras: Vec<(String, Origin)>,
    pub(super) stored: bool,
    /// The columns for the quick way; `None` where it cannot be gone.
    pub(super) quick: Option<QuickColumns>,
    overridden: Vec<Overridden>,
}

/// Canonical columns that only a store keeps.
const OTHER_COLUMNS: [&str; 1] = ["session_id"];

impl Columns for SessionColumns {
    fn needed(&self) -> Vec<usize> {
        let extras = self.extras.iter().flat_map(|(_, origin)| origin.columns());
        self.origins().into_iter().flat_map(|(_, origin)| origin.columns()).chain(extras).collect()
    }
}

impl SessionColumns {
    pub(crate) fn origins(&self) -> [(&'static str, &Origin); 8] {
        [
            ("viewer_id", &self.viewer),
            ("streamer_id", &self.streamer),
            ("streamer_name", &self.name),
            ("entered_at", &self.entered),
            ("left_at", &self.left),
            ("watch_seconds", &self.watched),
            ("source", &self.source),
            ("live_id", &self.live),
        ]
    }

    /// The profile that was used.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The columns that a constant replaces though the file has them.
    #[must_use]
    pub fn overridden(&self) -> &[Overridden] {
        &self.overridden
    }

    /// Where the viewer is.
    pub(in crate::input) fn viewer(&self) -> &Origin {
        &self.viewer
    }

    /// Whether the file says where sessions came from.
    #[must_use]
    pub fn has_source(&self) -> bool {
        self.source.is_there()
    }

    /// Whether the file says which broadcast a session belongs to.
    #[must_use]
    pub fn has_live(&self) -> bool {
        self.live.is_there()
    }

    pub(super) fn bind(
        profile: &Arc<Profile>,
        source: &Source,
        header: &Header,
        settings: &ReadSettings,
    ) -> Result<Self, InputError> {
        let constants = &settings.constants(source);
        let none = SessionsProfile::default();
        let sessions = profile.sessions.as_ref().unwrap_or(&none);
        let find = |field| header.find(&source.name, field, &sessions.columns, constants);
        let canonical = Profile::canonical()?.sessions.as_ref();
        let words = sessions.sources.as_ref().or(canonical.and_then(|canonical| canonical.sources.as_ref()));
        let pairs = words
            .into_iter()
            .flatten()
            .flat_map(|(traffic, words)| words.iter().map(|word| (word.clone().into_bytes(), *traffic)));
        let extras = match settings.further {
            FurtherColumns::Dimensions => Vec::new(),
            FurtherColumns::Mapped => {
                header.further(&source.name, &sessions.columns, constants, &OTHER_COLUMNS, is_typed)?
            }
        };
        let columns = Self {
            extras,
            overridden: header.overridden(&sessions.columns, constants, is_typed),
            stored: source.stored.is_some(),
            profile: Arc::clone(profile),
            viewer: find("viewer_id")?,
            streamer: find("streamer_id")?,
            name: find("streamer_name")?,
            entered: find("entered_at")?,
            left: find("left_at")?,
            watched: find("watch_seconds")?,
            source: find("source")?,
            live: find("live_id")?,
            words: pairs.collect(),
            anonymous: profile.anonymous()?,
            quick: None,
        };
        Ok(Self { quick: QuickColumns::of(&columns, header.names.len()), ..columns })
    }

    /// The required columns that are missing.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let mut missing: Vec<&'static str> =
            [("viewer_id", &self.viewer), ("streamer_id", &self.streamer), ("entered_at", &self.entered)]
                .into_iter()
                .filter(|(_, origin)| !origin.is_there())
                .map(|(name, _)| name)
                .collect();
        if !self.left.is_there() && !self.watched.is_there() {
            missing.push("left_at or watch_seconds");
        }
        missing
    }
}

/// Whether a column has a place of its own.
fn is_typed(name: &str) -> bool {
    [
        "viewer_id",
        "streamer_id",
        "streamer_name",
        "entered_at",
        "left_at",
        "watch_seconds",
        "source",
        "live_id",
    ]
    .contains(&name)
}
