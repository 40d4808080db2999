//! `gmv report`: what was typed, and what it means: a command line for each table.

mod commands;
mod periods;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum, ValueHint};
use jiff::civil::Date;

use super::given::Given;
use super::output::LanguageWord;
use super::sums::SumArguments;
use super::values::{self, AsOf};
use super::words::{PeerWord, PeriodWord};
use super::{
    CheckOutput, CompareSettings, DecomposeSettings, ExplainSettings, PlanSettings, RepurchaseSettings,
    SettingsError, UsageError, places,
};
use crate::alert::Alert;
use crate::calendar::{DateRange, PeriodKind};
use crate::input::files::discover;
use crate::present::folder::Names;
use crate::present::log::LogForm;
use crate::present::model::Language;
use crate::present::report::Report;
use crate::units::Level;
use commands::{check, compare, decompose, explain, plan, repurchase};
use periods::{as_of, names, periods};

/// The options of `gmv report`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(
    after_long_help = AFTER_HELP,
    mut_arg("facts", |one| one.hide(true)),
    mut_arg("rooms", |one| one.hide(true)),
    mut_arg("by", |one| one.hide(true)),
    mut_arg("to", |one| one.hide(true)),
    mut_arg("from", |one| one.help("Leave out what is before this date: the trend, cohorts and what is usual begin with it"))
)]
pub struct ReportArguments {
    #[command(flatten)]
    told: ToldArguments,
    #[command(flatten)]
    sums: SumArguments,
    #[command(flatten)]
    output: OutputArguments,
    /// What was given, for the command lines of tables.
    #[arg(skip)]
    pub(super) given: Given,
}

const AFTER_HELP: &str = "\
What is in OUT/PERIOD (the first date of the period, such as 2026-11-09):
  report.html       one page for people: offline, for phones, desktops and paper
  report.xlsx       the same for Excel, LibreOffice and WPS
  tables/*.parquet  each table, for DuckDB, pandas and Polars
  run.json          version, options, inputs with their hashes, where every row
                    went, alerts

Alerts (--alert, or alert = [...] in gmv.toml) are conditions on the total or on each streamer:
  gmv change < -10 % and significant
  streamer: refund_rate > 20 %
  data gap

Nothing is printed unless something is wrong, and nothing is sent anywhere: what cron, systemd or a chat does with the exit code is in examples/.

Exit codes: 0 done · 1 failed, such as a day of the period without exports · 2 wrong usage · 3 done, but rows were rejected and --strict \
was given · 4 done, and an alert fired.

Examples:
  gmv report --orders orders.csv --sessions sessions.csv --as-of 2026-11-16
  gmv report --config gmv.toml
  gmv report --config gmv.toml --as-of 2026-11-16 --lang zh
  gmv report --store store --alert 'gmv change < -10 % and significant'
  gmv report --config /etc/gmv/shop.toml --out /srv/gmv/reports --log json
  gmv report --engine sc://spark:15002 --orders-table o --sessions-table s";

/// Behind the options of the exports, which it belongs to.
const AFTER_EXPORTS: usize = 1000;

/// What is reported.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is reported")]
struct ToldArguments {
    /// Report the last period that was complete on this date [default: today]
    #[arg(long, value_name = "DATE|today", value_parser = values::as_of)]
    as_of: Option<AsOf>,
    /// Report the period even if the data does not reach all of its days
    #[arg(long)]
    allow_partial: bool,
    /// A condition to be told of, such as 'gmv change < -10 % and significant' (repeatable): where it holds, the report lists it and the exit
    /// code is 4; the grammar is in docs/alerts.md
    #[arg(long, value_name = "CONDITION", value_parser = values::alert)]
    alert: Vec<Alert>,
    /// What the report is called, such as the name of the shop
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// How many of the last periods the trend shows
    #[arg(long, value_name = "N", default_value_t = 13, value_parser = values::trend)]
    trend: usize,
    /// The level of intervals
    #[arg(long, value_name = "LEVEL", default_value = "0.95", value_parser = values::level)]
    level: Level,
    /// Tables of what was spent to bring viewers (streamer_id, date, cost): cost and roi beside the sums
    #[arg(long, num_args = 1.., value_name = "FILE", help_heading = "Input", display_order = AFTER_EXPORTS, conflicts_with_all = ["facts", "rooms", "engine"], value_hint = ValueHint::FilePath)]
    spend: Vec<String>,
    /// With whom a streamer is compared for headroom: those of the same tier, of the same columns of --streamers, or all [default: tier]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    peers: Vec<String>,
    /// What of these peers headroom is measured against
    #[arg(long, value_enum, default_value_t = PeerWord::P75)]
    peer_value: PeerWord,
}

/// Where it goes, and how it is said.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct OutputArguments {
    /// The folder of reports: OUT/2026-11-09 is made in it, and OUT/latest leads to the newest
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, default_value = "reports")]
    out: PathBuf,
    /// The language of the page and the workbook
    #[arg(long, value_enum, default_value_t = LanguageWord::En)]
    lang: LanguageWord,
    /// The currency sign, instead of the profile's
    #[arg(long, value_name = "SIGN")]
    currency: Option<String>,
    /// What standard error gets: text, only where something is wrong; or JSON, an object a line, the last of which says what was written and how
    /// long each step took
    #[arg(long, value_enum, default_value_t = LogWord::Text)]
    log: LogWord,
    /// Say nothing on standard error but errors
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogWord {
    Text,
    Json,
}

/// A command, and its command line in words.
#[derive(Debug)]
pub struct Asked<S> {
    /// For a shell.
    pub line: String,
    /// Resolved.
    pub settings: S,
}

/// A run, resolved: the command of each table.
#[derive(Debug)]
pub struct ReportSettings {
    /// The kind of the periods.
    pub kind: PeriodKind,
    /// The period that is reported.
    pub period: DateRange,
    /// The one before.
    pub before: DateRange,
    /// As of when it is the last complete one.
    pub as_of: Date,
    /// Whether days of it may be missing.
    pub allows_partial: bool,
    /// The level of intervals.
    pub level: Level,
    /// How many periods the trend shows.
    pub trend: usize,
    /// The title.
    pub title: Option<String>,
    /// The conditions that are worth a word.
    pub alerts: Vec<Alert>,
    /// In what form it is said what happens.
    pub log: LogForm,
    /// Whether only errors are said.
    pub quiet: bool,
    /// The exports and tables that are read, with what they hold.
    pub inputs: Vec<(&'static str, PathBuf)>,
    /// The folder of reports.
    pub out: PathBuf,
    /// The folder of this one in it, and the link to the newest.
    pub names: Names,
    /// The share of peers that headroom is told against.
    pub peer_quantile: f64,
    /// The language of what people read.
    pub language: Language,
    /// The currency sign; `None` is the profile's.
    pub currency: Option<String>,
    /// Where every rejected row is written, and whether such rows change the exit code.
    pub rejects: (Option<PathBuf>, bool),
    /// All streamers together.
    pub totals: Asked<DecomposeSettings>,
    /// Each streamer.
    pub streamers: Asked<DecomposeSettings>,
    /// By domain; `None` without sessions, which tell it.
    pub domains: Option<Asked<DecomposeSettings>>,
    /// New and returning.
    pub buyer_types: Asked<DecomposeSettings>,
    /// What changed.
    pub change: Asked<CompareSettings>,
    /// What changed, by streamer.
    pub streamer_changes: Asked<CompareSettings>,
    /// Slices.
    pub slices: Asked<ExplainSettings>,
    /// Repurchase.
    pub repurchase: Asked<RepurchaseSettings>,
    /// Repurchase by streamer.
    pub streamer_repurchase: Asked<RepurchaseSettings>,
    /// Cohorts.
    pub cohorts: Asked<RepurchaseSettings>,
    /// Headroom.
    pub headroom: Asked<PlanSettings>,
    /// The quality of the exports; `None` for the tables of a cluster.
    pub quality: Option<Asked<CheckOutput>>,
}

/// Options of the report that tables have their own values of.
const OWN: [&str; 6] = ["by", "to", "rejects", "strict", "lang", "currency"];

impl ReportArguments {
    /// The form in which it is said what happens.
    #[must_use]
    pub fn log(&self) -> LogForm {
        if self.output.log == LogWord::Json { LogForm::Json } else { LogForm::Text }
    }

    /// What was typed, resolved.
    ///
    /// # Errors
    /// When it cannot be meant, or a file that it names cannot be used.
    pub fn resolve(&self) -> Result<ReportSettings, SettingsError> {
        self.check()?;
        if !self.sums.asks_cluster() {
            self.sums.check_exports(false)?;
        }
        let calendar = self.sums.calendar()?;
        let kind = self.sums.groups.period.map_or(PeriodKind::Week, PeriodKind::from);
        let as_of = as_of(self.told.as_of, &calendar, jiff::Timestamp::now())?;
        let (period, before) = periods(&calendar, kind, as_of)?;
        if let Some(from) = self.sums.groups.from.filter(|from| *from > period.first) {
            let text = format!("--from {from} is after the first day of the period, {}", period.first);
            return Err(UsageError(text).into());
        }
        let mut inputs = self.sums.named_inputs()?;
        let spend = discover(&self.told.spend)?.into_iter();
        inputs.extend(spend.filter_map(|source| Some(("spend", source.path?))));
        let paths: Vec<PathBuf> =
            self.sums.inputs()?.into_iter().chain(inputs.iter().map(|one| one.1.clone())).collect();
        let (rejects, strict) = self.sums.rejects();
        let written: Vec<(&str, &Path)> = rejects.iter().map(|path| ("--rejects", path.as_path())).collect();
        places::check(&written, &paths)?;
        let names = names(kind, period.first);
        places::check_folder("--out", &self.output.out)?;
        let place = self.output.out.join(&names.folder);
        places::check_outside(("--out", &place), paths.iter().chain(&rejects))?;
        self.tables(Frame { kind, period, before, as_of, inputs, rejects: (rejects, strict), names })
    }

    /// What cannot be meant.
    fn check(&self) -> Result<(), UsageError> {
        let refuse = |text: &str| Err(UsageError(text.to_owned()));
        let groups = &self.sums.groups;
        if !groups.by.is_empty() {
            return refuse("--by: the report has its own groups; leave it out, or use gmv decompose --by …");
        }
        if groups.to.is_some() {
            return refuse("--to: the report ends with its period; --as-of DATE says which that is");
        }
        if groups.period == Some(PeriodWord::All) {
            return refuse("--period all: a report compares a period with the one before; use day to year");
        }
        if self.sums.has_sums_alone() {
            return refuse(
                "a report is made of orders and sessions: --facts and --rooms hold sums alone; use gmv decompose and gmv compare",
            );
        }
        if self.sums.reads_standard_input() || self.told.spend.iter().any(|name| name == "-") {
            return refuse(
                "- (standard input) can be read once, and a report looks at exports more often; give files or --store",
            );
        }
        Ok(())
    }

    /// The commands of all tables.
    fn tables(&self, frame: Frame) -> Result<ReportSettings, SettingsError> {
        let (first, last, before) =
            (frame.period.first.to_string(), frame.period.last.to_string(), frame.before.first.to_string());
        let to = ("to", last.as_str());
        let pair = [("before", before.as_str()), ("after", first.as_str()), to];
        let line = |command, without: &[&str], own: &[(&str, &str)]| {
            self.given.line(command, &[&OWN, without].concat(), own)
        };
        let sums = |by: &str, own: &[(&str, &str)]| {
            let without: &[&str] = if own.is_empty() { &["spend", "level"] } else { &[] };
            decompose(&line("decompose", without, &[&[("by", by)], own, &[to]].concat()))
        };
        let changes =
            |by: &str| compare(&line("compare", &[], &[&[("by", by), ("ci", "")][..], &pair].concat()));
        let rates = |own: &[(&str, &str)], without: &[&str]| {
            repurchase(&line("repurchase", without, &[own, &[to]].concat()))
        };
        Ok(ReportSettings {
            totals: sums("total", &[("ci", "")])?,
            streamers: sums("streamer", &[("ci", "")])?,
            domains: self.sums.has_viewing().then(|| sums("total,domain", &[])).transpose()?,
            buyer_types: sums("total,buyer-type", &[])?,
            change: changes("total")?,
            streamer_changes: changes("streamer")?,
            slices: explain(&line("explain", &[], &pair))?,
            repurchase: rates(&[("by", "total"), ("ci", "")], &[])?,
            streamer_repurchase: rates(&[("by", "streamer")], &["level"])?,
            cohorts: rates(&[("by", "total"), ("cohorts", "")], &["level"])?,
            headroom: plan(&line("plan", &[], &[("base", first.as_str()), to]))?,
            quality: (!self.sums.asks_cluster()).then(|| check(&line("check", &[], &[to]))).transpose()?,
            kind: frame.kind,
            period: frame.period,
            before: frame.before,
            as_of: frame.as_of,
            allows_partial: self.told.allow_partial,
            level: self.told.level,
            trend: self.told.trend,
            title: self.told.title.clone().filter(|title| !title.trim().is_empty()),
            alerts: self.told.alert.clone(),
            log: self.log(),
            quiet: self.output.quiet,
            inputs: frame.inputs,
            out: self.output.out.clone(),
            names: frame.names,
            peer_quantile: self.told.peer_value.quantile(),
            language: self.output.lang.into(),
            currency: self.output.currency.clone(),
            rejects: frame.rejects,
        })
    }
}

impl ReportSettings {
    /// The report before anything is known of the exports.
    #[must_use]
    pub fn begin(&self) -> Report {
        Report {
            title: self.title.clone(),
            language: self.language,
            currency: String::new(),
            kind: self.kind,
            period: self.period,
            before: None,
            as_of: self.as_of,
            level: self.level,
            trend: self.trend,
            peer_quantile: self.peer_quantile,
            tables: Vec::new(),
            narrative: String::new(),
            slices: String::new(),
            steps: Vec::new(),
            findings: None,
            gaps: Vec::new(),
            alerts: None,
            fired: 0,
            unknown: 0,
            ledgers: Vec::new(),
            closes: false,
            warnings: Vec::new(),
            facts: Vec::new(),
            inputs: Vec::new(),
            metadata: Vec::new(),
        }
    }
}

/// What is known before the tables.
struct Frame {
    kind: PeriodKind,
    period: DateRange,
    before: DateRange,
    as_of: Date,
    inputs: Vec<(&'static str, PathBuf)>,
    rejects: (Option<PathBuf>, bool),
    names: Names,
}
