//! The tables of exports: those that stand on sums first, for which exports are read and settled once and walked over for each grouping; then
//! slices and quality, for which they are read again.

use anyhow::Result;

use super::telling::Telling;
use super::{changes, quality, slices};
use crate::cli::{Asked, DecomposeSettings, ReportSettings};
use crate::command::reading::Reading;
use crate::engine::EngineError;
use crate::engine::local::{Journeys, LocalSettings};
use crate::input::digests::{Stamps, digests};
use crate::journey::rules::Basis;
use crate::present::console::{Console, rejects_sentence};
use crate::present::log::Log;
use crate::present::report::{Report, tables};
use crate::present::repurchase::{cohort_document, rate_document};
use crate::repurchase::{cohorts, rates};

/// Adds the tables; whether rows were rejected.
pub fn add(settings: &ReportSettings, report: &mut Report, log: &mut Log) -> Result<bool> {
    let stamps = Stamps::of(&settings.inputs)?;
    let rejected = sums(settings, report, log)?;
    if report.before.is_some() {
        slices::of_exports(settings, report)?;
        log.step("slices");
    }
    report.gaps = quality::add(settings, report)?;
    log.step("quality");
    report.inputs = digests(&settings.inputs, &stamps)?;
    log.step("digests");
    Ok(rejected)
}

/// The tables that stand on sums.
fn sums(settings: &ReportSettings, report: &mut Report, log: &mut Log) -> Result<bool> {
    let by_domain = settings.domains.as_ref().map(|asked| (tables::DOMAINS, asked));
    let split = by_domain.into_iter().chain([(tables::BUYER_TYPES, &settings.buyer_types)]);
    let split: Vec<_> = split.filter_map(|(name, asked)| Some((name, asked, exports(asked)?))).collect();
    let [Some(streamers), Some(totals)] = [&settings.streamers, &settings.totals].map(exports) else {
        // Sums without exports were refused when the command was resolved.
        return Ok(false);
    };
    let presentation = &settings.streamers.settings.presentation;
    let console = Console::new(true);
    let reading = Reading { presentation, rejects: settings.rejects.0.as_deref(), console };
    let (mut inputs, rejected) = reading.exports(&streamers)?;
    log.step("read");
    let telling = Telling::of_exports(settings, &inputs);
    let rejected_rows: Vec<String> =
        inputs.rejects.iter().filter_map(|(input, rows)| rejects_sentence(input, rows)).collect();
    let journeys = Journeys::new(&mut inputs, &streamers)?.keeping_sums();
    check_coverage(&journeys, settings)?;
    telling.begin(report);
    report.before = telling.before(&journeys.leaf_periods());
    let (aggregate, run) = journeys.aggregate()?;
    report.account(&run, streamers.basis == Basis::Net);
    report.warnings.extend(rejected_rows);
    report.add(tables::STREAMERS, &settings.streamers.line, telling.factors(&aggregate, &settings.streamers));
    let about = telling.about(&settings.streamer_repurchase);
    let document = rate_document(&rates(&journeys, about.occasion)?.0, &about);
    report.add(tables::STREAMER_REPURCHASE, &settings.streamer_repurchase.line, document);
    let journeys = changes::of_exports(journeys, &telling, report)?;
    log.step("streamers");

    let journeys = journeys.regrouped(&totals)?;
    report.add(
        tables::TOTALS,
        &settings.totals.line,
        telling.factors(&journeys.aggregate()?.0, &settings.totals),
    );
    let about = telling.about(&settings.repurchase);
    let document = rate_document(&rates(&journeys, about.occasion)?.0, &about);
    report.add(tables::REPURCHASE, &settings.repurchase.line, document);
    let document = cohort_document(&cohorts(&journeys)?.0, &telling.about(&settings.cohorts));
    report.add(tables::COHORTS, &settings.cohorts.line, document);
    let mut journeys = journeys;
    // Where no export says where viewers came from, there are no domains.
    let has_domains = journeys.has_domains();
    for (name, asked, grouped) in split.iter().filter(|(name, ..)| *name != tables::DOMAINS || has_domains) {
        journeys = journeys.regrouped(grouped)?;
        report.add(name, &asked.line, telling.factors(&journeys.aggregate()?.0, asked));
    }
    log.step("totals");
    Ok(rejected)
}

/// The exports of a table; buyers are followed over time, and moments summed, for all of them alike.
fn exports(asked: &Asked<DecomposeSettings>) -> Option<LocalSettings> {
    let exports = asked.settings.exports()?;
    Some(LocalSettings { moments: true, follows_buyers: true, ..exports.clone() })
}

fn check_coverage(journeys: &Journeys<'_>, settings: &ReportSettings) -> Result<(), EngineError> {
    let inputs = journeys.uncovered(settings.period)?;
    if inputs.is_empty() || settings.allows_partial {
        return Ok(());
    }
    Err(EngineError::NotCovered { kind: settings.kind.name(), period: settings.period, inputs })
}
