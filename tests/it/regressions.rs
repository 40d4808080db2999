//! Cases that once went wrong, each with what must happen.

use polars::prelude::*;

use crate::support::{Run, Work};

const ORDERS: &str = "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount,status,category,carrier\n\
    1,u1,s1,2026-03-02 20:10:00,100.00,0,paid,food,live\n\
    2,u2,s1,2026-03-03 20:10:00,50.00,0,paid,toys,card\n";
const SESSIONS: &str = "viewer_id,streamer_id,entered_at,left_at,source\n\
    u1,s1,2026-03-02 20:00:00,2026-03-02 21:00:00,follow\n\
    u2,s1,2026-03-03 20:00:00,2026-03-03 21:00:00,paid\n";
const FACTS: &str = "period,streamer_id,uv,watch_hours,buyers,orders,gmv\n2026-03-02,a,200,20,8,9,900\n";

fn shop() -> Work {
    Work::with(&[("o.csv", ORDERS), ("s.csv", SESSIONS)])
}

/// Runs decompose with these arguments, divided at spaces, to CSV.
fn decompose(work: &Work, arguments: &str) -> Run {
    let mut all = vec!["decompose", "--format", "csv"];
    all.extend(arguments.split(' '));
    work.run(&all)
}

fn ok(work: &Work, arguments: &str) -> Run {
    let run = decompose(work, arguments);
    assert_eq!(run.code, 0, "{arguments}\n{}{}", run.out, run.err);
    run
}

fn refused(work: &Work, code: i32, arguments: &str, message: &str) {
    let run = decompose(work, arguments);
    assert_eq!((run.code, run.out.as_str()), (code, ""), "{arguments}\n{}", run.err);
    assert!(run.err.contains(message), "{arguments}\n{}", run.err);
}

fn parquet(work: &Work, name: &str, mut frame: DataFrame) {
    let file = std::fs::File::create(work.path(name)).unwrap();
    ParquetWriter::new(file).finish(&mut frame).unwrap();
}

#[test]
fn a_table_is_one_file() {
    let work = Work::with(&[("f/1.csv", FACTS), ("f/2.csv", FACTS), ("o.csv", ORDERS), ("s.csv", SESSIONS)]);
    refused(&work, 1, "--facts f", "leads to several");
    refused(&work, 1, "--orders o.csv --sessions s.csv --streamers f", "leads to several");
}

#[test]
fn carriage_returns_alone_are_no_header() {
    let work = shop();
    work.write("cr.csv", ORDERS.replace('\n', "\r"));
    refused(
        &work,
        1,
        "--orders cr.csv --sessions s.csv",
        "cr.csv:1: the lines end in carriage returns alone",
    );
    work.write("blank.csv", "\n\n");
    refused(&work, 1, "--orders blank.csv --sessions s.csv", "blank.csv:1: the file holds no header");
    work.write("lead.csv", format!("\n{}", ORDERS.replace(',', "\t")));
    assert_eq!(
        ok(&work, "--orders lead.csv --sessions s.csv").out,
        ok(&work, "--orders o.csv --sessions s.csv").out
    );
}

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
    let whole = |names: &[&str], amount: Column| {
        let mut columns: Vec<Column> =
            names.iter().map(|name| Column::new((*name).into(), ["1", "2"])).collect();
        columns.push(Column::new("paid_at".into(), ["2026-03-02 20:10:00", "2026-03-03 20:10:00"]));
        columns.push(amount);
        DataFrame::new(2, columns).unwrap()
    };
    let names = ["order_id", "buyer_id", "streamer_id", "status"];
    let decimals = Column::new("amount".into(), [19.99_f64, 50.01]).cast(&DataType::Decimal(18, 4)).unwrap();
    for (name, amount) in [
        ("decimal.parquet", decimals),
        ("f32.parquet", Column::new("amount".into(), [19.99_f32, 50.01])),
        ("f64.parquet", Column::new("amount".into(), [19.99_f64, 50.01])),
    ] {
        parquet(&work, name, whole(&names, amount).drop("status").unwrap());
        let run = ok(&work, &format!("--orders {name} --attribution all --by total"));
        assert!(run.out.contains(",70.00,"), "{}", run.out);
    }
    // A column that is used twice: as a status and as a group.
    let statuses = whole(&names[..3], Column::new("amount".into(), [19.99, 50.01]));
    let statuses = statuses.hstack(&[Column::new("status".into(), ["paid", "shipped"])]).unwrap();
    parquet(&work, "o.parquet", statuses);
    let run = ok(&work, "--orders o.parquet --attribution all --by status");
    assert!(run.out.contains("shipped,50.01,") && run.out.contains("paid,19.99,"), "{}", run.out);
    // NaN is no duration.
    let seconds =
        [Column::new("viewer_id".into(), ["1", "2"]), Column::new("streamer_id".into(), ["1", "1"])];
    let entered = Column::new("entered_at".into(), ["2026-03-02 20:00:00", "2026-03-02 20:00:00"]);
    let watched = Column::new("watch_seconds".into(), [f64::NAN, 60.0]);
    let frame = DataFrame::new(2, [seconds.to_vec(), vec![entered, watched]].concat()).unwrap();
    parquet(&work, "s.parquet", frame);
    let run = ok(&work, "--orders o.csv --sessions s.parquet --by total --period all");
    assert!(run.err.contains("sessions without a duration, counted as 0 seconds: 1"), "{}", run.err);
}

#[test]
fn damaged_parquet_is_an_error_with_the_name_of_the_file() {
    let work = shop();
    let frame = DataFrame::new(2, vec![Column::new("order_id".into(), ["1", "2"])]).unwrap();
    parquet(&work, "o.parquet", frame);
    let bytes = std::fs::read(work.path("o.parquet")).unwrap();
    for at in 4..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x55;
        work.write("d.parquet", &damaged);
        if at % 7 == 0 {
            let run = decompose(&work, "--orders d.parquet --sessions s.csv");
            assert!(
                run.code == 1 && run.err.contains("gmv: d.parquet"),
                "byte {at}: {} {}",
                run.code,
                run.err
            );
        }
    }
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
fn facts_take_only_what_they_can_mean() {
    let work = Work::with(&[("f.csv", FACTS)]);
    for option in [
        "--from 2030-01-01",
        "--basis net",
        "--attribution all",
        "--strict",
        "--timezone UTC",
        "--price-bands 1",
    ] {
        refused(&work, 2, &format!("--facts f.csv {option}"), "cannot be used with");
    }
    let run = ok(&work, "--facts f.csv --ci");
    assert!(run.err.contains("warning: the facts hold no second moments"), "{}", run.err);
    let noted = FACTS.replace("gmv\n", "gmv,note\n").replace("900\n", "900,hm\n");
    work.write("n.csv", &noted);
    refused(&work, 1, "--facts n.csv", "n.csv:1:8: the column `note` is no sum of a facts file");
    assert!(ok(&work, "--facts n.csv --by streamer,note").out.starts_with("period,streamer_id,note,gmv"));
    work.ok(&["decompose", "--facts", "f.csv", "--period", "week", "-o", "f.parquet", "-q"]);
    refused(&work, 2, "--facts f.parquet --period day", "the facts are by week, not by day");
}

#[test]
fn no_group_has_the_name_of_a_column_of_the_result() {
    let work = shop();
    for name in ["uv", "period", "streamer_name", "orders_per_buyer", "aov_lo", "m_11", "partial"] {
        refused(
            &work,
            2,
            &format!("--orders o.csv --sessions s.csv --by {name}"),
            "the result has a column of that name",
        );
        work.write("t.csv", format!("streamer_id,x,{name}\ns1,a,b\n"));
        if name != "streamer_name" {
            refused(&work, 1, "--orders o.csv --sessions s.csv --streamers t.csv", "t.csv:1:3");
        }
    }
    refused(
        &work,
        2,
        "--orders o.csv --sessions s.csv --set streamer_di=x",
        "--set streamer_di: no such column",
    );
}

#[test]
fn the_list_of_rejects_is_opened_before_the_work() {
    let work = shop();
    refused(
        &work,
        1,
        "--orders o.csv --sessions s.csv --rejects nowhere/x.csv",
        "the folder nowhere does not exist",
    );
    refused(&work, 2, "--orders o.csv --sessions s.csv --rejects x.csv -o x.csv", "name the same file");
    assert!(!work.path("x.csv").exists());
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
fn a_carrier_is_not_made_up() {
    let work = shop();
    work.write("o.csv", ORDERS.replace("carrier", "where"));
    refused(&work, 2, "--orders o.csv --sessions s.csv --by carrier", "need a carrier column");
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
    let file = std::fs::File::open(work.path("r.parquet")).unwrap();
    let mut reader = ParquetReader::new(file);
    let metadata = reader.get_metadata().unwrap();
    let pairs: Vec<(String, Option<String>)> = metadata
        .key_value_metadata()
        .iter()
        .flatten()
        .map(|pair| (pair.key.clone(), pair.value.clone()))
        .collect();
    for (key, value) in
        [("gmv.amount", "amount"), ("gmv.profile", "canonical"), ("gmv.domain_rule", "any-private")]
    {
        assert!(pairs.contains(&(key.to_owned(), Some(value.to_owned()))), "{key}: {pairs:?}");
    }
}
