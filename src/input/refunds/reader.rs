//! The readers of after-sales rows, one for each thread, and what they give together.

use std::sync::Arc;

use super::columns::{RefundColumns, RefundStatus};
use super::{RefundMeaning, RefundRow};
use crate::input::binding::{Header, Origin};
use crate::input::cells::{check_cells, fault, id_cell, is_structural, mapped_cells, shown};
use crate::input::dictionary::{Coder, Dictionary};
use crate::input::error::InputError;
use crate::input::feed::FileContext;
use crate::input::files::Source;
use crate::input::orders::{money_cell, refund_time};
use crate::input::parse::trim;
use crate::input::profile::RowKind;
use crate::input::read::{Files, Place, Progress, RowReader, read};
use crate::input::records::Record;
use crate::input::rejects::{Fault, Reason, Reject, Rejects};
use crate::input::settings::{Profiles, ReadSettings, Times};
use crate::partition::{Partition, Parts};
use crate::units::{IdKey, Instant};

/// What was counted while after-sales rows were read.
#[derive(Debug, Clone, Default)]
pub struct RefundTally {
    /// Rows read.
    pub rows: u64,
    /// Repeated headers and blank rows.
    pub structural: u64,
    /// The money of all accepted rows, in minor units.
    pub money: i128,
    /// The last time of a refund.
    pub until: Option<Instant>,
}

/// All after-sales rows, read.
#[derive(Debug)]
pub struct Refunds {
    /// The rows, those of one key in one part.
    pub parts: Parts<RefundRow>,
    /// What the status codes mean.
    pub statuses: Vec<RefundMeaning>,
    /// What was counted.
    pub tally: RefundTally,
    /// What was rejected.
    pub rejects: Rejects,
    /// The files.
    pub files: Files<RefundColumns>,
}

/// The texts that the codes of statuses begin with; a word that no profile maps has a mark before it, so that it is none of these.
const KNOWN: [&str; 3] = ["refunded", "open", "closed"];
const REFUNDED: u32 = 0;
const OPEN: u32 = 1;
const CLOSED: u32 = 2;

fn meaning(text: &Arc<str>) -> RefundMeaning {
    match &**text {
        "refunded" => RefundMeaning::Refunded,
        "open" => RefundMeaning::Open,
        "closed" => RefundMeaning::Closed,
        "?" => RefundMeaning::Unknown("(blank)".to_owned()),
        word => RefundMeaning::Unknown(word.strip_prefix('?').unwrap_or(word).to_owned()),
    }
}

/// Reads all after-sales exports.
///
/// # Errors
/// See [`InputError`].
pub fn read_refunds(
    sources: &[Source],
    settings: &ReadSettings,
    progress: &Progress<'_>,
) -> Result<Refunds, InputError> {
    let profiles = Profiles::load(settings.profile.as_deref())?;
    let bind = |source: &Source, header: &Header| {
        profiles.choose(
            source,
            header,
            RowKind::Refunds,
            |profile| RefundColumns::bind(profile, source, header, settings),
            RefundColumns::missing,
        )
    };
    let statuses = Dictionary::with(&KNOWN);
    let mut readers: Vec<RefundReader<'_>> =
        (0..settings.threads.get()).map(|_| RefundReader::new(settings, &statuses)).collect();
    let files = read(sources, settings.feed(), &bind, progress, &mut readers)?;
    let mut tally = RefundTally::default();
    let (mut parts, mut rejects) = (Vec::new(), Vec::new());
    for reader in readers {
        tally.rows += reader.tally.rows;
        tally.structural += reader.tally.structural;
        tally.money += reader.tally.money;
        tally.until = tally.until.max(reader.tally.until);
        parts.push(reader.rows);
        rejects.push(reader.rejects);
    }
    let statuses = statuses.into_texts().iter().map(meaning).collect();
    let rejects = Rejects::merge(rejects).check_headers(&files)?;
    Ok(Refunds { parts: Parts::gather(parts)?, statuses, tally, rejects, files })
}

/// One worker's reader of after-sales rows.
struct RefundReader<'d> {
    statuses: Coder<'d>,
    times: Times,
    allow_mangled: bool,
    rows: Partition<RefundRow>,
    tally: RefundTally,
    rejects: Rejects,
}

impl<'d> RefundReader<'d> {
    fn new(settings: &ReadSettings, statuses: &'d Dictionary) -> Self {
        Self {
            statuses: Coder::new(statuses),
            times: Times::new(&settings.zone),
            allow_mangled: settings.allow_mangled_ids,
            rows: Partition::new(&settings.memory),
            tally: RefundTally::default(),
            rejects: settings.rejects(),
        }
    }

    fn parse(&mut self, columns: &RefundColumns, record: &Record<'_>, place: Place) -> Result<(), Fault> {
        let id = |field, origin| id_cell(field, origin, record, self.allow_mangled, IdKey::new);
        let key = id("refund_id", &columns.refund)?;
        if key.is_nobody() && columns.refund.is_there() {
            return Err(fault("refund_id", &columns.refund, Reason::Blank, b""));
        }
        let (order, line) = (id("order_id", &columns.order)?, id("line_id", &columns.line)?);
        if order.is_nobody() && line.is_nobody() {
            let (field, origin) = if columns.order.is_there() {
                ("order_id", &columns.order)
            } else {
                ("line_id", &columns.line)
            };
            return Err(fault(field, origin, Reason::Blank, b""));
        }
        let refunded_at =
            refund_time("refunded_at", &columns.refunded_at, record, self.times.of(&columns.profile))?;
        let amount = money_cell("refund_amount", &columns.amount, record)?;
        let known = known_status(columns, record, amount.is_some_and(|amount| amount.0 > 0));
        if amount.is_none() && known == Some(REFUNDED) {
            return Err(fault("refund_amount", &columns.amount, Reason::Blank, b""));
        }
        let amount = amount.unwrap_or_default();
        let status = known.unwrap_or_else(|| self.unknown_status(&columns.status, record));
        self.tally.money += i128::from(amount.0);
        self.tally.until = self.tally.until.max(refunded_at);
        let refunded_at = refunded_at.map_or(RefundRow::UNKNOWN, |refunded_at| refunded_at.0);
        let row = RefundRow {
            key,
            order,
            line,
            sequence: place.sequence(),
            refunded_at,
            amount,
            status,
            padding: 0,
        };
        self.rows.push(row.part_key(), row);
        Ok(())
    }

    #[cold]
    fn unknown_status(&mut self, origin: &Origin, record: &Record<'_>) -> u32 {
        self.statuses.code(&[b"?", trim(&origin.text(record))].concat())
    }
}

/// The code of the status, by its type, its word, or its amount where the file has no status; `None` where no profile maps the word.
fn known_status(columns: &RefundColumns, record: &Record<'_>, has_amount: bool) -> Option<u32> {
    let kind = columns.kind.text(record);
    if columns.no_refund_types.iter().any(|word| word.as_bytes() == trim(&kind)) {
        return Some(CLOSED);
    }
    if !columns.status.is_there() {
        return Some(if has_amount { REFUNDED } else { CLOSED });
    }
    columns.statuses.get(trim(&columns.status.text(record))).map(|status| match status {
        RefundStatus::Refunded => REFUNDED,
        RefundStatus::Open => OPEN,
        RefundStatus::Closed => CLOSED,
    })
}

impl RowReader<RefundColumns> for RefundReader<'_> {
    fn row(&mut self, file: &FileContext<RefundColumns>, record: &Record<'_>, place: Place) {
        self.tally.rows += 1;
        let columns = &file.columns;
        let parsed = check_cells(file, record).and_then(|()| self.parse(columns, record, place));
        if let Err(fault) = parsed {
            if is_structural(file, record) {
                self.tally.structural += 1;
                return;
            }
            let fault = shown(file, record, fault);
            let cells = if self.rejects.list {
                mapped_cells(file, &columns.origins(), record, &fault)
            } else {
                Vec::new()
            };
            let readable = !fault.field.is_empty();
            let money = if readable {
                money_cell("refund_amount", &columns.amount, record).ok().flatten()
            } else {
                None
            };
            self.rejects.push(Reject { place, fault, money, cells });
        }
    }

    fn end_of_block(&mut self, _: &FileContext<RefundColumns>, _: u32) -> Result<(), InputError> {
        Ok(self.rows.check()?)
    }
}
