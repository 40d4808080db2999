//! The columns of headroom: one row for each streamer and lever.

use std::sync::Arc;

use super::{Planned, column, group_columns};
use crate::plan::{Headroom, PlanRow};
use crate::present::model::{Column, Unit, Values};

/// The columns.
pub(super) fn columns(planned: &Planned<'_>, levers: &[Headroom]) -> Vec<Column> {
    let rows: Vec<&PlanRow> = levers.iter().map(|one| &one.row).collect();
    let mut columns = group_columns(planned, &rows);
    let texts =
        |of: &dyn Fn(&Headroom) -> Arc<str>| Values::Text(levers.iter().map(|one| Some(of(one))).collect());
    let reals = |of: &dyn Fn(&Headroom) -> Option<f64>| Values::Real(levers.iter().map(of).collect());
    let money = |of: &dyn Fn(&Headroom) -> Option<i128>| Values::Money(levers.iter().map(of).collect());
    let flags = |of: &dyn Fn(&Headroom) -> Option<bool>| Values::Flag(levers.iter().map(of).collect());
    let peers = levers.iter().map(|one| i64::try_from(one.peers).ok()).collect();
    let (plain, currency) = (|rank| (Unit::Plain, rank), |rank| (Unit::Currency, rank));
    let end = |at: usize| money(&move |one: &Headroom| one.gain_interval.map(|ends| ends[at]));
    columns.extend([
        column("lever", ("lever", "抓手"), plain(0), texts(&|one| Arc::from(one.lever.name()))),
        column("value", ("value", "当前值"), plain(1), reals(&|one| one.value)),
        column("value_lo", ("value from", "当前值下限"), plain(4), reals(&|one| Some(one.interval?.low))),
        column("value_hi", ("value to", "当前值上限"), plain(4), reals(&|one| Some(one.interval?.high))),
        column(
            "peer_group",
            ("peers share", "同侪组"),
            plain(5),
            texts(&|one| Arc::from(one.peer_group.as_str())),
        ),
        column("peers", ("peers", "同侪数"), plain(5), Values::Count(peers)),
        column("peers_value", ("peers' value", "同侪值"), plain(1), reals(&|one| one.peers_value)),
        column("gmv", ("GMV", "GMV"), currency(3), money(&|one| Some(one.row.gmv))),
        column("gain", ("gain", "可增GMV"), currency(0), money(&|one| one.gain)),
        column("gain_lo", ("gain from", "可增下限"), currency(3), end(0)),
        column("gain_hi", ("gain to", "可增上限"), currency(3), end(1)),
        column(
            "beyond_noise",
            ("beyond noise", "超出噪声"),
            (Unit::Answer, 1),
            flags(&|one| one.beyond_noise),
        ),
        column("few_buyers", ("few buyers", "样本少"), (Unit::Plain, 6), flags(&|one| one.few_buyers)),
    ]);
    columns
}
