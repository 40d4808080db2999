//! Base groups: what a row speaks of without its viewer-side and order-side columns, a number for each streamer.

use std::collections::HashMap;
use std::sync::Arc;

use super::grouping::{GroupColumn, Grouping};
use crate::input::streamers::Streamers;

/// The base groups of a run.
#[derive(Debug, Clone, Default)]
pub struct BaseGroups {
    /// For each streamer's code, its group.
    pub of_streamer: Vec<u32>,
    /// For each group, the values of the base columns, in their order.
    values: Vec<Vec<Arc<str>>>,
}

impl BaseGroups {
    /// The groups of `streamers` (texts by code): by streamer, by attributes, or one for all.
    #[must_use]
    pub fn new(grouping: &Grouping, texts: &[Arc<str>], table: &Streamers) -> Self {
        let columns: Vec<&GroupColumn> = grouping
            .columns
            .iter()
            .filter(|column| !column.is_order_side() && !column.is_viewer_side())
            .collect();
        if grouping.has_streamer() {
            let values = texts.iter().map(|text| values(&columns, text, table)).collect();
            return Self { of_streamer: (0..texts.len() as u32).collect(), values };
        }
        let mut groups = Self::default();
        let mut known: HashMap<Vec<Arc<str>>, u32> = HashMap::new();
        for text in texts {
            let values = values(&columns, text, table);
            let group = *known.entry(values.clone()).or_insert_with(|| {
                groups.values.push(values);
                groups.values.len() as u32 - 1
            });
            groups.of_streamer.push(group);
        }
        groups
    }

    /// The values of the base columns of a group, in their order.
    #[must_use]
    pub fn values(&self, group: u32) -> &[Arc<str>] {
        self.values.get(group as usize).map(Vec::as_slice).unwrap_or_default()
    }
}

fn values(columns: &[&GroupColumn], streamer: &Arc<str>, table: &Streamers) -> Vec<Arc<str>> {
    let value = |column: &&GroupColumn| match column {
        GroupColumn::Attribute(name) => Arc::from(table.value(streamer, name)),
        _ => Arc::clone(streamer),
    };
    columns.iter().map(value).collect()
}
