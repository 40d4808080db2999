//! Persons as a whole, before groups by broadcast divide what they did with a streamer: attribution and the total are per streamer.

use super::{Bought, TakePerson, Walker, least, take_while};
use crate::input::orders::NO_STREAMER;
use crate::input::sessions::SessionRow;
use crate::journey::attribution::Attributor;
use crate::journey::overflow::Overflow;
use crate::journey::presence::Presence;
use crate::journey::settle::OrderItem;

impl<T: TakePerson> Walker<'_, T> {
    /// Decides which orders of a part viewing explains, and adds its persons to the total; sorts the rows by streamer.
    pub(super) fn decide(
        &mut self,
        sessions: &mut [SessionRow],
        mut orders: &mut [OrderItem],
    ) -> Result<(), Overflow> {
        let streamer = |place: u32| self.rules.broadcasts.streamer(place);
        sessions.sort_unstable_by(|a, b| {
            let by_streamer = |row: &SessionRow| (streamer(row.streamer()), row.start());
            a.viewer().cmp(&b.viewer()).then_with(|| by_streamer(a).cmp(&by_streamer(b)))
        });
        orders.sort_unstable_by(|a, b| {
            let by_streamer = |row: &OrderItem| (streamer(row.streamer), row.paid_at);
            a.buyer.cmp(&b.buyer).then_with(|| by_streamer(a).cmp(&by_streamer(b)))
        });
        let mut sessions = &sessions[..];
        while let Some(person) =
            least(sessions.first().map(SessionRow::viewer), orders.first().map(|row| row.buyer))
        {
            let viewed = take_while(&mut sessions, |row| row.viewer() == person);
            let own = count_while(orders, |row| row.buyer == person);
            let bought = orders.split_off_mut(..own).unwrap_or_default();
            self.whole_person(viewed, bought)?;
        }
        Ok(())
    }

    fn whole_person(
        &mut self,
        mut sessions: &[SessionRow],
        mut orders: &mut [OrderItem],
    ) -> Result<(), Overflow> {
        let broadcasts = &self.rules.broadcasts;
        let streamer_of = |place: u32| broadcasts.streamer(place);
        self.person = Presence::new(0);
        self.person_bought = Bought::default();
        self.presence.start_group();
        while let Some(streamer) = least(
            sessions.first().map(|row| streamer_of(row.streamer())),
            orders.first().map(|row| streamer_of(row.streamer)),
        ) {
            let viewed = take_while(&mut sessions, |row| streamer_of(row.streamer()) == streamer);
            let own = count_while(orders, |row| streamer_of(row.streamer) == streamer);
            let bought = orders.split_off_mut(..own).unwrap_or_default();
            self.whole_streamer(streamer, viewed, bought);
        }
        for presence in self.presence.group() {
            self.person.merge(presence);
        }
        self.add_person()
    }

    fn whole_streamer(&mut self, streamer: u32, sessions: &[SessionRow], orders: &mut [OrderItem]) {
        self.presence.start_streamer();
        for session in sessions {
            self.presence.session(session, &mut self.walked.tally);
        }
        let mut attributor = Attributor::new(self.rules.attribution, sessions);
        // What was refunded stands beside its order, and is none itself.
        for order in orders.iter_mut().filter(|order| !order.is_history() && !order.is_refund()) {
            let Some(period) = self.periods.find(order.paid_at) else { continue };
            let attributed =
                streamer != NO_STREAMER && attributor.is_attributed(order, period, &self.presence);
            if attributed {
                order.attribute();
            }
            self.person_bought.add(attributed, order.whole_orders(), order.amount);
        }
    }
}

/// How many rows at the front belong together.
fn count_while<T>(rows: &[T], belongs: impl Fn(&T) -> bool) -> usize {
    rows.iter().position(|row| !belongs(row)).unwrap_or(rows.len())
}
