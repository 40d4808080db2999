//! Why a text is no alert.

/// Where a text is no alert, why, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("character {at}: {what}; {advice}")]
pub struct AlertError {
    /// The character at which it fails, the first being 1; one more than there are where something is missing at the end.
    pub at: usize,
    /// What is wrong there.
    pub what: String,
    /// What to do.
    pub advice: String,
}

impl AlertError {
    pub(super) fn new(at: usize, what: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { at, what: what.into(), advice: advice.into() }
    }
}
