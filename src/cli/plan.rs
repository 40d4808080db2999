//! `gmv plan`: what was typed, and what it means.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::output::{Presentation, PresentationArguments};
use super::sums::{SumArguments, Wanted, Work};
use super::values::{self, ChangeFor};
use super::words::{LiftWord, PeerWord};
use super::{SettingsError, UsageError};
use crate::engine::Grouping;
use crate::factor::Factor;
use crate::input::streamers::Streamers;
use crate::plan::{Clause, Goal, Lift, Multiplier, Peers, Question, Target, WhatIf};
use crate::units::Level;

/// The options of `gmv plan`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP)]
pub struct PlanArguments {
    #[command(flatten)]
    base: BaseArguments,
    #[command(flatten)]
    changes: ChangeArguments,
    #[command(flatten)]
    target: TargetArguments,
    #[command(flatten)]
    headroom: HeadroomArguments,
    #[command(flatten)]
    sums: SumArguments,
    #[command(flatten)]
    presentation: PresentationArguments,
}

const AFTER_HELP: &str = "\
Three questions about one period, the last complete one or that of --base:
  what if   changes of factors (--uv … --repurchase): the new GMV exactly, and
            what each does
  target    --target: by how much factors must rise to reach a GMV
  headroom  neither: what streamers would gain if one lever rose to what their
            peers reach
They speak of gmv, which viewing explains; off-live GMV stays as it is.

The factors, as options call them:
  uv          distinct viewers         UV
  watch       watch time per viewer    内容消费时长
  conversion  buyers per watch hour    单位时长订单转化率
  aov         GMV per order            客单价(笔单价)
  repurchase  orders per buyer         复购频次

Changes are +10%, -5% or x1.2; for one streamer with its id before, --aov s001=+5%. Changes of the same factor of the same row multiply, \
in any order: --aov +10% --aov s001=-5% makes it x1.1 everywhere, and x1.045 for s001.

Examples:
  gmv plan --orders orders.csv --sessions sessions.csv
  gmv plan --orders o.csv --sessions s.csv --uv +10% --aov -5%
  gmv plan --store store --repurchase +8% --streamer s001 --base 2026-11-09
  gmv plan --facts dashboard.csv --target 1200000 --lift aov
  gmv plan --store store --target +5% --cap uv=+10%,watch=+0%,conversion=+5%
  gmv plan --store store --streamers streamers.csv --peers tier,field";

/// What is planned from.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is planned from")]
struct BaseArguments {
    /// The period that holds this date [default: the last complete one]
    #[arg(long, value_name = "DATE", value_parser = values::date)]
    base: Option<Date>,
    /// Only these streamers (repeatable): changes are for them, or lifts, or headroom is told of them; the others stay as they are
    #[arg(long, value_name = "ID")]
    streamer: Vec<String>,
}

/// What changes.
#[derive(Debug, Args)]
#[command(next_help_heading = "What if")]
struct ChangeArguments {
    /// A change of UV, such as +10%, -5% or x1.2; of one streamer ID=+10% (so do all of these; repeatable, they multiply)
    #[arg(long, value_name = "CHANGE", value_parser = values::change_for, allow_hyphen_values = true)]
    uv: Vec<ChangeFor>,
    /// A change of watch time per viewer
    #[arg(long, value_name = "CHANGE", value_parser = values::change_for, allow_hyphen_values = true)]
    watch: Vec<ChangeFor>,
    /// A change of buyers per watch hour
    #[arg(long, value_name = "CHANGE", value_parser = values::change_for, allow_hyphen_values = true)]
    conversion: Vec<ChangeFor>,
    /// A change of buyers per viewer: the same as of buyers per watch hour, while watch time per viewer stays
    #[arg(long, value_name = "CHANGE", value_parser = values::change_for, allow_hyphen_values = true)]
    viewer_conversion: Vec<ChangeFor>,
    /// A change of GMV per order
    #[arg(long, value_name = "CHANGE", value_parser = values::change_for, allow_hyphen_values = true)]
    aov: Vec<ChangeFor>,
    /// A change of orders per buyer
    #[arg(long, value_name = "CHANGE", value_parser = values::change_for, allow_hyphen_values = true)]
    repurchase: Vec<ChangeFor>,
}

/// Options of a what-if, which is a question of its own.
const CHANGES: [&str; 6] = ["uv", "watch", "conversion", "viewer_conversion", "aov", "repurchase"];

/// What is to be reached, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "Target")]
struct TargetArguments {
    /// The GMV of all rows together to reach in such a period: an amount, or +20% on what there is
    #[arg(long, value_name = "GMV|CHANGE", value_parser = values::goal, allow_hyphen_values = true, conflicts_with_all = CHANGES)]
    target: Option<Goal>,
    /// What rises: factors, by the same percentage in all rows (aov, or conversion,aov,repurchase, or all); or least, each row by itself: the
    /// lifts (as logs, over all rows and factors) add up to as little as can be, which takes the largest rows first [default: least]
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        value_enum,
        requires = "target",
        hide_default_value = true
    )]
    lift: Vec<LiftWord>,
    /// The most that a factor may rise in a row: uv=+10%,aov=+5%; +0% leaves it as it is, and a factor that is not named has no cap
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = values::cap, requires = "target")]
    cap: Vec<(Factor, Multiplier)>,
}

/// Whom streamers are held against.
#[derive(Debug, Args)]
#[command(next_help_heading = "Headroom")]
struct HeadroomArguments {
    /// With whom a streamer is compared, within the columns of --by: those of the same tier (of --streamers, else computed from GMV: head to
    /// 50 %, mid to 90 %), of the same other columns of --streamers, or all [default: tier]
    #[arg(long, value_name = "LIST", value_delimiter = ',', conflicts_with_all = CHANGES, conflicts_with = "target")]
    peers: Vec<String>,
    /// What of these peers headroom is measured against
    #[arg(long, value_enum, default_value_t = PeerWord::P75, conflicts_with_all = CHANGES, conflicts_with = "target")]
    peer_value: PeerWord,
    /// Tell only levers of which the interval lies below what the peers reach: what is left is no noise
    #[arg(long, conflicts_with_all = CHANGES, conflicts_with = "target")]
    beyond_noise: bool,
    /// The level of the intervals
    #[arg(long, value_name = "LEVEL", default_value = "0.95", value_parser = values::level, conflicts_with_all = CHANGES, conflicts_with = "target")]
    level: Level,
}

/// A run, resolved.
#[derive(Debug)]
pub struct PlanSettings {
    /// What is computed from what.
    pub work: Work,
    /// The columns of rows; `None` for those of a facts file.
    pub by: Option<Grouping>,
    /// A date of the period that is planned from; `None` is the last complete one.
    pub base: Option<Date>,
    /// What is asked.
    pub question: Question,
    /// How it is shown.
    pub presentation: Presentation,
    /// Where every rejected row is written.
    pub rejects: Option<PathBuf>,
    /// Whether rejected rows change the exit code.
    pub strict: bool,
    /// Options and definitions, for the metadata of files.
    pub metadata: Vec<(String, String)>,
}

impl PlanSettings {
    /// The table of streamers, where sums come from exports or broadcasts; empty for those of a facts file.
    #[must_use]
    pub fn streamers(&self) -> Streamers {
        match &self.work {
            Work::Exports(exports) => exports.streamers.clone(),
            Work::Rooms(rooms) => rooms.streamers.clone(),
            Work::Cluster(settings) => settings.cluster.known.clone(),
            Work::Facts(_) => Streamers::default(),
        }
    }
}

impl PlanArguments {
    /// What was typed, resolved.
    ///
    /// # Errors
    /// When it cannot be meant, or a file that it names cannot be used.
    pub fn resolve(&self) -> Result<PlanSettings, SettingsError> {
        let presentation = self.presentation.resolve()?;
        let question = self.question()?;
        // Only headroom has intervals.
        let moments = matches!(question, Question::Headroom(_));
        let wanted = Wanted { grouping: &grouping, ranges: None, moments, spend: &[], takes_sums: true };
        let work = self.sums.work(&wanted, &presentation, &[])?;
        let by = self.sums.rows_by(&work)?;
        let mut metadata = self.sums.metadata(&work);
        metadata.push(("gmv.plan".to_owned(), describe(&question)));
        let (rejects, strict) = self.sums.rejects();
        Ok(PlanSettings { work, by, base: self.base.base, question, presentation, rejects, strict, metadata })
    }

    fn question(&self) -> Result<Question, UsageError> {
        let clauses = self.changes.clauses();
        let streamers = self.base.streamer.clone();
        match self.target.target {
            Some(goal) => Ok(Question::Target(Box::new(self.target.resolve(goal, streamers)?))),
            None if !clauses.is_empty() => Ok(Question::WhatIf(WhatIf { clauses, streamers })),
            None => Ok(Question::Headroom(self.headroom.resolve(streamers))),
        }
    }
}

/// The question in words, for metadata.
fn describe(question: &Question) -> String {
    let ratio = |change: Multiplier| format!("x{}", change.ratio());
    match question {
        Question::WhatIf(asked) => {
            let clauses: Vec<String> = asked.clauses.iter().map(crate::plan::what_if::described).collect();
            format!("what-if: {}", clauses.join(", "))
        }
        Question::Target(asked) => {
            let goal = match asked.goal {
                Goal::Gmv(gmv) => format!("{}.{:02}", gmv / 100, gmv % 100),
                Goal::Change(change) => ratio(change),
            };
            let lift = match &asked.lift {
                Lift::Least => "least".to_owned(),
                Lift::All => "all".to_owned(),
                Lift::Factors(factors) => factors.iter().map(|one| one.word()).collect::<Vec<_>>().join(","),
            };
            let caps = Factor::ALL.iter().zip(asked.caps);
            let caps: Vec<String> =
                caps.filter_map(|(one, cap)| Some(format!("{}={}", one.word(), ratio(cap?)))).collect();
            format!("target: {goal}, lift {lift}, caps {}", caps.join(","))
        }
        Question::Headroom(asked) => {
            format!("headroom: peers share {}, quantile {}", asked.columns.join(","), asked.quantile)
        }
    }
}

impl ChangeArguments {
    fn clauses(&self) -> Vec<Clause> {
        let of = |option: &'static str, factor: Factor, changes: &[ChangeFor]| -> Vec<Clause> {
            let clause = |change: &ChangeFor| Clause {
                option,
                factor,
                streamer: change.streamer.clone(),
                multiplier: change.multiplier,
            };
            changes.iter().map(clause).collect()
        };
        [
            of("--uv", Factor::UniqueViewers, &self.uv),
            of("--watch", Factor::WatchTime, &self.watch),
            of("--conversion", Factor::Conversion, &self.conversion),
            of("--viewer-conversion", Factor::Conversion, &self.viewer_conversion),
            of("--aov", Factor::OrderValue, &self.aov),
            of("--repurchase", Factor::Repurchase, &self.repurchase),
        ]
        .concat()
    }
}

impl TargetArguments {
    fn resolve(&self, goal: Goal, streamers: Vec<String>) -> Result<Target, UsageError> {
        let usage = |text: String| Err(UsageError(text));
        let lift = match self.lift.as_slice() {
            [] | [LiftWord::Least] => Lift::Least,
            [LiftWord::All] => Lift::All,
            words => match words.iter().map(|word| word.factor()).collect() {
                Some(factors) => Lift::Factors(factors),
                None => return usage("--lift: least and all stand alone, or name factors".to_owned()),
            },
        };
        let mut caps = [None; 5];
        for (factor, cap) in &self.cap {
            let word = factor.word();
            if let Lift::Factors(factors) = &lift
                && !factors.contains(factor)
            {
                return usage(format!("--cap {word}: --lift does not lift it"));
            }
            if caps[*factor as usize].replace(*cap).is_some() {
                return usage(format!("--cap names {word} twice"));
            }
        }
        Ok(Target { goal, lift, caps, streamers })
    }
}

impl HeadroomArguments {
    fn resolve(&self, streamers: Vec<String>) -> Peers {
        let columns = match self.peers.as_slice() {
            [] => vec!["tier".to_owned()],
            [all] if all == "all" => Vec::new(),
            named => named.iter().map(|word| word.trim().to_owned()).collect(),
        };
        Peers {
            columns,
            quantile: self.peer_value.quantile(),
            level: self.level,
            streamers,
            beyond_noise: self.beyond_noise,
        }
    }
}

/// The columns of rows, none of which has the name of a column of the result.
fn grouping(by: Result<Grouping, String>, _: &Streamers) -> Result<Grouping, SettingsError> {
    let by = by.map_err(UsageError)?;
    let known =
        ["lever", "value", "peer_group", "peers", "peers_value", "gain", "beyond_noise", "log_change"];
    let is_known = |name: &str| {
        known.contains(&name) || ["_effect", "_new", "_change", "_lift"].iter().any(|end| name.ends_with(end))
    };
    match by.columns.iter().map(crate::engine::GroupColumn::name).find(|name| is_known(name)) {
        None => Ok(by),
        Some(name) => Err(UsageError(format!(
            "--by {name}: the result has a column of that name; map it under another one in a profile"
        ))
        .into()),
    }
}
