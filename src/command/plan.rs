//! `gmv plan`: exports, rooms or facts → the rows of one period → a plan → a document.

use anyhow::Result;

use super::Ending;
use super::reading::Reading;
use crate::cli::{Facts, PlanArguments, PlanSettings, Work};
use crate::engine::cluster::ClusterSettings;
use crate::engine::facts;
use crate::engine::leaves::{Leaves, LocalLeaves};
use crate::engine::local::{Journeys, LocalSettings};
use crate::engine::rooms::{self, RoomSettings};
use crate::input::streamers::Streamers;
use crate::journey::rules::Basis;
use crate::plan::plan;
use crate::present::Sink;
use crate::present::console::Console;
use crate::present::model::currency_sign;
use crate::present::plan::{Planned, document};

/// The sums that are planned from, and what belongs to them.
struct Made {
    leaves: Leaves,
    streamers: Streamers,
    currency: Option<String>,
    metadata: Vec<(String, String)>,
    rejected: bool,
    names_persons: bool,
}

/// Runs the command.
pub fn run(arguments: &PlanArguments) -> Result<Ending> {
    let settings = arguments.resolve()?;
    let (presentation, rejects) = (&settings.presentation, settings.rejects.as_deref());
    let console = Console::new(presentation.quiet);
    // Opened before the work, so that a place that cannot be written fails at once.
    let sink = Sink::open(&presentation.target)?;
    let reading = Reading { presentation, rejects, console };
    let made = match &settings.work {
        Work::Exports(exports) => of_exports(exports, &reading)?,
        Work::Facts(facts) => of_facts(facts, &settings)?,
        Work::Rooms(rooms) => of_rooms(rooms, &reading)?,
        Work::Cluster(cluster) => of_cluster(cluster, &reading)?,
    };
    let (leaves, question) = (&made.leaves, &settings.question);
    let plan = plan(leaves, &made.streamers, settings.base, question)?;
    let currency = currency_sign(presentation.currency.as_deref(), made.currency);
    let names_persons = made.names_persons || leaves.by.names_persons;
    if names_persons {
        sink.make_private()?;
    }
    let metadata = [settings.metadata.clone(), made.metadata].concat();
    let planned = Planned { leaves, plan: &plan, question, currency, names_persons };
    sink.finish(&document(&planned, metadata), &presentation.options)?;
    Ok(if made.rejected && settings.strict { Ending::RowsRejected } else { Ending::Done })
}

fn of_exports(exports: &LocalSettings, reading: &Reading<'_>) -> Result<Made> {
    let (mut inputs, rejected) = reading.exports(exports)?;
    let (currency, metadata) = (inputs.currency(), inputs.definitions());
    let names_persons = inputs.groups_name_persons();
    let journeys = Journeys::new(&mut inputs, exports)?;
    let (local, report) = LocalLeaves::new(journeys, exports.grouping.clone())?;
    reading.console.report(&report, exports.basis == Basis::Net);
    Ok(Made {
        leaves: local.leaves,
        streamers: exports.streamers.clone(),
        currency,
        metadata,
        rejected,
        names_persons,
    })
}

fn of_facts(facts: &Facts, settings: &PlanSettings) -> Result<Made> {
    let (aggregate, metadata) = facts.read(facts::Use::AsLeaves)?;
    let by = settings.by.clone().unwrap_or_else(|| aggregate.grouping.clone());
    let streamers = Streamers::default();
    let leaves = Leaves::of_sums(aggregate, by, &streamers)?;
    Ok(Made { leaves, streamers, currency: None, metadata, rejected: false, names_persons: false })
}

fn of_rooms(rooms: &RoomSettings, reading: &Reading<'_>) -> Result<Made> {
    let (inputs, rejected) = reading.rooms(rooms)?;
    let (aggregate, report) = rooms::aggregate(&inputs, rooms)?;
    reading.console.room_report(&report);
    let leaves = Leaves::of_sums(aggregate, rooms.grouping.clone(), &rooms.streamers)?;
    let (currency, metadata) = (inputs.currency(), inputs.definitions(rooms.basis));
    Ok(Made {
        leaves,
        streamers: rooms.streamers.clone(),
        currency,
        metadata,
        rejected,
        names_persons: false,
    })
}

fn of_cluster(cluster: &ClusterSettings, reading: &Reading<'_>) -> Result<Made> {
    let told = reading.told(cluster)?;
    let leaves = reading.cluster(|progress| {
        Leaves::of_cluster(cluster, cluster.rules.grouping.clone(), &told.periods, progress)
    })?;
    let bound = cluster.bound()?;
    Ok(Made {
        leaves,
        streamers: cluster.cluster.known.clone(),
        currency: bound.currency,
        metadata: bound.definitions,
        rejected: told.rejected,
        names_persons: bound.names_persons,
    })
}
