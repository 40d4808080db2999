//! The readers of orders, one for each thread, and what they give together.

use std::io::Write;

use super::columns::OrderColumns;
use super::dimensions::NO_DIMENSIONS;
use super::status::{meaning, status_key};
use super::{LineRef, LineTexts, NO_STREAMER, OrderRow, SEPARATOR, StatusMeaning};
use crate::input::binding::{Header, Origin};
use crate::input::broadcasts::{BroadcastCoder, live_cell};
use crate::input::cells::{check_cells, fault, id_cell, is_nobody, is_structural, mapped_cells, time_cell};
use crate::input::dictionary::{Coder, Dictionary};
use crate::input::error::InputError;
use crate::input::feed::FileContext;
use crate::input::files::Source;
use crate::input::names::Names;
use crate::input::parse::{money, trim};
use crate::input::profile::{Carrier, RowKind, Status};
use crate::input::read::{Files, Place, Progress, RowReader, read};
use crate::input::records::Record;
use crate::input::rejects::{Fault, Reason, Reject, Rejects};
use crate::input::settings::{Profiles, ReadSettings, Times};
use crate::partition::{Partition, Parts};
use crate::units::{IdKey, MinorUnits};

/// What was counted while orders were read.
#[derive(Debug, Clone, Default)]
pub struct OrderTally {
    /// Rows read.
    pub rows: u64,
    /// Repeated headers and blank rows.
    pub structural: u64,
    /// The gross money of all accepted rows, in minor units.
    pub money: i128,
}

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
    broadcasts: &Dictionary,
    progress: &Progress<'_>,
) -> Result<Orders, InputError> {
    let profiles = Profiles::load(settings.profile.as_deref())?;
    let bind = |source: &Source, header: &Header| {
        profiles.choose(
            source,
            header,
            RowKind::Orders,
            |profile| OrderColumns::bind(profile, source, header, settings),
            |columns| columns.missing(settings.persons_optional),
        )
    };
    let statuses = Dictionary::default();
    let mut readers: Vec<OrderReader<'_>> = (0..settings.threads.get())
        .map(|worker| OrderReader::new(settings, [streamers, dimensions, broadcasts, &statuses], worker))
        .collect();
    let files = read(sources, settings.feed(), &bind, progress, &mut readers)?;
    let mut tally = OrderTally::default();
    let (mut parts, mut rejects, mut names, mut lines) =
        (Vec::new(), Vec::new(), Names::default(), LineTexts::default());
    for reader in readers {
        tally.rows += reader.tally.rows;
        tally.structural += reader.tally.structural;
        tally.money += reader.tally.money;
        parts.push(reader.rows);
        rejects.push(reader.rejects);
        names.merge(reader.names);
        lines.blobs.push(reader.lines);
    }
    let statuses = statuses.into_texts().iter().map(|word| meaning(word)).collect();
    Ok(Orders {
        parts: Parts::gather(parts),
        lines,
        statuses,
        tally,
        rejects: Rejects::merge(rejects),
        files,
        names,
    })
}

/// One worker's reader of orders.
struct OrderReader<'d> {
    worker: u64,
    streamers: Coder<'d>,
    dimension_codes: Coder<'d>,
    broadcasts: BroadcastCoder<'d>,
    statuses: Coder<'d>,
    times: Times,
    allow_mangled: bool,
    rows: Partition<OrderRow>,
    lines: Vec<u8>,
    scratch: Vec<u8>,
    tally: OrderTally,
    rejects: Rejects,
    names: Names,
}

impl<'d> OrderReader<'d> {
    fn new(
        settings: &ReadSettings,
        [streamers, dimensions, broadcasts, statuses]: [&'d Dictionary; 4],
        worker: usize,
    ) -> Self {
        Self {
            worker: worker as u64,
            streamers: Coder::new(streamers),
            dimension_codes: Coder::new(dimensions),
            broadcasts: BroadcastCoder::new(broadcasts),
            statuses: Coder::new(statuses),
            times: Times::new(&settings.zone),
            allow_mangled: settings.allow_mangled_ids,
            rows: Partition::default(),
            lines: Vec::new(),
            scratch: Vec::new(),
            tally: OrderTally::default(),
            rejects: Rejects::new(settings.list_rejects),
            names: Names::default(),
        }
    }

    fn parse(&mut self, columns: &OrderColumns, record: &Record<'_>, place: Place) -> Result<(), Fault> {
        let order = id_cell("order_id", &columns.order, record, self.allow_mangled, IdKey::new)?;
        if order.is_nobody() {
            return Err(fault("order_id", &columns.order, Reason::Blank, b""));
        }
        let line = self.line(columns, record)?;
        let buyer = id_cell("buyer_id", &columns.buyer, record, self.allow_mangled, |buyer| {
            if is_nobody(buyer, &columns.anonymous) { IdKey::NOBODY } else { IdKey::new(buyer) }
        })?;
        let paid_at = time_cell("paid_at", &columns.paid_at, record, self.times.of(&columns.profile))?;
        let (status, never_paid) = self.status(columns, record);
        let amount = money_cell("amount", &columns.amount, record)?;
        if amount.is_none() && paid_at.is_some() && !never_paid {
            return Err(fault("amount", &columns.amount, Reason::Blank, b""));
        }
        let amount = amount.unwrap_or_default();
        let refund = money_cell("refund_amount", &columns.refund, record)?;
        let live_id = live_cell(&columns.live, record, self.allow_mangled)?;
        // Last of what may fail, so that a rejected row leaves no streamer behind.
        let streamers = &mut self.streamers;
        let streamer = id_cell("streamer_id", &columns.streamer, record, self.allow_mangled, |streamer| {
            if streamer.is_empty() { NO_STREAMER } else { streamers.code(streamer) }
        })?;
        let carrier = carrier(columns, record);
        let broadcast = (!live_id.is_empty()).then(|| self.broadcasts.number(streamer, &live_id));
        let dimensions = self.dimensions(columns, record, broadcast);
        if columns.name.is_there() {
            self.names.set(streamer, place.sequence(), trim(&columns.name.text(record)));
        }
        self.tally.money += i128::from(amount.0);
        let sequence = place.sequence();
        let paid_at = paid_at.map_or(OrderRow::NEVER, |paid_at| paid_at.0);
        let refund = refund.map_or(OrderRow::UNKNOWN, |refund| refund.0);
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
            carrier,
        };
        self.rows.push(order, row);
        Ok(())
    }

    fn line(&mut self, columns: &OrderColumns, record: &Record<'_>) -> Result<LineRef, Fault> {
        if !columns.line.is_there() {
            return Ok(LineRef::WHOLE_ORDER);
        }
        let (lines, worker) = (&mut self.lines, self.worker);
        let line = id_cell("line_id", &columns.line, record, self.allow_mangled, |line| {
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

    /// The code of the status, and whether it says that the order was never paid.
    fn status(&mut self, columns: &OrderColumns, record: &Record<'_>) -> (u32, bool) {
        if !columns.status.is_there() {
            return (self.statuses.code(b""), false);
        }
        let cell = columns.status.text(record);
        let word = trim(&cell);
        let meaning = columns.statuses.get(word).copied();
        let key = status_key(meaning, word);
        (self.statuses.code(&key), meaning.is_some_and(Status::is_never_paid))
    }

    /// The code of the number of the broadcast, and after it the values of the dimensions.
    fn dimensions(&mut self, columns: &OrderColumns, record: &Record<'_>, broadcast: Option<u32>) -> u32 {
        if columns.dimensions.is_empty() && broadcast.is_none() {
            return NO_DIMENSIONS;
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

impl RowReader<OrderColumns> for OrderReader<'_> {
    fn row(&mut self, file: &FileContext<OrderColumns>, record: &Record<'_>, place: Place) {
        self.tally.rows += 1;
        let columns = &file.columns;
        let parsed = check_cells(file, record).and_then(|()| self.parse(columns, record, place));
        if let Err(fault) = parsed {
            if is_structural(file, record) {
                self.tally.structural += 1;
                return;
            }
            let cells =
                if self.rejects.list { mapped_cells(&columns.origins(), record, &fault) } else { Vec::new() };
            let readable = !fault.field.is_empty();
            let money =
                if readable { money_cell("amount", &columns.amount, record).ok().flatten() } else { None };
            self.rejects.push(Reject { place, fault, money, cells });
        }
    }
}

fn carrier(columns: &OrderColumns, record: &Record<'_>) -> Option<Carrier> {
    let cell = columns.carrier.text(record);
    let word = trim(&cell);
    if word.is_empty() {
        return None;
    }
    Some(columns.carriers.get(word).copied().unwrap_or(Carrier::Other))
}

/// The amount in a cell, or of a signed sum of cells; `None` where all are blank.
fn money_cell(
    field: &'static str,
    origin: &Origin,
    record: &Record<'_>,
) -> Result<Option<MinorUnits>, Fault> {
    let Origin::Sum(terms) = origin else {
        let cell = origin.text(record);
        return money::parse(&cell).map_err(|error| fault(field, origin, error.into(), &cell));
    };
    let mut sum: Option<i64> = None;
    for (minus, at) in terms {
        let cell = record.cell(*at);
        let failed = |error: money::MoneyError| Fault {
            field,
            column: Some(*at),
            reason: error.into(),
            value: cell.as_ref().into(),
        };
        if let Some(MinorUnits(amount)) = money::parse(&cell).map_err(failed)? {
            let signed = if *minus { -amount } else { amount };
            sum = Some(sum.unwrap_or(0).saturating_add(signed));
        }
    }
    match sum {
        Some(sum) if sum < 0 => Err(fault(field, origin, Reason::Negative, &[])),
        Some(sum) if sum > money::LARGEST => Err(fault(field, origin, Reason::TooLarge, &[])),
        sum => Ok(sum.map(MinorUnits)),
    }
}
