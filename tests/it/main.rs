//! All integration tests in one binary, which runs the real `gmv` and its library.

#![cfg(test)]

mod architecture;
mod errors;
mod handworked;
mod inputs;
mod profiles;
mod readme;
mod shop;
mod support;
mod usage;
