//! A facts file: sums that are known already, typed in by hand from a dashboard or saved by an earlier run.

mod cells;

use std::collections::HashSet;
use std::sync::Arc;

use cells::Cells;

use super::EngineError;
use super::aggregate::{Aggregate, BY_KEY, GroupRow, PERIOD_KEY, SideColumns};
use super::grouping::{GroupColumn, Grouping};
use crate::calendar::PeriodKind;
use crate::input::container::Opening;
use crate::input::error::InputError;
use crate::input::table::SmallTable;
use crate::sums::{Moments, Spent, Sums};

/// Columns that a saved result has besides its groups and sums: they follow from the sums, so they are computed again.
const DERIVED: [&str; 19] = [
    "uv_public",
    "watch_hours_per_viewer",
    "buyers_per_watch_hour",
    "aov",
    "orders_per_buyer",
    "gmv_total",
    "uv_lo",
    "uv_hi",
    "watch_hours_per_viewer_lo",
    "watch_hours_per_viewer_hi",
    "buyers_per_watch_hour_lo",
    "buyers_per_watch_hour_hi",
    "aov_lo",
    "aov_hi",
    "orders_per_buyer_lo",
    "orders_per_buyer_hi",
    "gmv_share",
    "cost_per_paid_uv",
    "roi",
];

/// Columns with sums and flags.
const SUMS: [&str; 19] = [
    "gmv",
    "uv",
    "uv_private",
    "uv_paid",
    "watch_hours",
    "buyers",
    "orders",
    "gmv_off_live",
    "orders_off_live",
    "partial",
    "few_buyers",
    "uv_broadcasts",
    "buyers_broadcasts",
    "broadcasts",
    "live_hours",
    "spend",
    "old_fan_share",
    "cost",
    "gmv_first_paid",
];

/// What facts are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// They are the rows of the result.
    AsTheyAre,
    /// They are leaves, which the rows of the result may sum.
    AsLeaves,
    /// They are what a statement gave: every column that is no sum is one of its groups.
    AsAnswer,
}

/// Reads a facts file, and the definitions that it carries: `period`, any group columns, `uv`, `watch_hours`, `buyers`, `orders`, `gmv`, and what else `gmv decompose` writes.
/// `by` must be the file's own grouping, unless they are to be summed, `period` the kind of its periods, where they are given.
///
/// # Errors
/// When a column is missing or a cell is no such value (facts are few: no row is skipped), a group stands twice in a period, or the file
/// has another grouping or kind of period.
pub fn read(
    path: &str,
    opening: Opening,
    by: Option<&[String]>,
    period: Option<PeriodKind>,
    use_of: Use,
) -> Result<(Aggregate, Vec<(String, String)>), EngineError> {
    let table = SmallTable::read(path, opening)?;
    let columns = FactColumns::find(&table)?;
    let grouping = columns.grouping(&table);
    if use_of != Use::AsAnswer {
        check_groups_are_meant(&table, &grouping, by)?;
    }
    if use_of == Use::AsTheyAre {
        check_grouping(&table, &grouping, by)?;
    }
    let period_kind = check_period(&table, period)?;
    let mut rows = Vec::with_capacity(table.rows.len());
    let mut seen = HashSet::new();
    for (line, cells) in &table.rows {
        let row = columns.row(&Cells { table: &table, line: *line, texts: cells })?;
        if !seen.insert((row.period, row.keys.clone())) {
            let what = "this group stands twice in its period; one row holds all of its sums";
            return Err(table.error(*line, columns.period, what).into());
        }
        rows.push(row);
    }
    let has_names = rows.iter().any(|row| row.name.is_some());
    let (from_rooms, side) = (columns.is_of_rooms(), columns.side());
    let mut aggregate = Aggregate { period_kind, grouping, has_names, rows, total: None, from_rooms, side };
    aggregate.sort();
    // What the sums meant when they were saved is still true; the version is that of who writes.
    let kept = |key: &str| key.starts_with("gmv.") && ![BY_KEY, PERIOD_KEY, "gmv.version"].contains(&key);
    let definitions =
        table.metadata.into_iter().filter(|(key, _)| kept(key) && !key.starts_with("gmv.definition."));
    let definitions = aggregate.definitions().into_iter().chain(definitions).collect();
    Ok((aggregate, definitions))
}

/// The rows of a table of facts that a statement gave.
///
/// # Errors
/// When a cell is not what it should be.
pub fn rows(table: &SmallTable) -> Result<Vec<GroupRow>, EngineError> {
    let columns = FactColumns::find(table)?;
    let row = |(line, texts): &(u64, Vec<String>)| columns.row(&Cells { table, line: *line, texts });
    Ok(table.rows.iter().map(row).collect::<Result<_, _>>()?)
}

/// Refuses columns that nobody called groups: a remark typed beside the sums must not divide them.
fn check_groups_are_meant(
    table: &SmallTable,
    grouping: &Grouping,
    by: Option<&[String]>,
) -> Result<(), InputError> {
    let saved = table.metadata.iter().find(|(key, _)| key == BY_KEY).map(|(_, value)| value.split(','));
    let saved: Vec<&str> = saved.into_iter().flatten().collect();
    let meant = |name: &str| {
        name == "category" || saved.contains(&name) || by.is_some_and(|by| by.iter().any(|word| word == name))
    };
    for column in &grouping.columns {
        if let GroupColumn::Given(name) = column
            && !meant(name)
        {
            let at = table.column(name).unwrap_or_default();
            let what = format!(
                "the column `{name}` is no sum of a facts file; name it in --by if it is a group, or take it out"
            );
            return Err(table.error(1, at, what));
        }
    }
    Ok(())
}

fn check_grouping(table: &SmallTable, grouping: &Grouping, by: Option<&[String]>) -> Result<(), EngineError> {
    let Some(by) = by else { return Ok(()) };
    let words = by.iter().filter(|word| *word != "total").map(|word| match word.as_str() {
        "streamer" => "streamer_id".to_owned(),
        "live" => "live_id".to_owned(),
        other => other.replace("buyer-type", "buyer_type").replace("price-band", "price_band"),
    });
    let asked: Vec<String> = words.collect();
    let there: Vec<&str> = grouping.columns.iter().map(GroupColumn::name).collect();
    if asked == there {
        return Ok(());
    }
    Err(EngineError::Usage(format!(
        "{}: the facts are by {}, not by {}; sums of persons cannot be regrouped: leave --by out, or give facts of that grouping",
        table.name,
        grouping.describe(),
        by.join(","),
    )))
}

fn check_period(table: &SmallTable, asked: Option<PeriodKind>) -> Result<Option<PeriodKind>, EngineError> {
    use PeriodKind::{All, Day, Month, Quarter, Week, Year};
    let saved = table.metadata.iter().find(|(key, _)| key == PERIOD_KEY).map(|(_, value)| value.as_str());
    let saved = saved
        .and_then(|name| [Day, Week, Month, Quarter, Year, All].into_iter().find(|kind| kind.name() == name));
    match (saved, asked) {
        (Some(saved), Some(asked)) if saved != asked => Err(EngineError::Usage(format!(
            "{}: the facts are by {}, not by {}; sums of persons cannot be regrouped",
            table.name,
            saved.name(),
            asked.name()
        ))),
        (saved, asked) => Ok(saved.or(asked)),
    }
}

/// Where the columns are.
struct FactColumns {
    period: usize,
    name: Option<usize>,
    groups: Vec<usize>,
    sums: [Option<usize>; SUMS.len()],
    moments: Option<[usize; 15]>,
}

impl FactColumns {
    fn find(table: &SmallTable) -> Result<Self, InputError> {
        let (names, shown) = (&table.header.names, table.header.shown(None, &SUMS));
        let mut known = HashSet::new();
        if let Some((at, name)) = names.iter().enumerate().find(|(_, name)| !known.insert(*name)) {
            let name = if shown.is_shown() { format!("`{name}`") } else { "alike".to_owned() };
            return Err(table.error(1, at, format!("the header has two columns named {name}")));
        }
        let missing: Vec<String> = ["period", "uv", "watch_hours", "buyers", "orders", "gmv"]
            .iter()
            .filter(|name| table.column(name).is_none())
            .map(|name| format!("`{name}`"))
            .collect();
        if !missing.is_empty() {
            let (missing, header) = (missing.join(", "), shown.summary());
            let text = format!("missing columns {missing} of a facts file; the header has: {header}");
            return Err(table.error(1, 0, text));
        }
        let known = |name: &str| {
            name == "period"
                || name == "streamer_name"
                || SUMS.contains(&name)
                || DERIVED.contains(&name)
                || Moments::NAMES.contains(&name)
        };
        let moments: Vec<usize> = Moments::NAMES.iter().filter_map(|name| table.column(name)).collect();
        Ok(Self {
            period: table.column("period").unwrap_or_default(),
            name: table.column("streamer_name"),
            groups: (0..names.len()).filter(|&at| !names[at].is_empty() && !known(&names[at])).collect(),
            sums: SUMS.map(|name| table.column(name)),
            moments: moments.try_into().ok(),
        })
    }

    fn grouping(&self, table: &SmallTable) -> Grouping {
        let column = |&at: &usize| match table.header.names[at].as_str() {
            "streamer_id" => GroupColumn::Streamer,
            "live_id" => GroupColumn::Live,
            "domain" => GroupColumn::Domain,
            "traffic" => GroupColumn::Traffic,
            "buyer_type" => GroupColumn::BuyerType,
            "carrier" => GroupColumn::Carrier,
            "price_band" => GroupColumn::PriceBand,
            other => GroupColumn::Given(other.to_owned()),
        };
        Grouping::of(self.groups.iter().map(column).collect())
    }

    /// Whether the sums are those of broadcasts.
    fn is_of_rooms(&self) -> bool {
        let [.., viewers, buyers, _, _, _, _, _, _] = self.sums;
        viewers.is_some() || buyers.is_some()
    }

    /// The columns beside the sums.
    fn side(&self) -> SideColumns {
        let [.., spend, old_fan_share, cost, gmv_first_paid] = self.sums;
        SideColumns {
            spend: spend.is_some(),
            old_fan_share: old_fan_share.is_some(),
            cost: cost.or(gmv_first_paid).is_some(),
        }
    }

    fn row(&self, cells: &Cells<'_>) -> Result<GroupRow, InputError> {
        let [gmv, uv, private, paid, watch, buyers, orders, off_money, off_orders, partial, ..] = self.sums;
        let keys =
            self.groups.iter().map(|&at| Arc::from(cells.text(Some(at)).unwrap_or_default())).collect();
        let sums = Sums {
            viewers: cells.count(uv)?,
            viewers_private: cells.count(private)?,
            viewers_paid: cells.count(paid)?,
            watch: cells.hours(watch)?,
            buyers: self.needed(cells, buyers, cells.count(buyers)?)?,
            orders: self.needed(cells, orders, cells.count(orders)?)?,
            gmv: self.needed(cells, gmv, cells.money(gmv)?)?,
            off_live_orders: cells.count(off_orders)?,
            off_live_gmv: cells.money(off_money)?,
            moments: self.moments(cells)?,
            ..self.beside(cells)?
        };
        if sums.viewers_private.zip(sums.viewers).is_some_and(|(private, all)| private > all) {
            return Err(cells.error(private.unwrap_or_default(), "is more private viewers than viewers"));
        }
        let none = |value: Option<i64>| value == Some(0);
        if sums.gmv > Some(0) && none(sums.orders) {
            return Err(cells.error(orders.unwrap_or_default(), "stands beside GMV: money comes with orders"));
        }
        if sums.orders > Some(0) && none(sums.buyers_of_factors()) {
            return Err(
                cells.error(buyers.unwrap_or_default(), "stands beside orders: orders come with buyers")
            );
        }
        let given = [("uv_public", sums.viewers_public().map(i128::from)), ("gmv_total", sums.gmv_total())];
        for (name, sum) in given {
            cells.check_derived(name, sum)?;
        }
        Ok(GroupRow {
            period: cells.date(self.period)?,
            partial: cells.flag(partial)?,
            keys,
            name: cells.text(self.name).map(Arc::from),
            sums,
        })
    }

    /// What broadcasts, and what was spent, add to the sums.
    fn beside(&self, cells: &Cells<'_>) -> Result<Sums, InputError> {
        let [_, uv, .., viewers, buyers, broadcasts, live_hours, spend, old_fan_share, cost, first_paid] =
            self.sums;
        let viewers_broadcasts = cells.count(viewers)?;
        let paid_for = |cost, first_paid| {
            let (cost, gmv_first_paid) = (cells.money(cost)?, cells.money(first_paid)?);
            Ok::<_, InputError>(Box::new(Spent { cost, gmv_first_paid }))
        };
        if let Some(at) = uv.filter(|_| viewers_broadcasts.is_some())
            && cells.text(uv).is_some()
        {
            return Err(cells.error(
                at,
                "stands beside uv_broadcasts: give the distinct viewers or those of each broadcast",
            ));
        }
        Ok(Sums {
            viewers_broadcasts,
            buyers_broadcasts: cells.count(buyers)?,
            broadcasts: cells.count(broadcasts)?,
            live_seconds: cells.hours(live_hours)?,
            spend: cells.money(spend)?,
            old_fans: cells.old_fans(old_fan_share, viewers_broadcasts)?,
            spent: self.side().cost.then(|| paid_for(cost, first_paid)).transpose()?,
            ..Sums::default()
        })
    }

    /// A sum that must be there, unless broadcasts do not know it.
    fn needed<T>(
        &self,
        cells: &Cells<'_>,
        column: Option<usize>,
        value: Option<T>,
    ) -> Result<Option<T>, InputError> {
        if self.is_of_rooms() { Ok(value) } else { cells.required(column, value).map(Some) }
    }

    fn moments(&self, cells: &Cells<'_>) -> Result<Option<Box<Moments>>, InputError> {
        let Some(columns) = self.moments else { return Ok(None) };
        let mut moments = Moments::default();
        for (moment, at) in moments.0.iter_mut().zip(columns) {
            *moment = cells.parse(Some(at), "is no whole number", |text| text.parse().ok())?;
        }
        Ok(Some(Box::new(moments)))
    }
}
