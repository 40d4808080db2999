//! Where sums come from: this machine (exports through the journey) or a facts file. Everything after the sums is the same.

pub mod aggregate;
mod assembly;
pub mod base;
mod broadcasts;
pub mod check;
pub mod exports;
pub mod facts;
pub mod grouping;
pub mod local;
pub mod reconciliation;
mod refunds;
mod report;
pub mod rooms;

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
    Overflow(#[from] crate::journey::accumulate::Overflow),
    /// What was asked and what the input holds do not go together.
    #[error("{0}")]
    Usage(String),
}

impl From<crate::calendar::DateOutOfRange> for EngineError {
    fn from(error: crate::calendar::DateOutOfRange) -> Self {
        Self::Input(error.into())
    }
}
