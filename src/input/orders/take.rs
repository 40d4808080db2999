//! What takes the orders that were accepted: the parts of a run, or a store.

use super::{OrderColumns, OrderRow};
use crate::input::error::InputError;
use crate::input::feed::FileContext;
use crate::input::profile::Status;
use crate::input::records::Record;
use crate::input::rejects::Fault;
use crate::partition::Partition;

/// What takes the orders that were accepted.
pub trait TakeOrder: Send {
    /// Whether the texts of line ids are kept for the row's [`LineRef`](super::LineRef).
    const KEEPS_LINES: bool;

    /// Whether it looks at the records; else rows may come without their text.
    const NEEDS_RECORD: bool = true;

    /// Takes one order; `status` is what its status means, where the profile maps it.
    ///
    /// # Errors
    /// When a further column of the row is at fault; the row is rejected.
    fn take(
        &mut self,
        columns: &OrderColumns,
        record: &Record<'_>,
        row: OrderRow,
        status: Option<Status>,
    ) -> Result<(), Fault>;

    /// See [`RowReader::end_of_block`](crate::input::read::RowReader::end_of_block).
    fn end_of_block(&mut self, _file: &FileContext<OrderColumns>, _block: u32) -> Result<(), InputError> {
        Ok(())
    }

    /// See [`RowReader::abandon`](crate::input::read::RowReader::abandon).
    fn abandon(&mut self) {}
}

impl TakeOrder for Partition<OrderRow> {
    const KEEPS_LINES: bool = true;
    const NEEDS_RECORD: bool = false;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]
    fn take(
        &mut self,
        _: &OrderColumns,
        _: &Record<'_>,
        row: OrderRow,
        _: Option<Status>,
    ) -> Result<(), Fault> {
        self.push(row.order, row);
        Ok(())
    }

    fn end_of_block(&mut self, _: &FileContext<OrderColumns>, _: u32) -> Result<(), InputError> {
        Ok(self.check()?)
    }
}
