//! From the cells of a row to one broadcast, or to what else the row is: a summary, a header again, a reject.

use super::columns::{Field, RoomColumns};
use super::{Figures, RoomRow, RoomTally};
use crate::input::broadcasts::is_nothing;
use crate::input::cells::{check_cells, fault, id_cell, is_structural, mapped_cells, shown, time_cell};
use crate::input::dictionary::{Coder, Dictionary};
use crate::input::feed::FileContext;
use crate::input::names::Names;
use crate::input::parse::number::{self, Decimal, NumberError};
use crate::input::parse::trim;
use crate::input::read::{Place, RowReader};
use crate::input::records::Record;
use crate::input::rejects::{Fault, Reason, Reject, Rejects};
use crate::input::settings::{ReadSettings, Times};
use crate::units::{Instant, MinorUnits, Seconds};

/// What exports write in the place of a streamer or a time where a row sums up the others.
const SUMMARIES: [&str; 15] = [
    "合计",
    "汇总",
    "总计",
    "总和",
    "小计",
    "总数",
    "全部",
    "平均",
    "平均值",
    "均值",
    "Total",
    "total",
    "TOTAL",
    "Average",
    "Summary",
];

/// One worker's reader of broadcasts.
pub struct RoomReader<'d> {
    streamers: Coder<'d>,
    times: Times,
    allow_mangled: bool,
    pub(super) rows: Vec<RoomRow>,
    pub(super) tally: RoomTally,
    pub(super) rejects: Rejects,
    pub(super) names: Names,
}

/// The cells of one row.
struct Cells<'r, 'a> {
    file: &'r FileContext<RoomColumns>,
    columns: &'r RoomColumns,
    record: &'r Record<'a>,
    place: Place,
    tally: &'r mut RoomTally,
}

impl Cells<'_, '_> {
    fn fault(&self, field: Field, reason: Reason) -> Fault {
        let origin = self.columns.origin(field);
        fault(field.name(), origin, reason, &origin.text(self.record))
    }

    /// A value and whether it was rounded, kept apart.
    fn plain<T>(&mut self, field: Field, found: Option<(T, bool)>) -> Option<T> {
        let (value, is_rounded) = found?;
        if is_rounded {
            let text = self.columns.origin(field).text(self.record);
            self.tally.round(self.place, &String::from_utf8_lossy(trim(&text)));
        }
        Some(value)
    }

    /// A figure that no factor needs: where it does not read it is not known, which is counted, and the broadcast keeps its money.
    fn side<T>(&mut self, found: Result<Option<T>, Fault>) -> Option<T> {
        found.unwrap_or_else(|fault| {
            self.tally.leave(self.place, shown(self.file, self.record, fault));
            None
        })
    }

    fn count(&mut self, field: Field) -> Result<Option<i64>, Fault> {
        let found = number::count(&self.columns.origin(field).text(self.record));
        let found = found.map_err(|error| self.fault(field, error.into()))?;
        Ok(self.plain(field, found))
    }

    fn money(&mut self, field: Field) -> Result<Option<MinorUnits>, Fault> {
        let found = number::amount(&self.columns.origin(field).text(self.record));
        let found = found.map_err(|error| self.fault(field, error.into()))?;
        Ok(self.plain(field, found))
    }

    fn share(&mut self, viewers: Option<i64>) -> Result<Option<i128>, Fault> {
        let field = Field::OldFanShare;
        let wrong = |cells: &Self, error| {
            let kind = matches!(error, NumberError::NotNumber | NumberError::TooLarge);
            cells.fault(field, if kind { Reason::NotPercent } else { error.into() })
        };
        let found = number::percent(&self.columns.origin(field).text(self.record));
        let share = found.map_err(|error| wrong(self, error))?;
        match (share, viewers) {
            (_, Some(0)) => Ok(Some(0)),
            // One percent of a viewer is 10,000 millionths.
            (Some(share), Some(viewers)) => {
                let fans = viewers.checked_mul(10_000).ok_or(NumberError::TooLarge);
                let fans = fans.and_then(|factor| share.times(factor)).map_err(|error| wrong(self, error))?;
                Ok(Some(fans.into()))
            }
            _ => Ok(None),
        }
    }

    /// A length of time, of which a plain number has `unit` seconds.
    fn duration(&mut self, field: Field, unit: i64) -> Result<Option<Decimal>, Fault> {
        let found = number::duration(&self.columns.origin(field).text(self.record), unit);
        let found = found.map_err(|error| {
            let kind = error == NumberError::NotNumber;
            self.fault(field, if kind { Reason::NotDuration } else { error.into() })
        })?;
        Ok(self.plain(field, found.map(|found| (found, found.is_rounded))))
    }

    /// A length of time, times something, in whole seconds.
    fn seconds(&mut self, field: Field, unit: i64, times: i64) -> Result<Option<Seconds>, Fault> {
        let Some(found) = self.duration(field, unit)? else { return Ok(None) };
        found.times(times).map(|seconds| Some(Seconds(seconds))).map_err(|e| self.fault(field, e.into()))
    }

    /// The watch time of all viewers: a total where there is one, else the mean times the viewers, to the nearest second.
    fn watch(&mut self, viewers: Option<i64>) -> Result<Option<Seconds>, Fault> {
        for (field, unit) in [(Field::WatchSeconds, 1), (Field::WatchHours, Seconds::PER_HOUR)] {
            if let Some(total) = self.seconds(field, unit, 1)? {
                return Ok(Some(total));
            }
        }
        let mean = self.seconds(Field::WatchMinutesPerViewer, 60, viewers.unwrap_or(0))?;
        Ok(match viewers {
            Some(0) => Some(Seconds(0)),
            Some(_) => mean,
            None => None,
        })
    }

    fn figures(&mut self) -> Result<Figures, Fault> {
        let viewers = self.count(Field::Viewers)?;
        let live = self.seconds(Field::LiveMinutes, 60, 1);
        let old_fans = self.share(viewers);
        let spend = self.money(Field::Spend);
        Ok(Figures {
            viewers,
            watch: self.watch(viewers)?,
            live: self.side(live),
            buyers: self.count(Field::Buyers)?,
            orders: self.count(Field::Orders)?,
            gmv: self.money(Field::Gmv)?,
            net_gmv: self.money(Field::NetGmv)?,
            net_orders: self.count(Field::NetOrders)?,
            refund: self.money(Field::RefundAmount)?,
            refund_orders: self.count(Field::RefundOrders)?,
            old_fans: self.side(old_fans),
            spend: self.side(spend),
        })
    }

    /// The time in a cell, and whether it is a date alone.
    fn time(&mut self, field: Field, times: &mut Times) -> Result<Option<(Instant, bool)>, Fault> {
        let origin = self.columns.origin(field);
        let cell = origin.text(self.record);
        let text = trim(&cell);
        if is_nothing(text) {
            return Ok(None);
        }
        let found = time_cell(field.name(), origin, self.record, times.of(&self.columns.profile))?;
        let midnight = is_midnight(text);
        let by_date = !has_time_of_day(text) || (midnight && field == Field::Date);
        if !by_date && !midnight {
            self.tally.timed.insert(self.place.file);
        }
        Ok(found.map(|instant| (instant, by_date)))
    }

    /// When the broadcast began, and whether only its date is known.
    fn started(&mut self, times: &mut Times) -> Result<(Instant, bool), Fault> {
        let started = match self.time(Field::StartedAt, times)? {
            None => self.time(Field::Date, times)?,
            found => found,
        };
        let field = if self.columns.has(Field::StartedAt) { Field::StartedAt } else { Field::Date };
        started.ok_or_else(|| self.fault(field, Reason::Blank))
    }

    /// When it ended; `None` where no time of day says so. An end before the start leaves open which of the two is wrong, and with that the
    /// period: it is a fault of the row.
    fn ended(&mut self, started: (Instant, bool), times: &mut Times) -> Result<Option<Instant>, Fault> {
        let ended = self.time(Field::EndedAt, times);
        let ended = self.side(ended).filter(|(_, by_date)| !by_date && !started.1);
        match ended {
            Some((ended, _)) if ended < started.0 => {
                Err(self.fault(Field::EndedAt, Reason::EndsBeforeStarted))
            }
            ended => Ok(ended.map(|(ended, _)| ended)),
        }
    }
}

impl<'d> RoomReader<'d> {
    pub(super) fn new(settings: &ReadSettings, streamers: &'d Dictionary) -> Self {
        Self {
            streamers: Coder::new(streamers),
            times: Times::new(&settings.zone),
            allow_mangled: settings.allow_mangled_ids,
            rows: Vec::new(),
            tally: RoomTally::default(),
            rejects: settings.rejects(),
            names: Names::default(),
        }
    }

    fn parse(
        &mut self,
        file: &FileContext<RoomColumns>,
        record: &Record<'_>,
        place: Place,
    ) -> Result<(), Fault> {
        let columns = &file.columns;
        let mut tally = RoomTally::default();
        let mut cells = Cells { file, columns, record, place, tally: &mut tally };
        let started = cells.started(&mut self.times)?;
        let ended = cells.ended(started, &mut self.times)?;
        let figures = cells.figures()?;
        let live = Field::LiveId;
        let live_id = id_cell(live.name(), columns.origin(live), record, self.allow_mangled, |id| {
            (!is_nothing(id)).then(|| String::from_utf8_lossy(id).into())
        })?;
        // Last of what may fail, so that a rejected row leaves no streamer behind.
        let field = if columns.has(Field::StreamerId) { Field::StreamerId } else { Field::StreamerName };
        let streamers = &mut self.streamers;
        let streamer = id_cell(field.name(), columns.origin(field), record, self.allow_mangled, |id| {
            (!is_nothing(id)).then(|| streamers.code(id))
        })?;
        let blank = || fault(field.name(), columns.origin(field), Reason::Blank, b"");
        let streamer = streamer.ok_or_else(blank)?;
        if columns.has(Field::StreamerId) && columns.has(Field::StreamerName) {
            let name = columns.origin(Field::StreamerName).text(record);
            let name = trim(&name);
            self.names.set(streamer, place.sequence(), if is_nothing(name) { b"" } else { name });
        }
        let (started, by_date) = started;
        self.tally.merge(tally);
        self.tally.money += figures.gmv.map_or(0, |gmv| i128::from(gmv.0));
        self.rows.push(RoomRow { place, streamer, live_id, started, by_date, ended, figures });
        Ok(())
    }
}

/// Whether a text names a time of day: by a clock, in words, or as an epoch of 10 or 13 digits.
fn has_time_of_day(text: &[u8]) -> bool {
    let is_epoch = matches!(text.len(), 10 | 13) && text.iter().all(u8::is_ascii_digit);
    is_epoch || String::from_utf8_lossy(text).contains([':', '：', '时', '点'])
}

/// Whether the time of day that a text names is written as zeros alone.
fn is_midnight(text: &[u8]) -> bool {
    let clock = text.splitn(2, |byte| matches!(byte, b' ' | b'T')).nth(1);
    clock.is_some_and(|clock| clock.iter().all(|byte| matches!(byte, b'0' | b':' | b'.')))
}

/// Whether a row sums up others: it says so, or it has neither a streamer nor a time.
fn is_summary(columns: &RoomColumns, record: &Record<'_>) -> bool {
    let origins = [Field::StreamerId, Field::StreamerName, Field::StartedAt, Field::Date];
    let cells = origins.map(|field| columns.origin(field).text(record));
    let says = |cell: &[u8]| {
        let text = String::from_utf8_lossy(trim(cell)).into_owned();
        SUMMARIES.contains(&text.trim_end_matches([':', '：']))
    };
    cells.iter().all(|cell| is_nothing(trim(cell)))
        || says(&record.cell(0))
        || cells.iter().any(|cell| says(cell))
}

/// The money of a row that is no broadcast, where it can be read.
fn readable_money(columns: &RoomColumns, record: &Record<'_>) -> Option<MinorUnits> {
    number::amount(&columns.origin(Field::Gmv).text(record)).ok().flatten().map(|(money, _)| money)
}

impl RowReader<RoomColumns> for RoomReader<'_> {
    fn row(&mut self, file: &FileContext<RoomColumns>, record: &Record<'_>, place: Place) {
        self.tally.rows += 1;
        let columns = &file.columns;
        let whole = check_cells(file, record);
        if whole.is_ok() && is_summary(columns, record) && !is_structural(file, record) {
            self.tally.summaries += 1;
            self.tally.summary_money += readable_money(columns, record).map_or(0, |money| money.0.into());
            return;
        }
        let Err(fault) = whole.and_then(|()| self.parse(file, record, place)) else { return };
        if is_structural(file, record) {
            self.tally.structural += 1;
            return;
        }
        let fault = shown(file, record, fault);
        let split = !fault.field.is_empty();
        let money = if split { readable_money(columns, record) } else { None };
        let cells =
            if self.rejects.list { mapped_cells(file, &columns.named(), record, &fault) } else { Vec::new() };
        self.rejects.push(Reject { place, fault, money, cells });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_alone_and_midnights() {
        for text in ["2026-03-02", "2026/3/2", "20260302", "2026年3月2日"] {
            assert!(!has_time_of_day(text.as_bytes()) && !is_midnight(text.as_bytes()), "{text}");
        }
        for text in ["2026-03-02 00:00:00", "2026/3/2 0:00", "2026-03-02T00:00:00.000"] {
            assert!(has_time_of_day(text.as_bytes()) && is_midnight(text.as_bytes()), "{text}");
        }
        // An offset is a clock's, not a spreadsheet's.
        for text in
            ["2026-03-02 00:00:01", "2026-03-02T00:00:00+08:00", "1772453400", "2026年3月2日 20时10分"]
        {
            assert!(has_time_of_day(text.as_bytes()) && !is_midnight(text.as_bytes()), "{text}");
        }
    }
}
