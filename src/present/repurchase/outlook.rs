//! What is expected of the buyers of today: columns beside the rates, and a row for each group with the fits.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{About, Labels, column, group_columns};
use crate::present::model::{Column, Document, Phrase, Unit, Values};
use crate::repurchase::expected::fitting::Estimate;
use crate::repurchase::expected::forecast::Forecast;
use crate::repurchase::today::Outlook;
use crate::repurchase::{OutlookRow, Outlooks, RateRow};
use crate::units::Level;

/// Money of a forecast in minor units.
fn cents(value: f64) -> i128 {
    (100.0 * value).round() as i128
}

fn interval(forecast: Option<Forecast>, level: Level) -> [Option<f64>; 2] {
    let interval = forecast.and_then(|forecast| forecast.interval(level));
    [interval.map(|ends| ends.low), interval.map(|ends| ends.high)]
}

/// The columns beside the rates, empty but in the last complete period.
pub fn outlook_columns(rows: &[RateRow]) -> Vec<Column> {
    let of = |row: &RateRow, of: fn(&Outlook) -> Option<Forecast>| of(row.outlook.as_deref()?);
    let orders = rows.iter().map(|row| Some(of(row, |one| one.orders)?.expected)).collect();
    let gmv = rows.iter().map(|row| Some(cents(of(row, |one| one.gmv)?.expected))).collect();
    vec![
        column("expected_orders", ("orders to come", "预期订单"), (Unit::Plain, 6), Values::Real(orders)),
        column("expected_gmv", ("GMV to come", "预期GMV"), (Unit::Currency, 6), Values::Money(gmv)),
    ]
}

/// The intervals of these columns.
pub fn outlook_intervals(rows: &[RateRow], level: Level) -> Vec<Column> {
    let ends = |of: fn(&Outlook) -> Option<Forecast>| -> Vec<[Option<f64>; 2]> {
        rows.iter().map(|row| interval(row.outlook.as_deref().and_then(of), level)).collect()
    };
    let (orders, gmv) = (ends(|one| one.orders), ends(|one| one.gmv));
    let mut columns = Vec::new();
    for (end, at) in [("lo", 0), ("hi", 1)] {
        let name = format!("expected_orders_{end}");
        let values = Values::Real(orders.iter().map(|ends| ends[at]).collect());
        columns.push(column(&name, (&name, &name), (Unit::Plain, 9), values));
    }
    for (end, at) in [("lo", 0), ("hi", 1)] {
        let name = format!("expected_gmv_{end}");
        let values = Values::Money(gmv.iter().map(|ends| ends[at].map(cents)).collect());
        columns.push(column(&name, (&name, &name), (Unit::Currency, 9), values));
    }
    columns
}

/// Why groups have no outlook, with how many have each reason.
pub fn refusals<'o>(outlooks: impl Iterator<Item = &'o Outlook>) -> Option<Phrase> {
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for reason in outlooks.filter_map(reason) {
        *reasons.entry(reason).or_default() += 1;
    }
    let most = reasons.iter().max_by_key(|(_, count)| **count)?;
    let count: usize = reasons.values().sum();
    let (reason, of) = (most.0, most.1);
    Some(Phrase::new(
        format!("What is to come is not known of some groups ({count}); most often ({of}) since {reason}."),
        format!("{count} 个分组无法给出预期；其中 {of} 个：{reason}。"),
    ))
}

/// Why an outlook lacks orders or GMV.
fn reason(outlook: &Outlook) -> Option<String> {
    let buying = outlook.buying.as_ref().err();
    let spending = outlook.spending.as_ref().and_then(|spending| spending.as_ref().err());
    buying.or(spending).map(ToString::to_string)
}

/// A row for each group: the fits, and what is to come.
#[must_use]
pub fn outlook_document(outlooks: &Outlooks, about: &About<'_>) -> Document {
    let rows = &outlooks.rows;
    let labels: Vec<Labels<'_>> = rows.iter().map(|row| (&row.keys[..], row.name.as_ref())).collect();
    let dates = |date| Values::Date(vec![date; rows.len()]);
    let mut columns =
        vec![column("from", ("from", "起"), (Unit::Plain, 1), dates(outlooks.next.map(|next| next.first)))];
    columns.push(column("to", ("to", "止"), (Unit::Plain, 1), dates(outlooks.next.map(|next| next.last))));
    columns.extend(group_columns(&labels, about));
    columns.extend(forecast_columns(rows, about.level));
    columns.extend(fit_columns(rows));
    let mut notes = vec![Phrase::new(
        "Orders and GMV that the buyers up to the day before will bring (BG/NBD and Gamma–Gamma by maximum likelihood; days with orders are purchases, time is in weeks); the interval covers what will be counted.",
        "由截至前一日的买家在该周期带来的订单与 GMV（BG/NBD 与 Gamma–Gamma 极大似然；同日订单合并，时间单位为周）；区间覆盖实际值。",
    )];
    notes.extend(refusals(rows.iter().map(|row| &*row.outlook)));
    Document {
        columns,
        total: None,
        notes,
        metadata: about.metadata.clone(),
        currency: about.currency.clone(),
        names_persons: about.names_persons,
    }
}

fn forecast_columns(rows: &[OutlookRow], level: Level) -> Vec<Column> {
    let mut columns = vec![column(
        "buyers",
        ("buyers", "买家数"),
        (Unit::Plain, 2),
        Values::Count(rows.iter().map(|row| Some(row.outlook.buyers as i64)).collect()),
    )];
    let value = |forecast: Option<Forecast>, at: usize| match at {
        0 => forecast.map(|forecast| forecast.expected),
        at => interval(forecast, level)[at - 1],
    };
    let headings = [("orders to come", "预期订单"), ("from", "下限"), ("to", "上限")];
    for (at, (end, heading)) in ["", "_lo", "_hi"].into_iter().zip(headings).enumerate() {
        let values = rows.iter().map(|row| value(row.outlook.orders, at)).collect();
        let name = format!("expected_orders{end}");
        columns.push(column(&name, heading, (Unit::Plain, at as u8), Values::Real(values)));
    }
    let headings = [("GMV to come", "预期GMV"), ("from", "下限"), ("to", "上限")];
    for (at, (end, heading)) in ["", "_lo", "_hi"].into_iter().zip(headings).enumerate() {
        let values = rows.iter().map(|row| value(row.outlook.gmv, at).map(cents)).collect();
        let name = format!("expected_gmv{end}");
        columns.push(column(&name, heading, (Unit::Currency, at as u8), Values::Money(values)));
    }
    columns
}

fn fit_columns(rows: &[OutlookRow]) -> Vec<Column> {
    let buying = |row: &'_ OutlookRow| row.outlook.buying.ok();
    let spending = |row: &'_ OutlookRow| row.outlook.spending?.ok();
    let repeat = Values::Count(rows.iter().map(|row| Some(buying(row)?.repeat_buyers as i64)).collect());
    let mut columns = vec![column("repeat_buyers", ("bought again", "复购买家"), (Unit::Plain, 5), repeat)];
    let mut real = |name: &str, rank: u8, values: Vec<Option<f64>>| {
        columns.push(column(name, (name, name), (Unit::Plain, rank), Values::Real(values)));
    };
    for (at, name) in ["r", "alpha", "a", "b"].into_iter().enumerate() {
        real(name, 4, rows.iter().map(|row| parameter(&buying(row)?.estimate, at)).collect());
        real(&format!("{name}_se"), 8, rows.iter().map(|row| error(&buying(row)?.estimate, at)).collect());
    }
    real("log_likelihood", 7, rows.iter().map(|row| Some(buying(row)?.estimate.log_likelihood)).collect());
    for (at, name) in ["p", "q", "v"].into_iter().enumerate() {
        real(name, 4, rows.iter().map(|row| parameter(&spending(row)?.estimate, at)).collect());
        real(&format!("{name}_se"), 8, rows.iter().map(|row| error(&spending(row)?.estimate, at)).collect());
    }
    real("correlation", 6, rows.iter().map(|row| spending(row)?.correlation).collect());
    let refused = rows.iter().map(|row| reason(&row.outlook).map(Arc::from)).collect();
    columns.push(column("refused", ("refused", "未拟合原因"), (Unit::Plain, 3), Values::Text(refused)));
    columns
}

fn parameter<const N: usize>(estimate: &Estimate<N>, at: usize) -> Option<f64> {
    estimate.parameters.get(at).copied()
}

fn error<const N: usize>(estimate: &Estimate<N>, at: usize) -> Option<f64> {
    estimate.errors().get(at).copied()
}
