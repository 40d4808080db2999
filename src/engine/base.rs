//! Base groups: what a row speaks of without its viewer-side and order-side columns, a number for each streamer or broadcast.

use std::collections::HashMap;
use std::sync::Arc;

use super::grouping::{GroupColumn, Grouping};
use crate::input::broadcasts::Broadcast;
use crate::input::orders::NONE;
use crate::input::streamers::Streamers;

/// The base groups of a run.
#[derive(Debug, Clone, Default)]
pub struct BaseGroups {
    /// For each streamer's code, its group; then, where groups are by broadcast, for each broadcast's number.
    pub of_place: Vec<u32>,
    /// For each group, the values of the base columns, in their order.
    values: Vec<Vec<Arc<str>>>,
    /// For each group, the streamer that it was made for: the only one, where rows are by streamer.
    streamers: Vec<u32>,
}

/// The values of the base columns of a streamer, in their order, where rows are not by broadcast.
#[must_use]
pub fn of_streamer(grouping: &Grouping, streamer: &Arc<str>, table: &Streamers) -> Vec<Arc<str>> {
    values(&base_columns(grouping), streamer, &Arc::from(NONE), table)
}

fn base_columns(grouping: &Grouping) -> Vec<&GroupColumn> {
    let columns = grouping.columns.iter();
    columns.filter(|column| !column.is_order_side() && !column.is_viewer_side()).collect()
}

impl BaseGroups {
    /// The groups of `streamers` (texts by code): by streamer, by attributes, by broadcast, or one for all.
    #[must_use]
    pub fn new(grouping: &Grouping, texts: &[Arc<str>], broadcasts: &[Broadcast], table: &Streamers) -> Self {
        let columns = base_columns(grouping);
        let none: Arc<str> = Arc::from(NONE);
        let broadcasts = if grouping.has_live() { broadcasts } else { &[] };
        let streamers = (0..texts.len() as u32).map(|streamer| (streamer, &none));
        let places = streamers.chain(broadcasts.iter().map(|one| (one.streamer, &one.live)));
        let mut groups = Self::default();
        let mut known: HashMap<Vec<Arc<str>>, u32> = HashMap::new();
        for (streamer, live) in places {
            let text = texts.get(streamer as usize).unwrap_or(&none);
            let values = values(&columns, text, live, table);
            let group = *known.entry(values.clone()).or_insert_with(|| {
                groups.values.push(values);
                groups.streamers.push(streamer);
                groups.values.len() as u32 - 1
            });
            groups.of_place.push(group);
        }
        groups
    }

    /// The values of the base columns of a group, in their order.
    #[must_use]
    pub fn values(&self, group: u32) -> &[Arc<str>] {
        self.values.get(group as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The streamer of a group, where rows are by streamer.
    #[must_use]
    pub fn streamer(&self, group: u32) -> u32 {
        self.streamers.get(group as usize).copied().unwrap_or_default()
    }
}

fn values(
    columns: &[&GroupColumn],
    streamer: &Arc<str>,
    live: &Arc<str>,
    table: &Streamers,
) -> Vec<Arc<str>> {
    let value = |column: &&GroupColumn| match column {
        GroupColumn::Attribute(name) => Arc::from(table.value(streamer, name)),
        GroupColumn::Live => Arc::clone(live),
        _ => Arc::clone(streamer),
    };
    columns.iter().map(value).collect()
}
