//! Money: one amount, and sums of it.

use std::fmt::Write;

use super::{check, orders, run, too_bad, verdict};
use crate::support::Work;

/// The largest amount of one row.
const LARGEST: &str = "10000000000000.00";
const ALL: &str = "decompose --orders orders.csv --attribution all --period all -q";

fn same(_: usize) -> String {
    "u1".to_owned()
}

fn each(at: usize) -> String {
    format!("u{at}")
}

#[test]
fn one_amount_is_exact_up_to_ten_trillion_and_refused_beyond() {
    let ok = |amount: &str, gmv: &str| (amount.to_owned(), gmv.to_owned());
    let bad = |amount: &str, fault: &str| {
        let shown = amount.trim_matches('"');
        (
            amount.to_owned(),
            format!("1 gmv: orders.csv:2:5: amount {shown:?} {fault}{}", too_bad("orders", 1)),
        )
    };
    let above = "is above 10000000000000.00";
    let none = "is no amount of money, such as 1299.90";
    let cases = [
        ok("0", "0.00"),
        ok("0.01", "0.01"),
        ok("9999999999999.99", "9999999999999.99"),
        ok("\"9,999,999,999,999.99\"", "9999999999999.99"),
        ok("9999999999999.9", "9999999999999.90"),
        ok("10000000000000", LARGEST),
        ok("¥10000000000000.00元", LARGEST),
        bad("10000000000000.01", above),
        bad("10000000000001", above),
        bad("92233720368547758.07", above),
        bad("92233720368547758.08", above),
        bad("184467440737095516.15", above),
        bad("9223372036854775807", above),
        bad("99999999999999999999999999999999999999", above),
        bad("1e18", none),
        bad("1E+13", none),
        bad("-0.01", "is negative"),
        bad("0.001", "has more than 2 decimals; it is not rounded"),
    ];
    check(
        "gmv",
        cases.map(|(amount, expected)| {
            (Work::with(&[("orders.csv", &orders(1, same, &amount))]), ALL.to_owned(), expected)
        }),
    );
}

/// Twenty thousand times the largest amount is beyond 64 bits of cents, and beyond the digits of a spreadsheet and of a float.
#[test]
fn sums_beyond_64_bits_are_exact_in_every_format_and_read_back() {
    let work = Work::with(&[("orders.csv", &orders(20_000, each, LARGEST))]);
    let sum = "200000000000000000.00";
    check(
        "gmv,orders",
        [(Work::with(&[("orders.csv", &work.read("orders.csv"))]), ALL.to_owned(), format!("{sum},20000"))],
    );
    for format in ["json", "ndjson", "tsv", "markdown"] {
        let out = run(&work, &format!("{ALL} --format {format}")).out;
        assert!(out.contains(sum) || out.contains("200,000,000,000,000,000.00"), "{format}\n{out}");
    }
    run(&work, &format!("{ALL} --moments -o sums.parquet"));
    run(&work, &format!("{ALL} --moments -o sums.csv"));
    run(&work, "ingest --orders orders.csv --store shop -q");
    for input in ["--facts sums.parquet", "--facts sums.csv"] {
        let found = run(&work, &format!("decompose {input} -q"));
        assert_eq!(verdict(&found, "gmv,orders"), format!("{sum},20000"), "{input}");
    }
    let stored = run(&work, "decompose --store shop --attribution all --period all -q");
    assert_eq!(verdict(&stored, "gmv,orders"), format!("{sum},20000"));
}

/// What one buyer pays is squared: 13,043 of the largest amounts are within 128 bits, one more is not, and is said with its group.
#[test]
fn a_sum_of_squares_that_does_not_fit_is_an_error_with_its_group_and_period() {
    let said = "beyond what can be counted, and no real money comes to that; look for amounts that are no money, such as ids or times in the \
                column of amounts";
    let mut cases = vec![];
    for (count, arguments, expected) in [
        (13_043, "", "130430000000000000.00".to_owned()),
        (
            13_044,
            "",
            format!("1 gmv: the second moment m_gg of streamer_id \"s1\" in the period 2026-03-02 is {said}"),
        ),
        (
            13_044,
            " --by total",
            format!("1 gmv: the second moment m_gg of all streamers in the period 2026-03-02 is {said}"),
        ),
        (
            13_044,
            " --by streamer,category,buyer-type --set category=x",
            format!("1 gmv: the second moment m_gg of streamer_id \"s1\" in the period 2026-03-02 is {said}"),
        ),
    ] {
        let work = Work::with(&[("orders.csv", &orders(count, same, LARGEST))]);
        cases.push((work, format!("{ALL}{arguments}"), expected));
    }
    check("gmv", cases);
    for line in ["repurchase", "repurchase --expected --covers 2026-03-02..2026-03-08"] {
        let work = Work::with(&[("orders.csv", &orders(9_300, same, LARGEST))]);
        let line = format!("{line} --orders orders.csv --attribution all --period week -q");
        let found = verdict(&run(&work, &line), "period");
        let start = "1 gmv: what one buyer paid of streamer_id \"s1\"";
        assert!(found.starts_with(start) && found.ends_with(said), "{line}: {found}");
    }
}

#[test]
fn an_order_whose_lines_do_not_fit_is_an_error_with_its_line() {
    let mut text = "order_id,line_id,buyer_id,streamer_id,paid_at,amount,refund_amount\n".to_owned();
    text += "first,0,u1,s1,2026-03-02 20:10:00,1.00,\n";
    for line in 0..9_300 {
        writeln!(text, "second,{line},u1,s1,2026-03-02 20:10:00,{LARGEST},{LARGEST}").unwrap();
    }
    let said = "1 gmv: orders.csv:3: the lines of this order add up to an amount that is beyond what can be counted, and no real money comes \
                to that; look for amounts that are no money, such as ids or times in the column of amounts";
    for line in [
        "decompose --attribution all",
        "check --set carrier=live",
        "repurchase --attribution all",
        "repurchase --attribution all --basis net",
    ] {
        let work = Work::with(&[("orders.csv", &text)]);
        assert_eq!(verdict(&run(&work, &format!("{line} --orders orders.csv -q")), "gmv"), said, "{line}");
    }
    // Under net each line is refunded in full, and the sum is never taken.
    let work = Work::with(&[("orders.csv", &text)]);
    let net = run(&work, "decompose --attribution all --basis net --orders orders.csv --period all -q");
    assert_eq!(verdict(&net, "gmv,orders"), "1.00,1");
}

/// Ten thousand refunds of one order, together beyond 64 bits, take no more than was paid, and what exceeds it is told to the cent.
#[test]
fn refunds_beyond_the_amount_and_beyond_64_bits() {
    let mut refunds = "refund_id,order_id,refund_amount,status\n".to_owned();
    for at in 0..10_000 {
        writeln!(refunds, "{at},0,{LARGEST},refunded").unwrap();
    }
    let work = Work::with(&[("orders.csv", &orders(2, each, "100.00")), ("refunds.csv", &refunds)]);
    let net = run(
        &work,
        "decompose --attribution all --basis net --orders orders.csv --refunds refunds.csv --period all",
    );
    assert_eq!(verdict(&net, "gmv,orders"), "100.00,1");
    assert!(
        net.err.contains("99,999,999,999,999,900.00") || net.err.contains("99999999999999900.00"),
        "{}",
        net.err
    );
    let own = Work::with(&[(
        "orders.csv",
        "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount\n1,u1,s1,2026-03-02 20:10:00,0.01,10000000000000.00\n2,u1,s1,2026-03-02 20:10:00,0.02,0.01\n",
    )]);
    let net = run(&own, "decompose --attribution all --basis net --orders orders.csv --period all -q");
    assert_eq!(verdict(&net, "gmv,orders"), "0.01,1");
}

/// Replicates are added up in floating-point numbers, which are exact, and so the same on any number of threads, up to 2⁵³.
#[test]
fn a_bootstrap_is_the_same_on_any_number_of_threads_or_refused() {
    let shop = |amount: &str| {
        let before = orders(300, each, amount);
        let after =
            before.replace("2026-03-02", "2026-03-09").replace('\n', "\na").replace("aorder_id", "order_id");
        let both = before + after.trim_end_matches('a').split_once('\n').unwrap().1;
        Work::with(&[("orders.csv", &both)])
    };
    let line = "compare --orders orders.csv --attribution all --before 2026-03-02 --after 2026-03-09 --ci --bootstrap 100 -q";
    let small = shop("1234567890.12");
    let outs = [1, 2, 3].map(|threads| run(&small, &format!("{line} --threads {threads}")));
    assert!(outs.iter().all(|run| run.code == 0 && run.out == outs[0].out), "{}", outs[0].err);
    assert_eq!(
        verdict(&run(&shop(LARGEST), line), "gmv_change"),
        "1 gmv: what a replicate of --bootstrap adds up (leave it out: --ci alone is exact) of streamer_id \"s1\" is too large to be told: no \
         real figures are as large, or as far apart; look for numbers that are none"
    );
}

/// The influence of a person is squared in units of 2⁻¹⁶ of a cent.
#[test]
fn an_interval_that_does_not_fit_is_an_error_with_its_row() {
    let before = orders(2, each, LARGEST);
    let after =
        orders(5, |at| format!("v{at}"), LARGEST).replace("2026-03-02", "2026-03-09").replace('\n', "\nb");
    let after = after.split_once('\n').unwrap().1.trim_end_matches('b').to_owned();
    let work = Work::with(&[("orders.csv", &(before + &after))]);
    let line = "compare --orders orders.csv --attribution all --before 2026-03-02 --after 2026-03-09 -q";
    assert_eq!(verdict(&run(&work, line), "gmv_before,gmv_after"), "20000000000000.00,50000000000000.00");
    let found = verdict(&run(&work, &format!("{line} --ci")), "gmv_change");
    let start = "1 gmv: the interval of ";
    let end = "_effect of streamer_id \"s1\" is too large to be told: no real figures are as large, or as far apart; look for numbers that \
               are none";
    assert!(found.starts_with(start) && found.ends_with(end), "{found}");
}
