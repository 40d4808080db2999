//! The cells of a facts file: what each kind of value may look like, and what is said of one that does not.

use jiff::civil::Date;

use crate::input::error::InputError;
use crate::input::parse::money::{self, MoneyError};
use crate::input::table::SmallTable;
use crate::units::Seconds;

/// What is said of a count beyond 64 bits.
const TOO_MANY: &str = "is above 9223372036854775807";

/// The cells of one row.
pub struct Cells<'a> {
    pub table: &'a SmallTable,
    pub line: u64,
    pub texts: &'a [String],
}

impl Cells<'_> {
    pub fn error(&self, column: usize, message: &str) -> InputError {
        let name = &self.table.header.names[column];
        self.table.error(self.line, column, format!("{name} {:?} {message}", self.texts[column]))
    }

    pub fn text(&self, column: Option<usize>) -> Option<&str> {
        column.map(|at| self.texts[at].as_str()).filter(|text| !text.is_empty())
    }

    /// The value of a cell; `None` where it is blank, or the file has no such column.
    pub fn parse<T>(
        &self,
        column: Option<usize>,
        wrong: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, InputError> {
        let Some((column, text)) = column.zip(self.text(column)) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| self.error(column, wrong))
    }

    pub fn required<T>(&self, column: Option<usize>, value: Option<T>) -> Result<T, InputError> {
        value.ok_or_else(|| {
            let column = column.unwrap_or_default();
            self.table.error(self.line, column, format!("{} is blank", self.table.header.names[column]))
        })
    }

    pub fn count(&self, column: Option<usize>) -> Result<Option<i64>, InputError> {
        let count = |text: &str| text.replace(',', "").parse().ok().filter(|count: &i64| *count >= 0);
        let Some(text) = self.text(column) else { return Ok(None) };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
        let wrong = if digits(text) { TOO_MANY } else { "is no whole number of at least 0" };
        self.parse(column, wrong, count)
    }

    /// Money of sums, which may be larger than that of one order.
    pub fn money(&self, column: Option<usize>) -> Result<Option<i128>, InputError> {
        let Some((column, text)) = column.zip(self.text(column)) else { return Ok(None) };
        match money::parse_sum(text) {
            Ok(money) => Ok(money),
            Err(MoneyError::TooLarge) => Err(self.error(column, &format!("is above {}", money::LARGEST_SUM))),
            Err(MoneyError::TooManyDecimals) => Err(self.error(column, "has more than 2 decimals")),
            Err(_) => Err(self.error(column, "is no amount of at least 0, such as 1299.90")),
        }
    }

    /// Hours in seconds, to the nearest: a saved result holds them exactly.
    pub fn hours(&self, column: Option<usize>) -> Result<Option<i128>, InputError> {
        const MOST: f64 = 9e15;
        let seconds = |text: &str| {
            let hours: f64 = text.replace(',', "").parse().ok()?;
            Some(hours * Seconds::PER_HOUR as f64).filter(|seconds| seconds.is_finite())
        };
        let too_many = self.text(column).and_then(seconds).is_some_and(|seconds| seconds >= MOST);
        let wrong = if too_many { "is above 2499999999999" } else { "is no number of hours" };
        let within = |seconds: &f64| (0.0..MOST).contains(seconds);
        self.parse(column, wrong, |text| Some(seconds(text).filter(within)?.round() as i128))
    }

    /// A share of viewers in millionths of a viewer, to the nearest: a saved result holds it exactly.
    pub fn old_fans(&self, share: Option<usize>, viewers: Option<i64>) -> Result<Option<i128>, InputError> {
        let number = |text: &str| text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
        let share = self.parse(share, "is no share from 0 to 1", number)?;
        Ok(share.zip(viewers).map(|(share, viewers)| (share * viewers as f64 * 1e6).round() as i128))
    }

    /// Refuses a derived sum that contradicts the sums that it follows from.
    pub fn check_derived(&self, name: &str, sum: Option<i128>) -> Result<(), InputError> {
        let column = self.table.column(name);
        let given =
            if name == "gmv_total" { self.money(column)? } else { self.count(column)?.map(i128::from) };
        match (column, given, sum) {
            (Some(column), Some(given), Some(sum)) if given != sum => {
                Err(self.error(column, "does not follow from the other sums of the row"))
            }
            _ => Ok(()),
        }
    }

    pub fn flag(&self, column: Option<usize>) -> Result<Option<bool>, InputError> {
        self.parse(column, "is neither true nor false", |text| text.parse().ok())
    }

    pub fn date(&self, column: usize) -> Result<Date, InputError> {
        let date = self.parse(Some(column), "is no date, such as 2026-03-02", |text| {
            text.parse().ok().filter(|date: &Date| date.year() > 0)
        })?;
        self.required(Some(column), date)
    }
}
