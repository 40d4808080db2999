//! Documents for people and machines: one neutral model of a result, and a renderer for each format.
//!
//! Renderers turn a [`Document`](model::Document) into bytes and know no files; [`write`](mod@write) alone opens, writes and
//! renames them. Machine formats carry full precision and no language; what people read goes through [`text`].

pub mod atomic;
pub mod check;
pub mod compare;
pub mod console;
pub mod csv;
pub mod decompose;
pub mod error;
pub mod explain;
pub mod finished;
pub mod folder;
pub mod format;
pub mod groups;
pub mod ingest;
pub mod json;
pub mod ledger;
pub mod log;
pub mod markdown;
pub mod model;
pub mod narrative;
pub mod page;
pub mod parquet;
pub mod plan;
pub mod profiles;
pub mod progress;
pub mod rejects;
pub mod report;
pub mod repurchase;
pub mod table;
pub mod text;
pub mod waterfall;
pub mod width;
pub mod write;
pub mod xlsx;

#[cfg(test)]
mod fixture;

pub use atomic::{AtomicFile, write_atomic};
pub use error::PresentError;
pub use finished::FinishedFile;
pub use format::{Format, RenderOptions, render};
pub use write::{Outcome, Sink, Target};
