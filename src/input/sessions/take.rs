//! What takes the sessions that were accepted: the parts of their viewers, or a store.

use super::{SessionColumns, SessionRow};
use crate::input::error::InputError;
use crate::input::feed::FileContext;
use crate::input::profile::Traffic;
use crate::input::records::Record;
use crate::input::rejects::Fault;
use crate::partition::Partition;
use crate::units::Instant;

/// What takes the sessions that were accepted, nobody's too.
pub trait TakeSession: Send {
    /// Whether it looks at the records; else rows may come without their text.
    const NEEDS_RECORD: bool = true;

    /// Takes one session.
    ///
    /// # Errors
    /// When a further column of the row is at fault; the row is rejected.
    fn take(
        &mut self,
        columns: &SessionColumns,
        record: &Record<'_>,
        session: &TakenSession,
    ) -> Result<(), Fault>;

    /// See [`RowReader::end_of_block`](crate::input::read::RowReader::end_of_block).
    fn end_of_block(&mut self, _file: &FileContext<SessionColumns>, _block: u32) -> Result<(), InputError> {
        Ok(())
    }

    /// See [`RowReader::abandon`](crate::input::read::RowReader::abandon).
    fn abandon(&mut self) {}
}

/// One accepted session, before it is capped.
#[derive(Debug, Clone, Copy)]
pub struct TakenSession {
    /// The row; its length is capped.
    pub row: SessionRow,
    /// When it was left, where the export says.
    pub left: Option<Instant>,
    /// The seconds watched, where the export says.
    pub watched: Option<i64>,
    /// The traffic, where the profile maps the source.
    pub traffic: Option<Traffic>,
}

impl TakeSession for Partition<SessionRow> {
    const NEEDS_RECORD: bool = false;

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]
    fn take(&mut self, _: &SessionColumns, _: &Record<'_>, session: &TakenSession) -> Result<(), Fault> {
        let viewer = session.row.viewer();
        if !viewer.is_nobody() {
            self.push(viewer, session.row);
        }
        Ok(())
    }

    fn end_of_block(&mut self, _: &FileContext<SessionColumns>, _: u32) -> Result<(), InputError> {
        Ok(self.check()?)
    }
}
