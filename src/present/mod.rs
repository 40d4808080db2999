//! Documents for people and machines: one neutral model of a result, and a renderer for each format.

pub mod model;
