//! Where the columns of broadcasts are in one file.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::input::binding::{Header, Origin};
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::profile::{Profile, RowKind};
use crate::input::read::Columns;

/// A canonical column of broadcasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The streamer.
    StreamerId,
    /// The streamer's name; where there are no ids, it stands for them.
    StreamerName,
    /// The broadcast.
    LiveId,
    /// When it began.
    StartedAt,
    /// When it ended.
    EndedAt,
    /// The business date of the broadcast, where no time is known.
    Date,
    /// Its length in minutes, or with words.
    LiveMinutes,
    /// Persons who watched it.
    Viewers,
    /// Their mean watch time in minutes, or with words.
    WatchMinutesPerViewer,
    /// Their watch time together, in hours.
    WatchHours,
    /// Their watch time together, in seconds.
    WatchSeconds,
    /// Persons who bought.
    Buyers,
    /// Orders.
    Orders,
    /// Their money.
    Gmv,
    /// Their money less refunds, as the platform counts it.
    NetGmv,
    /// Orders less refunded ones, as the platform counts them.
    NetOrders,
    /// Money refunded.
    RefundAmount,
    /// Orders refunded.
    RefundOrders,
    /// The percentage of the viewers who followed the streamer already.
    OldFanShare,
    /// What was spent on the broadcast.
    Spend,
}

/// The names of the canonical columns, in the order of [`Field`].
pub const NAMES: [&str; 20] = [
    "streamer_id",
    "streamer_name",
    "live_id",
    "started_at",
    "ended_at",
    "date",
    "live_minutes",
    "viewers",
    "watch_minutes_per_viewer",
    "watch_hours",
    "watch_seconds",
    "buyers",
    "orders",
    "gmv",
    "net_gmv",
    "net_orders",
    "refund_amount",
    "refund_orders",
    "old_fan_share",
    "spend",
];

/// What no factor needs: where a cell of these does not read, its figure is not known and the broadcast counts all the same.
const SIDE: [Field; 4] = [Field::EndedAt, Field::LiveMinutes, Field::OldFanShare, Field::Spend];

impl Field {
    /// The canonical name.
    #[must_use]
    pub fn name(self) -> &'static str {
        NAMES[self as usize]
    }
}

/// Where the columns of broadcasts are in one file.
#[derive(Debug)]
pub struct RoomColumns {
    pub(super) profile: Arc<Profile>,
    /// In the order of [`Field`].
    origins: Vec<Origin>,
    /// The names in the header of the money that counts under paid, and under net.
    definitions: [String; 2],
}

impl Columns for RoomColumns {
    fn needed(&self) -> Vec<usize> {
        self.origins.iter().flat_map(Origin::columns).collect()
    }

    fn strict(&self) -> Vec<usize> {
        let strict = |at: &usize| !SIDE.iter().any(|side| *side as usize == *at);
        let places = (0..NAMES.len()).filter(strict);
        places.filter_map(|at| self.origins.get(at)).flat_map(Origin::columns).collect()
    }
}

impl RoomColumns {
    /// Finds the columns.
    ///
    /// # Errors
    /// When a needed name stands twice in the header, or the profile asks for a sum of columns.
    pub fn bind(
        profile: &Arc<Profile>,
        source: &Source,
        header: &Header,
        constants: &BTreeMap<String, String>,
    ) -> Result<Self, InputError> {
        let none = BTreeMap::new();
        let specs = profile.columns(RowKind::Rooms).unwrap_or(&none);
        let mut origins = Vec::with_capacity(NAMES.len());
        for name in NAMES {
            let origin = header.find(&source.name, name, specs, constants)?;
            if matches!(origin, Origin::Sum(_)) {
                let message =
                    format!("[rooms.columns] {name}: a broadcast's figure is one column, not a sum");
                return Err(InputError::Profile { path: profile.name.clone(), message });
            }
            origins.push(origin);
        }
        let mut columns =
            Self { profile: Arc::clone(profile), origins, definitions: [String::new(), String::new()] };
        columns.definitions = columns.define(header);
        Ok(columns)
    }

    fn define(&self, header: &Header) -> [String; 2] {
        let name = |field: Field| {
            let column = self.origin(field).first_column().and_then(|at| header.names.get(at));
            column.map_or(field.name(), String::as_str).to_owned()
        };
        let net = if self.has(Field::NetGmv) {
            name(Field::NetGmv)
        } else {
            format!("{} − {}", name(Field::Gmv), name(Field::RefundAmount))
        };
        [name(Field::Gmv), net]
    }

    /// The required columns that are missing.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        let mut missing = Vec::new();
        if !self.has(Field::StreamerId) && !self.has(Field::StreamerName) {
            missing.push("streamer_id");
        }
        if !self.has(Field::StartedAt) && !self.has(Field::Date) {
            missing.push("started_at");
        }
        if !self.has(Field::Gmv) {
            missing.push("gmv");
        }
        missing
    }

    /// Where a column is.
    #[must_use]
    pub fn origin(&self, field: Field) -> &Origin {
        &self.origins[field as usize]
    }

    /// All columns with their names.
    pub(super) fn named(&self) -> Vec<(&'static str, &Origin)> {
        NAMES.into_iter().zip(&self.origins).collect()
    }

    /// Whether the file has a column.
    #[must_use]
    pub fn has(&self, field: Field) -> bool {
        self.origin(field).is_there()
    }

    /// Whether the file tells what remains after refunds.
    #[must_use]
    pub fn has_net(&self) -> bool {
        self.has(Field::NetGmv) || self.has(Field::RefundAmount)
    }

    /// The column, by its name in the header, whose money counts, under net or under paid.
    #[must_use]
    pub fn amount_definition(&self, net: bool) -> &str {
        &self.definitions[usize::from(net)]
    }

    /// The profile that was used.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_the_fields() {
        assert_eq!(Field::StreamerId.name(), "streamer_id");
        assert_eq!(Field::WatchMinutesPerViewer.name(), "watch_minutes_per_viewer");
        assert_eq!(Field::RefundOrders.name(), "refund_orders");
        assert_eq!((Field::Spend.name(), Field::Spend as usize + 1), ("spend", NAMES.len()));
    }
}
