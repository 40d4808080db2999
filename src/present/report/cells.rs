//! What the tables of the report hold, read by the names of columns: each value as a machine and as a person reads it.

use jiff::civil::Date;

use super::Report;
use super::words::Words;
use crate::present::json::machine_value;
use crate::present::model::{Column, Document, Values};
use crate::present::text::{NULL, Style, sanitize};

/// A table of the report, ready to be read by column name.
pub struct Source<'a> {
    /// Its name.
    pub table: &'static str,
    document: &'a Document,
    style: Style<'a>,
    words: Words,
}

impl<'a> Source<'a> {
    /// The table of a name; `None` where the report has none, or it has no rows.
    #[must_use]
    pub fn of(report: &'a Report, table: &'static str) -> Option<Self> {
        let document = report.table(table)?;
        (document.rows() > 0).then(|| Self::new(table, document, report))
    }

    /// The table of a name in the words of the report's language, row by row the same; as it is where there are no such words.
    #[must_use]
    pub fn told(table: &'static str, told: Option<&'a Document>, report: &'a Report) -> Option<Self> {
        let source = Self::of(report, table)?;
        let told = told.filter(|told| told.rows() == source.rows());
        Some(told.map_or(source, |told| Self::new(table, told, report)))
    }

    /// A document under the name of a table.
    #[must_use]
    pub fn new(table: &'static str, document: &'a Document, report: &Report) -> Self {
        let words = Words { language: report.language };
        Self { table, document, style: Style::new(document, report.language), words }
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.document.rows()
    }

    /// What a person must know to read it.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let notes = self.document.notes.iter();
        notes.map(|note| sanitize(note.get(self.words.language)).into_owned()).collect()
    }

    /// A column by its name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<Field<'_>> {
        let column = self.document.columns.iter().find(|column| column.name == name)?;
        Some(Field { column, style: &self.style, words: self.words })
    }

    /// The value of a column; null where there is no such column.
    #[must_use]
    pub fn value(&self, name: &str, row: usize) -> Value {
        let missing = || Value { column: name.to_owned(), machine: None, text: NULL.to_owned(), sign: 0 };
        self.field(name).map_or_else(missing, |field| field.value(row))
    }

    /// A value with a sign also where it is gained.
    #[must_use]
    pub fn signed(&self, name: &str, row: usize) -> Value {
        self.value(name, row).signed()
    }

    /// A number; `None` where it is null or there is no such column.
    #[must_use]
    pub fn number(&self, name: &str, row: usize) -> Option<f64> {
        self.field(name)?.number(row)
    }

    /// A flag.
    #[must_use]
    pub fn flag(&self, name: &str, row: usize) -> Option<bool> {
        match &self.field(name)?.column.values {
            Values::Flag(values) => values.get(row).copied().flatten(),
            _ => None,
        }
    }

    /// A date.
    #[must_use]
    pub fn date(&self, name: &str, row: usize) -> Option<Date> {
        match &self.field(name)?.column.values {
            Values::Date(values) => values.get(row).copied().flatten(),
            _ => None,
        }
    }

    /// Text from the data as it is: not for showing.
    #[must_use]
    pub fn raw(&self, name: &str, row: usize) -> Option<&'a str> {
        let column = self.document.columns.iter().find(|column| column.name == name)?;
        match &column.values {
            Values::Text(values) => values.get(row)?.as_deref(),
            _ => None,
        }
    }

    /// The rows of a period.
    pub fn of_period(&self, period: Date) -> impl Iterator<Item = usize> {
        (0..self.rows()).filter(move |row| self.date("period", *row) == Some(period))
    }
}

/// One column of a table.
#[derive(Clone, Copy)]
pub struct Field<'a> {
    column: &'a Column,
    style: &'a Style<'a>,
    words: Words,
}

impl Field<'_> {
    /// The value of a row.
    #[must_use]
    pub fn value(&self, row: usize) -> Value {
        let text = self.style.cell(&self.column.values, row, self.column.unit);
        let sign = self.number(row).map_or(0, |number| i8::from(number > 0.0) - i8::from(number < 0.0));
        Value {
            column: self.column.name.clone(),
            machine: machine_value(&self.column.values, row).ok().flatten(),
            text: minus(text.unwrap_or_else(|| NULL.to_owned())),
            sign,
        }
    }

    /// The number of a row, money in whole units of currency.
    #[must_use]
    pub fn number(&self, row: usize) -> Option<f64> {
        match &self.column.values {
            Values::Count(values) => values.get(row)?.map(|value| value as f64),
            Values::Money(values) => values.get(row)?.map(|value| value as f64 / 100.0),
            Values::Wide(values) => values.get(row)?.map(|value| value as f64),
            Values::Real(values) => values.get(row).copied().flatten(),
            Values::Text(_) | Values::Date(_) | Values::Flag(_) => None,
        }
    }

    /// Whether it tells nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match &self.column.values {
            Values::Text(values) => values.iter().all(Option::is_none),
            Values::Date(values) => values.iter().all(Option::is_none),
            Values::Flag(values) => values.iter().all(Option::is_none),
            _ => (0..self.column.values.len()).all(|row| self.number(row).is_none()),
        }
    }

    /// The name of its column.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.column.name
    }

    /// Whether its values are numbers.
    #[must_use]
    pub fn is_number(&self) -> bool {
        !matches!(self.column.values, Values::Text(_) | Values::Date(_) | Values::Flag(_))
    }

    /// Its heading in the language of the report.
    #[must_use]
    pub fn heading(&self) -> String {
        sanitize(self.column.heading.get(self.words.language)).into_owned()
    }
}

/// A true minus sign, which is as wide as a plus.
fn minus(text: String) -> String {
    match text.strip_prefix('-') {
        Some(rest) if text.len() > 1 => format!("−{rest}"),
        _ => text,
    }
}

/// One value as a machine and as a person reads it.
#[derive(Debug, Clone)]
pub struct Value {
    /// The column that it is of.
    pub column: String,
    /// The value as JSON has it; `None` is null, or text.
    pub machine: Option<String>,
    /// The value with its unit.
    pub text: String,
    /// Whether it is above (1) or below (-1) zero.
    pub sign: i8,
}

impl Value {
    /// The same with a sign also where it is gained.
    #[must_use]
    pub fn signed(mut self) -> Self {
        if self.sign > 0 {
            self.text.insert(0, '+');
        }
        self
    }

    /// A ratio as a change in hundredths: `+12.3 %`.
    #[must_use]
    pub fn changed_by(mut self, ratio: Option<f64>) -> Self {
        if let Some(ratio) = ratio {
            let change = (ratio - 1.0) * 100.0;
            self.sign = i8::from(change > 0.0) - i8::from(change < 0.0);
            // A change of many times is clearer as one.
            let size = if change.abs() >= 1_000.0 {
                format!("×{ratio:.1}")
            } else {
                format!("{:.1} %", change.abs())
            };
            let sign = match self.sign {
                1 if change.abs() < 1_000.0 => "+",
                -1 => "−",
                _ => "",
            };
            self.text = format!("{sign}{size}");
        }
        self
    }

    /// The class of its colour; the sign is in the text as well.
    #[must_use]
    pub fn tone(&self) -> &'static str {
        match self.sign {
            1 => "up",
            -1 => "down",
            _ => "",
        }
    }
}
