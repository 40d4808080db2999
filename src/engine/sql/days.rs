//! How many rows each table has of each business day: those that stand, and those that count.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::answer::{Answer, AnswerError};
use super::question::Question;
use super::text::{Sql, Steps, sql};
use crate::calendar::DateRange;

/// The rows of one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayRows {
    /// Rows that stand: of orders those with a time of payment that no later row replaces, of sessions those that read.
    pub rows: u64,
    /// Orders that were paid then, refunded later or not, and are of a status that is known to count; sessions of known viewers.
    pub counted: u64,
}

/// The days of each table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Days {
    tables: Vec<(&'static str, BTreeMap<Date, DayRows>)>,
}

impl Days {
    /// Reads the answer; `inputs` are those that were given.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(answer: &Answer, inputs: &[&'static str]) -> Result<Self, AnswerError> {
        let mut tables: Vec<_> = inputs.iter().map(|input| (*input, BTreeMap::new())).collect();
        for row in answer.rows() {
            let input: Arc<str> = row.known("input")?;
            let Some((_, days)) = tables.iter_mut().find(|(name, _)| **name == *input) else {
                return Err(row.impossible(format!("input {input:?} is unknown")));
            };
            days.insert(
                row.known("date")?,
                DayRows { rows: row.known("rows")?, counted: row.known("counted")? },
            );
        }
        Ok(Self { tables })
    }

    /// The days of a range on which a table has no row that counts, ascending.
    #[must_use]
    pub fn without_rows(&self, range: DateRange) -> Vec<Date> {
        let is_empty = |date: &Date| {
            self.tables.iter().any(|(_, days)| days.get(date).is_none_or(|day| day.counted == 0))
        };
        range
            .first
            .series(jiff::ToSpan::day(1))
            .take_while(|date| *date <= range.last)
            .filter(is_empty)
            .collect()
    }
}

impl Question {
    /// The statement that gives the rows of each day.
    pub(super) fn days(&self) -> Sql {
        let mut steps = Steps::default();
        self.order_steps(&mut steps);
        let date =
            |instant: &'static str| self.dialect.date(&self.day(&sql!("{instant}", instant = instant)));
        let orders = sql!(
            "SELECT 'orders' AS input, CASE counts WHEN 0 THEN {own} ELSE {of_order} END AS date, counts\nFROM line CROSS JOIN (VALUES (0), (1)) AS times(counts)\nWHERE CASE counts WHEN 0 THEN own_paid IS NOT NULL ELSE fate IS NULL AND whole = 1 END",
            own = date("own_paid"),
            of_order = date("paid")
        );
        let all = match &self.sessions {
            Some(sessions) => {
                self.session_steps(sessions, &mut steps);
                sql!(
                    "{orders}\nUNION ALL SELECT 'sessions', {date}, counts\nFROM session_row CROSS JOIN (VALUES (0), (1)) AS times(counts)\nWHERE rejected IS NULL AND (counts = 0 OR person IS NOT NULL)",
                    orders = orders,
                    date = date("a")
                )
            }
            None => orders,
        };
        steps.add(
            "dated",
            "The rows that stand, by the day of their own time, and again those that count: an order on the day of its smallest line.",
            all,
        );
        steps.statement(&sql!(
            "SELECT input, date, CAST(sum(1 - counts) AS BIGINT) AS {rows}, CAST(sum(counts) AS BIGINT) AS counted\nFROM dated\nGROUP BY input, date\nORDER BY input, date",
            rows = self.dialect.name("rows")
        ))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn answer(rows: &[[&str; 4]]) -> Answer {
        let header = ["input", "date", "rows", "counted"].map(str::to_owned).to_vec();
        let rows = rows.iter().map(|row| row.iter().map(|text| Some((*text).to_owned())).collect());
        Answer::new(header, rows.collect()).unwrap()
    }

    #[test]
    fn days_tell_where_nothing_counts() {
        let answer = answer(&[
            ["orders", "2026-11-09", "3", "2"],
            ["orders", "2026-11-11", "2", "0"],
            ["sessions", "2026-11-10", "1", "1"],
            ["sessions", "2026-11-11", "1", "1"],
        ]);
        let days = Days::read(&answer, &["orders", "sessions"]).unwrap();
        let range = |first, last| DateRange { first: date(2026, 11, first), last: date(2026, 11, last) };
        // On the 11th two orders stand, and neither counts.
        assert_eq!(days.without_rows(range(9, 11)), [9, 10, 11].map(|day| date(2026, 11, day)));
        let orders = Days::read(&answer_of_orders(), &["orders"]).unwrap();
        assert_eq!(orders.without_rows(range(9, 10)), [date(2026, 11, 10)]);
    }

    fn answer_of_orders() -> Answer {
        answer(&[["orders", "2026-11-09", "1", "1"]])
    }

    #[test]
    fn a_table_without_rows_has_none_on_any_day_and_another_is_refused() {
        let days = Days::read(&answer(&[]), &["orders"]).unwrap();
        let day = date(2026, 11, 9);
        assert_eq!(days.without_rows(DateRange { first: day, last: day }), [day]);
        let other = answer(&[["sessions", "2026-11-09", "1", "1"]]);
        let error = Days::read(&other, &["orders"]).unwrap_err().to_string();
        assert_eq!(error, "row 1 of the answer: input \"sessions\" is unknown");
    }
}
