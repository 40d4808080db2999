//! From settings to a report: the tables of sums, slices and quality, the files that were read, and the alerts.

use anyhow::Result;

use super::{quality, slices, sums};
use crate::cli::ReportSettings;
use crate::input::digests::{Stamps, digests};
use crate::present::log::Log;
use crate::present::report::Report;

/// The report, what is said of the alerts that fired, and whether rows were rejected.
pub fn gather(settings: &ReportSettings, log: &mut Log) -> Result<(Report, Vec<String>, bool)> {
    let stamps = Stamps::of(&settings.inputs)?;
    let mut report = settings.begin();
    let rejected = sums::add(settings, &mut report, log)?;
    if report.before.is_some() {
        slices::add(settings, &mut report)?;
        log.step("slices");
    }
    report.gaps = quality::add(settings, &mut report)?;
    log.step("quality");
    report.inputs = digests(&settings.inputs, &stamps)?;
    log.step("digests");
    let alerts = report.judge(&settings.alerts);
    Ok((report, alerts, rejected))
}
