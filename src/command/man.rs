//! `gmv man`: the first page on standard output, or all of them in a folder.

use anyhow::{Context, Result};

use super::Ending;
use crate::cli::ManArguments;
use crate::present::{PresentError, Sink, Target, write_atomic};

/// Runs the command.
pub fn run(arguments: &ManArguments) -> Result<Ending> {
    let pages = ManArguments::pages()?;
    let Some(folder) = arguments.folder() else {
        if let Some(page) = pages.first() {
            Sink::open(&Target::Stdout)?.text(&page.text)?;
        }
        return Ok(Ending::Done);
    };
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{}: cannot make the directory", folder.display()))?;
    for page in pages {
        let path = folder.join(&page.name);
        write_atomic(&path, |out| out.write_all(page.text.as_bytes()).map_err(PresentError::from))?;
    }
    Ok(Ending::Done)
}
