//! All integration tests in one binary, which runs the real `gmv` and its library.

#![cfg(test)]

mod architecture;
mod errors;
mod facts;
mod handworked;
mod inputs;
mod outputs;
mod profiles;
mod readme;
mod real_data;
mod reconciliation;
mod regressions;
mod sample;
mod shop;
mod support;
mod usage;
