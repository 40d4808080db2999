//! The cells of a facts file: what each kind of value may look like, and what is said of one that does not.

use jiff::civil::Date;

use crate::input::error::InputError;
use crate::input::parse::money::{self, MoneyError};
use crate::input::table::SmallTable;
use crate::units::Seconds;

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
        value.ok_or_else(|| self.error(column.unwrap_or_default(), "is blank"))
    }

    pub fn count(&self, column: Option<usize>) -> Result<Option<i64>, InputError> {
        let count = |text: &str| text.replace(',', "").parse().ok().filter(|count: &i64| *count >= 0);
        self.parse(column, "is no whole number of at least 0", count)
    }

    /// Money of sums, which may be larger than that of one order.
    pub fn money(&self, column: Option<usize>) -> Result<Option<i128>, InputError> {
        let Some((column, text)) = column.zip(self.text(column)) else { return Ok(None) };
        match money::parse_sum(text) {
            Ok(money) => Ok(money),
            Err(MoneyError::TooManyDecimals) => Err(self.error(column, "has more than 2 decimals")),
            Err(_) => Err(self.error(column, "is no amount of at least 0, such as 1299.90")),
        }
    }

    /// Hours in seconds, to the nearest: a saved result holds them exactly.
    pub fn hours(&self, column: Option<usize>) -> Result<Option<i128>, InputError> {
        let seconds = |text: &str| {
            let hours: f64 = text.replace(',', "").parse().ok()?;
            let seconds = hours * Seconds::PER_HOUR as f64;
            (0.0..9e15).contains(&seconds).then(|| seconds.round() as i128)
        };
        self.parse(column, "is no number of hours", seconds)
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
        let date = self.parse(Some(column), "is no date, such as 2026-03-02", |text| text.parse().ok())?;
        self.required(Some(column), date)
    }
}
