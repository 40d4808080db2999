//! The neutral model of a result: typed columns with their units, which every renderer reads and none changes.

use std::sync::Arc;

use jiff::civil::Date;

/// The language of headings and notes in documents for people; machine formats never use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
}

/// One text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// The English text.
    pub en: String,
    /// The Chinese text.
    pub zh: String,
}

impl Phrase {
    /// A phrase from its two texts.
    #[must_use]
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }

    /// The text in one language.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Chinese => &self.zh,
        }
    }
}

/// The values of one column; `None` is null: empty in CSV, `null` in JSON, `–` in tables.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Ids, names and the values of attributes: untrusted text from the exports.
    Text(Vec<Option<Arc<str>>>),
    /// Calendar dates.
    Date(Vec<Option<Date>>),
    /// Whole numbers of persons or orders.
    Count(Vec<Option<i64>>),
    /// Money in minor units (1/100), exact.
    Money(Vec<Option<i128>>),
    /// Any other whole number, such as a second moment.
    Wide(Vec<Option<i128>>),
    /// Ratios and hours; never NaN or infinite.
    Real(Vec<Option<f64>>),
    /// Yes or no.
    Flag(Vec<Option<bool>>),
}

impl Values {
    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(v) => v.len(),
            Self::Date(v) => v.len(),
            Self::Count(v) => v.len(),
            Self::Money(v) | Self::Wide(v) => v.len(),
            Self::Real(v) => v.len(),
            Self::Flag(v) => v.len(),
        }
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The currency sign in documents for people: the one that was given, else the profile's, else that of the platforms that `gmv` knows.
#[must_use]
pub fn currency_sign(given: Option<&str>, of_profile: Option<String>) -> String {
    given.map(str::to_owned).or(of_profile).unwrap_or_else(|| "¥".to_owned())
}

/// How a person reads a column's numbers. Machine formats ignore it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// As it is.
    Plain,
    /// Money in currency, or a ratio that is money (average order value).
    Currency,
    /// Hours of watch time: `1,234.5 h`.
    Hours,
    /// Hours per viewer, shown in minutes: `12.3 min`.
    HoursPerViewer,
    /// A number per hour: `1.8 /h`.
    PerHour,
    /// A part of a whole, shown in hundredths: `13.0 %`.
    Share,
    /// Yes or no, both of them said; elsewhere a no is left blank.
    Answer,
}

/// One column of a result.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// The name in machine formats; fixed by the command-line contract.
    pub name: String,
    /// The heading in documents for people.
    pub heading: Phrase,
    /// How a person reads it.
    pub unit: Unit,
    /// What a narrow terminal hides first: the larger, the sooner; 0 is never hidden.
    pub rank: u8,
    /// The values, one for each row.
    pub values: Values,
}

/// A result, ready for any renderer: all columns have the same number of rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Document {
    /// The columns in their order.
    pub columns: Vec<Column>,
    /// The total line for documents for people: columns of one row, in the order of `columns`; machine formats leave it out.
    pub total: Option<Vec<Values>>,
    /// What a person must know to read the numbers (how the total counts UV, what does not add up).
    pub notes: Vec<Phrase>,
    /// Options and definitions, written where a format has a place for them (Parquet key-value metadata).
    pub metadata: Vec<(String, String)>,
    /// The currency sign in documents for people, such as `¥`.
    pub currency: String,
    /// Whether rows name persons, so that a file of them is its owner's alone.
    pub names_persons: bool,
}

impl Document {
    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }
}
