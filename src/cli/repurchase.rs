//! `gmv repurchase`: what was typed, and what it means.

use std::path::PathBuf;

use clap::{Args, ValueEnum, ValueHint};

use super::output::{Presentation, PresentationArguments};
use super::sums::{Persons, SumArguments, Wanted};
use super::{SettingsError, UsageError, values};
use crate::calendar::PeriodKind;
use crate::engine::{GroupColumn, Grouping};
use crate::journey::rules::{Attribution, Basis};
use crate::present::repurchase::Measure;
use crate::repurchase::rates::Occasion;
use crate::units::Level;

/// The options of `gmv repurchase`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(
    after_long_help = AFTER_HELP,
    mut_arg("facts", |one| one.hide(true)),
    mut_arg("rooms", |one| one.hide(true)),
    mut_arg("by", |one| one.help(BY))
)]
pub struct RepurchaseArguments {
    #[command(flatten)]
    told: ToldArguments,
    #[command(flatten)]
    sums: SumArguments,
    #[command(flatten)]
    presentation: PresentationArguments,
}

const BY: &str = "The groups: total, streamer, domain, traffic, buyer-type, category, price-band, carrier, tier, a column of --streamers or \
                  of the orders, or several [default: streamer]";

const AFTER_HELP: &str = "\
What is counted:
  repurchase_rate       buyers with two orders or more in the period, of its
                        buyers                                     复购率
  returning_rate        buyers who had bought from the group before the period,
                        of its buyers                              老客占比
  orders_per_buyer      buyer_days / buyers × orders_per_buyer_day 复购频次
  private_share_of_repurchase
                        repeat orders (all but each buyer's first with the
                        streamer) of private-domain viewers
  days_to_second_order  quartiles over those whose first order lies in the
                        period; who has not come back yet is censored (Kaplan
                        and Meier)
  expected_orders, expected_gmv
                        with --expected: those of the next period by the buyers
                        of today (BG/NBD and Gamma–Gamma), beside the last
                        complete one; r, alpha, a, b and p, q, v are the fits
  funnel_…  (trust)     private-domain viewers → buyers → with two orders or
                        more so far → who bought in a period before too
Orders are those that viewing explains (--attribution); who had bought before, the time to the second order and cohorts go by all counted orders.

Examples:
  gmv repurchase --orders orders.csv --sessions sessions.csv --period month
  gmv repurchase --store store --by total --repurchase days --ci
  gmv repurchase --orders o.csv --attribution all --by total --expected
  gmv repurchase --store store --by total --cohorts -o cohorts.csv
  gmv repurchase --store store --by total --cohorts --wide --chart cohorts.svg";

/// What is told.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is told")]
struct ToldArguments {
    #[command(flatten)]
    cohorts: CohortArguments,
    /// What the buyers of today will bring in the next period, and the fits that say so: a row for each group
    #[arg(long, conflicts_with_all = ["cohorts", "curve"])]
    expected: bool,
    /// The time to the second order day by day, instead of its quartiles
    #[arg(long, conflicts_with = "cohorts")]
    curve: bool,
    /// What counts as buying again: another order, or orders on another day, since those bundled on one evening are one visit
    #[arg(long, value_enum, default_value_t = OccasionWord::Orders)]
    repurchase: OccasionWord,
    /// Add confidence intervals
    #[arg(long, conflicts_with = "cohorts")]
    ci: bool,
    /// The level of the intervals
    #[arg(long, value_name = "LEVEL", default_value = "0.95", value_parser = values::level, conflicts_with = "cohorts")]
    level: Level,
}

/// Cohorts.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is told")]
struct CohortArguments {
    /// Cohorts: buyers by the period of their first order, and what they did in each period after it
    #[arg(long)]
    cohorts: bool,
    /// A row for each cohort and a column for each period after it; on a terminal the darker the larger
    #[arg(long, requires = "cohorts")]
    wide: bool,
    /// What the cells of --wide and --chart tell
    #[arg(long, value_enum, default_value_t = MeasureWord::Retention, requires = "cohorts")]
    measure: MeasureWord,
    /// Write the cohorts of one group as a picture
    #[arg(long, value_name = "FILE.svg", value_hint = ValueHint::FilePath, requires = "cohorts")]
    chart: Option<PathBuf>,
}

/// What makes an order another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum OccasionWord {
    /// Each order
    Orders,
    /// Each day with orders
    Days,
}

impl From<OccasionWord> for Occasion {
    fn from(word: OccasionWord) -> Self {
        match word {
            OccasionWord::Orders => Self::Orders,
            OccasionWord::Days => Self::Days,
        }
    }
}

/// What a cell tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum MeasureWord {
    /// The share of the cohort that bought
    Retention,
    /// How many bought
    Returned,
    /// Their orders
    Orders,
    /// Their GMV
    Gmv,
    /// GMV per buyer of the cohort up to then
    GmvPerBuyer,
}

impl From<MeasureWord> for Measure {
    fn from(word: MeasureWord) -> Self {
        match word {
            MeasureWord::Retention => Self::Retention,
            MeasureWord::Returned => Self::Returned,
            MeasureWord::Orders => Self::Orders,
            MeasureWord::Gmv => Self::Gmv,
            MeasureWord::GmvPerBuyer => Self::GmvPerBuyer,
        }
    }
}

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The rates of each period.
    Rates,
    /// The time to the second order, day by day.
    Curve,
    /// What is to come.
    Expected,
    /// Cohorts, a row for each cohort and offset.
    Cohorts,
    /// Cohorts, a row for each cohort.
    Wide,
}

/// A run, resolved.
#[derive(Debug)]
pub struct RepurchaseSettings {
    /// Exports, or the tables of a cluster.
    pub persons: Persons,
    /// What is shown.
    pub shown: Shown,
    /// What makes an order another one.
    pub occasion: Occasion,
    /// What cells of cohorts tell.
    pub measure: Measure,
    /// Where a picture of the cohorts goes.
    pub chart: Option<PathBuf>,
    /// Whether rates have intervals.
    pub shows_precision: bool,
    /// The level of intervals.
    pub level: Level,
    /// How it is shown.
    pub presentation: Presentation,
    /// Where every rejected row is written.
    pub rejects: Option<PathBuf>,
    /// Whether rejected rows change the exit code.
    pub strict: bool,
    /// Options and definitions, for the metadata of files.
    pub metadata: Vec<(String, String)>,
}

/// What counts, wherever it is.
pub struct Counted<'a> {
    /// The groups.
    pub grouping: &'a Grouping,
    /// What ties orders to viewing.
    pub attribution: Attribution,
    /// Which amount counts.
    pub basis: Basis,
    /// The kind of the periods.
    pub period: PeriodKind,
}

impl RepurchaseSettings {
    /// What counts.
    #[must_use]
    pub fn counted(&self) -> Counted<'_> {
        match &self.persons {
            Persons::Exports(exports) => Counted {
                grouping: &exports.grouping,
                attribution: exports.attribution,
                basis: exports.basis,
                period: exports.period,
            },
            Persons::Cluster(cluster) => Counted {
                grouping: &cluster.rules.grouping,
                attribution: cluster.rules.attribution,
                basis: cluster.rules.basis,
                period: cluster.rules.period,
            },
        }
    }
}

/// Said where there are no persons.
const REFUSAL: &str =
    "who comes back is told by the orders of each buyer: --facts and --rooms hold sums alone";

impl RepurchaseArguments {
    /// What was typed, resolved.
    ///
    /// # Errors
    /// When it cannot be meant, or a file that it names cannot be used.
    pub fn resolve(&self) -> Result<RepurchaseSettings, SettingsError> {
        let presentation = self.presentation.resolve()?;
        let shown = self.told.shown();
        if let Some(path) =
            self.told.cohorts.chart.as_deref().filter(|path| path.extension().is_none_or(|it| it != "svg"))
        {
            let text = format!("--chart {}: the picture is an .svg file", path.display());
            return Err(UsageError(text).into());
        }
        let chart = self.told.cohorts.chart.as_deref().map(|path| ("--chart", path));
        let grouping = |typed: Result<Grouping, String>, _: &_| {
            let grouping = typed.map_err(UsageError)?;
            check_groups(&grouping, shown)?;
            Ok(grouping)
        };
        let wanted =
            Wanted { grouping: &grouping, ranges: None, moments: false, spend: &[], takes_sums: false };
        if self.sums.asks_cluster() && shown == Shown::Expected {
            let text = "--expected: what is to come stands on the history of each buyer, which stays on the cluster; run it on exports";
            return Err(UsageError(text.to_owned()).into());
        }
        let work = self.sums.work(&wanted, &presentation, chart.as_slice())?;
        let mut persons = work.persons(REFUSAL)?;
        let occasion = Occasion::from(self.told.repurchase);
        match &mut persons {
            Persons::Exports(exports) => exports.follows_buyers = true,
            Persons::Cluster(cluster) => cluster.rules.occasion = occasion,
        }
        let mut metadata = self.sums.metadata_of(&persons);
        metadata.push(("gmv.repurchase".to_owned(), super::words::name(&self.told.repurchase)));
        let (rejects, strict) = self.sums.rejects();
        Ok(RepurchaseSettings {
            persons,
            shown,
            occasion,
            measure: self.told.cohorts.measure.into(),
            chart: self.told.cohorts.chart.clone(),
            shows_precision: self.told.ci,
            level: self.told.level,
            presentation,
            rejects,
            strict,
            metadata,
        })
    }
}

impl ToldArguments {
    fn shown(&self) -> Shown {
        match (self.cohorts.cohorts, self.cohorts.wide) {
            (true, true) => Shown::Wide,
            (true, false) => Shown::Cohorts,
            _ if self.curve => Shown::Curve,
            _ if self.expected => Shown::Expected,
            _ => Shown::Rates,
        }
    }
}

/// Whether buyers can come back to such groups.
pub(super) fn check_groups(grouping: &Grouping, shown: Shown) -> Result<(), UsageError> {
    let refuse = |text: &str| Err(UsageError(text.to_owned()));
    if grouping.has_live() {
        return refuse(
            "--by live: a broadcast is over when it ends, and nobody comes back to it; use streamer",
        );
    }
    if matches!(shown, Shown::Cohorts | Shown::Wide | Shown::Expected)
        && grouping.columns.iter().any(GroupColumn::is_viewer_side)
    {
        return refuse(
            "--by domain, traffic and buyer-type change from period to period, a cohort and the buyers of today do not; leave them out",
        );
    }
    Ok(())
}
