//! `gmv report`: the tables of the commands, from one reading of the exports or from a cluster → a report → a folder.

mod changes;
mod cluster;
mod exports;
mod gather;
mod quality;
mod slices;
mod telling;

use anyhow::Result;

use super::Ending;
use crate::cli::ReportArguments;
use crate::present::folder::Folder;
use crate::present::log::Log;
use crate::present::report::files;

/// Runs the command.
pub fn run(arguments: &ReportArguments) -> Result<Ending> {
    let settings = arguments.resolve()?;
    let mut log = Log::new(settings.log, settings.quiet);
    // Opened before the work, so that a place that cannot be written, or another run, ends it at once.
    let folder = Folder::create(&settings.out, settings.names.clone())?;
    let (report, alerts, rejected) = gather::gather(&settings, &mut log)?;
    files::write(&report, &folder)?;
    let place = folder.commit()?;
    log.step("write");
    report.warnings.iter().for_each(|warning| log.warn(warning));
    for alert in &alerts {
        log.alert(alert);
    }
    log.done(&place, &report);
    Ok(match (report.fired, rejected && settings.rejects.1) {
        (0, false) => Ending::Done,
        (0, true) => Ending::RowsRejected,
        _ => Ending::AlertFired,
    })
}
