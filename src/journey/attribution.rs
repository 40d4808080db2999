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
                    && session.start.0 <= order.paid_at
                {
                    self.latest_end = self.latest_end.max(session.end());
                    self.waiting = rest;
                }
                order.paid_at <= self.latest_end.saturating_add(window.0)
            }
        }
    }
}
