//! The columns and the note of broadcasts: how many, how long, and from rooms their viewers and buyers, added up.

use super::{SumColumn, count, money, real};
use crate::engine::Aggregate;
use crate::factor::live_hours;
use crate::present::model::{Phrase, Unit};
use crate::sums::Sums;

/// What rooms cannot know, so that a narrow terminal hides it first.
const UNKNOWN: [&str; 8] =
    ["uv", "uv_private", "uv_public", "uv_paid", "buyers", "gmv_off_live", "orders_off_live", "gmv_total"];

/// Adds the columns that the sums call for; those of rooms in their places.
pub(super) fn add(columns: &mut Vec<SumColumn>, aggregate: &Aggregate) {
    if aggregate.from_rooms {
        for column in columns.iter_mut().filter(|column| UNKNOWN.contains(&column.name.as_str())) {
            column.rank = column.rank.max(11);
        }
        let uv = count("uv_broadcasts", ("UV by broadcast", "UV(逐场加总)"), 1, |sums| {
            sums.viewers_broadcasts
        });
        let buyers =
            count("buyers_broadcasts", ("buyers by broadcast", "成交人数(逐场加总)"), 5, |sums| {
                sums.buyers_broadcasts
            });
        insert_after(columns, "uv", uv);
        insert_after(columns, "buyers", buyers);
    }
    if aggregate.from_rooms || aggregate.has_broadcasts() {
        columns.push(count("broadcasts", ("broadcasts", "场次"), 4, |sums| sums.broadcasts));
        columns.push(real("live_hours", ("live time", "直播时长"), (Unit::Hours, 4), live_hours));
    }
    if aggregate.side.spend {
        columns.push(money("spend", ("spend", "投放消耗"), 6, |sums| sums.spend));
    }
    if aggregate.side.old_fan_share {
        let heading = ("old fans", "老粉占比");
        columns.push(real("old_fan_share", heading, (Unit::Plain, 7), old_fan_share));
    }
}

fn insert_after(columns: &mut Vec<SumColumn>, name: &str, column: SumColumn) {
    let at = columns.iter().position(|known| known.name == name).map_or(columns.len(), |at| at + 1);
    columns.insert(at, column);
}

/// The share of the viewers who followed the streamer already; `None` where there are no viewers.
fn old_fan_share(sums: &Sums) -> Option<f64> {
    let (fans, viewers) = (sums.old_fans?, sums.viewers_broadcasts?);
    (viewers != 0).then(|| fans as f64 / (viewers as f64 * 1e6))
}

/// How the sums of broadcasts count persons.
pub(super) fn note() -> Phrase {
    Phrase::new(
        "From broadcasts: all sums are those of each broadcast, added up. Who came to two broadcasts, or bought in two, counts twice; \
         the factors stand on that. Distinct viewers and buyers, and what the shop sold beside its broadcasts, are not in such exports.",
        "按直播场次汇总：各项均为逐场加总，同一人观看或成交两场计两次，各因子以此为准；去重人数与直播间以外的成交不在此类导出中。",
    )
}
