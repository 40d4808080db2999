//! Attribution: whether viewing explains an order. Decided per order, its buyer and its streamer, whatever the groups are.

use super::presence::PresenceWalk;
use super::rules::Attribution;
use super::settle::OrderItem;
use crate::input::orders::NO_STREAMER;
use crate::input::sessions::SessionRow;

/// Decides over the orders of one buyer with one streamer, which must come in the order of their times.
#[derive(Debug)]
pub struct Attributor<'a> {
    attribution: Attribution,
    /// The buyer's sessions with the streamer that are still to come, in the order of their starts.
    waiting: &'a [SessionRow],
    /// The latest end of the sessions that began before the last order.
    latest_end: i64,
}

impl<'a> Attributor<'a> {
    /// Over one buyer's sessions with one streamer, in the order of their starts.
    #[must_use]
    pub fn new(attribution: Attribution, sessions: &'a [SessionRow]) -> Self {
        Self { attribution, waiting: sessions, latest_end: i64::MIN }
    }

    /// Whether an order is attributed; `period` is that of its payment.
    pub fn is_attributed(&mut self, order: &OrderItem, period: u32, presence: &PresenceWalk<'_>) -> bool {
        if order.streamer == NO_STREAMER {
            return false;
        }
        match self.attribution {
            Attribution::Period => presence.is_with_streamer(period),
            Attribution::Carrier => order.is_live(),
            Attribution::All => true,
            Attribution::Window(window) => {
                while let Some((session, rest)) = self.waiting.split_first()
                    && session.start() <= order.paid_at
                {
                    self.latest_end = self.latest_end.max(session.end());
                    self.waiting = rest;
                }
                order.paid_at <= self.latest_end.saturating_add(window.0)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Periods;
    use crate::input::profile::Traffic;
    use crate::journey::rules::DomainRule;
    use crate::units::{Instant, PersonKey, Seconds};

    /// Which orders (by their times, ascending) sessions explain.
    fn explained(window: i64, sessions: &[(i64, i64)], paid: &[i64]) -> Vec<i64> {
        let periods = Periods::default();
        let presence = PresenceWalk::new(&periods, DomainRule::AnyPrivate);
        let row = |&(start, end): &(i64, i64)| {
            SessionRow::new(PersonKey::new(b"u1"), 1, Instant(start), Seconds(end - start), Traffic::Organic)
        };
        let sessions: Vec<SessionRow> = sessions.iter().map(row).collect();
        let mut attributor = Attributor::new(Attribution::Window(Seconds(window)), &sessions);
        let is_attributed =
            |&paid_at: &i64| attributor.is_attributed(&OrderItem::test(1, paid_at, 100, false), 0, &presence);
        paid.iter().copied().filter(is_attributed).collect()
    }

    #[test]
    fn a_window_includes_both_ends() {
        assert_eq!(explained(0, &[(10, 20)], &[9, 10, 20, 21]), [10, 20]);
        assert_eq!(explained(30, &[(10, 20)], &[9, 10, 50, 51]), [10, 50]);
        assert_eq!(explained(0, &[(10, 10)], &[9, 10, 11]), [10]);
        assert!(explained(30, &[], &[0]).is_empty());
    }

    #[test]
    fn an_earlier_session_may_reach_further_than_a_later_one() {
        assert_eq!(explained(0, &[(10, 100), (20, 30)], &[25, 60, 100, 101]), [25, 60, 100]);
        assert_eq!(explained(5, &[(10, 20), (40, 50)], &[25, 26, 39, 40, 55, 56]), [25, 40, 55]);
    }

    #[test]
    fn an_order_without_a_streamer_is_never_explained() {
        let periods = Periods::default();
        let presence = PresenceWalk::new(&periods, DomainRule::AnyPrivate);
        for attribution in [Attribution::All, Attribution::Carrier] {
            let mut attributor = Attributor::new(attribution, &[]);
            let mut is_attributed = |streamer| {
                let order = OrderItem::test(streamer, 5, 100, true);
                attributor.is_attributed(&order, 0, &presence)
            };
            assert!(is_attributed(1) && !is_attributed(NO_STREAMER));
        }
        let mut carrier = Attributor::new(Attribution::Carrier, &[]);
        assert!(!carrier.is_attributed(&OrderItem::test(1, 5, 100, false), 0, &presence));
    }
}
