//! The quick way through a row of orders.

use super::reader::OrderReader;
use super::refunded::{RefundTiming, Refunded};
use super::status::status_key;
use super::take::TakeOrder;
use super::{NO_STREAMER, OrderColumns, OrderRow};
use crate::input::parquet::TypedRow;
use crate::input::profile::{Carrier, Status};
use crate::input::quick::{Cells, Nobody, QuickCells, Words, column, perhaps};
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
    pub(super) fn take_quickly<C: QuickCells>(
        &mut self,
        (columns, quick): (&OrderColumns, &QuickColumns),
        cells: &C,
        (record, place): (&Record<'_>, Place),
    ) -> Option<()> {
        let order = cells.id(quick.order)?;
        let buyer = cells.id_or_nobody(quick.buyer).filter(|buyer| !quick.nobody.may_be(*buyer))?;
        let streamer = cells.id_or_nobody(quick.streamer)?;
        let paid_at = cells.time(quick.paid_at, self.times.of(&columns.profile))?;
        let amount = cells.money(quick.amount)??;
        let refund = match quick.refund {
            Some(column) => cells.money(column)?,
            None => None,
        };
        let status = cells.id(quick.status)?;
        let meaning = quick.statuses.get(status)?;
        let carrier = match quick.carrier {
            Some(column) if !cells.is_blank(column) => Some(quick.carriers.get(cells.id(column)?)?),
            _ => None,
        };
        let named = cells.broadcast(quick.live)?;
        let line = self.line(columns, record).ok()?;
        self.tally.specimens.see(buyer, || cells.text(quick.buyer));
        let streamer = match streamer {
            IdKey::NOBODY => NO_STREAMER,
            key => self.streamers.code_of_key(key, || cells.text(quick.streamer)),
        };
        let broadcast =
            named.map(|(column, key)| self.broadcasts.number_of_key(streamer, key, || cells.text(column)));
        let row = OrderRow {
            order,
            buyer,
            line,
            sequence: place.sequence(),
            paid_at: paid_at.map_or(OrderRow::NEVER, |paid_at| paid_at.0),
            amount,
            refund: refund.map_or(Refunded::UNKNOWN, |refund| Refunded::new(refund, RefundTiming::Counts)),
            streamer,
            dimensions: self.dimensions(columns, record, broadcast),
            status: self.status_code(status, meaning, || cells.text(quick.status)),
            carrier: Carrier::code(carrier),
            once: columns.once,
            padding: [0; 2],
        };
        self.rows.take(columns, record, row, Some(meaning)).ok()?;
        let MinorUnits(amount) = amount;
        self.tally.money += i128::from(amount);
        Some(())
    }

    /// The code of a status whose key is at hand, in a file that maps it to `meaning`.
    fn status_code<W: AsRef<[u8]>>(&mut self, key: IdKey, meaning: Status, word: impl FnOnce() -> W) -> u32 {
        if let Some((of, code)) = self.lately.find(key)
            && of == meaning as u8
        {
            return code;
        }
        let code = self.statuses.code(&status_key(Some(meaning), word().as_ref()));
        self.lately.keep(key, (meaning as u8, code));
        code
    }

    /// Takes a row of text; see [`OrderReader::take_quickly`].
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]
    pub(super) fn take_text(
        &mut self,
        columns: &OrderColumns,
        record: &Record<'_>,
        place: Place,
    ) -> Option<()> {
        let quick = columns.quick.as_ref().filter(|_| self.refund_within.is_none())?;
        self.take_quickly((columns, quick), &Cells::of(record, quick.width)?, (record, place))
    }

    /// Takes a row of typed cells, unless anything but these is wanted of it; see [`OrderReader::take_quickly`].
    pub(super) fn take_typed(
        &mut self,
        columns: &OrderColumns,
        row: TypedRow<'_>,
        place: Place,
    ) -> Option<()> {
        let needs_record = T::NEEDS_RECORD || columns.line.is_there() || !columns.dimensions.is_empty();
        let quick = columns.quick.as_ref().filter(|_| self.refund_within.is_none() && !needs_record)?;
        self.take_quickly((columns, quick), &row, (&Record::plain(&[], &[]), place))?;
        self.tally.rows += 1;
        Some(())
    }
}
