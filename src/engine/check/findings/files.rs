//! Files: how each was understood, which columns are used, ignored and missing.

use super::{Check, Detail, Evidence, Finding, Input, Level, Section};
use crate::input::binding::{Header, Origin};
use crate::input::lives::LivesFile;
use crate::input::orders::NONE;
use crate::input::profile::Profile;
use crate::input::read::{Columns, Files};

/// Columns without which something is not known.
const WANTED: [&str; 6] = ["buyer_id", "streamer_id", "refund_amount", "status", "carrier", "source"];

pub(super) fn findings(evidence: &Evidence<'_>) -> Vec<Finding> {
    let inputs = evidence.inputs;
    let mut findings = Vec::new();
    of_input(Input::Orders, &inputs.orders.files, &mut findings, |columns| {
        (columns.profile(), columns.origins().to_vec())
    });
    if let Some(sessions) = &inputs.sessions {
        of_input(Input::Sessions, &sessions.files, &mut findings, |columns| {
            (columns.profile(), columns.origins().to_vec())
        });
    }
    if let Some(refunds) = &inputs.refunds {
        of_input(Input::Refunds, &refunds.files, &mut findings, |columns| {
            (columns.profile(), columns.origins().to_vec())
        });
    }
    for file in evidence.settings.exports.lives.iter().flat_map(|lives| &lives.files) {
        of_table(file, &mut findings);
    }
    findings.extend(unlisted(evidence));
    findings
}

type Bound<'a> = (&'a Profile, Vec<(&'static str, &'a Origin)>);

fn of_input<C: Columns>(
    input: Input,
    files: &Files<C>,
    findings: &mut Vec<Finding>,
    about: impl Fn(&C) -> Bound<'_>,
) {
    for (file, &rows) in files.files.iter().zip(files.row_counts()) {
        let (profile, origins) = about(&file.columns);
        let finding = |check| Finding::new(Section::Files, input, check).file(file.name.as_str());
        let form = Detail::Form { form: file.form.clone(), profile: profile.name.clone() };
        findings.push(finding(Check::File).count(rows).level_if(Level::Warning, rows == 0).detail(form));
        let used: Vec<(&'static str, String)> = origins
            .iter()
            .filter_map(|(name, origin)| Some((*name, source(origin, &file.header)?)))
            .collect();
        findings.push(finding(Check::ColumnsUsed).count(used.len() as u64).detail(Detail::Columns(used)));
        let needed = file.columns.needed();
        let names = file.header.names.iter().enumerate().filter(|(at, _)| !needed.contains(at));
        let ignored: Vec<String> = names.map(|(_, name)| name.clone()).collect();
        if !ignored.is_empty() {
            let ignored_columns = finding(Check::ColumnsIgnored).count(ignored.len() as u64);
            findings.push(ignored_columns.detail(Detail::Names(ignored)));
        }
        let absent = origins.iter().filter(|(name, origin)| WANTED.contains(name) && !origin.is_there());
        let missing: Vec<String> = absent.map(|(name, _)| (*name).to_owned()).collect();
        if !missing.is_empty() {
            let persons = missing.iter().any(|name| name == "buyer_id" || name == "streamer_id");
            let level = if persons { Level::Warning } else { Level::Note };
            let missing_columns = finding(Check::ColumnsMissing).count(missing.len() as u64).level(level);
            findings.push(missing_columns.detail(Detail::Names(missing)));
        }
    }
}

/// A table of broadcasts.
fn of_table(file: &LivesFile, findings: &mut Vec<Finding>) {
    let finding = |check| Finding::new(Section::Files, Input::Lives, check).file(file.name.as_str());
    let form = file.form.clone().map(|form| Detail::Form { form, profile: file.profile.clone() });
    let read = finding(Check::File).count(file.rows).level_if(Level::Warning, file.rows == 0);
    findings.push(read.detail(form.unwrap_or(Detail::None)));
    let used: Vec<(&'static str, String)> = file
        .origins
        .iter()
        .filter_map(|(name, origin)| Some((*name, source(origin, &file.header)?)))
        .collect();
    findings.push(finding(Check::ColumnsUsed).count(used.len() as u64).detail(Detail::Columns(used)));
    let needed: Vec<usize> = file.origins.iter().flat_map(|(_, origin)| origin.columns()).collect();
    let names = file.header.names.iter().enumerate().filter(|(at, _)| !needed.contains(at));
    let ignored: Vec<String> = names.map(|(_, name)| name.clone()).collect();
    if !ignored.is_empty() {
        findings
            .push(finding(Check::ColumnsIgnored).count(ignored.len() as u64).detail(Detail::Names(ignored)));
    }
}

/// Where a canonical column comes from; `None` where the file has none.
fn source(origin: &Origin, header: &Header) -> Option<String> {
    let name = |at: &usize| header.names.get(*at).cloned().unwrap_or_default();
    Some(match origin {
        Origin::Absent => return None,
        Origin::Column(at) | Origin::Blankable(at, _) => name(at),
        Origin::First(columns) => columns.iter().map(name).collect::<Vec<_>>().join(" / "),
        Origin::Joined(columns) => columns.iter().map(name).collect::<Vec<_>>().join(" + "),
        Origin::Row => "(the row)".to_owned(),
        Origin::Constant(text) => format!("--set {}", String::from_utf8_lossy(text)),
        Origin::Sum(terms) => {
            let term =
                |(minus, at): &(bool, usize)| format!("{} {}", if *minus { "−" } else { "+" }, name(at));
            terms.iter().map(term).collect::<Vec<_>>().join(" ").trim_start_matches("+ ").to_owned()
        }
    })
}

/// Streamers of the exports that the table of streamers does not list.
fn unlisted(evidence: &Evidence<'_>) -> Option<Finding> {
    let table = &evidence.settings.exports.streamers;
    if table.attributes.is_empty() {
        return None;
    }
    let named: Vec<&str> =
        evidence.inputs.streamers.iter().map(|id| &**id).filter(|id| *id != NONE).collect();
    let mut missing: Vec<String> =
        named.iter().filter(|id| !table.lists(id)).map(|id| (*id).to_owned()).collect();
    missing.sort_unstable();
    let count = missing.len() as u64;
    missing.truncate(3);
    let finding = Finding::new(Section::Files, Input::Both, Check::StreamersUnlisted);
    let finding = finding.of(count, named.len() as u64).level_if(Level::Warning, count > 0);
    Some(finding.detail(Detail::Names(missing)))
}
