//! `gmv sql --query influences`: the comparison whose intervals another engine is asked for, and the facts that it is made of.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::calendar::{DateRange, PeriodKind};
use crate::change::{Asked, Method};
use crate::cli::compare::{MethodArguments, PairArguments};
use crate::cli::{SettingsError, UsageError, places};
use crate::engine::{Aggregate, EngineError, Grouping, facts};
use crate::input::container::Opening;
use crate::input::streamers::Streamers;
use crate::present::Target;

/// The comparison.
#[derive(Debug, Args)]
#[command(mut_arg("leaf", |one| one.hide(true)))]
pub(super) struct InfluenceArguments {
    /// Of --query influences: what --query sums gave, by the leaves of which rows of --by are summed (CSV or Parquet)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What is compared")]
    pub facts: Option<String>,
    /// Of --query influences with leaves by columns of orders: the sums by their other columns, for viewing where nothing was sold
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "facts", help_heading = "What is compared")]
    viewing: Option<String>,
    #[command(flatten)]
    pair: PairArguments,
    #[command(flatten)]
    method: MethodArguments,
}

/// A comparison of facts, resolved.
#[derive(Debug)]
pub struct Influencing {
    /// The sums of leaves.
    pub facts: Aggregate,
    /// The sums of the groups of which leaves are slices, where they are given.
    pub viewing: Option<Aggregate>,
    /// The columns of rows.
    pub by: Grouping,
    /// The two periods.
    pub asked: Asked,
    /// How the change is divided.
    pub method: Method,
}

/// Reads the sums of groups whose viewing their slices share.
///
/// # Errors
/// When the file cannot be read.
pub fn viewing(path: &str, opening: Opening) -> Result<Aggregate, EngineError> {
    let (all, _) = facts::read(path, opening, None, None, facts::Use::AsAnswer)?;
    Ok(all)
}

impl InfluenceArguments {
    /// The options that say something of a comparison.
    pub fn given(&self) -> impl Iterator<Item = (&'static str, bool)> {
        let files = [("facts", self.facts.is_some()), ("viewing", self.viewing.is_some())];
        files.into_iter().chain(self.pair.given()).chain(self.method.given())
    }

    /// Refuses to write over what is read.
    ///
    /// # Errors
    /// When the statement would go there.
    pub fn check_places(&self, target: &Target) -> Result<(), SettingsError> {
        let Target::File(output) = target else { return Ok(()) };
        let read: Vec<PathBuf> = self.facts.iter().chain(&self.viewing).map(PathBuf::from).collect();
        places::check(&[("-o", output)], &read)
    }

    /// Two ranges of dates, the earlier one first, that are periods in the place of such of a kind.
    ///
    /// # Errors
    /// When they share dates, or one side is no range.
    pub fn ranges(&self) -> Result<Option<(DateRange, DateRange)>, UsageError> {
        Ok(self.pair.resolve()?.1)
    }

    /// The comparison that is asked about, whose leaves are those of the facts with these attributes of streamers.
    ///
    /// # Errors
    /// When it cannot be meant, or a file cannot be read.
    pub fn resolve(
        &self,
        by: &[String],
        period: PeriodKind,
        streamers: &Streamers,
    ) -> Result<Influencing, SettingsError> {
        let refused = |text: &str| Err(UsageError(text.to_owned()).into());
        let Some(path) = self.facts.clone() else {
            return refused(
                "--query influences: it is about a comparison of sums; give what --query sums gave with --facts FILE",
            );
        };
        if !self.method.leaf.is_empty() {
            return refused("--leaf: the leaves of a facts file are its rows; leave the option out");
        }
        let (asked, ranges) = self.pair.resolve()?;
        let period = Some(period).filter(|_| ranges.is_none());
        let opening = Opening::default();
        let rows = Grouping::parse(by, &Streamers::default()).map_err(UsageError)?;
        let (mut facts, _) = facts::read(&path, opening, None, period, facts::Use::AsAnswer)?;
        facts.grouping = typed(&facts.grouping, streamers)?;
        let viewing = self.viewing.as_deref().map(|path| viewing(path, opening)).transpose()?;
        Ok(Influencing { facts, viewing, by: rows, asked, method: self.method.resolve()? })
    }
}

/// The columns of facts as those of tables.
fn typed(columns: &Grouping, streamers: &Streamers) -> Result<Grouping, UsageError> {
    let names: Vec<String> = columns.columns.iter().map(|column| column.name().to_owned()).collect();
    Grouping::parse(&names, streamers).map_err(|error| UsageError(error.replace("--by", "--facts: column")))
}
