//! What was asked of journeys, and what their exports can tell, for those who follow buyers over time.

use jiff::civil::Date;

use super::Journeys;
use crate::calendar::{Calendar, DateRange, PeriodKind, Periods};
use crate::engine::EngineError;
use crate::engine::grouping::GroupColumn;
use crate::journey::rules::Basis;
use crate::memory::PerPeriod;
use crate::units::Instant;

impl Journeys<'_> {
    /// Whether there is room for a table.
    ///
    /// # Errors
    /// When there is none.
    pub fn check_room(&self, table: PerPeriod) -> Result<(), EngineError> {
        Ok(self.settings.read.memory.check_room(table)?)
    }

    /// The dates from the first order that was given, whatever counts, to the last day that is known of: what `--to` and `--covers` say, or
    /// the last order; `None` without orders.
    ///
    /// # Errors
    /// When they lie outside of the nameable years.
    pub fn order_dates(&self) -> Result<Option<DateRange>, EngineError> {
        let reach = super::reach(self.inputs, self.distinct.paid, &self.settings.calendar)?;
        Ok(reach.order_dates(&self.settings.reported()))
    }

    /// The days that each input has rows of, from the first to the last, whatever counts and whatever is asked for: of orders, and of sessions.
    /// `None` without any rows, or without the input.
    ///
    /// # Errors
    /// When they lie outside of the nameable years.
    pub fn input_dates(&self) -> Result<[(&'static str, Option<DateRange>); 2], EngineError> {
        let sessions = self.inputs.sessions.as_ref().and_then(|sessions| sessions.tally.entered());
        let dates = |span: Option<(Instant, Instant)>| {
            span.map(|(first, last)| self.settings.calendar.dates_of(first, last)).transpose()
        };
        Ok([("orders", dates(self.distinct.paid)?), ("sessions", dates(sessions)?)])
    }

    /// Whether sessions were given.
    #[must_use]
    pub fn has_sessions(&self) -> bool {
        self.inputs.sessions.is_some()
    }

    /// Whether orders count with what refunds left of them.
    #[must_use]
    pub fn is_net(&self) -> bool {
        self.settings.basis == Basis::Net
    }

    /// Whether refunds are told apart, and known of each group: of orders of which nothing is left it is not known what their buyers were as
    /// viewers.
    #[must_use]
    pub fn tells_refunds(&self) -> bool {
        self.settings.follows_buyers && self.inputs.has_refunds() && !(self.is_split() && self.is_net())
    }

    /// Whether groups are split by what viewers are, which changes from period to period.
    #[must_use]
    pub fn is_split(&self) -> bool {
        self.settings.grouping.columns.iter().any(GroupColumn::is_viewer_side)
    }

    /// Whether any sessions say where their viewers came from.
    #[must_use]
    pub fn has_domains(&self) -> bool {
        self.inputs.has_sources()
    }

    /// The first date that is reported of a period that begins at a date.
    #[must_use]
    pub fn first_of(&self, period: Date) -> Date {
        self.settings.range.0.map_or(period, |from| from.max(period))
    }

    /// The dates of the period after a date; `None` where there is one period alone.
    #[must_use]
    pub fn period_after(&self, last: Date) -> Option<DateRange> {
        if self.settings.period == PeriodKind::All {
            return None;
        }
        let first = last.tomorrow().ok()?;
        let last = first.checked_add(self.settings.period.span()).and_then(Date::yesterday).ok()?;
        Some(DateRange { first, last })
    }

    /// How many threads the run may use.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.settings.read.threads.get()
    }

    /// The calendar of the run.
    #[must_use]
    pub fn calendar(&self) -> &Calendar {
        &self.settings.calendar
    }

    /// The periods of the run.
    #[must_use]
    pub fn periods(&self) -> &Periods {
        &self.periods
    }
}
