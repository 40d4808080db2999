//! Tables beside the exports, and those in their place, with rows that make no sense.

use super::{Case, case, one_bad};
use crate::shop::{BOTH, ORDERS, SESSIONS};

fn table(option: &str, name: &'static str, text: impl AsRef<[u8]>, expected: impl Into<String>) -> Case {
    let arguments = match option {
        "--facts" | "--rooms" => format!("{option} t.csv"),
        _ => format!("{BOTH} {option} t.csv"),
    };
    case(name, "t.csv", text, expected).with(arguments)
}

const MANGLED: &str = "is an id in scientific notation: a spreadsheet has rounded it and distinct persons have become one; export again as \
                       text, or --allow-mangled-ids";
const NO_TIME: &str = "is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile";
const QUOTES: &str = "a quoted cell does not close, or text follows its closing quote";
const ADVICE: &str = "map the columns with --profile FILE, or supply one with --set COLUMN=VALUE";

pub fn refunds() -> Vec<Case> {
    let row = |name, row: &str, expected: String| {
        let text = format!("refund_id,order_id,refund_amount,refunded_at\n{row}\n");
        table("--refunds", name, text, expected)
    };
    let bad = |fault: &str| one_bad(1, "refunds", &format!("t.csv:2:{fault}"));
    vec![
        row("of an order that is not there", "r,NOPE,1.00,2026-03-12", "0 · 9 · 9 · 1".into()),
        row("more than was paid", "r,A-4,1.00,2026-03-12", "0 · 9 · 9 · 1".into()),
        row(
            "twice with different amounts",
            "r,A-4,0.01,2026-03-12\nr,A-4,0.02,2026-03-12",
            "0 · 9 · 9 · 2".into(),
        ),
        row("of no order", "r,,1.00,2026-03-12", bad("2: order_id is blank")),
        row("an id of Excel", "r,7.3E+18,1,2026-03-12", bad(&format!("2: order_id \"7.3E+18\" {MANGLED}"))),
        row(
            "an error of Excel",
            "r,#REF!,1,2026-03-12",
            bad(
                "2: order_id \"#REF!\" is an error of a spreadsheet, not a value; mend its formula and export again",
            ),
        ),
        row(
            "cells that are not there",
            "r,A-4",
            bad("1: the row has 2 cells and 5 bytes, the header 4 cells"),
        ),
        row("a time that is none", "r,A-4,1,later", bad(&format!("4: refunded_at \"later\" {NO_TIME}"))),
        row(
            "an open quote",
            "r,\"A-4,1,2026-03-12",
            bad(&format!("1: {QUOTES} (row of 20 bytes); a quote inside of a cell is written twice")),
        ),
        table(
            "--refunds",
            "no amounts",
            "refund_id,order_id\nr,A-4\n",
            format!(
                "1 t.csv:1: missing column `refund_amount` (profile canonical); the header has: refund_id, order_id; `refund_id` looks like `refund_amount`: {ADVICE}"
            ),
        ),
        table(
            "--refunds",
            "a picture",
            b"\x89PNG\r\n\x1a\n",
            "1 t.csv: this is a picture; export the table as CSV or .xlsx",
        ),
    ]
}

pub fn streamers() -> Vec<Case> {
    let of = |name, text: &str, expected: &str| table("--streamers", name, text, expected);
    let wide = super::a_million_names();
    let other = "has the name of another group or column; rename it";
    vec![
        of("a million columns", &format!("streamer_id{wide}\n"), "0 · 9 · 9"),
        of(
            "two columns of one name",
            "streamer_id,tier,tier\ns1,a,b\n",
            &format!("1 t.csv:1:3: the column `tier` {other}"),
        ),
        of(
            "a column of a result",
            "streamer_id,gmv\ns1,a\n",
            &format!("1 t.csv:1:2: the column `gmv` {other}"),
        ),
        of("no id", "streamer_id,tier\n,a\n", "1 t.csv:2:1: streamer_id is blank"),
        of(
            "an id of Excel",
            "streamer_id,tier\n7.3E+18,a\n",
            &format!("1 t.csv:2:1: streamer_id \"7.3E+18\" {MANGLED}"),
        ),
        of(
            "an error of Excel",
            "streamer_id,tier\n#N/A,a\n",
            "1 t.csv:2:1: streamer_id \"#N/A\" is an error of a spreadsheet, not a value; mend its formula and export again",
        ),
        of(
            "a cell too many",
            "streamer_id,tier\ns1,a,b\n",
            "1 t.csv:2:1: the row has 3 cells and 6 bytes, the header 2 cells",
        ),
        of(
            "a quote that does not close",
            "streamer_id,tier\ns1,\"a\n",
            &format!("1 t.csv:2:1: {QUOTES} (row of 6 bytes); a quote inside of a cell is written twice"),
        ),
        of("only a header", "streamer_id,tier\n", "0 · 9 · 9"),
        table(
            "--streamers",
            "a byte that is no character",
            b"streamer_id,tier\ns1,\xE5\xA4\xB4\ns2,\xE5\xA4\xB4\xFF\n",
            "1 t.csv:3:2: byte 0xFF is not UTF-8, which the file was taken for; name its encoding with --encoding NAME (often gb18030), or save it as \"CSV UTF-8\"",
        ),
    ]
}

pub fn lives() -> Vec<Case> {
    let live = |name, row: &str, fault: &str| {
        let text = format!("live_id,streamer_id,started_at,ended_at\n{row}\n");
        table("--lives", name, text, format!("1 t.csv:{fault}"))
    };
    vec![
        live(
            "that ends before it starts",
            "L,s1,2026-03-02 20:00,2026-03-02 19:00",
            "2:4: ended_at \"2026-03-02 19:00\" is before started_at",
        ),
        live(
            "that stands twice",
            "L,s1,2026-03-02 20:00,2026-03-02 21:00\nL,s1,2026-03-02 22:00,2026-03-02 23:00",
            "3:1: the broadcast \"L\" of streamer \"s1\" stands twice with different times; keep one of them",
        ),
        live("without an id", ",s1,2026-03-02 20:00,2026-03-02 21:00", "2:1: live_id is blank"),
        live("without a streamer", "L,,2026-03-02 20:00,2026-03-02 21:00", "2:2: streamer_id is blank"),
        live(
            "without an end",
            "L,s1,2026-03-02 20:00,",
            "2:4: ended_at is blank; give the time, or take the row out",
        ),
        live(
            "with an id of Excel",
            "7.3E+18,s1,2026-03-02 20:00,2026-03-02 21:00",
            &format!("2:1: live_id \"7.3E+18\" {MANGLED}"),
        ),
        live("without cells", "L,s1", "2:1: the row has 2 cells and 4 bytes, the header 4 cells"),
    ]
}

pub fn spend() -> Vec<Case> {
    let spent = |name, row: &str, fault: &str| {
        table("--spend", name, format!("streamer_id,date,cost\n{row}\n"), format!("1 t.csv:{fault}"))
    };
    vec![
        spent("less than nothing", "s1,2026-03-02,-1", "2:3: cost \"-1\" is negative"),
        spent(
            "on no day",
            "s1,2026-02-30,1",
            "2:2: date \"2026-02-30\" is a date or a time of day that does not exist",
        ),
        spent("no money", "s1,2026-03-02,abc", "2:3: cost \"abc\" is no amount of money, such as 1299.90"),
        spent(
            "three decimals",
            "s1,2026-03-02,1.234",
            "2:3: cost \"1.234\" has more than 2 decimals; it is not rounded",
        ),
        spent(
            "a blank",
            "s1,2026-03-02,",
            "2:3: cost is blank; write 0 where nothing was spent, or take the row out",
        ),
        spent("for nobody", ",2026-03-02,1", "2:1: streamer_id is blank"),
        spent("without a day", "s1,,1", "2:2: date is blank; give the date, or take the row out"),
        spent(
            "on days",
            "s1,2026-03-01..2026-03-02,1",
            &format!("2:2: date \"2026-03-01..2026-03-02\" {NO_TIME}"),
        ),
        spent(
            "more than there is",
            "s1,2026-03-02,99999999999999999",
            "2:3: cost \"99999999999999999\" is above 10000000000000.00",
        ),
        spent("without a cell", "s1,2026-03-02", "2:1: the row has 2 cells and 13 bytes, the header 3 cells"),
        spent("an id of Excel", "7.3E+18,2026-03-02,1", &format!("2:1: streamer_id \"7.3E+18\" {MANGLED}")),
        table(
            "--spend",
            "no days",
            "streamer_id,cost\ns1,1\n",
            "1 t.csv:1:1: missing column `date` (or day, 日期, 投放日期, 统计日期, 消耗日期, 时间) of a table of what was spent; the header has: streamer_id, cost",
        ),
    ]
}

pub fn facts_that_make_no_sense() -> Vec<Case> {
    let row = |name, row: &str, fault: &str| {
        let text = format!("period,streamer_id,uv,watch_hours,buyers,orders,gmv\n{row}\n");
        table("--facts", name, text, format!("1 t.csv:{fault}"))
    };
    vec![
        row(
            "a group twice",
            "2026-03-02,s1,1,1,1,1,1\n2026-03-02,s1,1,1,1,1,1",
            "3:1: this group stands twice in its period; one row holds all of its sums",
        ),
        row(
            "money without orders",
            "2026-03-02,s1,1,1,0,0,1",
            "2:6: orders \"0\" stands beside GMV: money comes with orders",
        ),
        row(
            "money below zero",
            "2026-03-02,s1,1,1,1,1,-1",
            "2:7: gmv \"-1\" is no amount of at least 0, such as 1299.90",
        ),
        row(
            "more viewers than can be counted",
            "2026-03-02,s1,99999999999999999999,1,1,1,1",
            "2:3: uv \"99999999999999999999\" is above 9223372036854775807",
        ),
        row(
            "hours beyond numbers",
            "2026-03-02,s1,1,1e400,1,1,1",
            "2:4: watch_hours \"1e400\" is no number of hours",
        ),
        row(
            "hours without end",
            "2026-03-02,s1,1,inf,1,1,1",
            "2:4: watch_hours \"inf\" is no number of hours",
        ),
        row("hours below zero", "2026-03-02,s1,1,-1,1,1,1", "2:4: watch_hours \"-1\" is no number of hours"),
    ]
}

pub fn facts_of_other_columns() -> Vec<Case> {
    let row = |name, row: &str, fault: &str| {
        let text = format!("period,streamer_id,uv,watch_hours,buyers,orders,gmv\n{row}\n");
        table("--facts", name, text, format!("1 t.csv:{fault}"))
    };
    vec![
        row("no period", ",s1,1,1,1,1,1", "2:1: period is blank"),
        row("no orders", "2026-03-02,s1,1,1,1,,1", "2:6: orders is blank"),
        row(
            "an error of Excel",
            "2026-03-02,s1,#N/A,1,1,1,1",
            "2:3: uv \"#N/A\" is no whole number of at least 0",
        ),
        row(
            "a cell too many",
            "2026-03-02,s1,1,1,1,1,1,1",
            "2:1: the row has 8 cells and 25 bytes, the header 7 cells",
        ),
        table(
            "--facts",
            "columns that are not there",
            "period,streamer_id,uv\n2026-03-02,s1,1\n",
            "1 t.csv:1:1: missing columns `watch_hours`, `buyers`, `orders`, `gmv` of a facts file; the header has: period, streamer_id, uv",
        ),
        table(
            "--facts",
            "two columns of one name",
            "period,uv,uv,watch_hours,buyers,orders,gmv\n",
            "1 t.csv:1:3: the header has two columns named `uv`",
        ),
        table(
            "--facts",
            "a remark",
            "period,uv,watch_hours,buyers,orders,gmv,remark\n",
            "1 t.csv:1:7: the column `remark` is no sum of a facts file; name it in --by if it is a group, or take it out",
        ),
    ]
}

pub fn rooms() -> Vec<Case> {
    let row = |name, row: &str, fault: &str| {
        let text = format!("streamer_id,started_at,gmv,viewers,buyers,orders,watch_hours\n{row}\n");
        table("--rooms", name, text, one_bad(1, "rooms", &format!("t.csv:2:{fault}")))
    };
    vec![
        row("no start", "s1,soon,1,5,1,1,2", &format!("2: started_at \"soon\" {NO_TIME}")),
        row("no streamer", ",2026-03-02 20:00,1,5,1,1,2", "1: streamer_id is blank"),
        row("half a viewer", "s1,2026-03-02 20:00,1,5.5,1,1,2", "4: viewers \"5.5\" is no whole number"),
        row("viewers below zero", "s1,2026-03-02 20:00,1,-5,1,1,2", "4: viewers \"-5\" is negative"),
        row("viewers without end", "s1,2026-03-02 20:00,1,99999999999999999999,1,1,2", "4: viewers \"99999999999999999999\" is more than a broadcast can have: 10000000000000 persons or orders, and 9223372036854775807 seconds of all viewers together"),
        row("cells that are not there", "s1,2026-03-02 20:00", "1: the row has 2 cells and 19 bytes, the header 7 cells"),
        row("a quote that does not close", "s1,2026-03-02 20:00,\"1,5,1,1,2", &format!("1: {QUOTES} (row of 31 bytes); a quote inside of a cell is written twice")),
        table("--rooms", "nothing", "", "1 t.csv: the file is empty (0 bytes), without even a header; export it again"),
        table("--rooms", "orders", ORDERS, "1 t.csv:1: the header is that of orders (profile canonical), not of rooms: give the file with --orders"),
        table("--rooms", "no start in any row", "streamer_id\ns1\n", format!("1 t.csv:1: missing columns `started_at`, `gmv` (profile canonical); the header has: streamer_id; `streamer_id` looks like `started_at`: {ADVICE}")),
        case("sessions as orders", "t.csv", SESSIONS, "1 t.csv:1: the header is that of sessions (profile canonical), not of orders: give the file with --sessions").with("--orders t.csv --sessions sessions.csv"),
        case("orders as sessions", "t.csv", ORDERS, "1 t.csv:1: the header is that of orders (profile canonical), not of sessions: give the file with --orders").with("--orders orders.csv --sessions t.csv"),
    ]
}
