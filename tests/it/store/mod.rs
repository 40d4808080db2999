//! `gmv ingest` and `--store`: the same results as from the exports, each export once, and nothing half-written.

mod agreement;
mod beside;
mod containers;
mod damage;
mod pruning;
mod refusals;
mod runs;

use std::collections::BTreeSet;
use std::path::PathBuf;

use gmv::input::profile::RowKind;
use gmv::input::store::Store;
use proptest::prelude::*;

use crate::exports::Exports;
use crate::generators::{question, world};
use crate::profiles::{ELSEWHERE, elsewhere};
use crate::shop::{BOTH, ORDERS, RESULT, decompose, orders_with, shop};
use crate::support::{Run, Work, repository};
use crate::world::rows;

/// Runs `gmv ingest --store store` with the words of a line.
fn ingest(work: &Work, arguments: &str) -> Run {
    let line: Vec<&str> =
        ["ingest", "--store", "store"].into_iter().chain(arguments.split_whitespace()).collect();
    work.run(&line)
}

/// The same, which must succeed; the status of each export.
fn ingested(work: &Work, arguments: &str) -> Vec<String> {
    let run = ingest(work, arguments);
    assert_eq!(run.code, 0, "{arguments}\n{}{}", run.out, run.err);
    run.out.lines().skip(1).map(|line| line.split(',').nth(2).unwrap().to_owned()).collect()
}

/// The files of a kind of rows, without those that are hidden.
fn files(work: &Work, kind: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(work.path("store").join(kind)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> =
        paths.filter(|path| !path.file_name().unwrap().to_string_lossy().starts_with('.')).collect();
    paths.sort();
    paths
}

/// What decompose says of where the rows went, without the lines of files.
fn reconciled(err: &str) -> Vec<String> {
    let named = |line: &&str| {
        !line.starts_with("orders: ") && !line.starts_with("sessions: ") && !line.starts_with("note: ")
    };
    err.lines().filter(named).map(by_export).collect()
}

/// A message of the store, with the names of the exports in the place of the store's.
fn by_export(err: &str) -> String {
    let (before, rest) = err.split_once("store/").unwrap_or((err, ""));
    let export = rest.split_once(".parquet (").and_then(|(_, rest)| rest.split_once(')'));
    export.map_or(err.to_owned(), |(name, rest)| format!("{before}{name}{rest}"))
}

/// The store and the exports must give the same bytes and the same reconciliation for all of these options.
fn same(work: &Work, exports: &str, options: &[&str]) {
    for option in options {
        let ask = |named: &str| crate::shop::run(work, &format!("{named} {option}"));
        let bare = exports.split(" --profile").next().unwrap();
        let (expected, found) = (ask(exports), ask("--store store"));
        assert_eq!(
            (found.code, &found.out),
            (expected.code, &expected.out),
            "{bare} {option}\n{}{}",
            expected.err,
            found.err
        );
        if found.code == 0 {
            assert_eq!(reconciled(&found.err), reconciled(&expected.err), "{option}");
        } else {
            assert_eq!(by_export(&found.err), expected.err, "{option}");
        }
    }
}

const OPTIONS: [&str; 13] = [
    "",
    "--basis net",
    "--by total --ci --moments",
    "--by category,carrier,domain",
    "--by buyer-type,price-band --period day --day-start 05:00",
    "--attribution window:30m",
    "--attribution carrier --by traffic",
    "--attribution all --basis net",
    "--from 2026-03-04 --to 2026-03-09 --domain-rule longest",
    "--from 2026-03-09 --max-session 1h",
    "--to 2026-03-03 --period all --week-start sun",
    "--unknown-status count --format json",
    "--set streamer_id=s9",
];

#[test]
fn a_store_gives_what_its_exports_give() {
    let work = shop();
    assert_eq!(ingested(&work, BOTH), ["new", "new"]);
    assert_eq!(decompose(&work, "--store store"), RESULT);
    same(&work, BOTH, &OPTIONS);
    // Its files are canonical exports as well, for whoever names them.
    let plain = decompose(&work, "--orders store/orders --sessions store/sessions");
    assert_eq!(plain, RESULT);
}

#[test]
fn a_store_keeps_what_a_profile_means() {
    let work = elsewhere();
    assert_eq!(ingested(&work, ELSEWHERE), ["new", "new"]);
    same(&work, ELSEWHERE, &OPTIONS[..12]);
    let table = |named: &str| decompose(&work, &format!("{named} --format table"));
    assert_eq!(table("--store store"), table(ELSEWHERE));
    assert!(table("--store store").contains("$1,459.80"));
    let run = crate::shop::run(&work, "--store store");
    assert!(run.err.contains("profile elsewhere, amount = 商品金额 + 运费 − 优惠)\n"), "{}", run.err);
}

#[test]
fn words_that_no_profile_maps_stay_unmapped() {
    // `paid` is a word of the canonical profile, and none of this one.
    let work = elsewhere();
    let orders = work.read("orders.csv").replacen("待发货", "paid", 1).replacen("已完成", "?", 1);
    work.write("orders.csv", orders);
    work.write(
        "sessions.csv",
        work.read("sessions.csv").replacen("关注页", "private", 1).replacen("推荐", "follow", 1),
    );
    ingested(&work, ELSEWHERE);
    same(&work, ELSEWHERE, &["", "--unknown-status count", "--unknown-status skip --by domain"]);
    let err = work.fails(1, &["decompose", "--store", "store"]);
    assert!(err.contains("unknown order statuses: \"?\" (1), \"paid\" (1);"), "{err}");
    let run = crate::shop::run(&work, "--store store --unknown-status count");
    assert!(run.err.contains("\"follow\" (1), \"private\" (1)"), "{}", run.err);
}

#[test]
fn lines_of_orders_and_guarded_and_mangled_ids_are_kept() {
    let work = Work::new();
    for name in ["orders_lines.csv", "sessions.csv"] {
        work.write(name, std::fs::read(repository("tests/handworked").join(name)).unwrap());
    }
    let lines = "--orders orders_lines.csv --sessions sessions.csv";
    ingested(&work, lines);
    same(
        &work,
        lines,
        &["", "--basis net --by carrier", "--basis net --by category", "--by total --period all"],
    );
    let work = shop();
    work.write("orders.csv", orders_with("A-4,u3", "''A-4,9.44E+18"));
    work.write("sessions.csv", work.read("sessions.csv").replace("4,u3,", "4,9.44E+18,"));
    ingested(&work, &format!("{BOTH} --allow-mangled-ids"));
    assert_eq!(decompose(&work, "--store store"), RESULT);
}

#[test]
fn the_same_bytes_are_ingested_once_under_any_name() {
    let work = shop();
    assert_eq!(ingested(&work, BOTH), ["new", "new"]);
    let before: Vec<_> = files(&work, "orders").iter().map(|path| std::fs::read(path).unwrap()).collect();
    work.write("copy.csv", ORDERS);
    let run = ingest(&work, "--orders orders.csv copy.csv --sessions sessions.csv");
    assert!(
        run.err.contains("orders: copy.csv: nothing to do, the store holds it as store/orders/"),
        "{}",
        run.err
    );
    assert!(run.err.contains(".parquet (orders.csv)\n"), "{}", run.err);
    let after: Vec<_> = files(&work, "orders").iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert_eq!(before, after);
    // Standard input is known when it has been read.
    let mut command = work.command(&["ingest", "--store", "store", "--orders", "-"]);
    let output = command.stdin(std::fs::File::open(work.path("copy.csv")).unwrap()).output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("<stdin>,unchanged,"));
    assert_eq!(std::fs::read_dir(work.path("store/orders")).unwrap().count(), 1);
    // Compressed, they are other bytes.
    work.write("orders.csv.zst", zstd::encode_all(ORDERS.as_bytes(), 3).unwrap());
    assert_eq!(ingested(&work, "--orders orders.csv.zst"), ["new"]);
    assert_eq!(decompose(&work, "--store store"), RESULT);
    let run = crate::shop::run(&work, "--store store");
    assert!(run.err.contains("− superseded by a later row   9  1,824.81"), "{}", run.err);
}

#[test]
fn another_reading_replaces_the_file_and_keeps_its_place() {
    let work = shop();
    let later = orders_with("A-4,u3,s2,Bo,2026-03-09 12:00:00,0.01", "A-4,u3,s2,Bo,2026-03-09 12:00:00,0.02");
    work.write("later.csv", &later);
    ingested(&work, &format!("{BOTH} --orders later.csv"));
    let stored = |work: &Work| {
        let store = Store::open(&work.path("store")).unwrap();
        store
            .files(RowKind::Orders)
            .map(|file| (file.about.sequence, file.about.ingested_at.clone(), file.about.source.clone()))
            .collect::<Vec<_>>()
    };
    let before = stored(&work);
    assert_eq!(
        before.iter().map(|(sequence, _, source)| (*sequence, source.as_str())).collect::<Vec<_>>(),
        [(1, "orders.csv"), (2, "later.csv")]
    );
    let canonical = include_str!("../../../src/input/profiles/canonical.toml");
    work.write("other.toml", canonical.replace("\"¥\"", "\"$\""));
    assert_eq!(ingested(&work, "--orders orders.csv --profile other.toml"), ["replaced"]);
    assert_eq!(ingested(&work, "--orders orders.csv --profile other.toml"), ["unchanged"]);
    assert_eq!(stored(&work), before);
    assert!(decompose(&work, "--store store").contains(",300.02,"), "the later export wins");
    let all = format!("{BOTH} --orders later.csv --timezone UTC");
    assert_eq!(ingested(&work, &all), ["replaced", "replaced", "replaced"]);
    // One file for each streamer: the same bytes under another name would be another export.
    work.write("s1.csv", "order_id,buyer_id,paid_at,amount\n1,u1,2026-03-02,1\n");
    work.write("s2.csv", work.read("s1.csv"));
    let run = ingest(&work, "--orders s1.csv s2.csv --set streamer_id={file}");
    assert_eq!((run.code, files(&work, "orders").len()), (1, 2), "{}", run.err);
    assert!(
        run.err.contains(
            "s2.csv: the file has the same bytes as s1.csv, which is in the store with other values of --set"
        ),
        "{}",
        run.err
    );
}

#[test]
fn weeks_that_overlap_are_one_shop() {
    let work = shop();
    let week2 = "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount,status\n\
                 A-4,u3,s2,2026-03-09 12:00:00,0.01,0.01,refunded\n\
                 A-5,0**7,s2,2026-03-10 23:59:59,250.00,,paid\n\
                 B-1,u1,s1,2026-03-16 20:10:00,9.99,,paid\n";
    assert_eq!(ingested(&work, BOTH), ["new", "new"]);
    work.write("week2.csv", week2);
    assert_eq!(
        ingested(&work, "--orders orders.csv week2.csv --sessions sessions.csv"),
        ["unchanged", "new", "unchanged"]
    );
    let both = "--orders orders.csv week2.csv --sessions sessions.csv";
    same(
        &work,
        both,
        &[
            "",
            "--basis net",
            "--by total",
            "--by domain,price-band",
            "--attribution all",
            "--attribution carrier",
        ],
    );
    assert_ne!(decompose(&work, "--store store"), RESULT);
    std::fs::remove_file(work.path("orders.csv")).unwrap();
    std::fs::remove_file(work.path("week2.csv")).unwrap();
    assert!(decompose(&work, "--store store").contains("2026-03-16,s1,"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Any exports, any question: the store answers as they do.
    #[test]
    fn a_store_answers_as_its_exports_do(world in world(), question in question()) {
        let question = question.for_world(&world);
        let exports = Exports::write(&world);
        let texts: Vec<String> = exports.orders.iter().chain(&exports.sessions).map(|path| std::fs::read_to_string(path).unwrap()).collect();
        prop_assume!(texts.iter().collect::<BTreeSet<_>>().len() == texts.len());
        let store = exports.ingest();
        let (expected, reported) = exports.ask(&question, &[]);
        let (found, report) = exports.ask_of([vec!["--store".to_owned(), store], exports.after_sales()].concat(), &question, &[]);
        prop_assert_eq!(rows(&found), rows(&expected));
        prop_assert!(report.closes());
        prop_assert_eq!(format!("{:?}{:?}", report.orders, report.sessions), format!("{:?}{:?}", reported.orders, reported.sessions));
        prop_assert_eq!(report.warnings.len(), reported.warnings.len());
    }
}
