//! `gmv explain`: exports → the finest slices → those that moved GMV → a document.

use anyhow::Result;

use super::Ending;
use super::reading::Reading;
use crate::change::Pair;
use crate::change::explain::explain;
use crate::cli::ExplainArguments;
use crate::engine::cube::LocalCube;
use crate::engine::local::Journeys;
use crate::journey::rules::Basis;
use crate::present::Sink;
use crate::present::console::Console;
use crate::present::explain::{Told, document, narrative};
use crate::present::model::currency_sign;

/// Runs the command.
pub fn run(arguments: &ExplainArguments) -> Result<Ending> {
    let mut settings = arguments.resolve()?;
    let console = Console::new(settings.presentation.quiet);
    // Opened before the work, so that a place that cannot be written fails at once.
    let sink = Sink::open(&settings.presentation.target)?;
    let reading =
        Reading { presentation: &settings.presentation, rejects: settings.rejects.as_deref(), console };
    let (mut inputs, rejected) = reading.exports(&settings.exports)?;
    settings.exports.grouping.retain_known(&inputs);
    let (currency, definitions) = (inputs.currency(), inputs.definitions());
    let names_persons = settings.exports.grouping.names_persons || inputs.groups_name_persons();
    let journeys = Journeys::new(&mut inputs, &settings.exports)?;
    let (local, report) = LocalCube::new(journeys, &settings.attributes)?;
    console.report(&report, settings.exports.basis == Basis::Net);
    let pair = Pair::find(&local.cube.periods, local.cube.period_kind, settings.asked)?;
    let explanation = explain(&local, pair, &settings.question)?;
    let currency = currency_sign(settings.presentation.currency.as_deref(), currency);
    let told = Told {
        cube: &local.cube,
        pair,
        asked: settings.asked,
        explanation: &explanation,
        currency,
        names_persons,
    };
    let options = &settings.presentation.options;
    if told.names_persons {
        sink.make_private()?;
    }
    if settings.narrative {
        sink.text(&narrative(&told, options.language))?;
    } else {
        let metadata = [settings.metadata.clone(), definitions].concat();
        sink.finish(&document(&told, metadata), options)?;
    }
    Ok(if rejected && settings.strict { Ending::RowsRejected } else { Ending::Done })
}
