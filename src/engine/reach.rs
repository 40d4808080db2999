//! The dates that inputs reach, and the periods that follow from them.

use jiff::civil::Date;

use super::leaves::LeafPeriod;
use crate::calendar::{Calendar, DateOutOfRange, DateRange, PeriodKind, Periods};

/// The dates of the rows of each input, whatever counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    /// Of orders, from the first to the last that was paid; `None` without any.
    pub orders: Option<DateRange>,
    /// Of sessions; `None` where none were given.
    pub sessions: Option<Option<SessionReach>>,
}

/// The dates of sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionReach {
    /// From the first to the last that was entered.
    pub entered: DateRange,
    /// The last date on which any is still watched.
    pub until: Date,
}

/// What is reported of them.
#[derive(Debug, Clone, Copy)]
pub struct Reported<'a> {
    /// The kind of the periods.
    pub period: PeriodKind,
    /// The shop's clock.
    pub calendar: &'a Calendar,
    /// `--from` and `--to`.
    pub range: (Option<Date>, Option<Date>),
    /// Two ranges of dates in place of periods, the earlier first.
    pub ranges: Option<(DateRange, DateRange)>,
    /// `--covers`.
    pub covers: Option<DateRange>,
}

impl Reported<'_> {
    /// The periods, for those who compare them: what is declared to be covered has such, also where nothing happened.
    #[must_use]
    pub fn leaf_periods(&self, periods: &Periods) -> Vec<LeafPeriod> {
        let all = periods.all().iter();
        let mut all: Vec<LeafPeriod> =
            all.map(|one| LeafPeriod { first: one.first, partial: Some(one.partial) }).collect();
        let is_open = self.ranges.is_none() && self.range.1.is_none() && self.period != PeriodKind::All;
        while let (Some(covers), Some(last), true) = (self.covers, all.last(), is_open)
            && let Ok(first) = last.first.checked_add(self.period.span())
            && first <= covers.last
        {
            let whole = first.checked_add(self.period.span()).and_then(Date::yesterday);
            all.push(LeafPeriod { first, partial: Some(!whole.is_ok_and(|last| last <= covers.last)) });
        }
        all
    }
}

impl Reach {
    /// The inputs that were given, with the dates from the first to the last row of each; `None` without any.
    pub fn inputs(&self) -> impl Iterator<Item = (&'static str, Option<DateRange>)> {
        let entered = |sessions: Option<SessionReach>| sessions.map(|sessions| sessions.entered);
        let sessions = self.sessions.map(|sessions| ("sessions", entered(sessions)));
        std::iter::once(("orders", self.orders)).chain(sessions)
    }

    /// The periods that the inputs, or `--from` and `--to`, span.
    ///
    /// # Errors
    /// When one of them begins or ends outside of the nameable years.
    pub fn periods(&self, reported: &Reported<'_>) -> Result<Periods, DateOutOfRange> {
        let Reported { calendar, range: (from, to), .. } = *reported;
        let sessions = self.sessions.flatten();
        let entered = sessions.map(|sessions| sessions.entered);
        let data = match (self.orders, entered) {
            (Some(orders), Some(entered)) => Some(orders.span(entered)),
            (orders, entered) => orders.or(entered),
        };
        let first = from.or(data.map(|data| data.first));
        let last = to.or(data.map(|data| data.last));
        let (Some(first), Some(last)) = (first, last) else { return Ok(Periods::default()) };
        let covered = match (reported.covers, self.sessions) {
            (Some(covers), _) => Some(covers),
            (None, None) => self.orders,
            (None, Some(_)) => {
                self.orders.zip(entered).and_then(|(orders, entered)| orders.intersect(entered))
            }
        };
        // Without --from or --to nothing is left out on that side.
        let asked = DateRange { first: from.unwrap_or(Date::MIN), last: to.unwrap_or(Date::MAX) };
        let covered = covered.and_then(|covered| covered.intersect(asked));
        if let Some((earlier, later)) = reported.ranges {
            return Periods::of_ranges(calendar, earlier, later, covered);
        }
        let until = sessions.filter(|_| to.is_none()).map_or(last, |sessions| sessions.until.max(last));
        Periods::new(calendar, reported.period, DateRange { first, last }, until, covered)
    }

    /// The dates from the first order that was given, whatever counts, to the last day that is known of: what `--to` and `--covers` say, or
    /// the last order; `None` without orders.
    #[must_use]
    pub fn order_dates(&self, reported: &Reported<'_>) -> Option<DateRange> {
        let DateRange { first, last } = self.orders?;
        let last = reported.covers.map_or(last, |covers| covers.last.max(first));
        let last = reported.range.1.map_or(last, |to| to.min(last)).max(first);
        Some(DateRange { first, last })
    }
}
