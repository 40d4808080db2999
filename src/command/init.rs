//! `gmv init`: a configuration with every option, never over one that is there.

use anyhow::{Result, bail};

use super::Ending;
use crate::cli::InitArguments;
use crate::present::console::Console;
use crate::present::{Sink, Target};

/// Runs the command.
pub fn run(arguments: &InitArguments) -> Result<Ending> {
    let output = arguments.resolve();
    if let Target::File(path) = &output.target
        && !output.replaces
        && path.symlink_metadata().is_ok()
    {
        bail!("{}: it is there already; name another file, or add --force", path.display());
    }
    Sink::open(&output.target)?.text(&output.text)?;
    if let Target::File(path) = &output.target {
        Console::new(output.quiet).say(&format!("{}: every option, as comments", path.display()));
    }
    Ok(Ending::Done)
}
