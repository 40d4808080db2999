//! Rows and numbers that were lost or wrong.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float32Array};

use super::{ORDERS, SESSIONS, ok, refused, shop};
use crate::columns::{Columns, decimals, floats, metadata, save, texts};

#[test]
fn a_refund_of_the_whole_order_stands_on_one_of_its_lines() {
    let work = shop();
    let header = ORDERS.lines().next().unwrap().replace("order_id", "order_id,line_id");
    let line = |line: &str, refund: &str| {
        format!("1,{line},u1,s1,2026-03-02 20:10:00,50.00,{refund},refunded,food,live\n")
    };
    work.write("l.csv", format!("{header}\n{}{}", line("1", "100.00"), line("2", "")));
    let run = ok(&work, "--orders l.csv --sessions s.csv --basis net");
    assert!(run.err.contains("− refunded in full         2  100.00"), "{}", run.err);
    work.write("l.csv", format!("{header}\n{}{}", line("1", ""), line("2", "")));
    refused(
        &work,
        1,
        "--orders l.csv --sessions s.csv --basis net",
        "l.csv:2: --basis net: the status says refunded",
    );
}

#[test]
fn a_business_day_that_begins_in_a_change_of_clocks_keeps_its_rows() {
    for (day_start, time) in [("01:30", "2026-11-01T06:10:00Z"), ("02:30", "2026-03-08T07:10:00Z")] {
        let work = shop();
        work.write("o.csv", ORDERS.replace("2026-03-02 20:10:00", time).replace("2026-03-03 20:10:00", time));
        work.write(
            "s.csv",
            "viewer_id,streamer_id,entered_at,watch_seconds\nu1,s1,TIME,60\n".replace("TIME", time),
        );
        let arguments =
            "--orders o.csv --sessions s.csv --timezone America/New_York --period day --day-start";
        let run = ok(&work, &format!("{arguments} {day_start}"));
        assert!(!run.err.contains("out of the date range") && run.out.lines().count() == 2, "{}", run.err);
    }
}

#[test]
fn sessions_without_sources_beside_others_are_named() {
    let work = shop();
    work.write("s2.csv", "viewer_id,streamer_id,entered_at,watch_seconds\nu3,s1,2026-03-02 20:00:00,60\n");
    let run = ok(&work, "--orders o.csv --sessions s.csv s2.csv");
    assert!(run.err.contains("warning: s2.csv: no source column"), "{}", run.err);
}

#[test]
fn parquet_numbers_count_with_their_value() {
    let work = shop();
    let whole = |names: &[&'static str], amount: ArrayRef| {
        let mut columns: Columns = names.iter().map(|name| (*name, texts(["1", "2"]))).collect();
        columns.push(("paid_at", texts(["2026-03-02 20:10:00", "2026-03-03 20:10:00"])));
        columns.push(("amount", amount));
        columns
    };
    let names = ["order_id", "buyer_id", "streamer_id"];
    for (name, amount) in [
        ("decimal.parquet", decimals(vec![Some(199_900), Some(500_100)], 18, 4)),
        (
            "wide.parquet",
            decimals(vec![Some(1_999 * 10_i128.pow(28)), Some(5_001 * 10_i128.pow(28))], 38, 30),
        ),
        ("f32.parquet", Arc::new(Float32Array::from(vec![19.99, 50.01]))),
        ("f64.parquet", floats([19.99, 50.01])),
    ] {
        save(&work.path(name), whole(&names, amount));
        let run = ok(&work, &format!("--orders {name} --attribution all --by total"));
        assert!(run.out.contains(",70.00,"), "{}", run.out);
    }
    // A column that is used twice: as a status and as a group.
    let mut statuses = whole(&names, floats([19.99, 50.01]));
    statuses.push(("status", texts(["paid", "shipped"])));
    save(&work.path("o.parquet"), statuses);
    let run = ok(&work, "--orders o.parquet --attribution all --by status");
    assert!(run.out.contains("shipped,50.01,") && run.out.contains("paid,19.99,"), "{}", run.out);
    // NaN is no duration.
    let sessions = vec![
        ("viewer_id", texts(["1", "2"])),
        ("streamer_id", texts(["1", "1"])),
        ("entered_at", texts(["2026-03-02 20:00:00", "2026-03-02 20:00:00"])),
        ("watch_seconds", floats([f64::NAN, 60.0])),
    ];
    save(&work.path("s.parquet"), sessions);
    let run = ok(&work, "--orders o.csv --sessions s.parquet --by total --period all");
    assert!(run.err.contains("sessions without a duration, counted as 0 seconds: 1"), "{}", run.err);
}

#[test]
fn a_repeated_header_is_known_behind_a_mark_and_quotes() {
    let work = shop();
    let quoted: Vec<String> =
        ORDERS.lines().next().unwrap().split(',').map(|name| format!("\"{name}\"")).collect();
    work.write(
        "o.csv",
        format!("{ORDERS}\u{feff}{}\n3,u1,s1,2026-03-02 20:10:00,1.00,0,paid,food,live\n", quoted.join(",")),
    );
    let run = ok(&work, "--orders o.csv --sessions s.csv --max-bad 0");
    assert!(run.err.contains("repeated headers, blank rows  1"), "{}", run.err);
}

#[test]
fn an_order_of_nobody_in_two_slices_is_one_order_of_the_total() {
    let work = shop();
    let header = ORDERS.lines().next().unwrap().replace("order_id", "order_id,line_id");
    work.write(
        "n.csv",
        format!("{header}\n1,1,,s1,2026-03-02 20:10:00,50.00,0,paid,food,live\n1,2,,s1,2026-03-02 20:10:00,50.00,0,paid,toys,live\n"),
    );
    let run = work.run(&[
        "decompose",
        "--orders",
        "n.csv",
        "--sessions",
        "s.csv",
        "--by",
        "category",
        "--format",
        "markdown",
    ]);
    let total = run.out.lines().find(|line| line.contains("**Total**")).unwrap();
    assert!(total.contains("| **¥100.00** | **1** | **¥100.00** |"), "{total}");
    assert!(run.err.contains("    off-live              1  100.00\n"), "{}", run.err);
}

#[test]
fn the_end_of_time_is_a_date() {
    let work = shop();
    let all = "--orders o.csv --sessions s.csv";
    let plain = ok(&work, &format!("{all} --covers 2026-03-02..2026-03-08")).out;
    assert_eq!(ok(&work, &format!("{all} --covers 2026-03-02..2026-03-08 --to 9999-12-31")).out, plain);
}

#[test]
fn a_last_line_cut_off_in_a_quoted_cell_is_one_bad_row() {
    let work = shop();
    work.write("o.csv", format!("{ORDERS}3,u1,\"s1"));
    let run = ok(&work, "--orders o.csv --sessions s.csv --max-bad 50%");
    assert!(run.err.contains("o.csv:4: a quoted cell does not close"), "{}", run.err);
    assert!(run.err.contains("− rejected    1    0.00"), "{}", run.err);
}

#[test]
fn rejected_rows_and_repeated_headers_leave_no_streamer_behind() {
    let work = shop();
    work.write("t.csv", "streamer_id,tier\ns1,head\n");
    work.write(
        "o.csv",
        format!("{ORDERS}{}\n9,u1,s9,never,1,0,paid,x,live\n", ORDERS.lines().next().unwrap()),
    );
    let run = ok(&work, "--orders o.csv --sessions s.csv --streamers t.csv --max-bad 50%");
    assert!(!run.err.contains("not in --streamers"), "{}", run.err);
}

#[test]
fn long_line_ids_are_ids() {
    let work = shop();
    let header = ORDERS.lines().next().unwrap().replace("order_id", "order_id,line_id");
    let line = |id: &str| format!("1,{id},u1,s1,2026-03-02 20:10:00,50.00,0,paid,food,live\n");
    work.write("l.csv", format!("{header}\n{}{}", line(&"x".repeat(300)), line(&"y".repeat(300))));
    let run = ok(&work, "--orders l.csv --sessions s.csv");
    assert!(run.out.contains(",s1,100.00,"), "{}", run.out);
    work.write("l.csv", format!("{header}\n{}", line(&"x".repeat(70_000))));
    refused(&work, 1, "--orders l.csv --sessions s.csv", "is longer than 65535 bytes");
}

#[test]
fn a_file_carries_the_definition_of_its_amount() {
    let work = shop();
    work.ok(&["decompose", "--orders", "o.csv", "--sessions", "s.csv", "-o", "r.parquet", "-q"]);
    let pairs = metadata(&work.path("r.parquet"));
    for (key, value) in
        [("gmv.amount", "amount"), ("gmv.profile", "canonical"), ("gmv.domain_rule", "any-private")]
    {
        assert!(pairs.contains(&(key.to_owned(), value.to_owned())), "{key}: {pairs:?}");
    }
}

#[test]
fn a_profile_of_words_alone_speaks_of_both() {
    let work = shop();
    work.write(
        "p.toml",
        "name = \"words\"\n[anonymous]\nwords = [\"u1\"]\n[time]\nformats = [\"%d/%m/%Y %H:%M:%S\"]\n",
    );
    let dates = |text: &str| text.replace("2026-03-02", "02/03/2026").replace("2026-03-03", "03/03/2026");
    work.write("o.csv", dates(ORDERS));
    work.write("s.csv", dates(SESSIONS));
    let run = ok(&work, "--orders o.csv --sessions s.csv --profile p.toml");
    assert!(
        run.out.contains(",s1,50.00,1,") && run.err.contains("without a buyer  1  100.00"),
        "{}{}",
        run.out,
        run.err
    );
}

#[test]
fn a_session_of_a_far_year_is_a_row_like_others_or_a_reject() {
    let work = shop();
    work.write("s.csv", "viewer_id,streamer_id,entered_at,watch_seconds\nu1,s1,3057-11-01 12:00:00,86400\n");
    let run = ok(&work, "--orders o.csv --sessions s.csv --by total --period all");
    assert!(run.err.contains("= counted  1  86,400 s"), "{}", run.err);
    work.write("s.csv", "viewer_id,streamer_id,entered_at,watch_seconds\nu1,s1,2026-03-02 12:00:00,60\nu1,s1,9999-12-30 12:00:00,86400\n");
    let run = ok(&work, "--orders o.csv --sessions s.csv --by total --period all --max-bad 1");
    assert!(run.err.contains("= counted   1  60 s") && run.err.contains("time out of range"), "{}", run.err);
}

#[test]
fn a_name_of_several_lines_in_the_header_is_read_whole_in_small_blocks() {
    let work = shop();
    let long = "x".repeat(80);
    let note = format!("\"note\n{long}\n{long}\"");
    for (delimiter, first, row) in [
        (",", format!("order_id,{note}"), "1,n,"),
        (";", format!("order_id,{note}"), "1,n,"),
        ("\t", format!("order_id,{note}"), "1,n,"),
        // Behind a byte order mark, a quote opens the first name all the same.
        (",", format!("\u{feff}{note},order_id"), "n,1,"),
    ] {
        let text = ORDERS.replace("order_id", &first).replace("\n1,", &format!("\n{row}"));
        work.write(
            "o.csv",
            text.replace("\n2,", &format!("\n{}", row.replace('1', "2"))).replace(',', delimiter),
        );
        let whole = ok(&work, "--orders o.csv --sessions s.csv").out;
        assert_eq!(ok(&work, "--orders o.csv --sessions s.csv --block-size 64").out, whole, "{delimiter:?}");
        assert!(whole.contains(",150.00,"), "{whole}");
    }
}
