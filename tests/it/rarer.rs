//! Parquet of rarer types, as other engines write them.

use std::sync::Arc;

use arrow_array::{Decimal64Array, TimestampMillisecondArray};
use parquet::data_type::{ByteArray, ByteArrayType, Int96, Int96Type};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::columns::{save, texts};
use crate::support::Work;

const ORDERS: &str =
    "order_id,buyer_id,streamer_id,paid_at,amount,status\no1,v1,s1,2026-03-02 10:05:00,12.30,paid\n";
const SESSIONS: &str =
    "viewer_id,streamer_id,entered_at,left_at\nv1,s1,2026-03-02 10:00:00,2300-01-01 00:00:00\n";

/// The result on orders and sessions, and what was said of them.
fn run(work: &Work, orders: &str, sessions: &str, options: &[&str]) -> (i32, String, String) {
    let inputs = ["decompose", "--orders", orders, "--sessions", sessions, "--format", "csv"];
    let run = work.run(&[&inputs[..], options].concat());
    (run.code, run.out, run.err)
}

/// A time as Spark and Hive wrote it: nanoseconds of the day, and the Julian day.
fn of_96_bits(date: jiff::civil::Date, hour: u64) -> Int96 {
    let days = (date - jiff::civil::date(1970, 1, 1)).get_days();
    let nanoseconds = hour * 3_600 * 1_000_000_000;
    let mut time = Int96::new();
    time.set_data(nanoseconds as u32, (nanoseconds >> 32) as u32, (days + 2_440_588) as u32);
    time
}

#[test]
fn times_of_96_bits_go_beyond_2262() {
    let schema = "message sessions { required binary viewer_id (UTF8); required binary streamer_id (UTF8);
        required int96 entered_at; required int96 left_at; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut file = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut rows = file.next_row_group().unwrap();
    for text in ["v1", "s1"] {
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&[ByteArray::from(text)], None, None).unwrap();
        column.close().unwrap();
    }
    for time in [of_96_bits(jiff::civil::date(2026, 3, 2), 10), of_96_bits(jiff::civil::date(2300, 1, 1), 0)]
    {
        let mut column = rows.next_column().unwrap().unwrap();
        column.typed::<Int96Type>().write_batch(&[time], None, None).unwrap();
        column.close().unwrap();
    }
    rows.close().unwrap();
    let work = Work::with(&[("o.csv", ORDERS), ("s.csv", SESSIONS)]);
    work.write("s.parquet", file.into_inner().unwrap());
    let (typed, text) = (run(&work, "o.csv", "s.parquet", &[]), run(&work, "o.csv", "s.csv", &[]));
    assert_eq!((typed.0, &typed.1), (0, &text.1), "{}", typed.2);
    assert!(text.1.contains(",12.30,"), "{}", text.1);
}

#[test]
fn decimals_of_64_bits_are_amounts() {
    let amounts = Decimal64Array::from(vec![1_230]).with_precision_and_scale(9, 2).unwrap();
    let work = Work::with(&[("o.csv", ORDERS), ("s.csv", SESSIONS)]);
    let mut columns: Vec<_> = [("order_id", "o1"), ("buyer_id", "v1"), ("streamer_id", "s1")]
        .map(|(name, text)| (name, texts([text])))
        .into();
    columns.extend([("paid_at", texts(["2026-03-02 10:05:00"])), ("status", texts(["paid"]))]);
    columns.push(("amount", Arc::new(amounts)));
    save(&work.path("o.parquet"), columns);
    let (typed, text) = (run(&work, "o.parquet", "s.csv", &[]), run(&work, "o.csv", "s.csv", &[]));
    assert_eq!((typed.0, &typed.1), (0, &text.1), "{}", typed.2);
}

#[test]
fn a_time_beyond_the_last_year_rejects_its_row() {
    let work = Work::with(&[("o.csv", ORDERS)]);
    // 10:00 and 10:10 of 2026-03-02; then the last second of 9999, which no instant of jiff's reaches.
    let left = TimestampMillisecondArray::from(vec![1_772_446_200_000, 253_402_300_799_000]);
    save(
        &work.path("s.parquet"),
        vec![
            ("viewer_id", texts(["v1", "v2"])),
            ("streamer_id", texts(["s1", "s1"])),
            ("entered_at", texts(["2026-03-02 10:00:00", "2026-03-02 10:00:00"])),
            ("left_at", Arc::new(left)),
        ],
    );
    let (code, out, err) = run(&work, "o.csv", "s.parquet", &["--max-bad", "100%"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains("1 row of the sessions rejected (left_at not a time: 1)"), "{err}");
    assert!(out.lines().count() == 2, "{out}");
}
