//! Periods in a statement: business days, the periods that they belong to, and which of them the tables reach.

use jiff::civil::{Date, Weekday};

use super::Query;
use super::question::Question;
use super::text::{Sql, Steps, sql};
use crate::calendar::{DateRange, PeriodKind};

/// Before every instant, and after every one.
const NEVER: i64 = 1 << 60;

impl Question {
    /// When the business day begins, in seconds after midnight.
    fn shift(&self) -> i64 {
        let start = self.rules.calendar.day_start;
        i64::from(start.hour()) * 3600 + i64::from(start.minute()) * 60
    }

    /// The number of the business day of an instant.
    pub(super) fn day(&self, instant: &Sql) -> Sql {
        let dialect = self.dialect;
        let local =
            sql!("{local} - {shift}", local = self.zone.local(dialect, instant), shift = self.shift());
        let day = dialect.floor_divided(&local, 86_400);
        if self.zone.is_smooth(self.rules.calendar.day_start) {
            return day;
        }
        // Where clocks change as a day begins, the instants decide.
        let next = sql!("({day} + 1)", day = day);
        sql!(
            "{day} - CASE WHEN {instant} < {start} THEN 1 ELSE 0 END + CASE WHEN {instant} >= {end} THEN 1 ELSE 0 END",
            day = day,
            instant = instant,
            start = self.start_of_day(&day),
            end = self.start_of_day(&next)
        )
    }

    /// The instant at which a business day begins, by its number.
    fn start_of_day(&self, day: &Sql) -> Sql {
        let local = sql!("({day} * 86400 + {shift})", day = day, shift = self.shift());
        self.zone.instant(self.dialect, &local)
    }

    /// The instant at which a date begins.
    pub(super) fn start(&self, date: &Sql) -> Sql {
        self.start_of_day(&self.dialect.day(date))
    }

    /// The first date of the period of an instant.
    pub(super) fn period_of(&self, instant: &Sql) -> Sql {
        if let [spans @ .., last] = self.spans.as_slice() {
            let ends = self.spans.iter().skip(1).map(|span| self.rules.calendar.start_of(span.first).0);
            let case = |(span, end): (&DateRange, i64)| {
                sql!("WHEN {instant} < {end} THEN {first} ", instant = instant, end = end, first = span.first)
            };
            let cases = Sql::join(spans.iter().zip(ends).map(case), "");
            return sql!("CASE {cases}ELSE {last} END", cases = cases, last = last.first);
        }
        let (dialect, date) = (self.dialect, self.dialect.date(&self.day(instant)));
        match self.rules.period {
            PeriodKind::Day => date,
            PeriodKind::Week if self.rules.calendar.week_start == Weekday::Sunday => {
                dialect.days_later(&dialect.beginning("WEEK", &dialect.days_later(&date, 1)), -1)
            }
            PeriodKind::Week => dialect.beginning("WEEK", &date),
            PeriodKind::Month => dialect.beginning("MONTH", &date),
            PeriodKind::Quarter => dialect.beginning("QUARTER", &date),
            PeriodKind::Year => dialect.beginning("YEAR", &date),
            // Its first date is known at the end.
            PeriodKind::All => sql!("DATE '1970-01-01'"),
        }
    }

    /// The first date of the next period.
    pub(super) fn next_period(&self, period: &Sql) -> Sql {
        if let [spans @ .., last] = self.spans.as_slice() {
            let case = |(span, next): (&DateRange, &DateRange)| {
                sql!("WHEN {first} THEN {next} ", first = span.first, next = next.first)
            };
            let cases = Sql::join(spans.iter().zip(&self.spans[1..]).map(case), "");
            let end = self.dialect.days_later(&sql!("{last}", last = last.last), 1);
            return sql!("CASE {period} {cases}ELSE {end} END", period = period, cases = cases, end = end);
        }
        match self.rules.period {
            PeriodKind::Day | PeriodKind::All => self.dialect.days_later(period, 1),
            PeriodKind::Week => self.dialect.days_later(period, 7),
            PeriodKind::Month => self.dialect.months_later(period, 1),
            PeriodKind::Quarter => self.dialect.months_later(period, 3),
            PeriodKind::Year => self.dialect.months_later(period, 12),
        }
    }

    /// Whether all is one period.
    pub(super) fn is_one_period(&self) -> bool {
        self.spans.is_empty() && self.rules.period == PeriodKind::All
    }

    /// How far periods of a kind lie apart.
    pub(super) fn step(&self) -> Option<&'static str> {
        match self.rules.period {
            PeriodKind::Day => Some("1 DAY"),
            PeriodKind::Week => Some("7 DAY"),
            PeriodKind::Month => Some("1 MONTH"),
            PeriodKind::Quarter => Some("3 MONTH"),
            PeriodKind::Year => Some("1 YEAR"),
            PeriodKind::All => None,
        }
    }

    /// The first instant of the range that is asked for, and the first behind it.
    pub(super) fn bounds(&self) -> (i64, i64) {
        let (from, to) = self.rules.range;
        let next = to.and_then(|date| date.tomorrow().ok());
        let start = |date: Date| self.rules.calendar.start_of(date).0;
        (from.map_or(-NEVER, start), next.map_or(NEVER, start))
    }

    /// The steps to `extent`: the dates that the tables reach, where no row of the stream tells them.
    pub(super) fn extent_steps(&self, steps: &mut Steps) {
        // Cohorts ask for the last moment of any session, too.
        let ends = self.query == Query::Cohorts;
        let sessions = match &self.sessions {
            Some(_) => {
                let until = sql!(", max({end}) - 1 AS s2", end = self.end_of_session());
                sql!(
                    "(SELECT min(a) AS s0, max(a) AS s1{until} FROM session_row WHERE rejected IS NULL) AS s",
                    until = if ends { until } else { Sql::default() }
                )
            }
            None => sql!(
                "(SELECT CAST(NULL AS BIGINT) AS s0, CAST(NULL AS BIGINT) AS s1{until}) AS s",
                until = if ends { ", CAST(NULL AS BIGINT) AS s2" } else { "" }
            ),
        };
        let names = ["o0", "o1", "s0", "s1"].into_iter().chain(ends.then_some("s2"));
        let date = |name: &'static str| {
            let day = self.day(&sql!("{name}", name = name));
            sql!("{date} AS {name}", date = self.dialect.date(&day), name = name)
        };
        steps.add(
            "reach",
            "The first and last date of each table.",
            sql!(
                "SELECT {dates}\nFROM (SELECT min(paid) AS o0, max(paid) AS o1 FROM standing) AS o CROSS JOIN {sessions}",
                dates = Sql::join(names.map(date), ", "),
                sessions = sessions
            ),
        );
        let [first, last, cover_first, cover_last] = self.dates();
        steps.add(
            "extent",
            "The dates that are reported, and those that both tables cover: a period that reaches beyond these is partial.",
            sql!(
                "SELECT {first} AS first_date, {last} AS last_date, {cover_first} AS cover_first, {cover_last} AS cover_last{known}\nFROM reach",
                first = first,
                last = last,
                cover_first = cover_first,
                cover_last = cover_last,
                known = self.known_days()
            ),
        );
    }

    /// The step `reach`: the sums of each row with the dates that the tables reach.
    pub(super) fn reach_steps(&self, from: &'static str, steps: &mut Steps) {
        let others = self.dialect.without("o0, o1, s0, s1");
        let date = |(with, name): (&'static str, &'static str)| {
            let time = sql!("{with}({name}) OVER ()", with = with, name = name);
            sql!("{date} AS {name}", date = self.dialect.date(&self.day(&time)), name = name)
        };
        let dates = [("min", "o0"), ("max", "o1"), ("min", "s0"), ("max", "s1")].map(date);
        steps.add(
            "reach",
            "The first and last date of each table.",
            sql!(
                "SELECT {others},\n  {dates}\nFROM {from}",
                others = others,
                dates = Sql::join(dates, ",\n  "),
                from = from
            ),
        );
    }

    /// The first and last date of the report, and of what is covered: by what is asked, and by the dates that the tables reach.
    pub(super) fn dates(&self) -> [Sql; 4] {
        let (first, last) = match self.rules.covers {
            Some(covers) => (sql!("{first}", first = covers.first), sql!("{last}", last = covers.last)),
            None if self.sessions.is_some() => (
                sql!("CASE WHEN o0 IS NOT NULL AND s0 IS NOT NULL THEN greatest(o0, s0) END"),
                sql!("CASE WHEN o1 IS NOT NULL AND s1 IS NOT NULL THEN least(o1, s1) END"),
            ),
            None => (sql!("o0"), sql!("o1")),
        };
        let (from, to) = self.rules.range;
        let cut = |date: Sql, with: &'static str, at: Option<Date>| match at {
            // The greatest of what is not known and a date would be that date.
            Some(at) => {
                sql!(
                    "CASE WHEN {date} IS NOT NULL THEN {with}({date}, {at}) END",
                    with = with,
                    date = date,
                    at = at
                )
            }
            None => date,
        };
        let known = |at: Option<Date>, otherwise: Sql| at.map_or(otherwise, |at| sql!("{at}", at = at));
        [
            known(from, sql!("least(o0, s0)")),
            known(to, sql!("greatest(o1, s1)")),
            cut(first, "greatest", from),
            cut(last, "least", to),
        ]
    }
}
