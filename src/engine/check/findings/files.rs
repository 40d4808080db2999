//! Files: how each was understood, which columns are used, ignored and missing.

use std::collections::BTreeSet;

use super::{Check, Detail, Evidence, Finding, Input, Level, Section};
use crate::input::binding::{Header, Origin};
use crate::input::lives::LivesFile;
use crate::input::orders::NONE;
use crate::input::profile::{Profile, RowKind};
use crate::input::read::{Columns, Files};
use crate::input::streamers::Streamers;

/// Columns without which something is not known.
const WANTED: [&str; 6] = ["buyer_id", "streamer_id", "refund_amount", "status", "carrier", "source"];
/// Of them, those without which persons are not known.
const PERSONS: [&str; 2] = ["buyer_id", "streamer_id"];

pub(super) fn findings(evidence: &Evidence<'_>) -> Vec<Finding> {
    let inputs = evidence.inputs;
    let mut findings = Vec::new();
    let set = &evidence.settings.exports.read.constants;
    let given = Given { set, wanted: &WANTED, needed: &PERSONS };
    // After-sales of their own stand in the place of the refunds of orders.
    let refunds_are_given = inputs.refunds.is_some();
    of_input(Input::Orders, &inputs.orders.files, &given, &mut findings, |columns| {
        let mut origins = columns.origins().to_vec();
        if refunds_are_given {
            origins.retain(|(name, origin)| *name != "refund_amount" || origin.is_there());
        }
        // Read by other commands.
        let times = origins.iter_mut().find(|(name, _)| *name == "refunded_at");
        if let Some(times) = times.filter(|(_, origin)| !origin.is_there()) {
            times.1 = columns.refund_time();
        }
        (columns.profile(), origins)
    });
    if let Some(sessions) = &inputs.sessions {
        of_input(Input::Sessions, &sessions.files, &given, &mut findings, |columns| {
            (columns.profile(), columns.origins().to_vec())
        });
    }
    if let Some(refunds) = &inputs.refunds {
        of_input(Input::Refunds, &refunds.files, &given, &mut findings, |columns| {
            (columns.profile(), columns.origins().to_vec())
        });
    }
    for file in evidence.settings.exports.lives.iter().flat_map(|lives| &lives.files) {
        of_table(file, set, &mut findings);
    }
    let names: Vec<&str> = inputs.streamers.iter().map(|id| &**id).filter(|id| *id != NONE).collect();
    findings.extend(unlisted(&evidence.settings.exports.streamers, &names, Input::Both));
    findings
}

/// What was said of columns, and what is looked for.
pub(super) struct Given<'a> {
    /// The constants of `--set`.
    pub set: &'a [(String, String)],
    /// Columns whose absence is told.
    pub wanted: &'a [&'static str],
    /// Of them, those whose absence is a warning.
    pub needed: &'a [&'static str],
}

type Bound<'a> = (&'a Profile, Vec<(&'static str, &'a Origin)>);

/// The files of an input, each with its columns.
pub(super) fn of_input<C: Columns>(
    input: Input,
    files: &Files<C>,
    given: &Given<'_>,
    findings: &mut Vec<Finding>,
    about: impl Fn(&C) -> Bound<'_>,
) {
    for (file, &rows) in files.files.iter().zip(files.row_counts()) {
        let (profile, origins) = about(&file.columns);
        let finding = |check| Finding::new(Section::Files, input, check).file(file.name.as_str());
        let form = Detail::Form { form: file.form.clone(), profile: profile.name.clone() };
        findings.push(finding(Check::File).count(rows).level_if(Level::Warning, rows == 0).detail(form));
        columns(&file.header, &origins, &file.columns.needed(), given.set, &finding, findings);
        let absent =
            origins.iter().filter(|(name, origin)| given.wanted.contains(name) && !origin.is_there());
        let missing: Vec<&'static str> = absent.map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            let needed = missing.iter().any(|name| given.needed.contains(name));
            let level = if needed { Level::Warning } else { Level::Note };
            let why = profile.no_buyer(RowKind::Orders).filter(|_| input == Input::Orders).map(str::to_owned);
            let missing_columns = finding(Check::ColumnsMissing).count(missing.len() as u64).level(level);
            findings.push(missing_columns.detail(Detail::Missing(missing, why)));
        }
    }
}

/// A table of broadcasts.
fn of_table(file: &LivesFile, set: &[(String, String)], findings: &mut Vec<Finding>) {
    let finding = |check| Finding::new(Section::Files, Input::Lives, check).file(file.name.as_str());
    let form = file.form.clone().map(|form| Detail::Form { form, profile: file.profile.clone() });
    let read = finding(Check::File).count(file.rows).level_if(Level::Warning, file.rows == 0);
    findings.push(read.detail(form.unwrap_or(Detail::None)));
    let origins: Vec<(&'static str, &Origin)> =
        file.origins.iter().map(|(name, origin)| (*name, origin)).collect();
    columns(&file.header, &origins, &[], set, &finding, findings);
}

/// The columns of a header that are used and ignored: each is in one of the lists.
fn columns(
    header: &Header,
    origins: &[(&'static str, &Origin)],
    needed: &[usize],
    set: &[(String, String)],
    finding: &impl Fn(Check) -> Finding,
    findings: &mut Vec<Finding>,
) {
    let mut used: Vec<(&'static str, String)> = origins
        .iter()
        .filter_map(|(name, origin)| Some((*name, source(name, origin, header, set)?)))
        .collect();
    let of_origins: BTreeSet<usize> = origins.iter().flat_map(|(_, origin)| origin.columns()).collect();
    let name = |at: usize| header.names.get(at).cloned().unwrap_or_default();
    let further: BTreeSet<usize> = needed.iter().copied().filter(|at| !of_origins.contains(at)).collect();
    // What rules of a profile look at stands for no column of its own.
    used.extend(further.iter().map(|at| ("rules", name(*at))));
    let all: BTreeSet<usize> = of_origins.union(&further).copied().collect();
    findings.push(finding(Check::ColumnsUsed).count(all.len() as u64).detail(Detail::Columns(used)));
    let ignored: Vec<String> = (0..header.names.len()).filter(|at| !all.contains(at)).map(name).collect();
    if !ignored.is_empty() {
        let ignored_columns = finding(Check::ColumnsIgnored).count(ignored.len() as u64);
        findings.push(ignored_columns.detail(Detail::Names(ignored)));
    }
}

/// Where a canonical column comes from; `None` where the file has none.
fn source(column: &str, origin: &Origin, header: &Header, set: &[(String, String)]) -> Option<String> {
    let name = |at: &usize| header.names.get(*at).cloned().unwrap_or_default();
    Some(match origin {
        Origin::Absent => return None,
        Origin::Column(at) | Origin::Blankable(at, _) => name(at),
        Origin::First(columns) => columns.iter().map(name).collect::<Vec<_>>().join(" / "),
        Origin::Joined(columns) => columns.iter().map(name).collect::<Vec<_>>().join(" + "),
        Origin::Row => "(the row)".to_owned(),
        Origin::Constant(text) => {
            let text = String::from_utf8_lossy(text);
            if set.iter().any(|(name, _)| name == column) {
                format!("--set {text}")
            } else {
                format!("{text:?} (profile)")
            }
        }
        Origin::Sum(terms) => {
            let term =
                |(minus, at): &(bool, usize)| format!("{} {}", if *minus { "−" } else { "+" }, name(at));
            terms.iter().map(term).collect::<Vec<_>>().join(" ").trim_start_matches("+ ").to_owned()
        }
    })
}

/// Streamers of the exports that the table of streamers does not list; nothing without a table.
pub(super) fn unlisted(table: &Streamers, named: &[&str], input: Input) -> Option<Finding> {
    if table.attributes.is_empty() {
        return None;
    }
    let mut missing: Vec<String> =
        named.iter().filter(|id| !table.lists(id)).map(|id| (*id).to_owned()).collect();
    missing.sort_unstable();
    let count = missing.len() as u64;
    missing.truncate(3);
    let finding = Finding::new(Section::Files, input, Check::StreamersUnlisted);
    let finding = finding.of(count, named.len() as u64).level_if(Level::Warning, count > 0);
    Some(finding.detail(Detail::Names(missing)))
}
