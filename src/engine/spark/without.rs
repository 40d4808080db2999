//! In the place of a connection, where this program was built without Spark.

use super::{Address, ClusterError, Done, Patience};
use crate::engine::EngineError;
use crate::input::table::SmallTable;

/// None can be opened.
#[derive(Debug)]
pub enum Connection {}

impl Connection {
    /// Says that there is none.
    ///
    /// # Errors
    /// Always.
    pub fn open(_: &Address, _: Patience) -> Result<Self, ClusterError> {
        Err(ClusterError::NotBuilt)
    }

    /// The server.
    #[must_use]
    pub fn address(&self) -> &Address {
        match *self {}
    }

    /// The columns of what a statement gives.
    ///
    /// # Errors
    /// There is nobody to ask.
    pub fn columns(&self, _: &str) -> Result<Vec<String>, ClusterError> {
        match *self {}
    }

    /// Runs a statement.
    ///
    /// # Errors
    /// There is nobody to ask.
    pub fn run(
        &self,
        _: &str,
        _: &dyn Fn(Done),
        _: &mut dyn FnMut(&SmallTable) -> Result<(), EngineError>,
    ) -> Result<(), EngineError> {
        match *self {}
    }
}

/// Nothing runs.
pub fn interrupt() {}
