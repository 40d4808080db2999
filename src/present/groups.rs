//! The columns that say what group a row is of: the same in every document.

use std::sync::Arc;

use super::decompose::group_heading;
use super::model::{Column, Phrase, Unit, Values};
use crate::engine::GroupColumn;

/// What group a row is of: the values of the group columns, in their order, and the streamer's name.
pub type Labels<'a> = (&'a [Arc<str>], Option<&'a Arc<str>>);

/// The group columns of rows, with the names of streamers after their ids where there are names. A name tells a person who it is, so that a
/// narrow terminal hides the id with what has the rank `id_rank`.
#[must_use]
pub fn group_columns(
    groups: &[GroupColumn],
    rows: &[Labels<'_>],
    has_names: bool,
    id_rank: u8,
) -> Vec<Column> {
    let text = |name: &str, (en, zh): (&str, &str), rank, texts: Vec<Option<Arc<str>>>| Column {
        name: name.to_owned(),
        heading: Phrase::new(en, zh),
        unit: Unit::Plain,
        rank,
        values: Values::Text(texts),
    };
    let mut columns = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let is_named = *group == GroupColumn::Streamer && has_names;
        let rank = if is_named { id_rank } else { 0 };
        let values = rows.iter().map(|(keys, _)| keys.get(at).cloned()).collect();
        columns.push(text(group.name(), group_heading(group), rank, values));
        if is_named {
            let names = rows.iter().map(|(_, name)| name.cloned()).collect();
            columns.push(text("streamer_name", ("name", "主播"), 0, names));
        }
    }
    columns
}
