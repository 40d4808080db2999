//! Text of a statement: made of the words of this module, numbers, and names and values that are quoted. Nothing that a user typed becomes a
//! part of it in any other way.

use std::fmt;

use jiff::civil::Date;

/// A part of a statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sql(String);

/// What may be put into a part of a statement: other parts, whole numbers, dates, and texts of the program itself.
pub trait Piece {
    /// Its text.
    fn piece(&self) -> String;
}

impl Piece for Sql {
    fn piece(&self) -> String {
        self.0.clone()
    }
}

impl Piece for &'static str {
    fn piece(&self) -> String {
        (*self).to_owned()
    }
}

impl Piece for i64 {
    fn piece(&self) -> String {
        self.to_string()
    }
}

impl Piece for usize {
    fn piece(&self) -> String {
        self.to_string()
    }
}

impl Piece for Date {
    fn piece(&self) -> String {
        format!("DATE '{self}'")
    }
}

impl<T: Piece> Piece for &T {
    fn piece(&self) -> String {
        (*self).piece()
    }
}

/// A part of a statement from a template and what stands in its `{}`: see [`Piece`].
macro_rules! sql {
    ($template:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::engine::sql::text::Sql::of_template(format!($template $(, $name = $crate::engine::sql::text::Piece::piece(&$value))*))
    };
}
pub(super) use sql;

/// The selection of values under names from a table or a step.
#[must_use]
pub fn select(items: Vec<(Sql, Sql)>, from: &Sql) -> Sql {
    let item = |(value, name): (Sql, Sql)| {
        if value == name { value } else { sql!("{value} AS {name}", value = value, name = name) }
    };
    let items = Sql::join(items.into_iter().map(item), ",\n  ");
    sql!("SELECT\n  {items}\nFROM {from}", items = items, from = from)
}

impl Sql {
    /// For [`sql!`] alone, and for what is quoted already.
    pub(super) fn of_template(text: String) -> Self {
        Self(text)
    }

    /// A name in quotation marks, each of which in it stands twice.
    pub(super) fn quoted(name: &str, mark: char) -> Self {
        let twice: String = [mark, mark].iter().collect();
        Self(format!("{mark}{}{mark}", name.replace(mark, &twice)))
    }

    /// All parts, with the same text between them.
    pub fn join(parts: impl IntoIterator<Item = Self>, between: &'static str) -> Self {
        let texts: Vec<String> = parts.into_iter().map(|part| part.0).collect();
        Self(texts.join(between))
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value under a name.
    #[must_use]
    pub fn named(&self, name: &'static str) -> Self {
        Self(format!("{} AS {name}", self.0))
    }

    /// With every line but the first moved in by so many spaces.
    #[must_use]
    pub fn indented(&self, spaces: usize) -> Self {
        Self(self.0.replace('\n', &format!("\n{}", " ".repeat(spaces))))
    }
}

impl fmt::Display for Sql {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The named steps of a statement, each with what it is for.
#[derive(Debug, Default)]
pub struct Steps(Vec<(&'static str, &'static str, Sql)>);

impl Steps {
    /// Adds a step; it may use those before it.
    pub fn add(&mut self, name: &'static str, about: &'static str, body: Sql) {
        self.0.push((name, about, body));
    }

    /// The statement of all steps and a last one.
    #[must_use]
    pub fn statement(&self, last: &Sql) -> Sql {
        let step = |(name, about, body): &(&str, &str, Sql)| {
            let about: Vec<String> = about.lines().map(|line| format!("-- {line}")).collect();
            format!("{}\n{name} AS (\n  {}\n)", about.join("\n"), body.indented(2))
        };
        let steps: Vec<String> = self.0.iter().map(step).collect();
        Sql(format!("WITH\n{}\n{last}", steps.join(",\n\n")))
    }
}
