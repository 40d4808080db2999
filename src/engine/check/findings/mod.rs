//! What a check says: one finding after the other, each with its level and its numbers.

mod checks;
mod clocks;
mod dates;
mod files;
mod integrity;
mod lives;
mod persons;
mod refunds;
mod rooms;
mod rows;

pub use checks::Check;
pub use rooms::room_findings;

use jiff::civil::Date;

use super::days::Stretches;
use super::ids::{Cured, Shapes};
use super::{CheckSettings, Checked};
use crate::calendar::DateRange;
use crate::engine::exports::Inputs;
use crate::input::form::FileForm;
use crate::units::Portion;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be, or a plain number.
    Ok,
    /// Good to know.
    Note,
    /// To be looked at.
    Warning,
    /// Numbers from these files must not be believed.
    Error,
}

impl Level {
    /// The word in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What findings are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Files and their columns.
    Files,
    /// Where rows and money went.
    Rows,
    /// Days with and without data.
    Dates,
    /// Buyers and viewers.
    Persons,
    /// The clocks of both inputs.
    Clock,
    /// What looks like brushing or a broken export.
    Integrity,
}

impl Section {
    /// The word in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Rows => "rows",
            Self::Dates => "dates",
            Self::Persons => "persons",
            Self::Clock => "clock",
            Self::Integrity => "integrity",
        }
    }
}

/// The input that a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// The orders.
    Orders,
    /// The sessions.
    Sessions,
    /// The after-sales.
    Refunds,
    /// The tables of broadcasts.
    Lives,
    /// Broadcasts as aggregates.
    Rooms,
    /// Both together.
    Both,
}

impl Input {
    /// The word in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::Sessions => "sessions",
            Self::Refunds => "refunds",
            Self::Lives => "lives",
            Self::Rooms => "rooms",
            Self::Both => "both",
        }
    }
}

/// Why something is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// No orders were given.
    NoOrders,
    /// No sessions were given.
    NoSessions,
    /// The orders have no column of buyers.
    NoBuyerColumn,
    /// No counted order has a buyer.
    NoBuyers,
    /// No session has a viewer.
    NoViewers,
    /// No row of the orders, or of the sessions, is left to count.
    NothingCounted(Input),
    /// Too few orders to tell.
    FewOrders,
    /// Hardly any order is paid during a session, and no shift of the clock explains it.
    Clocks,
}

/// What belongs to a finding besides its numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum Detail {
    /// Nothing.
    None,
    /// How a file was understood.
    Form {
        /// Container, encoding and delimiter.
        form: FileForm,
        /// The profile.
        profile: String,
    },
    /// Canonical columns, and where they come from.
    Columns(Vec<(&'static str, String)>),
    /// Names.
    Names(Vec<String>),
    /// Canonical columns that a file lacks, and why its platform names no buyers, where that is known.
    Missing(Vec<&'static str>, Option<String>),
    /// Why rows were rejected: the column and the reason.
    Reason(&'static str, &'static str),
    /// The limit that was passed.
    Limit(String),
    /// Words with their counts, the commonest first.
    Words(Vec<(String, u64)>),
    /// Days.
    Days(Stretches),
    /// What ids look like.
    Shapes(Shapes),
    /// What the ids of orders and sessions look like, which do not meet.
    Spaces(Option<Shapes>, Option<Shapes>),
    /// What would make ids meet.
    Cure(Cured),
    /// Hours that must be added to sessions, so that they lie in their broadcasts.
    LiveShift(i64),
    /// Seconds that must be added to orders, and the offset of the shop's zone at the first of them, in seconds.
    Shift(i64, i32),
    /// Seconds that must be added to a part of the orders, or taken from a part of the sessions.
    PartShift(i64),
    /// From when on it is flagged: a number of orders or buyers, or seconds.
    Threshold(i64),
    /// Not known.
    Unknown(Unknown),
}

/// One finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What it is about.
    pub section: Section,
    /// The input.
    pub input: Input,
    /// What was looked at.
    pub check: Check,
    /// The file, where it is about one.
    pub file: Option<String>,
    /// Rows, orders, persons or days, as the check says.
    pub count: Option<u64>,
    /// The buyers, or bursts of buyers, that these orders are of, where they are counted too.
    pub cases: Option<u64>,
    /// The part of all that these are, from 0 to 1; `None` where there are none.
    pub share: Option<f64>,
    /// Their money, in minor units.
    pub money: Option<i128>,
    /// The first and the last date.
    pub dates: Option<DateRange>,
    /// What belongs to it.
    pub detail: Detail,
    /// The places of the first few, or what the longest are.
    pub examples: Vec<String>,
}

impl Finding {
    /// A finding without numbers.
    #[must_use]
    pub fn new(section: Section, input: Input, check: Check) -> Self {
        Self {
            level: Level::Ok,
            section,
            input,
            check,
            file: None,
            count: None,
            cases: None,
            share: None,
            money: None,
            dates: None,
            detail: Detail::None,
            examples: Vec::new(),
        }
    }

    fn level(self, level: Level) -> Self {
        Self { level, ..self }
    }

    /// This level where there is anything to count, else ok.
    fn level_if(self, level: Level, is: bool) -> Self {
        Self { level: if is { level } else { Level::Ok }, ..self }
    }

    fn count(self, count: u64) -> Self {
        Self { count: Some(count), ..self }
    }

    /// `count` of so many.
    fn of(self, count: u64, all: u64) -> Self {
        let share = (all > 0).then(|| count as f64 / all as f64);
        Self { count: Some(count), share, ..self }
    }

    fn cases(self, cases: u64) -> Self {
        Self { cases: Some(cases), ..self }
    }

    fn money(self, money: i128) -> Self {
        Self { money: Some(money), ..self }
    }

    /// Rows and money of so many.
    fn portion(self, portion: Portion, all: Portion) -> Self {
        self.of(portion.rows, all.rows).money(portion.money)
    }

    fn dates(self, first: Option<Date>, last: Option<Date>) -> Self {
        Self { dates: first.zip(last).map(|(first, last)| DateRange { first, last }), ..self }
    }

    fn detail(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    fn file(self, file: impl Into<String>) -> Self {
        Self { file: Some(file.into()), ..self }
    }

    fn examples(self, examples: Vec<String>) -> Self {
        Self { examples, ..self }
    }

    /// The hours by which clocks differ, as they would have to be added to what is behind; `None` where they are not known to.
    #[must_use]
    pub fn shift_hours(&self) -> Option<f64> {
        match self.detail {
            Detail::Shift(seconds, _) | Detail::PartShift(seconds) => Some(seconds as f64 / 3_600.0),
            Detail::LiveShift(hours) => Some(hours as f64),
            _ => None,
        }
    }

    /// From when on it is flagged: orders, buyers or seconds; `None` where nothing is set.
    #[must_use]
    pub fn threshold(&self) -> Option<i64> {
        match self.detail {
            Detail::Threshold(limit) if limit > 0 => Some(limit),
            _ => None,
        }
    }

    fn unknown(self, why: Unknown) -> Self {
        self.level(Level::Note).detail(Detail::Unknown(why))
    }
}

/// Everything that findings come from.
struct Evidence<'a> {
    inputs: &'a Inputs,
    settings: &'a CheckSettings,
    checked: &'a Checked,
}

impl Evidence<'_> {
    /// Whether any orders were given.
    fn has_orders(&self) -> bool {
        !self.settings.exports.orders.is_empty()
    }

    /// Whether any sessions were given.
    fn has_sessions(&self) -> bool {
        self.inputs.sessions.is_some()
    }

    /// Why buyers are not known; `None` where they are.
    fn no_buyers(&self) -> Option<Unknown> {
        if !self.has_orders() {
            Some(Unknown::NoOrders)
        } else if !self.has_buyer_column() {
            Some(Unknown::NoBuyerColumn)
        } else if self.checked.orders.counted.rows == 0 {
            Some(Unknown::NothingCounted(Input::Orders))
        } else {
            (self.checked.persons.buyers == 0).then_some(Unknown::NoBuyers)
        }
    }

    /// Whether any file of orders has a column of buyers.
    fn has_buyer_column(&self) -> bool {
        let mut files = self.inputs.orders.files.files.iter();
        files.any(|file| {
            file.columns.origins().iter().any(|(name, origin)| *name == "buyer_id" && origin.is_there())
        })
    }

    /// Why buyers cannot be compared with viewers; `None` where they can.
    fn no_overlap(&self) -> Option<Unknown> {
        let Some(sessions) = &self.inputs.sessions else { return Some(Unknown::NoSessions) };
        let none = if sessions.tally.guests == 0 {
            Unknown::NothingCounted(Input::Sessions)
        } else {
            Unknown::NoViewers
        };
        self.no_buyers().or_else(|| (self.checked.persons.viewers == 0).then_some(none))
    }

    /// Whether all dates of an order's row, by its sequence, as file and line.
    fn places(&self, sequences: &[u64]) -> Vec<String> {
        let place = |sequence: &u64| {
            let place = crate::input::read::Place::from_sequence(*sequence);
            let (file, line) = self.inputs.orders.files.line(place);
            format!("{file}:{line}")
        };
        sequences.iter().map(place).collect()
    }
}

/// All findings, in their order.
#[must_use]
pub fn findings(inputs: &Inputs, settings: &CheckSettings, checked: &Checked) -> Vec<Finding> {
    let evidence = Evidence { inputs, settings, checked };
    let mut all = files::findings(&evidence);
    all.extend(rows::findings(&evidence));
    all.extend(refunds::findings(&evidence));
    all.extend(lives::findings(&evidence));
    all.extend(dates::findings(&evidence));
    all.extend(persons::findings(&evidence));
    all.extend(integrity::findings(&evidence));
    all
}

/// The days of a range on which an input that was given has no row that counts: gaps in what was exported, or days of rest.
#[must_use]
pub fn days_without_rows(
    inputs: &Inputs,
    settings: &CheckSettings,
    checked: &Checked,
    range: DateRange,
) -> Vec<(Input, Date)> {
    dates::without_rows(&Evidence { inputs, settings, checked }, range)
}
