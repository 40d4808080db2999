//! The quick way through rows against the careful one: a quote in the header sends a whole block the careful way, and nothing may differ.

use proptest::prelude::*;

use crate::support::Work;

/// Ids of every form that exports give them.
fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        20 => (0_u32..9).prop_map(|n| format!("u{n}")),
        8 => (0_u32..9).prop_map(|n| format!("69400000000000000{n}0")),
        4 => (0_u32..3).prop_map(|n| format!("{}", 123_456_789_u64 + u64::from(n))),
        3 => prop::sample::select(vec![
            "", " ", "0", "007", "12", "u1 ", "u1\t", "\tu1", "'u1", "`u1", "=\u{201c}u1", "9.44E+18", "#N/A", "#1", "**", "张**", "匿名", "甲",
            "甲乙丙丁戊", "甲乙丙丁戊己", "abcdefghijklmno", "abcdefghijklmnop", "12345678901234567890", "u1\u{3000}", "\u{a0}u1", "-", "--", "—", "/", "1+1",
            "123456789a", "000000001",
        ]).prop_map(str::to_owned),
    ]
}

fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        24 => (1_u32..4, 0_u32..24, 0_u32..60).prop_map(|(day, hour, minute)| format!("2026-03-0{day} {hour:02}:{minute:02}:07")),
        1 => (1_u32..4, 0_u32..24).prop_map(|(day, hour)| format!("2026/3/{day} {hour}:00")),
        2 => prop::sample::select(vec![
            "", "2026-02-30 10:00:00", "2026-03-01 24:00:00", "2026-03-01 10:60:00", "2026-03-01T10:00:00", "2026-03-01_10:00:00", "1774581115",
            "2026-03-01", " 2026-03-01 10:00:00", "2026-03-01 1a:00:00", "2026-03-01 10:00:0", "1969-12-31 23:00:00", "9999-12-31 23:59:59",
        ]).prop_map(str::to_owned),
    ]
}

fn amount() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => (0_u32..9_999).prop_map(|cents| format!("{}.{:02}", cents / 100, cents % 100)),
        1 => prop::sample::select(vec!["", "0", "1.5", "1.005", "-1", "¥3.00", "1,000.00", "x", "12元", " 7.00", "9999999999999999", "--"])
            .prop_map(str::to_owned),
    ]
}

fn word(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(words.to_vec()).prop_map(str::to_owned)
}

const ORDERS: &str =
    "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount,status,carrier,live_id,category";
const SESSIONS: &str = "viewer_id,streamer_id,entered_at,left_at,watch_seconds,source,live_id";

fn order() -> impl Strategy<Value = String> {
    let status =
        word(&["paid", "shipped", "completed", "refunded", "pending", "cancelled", "", "Paid", "odd"]);
    let carrier = word(&["live", "video", "", "odd", " live"]);
    (id(), id(), id(), time(), amount(), amount(), status, carrier, id(), word(&["shoes", "", "a b"]))
        .prop_map(|(order, buyer, streamer, paid, amount, refund, status, carrier, live, category)| {
            [order, buyer, streamer, paid, amount, refund, status, carrier, live, category].join(",")
        })
}

fn session() -> impl Strategy<Value = String> {
    let seconds = word(&["", "60", "3600", "12.9", "-1", "99999999", "999999999", "x", " 5"]);
    let source = word(&["follow", "recommend", "paid", "", "odd", "shop"]);
    (id(), id(), time(), time(), seconds, source, id()).prop_map(
        |(viewer, streamer, entered, left, seconds, source, live)| {
            [viewer, streamer, entered, left, seconds, source, live].join(",")
        },
    )
}

/// What a run on these rows says, with the first name of each header quoted or not.
fn run(
    (names, orders): (&str, &[String]),
    sessions: &[String],
    options: &str,
    quoted: bool,
) -> (i32, String, String, String) {
    let header = |names: &str| match (quoted, names.split_once(',')) {
        (true, Some((first, rest))) => format!("\"{first}\",{rest}"),
        _ => names.to_owned(),
    };
    let text = |names, rows: &[String]| format!("{}\n{}\n", header(names), rows.join("\n"));
    let work = Work::with(&[("o.csv", &text(names, orders)), ("s.csv", &text(SESSIONS, sessions))]);
    let line = format!(
        "decompose --orders o.csv --sessions s.csv --max-bad 100% --unknown-status count --rejects r.csv --format json {options}"
    );
    let run = work.run(&line.split_whitespace().collect::<Vec<_>>());
    (run.code, run.out, run.err, std::fs::read_to_string(work.path("r.csv")).unwrap_or_default())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_quick_way_differs_in_nothing(
        orders in prop::collection::vec((order(), id()), 1..24),
        lines in any::<bool>(),
        sessions in prop::collection::vec(session(), 1..24),
        options in word(&[
            "", "--by live --attribution all", "--by streamer,category", "--basis net", "--by carrier --attribution window:1h",
            "--allow-mangled-ids --by total --period day",
        ]),
    ) {
        let names = if lines { format!("{ORDERS},line_id") } else { ORDERS.to_owned() };
        let row = |(order, line): (String, String)| if lines { format!("{order},{line}") } else { order };
        let orders: Vec<String> = orders.into_iter().map(row).collect();
        let quick = run((&names, &orders), &sessions, &options, false);
        let careful = run((&names, &orders), &sessions, &options, true);
        prop_assert_eq!(quick, careful);
    }
}
