//! `gmv decompose`: what was typed, and what it means.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::output::{Presentation, PresentationArguments};
use super::sums::{SumArguments, Wanted, Work};
use super::{SettingsError, UsageError, values};
use crate::engine::local::LocalSettings;
use crate::engine::{Grouping, concentrated};
use crate::present::decompose::DecomposeOptions;
use crate::units::Level;

/// The options of `gmv decompose`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct DecomposeArguments {
    #[command(flatten)]
    sums: SumArguments,
    /// Tables of what was spent to bring viewers (streamer_id, date, cost; 主播ID, 日期, 消耗): adds cost, gmv_first_paid, cost_per_paid_uv and
    /// roi; rows by total, streamer, tier or a column of --streamers
    #[arg(long, num_args = 1.., value_name = "FILE", value_hint = ValueHint::AnyPath, help_heading = "Input", conflicts_with_all = ["facts", "rooms", "engine"])]
    spend: Vec<String>,
    #[command(flatten)]
    precision: PrecisionArguments,
    #[command(flatten)]
    spread: SpreadArguments,
    #[command(flatten)]
    presentation: PresentationArguments,
}

const AFTER_HELP: &str = "\
What the factors mean:
  uv                      distinct viewers                  UV
  watch_hours_per_viewer  watch time / viewers, in hours    内容消费时长
  buyers_per_watch_hour   distinct buyers / watch time      单位时长订单转化率
  aov                     GMV / orders, not GMV / buyers    客单价(笔单价)
  orders_per_buyer        orders / buyers                   复购频次
A factor is empty if and only if its denominator is 0.

Examples:
  gmv decompose --orders orders.csv --sessions sessions.csv
  gmv decompose --orders 'orders/*.csv.gz' --sessions sessions/ -o week.parquet
  gmv decompose --orders o.csv --sessions s.csv --by streamer,domain
  gmv decompose --store store --period day --day-start 05:00 --from 2026-11-09
  gmv decompose --orders o.csv --attribution all --by total,category
  gmv decompose --rooms live-sessions.csv --by streamer,live --period day";

/// How sure factors are.
#[derive(Debug, Args)]
#[command(next_help_heading = "What counts")]
struct PrecisionArguments {
    /// Add confidence intervals of the factors
    #[arg(long)]
    ci: bool,
    /// The level of the intervals
    #[arg(long, value_name = "LEVEL", default_value = "0.95", value_parser = values::level, requires = "ci")]
    level: Level,
    /// Add the second moments, from which a facts file can give intervals
    #[arg(long)]
    moments: bool,
}

/// How GMV is spread over streamers.
#[derive(Debug, Args)]
#[command(next_help_heading = "Groups and periods")]
struct SpreadArguments {
    /// Add each streamer's share of its period's counted GMV (gmv_share)
    #[arg(long)]
    shares: bool,
    /// How concentrated GMV is, one row a period, in the place of the factors: shares of the largest streamer and of the ten largest, HHI,
    /// and head, mid and tail
    #[arg(long, conflicts_with_all = ["shares", "ci", "moments", "spend"])]
    concentration: bool,
}

impl SpreadArguments {
    /// The option that needs rows by streamer.
    fn option(&self) -> Option<&'static str> {
        match (self.shares, self.concentration) {
            (true, _) => Some("--shares"),
            (_, true) => Some("--concentration"),
            _ => None,
        }
    }

    fn check(&self, grouping: Grouping) -> Result<Grouping, SettingsError> {
        self.option().map_or(Ok(()), |option| concentrated::check(option, &grouping)).map_err(UsageError)?;
        Ok(grouping)
    }
}

/// A run, resolved.
#[derive(Debug)]
pub struct DecomposeSettings {
    /// What is computed from what.
    pub work: Work,
    /// What the document shows.
    pub document: DecomposeOptions,
    /// Whether the concentration of each period takes the place of the factors.
    pub concentration: bool,
    /// The option that needs rows by streamer, where one was given.
    pub of_streamers: Option<&'static str>,
    /// How it is shown.
    pub presentation: Presentation,
    /// Where every rejected row is written.
    pub rejects: Option<PathBuf>,
    /// Whether rejected rows change the exit code.
    pub strict: bool,
    /// Options and definitions, for the metadata of files.
    pub metadata: Vec<(String, String)>,
}

impl DecomposeSettings {
    /// The exports, where sums come from such.
    #[must_use]
    pub fn exports(&self) -> Option<&LocalSettings> {
        match &self.work {
            Work::Exports(exports) => Some(exports),
            Work::Facts(_) | Work::Rooms(_) | Work::Cluster(_) => None,
        }
    }
}

impl DecomposeArguments {
    /// What was typed, resolved.
    ///
    /// # Errors
    /// When it cannot be meant, or a file that it names cannot be used.
    pub fn resolve(&self) -> Result<DecomposeSettings, SettingsError> {
        let presentation = self.presentation.resolve()?;
        let document = DecomposeOptions {
            level: self.precision.ci.then_some(self.precision.level),
            moments: self.precision.moments,
            shares: self.spread.shares,
        };
        let wanted = Wanted {
            grouping: &|typed, _| self.spread.check(typed.map_err(UsageError)?),
            ranges: None,
            moments: document.wants_moments(),
            spend: &self.spend,
            takes_sums: true,
        };
        let work = self.sums.work(&wanted, &presentation, &[])?;
        let (rejects, strict) = self.sums.rejects();
        Ok(DecomposeSettings {
            metadata: self.sums.metadata(&work),
            work,
            document,
            concentration: self.spread.concentration,
            of_streamers: self.spread.option(),
            presentation,
            rejects,
            strict,
        })
    }
}
