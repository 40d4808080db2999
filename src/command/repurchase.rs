//! `gmv repurchase`: exports → the orders of each buyer → rates or cohorts → a document.

use anyhow::Result;

use super::Ending;
use super::reading::Reading;
use crate::cli::{RepurchaseArguments, RepurchaseSettings, Shown};
use crate::engine::local::Journeys;
use crate::journey::rules::Basis;
use crate::present::console::Console;
use crate::present::model::currency_sign;
use crate::present::repurchase::{
    About, cohort_document, cohort_picture, curve_document, outlook_document, rate_document, wide_document,
};
use crate::present::{Sink, Target};
use crate::repurchase::{cohorts, outlooks, rates};

/// Runs the command.
pub fn run(arguments: &RepurchaseArguments) -> Result<Ending> {
    let settings = arguments.resolve()?;
    let console = Console::new(settings.presentation.quiet);
    // Opened before the work, so that a place that cannot be written fails at once.
    let sink = Sink::open(&settings.presentation.target)?;
    let chart = settings.chart.clone().map(|path| Sink::open(&Target::File(path))).transpose()?;
    let reading =
        Reading { presentation: &settings.presentation, rejects: settings.rejects.as_deref(), console };
    let exports = &settings.exports;
    let (mut inputs, rejected) = reading.exports(exports)?;
    let (currency, definitions) = (inputs.currency(), inputs.definitions());
    let currency = currency_sign(settings.presentation.currency.as_deref(), currency);
    let about = about(&settings, &currency, &definitions, inputs.groups_name_persons());
    let journeys = Journeys::new(&mut inputs, exports)?;
    let options = &settings.presentation.options;
    let (document, report) = match settings.shown {
        Shown::Rates | Shown::Curve => {
            let (rows, report) = rates(&journeys, settings.occasion)?;
            let is_curve = settings.shown == Shown::Curve;
            let document = if is_curve { curve_document } else { rate_document };
            (document(&rows, &about), report)
        }
        Shown::Expected => {
            let (found, report) = outlooks(&journeys)?;
            (outlook_document(&found, &about), report)
        }
        Shown::Cohorts | Shown::Wide => {
            let (table, report) = cohorts(&journeys)?;
            if let Some(sink) = chart {
                let picture = cohort_picture(&table, settings.measure, &about.currency)?;
                sink.finish_with(|out| Ok(out.write_all(picture.as_bytes())?))?;
            }
            let document = match settings.shown {
                Shown::Wide => wide_document(&table, &about, settings.measure, options.shades()),
                _ => cohort_document(&table, &about),
            };
            (document, report)
        }
    };
    console.report(&report, exports.basis == Basis::Net);
    sink.finish(&document, options)?;
    Ok(if rejected && settings.strict { Ending::RowsRejected } else { Ending::Done })
}

/// What belongs to a result.
pub(super) fn about<'a>(
    settings: &'a RepurchaseSettings,
    currency: &str,
    definitions: &[(String, String)],
    groups_name_persons: bool,
) -> About<'a> {
    let exports = &settings.exports;
    About {
        grouping: &exports.grouping,
        attribution: exports.attribution,
        basis: exports.basis,
        period: exports.period,
        occasion: settings.occasion,
        shows_precision: settings.shows_precision,
        level: settings.level,
        currency: currency.to_owned(),
        metadata: [&settings.metadata, definitions].concat(),
        names_persons: exports.grouping.names_persons || groups_name_persons,
    }
}
