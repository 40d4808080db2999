//! Exports as they really are, to typed rows and rejects: files, delimiters, profiles, the parsers of a cell, duplicates.

pub mod binding;
pub mod broadcasts;
pub mod cells;
pub mod container;
pub mod dictionary;
pub mod duplicates;
pub mod error;
pub mod feed;
pub mod files;
pub mod lives;
pub mod names;
pub mod orders;
pub mod parquet;
pub mod parse;
pub mod profile;
pub mod read;
pub mod records;
pub mod rejects;
pub mod scan;
pub mod sessions;
pub mod settings;
pub mod streamers;
pub mod table;
