//! Runs that need not read everything: rows out of the range are counted all the same.

use std::fmt::Write;

use gmv::input::profile::RowKind;
use gmv::input::store::Store;
use proptest::prelude::*;

use super::{ingested, reconciled, same};
use crate::support::Work;

/// The number at the end of a note of a run on the store; 0 where it is not said.
fn noted(work: &Work, note: &str, options: &str) -> u64 {
    let err = crate::shop::run(work, &format!("--store store {options}")).err;
    let line = err.lines().find(|line| line.starts_with(note)).map(str::to_owned);
    line.map_or(0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
}

/// The same but for warnings, which name the files.
fn same_numbers(work: &Work, exports: &str, options: &str) {
    let ask = |named: &str| {
        let run = crate::shop::run(work, &format!("{named} {options}"));
        let numbers = reconciled(&run.err).into_iter().filter(|line| !line.starts_with("warning: "));
        (run.code, run.out, numbers.collect::<Vec<_>>())
    };
    assert_eq!(ask("--store store"), ask(exports), "{options}");
}

#[test]
fn sessions_out_of_the_range_are_counted_and_not_read() {
    let work = Work::new();
    let sample = "sample --sessions 3000 --streamers 6 --weeks 6 --seed 3 --out .";
    work.ok(&sample.split(' ').collect::<Vec<_>>());
    let sessions = work.read("sessions.csv");
    let (header, rows) = sessions.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.sort_by_key(|row| row.split(',').nth(3).unwrap().to_owned());
    for (at, part) in rows.chunks(rows.len() / 6 + 1).enumerate() {
        let name = format!("{header},streamer_name\n");
        let part: Vec<String> = part.iter().map(|row| format!("{row},name{at}")).collect();
        work.write(&format!("parts/s{at}.csv"), format!("{name}{}\n", part.join("\n")));
    }
    let exports = "--orders orders.csv --sessions parts";
    ingested(&work, exports);
    let dates = "--from 2026-10-26 --to 2026-11-01";
    same(
        &work,
        exports,
        &[
            dates,
            &format!("{dates} --attribution window:48h --by domain"),
            &format!("{dates} --attribution window:0s --by streamer,traffic"),
            &format!("{dates} --max-session 10m"),
            &format!("{dates} --period day --day-start 05:00"),
            "--from 2026-11-09",
            "--to 2026-10-11 --period all",
        ],
    );
    for set in [
        "watch_seconds=10",
        "source=paid --by domain",
        "entered_at=2026-10-30T20:00:00 --set left_at=2026-10-30T21:00:00",
    ] {
        same_numbers(&work, exports, &format!("{dates} --set {set}"));
    }
    let skipped = |more: &str| noted(&work, "note: sessions not read", &format!("{dates} {more}"));
    assert!(skipped("") > 1500, "{}", skipped(""));
    assert!(skipped("--attribution window:7d") < skipped(""));
    assert_eq!(skipped("--max-session 10m"), 0, "watch time under another cap is not known");
}

const ORDERS_NOT_READ: &str = "note: orders not read";

/// Six exports, of a week each; the last ones also of the last days of the week before, whose orders have another status meanwhile in some.
/// Each names the streamers in its own way.
fn weekly_exports() -> Work {
    let work = Work::new();
    let sample = "sample --sessions 12000 --streamers 6 --weeks 6 --seed 4 --out .";
    work.ok(&sample.split(' ').collect::<Vec<_>>());
    let orders = work.read("orders.csv");
    let (header, rows) = orders.split_once('\n').unwrap();
    let mut rows: Vec<&str> = rows.lines().collect();
    // By their ids, and the later state of an order behind the earlier one.
    rows.sort_by_key(|row| row.split(',').next().unwrap().parse::<u64>().unwrap());
    let week = rows.len() / 6 + 1;
    for at in 0..6 {
        let overlap = if at > 3 { week / 4 } else { 0 };
        let part = &rows[at * week - overlap..rows.len().min((at + 1) * week)];
        let later = |row: &&str| match at % 2 {
            0 => format!("{row},name{at}"),
            _ => format!("{},name{at}", row.replace("completed", "cancelled")),
        };
        let part: Vec<String> = part.iter().map(later).collect();
        work.write(&format!("parts/o{at}.csv"), format!("{header},streamer_name\n{}\n", part.join("\n")));
    }
    work
}

#[test]
fn orders_out_of_the_range_are_counted_and_not_read() {
    let work = weekly_exports();
    let exports = "--orders parts --sessions sessions.csv";
    ingested(&work, exports);
    let dates = "--from 2026-10-26 --to 2026-11-01";
    let options = [
        "",
        "--by streamer,category --period day --day-start 05:00",
        "--attribution all --by live",
        "--attribution carrier --by carrier,price-band",
        "--attribution window:30m --by total --ci",
        "--unknown-status skip --covers 2026-10-26..2026-11-01",
        "--by buyer-type",
        "--basis net",
    ];
    let with = |dates: &str| options.map(|option| format!("{dates} {option}"));
    let all =
        [dates, "--from 2026-11-09", "--to 2026-10-11 --period all", "--from 2026-09-01 --to 2026-09-02"];
    let all: Vec<String> = all.into_iter().flat_map(with).collect();
    same(&work, exports, &all.iter().map(String::as_str).collect::<Vec<_>>());
    for set in ["status=pending", "amount=5", "order_id=1", "paid_at=2026-10-30T20:00:00"] {
        same_numbers(&work, exports, &format!("{dates} --set {set}"));
    }
    let skipped = |more: &str| noted(&work, ORDERS_NOT_READ, &format!("{dates} {more}"));
    let orders = work.read("orders.csv").lines().count() as u64 - 1;
    let some = orders / 4..orders / 2;
    assert!(some.contains(&skipped("")), "{} of {orders}: exports that overlap are read", skipped(""));
    assert_eq!(skipped("--by buyer-type"), 0, "whoever bought before is returning");
    assert_eq!(skipped("--basis net"), 0, "what was refunded in full is not out of the range");
    work.write(
        "refunds.csv",
        "refund_id,order_id,refund_amount,refunded_at,status\nr1,1,1.00,2026-10-27 10:00:00,refunded\n",
    );
    assert_eq!(skipped("--basis net --refunds refunds.csv"), 0, "after-sales look for their orders");
    assert_eq!(skipped("--refunds refunds.csv"), 0, "after-sales look for their orders");
    assert_eq!(noted(&work, ORDERS_NOT_READ, ""), 0, "without a range every order counts");
}

/// An export of two row groups (131,072 rows are the first), of which the second holds later states of rows of the first.
#[test]
fn row_groups_of_one_export_that_replace_rows_of_others() {
    let work = Work::new();
    let (first, second) = (140_000, 10_000);
    let mut orders = "order_id,buyer_id,streamer_id,paid_at,amount,status\n".to_owned();
    let mut order = |id: u32, day: u32, status: &str| {
        let amount = id % 1_000;
        writeln!(orders, "{id},u{},s{},2026-03-{day:02} 12:00:00,{amount}.00,{status}", id % 97, id % 3)
            .unwrap();
    };
    (0..first).for_each(|id| order(id, if id < 131_072 { 1 + id / 10_000 } else { 20 }, "paid"));
    // Later states of orders of the first days, all paid much later.
    for id in 0..second {
        order(id * 7, 21, if id % 3 == 0 { "cancelled" } else { "paid" });
    }
    work.write("orders.csv", orders);
    let exports = "--orders orders.csv --attribution all";
    ingested(&work, "--orders orders.csv");
    let days =
        ["--from 2026-03-18", "--from 2026-03-14 --to 2026-03-15", "--to 2026-03-02", "--from 2026-04-01"];
    for (dates, not_read) in days.into_iter().zip([true, false, false, true]) {
        let ask = |named: &str| crate::shop::run(&work, &format!("{named} --attribution all {dates}"));
        let (expected, found) = (ask("--orders orders.csv"), ask("--store store"));
        assert_eq!((&found.out, found.code), (&expected.out, 0), "{exports} {dates}");
        assert_eq!(reconciled(&found.err), reconciled(&expected.err), "{dates}");
        assert_eq!(
            noted(&work, ORDERS_NOT_READ, &format!("--attribution all {dates}")) > 0,
            not_read,
            "{dates}"
        );
    }
}

/// A week between the first and the last order of all exports is whole, whatever is read of these.
#[test]
fn orders_that_are_not_read_tell_which_days_exports_cover() {
    let work = Work::new();
    for (id, day) in [(1, 1), (2, 4), (3, 10)] {
        let rows = format!(
            "order_id,buyer_id,streamer_id,paid_at,amount\n{id},u1,s1,2026-03-{day:02} 12:00:00,9.90\n"
        );
        work.write(&format!("parts/o{id}.csv"), rows);
    }
    ingested(&work, "--orders parts");
    let week = "--attribution all --from 2026-03-02 --to 2026-03-08";
    same(&work, "--orders parts", &[week]);
    assert!(crate::shop::decompose(&work, &format!("--store store {week}")).ends_with("9.90,false\n"));
    assert_eq!(noted(&work, ORDERS_NOT_READ, week), 2);
}

/// `gmv check` looks at every row: dates say only which of them count.
#[test]
fn a_check_of_a_range_reads_all_of_a_store() {
    let work = weekly_exports();
    ingested(&work, "--orders parts --sessions sessions.csv");
    let dates = ["--from", "2026-10-26", "--to", "2026-11-01", "--format", "csv"];
    let check = |named: &[&str]| {
        let run = work.run(&[&["check"], named, &dates].concat());
        let of_files = |line: &&str| line.contains(".csv") || line.contains("store/");
        let findings: Vec<_> = run.out.lines().filter(|line| !of_files(line)).map(str::to_owned).collect();
        (run.code, findings)
    };
    let expected = check(&["--orders", "parts", "--sessions", "sessions.csv"]);
    assert!(expected.1.iter().any(|line| line.contains("rows_out_of_range")), "{expected:?}");
    assert_eq!(check(&["--store", "store"]), expected);
}

/// What was counted is believed only of the very files that it was counted of.
#[test]
fn all_orders_are_read_where_what_stands_was_not_counted() {
    let work = weekly_exports();
    let exports = "--orders parts --sessions sessions.csv";
    ingested(&work, exports);
    let dates = "--from 2026-10-26 --to 2026-11-01";
    let not_read = || {
        same(&work, exports, &[dates, &format!("{dates} --by total --period all")]);
        noted(&work, ORDERS_NOT_READ, dates) > 0
    };
    assert!(not_read());
    let (count, counted) = ("store/standing.json", work.read("store/standing.json"));
    for other in ["", "{}", &counted.replacen("\"rows\":1", "\"rows\":2", 1), &counted[..counted.len() - 9]] {
        work.write(count, other);
        assert!(!not_read(), "{other:.99}");
    }
    std::fs::remove_file(work.path(count)).unwrap();
    assert!(!not_read());
    assert!(ingested(&work, exports).iter().all(|status| status == "unchanged"));
    assert_eq!(work.read(count), counted, "the next ingestion counts again");
    // A file is taken out, and comes back as the last of all.
    let first = super::files(&work, "orders").into_iter().next().unwrap();
    let store = Store::open(&work.path("store")).unwrap();
    let name = store.files(RowKind::Orders).find(|file| file.path == first).unwrap().about.source.clone();
    // Nobody ingests while a store is read.
    drop(store);
    std::fs::remove_file(first).unwrap();
    std::fs::create_dir(work.path("rest")).unwrap();
    std::fs::rename(work.path(&format!("parts/{name}")), work.path(&format!("rest/{name}"))).unwrap();
    assert!(!not_read());
    ingested(&work, "--orders rest");
    let exports = "--orders parts rest --sessions sessions.csv";
    same(&work, exports, &[dates, &format!("{dates} --by total --period all")]);
    // Orders by lines are read, and all others with them.
    work.write(
        "lines.csv",
        "order_id,line_id,buyer_id,streamer_id,paid_at,amount\n1,1,u1,s0001,2026-10-05 10:00:00,5.00\n",
    );
    ingested(&work, "--orders lines.csv");
    assert!(!work.path(count).exists());
    same(&work, "--orders parts rest lines.csv --sessions sessions.csv", &[dates]);
}

/// An order: its id, the number of the day of its payment if any, its streamer and its status.
type Order = (u32, u32, u32, &'static str);

/// Exports of a few orders each, with ids from a range of their own or the same as others.
fn exports() -> impl Strategy<Value = Vec<(u32, Vec<Order>)>> {
    let status = prop::sample::select(vec!["paid", "refunded", "cancelled", "pending", "?"]);
    let order = (0..40_u32, 0..5_u32, 0..4_u32, prop_oneof![3 => Just("paid"), 1 => status]);
    prop::collection::vec((0..4_u32, prop::collection::vec(order, 0..6)), 1..5)
}

/// Their text; no two are of the same bytes.
fn export(at: usize, (base, orders): &(u32, Vec<Order>)) -> String {
    let mut text = "order_id,buyer_id,streamer_id,paid_at,amount,status,streamer_name\n".to_owned();
    writeln!(text, "{base}50,u1,s1,2026-03-01 12:00:00,{at}.00,paid,").unwrap();
    for (id, day, streamer, status) in orders {
        let paid = day.checked_sub(1).map(|number| format!("2026-03-{:02} 12:00:00", 1 + 5 * number));
        let paid = paid.unwrap_or_default();
        writeln!(text, "{base}{id:02},u{},s{streamer},{paid},{}.50,{status},n{at}", id % 3, id * 3).unwrap();
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn a_range_of_a_store_is_that_of_its_exports(exports in exports(), from in 1..18_u32, days in 0..12_u32, unknown in 0..3_usize) {
        let work = Work::new();
        for (at, orders) in exports.iter().enumerate() {
            work.write(&format!("parts/o{at}.csv"), export(at, orders));
        }
        ingested(&work, "--orders parts");
        let unknown = ["", "--unknown-status count", "--unknown-status skip"][unknown];
        let to = from + days;
        let asked = format!("--attribution all {unknown} --from 2026-03-{from:02}");
        same(&work, "--orders parts", &[&format!("{asked} --to 2026-03-{to:02}"), &asked]);
    }
}
