//! The forms of a report: the list for people, machine formats, files; the same on any number of threads.

use super::check;
use crate::shop::{BOTH, ORDERS, SESSIONS, shop};
use crate::support::Work;

fn run(work: &Work, arguments: &str) -> String {
    let words: Vec<&str> = ["check"].into_iter().chain(arguments.split_whitespace()).collect();
    work.ok(&words)
}

#[test]
fn the_list_for_people() {
    let work = shop();
    insta::assert_snapshot!("check_en", run(&work, &format!("{BOTH} --format table --currency $")));
    insta::assert_snapshot!("check_zh", run(&work, &format!("{BOTH} --format table --lang zh")));
    work.write("orders.csv", ORDERS.replace(",closed_paid,", ",odd,").replace("59.90", "59.905"));
    work.write("sessions.csv", SESSIONS.replace(",u", ",v"));
    let errors =
        work.run(&["check", "--orders", "orders.csv", "--sessions", "sessions.csv", "--format", "table"]);
    assert_eq!((errors.code, errors.err.as_str()), (1, ""));
    insta::assert_snapshot!("check_errors", errors.out);
}

#[test]
fn machine_formats() {
    let work = shop();
    let csv = run(&work, BOTH);
    let header = "level,section,input,check,file,count,share,gmv,first,last,detail,examples,cases,shift_hours,threshold";
    assert_eq!(csv.lines().next(), Some(header));
    assert!(csv.contains("\nok,rows,orders,rows_counted,,8,0.8888888888888888,1809.81,,,,,,,\n"), "{csv}");
    assert!(
        csv.contains("\nok,dates,orders,span,,6,,,2026-03-02,2026-03-10,2026-03-02 to 2026-03-10,,,,\n"),
        "{csv}"
    );
    assert_eq!(run(&work, &format!("{BOTH} --format csv --lang zh")), csv);
    let lines = run(&work, &format!("{BOTH} --format ndjson"));
    assert_eq!(lines.lines().count(), check(&work, BOTH).rows.len());
    assert_eq!(csv.lines().count(), lines.lines().count() + 1);
    let chinese = run(&work, &format!("{BOTH} --format markdown --lang zh"));
    assert!(chinese.contains("计为观众，观看 0 秒"), "{chinese}");
    assert!(chinese.contains("| 警告 | 行数与金额 | 观看 | 无时长的观看 |"), "{chinese}");
    for word in ["warning", "sessions", "rows_counted", "clock", "orders"] {
        assert!(!chinese.contains(&format!("| {word} |")), "{word}: {chinese}");
    }
    assert_eq!(run(&work, &format!("{BOTH} -o check.parquet")), "");
    assert!(std::fs::read(work.path("check.parquet")).unwrap().starts_with(b"PAR1"));
    run(&work, &format!("{BOTH} -o check.txt"));
    assert!(work.read("check.txt").starts_with("Files: orders\n  ✓ orders.csv "));
}

#[test]
fn nothing_is_written_but_what_is_asked_for() {
    let work = shop();
    let files = || std::fs::read_dir(work.path(".")).unwrap().count();
    let before = files();
    run(&work, BOTH);
    assert_eq!(files(), before);
    work.write("orders.csv", ORDERS.replace("59.90,", "59.905,"));
    let found = check(&work, &format!("{BOTH} --rejects rejects.csv -q"));
    assert_eq!(found.code, 1);
    assert!(work.read("rejects.csv").contains("\norders,orders.csv,3,6,amount,"));
}

#[test]
fn hostile_text_does_not_reach_a_terminal() {
    let work = shop();
    let header = "order_id,buyer_id,streamer_id,paid_at,amount,status,\u{1b}[31m\u{202e}x\n";
    let row = "1,\u{1b}[2Ju1,s1,2026-03-02 20:10:00,1.00,\u{1b}[31mred,\n";
    work.write("orders.csv", format!("{header}{row}"));
    for format in ["table", "json", "markdown"] {
        let run = work.run(&["check", "--orders", "orders.csv", "--format", format, "--lang", "zh"]);
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(!run.out.contains(['\u{1b}', '\u{202e}']), "{}", run.out);
    }
}

#[test]
fn the_report_is_the_same_on_any_number_of_threads() {
    let work = Work::new();
    let size = ["sample", "-q", "--sessions", "6000", "--streamers", "6", "--weeks", "3", "--out", "."];
    work.ok(&size);
    let run = |more: &str| {
        run(&work, &format!("{BOTH} --format json --max-orders-per-hour 1 --max-session 10m {more}"))
    };
    let one = run("--threads 1");
    assert!(one.contains("\"examples\":\"orders.csv:"));
    for more in ["--threads 2", "--threads 7 --block-size 999", "--threads 3 --block-size 64"] {
        assert_eq!(run(more), one, "{more}");
    }
}
