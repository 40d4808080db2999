//! The columns and the note of broadcasts: how many, how long, and from rooms their viewers and buyers, added up.

use super::{SumColumn, count, money, real};
use crate::engine::Aggregate;
use crate::factor::live_hours;
use crate::present::model::{Phrase, Unit};
use crate::sums::Sums;

/// Adds the columns that the sums call for; those of rooms in their places.
pub(super) fn add(columns: &mut Vec<SumColumn>, aggregate: &Aggregate) {
    if aggregate.from_rooms {
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
        columns.push(count("broadcasts", ("broadcasts", "场次"), 5, |sums| sums.broadcasts));
        columns.push(real("live_hours", ("live time", "直播时长"), (Unit::Hours, 5), live_hours));
    }
    if aggregate.side.spend {
        columns.push(money("spend", ("spend", "投放消耗"), 6, |sums| sums.spend));
    }
    if aggregate.side.old_fan_share {
        let heading = ("old fans", "老粉占比");
        columns.push(real("old_fan_share", heading, (Unit::Share, 7), old_fan_share));
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

/// What the total line counts, where broadcasts stand beside sums of persons.
pub(super) fn total_note() -> Phrase {
    Phrase::new(
        "Total of broadcasts and live time: every broadcast of the range once, though it may stand in two rows (two periods, two groups) or \
         in none (nobody watched or bought).",
        "合计中的场次与直播时长：范围内每场直播只计一次；一场可能出现在两行（跨周期或跨组），也可能不在任何一行（无人观看或成交）。",
    )
}

/// How the sums of broadcasts count persons.
pub(super) fn note() -> Phrase {
    Phrase::new(
        "From broadcasts: all sums are those of each broadcast, added up. Who came to two broadcasts, or bought in two, counts twice; \
         the factors stand on that. Distinct viewers and buyers, and what the shop sold beside its broadcasts, are not in such exports.",
        "按直播场次汇总：各项均为逐场加总，同一人观看或成交两场计两次，各因子以此为准；去重人数与直播间以外的成交不在此类导出中。",
    )
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::engine::{Aggregate, GroupColumn, GroupRow, Grouping, SideColumns};
    use crate::present::decompose::{DecomposeOptions, document};
    use crate::present::model::Language;
    use crate::present::table;
    use crate::sums::Sums;

    fn week(partial: bool) -> Aggregate {
        let sums = Sums {
            watch: Some(650_000),
            orders: Some(117),
            gmv: Some(1_170_050),
            viewers_broadcasts: Some(3_800),
            buyers_broadcasts: Some(95),
            broadcasts: Some(5),
            live_seconds: Some(52_200),
            spend: None,
            old_fans: Some(494_000_000),
            ..Sums::default()
        };
        let row = |streamer: &str, name: &str| GroupRow {
            period: date(2026, 3, 2),
            partial: Some(partial),
            keys: vec![streamer.into()],
            name: Some(name.into()),
            sums: sums.clone(),
        };
        Aggregate {
            period_kind: None,
            grouping: Grouping { columns: vec![GroupColumn::Streamer], names_persons: false },
            has_names: true,
            rows: vec![row("dy001", "小鹿"), row("dy002", "阿雅")],
            total: Some(sums.clone()),
            from_rooms: true,
            side: SideColumns { spend: true, old_fan_share: true, cost: false },
        }
    }

    fn shown(aggregate: &Aggregate, width: usize) -> String {
        let document = document(aggregate, DecomposeOptions::default(), "¥", Vec::new());
        let mut out = Vec::new();
        table::render(&document, Language::English, Some(width), false, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_narrow_table_of_broadcasts_hides_what_they_do_not_know_first() {
        insta::assert_snapshot!(shown(&week(false), 120), @"
                                          UV by    watch  buyers by                                     AOV per
        period      name         GMV  broadcast     time  broadcast  orders  watch/viewer  buyers/hour    order  orders/buyer
        ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        2026-03-02  小鹿  ¥11,700.50      3,800  180.6 h         95     117       2.9 min     0.526 /h  ¥100.00         1.232
        2026-03-02  阿雅  ¥11,700.50      3,800  180.6 h         95     117       2.9 min     0.526 /h  ¥100.00         1.232
        ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        Total             ¥11,700.50      3,800  180.6 h         95     117       2.9 min     0.526 /h  ¥100.00         1.232

        From broadcasts: all sums are those of each broadcast, added up. Who came to two broadcasts, or bought in two, counts
        twice; the factors stand on that. Distinct viewers and buyers, and what the shop sold beside its broadcasts, are not in
        such exports.
        Hidden to fit the terminal: streamer, UV, private UV, public UV, paid UV, buyers, off-live GMV, off-live orders, total
        GMV, partial, broadcasts, live time, spend, old fans. --format csv has all columns.
        ");
        // Where it marks a row it stays.
        assert!(shown(&week(true), 120).contains("  yes\n"), "{}", shown(&week(true), 120));
        assert!(shown(&week(false), 400).contains("  13.0 %\n"));
    }
}
