//! Why a model is not fitted: what the data lack, and what to do about it.

use thiserror::Error;

/// A reason not to fit a model, or not to forecast with it. Parameters go by their names in the literature.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum Refusal {
    /// Too few buyers.
    #[error(
        "{found} buyers are too few to fit (at least {needed}): give more history, or fit all streamers together"
    )]
    TooFewBuyers {
        /// Buyers given.
        found: u64,
        /// Buyers needed.
        needed: u64,
    },
    /// All buyers were first seen at the end of what was observed.
    #[error("all buyers bought first on the last day, so nothing could follow yet: give more history")]
    NoAge,
    /// Too few buyers with more than one purchase.
    #[error(
        "{found} buyers with a repeat purchase are too few to fit (at least {needed}): give more history, or fit all streamers together"
    )]
    TooFewRepeats {
        /// Buyers with a repeat purchase.
        found: u64,
        /// Buyers needed.
        needed: u64,
    },
    /// All buyers have the same mean value.
    #[error(
        "the purchases of all buyers have the same value, so there is no distribution to fit: multiply the expected purchases by it"
    )]
    OneValue,
    /// The likelihood has no top within reach.
    #[error(
        "no maximum of the likelihood was found in {iterations} iterations: give more history, or fit all streamers together"
    )]
    NoConvergence {
        /// Iterations made from the last start.
        iterations: u64,
    },
    /// The likelihood still rises where a parameter leaves what makes sense: the data have no trace of what it describes.
    #[error(
        "the likelihood rises as {parameter} goes {direction} without end, so these data do not show how buyers differ in it: \
         give more history, or fit all streamers together",
        direction = if *.value > 1.0 { "up" } else { "down to 0" }
    )]
    AtBoundary {
        /// The parameter.
        parameter: &'static str,
        /// Where it was left.
        value: f64,
    },
    /// The curvature at the top is not that of a maximum, so that there are no standard errors.
    #[error(
        "the likelihood is flat at its top, so the parameters cannot be told apart: give more history, or fit all streamers together"
    )]
    NotPositiveDefinite,
    /// The fitted distribution of values has no mean.
    #[error(
        "the fitted values have no finite mean (q = {q:.3}, it must be above 1): look for orders of exceptional amounts"
    )]
    NoMean {
        /// The shape of the distribution of scales.
        q: f64,
    },
}
