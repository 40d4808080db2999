//! Parquet of typed columns against CSV of the same values: the quick way through typed cells, and their texts, may differ in nothing.

use std::sync::Arc;

use arrow_array::types::{Int16Type, Int32Type, Int64Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, Date32Array, Float64Array, Int64Array, PrimitiveArray, StringArray,
    TimestampMicrosecondArray, TimestampMillisecondArray, TimestampNanosecondArray,
};
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};
use proptest::prelude::*;

use crate::columns::{Columns, bytes, decimals};
use crate::support::Work;

/// A column in both forms.
type Column = (ArrayRef, Vec<String>);

fn column<V: Copy>(values: &[Option<V>], array: ArrayRef, text: impl Fn(V) -> String) -> Column {
    let texts = values.iter().map(|value| value.map(&text).unwrap_or_default()).collect();
    (array, texts)
}

fn texts(words: Vec<String>) -> Column {
    let cells = words.iter().map(|word| Some(word.as_str()).filter(|word| !word.is_empty()));
    (Arc::new(cells.collect::<StringArray>()), words)
}

fn whole<T: ArrowPrimitiveType>(values: &[Option<i64>]) -> Column
where
    T::Native: TryFrom<i64> + std::fmt::Display + Copy,
{
    let values: Vec<Option<T::Native>> =
        values.iter().map(|value| value.and_then(|value| value.try_into().ok())).collect();
    column(&values, Arc::new(values.iter().copied().collect::<PrimitiveArray<T>>()), |value| {
        value.to_string()
    })
}

fn shown(second: i64, format: &str) -> String {
    let time = jiff::Timestamp::from_second(second).unwrap();
    time.to_zoned(jiff::tz::TimeZone::UTC).strftime(format).to_string()
}

/// Seconds as a column of times.
fn times(form: u8, seconds: &[Option<i64>]) -> Column {
    let (local, zoned) = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%SZ");
    let scaled = |by: i64| seconds.iter().map(move |second| second.map(|second| second * by + by - 1));
    match form {
        0 => column(seconds, Arc::new(scaled(1_000).collect::<TimestampMillisecondArray>()), |s| {
            shown(s, local)
        }),
        1 => column(seconds, Arc::new(scaled(1_000_000).collect::<TimestampMicrosecondArray>()), |s| {
            shown(s, local)
        }),
        2 => {
            let array = scaled(1_000_000).collect::<TimestampMicrosecondArray>().with_timezone("UTC");
            column(seconds, Arc::new(array), |s| shown(s, zoned))
        }
        3 => {
            let array = scaled(1_000_000_000).collect::<TimestampNanosecondArray>().with_timezone("+08:00");
            column(seconds, Arc::new(array), |s| shown(s, zoned))
        }
        4 => {
            let days = seconds.iter().map(|second| second.map(|second| second.div_euclid(86_400) as i32));
            column(seconds, Arc::new(days.collect::<Date32Array>()), |s| shown(s, "%Y-%m-%d"))
        }
        5 => column(seconds, Arc::new(seconds.iter().copied().collect::<Int64Array>()), |s| s.to_string()),
        _ => texts(seconds.iter().map(|s| s.map_or_else(String::new, |s| shown(s, local))).collect()),
    }
}

fn ids(form: u8, numbers: &[Option<i64>]) -> Column {
    match form {
        0 => whole::<Int64Type>(numbers),
        1 => whole::<UInt64Type>(numbers),
        2 => whole::<Int16Type>(numbers),
        3 => texts(numbers.iter().map(|n| n.map_or_else(String::new, |n| format!("用户{n}"))).collect()),
        _ => texts(numbers.iter().map(|n| n.map_or_else(String::new, |n| n.to_string())).collect()),
    }
}

fn numbers(form: u8, values: &[Option<i64>]) -> Column {
    match form {
        0 => whole::<Int64Type>(values),
        1 => whole::<Int32Type>(values),
        2 => {
            let floats: Vec<Option<f64>> =
                values.iter().map(|value| value.map(|value| value as f64 / 2.0)).collect();
            column(&floats, Arc::new(floats.iter().copied().collect::<Float64Array>()), |value| {
                value.to_string()
            })
        }
        _ => texts(
            values.iter().map(|value| value.map_or_else(String::new, |value| value.to_string())).collect(),
        ),
    }
}

fn money(form: u8, cents: &[Option<i64>]) -> Column {
    let point = |cents: i64| {
        let sign = if cents < 0 { "-" } else { "" };
        let text = format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100);
        // As a CSV of the same decimals would be: places of zeros say nothing.
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let scaled = |by: i128| cents.iter().map(|cents| cents.map(|cents| i128::from(cents) * by)).collect();
    match form {
        0 => column(cents, decimals(scaled(1), 18, 2), point),
        1 => column(cents, decimals(scaled(1), 38, 2), point),
        2 => column(cents, decimals(scaled(100), 38, 4), point),
        3 => whole::<Int64Type>(cents),
        _ => texts(cents.iter().map(|cents| cents.map_or_else(String::new, point)).collect()),
    }
}

fn maybe(value: impl Strategy<Value = i64>) -> impl Strategy<Value = Option<i64>> {
    prop::option::weighted(0.9, value)
}

fn time() -> impl Strategy<Value = Option<i64>> {
    // In March 2026, over a change of clocks in New York; and far away.
    let near = 1_772_380_000_i64..1_773_000_000;
    maybe(prop_oneof![20 => near, 1 => -9_000_000_000_i64..9_000_000_000])
}

fn id() -> impl Strategy<Value = Option<i64>> {
    maybe(
        prop_oneof![8 => 0_i64..9, 1 => 6_940_000_000_000_000_000_i64..6_940_000_000_000_000_009, 1 => -3_i64..1_000],
    )
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(words.to_vec()).prop_map(str::to_owned)
}

/// How a file is written: pages, row groups, encodings, codecs.
fn properties((small, dictionary, second, codec): (bool, bool, bool, u8)) -> WriterProperties {
    let codec = match codec {
        0 => Compression::UNCOMPRESSED,
        1 => Compression::SNAPPY,
        2 => Compression::GZIP(GzipLevel::default()),
        3 => Compression::LZ4_RAW,
        4 => Compression::LZ4,
        5 => Compression::BROTLI(BrotliLevel::default()),
        _ => Compression::ZSTD(ZstdLevel::default()),
    };
    WriterProperties::builder()
        .set_compression(codec)
        .set_dictionary_enabled(dictionary)
        .set_writer_version(if second { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 })
        .set_max_row_group_row_count(small.then_some(7))
        .set_data_page_row_count_limit(if small { 3 } else { 1_000 })
        .set_write_batch_size(3)
        .build()
}

/// A file of columns in both forms: the bytes of Parquet, and the text of CSV.
fn files(columns: &[(&'static str, Column)], written: WriterProperties) -> (Vec<u8>, String) {
    let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
    let rows = columns[0].1.0.len();
    let line =
        |row: usize| columns.iter().map(|(_, (_, texts))| texts[row].as_str()).collect::<Vec<_>>().join(",");
    let lines: Vec<String> = std::iter::once(names.join(",")).chain((0..rows).map(line)).collect();
    let typed: Columns = columns.iter().map(|(name, (array, _))| (*name, Arc::clone(array))).collect();
    (bytes(typed, written), lines.join("\n") + "\n")
}

/// What a run says: its result, the rejected rows with their lines less those of headers, and how many were read.
fn run(orders: &[u8], sessions: &[u8], header: u64, options: &str) -> (i32, String, Vec<Vec<String>>) {
    let work = Work::new();
    work.write("o.csv", orders);
    work.write("s.csv", sessions);
    let line = format!(
        "decompose --orders o.csv --sessions s.csv --max-bad 100% --unknown-status count --rejects r.csv --format csv {options}"
    );
    let run = work.run(&line.split_whitespace().collect::<Vec<_>>());
    let rejects = std::fs::read(work.path("r.csv")).unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(rejects.as_slice());
    let at = reader.headers().unwrap().iter().position(|name| name == "line");
    let rows = reader.records().map(|row| {
        let mut row: Vec<String> = row.unwrap().iter().map(str::to_owned).collect();
        if let Some(cell) = at.and_then(|at| row.get_mut(at)) {
            *cell = (cell.parse::<u64>().unwrap() - header).to_string();
        }
        row
    });
    (run.code, run.out, rows.collect())
}

/// For each row of orders, its numbers and words.
type Order = ([Option<i64>; 3], Option<i64>, [Option<i64>; 2], [String; 2], Option<i64>);
/// For each row of sessions, its numbers and words.
type Session = ([Option<i64>; 2], [Option<i64>; 2], Option<i64>, String, Option<i64>);

fn order() -> impl Strategy<Value = Order> {
    let amount = || maybe(prop_oneof![9 => 0_i64..1_000_000, 1 => -500_i64..1_000_000_000_000_000_000]);
    let words = [
        word(&["paid", "shipped", "refunded", "pending", "", "odd"]).boxed(),
        word(&["live", "card", "", " live"]).boxed(),
    ];
    ([id(), id(), id()], time(), [amount(), amount()], words, id())
}

fn session() -> impl Strategy<Value = Session> {
    let seconds = maybe(prop_oneof![9 => 0_i64..4_000, 1 => -5_i64..1_000_000_000]);
    ([id(), id()], [time(), time()], seconds, word(&["follow", "recommend", "paid", "", "odd"]), id())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn typed_cells_mean_what_their_texts_mean(
        orders in prop::collection::vec(order(), 1..24),
        sessions in prop::collection::vec(session(), 1..24),
        forms in prop::array::uniform8(0_u8..7),
        written in (any::<bool>(), any::<bool>(), any::<bool>(), 0_u8..7),
        options in word(&["", "--by live --attribution all", "--basis net --timezone America/New_York", "--by carrier", "--timezone UTC --by total --period day"]),
    ) {
        let [id_form, time_form, money_form, number_form, live_form, left_form, streamer_form, refund_form] = forms;
        let of = |pick: &dyn Fn(&Order) -> Option<i64>| orders.iter().map(pick).collect::<Vec<_>>();
        let order_words = |at: usize| texts(orders.iter().map(|order| order.3[at].clone()).collect());
        let (orders_typed, orders_text) = files(&[
            ("order_id", ids(id_form, &of(&|order| order.0[0]))),
            ("buyer_id", ids(id_form, &of(&|order| order.0[1]))),
            ("streamer_id", ids(streamer_form, &of(&|order| order.0[2]))),
            ("paid_at", times(time_form, &of(&|order| order.1))),
            ("amount", money(money_form, &of(&|order| order.2[0]))),
            ("refund_amount", money(refund_form, &of(&|order| order.2[1]))),
            ("status", order_words(0)),
            ("carrier", order_words(1)),
            ("live_id", ids(live_form, &of(&|order| order.4))),
        ], properties(written));
        let of = |pick: &dyn Fn(&Session) -> Option<i64>| sessions.iter().map(pick).collect::<Vec<_>>();
        let (sessions_typed, sessions_text) = files(&[
            ("viewer_id", ids(id_form, &of(&|session| session.0[0]))),
            ("streamer_id", ids(streamer_form, &of(&|session| session.0[1]))),
            ("entered_at", times(time_form, &of(&|session| session.1[0]))),
            ("left_at", times(left_form, &of(&|session| session.1[1]))),
            ("watch_seconds", numbers(number_form, &of(&|session| session.2))),
            ("source", texts(sessions.iter().map(|session| session.3.clone()).collect())),
            ("live_id", ids(live_form, &of(&|session| session.4))),
        ], properties(written));
        let typed = run(&orders_typed, &sessions_typed, 0, &options);
        let text = run(orders_text.as_bytes(), sessions_text.as_bytes(), 1, &options);
        prop_assert_eq!(typed, text);
    }
}
