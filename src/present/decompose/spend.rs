//! The columns and the note of what was spent, where a table tells it.

use super::{SumColumn, money, real};
use crate::factor::{cost_per_paid_viewer, return_on_spend};
use crate::present::model::{Phrase, Unit};
use crate::sums::{Spent, Sums};

/// The columns, in their order.
pub(super) fn columns() -> [SumColumn; 4] {
    let of = |value: fn(&Spent) -> Option<i128>| move |sums: &Sums| sums.spent.as_deref().and_then(value);
    [
        money("cost", ("cost", "投放消耗"), 2, of(|spent| spent.cost)),
        money("gmv_first_paid", ("GMV of first paid", "首访付费GMV"), 4, of(|spent| spent.gmv_first_paid)),
        real(
            "cost_per_paid_uv",
            ("cost per paid UV", "付费UV成本"),
            (Unit::Currency, 4),
            cost_per_paid_viewer,
        ),
        real("roi", ("ROI", "ROI"), (Unit::Plain, 2), return_on_spend),
    ]
}

/// What a return stands on.
pub(super) fn note(total: bool) -> Phrase {
    let (en, zh) = if total {
        (
            " In the total, cost is all that was spent on the dates of the result, also where no row has it, and that GMV is added up.",
            "合计行的消耗为结果日期内的全部消耗（含无对应行者），首访付费GMV为加总。",
        )
    } else {
        ("", "")
    };
    Phrase::new(
        format!(
            "ROI: GMV of viewers whose first session with the group in the period was paid for, divided by cost.{en}"
        ),
        format!("ROI＝本周期内首次观看该组来自付费流量的观众之GMV÷投放消耗。{zh}"),
    )
}
