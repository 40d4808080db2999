//! The readers of orders, one for each thread, and what they give together.

use std::io::Write;

use super::cells::{carrier, money_cell};
use super::columns::OrderColumns;
use super::describe::is_description;
use super::dimensions::NO_DIMENSIONS;
use super::refunded::{RefundTiming, Refunded, refund_time};
use super::status::{meaning, status_key};
use super::take::TakeOrder;
use super::tally::OrderTally;
use super::{LineRef, LineTexts, NO_STREAMER, OrderRow, SEPARATOR, StatusMeaning};
use crate::input::binding::Header;
use crate::input::broadcasts::{BroadcastCoder, BroadcastNumbers, live_cell, row_code};
use crate::input::cells::{
    check_cells, fault, id_cell, is_structural, mapped_cells, person_cell, shown, time_cell,
};
use crate::input::dictionary::{Coder, Dictionary};
use crate::input::error::InputError;
use crate::input::feed::FileContext;
use crate::input::files::Source;
use crate::input::names::Names;
use crate::input::parquet::TypedRow;
use crate::input::parse::trim;
use crate::input::profile::{Carrier, RowKind, Status};
use crate::input::quick::Lately;
use crate::input::read::{Files, Place, Progress, RowReader, read};
use crate::input::records::Record;
use crate::input::rejects::{Fault, Reason, Reject, Rejects};
use crate::input::settings::{Profiles, ReadSettings, Times};
use crate::input::specimens::Specimens;
use crate::input::store::pruning::{PrunedOrders, prune_orders};
use crate::input::store::unmapped;
use crate::partition::{Partition, Parts};
use crate::units::{IdKey, Instant, Seconds};

/// All orders, read.
#[derive(Debug)]
pub struct Orders {
    /// The rows, by part of their order id.
    pub parts: Parts<OrderRow>,
    /// The texts of line ids.
    pub lines: LineTexts,
    /// What the status codes mean.
    pub statuses: Vec<StatusMeaning>,
    /// What was counted.
    pub tally: OrderTally,
    /// What was rejected.
    pub rejects: Rejects,
    /// The files.
    pub files: Files<OrderColumns>,
    /// The streamers' names.
    pub names: Names,
    /// Rows that a store's description counts, and that were not read.
    pub left_out: PrunedOrders,
}

/// Reads all orders.
///
/// # Errors
/// See [`InputError`].
pub fn read_orders(
    sources: &[Source],
    settings: &ReadSettings,
    streamers: &Dictionary,
    dimensions: &Dictionary,
    broadcasts: &BroadcastNumbers,
    progress: &Progress<'_>,
) -> Result<Orders, InputError> {
    let statuses = Dictionary::default();
    let dictionaries = Dictionaries { streamers, dimensions, broadcasts, statuses: &statuses };
    let (sources, mut left_out) = prune_orders(sources, settings, streamers)?;
    let (files, readers) =
        run_readers(&sources, settings, dictionaries, progress, |_| Partition::new(&settings.memory))?;
    let mut tally =
        OrderTally { rows: left_out.all.rows, money: left_out.all.money, ..OrderTally::default() };
    let mut names = std::mem::take(&mut left_out.names);
    let (mut parts, mut rejects, mut lines) = (Vec::new(), Vec::new(), LineTexts::default());
    for reader in readers {
        tally.add(reader.tally);
        parts.push(reader.rows);
        rejects.push(reader.rejects);
        names.merge(reader.names);
        lines.blobs.push(reader.lines);
    }
    let statuses = statuses.into_texts().iter().map(|word| meaning(word)).collect();
    Ok(Orders {
        parts: Parts::gather(parts)?,
        lines,
        statuses,
        tally,
        rejects: Rejects::merge(rejects).check_headers(&files)?,
        files,
        names,
        left_out,
    })
}

/// Where texts that repeat get their codes.
#[derive(Debug, Clone, Copy)]
pub struct Dictionaries<'d> {
    /// The streamers.
    pub streamers: &'d Dictionary,
    /// The values of all dimensions together.
    pub dimensions: &'d Dictionary,
    /// The broadcasts.
    pub broadcasts: &'d BroadcastNumbers,
    /// The statuses with their meaning.
    pub statuses: &'d Dictionary,
}

/// Where the columns of orders are in a file, by the profile that fits.
///
/// # Errors
/// See [`Profiles::choose`].
pub fn bind_orders(
    profiles: &Profiles,
    settings: &ReadSettings,
    source: &Source,
    header: &Header,
) -> Result<OrderColumns, InputError> {
    profiles.choose(
        source,
        header,
        RowKind::Orders,
        |profile| OrderColumns::bind(profile, source, header, settings),
        |columns| columns.missing(settings.persons_optional),
    )
}

/// Runs a reader for each thread; what takes the orders of the reader of a number is made by `taker`.
///
/// # Errors
/// See [`InputError`].
pub fn run_readers<'d, T: TakeOrder>(
    sources: &[Source],
    settings: &ReadSettings,
    dictionaries: Dictionaries<'d>,
    progress: &Progress<'_>,
    taker: impl Fn(usize) -> T,
) -> Result<(Files<OrderColumns>, Vec<OrderReader<'d, T>>), InputError> {
    let profiles = Profiles::load(settings.profile.as_deref())?;
    let bind = |source: &Source, header: &Header| bind_orders(&profiles, settings, source, header);
    let mut readers: Vec<_> = (0..settings.threads.get())
        .map(|worker| OrderReader::new(settings, dictionaries, worker, taker(worker)))
        .collect();
    let files = read(sources, settings.feed(), &bind, progress, &mut readers)?;
    Ok((files, readers))
}

/// One worker's reader of orders.
pub struct OrderReader<'d, T> {
    worker: u64,
    pub(super) streamers: Coder<'d>,
    dimension_codes: Coder<'d>,
    pub(super) broadcasts: BroadcastCoder<'d>,
    pub(super) statuses: Coder<'d>,
    /// Meanings and codes of statuses by the keys of their words.
    pub(super) lately: Lately<(u8, u32)>,
    pub(super) times: Times,
    allow_mangled: bool,
    pub(super) refund_within: Option<Seconds>,
    /// What took the orders.
    pub rows: T,
    lines: Vec<u8>,
    scratch: Vec<u8>,
    /// What was counted.
    pub tally: OrderTally,
    /// What was rejected.
    pub rejects: Rejects,
    /// The streamers' names.
    pub names: Names,
}

impl<'d, T: TakeOrder> OrderReader<'d, T> {
    fn new(settings: &ReadSettings, dictionaries: Dictionaries<'d>, worker: usize, rows: T) -> Self {
        Self {
            worker: worker as u64,
            streamers: Coder::new(dictionaries.streamers),
            dimension_codes: Coder::new(dictionaries.dimensions),
            broadcasts: BroadcastCoder::new(dictionaries.broadcasts),
            statuses: Coder::new(dictionaries.statuses),
            lately: Lately::new(),
            times: Times::new(&settings.zone),
            allow_mangled: settings.allow_mangled_ids,
            refund_within: settings.refund_within,
            rows,
            lines: Vec::new(),
            scratch: Vec::new(),
            tally: OrderTally { specimens: Specimens::new(settings.specimens), ..OrderTally::default() },
            rejects: settings.rejects(),
            names: Names::default(),
        }
    }

    fn parse(&mut self, columns: &OrderColumns, record: &Record<'_>, place: Place) -> Result<(), Fault> {
        let order = self.order(columns, record, place)?;
        let line = self.line(columns, record)?;
        let (mangled, specimens) = (self.takes_mangled(columns), &mut self.tally.specimens);
        let buyer =
            person_cell(("buyer_id", &columns.buyer), record, mangled, &columns.anonymous, specimens)?;
        let paid_at = time_cell("paid_at", &columns.paid_at, record, self.times.of(&columns.profile))?;
        let (status, meaning) = self.status(columns, record);
        let never_paid = meaning.is_some_and(Status::is_never_paid);
        let amount = money_cell("amount", &columns.amount, record)?;
        if amount.is_none() && paid_at.is_some() && !never_paid && !columns.once.amount() {
            return Err(fault("amount", &columns.amount, Reason::Blank, b""));
        }
        let once = if amount.is_none() { columns.once.without_amount() } else { columns.once };
        let amount = amount.unwrap_or_default();
        let refund = self.refund(columns, record, paid_at)?;
        let live_id = live_cell(&columns.live, record, mangled)?;
        // Last of what may fail, so that a rejected row leaves no streamer behind.
        let streamers = &mut self.streamers;
        let streamer = id_cell("streamer_id", &columns.streamer, record, mangled, |streamer| {
            if streamer.is_empty() { NO_STREAMER } else { streamers.code(streamer) }
        })?;
        let carrier = carrier(columns, record);
        let broadcast = (!live_id.is_empty()).then(|| self.broadcasts.number(streamer, &live_id));
        let dimensions = self.dimensions(columns, record, broadcast);
        if columns.name.is_there() {
            self.names.set(streamer, place.sequence(), trim(&columns.name.text(record)));
        }
        let sequence = place.sequence();
        let paid_at = paid_at.map_or(OrderRow::NEVER, |paid_at| paid_at.0);
        let row = OrderRow {
            order,
            buyer,
            line,
            sequence,
            paid_at,
            amount,
            refund,
            streamer,
            dimensions,
            status,
            carrier: Carrier::code(carrier),
            once,
            padding: [0; 2],
        };
        self.rows.take(columns, record, row, meaning)?;
        self.tally.money += i128::from(amount.0);
        Ok(())
    }

    /// Whether ids in scientific notation are taken from a file: what a store holds was allowed when it was ingested.
    #[inline]
    fn takes_mangled(&self, columns: &OrderColumns) -> bool {
        self.allow_mangled || columns.stored
    }

    fn order(&self, columns: &OrderColumns, record: &Record<'_>, place: Place) -> Result<IdKey, Fault> {
        if columns.rows_are_orders() {
            return Ok(place.order());
        }
        let order = id_cell("order_id", &columns.order, record, self.takes_mangled(columns), IdKey::new)?;
        if order.is_nobody() { Err(fault("order_id", &columns.order, Reason::Blank, b"")) } else { Ok(order) }
    }

    /// The refund of the row; under `--refund-within`, with what its time says.
    fn refund(
        &mut self,
        columns: &OrderColumns,
        record: &Record<'_>,
        paid_at: Option<Instant>,
    ) -> Result<Refunded, Fault> {
        let Some(refund) = money_cell("refund_amount", &columns.refund, record)? else {
            return Ok(Refunded::UNKNOWN);
        };
        let Some((within, paid_at)) = self.refund_within.zip(paid_at) else {
            return Ok(Refunded::new(refund, RefundTiming::Counts));
        };
        let times = self.times.of(&columns.profile);
        let refunded_at = refund_time("refunded_at", &columns.refunded_at, record, times)?;
        self.tally.refunded_until = self.tally.refunded_until.max(refunded_at);
        Ok(Refunded::new(refund, RefundTiming::of(refund, paid_at, refunded_at, within)))
    }

    pub(super) fn line(&mut self, columns: &OrderColumns, record: &Record<'_>) -> Result<LineRef, Fault> {
        if !columns.line.is_there() {
            return Ok(LineRef::WHOLE_ORDER);
        }
        if !T::KEEPS_LINES {
            self.lines.clear();
        }
        let mangled = self.takes_mangled(columns);
        let (lines, worker) = (&mut self.lines, self.worker);
        let line = id_cell("line_id", &columns.line, record, mangled, |line| {
            let length = u16::try_from(line.len()).map_err(|_| Reason::TooLong)?;
            if length == 0 {
                return Err(Reason::Blank);
            }
            let at = lines.len() as u64;
            lines.extend_from_slice(&length.to_le_bytes());
            lines.extend_from_slice(line);
            Ok(LineRef((worker << 48) | at))
        })?;
        line.map_err(|reason| fault("line_id", &columns.line, reason, b""))
    }

    /// The code of the status, and what it means where the profile maps it.
    fn status(&mut self, columns: &OrderColumns, record: &Record<'_>) -> (u32, Option<Status>) {
        if !columns.status.is_there() {
            return (self.statuses.code(b""), None);
        }
        let cell = columns.status.text(record);
        let word = trim(&cell);
        let meaning = columns.rules.status(record).or_else(|| columns.statuses.get(word));
        let word = if columns.stored { unmapped::word(word) } else { word };
        let key = status_key(meaning, word);
        (self.statuses.code(&key), meaning)
    }

    /// The code of the number of the broadcast, and after it the values of the dimensions; that of the broadcast alone, where there are none
    /// ([`row_code`]).
    pub(super) fn dimensions(
        &mut self,
        columns: &OrderColumns,
        record: &Record<'_>,
        broadcast: Option<u32>,
    ) -> u32 {
        if columns.dimensions.is_empty() {
            return row_code(NO_DIMENSIONS, broadcast);
        }
        self.scratch.clear();
        if let Some(number) = broadcast {
            // Writing to a vector cannot fail.
            let _ = write!(self.scratch, "{number}");
        }
        for origin in &columns.dimensions {
            self.scratch.push(SEPARATOR as u8);
            let cell = origin.text(record);
            let value = trim(&cell);
            self.scratch.extend(value.iter().map(|&byte| if byte == SEPARATOR as u8 { b' ' } else { byte }));
        }
        self.dimension_codes.code(&self.scratch)
    }
}

impl<T: TakeOrder> RowReader<OrderColumns> for OrderReader<'_, T> {
    fn row(&mut self, file: &FileContext<OrderColumns>, record: &Record<'_>, place: Place) {
        self.tally.rows += 1;
        let columns = &file.columns;
        if self.take_text(columns, record, place).is_some() {
            return;
        }
        let parsed = check_cells(file, record).and_then(|()| self.parse(columns, record, place));
        if let Err(fault) = parsed {
            if is_structural(file, record) || is_description(columns, record) {
                self.tally.structural += 1;
                return;
            }
            let fault = shown(file, record, fault);
            let origins = columns.origins();
            let cells =
                if self.rejects.list { mapped_cells(file, &origins, record, &fault) } else { Vec::new() };
            let readable = !fault.field.is_empty();
            let money =
                if readable { money_cell("amount", &columns.amount, record).ok().flatten() } else { None };
            self.rejects.push(Reject { place, fault, money, cells });
        }
    }

    fn typed(&mut self, file: &FileContext<OrderColumns>, row: TypedRow<'_>, place: Place) -> bool {
        self.take_typed(&file.columns, row, place).is_some()
    }

    fn end_of_block(&mut self, file: &FileContext<OrderColumns>, block: u32) -> Result<(), InputError> {
        self.rows.end_of_block(file, block)
    }

    fn abandon(&mut self) {
        self.rows.abandon();
    }
}
