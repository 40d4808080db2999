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

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn periods(all: &[(Date, Option<bool>)]) -> Vec<LeafPeriod> {
        all.iter().map(|&(first, partial)| LeafPeriod { first, partial }).collect()
    }

    /// Weeks from 2 March 2026.
    fn weeks(partial: &[Option<bool>]) -> Vec<LeafPeriod> {
        let first = |at: usize| date(2026, 3, 2).saturating_add((at as i64).weeks());
        periods(&partial.iter().enumerate().map(|(at, partial)| (first(at), *partial)).collect::<Vec<_>>())
    }

    const WHOLE: Option<bool> = Some(false);

    fn find(periods: &[LeafPeriod], asked: Asked) -> Result<(u32, u32, bool), String> {
        let found = Pair::find(periods, Some(PeriodKind::Week), asked);
        found.map(|pair| (pair.before, pair.after, pair.has_yardstick)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_last_complete_period_against_the_one_before() {
        let last = |partial: &[Option<bool>]| find(&weeks(partial), Asked::Last);
        assert_eq!(last(&[WHOLE, WHOLE, WHOLE, Some(true)]), Ok((1, 2, true)));
        assert_eq!(last(&[WHOLE, WHOLE, None]), Ok((1, 2, true)), "not known to be partial");
        assert!(last(&[]).unwrap_err().contains("nothing to compare"));
        assert!(last(&[Some(true); 2]).unwrap_err().contains("begin 2026-03-02 to 2026-03-09"));
        assert!(
            last(&[WHOLE, Some(true)]).unwrap_err().contains("begins 2026-03-02, and there is none before")
        );
    }

    #[test]
    fn a_year_earlier_is_52_weeks_or_a_year_of_the_calendar() {
        let weeks =
            periods(&[(date(2025, 3, 17), WHOLE), (date(2025, 3, 24), WHOLE), (date(2026, 3, 16), WHOLE)]);
        assert_eq!(find(&weeks, Asked::YearOnYear), Ok((0, 2, false)));
        let months =
            periods(&[(date(2024, 2, 1), WHOLE), (date(2024, 3, 1), WHOLE), (date(2025, 3, 1), WHOLE)]);
        let of = |kind| Pair::find(&months, kind, Asked::YearOnYear);
        assert_eq!(of(Some(PeriodKind::Month)).map(|pair| (pair.before, pair.after)).unwrap(), (1, 2));
        assert!(matches!(of(None), Err(PairError::NoKind)));
        assert!(matches!(of(Some(PeriodKind::Day)), Err(PairError::NoPeriod { option: "--yoy", .. })));
    }

    #[test]
    fn periods_that_hold_dates_or_begin_ranges() {
        let weeks = weeks(&[WHOLE; 3]);
        let dates = |before, after| find(&weeks, Asked::Dates { before, after });
        assert_eq!(dates(date(2026, 3, 2), date(2026, 3, 22)), Ok((0, 2, true)));
        assert_eq!(dates(date(2026, 3, 22), date(2026, 3, 8)), Ok((2, 0, true)));
        assert!(
            dates(date(2026, 3, 1), date(2026, 3, 8)).unwrap_err().contains("--before 2026-03-01: no period")
        );
        assert!(
            dates(date(2026, 3, 2), date(2026, 3, 23)).unwrap_err().contains("--after 2026-03-23: no period")
        );
        assert!(dates(date(2026, 3, 9), date(2026, 3, 15)).unwrap_err().contains("begins 2026-03-09"));
        let range = |day| DateRange { first: date(2026, 3, day), last: date(2026, 3, day + 3) };
        let ranges =
            |before, after| find(&weeks, Asked::Ranges { before: range(before), after: range(after) });
        assert_eq!(ranges(16, 9), Ok((2, 1, false)));
        assert!(ranges(3, 9).unwrap_err().contains("--before 2026-03-03"));
        assert!(ranges(2, 10).unwrap_err().contains("--after 2026-03-10"));
    }

    #[test]
    fn a_date_is_held_as_far_as_a_period_is_known_to_reach() {
        let weeks = weeks(&[WHOLE; 2]);
        let of = |kind, month, day| holding(&weeks, kind, date(2026, month, day));
        assert_eq!(
            [(3, 1), (3, 2), (3, 8), (3, 9)].map(|(m, d)| of(None, m, d)),
            [None, Some(0), Some(0), Some(1)]
        );
        assert_eq!(of(None, 3, 10), None, "nobody knows how far the last one reaches");
        assert_eq!([of(Some(PeriodKind::Week), 3, 15), of(Some(PeriodKind::Week), 3, 16)], [Some(1), None]);
        assert_eq!(of(Some(PeriodKind::All), 12, 31), Some(1));
    }

    #[test]
    fn sides_and_the_changes_before_them() {
        let pair = |before, after| Pair { before, after, has_yardstick: true };
        assert_eq!([0, 1, 2, 3].map(|period| pair(3, 1).side(period)), [None, Some(1), None, Some(0)]);
        let weeks = weeks(&[WHOLE, None, WHOLE, Some(true), WHOLE, WHOLE, WHOLE]);
        assert_eq!(pair(5, 6).preceding(&weeks), [(0, 1), (1, 2), (4, 5)]);
        assert_eq!(pair(6, 2).preceding(&weeks), [(0, 1), (1, 2)]);
        assert_eq!(pair(0, 6).preceding(&weeks), []);
    }
}
