//! Tables beside the exports: refunds, broadcasts, streamers, facts.

use super::{Case, case};
use crate::shop::BOTH;

fn table(option: &str, name: &'static str, text: &str, expected: &'static str) -> Case {
    let arguments = if matches!(option, "--facts" | "--rooms") { String::new() } else { format!("{BOTH} ") };
    case(name, "t.csv", text, expected).with(format!("{arguments}{option} t.csv"))
}

pub fn refunds_and_streamers() -> Vec<Case> {
    vec![
        table(
            "--refunds",
            "a refund below zero",
            "refund_id,order_id,refund_amount\nr,A-4,-1.00\n",
            "1 t.csv:2:3: refund_amount \"-1.00\" is negative; 1 of 1 rows of the refunds are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        table(
            "--refunds",
            "a refund on no day",
            "refund_id,order_id,refund_amount,refunded_at\nr,A-4,1,2026-02-30\n",
            "1 t.csv:2:4: refunded_at \"2026-02-30\" is a date or a time of day that does not exist; 1 of 1 rows of the refunds are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        table(
            "--refunds",
            "refunds of nothing",
            "",
            "1 t.csv: the file is empty (0 bytes), without even a header; export it again",
        ),
        table(
            "--streamers",
            "streamers of nothing",
            "",
            "1 t.csv: the file is empty (0 bytes), without even a header; export it again",
        ),
        table(
            "--streamers",
            "streamers without ids",
            "name,tier\nBo,1\n",
            "1 t.csv:1:1: missing column `streamer_id`; the header has: name, tier",
        ),
        table(
            "--streamers",
            "a streamer twice",
            "streamer_id,tier\ns1,a\ns1,b\n",
            "1 t.csv:3:1: streamer s1 stands twice with different values",
        ),
        table(
            "--streamers",
            "a row too short",
            "streamer_id,tier\ns1\n",
            "1 t.csv:2:1: the row has 1 cell and 2 bytes, the header 2 cells",
        ),
    ]
}

pub fn facts() -> Vec<Case> {
    let facts = |name, row: &str, expected| {
        let text = format!("period,streamer_id,uv,watch_hours,buyers,orders,gmv\n{row}\n");
        table("--facts", name, &text, expected)
    };
    vec![
        facts(
            "viewers below zero",
            "2026-03-02,s1,-1,1.5,5,5,10.00",
            "1 t.csv:2:3: uv \"-1\" is no whole number of at least 0",
        ),
        facts(
            "hours that are no number",
            "2026-03-02,s1,10,NaN,5,5,10.00",
            "1 t.csv:2:4: watch_hours \"NaN\" is no number of hours",
        ),
        facts(
            "a day that does not exist",
            "2026-02-30,s1,10,1,5,5,10.00",
            "1 t.csv:2:1: period \"2026-02-30\" is no date, such as 2026-03-02",
        ),
        facts(
            "a gmv of three decimals",
            "2026-03-02,s1,10,1,5,5,10.001",
            "1 t.csv:2:7: gmv \"10.001\" has more than 2 decimals",
        ),
        facts(
            "half a buyer",
            "2026-03-02,s1,10,1,2.5,5,10.00",
            "1 t.csv:2:5: buyers \"2.5\" is no whole number of at least 0",
        ),
        facts(
            "a row too short",
            "2026-03-02,s1,10",
            "1 t.csv:2:1: the row has 3 cells and 16 bytes, the header 7 cells",
        ),
    ]
}

pub fn broadcasts() -> Vec<Case> {
    vec![
        table(
            "--lives",
            "lives of nothing",
            "",
            "1 t.csv: the file is empty (0 bytes), without even a header; export it again",
        ),
        table(
            "--lives",
            "a start that is no time",
            "live_id,streamer_id,started_at,ended_at\nL,s1,soon,2026-03-02\n",
            "1 t.csv:2:3: started_at \"soon\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile",
        ),
        table(
            "--rooms",
            "viewers as a range",
            "streamer_id,started_at,gmv,viewers\ns1,2026-03-02 20:00,1,1w-2w\n",
            "1 t.csv:2:4: viewers \"1w-2w\" is a range: the platform does not tell the number, and none is assumed; 1 of 1 rows of the rooms are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        table(
            "--rooms",
            "a gmv below zero",
            "streamer_id,started_at,gmv,viewers\ns1,2026-03-02 20:00,-1,5\n",
            "1 t.csv:2:3: gmv \"-1\" is negative; 1 of 1 rows of the rooms are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
    ]
}
