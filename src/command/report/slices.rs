//! The slices that moved GMV otherwise than the rest: exports are read once more, with all columns that slices are made of.

use anyhow::Result;

use crate::change::Pair;
use crate::change::explain::explain;
use crate::cli::{Persons, ReportSettings};
use crate::engine::cube::LocalCube;
use crate::engine::local::{Extent, Journeys, read};
use crate::present::explain::{Told, document, narrative};
use crate::present::report::{Report, tables};

/// Adds the table and the words.
pub fn add(settings: &ReportSettings, report: &mut Report) -> Result<()> {
    let asked = &settings.slices.settings;
    let Persons::Exports(exports) = &asked.persons else { return Ok(()) };
    let mut exports = exports.clone();
    let mut inputs = read(&exports, Extent::InRange, &|_| {})?;
    exports.grouping.retain_known(&inputs);
    let definitions = inputs.definitions();
    let names_persons = exports.grouping.names_persons || inputs.groups_name_persons();
    let (local, _) = LocalCube::new(Journeys::new(&mut inputs, &exports)?, &asked.attributes)?;
    let pair = Pair::find(&local.cube.periods, local.cube.period_kind, asked.asked)?;
    let explanation = explain(&local, pair, &asked.question)?;
    let told = Told {
        cube: &local.cube,
        pair,
        asked: asked.asked,
        explanation: &explanation,
        currency: report.currency.clone(),
        names_persons,
    };
    report.slices = narrative(&told, report.language);
    let metadata = [asked.metadata.clone(), definitions].concat();
    report.add(tables::SLICES, &settings.slices.line, document(&told, metadata));
    Ok(())
}
