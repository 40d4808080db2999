//! Micro-benchmarks of the parsers, of whole rows, and of the stages after them, through the functions that a run calls itself:
//! `cargo bench --bench micro`, with a part of a name for some of them only.

#![expect(clippy::unwrap_used, reason = "what a benchmark makes for itself is there")]

mod parsers;
mod rows;
mod shop;
mod stages;

fn main() {
    divan::main();
}
