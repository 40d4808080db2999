//! A header that no profile fits: what is missing of the profile that fits best, and which names look like it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::binding::Header;
use super::error::InputError;
use super::files::Source;
use super::profile::{ColumnSpec, Profile, RowKind};

/// A profile that does not fit: the columns that the header lacks, or what else stands in its way.
pub type Refused<'a> = (&'a Arc<Profile>, Result<Vec<&'static str>, InputError>);

/// What can be computed without buyers.
pub const WITHOUT_BUYERS: &str = "live sessions exported as aggregates (--rooms FILE) give the five factors";

/// The error of the profile of which the header has most.
pub fn nearest(source: &Source, header: &Header, kind: RowKind, refused: Vec<Refused<'_>>) -> InputError {
    let score = |(profile, why): &Refused<'_>| {
        let found = found(profile, kind, header);
        let lacking = why.as_ref().map_or(0, Vec::len);
        (found, std::cmp::Reverse(if found > 0 { lacking } else { 0 }))
    };
    // The first of equals: the canonical one, where the header has nothing of any.
    match refused.into_iter().rev().max_by_key(score) {
        Some((profile, Ok(lacking))) => missing_columns(source, header, profile, kind, &lacking),
        Some((_, Err(error))) => error,
        None => InputError::Profile {
            path: source.name.clone(),
            message: format!("no profile speaks of {}", kind.name()),
        },
    }
}

/// The error of a file that was given for the wrong kind of rows: most columns of another kind are there, and more than of this one.
pub fn of_another_kind(
    source: &Source,
    header: &Header,
    kind: RowKind,
    profiles: &[Arc<Profile>],
) -> Option<InputError> {
    let all = |profile: &Profile, kind| profile.columns(kind).map_or(0, BTreeMap::len);
    let here = profiles.iter().map(|profile| found(profile, kind, header)).max()?;
    let others = profiles.iter().flat_map(|profile| profile.kinds().map(move |other| (profile, other)));
    let (profile, other) = others
        .filter(|(profile, other)| {
            let there = found(profile, *other, header);
            *other != kind && there > here && there * 5 >= all(profile, *other) * 3
        })
        .max_by_key(|(profile, other)| found(profile, *other, header))?;
    // Not every command takes these: where one does is said.
    let command = match other {
        RowKind::Rooms => " (gmv decompose --rooms FILE)",
        RowKind::Refunds => " (gmv decompose --orders FILE --refunds FILE)",
        _ => "",
    };
    let (name, kind, other) = (&profile.name, kind.name(), other.name());
    Some(InputError::Profile {
        path: format!("{}:1", source.name),
        message: format!(
            "the header is that of {other} (profile {name}), not of {kind}: give the file with --{other}{command}"
        ),
    })
}

/// How many of a profile's columns the header has.
fn found(profile: &Profile, kind: RowKind, header: &Header) -> usize {
    let specs = profile.columns(kind).into_iter().flatten();
    specs.filter(|(_, spec)| spec.names().iter().any(|name| header.has(name))).count()
}

/// The error of a header that lacks columns which a profile needs.
pub fn missing_columns(
    source: &Source,
    header: &Header,
    profile: &Profile,
    kind: RowKind,
    lacking: &[&'static str],
) -> InputError {
    let specs = |field: &str| {
        let spec = profile.columns(kind).and_then(|columns| columns.get(field));
        spec.map_or(vec![field.to_owned()], |spec| names(spec, header))
    };
    let wanted = lacking.iter().map(|field| {
        let names = specs(field);
        if names == [(*field).to_owned()] {
            format!("`{field}`")
        } else {
            format!("`{field}` ({})", names.join(" or "))
        }
    });
    let detect = profile.detect(kind).iter().filter(|name| lacking.is_empty() && !header.has(name));
    let wanted: Vec<String> = wanted.chain(detect.map(|name| format!("`{name}`"))).collect();
    let shown = header.shown(Some(profile), &[]);
    let near: Vec<String> = lacking
        .iter()
        .flat_map(|field| specs(field))
        .filter_map(|name| shown.nearest(&name).map(|near| format!("`{near}` looks like `{name}`")))
        .collect();
    let todo = match &source.stored {
        None => "map the columns with --profile FILE, or supply one with --set COLUMN=VALUE",
        Some(_) => {
            "the export was ingested without: ingest it again with a profile that maps the columns, or supply one with --set \
             COLUMN=VALUE"
        }
    };
    let todo = if lacking.contains(&"buyer_id") {
        format!(
            "{todo}; where the platform gives no buyers, {WITHOUT_BUYERS}, and --set buyer_id= counts every order as off-live (also those \
             of files that have buyers: `gmv ingest` each kind apart then, and give --store)"
        )
    } else {
        todo.to_owned()
    };
    let hint = if near.is_empty() { format!("; {todo}") } else { format!("; {}: {todo}", near.join(", ")) };
    InputError::MissingColumns {
        path: source.name.clone(),
        missing: wanted,
        profile: profile.name.clone(),
        header: shown.summary(),
        hint,
    }
}

/// The names that were looked for; where all are needed, those that the header lacks.
fn names(spec: &ColumnSpec, header: &Header) -> Vec<String> {
    let names = spec.names().into_iter();
    names.filter(|name| !spec.needs_all() || !header.has(name)).map(str::to_owned).collect()
}
