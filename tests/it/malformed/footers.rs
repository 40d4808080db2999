//! Parquet files whose footer or pages are not what was written, and columns whose types are no cells.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BinaryArray, DictionaryArray, DurationSecondArray, Int64Array, NullArray, StringArray,
    StructArray, UInt64Array,
};
use arrow_schema::{DataType, Field};
use parquet::file::properties::WriterProperties;

use super::{Case, case};
use crate::columns::{Columns, bytes, floats, texts};

fn file(name: &'static str, bytes: impl AsRef<[u8]>, expected: impl Into<String>) -> Case {
    case(name, "o.parquet", bytes, expected).with("--orders o.parquet --sessions sessions.csv")
}

const NAMES: [(&str, &str); 5] = [
    ("order_id", "A"),
    ("buyer_id", "u1"),
    ("streamer_id", "s1"),
    ("paid_at", "2026-03-02 20:10:00"),
    ("amount", "5.00"),
];

/// One order, of which a column may have other values.
fn order(column: &str, values: Option<&ArrayRef>) -> Vec<u8> {
    let columns: Columns = NAMES
        .into_iter()
        .map(|(name, value)| match values {
            Some(values) if name == column => (name, Arc::clone(values)),
            _ => (name, texts([value])),
        })
        .collect();
    bytes(
        columns,
        WriterProperties::builder().set_compression(parquet::basic::Compression::UNCOMPRESSED).build(),
    )
}

/// The footer with other bytes in the place of some, and its length set right.
fn footer_with(old: &[u8], new: &[u8]) -> Vec<u8> {
    let sound = order("", None);
    let length = u32::from_le_bytes(*sound.last_chunk::<8>().unwrap().first_chunk().unwrap()) as usize;
    let start = sound.len() - 8 - length;
    let footer = &sound[start..sound.len() - 8];
    let at = footer.windows(old.len()).position(|window| window == old).unwrap();
    let footer = [&footer[..at], new, &footer[at + old.len()..]].concat();
    [&sound[..start], &footer, &(footer.len() as u32).to_le_bytes(), b"PAR1"].concat()
}

pub fn parquet_files_that_are_cut() -> Vec<Case> {
    let sound = order("", None);
    let end = sound.len();
    let with = |at: usize, new: &[u8]| [&sound[..at], new, &sound[at + new.len()..]].concat();
    // The number of rows, a whole number in the third field, before the list of row groups.
    vec![
        file(
            "its mark alone",
            b"PAR1",
            "1 o.parquet: cannot read the Parquet file: EOF: Parquet file too small. Size is 4 but need 8; write it again",
        ),
        file(
            "its marks alone",
            b"PAR1PAR1",
            "1 o.parquet: cannot read the Parquet file: EOF: Parquet file too small. Size is 8 but need 827474264; write it again",
        ),
        file(
            "cut in the middle",
            &sound[..end / 2],
            "1 o.parquet: cannot read the Parquet file: Invalid Parquet file. Corrupt footer; write it again",
        ),
        file(
            "without its last byte",
            &sound[..end - 1],
            "1 o.parquet: cannot read the Parquet file: Invalid Parquet file. Corrupt footer; write it again",
        ),
        file(
            "without its footer",
            [&sound[..40], b"PAR1"].concat(),
            "1 o.parquet: cannot read the Parquet file: EOF: Parquet file too small. Size is 44 but need 1565; write it again",
        ),
        file(
            "more behind it",
            [&sound[..], b"more"].concat(),
            "1 o.parquet: cannot read the Parquet file: Invalid Parquet file. Corrupt footer; write it again",
        ),
        file(
            "a footer of 4 GiB",
            with(end - 8, &[0xFF; 4]),
            "1 o.parquet: cannot read the Parquet file: EOF: Parquet file too small. Size is 1555 but need 4294967303; write it again",
        ),
        file(
            "a footer of nothing",
            with(end - 8, &[0; 4]),
            "1 o.parquet: cannot read the Parquet file: EOF: Unexpected EOF; write it again",
        ),
        file(
            "encrypted",
            [b"PARE", &sound[4..end - 4], b"PARE"].concat(),
            "1 o.parquet: this is an encrypted Parquet file, which is not read; write it without encryption",
        ),
    ]
}

pub fn parquet_files_of_which_the_footer_lies() -> Vec<Case> {
    let sound = order("", None);
    let end = sound.len();
    let with = |at: usize, new: &[u8]| [&sound[..at], new, &sound[at + new.len()..]].concat();
    // The number of rows, a whole number in the third field, before the list of row groups.
    let rows = |number: &[u8]| footer_with(b"\x16\x02\x19", &[b"\x16", number, b"\x19"].concat());
    let most = b"\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01";
    vec![
        file(
            "an encrypted footer",
            with(end - 4, b"PARE"),
            "1 o.parquet: cannot read the Parquet file: Parquet file has an encrypted footer but the encryption feature is disabled; write it again",
        ),
        file("more rows than can be", rows(most), "0 · 1 · 9"),
        file("rows below zero", rows(b"\x01"), "0 · 1 · 9"),
        file(
            "no rows",
            rows(b"\x00"),
            "1 o.parquet: cannot read the Parquet file: it is damaged; write it again",
        ),
        file("63 rows", rows(b"\x7E"), "0 · 1 · 9"),
        file(
            "pages of zeros",
            with(4, &[0; 60]),
            "1 o.parquet: cannot read the Parquet file: External: Parquet argument error: Parquet error: Required field type_ is missing; write it again",
        ),
        file(
            "pages of ones",
            with(4, &[0xFF; 60]),
            "1 o.parquet: cannot read the Parquet file: External: Parquet argument error: Parquet error: Unexpected struct field type 15; write it again",
        ),
        file(
            "no columns",
            bytes(vec![("x", texts(["1"]))], WriterProperties::default()),
            "1 o.parquet:1: missing columns `order_id`, `buyer_id`, `streamer_id`, `paid_at`, `amount` (profile canonical); the header has: names that no profile knows, which are not shown since they may be data; is the first line a header?; map the columns with --profile FILE, or supply one with --set COLUMN=VALUE; where the platform gives no buyers, live sessions exported as aggregates (--rooms FILE) give the five factors, and --set buyer_id= counts every order as off-live (also those of files that have buyers: `gmv ingest` each kind apart then, and give --store)",
        ),
        file(
            "columns of one name",
            bytes(vec![("amount", texts(["1"])), ("amount", texts(["1"]))], WriterProperties::default()),
            "1 o.parquet:1:2: the header has two columns named `amount` (columns 1 and 2); rename one, or name the right one in a profile",
        ),
        file(
            "a name that steers",
            bytes(vec![("order_id", texts(["1"])), ("\u{1b}[2J", texts(["1"]))], WriterProperties::default()),
            "1 o.parquet:1: missing columns `buyer_id`, `streamer_id`, `paid_at`, `amount` (profile canonical); the header has: order_id, \\u{1b}[2J; map the columns with --profile FILE, or supply one with --set COLUMN=VALUE; where the platform gives no buyers, live sessions exported as aggregates (--rooms FILE) give the five factors, and --set buyer_id= counts every order as off-live (also those of files that have buyers: `gmv ingest` each kind apart then, and give --store)",
        ),
    ]
}

pub fn columns_of_odd_types() -> Vec<Case> {
    let column = |name, column: &str, values: ArrayRef, expected: &str| {
        file(name, order(column, Some(&values)), expected)
    };
    let dictionary: DictionaryArray<Int32Type> = vec!["A"].into_iter().collect();
    let field = Arc::new(Field::new("x", DataType::Utf8, true));
    let group = StructArray::from(vec![(field, texts(["A"]))]);
    vec![
        column("a dictionary", "order_id", Arc::new(dictionary), "0 · 1 · 9"),
        column("a group", "order_id", Arc::new(group), "1 o.parquet: column order_id: a struct is no cell"),
        column(
            "nothing but nulls",
            "order_id",
            Arc::new(NullArray::new(1)),
            "1 o.parquet:1:1: order_id is blank; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        column(
            "bytes that are no text",
            "order_id",
            Arc::new(BinaryArray::from_vec(vec![b"\xFF\xFE"])),
            "1 o.parquet: column order_id: bytes that are no text is no cell",
        ),
        column("bytes that are text", "order_id", Arc::new(BinaryArray::from_vec(vec![b"A"])), "0 · 1 · 9"),
        column("a NUL", "order_id", texts(["A\0"]), "0 · 1 · 9"),
        column(
            "a length of time",
            "paid_at",
            Arc::new(DurationSecondArray::from(vec![1])),
            "1 o.parquet: column paid_at: a length of time is no cell",
        ),
        column(
            "a number below zero",
            "amount",
            Arc::new(Int64Array::from(vec![-1])),
            "1 o.parquet:1:5: amount \"-1\" is negative; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        column(
            "a number beyond money",
            "amount",
            Arc::new(UInt64Array::from(vec![u64::MAX])),
            "1 o.parquet:1:5: amount \"18446744073709551615\" is above 10000000000000.00; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
    ]
}

pub fn columns_of_odd_values() -> Vec<Case> {
    let column = |name, column: &str, values: ArrayRef, expected: &str| {
        file(name, order(column, Some(&values)), expected)
    };
    vec![
        column(
            "no number",
            "amount",
            floats([f64::NAN]),
            "1 o.parquet:1:5: amount is blank; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        column(
            "a float of money",
            "amount",
            floats([0.1 + 0.2]),
            "1 o.parquet:1:5: amount \"0.30000000000000004\" has more than 2 decimals; it is not rounded; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        column("zero below zero", "amount", floats([-0.0]), "0 · 1 · 9"),
        column(
            "a number as a moment",
            "paid_at",
            Arc::new(Int64Array::from(vec![i64::MAX])),
            "1 o.parquet:1:4: paid_at \"9223372036854775807\" is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile; 1 of 1 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        column(
            "a null as a person",
            "buyer_id",
            Arc::new(StringArray::from(vec![None::<&str>])),
            "0 · 1 · 9",
        ),
    ]
}
