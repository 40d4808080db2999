//! Orders: from the cells of a row to one compact row, before duplicates are removed and anything is filtered.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::binding::{Header, Origin};
use super::dictionary::{Coder, Dictionary};
use super::error::InputError;
use super::feed::FileContext;
use super::files::Source;
use super::names::Names;
use super::parse::{money, trim};
use super::profile::{Anonymous, Carrier, OrderLevel, Profile, Status};
use super::read::{Columns, Files, Place, Progress, RowReader, read};
use super::records::Record;
use super::rejects::{Fault, Reason, Reject, Rejects};
use super::sessions::{check_cells, fault, id_cell, is_nobody, is_structural, mapped_cells, time_cell};
use super::settings::{Profiles, ReadSettings, Times};
use crate::partition::{Partition, Parts};
use crate::units::{IdKey, Instant, MinorUnits};

/// The code of orders without a streamer, and its text.
pub const NO_STREAMER: u32 = 0;
/// What a blank streamer, attribute or dimension is called.
pub const NONE: &str = "(none)";
/// Between the values of several dimensions in one text.
pub const SEPARATOR: char = '\u{1F}';

/// The text of a line id in the arena of the worker that read it; [`LineRef::WHOLE_ORDER`] where the row is no line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    /// The text of a line id.
    #[must_use]
    pub fn get(&self, line: LineRef) -> &[u8] {
        let (blob, at) = ((line.0 >> 48) as usize, (line.0 & ((1 << 48) - 1)) as usize);
        let blob = self.blobs.get(blob).map_or(&[][..], Vec::as_slice);
        let length = blob.get(at).copied().unwrap_or_default() as usize;
        blob.get(at + 1..at + 1 + length).unwrap_or_default()
    }
}

/// One row of orders, 88 bytes: absent times and refunds are values that no export can hold, since an `Option` would cost 8 bytes.
#[derive(Debug, Clone, Copy)]
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
    refund: i64,
    /// The code of the streamer; [`NO_STREAMER`] without one.
    pub streamer: u32,
    /// The code of the values of all dimensions together.
    pub dimensions: u32,
    /// The code of the status.
    pub status: u32,
    /// Where the order came from; `None` where blank.
    pub carrier: Option<Carrier>,
}

impl OrderRow {
    const NEVER: i64 = i64::MIN;
    const UNKNOWN: i64 = -1;

    /// When it was paid; `None` if never.
    #[must_use]
    #[inline]
    pub fn paid_at(&self) -> Option<Instant> {
        (self.paid_at != Self::NEVER).then_some(Instant(self.paid_at))
    }

    /// What was refunded; `None` where the export does not say.
    #[must_use]
    pub fn refund(&self) -> Option<MinorUnits> {
        (self.refund != Self::UNKNOWN).then_some(MinorUnits(self.refund))
    }

    /// Whether the row is a line of an order.
    #[must_use]
    pub fn is_line(&self) -> bool {
        self.line != LineRef::WHOLE_ORDER
    }
}

/// What a status means for counting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusMeaning {
    /// A canonical status.
    Known(Status),
    /// The export has no status: everything with a payment time counts.
    NoColumn,
    /// A word outside of the profile's mapping.
    Unknown(String),
}

/// Where the columns of orders are in one file.
#[derive(Debug)]
pub struct OrderColumns {
    profile: Arc<Profile>,
    order: Origin,
    line: Origin,
    buyer: Origin,
    streamer: Origin,
    name: Origin,
    paid_at: Origin,
    amount: Origin,
    refund: Origin,
    status: Origin,
    carrier: Origin,
    dimensions: Vec<Origin>,
    statuses: HashMap<Vec<u8>, Status, RandomState>,
    carriers: HashMap<Vec<u8>, Carrier, RandomState>,
    anonymous: Anonymous,
    /// The amount's definition, as columns of the header.
    amount_definition: String,
}

impl Columns for OrderColumns {
    fn needed(&self) -> Vec<usize> {
        let dimensions = self.dimensions.iter().flat_map(Origin::columns);
        self.origins().into_iter().flat_map(|(_, origin)| origin.columns()).chain(dimensions).collect()
    }
}

impl OrderColumns {
    fn origins(&self) -> [(&'static str, &Origin); 10] {
        [
            ("order_id", &self.order),
            ("line_id", &self.line),
            ("buyer_id", &self.buyer),
            ("streamer_id", &self.streamer),
            ("streamer_name", &self.name),
            ("paid_at", &self.paid_at),
            ("amount", &self.amount),
            ("refund_amount", &self.refund),
            ("status", &self.status),
            ("carrier", &self.carrier),
        ]
    }

    /// The profile that was used.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Whether the file says what was refunded.
    #[must_use]
    pub fn has_refunds(&self) -> bool {
        self.refund.is_there()
    }

    /// Whether rows are lines.
    #[must_use]
    pub fn has_lines(&self) -> bool {
        self.line.is_there()
    }

    /// Whether the file says where orders came from.
    #[must_use]
    pub fn has_carrier(&self) -> bool {
        self.carrier.is_there()
    }

    /// What the amount is made of.
    #[must_use]
    pub fn amount_definition(&self) -> &str {
        &self.amount_definition
    }

    fn bind(
        profile: &Arc<Profile>,
        source: &Source,
        header: &Header,
        settings: &ReadSettings,
    ) -> Result<Self, InputError> {
        let none = super::profile::OrdersProfile::default();
        let orders = profile.orders.as_ref().unwrap_or(&none);
        let constants = settings.constants(source);
        let find = |field: &str| header.find(&source.name, field, &orders.columns, &constants);
        let canonical = Profile::load("canonical")?.orders.unwrap_or_default();
        let line = match orders.level {
            Some(OrderLevel::Order) => Origin::Absent,
            Some(OrderLevel::Line) | None => find("line_id")?,
        };
        if orders.level == Some(OrderLevel::Line) && !line.is_there() {
            return Err(InputError::Profile {
                path: source.name.clone(),
                message: format!(
                    "profile {} says that rows are lines, but the header has no line_id",
                    profile.name
                ),
            });
        }
        let amount = find("amount")?;
        let mut dimensions = Vec::new();
        for name in &settings.dimensions {
            let origin = find(name)?;
            if !origin.is_there() {
                return Err(dimension_missing(source, header, name));
            }
            dimensions.push(origin);
        }
        Ok(Self {
            amount_definition: definition(&amount, header),
            profile: Arc::clone(profile),
            order: find("order_id")?,
            line,
            buyer: find("buyer_id")?,
            streamer: find("streamer_id")?,
            name: find("streamer_name")?,
            paid_at: find("paid_at")?,
            amount,
            refund: find("refund_amount")?,
            status: find("status")?,
            carrier: find("carrier")?,
            dimensions,
            statuses: words(orders.statuses.as_ref().or(canonical.statuses.as_ref())),
            carriers: words(orders.carriers.as_ref().or(canonical.carriers.as_ref())),
            anonymous: profile.anonymous()?,
        })
    }

    fn missing(&self) -> Vec<&'static str> {
        let required = [
            ("order_id", &self.order),
            ("buyer_id", &self.buyer),
            ("streamer_id", &self.streamer),
            ("paid_at", &self.paid_at),
            ("amount", &self.amount),
        ];
        required.into_iter().filter(|(_, origin)| !origin.is_there()).map(|(name, _)| name).collect()
    }
}

fn dimension_missing(source: &Source, header: &Header, name: &str) -> InputError {
    let near = header.nearest(name).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    InputError::MissingColumns {
        path: source.name.clone(),
        missing: vec![format!("`{name}` of --by")],
        profile: "any".to_owned(),
        header: header.summary(),
        hint: near,
    }
}

fn words<T: Copy>(mapping: Option<&BTreeMap<T, Vec<String>>>) -> HashMap<Vec<u8>, T, RandomState> {
    let pairs = mapping.into_iter().flatten();
    pairs
        .flat_map(|(meaning, words)| words.iter().map(|word| (word.clone().into_bytes(), *meaning)))
        .collect()
}

fn definition(amount: &Origin, header: &Header) -> String {
    let name = |at: &usize| header.names.get(*at).cloned().unwrap_or_default();
    match amount {
        Origin::Column(at) => name(at),
        Origin::Sum(terms) => {
            let text =
                terms.iter().map(|(minus, at)| format!("{} {}", if *minus { "−" } else { "+" }, name(at)));
            text.collect::<Vec<_>>().join(" ").trim_start_matches("+ ").to_owned()
        }
        Origin::Constant(text) => String::from_utf8_lossy(text).into_owned(),
        Origin::Absent => String::new(),
    }
}

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
    progress: &Progress<'_>,
) -> Result<Orders, InputError> {
    let profiles = Profiles::load(settings.profile.as_deref())?;
    let bind = |source: &Source, header: &Header| {
        profiles.choose(
            source,
            header,
            |profile| profile.orders.is_some(),
            |profile| OrderColumns::bind(profile, source, header, settings),
            OrderColumns::missing,
        )
    };
    let statuses = Dictionary::default();
    let mut readers: Vec<OrderReader<'_>> = (0..settings.threads.get())
        .map(|worker| OrderReader::new(settings, streamers, dimensions, &statuses, worker))
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

/// A status travels through its dictionary with what its file's profile says of it.
fn status_key(meaning: Option<Status>, word: &[u8]) -> Vec<u8> {
    let mark = match meaning {
        None => b'?',
        Some(status) => b'0' + STATUSES.iter().position(|known| *known == status).unwrap_or_default() as u8,
    };
    [&[mark], word].concat()
}

const STATUSES: [Status; 7] = [
    Status::Paid,
    Status::Shipped,
    Status::Completed,
    Status::Refunded,
    Status::ClosedPaid,
    Status::Pending,
    Status::Cancelled,
];

fn meaning(key: &str) -> StatusMeaning {
    let (mark, word) = key.split_at(key.len().min(1));
    match mark.as_bytes().first() {
        Some(b'?') if word.is_empty() => StatusMeaning::Unknown("(blank)".to_owned()),
        Some(b'?') => StatusMeaning::Unknown(word.to_owned()),
        Some(digit) => STATUSES
            .get(usize::from(digit - b'0'))
            .copied()
            .map_or(StatusMeaning::NoColumn, StatusMeaning::Known),
        None => StatusMeaning::NoColumn,
    }
}

/// One worker's reader of orders.
struct OrderReader<'d> {
    worker: u64,
    streamers: Coder<'d>,
    dimension_codes: Coder<'d>,
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
        streamers: &'d Dictionary,
        dimensions: &'d Dictionary,
        statuses: &'d Dictionary,
        worker: usize,
    ) -> Self {
        Self {
            worker: worker as u64,
            streamers: Coder::new(streamers),
            dimension_codes: Coder::new(dimensions),
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
        let streamers = &mut self.streamers;
        let streamer = id_cell("streamer_id", &columns.streamer, record, self.allow_mangled, |streamer| {
            if streamer.is_empty() { NO_STREAMER } else { streamers.code(streamer) }
        })?;
        let paid_at = time_cell("paid_at", &columns.paid_at, record, self.times.of(&columns.profile))?;
        let (status, never_paid) = self.status(columns, record);
        let amount = money_cell("amount", &columns.amount, record)?;
        if amount.is_none() && paid_at.is_some() && !never_paid {
            return Err(fault("amount", &columns.amount, Reason::Blank, b""));
        }
        let amount = amount.unwrap_or_default();
        let refund = money_cell("refund_amount", &columns.refund, record)?;
        let carrier = carrier(columns, record);
        let dimensions = self.dimensions(columns, record);
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
            let length = u8::try_from(line.len()).ok().filter(|length| *length > 0)?;
            let at = lines.len() as u64;
            lines.push(length);
            lines.extend_from_slice(line);
            Some(LineRef(worker << 48 | at))
        })?;
        line.ok_or_else(|| fault("line_id", &columns.line, Reason::Blank, b""))
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

    fn dimensions(&mut self, columns: &OrderColumns, record: &Record<'_>) -> u32 {
        if columns.dimensions.is_empty() {
            return 0;
        }
        self.scratch.clear();
        for (at, origin) in columns.dimensions.iter().enumerate() {
            if at > 0 {
                self.scratch.push(SEPARATOR as u8);
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_travel_with_their_meaning() {
        for (status, word) in
            [(Some(Status::Paid), "已支付"), (Some(Status::Cancelled), ""), (None, "x"), (None, "")]
        {
            let key = String::from_utf8(status_key(status, word.as_bytes())).unwrap();
            let expected = match status {
                Some(status) => StatusMeaning::Known(status),
                None if word.is_empty() => StatusMeaning::Unknown("(blank)".into()),
                None => StatusMeaning::Unknown(word.into()),
            };
            assert_eq!(meaning(&key), expected);
        }
        assert_eq!(meaning(""), StatusMeaning::NoColumn);
    }
}
