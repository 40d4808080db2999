//! Broadcasts: the table `--lives`, `--by live`, and the columns beside the sums.

use crate::errors::{case, check};
use crate::shop::{BOTH, decompose, run};
use crate::support::Work;

const SESSIONS: &str = "viewer_id,streamer_id,entered_at,left_at,live_id\n\
    u1,s1,2026-03-02 20:00:00,2026-03-02 20:30:00,=\"07\"\n\
    u2,s1,2026-03-02 20:10:00,2026-03-02 20:20:00,-\n\
    u1,s2,2026-03-03 20:00:00,2026-03-03 20:10:00,07\n";
const ORDERS: &str = "order_id,line_id,buyer_id,streamer_id,paid_at,amount,live_id\n\
    1,10,u1,s1,2026-03-02 20:05:00,3.00,9\n\
    1,9,u1,s1,2026-03-02 20:05:00,2.00,07\n\
    2,1,u2,s1,2026-03-02 20:15:00,7.00,\n\
    3,1,u1,,2026-03-02 20:15:00,1.00,9\n";
const LIVES: &str = "live_id,streamer_id,started_at,ended_at,title\n\
    07,s1,2026-03-02 20:00:00,2026-03-02 21:00:00,a\n\
    8,s1,2026-03-02T12:10:00Z,2026-03-02T12:15:00Z,b\n";

fn work() -> Work {
    Work::with(&[("orders.csv", ORDERS), ("sessions.csv", SESSIONS), ("lives.csv", LIVES)])
}

/// The columns of a result by their names.
fn columns(result: &str, names: &[&str]) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(result.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &&str| header.iter().position(|column| column == *name).unwrap();
    let places: Vec<usize> = names.iter().map(at).collect();
    let row = |row: csv::StringRecord| places.iter().map(|&at| row[at].to_owned()).collect::<Vec<_>>();
    reader.records().map(|record| row(record.unwrap()).join(" ")).collect()
}

const SHOWN: [&str; 8] =
    ["streamer_id", "live_id", "uv", "buyers", "gmv", "gmv_off_live", "broadcasts", "live_hours"];

#[test]
fn rows_belong_to_the_broadcast_that_they_name_or_to_that_of_their_time() {
    // The order of lines belongs to the broadcast of line 9, which is smaller than line 10.
    let named = decompose(&work(), &format!("{BOTH} --by streamer,live"));
    let expected = [
        "s1 (none) 1 1 7.00 0.00 0 ",
        "s1 07 1 1 5.00 0.00 1 ",
        "(none) 9 0 0 0.00 1.00 0 ",
        "s2 07 1 0 0.00 0.00 1 ",
    ];
    assert_eq!(columns(&named, &SHOWN), expected);
    // u2 entered and paid at 20:10 and 20:15: broadcast 8 has just begun, and just ended, so that 07 is on.
    let placed = decompose(&work(), &format!("{BOTH} --by streamer,live --lives lives.csv"));
    let expected = [
        "s1 07 1 2 12.00 0.00 1 1",
        "(none) 9 0 0 0.00 1.00 0 0",
        "s1 8 1 0 0.00 0.00 1 0.08333333333333333",
        "s2 07 1 0 0.00 0.00 1 ",
    ];
    assert_eq!(columns(&placed, &SHOWN), expected);
}

#[test]
fn what_the_table_lacks_and_what_streamers_share_is_said() {
    let err = run(&work(), &format!("{BOTH} --by live --lives lives.csv")).err;
    for line in [
        "note: broadcasts in --lives: 2\n",
        "warning: broadcasts of the exports that are not in --lives, counted without hours: 1 (such as \"07\")\n",
        "warning: live_ids that several streamers share, one row each: 1 (such as \"07\"); --by streamer,live divides them\n",
    ] {
        assert!(err.contains(line), "{err}");
    }
    let err = run(&work(), &format!("{BOTH} --by streamer,live")).err;
    assert!(!err.contains("share") && !err.contains("--lives"), "{err}");
}

#[test]
fn the_total_line_says_how_it_counts_broadcasts() {
    // 07 of s1 is on in both days and stands in two rows; that of s2 is named by a session alone.
    let work = work();
    work.write(
        "long.csv",
        "live_id,streamer_id,started_at,ended_at\n07,s1,2026-03-02 20:00:00,2026-03-03 20:00:00\n",
    );
    let arguments = format!("{BOTH} --by total --period day --lives long.csv");
    assert_eq!(columns(&decompose(&work, &arguments), &["broadcasts"]), ["1", "2"]);
    let table = decompose(&work, &format!("{arguments} --format table"));
    let total = table.lines().find(|line| line.starts_with("Total ")).unwrap();
    assert!(total.contains(" 2 "), "{table}");
    assert!(
        table.contains("Total of broadcasts and live time: every broadcast of the range once"),
        "{table}"
    );
    let without = Work::with(&[("o.csv", crate::shop::ORDERS), ("s.csv", crate::shop::SESSIONS)]);
    let table = decompose(&without, "--orders o.csv --sessions s.csv --format table");
    assert!(!table.contains("Total of broadcasts"), "{table}");
}

#[test]
fn of_a_broadcast_in_two_tables_the_later_stands() {
    let work = work();
    let later = "直播间ID;主播;开播;下播\n07;s1;2026/3/2 20:00;2026/3/2 22:00\n";
    work.write("later.csv", later);
    work.write(
        "p.toml",
        "name = \"p\"\n[lives.columns]\nlive_id = \"直播间ID\"\nstreamer_id = \"主播\"\nstarted_at = \"开播\"\n\
         ended_at = \"下播\"\n",
    );
    let hours = |lives: &str| {
        let result = decompose(&work, &format!("{BOTH} --by total --lives {lives}"));
        columns(&result, &["broadcasts", "live_hours"])
    };
    assert_eq!(hours("later.csv --profile p.toml"), ["2 2"]);
    work.write(
        "later.csv",
        "live_id,streamer_id,started_at,ended_at\n07,s1,2026-03-02 20:00,2026-03-02 22:00\n",
    );
    assert_eq!(hours("lives.csv later.csv"), ["3 2.0833333333333335"]);
    assert_eq!(hours("later.csv lives.csv"), ["3 1.0833333333333333"]);
}

#[test]
fn a_saved_result_with_broadcasts_gives_itself_again() {
    let work = work();
    for (more, by) in [
        ("--by streamer,live --lives lives.csv", "--by streamer,live"),
        ("--by live --period day", "--by live"),
        ("--lives lives.csv --by total", "--by total"),
    ] {
        let result = decompose(&work, &format!("{BOTH} {more} --ci --moments"));
        assert!(result.lines().next().unwrap().contains(",partial,broadcasts,live_hours,uv_lo,"));
        for file in ["facts.csv", "facts.parquet"] {
            decompose(&work, &format!("{BOTH} {more} --moments -o {file}"));
            assert_eq!(
                decompose(&work, &format!("--facts {file} {by} --ci --moments")),
                result,
                "{file} {more}"
            );
        }
    }
}

#[test]
fn an_id_of_a_broadcast_that_excel_destroyed_is_a_reject() {
    let work = work();
    work.write("sessions.csv", SESSIONS.replace("=\"07\"", "7.3E+18"));
    work.write("orders.csv", ORDERS.replace(",2.00,07", ",2.00,7.3E+18"));
    let run = run(&work, &format!("{BOTH} --max-bad 1"));
    assert_eq!(run.code, 0, "{}", run.err);
    for line in [
        "sessions.csv:2:5: live_id \"7.3E+18\" is an id in",
        "orders.csv:3:7: live_id \"7.3E+18\" is an id in",
    ] {
        assert!(run.err.contains(line), "{}", run.err);
    }
    assert_eq!(decompose(&work, &format!("{BOTH} --allow-mangled-ids --by live")).lines().count(), 5);
}

#[test]
fn tables_of_broadcasts_that_cannot_be_used() {
    let table = |row: &str, message: &str| {
        case(format!("{BOTH} --lives bad.csv"), format!("bad.csv:{message}"))
            .file("bad.csv", format!("live_id,streamer_id,started_at,ended_at\n{row}\n"))
    };
    check(&[
        table("L,s1,2026-03-02 20:00,2026-03-02 19:59", "2:4: ended_at \"2026-03-02 19:59\" is before started_at"),
        table("L,s1,2026-03-02 20:00,", "2:4: ended_at is blank; give the time, or take the row out"),
        table(",s1,2026-03-02 20:00,2026-03-02 21:00", "2:1: live_id is blank"),
        table(
            "L,s1,2026-03-02 20:00,2026-03-02 21:00\nL,s1,2026-03-02 20:00,2026-03-02 21:00\nL,s1,2026-03-02 20:00,2026-03-02 22:00",
            "4:1: the broadcast \"L\" of streamer \"s1\" stands twice with different times; keep one of them",
        ),
        case(format!("{BOTH} --lives nowhere.csv"), "nowhere.csv: no such file or directory"),
        case(
            format!("{BOTH} --by live"),
            "--by live needs a live_id column in the sessions or orders, or a table of broadcasts (--lives FILE); map the column in \
             a profile (live_id = …)",
        )
        .code(2),
        case(
            format!("{BOTH} --lives lives.csv -o lives.csv"),
            "-o lives.csv would replace one of the inputs; name another file",
        )
        .file("lives.csv", LIVES)
        .code(2),
    ]);
    let work = work();
    work.write("bad.csv", "id,streamer_id,started_at\nL,s1,2026-03-02\n");
    let err = work.fails(
        1,
        &["decompose", "--orders", "orders.csv", "--sessions", "sessions.csv", "--lives", "bad.csv"],
    );
    assert!(
        err.starts_with("gmv: bad.csv:1: missing columns `live_id`, `ended_at` (profile canonical)"),
        "{err}"
    );
}
