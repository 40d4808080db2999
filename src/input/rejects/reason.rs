//! Why rows are rejected: a word for counts and files, and a sentence that says what to do.

use std::fmt;

use crate::input::parse::money::{LARGEST, MoneyError};
use crate::input::parse::number::{AmountError, NumberError};
use crate::input::parse::time::TimeError;

/// Why a row is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The row has fewer cells than the header, or more that are not blank.
    Cells {
        /// Cells found.
        found: usize,
        /// Cells of the header.
        expected: usize,
        /// The length of the row.
        bytes: usize,
    },
    /// A quoted cell that does not close before the end of the file, or text between a closing quote and the next delimiter.
    Quoting {
        /// The length of the row.
        bytes: usize,
    },
    /// A last line within a character of which the file ends.
    CutOff {
        /// The length of the row.
        bytes: usize,
    },
    /// The header of another export, whose columns stand in another order: the rows below it would be read by the wrong columns.
    OtherHeader,
    /// A blank where there must be a value.
    Blank,
    /// A text longer than any id.
    TooLong,
    /// An id in scientific notation.
    MangledId,
    /// An error of a spreadsheet, such as `#N/A`.
    CellError,
    /// A formula without a value.
    NotComputed,
    /// No amount of money.
    NotMoney,
    /// More decimals than the currency has.
    Decimals,
    /// A negative amount.
    Negative,
    /// An amount too large.
    TooLarge,
    /// A number of persons, orders or seconds too large.
    TooMany,
    /// No time.
    NotTime,
    /// A day of a spreadsheet as a plain number.
    SerialDay,
    /// A date or time of day that does not exist.
    NoSuchTime,
    /// A time for which no instant can be reckoned.
    TimeOutOfRange,
    /// A session entered where no session can be.
    EnteredOutOfRange,
    /// No number of seconds.
    NotSeconds,
    /// A session that ends before it begins.
    EndsBeforeStart,
    /// No number of persons, orders and the like.
    NotNumber,
    /// A part of a person or an order.
    NotWhole,
    /// Two ends in place of a figure.
    Range,
    /// No length of time.
    NotDuration,
    /// No percentage.
    NotPercent,
    /// A broadcast that ends before it begins.
    EndsBeforeStarted,
}

impl Reason {
    /// The word for the reason in counts and files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cells { .. } => "wrong number of cells",
            Self::Quoting { .. } => "broken quotes",
            Self::CutOff { .. } => "cut within a character",
            Self::OtherHeader => "header of another export",
            Self::Blank => "blank",
            Self::TooLong => "too long",
            Self::MangledId => "id in scientific notation",
            Self::CellError => "error of a spreadsheet",
            Self::NotComputed => "formula without a value",
            Self::NotMoney => "not an amount",
            Self::Decimals => "more decimals than the currency has",
            Self::Negative => "negative amount",
            Self::TooLarge => "amount too large",
            Self::TooMany => "number too large",
            Self::NotTime | Self::SerialDay => "not a time",
            Self::NoSuchTime => "no such date or time",
            Self::TimeOutOfRange | Self::EnteredOutOfRange => "time out of range",
            Self::NotSeconds => "not a number of seconds",
            Self::EndsBeforeStart | Self::EndsBeforeStarted => "ends before it begins",
            Self::NotNumber => "not a number",
            Self::NotWhole => "not a whole number",
            Self::Range => "a range, not a number",
            Self::NotDuration => "not a length of time",
            Self::NotPercent => "not a percentage",
        }
    }
}

const NOT_COMPUTED: &str = "is a formula without a value; open the workbook in a spreadsheet program, which computes it, and save it";
const NOT_TIME: &str =
    "is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile";
const ENTERED_OUT_OF_RANGE: &str = "is out of the range of times of sessions, the years from 882 to 3057";
const TOO_MANY: &str = "is more than a broadcast can have: 10000000000000 persons or orders, and 9223372036854775807 seconds of all \
                        viewers together";
const SERIAL_DAY: &str = "is no time, but may be a day of a spreadsheet: give its cells a format of dates (such as yyyy-mm-dd hh:mm:ss), and \
                          save or export again";

/// So many cells.
fn cells(count: usize) -> String {
    if count == 1 { "1 cell".to_owned() } else { format!("{count} cells") }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cells { found, expected, bytes } => {
                write!(f, "the row has {} and {bytes} bytes, the header {}", cells(*found), cells(*expected))
            }
            Self::Quoting { bytes } => {
                write!(
                    f,
                    "a quoted cell does not close, or text follows its closing quote (row of {bytes} bytes); a quote inside of a cell is \
                     written twice"
                )
            }
            Self::CutOff { bytes } => {
                write!(f, "the file ends within a character of this row ({bytes} bytes); export it again")
            }
            Self::OtherHeader => write!(f, "the row is a header with its columns in another order"),
            Self::Blank => write!(f, "is blank"),
            Self::TooLong => write!(f, "is longer than 65535 bytes"),
            Self::MangledId => write!(
                f,
                "is an id in scientific notation: a spreadsheet has rounded it and distinct persons have become one; \
                 export again as text, or --allow-mangled-ids"
            ),
            Self::CellError => {
                write!(f, "is an error of a spreadsheet, not a value; mend its formula and export again")
            }
            Self::NotComputed => f.write_str(NOT_COMPUTED),
            Self::NotMoney => write!(f, "is no amount of money, such as 1299.90"),
            Self::Decimals => write!(f, "has more than 2 decimals; it is not rounded"),
            Self::Negative => write!(f, "is negative"),
            Self::TooLarge => write!(f, "is above {}.00", LARGEST / 100),
            Self::TooMany => f.write_str(TOO_MANY),
            Self::NotTime => f.write_str(NOT_TIME),
            Self::SerialDay => f.write_str(SERIAL_DAY),
            Self::NoSuchTime => write!(f, "is a date or a time of day that does not exist"),
            Self::TimeOutOfRange => write!(f, "is out of the range of times, which ends at 9999-12-30"),
            Self::EnteredOutOfRange => f.write_str(ENTERED_OUT_OF_RANGE),
            Self::NotSeconds => write!(f, "is no number of seconds"),
            Self::EndsBeforeStart => write!(f, "is before entered_at"),
            Self::NotNumber => write!(f, "is no number of at least 0, such as 12,345 or 1.2万"),
            Self::NotWhole => write!(f, "is no whole number"),
            Self::Range => {
                write!(f, "is a range: the platform does not tell the number, and none is assumed")
            }
            Self::NotDuration => write!(f, "is no length of time, such as 133.5 (minutes) or 2小时13分"),
            Self::NotPercent => write!(f, "is no percentage from 0% to 100%, such as 12.3%"),
            Self::EndsBeforeStarted => write!(f, "is before started_at"),
        }
    }
}

impl From<MoneyError> for Reason {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::NotMoney => Self::NotMoney,
            MoneyError::TooManyDecimals => Self::Decimals,
            MoneyError::Negative => Self::Negative,
            MoneyError::TooLarge => Self::TooLarge,
        }
    }
}

impl From<NumberError> for Reason {
    fn from(error: NumberError) -> Self {
        match error {
            NumberError::NotNumber => Self::NotNumber,
            NumberError::NotWhole => Self::NotWhole,
            NumberError::Range => Self::Range,
            NumberError::Negative => Self::Negative,
            NumberError::TooLarge => Self::TooMany,
        }
    }
}

impl From<AmountError> for Reason {
    fn from(error: AmountError) -> Self {
        match error {
            AmountError::Money(error) => error.into(),
            AmountError::Range => Self::Range,
        }
    }
}

impl From<TimeError> for Reason {
    fn from(error: TimeError) -> Self {
        match error {
            TimeError::NotTime => Self::NotTime,
            TimeError::NoSuchTime => Self::NoSuchTime,
            TimeError::OutOfRange => Self::TimeOutOfRange,
        }
    }
}
