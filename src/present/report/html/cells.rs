//! Tables of the page: cells that carry what a machine reads beside what a person reads.

use askama::Template;
use jiff::civil::Date;

use super::super::Report;
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

    /// The names of its columns.
    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.document.columns.iter().map(|column| column.name.as_str())
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

    /// Its heading for people.
    #[must_use]
    pub fn head(&self) -> Head {
        let number = !matches!(self.column.values, Values::Text(_) | Values::Date(_) | Values::Flag(_));
        let text = sanitize(self.column.heading.get(self.words.language)).into_owned();
        Head { column: self.column.name.clone(), table: "", text, number }
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

/// A heading of a column.
#[derive(Debug, Clone)]
pub struct Head {
    /// The column's name in machine formats; empty where it has none.
    pub column: String,
    /// The table of the report that it is of; empty where that is the table in which it stands.
    pub table: &'static str,
    /// What a person reads.
    pub text: String,
    /// Whether numbers stand below it.
    pub number: bool,
}

impl Head {
    /// A heading of the page's own.
    #[must_use]
    pub fn new(text: impl Into<String>, number: bool) -> Self {
        Self { column: String::new(), table: "", text: text.into(), number }
    }
}

/// A cell.
#[derive(Debug, Clone)]
pub enum Cell {
    /// A name with the id behind it.
    Name {
        /// The name, or the id where there is none.
        name: String,
        /// The id, where there is a name too.
        id: Option<String>,
    },
    /// Text.
    Text(String),
    /// A word that names a state, with its class.
    Mark(Value, &'static str),
    /// A value of another table, which the heading names.
    Joined(Value, usize),
    /// A value, its interval, and the row that it is of where that is not the line's.
    Number {
        /// The value.
        value: Value,
        /// From where to where it lies.
        range: Option<(Value, Value)>,
        /// A class.
        class: &'static str,
        /// The row of its table.
        row: Option<usize>,
    },
}

impl Cell {
    /// A value alone.
    #[must_use]
    pub fn number(value: Value) -> Self {
        Self::Number { value, range: None, class: "", row: None }
    }
}

/// A line of a table.
#[derive(Debug, Clone)]
pub struct Line {
    /// The row of its table, counted from 0; `None` where its cells are of several.
    pub row: Option<usize>,
    /// A class.
    pub class: &'static str,
    /// The cells, the first of which names the line.
    pub cells: Vec<Cell>,
}

/// A table of the page.
#[derive(Template)]
#[template(path = "report/table.html")]
pub struct TableView {
    /// The table of the report; empty where it is none of those.
    pub table: &'static str,
    /// What it shows.
    pub caption: String,
    /// The headings.
    pub heads: Vec<Head>,
    /// The lines.
    pub lines: Vec<Line>,
    /// Whether its lines can be sorted and filtered.
    pub sortable: bool,
    /// A class.
    pub class: &'static str,
    /// What stands between the ends of an interval.
    pub to: &'static str,
    /// What is said to those who sort.
    pub sort: &'static str,
}

impl TableView {
    /// A table without lines.
    #[must_use]
    pub fn new(table: &'static str, caption: impl Into<String>, words: Words) -> Self {
        Self {
            table,
            caption: caption.into(),
            heads: Vec::new(),
            lines: Vec::new(),
            sortable: false,
            class: "",
            to: words.say("to", "至"),
            sort: words.say("sort by", "排序："),
        }
    }
}

/// What a column of a table shows.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// The column's name.
    pub name: &'static str,
    /// Whether it is a change, with a sign and a colour.
    pub signed: bool,
    /// Whether its interval stands with it.
    pub ranged: bool,
}

/// A column as it is.
#[must_use]
pub const fn plain(name: &'static str) -> Spec {
    Spec { name, signed: false, ranged: false }
}

/// A column of changes.
#[must_use]
pub const fn change(name: &'static str) -> Spec {
    Spec { name, signed: true, ranged: false }
}

impl Spec {
    /// With its interval.
    #[must_use]
    pub const fn ranged(self) -> Self {
        Self { ranged: true, ..self }
    }

    /// The cell of a row.
    #[must_use]
    pub fn cell(self, source: &Source<'_>, row: usize) -> Cell {
        let value = source.value(self.name, row);
        let value = if self.signed { value.signed() } else { value };
        let class = if self.signed { value.tone() } else { "" };
        let range = if self.ranged { range(source, self.name, row, self.signed) } else { None };
        Cell::Number { value, range, class, row: None }
    }
}

/// The interval of a column; `None` where it is not known.
#[must_use]
pub fn range(source: &Source<'_>, name: &str, row: usize, signed: bool) -> Option<(Value, Value)> {
    let end = |end: &str| {
        let value = source.value(&format!("{name}_{end}"), row);
        let value = if signed { value.signed() } else { value };
        value.machine.is_some().then_some(value)
    };
    Some((end("lo")?, end("hi")?))
}

/// Those columns that a table has and that tell something.
#[must_use]
pub fn present(source: &Source<'_>, specs: &[Spec]) -> Vec<Spec> {
    let is_there = |spec: &&Spec| source.field(spec.name).is_some_and(|field| !field.is_empty());
    specs.iter().filter(is_there).copied().collect()
}

/// The headings of columns.
#[must_use]
pub fn heads(source: &Source<'_>, specs: &[Spec]) -> Vec<Head> {
    specs.iter().filter_map(|spec| source.field(spec.name)).map(|field| field.head()).collect()
}

/// The name of a streamer's row, with its id.
#[must_use]
pub fn streamer(source: &Source<'_>, row: usize) -> Cell {
    let text = |name| source.raw(name, row).map(|text| sanitize(text).into_owned());
    let (name, id) = (text("streamer_name"), text("streamer_id"));
    match name {
        Some(name) => Cell::Name { name, id },
        None => Cell::Name { name: id.unwrap_or_else(|| NULL.to_owned()), id: None },
    }
}
