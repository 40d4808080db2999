//! The order in which the rows of a bucket are walked: by person, group, streamer and time.

use super::{OrderItem, SessionRow, TakePerson, Walker};

impl<T: TakePerson> Walker<'_, T> {
    #[inline]
    pub(super) fn sort_sessions(&self, sessions: &mut [SessionRow]) {
        if self.bases_ascend {
            sort(sessions);
        } else {
            let key = |row: &SessionRow| (self.base(row.streamer()), row.streamer(), row.start());
            sessions.sort_unstable_by(|a, b| a.viewer().cmp(&b.viewer()).then_with(|| key(a).cmp(&key(b))));
        }
    }

    pub(super) fn sort_orders(&self, orders: &mut [OrderItem]) {
        orders.sort_unstable_by_key(|row| (row.buyer, self.base(row.streamer), row.streamer, row.paid_at));
    }
}

/// Sorts by viewer, streamer and start. Most buckets have up to four rows, in an order that no processor foresees: these are sorted without
/// a branch.
#[inline]
fn sort(rows: &mut [SessionRow]) {
    match rows {
        [] | [_] => {}
        [a, b] => order(a, b),
        [a, b, c] => {
            order(a, b);
            order(b, c);
            order(a, b);
        }
        [a, b, c, d] => {
            order(a, b);
            order(c, d);
            order(a, c);
            order(b, d);
            order(b, c);
        }
        _ => rows.sort_unstable_by(SessionRow::compare),
    }
}

/// Exchanges two rows that are in the wrong order.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a few instructions, in a row of them")]
fn order(a: &mut SessionRow, b: &mut SessionRow) {
    let is_wrong = b.is_before(a);
    a.exchange_if(is_wrong, b);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::profile::Traffic;
    use crate::units::{Instant, PersonKey, Seconds};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_sorted(rows in prop::collection::vec((0..2_u8, 0..2_u32, 0..3_i64), 0..9)) {
            let row = |&(viewer, streamer, start): &(u8, u32, i64)| {
                SessionRow::new(PersonKey::new(&[b'a' + viewer]), streamer, Instant(start), Seconds(5), Traffic::Paid)
            };
            let mut sorted: Vec<_> = rows.iter().map(row).collect();
            sort(&mut sorted);
            let mut expected = rows;
            expected.sort_unstable();
            prop_assert_eq!(sorted, expected.iter().map(row).collect::<Vec<_>>());
        }
    }
}
