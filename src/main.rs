//! The command line `gmv`: parse, run, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    gmv::command::run(gmv::cli::parse())
}
