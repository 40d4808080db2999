//! `gmv sql`: what was typed, and the question to another engine that it means.

mod influences;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::UnknownArgumentValueParser;
use clap::{Arg, Args, ValueEnum, ValueHint};

use super::groups::GroupArguments;
use super::meaning::MeaningArguments;
use super::repurchase::{OccasionWord, Shown, check_groups};
use super::sums::CountingArguments;
use super::tables::{TableArguments, listed, rules};
use super::{Origins, SettingsError, UsageError};
use crate::calendar::PeriodKind;
use crate::engine::Grouping;
use crate::engine::sql::{Asked, Dialect, Query, Rules, Table, TableColumns};
use crate::input::streamers::{Streamers, is_taken};
use crate::present::Target;

use influences::InfluenceArguments;
pub use influences::{Influencing, viewing};

/// The options of `gmv sql`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(
    after_long_help = AFTER_HELP,
    mut_arg("orders_table", |one| one.required(true)),
    mut_arg("streamers_table", |one| one.requires("streamers_columns")),
    mut_arg("refund_within", |one| one.hide(true)),
    mut_arg("by", |one| one.help(BY)),
    args(of_exports())
)]
pub struct SqlArguments {
    /// The language
    #[arg(long, value_enum)]
    dialect: DialectWord,
    /// What the statement gives
    #[arg(long, value_enum, default_value_t = QueryWord::Sums)]
    query: QueryWord,
    #[command(flatten, next_help_heading = "Tables")]
    tables: TableArguments,
    #[command(flatten)]
    columns: ColumnArguments,
    #[command(flatten)]
    meaning: MeaningArguments,
    #[command(flatten)]
    groups: GroupArguments,
    #[command(flatten)]
    counting: CountingArguments,
    #[command(flatten)]
    influences: InfluenceArguments,
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
The statement gives the columns of a facts file. Saved as Parquet or CSV, --facts reads it. Of --query rows it gives where every row went, of \
days how many rows each day has; of rates, waits and cohorts what gmv repurchase reckons with; of --query influences, of sums that --query sums gave (--facts), what gmv compare --influences takes intervals from. docs/sql.md has their columns.

Examples:
  gmv sql --dialect spark --orders-table o --sessions-table s > sums.sql
  gmv sql --dialect duckdb --orders-table o.parquet --sessions-table s.parquet
  gmv sql --dialect spark --orders-table shop.orders --attribution all
  gmv sql --dialect spark --query rows --orders-table o --sessions-table s
  gmv sql --dialect spark --query rates --orders-table o --sessions-table s
  gmv sql --dialect duckdb --query cohorts --orders-table o --attribution all
  gmv decompose --facts sums.parquet --ci";

/// Options of commands that read exports, which are no options here: what to give instead, where clap would guess.
fn of_exports() -> Vec<Arg> {
    let refused = |name: &'static str, tip: UnknownArgumentValueParser| {
        let option = Arg::new(name).long(name).value_name("FILE").value_hint(ValueHint::AnyPath);
        option.num_args(1..).hide(true).value_parser(tip)
    };
    let table = |name, option: &'static str| refused(name, UnknownArgumentValueParser::suggest_arg(option));
    let without = |name| {
        let text = "a statement does not carry it; run gmv decompose on exports";
        refused(name, UnknownArgumentValueParser::suggest(text))
    };
    vec![
        table("orders", "--orders-table"),
        table("sessions", "--sessions-table"),
        table("streamers", "--streamers-table"),
        without("refunds"),
        without("lives"),
        without("spend"),
    ]
}

/// The columns of the tables.
#[derive(Debug, Args)]
#[command(next_help_heading = "Tables")]
struct ColumnArguments {
    /// All columns of the table of orders
    #[arg(
        long = "orders-columns",
        id = "orders_columns",
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount,status,category,carrier,live_id"
    )]
    orders: Vec<String>,
    /// All columns of the table of sessions
    #[arg(
        long = "sessions-columns",
        id = "sessions_columns",
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "viewer_id,streamer_id,entered_at,left_at,source,live_id"
    )]
    sessions: Vec<String>,
    /// The attributes in the table of streamers
    #[arg(
        long = "streamers-columns",
        id = "streamers_columns",
        value_name = "LIST",
        value_delimiter = ',',
        requires = "streamers_table"
    )]
    streamers: Vec<String>,
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
    /// Where every row went: read, rejected by column and reason, counted
    Rows,
    /// How many rows each table has of each day, and how many of them count
    Days,
    /// What the rates of gmv repurchase follow from, by group and period
    Rates,
    /// The time to the second order, by group and period
    Waits,
    /// Cohorts: buyers by the period of their first order, and what they bought in each period
    Cohorts,
    /// How sure a comparison of facts is: the influence of persons on its effects, and the distinct persons of its rows
    Influences,
}

/// A run, resolved.
#[derive(Debug)]
pub struct SqlSettings {
    /// What is asked of the tables.
    pub asked: Asked,
    /// What the statement gives.
    pub query: Printing,
    /// Where the statement goes.
    pub target: Target,
}

/// What a statement gives.
#[derive(Debug)]
pub enum Printing {
    /// The answer to a query.
    Query(Query),
    /// How sure a comparison is.
    Influences(Box<Influencing>),
}

impl SqlArguments {
    fn printing(&self, streamers: &Streamers) -> Result<Printing, SettingsError> {
        let query = match self.query {
            QueryWord::Sums => Query::Sums,
            QueryWord::Rows => Query::Rows,
            QueryWord::Days => Query::Days,
            QueryWord::Rates => Query::Rates,
            QueryWord::Waits => Query::Waits,
            QueryWord::Cohorts => Query::Cohorts,
            QueryWord::Influences => {
                let period = self.groups.period.map_or(PeriodKind::Week, PeriodKind::from);
                let influencing = self.influences.resolve(&self.groups.words(), period, streamers)?;
                return Ok(Printing::Influences(Box::new(influencing)));
            }
        };
        Ok(Printing::Query(query))
    }

    /// Refuses options that were typed, and that are about other queries; a file of settings may have them for other commands.
    ///
    /// # Errors
    /// When there is one.
    pub fn check_typed(&self, origins: &Origins) -> Result<(), UsageError> {
        use QueryWord::{Cohorts, Influences, Rates, Waits};
        let of = |queries: &'static [QueryWord]| move |(option, is_given)| (option, is_given, queries);
        let occasion = ("occasion", self.occasion != OccasionWord::Orders);
        let given = self.influences.given().map(of(&[Influences]));
        let mut given = given.chain(std::iter::once(occasion).map(of(&[Rates, Waits, Cohorts])));
        let idle = given.find(|(option, is_given, queries)| {
            *is_given && !queries.contains(&self.query) && !origins.has(option)
        });
        let Some((option, _, queries)) = idle else { return Ok(()) };
        let names = queries.iter().filter_map(ValueEnum::to_possible_value);
        let names: Vec<String> = names.map(|word| word.get_name().to_owned()).collect();
        Err(UsageError(format!(
            "--{option}: it says something to --query {} alone; add that, or leave the option out",
            names.join(", ")
        )))
    }

    /// What was typed, resolved: the question, and where the statement goes.
    ///
    /// # Errors
    /// When it cannot be meant, or facts cannot be read.
    pub fn resolve(&self) -> Result<SqlSettings, SettingsError> {
        let (tables, columns, groups) = (&self.tables, &self.columns, &self.groups);
        let streamers = columns.streamers()?;
        let target = self.output.clone().map_or(Target::Stdout, Target::File);
        self.influences.check_places(&target)?;
        let query = self.printing(&streamers)?;
        let grouping = match &query {
            Printing::Query(_) => Grouping::parse(&groups.words(), &streamers).map_err(UsageError)?,
            Printing::Influences(of) => of.facts.grouping.clone(),
        };
        self.check_query(&grouping)?;
        if grouping.wants_tiers(&streamers) {
            let text = "--by tier: a query does not compute tiers; give them in --streamers-table, in a column tier (--streamers-columns tier)";
            return Err(UsageError(text.to_owned()).into());
        }
        tables.check_rules(&self.meaning, &self.counting)?;
        tables.check_groups(&self.meaning, &grouping)?;
        let zone = self.meaning.zone_or(None)?;
        let of = |table: &Table, columns: &[String]| TableColumns {
            table: table.clone(),
            columns: listed(columns),
        };
        let read = self.meaning.read_settings(
            zone.clone(),
            self.counting.max_session,
            grouping.dimensions(),
            NonZeroUsize::MIN,
        );
        let ranges = self.influences.ranges()?;
        let range = groups.range_of(ranges)?;
        let rules = rules(groups, &self.counting, grouping, zone, range, self.moments)?;
        let asked = Asked {
            dialect: match self.dialect {
                DialectWord::Spark => Dialect::Spark,
                DialectWord::DuckDb => Dialect::DuckDb,
            },
            orders: of(tables.orders()?, &columns.orders),
            sessions: tables.sessions_table.as_ref().map(|table| of(table, &columns.sessions)),
            streamers: tables.streamers_table.as_ref().map(|table| of(table, &columns.streamers)),
            tiers: None,
            latest_by: listed(&tables.latest_by),
            read,
            rules: Rules { occasion: self.occasion.into(), ranges, ..rules },
        };
        Ok(SqlSettings { asked, query, target })
    }

    fn check_query(&self, grouping: &Grouping) -> Result<(), UsageError> {
        if matches!(self.query, QueryWord::Rates | QueryWord::Waits | QueryWord::Cohorts)
            && self.influences.ranges()?.is_some()
        {
            let text = "--before A..B: buyers are followed over periods of a kind; leave the ranges out";
            return Err(UsageError(text.to_owned()));
        }
        match self.query {
            QueryWord::Sums | QueryWord::Rows | QueryWord::Days | QueryWord::Influences => Ok(()),
            QueryWord::Rates | QueryWord::Waits => check_groups(grouping, Shown::Rates),
            QueryWord::Cohorts => check_groups(grouping, Shown::Cohorts),
        }
    }
}

impl ColumnArguments {
    /// The attributes of streamers, as `--by` knows them.
    fn streamers(&self) -> Result<Streamers, UsageError> {
        let mut names = listed(&self.streamers);
        names.retain(|name| !["streamer_id", "streamer_name"].contains(&name.as_str()));
        if let Some(taken) = names.iter().find(|name| is_taken(name)) {
            let text = format!(
                "--streamers-columns {taken}: the column has the name of another group or column; leave it out, or make a view in which it has another one"
            );
            return Err(UsageError(text));
        }
        Ok(names.iter().fold(Streamers::default(), |streamers, name| streamers.with_attribute(name, [])))
    }
}
