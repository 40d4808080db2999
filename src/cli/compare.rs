//! `gmv compare`: what was typed, and what it means.

use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};

use super::output::{Presentation, PresentationArguments};
use super::sums::{SumArguments, Wanted, Work};
use super::values::{self, Side};
use super::words::{FactorWord, MethodWord};
use super::{SettingsError, UsageError, places};
use crate::calendar::DateRange;
use crate::change::{Asked, Bootstrap, Method, Precision};
use crate::engine::Grouping;
use crate::engine::leaves::leaf_grouping;
use crate::factor::Factor;
use crate::input::streamers::Streamers;
use crate::present::{Format, Target};
use crate::units::Level;

/// The options of `gmv compare`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct CompareArguments {
    #[command(flatten)]
    periods: PairArguments,
    #[command(flatten)]
    method: MethodArguments,
    #[command(flatten)]
    precision: PrecisionArguments,
    #[command(flatten)]
    sums: SumArguments,
    /// Say it in words instead of a table: three to six sentences
    #[arg(long, help_heading = "Output", conflicts_with = "format")]
    narrative: bool,
    /// Draw the way from GMV before to GMV after under the table
    #[arg(long, help_heading = "Output", conflicts_with = "narrative")]
    waterfall: bool,
    /// Draw the same as a picture for slides, into an .svg file
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Output")]
    chart: Option<PathBuf>,
    #[command(flatten)]
    presentation: PresentationArguments,
}

const AFTER_HELP: &str = "\
What the effects mean:
  uv_effect            more or fewer viewers          UV
  watch_effect         watch time per viewer          内容消费时长
  conversion_effect    buyers per watch hour          单位时长订单转化率
  aov_effect           GMV per order                  客单价(笔单价)
  repurchase_effect    orders per buyer               复购频次
Together they are gmv_change. watch_effect + conversion_effect = viewer_conversion_effect: idle watchers make the two cancel.

How sure (--ci):
  _beyond_sampling     the interval leaves 0 out: more than chance between
                       viewers
  _unusual             more than 3 times what the periods before did (at least
                       12 complete changes)
  _significant         both

Examples:
  gmv compare --orders orders.csv --sessions sessions.csv --ci
  gmv compare --orders o.csv --sessions s.csv --by total --narrative
  gmv compare --store store --before 2026-11-02 --after 2026-11-09 --by domain
  gmv compare --store store --yoy --period month --by total
  gmv compare --facts dashboard.csv --method shapley --by total
  gmv compare --facts sums.parquet --ci --influences squares.parquet";

/// Which two periods are compared.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is compared")]
pub(super) struct PairArguments {
    /// The period before: a date in it, or a range A..B that counts as one period
    #[arg(long, value_name = "DATE|A..B", value_parser = values::side, requires = "after")]
    before: Option<Side>,
    /// The period after, in the same way
    #[arg(long, value_name = "DATE|A..B", value_parser = values::side, requires = "before")]
    after: Option<Side>,
    /// The last complete period against the one before it (the default)
    #[arg(long, conflicts_with_all = ["before", "after", "yoy"])]
    last: bool,
    /// The last complete period against the one a year earlier: 364 days for days and weeks
    #[arg(long, conflicts_with_all = ["before", "after"])]
    yoy: bool,
}

/// How the change is divided.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is compared")]
pub(super) struct MethodArguments {
    /// How the change is divided among the factors
    #[arg(long, value_enum, default_value_t = MethodWord::Lmdi)]
    method: MethodWord,
    /// The order in which --method chain replaces the factors [default: uv,watch,conversion,aov,repurchase]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_enum)]
    order: Vec<FactorWord>,
    /// The leaves of which rows are summed, in the words of --by [default: streamer, and what --by divides besides]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(super) leaf: Vec<String>,
}

/// How sure effects are.
#[derive(Debug, Args)]
#[command(next_help_heading = "How sure")]
struct PrecisionArguments {
    /// Add to each effect its interval, and whether it is more than chance and more than usual
    #[arg(long)]
    ci: bool,
    /// The level of the intervals
    #[arg(long, value_name = "LEVEL", default_value = "0.95", value_parser = values::level)]
    level: Level,
    /// Take the intervals from so many replicates (a Poisson bootstrap over persons) instead of the persons' influences
    #[arg(long, value_name = "N", value_parser = values::replicates)]
    bootstrap: Option<usize>,
    /// The seed of the bootstrap: the same one gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 7)]
    seed: u64,
    /// With --facts: what the statement of gmv sql --query influences gave for this comparison, for its intervals and distinct persons
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "facts", conflicts_with = "bootstrap")]
    influences: Option<PathBuf>,
    /// With --facts, where leaves are by columns of orders: the sums by their other columns, for viewing where nothing was sold
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, requires = "facts")]
    viewing: Option<String>,
}

/// In what form a comparison is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As a document.
    Document,
    /// As a table, and a waterfall under it.
    Waterfall,
    /// In words.
    Narrative,
}

/// A run, resolved.
#[derive(Debug)]
pub struct CompareSettings {
    /// What is computed from what.
    pub work: Work,
    /// The columns of rows; `None` for those of a facts file.
    pub by: Option<Grouping>,
    /// The two periods.
    pub asked: Asked,
    /// How the change is divided.
    pub method: Method,
    /// Where intervals come from.
    pub precision: Precision,
    /// Whether the intervals are shown.
    pub shows_precision: bool,
    /// What another engine told of persons whose sums a facts file has.
    pub influences: Option<PathBuf>,
    /// The sums of the groups of which leaves are slices.
    pub viewing: Option<String>,
    /// In what form it is shown.
    pub form: Form,
    /// Where the picture goes.
    pub chart: Option<PathBuf>,
    /// How it is shown.
    pub presentation: Presentation,
    /// Where every rejected row is written.
    pub rejects: Option<PathBuf>,
    /// Whether rejected rows change the exit code.
    pub strict: bool,
    /// Options and definitions, for the metadata of files.
    pub metadata: Vec<(String, String)>,
}

impl CompareArguments {
    /// What was typed, resolved.
    ///
    /// # Errors
    /// When it cannot be meant, or a file that it names cannot be used.
    pub fn resolve(&self) -> Result<CompareSettings, SettingsError> {
        let presentation = self.presentation.resolve()?;
        let (asked, ranges) = self.periods.resolve()?;
        let method = self.method.resolve()?;
        self.check_engine()?;
        let chart = self.chart.as_deref().map(|path| ("--chart", path));
        self.precision.check_places(&presentation, chart)?;
        let wanted = Wanted {
            grouping: &|by, streamers| self.leaf(by, streamers),
            ranges,
            moments: false,
            spend: &[],
            takes_sums: true,
        };
        let work = self.sums.work(&wanted, &presentation, chart.as_slice())?;
        if ranges.is_some() && matches!(work, Work::Facts(_)) && self.precision.influences.is_none() {
            let text = "--before A..B: sums of a facts file cannot be recomputed for a range of dates; name a date in each period";
            return Err(UsageError(text.to_owned()).into());
        }
        presentation.check_narrative(self.narrative)?;
        if self.waterfall && presentation.options.format != Format::Table {
            let text = "--waterfall is drawn under a table: add --format table, or use --chart FILE.svg";
            return Err(UsageError(text.to_owned()).into());
        }
        self.check_leaf(&work)?;
        if let Some(path) = &self.chart
            && path.extension().is_none_or(|extension| extension != "svg")
        {
            let text = format!("--chart {}: the picture is an .svg file", path.display());
            return Err(UsageError(text).into());
        }
        let (rejects, strict) = self.sums.rejects();
        Ok(CompareSettings {
            by: self.sums.rows_by(&work)?,
            metadata: self.metadata(&work, &method),
            work,
            asked,
            method,
            precision: self.precision.resolve(self.narrative),
            shows_precision: self.precision.ci || self.precision.bootstrap.is_some(),
            influences: self.precision.influences.clone(),
            viewing: self.precision.viewing.clone(),
            form: self.form(),
            chart: self.chart.clone(),
            presentation,
            rejects,
            strict,
        })
    }

    /// Refuses what a cluster cannot tell of persons.
    fn check_engine(&self) -> Result<(), UsageError> {
        if self.sums.asks_cluster() && self.precision.bootstrap.is_some() {
            let text = "--bootstrap: a cluster does not draw persons; --ci takes the intervals from their influences";
            return Err(UsageError(text.to_owned()));
        }
        Ok(())
    }

    /// Leaves are rows of a facts file, and what broadcasts can tell.
    fn check_leaf(&self, work: &Work) -> Result<(), UsageError> {
        let words = &self.method.leaf;
        match work {
            _ if words.is_empty() => Ok(()),
            Work::Exports(_) | Work::Cluster(_) => Ok(()),
            Work::Facts(_) => Err(UsageError(
                "--leaf: the leaves of a facts file are its rows; leave the option out".to_owned(),
            )),
            Work::Rooms(rooms) => Grouping::of_rooms(words, &rooms.streamers)
                .map(|_| ())
                .map_err(|error| UsageError(error.replace("--by", "--leaf"))),
        }
    }

    fn form(&self) -> Form {
        match (self.narrative, self.waterfall) {
            (true, _) => Form::Narrative,
            (false, true) => Form::Waterfall,
            (false, false) => Form::Document,
        }
    }

    /// The leaves of what `--by` says.
    fn leaf(&self, by: Result<Grouping, String>, streamers: &Streamers) -> Result<Grouping, SettingsError> {
        let named = Some(&self.method.leaf).filter(|words| !words.is_empty());
        let named = named.map(|words| Grouping::parse(words, streamers)).transpose();
        let named = named.map_err(|error| UsageError(error.replace("--by", "--leaf")))?;
        let by = by.map_err(UsageError)?;
        if let Some(column) = by.columns.iter().find(|column| is_column_of_result(column.name())) {
            let name = column.name();
            let text = format!(
                "--by {name}: the result has a column of that name; map it under another one in a profile"
            );
            return Err(UsageError(text).into());
        }
        Ok(leaf_grouping(&by, named).map_err(|error| UsageError(error.to_string()))?)
    }

    fn metadata(&self, work: &Work, method: &Method) -> Vec<(String, String)> {
        let mut metadata = self.sums.metadata(work);
        let by = self.sums.groups.words().join(",");
        metadata.retain(|(key, _)| key != "gmv.by");
        metadata.push(("gmv.by".to_owned(), by));
        let leaf = match work {
            Work::Exports(settings) => settings.grouping.describe(),
            Work::Rooms(settings) => settings.grouping.describe(),
            Work::Cluster(settings) => settings.rules.grouping.describe(),
            Work::Facts(_) => String::new(),
        };
        metadata.push(("gmv.leaf".to_owned(), leaf));
        metadata.push(("gmv.method".to_owned(), method.name().to_owned()));
        if let Method::Chain(order) = method {
            let order: Vec<&str> = order.iter().map(|factor| factor.name()).collect();
            metadata.push(("gmv.order".to_owned(), order.join(",")));
        }
        metadata
    }
}

impl PairArguments {
    /// Its options that say something about periods of a kind.
    pub(super) fn given(&self) -> [(&'static str, bool); 3] {
        let is_of_dates = matches!(self.before, Some(Side::Date(_)));
        [("before", is_of_dates), ("last", self.last), ("yoy", self.yoy)]
    }

    pub(super) fn resolve(&self) -> Result<(Asked, Option<(DateRange, DateRange)>), UsageError> {
        match (self.before, self.after) {
            (Some(Side::Date(before)), Some(Side::Date(after))) => Ok((Asked::Dates { before, after }, None)),
            (Some(Side::Range(before)), Some(Side::Range(after))) => {
                let ranges = if before.first <= after.first { (before, after) } else { (after, before) };
                if ranges.0.last >= ranges.1.first {
                    let text = "--before and --after share dates; a day can be on one side alone";
                    return Err(UsageError(text.to_owned()));
                }
                let asked = Asked::Ranges { before, after };
                Ok((asked, Some(ranges)))
            }
            (Some(_), Some(_)) => {
                let text = "--before and --after: give a date for both, or a range A..B for both";
                Err(UsageError(text.to_owned()))
            }
            _ if self.yoy => Ok((Asked::YearOnYear, None)),
            _ => Ok((Asked::Last, None)),
        }
    }
}

impl MethodArguments {
    /// Its options that say something.
    pub(super) fn given(&self) -> [(&'static str, bool); 2] {
        [("method", self.method != MethodWord::Lmdi), ("order", !self.order.is_empty())]
    }

    pub(super) fn resolve(&self) -> Result<Method, UsageError> {
        if !self.order.is_empty() && self.method != MethodWord::Chain {
            return Err(UsageError("--order says how --method chain replaces factors".to_owned()));
        }
        Ok(match self.method {
            MethodWord::Lmdi => Method::Lmdi,
            MethodWord::Shapley => Method::Shapley,
            MethodWord::Chain if self.order.is_empty() => Method::Chain(Factor::ALL),
            MethodWord::Chain => {
                let order: Vec<Factor> = self.order.iter().map(|word| Factor::from(*word)).collect();
                let is_whole = Factor::ALL.iter().all(|factor| order.contains(factor));
                let order = order.try_into().ok().filter(|_| is_whole);
                let text = "--order names each of uv, watch, conversion, aov, repurchase once";
                Method::Chain(order.ok_or_else(|| UsageError(text.to_owned()))?)
            }
        })
    }
}

impl PrecisionArguments {
    /// Refuses to write over what is read.
    fn check_places(
        &self,
        presentation: &Presentation,
        chart: Option<(&'static str, &Path)>,
    ) -> Result<(), SettingsError> {
        let output = match &presentation.target {
            Target::File(path) => Some(("-o", path.as_path())),
            Target::Stdout => None,
        };
        let written: Vec<(&str, &Path)> = chart.into_iter().chain(output).collect();
        let read = self.influences.iter().cloned().chain(self.viewing.iter().map(PathBuf::from));
        places::check(&written, &read.collect::<Vec<_>>())
    }

    fn resolve(&self, narrative: bool) -> Precision {
        match self.bootstrap {
            Some(replicates) => Precision::Bootstrap(Bootstrap { replicates, seed: self.seed }, self.level),
            None if self.ci || narrative => Precision::Influence(self.level),
            None => Precision::None,
        }
    }
}

/// Whether a comparison has a column of this name.
fn is_column_of_result(name: &str) -> bool {
    let ends = [
        "_effect",
        "_before",
        "_after",
        "_ratio",
        "_change",
        "_lo",
        "_hi",
        "_sampling",
        "_unusual",
        "_significant",
    ];
    ["before", "after", "status"].contains(&name) || ends.iter().any(|end| name.ends_with(end))
}
