//! Cells in forms that people and programs write, each taken, or refused at its place with what was found.

use super::{Case, case, one_bad};
use crate::shop::orders_with;

const NO_MONEY: &str = "is no amount of money, such as 1299.90";
const DECIMALS: &str = "has more than 2 decimals; it is not rounded";
const NO_TIME: &str = "is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile";
const NO_SUCH_TIME: &str = "is a date or a time of day that does not exist";
const SPREADSHEET: &str = "is an error of a spreadsheet, not a value; mend its formula and export again";
const MANGLED: &str = "is an id in scientific notation: a spreadsheet has rounded it and distinct persons have become one; export again as \
                       text, or --allow-mangled-ids";
const FINE: &str = "0 · 9 · 9";

/// A cell as a CSV holds it.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '\n', '"']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

/// The shop with another cell in the place of one, at a line and column, and what is said of the cell.
fn refused((old, place): (&str, &str), cell: &str, fault: &str) -> Case {
    let shown: String = cell.chars().take(60).collect();
    let more = if cell.chars().count() > 60 { "…" } else { "" };
    let fault = format!("orders.csv:{place} {shown:?}{more} {fault}");
    case(format!("{shown:?}"), "orders.csv", orders_with(old, &quoted(cell)), one_bad(9, "orders", &fault))
}

const AMOUNT: (&str, &str) = ("1299.90", "4:6: amount");
const TIME: (&str, &str) = ("2026-03-02 20:10:00", "2:5: paid_at");

fn all(at: (&str, &str), cells: &[(&str, &str)]) -> Vec<Case> {
    cells.iter().map(|(cell, fault)| refused(at, cell, fault)).collect()
}

fn taken(old: &str, cells: &[&str]) -> Vec<Case> {
    let cell = |cell: &&str| case(format!("{cell:?}"), "orders.csv", orders_with(old, &quoted(cell)), FINE);
    cells.iter().map(cell).collect()
}

pub fn amounts_in_other_forms() -> Vec<Case> {
    all(
        AMOUNT,
        &[
            ("1 299.90", NO_MONEY),
            ("1'299.90", NO_MONEY),
            ("1_299.90", NO_MONEY),
            ("1,29,9.90", NO_MONEY),
            ("12€", NO_MONEY),
            ("US$12", NO_MONEY),
            ("12 USD", NO_MONEY),
            ("RMB12", NO_MONEY),
            ("人民币12", NO_MONEY),
            ("12块", NO_MONEY),
            ("1.2万", NO_MONEY),
            ("12;13", NO_MONEY),
            ("=12", NO_MONEY),
            ("=\"12.00\"", NO_MONEY),
            ("'12", NO_MONEY),
            ("12\u{a0}00", NO_MONEY),
            ("\u{200b}12.00", NO_MONEY),
            ("12\n.00", NO_MONEY),
            ("¥", NO_MONEY),
            ("元", NO_MONEY),
            ("--12", "is negative"),
            ("\u{2212}12", "is negative"),
            ("12.0000", DECIMALS),
        ],
    )
}

pub fn amounts_that_are_no_numbers() -> Vec<Case> {
    all(
        AMOUNT,
        &[
            ("NaN", NO_MONEY),
            ("-inf", NO_MONEY),
            ("1e400", NO_MONEY),
            ("1e5", NO_MONEY),
            ("1.23E+18", NO_MONEY),
            ("+5", NO_MONEY),
            ("0x10", NO_MONEY),
            ("1/2", NO_MONEY),
            ("50%", NO_MONEY),
            (".5", NO_MONEY),
            ("5.", NO_MONEY),
            ("十二", NO_MONEY),
            ("٣", NO_MONEY),
            ("Ⅻ", NO_MONEY),
            ("½", NO_MONEY),
            ("1\u{301}", NO_MONEY),
            ("#N/A", NO_MONEY),
            ("#REF!", NO_MONEY),
            ("None", NO_MONEY),
            ("10000000000000.01", "is above 10000000000000.00"),
            (&"9".repeat(400), "is above 10000000000000.00"),
        ],
    )
}

pub fn amounts_that_are_taken() -> Vec<Case> {
    let cells = [
        "€12",
        "$12",
        "12元",
        "0",
        "-0.00",
        "00012.00",
        "￥1，299.90",
        "¥ 12",
        "1,299.9",
        " 12.00\t",
        "10000000000000.00",
    ];
    taken(AMOUNT.0, &cells)
}

pub fn times_in_other_forms() -> Vec<Case> {
    all(
        TIME,
        &[
            ("2026-06-30 23:59:60", NO_SUCH_TIME),
            ("2016-12-31T23:59:60Z", NO_SUCH_TIME),
            ("2026-04-31", NO_SUCH_TIME),
            ("2026-00-02", NO_SUCH_TIME),
            ("1900-02-29", NO_SUCH_TIME),
            ("1900-01-00 00:00:00", NO_SUCH_TIME),
            ("2026-03-02 20:10:00+23:59", NO_SUCH_TIME),
            ("9999-12-31 23:59:59", "is out of the range of times, which ends at 9999-12-30"),
            ("-0001-01-01", NO_TIME),
            ("20260302", NO_TIME),
            ("2026-061", NO_TIME),
            ("2026-W10-1", NO_TIME),
            ("2026年3月2日 20:10", NO_TIME),
            ("2026-03-02 下午8:10", NO_TIME),
            ("2026-03-02 20：10：00", NO_TIME),
            ("２０２６-03-02", NO_TIME),
            ("Mar 2 2026", NO_TIME),
            ("2026-03-02 20:10:00[Asia/Shanghai]", NO_TIME),
            ("2026-03-02 20:10:00\0", NO_TIME),
            ("2026-03-02\u{a0}20:10:00", NO_TIME),
            ("1772453400000000", NO_TIME),
            ("1772453400.5", NO_TIME),
            ("99999999999999999999", NO_TIME),
            ("1.77E+12", NO_TIME),
            ("0", NO_TIME),
            ("now", NO_TIME),
            ("#####", NO_TIME),
            ("#N/A", NO_TIME),
            ("\\N", NO_TIME),
            ("-", NO_TIME),
        ],
    )
}

pub fn times_that_are_taken() -> Vec<Case> {
    let cells = [
        "2024-02-29",
        "2026-3-2",
        "2026.03.02",
        "2026-03-02T20:10:00.1234567890123Z",
        "2026-03-02T20:10:00+0800",
        "2026-03-02 20:10:00 +08:00",
        "2026-03-02T20:10:00,5",
        "1772453400",
        "1772453400000",
        "0001-01-01",
    ];
    taken(TIME.0, &cells)
}

pub fn ids_and_words() -> Vec<Case> {
    let id = ("A-4", "5:1: order_id");
    let long = "x".repeat(70_000);
    let mut cases = all(
        id,
        &[("9.44e+18", MANGLED), ("1E+15", MANGLED), ("#NAME?", SPREADSHEET), ("#DIV/0!", SPREADSHEET)],
    );
    for blank in ["=\"\"", "\u{3000}", "\u{a0}", "\t", "\u{feff}", "` "] {
        let fault = one_bad(9, "orders", "orders.csv:5:1: order_id is blank");
        cases.push(case(format!("{blank:?}"), "orders.csv", orders_with(id.0, &quoted(blank)), fault));
    }
    let advice = "map them in a profile ([orders.statuses]), or say --unknown-status count|skip";
    let cut = format!("{}…", "x".repeat(60));
    for (word, shown) in [("", "(blank)"), ("-", "-"), ("\u{1b}[2J", "\\u{1b}[2J"), (&long, &cut)] {
        let verdict = format!("1 unknown order statuses: \"{shown}\" (1); {advice}");
        cases.push(case(shown, "orders.csv", orders_with("shipped", word), verdict));
    }
    cases
}
