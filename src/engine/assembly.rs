//! From accumulators to rows with texts, in the order of the contract.

use std::sync::Arc;

use super::EngineError;
use super::aggregate::{Aggregate, GroupRow, SideColumns};
use super::base::BaseGroups;
use super::broadcasts::{Aired, AiredGroups};
use super::exports::{Inputs, LocalSettings};
use super::grouping::{GroupColumn, Grouping};
use crate::calendar::Periods;
use crate::input::names::Names;
use crate::input::orders::{NONE, SEPARATOR};
use crate::input::profile::Carrier;
use crate::journey::accumulate::{Buying, GroupKey, Viewing};
use crate::journey::aside::Groups;
use crate::journey::rules::{Side, Slice};
use crate::sums::{Moments, Sums};
use crate::units::{MinorUnits, Portion};

/// What turns accumulators into rows with texts.
pub struct Assembly<'a> {
    pub inputs: &'a Inputs,
    pub settings: &'a LocalSettings,
    pub base: &'a BaseGroups,
    pub periods: &'a Periods,
    pub names: Names,
    /// `None` where nothing is known of broadcasts.
    pub aired: Option<&'a AiredGroups>,
}

impl Assembly<'_> {
    /// The rows, sorted, and the total, all persons together; `without_buyer` are the counted orders of nobody, each once: its slices can be
    /// several.
    pub fn aggregate(
        &self,
        groups: Groups,
        mut total: (Viewing, Buying),
        without_buyer: Portion,
    ) -> Result<Aggregate, EngineError> {
        let mut rows = Vec::new();
        self.each_row(groups, |_, slice, row| rows.extend(slice.map(|_| row)))?;
        total.1.off_live_orders += without_buyer.rows as i64;
        total.1.off_live_gmv += without_buyer.money;
        let has_names = self.settings.grouping.has_streamer() && rows.iter().any(|row| row.name.is_some());
        let mut grouping = self.settings.grouping.clone();
        grouping.names_persons |= self.inputs.groups_name_persons();
        let mut aggregate = Aggregate {
            period_kind: Some(self.settings.period),
            grouping,
            has_names,
            rows,
            total: Some(self.sums(Some(&total.0), &total.1, self.aired.map(|aired| aired.total))),
            from_rooms: false,
            side: SideColumns::default(),
        };
        aggregate.sort();
        Ok(aggregate)
    }

    /// A row for each group and slice that bought; where there are no slices, one also for each that only watched. Where there are, each group
    /// that watched comes without a slice, too.
    pub fn each_row(
        &self,
        Groups { mut viewing, mut buying }: Groups,
        mut each: impl FnMut(GroupKey, Option<Slice>, GroupRow),
    ) -> Result<(), EngineError> {
        let is_sliced = self.settings.grouping.is_sliced();
        let none = Buying::default();
        let mut watched = viewing.next_group()?;
        let mut last = None;
        loop {
            let bought = buying.next_group().map_err(|error| self.placed(error.into()))?;
            // Groups that watched, up to the one that bought.
            while let Some(group) = watched.filter(|group| bought.is_none_or(|bought| group.key < bought.key))
            {
                let slice = (!is_sliced).then(Slice::default);
                if is_sliced || last != Some(group.key) {
                    let row = self.row(group.key, Slice::default(), Some(&group.viewing), &none);
                    each(group.key, slice, row);
                }
                watched = viewing.next_group()?;
            }
            let Some(bought) = bought else { return Ok(()) };
            let viewing = watched.filter(|group| group.key == bought.key).map(|group| group.viewing);
            let row = self.row(bought.key, bought.slice, viewing.as_ref(), &bought.buying);
            each(bought.key, Some(bought.slice), row);
            last = Some(bought.key);
        }
    }

    fn row(&self, key: GroupKey, slice: Slice, viewing: Option<&Viewing>, buying: &Buying) -> GroupRow {
        let period = self.periods.all()[key.period() as usize];
        let streamer = self.base.streamer(key.base());
        let name = self.settings.grouping.has_streamer().then(|| self.name(streamer)).flatten();
        let aired = self.aired.map(|aired| aired.of(key.base(), key.period()));
        GroupRow {
            period: period.first,
            partial: Some(period.partial),
            keys: self.keys(key, slice),
            name,
            sums: self.sums(viewing, buying, aired),
        }
    }

    /// An error with the names of the group and the period whose sum does not fit, where they are known.
    #[must_use]
    pub fn placed(&self, error: EngineError) -> EngineError {
        let EngineError::Overflow(overflow) = &error else { return error };
        let Some((base, period)) = overflow.group() else { return error };
        let columns = self.settings.grouping.columns.iter();
        let own = columns.filter(|column| !column.is_order_side() && !column.is_viewer_side()).cloned();
        let group = Grouping::of(own.collect()).named(self.base.values(base));
        let period = period.and_then(|period| self.periods.all().get(period as usize));
        let period = period.map_or(String::new(), |period| format!(" in the period {}", period.first));
        EngineError::TooLarge { sum: overflow.sum(), group: group + &period }
    }

    /// The values of the columns of a base group and slice, without viewer-side columns, and the streamer's name where rows are by streamer.
    pub fn labels(&self, base: u32, slice: Slice) -> (Vec<Arc<str>>, Option<Arc<str>>) {
        let streamer = self.base.streamer(base);
        let name = self.settings.grouping.has_streamer().then(|| self.name(streamer)).flatten();
        (self.keys(GroupKey::new(base, 0, Side::default()), slice), name)
    }

    fn name(&self, streamer: u32) -> Option<Arc<str>> {
        let from_table = || {
            let id = self.inputs.streamers.get(streamer as usize)?;
            self.settings.streamers.name(id).map(Arc::from)
        };
        self.names.get(streamer).cloned().or_else(from_table)
    }

    fn keys(&self, key: GroupKey, slice: Slice) -> Vec<Arc<str>> {
        let mut base = self.base.values(key.base()).iter();
        let dimensions = self.inputs.dimensions.get(slice.dimensions() as usize).map_or("", |text| text);
        let mut dimensions = dimensions.split(SEPARATOR);
        let value = |column: &GroupColumn| -> Arc<str> {
            match column {
                GroupColumn::Streamer
                | GroupColumn::Live
                | GroupColumn::Attribute(_)
                | GroupColumn::Given(_) => base.next().cloned().unwrap_or_else(|| Arc::from(NONE)),
                GroupColumn::Domain => Arc::from(key.side().domain()),
                GroupColumn::Traffic => Arc::from(key.side().traffic()),
                GroupColumn::BuyerType => Arc::from(key.side().buyer_type()),
                GroupColumn::Carrier => Arc::from(carrier(slice.carrier())),
                GroupColumn::PriceBand => Arc::from(band(&self.settings.price_bands, slice.band())),
                GroupColumn::Dimension(_) => {
                    let text = dimensions.next().unwrap_or_default();
                    Arc::from(if text.is_empty() { NONE } else { text })
                }
            }
        };
        self.settings.grouping.columns.iter().map(value).collect()
    }

    fn sums(&self, viewing: Option<&Viewing>, buying: &Buying, aired: Option<Aired>) -> Sums {
        let has_times = self.aired.is_some_and(|aired| aired.has_times);
        let there = self.inputs.sessions.is_some();
        let viewing = there.then(|| viewing.copied().unwrap_or_default());
        let split = viewing.filter(|_| self.inputs.has_sources());
        Sums {
            viewers: viewing.map(|viewing| viewing.viewers),
            viewers_private: split.map(|viewing| viewing.private),
            viewers_paid: split.map(|viewing| viewing.paid),
            watch: viewing.map(|viewing| i128::from(viewing.watch)),
            buyers: Some(buying.buyers),
            orders: Some(buying.orders),
            gmv: Some(buying.gmv),
            off_live_orders: Some(buying.off_live_orders),
            off_live_gmv: Some(buying.off_live_gmv),
            broadcasts: aired.map(|aired| aired.broadcasts),
            live_seconds: aired.filter(|_| has_times).and_then(|aired| aired.seconds()),
            moments: self.settings.moments.then(|| Box::new(moments(viewing.as_ref(), buying))),
            ..Sums::default()
        }
    }
}

/// The fifteen second moments: five of them are sums already (see `docs/metrics.md`, Precision).
fn moments(viewing: Option<&Viewing>, buying: &Buying) -> Moments {
    let seen = |value: i128| viewing.map(|_| value);
    let whole = |value: i64| Some(i128::from(value));
    Moments([
        viewing.map(|viewing| i128::from(viewing.viewers)),
        viewing.map(|viewing| i128::from(viewing.watch)),
        seen(i128::from(buying.present_buyers)),
        seen(i128::from(buying.present_orders)),
        seen(buying.present_gmv),
        viewing.map(|viewing| viewing.watch_squared),
        seen(i128::from(buying.watch_buyers)),
        seen(buying.watch_orders),
        seen(buying.watch_gmv),
        whole(buying.buyers),
        whole(buying.orders),
        Some(buying.gmv),
        Some(buying.orders_squared),
        Some(buying.orders_gmv),
        Some(buying.gmv_squared),
    ])
}

fn carrier(carrier: Option<Carrier>) -> &'static str {
    match carrier {
        None => NONE,
        Some(Carrier::Live) => "live",
        Some(Carrier::Video) => "video",
        Some(Carrier::Card) => "card",
        Some(Carrier::Other) => "other",
    }
}

/// The text of a price band: `0-50`, `500+`; below the first edge, `<50`.
pub(super) fn band(edges: &[MinorUnits], number: usize) -> String {
    let text = |edge: &MinorUnits| {
        let (whole, cents) = (edge.0 / 100, edge.0 % 100);
        if cents == 0 {
            whole.to_string()
        } else {
            format!("{whole}.{cents:02}").trim_end_matches('0').to_owned()
        }
    };
    let lower = number.checked_sub(1).and_then(|at| edges.get(at)).map(text);
    match (lower, edges.get(number).map(text)) {
        (Some(lower), Some(upper)) => format!("{lower}-{upper}"),
        (Some(lower), None) => format!("{lower}+"),
        (None, Some(upper)) => format!("<{upper}"),
        (None, None) => NONE.to_owned(),
    }
}
