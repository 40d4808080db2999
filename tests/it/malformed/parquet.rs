//! Parquet columns of types that are no cells.

use polars::prelude::*;

use super::{Case, case, check};

/// One order, of which a column has other values.
fn orders(name: &'static str, column: &Column, expected: &'static str) -> Case {
    let mut columns: Vec<Column> = [("order_id", "A"), ("buyer_id", "u1"), ("streamer_id", "s1")]
        .into_iter()
        .chain([("paid_at", "2026-03-02 20:10:00"), ("amount", "5.00")])
        .map(|(name, value)| Column::new(name.into(), [value]))
        .collect();
    columns.iter_mut().filter(|old| old.name() == column.name()).for_each(|old| *old = column.clone());
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut DataFrame::new(1, columns).unwrap()).unwrap();
    case(name, "o.parquet", bytes, expected).with("--orders o.parquet --sessions sessions.csv")
}

#[test]
fn types() {
    let list = Series::new("amount".into(), [Series::new("".into(), [1_i64, 2])]);
    let fine = Column::new("amount".into(), [1.2345_f64]).cast(&DataType::Decimal(18, 4)).unwrap();
    check(&[
        orders("a list", &list.into(), "1 o.parquet: column amount: list[i64] is no cell"),
        orders(
            "a truth",
            &Column::new("amount".into(), [true]),
            "1 o.parquet:1:5: amount \"true\" is no amount of money, such as 1299.90; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "a decimal of four places",
            &fine,
            "1 o.parquet:1:5: amount \"1.2345\" has more than 2 decimals; it is not rounded; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "a float of three places",
            &Column::new("amount".into(), [1.005_f64]),
            "1 o.parquet:1:5: amount \"1.005\" has more than 2 decimals; it is not rounded; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "an infinite amount",
            &Column::new("amount".into(), [f64::INFINITY]),
            "1 o.parquet:1:5: amount \"inf\" is no amount of money, such as 1299.90; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "a float as an id",
            &Column::new("order_id".into(), [7_349_583_948_573_948_571_f64]),
            "1 o.parquet:1:1: order_id \"7.349583948573949E+18\" is an id in scientific notation: a spreadsheet has rounded it and distinct persons have become one; export again as text, or --allow-mangled-ids; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "a null id",
            &Column::new("order_id".into(), [None::<&str>]),
            "1 o.parquet:1:1: order_id is blank; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        orders(
            "a time of day alone",
            &Column::new("paid_at".into(), ["20:10:00"]),
            "1 o.parquet:1:4: paid_at \"20:10:00\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
    ]);
}
