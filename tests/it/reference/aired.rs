//! The broadcasts of a group in a period, counted one after the other.

use std::collections::BTreeSet;

use super::answer::{Reference, Values};
use super::{NONE, Period, lies_in};

/// Broadcasts, and their seconds on air.
pub type Aired = (Option<i64>, Option<i128>);

impl Reference<'_> {
    /// The broadcasts of a group, or of all: those of the table that touch the period, and those that the data name in it.
    pub(super) fn aired(&self, period: &Period, base: Option<&Values>) -> Aired {
        if !self.world.has_live_ids && self.world.lives.is_none() {
            return (None, None);
        }
        let is_member =
            |streamer: &str, live: &str| base.is_none_or(|base| self.base(streamer, live) == *base);
        let table = self.world.lives.iter().flatten();
        let (mut listed, mut seconds, mut known) = (0, 0, BTreeSet::new());
        for row in table {
            known.insert((&*row.streamer, &*row.id));
            if is_member(&row.streamer, &row.id) && lies_in(row.start, row.end, period) {
                listed += 1;
                seconds += i128::from(row.end.min(period.end) - row.start.max(period.start));
            }
        }
        let visits = self.visits.iter().filter(|visit| lies_in(visit.start, visit.end, period));
        let visits = visits.map(|visit| (&visit.streamer, &visit.named));
        let inside = |paid_at: i64| (period.start..period.end).contains(&paid_at);
        let bought = self.purchases.iter().filter(|bought| inside(bought.paid_at) && bought.streamer != NONE);
        let named = visits.chain(bought.map(|bought| (&bought.streamer, &bought.named)));
        let named = named.filter_map(|(streamer, live)| Some((&**streamer, live.as_deref()?)));
        let others = named.filter(|one| is_member(one.0, one.1) && !known.contains(one));
        let broadcasts = listed + others.collect::<BTreeSet<_>>().len() as i64;
        let hours_are_known = self.world.lives.is_some() && (listed > 0 || broadcasts == 0);
        (Some(broadcasts), hours_are_known.then_some(seconds))
    }
}
