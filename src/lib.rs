//! Why did GMV move? The five factors of live commerce, exact to the cent.

pub mod present;
pub mod sample;
pub mod units;
