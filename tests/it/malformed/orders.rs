//! Cells of orders that hold no value, each refused at its place.

use super::{Case, case};
use crate::shop::orders_with;

fn cell(name: &'static str, old: &str, new: &str, expected: impl Into<String>) -> Case {
    case(name, "orders.csv", orders_with(old, new), expected)
}

/// The verdict on one bad row of nine.
fn one_bad(fault: &str) -> String {
    format!(
        "1 orders.csv:{fault}; 1 of 9 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, \
         --max-bad raises the limit"
    )
}

pub fn amounts() -> Vec<Case> {
    let money = |name, new: &str, fault: &str| cell(name, "1299.90", new, one_bad(&format!("4:6: {fault}")));
    vec![
        money("brackets", "(12.00)", "amount \"(12.00)\" is no amount of money, such as 1299.90"),
        money("european", "\"1.299,90\"", "amount \"1.299,90\" is no amount of money, such as 1299.90"),
        money(
            "full-width digits",
            "１２.００",
            "amount \"１２.００\" is no amount of money, such as 1299.90",
        ),
        money("minus after currency", "¥-12.00", "amount \"¥-12.00\" is negative"),
        money(
            "accounting minus behind",
            "12.00-",
            "amount \"12.00-\" is no amount of money, such as 1299.90",
        ),
        money("two points", "1.299.90", "amount \"1.299.90\" is no amount of money, such as 1299.90"),
        money(
            "comma in a wrong place",
            "\"12,99.90\"",
            "amount \"12,99.90\" is no amount of money, such as 1299.90",
        ),
        money("dash alone", "--", "amount is blank"),
        money("scientific", "1.2999E+03", "amount \"1.2999E+03\" is no amount of money, such as 1299.90"),
        money("spreadsheet error", "#VALUE!", "amount \"#VALUE!\" is no amount of money, such as 1299.90"),
        money("word null", "NULL", "amount \"NULL\" is no amount of money, such as 1299.90"),
        money("infinity", "inf", "amount \"inf\" is no amount of money, such as 1299.90"),
        money("a NUL byte", "12\0.00", "amount \"12\\0.00\" is no amount of money, such as 1299.90"),
        money("an escape code", "\u{1b}[2J", "amount \"\\u{1b}[2J\" is no amount of money, such as 1299.90"),
        money(
            "a bidi override",
            "\u{202e}00.21",
            "amount \"\\u{202e}00.21\" is no amount of money, such as 1299.90",
        ),
    ]
}

fn time(name: &'static str, cell_text: &str, fault: &str) -> Case {
    cell(name, "2026-03-02 20:10:00", cell_text, one_bad(&format!("2:5: {fault}")))
}

pub fn times_that_do_not_exist() -> Vec<Case> {
    vec![
        time(
            "no such day",
            "2026-02-29 10:00:00",
            "paid_at \"2026-02-29 10:00:00\" is a date or a time of day that does not exist",
        ),
        time(
            "hour 24",
            "2026-03-02 24:00:00",
            "paid_at \"2026-03-02 24:00:00\" is a date or a time of day that does not exist",
        ),
        time(
            "minute 60",
            "2026-03-02 20:60:00",
            "paid_at \"2026-03-02 20:60:00\" is a date or a time of day that does not exist",
        ),
        time(
            "zeros, year first",
            "0000-00-00 00:00:00",
            "paid_at \"0000-00-00 00:00:00\" is a date or a time of day that does not exist",
        ),
        time(
            "offset of 25 hours",
            "2026-03-02T20:10:00+25:00",
            "paid_at \"2026-03-02T20:10:00+25:00\" is a date or a time of day that does not exist",
        ),
        time(
            "month 13",
            "2026-13-02 20:10:00",
            "paid_at \"2026-13-02 20:10:00\" is a date or a time of day that does not exist",
        ),
    ]
}

pub fn times_in_no_form_that_is_known() -> Vec<Case> {
    vec![
        time(
            "zeros",
            "00/00/0000",
            "paid_at \"00/00/0000\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile",
        ),
        time(
            "year 10000",
            "10000-01-01 00:00:00",
            "paid_at \"10000-01-01 00:00:00\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile",
        ),
        time(
            "serial as text",
            "46083.84",
            "paid_at \"46083.84\" is no time, but may be a day of a spreadsheet: give its cells a format of dates (such as yyyy-mm-dd hh:mm:ss), and save or export again",
        ),
        time(
            "afternoon",
            "2026-03-02 08:10:00 PM",
            "paid_at \"2026-03-02 08:10:00 PM\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile",
        ),
        time(
            "year of two digits",
            "26-03-02 20:10:00",
            "paid_at \"26-03-02 20:10:00\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile",
        ),
        time(
            "epoch of eleven digits",
            "17724534000",
            "paid_at \"17724534000\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile",
        ),
        time(
            "trailing words",
            "2026-03-02 20:10:00 CST",
            "paid_at \"2026-03-02 20:10:00 CST\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile",
        ),
        time(
            "negative epoch",
            "-1772453400",
            "paid_at \"-1772453400\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile",
        ),
    ]
}

pub fn ids() -> Vec<Case> {
    let id = |name, new: &str, expected: String| cell(name, "A-4", new, expected);
    vec![
        id(
            "error",
            "#REF!",
            one_bad(
                "5:1: order_id \"#REF!\" is an error of a spreadsheet, not a value; mend its formula and export again",
            ),
        ),
        id("guard around nothing", "\"=\"\"\"\"\"", one_bad("5:1: order_id is blank")),
        id("quote mark alone", "'", one_bad("5:1: order_id is blank")),
        cell(
            "line id missing in header row count",
            "A-4,u3,",
            "A-4,u3,,",
            one_bad(
                "5:5: paid_at is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile",
            ),
        ),
        cell(
            "status error",
            ",shipped,",
            ",#N/A,",
            "1 unknown order statuses: \"#N/A\" (1); map them in a profile ([orders.statuses]), or say --unknown-status count|skip",
        ),
        cell(
            "status unknown",
            ",shipped,",
            ",运输中,",
            "1 unknown order statuses: \"运输中\" (1); map them in a profile ([orders.statuses]), or say --unknown-status count|skip",
        ),
    ]
}
