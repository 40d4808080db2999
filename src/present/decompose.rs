//! The result of `gmv decompose` as a document: the columns of the contract, with headings, units and notes for people.

mod broadcasts;
pub mod concentration;
mod spend;

use jiff::civil::Date;

use super::groups::{self, Labels};
use super::model::{Column, Document, Phrase, Unit, Values};
use crate::engine::{Aggregate, GroupColumn};
use crate::factor::{FEW_BUYERS, Factor, interval, watch_hours};
use crate::sums::{Moments, Sums};
use crate::units::Level;

/// What a document shows besides the sums and factors.
#[derive(Debug, Clone, Copy, Default)]
pub struct DecomposeOptions {
    /// Intervals of this level.
    pub level: Option<Level>,
    /// The second moments.
    pub moments: bool,
    /// The share of each streamer in its period.
    pub shares: bool,
}

impl DecomposeOptions {
    /// Whether anything is shown that needs second moments.
    #[must_use]
    pub fn wants_moments(self) -> bool {
        self.moments || self.level.is_some()
    }
}

/// The document of sums by group and period.
#[must_use]
pub fn document(
    aggregate: &Aggregate,
    options: DecomposeOptions,
    currency: &str,
    metadata: Vec<(String, String)>,
) -> Document {
    let mut columns = group_columns(aggregate);
    let mut total: Vec<Values> = columns.iter().map(|column| null_like(&column.values)).collect();
    for spec in sum_columns(aggregate, options) {
        let values = (spec.values)(&mut aggregate.rows.iter().map(|row| (&row.sums, row.partial)));
        let sums = aggregate.total.iter().map(|sums| (sums, None));
        total.push((spec.values)(&mut sums.into_iter()));
        let heading = Phrase::new(spec.heading.0, spec.heading.1);
        columns.push(Column { name: spec.name, heading, unit: spec.unit, rank: spec.rank, values });
    }
    if options.shares {
        columns.push(concentration::column(aggregate));
        total.push(Values::Real(vec![None]));
    }
    let shown = aggregate.total.is_some() && aggregate.rows.len() > 1;
    Document {
        columns,
        total: shown.then_some(total),
        notes: notes(aggregate, shown),
        metadata,
        currency: currency.to_owned(),
        names_persons: aggregate.grouping.names_persons,
    }
}

fn group_columns(aggregate: &Aggregate) -> Vec<Column> {
    let rows = &aggregate.rows;
    let mut columns = vec![Column {
        name: "period".to_owned(),
        heading: Phrase::new("period", "周期"),
        unit: Unit::Plain,
        rank: 0,
        values: Values::Date(rows.iter().map(|row| Some(row.period)).collect()),
    }];
    let labels: Vec<Labels<'_>> = rows.iter().map(|row| (&row.keys[..], row.name.as_ref())).collect();
    columns.extend(groups::group_columns(&aggregate.grouping.columns, &labels, aggregate.has_names, 6));
    columns
}

/// The heading of a group column.
#[must_use]
pub fn group_heading(group: &GroupColumn) -> (&str, &str) {
    match group {
        GroupColumn::Streamer => ("streamer", "主播ID"),
        GroupColumn::Live => ("broadcast", "直播场次"),
        GroupColumn::Domain => ("domain", "域"),
        GroupColumn::Traffic => ("traffic", "流量"),
        GroupColumn::BuyerType => ("buyer type", "新老客"),
        GroupColumn::Carrier => ("carrier", "载体"),
        GroupColumn::PriceBand => ("price band", "价格带"),
        GroupColumn::Attribute(name) | GroupColumn::Dimension(name) | GroupColumn::Given(name) => {
            (name, name)
        }
    }
}

/// A column of the same kind with one null, for the total line.
fn null_like(values: &Values) -> Values {
    match values {
        Values::Date(_) => Values::Date(vec![None]),
        _ => Values::Text(vec![None]),
    }
}

/// Rows as a column reads them: the sums, and whether the period is partial.
type Rows<'r, 's> = &'r mut dyn Iterator<Item = (&'s Sums, Option<bool>)>;

/// A column that follows from the sums.
struct SumColumn {
    name: String,
    heading: (&'static str, &'static str),
    unit: Unit,
    rank: u8,
    values: Box<dyn Fn(Rows<'_, '_>) -> Values>,
}

fn sum_columns(aggregate: &Aggregate, options: DecomposeOptions) -> Vec<SumColumn> {
    use Unit::{Hours, Plain};
    let mut columns = vec![
        money("gmv", ("GMV", "GMV"), 0, |sums| sums.gmv),
        count("uv", ("UV", "UV"), 1, |sums| sums.viewers),
        count("uv_private", ("private UV", "私域UV"), 6, |sums| sums.viewers_private),
        count("uv_public", ("public UV", "公域UV"), 6, Sums::viewers_public),
        count("uv_paid", ("paid UV", "付费UV"), 7, |sums| sums.viewers_paid),
        real("watch_hours", ("watch time", "观看时长"), (Hours, 5), watch_hours),
        count("buyers", ("buyers", "成交人数"), 5, |sums| sums.buyers),
        count("orders", ("orders", "订单数"), 5, |sums| sums.orders),
    ];
    columns
        .extend(Factor::ALL.into_iter().filter(|factor| *factor != Factor::UniqueViewers).map(factor_column));
    columns.extend([
        money("gmv_off_live", ("off-live GMV", "非直播GMV"), 3, |sums| sums.off_live_gmv),
        count("orders_off_live", ("off-live orders", "非直播订单"), 8, |sums| sums.off_live_orders),
        money("gmv_total", ("total GMV", "总GMV"), 3, Sums::gmv_total),
        SumColumn {
            name: "partial".to_owned(),
            heading: ("partial", "不完整"),
            unit: Plain,
            rank: 2,
            values: Box::new(|rows| Values::Flag(rows.map(|(_, partial)| partial).collect())),
        },
    ]);
    broadcasts::add(&mut columns, aggregate);
    columns.extend(options.level.map(interval_columns).into_iter().flatten());
    if options.moments {
        columns.extend((0..Moments::NAMES.len()).map(moment_column));
    }
    if aggregate.side.cost {
        columns.extend(spend::columns());
    }
    columns
}

/// The intervals of the factors, and whether they stand on few buyers.
fn interval_columns(level: Level) -> Vec<SumColumn> {
    let mut columns = Vec::new();
    for factor in Factor::ALL {
        let unit = factor_unit(factor);
        let low = move |sums: &Sums| interval(sums, factor, level).map(|interval| interval.low);
        let high = move |sums: &Sums| interval(sums, factor, level).map(|interval| interval.high);
        let (low_heading, high_heading) = interval_headings(factor);
        columns.push(real(&format!("{}_lo", factor.name()), low_heading, (unit, 9), low));
        columns.push(real(&format!("{}_hi", factor.name()), high_heading, (unit, 9), high));
    }
    columns.push(SumColumn {
        name: "few_buyers".to_owned(),
        heading: ("few buyers", "样本少"),
        unit: Unit::Plain,
        rank: 9,
        values: Box::new(|rows| {
            Values::Flag(rows.map(|(sums, _)| sums.buyers.map(|buyers| buyers < FEW_BUYERS)).collect())
        }),
    });
    columns
}

fn count(
    name: &str,
    heading: (&'static str, &'static str),
    rank: u8,
    value: impl Fn(&Sums) -> Option<i64> + 'static,
) -> SumColumn {
    let values = move |rows: Rows<'_, '_>| Values::Count(rows.map(|(sums, _)| value(sums)).collect());
    SumColumn { name: name.to_owned(), heading, unit: Unit::Plain, rank, values: Box::new(values) }
}

fn money(
    name: &str,
    heading: (&'static str, &'static str),
    rank: u8,
    value: impl Fn(&Sums) -> Option<i128> + 'static,
) -> SumColumn {
    let values = move |rows: Rows<'_, '_>| Values::Money(rows.map(|(sums, _)| value(sums)).collect());
    SumColumn { name: name.to_owned(), heading, unit: Unit::Currency, rank, values: Box::new(values) }
}

fn real(
    name: &str,
    heading: (&'static str, &'static str),
    (unit, rank): (Unit, u8),
    value: impl Fn(&Sums) -> Option<f64> + 'static,
) -> SumColumn {
    let values = move |rows: Rows<'_, '_>| Values::Real(rows.map(|(sums, _)| value(sums)).collect());
    SumColumn { name: name.to_owned(), heading, unit, rank, values: Box::new(values) }
}

fn factor_column(factor: Factor) -> SumColumn {
    let heading = match factor {
        Factor::UniqueViewers => ("UV", "UV"),
        Factor::WatchTime => ("watch/viewer", "人均观看"),
        Factor::Conversion => ("buyers/hour", "单位时长转化"),
        Factor::OrderValue => ("AOV per order", "笔单价"),
        Factor::Repurchase => ("orders/buyer", "复购频次"),
    };
    real(factor.name(), heading, (factor_unit(factor), 1), move |sums| factor.value(sums))
}

/// How a person reads a factor.
#[must_use]
pub fn factor_unit(factor: Factor) -> Unit {
    match factor {
        Factor::UniqueViewers | Factor::Repurchase => Unit::Plain,
        Factor::WatchTime => Unit::HoursPerViewer,
        Factor::Conversion => Unit::PerHour,
        Factor::OrderValue => Unit::Currency,
    }
}

type Headings = (&'static str, &'static str);

fn interval_headings(factor: Factor) -> (Headings, Headings) {
    match factor {
        Factor::UniqueViewers => (("UV from", "UV下限"), ("UV to", "UV上限")),
        Factor::WatchTime => (("watch/viewer from", "人均观看下限"), ("watch/viewer to", "人均观看上限")),
        Factor::Conversion => (("buyers/hour from", "转化下限"), ("buyers/hour to", "转化上限")),
        Factor::OrderValue => (("AOV from", "笔单价下限"), ("AOV to", "笔单价上限")),
        Factor::Repurchase => (("orders/buyer from", "复购下限"), ("orders/buyer to", "复购上限")),
    }
}

fn moment_column(at: usize) -> SumColumn {
    let name = Moments::NAMES[at];
    let values = move |rows: Rows<'_, '_>| {
        Values::Wide(rows.map(|(sums, _)| sums.moments.as_ref().and_then(|moments| moments.0[at])).collect())
    };
    SumColumn {
        name: name.to_owned(),
        heading: (name, name),
        unit: Unit::Plain,
        rank: 10,
        values: Box::new(values),
    }
}

fn notes(aggregate: &Aggregate, total: bool) -> Vec<Phrase> {
    let mut notes = Vec::new();
    if aggregate.from_rooms {
        notes.push(broadcasts::note());
    } else if total {
        notes.push(Phrase::new(
            "Total: GMV, watch time, orders and off-live add up; UV and buyers are distinct persons over all rows and periods, \
             not a sum of those above.",
            "合计：GMV、观看时长、订单与非直播为加总；UV 与成交人数为全部行与周期去重后的人数，并非上方各行之和。",
        ));
        notes.extend(aggregate.has_broadcasts().then(broadcasts::total_note));
    }
    if aggregate.grouping.is_sliced() {
        notes.push(Phrase::new(
            "Order-side groups share the UV and watch time of their group; buyers do not add up over them.",
            "订单侧分组共用其所在组的 UV 与观看时长；成交人数不可相加。",
        ));
    }
    // What a console sums up was decided by the platform.
    if aggregate.grouping.has_live() && !aggregate.from_rooms {
        notes.push(Phrase::new(
            "A broadcast has the viewers and the orders that name it, or belong to it by their time; whether viewing explains an order is decided \
             with its streamer, so a buyer may be no viewer of the row.",
            "每场直播包含其自身（按场次ID，或按时间）的观众与订单；订单归因按主播判定，因此买家未必是该行的观众。",
        ));
    }
    let split = aggregate.grouping.split();
    if split.domain || split.traffic {
        notes.push(Phrase::new(
            "A viewer has one domain per group and period, so a split of the total is not the sum of the splits of streamers; \
             `none` are buyers who are no viewers of the group in the period.",
            "每位观众在每组每周期只属于一个域，因此总计的拆分不等于各主播拆分之和；none 为本周期未观看的买家。",
        ));
    }
    if aggregate.side.cost {
        notes.push(spend::note(total));
    }
    notes.extend(concentration::note(aggregate));
    notes.extend(partial_note(aggregate));
    notes
}

/// Names the partial periods, which a narrow table does not mark.
fn partial_note(aggregate: &Aggregate) -> Option<Phrase> {
    const SHOWN: usize = 4;
    let mut partial: Vec<Date> =
        aggregate.rows.iter().filter(|row| row.partial == Some(true)).map(|row| row.period).collect();
    partial.dedup();
    let names: Vec<String> = partial.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = if partial.len() > SHOWN { ", …" } else { "" };
    let names = format!("{}{more}", names.join(", "));
    (!partial.is_empty()).then(|| {
        Phrase::new(
            format!(
                "Partial: {names}. Whole days are left out by --from/--to, or by the first or last date of an input (--covers overrides)."
            ),
            format!("不完整周期：{names}。缺少整日数据（--from/--to，或某一输入的首末日期；可用 --covers 声明）。"),
        )
    })
}
