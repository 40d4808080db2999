//! The alerts of a report, judged by the very numbers that it shows.

use super::alerts::alerts_document;
use super::subjects::{AlertTables, TableSubjects};
use super::{Report, Table, tables};
use crate::alert::{Alert, Judged, Outcome, Reason};
use crate::present::model::{Document, Language, Values};

/// So many hits of an alert are said on standard error; the report has all of them.
const SAID: usize = 5;

impl Report {
    /// Judges the alerts, and adds what came of them; the lines that are said of those that fired.
    pub fn judge(&mut self, alerts: &[Alert]) -> Vec<String> {
        let Some(subjects) = self.subjects() else { return Vec::new() };
        let judged: Vec<_> = alerts.iter().map(|alert| alert.judge(&subjects)).collect();
        let count = |outcome| judged.iter().filter(|one| one.outcome == outcome).count();
        let (fired, unknown) = (count(Outcome::Fired), count(Outcome::Unknown));
        let document = alerts_document(&judged, &self.currency, Language::English);
        (self.fired, self.unknown) = (fired, unknown);
        // An id that no streamer has is a mistake of the configuration, which would be quiet for ever.
        let is_mistaken = |one: &&Judged| {
            one.undecided.iter().any(|undecided| undecided.reasons.contains(&Reason::NoStreamer))
        };
        let mistaken = judged.iter().filter(is_mistaken);
        let mistaken =
            mistaken.map(|one| format!("alert {}: no streamer has this id in either period", one.text));
        self.warnings.extend(mistaken);
        self.alerts = Some(alerts_document(&judged, &self.currency, self.language));
        let lines = lines(&document);
        self.put(Table { name: tables::ALERTS, command: None, document });
        lines
    }

    /// The tables in which values are looked up.
    fn subjects(&self) -> Option<TableSubjects<'_>> {
        let all = AlertTables {
            totals: self.table(tables::TOTALS)?,
            streamers: self.table(tables::STREAMERS)?,
            repurchase: self.table(tables::REPURCHASE)?,
            streamer_repurchase: self.table(tables::STREAMER_REPURCHASE)?,
            change: self.table(tables::CHANGE),
            streamer_changes: self.table(tables::STREAMER_CHANGES),
        };
        let before = self.before.map(|before| before.first);
        Some(TableSubjects::new(all, self.period.first, before, self.gaps.clone()))
    }
}

/// `gmv change < -10 %: s0001 Anna: gmv change -14.2 % (…)`, the first few of each alert.
fn lines(document: &Document) -> Vec<String> {
    let text = |name: &str, row: usize| {
        let column = document.columns.iter().find(|column| column.name == name)?;
        let Values::Text(texts) = &column.values else { return None };
        texts.get(row)?.as_deref()
    };
    let fired = Outcome::Fired.name();
    let rows: Vec<usize> = (0..document.rows()).filter(|row| text("outcome", *row) == Some(fired)).collect();
    let mut lines = Vec::new();
    for of_alert in rows.chunk_by(|a, b| text("alert", *a) == text("alert", *b)) {
        for row in of_alert.iter().take(SAID) {
            let who: Vec<&str> =
                ["streamer_id", "streamer_name"].into_iter().filter_map(|name| text(name, *row)).collect();
            let who = if who.is_empty() { String::new() } else { format!("{}: ", who.join(" ")) };
            let (alert, values) = (text("alert", *row), text("values", *row));
            lines.push(format!("{}: {who}{}", alert.unwrap_or_default(), values.unwrap_or_default()));
        }
        if of_alert.len() > SAID {
            let alert = of_alert.first().and_then(|row| text("alert", *row)).unwrap_or_default();
            lines.push(format!("{alert}: and {} more", of_alert.len() - SAID));
        }
    }
    lines
}
