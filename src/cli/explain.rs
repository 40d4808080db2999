//! `gmv explain`: what was typed, and what it means.

use std::path::PathBuf;

use clap::Args;

use super::compare::PairArguments;
use super::output::{Presentation, PresentationArguments};
use super::sums::{Persons, SumArguments, Wanted};
use super::{SettingsError, UsageError, values};
use crate::change::explain::{LIVE, Question};
use crate::change::{Asked, Method};
use crate::engine::{GroupColumn, Grouping};
use crate::input::settings::WithoutDimension;
use crate::input::streamers::Streamers;
use crate::units::Level;

/// The options of `gmv explain`; what it does stands at the command.
#[derive(Debug, Args)]
#[command(
    after_long_help = AFTER_HELP,
    mut_arg("facts", |one| one.hide(true)),
    mut_arg("rooms", |one| one.hide(true)),
    mut_arg("by", |one| one.help(BY))
)]
pub struct ExplainArguments {
    #[command(flatten)]
    periods: PairArguments,
    #[command(flatten)]
    listing: ListingArguments,
    #[command(flatten)]
    sums: SumArguments,
    /// Say it in words instead of a table
    #[arg(long, help_heading = "Output", conflicts_with = "format")]
    narrative: bool,
    #[command(flatten)]
    presentation: PresentationArguments,
}

const BY: &str = "The columns whose values are looked at: streamer, live (one broadcast), domain, traffic, buyer-type, category, price-band, \
                  carrier, tier, columns of --streamers or of the orders [default: all but carrier and tier]";

const AFTER_HELP: &str = "\
How a slice is judged:
  expected_change   its change if it had moved with the rest
  excess            what it changed beyond that, with its interval
  significant       beyond chance between persons (false discoveries held to
                    5 %), and more than 3 times what the periods before did
  judged_by         its GMV; where that tells too little, its viewers, or its
                    GMV or orders per viewer: they move less by themselves
What a chosen slice explains is taken out before the next is looked for, so that no money counts twice.

Examples:
  gmv explain --orders o.csv --sessions s.csv --streamers streamers.csv
  gmv explain --orders o.csv --sessions s.csv --narrative
  gmv explain --store store --before 2026-11-02 --after 2026-11-09 --cover 80%
  gmv explain --store store --by streamer,category,brand --all -o slices.csv";

/// Which slices are told.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is told")]
struct ListingArguments {
    /// Stop when the chosen slices cover this much of what stands out; 80% makes a short list
    #[arg(long, value_name = "SHARE", default_value = "100%", value_parser = values::share)]
    cover: f64,
    /// Tell all candidates, the chosen ones first
    #[arg(long, conflicts_with = "narrative")]
    all: bool,
    /// The level of the intervals; false discoveries are held to what it leaves
    #[arg(long, value_name = "LEVEL", default_value = "0.95", value_parser = values::level)]
    level: Level,
}

/// A run, resolved.
#[derive(Debug)]
pub struct ExplainSettings {
    /// Exports, or the tables of a cluster.
    pub persons: Persons,
    /// The attributes of streamers among the columns.
    pub attributes: Vec<String>,
    /// The two periods.
    pub asked: Asked,
    /// What is asked.
    pub question: Question,
    /// Whether words take the place of the table.
    pub narrative: bool,
    /// How it is shown.
    pub presentation: Presentation,
    /// Where every rejected row is written.
    pub rejects: Option<PathBuf>,
    /// Whether rejected rows change the exit code.
    pub strict: bool,
    /// Options and definitions, for the metadata of files.
    pub metadata: Vec<(String, String)>,
}

/// Said where there are no persons.
const REFUSAL: &str =
    "slices are made of orders and sessions: --facts and --rooms hold sums alone; use gmv compare";

impl ExplainArguments {
    /// What was typed, resolved.
    ///
    /// # Errors
    /// When it cannot be meant, or a file that it names cannot be used.
    pub fn resolve(&self) -> Result<ExplainSettings, SettingsError> {
        let presentation = self.presentation.resolve()?;
        let (asked, ranges) = self.periods.resolve()?;
        let is_named = !self.sums.groups.by.is_empty();
        let regroup = |by: Result<Grouping, String>, streamers: &Streamers| {
            let by = if is_named {
                by.map_err(UsageError)?
            } else {
                every_column(streamers, self.sums.has_viewing())
            };
            // Broadcasts are those that orders name: what is looked for is money.
            let live = || GroupColumn::Dimension(LIVE.to_owned());
            let column = |one: GroupColumn| if one == GroupColumn::Live { live() } else { one };
            Ok(Grouping::of(by.columns.into_iter().map(column).collect()))
        };
        presentation.check_narrative(self.narrative)?;
        let wanted = Wanted { grouping: &regroup, ranges, moments: false, spend: &[], takes_sums: false };
        let mut persons = self.sums.work(&wanted, &presentation, &[])?.persons(REFUSAL)?;
        let (grouping, read) = match &mut persons {
            Persons::Exports(exports) => (&mut exports.grouping, &mut exports.read),
            Persons::Cluster(cluster) => (&mut cluster.rules.grouping, &mut cluster.read),
        };
        if !is_named {
            read.without_dimension = WithoutDimension::Blank;
        }
        let attributes = attributes(grouping);
        *grouping = with_streamer(grouping);
        let metadata = self.sums.metadata_of(&persons);
        let (rejects, strict) = self.sums.rejects();
        let question = Question {
            method: Method::Lmdi,
            level: self.listing.level,
            cover: self.listing.cover,
            all: self.listing.all,
        };
        Ok(ExplainSettings {
            persons,
            attributes,
            asked,
            question,
            narrative: self.narrative,
            presentation,
            rejects,
            strict,
            metadata,
        })
    }
}

/// The columns of candidates where none are named; those of viewing where there are sessions.
fn every_column(streamers: &Streamers, has_viewing: bool) -> Grouping {
    let of_streamers = streamers.attributes.iter().filter(|name| *name != "streamer_name");
    let category = || GroupColumn::Dimension("category".to_owned());
    let mut columns = vec![
        GroupColumn::Streamer,
        GroupColumn::Domain,
        GroupColumn::Traffic,
        GroupColumn::BuyerType,
        GroupColumn::PriceBand,
    ];
    columns.retain(|one| has_viewing || !matches!(one, GroupColumn::Domain | GroupColumn::Traffic));
    // A column of streamers of that name would hide that of the orders.
    columns.extend((!streamers.attributes.iter().any(|name| name == "category")).then(category));
    columns.push(GroupColumn::Live);
    columns.extend(of_streamers.cloned().map(GroupColumn::Attribute));
    Grouping::of(columns)
}

fn attributes(grouping: &Grouping) -> Vec<String> {
    let names = grouping.columns.iter().filter_map(|column| match column {
        GroupColumn::Attribute(name) => Some(name.clone()),
        _ => None,
    });
    names.collect()
}

/// The same without attributes, which streamers tell, and with streamers.
fn with_streamer(grouping: &Grouping) -> Grouping {
    let others = grouping
        .columns
        .iter()
        .filter(|column| !matches!(column, GroupColumn::Attribute(_) | GroupColumn::Streamer));
    Grouping::of(std::iter::once(GroupColumn::Streamer).chain(others.cloned()).collect())
}
