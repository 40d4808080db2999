//! What a shop wants to be told: conditions on the measures of a period, such as `gmv change < -10 % and significant`.
//!
//! [`Alert::parse`] reads the grammar of docs/alerts.md; [`Alert::judge`] asks [`Subjects`] for values and says whether the alert fired, is
//! quiet, or cannot be judged. What is not known makes a condition unknown, never true or false (Kleene's three-valued logic).

pub mod decimal;
mod error;
mod judge;
pub mod measure;
mod parse;
mod size;
mod subjects;
#[cfg(test)]
mod tests;
mod token;

use std::fmt;
use std::sync::Arc;

pub use decimal::Decimal;
pub use error::AlertError;
pub use judge::{Evidence, Hit, Judged, Outcome, Reason, Undecided, Unsure};
pub use measure::{Kind, Measure};
pub use subjects::{Missing, Streamer, Subjects, Sureness, Value, When};

type Result<T> = std::result::Result<T, AlertError>;

/// An alert, as it was typed and as it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// The text.
    pub text: String,
    /// What it looks at.
    pub scope: Scope,
    /// When it fires.
    pub condition: Condition,
}

/// What an alert looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All streamers together.
    Total,
    /// Each streamer by itself.
    Streamers,
    /// The streamer of an id.
    Streamer(Arc<str>),
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// A measure against a number.
    Compare(Comparison),
    /// How sure the change of a measure is.
    Sure(Certainty, Measure),
    /// The streamer is here, and was not before.
    Entered,
    /// The streamer was here before, and is not.
    Left,
    /// Days of the period have no rows.
    DataGap,
    /// The opposite.
    Not(Box<Condition>),
    /// All of these, two or more.
    All(Vec<Condition>),
    /// Any of these, two or more.
    Any(Vec<Condition>),
}

/// A measure against a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// What is measured.
    pub measure: Measure,
    /// Of which period.
    pub aspect: Aspect,
    /// How it is compared.
    pub relation: Relation,
    /// The number, as it was typed.
    pub number: Decimal,
    /// What the number counts.
    pub unit: Unit,
}

/// Which number of a measure is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// That of the period.
    Now,
    /// That of the period before.
    Before,
    /// The first less the second.
    Change,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The unit of the measure: money in currency, hours, persons, 1 for a whole.
    Own,
    /// Hundredths: of a whole for a share, of what was before for a change, of GMV before for an effect.
    Percent,
    /// Hundredths of a whole, for the change of a share.
    Points,
}

/// How a measure is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    Other,
}

/// How sure a change is, in the words of `gmv compare`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// More than chance between viewers would do.
    BeyondSampling,
    /// More than is usual from one period to the next.
    Unusual,
    /// Both.
    Significant,
}

impl Alert {
    /// The alert of a text.
    ///
    /// # Errors
    /// With the character at which it is none, and what to do.
    pub fn parse(text: &str) -> Result<Self> {
        parse::parse(text)
    }
}

impl Relation {
    /// Whether an order of two numbers is so.
    #[must_use]
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Equal => order.is_eq(),
            Self::Other => order.is_ne(),
        }
    }
}

impl Certainty {
    /// The word of the grammar.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::BeyondSampling => "beyond_sampling",
            Self::Unusual => "unusual",
            Self::Significant => "significant",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Total => f.write_str("total"),
            Self::Streamers => f.write_str("streamer"),
            Self::Streamer(id) => {
                f.write_str("streamer \"")?;
                for letter in id.chars() {
                    if token::is_quote(letter) || letter == '\\' {
                        f.write_str("\\")?;
                    }
                    write!(f, "{letter}")?;
                }
                f.write_str("\"")
            }
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
            Self::Equal => "==",
            Self::Other => "!=",
        })
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let aspect = match self.aspect {
            Aspect::Now => "",
            Aspect::Before => " before",
            Aspect::Change => " change",
        };
        let unit = match self.unit {
            Unit::Own => "",
            Unit::Percent => " %",
            Unit::Points => " pp",
        };
        write!(f, "{}{aspect} {} {}{unit}", self.measure.name(), self.relation, self.number)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let within = |f: &mut fmt::Formatter<'_>, one: &Self| match one {
            Self::All(_) | Self::Any(_) => write!(f, "({one})"),
            _ => write!(f, "{one}"),
        };
        let joined = |f: &mut fmt::Formatter<'_>, all: &[Self], word: &str| {
            for (at, one) in all.iter().enumerate() {
                f.write_str(if at == 0 { "" } else { word })?;
                within(f, one)?;
            }
            Ok(())
        };
        match self {
            Self::Compare(comparison) => write!(f, "{comparison}"),
            Self::Sure(certainty, measure) => write!(f, "{} of {}", certainty.name(), measure.name()),
            Self::Entered => f.write_str("entered"),
            Self::Left => f.write_str("left"),
            Self::DataGap => f.write_str("data gap"),
            Self::Not(one) => {
                f.write_str("not ")?;
                within(f, one)
            }
            Self::All(all) => joined(f, all, " and "),
            Self::Any(any) => joined(f, any, " or "),
        }
    }
}

impl Condition {
    /// Fails where it could not be read again once it is printed, since `and` beside `or` has parentheses there; `at` is its first character.
    fn check_depth(&self, at: usize) -> Result<()> {
        let most = parse::MOST_NESTED;
        if self.depth() <= most {
            return Ok(());
        }
        let advice = format!(
            "write at most {most} parentheses and nots within each other; and beside or counts as in parentheses"
        );
        Err(AlertError::new(at, "the condition is nested too deeply", advice))
    }

    /// The parentheses and `not` that are within each other where it is printed.
    fn depth(&self) -> usize {
        let within = |one: &Self| one.depth() + usize::from(matches!(one, Self::All(_) | Self::Any(_)));
        match self {
            Self::Not(one) => 1 + within(one),
            Self::All(all) | Self::Any(all) => all.iter().map(within).max().unwrap_or_default(),
            Self::Compare(_) | Self::Sure(..) | Self::Entered | Self::Left | Self::DataGap => 0,
        }
    }
}

/// The alert with every word that may be left out: it means the same when it is read again.
impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.scope, self.condition)
    }
}
