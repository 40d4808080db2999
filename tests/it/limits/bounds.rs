//! What grows with the number of periods keeps within `--memory`, or says what does not: one lost date makes periods of two thousand years.

use std::fmt::Write;

use super::{run, verdict};
use crate::support::Work;

/// Sixty days of three streamers, and one order whose date was lost.
fn shop() -> Work {
    let mut orders =
        "order_id,buyer_id,streamer_id,paid_at,amount\nlost,u0,s0,0001-01-01 00:00:00,1.00\n".to_owned();
    let mut sessions = "viewer_id,streamer_id,entered_at,left_at,source\n".to_owned();
    let first = jiff::civil::date(2026, 1, 5);
    for day in 0..420_i64 {
        let date = first.checked_add(jiff::Span::new().days(day)).unwrap();
        let (buyer, streamer) = (day * 7 % 20, day % 3);
        writeln!(orders, "{day},u{buyer},s{streamer},{date} 20:10:00,{}.50", day % 9 + 1).unwrap();
        writeln!(sessions, "u{buyer},s{streamer},{date} 20:00:00,{date} 20:30:00,follow").unwrap();
    }
    Work::with(&[("orders.csv", &orders), ("sessions.csv", &sessions)])
}

#[test]
fn a_lost_date_makes_no_table_larger_than_memory() {
    let work = shop();
    let inputs = "--orders orders.csv --sessions sessions.csv --memory 160M --threads 2 --period week -q";
    for line in ["decompose --by total", "compare", "compare --by total", "repurchase", "plan --uv +1%"] {
        let run = run(&work, &format!("{line} {inputs}"));
        assert_eq!(run.code, 0, "{line}: {}", run.err);
    }
    let advice = "a date that was lost (0001-01-01) makes periods of all that lies between: mend it, leave it out with --from DATE, take a \
                  longer --period, or allow --memory ";
    for (line, of) in [("repurchase --cohorts", " cohorts"), ("repurchase --cohorts --wide", " cohorts")] {
        let found = verdict(&run(&work, &format!("{line} {inputs}")), "gmv");
        let start = found.starts_with("1 gmv: ") && found.contains(&format!("{of} over 105"));
        assert!(start && found.contains("from 0001-01-01 on take ") && found.contains(advice), "{found}");
    }
    let kept = run(&work, &format!("repurchase --cohorts --by total {inputs} --from 2026-01-01"));
    assert_eq!(kept.code, 0, "{}", kept.err);
}
