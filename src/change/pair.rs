//! Which two periods are compared.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::calendar::{DateRange, PeriodKind};
use crate::engine::leaves::LeafPeriod;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The last complete period against the one before.
    Last,
    /// The last complete period against the one 364 days (of days and weeks) or a year earlier.
    YearOnYear,
    /// The periods that hold these dates.
    Dates {
        /// A date of the one before.
        before: Date,
        /// A date of the one after.
        after: Date,
    },
    /// Two ranges of dates.
    Ranges {
        /// The one before.
        before: DateRange,
        /// The one after.
        after: DateRange,
    },
}

/// Two periods, by their places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The one before.
    pub before: u32,
    /// The one after.
    pub after: u32,
    /// Whether the changes between periods before it tell what is usual.
    pub has_yardstick: bool,
}

/// Why two periods cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// There are no sums at all.
    #[error("there is nothing to compare: no order and no session lies in any period")]
    Nothing,
    /// No period is complete.
    #[error(
        "no period is complete (they begin {first} to {last}); name two with --before DATE --after DATE, or declare with --covers A..B that the data is whole"
    )]
    NoneComplete {
        /// The first period.
        first: Date,
        /// The last period.
        last: Date,
    },
    /// There is nothing before.
    #[error(
        "the last complete period begins {after}, and there is none before it; give more data, or name two periods with --before DATE --after DATE"
    )]
    NothingBefore {
        /// The first date of the period after.
        after: Date,
    },
    /// No period holds a date.
    #[error("{option} {date}: no period of the data holds this date; the periods begin {first} to {last}")]
    NoPeriod {
        /// The option.
        option: &'static str,
        /// Its date.
        date: Date,
        /// The first period.
        first: Date,
        /// The last period.
        last: Date,
    },
    /// Both are the same.
    #[error("--before and --after lie in the same period, which begins {first}")]
    Same {
        /// Its first date.
        first: Date,
    },
    /// The kind of the periods must be known.
    #[error("--yoy needs to know the kind of the periods; add --period")]
    NoKind,
}

impl Pair {
    /// The two periods that were asked for.
    ///
    /// # Errors
    /// When they are not there.
    pub fn find(periods: &[LeafPeriod], kind: Option<PeriodKind>, asked: Asked) -> Result<Self, PairError> {
        let (Some(first), Some(last)) = (periods.first(), periods.last()) else {
            return Err(PairError::Nothing);
        };
        let (first, last) = (first.first, last.first);
        let holding = |option, date| {
            self::holding(periods, kind, date).ok_or(PairError::NoPeriod { option, date, first, last })
        };
        let last_complete = || {
            let complete = periods.iter().rposition(|period| period.partial != Some(true));
            complete.map(|at| at as u32).ok_or(PairError::NoneComplete { first, last })
        };
        let beginning = |date| periods.iter().position(|period| period.first == date).map(|at| at as u32);
        let (before, after) = match asked {
            Asked::Last => {
                let after = last_complete()?;
                let nothing = PairError::NothingBefore { after: periods[after as usize].first };
                (after.checked_sub(1).ok_or(nothing)?, after)
            }
            Asked::YearOnYear => {
                let after = last_complete()?;
                let kind = kind.ok_or(PairError::NoKind)?;
                let date = periods[after as usize].first;
                let back = match kind {
                    PeriodKind::Day | PeriodKind::Week => 364.days(),
                    _ => 1.year(),
                };
                (holding("--yoy", date.saturating_sub(back))?, after)
            }
            Asked::Dates { before, after } => (holding("--before", before)?, holding("--after", after)?),
            Asked::Ranges { before, after } => {
                let range =
                    |option, date| beginning(date).ok_or(PairError::NoPeriod { option, date, first, last });
                (range("--before", before.first)?, range("--after", after.first)?)
            }
        };
        if before == after {
            return Err(PairError::Same { first: periods[after as usize].first });
        }
        let has_yardstick = matches!(asked, Asked::Last | Asked::Dates { .. });
        Ok(Self { before, after, has_yardstick })
    }

    /// Before (0) or after (1), if a period is one of them.
    #[must_use]
    #[inline]
    pub fn side(self, period: u32) -> Option<usize> {
        if period == self.before {
            Some(0)
        } else if period == self.after {
            Some(1)
        } else {
            None
        }
    }

    /// The changes from one period to the next, of complete ones, up to the first of the two.
    #[must_use]
    pub fn preceding(self, periods: &[LeafPeriod]) -> Vec<(u32, u32)> {
        let end = self.before.min(self.after) as usize;
        let complete = |at: usize| periods.get(at).is_some_and(|period| period.partial != Some(true));
        let pairs = (1..=end).filter(|&at| complete(at - 1) && complete(at));
        pairs.map(|at| (at as u32 - 1, at as u32)).collect()
    }
}

/// The period that holds a date: the last one that begins no later, if it reaches so far.
#[must_use]
pub fn holding(periods: &[LeafPeriod], kind: Option<PeriodKind>, date: Date) -> Option<u32> {
    let at = periods.partition_point(|period| period.first <= date).checked_sub(1)?;
    let first = periods[at].first;
    let reaches = match kind {
        None => first == date || at + 1 < periods.len(),
        Some(PeriodKind::All) => true,
        Some(kind) => first.checked_add(kind.span()).is_ok_and(|next| date < next),
    };
    reaches.then_some(at as u32)
}
