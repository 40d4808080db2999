//! Who comes back, as another engine answered: from what the statements of [`crate::engine::sql`] give to the rows of this machine.
//!
//! Streamers have no names there, and nothing is expected of the buyers of today: that needs the history of each of them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;

use super::RateRow;
use super::cohorts::Returned;
use super::rates::{Bought, Rate};
use super::ratio::Ratio;
use super::survival::Waits;
use super::table::{self, CohortTable, OfCohorts, OfGroup};
use crate::calendar::{DateRange, Period};
use crate::engine::reach::{Reach, Reported, SessionReach};
use crate::engine::sql::{Answer, AnswerError, AnswerRow, Money};
use crate::engine::{EngineError, Grouping};
use crate::memory::Memory;

/// The rates of all groups and periods, as [`super::rates()`] has them: from the answers to `Query::Rates` and `Query::Waits`.
///
/// # Errors
/// When an answer is that of another statement.
pub fn rates(sums: &Answer, waits: &Answer, grouping: &Grouping) -> Result<Vec<RateRow>, AnswerError> {
    let mut waits = histograms(waits, grouping)?;
    let mut rows = Vec::new();
    for row in sums.rows() {
        let (period, keys) = (row.known("period")?, keys(row, grouping)?);
        let mut bought = bought(row)?;
        bought.waits = waits.remove(&(period, keys.clone())).unwrap_or_default();
        rows.push(RateRow {
            period,
            partial: Some(row.known("partial")?),
            keys,
            name: None,
            bought,
            private_viewers: row.cell("private_viewers")?,
            tells_refunds: row.cell::<i64>("refunded_orders")?.is_some(),
            history_days: Some(row.known("history_days")?),
            outlook: None,
        });
    }
    super::sort(&mut rows);
    Ok(rows)
}

/// The values of the group columns.
type Keys = Vec<Arc<str>>;

fn keys(row: AnswerRow<'_>, grouping: &Grouping) -> Result<Keys, AnswerError> {
    grouping.columns.iter().map(|column| row.known(column.name())).collect()
}

/// The times to the second order, by period and group.
fn histograms(answer: &Answer, grouping: &Grouping) -> Result<HashMap<(Date, Keys), Waits>, AnswerError> {
    let mut all: HashMap<(Date, Keys), Waits> = HashMap::new();
    for row in answer.rows() {
        let own = all.entry((row.known("period")?, keys(row, grouping)?)).or_default();
        own.add(row.known("days")?, row.known("came_back")?, row.known("not_yet")?);
    }
    Ok(all)
}

fn bought(row: AnswerRow<'_>) -> Result<Bought, AnswerError> {
    let count = |name: &str| row.known::<i64>(name);
    let or_none = |name: &str| Ok(row.cell::<i64>(name)?.unwrap_or_default());
    let mut bought = Bought::default();
    bought.buyers = count("buyers")?;
    bought.orders = count("orders")?;
    bought.gmv = row.known::<Money>("gmv")?.0;
    bought.buyer_days = count("buyer_days")?;
    bought.private_buyers = or_none("private_buyers")?;
    bought.private_repeat_buyers = or_none("private_repeat_buyers")?;
    bought.private_multi_period_buyers = or_none("private_multi_period_buyers")?;
    for rate in Rate::ALL {
        *bought.ratio(rate) = ratio(row, rate)?;
    }
    Ok(bought)
}

/// A rate by the columns of its sums: Σx, Σy, Σx², Σxy, Σy². What is so or not is its own square.
fn ratio(row: AnswerRow<'_>, rate: Rate) -> Result<Ratio, AnswerError> {
    let (x, y, squares) = match rate {
        Rate::Repurchase => ("repeat_buyers", "buyers", ["repeat_buyers", "repeat_buyers", "buyers"]),
        Rate::OrdersPerBuyer => ("orders", "buyers", ["m_oo", "orders", "buyers"]),
        Rate::OrdersPerBuyerDay => ("orders", "buyer_days", ["m_oo", "m_od", "m_dd"]),
        Rate::GmvPerBuyer => ("gmv", "buyers", ["m_gg", "gmv", "buyers"]),
        Rate::OrderValue => ("gmv", "orders", ["m_gg", "m_og", "m_oo"]),
        Rate::Returning => ("returning_buyers", "buyers", ["returning_buyers", "returning_buyers", "buyers"]),
        Rate::ReturningOrders => ("returning_orders", "orders", ["m_returning_oo", "m_returning_oo", "m_oo"]),
        Rate::ReturningGmv => ("returning_gmv", "gmv", ["m_returning_gg", "m_returning_gg", "m_gg"]),
        Rate::PrivateGmv => ("private_gmv", "gmv", ["m_private_gg", "m_private_gg", "m_gg"]),
        Rate::PrivateRepurchase => {
            ("private_repeat_orders", "repeat_orders", ["m_private_aa", "m_private_aa", "m_aa"])
        }
        Rate::RefundOrders => {
            ("refunded_orders", "orders_as_paid", ["m_refunds", "m_refunds_orders", "m_orders"])
        }
        Rate::RefundGmv => ("refunded_gmv", "gmv_as_paid", ["m_refunded", "m_refunded_gmv", "m_gmv"]),
        Rate::FirstOrderRefund => {
            let first = ["first_orders_refunded", "first_orders_refunded", "first_orders"];
            ("first_orders_refunded", "first_orders", first)
        }
    };
    let [xx, xy, yy] = squares;
    let sum = |name: &str| {
        let value = if name.contains("gmv") && !name.starts_with("m_") {
            row.cell::<Money>(name)?.map(|money| money.0)
        } else {
            row.cell::<i128>(name)?
        };
        Ok(value.unwrap_or_default())
    };
    Ok(Ratio::of_sums([sum(x)?, sum(y)?, sum(xx)?, sum(xy)?, sum(yy)?]))
}

/// The cohorts of all groups, as [`super::cohorts()`] has them: from the answer to `Query::Cohorts`.
///
/// # Errors
/// When the answer is that of another statement, or there is no room for a row of each cohort and period.
pub fn cohorts(
    answer: &Answer,
    grouping: &Grouping,
    reported: &Reported<'_>,
    memory: &Memory,
) -> Result<CohortTable, EngineError> {
    let Some(first) = answer.rows().next() else { return Ok(CohortTable::default()) };
    let reach = reach(first)?;
    let (periods, dates) = (reach.periods(reported)?, reach.order_dates(reported));
    let Some(last) = dates.map(|dates| dates.last) else { return Ok(CohortTable::default()) };
    let periods = table::told(periods.all(), last);
    let mut groups: BTreeMap<Keys, OfCohorts> = BTreeMap::new();
    let mut earlier = 0;
    for row in answer.rows() {
        let Some(cohort) = row.cell::<Date>("cohort")? else {
            earlier += row.known::<i64>("buyers")?;
            continue;
        };
        let own = groups.entry(keys(row, grouping)?).or_default();
        let returned = Returned {
            buyers: row.known("returned")?,
            orders: row.known("orders")?,
            gmv: row.known::<Money>("gmv")?.0,
        };
        own.insert((number(row, cohort, periods)?, number(row, row.known("period")?, periods)?), returned);
    }
    let groups: Vec<OfGroup> = groups.into_iter().map(|(keys, returned)| ((keys, None), returned)).collect();
    table::room(&groups, periods).map_or(Ok(()), |room| memory.check_room(room))?;
    Ok(CohortTable { rows: table::rows(groups, periods, last), earlier })
}

/// The dates that the tables reach.
fn reach(row: AnswerRow<'_>) -> Result<Reach, AnswerError> {
    let dates = |first: &str, last: &str| {
        let both = row.cell(first)?.zip(row.cell(last)?);
        Ok(both.map(|(first, last)| DateRange { first, last }))
    };
    let entered = dates("sessions_first", "sessions_last")?;
    let until = row.cell("sessions_until")?;
    let sessions = entered.zip(until).map(|(entered, until)| SessionReach { entered, until });
    let were_given = row.known::<bool>("has_sessions")?;
    Ok(Reach { orders: dates("orders_first", "orders_last")?, sessions: were_given.then_some(sessions) })
}

/// The number of a period by its first date.
fn number(row: AnswerRow<'_>, first: Date, periods: &[Period]) -> Result<u32, AnswerError> {
    let found = periods.binary_search_by(|period| period.first.cmp(&first));
    found.map(|at| at as u32).map_err(|_| row.impossible(format!("no period begins on {first}")))
}
