//! The quick way through a row of sessions.

use super::{SessionColumns, SessionReader, SessionRow, TakeSession, TakenSession};
use crate::input::parquet::TypedRow;
use crate::input::profile::Traffic;
use crate::input::quick::{Cells, Nobody, QuickCells, Words, column, perhaps};
use crate::input::records::Record;
use crate::units::{IdKey, Instant, Seconds};

/// The numbers of the columns of a file in which each of them stands in cells of its own.
#[derive(Debug)]
pub(super) struct QuickColumns {
    /// The columns of the header.
    width: usize,
    viewer: usize,
    streamer: usize,
    entered: usize,
    left: Option<usize>,
    watched: Option<usize>,
    source: Option<usize>,
    live: Option<usize>,
    words: Words<Traffic>,
    nobody: Nobody,
}

impl QuickColumns {
    /// Those of a file; `None` where one must be made, or names of streamers are wanted.
    pub(super) fn of(columns: &SessionColumns, width: usize) -> Option<Self> {
        Cells::fit(width).then_some(())?;
        Some(Self {
            width,
            viewer: column(&columns.viewer)?,
            streamer: column(&columns.streamer).filter(|_| !columns.name.is_there())?,
            entered: column(&columns.entered)?,
            left: perhaps(&columns.left)?,
            watched: perhaps(&columns.watched)?,
            source: perhaps(&columns.source)?,
            live: perhaps(&columns.live)?,
            words: Words::new(columns.words.iter().map(|(word, traffic)| (word.as_slice(), *traffic))),
            nobody: Nobody::new(&columns.anonymous)?,
        })
    }
}

/// The broadcast of the row before, where the days of it that are known say enough of a row: rows of one broadcast mostly stand together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lately {
    live: IdKey,
    streamer: u32,
    /// The first instant of its days, and the first after them.
    days: (i64, i64),
}

impl<T: TakeSession> SessionReader<'_, T> {
    /// Takes a row whose cells are all of the commonest forms; `None`, and nothing done that doing again would change, leaves it to the
    /// careful way.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]
    pub(super) fn take_quickly<C: QuickCells>(
        &mut self,
        (columns, quick): (&SessionColumns, &QuickColumns),
        cells: &C,
        record: &Record<'_>,
    ) -> Option<()> {
        let viewer = cells.id_or_nobody(quick.viewer).filter(|viewer| !quick.nobody.may_be(*viewer))?;
        let streamer = cells.id_as(quick.streamer, self.streamers.last_key())?;
        let times = self.times.of(&columns.profile);
        let start = cells.time(quick.entered, times)??;
        if !SessionRow::can_start(start) {
            return None;
        }
        let left = match quick.left {
            Some(column) => cells.time(column, times)?,
            None => None,
        };
        if left.is_some_and(|left| left < start) {
            return None;
        }
        let watched = match quick.watched {
            Some(column) => cells.seconds(column)?,
            None => None,
        };
        let traffic = match quick.source {
            Some(column) => quick.words.get(cells.word(column)?)?,
            None => Traffic::Organic,
        };
        let live = cells.broadcast(quick.live, self.lately.live)?;
        self.tally.specimens.see(viewer, || cells.text(quick.viewer));
        let streamer = self.streamers.code_of_key(streamer, || cells.text(quick.streamer));
        let whole = watched.or(left.map(|left| left.0 - start.0));
        let length = Seconds(whole.unwrap_or(0).min(self.max_session));
        let code = match live {
            None => streamer,
            Some((column, live)) => {
                self.code_of_live((streamer, live), || cells.text(column), (start, length), viewer)
            }
        };
        let row = SessionRow::new(viewer.person(), code, start, length, traffic);
        self.rows.take(columns, record, &TakenSession { row, left, watched, traffic: Some(traffic) }).ok()?;
        self.tally.count(start, whole, length, viewer.is_nobody());
        Some(())
    }

    /// The code of a row that names a broadcast.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]
    fn code_of_live<W: AsRef<[u8]>>(
        &mut self,
        (streamer, live): (u32, IdKey),
        text: impl FnOnce() -> W,
        (start, length): (Instant, Seconds),
        viewer: IdKey,
    ) -> u32 {
        let Lately { live: known, streamer: of, days } = self.lately;
        if live == known && streamer == of && days.0 <= start.0 && start.0 + length.0 < days.1 {
            return streamer;
        }
        let number = self.broadcasts.number_of_key(streamer, live, text);
        let code = self.code(streamer, Some(number).filter(|_| !viewer.is_nobody()), start, length);
        let days = self.aired.as_ref().map_or((0, 0), |aired| aired.of(number));
        self.lately = Lately { live, streamer, days };
        code
    }

    /// Takes a row of text; see [`SessionReader::take_quickly`].
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]
    pub(super) fn take_text(&mut self, columns: &SessionColumns, record: &Record<'_>) -> Option<()> {
        let quick = columns.quick.as_ref()?;
        self.take_quickly((columns, quick), &Cells::of(record, quick.width)?, record)
    }

    /// Takes a row of typed cells; see [`SessionReader::take_quickly`].
    pub(super) fn take_typed(&mut self, columns: &SessionColumns, row: TypedRow<'_>) -> Option<()> {
        let quick = columns.quick.as_ref().filter(|_| !T::NEEDS_RECORD)?;
        self.take_quickly((columns, quick), &row, &Record::plain(&[], &[]))?;
        self.tally.rows += 1;
        Some(())
    }
}
