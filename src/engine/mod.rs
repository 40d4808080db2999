//! Where sums come from: this machine (exports through the journey) or a facts file. Everything after the sums is the same.

pub mod aggregate;
mod assembly;
pub mod base;
mod broadcasts;
pub mod check;
pub mod cluster;
pub mod concentrated;
pub mod coverage;
pub mod cube;
pub mod exports;
pub mod facts;
pub mod grouping;
pub mod leaves;
pub mod local;
pub mod reach;
pub mod reconciliation;
mod refunds;
mod report;
pub mod rooms;
pub mod spark;
mod spend;
pub mod sql;
pub mod tiers;
mod walking;

pub use aggregate::{Aggregate, GroupRow, SideColumns};
pub use grouping::{GroupColumn, Grouping};

/// What stops an engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The input cannot be used.
    #[error(transparent)]
    Input(#[from] crate::input::error::InputError),
    /// A sum does not fit.
    #[error(transparent)]
    Overflow(#[from] crate::journey::overflow::Overflow),
    /// The same, of a group that is known.
    #[error("{sum} of {group} is {}", crate::journey::overflow::Overflow::SAID)]
    TooLarge {
        /// The name of the sum.
        sum: &'static str,
        /// The group, and the period.
        group: String,
    },
    /// Counts that add up to more than can be counted.
    #[error(
        "{sum} of {group} in the period {period} add up to more than 9223372036854775807; look for numbers that are none, such as ids or \
         times in the column"
    )]
    TooMany {
        /// The name of the counts.
        sum: &'static str,
        /// The group.
        group: String,
        /// The first date of the period.
        period: jiff::civil::Date,
    },
    /// A figure of a comparison that is too large to be told.
    #[error(
        "{figure} of {group} is too large to be told: no real figures are as large, or as far apart; look for numbers that are none"
    )]
    Untold {
        /// The name of the figure.
        figure: String,
        /// The group.
        group: String,
    },
    /// The inputs do not reach all days of the period that is to be reported.
    #[error(
        "the {kind} {}..{} is not complete: {}; add the rows of these days, or report an earlier {kind} with --as-of {}; where the shop rested, --covers A..B says so, and --allow-partial reports what there is",
        period.first, period.last, coverage::told(inputs), coverage::earlier(inputs)
    )]
    NotCovered {
        /// The kind of the period.
        kind: &'static str,
        /// The period.
        period: crate::calendar::DateRange,
        /// The inputs.
        inputs: Vec<coverage::Uncovered>,
    },
    /// More rows of a table on a cluster are rejected than may be.
    #[error("{table}: more than --max-bad {limit}; look at these columns, or allow more with --max-bad")]
    Rejected {
        /// The table, how many of its rows, and in which columns.
        table: String,
        /// The limit.
        limit: String,
    },
    /// A cluster gave no answer.
    #[error(transparent)]
    Cluster(#[from] spark::ClusterError),
    /// What another engine gave cannot be read.
    #[error(transparent)]
    Answer(#[from] sql::AnswerError),
    /// What was asked and what the input holds do not go together.
    #[error("{0}")]
    Usage(String),
}

impl From<crate::memory::MemoryError> for EngineError {
    fn from(error: crate::memory::MemoryError) -> Self {
        Self::Input(error.into())
    }
}

impl From<crate::journey::aside::MergeError> for EngineError {
    fn from(error: crate::journey::aside::MergeError) -> Self {
        match error {
            crate::journey::aside::MergeError::Memory(error) => error.into(),
            crate::journey::aside::MergeError::Overflow(error) => error.into(),
        }
    }
}

impl From<crate::calendar::DateOutOfRange> for EngineError {
    fn from(error: crate::calendar::DateOutOfRange) -> Self {
        Self::Input(error.into())
    }
}
