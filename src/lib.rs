//! Why did GMV move? The five factors of live commerce, exact to the cent.
//!
//! The story of a number, station by station; a module uses only the stations above it:
//!
//! 1. [`units`], [`calendar`], [`listing`], [`unfinished`], [`memory`], [`partition`], [`sums`], [`concentration`]: the words that all stations
//!    speak: money, instants and ids; business days and periods; the names in a folder; files on their way to their places; the bound on
//!    memory; rows divided by a hash of their person; the five sums of a group and their moments, and the names of their columns; tiers.
//! 2. [`input`]: exports as they really are, to typed rows and rejects: files and their forms, profiles, the exact parsers of money, time
//!    and ids, duplicates.
//! 3. [`journey`]: which orders count, and the walk over each person's sessions and orders: presence, unions of watch time, domains,
//!    attribution, second moments.
//! 4. [`engine`]: where sums come from: this machine, or a facts file.
//! 5. [`factor`]: the five factors of a group's sums, and how sure they are.
//! 6. [`change`]: what each factor did to GMV between two periods, and how sure that is.
//! 7. [`repurchase`]: who comes back, and what is to be expected of the buyers of today.
//! 8. [`plan`]: what if, what it takes, and where the headroom is.
//! 9. [`alert`]: conditions on the measures of a period, and whether they are met.
//! 10. [`present`]: one neutral model of a result, and a renderer for each format.
//! 11. [`sample`]: synthetic exports with a known story, which stand beside the stations.
//! 12. [`cli`], [`command`]: what the user may type, and the commands that connect the stations.

pub mod alert;
pub mod calendar;
pub mod change;
pub mod cli;
pub mod command;
pub mod concentration;
pub mod engine;
pub mod factor;
pub mod input;
pub mod journey;
pub mod listing;
pub mod memory;
pub mod partition;
pub mod plan;
pub mod present;
pub mod repurchase;
pub mod sample;
pub mod sums;
pub mod unfinished;
pub mod units;
