//! From settings to a report: the tables of exports, or of a cluster, and the alerts.

use anyhow::Result;

use super::cluster::ClusterReport;
use super::exports;
use crate::cli::ReportSettings;
use crate::present::log::Log;
use crate::present::report::Report;

/// The report, what is said of the alerts that fired, and whether rows were rejected.
pub fn gather(settings: &ReportSettings, log: &mut Log) -> Result<(Report, Vec<String>, bool)> {
    let mut report = settings.begin();
    let rejected = match ClusterReport::of(settings) {
        Some(cluster) => cluster.add(&mut report, log)?,
        None => exports::add(settings, &mut report, log)?,
    };
    let alerts = report.judge(&settings.alerts);
    Ok((report, alerts, rejected))
}
