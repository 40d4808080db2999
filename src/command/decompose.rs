//! `gmv decompose`: exports, rooms or facts → sums → factors → a document.

use anyhow::Result;

use super::Ending;
use super::reading::Reading;
use crate::cli::{DecomposeArguments, DecomposeSettings, Facts, Work};
use crate::engine::cluster::ClusterSettings;
use crate::engine::local::{self, LocalSettings};
use crate::engine::rooms::{self, RoomSettings};
use crate::engine::{Aggregate, EngineError, concentrated, facts};
use crate::journey::rules::Basis;
use crate::present::Sink;
use crate::present::console::Console;
use crate::present::decompose::{concentration, document};
use crate::present::model::currency_sign;

/// A result, and what belongs to it.
struct Made {
    aggregate: Aggregate,
    currency: Option<String>,
    metadata: Vec<(String, String)>,
    rejected: bool,
}

/// Runs the command.
pub fn run(arguments: &DecomposeArguments) -> Result<Ending> {
    let settings = arguments.resolve()?;
    let console = Console::new(settings.presentation.quiet);
    // Opened before the work, so that a place that cannot be written fails at once.
    let sink = Sink::open(&settings.presentation.target)?;
    let reading =
        Reading { presentation: &settings.presentation, rejects: settings.rejects.as_deref(), console };
    let made = match &settings.work {
        Work::Exports(exports) => from_exports(exports, &reading)?,
        Work::Facts(facts) => from_facts(facts, &settings, console)?,
        Work::Rooms(rooms) => from_rooms(rooms, &settings, &reading)?,
        Work::Cluster(cluster) => from_cluster(cluster, &reading)?,
    };
    let currency = currency_sign(settings.presentation.currency.as_deref(), made.currency);
    let metadata = [settings.metadata.clone(), made.metadata].concat();
    // The groups of a facts file are not known before it is read.
    if let Some(option) = settings.of_streamers {
        concentrated::check(option, &made.aggregate.grouping).map_err(EngineError::Usage)?;
    }
    let document = if settings.concentration {
        concentration::document(&made.aggregate, &currency, metadata)
    } else {
        document(&made.aggregate, settings.document, &currency, metadata)
    };
    sink.finish(&document, &settings.presentation.options)?;
    Ok(if made.rejected && settings.strict { Ending::RowsRejected } else { Ending::Done })
}

fn from_exports(exports: &LocalSettings, reading: &Reading<'_>) -> Result<Made> {
    let (mut inputs, rejected) = reading.exports(exports)?;
    let (aggregate, report) = local::aggregate(&mut inputs, exports)?;
    reading.console.report(&report, exports.basis == Basis::Net);
    Ok(Made { aggregate, currency: inputs.currency(), metadata: inputs.definitions(), rejected })
}

fn from_facts(facts: &Facts, settings: &DecomposeSettings, console: Console) -> Result<Made> {
    let (aggregate, metadata) = facts.read(facts::Use::AsTheyAre)?;
    if aggregate.rows.is_empty() {
        console.warn(&format!("{}: no rows, only a header", facts.path));
    }
    if settings.document.wants_moments() && !aggregate.has_moments() {
        console.warn("the facts hold no second moments (m_11 … m_gg): intervals and moments are empty");
    }
    Ok(Made { aggregate, currency: None, metadata, rejected: false })
}

/// Reads the broadcasts, says where they went, and adds them up.
fn from_rooms(rooms: &RoomSettings, settings: &DecomposeSettings, reading: &Reading<'_>) -> Result<Made> {
    let (inputs, rejected) = reading.rooms(rooms)?;
    let (aggregate, report) = rooms::aggregate(&inputs, rooms)?;
    reading.console.room_report(&report);
    if settings.document.wants_moments() {
        reading.console.warn("broadcasts as sums hold no persons: intervals and moments are empty");
    }
    Ok(Made { aggregate, currency: inputs.currency(), metadata: inputs.definitions(rooms.basis), rejected })
}

/// Lets a cluster add up its tables.
fn from_cluster(cluster: &ClusterSettings, reading: &Reading<'_>) -> Result<Made> {
    let rejected = reading.told(cluster)?.rejected;
    let aggregate = reading.cluster(|progress| cluster.sums(&cluster.rules.grouping, progress))?;
    let bound = cluster.bound()?;
    Ok(Made { aggregate, currency: bound.currency, metadata: bound.definitions, rejected })
}
