//! Orders that cannot have been paid in a range of dates, and replace none that may.

use super::take_names;
use crate::input::dictionary::{Coder, Dictionary};
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::names::Names;
use crate::input::settings::{ReadSettings, span};
use crate::input::store::slices::SlicesAbout;
use crate::input::store::slices::orders::{OrderSlice, Rows};
use crate::units::Instant;

/// What the row groups hold that are not read.
#[derive(Debug, Default)]
pub struct PrunedOrders {
    /// All rows.
    pub all: Rows,
    /// Rows that a later one replaces.
    pub superseded: Rows,
    /// Rows that stand, and were never paid.
    pub never_paid: Rows,
    /// Rows that stand, and were paid outside of the range.
    pub out_of_range: Rows,
    /// The first and the last payment of those that stand.
    pub paid: Option<(Instant, Instant)>,
    /// The last names of the streamers of their files.
    pub names: Names,
}

impl PrunedOrders {
    fn add(&mut self, slice: &OrderSlice) {
        self.all.merge(slice.all());
        self.superseded.merge(slice.superseded);
        self.never_paid.merge(slice.never_paid);
        self.out_of_range.merge(slice.paid);
        self.paid = span(self.paid, slice.times.map(|(first, last)| (Instant(first), Instant(last))));
    }
}

/// Marks the row groups that need not be read: none, unless all files say which orders they hold.
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
    let Some(range) = settings.paid else { return Ok((sources, pruned)) };
    let mut files = Vec::new();
    for source in &sources {
        let Some(about) = described(source)? else { return Ok((sources, pruned)) };
        files.push(about);
    }
    let mut coder = Coder::new(streamers);
    for (index, (source, about)) in sources.iter_mut().zip(&files).enumerate() {
        let others = || files.iter().enumerate().filter(|(other, _)| *other != index);
        let is_alone = |slice: &OrderSlice| {
            !others().any(|(_, other)| other.slices.iter().any(|other| may_share_orders(slice, other)))
        };
        source.skipped = spare(&about.slices, |slice| cannot_count(slice, range) && is_alone(slice));
        let skipped = about.slices.iter().zip(&source.skipped).filter(|(_, skipped)| **skipped);
        skipped.for_each(|(slice, _)| pruned.add(slice));
        if source.skipped.contains(&true) {
            take_names(about, index as u32, &mut coder, &mut pruned.names);
        }
    }
    Ok((sources, pruned))
}

/// What a store's file of whole orders says of its row groups. Of lines, the order's time may be that of another.
fn described(source: &Source) -> Result<Option<SlicesAbout<OrderSlice>>, InputError> {
    let Some(stored) = &source.stored else { return Ok(None) };
    let is_plain = stored.about.level == "order" && stored.about.per_order == (false, false);
    if is_plain { stored.slices() } else { Ok(None) }
}

/// Whether no row of a row group that stands can count in the range.
fn cannot_count(slice: &OrderSlice, (first, last): (Instant, Instant)) -> bool {
    let is_outside = |(least, most): (i64, i64)| most < first.0 || least >= last.0;
    slice.unknown_statuses == 0 && slice.times.is_none_or(is_outside)
}

/// Whether two row groups may hold rows of one order.
fn may_share_orders(a: &OrderSlice, b: &OrderSlice) -> bool {
    let (Some([a_least, a_most]), Some([b_least, b_most])) = (a.keys, b.keys) else { return false };
    a_least <= b_most && b_least <= a_most
}

/// The row groups of a file that may be left out: those that replace rows of others only with these, and all between.
fn spare(slices: &[OrderSlice], may_go: impl Fn(&OrderSlice) -> bool) -> Vec<bool> {
    let mut spare: Vec<bool> = Vec::with_capacity(slices.len());
    for slice in slices {
        let replaced_go = slice.replaces.is_none_or(|first| spare[first..].iter().all(|&goes| goes));
        spare.push(replaced_go && may_go(slice));
    }
    spare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_group_stays_with_those_whose_rows_it_replaces() {
        let slice =
            |replaces, paid| OrderSlice { replaces, times: Some((paid, paid)), ..OrderSlice::default() };
        let spare = |slices: &[OrderSlice]| spare(slices, |slice| slice.times != Some((1, 1)));
        assert_eq!(spare(&[slice(None, 0), slice(None, 1), slice(Some(0), 2)]), [true, false, false]);
        assert_eq!(spare(&[slice(None, 0), slice(Some(0), 2), slice(None, 1)]), [true, true, false]);
        assert_eq!(spare(&[slice(None, 1), slice(Some(0), 0), slice(Some(1), 0)]), [false; 3]);
        assert_eq!(spare(&[slice(None, 1), slice(None, 0), slice(Some(1), 0)]), [false, true, true]);
    }

    #[test]
    fn orders_count_from_the_first_instant_to_before_the_last() {
        let range = (Instant(100), Instant(200));
        let slice = |times| OrderSlice { times, ..OrderSlice::default() };
        for (times, cannot) in [
            (None, true),
            (Some((0, 99)), true),
            (Some((0, 100)), false),
            (Some((199, 300)), false),
            (Some((200, 300)), true),
        ] {
            assert_eq!(cannot_count(&slice(times), range), cannot, "{times:?}");
        }
        assert!(!cannot_count(&OrderSlice { unknown_statuses: 1, ..slice(None) }, range));
    }

    #[test]
    fn row_groups_may_share_orders_where_their_keys_meet() {
        let slice = |least, most| OrderSlice { keys: Some([(0, least), (0, most)]), ..OrderSlice::default() };
        let meets = |a, b| may_share_orders(&a, &b) && may_share_orders(&b, &a);
        assert!(meets(slice(1, 5), slice(5, 9)) && meets(slice(1, 9), slice(4, 5)));
        assert!(
            !may_share_orders(&slice(1, 4), &slice(5, 9)) && !may_share_orders(&slice(5, 9), &slice(1, 4))
        );
        assert!(!may_share_orders(&OrderSlice::default(), &slice(0, 9)));
    }
}
