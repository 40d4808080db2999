//! The results of `gmv repurchase` as documents.

mod cohorts;
mod curve;
mod funnel;
mod outlook;
mod picture;
mod wide;

use super::groups::{self, Labels};
use super::model::{Column, Document, Phrase, Unit, Values};
use crate::calendar::PeriodKind;
use crate::engine::Grouping;
use crate::journey::rules::{Attribution, Basis};
use crate::repurchase::RateRow;
use crate::repurchase::rates::{Occasion, Rate};
use crate::repurchase::ratio::wilson;
use crate::repurchase::survival::WaitQuantile;
use crate::units::Level;

pub use cohorts::cohort_document;
pub use curve::curve_document;
pub use outlook::outlook_document;
pub use picture::cohort_picture;
pub use wide::{Measure, wide_document};

/// What belongs to a result.
#[derive(Debug)]
pub struct About<'a> {
    /// The groups.
    pub grouping: &'a Grouping,
    /// What ties orders to viewing.
    pub attribution: Attribution,
    /// Which amount an order counts with.
    pub basis: Basis,
    /// The kind of the periods.
    pub period: PeriodKind,
    /// What makes an order another one.
    pub occasion: Occasion,
    /// Whether rates have intervals.
    pub shows_precision: bool,
    /// The level of intervals.
    pub level: Level,
    /// The currency sign.
    pub currency: String,
    /// Options and definitions.
    pub metadata: Vec<(String, String)>,
    /// Whether a group is the column of the buyers.
    pub names_persons: bool,
}

/// The quartiles of the time to the second order.
const QUARTILES: [(&str, f64); 3] = [("p25", 0.25), ("p50", 0.5), ("p75", 0.75)];

/// The rates of groups and periods.
#[must_use]
pub fn rate_document(rows: &[RateRow], about: &About<'_>) -> Document {
    let mut columns = vec![column(
        "period",
        ("period", "周期"),
        (Unit::Plain, 0),
        Values::Date(rows.iter().map(|row| Some(row.period)).collect()),
    )];
    let labels: Vec<Labels<'_>> = rows.iter().map(|row| (&row.keys[..], row.name.as_ref())).collect();
    columns.extend(group_columns(&labels, about));
    columns.extend(count_columns(rows));
    columns.extend(rate_columns(rows, about));
    columns.extend(wait_columns(rows, about));
    columns.extend([
        rate_column(rows, Rate::RefundOrders, ("refunds", "退款率(单)"), 5),
        rate_column(rows, Rate::RefundGmv, ("refunds of GMV", "退款率(金额)"), 7),
        rate_column(rows, Rate::FirstOrderRefund, ("of first orders", "首单退款率"), 7),
    ]);
    columns.extend(funnel::count_columns(rows));
    columns.extend(outlook::outlook_columns(rows));
    let partial = Values::Flag(rows.iter().map(|row| row.partial).collect());
    columns.push(column("partial", ("partial", "不完整"), (Unit::Plain, 2), partial));
    columns.extend(funnel::step_columns(rows));
    if about.shows_precision {
        columns.extend(funnel::step_intervals(rows, about.level));
        columns.extend(interval_columns(rows, about.level));
        columns.extend(outlook::outlook_intervals(rows, about.level));
    }
    Document {
        columns,
        total: None,
        notes: notes(rows, about),
        metadata: about.metadata.clone(),
        currency: about.currency.clone(),
        names_persons: about.names_persons,
    }
}

fn column(name: &str, (en, zh): (&str, &str), (unit, rank): (Unit, u8), values: Values) -> Column {
    Column { name: name.to_owned(), heading: Phrase::new(en, zh), unit, rank, values }
}

fn group_columns(labels: &[Labels<'_>], about: &About<'_>) -> Vec<Column> {
    let has_names = about.grouping.has_streamer() && labels.iter().any(|(_, name)| name.is_some());
    groups::group_columns(&about.grouping.columns, labels, has_names, 6)
}

fn counts(rows: &[RateRow], of: impl Fn(&RateRow) -> Option<i64>) -> Values {
    Values::Count(rows.iter().map(of).collect())
}

fn count_columns(rows: &[RateRow]) -> Vec<Column> {
    let gmv = Values::Money(rows.iter().map(|row| Some(row.bought.gmv)).collect());
    let plain = |rank| (Unit::Plain, rank);
    vec![
        column("buyers", ("buyers", "成交人数"), plain(1), counts(rows, |row| Some(row.bought.buyers))),
        column("orders", ("orders", "订单数"), plain(4), counts(rows, |row| Some(row.bought.orders))),
        column("gmv", ("GMV", "GMV"), (Unit::Currency, 2), gmv),
        column("history_days", ("history days", "历史天数"), plain(7), counts(rows, |row| row.history_days)),
    ]
}

/// How many of what a rate counts are one unit of what is shown.
fn unit(rate: Rate) -> i128 {
    if rate.is_money() { 100 } else { 1 }
}

/// The value of a rate.
fn value(row: &RateRow, rate: Rate) -> Option<f64> {
    let is_known = (!rate.needs_viewing() || row.private_viewers.is_some())
        && (!rate.needs_refunds() || row.tells_refunds);
    row.bought.rate(rate).value_in(unit(rate)).filter(|_| is_known)
}

fn rate_column(rows: &[RateRow], rate: Rate, heading: (&str, &str), rank: u8) -> Column {
    let unit = match rate {
        _ if rate.is_money() => Unit::Currency,
        _ if rate.is_share() => Unit::Share,
        _ => Unit::Plain,
    };
    let values = rows.iter().map(|row| value(row, rate));
    column(rate.name(), heading, (unit, rank), Values::Real(values.collect()))
}

fn rate_columns(rows: &[RateRow], about: &About<'_>) -> Vec<Column> {
    let days = counts(rows, |row| Some(row.bought.buyer_days));
    let repurchase = match about.occasion {
        Occasion::Orders => ("repurchase", "复购率"),
        Occasion::Days => ("repurchase (days)", "复购率(天)"),
    };
    vec![
        rate_column(rows, Rate::Repurchase, repurchase, 0),
        rate_column(rows, Rate::OrdersPerBuyer, ("orders/buyer", "复购频次"), 3),
        column("buyer_days", ("buyer days", "购买天数"), (Unit::Plain, 8), days),
        rate_column(rows, Rate::OrdersPerBuyerDay, ("orders/buyer day", "单日订单数"), 8),
        rate_column(rows, Rate::GmvPerBuyer, ("GMV/buyer", "客单价(人均)"), 4),
        rate_column(rows, Rate::OrderValue, ("AOV per order", "笔单价"), 6),
        rate_column(rows, Rate::Returning, ("returning", "老客占比"), 1),
        rate_column(rows, Rate::ReturningOrders, ("their orders", "老客订单占比"), 7),
        rate_column(rows, Rate::ReturningGmv, ("their GMV", "老客GMV占比"), 5),
        rate_column(rows, Rate::PrivateGmv, ("private GMV", "私域GMV占比"), 3),
        rate_column(rows, Rate::PrivateRepurchase, ("private repurchase", "复购私域占比"), 5),
    ]
}

/// Quartiles of the time to the second order.
fn waits(rows: &[RateRow], share: f64, level: Level) -> Vec<WaitQuantile> {
    rows.iter().map(|row| row.bought.waits.quantile(share, level)).collect()
}

fn wait_columns(rows: &[RateRow], about: &About<'_>) -> Vec<Column> {
    let quartile = |(name, share): (&str, f64)| {
        let days = waits(rows, share, about.level).iter().map(|wait| wait.days.map(i64::from)).collect();
        let heading = (format!("2nd order {name}, days"), format!("二单天数{name}"));
        let rank = if share.total_cmp(&0.5).is_eq() { 4 } else { 8 };
        let name = format!("days_to_second_order_{name}");
        column(&name, (&heading.0, &heading.1), (Unit::Plain, rank), Values::Count(days))
    };
    QUARTILES.into_iter().map(quartile).collect()
}

fn interval_columns(rows: &[RateRow], level: Level) -> Vec<Column> {
    let mut columns = Vec::new();
    for rate in Rate::ALL {
        let interval = |row: &RateRow| {
            value(row, rate)?;
            let ratio = row.bought.rate(rate);
            let mut interval =
                if rate.is_of_buyers() { wilson(ratio, level)? } else { ratio.interval(level)? };
            if rate.is_share() {
                (interval.low, interval.high) = (interval.low.max(0.0), interval.high.min(1.0));
            }
            let unit = unit(rate) as f64;
            Some((interval.low / unit, interval.high / unit))
        };
        let unit = rate_column(rows, rate, ("", ""), 0).unit;
        let low = rows.iter().map(|row| interval(row).map(|ends| ends.0)).collect();
        let high = rows.iter().map(|row| interval(row).map(|ends| ends.1)).collect();
        for (end, (en, zh), values) in [("lo", ("from", "下限"), low), ("hi", ("to", "上限"), high)] {
            let name = format!("{}_{end}", rate.name());
            let heading = (format!("{} {en}", rate.name()), format!("{} {zh}", rate.name()));
            columns.push(column(&name, (&heading.0, &heading.1), (unit, 9), Values::Real(values)));
        }
    }
    for (name, share) in QUARTILES {
        let waits = waits(rows, share, level);
        for (end, days) in [
            ("lo", waits.iter().map(|wait| wait.low).collect::<Vec<_>>()),
            ("hi", waits.iter().map(|wait| wait.high).collect()),
        ] {
            let name = format!("days_to_second_order_{name}_{end}");
            let days = Values::Count(days.into_iter().map(|days| days.map(i64::from)).collect());
            columns.push(column(&name, (&name, &name), (Unit::Plain, 9), days));
        }
    }
    columns
}

/// Fewer days of history than this make nearly everybody a new buyer.
const SHORT_HISTORY: i64 = 28;

fn notes(rows: &[RateRow], about: &About<'_>) -> Vec<Phrase> {
    let (en, zh) = definitions(about);
    let mut notes = vec![
        Phrase::new(
            format!(
                "Orders are those of gmv decompose with the same options ({en}); who had bought before, the time to the second order, and repeats go by all counted orders that were given."
            ),
            format!(
                "订单口径与同参数的 gmv decompose 一致（{zh}）；是否老客、二单天数与重复购买按全部有效订单计算。"
            ),
        ),
        match about.occasion {
            Occasion::Orders => Phrase::new(
                "repurchase_rate: buyers with two orders or more in the period (--repurchase days counts days with orders instead).",
                "复购率：周期内下单两次及以上的买家占比（--repurchase days 改按购买天数）。",
            ),
            Occasion::Days => Phrase::new(
                "repurchase_rate: buyers with orders on two days or more in the period.",
                "复购率：周期内在两天及以上下单的买家占比。",
            ),
        },
        Phrase::new(
            "2nd order: days by which a quarter, half, three quarters of those whose first order lies in the period had come back; who has not yet is counted as far as is known (Kaplan and Meier), and empty is later than the data reaches.",
            "二单天数：首单在本周期的买家中四分之一、一半、四分之三复购所需天数；尚未复购者按删失处理（Kaplan–Meier），空白表示超出数据范围。",
        ),
    ];
    notes.extend(outlook::refusals(rows.iter().filter_map(|row| row.outlook.as_deref())));
    let short = rows.iter().filter_map(|row| row.history_days).any(|days| days < SHORT_HISTORY);
    if short {
        notes.push(Phrase::new(
            format!("Where history_days is small, nearly everybody is new: rates of returning buyers say little with less than {SHORT_HISTORY} days of orders before the period."),
            format!("历史天数少时几乎所有买家都是新客：周期前订单不足 {SHORT_HISTORY} 天的老客指标意义有限。"),
        ));
    }
    notes
}

/// The attribution and the basis, in words.
fn definitions(about: &About<'_>) -> (String, String) {
    let (en, zh) = match about.attribution {
        Attribution::Period => ("attribution period".to_owned(), "归因 period".to_owned()),
        Attribution::Window(length) => {
            (format!("attribution window of {} s", length.0), format!("归因窗口 {} 秒", length.0))
        }
        Attribution::Carrier => ("attribution carrier".to_owned(), "归因 carrier".to_owned()),
        Attribution::All => ("attribution all".to_owned(), "归因 all".to_owned()),
    };
    match about.basis {
        Basis::Paid => (format!("{en}, basis paid"), format!("{zh}，口径 paid")),
        Basis::Net => (format!("{en}, basis net"), format!("{zh}，口径 net")),
    }
}
