//! Where sums come from, and where there are persons.

use crate::calendar::PeriodKind;
use crate::cli::UsageError;
use crate::engine::cluster::ClusterSettings;
use crate::engine::local::LocalSettings;
use crate::engine::rooms::RoomSettings;
use crate::engine::{Aggregate, EngineError, facts};
use crate::input::container::Opening;

/// Where the sums come from.
#[derive(Debug)]
pub enum Work {
    /// From exports, on this machine.
    Exports(Box<LocalSettings>),
    /// From a facts file.
    Facts(Facts),
    /// From broadcasts as aggregates.
    Rooms(Box<RoomSettings>),
    /// From the tables of a cluster.
    Cluster(Box<ClusterSettings>),
}

/// Where there are persons to look at, and not sums alone.
#[derive(Debug)]
pub enum Persons {
    /// In exports, on this machine.
    Exports(Box<LocalSettings>),
    /// In the tables of a cluster.
    Cluster(Box<ClusterSettings>),
}

impl Persons {
    /// The cluster, where they are in its tables.
    #[must_use]
    pub fn cluster(&self) -> Option<&ClusterSettings> {
        match self {
            Self::Exports(_) => None,
            Self::Cluster(cluster) => Some(cluster),
        }
    }
}

impl Work {
    /// The same, where there are persons; `refusal` says why there must be.
    pub(in crate::cli) fn persons(self, refusal: &str) -> Result<Persons, UsageError> {
        match self {
            Self::Exports(exports) => Ok(Persons::Exports(exports)),
            Self::Cluster(cluster) => Ok(Persons::Cluster(cluster)),
            Self::Facts(_) | Self::Rooms(_) => Err(UsageError(refusal.to_owned())),
        }
    }
}

/// A facts file, and what was said of it.
#[derive(Debug)]
pub struct Facts {
    /// The file.
    pub path: String,
    /// How it is opened.
    pub opening: Opening,
    /// The grouping that was asked for.
    pub by: Option<Vec<String>>,
    /// The kind of period that was asked for.
    pub period: Option<PeriodKind>,
}

impl Facts {
    /// Reads the file, and the definitions that it carries.
    ///
    /// # Errors
    /// See [`facts::read`].
    pub fn read(&self, use_of: facts::Use) -> Result<(Aggregate, Vec<(String, String)>), EngineError> {
        facts::read(&self.path, self.opening, self.by.as_deref(), self.period, use_of)
    }
}
