//! Files that are not there any more, or cannot be had, among others that can.

use std::fs;
use std::os::unix::fs::symlink;

use super::{names, shop, words};

#[test]
fn a_file_that_cannot_be_had_is_not_passed_over() {
    let work = shop();
    fs::create_dir(work.path("exports")).unwrap();
    fs::copy(work.path("sample/orders.csv"), work.path("exports/w1.csv")).unwrap();
    symlink(work.path("gone.csv"), work.path("exports/w2.csv")).unwrap();
    // A folder of such a name holds no rows of its own.
    fs::create_dir(work.path("exports/w3.csv")).unwrap();
    for orders in ["exports", "exports/*.csv"] {
        let line = format!("decompose --orders {orders} --sessions sample/sessions.csv -q");
        let said = work.fails(1, &words(&line));
        assert_eq!(said, "gmv: exports/w2.csv: cannot open: No such file or directory (os error 2)\n");
    }
    let told = work.fails(1, &words("decompose --orders exports/w2.csv --sessions sample/sessions.csv -q"));
    assert!(told.contains("it is a link to"), "{told}");
    fs::remove_file(work.path("exports/w2.csv")).unwrap();
    work.ok(&words("decompose --orders exports --sessions sample/sessions.csv -q"));
}

#[test]
fn a_place_that_is_gone_is_named() {
    let work = shop();
    let line = format!("decompose {} -q -o out/gone/result.csv", super::BOTH);
    let said = work.fails(1, &words(&line));
    assert!(said.contains("the folder out/gone does not exist"), "{said}");
    assert!(names(&work, "out").is_empty());
}
