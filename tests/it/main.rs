//! All integration tests in one binary, which runs the real `gmv` and its library.

#![cfg(test)]

mod architecture;
mod bootstrap;
mod errors;
mod facts;
mod generators;
mod handworked;
mod inputs;
mod lives;
mod outputs;
mod profiles;
mod properties;
mod readme;
mod real_data;
mod reconciliation;
mod reference;
mod regressions;

mod sample;
mod shop;
mod support;
mod usage;
mod world;
