//! Why did GMV move? The five factors of live commerce, exact to the cent.

pub mod calendar;
pub mod engine;
pub mod factor;
pub mod input;
pub mod journey;
pub mod partition;
pub mod present;
pub mod sums;
pub mod units;
