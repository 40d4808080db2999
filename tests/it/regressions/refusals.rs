//! What must be refused, and was not.

use super::{FACTS, ORDERS, SESSIONS, decompose, ok, refused, shop};
use crate::columns::{save, texts};
use crate::support::Work;

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
fn damaged_parquet_is_an_error_with_the_name_of_the_file() {
    let work = shop();
    save(&work.path("o.parquet"), vec![("order_id", texts(["1", "2"]))]);
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
fn a_carrier_is_not_made_up() {
    let work = shop();
    work.write("o.csv", ORDERS.replace("carrier", "where"));
    refused(&work, 2, "--orders o.csv --sessions s.csv --by carrier", "need a carrier column");
}

#[test]
fn quoted_carriage_return_files_are_no_header_either() {
    let work = shop();
    let quoted = |text: &str| {
        let rows = text
            .lines()
            .map(|line| line.split(',').map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(","));
        rows.collect::<Vec<_>>().join("\r")
    };
    work.write("q.csv", quoted(ORDERS));
    refused(&work, 1, "--orders q.csv --sessions s.csv", "q.csv:1: the lines end in carriage returns alone");
    let (header, rest) = ORDERS.split_once('\n').unwrap();
    work.write("h.csv", format!("{header}\r{}", quoted(rest)));
    refused(&work, 1, "--orders h.csv --sessions s.csv", "h.csv:1: the lines end in carriage returns alone");
}

#[test]
fn a_line_refunded_without_an_amount_is_no_assumption() {
    let work = shop();
    let header = ORDERS.lines().next().unwrap().replace("order_id", "order_id,line_id");
    let lines = "1,1,u1,s1,2026-03-02 20:10:00,100.00,,refunded,food,live\n1,2,u1,s1,2026-03-02 20:10:00,50.00,10.00,completed,food,live\n";
    work.write("l.csv", format!("{header}\n{lines}"));
    refused(
        &work,
        1,
        "--orders l.csv --sessions s.csv --basis net",
        "l.csv:2: --basis net: the status says refunded",
    );
}

#[test]
fn no_output_replaces_an_input() {
    let work = shop();
    work.write("t.csv", "streamer_id,tier\ns1,head\n");
    for output in ["-o o.csv", "-o ./s.csv", "--rejects o.csv", "-o t.csv"] {
        let arguments = format!("--orders o.csv --sessions s.csv --streamers t.csv {output}");
        refused(&work, 2, &arguments, "would replace one of the inputs");
    }
    assert_eq!((work.read("o.csv"), work.read("s.csv")), (ORDERS.to_owned(), SESSIONS.to_owned()));
    refused(&work, 2, "--orders o.csv --sessions s.csv --rejects x.csv -o ./x.csv", "name the same file");
}

#[test]
fn a_sum_names_the_column_that_it_lacks() {
    let work = shop();
    work.write(
        "p.toml",
        "name = \"sum\"\n[orders.columns]\namount = { plus = [\"amount\"], minus = [\"coupon\"] }\n",
    );
    refused(
        &work,
        1,
        "--orders o.csv --sessions s.csv --profile p.toml",
        "missing column `amount` (coupon) (profile sum)",
    );
}

#[test]
fn facts_keep_what_they_meant_and_refuse_contradictions() {
    let work = shop();
    work.ok(&[
        "decompose",
        "--orders",
        "o.csv",
        "--sessions",
        "s.csv",
        "--basis",
        "net",
        "-o",
        "a.parquet",
        "-q",
    ]);
    work.ok(&["decompose", "--facts", "a.parquet", "-o", "b.parquet", "-q"]);
    let bytes = std::fs::read(work.path("b.parquet")).unwrap();
    assert!(bytes.windows(9).any(|window| window == b"gmv.basis"));
    work.write(
        "f.csv",
        FACTS.replace("gmv\n", "gmv,gmv_off_live,gmv_total,\n").replace("900\n", "900,10,77,\n"),
    );
    refused(&work, 1, "--facts f.csv", "f.csv:2:9: gmv_total \"77\" does not follow from the other sums");
    work.write(
        "f.csv",
        FACTS.replace("gmv\n", "gmv,gmv_off_live,gmv_total,\n").replace("900\n", "900,10,910,\n"),
    );
    ok(&work, "--facts f.csv");
    refused(&work, 2, "--orders o.csv --sessions s.csv --level 0.9", "--ci");
}
