//! Parquet columns of types that are no cells.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, StringArray, Time64MicrosecondArray};
use parquet::file::properties::WriterProperties;

use super::{Case, case};
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

/// A page of 40 MiB, which a few kilobytes hold.
pub fn cells_of_many_megabytes() -> Vec<Case> {
    let long = "x".repeat(40 << 20);
    let names = [
        ("order_id", "A"),
        ("buyer_id", "u1"),
        ("streamer_id", "s1"),
        ("paid_at", "2026-03-02 20:10:00"),
        ("amount", "5.00"),
    ];
    let columns =
        names.into_iter().chain([("category", long.as_str())]).map(|(name, value)| (name, texts([value])));
    let zstd = parquet::basic::Compression::ZSTD(parquet::basic::ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(zstd).set_dictionary_enabled(false);
    let bomb = bytes(columns.collect(), properties.build());
    let refused = "1 o.parquet: the compressed file unpacks to more than 1000 times its size, as no export of real rows does; if it is sound, say how much may come out: --max-decompressed SIZE (such as 200G)";
    let line = "--orders o.parquet --sessions sessions.csv";
    vec![
        case("refused", "o.parquet", &bomb, refused).with(line),
        case("allowed", "o.parquet", &bomb, "0 · 1 · 9").with(format!("{line} --max-decompressed 1G")),
    ]
}

pub fn types() -> Vec<Case> {
    vec![
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
    ]
}
