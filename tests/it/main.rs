//! All integration tests in one binary, which runs the real `gmv` and its library.

#![cfg(test)]

mod architecture;
mod handworked;
mod readme;
mod support;
