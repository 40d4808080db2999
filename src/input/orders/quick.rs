//! The quick way through a row of orders.

use super::reader::OrderReader;
use super::refunded::{RefundTiming, Refunded};
use super::take::TakeOrder;
use super::{NO_STREAMER, OrderColumns, OrderRow};
use crate::input::parse::money;
use crate::input::profile::{Carrier, Status};
use crate::input::quick::{Cells, Nobody, Words, column, perhaps};
use crate::input::read::Place;
use crate::input::records::Record;
use crate::units::{IdKey, MinorUnits};

/// The numbers of the columns of a file in which each of them stands in cells of its own.
#[derive(Debug)]
pub(super) struct QuickColumns {
    /// The columns of the header.
    width: usize,
    order: usize,
    buyer: usize,
    streamer: usize,
    paid_at: usize,
    amount: usize,
    refund: Option<usize>,
    status: usize,
    carrier: Option<usize>,
    live: Option<usize>,
    statuses: Words<Status>,
    carriers: Words<Carrier>,
    nobody: Nobody,
}

impl QuickColumns {
    /// Those of a file; `None` where one must be made, names of streamers are wanted, or times of refunds matter.
    pub(super) fn of(columns: &OrderColumns, width: usize) -> Option<Self> {
        let is_plain = Cells::fit(width)
            && !columns.name.is_there()
            && !columns.refunded_at.is_there()
            && columns.rules.are_none();
        Some(Self {
            width,
            order: column(&columns.order).filter(|_| is_plain)?,
            buyer: column(&columns.buyer)?,
            streamer: column(&columns.streamer)?,
            paid_at: column(&columns.paid_at)?,
            amount: column(&columns.amount)?,
            refund: perhaps(&columns.refund)?,
            status: column(&columns.status)?,
            carrier: perhaps(&columns.carrier)?,
            live: perhaps(&columns.live)?,
            statuses: Words::new(columns.statuses.all()),
            carriers: Words::new(columns.carriers.all()),
            nobody: Nobody::new(&columns.anonymous)?,
        })
    }
}

impl<T: TakeOrder> OrderReader<'_, T> {
    /// Takes a row whose cells are all of the commonest forms; `None`, and nothing done that doing again would change, leaves it to the
    /// careful way.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]
    pub(super) fn take_quickly(
        &mut self,
        columns: &OrderColumns,
        record: &Record<'_>,
        place: Place,
    ) -> Option<()> {
        let quick = columns.quick.as_ref().filter(|_| self.refund_within.is_none())?;
        let cells = Cells::of(record, quick.width)?;
        let order = cells.id(quick.order)?;
        let buyer = cells.id_or_nobody(quick.buyer).filter(|buyer| !quick.nobody.may_be(*buyer))?;
        let streamer = cells.id_or_nobody(quick.streamer)?;
        let paid_at = match cells.text(quick.paid_at) {
            [] => OrderRow::NEVER,
            text => self.times.of(&columns.profile).quick(text)?.0,
        };
        let amount = money::quick(cells.text(quick.amount))?;
        let refund = match quick.refund.map(|column| cells.text(column)) {
            None | Some([]) => Refunded::UNKNOWN,
            Some(text) => Refunded::new(money::quick(text)?, RefundTiming::Counts),
        };
        let status = cells.id(quick.status)?;
        let meaning = quick.statuses.get(status)?;
        let carrier = match quick.carrier {
            Some(column) if !cells.span(column).is_empty() => Some(quick.carriers.get(cells.id(column)?)?),
            _ => None,
        };
        let named = cells.broadcast(quick.live, IdKey::NOBODY)?;
        let line = self.line(columns, record).ok()?;
        if !buyer.is_nobody() {
            self.tally.specimens.see(buyer, cells.text(quick.buyer));
        }
        let streamer = match streamer {
            IdKey::NOBODY => NO_STREAMER,
            key => self.streamers.code_of_key(key, cells.text(quick.streamer)),
        };
        let broadcast = named.map(|(key, text)| self.broadcasts.number_of_key(streamer, key, text));
        let row = OrderRow {
            order,
            buyer,
            line,
            sequence: place.sequence(),
            paid_at,
            amount,
            refund,
            streamer,
            dimensions: self.dimensions(columns, record, broadcast),
            status: self.status_code(status, meaning, cells.text(quick.status)),
            carrier: Carrier::code(carrier),
            once: columns.once,
            padding: [0; 2],
        };
        self.rows.take(columns, record, row, Some(meaning)).ok()?;
        let MinorUnits(amount) = amount;
        self.tally.money += i128::from(amount);
        Some(())
    }
}
