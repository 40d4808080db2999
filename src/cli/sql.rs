//! `gmv sql`: what was typed, and the question to another engine that it means.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::groups::GroupArguments;
use super::meaning::MeaningArguments;
use super::repurchase::{OccasionWord, Shown, check_groups};
use super::sums::CountingArguments;
use super::{SettingsError, UsageError};
use crate::calendar::PeriodKind;
use crate::engine::sql::{Asked, Dialect, Query, Rules, Table, TableColumns};
use crate::engine::{GroupColumn, Grouping};
use crate::input::streamers::Streamers;
use crate::journey::rules::Attribution;
use crate::present::Target;

/// The options of `gmv sql`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP, mut_arg("refund_within", |one| one.hide(true)), mut_arg("by", |one| one.help(BY)))]
pub struct SqlArguments {
    /// The language
    #[arg(long, value_enum)]
    dialect: DialectWord,
    /// What the statement gives
    #[arg(long, value_enum, default_value_t = QueryWord::Sums)]
    query: QueryWord,
    #[command(flatten)]
    tables: TableArguments,
    #[command(flatten)]
    meaning: MeaningArguments,
    #[command(flatten)]
    groups: GroupArguments,
    #[command(flatten)]
    counting: CountingArguments,
    /// Add the second moments, from which a facts file can give intervals
    #[arg(long, help_heading = "What counts")]
    moments: bool,
    /// What counts as buying again, of --query rates and waits: another order, or orders on another day; gmv repurchase calls it --repurchase
    #[arg(long, value_enum, default_value_t = OccasionWord::Orders, help_heading = "What counts")]
    occasion: OccasionWord,
    /// Write the statement to a file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
}

const BY: &str = "The groups: total, streamer, live (one broadcast), domain, traffic, buyer-type, category, price-band, carrier, a column of \
                  --streamers-table or of the orders, or several [default: streamer]";

const AFTER_HELP: &str = "\
The statement gives the columns of a facts file. Saved as Parquet or CSV, --facts reads it. Of --query rates, waits and cohorts it gives what \
gmv repurchase reckons with; docs/sql.md has their columns.

Examples:
  gmv sql --dialect spark --orders-table o --sessions-table s > sums.sql
  gmv sql --dialect duckdb --orders-table o.parquet --sessions-table s.parquet
  gmv sql --dialect spark --orders-table shop.orders --attribution all
  gmv sql --dialect spark --query rates --orders-table o --sessions-table s
  gmv sql --dialect duckdb --query cohorts --orders-table o --attribution all
  gmv decompose --facts sums.parquet --ci";

/// The tables.
#[derive(Debug, Args)]
#[command(next_help_heading = "Tables")]
struct TableArguments {
    /// The orders: a table's name, parquet.`PATH`, or a path of Parquet files
    #[arg(long, value_name = "TABLE")]
    orders_table: Table,
    /// All columns of that table
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount,status,category,carrier,live_id"
    )]
    orders_columns: Vec<String>,
    /// The viewing sessions, in the same way; may be left out with --attribution all
    #[arg(long, value_name = "TABLE")]
    sessions_table: Option<Table>,
    /// All columns of that table
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "viewer_id,streamer_id,entered_at,left_at,source,live_id"
    )]
    sessions_columns: Vec<String>,
    /// The streamers: streamer_id and attributes for --by
    #[arg(long, value_name = "TABLE", requires = "streamers_columns")]
    streamers_table: Option<Table>,
    /// The attributes in that table
    #[arg(long, value_name = "LIST", value_delimiter = ',', requires = "streamers_table")]
    streamers_columns: Vec<String>,
    /// The columns by which one row of an order is later than another of the same order, and wins, the most important first: the time of an
    /// export, the number of a row
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    latest_by: Vec<String>,
}

/// The languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DialectWord {
    /// Apache Spark SQL (4.0 and later)
    Spark,
    /// DuckDB (1.4 and later)
    #[value(name = "duckdb")]
    DuckDb,
}

/// What a statement gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum QueryWord {
    /// The sums by group and period: a facts file
    Sums,
    /// What the rates of gmv repurchase follow from, by group and period
    Rates,
    /// The time to the second order, by group and period
    Waits,
    /// Cohorts: buyers by the period of their first order, and what they bought in each period
    Cohorts,
}

impl SqlArguments {
    /// What the statement gives.
    #[must_use]
    pub fn query(&self) -> Query {
        match self.query {
            QueryWord::Sums => Query::Sums,
            QueryWord::Rates => Query::Rates,
            QueryWord::Waits => Query::Waits,
            QueryWord::Cohorts => Query::Cohorts,
        }
    }

    /// What was typed, resolved: the question, and where the statement goes.
    ///
    /// # Errors
    /// When it cannot be meant.
    pub fn resolve(&self) -> Result<(Asked, Target), SettingsError> {
        let (tables, groups, counting) = (&self.tables, &self.groups, &self.counting);
        let streamers = tables.streamers();
        let grouping = Grouping::parse(&groups.words(), &streamers).map_err(UsageError)?;
        self.check(&grouping, &streamers)?;
        self.meaning.check_constants(&grouping.dimensions())?;
        let zone = self.meaning.zone_or(None)?;
        let of = |table: &Table, columns: &[String]| TableColumns {
            table: table.clone(),
            columns: trimmed(columns),
        };
        let asked = Asked {
            dialect: match self.dialect {
                DialectWord::Spark => Dialect::Spark,
                DialectWord::DuckDb => Dialect::DuckDb,
            },
            orders: of(&tables.orders_table, &tables.orders_columns),
            sessions: tables.sessions_table.as_ref().map(|table| of(table, &tables.sessions_columns)),
            streamers: tables.streamers_table.as_ref().map(|table| of(table, &tables.streamers_columns)),
            latest_by: trimmed(&tables.latest_by),
            read: self.meaning.read_settings(
                zone.clone(),
                counting.max_session,
                grouping.dimensions(),
                NonZeroUsize::MIN,
            ),
            rules: Rules {
                period: groups.period.map_or(PeriodKind::Week, PeriodKind::from),
                calendar: groups.calendar(zone),
                range: groups.range()?,
                covers: groups.covers,
                basis: counting.basis.into(),
                attribution: counting.attribution,
                domain_rule: counting.domain_rule.into(),
                unknown_status: counting.unknown_status.into(),
                price_bands: groups.price_bands()?,
                moments: self.moments,
                occasion: self.occasion.into(),
                grouping,
            },
        };
        Ok((asked, self.output.clone().map_or(Target::Stdout, Target::File)))
    }

    fn check(&self, grouping: &Grouping, streamers: &Streamers) -> Result<(), UsageError> {
        let refused = |text: &str| Err(UsageError(text.to_owned()));
        match self.query {
            QueryWord::Sums => {}
            QueryWord::Rates | QueryWord::Waits => check_groups(grouping, Shown::Rates)?,
            QueryWord::Cohorts => check_groups(grouping, Shown::Cohorts)?,
        }
        if self.counting.refund_within.is_some() {
            return refused("--refund-within: a query does not carry it; run gmv decompose on exports");
        }
        if let Some((column, _)) = self.meaning.set.iter().find(|(_, value)| value.contains("{file}")) {
            return refused(&format!(
                "--set {column}={{file}}: a table has no file name; give the text itself"
            ));
        }
        if self.tables.sessions_table.is_none() && self.counting.attribution != Attribution::All {
            return refused(
                "--sessions-table TABLE is needed; without sessions only --attribution all works",
            );
        }
        if grouping.wants_tiers(streamers) {
            return refused(
                "--by tier: a query does not compute tiers; give them in --streamers-table with --streamers-columns tier",
            );
        }
        let needs_viewers =
            |column: &&GroupColumn| matches!(column, GroupColumn::Domain | GroupColumn::Traffic);
        match grouping.columns.iter().find(needs_viewers).filter(|_| self.tables.sessions_table.is_none()) {
            Some(column) => refused(&format!(
                "--by {}: it is a property of viewers, and needs --sessions-table",
                column.name()
            )),
            None => Ok(()),
        }
    }
}

impl TableArguments {
    /// The attributes of streamers, as `--by` knows them.
    fn streamers(&self) -> Streamers {
        let names = trimmed(&self.streamers_columns);
        let attributes = names
            .iter()
            .filter(|name| !["streamer_id", "streamer_name"].contains(&name.as_str()) && name.as_str() != "");
        attributes.fold(Streamers::default(), |streamers, name| streamers.with_attribute(name, []))
    }
}

fn trimmed(names: &[String]) -> Vec<String> {
    names.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}
