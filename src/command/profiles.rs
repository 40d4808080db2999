//! `gmv profiles`: the built-in profiles as a table, or one as it stands.

use anyhow::Result;

use super::Ending;
use crate::cli::{ProfilesArguments, ProfilesWork};
use crate::input::profile::Profile;
use crate::present::{Sink, profiles};

/// Runs the command.
pub fn run(arguments: &ProfilesArguments) -> Result<Ending> {
    let (work, presentation) = arguments.resolve()?;
    match work {
        ProfilesWork::List => {
            let document = profiles::document(&Profile::built_in()?);
            Sink::open(&presentation.target)?.finish(&document, &presentation.options)?;
        }
        ProfilesWork::Show(name) => {
            let text = Profile::text(name)?;
            Sink::open(&presentation.target)?.text(text)?;
        }
    }
    Ok(Ending::Done)
}
