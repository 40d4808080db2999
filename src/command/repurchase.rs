//! `gmv repurchase`: exports, or the tables of a cluster → the orders of each buyer → rates or cohorts → a document.

use anyhow::Result;

use super::Ending;
use super::reading::Reading;
use crate::cli::{Persons, RepurchaseArguments, RepurchaseSettings, Shown};
use crate::engine::cluster::ClusterSettings;
use crate::engine::local::{Journeys, LocalSettings};
use crate::engine::sql::Bound;
use crate::journey::rules::Basis;
use crate::present::console::Console;
use crate::present::model::currency_sign;
use crate::present::repurchase::{
    About, cohort_document, cohort_picture, curve_document, outlook_document, rate_document, wide_document,
};
use crate::present::{Sink, Target};
use crate::repurchase::table::CohortTable;
use crate::repurchase::{Outlooks, RateRow, cohorts, elsewhere, outlooks, rates};

/// What was found, and what belongs to it.
struct Made {
    found: Found,
    currency: Option<String>,
    definitions: Vec<(String, String)>,
    rejected: bool,
    names_persons: bool,
}

enum Found {
    Rates(Vec<RateRow>),
    Outlooks(Outlooks),
    Cohorts(CohortTable),
}

/// Runs the command.
pub fn run(arguments: &RepurchaseArguments) -> Result<Ending> {
    let settings = arguments.resolve()?;
    let console = Console::new(settings.presentation.quiet);
    // Opened before the work, so that a place that cannot be written fails at once.
    let sink = Sink::open(&settings.presentation.target)?;
    let chart = settings.chart.clone().map(|path| Sink::open(&Target::File(path))).transpose()?;
    let reading =
        Reading { presentation: &settings.presentation, rejects: settings.rejects.as_deref(), console };
    let made = match &settings.persons {
        Persons::Exports(exports) => of_exports(exports, &settings, &reading)?,
        Persons::Cluster(cluster) => of_cluster(cluster, &settings, &reading)?,
    };
    let currency = currency_sign(settings.presentation.currency.as_deref(), made.currency);
    let about = about(&settings, &currency, &made.definitions, made.names_persons);
    let options = &settings.presentation.options;
    let document = match made.found {
        Found::Rates(rows) if settings.shown == Shown::Curve => curve_document(&rows, &about),
        Found::Rates(rows) => rate_document(&rows, &about),
        Found::Outlooks(found) => outlook_document(&found, &about),
        Found::Cohorts(table) => {
            if let Some(sink) = chart {
                let picture = cohort_picture(&table, settings.measure, &about.currency)?;
                sink.finish_with(|out| Ok(out.write_all(picture.as_bytes())?))?;
            }
            match settings.shown {
                Shown::Wide => wide_document(&table, &about, settings.measure, options.shades()),
                _ => cohort_document(&table, &about),
            }
        }
    };
    sink.finish(&document, options)?;
    Ok(if made.rejected && settings.strict { Ending::RowsRejected } else { Ending::Done })
}

fn of_exports(exports: &LocalSettings, settings: &RepurchaseSettings, reading: &Reading<'_>) -> Result<Made> {
    let (mut inputs, rejected) = reading.exports(exports)?;
    let (currency, definitions) = (inputs.currency(), inputs.definitions());
    let names_persons = inputs.groups_name_persons();
    let journeys = Journeys::new(&mut inputs, exports)?;
    let (found, report) = match settings.shown {
        Shown::Rates | Shown::Curve => {
            let (rows, report) = rates(&journeys, settings.occasion)?;
            (Found::Rates(rows), report)
        }
        Shown::Expected => {
            let (found, report) = outlooks(&journeys)?;
            (Found::Outlooks(found), report)
        }
        Shown::Cohorts | Shown::Wide => {
            let (table, report) = cohorts(&journeys)?;
            (Found::Cohorts(table), report)
        }
    };
    reading.console.report(&report, exports.basis == Basis::Net);
    Ok(Made { found, currency, definitions, rejected, names_persons })
}

fn of_cluster(
    cluster: &ClusterSettings,
    settings: &RepurchaseSettings,
    reading: &Reading<'_>,
) -> Result<Made> {
    let rejected = reading.told(cluster)?.rejected;
    let found = reading.cluster(|progress| {
        Ok(match settings.shown {
            Shown::Cohorts | Shown::Wide => Found::Cohorts(elsewhere::cohorts(cluster, progress)?),
            _ => Found::Rates(elsewhere::rates(cluster, progress)?),
        })
    })?;
    let Bound { currency, definitions, names_persons, .. } = cluster.bound()?;
    Ok(Made { found, currency, definitions, rejected, names_persons })
}

/// What belongs to a result.
pub(super) fn about<'a>(
    settings: &'a RepurchaseSettings,
    currency: &str,
    definitions: &[(String, String)],
    groups_name_persons: bool,
) -> About<'a> {
    let counted = settings.counted();
    About {
        grouping: counted.grouping,
        attribution: counted.attribution,
        basis: counted.basis,
        period: counted.period,
        occasion: settings.occasion,
        shows_precision: settings.shows_precision,
        level: settings.level,
        currency: currency.to_owned(),
        metadata: [&settings.metadata, definitions].concat(),
        names_persons: counted.grouping.names_persons || groups_name_persons,
    }
}
