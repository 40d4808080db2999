//! What a store does not take, and says so: bad rows, exports that lack something, directories and files that are none of its own.

use super::{files, ingest, ingested};
use crate::shop::{BOTH, ORDERS, RESULT, decompose, orders_with, shop};
use crate::support::Work;

#[test]
fn rejects_are_counted_shown_and_limited_as_in_decompose() {
    let work = shop();
    work.write("orders.csv", orders_with("1299.90", "1299.901"));
    let expected = work.fails(
        1,
        &["decompose", "--orders", "orders.csv", "--sessions", "sessions.csv", "--rejects", "a.csv"],
    );
    let run = ingest(&work, &format!("{BOTH} --rejects b.csv"));
    assert_eq!((run.code, run.out.as_str(), run.err), (1, "", expected));
    assert_eq!(work.read("a.csv"), work.read("b.csv"));
    assert!(files(&work, "orders").is_empty() && files(&work, "sessions").is_empty());
    let run = ingest(&work, &format!("{BOTH} --max-bad 1 --strict"));
    assert_eq!(run.code, 3, "{}", run.err);
    assert!(run.err.contains("orders: orders.csv (profile canonical): 9 rows read − 1 rejected = 8 stored, 524.91; wrote store/orders/"), "{}", run.err);
    assert!(run.out.contains("orders,orders.csv,new,canonical,9,0,1,8,524.91,store/orders/"), "{}", run.out);
    let run = crate::shop::run(&work, "--store store");
    assert_eq!(run.out, decompose(&work, &format!("{BOTH} --max-bad 1")));
    assert!(
        run.err.contains("note: rows rejected when their exports were ingested, not in the store: 1\n"),
        "{}",
        run.err
    );
    assert!(run.err.contains("  rows read               8  524.91\n"), "{}", run.err);
    assert_eq!(ingest(&work, &format!("{BOTH} --max-bad 1 --strict")).code, 0);
}

#[test]
fn exports_without_persons_are_taken_and_say_what_they_lack() {
    let work = Work::with(&[
        ("o.csv", "order_id,paid_at,amount,region\n1,2026-03-02,5.00,north\n"),
        ("empty.csv", "order_id,paid_at,amount\n"),
    ]);
    assert_eq!(ingested(&work, "--orders o.csv empty.csv"), ["new", "new"]);
    let all = "--store store --attribution all";
    let err = work.fails(1, &["decompose", "--store", "store", "--attribution", "all"]);
    assert!(
        err.contains(" (o.csv):1: missing columns `buyer_id`, `streamer_id` (profile canonical)"),
        "{err}"
    );
    assert!(err.contains("the export was ingested without: ingest it again"), "{err}");
    let run = crate::shop::run(&work, &format!("{all} --set buyer_id= --set streamer_id=s1"));
    assert!(run.out.contains("2026-03-02,s1,0.00,"), "{}{}", run.out, run.err);
    assert!(run.err.contains("(empty.csv): no rows, only a header"), "{}", run.err);
    let region = crate::shop::run(&work, &format!("{all} --set buyer_id= --set streamer_id=s1 --by region"));
    assert!(
        region.err.contains("missing column `region` of --by")
            && region.err.contains("map it, and ingest the export again"),
        "{}",
        region.err
    );
}

#[test]
fn directories_that_are_no_store_are_refused() {
    let work = shop();
    let usage = |arguments: &[&str], message: &str| {
        let run = work.run(arguments);
        assert!(run.code == 2 && run.err.contains(message), "{}", run.err);
    };
    usage(&["ingest", "--orders", "orders.csv"], "--store <DIR>");
    usage(&["ingest", "--store", "store"], "--orders FILE or --sessions FILE is needed");
    usage(
        &["decompose", "--store", "store", "--orders", "orders.csv"],
        "--orders is about exports, in whose place --store DIR stands",
    );
    usage(&["decompose", "--store", "store", "--profile", "canonical"], "--profile is about exports");
    let fails = |arguments: &[&str], message: &str| {
        let err = work.fails(1, arguments);
        assert!(err.contains(message) && err.lines().count() == 1, "{err}");
    };
    fails(&["decompose", "--store", "store"], "store: this is no store; gmv ingest --store DIR makes one");
    work.write("store/notes.txt", "");
    let run = ingest(&work, BOTH);
    assert!(
        run.code == 1
            && run.err.contains("store: the directory holds other files (such as notes.txt) and is no store"),
        "{}",
        run.err
    );
    std::fs::remove_file(work.path("store/notes.txt")).unwrap();
}

#[test]
fn files_that_do_not_belong_into_a_store_are_named() {
    let work = shop();
    let fails = |arguments: &[&str], message: &str| {
        let err = work.fails(1, arguments);
        assert!(err.contains(message) && err.lines().count() == 1, "{err}");
    };
    ingested(&work, "--sessions sessions.csv");
    fails(
        &["decompose", "--store", "store"],
        "store: the store holds no orders; gmv ingest --store DIR --orders FILE",
    );
    ingested(&work, BOTH);
    for place in ["store/orders", "store"] {
        work.write(&format!("{place}/.gmv-x.tmp"), "half");
        work.write(&format!("{place}/.mine.tmp"), "of somebody else");
    }
    assert_eq!(decompose(&work, "--store store"), RESULT);
    ingested(&work, BOTH);
    for place in ["store/orders", "store"] {
        assert!(!work.path(&format!("{place}/.gmv-x.tmp")).exists(), "what a killed run left is taken away");
        assert!(work.path(&format!("{place}/.mine.tmp")).exists(), "what others left is not");
    }
    let foreign = "this is no file of a store; take it out of the directory";
    work.write("store/orders/more.csv", ORDERS);
    fails(&["decompose", "--store", "store"], &format!("store/orders/more.csv: {foreign}"));
    std::fs::remove_file(work.path("store/orders/more.csv")).unwrap();
    let (known, other) = (
        files(&work, "orders").remove(0),
        work.path("store/orders").join(format!("{}.parquet", "0".repeat(64))),
    );
    std::fs::copy(&known, &other).unwrap();
    fails(
        &["decompose", "--store", "store"],
        "the file was renamed or moved; give it back its name, or take it out",
    );
    decompose(&work, &format!("{BOTH} -o plain.parquet"));
    std::fs::copy(work.path("plain.parquet"), &other).unwrap();
    fails(&["decompose", "--store", "store"], &format!("{}.parquet: {foreign}", "0".repeat(64)));
    std::fs::remove_file(&other).unwrap();
    let bytes = std::fs::read(&known).unwrap();
    std::fs::write(&known, &bytes[..bytes.len() / 2]).unwrap();
    fails(&["decompose", "--store", "store"], "cannot read the Parquet file");
    fails(
        &["ingest", "--store", "store", "--orders", "orders.csv"],
        known.file_name().unwrap().to_str().unwrap(),
    );
}

/// Taken for text, the cells of a damaged file would be shown as a header.
#[test]
fn a_file_whose_beginning_is_damaged_shows_no_cell() {
    let work = shop();
    assert_eq!(ingested(&work, BOTH), ["new", "new"]);
    let path = files(&work, "sessions").remove(0);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[0] ^= 0x55;
    std::fs::write(&path, bytes).unwrap();
    let err = work.fails(1, &["decompose", "--store", "store"]);
    assert!(
        err.ends_with(": the file is damaged; take it out of the store, and ingest its export again\n")
            && !err.contains("u1"),
        "{err}"
    );
}

/// A time of a refund that nobody asks for is no reason to lose the order.
#[test]
fn a_time_of_a_refund_that_cannot_be_read_is_not_known() {
    let orders = "order_id,buyer_id,streamer_id,paid_at,amount,refund_amount,refunded_at\n\
                  1,u1,s1,2026-03-02 20:00:00,10.00,2.00,soon\n2,u1,s1,2026-03-02 20:00:00,10.00,,-\n";
    let work = Work::with(&[("o.csv", orders)]);
    assert_eq!(ingested(&work, "--orders o.csv"), ["new"]);
    let net = "--attribution all --basis net";
    assert_eq!(
        decompose(&work, &format!("--store store {net}")),
        decompose(&work, &format!("--orders o.csv {net}"))
    );
    let err = work.fails(1, &crate::shop::words(&format!("--store store {net} --refund-within 7d")));
    assert!(err.contains("(o.csv):1: "), "{err}");
}

/// Its rows would be there twice.
#[test]
fn a_store_does_not_ingest_itself() {
    let work = shop();
    assert_eq!(ingested(&work, BOTH), ["new", "new"]);
    let own = files(&work, "orders").remove(0);
    for named in ["store/orders", "store/orders/*.parquet", own.to_str().unwrap()] {
        for store in ["store", "other"] {
            let err = work.fails(2, &["ingest", "--store", store, "--orders", named]);
            assert!(err.contains(" lies in a store: its rows were ingested already"), "{err}");
        }
    }
    assert_eq!(files(&work, "orders").len(), 1);
}

/// A file beside its own would make the store unreadable.
#[test]
fn nothing_else_is_written_into_a_store() {
    let work = shop();
    assert_eq!(ingested(&work, BOTH), ["new", "new"]);
    for place in ["-o store/orders/r.csv", "-o store/r.csv", "--rejects store/sessions/r.csv"] {
        let err = work.fails(2, &crate::shop::words(&format!("--store store {place}")));
        assert!(err.contains("lies in a store, which holds nothing else; name another place"), "{err}");
    }
    assert_eq!(decompose(&work, "--store store"), RESULT);
}
