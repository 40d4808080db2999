//! The weekly report: the documents of the commands side by side, the words and the picture of the change, and where every row went.
//!
//! A [`Report`] is neutral: the page, the workbook, the Parquet files and `run.json` are renderings of it.

#[cfg(test)]
mod alert_tests;
pub mod alerts;
pub mod cells;
pub mod definitions;
pub mod files;
pub mod html;
mod judging;
mod run;
pub mod subjects;
pub mod words;
pub mod workbook;

use jiff::civil::Date;

use super::ledger::{self, Ledger};
use super::model::{Document, Language};
use super::waterfall::Step;
use crate::calendar::{DateRange, PeriodKind};
use crate::engine::reconciliation::RunReport;
use crate::input::digests::InputFile;
use crate::units::Level;

/// The names of tables, which are also those of their Parquet files.
pub mod tables {
    /// The factors of all streamers together in each period, with intervals: `gmv decompose --by total --ci`.
    pub const TOTALS: &str = "totals";
    /// The factors of each streamer in each period, with intervals: `gmv decompose --by streamer --ci`.
    pub const STREAMERS: &str = "streamers";
    /// The factors of the private and the public domain: `gmv decompose --by total,domain`.
    pub const DOMAINS: &str = "domains";
    /// The factors of new and returning viewers: `gmv decompose --by total,buyer-type`.
    pub const BUYER_TYPES: &str = "buyer_types";
    /// What each factor did to GMV: `gmv compare --by total --ci`.
    pub const CHANGE: &str = "change";
    /// The same by streamer: `gmv compare --by streamer --ci`.
    pub const STREAMER_CHANGES: &str = "streamer_changes";
    /// The slices that moved GMV otherwise than the rest: `gmv explain`.
    pub const SLICES: &str = "slices";
    /// Repurchase and trust in each period: `gmv repurchase --by total --ci`.
    pub const REPURCHASE: &str = "repurchase";
    /// The same by streamer: `gmv repurchase --by streamer`.
    pub const STREAMER_REPURCHASE: &str = "streamer_repurchase";
    /// Cohorts by the period of the first order: `gmv repurchase --cohorts --by total`.
    pub const COHORTS: &str = "cohorts";
    /// What streamers would gain if one lever rose to what their peers reach: `gmv plan`.
    pub const HEADROOM: &str = "headroom";
    /// The findings about the exports: `gmv check`.
    pub const QUALITY: &str = "quality";
    /// Where every row went: a row for each line of the lists.
    pub const RECONCILIATION: &str = "reconciliation";
    /// The alerts of the configuration: a row for each that fired, and for each that did not.
    pub const ALERTS: &str = "alerts";

    /// All of them, in the order of the report.
    pub const ALL: [&str; 14] = [
        TOTALS,
        STREAMERS,
        DOMAINS,
        BUYER_TYPES,
        CHANGE,
        STREAMER_CHANGES,
        SLICES,
        REPURCHASE,
        STREAMER_REPURCHASE,
        COHORTS,
        HEADROOM,
        QUALITY,
        RECONCILIATION,
        ALERTS,
    ];
}

/// One table of the report.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name, one of [`tables`].
    pub name: &'static str,
    /// The command that gives the same rows; `None` where there is none.
    pub command: Option<String>,
    /// The rows.
    pub document: Document,
}

/// Everything that the report shows.
#[derive(Debug, Clone)]
pub struct Report {
    /// What the shop calls the report; `None` for the usual title.
    pub title: Option<String>,
    /// The language of everything that a person reads.
    pub language: Language,
    /// The currency sign.
    pub currency: String,
    /// The kind of its periods.
    pub kind: PeriodKind,
    /// The period that it is about.
    pub period: DateRange,
    /// The one that it is compared with; `None` where the data begins with the period.
    pub before: Option<DateRange>,
    /// The date as of which the period is the last complete one.
    pub as_of: Date,
    /// The level of intervals.
    pub level: Level,
    /// How many of the last periods the trend shows.
    pub trend: usize,
    /// The share of peers below what headroom is told against: half of them, or three quarters.
    pub peer_quantile: f64,
    /// The tables, in the order of [`tables`]; those about a change only where there is one.
    pub tables: Vec<Table>,
    /// What happened, in sentences; empty without a period before.
    pub narrative: String,
    /// Which slices stand out, in sentences; empty without a period before.
    pub slices: String,
    /// The way from GMV before to GMV after; empty without a period before.
    pub steps: Vec<Step>,
    /// Days of the period on which an input has no rows.
    pub gaps: Vec<Date>,
    /// The table [`tables::ALERTS`] with its words in the language of the report, row by row the same; `None` where there is no such table.
    pub alerts: Option<Document>,
    /// How many alerts fired.
    pub fired: usize,
    /// How many could not be judged.
    pub unknown: usize,
    /// Where every row and all money went, a list for each input.
    pub ledgers: Vec<Ledger>,
    /// Whether all of these lists close.
    pub closes: bool,
    /// What deserves attention, in sentences.
    pub warnings: Vec<String>,
    /// What is good to know, in sentences.
    pub facts: Vec<String>,
    /// The files that were read.
    pub inputs: Vec<InputFile>,
    /// The table [`tables::QUALITY`] with its words in the language of the report, row by row the same; `None` where there is no such table.
    pub findings: Option<Document>,
    /// Options and definitions, as files of results carry them.
    pub metadata: Vec<(String, String)>,
}

impl Report {
    /// Adds a table, and the command that gives the same rows.
    pub fn add(&mut self, name: &'static str, command: &str, document: Document) {
        self.put(Table { name, command: Some(command.to_owned()), document });
    }

    fn put(&mut self, table: Table) {
        self.tables.push(table);
        self.tables.sort_by_key(|table| tables::ALL.iter().position(|name| *name == table.name));
    }

    /// Takes note of where everything went.
    pub fn account(&mut self, run: &RunReport, basis_is_net: bool) {
        self.ledgers = run.ledgers(basis_is_net);
        let document = ledger::document(&self.ledgers, Language::English, &self.currency);
        self.put(Table { name: tables::RECONCILIATION, command: None, document });
        self.closes = run.closes();
        self.warnings.clone_from(&run.warnings);
        self.facts.clone_from(&run.facts);
    }

    /// The rows of a table; `None` where the report has none of that name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Document> {
        self.tables.iter().find(|table| table.name == name).map(|table| &table.document)
    }
}
