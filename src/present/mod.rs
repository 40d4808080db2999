//! Documents for people and machines: one neutral model of a result, and a renderer for each format.
//!
//! Renderers turn a [`Document`](model::Document) into bytes and know no files; [`write`] alone opens, writes and
//! renames them. Machine formats carry full precision and no language; what people read goes through [`text`].

pub mod csv;
pub mod error;
pub mod json;
pub mod markdown;
pub mod model;
pub mod page;
pub mod parquet;
pub mod table;
pub mod text;
pub mod width;

#[cfg(test)]
mod sample;

pub use error::PresentError;
