//! Orders that cannot have been paid in a range of dates, and replace none that may.

use super::take_names;
use crate::input::dictionary::{Coder, Dictionary};
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::names::Names;
use crate::input::settings::{ReadSettings, span};
use crate::input::store::standing::{OrderGroup, Standing};
use crate::units::{Instant, Portion};

/// What the row groups hold that are not read.
#[derive(Debug, Default)]
pub struct PrunedOrders {
    /// All rows.
    pub all: Portion,
    /// Portion that a later one replaces.
    pub superseded: Portion,
    /// Portion that stand, and were never paid.
    pub never_paid: Portion,
    /// Portion that stand, and were paid outside of the range.
    pub out_of_range: Portion,
    /// The first and the last payment of those that stand.
    pub paid: Option<(Instant, Instant)>,
    /// The last names of the streamers of their files.
    pub names: Names,
}

impl PrunedOrders {
    fn add(&mut self, group: &OrderGroup) {
        self.all.merge(group.all());
        self.superseded.merge(group.superseded);
        self.never_paid.merge(group.never_paid);
        self.out_of_range.merge(group.paid);
        self.paid = span(self.paid, group.times.map(|(first, last)| (Instant(first), Instant(last))));
    }
}

/// Marks the row groups that need not be read: none, unless what stands was counted for all files.
///
/// # Errors
/// When a store's file is damaged.
pub fn prune_orders(
    sources: &[Source],
    settings: &ReadSettings,
    streamers: &Dictionary,
) -> Result<(Vec<Source>, PrunedOrders), InputError> {
    let mut sources = sources.to_vec();
    let mut pruned = PrunedOrders::default();
    let stored: Option<Vec<_>> = sources.iter().map(|source| source.stored.as_ref()).collect();
    // What a store says is of its columns, in the place of which --set may put others.
    let range = settings.paid.filter(|_| settings.constants.is_empty());
    let Some((range, stored)) = range.zip(stored) else { return Ok((sources, pruned)) };
    let Some(standing) = Standing::of(&stored) else { return Ok((sources, pruned)) };
    let abouts = stored.iter().map(|stored| stored.slices()).collect::<Result<Vec<_>, _>>()?;
    let groups = abouts.iter().zip(&standing.files).flat_map(|(about, groups)| {
        // Without its streamers, whose names may be asked for, a file is read.
        groups.iter().map(move |group| (group, about.is_some() && cannot_count(group, range)))
    });
    let mut spare = spare(groups).into_iter();
    let mut coder = Coder::new(streamers);
    for (index, (source, groups)) in sources.iter_mut().zip(&standing.files).enumerate() {
        source.skipped = spare.by_ref().take(groups.len()).collect();
        let skipped = groups.iter().zip(&source.skipped).filter(|(_, skipped)| **skipped);
        skipped.for_each(|(group, _)| pruned.add(group));
        if let Some(about) = abouts[index].as_ref().filter(|_| source.skipped.contains(&true)) {
            take_names(about, index as u32, &mut coder, &mut pruned.names);
        }
    }
    Ok((sources, pruned))
}

/// Whether no row of a row group that stands can count in the range.
fn cannot_count(group: &OrderGroup, (first, last): (Instant, Instant)) -> bool {
    let is_outside = |(least, most): (i64, i64)| most < first.0 || least >= last.0;
    group.unknown_statuses == 0 && group.times.is_none_or(is_outside)
}

/// The row groups that may be left out, of all in their order: of those that may go by themselves, the ones that replace rows of others only
/// with these, and all between.
fn spare<'g>(groups: impl Iterator<Item = (&'g OrderGroup, bool)>) -> Vec<bool> {
    let mut spare: Vec<bool> = Vec::new();
    for (group, may_go) in groups {
        let replaced_go = group.replaces.is_none_or(|first| spare.iter().skip(first).all(|&goes| goes));
        spare.push(replaced_go && may_go);
    }
    spare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_group_stays_with_those_whose_rows_it_replaces() {
        let group =
            |replaces, paid| OrderGroup { replaces, times: Some((paid, paid)), ..OrderGroup::default() };
        let spare =
            |groups: &[OrderGroup]| spare(groups.iter().map(|group| (group, group.times != Some((1, 1)))));
        assert_eq!(spare(&[group(None, 0), group(None, 1), group(Some(0), 2)]), [true, false, false]);
        assert_eq!(spare(&[group(None, 0), group(Some(0), 2), group(None, 1)]), [true, true, false]);
        assert_eq!(spare(&[group(None, 1), group(Some(0), 0), group(Some(1), 0)]), [false; 3]);
        assert_eq!(spare(&[group(None, 1), group(None, 0), group(Some(1), 0)]), [false, true, true]);
    }

    #[test]
    fn orders_count_from_the_first_instant_to_before_the_last() {
        let range = (Instant(100), Instant(200));
        let group = |times| OrderGroup { times, ..OrderGroup::default() };
        for (times, cannot) in [
            (None, true),
            (Some((0, 99)), true),
            (Some((0, 100)), false),
            (Some((199, 300)), false),
            (Some((200, 300)), true),
        ] {
            assert_eq!(cannot_count(&group(times), range), cannot, "{times:?}");
        }
        assert!(!cannot_count(&OrderGroup { unknown_statuses: 1, ..group(None) }, range));
    }
}
