//! Orders on their way into a store: what is kept of a row that was accepted.

use std::borrow::Cow;
use std::io::Write;

use super::batch::{Batch, Kind, Layout};
use super::order::InOrder;
use super::{stored_id, unmapped};
use crate::input::binding::Origin;
use crate::input::error::InputError;
use crate::input::feed::FileContext;
use crate::input::orders::{OrderColumns, OrderRow, TakeOrder, refund_time};
use crate::input::parse::trim;
use crate::input::profile::Status;
use crate::input::pseudonyms::Pseudonyms;
use crate::input::records::Record;
use crate::input::rejects::Fault;
use crate::input::settings::{ReadSettings, Times};
use crate::units::Instant;

/// The columns of a file of orders.
#[must_use]
pub fn layout(columns: &OrderColumns) -> Layout {
    let there = kept(columns);
    let extras = columns.extras.iter().map(|(name, _)| name.as_str());
    there.map(|(name, _)| name).chain(extras).map(|name| (name.to_owned(), kind(name))).collect()
}

/// The canonical columns that are kept; the row itself, as an order's id, is no column.
fn kept(columns: &OrderColumns) -> impl Iterator<Item = (&'static str, &Origin)> {
    let origins = columns.origins().into_iter();
    origins.filter(|(_, origin)| origin.is_there() && **origin != Origin::Row)
}

fn kind(name: &str) -> Kind {
    match name {
        "paid_at" | "refunded_at" => Kind::Time,
        "amount" | "refund_amount" => Kind::Money,
        _ => Kind::Text,
    }
}

/// One worker's orders of the block that it reads.
pub struct OrderKeeper<'q, W: Write + Send> {
    queue: &'q InOrder<W>,
    pseudonyms: Option<&'q Pseudonyms>,
    times: Times,
    batch: Option<Batch>,
    /// The first and the last payment.
    pub paid: Option<(Instant, Instant)>,
}

impl<'q, W: Write + Send> OrderKeeper<'q, W> {
    /// A worker without orders yet.
    pub fn new(settings: &'q ReadSettings, queue: &'q InOrder<W>) -> Self {
        let times = Times::new(&settings.zone);
        Self { queue, pseudonyms: settings.pseudonyms.as_deref(), times, batch: None, paid: None }
    }
}

impl<W: Write + Send> TakeOrder for OrderKeeper<'_, W> {
    const KEEPS_LINES: bool = false;

    fn take(
        &mut self,
        columns: &OrderColumns,
        record: &Record<'_>,
        row: OrderRow,
        status: Option<Status>,
    ) -> Result<(), Fault> {
        let times = self.times.of(columns.shared_profile());
        // Nobody may ever ask for it: a time that cannot be read is not known, and no reason to lose the order.
        let refunded_at = refund_time("refunded_at", columns.refunded_at(), record, times).ok().flatten();
        let pseudonyms = self.pseudonyms;
        let batch = self.batch.get_or_insert_with(|| Batch::new(&layout(columns)));
        let mut cells = batch.row();
        let text = |name: &str, origin: &Origin| {
            let text = origin.text(record);
            let text = match (name, status) {
                ("buyer_id", _) if row.buyer.is_nobody() => Cow::Borrowed(b"".as_slice()),
                ("buyer_id", _) => super::person(&text, pseudonyms),
                ("status", Some(status)) => Cow::Borrowed(unmapped::status(status).as_bytes()),
                ("carrier", _) => Cow::Borrowed(unmapped::carrier(row.carrier()).as_bytes()),
                _ if pseudonyms.is_some() && origin.shares(columns.buyer()) => {
                    super::person(&text, pseudonyms)
                }
                ("status", None) => unmapped::stored(trim(&text)),
                ("streamer_name", _) => Cow::Borrowed(trim(&text)),
                _ => stored_id(&text),
            };
            text.into_owned()
        };
        for (name, origin) in kept(columns) {
            match name {
                "paid_at" => cells.number(row.paid_at().map(|paid| paid.0)),
                "amount" => cells.number(row.has_amount().then_some(row.amount.0)),
                "refund_amount" => cells.number(row.refund().map(|(refund, _)| refund.0)),
                "refunded_at" => cells.number(refunded_at.map(|refunded_at| refunded_at.0)),
                _ => cells.text(&text(name, origin)),
            }
        }
        for (_, origin) in &columns.extras {
            cells.text(&super::further(origin, record, columns.buyer(), pseudonyms));
        }
        self.paid = crate::input::settings::span(self.paid, row.paid_at().map(|paid| (paid, paid)));
        Ok(())
    }

    fn end_of_block(&mut self, file: &FileContext<OrderColumns>, block: u32) -> Result<(), InputError> {
        self.queue.put(block, || layout(&file.columns), self.batch.take())
    }

    fn abandon(&mut self) {
        self.queue.abandon();
    }
}
