//! Sessions that cannot touch a range of dates.

use std::sync::Arc;

use super::take_names;
use crate::input::dictionary::{Coder, Dictionary};
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::names::Names;
use crate::input::sessions::SessionTally;
use crate::input::settings::ReadSettings;
use crate::input::store::slices::{CAP, SessionSlice};
use crate::units::Instant;

/// What the row groups hold that are not read.
#[derive(Debug, Default)]
pub struct PrunedSessions {
    /// What reading them would have counted.
    pub tally: SessionTally,
    /// The last names of the streamers of their files.
    pub names: Names,
}

/// Marks the row groups that need not be read.
///
/// # Errors
/// When a store's file is damaged.
pub fn prune_sessions(
    sources: &[Source],
    settings: &ReadSettings,
    streamers: &Dictionary,
) -> Result<(Vec<Source>, PrunedSessions), InputError> {
    let mut sources = sources.to_vec();
    let mut pruned = PrunedSessions::default();
    // What a store says is of its columns, in the place of which --set may put others.
    let reach = settings.reach.filter(|_| settings.constants.is_empty());
    let Some(reach) = reach else { return Ok((sources, pruned)) };
    let mut coder = Coder::new(streamers);
    for (index, source) in sources.iter_mut().enumerate() {
        let stored = source.stored.as_ref().map(Arc::clone);
        let Some(about) = stored.map(|stored| stored.slices()).transpose()?.flatten() else { continue };
        let spare = |slice: &SessionSlice| is_exact(slice, settings.max_session.0) && !touches(slice, reach);
        source.skipped = about.slices.iter().map(spare).collect();
        let skipped = about.slices.iter().zip(&source.skipped).filter(|(_, skipped)| **skipped);
        skipped.for_each(|(slice, _)| pruned.tally.merge(slice.tally()));
        if source.skipped.contains(&true) {
            take_names(&about, index as u32, &mut coder, &mut pruned.names);
        }
    }
    Ok((sources, pruned))
}

/// Whether a row group's figures, which are told under the default cap, are those under this one.
fn is_exact(slice: &SessionSlice, max_session: i64) -> bool {
    max_session == CAP || slice.longest <= CAP.min(max_session)
}

/// Whether any session of a row group may touch the instants from the first to before the last.
fn touches(slice: &SessionSlice, (first, last): (Instant, Instant)) -> bool {
    slice.entered.0 < last.0 && slice.until >= first.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_matters_up_to_the_instant_that_it_ends() {
        let slice = SessionSlice { entered: (100, 200), until: 250, longest: 50, ..SessionSlice::default() };
        let touches = |first, last| touches(&slice, (Instant(first), Instant(last)));
        assert!(touches(250, 300) && touches(0, 101) && touches(120, 130) && touches(i64::MIN, i64::MAX));
        assert!(!touches(251, 300) && !touches(0, 100));
    }

    #[test]
    fn figures_under_another_cap_are_not_taken() {
        let slice = |longest| SessionSlice { longest, ..SessionSlice::default() };
        assert!(is_exact(&slice(CAP + 1), CAP) && is_exact(&slice(50), 60) && is_exact(&slice(CAP), CAP * 2));
        assert!(!is_exact(&slice(61), 60) && !is_exact(&slice(CAP + 1), CAP * 2));
    }
}
