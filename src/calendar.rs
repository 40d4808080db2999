//! Business days and reporting periods: where a day begins, which period an instant lies in, and which periods are whole.

use std::sync::LazyLock;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Span, Timestamp, ToSpan};

use crate::units::{Instant, Seconds};

/// The kind of a reporting period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeriodKind {
    /// One business day.
    Day,
    /// Seven business days from the first day of the week.
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
    /// The whole range as one period.
    All,
}

impl PeriodKind {
    /// The word for the kind on the command line and in metadata.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
            Self::All => "all",
        }
    }

    /// The length of one period, as a span of dates.
    #[must_use]
    pub fn span(self) -> Span {
        match self {
            Self::Day | Self::All => 1.day(),
            Self::Week => 7.days(),
            Self::Month => 1.month(),
            Self::Quarter => 3.months(),
            Self::Year => 1.year(),
        }
    }
}

/// An inclusive range of business dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateRange {
    /// The first date.
    pub first: Date,
    /// The last date, part of the range.
    pub last: Date,
}

impl DateRange {
    /// This range, what lies between it and a later one, and that one.
    ///
    /// # Errors
    /// When a date lies outside of the nameable years.
    pub fn and_between(self, later: Self) -> Result<Vec<Self>, DateOutOfRange> {
        let next = self.last.tomorrow()?;
        let between = (next < later.first).then(|| later.first.yesterday()).transpose()?;
        let between = between.map(|last| Self { first: next, last });
        Ok([Some(self), between, Some(later)].into_iter().flatten().collect())
    }

    /// The dates that both ranges hold; `None` where they hold none together.
    #[must_use]
    pub fn intersect(self, other: Self) -> Option<Self> {
        let range = Self { first: self.first.max(other.first), last: self.last.min(other.last) };
        (range.first <= range.last).then_some(range)
    }

    /// The smallest range that holds both.
    #[must_use]
    pub fn span(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    /// Whether every date of `other` is in this range.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

/// The shop's clock: its zone, when its business day begins, and when its week does.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// The zone of times without an offset, and of business days.
    pub zone: TimeZone,
    /// The local time at which a business day begins.
    pub day_start: Time,
    /// The first day of a week.
    pub week_start: Weekday,
}

/// A date that lies outside of the years that a calendar can name (−9999 to 9999).
#[derive(Debug, thiserror::Error)]
#[error(
    "a period would begin or end outside of the years that can be named, -9999 to 9999; choose other dates"
)]
pub struct DateOutOfRange(#[from] jiff::Error);

/// The zone of a name, by the rules that gmv brings, so that a run is the same on every machine whatever files that has; by the machine's, where
/// the name is none of these. `None` where neither knows it.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    static BROUGHT: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);
    BROUGHT.get(name).or_else(|_| TimeZone::get(name)).ok()
}

impl Calendar {
    /// After everything that can be named.
    const END_OF_TIME: Instant = Instant(i64::MAX);

    /// The business date that an instant belongs to.
    ///
    /// # Errors
    /// When the date before the first nameable one would be needed.
    pub fn date_of(&self, instant: Instant) -> Result<Date, DateOutOfRange> {
        let local = self.zone.to_datetime(Timestamp::from_second(instant.0)?);
        let date = if local.time() < self.day_start { local.date().yesterday()? } else { local.date() };
        // Where the clock changes at the start of the day, the instants decide.
        if instant < self.start_of(date) {
            return Ok(date.yesterday()?);
        }
        match date.tomorrow() {
            Ok(next) if instant >= self.start_of(next) => Ok(next),
            _ => Ok(date),
        }
    }

    /// The instant at which a business date begins. A local time that a change of clocks skips moves forward with the clock.
    #[must_use]
    pub fn start_of(&self, date: Date) -> Instant {
        match self.zone.to_timestamp(date.to_datetime(self.day_start)) {
            Ok(start) => Instant(start.as_second()),
            Err(_) => self.start_at_an_end(date),
        }
    }

    /// The same of the first and the last days that can be named, whose instants the library has no name for: at the offset of the
    /// instant that is nearest.
    fn start_at_an_end(&self, date: Date) -> Instant {
        let days = i64::from((date - jiff::civil::date(1970, 1, 1)).get_days());
        let clock = self.day_start.duration_since(Time::midnight()).as_secs();
        let nearest = if days < 0 { Timestamp::MIN } else { Timestamp::MAX };
        let offset = i64::from(self.zone.to_offset(nearest).seconds());
        Instant(days * Seconds::PER_DAY + clock - offset)
    }

    /// The first instant after a business date: of the last date, the end of time.
    fn end_of(&self, date: Date) -> Instant {
        date.tomorrow().map_or(Self::END_OF_TIME, |next| self.start_of(next))
    }

    /// The business dates of the first and the last instant.
    ///
    /// # Errors
    /// When one of them lies outside of the nameable years.
    pub fn dates_of(&self, first: Instant, last: Instant) -> Result<DateRange, DateOutOfRange> {
        Ok(DateRange { first: self.date_of(first)?, last: self.date_of(last)? })
    }

    /// The first date of the period of `kind` that holds `date` (for [`PeriodKind::All`], the date itself).
    ///
    /// # Errors
    /// When it lies outside of the nameable years.
    pub fn period_start(&self, kind: PeriodKind, date: Date) -> Result<Date, DateOutOfRange> {
        Ok(match kind {
            PeriodKind::Day | PeriodKind::All => date,
            PeriodKind::Week => {
                let into = date.weekday().since(self.week_start);
                date.checked_sub(i64::from(into).days())?
            }
            PeriodKind::Month => date.first_of_month(),
            PeriodKind::Quarter => Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1)?,
            PeriodKind::Year => date.first_of_year(),
        })
    }
}

/// One reporting period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first date of the whole period, its name in the output.
    pub first: Date,
    /// The last date of the whole period.
    pub last: Date,
    /// Whether whole days of it are left out, by `--from`/`--to` or by the dates of an input.
    pub partial: bool,
}

/// The reporting periods of a run, without gaps, and the instants between them.
#[derive(Debug, Clone, Default)]
pub struct Periods {
    all: Vec<Period>,
    /// The start of each period, cut at the range, and at last the end of the range.
    bounds: Vec<i64>,
    guess: Guess,
}

/// Where an instant probably lies: most periods are as long as the longest, and only the first and the last are cut.
#[derive(Debug, Clone, Copy, Default)]
struct Guess {
    /// The start of the first period, were it as long as the longest.
    origin: i64,
    /// Periods per second, in units of 2⁻³².
    rate: u64,
}

impl Guess {
    fn new(bounds: &[i64]) -> Self {
        let longest = bounds.windows(2).map(|two| two[1].saturating_sub(two[0])).max().unwrap_or_default();
        let origin = bounds.get(1).map_or(0, |second| second.saturating_sub(longest));
        Self { origin, rate: (1_u64 << 32).checked_div(longest as u64).map_or(0, |rate| rate + 1) }
    }

    #[inline]
    fn period(self, instant: i64) -> usize {
        ((instant.wrapping_sub(self.origin) as u64).wrapping_mul(self.rate) >> 32) as usize
    }
}

impl Periods {
    /// The periods of `kind` that cover the dates `named`, and go on to `until` where sessions reach past the last of them; `covered`
    /// holds the dates that every input covers, and a period with a day outside of it is partial.
    ///
    /// # Errors
    /// When a date lies outside of the nameable years.
    pub fn new(
        calendar: &Calendar,
        kind: PeriodKind,
        named: DateRange,
        until: Date,
        covered: Option<DateRange>,
    ) -> Result<Self, DateOutOfRange> {
        let range = DateRange { first: named.first, last: named.last.max(until) };
        let mut periods = Vec::new();
        let mut bounds = Vec::new();
        let mut first = calendar.period_start(kind, range.first)?;
        while first <= range.last {
            // None: the period reaches the last date that can be named.
            let next = match kind {
                PeriodKind::All => range.last.tomorrow().ok(),
                _ => first.checked_add(kind.span()).ok(),
            };
            let last = match (kind, next) {
                // A session may reach past a `--from` that lies behind all dates of the inputs.
                (PeriodKind::All, _) => named.last.max(first),
                (_, Some(next)) => next.yesterday()?,
                (_, None) => Date::MAX,
            };
            let partial = !covered.is_some_and(|covered| covered.contains(DateRange { first, last }));
            bounds.push(calendar.start_of(first.max(range.first)).0);
            periods.push(Period { first, last, partial });
            let Some(next) = next else { break };
            first = next;
        }
        bounds.push(calendar.end_of(range.last).0);
        let guess = Guess::new(&bounds);
        Ok(Self { all: periods, bounds, guess })
    }

    /// Two ranges of dates as one period each, in the order of time, and what lies between them as another; `covered` as in [`new`](Self::new).
    ///
    /// # Errors
    /// When a date lies outside of the nameable years.
    pub fn of_ranges(
        calendar: &Calendar,
        earlier: DateRange,
        later: DateRange,
        covered: Option<DateRange>,
    ) -> Result<Self, DateOutOfRange> {
        let ranges = earlier.and_between(later)?;
        let all: Vec<Period> = ranges
            .into_iter()
            .map(|range| Period {
                first: range.first,
                last: range.last,
                partial: !covered.is_some_and(|covered| covered.contains(range)),
            })
            .collect();
        let mut bounds: Vec<i64> = all.iter().map(|period| calendar.start_of(period.first).0).collect();
        bounds.push(calendar.end_of(later.last).0);
        let guess = Guess::new(&bounds);
        Ok(Self { all, bounds, guess })
    }

    /// The period that an instant lies in; `None` outside of the range.
    #[must_use]
    #[inline]
    pub fn find(&self, instant: i64) -> Option<u32> {
        let likely = self.guess.period(instant);
        if let Some(&[start, end]) = self.bounds.get(likely..).and_then(<[i64]>::first_chunk)
            && start <= instant
            && instant < end
        {
            return Some(likely as u32);
        }
        self.search(instant)
    }

    #[inline(never)]
    fn search(&self, instant: i64) -> Option<u32> {
        let after = self.bounds.partition_point(|&bound| bound <= instant);
        (after != 0 && after < self.bounds.len()).then(|| after as u32 - 1)
    }

    /// The first instant of the range, and the first after it; `None` when there are no periods.
    #[must_use]
    pub fn range(&self) -> Option<(i64, i64)> {
        (!self.all.is_empty()).then(|| (self.bounds[0], self.bounds[self.bounds.len() - 1]))
    }

    /// The first instant of a period, cut at the range.
    #[must_use]
    #[inline]
    pub fn start(&self, period: u32) -> i64 {
        self.bounds[period as usize]
    }

    /// The first instant after a period, cut at the range.
    #[must_use]
    #[inline]
    pub fn end(&self, period: u32) -> i64 {
        self.bounds[period as usize + 1]
    }

    /// The periods in their order.
    #[must_use]
    pub fn all(&self) -> &[Period] {
        &self.all
    }
}

#[cfg(test)]
mod tests;
