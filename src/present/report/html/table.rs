//! Tables of the page: headings, lines, and cells that carry what a machine reads beside what a person reads.

use askama::Template;

use super::super::cells::{Field, Source, Value};
use super::super::words::Words;
use crate::present::text::{NULL, shown};

impl Field<'_> {
    /// Its heading for people.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { column: self.name().to_owned(), table: "", text: self.heading(), number: self.is_number() }
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
        let is_flag = matches!(value.machine.as_deref(), Some("true" | "false"));
        let class = if self.signed {
            value.tone()
        } else if is_flag {
            "t"
        } else {
            ""
        };
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
    let text = |name| source.raw(name, row).map(|text| shown(text).into_owned());
    let (name, id) = (text("streamer_name"), text("streamer_id"));
    match name {
        Some(name) => Cell::Name { name, id },
        None => Cell::Name { name: id.unwrap_or_else(|| NULL.to_owned()), id: None },
    }
}
