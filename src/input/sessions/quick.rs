//! The quick way through a row of sessions.

use super::{SessionColumns, SessionReader, SessionRow, TakeSession, TakenSession};
use crate::input::parquet::TypedRow;
use crate::input::profile::Traffic;
use crate::input::quick::{Cells, Known, Nobody, QuickCells, Words, column, perhaps};
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

/// The streamer of the row before and the broadcast: rows of one broadcast mostly stand together.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lately {
    streamer: Known,
    /// The code of the streamer.
    code: u32,
    /// A broadcast of the streamer, where a row named one.
    live: Known,
    number: u32,
    /// The first instant of the days of the broadcast that are known, and the first after them: they say enough of a row within them.
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
        record: Record<'_>,
    ) -> Option<()> {
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
        let viewer = cells.id_or_nobody(quick.viewer).filter(|viewer| !quick.nobody.may_be(*viewer))?;
        let whole = watched.or(left.map(|left| left.0 - start.0));
        let length = Seconds(whole.unwrap_or(0).min(self.max_session));
        // Last of what may fail, so that a rejected row leaves no streamer behind.
        let mut is_named = true;
        if !(quick.live.is_some_and(|column| cells.holds(column, &self.lately.live))
            && cells.holds(quick.streamer, &self.lately.streamer))
        {
            is_named = quick.live.is_some_and(|column| !cells.is_blank(column));
            if is_named || !cells.holds(quick.streamer, &self.lately.streamer) {
                self.note_another(quick, cells)?;
            }
        }
        self.tally.specimens.see(viewer, || cells.text(quick.viewer));
        let (from, to) = self.lately.days;
        let code = if !is_named || from <= start.0 && start.0 + length.0 < to {
            self.lately.code
        } else {
            self.code_of_live(start, length, viewer)
        };
        let row = SessionRow::new(viewer.person(), code, start, length, traffic);
        self.rows
            .take(columns, &record, &TakenSession { row, left, watched, traffic: Some(traffic) })
            .ok()?;
        self.tally.rows += 1;
        self.tally.count(start, whole, length, viewer.is_nobody());
        Some(())
    }

    /// Takes note of a row's streamer and broadcast, which are not those of the row before; `None`, and nothing is noted, as above.
    #[inline(never)]
    fn note_another<C: QuickCells>(&mut self, quick: &QuickColumns, cells: &C) -> Option<()> {
        let streamer = cells.id(quick.streamer)?;
        let live = cells.broadcast(quick.live)?;
        let text = cells.text(quick.streamer);
        let code = self.streamers.code_of_key(streamer, || &text);
        self.lately = Lately { streamer: Known::new(streamer, &text), code, ..Lately::default() };
        if let Some((column, live)) = live {
            let text = cells.text(column);
            self.lately.live = Known::new(live, &text);
            self.lately.number = self.broadcasts.number_of_key(code, live, || &text);
            self.lately.days = self.days_of(self.lately.number);
        }
        Some(())
    }

    /// The code of a row that names the broadcast that was noted last, and of which the days that are known do not say enough.
    #[inline(never)]
    fn code_of_live(&mut self, start: Instant, length: Seconds, viewer: IdKey) -> u32 {
        let Lately { code, number, .. } = self.lately;
        let code = self.code(code, Some(number).filter(|_| !viewer.is_nobody()), start, length);
        self.lately.days = self.days_of(number);
        code
    }

    fn days_of(&self, broadcast: u32) -> (i64, i64) {
        self.aired.as_ref().map_or((0, 0), |aired| aired.of(broadcast))
    }

    /// Takes a row of text; see [`SessionReader::take_quickly`].
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a row goes through registers, not through memory")]
    pub(super) fn take_text(&mut self, columns: &SessionColumns, cells: Cells<'_>) -> Option<()> {
        let quick = columns.quick.as_ref()?;
        let record = if T::NEEDS_RECORD { cells.record(quick.width) } else { Record::plain(&[], &[]) };
        self.take_quickly((columns, quick), &cells, record)
    }

    /// Takes a row of typed cells; see [`SessionReader::take_quickly`].
    pub(super) fn take_typed(&mut self, columns: &SessionColumns, row: TypedRow<'_>) -> Option<()> {
        let quick = columns.quick.as_ref().filter(|_| !T::NEEDS_RECORD)?;
        self.take_quickly((columns, quick), &row, Record::plain(&[], &[]))
    }
}
