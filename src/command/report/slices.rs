//! The slices that moved GMV otherwise than the rest, by all columns that slices are made of: exports are read once more, a cluster is asked.

use anyhow::Result;

use crate::change::Pair;
use crate::change::explain::explain;
use crate::cli::{ExplainSettings, Persons, ReportSettings};
use crate::engine::cluster::ClusterSettings;
use crate::engine::cube::{ClusterCube, LocalCube, Slices};
use crate::engine::leaves::LeafPeriod;
use crate::engine::local::{Extent, Journeys, read};
use crate::engine::spark::Done;
use crate::present::explain::{Told, document, narrative};
use crate::present::report::{Report, tables};

/// What belongs to the slices.
struct About<'a> {
    settings: &'a ExplainSettings,
    line: &'a str,
    definitions: Vec<(String, String)>,
    names_persons: bool,
}

/// Adds the table and the words.
pub fn of_exports(settings: &ReportSettings, report: &mut Report) -> Result<()> {
    let (asked, line) = (&settings.slices.settings, &settings.slices.line);
    let Persons::Exports(exports) = &asked.persons else { return Ok(()) };
    let mut exports = exports.clone();
    let mut inputs = read(&exports, Extent::InRange, &|_| {})?;
    exports.grouping.retain_known(inputs.has_sources());
    let names_persons = exports.grouping.names_persons || inputs.groups_name_persons();
    let about = About { settings: asked, line, definitions: inputs.definitions(), names_persons };
    let (local, _) = LocalCube::new(Journeys::new(&mut inputs, &exports)?, &asked.attributes)?;
    add(&local, &about, report)
}

/// The same of the tables of a cluster.
pub fn of_cluster(
    settings: &ReportSettings,
    (cluster, periods): (&ClusterSettings, &[LeafPeriod]),
    progress: &dyn Fn(Done),
    report: &mut Report,
) -> Result<()> {
    let (asked, line) = (&settings.slices.settings, &settings.slices.line);
    let mut cluster = cluster.clone();
    let bound = cluster.bound()?;
    cluster.rules.grouping.retain_known(bound.has_sources);
    let names_persons = cluster.rules.grouping.names_persons || bound.names_persons;
    let about = About { settings: asked, line, definitions: bound.definitions, names_persons };
    add(&ClusterCube::new(&cluster, &asked.attributes, periods, progress)?, &about, report)
}

fn add(all: &impl Slices, about: &About<'_>, report: &mut Report) -> Result<()> {
    let (cube, asked) = (all.cube(), about.settings);
    let pair = Pair::find(&cube.periods, cube.period_kind, asked.asked)?;
    let explanation = explain(all, pair, &asked.question)?;
    let told = Told {
        cube,
        pair,
        asked: asked.asked,
        explanation: &explanation,
        currency: report.currency.clone(),
        names_persons: about.names_persons,
    };
    report.slices = narrative(&told, report.language);
    let metadata = [asked.metadata.clone(), about.definitions.clone()].concat();
    report.add(tables::SLICES, about.line, document(&told, metadata));
    Ok(())
}
