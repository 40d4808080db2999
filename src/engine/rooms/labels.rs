//! What a broadcast is called in rows by broadcast: its id, else its start, made distinct where two have the same.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{RoomInputs, RoomSettings, Standing};
use crate::engine::grouping::GroupColumn;

/// The name of each counted broadcast, in their order; blank where the rows are not by broadcast.
///
/// Where two streamers have the same id, or begin in the same second without one, the streamer's id follows, and where that is no help
/// (only the date is known), a number in the order of the exports: one broadcast is one row.
pub fn lives(counted: &[&Standing<'_>], inputs: &RoomInputs, settings: &RoomSettings) -> Vec<Arc<str>> {
    if !settings.grouping.columns.contains(&GroupColumn::Live) {
        return vec![Arc::from(""); counted.len()];
    }
    let mut names: Vec<Arc<str>> = counted.iter().map(|standing| name(standing, settings)).collect();
    let streamer = |at: usize| {
        let code = counted.get(at).map_or(0, |standing| standing.row.streamer);
        inputs.streamers.get(code as usize).map_or("", |text| text)
    };
    if !settings.grouping.has_streamer() {
        let mut first: HashMap<&str, &str> = HashMap::new();
        let mut shared: HashSet<Arc<str>> = HashSet::new();
        for (at, name) in names.iter().enumerate() {
            if *first.entry(name).or_insert(streamer(at)) != streamer(at) {
                shared.insert(Arc::clone(name));
            }
        }
        for (at, name) in names.iter_mut().enumerate().filter(|(_, name)| shared.contains(&***name)) {
            *name = Arc::from(format!("{name} {}", streamer(at)));
        }
    }
    let mut seen: HashMap<(u32, Arc<str>), u32> = HashMap::new();
    for (name, standing) in names.iter_mut().zip(counted) {
        let times = seen.entry((standing.row.streamer, Arc::clone(name))).or_default();
        *times += 1;
        if *times > 1 {
            *name = Arc::from(format!("{name} #{times}"));
        }
    }
    names
}

fn name(standing: &Standing<'_>, settings: &RoomSettings) -> Arc<str> {
    if let Some(id) = &standing.row.live_id {
        return Arc::clone(id);
    }
    let zone = &settings.calendar.zone;
    let local =
        jiff::Timestamp::from_second(standing.row.started.0).map(|stamp| stamp.to_zoned(zone.clone()));
    let form = if standing.row.by_date { "%Y-%m-%d" } else { "%Y-%m-%dT%H:%M:%S%:z" };
    local.map_or_else(|_| Arc::from(""), |local| Arc::from(local.strftime(form).to_string()))
}
