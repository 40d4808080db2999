//! `gmv plan`: what-if, target and headroom, from exports, a store and facts; what adds up, and what is refused.

mod asked;
mod headroom;
mod target;
mod what_if;

use std::collections::BTreeMap;

use crate::compare::{FIVE, money, rows};
use crate::support::Work;

/// The rows of a result, by streamer.
pub type Rows = BTreeMap<Vec<String>, BTreeMap<String, String>>;

/// What options call the factors, in the order of the formula.
pub const WORDS: [&str; 5] = ["uv", "watch", "conversion", "aov", "repurchase"];

/// A dashboard: two streamers whose factors are known by hand, and one of whom nobody bought.
pub const FACTS: &str = "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n\
                         2026-03-02,a,1000,500,100,120,6000\n2026-03-02,b,200,50,10,10,4000\n2026-03-02,c,50,10,0,0,0\n";

/// A folder with the dashboard.
pub fn dashboard() -> Work {
    Work::with(&[("facts.csv", FACTS)])
}

/// Runs a plan, which must succeed.
pub fn plan(work: &Work, line: &str) -> String {
    let line = format!("plan {line}");
    work.ok(&line.split_whitespace().collect::<Vec<_>>())
}

/// The same, by streamer.
pub fn by_streamer(work: &Work, line: &str) -> Rows {
    rows(&plan(work, line), "streamer_id")
}

/// The row of a streamer.
pub fn of<'a>(rows: &'a Rows, streamer: &str) -> &'a BTreeMap<String, String> {
    &rows[&vec![streamer.to_owned()]]
}

/// Effects add up to the change in each row; the sums of GMV before and after.
pub fn closes(rows: &Rows) -> (i128, i128) {
    let mut sums = (0, 0);
    for row in rows.values() {
        let change = money(row, "gmv_change");
        let effects = FIVE.iter().filter(|effect| !row[**effect].is_empty()).map(|effect| money(row, effect));
        assert_eq!(effects.sum::<i128>(), change, "{row:?}");
        assert_eq!(money(row, "gmv_new") - money(row, "gmv"), change);
        sums = (sums.0 + money(row, "gmv"), sums.1 + money(row, "gmv_new"));
    }
    sums
}
