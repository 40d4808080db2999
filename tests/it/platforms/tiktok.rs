//! TikTok Shop: SKUs as rows, tabs, a row that describes the columns, day before month, the order's amount on every line.

use super::{Export, columns, decompose, says};
use crate::support::{Run, Work};
use proptest::prelude::*;
use std::fmt::Write;

const NAMES: [&str; 8] = [
    "Order ID",
    "Order Status",
    "SKU ID",
    "Order Amount",
    "Order Refund Amount",
    "Paid Time",
    "Buyer Username",
    "Creator Handle",
];

/// What the second row of exports says.
const DESCRIPTION: [&str; 8] = [
    "Platform unique order ID.",
    "Current order status.",
    "Platform unique SKU ID.",
    "It is the total amount of the order.",
    "The amount that was refunded.",
    "Order paid time.",
    "The buyer's username.",
    "The creator's handle.",
];

fn fill(export: Export, cells: [&str; 8]) -> Export {
    export.row(&NAMES.into_iter().zip(cells).collect::<Vec<_>>())
}

/// Seven orders, nine rows. By hand: 607.00 read, of which X1's 150.00 and X5's 60.00 stand on two lines; X4 and X6 were never paid, 55.00;
/// X1 150.00 and X2 80.00 of budi, X3 40.00 of a masked buyer, X5 60.00 of joko, cancelled after it was paid, X7 12.00 of no creator: 342.00.
const ROWS: [[&str; 8]; 9] = [
    [
        "576460000000000001\t",
        "To ship",
        "1729000000000000001\t",
        "150.00",
        "0",
        "02/03/2026 20:10:00\t",
        "budi",
        "kreator1",
    ],
    [
        "576460000000000001\t",
        "To ship",
        "1729000000000000002\t",
        "150.00",
        "0",
        "02/03/2026 20:10:00\t",
        "budi",
        "kreator1",
    ],
    [
        "576460000000000002\t",
        "Selesai",
        "1729000000000000001\t",
        "80.00",
        "20.00",
        "03/03/2026 09:00:00\t",
        "budi",
        "kreator1",
    ],
    [
        "576460000000000003\t",
        "Shipped",
        "1729000000000000001\t",
        "40.00",
        "",
        "03/03/2026 09:00:00\t",
        "s***i",
        "kreator1",
    ],
    ["576460000000000004\t", "Unpaid", "1729000000000000001\t", "30.00", "", "\t", "budi", "kreator1"],
    [
        "576460000000000005\t",
        "Canceled",
        "1729000000000000001\t",
        "60.00",
        "60.00",
        "04/03/2026 09:00:00\t",
        "joko",
        "kreator1",
    ],
    [
        "576460000000000005\t",
        "Canceled",
        "1729000000000000002\t",
        "60.00",
        "60.00",
        "04/03/2026 09:00:00\t",
        "joko",
        "kreator1",
    ],
    ["576460000000000006\t", "Dibatalkan", "1729000000000000001\t", "25.00", "", "", "joko", "kreator1"],
    [
        "576460000000000007\t",
        "Completed",
        "1729000000000000003\t",
        "12.00",
        "",
        "05/03/2026 23:59:59\t",
        "siti",
        "",
    ],
];

fn export() -> Export {
    ROWS.into_iter().fold(Export::of("tiktok_shop_orders_65"), fill)
}

/// The export with the row that describes its columns.
fn described() -> Export {
    let mut export = export();
    let description = fill(Export::of("tiktok_shop_orders_65"), DESCRIPTION);
    export.rows.insert(0, description.rows[0].clone());
    export
}

fn watched(export: &Export, more: &str) -> Run {
    let work = Work::with(&[
        ("orders.csv", &export.written(b',', true)),
        (
            "s.csv",
            "viewer_id,streamer_id,entered_at,left_at,source\nbudi,kreator1,2026-03-02 20:00:00,2026-03-02 20:30:00,recommend\n",
        ),
    ]);
    decompose(&work, &format!("--sessions s.csv --period all --max-bad 0 {more}"))
}

const WANTED: [&str; 8] =
    ["streamer_id", "gmv", "uv", "watch_hours", "buyers", "orders", "gmv_off_live", "orders_off_live"];

#[test]
fn an_amount_on_every_line_counts_once() {
    let run = watched(&described(), "");
    assert_eq!(
        columns(&run.out, &WANTED),
        ["kreator1 230.00 1 0.5 1 2 100.00 2", "(none) 0.00 0 0 0 0 12.00 1"]
    );
    says(
        &run.err,
        &[
            "orders: orders.csv (UTF-8, `,`, profile tiktok-orders, amount = Order Amount (once an order))",
            "rows read 10 607.00",
            "− repeated headers, blank rows 1 0.00",
            "− amounts of orders repeated on further lines 210.00",
            "− never paid 2 55.00",
            "= counted 7 342.00",
            "orders of these rows 5",
            "attributed 2 230.00",
            "without a buyer 1 40.00",
        ],
    );
    let net = watched(&described(), "--basis net");
    assert_eq!(
        columns(&net.out, &WANTED),
        ["kreator1 210.00 1 0.5 1 2 40.00 1", "(none) 0.00 0 0 0 0 12.00 1"]
    );
    says(&net.err, &["− refunded in full 2 60.00", "− refunds of counted rows 20.00", "= counted 5 262.00"]);
}

#[test]
fn a_check_closes_with_amounts_that_are_repeated() {
    let work = Work::with(&[("orders.csv", &described().written(b',', true))]);
    let found = crate::check::check(&work, "--orders orders.csv --max-bad 0");
    for (name, count, money) in [
        ("rows_read", Some(10), Some("607.00")),
        ("rows_structural", Some(1), Some("0.00")),
        ("amounts_repeated", None, Some("210.00")),
        ("rows_never_paid", Some(1), Some("30.00")),
        ("rows_without_payment_time", Some(1), Some("25.00")),
        ("rows_counted", Some(7), Some("342.00")),
        ("orders_counted", Some(5), Some("342.00")),
        ("orders_without_buyer", Some(1), Some("40.00")),
        ("rows_refunded", Some(2), Some("80.00")),
    ] {
        let (_, found_count, found_money) = found.numbers("orders", name);
        assert_eq!((found_count, found_money.as_deref()), (count, money), "{name}: {}", found.out);
    }
    assert_eq!(found.one("orders", "reconciliation")["level"], "ok");
    super::discreet(&found.out);
}

#[test]
fn threads_and_blocks_change_nothing() {
    let one = watched(&described(), "--threads 1");
    for more in ["--threads 3 --block-size 1", "--threads 2 --block-size 300"] {
        let other = watched(&described(), more);
        assert_eq!((other.out, other.err), (one.out.clone(), one.err.clone()), "{more}");
    }
}

#[test]
fn the_description_may_be_absent_or_come_again_and_no_order_is_taken_for_it() {
    let with = watched(&described(), "");
    assert_eq!(watched(&export(), "").out, with.out);
    let mut twice = described();
    let again = [vec![twice.header.clone()], described().rows].concat();
    twice.rows.extend(again);
    let run = watched(&twice, "");
    assert_eq!(run.out, with.out);
    says(&run.err, &["− repeated headers, blank rows 3 0.00", "− superseded by a later row 9 607.00"]);
    // A first order whose time nobody can read is a reject, not a description.
    let broken = export().cells("Paid Time", |time| time.replace("02/03/2026 20:10:00", "yesterday"));
    let work = broken.work();
    let err = super::fails(&work, "--attribution all");
    assert!(err.contains("orders.csv:2:31: paid_at \"yesterday"), "{err}");
}

#[test]
fn a_description_may_speak_of_a_form_in_one_column() {
    let with = watched(&described(), "");
    for (column, text) in [
        ("Paid Time", "The time of payment, 24 hours."),
        ("Order Amount", "With 2 decimals."),
        ("Order Amount", ""),
    ] {
        let mut other = described();
        let at = other.column(column);
        other.rows[0][at] = text.to_owned();
        let run = watched(&other, "");
        assert_eq!(run.out, with.out, "{column} {text}");
        says(&run.err, &["− repeated headers, blank rows 1 0.00"]);
    }
    // An order without a readable id, but with a time and an amount, is no description.
    let broken =
        export().cells("Order ID", |_| "unknown".to_owned()).cells("Paid Time", |_| "02-2026".to_owned());
    assert!(super::fails(&broken.work(), "--attribution all").contains("paid_at \"02-2026"));
}

#[test]
fn the_amount_stands_on_the_smallest_line_that_was_paid() {
    let rows = [
        ["1", "Unpaid", "1", "10.00", "", "", "budi", "k"],
        ["1", "Completed", "3", "10.00", "", "02/03/2026 20:10:00", "budi", "k"],
        ["1", "Completed", "2", "10.00", "", "02/03/2026 20:10:00", "budi", "k"],
    ];
    let export = rows.into_iter().fold(Export::of("tiktok_shop_orders_65"), fill);
    let run = decompose(&export.work(), "--attribution all --by product_id --period all");
    let found = columns(&run.out, &["product_id", "gmv", "orders"]);
    assert_eq!(found, ["2 10.00 1", "3 0.00 1"], "{}", run.err);
    says(
        &run.err,
        &["rows read 3 30.00", "− amounts of orders repeated on further lines 20.00", "− never paid 1 0.00"],
    );
}

#[test]
fn day_and_month_are_not_guessed() {
    let american = export().cells("Paid Time", |_| "03/27/2026 08:10:00 PM".to_owned());
    let err = super::fails(&american.work(), "--attribution all");
    assert!(err.contains("paid_at \"03/27/2026 08:10:00 PM\" is no time"), "{err}");
}

/// An order: its amount and refund in cents, and whether each of its lines was paid.
type Order = (u32, u32, Vec<bool>);

fn cents(amount: u32) -> String {
    format!("{}.{:02}", amount / 100, amount % 100)
}

/// The orders as TikTok Shop exports them, and with canonical columns, a row each.
fn both_ways(orders: &[Order]) -> (String, String) {
    let mut lines = Export::of("tiktok_shop_orders_65");
    let mut whole = "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount\n".to_owned();
    for (at, (amount, refund, paid)) in orders.iter().enumerate() {
        let (id, amount, refund, buyer) =
            ((at + 1).to_string(), cents(*amount), cents(*refund), format!("u{}", at % 3));
        for (line, paid) in paid.iter().enumerate() {
            let time = if *paid { "02/03/2026 20:10:00" } else { "" };
            let sku = line.to_string();
            lines = fill(lines, [&id, "Completed", &sku, &amount, &refund, time, &buyer, "k"]);
        }
        let time = if paid.contains(&true) { "2026-03-02 20:10:00" } else { "" };
        writeln!(whole, "{id},{buyer},k,{time},{amount},{refund}").unwrap();
    }
    (lines.text(), whole)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Lines that repeat the order's amounts give what one row for each order gives.
    #[test]
    fn repeated_amounts_are_the_orders_own(
        orders in prop::collection::vec((0_u32..5000, 0_u32..5000, prop::collection::vec(any::<bool>(), 1..4)), 1..7),
    ) {
        let (lines, whole) = both_ways(&orders);
        let (lines, whole) = (Work::with(&[("orders.csv", &lines)]), Work::with(&[("orders.csv", &whole)]));
        for basis in ["paid", "net"] {
            let more = format!("--attribution all --period all --set streamer_name= --basis {basis}");
            prop_assert_eq!(decompose(&lines, &more).out, decompose(&whole, &more).out, "{}", basis);
        }
    }
}
