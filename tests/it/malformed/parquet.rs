//! Parquet columns of types that are no cells.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, StringArray, Time64MicrosecondArray};
use parquet::file::properties::WriterProperties;

use super::{Case, case, check};
use crate::columns::{bytes, decimals, floats, lists, texts};

/// One order, of which a column has other values.
fn orders(name: &'static str, (column, values): (&'static str, ArrayRef), expected: &'static str) -> Case {
    let columns = [("order_id", "A"), ("buyer_id", "u1"), ("streamer_id", "s1")]
        .into_iter()
        .chain([("paid_at", "2026-03-02 20:10:00"), ("amount", "5.00")])
        .map(|(name, value)| (name, if name == column { Arc::clone(&values) } else { texts([value]) }))
        .collect();
    let bytes = bytes(columns, WriterProperties::default());
    case(name, "o.parquet", bytes, expected).with("--orders o.parquet --sessions sessions.csv")
}

#[test]
fn types() {
    check(&[
        orders("a list", ("amount", lists(1)), "1 o.parquet: column amount: a list is no cell"),
        orders(
            "a truth",
            ("amount", Arc::new(BooleanArray::from(vec![true]))),
            "1 o.parquet:1:5: amount \"true\" is no amount of money, such as 1299.90; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "a decimal of four places",
            ("amount", decimals(vec![Some(12_345)], 18, 4)),
            "1 o.parquet:1:5: amount \"1.2345\" has more than 2 decimals; it is not rounded; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "a float of three places",
            ("amount", floats([1.005])),
            "1 o.parquet:1:5: amount \"1.005\" has more than 2 decimals; it is not rounded; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "an infinite amount",
            ("amount", floats([f64::INFINITY])),
            "1 o.parquet:1:5: amount \"inf\" is no amount of money, such as 1299.90; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "a float as an id",
            ("order_id", floats([7_349_583_948_573_948_571.0])),
            "1 o.parquet:1:1: order_id \"7.349583948573949E+18\" is an id in scientific notation: a spreadsheet has rounded it and distinct persons have become one; export again as text, or --allow-mangled-ids; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "a null id",
            ("order_id", Arc::new(StringArray::from(vec![None::<&str>]))),
            "1 o.parquet:1:1: order_id is blank; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "a time of day alone",
            ("paid_at", texts(["20:10:00"])),
            "1 o.parquet:1:4: paid_at \"20:10:00\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "a typed time of day",
            ("paid_at", Arc::new(Time64MicrosecondArray::from(vec![72_600_000_000]))),
            "1 o.parquet: column paid_at: a time of day is no cell",
        ),
    ]);
}
