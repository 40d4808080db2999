//! The two exports, written side by side in the order of time while the truth is counted.

use std::collections::VecDeque;
use std::io::{self, Write};

use super::calendar::{Calendar, Moment, WEEK};
use super::chance::Chance;
use super::orders::{Buyer, Order, order_of_visit, orders_beside, orders_of};
use super::rows::Rows;
use super::summary::{Oddities, SampleSummary, StreamerTruth, Tally, WeekTruth};
use super::viewers::{Visit, visit};
use super::world::{Broadcast, World};
use crate::units::{MinorUnits, Seconds};

const SESSIONS_HEADER: &str = "session_id,viewer_id,streamer_id,entered_at,left_at,source,live_id";
const ORDERS_HEADER: &str =
    "order_id,buyer_id,streamer_id,paid_at,quantity,amount,refund_amount,status,category,carrier,live_id";
/// Ids of orders have 19 digits and lie so close together that a tool which reads them as 64-bit floats (steps of 1,024
/// up here) merges a hundred of them.
const FIRST_ORDER_ID: u64 = 6_940_000_000_000_000_000;
const ORDER_ID_STEP: u64 = 10;
/// Number of the first person, so that ids are of about one length.
const FIRST_PERSON: u64 = 1_000_000;
/// Days after payment at which an order is exported again.
const EXPORTED_AGAIN_AFTER: i64 = 3 * Seconds::PER_DAY;
/// The most orders that wait for it: beyond, the oldest is exported early, so that memory stays bounded.
const MOST_WAITING: usize = 4_096;

/// Both files, and what is counted on the way.
pub(super) struct Export<'a> {
    world: &'a World,
    sessions: Rows<'a>,
    orders: Rows<'a>,
    /// Orders that will be exported again, the oldest first.
    waiting: VecDeque<Order>,
    order_numbers: u64,
    weeks: Vec<Tally>,
    /// For each part of the story the weeks before, and the last week.
    parts: [[Tally; 2]; 4],
    oddities: Oddities,
}

impl<'a> Export<'a> {
    /// Two files with their headers.
    pub(super) fn new(world: &'a World, sessions: &'a mut dyn Write, orders: &'a mut dyn Write) -> Self {
        Self {
            world,
            sessions: Rows::new(sessions, SESSIONS_HEADER),
            orders: Rows::new(orders, ORDERS_HEADER),
            waiting: VecDeque::new(),
            order_numbers: 0,
            weeks: vec![Tally::default(); world.calendar.weeks() as usize],
            parts: [[Tally::default(); 2]; 4],
            oddities: Oddities::default(),
        }
    }

    /// Rows of sessions so far.
    pub(super) fn sessions_written(&self) -> u64 {
        self.sessions.written
    }

    /// All visits of a broadcast with their orders, and the orders beside it.
    pub(super) fn broadcast(&mut self, broadcast: &Broadcast, chance: &mut Chance) -> io::Result<()> {
        let world = self.world;
        for _ in 0..chance.poisson(broadcast.visits) {
            if let Some(visit) = visit(world, broadcast, chance) {
                self.visit(broadcast, &visit, chance)?;
            }
        }
        orders_beside(world, broadcast, chance, |order| self.order(order).map(|_| ()))
    }

    /// The sessions of a visit, and its orders. What begins after the last day is in no export.
    fn visit(&mut self, broadcast: &Broadcast, visit: &Visit, chance: &mut Chance) -> io::Result<()> {
        if visit.entered >= self.world.calendar.end() {
            return Ok(());
        }
        let left = (!visit.has_no_end).then(|| visit.entered.after(visit.watched));
        self.session(broadcast, visit, visit.entered, left)?;
        self.count_visit(visit);
        let joined = (visit.second_device).filter(|&(joined, _)| joined < self.world.calendar.end());
        if let Some((joined, stayed)) = joined {
            self.session(broadcast, visit, joined, Some(joined.after(stayed)))?;
            self.oddities.second_devices += 1;
        }
        let orders = orders_of(self.world, broadcast, visit, chance);
        let mut paid = Tally::default();
        for _ in 0..orders {
            let Some(id) = visit.viewer else { break };
            let order = order_of_visit(self.world, broadcast, visit, id, chance);
            let is_written = self.order(order)?;
            if let Some(paid_at) = order.paid_at.filter(|_| is_written) {
                let add = |tally: &mut Tally| {
                    tally.orders += 1;
                    tally.gmv += i128::from(order.amount.0);
                };
                add(&mut paid);
                self.in_week(paid_at, add);
            }
        }
        self.in_week(visit.entered, |week| {
            week.buying_visits += u64::from(orders > 0);
        });
        self.count_part(broadcast, visit, orders, paid);
        Ok(())
    }

    /// Changes the tally of the week of a moment.
    fn in_week(&mut self, moment: Moment, change: impl FnOnce(&mut Tally)) {
        if let Some(week) = self.weeks.get_mut(moment.week()) {
            change(week);
        }
    }

    fn count_visit(&mut self, visit: &Visit) {
        self.in_week(visit.entered, |week| add_visit(week, visit));
        let oddities = &mut self.oddities;
        oddities.bounces += u64::from(visit.watched == Seconds(0));
        oddities.sessions_without_end += u64::from(visit.has_no_end);
    }

    /// The part of a streamer is counted by broadcasts, not by dates, since the story is.
    fn count_part(&mut self, broadcast: &Broadcast, visit: &Visit, orders: u32, paid: Tally) {
        let Some(plot) = self.world.plot else { return };
        let Some(part) = plot.part_of(broadcast.streamer) else {
            return;
        };
        let tally = &mut self.parts[part][usize::from(broadcast.day / WEEK == plot.week)];
        add_visit(tally, visit);
        tally.buying_visits += u64::from(orders > 0);
        tally.orders += paid.orders;
        tally.gmv += paid.gmv;
    }

    fn session(
        &mut self,
        broadcast: &Broadcast,
        visit: &Visit,
        entered: Moment,
        left: Option<Moment>,
    ) -> io::Result<()> {
        let calendar = &self.world.calendar;
        let number = self.sessions.written + 1;
        let rows = &mut self.sessions;
        rows.cell().text("x").number(number, 1).cell();
        if let Some(id) = visit.viewer {
            rows.text("u").number(FIRST_PERSON + id, 1);
        } else {
            self.oddities.guest_sessions += 1;
        }
        streamer_id(rows.cell(), broadcast.streamer);
        rows.cell().moment(calendar, entered).cell();
        if let Some(left) = left {
            rows.moment(calendar, left);
            let is_over_midnight = left.0 / Seconds::PER_DAY > entered.0 / Seconds::PER_DAY;
            self.oddities.sessions_over_midnight += u64::from(is_over_midnight);
        }
        rows.cell().text(visit.source.word).cell();
        live_id(rows, calendar, broadcast.streamer, broadcast.day);
        rows.end()
    }

    /// Writes a new order, and whether it was written: one that is paid after the last day is in no export.
    fn order(&mut self, mut order: Order) -> io::Result<bool> {
        if order.paid_at.is_some_and(|paid_at| paid_at >= self.world.calendar.end()) {
            return Ok(false);
        }
        order.number = self.order_numbers;
        self.order_numbers += 1;
        self.count_order(&order);
        if !order.is_exported_again {
            self.order_row(&order)?;
            return Ok(true);
        }
        self.order_row(&order.right_after_payment())?;
        if self.waiting.len() == MOST_WAITING {
            self.export_oldest_again()?;
        }
        self.waiting.push_back(order);
        Ok(true)
    }

    fn count_order(&mut self, order: &Order) {
        let oddities = &mut self.oddities;
        oddities.unpaid_orders += u64::from(order.paid_at.is_none());
        oddities.masked_orders += u64::from(matches!(order.buyer, Buyer::Masked(_)));
        oddities.shelf_orders += u64::from(order.streamer.is_none());
        oddities.gifts += u64::from(order.amount == MinorUnits(0));
        oddities.refunded_orders += u64::from(order.refund > MinorUnits(0));
    }

    fn order_row(&mut self, order: &Order) -> io::Result<()> {
        let calendar = &self.world.calendar;
        let rows = &mut self.orders;
        rows.cell().number(FIRST_ORDER_ID + order.number * ORDER_ID_STEP, 1).cell();
        match order.buyer {
            Buyer::Person(id) => rows.text("u").number(FIRST_PERSON + id, 1),
            Buyer::Masked(mask) => rows.text(mask),
        };
        rows.cell();
        if let Some(streamer) = order.streamer {
            streamer_id(rows, streamer);
        }
        rows.cell();
        if let Some(paid_at) = order.paid_at {
            rows.moment(calendar, paid_at);
        }
        rows.cell().number(order.quantity.into(), 1);
        rows.cell().money(order.amount).cell().money(order.refund);
        rows.cell().text(order.status.text()).cell().text(order.category.text());
        rows.cell().text(order.carrier).cell();
        if let (Some(day), Some(streamer)) = (order.live_day, order.streamer) {
            live_id(rows, calendar, streamer, day);
        }
        rows.end()
    }

    /// Exports again the orders whose time has come by the start of a day.
    pub(super) fn start_day(&mut self, day: u32) -> io::Result<()> {
        let due = |order: &Order| {
            (order.paid_at).is_none_or(|at| at.0 + EXPORTED_AGAIN_AFTER <= Moment::of_day(day, 0).0)
        };
        while self.waiting.front().is_some_and(due) {
            self.export_oldest_again()?;
        }
        Ok(())
    }

    fn export_oldest_again(&mut self) -> io::Result<()> {
        let Some(order) = self.waiting.pop_front() else {
            return Ok(());
        };
        self.oddities.repeated_orders += 1;
        self.order_row(&order)
    }

    /// Exports again what still waits, and gives the truth.
    pub(super) fn finish(mut self) -> io::Result<SampleSummary> {
        while !self.waiting.is_empty() {
            self.export_oldest_again()?;
        }
        self.sessions.flush()?;
        self.orders.flush()?;
        let weeks = (self.weeks.iter().enumerate())
            .map(|(week, &tally)| WeekTruth { monday: self.world.calendar.monday(week), tally });
        let cast = self.world.plot.iter().flat_map(|plot| plot.cast);
        let streamers = cast.zip(self.parts).map(|((streamer, role), [before, after])| StreamerTruth {
            streamer_id: streamer_text(streamer),
            role,
            before,
            after,
        });
        Ok(SampleSummary {
            sessions: self.sessions.written,
            orders: self.orders.written,
            weeks: weeks.collect(),
            streamers: streamers.collect(),
            oddities: self.oddities,
        })
    }
}

fn add_visit(tally: &mut Tally, visit: &Visit) {
    tally.private_visits += u64::from(visit.source.is_private);
    tally.public_visits += u64::from(!visit.source.is_private);
    tally.watched.0 += visit.watched.0;
}

fn streamer_id(rows: &mut Rows<'_>, streamer: u32) {
    rows.text("s").number(u64::from(streamer) + 1, 4);
}

fn live_id(rows: &mut Rows<'_>, calendar: &Calendar, streamer: u32, day: u32) {
    rows.text("L").short_date(calendar, day).number(u64::from(streamer) + 1, 4);
}

/// A row of the table of broadcasts.
pub(super) fn live_row(world: &World, broadcast: &Broadcast, rows: &mut Rows<'_>) -> io::Result<()> {
    live_id(rows.cell(), &world.calendar, broadcast.streamer, broadcast.day);
    streamer_id(rows.cell(), broadcast.streamer);
    rows.cell().moment(&world.calendar, broadcast.started);
    rows.cell().moment(&world.calendar, broadcast.ended);
    rows.end()
}

/// The id of a streamer as text.
pub(super) fn streamer_text(streamer: u32) -> String {
    format!("s{:04}", u64::from(streamer) + 1)
}
