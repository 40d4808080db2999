//! Business days and reporting periods: where a day begins, which period an instant lies in, and which periods are whole.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};

use crate::units::Instant;

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

/// A date, or a range of dates, that lies outside of the years that a calendar can name (−9999 to 9999).
#[derive(Debug, thiserror::Error)]
#[error("the date lies outside of the years that can be named: {0}")]
pub struct DateOutOfRange(#[from] jiff::Error);

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
        if instant < self.start_of(date)? {
            return Ok(date.yesterday()?);
        }
        match date.tomorrow() {
            Ok(next) if instant >= self.end_before(next) => Ok(next),
            _ => Ok(date),
        }
    }

    /// The instant at which a business date begins. A local time that a change of clocks skips moves forward with the clock.
    ///
    /// # Errors
    /// When the instant lies outside of the nameable years.
    pub fn start_of(&self, date: Date) -> Result<Instant, DateOutOfRange> {
        let start = self.zone.to_timestamp(date.to_datetime(self.day_start))?;
        Ok(Instant(start.as_second()))
    }

    /// The instant at which the day before `next` ends: the start of `next`, or the end of time where that cannot be named.
    fn end_before(&self, next: Date) -> Instant {
        self.start_of(next).unwrap_or(Self::END_OF_TIME)
    }

    /// The business dates of the first and the last instant.
    ///
    /// # Errors
    /// When one of them lies outside of the nameable years.
    pub fn dates_of(&self, first: Instant, last: Instant) -> Result<DateRange, DateOutOfRange> {
        Ok(DateRange { first: self.date_of(first)?, last: self.date_of(last)? })
    }

    /// The first date of the period of `kind` that holds `date` (for [`PeriodKind::All`], the date itself).
    fn period_start(&self, kind: PeriodKind, date: Date) -> Result<Date, DateOutOfRange> {
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

    /// The length of a period of `kind`, as a span of dates.
    fn period_span(kind: PeriodKind) -> Span {
        match kind {
            PeriodKind::Day | PeriodKind::All => 1.day(),
            PeriodKind::Week => 7.days(),
            PeriodKind::Month => 1.month(),
            PeriodKind::Quarter => 3.months(),
            PeriodKind::Year => 1.year(),
        }
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
                _ => first.checked_add(Calendar::period_span(kind)).ok(),
            };
            let last = match (kind, next) {
                // A session may reach past a `--from` that lies behind all dates of the inputs.
                (PeriodKind::All, _) => named.last.max(first),
                (_, Some(next)) => next.yesterday()?,
                (_, None) => Date::MAX,
            };
            let partial = !covered.is_some_and(|covered| covered.contains(DateRange { first, last }));
            bounds.push(calendar.start_of(first.max(range.first))?.0);
            periods.push(Period { first, last, partial });
            let Some(next) = next else { break };
            first = next;
        }
        bounds.push(range.last.tomorrow().map_or(Calendar::END_OF_TIME, |next| calendar.end_before(next)).0);
        let guess = Guess::new(&bounds);
        Ok(Self { all: periods, bounds, guess })
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
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn calendar(day_start: Time, week_start: Weekday, zone: &str) -> Calendar {
        Calendar { zone: TimeZone::get(zone).unwrap(), day_start, week_start }
    }

    fn at(calendar: &Calendar, text: &str) -> Instant {
        let local: jiff::civil::DateTime = text.parse().unwrap();
        Instant(calendar.zone.to_timestamp(local).unwrap().as_second())
    }

    #[test]
    fn weeks_around_the_new_year_of_iso_week_53() {
        let c = calendar(time(0, 0, 0, 0), Weekday::Monday, "Asia/Shanghai");
        let range = DateRange { first: date(2026, 12, 21), last: date(2027, 1, 10) };
        let p = Periods::new(&c, PeriodKind::Week, range, range.last, Some(range)).unwrap();
        let firsts: Vec<_> = p.all().iter().map(|p| p.first).collect();
        assert_eq!(firsts, [date(2026, 12, 21), date(2026, 12, 28), date(2027, 1, 4)]);
        assert!(p.all().iter().all(|p| !p.partial));
        assert_eq!(p.find(at(&c, "2026-12-31 23:59:59").0), Some(1));
        assert_eq!(p.find(at(&c, "2027-01-03 23:59:59").0), Some(1));
        assert_eq!(p.find(at(&c, "2027-01-04 00:00:00").0), Some(2));
        assert_eq!(p.find(at(&c, "2027-01-11 00:00:00").0), None);
        assert_eq!(p.find(at(&c, "2026-12-20 23:59:59").0), None);
    }

    #[test]
    fn business_days_begin_at_day_start() {
        let c = calendar(time(5, 0, 0, 0), Weekday::Sunday, "Asia/Shanghai");
        assert_eq!(c.date_of(at(&c, "2026-03-02 04:59:59")).unwrap(), date(2026, 3, 1));
        assert_eq!(c.date_of(at(&c, "2026-03-02 05:00:00")).unwrap(), date(2026, 3, 2));
        let range = DateRange { first: date(2026, 3, 4), last: date(2026, 3, 10) };
        let p = Periods::new(&c, PeriodKind::Week, range, range.last, Some(range)).unwrap();
        let all: Vec<_> = p.all().iter().map(|p| (p.first, p.partial)).collect();
        assert_eq!(all, [(date(2026, 3, 1), true), (date(2026, 3, 8), true)]);
        assert_eq!(p.start(0), at(&c, "2026-03-04 05:00:00").0);
        assert_eq!(p.end(1), at(&c, "2026-03-11 05:00:00").0);
    }

    #[test]
    fn a_day_of_the_change_of_clocks_is_25_hours_long() {
        let c = calendar(time(0, 0, 0, 0), Weekday::Monday, "America/New_York");
        let day = date(2026, 11, 1);
        let range = DateRange { first: day, last: day };
        let p = Periods::new(&c, PeriodKind::Day, range, range.last, Some(range)).unwrap();
        assert_eq!(p.end(0) - p.start(0), 25 * 3600);
    }

    #[test]
    fn a_business_day_that_begins_in_a_change_of_clocks_holds_all_of_its_instants() {
        for (day_start, day, utc) in [
            (time(1, 30, 0, 0), date(2026, 11, 1), "2026-11-01T06:10:00Z"),
            (time(2, 30, 0, 0), date(2026, 3, 8), "2026-03-08T07:10:00Z"),
        ] {
            let c = calendar(day_start, Weekday::Monday, "America/New_York");
            for offset in -7200..7200 {
                let instant = Instant(utc.parse::<Timestamp>().unwrap().as_second() + offset);
                let date = c.date_of(instant).unwrap();
                assert!(c.start_of(date).unwrap() <= instant, "{day} {offset}");
                assert!(instant < c.start_of(date.tomorrow().unwrap()).unwrap(), "{day} {offset}");
            }
        }
    }

    #[test]
    fn the_last_nameable_day_ends_somewhere() {
        let c = calendar(time(0, 0, 0, 0), Weekday::Monday, "Asia/Shanghai");
        let range = DateRange { first: date(9999, 12, 20), last: Date::MAX };
        for kind in [PeriodKind::Day, PeriodKind::Week, PeriodKind::Year, PeriodKind::All] {
            let p = Periods::new(&c, kind, range, range.last, Some(range)).unwrap();
            assert!(p.find(at(&c, "9999-12-30 12:00:00").0).is_some(), "{kind:?}");
        }
    }

    #[test]
    fn every_instant_is_found_whatever_the_lengths_of_periods() {
        let c = calendar(time(5, 0, 0, 0), Weekday::Wednesday, "America/New_York");
        for (first, last) in [
            (date(2026, 1, 31), date(2027, 11, 2)),
            (date(2026, 10, 30), date(2026, 11, 2)),
            (date(1969, 12, 30), date(1970, 1, 9)),
        ] {
            let range = DateRange { first, last };
            for kind in [
                PeriodKind::Day,
                PeriodKind::Week,
                PeriodKind::Month,
                PeriodKind::Quarter,
                PeriodKind::Year,
                PeriodKind::All,
            ] {
                let p = Periods::new(&c, kind, range, range.last, Some(range)).unwrap();
                let near = p.bounds.iter().flat_map(|bound| (-1..=1).map(move |offset| bound + offset));
                let within = (p.bounds[0]..p.bounds[p.bounds.len() - 1]).step_by(40_007);
                for instant in near.chain(within).chain([i64::MIN, i64::MAX, 0]) {
                    assert_eq!(p.find(instant), p.search(instant), "{kind:?} {instant}");
                }
            }
        }
    }

    #[test]
    fn months_quarters_years_and_the_whole_range() {
        let c = calendar(time(0, 0, 0, 0), Weekday::Monday, "UTC");
        let range = DateRange { first: date(2026, 1, 15), last: date(2026, 7, 1) };
        let firsts = |kind| {
            let p = Periods::new(&c, kind, range, range.last, Some(range)).unwrap();
            p.all().iter().map(|p| (p.first, p.partial)).collect::<Vec<_>>()
        };
        assert_eq!(
            firsts(PeriodKind::Quarter),
            [(date(2026, 1, 1), true), (date(2026, 4, 1), false), (date(2026, 7, 1), true)]
        );
        assert_eq!(firsts(PeriodKind::Month).len(), 7);
        assert_eq!(firsts(PeriodKind::Year), [(date(2026, 1, 1), true)]);
        assert_eq!(firsts(PeriodKind::All), [(date(2026, 1, 15), false)]);
    }
}
