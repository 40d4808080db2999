//! Standard error: the reconciliation, warnings and errors. Nothing here goes into a result.

use std::io::Write;

use super::text::{decimal, sanitize};
use crate::engine::reconciliation::{
    FileReport, OrderReconciliation, RefundReconciliation, RejectSummary, RunReport, SessionReconciliation,
    SpendReconciliation,
};
use crate::engine::rooms::{RoomReconciliation, RoomReport};
use crate::units::Portion;

/// Said where a list does not add up.
const DOES_NOT_CLOSE: &str = "the reconciliation does not close: this is an error of gmv; please report it";

/// What a person reads beside a result.
#[derive(Debug, Clone, Copy)]
pub struct Console {
    quiet: bool,
}

impl Console {
    /// Silent but for errors, or not.
    #[must_use]
    pub fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// An error, as one chain; printed even when quiet.
    pub fn error(error: &anyhow::Error) {
        let text = format!("{error:#}");
        Self::write(&format!("gmv: {}\n", sanitize_lines(&text)));
    }

    /// Says a line.
    pub fn say(self, line: &str) {
        if !self.quiet {
            Self::write(&format!("{}\n", sanitize_lines(line)));
        }
    }

    /// A line that is good to know.
    pub fn note(self, line: &str) {
        self.say(&format!("note: {line}"));
    }

    /// A line that deserves attention.
    pub fn warn(self, line: &str) {
        self.say(&format!("warning: {line}"));
    }

    /// The report of a run.
    pub fn report(self, report: &RunReport, basis_is_net: bool) {
        self.files("orders", &report.order_files);
        self.files("sessions", &report.session_files);
        self.files("refunds", &report.refund_files);
        for fact in &report.facts {
            self.note(fact);
        }
        for warning in &report.warnings {
            self.warn(warning);
        }
        self.say(&orders(&report.orders, basis_is_net));
        if let Some(sessions) = &report.sessions {
            self.say(&self::sessions(sessions));
        }
        if let Some(refunds) = &report.refunds {
            self.say(&self::refunds(refunds));
        }
        if let Some(spend) = &report.spend {
            self.say(&self::spend(spend));
        }
        if !report.closes() {
            self.warn(DOES_NOT_CLOSE);
        }
    }

    /// The report of a run on rooms.
    pub fn room_report(self, report: &RoomReport) {
        self.files("rooms", &report.files);
        for fact in &report.facts {
            self.note(fact);
        }
        for warning in &report.warnings {
            self.warn(warning);
        }
        self.say(&rooms(&report.rooms));
        if !report.rooms.closes() {
            self.warn(DOES_NOT_CLOSE);
        }
    }

    fn files(self, input: &str, files: &[FileReport]) {
        for file in files {
            let plain = |amount: &&String| !["amount", "refund_amount", "gmv"].contains(&amount.as_str());
            let amount = file.amount.as_ref().filter(plain);
            let amount = amount.map(|amount| format!(", amount = {amount}")).unwrap_or_default();
            self.say(&format!("{input}: {} ({}, profile {}{amount})", file.name, file.form, file.profile));
        }
    }

    /// The first rejected rows of an input, and the reasons.
    pub fn rejects(self, input: &str, rejects: &RejectSummary) {
        const SHOWN: usize = 5;
        if rejects.count == 0 {
            return;
        }
        let reasons: Vec<String> = rejects
            .reasons
            .iter()
            .map(|((field, reason), rejected)| {
                format!("{field} {reason}: {}", rejected.rows).trim_start().to_owned()
            })
            .collect();
        self.warn(&format!("{} of the {input} rejected ({})", rows(rejects.count), reasons.join(", ")));
        for row in rejects.rows.iter().take(SHOWN) {
            let column = row.column.map(|column| format!(":{column}")).unwrap_or_default();
            let value =
                if row.value.is_empty() { String::new() } else { format!("{:?} ", shorten(&row.value)) };
            let field = if row.field.is_empty() { String::new() } else { format!("{} ", row.field) };
            self.say(&format!("  {}:{}{column}: {field}{value}{}", row.file, row.line, row.reason));
        }
        if rejects.count > SHOWN as u64 {
            self.say("  … --rejects FILE lists all of them");
        }
    }

    fn write(text: &str) {
        // Where standard error is gone, nobody is left to tell.
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}

fn shorten(text: &str) -> String {
    const LONGEST: usize = 60;
    if text.chars().count() <= LONGEST {
        text.to_owned()
    } else {
        text.chars().take(LONGEST).chain(['…']).collect()
    }
}

/// Control characters made visible, line ends kept.
fn sanitize_lines(text: &str) -> String {
    text.split('\n').map(sanitize).collect::<Vec<_>>().join("\n")
}

/// A whole number with commas between thousands.
pub(super) fn group(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

pub(super) fn money(minor_units: i128) -> String {
    let text = decimal(minor_units);
    let (whole, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    format!("{sign}{}.{cents}", group(whole.parse().unwrap_or_default()))
}

/// So many rows.
fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{} rows", group(count.into())) }
}

/// A list of what became of something: a label, a number, and an amount.
fn list(title: &str, lines: &[(String, String, String)]) -> String {
    let width = |part: fn(&(String, String, String)) -> &str| {
        lines.iter().map(|line| part(line).chars().count()).max().unwrap_or_default()
    };
    let (labels, counts, amounts) = (width(|line| &line.0), width(|line| &line.1), width(|line| &line.2));
    let mut text = title.to_owned();
    for (label, count, amount) in lines {
        let line = format!("\n  {label:labels$}  {count:>counts$}  {amount:>amounts$}");
        text.push_str(line.trim_end());
    }
    text
}

fn orders(orders: &OrderReconciliation, basis_is_net: bool) -> String {
    let line = |label: &str, part: Portion| (label.to_owned(), group(part.rows.into()), money(part.money));
    let mut lines = vec![line("rows read", orders.read)];
    let parts = [
        ("− repeated headers, blank rows", orders.structural),
        ("− rejected", orders.rejected),
        ("− superseded by a later row", orders.superseded),
        ("− never paid", orders.never_paid),
        ("− skipped for their status", orders.skipped),
        ("− refunded in full", orders.refunded),
        ("− out of the date range", orders.out_of_range),
    ];
    lines.extend(parts.into_iter().filter(|(_, part)| part.rows > 0).map(|(label, part)| line(label, part)));
    if orders.repeated != 0 {
        let label = "− amounts of orders repeated on further lines".to_owned();
        lines.push((label, String::new(), money(orders.repeated)));
    }
    if basis_is_net {
        lines.push(("− refunds of counted rows".to_owned(), String::new(), money(orders.refunds)));
    }
    lines.push(line("= counted", orders.counted));
    if orders.orders != orders.counted.rows {
        lines.push(("  orders of these rows".to_owned(), group(orders.orders.into()), String::new()));
    }
    lines.push(line("  attributed", orders.attributed));
    lines.push(line("  off-live", orders.off_live));
    for (label, part) in
        [("    without a buyer", orders.without_buyer), ("    without a streamer", orders.without_streamer)]
    {
        if part.rows > 0 {
            lines.push(line(label, part));
        }
    }
    list("orders: where the rows and the money went", &lines)
}

fn rooms(rooms: &RoomReconciliation) -> String {
    let line = |label: &str, part: Portion| (label.to_owned(), group(part.rows.into()), money(part.money));
    let mut lines = vec![line("rows read", rooms.read)];
    let parts = [
        ("− repeated headers, blank rows", rooms.structural),
        ("− rows that sum up others", rooms.summaries),
        ("− rejected", rooms.rejected),
        ("− superseded by a later row", rooms.superseded),
        ("− out of the date range", rooms.out_of_range),
    ];
    lines.extend(parts.into_iter().filter(|(_, part)| part.rows > 0).map(|(label, part)| line(label, part)));
    lines.push(line("= counted", rooms.counted));
    lines.extend(rooms.net.map(|net| line("  after refunds, where known", net)));
    list("rooms: where the broadcasts and their money went", &lines)
}

fn sessions(sessions: &SessionReconciliation) -> String {
    let exact = |seconds: i128| format!("{} s", group(seconds));
    let line = |label: &str, rows: u64, seconds: Option<i128>| {
        (label.to_owned(), group(rows.into()), seconds.map(exact).unwrap_or_default())
    };
    let mut lines = vec![line("rows read", sessions.read, Some(sessions.seconds))];
    let parts = [
        ("− repeated headers, blank rows", sessions.structural, None),
        ("− rejected", sessions.rejected, None),
        ("− without a viewer", sessions.guests, Some(sessions.guest_seconds)),
    ];
    lines.extend(
        parts.into_iter().filter(|(_, rows, _)| *rows > 0).map(|(label, rows, time)| line(label, rows, time)),
    );
    if sessions.out_of_range > 0 || sessions.out_of_range_seconds > 0 {
        lines.push(line(
            "− out of the date range",
            sessions.out_of_range,
            Some(sessions.out_of_range_seconds),
        ));
    }
    let overlap = ("− watched twice at once".to_owned(), String::new(), exact(sessions.overlap_seconds));
    lines.extend((sessions.overlap_seconds > 0).then_some(overlap));
    lines.push(line("= counted", sessions.counted, Some(sessions.watch_seconds)));
    list("sessions: where the rows and the watch time went", &lines)
}

fn refunds(refunds: &RefundReconciliation) -> String {
    let line = |label: &str, part: Portion| (label.to_owned(), group(part.rows.into()), money(part.money));
    let mut lines = vec![line("rows read", refunds.read)];
    let parts = [
        ("− repeated headers, blank rows", refunds.structural),
        ("− rejected", refunds.rejected),
        ("− superseded by a later row", refunds.superseded),
        ("− not decided yet", refunds.open),
        ("− closed without a refund", refunds.closed),
        ("− skipped for their status", refunds.skipped),
        ("− of no order given", refunds.no_such_order),
        ("− of orders never paid or skipped", refunds.never_paid),
        ("− later than --refund-within", refunds.late),
        ("− of orders out of the date range", refunds.out_of_range),
    ];
    lines.extend(parts.into_iter().filter(|(_, part)| part.rows > 0).map(|(label, part)| line(label, part)));
    lines.push(line("= refunds of counted orders", refunds.applied));
    if refunds.beyond > 0 {
        lines.push(("  beyond what was paid".to_owned(), String::new(), money(refunds.beyond)));
    }
    list("refunds: where the rows and the money went", &lines)
}

fn spend(spend: &SpendReconciliation) -> String {
    let line = |label: &str, part: Portion| (label.to_owned(), group(part.rows.into()), money(part.money));
    let mut lines = vec![line("rows read", spend.read)];
    let parts =
        [("− out of the date range", spend.out_of_range), ("− in no row of the result", spend.without_row)];
    lines.extend(parts.into_iter().filter(|(_, part)| part.rows > 0).map(|(label, part)| line(label, part)));
    lines.push(line("= in the rows of the result", spend.counted));
    list("spend: where the rows and the cost went", &lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(group(1_234_567), "1,234,567");
        assert_eq!(group(-999), "-999");
        assert_eq!(money(-123_456_789), "-1,234,567.89");
        assert_eq!(money(-5), "-0.05");
    }

    #[test]
    fn hostile_text_stays_on_its_line() {
        assert!(!sanitize_lines("a\u{1b}[31mb\rc").contains(['\u{1b}', '\r']));
        assert_eq!(sanitize_lines("a\nb"), "a\nb");
    }
}
