//! After-sales exports with `--refunds`, and `--refund-within`: a shop whose figures are worked out by hand.

use std::sync::Arc;

use arrow_array::Int64Array;

use crate::columns::{floats, save, texts};
use crate::support::{Run, Work};

mod douyin;
mod worlds;

const ORDERS: &str = "\
order_id,buyer_id,streamer_id,paid_at,amount,status,category
A,u1,s1,2026-03-02 20:00:00,100.00,paid,a
B,u2,s1,2026-03-02 20:00:00,50.00,refunded,a
C,u3,s2,2026-03-03 20:00:00,30.00,paid,a
D,u4,s2,,20.00,pending,a
";

const LINES: &str = "\
order_id,line_id,buyer_id,streamer_id,paid_at,amount,status,category
L,1,u5,s1,2026-03-04 20:00:00,60.00,paid,x
L,2,u5,s1,2026-03-04 20:00:00,30.00,paid,y
L,3,u5,s1,2026-03-04 20:00:00,10.00,paid,z
M,4,u6,s2,2026-03-04 20:00:00,40.00,paid,x
M,5,u6,s2,2026-03-04 20:00:00,40.00,paid,y
";

/// A request that is open, a whole refund, one that is withdrawn later, an order that was not given, two refunds of one line, one of a
/// whole order of lines, one of an order that was never paid.
const EARLY: &str = "\
refund_id,order_id,line_id,refund_amount,refunded_at,status
r1,A,,20.00,,open
r2,B,,50.00,2026-03-03 10:00:00,refunded
r3,C,,10.00,2026-03-04 10:00:00,refunded
r4,Z,,5.00,2026-03-04 10:00:00,refunded
r5,L,1,15.00,2026-03-05 10:00:00,refunded
r6,L,1,10.00,2026-03-06 10:00:00,refunded
r7,M,,20.00,2026-03-06 10:00:00,refunded
r8,D,,20.00,2026-03-06 10:00:00,refunded
";

/// The first is decided, the third withdrawn, and a line gives back more than was paid for it.
const LATER: &str = "\
refund_id,order_id,line_id,refund_amount,refunded_at,status
r1,A,,20.00,2026-03-07 10:00:00,refunded
r3,C,,10.00,,closed
r9,L,2,36.00,2026-03-08 10:00:00,refunded
";

const NET: &str = "--refunds early.csv later.csv --basis net";

fn shop() -> Work {
    let files = [("orders.csv", ORDERS), ("lines.csv", LINES), ("early.csv", EARLY), ("later.csv", LATER)];
    Work::with(&files)
}

/// `gmv decompose` over both exports of orders, all time.
fn run(work: &Work, arguments: &str) -> Run {
    let line = format!("decompose --orders orders.csv lines.csv --attribution all --period all {arguments}");
    work.run(&line.split_whitespace().collect::<Vec<_>>())
}

/// The group, orders and GMV of each row.
fn result(work: &Work, arguments: &str) -> Vec<String> {
    let run = run(work, arguments);
    assert_eq!(run.code, 0, "{arguments}\n{}", run.err);
    assert!(!run.err.contains("does not close"), "{}", run.err);
    let mut lines = run.out.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let at = |name| header.iter().position(|column| *column == name).unwrap();
    let (orders, gmv) = (at("orders"), at("gmv"));
    lines.map(|cells| [&cells[1..gmv], &[cells[orders], cells[gmv]]].concat().join(" ")).collect()
}

/// A run that must fail with this code, and say this.
fn refused(work: &Work, code: i32, arguments: &str, message: &str) {
    let run = run(work, arguments);
    assert_eq!((run.code, run.out.as_str()), (code, ""), "{arguments}\n{}", run.err);
    assert!(run.err.contains(message), "{arguments}\n{}", run.err);
}

#[test]
fn after_sales_are_subtracted_and_every_row_is_told() {
    let work = shop();
    // A 80, C 30 (withdrawn), L 100 − 25 − 36, M 80 − 20; B is refunded in full.
    assert_eq!(result(&work, &format!("{NET} --by total")), ["4 209.00"]);
    let said = run(&work, NET).err;
    let list = "\
refunds: where the rows and the money went
  rows read                        11  216.00
  − superseded by a later row       2   30.00
  − closed without a refund         1   10.00
  − of no order given               1    5.00
  − of orders never paid or skipped 1   20.00
  = refunds of counted orders       6  151.00
";
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words(&said).contains(&words(list)), "{said}");
    // B and the second line of L; 20 of A, 31 of L, 20 of M.
    for line in ["− refunded in full 2 80.00", "− refunds of counted rows 71.00", "= counted 6 209.00"] {
        assert!(words(&said).contains(line), "{said}");
    }
    assert!(said.contains("refunds: early.csv (UTF-8, `,`, profile canonical)\n"), "{said}");
}

#[test]
fn refunds_stand_on_their_lines_and_spread_by_amount() {
    // Of the 6 beyond the second line of L, 5.14 are the first line's (60 : 10) and 0.86 the third's: 60 − 25 − 5.14 and 10 − 0.86.
    // The 20 of the whole of M are 10 of each line.
    let by_category = ["a 2 110.00", "x 2 59.86", "y 1 30.00", "z 1 9.14"];
    assert_eq!(result(&shop(), &format!("{NET} --by category")), by_category);
}

#[test]
fn the_later_export_wins() {
    // r1 is open again, r3 is refunded again.
    assert_eq!(result(&shop(), "--refunds later.csv early.csv --basis net --by total"), ["4 219.00"]);
    // Without the later export: A 100, C 20, L 75, M 60.
    assert_eq!(result(&shop(), "--refunds early.csv --basis net --by total"), ["4 255.00"]);
}

#[test]
fn threads_and_blocks_do_not_matter() {
    let work = shop();
    let one = run(&work, &format!("{NET} --by category --threads 1"));
    let many = run(&work, &format!("{NET} --by category --threads 7 --block-size 40"));
    assert_eq!((one.code, one.out, one.err), (many.code, many.out, many.err));
}

#[test]
fn paid_figures_stay_as_they_are() {
    let work = shop();
    assert_eq!(result(&work, "--refunds early.csv later.csv --by total"), ["5 360.00"]);
    let said = run(&work, "--refunds early.csv later.csv").err;
    assert!(said.contains("note: under --basis paid the refunds change no figure"), "{said}");
    assert!(said.contains("= refunds of counted orders"), "{said}");
}

#[test]
fn after_sales_replace_the_refund_of_their_order_or_line_and_of_no_other() {
    let work = shop();
    let header = "order_id,line_id,buyer_id,streamer_id,paid_at,amount,refund_amount\n";
    let lines = "L,1,u5,s1,2026-03-04 20:00:00,60.00,7.00\nL,2,u5,s1,2026-03-04 20:00:00,30.00,3.00\n\
                 M,4,u6,s1,2026-03-04 20:00:00,40.00,1.00\nM,5,u6,s1,2026-03-04 20:00:00,40.00,2.00\n";
    work.write("orders.csv", format!("{header}{lines}"));
    work.write("lines.csv", header);
    let net = |rows: &str| {
        work.write("r.csv", format!("refund_id,order_id,line_id,refund_amount,status\n{rows}"));
        result(&work, "--refunds r.csv --basis net --by total").join("")
    };
    assert_eq!(net(""), "2 157.00");
    assert_eq!(net("r1,L,1,10.00,refunded\n"), "2 154.00");
    // The whole order: both of its lines.
    assert_eq!(net("r1,L,,10.00,refunded\n"), "2 157.00");
    // A withdrawn or open request says that nothing went back yet.
    assert_eq!(net("r1,L,1,10.00,closed\nr2,M,,10.00,open\n"), "2 167.00");
    let said = run(&work, "--refunds r.csv --basis net").err;
    assert!(
        said.contains("note: orders (or lines) whose own refund_amount after-sales replace: 3\n"),
        "{said}"
    );
}

#[test]
fn a_line_alone_finds_its_order_where_it_is_the_only_one() {
    let work = shop();
    work.write(
        "r.csv",
        "refund_id,line_id,refund_amount\nr1,2,30.00\nr2,5,1.00\nr3,77,9.00\nr4,=\"4\",2.00\n",
    );
    work.write("orders.csv", ORDERS.replace("refunded", "paid"));
    // 100 + 50 + 30 + 70 + 77.
    assert_eq!(result(&work, "--refunds r.csv --basis net --by total"), ["5 327.00"]);
    work.write("lines.csv", format!("{LINES}N,2,u6,s2,2026-03-04 20:00:00,40.00,paid,y\n"));
    refused(
        &work,
        1,
        "--refunds r.csv --basis net",
        "r.csv:2: the refund names a line_id without its order_id",
    );
}

#[test]
fn a_line_that_was_not_given_is_no_refund_of_the_others() {
    let work = shop();
    work.write("r.csv", "refund_id,order_id,line_id,refund_amount\nr1,L,9,30.00\nr2,B,77,50.00\n");
    // The line of B means the order, which was exported as a whole.
    assert_eq!(result(&work, "--refunds r.csv --basis net --by total"), ["4 310.00"]);
    assert!(run(&work, "--refunds r.csv --basis net").err.contains("− of no order given"));
    work.write("r.csv", "refund_id,order_id,refund_amount\nr1,LL,30.00\n");
    let said = run(&work, "--refunds r.csv").err;
    assert!(said.contains("warning: no refund belongs to an order that was given"), "{said}");
}

#[test]
fn without_keys_every_row_counts() {
    let work = shop();
    work.write("r.csv", "order_id,refund_amount\nB,30.00\nB,30.00\nA,1.00\nA,0\nA,\n");
    assert_eq!(result(&work, "--refunds r.csv --basis net --by total"), ["4 309.00"]);
    let said = run(&work, "--refunds r.csv --basis net").err;
    assert!(
        said.contains("warning: r.csv: no refund_id, so that rows exported twice cannot be told"),
        "{said}"
    );
    let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("beyond what was paid 10.00"), "{said}");
}

#[test]
fn words_that_no_profile_maps_are_no_assumption() {
    let work = shop();
    work.write(
        "r.csv",
        "refund_id,order_id,refund_amount,status\nr1,B,50.00,refunded\nr2,A,5.00,成功\nr3,A,5.00,\n",
    );
    let unknown = "unknown statuses of refunds: \"(blank)\" (1), \"成功\" (1); map them in a profile";
    refused(&work, 1, "--refunds r.csv --basis net", unknown);
    let net = "--refunds r.csv --basis net --by total --unknown-status";
    assert_eq!(result(&work, &format!("{net} count")), ["4 300.00"]);
    assert_eq!(result(&work, &format!("{net} skip")), ["4 310.00"]);
    work.write(
        "p.toml",
        "name = \"p\"\n[refunds.statuses]\nrefunded = [\"成功\", \"refunded\"]\nclosed = [\"\"]\n",
    );
    assert_eq!(result(&work, "--refunds r.csv --basis net --by total --profile p.toml"), ["4 305.00"]);
}

#[test]
fn bad_rows_are_rejects_of_a_third_input() {
    let work = shop();
    let rows = "refund_id,order_id,refund_amount,refunded_at,phone\nr1,B,50.00,,1\nr2,A,5.005,,1380013\n,A,1.00,,1\nr4,,1.00,,1\nr5,A,1.00,soon,1\n";
    work.write("r.csv", rows);
    refused(&work, 1, "--refunds r.csv", "4 of 5 rows of the refunds are bad");
    let rejects = "--refunds r.csv --basis net --max-bad 80% --strict --rejects bad.csv";
    let run = run(&work, rejects);
    assert_eq!(run.code, 3, "{}", run.err);
    let bad = work.read("bad.csv");
    assert!(
        bad.contains("refunds,r.csv,3,3,refund_amount,has more than 2 decimals; it is not rounded,5.005,"),
        "{bad}"
    );
    assert!(
        bad.contains("refunds,r.csv,4,1,refund_id,is blank")
            && bad.contains("refunds,r.csv,5,2,order_id,is blank"),
        "{bad}"
    );
    assert!(bad.contains("refunds,r.csv,6,4,refunded_at,") && !bad.contains("1380013"), "{bad}");
    work.write("r.csv", "refund_id,order,refund_amount\nr1,B,50.00\n");
    refused(&work, 1, "--refunds r.csv", "r.csv:1: missing column `order_id or line_id` (profile canonical)");
}

#[test]
fn constants_supply_what_a_file_of_refunds_has_not() {
    let work = shop();
    work.write("r.csv", "refund_id,order_id,refund_amount,status\nr1,B,50.00,refunded\n");
    // Meant for the orders: the status and the amount that the refunds have stay.
    let net = "--refunds r.csv --basis net --by total --set status=paid --set refund_amount=0";
    assert_eq!(result(&work, net), ["4 310.00"]);
    // Supplied to the refunds: the time that they have not.
    let within = format!("{net} --refund-within 1h --set refunded_at");
    assert_eq!(result(&work, &format!("{within}=2026-03-02T21:00:00")), ["4 310.00"]);
    assert_eq!(result(&work, &format!("{within}=2026-03-02T21:00:01")), ["5 360.00"]);
}

/// Found by the reference: the refund of a gift, in its own row, was spread twice where after-sales spoke of another line.
#[test]
fn a_refund_in_the_row_of_a_gift_is_spread_once() {
    let work = shop();
    let header = "order_id,line_id,buyer_id,streamer_id,paid_at,amount,refund_amount\n";
    work.write("lines.csv", header);
    let rows = "L,1,u5,s1,2026-03-04 20:00:00,0,6.00\nL,2,u5,s1,2026-03-04 20:00:00,30.00,\n";
    work.write("orders.csv", format!("{header}{rows}"));
    work.write("r.csv", "refund_id,order_id,line_id,refund_amount\nr1,L,2,10.00\n");
    assert_eq!(result(&work, "--refunds r.csv --basis net --by total"), ["1 14.00"]);
}

#[test]
fn parquet_and_standard_input_are_read_as_well() {
    let work = shop();
    work.write("orders.csv", ORDERS.replace("refunded", "paid"));
    let refunds = vec![
        ("refund_id", Arc::new(Int64Array::from(vec![1, 1, 2])) as _),
        ("order_id", texts(["A", "A", "B"])),
        ("refund_amount", floats([9.5, 20.0, 50.0])),
        ("refunded_at", texts(["2026-03-02 21:00:00"; 3])),
        ("status", texts(["refunded"; 3])),
    ];
    save(&work.path("r.parquet"), refunds);
    let net = "--basis net --by total --refund-within 1h";
    assert_eq!(result(&work, &format!("--refunds r.parquet {net}")), ["4 290.00"]);
    refused(&work, 2, "--refunds - --sessions -", "- (standard input) can be one of the inputs, not two");
}

/// A paid at 20:00:00 in Shanghai; refunds an hour later, to the second, in local time and with an offset.
#[test]
fn both_ends_of_the_age_count_to_the_second() {
    let work = shop();
    work.write("orders.csv", ORDERS.replace("refunded", "paid"));
    for (refunded_at, left) in [
        ("2026-03-02 21:00:00", "340.00"),
        ("2026-03-02T13:00:00Z", "340.00"),
        ("2026-03-02 21:00:01", "360.00"),
        ("2026-03-02T13:00:01Z", "360.00"),
        ("2026-03-01 10:00:00", "340.00"),
    ] {
        work.write(
            "r.csv",
            format!("refund_id,order_id,refund_amount,refunded_at\nr1,A,20.00,{refunded_at}\n"),
        );
        let net = "--refunds r.csv --basis net --by total --refund-within 1h";
        assert_eq!(result(&work, net), [format!("5 {left}")], "{refunded_at}");
        let late = run(&work, net).err.contains("− later than --refund-within");
        assert_eq!(late, left == "360.00", "{refunded_at}");
        // The same in the order's own row.
        let row = format!("A,u1,s1,2026-03-02 20:00:00,100.00,refunded,20.00,{refunded_at}\n");
        work.write(
            "a.csv",
            format!("order_id,buyer_id,streamer_id,paid_at,amount,status,refund_amount,refunded_at\n{row}"),
        );
        let line = "decompose --orders a.csv --attribution all --period all --basis net --by total --refund-within 1h";
        let out = work.ok(&line.split_whitespace().collect::<Vec<_>>());
        assert!(out.contains(if late { ",100.00," } else { ",80.00," }), "{out}");
    }
}

#[test]
fn an_age_needs_times_and_net() {
    let work = shop();
    refused(&work, 2, "--refunds early.csv --refund-within 1h", "it needs --basis net");
    work.write("r.csv", "refund_id,order_id,refund_amount\nr0,Z,9.00\nr1,A,20.00\nr2,B,50.00\n");
    let message = "r.csv:3: --refund-within needs the time of every refund, and this row has none (rows like this one: 2)";
    refused(&work, 1, "--refunds r.csv --basis net --refund-within 1h", message);
    let row = "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount\nA,u1,s1,2026-03-02 20:00:00,100.00,20.00\n";
    work.write("orders.csv", row);
    work.write("lines.csv", row.lines().next().unwrap());
    let message = "orders.csv:2: --refund-within needs the time of every refund";
    refused(&work, 1, "--basis net --refund-within 1h", message);
    // A row of after-sales has the time.
    assert_eq!(
        result(&work, "--refunds early.csv later.csv --basis net --refund-within 7d --by total"),
        ["1 80.00"]
    );
}

#[test]
fn periods_that_are_too_young_are_told() {
    let work = shop();
    // The last payment is of 4 March 20:00, the last refund of 8 March 10:00.
    let net = format!("{NET} --refund-within");
    assert!(!run(&work, &format!("{net} 3d")).err.contains("cannot be compared"));
    let said = run(&work, &format!("{net} 4d")).err;
    assert!(
        said.contains(
            "note: the exports end on 2026-03-08: orders paid after that less --refund-within (2026-03-04)"
        ),
        "{said}"
    );
    assert!(!said.contains("youngest periods have had the least time"), "{said}");
    assert!(run(&work, &format!("{net} 999999999d")).err.contains("cannot be compared"));
    assert!(run(&work, NET).err.contains("youngest periods have had the least time"));
    let run = run(&work, &format!("{net} 4d -o out.json"));
    assert_eq!(run.code, 0, "{}", run.err);
}
