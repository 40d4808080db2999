//! Texts whose shape is wrong: headers, line ends, quotes, delimiters.

use super::{Case, case};
use crate::errors::NO_BUYERS;
use crate::shop::{BOTH, ORDERS, orders_with};

fn orders(name: &'static str, text: impl AsRef<[u8]>, expected: impl Into<String>) -> Case {
    case(name, "orders.csv", text, expected).counted()
}

pub fn headers() -> Vec<Case> {
    let wide = format!("{}{}", ",".repeat(1_000_000), ORDERS);
    vec![
        orders(
            "a million delimiters",
            wide,
            "0 · 9 rows of the orders rejected (wrong number of cells: 9) · 9 · 9",
        ),
        orders("the header only", ORDERS.lines().next().unwrap(), "0 · 0 · 9"),
        orders(
            "trailing delimiter on the header",
            ORDERS.replacen("category\n", "category,\n", 1),
            "0 · 9 rows of the orders rejected (wrong number of cells: 9) · 9 · 9",
        ),
        orders("trailing delimiter on rows", ORDERS.replace("shoes\n", "shoes,\n"), "0 · 9 · 9"),
        orders("empty names", ORDERS.replacen("carrier,category", ",", 1), "0 · 9 · 9"),
        orders(
            "no name at all",
            ",,,,\n1,2,3,4,5\n",
            format!(
                "1 orders.csv:1: missing columns `order_id`, `buyer_id`, `streamer_id`, `paid_at`, `amount` (profile canonical); the header has: no names; map the columns with --profile FILE, or supply one with --set COLUMN=VALUE; {NO_BUYERS}"
            ),
        ),
        orders("a mark in the middle", format!("{ORDERS}\u{feff}{ORDERS}"), "0 · 19 · 9"),
    ]
}

pub fn rows() -> Vec<Case> {
    let cell = |cell: &str| orders_with(",shoes", &format!(",{cell}"));
    vec![
        orders("mixed line ends", ORDERS.replacen("shoes\n", "shoes\r\n", 2), "0 · 9 · 9"),
        orders(
            "cut outside of quotes",
            &ORDERS[..ORDERS.len() - 20],
            "0 · 1 row of the orders rejected (wrong number of cells: 1) · 9 · 9",
        ),
        orders(
            "cut inside of quotes",
            format!("{ORDERS}A-10,u1,s1,,2026-03-02 20:10:00,\"1"),
            "0 · 1 row of the orders rejected (broken quotes: 1) · 10 · 9",
        ),
        orders("a cell of 10 MB", cell(&"x".repeat(10 << 20)), "0 · 9 · 9"),
        orders(
            "a quoted cell of 20 MB",
            cell(&format!("\"{}\"", "x".repeat(20 << 20))),
            "1 orders.csv:2:10: a quoted cell opens here and does not close within 16777216 bytes or the file; write a quote inside of a cell as two (\"\")",
        ),
        orders(
            "a line of 20 MB",
            cell(&"x".repeat(20 << 20)),
            "1 orders.csv:2: no end of the line within 16777216 bytes; is this a text file with line ends?",
        ),
        orders(
            "a cell too many",
            orders_with("A-4,u3", "A-4,u3,more"),
            "0 · 1 row of the orders rejected (paid_at not a time: 1) · 9 · 9",
        ),
    ]
}

/// The rows below would be read by the columns of the first header: one bad row in hundreds, and wrong money.
pub fn exports_put_one_after_the_other_with_columns_in_another_order() -> Vec<Case> {
    let rows = |first: usize, money: &str| -> String {
        let row = |row| format!("o{row},u1,s1,2026-03-02 20:00:00,{money}\n");
        (first..first + 200).map(row).collect::<Vec<_>>().concat()
    };
    let text = format!(
        "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount\n{}order_id,buyer_id,streamer_id,paid_at,refund_amount,amount\n{}",
        rows(0, "10.00,1.00"),
        rows(200, "1.00,10.00"),
    );
    let verdict = "1 orders.csv:202: a header with its columns in another order begins here, as where exports were put one after the other; the \
                   rows below would be read by the wrong columns: give each export as a file of its own";
    vec![
        orders("another order, whatever may be bad", &text, verdict),
        orders("in small blocks", &text, verdict).with(format!("{BOTH} --block-size 64 --threads 3")),
    ]
}

pub fn not_a_table() -> Vec<Case> {
    vec![
        orders(
            "a PNG",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01",
            "1 orders.csv: this is a picture; export the table as CSV or .xlsx",
        ),
        orders(
            "a PDF",
            "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n",
            "1 orders.csv: this is a PDF document; export the table as CSV or .xlsx",
        ),
        orders(
            "a page of a login",
            "<!DOCTYPE html>\n<html><body>请登录</body></html>\n",
            "1 orders.csv: this is a table in HTML or XML (often named .xls); open it in a spreadsheet program and save it as .xlsx or CSV",
        ),
    ]
}
