//! Where rows and money went, what is known of files and columns, and how the command ends.

use super::{Found, check, numbers};
use crate::shop::{BOTH, ORDERS, SESSIONS, orders_with, sessions_with, shop};
use crate::support::Work;

/// The shop with everything that can become of a row.
fn everything() -> Work {
    let work = shop();
    let (header, body) = ORDERS.split_once('\n').unwrap();
    let more = "A-10,u1,s1,,2026-03-03 10:00:00,5.555,,paid,live,x\n\
                A-11,u1,s1,,2026-03-03 10:00:00,7.00,9.00,refunded,live,x\n\
                A-12,u1,s1,,2026-04-03 10:00:00,8.00,,paid,live,x\n\
                A-13,u1,s1,,2026-03-03 10:00:00,9.00,,odd,live,x\n\
                A-14,u1,s1,,not today,11.00,,paid,live,x\n\
                A-15,u1,s1,,,12.00,,paid,live,x\n\
                A-16,u1,s1,,2026-03-03 10:00:00,0.00,,refunded,live,x\n\
                A-17,u1,s1,,2026-03-03 10:00:00,1.00,,refunded,live,x\n\
                A-18,u1\n";
    let later = body.lines().nth(2).unwrap().replace("1299.90", "1200.00");
    work.write("orders.csv", format!("{header}\n{body}{header}\n{more}{later}\n"));
    let more = ",,,,,\n9,u9,s1,2026-03-05 20:00:00,2026-03-05 19:00:00,follow\n\
                10,u9,s1,2026-02-20 20:00:00,2026-02-20 20:00:10,tv\n";
    work.write("sessions.csv", format!("{SESSIONS}{more}"));
    work
}

/// Rows and cents of all findings of the orders' list, summed: what was read, and where it went.
fn sums(found: &Found) -> ((u64, i64), (u64, i64)) {
    let parts = [
        "rows_structural",
        "rows_superseded",
        "rows_never_paid",
        "rows_without_payment_time",
        "rows_unknown_status",
        "rows_out_of_range",
        "rows_counted",
        "rows_rejected",
    ];
    let cents = |money: Option<f64>| money.map_or(0, |money| (money * 100.0).round() as i64);
    let mut sum = (0, 0);
    for part in parts {
        for row in found.all("orders", part) {
            sum = (sum.0 + row["count"].as_u64().unwrap(), sum.1 + cents(row["gmv"].as_f64()));
        }
    }
    let read = found.one("orders", "rows_read");
    ((read["count"].as_u64().unwrap(), cents(read["gmv"].as_f64())), sum)
}

#[test]
fn the_rows_of_everything_close() {
    let found = check(&everything(), &format!("{BOTH} --from 2026-03-02 --to 2026-03-15"));
    assert_eq!(found.code, 1);
    for (name, expected) in [
        ("rows_read", numbers("ok", 20, Some("3072.81"))),
        ("rows_structural", numbers("ok", 1, Some("0.00"))),
        ("over_max_bad", numbers("error", 3, Some("11.00"))),
        ("rows_superseded", numbers("ok", 1, Some("1299.90"))),
        ("rows_never_paid", numbers("ok", 1, Some("15.00"))),
        ("rows_without_payment_time", numbers("ok", 1, Some("12.00"))),
        ("rows_unknown_status", numbers("error", 1, Some("9.00"))),
        ("rows_out_of_range", numbers("ok", 1, Some("8.00"))),
        ("rows_counted", numbers("ok", 11, Some("1717.91"))),
        ("orders_without_buyer", numbers("note", 1, Some("20.00"))),
        ("orders_without_streamer", numbers("note", 1, Some("30.00"))),
        ("orders_of_zero", numbers("note", 1, Some("0.00"))),
        ("rows_refunded", numbers("ok", 3, Some("168.90"))),
        ("refunds_above_amount", numbers("warning", 1, Some("2.00"))),
        ("refunds_without_amount", numbers("note", 1, Some("1.00"))),
    ] {
        assert_eq!(found.numbers("orders", name), expected, "{name}");
    }
    assert_eq!(found.one("orders", "reconciliation")["level"], "ok");
    let (read, sum) = sums(&found);
    assert_eq!(read, sum);
    assert!(found.detail("orders", "rows_unknown_status").starts_with("\"odd\" (1): map them"));
    let rejected: Vec<(&str, u64, f64, &str)> = found
        .all("orders", "rows_rejected")
        .iter()
        .map(|row| {
            let text = |name: &str| row[name].as_str().unwrap();
            (text("detail"), row["count"].as_u64().unwrap(), row["gmv"].as_f64().unwrap(), text("examples"))
        })
        .collect();
    let expected = [
        ("wrong number of cells", 1, 0.0, "orders.csv:20"),
        ("amount more decimals than the currency has", 1, 0.0, "orders.csv:12:6"),
        ("paid_at not a time", 1, 11.0, "orders.csv:16:5"),
    ];
    assert_eq!(rejected, expected);
}

#[test]
fn the_rows_of_sessions_close() {
    let found = check(&everything(), &format!("{BOTH} --from 2026-03-02 --to 2026-03-15"));
    for (name, expected) in [
        ("rows_read", numbers("ok", 12, None)),
        ("rows_structural", numbers("ok", 1, None)),
        ("rows_rejected", numbers("warning", 1, None)),
        ("over_max_bad", numbers("error", 1, None)),
        ("sessions_of_guests", numbers("ok", 1, None)),
        ("rows_out_of_range", numbers("ok", 1, None)),
        ("rows_counted", numbers("ok", 8, None)),
        ("sessions_without_duration", numbers("warning", 1, None)),
        ("sessions_of_zero_seconds", numbers("ok", 1, None)),
        ("watched_twice", numbers("note", 900, None)),
        ("unknown_sources", numbers("warning", 1, None)),
    ] {
        assert_eq!(found.numbers("sessions", name), expected, "{name}");
    }
    assert_eq!(found.one("sessions", "reconciliation")["level"], "ok");
    assert_eq!(found.one("sessions", "rows_rejected")["examples"], "sessions.csv:12:5");
    assert!(found.detail("sessions", "unknown_sources").starts_with("\"tv\" (1): they count as organic"));
}

#[test]
fn lines_count_as_rows_and_as_orders() {
    let work = shop();
    let lines = "order_id,line_id,buyer_id,streamer_id,paid_at,amount\n\
                 o1,1,u1,s1,2026-03-02 20:10:00,10.00\n\
                 o1,2,u1,s1,2026-03-02 20:10:00,20.00\n\
                 o2,1,u2,s1,2026-03-02 20:10:00,7.00\n";
    work.write("orders.csv", lines);
    let found = check(&work, BOTH);
    assert_eq!(found.numbers("orders", "rows_counted"), numbers("ok", 3, Some("37.00")));
    assert_eq!(found.numbers("orders", "orders_counted"), numbers("ok", 2, Some("37.00")));
    assert_eq!(found.numbers("both", "orders_with_session"), numbers("ok", 2, Some("37.00")));
}

#[test]
fn files_and_their_columns() {
    let work = shop();
    work.write("empty.csv", "order_id;buyer_id;streamer_id;paid_at;amount;note\n");
    let found = check(&work, "--orders orders.csv empty.csv --sessions sessions.csv --set streamer_id=s1");
    let files = found.all("orders", "file");
    assert_eq!((files[0]["count"].as_u64(), files[0]["level"].as_str()), (Some(9), Some("ok")));
    assert_eq!((files[1]["count"].as_u64(), files[1]["level"].as_str()), (Some(0), Some("warning")));
    assert_eq!(files[1]["detail"], "UTF-8, `;`, profile canonical; only a header, no rows");
    let used = found.all("orders", "columns_used")[1];
    assert_eq!(used["detail"], "order_id, buyer_id, streamer_id ← --set s1, paid_at, amount");
    let ignored = found.all("orders", "columns_ignored");
    assert_eq!(
        (&ignored[0]["detail"], ignored[0]["count"].as_u64()),
        (&"streamer_id, category".into(), Some(2))
    );
    assert_eq!(ignored[1]["detail"], "streamer_id, note");
    let missing = found.one("orders", "columns_missing");
    assert_eq!((&missing["file"], &missing["level"]), (&"empty.csv".into(), &"note".into()));
    assert!(missing["detail"].as_str().unwrap().starts_with("refund_amount, status, carrier: map them"));
}

#[test]
fn files_with_the_same_columns_name_them_once_in_the_list() {
    let work = shop();
    for file in ["w1", "w2", "w3"] {
        work.write(&format!("weeks/{file}.csv"), ORDERS);
    }
    let list = work.ok(&["check", "--orders", "weeks", "--format", "table"]);
    let count = |text: &str| list.matches(text).count();
    assert_eq!((count("columns used"), count("weeks/w"), count("superseded")), (1, 3, 1), "{list}");
    assert_eq!(check(&work, "--orders weeks").all("orders", "columns_used").len(), 3);
}

#[test]
fn a_header_without_rows_is_a_warning() {
    let work = shop();
    work.write("orders.csv", ORDERS.lines().next().unwrap());
    let found = check(&work, "--orders orders.csv");
    assert_eq!((found.code, found.worst()), (0, "warning"), "{}", found.out);
    let found = check(&work, BOTH);
    assert_eq!((found.code, found.worst()), (0, "warning"), "{}", found.out);
}

#[test]
fn what_is_counted_is_what_decompose_counts() {
    let work = Work::new();
    let size = ["sample", "-q", "--sessions", "6000", "--streamers", "6", "--weeks", "3", "--out", "."];
    work.ok(&size);
    let found = check(&work, BOTH);
    let words = ["decompose", "--by", "total", "--period", "week"];
    let files = ["--orders", "orders.csv", "--sessions", "sessions.csv"];
    let table = work.ok(&[&words[..], &files].concat());
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|column| column == name).unwrap();
    let (mut orders, mut cents, mut all) = (0, 0, 0);
    for row in reader.records() {
        let row = row.unwrap();
        let whole = |name: &str| row[at(name)].replace('.', "").parse::<u64>().unwrap();
        orders += whole("orders");
        cents += whole("gmv");
        all += whole("gmv_total");
    }
    let money = |cents: u64| format!("{}.{:02}", cents / 100, cents % 100);
    let attributed = found.numbers("both", "orders_with_session_of_streamer_in_week");
    assert_eq!(attributed, numbers("ok", orders, Some(&money(cents))));
    assert_eq!(found.numbers("orders", "rows_counted").2, Some(money(all)));
}

#[test]
fn streamers_that_a_table_does_not_list() {
    let work = shop();
    work.write("streamers.csv", "streamer_id,tier\ns1,head\n");
    let found = check(&work, &format!("{BOTH} --streamers streamers.csv"));
    assert_eq!(found.numbers("both", "streamers_unlisted"), numbers("warning", 1, None));
    assert_eq!(found.detail("both", "streamers_unlisted"), "such as s2");
}

#[test]
fn exit_codes() {
    let good = Work::with(&[
        ("o.csv", &super::orders(&["u1,s1,2026-03-02 20:00:00,1.00".into()])),
        ("s.csv", &super::sessions(&["u1,s1,2026-03-02 19:50:00,1200".into()])),
    ]);
    let both = "--orders o.csv --sessions s.csv --strict";
    let found = check(&good, both);
    assert_eq!((found.code, found.worst()), (0, "note"), "{}", found.out);
    // A session without a duration is a warning: 3 under --strict alone.
    good.write("s.csv", super::sessions(&["u1,s1,2026-03-02 19:50:00,".into()]));
    assert_eq!(check(&good, both).code, 3);
    assert_eq!(check(&good, "--orders o.csv --sessions s.csv").code, 0);
    let work = shop();
    assert_eq!(check(&work, &format!("{BOTH} --max-bad 0")).code, 0);
    work.write("orders.csv", orders_with("59.90", "59.905"));
    let found = check(&work, BOTH);
    assert_eq!((found.code, found.worst()), (1, "error"));
    assert_eq!(check(&work, &format!("{BOTH} --max-bad 20%")).code, 0);
    assert_eq!(check(&work, &format!("{BOTH} --max-bad 20% --strict")).code, 3);
    work.write("orders.csv", orders_with(",shipped,", ",sold,"));
    assert_eq!(check(&work, BOTH).code, 1);
    for (code, arguments, message) in [
        (
            2,
            "",
            "gmv: --orders FILE or --sessions FILE is needed, or both (or --store DIR, or --rooms FILE)\n",
        ),
        (2, "--orders orders.csv --from 2026-03-02 --to 2026-03-01", "gmv: --from is after --to\n"),
        (2, "--orders orders.csv --set colour=red", "gmv: --set colour: no such column"),
        (2, "--orders orders.csv --same-amount-buyers 1", "error: invalid value '1'"),
        (1, "--orders nothing.csv", "gmv: nothing.csv: no such file or directory\n"),
        (
            1,
            "--sessions orders.csv",
            "gmv: orders.csv:1: the header is that of orders (profile canonical), not of sessions",
        ),
        (2, "--orders orders.csv -o orders.csv", "gmv: -o orders.csv would replace one of the inputs"),
    ] {
        let words: Vec<&str> = ["check"].into_iter().chain(arguments.split_whitespace()).collect();
        let err = work.fails(code, &words);
        assert!(err.starts_with(message), "{arguments}: {err}");
    }
}

#[test]
fn one_input_alone_says_what_is_not_known() {
    let work = shop();
    let found = check(&work, "--orders orders.csv");
    assert_eq!(found.code, 0);
    assert_eq!(found.detail("both", "id_overlap"), "not known: no sessions were given");
    assert_eq!(found.detail("both", "clock_skew"), "not known: no sessions were given");
    assert_eq!(found.numbers("orders", "orders_per_hour"), numbers("ok", 0, Some("0.00")));
    assert!(found.rows.iter().all(|row| row["input"] != "sessions"), "{}", found.out);
    let found = check(&work, "--sessions sessions.csv");
    assert_eq!(found.code, 0);
    assert_eq!(found.detail("both", "id_overlap"), "not known: no orders were given");
    assert_eq!(found.numbers("sessions", "viewers"), numbers("ok", 7, None));
    assert!(found.all("orders", "rows_read").is_empty());
    let masked = SESSIONS.lines().map(|line| line.replace(",u", ",*u")).collect::<Vec<_>>().join("\n");
    work.write("sessions.csv", masked.replace(",7", ",").replace(",0", ","));
    work.write("orders.csv", orders_with("u1,s1", ",s1").replace("u1,", ",").replace("u2,", ","));
    assert_eq!(check(&work, BOTH).code, 0);
}

#[test]
fn orders_without_buyers_are_checked_all_the_same() {
    let work = shop();
    work.write("orders.csv", "order_id,paid_at,amount\n1,2026-03-02 20:00:00,5.00\n2,,6.00\n");
    let found = check(&work, BOTH);
    assert_eq!(found.code, 0);
    assert_eq!(found.numbers("orders", "rows_counted"), numbers("ok", 1, Some("5.00")));
    assert_eq!(found.one("orders", "columns_missing")["level"], "warning");
    let why = "not known: the export has no buyer; rows, money and dates above are known all the same";
    for (input, name) in [("both", "id_overlap"), ("both", "clock_skew"), ("orders", "same_amount")] {
        assert_eq!((found.detail(input, name), &found.one(input, name)["level"]), (why, &"note".into()));
    }
}

#[test]
fn refunds_above_amounts_mean_that_amounts_are_net_already() {
    let work = shop();
    let refunds = "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount\n\
                   1,u1,s1,2026-03-02 20:00:00,0.00,64.80\n2,u1,s1,2026-03-02 20:00:00,148.90,178.80\n\
                   3,u1,s1,2026-03-02 20:00:00,10.00,5.00\n";
    work.write("orders.csv", refunds);
    let found = check(&work, BOTH);
    assert_eq!(found.numbers("orders", "refunds_above_amount"), numbers("warning", 2, Some("94.70")));
    assert!(found.detail("orders", "refunds_above_amount").contains("already net of refunds"));
    work.write(
        "p.toml",
        "name = \"p\"\n[orders.columns]\namount = { plus = [\"amount\", \"refund_amount\"] }\n",
    );
    let found = check(&work, &format!("{BOTH} --profile p.toml"));
    assert!(found.all("orders", "refunds_above_amount").is_empty());
    assert!(found.detail("orders", "columns_used").contains("amount ← amount + refund_amount"));
}

#[test]
fn sessions_that_never_end_well_are_rejected_by_reason() {
    let work = shop();
    work.write("sessions.csv", sessions_with("2026-03-02 20:30:00", "2026-03-02 19:30:00"));
    let found = check(&work, BOTH);
    let rejected = found.one("sessions", "rows_rejected");
    assert_eq!(rejected["detail"], "left_at ends before it begins");
    assert_eq!(rejected["share"].as_f64().unwrap().to_string(), (1.0_f64 / 9.0).to_string());
}
