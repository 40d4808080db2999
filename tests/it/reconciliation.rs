//! Standard error after a run: where every row, every cent and every second went; and the file of rejected rows.

use crate::shop::{BOTH, ORDERS, SESSIONS, orders_with, run, shop};
use crate::support::Work;

/// Standard error of a run that succeeds and closes.
fn said(work: &Work, arguments: &str) -> String {
    let run = run(work, arguments);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!run.err.contains("does not close"), "{}", run.err);
    closes(&run.err);
    run.err
}

/// Adds a list up again: what was read, less what is named with a minus, is what counted; and that is attributed or off-live.
fn closes(err: &str) {
    for list in err.split("where the rows and the ").skip(1) {
        let (mut rows, mut money, mut split) = (0, 0, (0, 0));
        let mut orders = None;
        for line in list.lines().skip(1).take_while(|line| line.starts_with("  ")) {
            let numbers = numbers(line);
            let label = line.trim_start();
            let sign = if label.starts_with(['−', '=']) { -1 } else { 1 };
            if label.starts_with(['−', '=']) || label.starts_with("rows read") {
                rows += sign * numbers.0;
                money += sign * numbers.1;
            }
            if label.starts_with('=') {
                split = numbers;
            } else if label.starts_with("orders of these rows") {
                orders = Some(numbers.0);
            } else if label.starts_with("attributed") {
                split = (orders.unwrap_or(split.0) - numbers.0, split.1 - numbers.1);
            } else if label.starts_with("off-live") {
                split = (split.0 - numbers.0, split.1 - numbers.1);
                assert_eq!(split, (0, 0), "{err}");
            }
        }
        assert_eq!((rows, money), (0, 0), "{err}");
    }
}

/// The rows and the cents (or seconds) of a line: the last two runs of digits after at least two spaces.
fn numbers(line: &str) -> (i64, i64) {
    let cells: Vec<&str> =
        line.trim().split("  ").map(str::trim).filter(|cell| !cell.is_empty()).skip(1).collect();
    let whole = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
    let is_amount = |cell: &&str| cell.contains('.') || cell.ends_with(" s");
    let amount = cells.iter().find(|cell| is_amount(cell)).map_or(0, |cell| whole(cell));
    (cells.iter().find(|cell| !is_amount(cell)).map_or(0, |cell| whole(cell)), amount)
}

/// The shop with everything that can become of a row.
fn everything() -> Work {
    let work = shop();
    let (header, body) = ORDERS.split_once('\n').unwrap();
    let more = "A-10,u1,s1,,2026-03-03 10:00:00,5.555,,paid,live,x\n\
                A-11,u1,s1,,2026-03-03 10:00:00,7.00,7.00,refunded,live,x\n\
                A-12,u1,s1,,2026-04-03 10:00:00,8.00,,paid,live,x\n\
                A-13,u1,s1,,2026-03-03 10:00:00,9.00,,odd,live,x\n\
                A-14,u1,s1,,not today,11.00,,paid,live,x\n\
                =cmd(),u1,s1,,2026-03-03,=1+1,,paid,live,x\n\
                A-15,u1\n";
    let later = body.lines().nth(2).unwrap().replace("1299.90", "1200.00");
    work.write("orders.csv", format!("{header}\n{body}{header}\n{more}{later}\n"));
    let sessions = format!(
        "{SESSIONS},,,,,\n9,u9,s1,2026-03-05 20:00:00,2026-03-05 19:00:00,follow\n10,u9,s1,2026-02-20 20:00:00,2026-02-22 20:00:00,tv\n"
    );
    work.write("sessions.csv", sessions);
    work
}

#[test]
fn the_shop_closes() {
    insta::assert_snapshot!("shop", said(&shop(), BOTH));
}

#[test]
fn the_check_of_a_list_sees_what_is_missing() {
    let said = said(&shop(), BOTH);
    for (right, wrong) in [
        ("15.00", "15.01"),
        ("8  1,809.81", "7  1,809.81"),
        ("2     50.00", "2     49.99"),
        ("900 s", "901 s"),
    ] {
        let wrong = said.replacen(right, wrong, 1);
        assert!(wrong != said && std::panic::catch_unwind(|| closes(&wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn everything_that_can_become_of_a_row_closes() {
    let arguments = "--max-bad 50% --unknown-status skip --from 2026-03-02 --to 2026-03-15";
    insta::assert_snapshot!("everything_paid", said(&everything(), &format!("{BOTH} {arguments}")));
    insta::assert_snapshot!(
        "everything_net",
        said(&everything(), &format!("{BOTH} {arguments} --basis net"))
    );
}

#[test]
fn lines_close_as_rows_and_as_orders() {
    let lines = "order_id,line_id,buyer_id,streamer_id,paid_at,amount,refund_amount,status\n\
                 o1,1,u1,s1,2026-03-02 20:10:00,10.00,4.00,paid\n\
                 o1,2,u1,s1,2026-03-02 20:10:00,20.00,,paid\n\
                 o1,3,u1,s1,,5.00,,cancelled\n\
                 o2,1,u2,s1,2026-03-02 20:10:00,30.00,30.00,refunded\n\
                 o3,1,u3,s1,2026-03-02 20:10:00,7.00,,paid\n\
                 o3,1,u3,s1,2026-03-02 20:10:00,8.00,,paid\n";
    let work = shop();
    work.write("orders.csv", lines);
    insta::assert_snapshot!("lines_paid", said(&work, BOTH));
    insta::assert_snapshot!("lines_net", said(&work, &format!("{BOTH} --basis net")));
}

#[test]
fn the_list_is_the_same_with_any_number_of_threads() {
    let work = everything();
    let arguments = format!("{BOTH} --max-bad 50% --unknown-status skip");
    let one = said(&work, &format!("{arguments} --threads 1"));
    assert_eq!(said(&work, &format!("{arguments} --threads 7 --block-size 64")), one);
}

#[test]
fn all_rejected_rows_are_written_with_the_mapped_cells_only() {
    let work = everything();
    let phones = work.read("orders.csv").replace(",category\n", ",phone\n").replace(",x\n", ",13800138000\n");
    work.write("orders.csv", phones);
    let arguments = format!("{BOTH} --max-bad 50% --unknown-status skip");
    assert_eq!(run(&work, &format!("{arguments} --rejects rejects.csv")).code, 0);
    insta::assert_snapshot!("rejects", work.read("rejects.csv"));
    assert!(!work.read("rejects.csv").contains("13800138000"));
    let raw = format!("{arguments} --rejects raw.csv --raw-text --threads 7 --block-size 64");
    assert_eq!(run(&work, &raw).code, 0);
    assert!(work.read("rejects.csv").contains(",'=1+1,"));
    assert_eq!(work.read("raw.csv"), work.read("rejects.csv").replace(",'=1+1,", ",=1+1,"));
}

#[test]
fn rejects_are_written_even_where_the_run_fails_for_them() {
    let work = shop();
    work.write("orders.csv", orders_with("59.90", "59.905"));
    assert_eq!(run(&work, &format!("{BOTH} --rejects rejects.csv -o out.csv")).code, 1);
    let rejects = work.read("rejects.csv");
    assert!(
        rejects
            .contains("\norders,orders.csv,3,6,amount,has more than 2 decimals; it is not rounded,59.905,"),
        "{rejects}"
    );
    assert!(!work.path("out.csv").exists());
}

#[test]
fn capped_sessions_and_every_file_are_told() {
    let work = everything();
    for file in 10..24 {
        work.write(&format!("more/{file}.csv"), ORDERS.lines().next().unwrap());
    }
    let err = said(&work, &format!("{BOTH} --orders more --max-bad 50% --unknown-status count"));
    assert!(err.contains("note: sessions longer than --max-session, capped: 1\n"), "{err}");
    assert!(err.contains("orders: more/23.csv (UTF-8, `,`, profile canonical)\n"), "{err}");
    assert!(err.contains("warning: more/23.csv: no rows, only a header\n"), "{err}");
    assert!(err.contains("warning: sources that no profile maps count as organic: \"tv\" (1)\n"), "{err}");
}
