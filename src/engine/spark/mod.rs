//! A cluster: statements of [`super::sql`] run over Spark Connect, and what comes back as tables of text.
//!
//! What is sent is a statement, what comes back are its rows; nothing is written there. Without the feature `spark` there is nobody to ask, and
//! opening a [`Connection`] says so.

pub mod address;
#[cfg(feature = "spark")]
mod answers;
#[cfg(feature = "spark")]
mod connection;
#[cfg(feature = "spark")]
mod execution;
#[cfg(feature = "spark")]
mod failure;
#[cfg(not(feature = "spark"))]
mod without;

use std::time::Duration;

pub use address::Address;
#[cfg(feature = "spark")]
pub use connection::Connection;
#[cfg(feature = "spark")]
pub use execution::interrupt;
#[cfg(not(feature = "spark"))]
pub use without::{Connection, interrupt};

/// Why a cluster gave no answer: each in one line.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// This program cannot ask any.
    #[error("this gmv was built without Spark; build it with --features spark")]
    NotBuilt,
    /// Nobody answers.
    #[error("{address} does not answer ({said}); is the Connect server running there, and the port right?")]
    Unreachable {
        /// The server.
        address: Address,
        /// What the connection said.
        said: String,
    },
    /// It wants to know who asks, or does not let them.
    #[error(
        "{address} refuses ({said}); a token comes from ;token=… in the address, or from the variable {}",
        address::TOKEN
    )]
    Refused {
        /// The server.
        address: Address,
        /// What it said.
        said: String,
    },
    /// The statement took longer than it may.
    #[error("{address} has not answered within {} s, and was told to stop; --engine-timeout allows more", limit.as_secs())]
    TooLong {
        /// The server.
        address: Address,
        /// How long it may take.
        limit: Duration,
    },
    /// The statement failed there.
    #[error("{address}: {said}")]
    Failed {
        /// The server.
        address: Address,
        /// What it said.
        said: String,
    },
    /// A table cannot be read.
    #[error("{option} {table}: {said}")]
    Table {
        /// The option that names it.
        option: &'static str,
        /// The table.
        table: String,
        /// What the server said.
        said: String,
    },
    /// What came back is not what was asked for.
    #[error("{address} gave an answer that is not whole ({what}); nothing was written, try again")]
    NotWhole {
        /// The server.
        address: Address,
        /// What is wrong with it.
        what: String,
    },
}

/// How long a server may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// To let itself be reached, and to answer a question about a table.
    pub reaching: Duration,
    /// To run a statement.
    pub running: Duration,
}

/// How far a statement is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Done {
    /// Tasks that are done.
    pub tasks: u64,
    /// All tasks that are known so far.
    pub of_tasks: u64,
    /// Bytes that were read.
    pub bytes: u64,
}
