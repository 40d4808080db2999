//! Orders: from the cells of a row to one compact row, before duplicates are removed and anything is filtered.

mod cells;
mod columns;
mod describe;
mod dimensions;
mod once;
mod quick;
mod reader;
mod refunded;
mod rules;
mod status;
mod take;
mod tally;

pub(super) use cells::money_cell;
pub use columns::OrderColumns;
pub(super) use columns::{Words, definition};
pub use dimensions::{NO_DIMENSIONS, OrderCodes, dimensions, divide};
pub use once::{Once, RepeatTally, keep_once};
pub use reader::{Dictionaries, OrderReader, Orders, bind_orders, read_orders, run_readers};
pub use refunded::RefundTiming;
pub(super) use refunded::refund_time;
pub use status::StatusMeaning;
pub use take::TakeOrder;
pub use tally::OrderTally;

use super::profile::Carrier;
use crate::units::{IdKey, Instant, MinorUnits};

/// The code of orders without a streamer, and its text.
pub const NO_STREAMER: u32 = 0;
/// What a blank streamer, attribute or dimension is called.
pub const NONE: &str = "(none)";
/// Between the values of several dimensions in one text.
pub const SEPARATOR: char = '\u{1F}';

/// The text of a line id in the arena of the worker that read it; [`LineRef::WHOLE_ORDER`] where the row is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(transparent)]
pub struct LineRef(u64);

impl LineRef {
    /// The row is a whole order.
    pub const WHOLE_ORDER: Self = Self(u64::MAX);
}

/// The texts of line ids: one blob for each worker.
#[derive(Debug, Default)]
pub struct LineTexts {
    blobs: Vec<Vec<u8>>,
}

impl LineTexts {
    /// These texts, each of one character, and where they are, for tests.
    #[cfg(test)]
    pub(crate) fn test<const N: usize>(lines: [u8; N]) -> (Self, [LineRef; N]) {
        let blob = lines.iter().flat_map(|line| [1, 0, *line]).collect();
        (Self { blobs: vec![blob] }, std::array::from_fn(|at| LineRef(3 * at as u64)))
    }

    /// The text of a line id.
    #[must_use]
    pub fn get(&self, line: LineRef) -> &[u8] {
        let (blob, at) = ((line.0 >> 48) as usize, (line.0 & ((1 << 48) - 1)) as usize);
        let blob = self.blobs.get(blob).map_or(&[][..], Vec::as_slice);
        let Some((length, text)) = blob.get(at..).and_then(<[u8]>::split_first_chunk) else { return &[] };
        text.get(..usize::from(u16::from_le_bytes(*length))).unwrap_or_default()
    }
}

/// One row of orders, 88 bytes: absent times and refunds are values that no export can hold, since an `Option` would cost 8 bytes.
#[derive(Debug, Clone, Copy, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub struct OrderRow {
    /// The order.
    pub order: IdKey,
    /// The buyer; nobody where blank or masked.
    pub buyer: IdKey,
    /// The line of the order.
    pub line: LineRef,
    /// The place of the row, as a number that later exports and rows have larger.
    pub sequence: u64,
    paid_at: i64,
    /// What was paid, before refunds.
    pub amount: MinorUnits,
    refund: refunded::Refunded,
    /// The code of the streamer; [`NO_STREAMER`] without one.
    pub streamer: u32,
    /// The code of the broadcast and the values of all dimensions together ([`dimensions`]).
    pub dimensions: u32,
    /// The code of the status.
    pub status: u32,
    /// Where the order came from ([`Carrier::code`]).
    carrier: u8,
    /// What of it is the order's, and not the row's.
    pub once: Once,
    padding: [u8; 2],
}

impl OrderRow {
    const NEVER: i64 = i64::MIN;

    /// A whole order, for tests of the stations that follow: of a streamer without dimensions, of the first status, of no known refund.
    #[cfg(test)]
    pub(crate) fn test(order: &str, buyer: &str, paid_at: Option<i64>, amount: i64) -> Self {
        Self {
            order: IdKey::new(order.as_bytes()),
            buyer: IdKey::new(buyer.as_bytes()),
            line: LineRef::WHOLE_ORDER,
            paid_at: paid_at.unwrap_or(Self::NEVER),
            amount: MinorUnits(amount),
            refund: refunded::Refunded::UNKNOWN,
            ..bytemuck::Zeroable::zeroed()
        }
    }

    /// The same from somewhere, for tests.
    #[cfg(test)]
    pub(crate) fn carried_by(self, carrier: Carrier) -> Self {
        Self { carrier: Carrier::code(Some(carrier)), ..self }
    }

    /// When it was paid; `None` if never.
    #[must_use]
    #[inline]
    pub fn paid_at(&self) -> Option<Instant> {
        (self.paid_at != Self::NEVER).then_some(Instant(self.paid_at))
    }

    /// Where the order came from; `None` where blank.
    #[must_use]
    #[inline]
    pub fn carrier(&self) -> Option<Carrier> {
        Carrier::of_code(self.carrier)
    }

    /// Whether the row has an amount; a blank one is 0.
    #[must_use]
    pub fn has_amount(&self) -> bool {
        self.once.has_amount()
    }

    /// Whether the row is a line of an order.
    #[must_use]
    pub fn is_line(&self) -> bool {
        self.line != LineRef::WHOLE_ORDER
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_88_bytes() {
        assert_eq!(size_of::<OrderRow>(), 88);
    }
}
