//! Tables of another engine in the place of exports: the same options for a statement that is printed and for one that is run.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::groups::GroupArguments;
use super::meaning::MeaningArguments;
use super::sums::{Adding, CountingArguments};
use super::{SettingsError, UsageError, values};
use crate::calendar::PeriodKind;
use crate::engine::cluster::{Cluster, Tables};
use crate::engine::spark::{Address, Patience};
use crate::engine::sql::{Dialect, Rules, Table};
use crate::engine::{GroupColumn, Grouping};
use crate::journey::rules::{Attribution, Occasion};

/// How long a server may take to let itself be reached.
const REACHING: Duration = Duration::from_secs(30);

/// The tables.
#[derive(Debug, Args)]
pub struct TableArguments {
    /// The orders: a table's name, parquet.`PATH`, or a path of Parquet files
    #[arg(long, value_name = "TABLE")]
    pub(super) orders_table: Option<Table>,
    /// The viewing sessions, in the same way; may be left out with --attribution all
    #[arg(long, value_name = "TABLE")]
    pub(super) sessions_table: Option<Table>,
    /// The streamers: streamer_id and attributes for --by
    #[arg(long, value_name = "TABLE")]
    pub(super) streamers_table: Option<Table>,
    /// The columns by which one row of an order is later than another of the same order, and wins, the most important first: the time of an
    /// export, the number of a row
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(super) latest_by: Vec<String>,
}

/// A cluster, and the tables there.
#[derive(Debug, Args)]
#[command(
    next_help_heading = "Beyond one machine",
    mut_arg("orders_table", |one| one.requires("engine")),
    mut_arg("sessions_table", |one| one.requires("engine")),
    mut_arg("streamers_table", |one| one.requires("engine")),
    mut_arg("latest_by", |one| one.requires("engine"))
)]
pub struct EngineArguments {
    /// Let a Spark cluster add up its tables: its Connect server, as sc://HOST:PORT, or sc://HOST:PORT/;use_ssl=true; a token comes from
    /// the variable SPARK_CONNECT_AUTHENTICATE_TOKEN
    #[arg(long, value_name = "URL", requires = "orders_table", conflicts_with_all = HERE)]
    pub(super) engine: Option<EngineWord>,
    #[command(flatten)]
    pub(super) tables: TableArguments,
    /// How long the cluster may take for one statement
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = values::duration, requires = "engine")]
    engine_timeout: crate::units::Seconds,
}

/// Options about files on this machine.
const HERE: [&str; 14] = [
    "orders",
    "sessions",
    "refunds",
    "store",
    "facts",
    "rooms",
    "streamers",
    "lives",
    "pseudonymize",
    "encoding",
    "delimiter",
    "rejects",
    "max_decompressed",
    "refund_within",
];

/// An address as it was typed: an error of the command line would show it, and it may hold a token.
#[derive(Clone)]
pub struct EngineWord(String);

impl std::fmt::Debug for EngineWord {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("EngineWord(…)")
    }
}

impl From<&str> for EngineWord {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl EngineArguments {
    /// A session on the cluster that was named.
    ///
    /// # Errors
    /// When there is none, or a table is not there.
    pub(super) fn open(&self) -> Result<Arc<Cluster>, SettingsError> {
        let address = self.address()?;
        let tables = Tables {
            orders: self.tables.orders()?.clone(),
            sessions: self.tables.sessions_table.clone(),
            streamers: self.tables.streamers_table.clone(),
            latest_by: listed(&self.tables.latest_by),
        };
        let running = Duration::from_secs(self.engine_timeout.0.unsigned_abs());
        Ok(Cluster::of(&address, Patience { reaching: REACHING, running }, &tables)?)
    }
}

impl EngineArguments {
    fn address(&self) -> Result<Address, UsageError> {
        let typed = self.engine.as_ref().map_or("", |typed| typed.0.as_str());
        typed.parse().map_err(|error| UsageError(format!("--engine: {error}")))
    }

    /// The cluster, without what it was asked with, and its tables, as files of results carry them.
    pub(super) fn describe(&self, add: &mut Adding<'_>) {
        let text = |table: &Option<Table>| {
            let name = table.as_ref().and_then(|table| table.of(Dialect::Spark).ok());
            name.map_or(String::new(), |name| name.to_string())
        };
        let tables = &self.tables;
        add("engine", self.address().map_or(String::new(), |address| address.to_string()));
        add("orders_table", text(&tables.orders_table));
        add("sessions_table", text(&tables.sessions_table));
        add("streamers_table", text(&tables.streamers_table));
        add("latest_by", tables.latest_by.join(","));
    }
}

impl TableArguments {
    /// The table of orders.
    ///
    /// # Errors
    /// When none is named.
    pub(super) fn orders(&self) -> Result<&Table, UsageError> {
        let missing = || UsageError("--orders-table TABLE is needed".to_owned());
        self.orders_table.as_ref().ok_or_else(missing)
    }

    /// Refuses what a statement cannot say of these tables.
    ///
    /// # Errors
    /// When that is asked.
    pub(super) fn check_rules(
        &self,
        meaning: &MeaningArguments,
        counting: &CountingArguments,
    ) -> Result<(), UsageError> {
        let refused = |text: &str| Err(UsageError(text.to_owned()));
        if counting.refund_within.is_some() {
            return refused("--refund-within: a query does not carry it; run gmv decompose on exports");
        }
        if let Some((column, _)) = meaning.set.iter().find(|(_, value)| value.contains("{file}")) {
            return refused(&format!(
                "--set {column}={{file}}: a table has no file name; give the text itself"
            ));
        }
        if self.sessions_table.is_none() && counting.attribution != Attribution::All {
            return refused(
                "--sessions-table TABLE is needed; without sessions only --attribution all works",
            );
        }
        Ok(())
    }

    /// Refuses groups that a statement cannot tell of these tables.
    ///
    /// # Errors
    /// When they are asked for.
    pub(super) fn check_groups(
        &self,
        meaning: &MeaningArguments,
        grouping: &Grouping,
    ) -> Result<(), UsageError> {
        meaning.check_constants(&grouping.dimensions())?;
        let needs_viewers =
            |column: &&GroupColumn| matches!(column, GroupColumn::Domain | GroupColumn::Traffic);
        match grouping.columns.iter().find(needs_viewers).filter(|_| self.sessions_table.is_none()) {
            Some(column) => Err(UsageError(format!(
                "--by {}: it is a property of viewers, and needs --sessions-table",
                column.name()
            ))),
            None => Ok(()),
        }
    }
}

/// What counts in tables, and how it is grouped.
///
/// # Errors
/// When price bands are none.
pub(super) fn rules(
    groups: &GroupArguments,
    counting: &CountingArguments,
    grouping: Grouping,
    zone: TimeZone,
    range: (Option<Date>, Option<Date>),
    moments: bool,
) -> Result<Rules, UsageError> {
    Ok(Rules {
        period: groups.period.map_or(PeriodKind::Week, PeriodKind::from),
        calendar: groups.calendar(zone),
        range,
        ranges: None,
        covers: groups.covers,
        basis: counting.basis.into(),
        attribution: counting.attribution,
        domain_rule: counting.domain_rule.into(),
        unknown_status: counting.unknown_status.into(),
        price_bands: groups.price_bands()?,
        moments,
        occasion: Occasion::default(),
        grouping,
    })
}

/// Names without blanks before them, and none that are blank; what stands behind a name is a part of it, since exports have such columns.
pub(super) fn listed(names: &[String]) -> Vec<String> {
    names.iter().map(|name| name.trim_start().to_owned()).filter(|name| !name.is_empty()).collect()
}
