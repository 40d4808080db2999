//! Words of options that name one of a few choices, and what they mean.

use clap::ValueEnum;
use jiff::civil::Weekday;

use crate::calendar::PeriodKind;
use crate::factor::Factor;
use crate::journey::rules::{Basis, DomainRule, UnknownStatus};

/// The kinds of periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PeriodWord {
    /// Business days
    Day,
    /// Weeks
    Week,
    /// Months
    Month,
    /// Quarters
    Quarter,
    /// Years
    Year,
    /// All in one
    All,
}

/// The first day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WeekStart {
    /// Monday
    Mon,
    /// Sunday
    Sun,
}

/// Which amount counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BasisWord {
    /// What was paid
    Paid,
    /// What was paid, less refunds
    Net,
}

/// The domain of a viewer who came from both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DomainWord {
    /// Private if any session was
    AnyPrivate,
    /// The session entered first
    First,
    /// More watch time
    Longest,
}

/// What happens to a status that no profile maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnknownWord {
    /// Fail and list them (the default)
    Refuse,
    /// Count them as paid
    Count,
    /// Skip and report them
    Skip,
}

/// How a change is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MethodWord {
    /// The log mean Divisia index, additive (Ang 2005): symmetric, and sums of leaves are exact
    Lmdi,
    /// The average over all orders in which the factors could be replaced
    Shapley,
    /// One factor replaced after the other (连环替代法), in the order of the formula or of --order
    Chain,
}

/// The factors, as they are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FactorWord {
    /// Unique viewers
    Uv,
    /// Watch time per viewer
    Watch,
    /// Buyers per watch hour
    Conversion,
    /// GMV per order
    Aov,
    /// Orders per buyer
    Repurchase,
}

impl From<FactorWord> for Factor {
    fn from(word: FactorWord) -> Self {
        match word {
            FactorWord::Uv => Self::UniqueViewers,
            FactorWord::Watch => Self::WatchTime,
            FactorWord::Conversion => Self::Conversion,
            FactorWord::Aov => Self::OrderValue,
            FactorWord::Repurchase => Self::Repurchase,
        }
    }
}

/// What a target lifts, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LiftWord {
    /// The least lifts, each row by itself
    Least,
    /// All five factors alike
    All,
    /// Unique viewers
    Uv,
    /// Watch time per viewer
    Watch,
    /// Buyers per watch hour
    Conversion,
    /// GMV per order
    Aov,
    /// Orders per buyer
    Repurchase,
}

impl LiftWord {
    /// The factor; `None` where it names none.
    pub fn factor(self) -> Option<Factor> {
        match self {
            Self::Least | Self::All => None,
            Self::Uv => Some(Factor::UniqueViewers),
            Self::Watch => Some(Factor::WatchTime),
            Self::Conversion => Some(Factor::Conversion),
            Self::Aov => Some(Factor::OrderValue),
            Self::Repurchase => Some(Factor::Repurchase),
        }
    }
}

/// What of the peers is to be reached, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PeerWord {
    /// Half of them are below it
    Median,
    /// Three quarters of them are below it
    P75,
}

impl PeerWord {
    /// The share of peers that are below it.
    pub fn quantile(self) -> f64 {
        match self {
            Self::Median => 0.5,
            Self::P75 => 0.75,
        }
    }
}

impl From<DomainWord> for DomainRule {
    fn from(word: DomainWord) -> Self {
        match word {
            DomainWord::AnyPrivate => Self::AnyPrivate,
            DomainWord::First => Self::First,
            DomainWord::Longest => Self::Longest,
        }
    }
}

impl From<UnknownWord> for UnknownStatus {
    fn from(word: UnknownWord) -> Self {
        match word {
            UnknownWord::Refuse => Self::Refuse,
            UnknownWord::Count => Self::Count,
            UnknownWord::Skip => Self::Skip,
        }
    }
}

impl From<PeriodWord> for PeriodKind {
    fn from(word: PeriodWord) -> Self {
        match word {
            PeriodWord::Day => Self::Day,
            PeriodWord::Week => Self::Week,
            PeriodWord::Month => Self::Month,
            PeriodWord::Quarter => Self::Quarter,
            PeriodWord::Year => Self::Year,
            PeriodWord::All => Self::All,
        }
    }
}

impl From<WeekStart> for Weekday {
    fn from(word: WeekStart) -> Self {
        match word {
            WeekStart::Mon => Self::Monday,
            WeekStart::Sun => Self::Sunday,
        }
    }
}

impl From<BasisWord> for Basis {
    fn from(word: BasisWord) -> Self {
        match word {
            BasisWord::Paid => Self::Paid,
            BasisWord::Net => Self::Net,
        }
    }
}

/// The name of a value, as it is typed.
pub fn name(word: &impl ValueEnum) -> String {
    word.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
