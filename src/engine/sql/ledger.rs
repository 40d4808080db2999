//! Where every row went, read back: the answer to [`super::Query::Rows`] as the report of a run.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::answer::{Answer, AnswerError, AnswerRow, Money};
use crate::calendar::DateRange;
use crate::engine::reach::{Reach, SessionReach};
use crate::engine::reconciliation::{OrderReconciliation, RejectSummary, RunReport, SessionReconciliation};
use crate::engine::report::counted;
use crate::input::error::InputError;
use crate::input::orders::NONE;
use crate::input::rejects::{Reason, Rejected};
use crate::journey::rules::UnknownStatus;
use crate::units::Portion;

/// The columns of which a cell may be at fault.
const FIELDS: [&str; 12] = [
    "order_id",
    "line_id",
    "buyer_id",
    "streamer_id",
    "live_id",
    "paid_at",
    "amount",
    "refund_amount",
    "viewer_id",
    "entered_at",
    "left_at",
    "watch_seconds",
];
/// What may be wrong with one.
const REASONS: [Reason; 12] = [
    Reason::Blank,
    Reason::MangledId,
    Reason::CellError,
    Reason::NotMoney,
    Reason::Decimals,
    Reason::Negative,
    Reason::TooLarge,
    Reason::NotTime,
    Reason::NoSuchTime,
    Reason::TimeOutOfRange,
    Reason::NotSeconds,
    Reason::EndsBeforeStart,
];

/// What became of the rows of tables.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// The report of the run, which adds up.
    pub report: RunReport,
    /// The rejected rows of each input, by column and reason.
    pub rejects: Vec<(&'static str, RejectSummary)>,
    /// Statuses of paid orders that nothing maps, with their counts.
    pub unknown_statuses: BTreeMap<String, u64>,
    /// Rows whose status says refunded without an amount (net only).
    pub refunds_without_amount: u64,
    /// The dates that the tables reach.
    pub reach: Reach,
}

/// One line of the answer.
struct Line<'a> {
    what: Arc<str>,
    row: AnswerRow<'a>,
    part: Portion,
    seconds: i128,
}

impl<'a> Line<'a> {
    fn read(row: AnswerRow<'a>) -> Result<Self, AnswerError> {
        let money = row.cell("money")?.map_or(0, |Money(money)| money);
        Ok(Self {
            what: row.known("what")?,
            row,
            part: Portion { rows: row.known("rows")?, money },
            seconds: row.cell("seconds")?.unwrap_or(0),
        })
    }

    /// The column and the reason of rejected rows, as this machine calls them.
    fn fault(&self) -> Result<(&'static str, &'static str), AnswerError> {
        let field = self.known("field", FIELDS.into_iter())?;
        Ok((field, self.known("reason", REASONS.into_iter().map(Reason::name))?))
    }

    fn known(
        &self,
        column: &'static str,
        mut words: impl Iterator<Item = &'static str>,
    ) -> Result<&'static str, AnswerError> {
        let text: Arc<str> = self.row.known(column)?;
        words.find(|word| **word == *text).ok_or_else(|| unknown(self.row, column, &text))
    }

    fn reject(&self, rejects: &mut RejectSummary) -> Result<(), AnswerError> {
        let Portion { rows, money } = self.part;
        rejects.count += rows;
        rejects.reasons.entry(self.fault()?).or_default().merge(Rejected { rows, money });
        Ok(())
    }

    /// The first and the last date; `None` where no row stands.
    fn dates(&self) -> Result<Option<DateRange>, AnswerError> {
        let dates = (self.row.cell("first_date")?, self.row.cell("last_date")?);
        Ok(if let (Some(first), Some(last)) = dates { Some(DateRange { first, last }) } else { None })
    }

    fn word(&self) -> Result<String, AnswerError> {
        Ok(self.row.known::<Arc<str>>("reason")?.to_string())
    }
}

/// The error of a word that no statement of this version gives.
fn unknown(row: AnswerRow<'_>, column: &str, text: &str) -> AnswerError {
    row.impossible(format!("{column} {text:?} is unknown"))
}

impl Ledger {
    /// Reads the answer.
    ///
    /// # Errors
    /// When it is none, or does not add up.
    pub fn read(answer: &Answer) -> Result<Self, AnswerError> {
        let mut reading = Reading::default();
        for row in answer.rows() {
            let (input, line): (Arc<str>, Line<'_>) = (row.known("input")?, Line::read(row)?);
            let known = match &*input {
                "orders" => reading.order(&line)?,
                "sessions" => reading.session(&line)?,
                _ => return Err(unknown(row, "input", &input)),
            };
            if !known {
                return Err(unknown(row, "what", &line.what));
            }
        }
        let ledger = reading.finish();
        if ledger.report.closes() { Ok(ledger) } else { Err(AnswerError::DoesNotClose) }
    }

    /// How many rows of an input were read.
    #[must_use]
    pub fn rows_read(&self, input: &str) -> u64 {
        match (&self.report.sessions, input) {
            (_, "orders") => self.report.orders.read.rows,
            (Some(sessions), _) => sessions.read,
            (None, _) => 0,
        }
    }

    /// Fails where the rows are such that this machine refuses them.
    ///
    /// # Errors
    /// [`InputError::UnknownStatuses`], [`InputError::RefundsWithoutAmount`].
    pub fn check(&self, unknown_status: UnknownStatus) -> Result<(), InputError> {
        if unknown_status == UnknownStatus::Refuse && !self.unknown_statuses.is_empty() {
            return Err(InputError::UnknownStatuses { words: counted(self.unknown_statuses.iter()) });
        }
        match self.refunds_without_amount {
            0 => Ok(()),
            count => Err(InputError::RefundsWithoutAmount { count }),
        }
    }
}

/// What was read of an answer so far.
#[derive(Default)]
struct Reading {
    orders: OrderReconciliation,
    sessions: Option<SessionReconciliation>,
    rejected: [RejectSummary; 2],
    statuses: BTreeMap<String, u64>,
    sources: BTreeMap<String, u64>,
    refunds_without_amount: u64,
    capped: u64,
    without_duration: u64,
    both_domains: u64,
    without_source: bool,
    without_order_id: bool,
    reach: Reach,
    unlisted: Option<(u64, String)>,
}

impl Reading {
    /// Takes a line of orders; `false` for one that is unknown.
    fn order(&mut self, line: &Line<'_>) -> Result<bool, AnswerError> {
        let (orders, part) = (&mut self.orders, line.part);
        match &*line.what {
            "read" => (orders.read, self.reach.orders) = (part, line.dates()?),
            "rejected" => {
                orders.rejected.merge(part);
                line.reject(&mut self.rejected[0])?;
            }
            "superseded" => orders.superseded = part,
            "never_paid" => orders.never_paid = part,
            "skipped" => orders.skipped = part,
            "refunded" => orders.refunded = part,
            "out_of_range" => orders.out_of_range = part,
            "refunds" => orders.refunds = part.money,
            "counted" => orders.counted = part,
            "orders" => orders.orders = part.rows,
            "attributed" => orders.attributed = part,
            "off_live" => orders.off_live = part,
            "without_buyer" => orders.without_buyer = part,
            "without_streamer" => orders.without_streamer = part,
            "refund_without_amount" => self.refunds_without_amount = part.rows,
            "unknown_status" => *self.statuses.entry(line.word()?).or_default() += part.rows,
            "unlisted_streamer" => self.unlisted = Some((part.rows, line.word()?)),
            "without_order_id" => self.without_order_id = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Takes a line of sessions; `false` for one that is unknown.
    fn session(&mut self, line: &Line<'_>) -> Result<bool, AnswerError> {
        let sessions = self.sessions.get_or_insert_default();
        let (rows, seconds) = (line.part.rows, line.seconds);
        match &*line.what {
            "read" => {
                (sessions.read, sessions.seconds) = (rows, seconds);
                let reach = line.dates()?.map(|entered| -> Result<_, AnswerError> {
                    Ok(SessionReach { entered, until: line.row.known("until_date")? })
                });
                self.reach.sessions = Some(reach.transpose()?);
            }
            "rejected" => {
                sessions.rejected += rows;
                line.reject(&mut self.rejected[1])?;
            }
            "guests" => (sessions.guests, sessions.guest_seconds) = (rows, seconds),
            "out_of_range" => (sessions.out_of_range, sessions.out_of_range_seconds) = (rows, seconds),
            "overlap" => sessions.overlap_seconds = seconds,
            "counted" => (sessions.counted, sessions.watch_seconds) = (rows, seconds),
            "unknown_source" => *self.sources.entry(line.word()?).or_default() += rows,
            "capped" => self.capped = rows,
            "without_duration" => self.without_duration = rows,
            "both_domains" => self.both_domains = rows,
            "without_source" => self.without_source = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn finish(self) -> Ledger {
        let mut report = RunReport { facts: self.facts(), warnings: self.warnings(), ..RunReport::default() };
        (report.orders, report.sessions) = (self.orders, self.sessions);
        let has_sessions = report.sessions.is_some();
        let named = ["orders", "sessions"].into_iter().zip(self.rejected);
        Ledger {
            report,
            rejects: named.filter(|(input, _)| *input == "orders" || has_sessions).collect(),
            unknown_statuses: self.statuses,
            refunds_without_amount: self.refunds_without_amount,
            // A table without rows has no line of what was read, and reaches nothing.
            reach: Reach { sessions: self.reach.sessions.or(has_sessions.then_some(None)), ..self.reach },
        }
    }

    /// As the report of this machine says it.
    fn facts(&self) -> Vec<String> {
        let some = [
            (self.capped, "sessions longer than --max-session, capped"),
            (self.without_duration, "sessions without a duration, counted as 0 seconds"),
            (self.both_domains, "viewers (of a group in a period) seen in both domains"),
        ];
        let some = some.into_iter().filter(|(count, _)| *count > 0);
        let mut facts: Vec<String> = some.map(|(count, what)| format!("{what}: {count}")).collect();
        if self.without_source {
            facts.push(
                "the sessions have no source column: private, public and paid UV are not known".to_owned(),
            );
        }
        facts
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if !self.sources.is_empty() {
            let words = counted(self.sources.iter());
            warnings.push(format!("sources that no profile maps count as organic: {words}"));
        }
        if !self.statuses.is_empty() {
            let done = if self.orders.skipped.rows > 0 { "skipped" } else { "counted as paid" };
            let words = counted(self.statuses.iter());
            warnings.push(format!("statuses that no profile maps were {done}: {words}"));
        }
        if self.without_order_id {
            warnings.push(
                "the table of orders: no order ids; every row is an order, and one that is exported twice counts twice"
                    .to_owned(),
            );
        }
        if let Some((count, first)) = &self.unlisted {
            warnings.push(format!(
                "streamers of the tables who are not in --streamers-table, with attributes {NONE}: {count} (such as {first:?})"
            ));
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn answer(rows: &[[&str; 7]]) -> Answer {
        let header = ["input", "what", "field", "reason", "rows", "money", "seconds"];
        let dates = ["first_date", "last_date", "until_date"];
        let cell = |cell: &&str| Some((*cell).to_owned()).filter(|cell| !cell.is_empty());
        let of = |row: &[&str; 7]| match row[1] {
            "read" => ["2026-03-02", "2026-03-09", "2026-03-10"],
            _ => [""; 3],
        };
        let rows = rows.iter().map(|row| row.iter().chain(&of(row)).map(cell).collect()).collect();
        Answer::new([&header[..], &dates].concat().into_iter().map(str::to_owned).collect(), rows).unwrap()
    }

    const ORDERS: [[&str; 7]; 9] = [
        ["orders", "read", "", "", "9", "90.00", ""],
        ["orders", "rejected", "paid_at", "not a time", "2", "5.50", ""],
        ["orders", "rejected", "amount", "blank", "1", "0.00", ""],
        ["orders", "skipped", "", "", "1", "4.50", ""],
        ["orders", "refunds", "", "", "0", "10.00", ""],
        ["orders", "counted", "", "", "5", "70.00", ""],
        ["orders", "orders", "", "", "4", "70.00", ""],
        ["orders", "attributed", "", "", "3", "60.00", ""],
        ["orders", "off_live", "", "", "1", "10.00", ""],
    ];

    #[test]
    fn lists_are_those_of_a_run_on_this_machine() {
        let mut rows = ORDERS.to_vec();
        rows.extend([
            ["orders", "unknown_status", "status", "it's; odd", "1", "", ""],
            ["orders", "unlisted_streamer", "streamer_id", "s\"1", "2", "", ""],
            ["sessions", "read", "", "", "7", "", "100"],
            ["sessions", "rejected", "watch_seconds", "not a number of seconds", "1", "", "0"],
            ["sessions", "guests", "", "", "2", "", "30"],
            ["sessions", "out_of_range", "", "", "0", "", "5"],
            ["sessions", "overlap", "", "", "0", "", "15"],
            ["sessions", "counted", "", "", "4", "", "50"],
            ["sessions", "capped", "", "", "3", "", ""],
            ["sessions", "unknown_source", "source", "(blank)", "2", "", ""],
        ]);
        let ledger = Ledger::read(&answer(&rows)).unwrap();
        let orders = &ledger.report.orders;
        assert_eq!((orders.read.rows, orders.read.money, orders.rejected.rows), (9, 9_000, 3));
        assert_eq!((orders.refunds, orders.orders, orders.attributed.rows), (1_000, 4, 3));
        let dates = DateRange { first: date(2026, 3, 2), last: date(2026, 3, 9) };
        let seen = SessionReach { entered: dates, until: date(2026, 3, 10) };
        assert_eq!(ledger.reach, Reach { orders: Some(dates), sessions: Some(Some(seen)) });
        let sessions = ledger.report.sessions.as_ref().unwrap();
        assert_eq!((sessions.guests, sessions.guest_seconds, sessions.watch_seconds), (2, 30, 50));
        let (input, rejects) = &ledger.rejects[0];
        let of_time = rejects.reasons[&("paid_at", "not a time")];
        assert_eq!((*input, rejects.count, of_time), ("orders", 3, Rejected { rows: 2, money: 550 }));
        assert_eq!(ledger.rejects[1].1.count, 1);
        assert_eq!(ledger.report.facts, ["sessions longer than --max-session, capped: 3"]);
        assert_eq!(
            ledger.report.warnings,
            [
                "sources that no profile maps count as organic: \"(blank)\" (2)",
                "statuses that no profile maps were skipped: \"it's; odd\" (1)",
                "streamers of the tables who are not in --streamers-table, with attributes (none): 2 (such as \"s\\\"1\")"
            ]
        );
        assert!(ledger.check(UnknownStatus::Skip).is_ok());
        assert_eq!(
            ledger.check(UnknownStatus::Refuse).unwrap_err().to_string(),
            "unknown order statuses: \"it's; odd\" (1); map them in a profile ([orders.statuses]), or say --unknown-status count|skip"
        );
    }

    #[test]
    fn what_does_not_add_up_or_is_not_known_is_an_error() {
        assert!(Ledger::read(&answer(&ORDERS)).is_ok());
        for row in 0..ORDERS.len() {
            let mut rows = ORDERS.to_vec();
            rows.remove(row);
            assert_eq!(Ledger::read(&answer(&rows)).unwrap_err(), AnswerError::DoesNotClose, "{row}");
        }
        for row in [
            ["orders", "lost", "", "", "0", "0.00", ""],
            ["orders", "rejected", "colour", "blank", "0", "0.00", ""],
            ["orders", "rejected", "amount", "odd", "0", "0.00", ""],
            ["refunds", "read", "", "", "0", "0.00", ""],
            ["orders", "superseded", "", "", "-1", "0.00", ""],
            ["orders", "superseded", "", "", "0", "1e3", ""],
        ] {
            let rows = [&ORDERS[..], &[row]].concat();
            let error = Ledger::read(&answer(&rows)).unwrap_err();
            assert!(error.to_string().starts_with("row 10 of the answer: "), "{row:?} {error}");
        }
    }
}
