//! `gmv explain`: exports, or the tables of a cluster → the finest slices → those that moved GMV → a document.

use anyhow::Result;

use super::Ending;
use super::reading::Reading;
use crate::change::Pair;
use crate::change::explain::explain;
use crate::cli::{ExplainArguments, ExplainSettings, Persons};
use crate::engine::cluster::ClusterSettings;
use crate::engine::cube::{ClusterCube, LocalCube, Slices};
use crate::engine::local::{Journeys, LocalSettings};
use crate::journey::rules::Basis;
use crate::present::Sink;
use crate::present::console::Console;
use crate::present::explain::{Told, document, narrative};
use crate::present::model::currency_sign;

/// What belongs to the slices.
struct About {
    currency: Option<String>,
    metadata: Vec<(String, String)>,
    rejected: bool,
    names_persons: bool,
}

/// Runs the command.
pub fn run(arguments: &ExplainArguments) -> Result<Ending> {
    let settings = arguments.resolve()?;
    let console = Console::new(settings.presentation.quiet);
    // Opened before the work, so that a place that cannot be written fails at once.
    let sink = Sink::open(&settings.presentation.target)?;
    let reading =
        Reading { presentation: &settings.presentation, rejects: settings.rejects.as_deref(), console };
    match &settings.persons {
        Persons::Exports(exports) => of_exports(exports.as_ref().clone(), &settings, &reading, sink),
        Persons::Cluster(cluster) => of_cluster(cluster, &settings, &reading, sink),
    }
}

fn of_exports(
    mut exports: LocalSettings,
    settings: &ExplainSettings,
    reading: &Reading<'_>,
    sink: Sink,
) -> Result<Ending> {
    let (mut inputs, rejected) = reading.exports(&exports)?;
    exports.grouping.retain_known(inputs.has_sources());
    let about = About {
        currency: inputs.currency(),
        metadata: inputs.definitions(),
        rejected,
        names_persons: exports.grouping.names_persons || inputs.groups_name_persons(),
    };
    let journeys = Journeys::new(&mut inputs, &exports)?;
    let (local, report) = LocalCube::new(journeys, &settings.attributes)?;
    reading.console.report(&report, exports.basis == Basis::Net);
    finish(&local, settings, about, sink)
}

fn of_cluster(
    cluster: &ClusterSettings,
    settings: &ExplainSettings,
    reading: &Reading<'_>,
    sink: Sink,
) -> Result<Ending> {
    let mut cluster = cluster.clone();
    let bound = cluster.bound()?;
    cluster.rules.grouping.retain_known(bound.has_sources);
    let told = reading.told(&cluster)?;
    let about = About {
        currency: bound.currency,
        metadata: bound.definitions,
        rejected: told.rejected,
        names_persons: cluster.rules.grouping.names_persons || bound.names_persons,
    };
    reading.cluster(|progress| {
        let cube = ClusterCube::new(&cluster, &settings.attributes, &told.periods, progress)?;
        Ok(finish(&cube, settings, about, sink))
    })?
}

/// Looks for the slices, and shows them.
fn finish(all: &impl Slices, settings: &ExplainSettings, about: About, sink: Sink) -> Result<Ending> {
    let cube = all.cube();
    let pair = Pair::find(&cube.periods, cube.period_kind, settings.asked)?;
    let explanation = explain(all, pair, &settings.question)?;
    let currency = currency_sign(settings.presentation.currency.as_deref(), about.currency);
    let names_persons = about.names_persons;
    let told = Told { cube, pair, asked: settings.asked, explanation: &explanation, currency, names_persons };
    let options = &settings.presentation.options;
    if told.names_persons {
        sink.make_private()?;
    }
    if settings.narrative {
        sink.text(&narrative(&told, options.language))?;
    } else {
        let metadata = [settings.metadata.clone(), about.metadata].concat();
        sink.finish(&document(&told, metadata), options)?;
    }
    Ok(if about.rejected && settings.strict { Ending::RowsRejected } else { Ending::Done })
}
