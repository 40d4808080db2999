//! All integration tests in one binary, which runs the real `gmv` and its library.

#![cfg(test)]

mod advice;
mod alerts;
mod architecture;
mod bootstrap;
mod check;
mod columns;
mod compare;
mod concentration;
mod config;
mod containers;
mod errors;
mod examples;
mod expected;
mod explain;
mod facts;
mod generators;
mod handworked;
mod help;
mod init;
mod inputs;
mod lives;
mod malformed;
mod memory;
mod outputs;
mod pictures;
mod plan;
mod platforms;
mod private;
mod profiles;
mod properties;
mod quick;
mod rarer;
mod readme;
mod real_data;
mod reconciliation;
mod reference;
mod refunds;
mod regressions;
mod report;
mod repurchase;
mod rooms;

mod sample;
mod shop;
mod spend;
mod store;
mod support;
mod tiers;
mod typed;
mod usage;
mod world;
mod xlsx;
