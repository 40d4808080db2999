//! ZIP archives: the one export in them, or the one that is named; and what comes on standard input.

use std::io::{Cursor, Write};
use std::process::Stdio;

use zip::write::SimpleFileOptions;

use super::{Typed, gz, same, workbook, zip};
use crate::errors::{case, check};
use crate::shop::{BOTH, ORDERS, RESULT, SESSIONS, run, shop, words};
use crate::support::Work;

const ARCHIVE: &str = "--orders o.zip --sessions sessions.csv";

#[test]
fn the_one_export_of_an_archive_is_found_among_what_systems_leave_behind() {
    let orders = ORDERS.as_bytes();
    for members in [
        vec![("orders.csv", orders)],
        vec![
            ("out/", &b""[..]),
            ("out/orders.txt", orders),
            ("__MACOSX/out/._orders.txt", b"x"),
            ("out/.DS_Store", b"x"),
        ],
        vec![("readme.pdf", b"%PDF"), ("orders.tsv", orders), ("~$orders.xlsx", b"x")],
        vec![("no-ending", orders)],
    ] {
        same(("o.zip", &zip(&members)), ("s.csv", SESSIONS.as_bytes()), "--block-size 64");
    }
}

#[test]
fn several_exports_are_listed_and_one_can_be_named() {
    let book = workbook(SESSIONS, Typed::Values);
    let both = zip(&[("订单.csv", ORDERS.as_bytes()), ("b/观看#1.xlsx", &book), ("notes.pdf", b"x")]);
    let work = Work::new();
    work.write("all.zip", &both);
    let named = |orders: &str, sessions: &str| {
        let run = run(&work, &format!("--orders {orders} --sessions {sessions}"));
        assert_eq!(run.out, RESULT, "{}", run.err);
        run.err
    };
    let err = named("all.zip#订单.csv", "all.zip#b/观看#1.xlsx");
    assert!(err.contains("orders: all.zip#订单.csv (UTF-8, `,`"), "{err}");
    assert!(err.contains("sessions: all.zip#b/观看#1.xlsx (Excel workbook, sheet Sheet1,"), "{err}");
    named("all.zip#订单.csv", "all.zip#b/观看#1.xlsx#Sheet1");
    let all = "订单.csv, b/观看#1.xlsx";
    check(&[
        case(
            "--orders all.zip --sessions sessions.csv",
            format!("all.zip: this is a ZIP archive of several files: {all}; name one as all.zip#MEMBER"),
        )
        .file("all.zip", &both),
        case(
            "--orders all.zip#x.csv --sessions sessions.csv",
            format!("all.zip: this is a ZIP archive without a member x.csv; it holds {all}, notes.pdf"),
        )
        .file("all.zip", &both),
        case(
            "--orders all.zip#b/观看#1.xlsx#x --sessions sessions.csv",
            "all.zip#b/观看#1.xlsx: the workbook has no sheet x; its sheets are: Sheet1",
        )
        .file("all.zip", &both),
    ]);
}

#[test]
fn members_in_every_form() {
    let book = zip(&[("o.xlsx", &workbook(ORDERS, Typed::Values))]);
    let text = zip(&[("s.csv", SESSIONS.as_bytes())]);
    let err = same(("o.zip", &book), ("s.zip", &text), "--threads 3");
    assert!(err.contains("orders: o.zip#o.xlsx (Excel workbook, sheet Sheet1, profile canonical)"), "{err}");
    let mut stored = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    stored.start_file("o.csv", options).unwrap();
    stored.write_all(ORDERS.as_bytes()).unwrap();
    same(("o.zip", &stored.finish().unwrap().into_inner()), ("s.zip", &text), "");
}

/// An archive whose member's name is in GBK, as archivers on Chinese Windows write it.
fn gbk_name(bytes: &[u8]) -> Vec<u8> {
    let placeholder = "ABCD.csv";
    let mut archive = zip(&[(placeholder, bytes)]);
    for at in 0..archive.len() - 8 {
        if &archive[at..at + 8] == placeholder.as_bytes() {
            archive[at..at + 4].copy_from_slice(b"\xB6\xA9\xB5\xA5");
        }
    }
    archive
}

#[test]
fn names_of_members_in_gbk_are_read_as_such() {
    let archive = gbk_name(ORDERS.as_bytes());
    let err = same(("o.zip", &archive), ("s.csv", SESSIONS.as_bytes()), "");
    assert!(err.contains("orders: o.zip#订单.csv (UTF-8"), "{err}");
    let work = shop();
    work.write("o.zip", archive);
    assert_eq!(run(&work, "--orders o.zip#订单.csv --sessions sessions.csv").out, RESULT);
}

/// An archive whose member says that it is encrypted.
fn encrypted() -> Vec<u8> {
    let mut archive = zip(&[("o.csv", ORDERS.as_bytes())]);
    let places: Vec<usize> = (0..archive.len() - 4)
        .filter(|&at| archive[at..].starts_with(b"PK\x01\x02") || archive[at..].starts_with(b"PK\x03\x04"))
        .collect();
    for at in places {
        let flags = if archive[at + 2] == 1 { at + 8 } else { at + 6 };
        archive[flags] |= 1;
    }
    archive
}

#[test]
fn archives_that_cannot_be_read_say_why() {
    let inside = "unpack it and give the file inside";
    let mut wrong_sum = zip(&[("o.csv", ORDERS.as_bytes())]);
    let central = wrong_sum.windows(4).position(|four| four == b"PK\x01\x02").unwrap();
    wrong_sum[central + 16] ^= 1;
    let empty_zip = zip(&[("out/", b"")]);
    check(&[
        case(ARCHIVE, format!("o.zip#o.csv: this is a member of a ZIP archive with a password; {inside}")).file("o.zip", encrypted()),
        case(ARCHIVE, "o.zip: this is a ZIP archive without any file in it; export it again").file("o.zip", empty_zip),
        case(ARCHIVE, "o.zip#a.zip: this is a ZIP archive within a ZIP archive; unpack it and give the one inside")
            .file("o.zip", zip(&[("a.zip", &zip(&[("o.csv", ORDERS.as_bytes())]))])),
        case(
            ARCHIVE,
            format!("o.zip#o.csv.gz: this is a compressed file within a compressed file, or Parquet within one; {inside}"),
        )
        .file("o.zip", zip(&[("o.csv.gz", &gz(ORDERS.as_bytes()))])),
        case(ARCHIVE, format!("o.zip#o.parquet: this is Parquet in a ZIP archive; {inside}"))
            .file("o.zip", zip(&[("o.parquet", b"PAR1 and more")])),
        case(ARCHIVE, "o.zip#o.csv: the file is empty (0 bytes), without even a header; export it again")
            .file("o.zip", zip(&[("o.csv", b"")])),
        case(ARCHIVE, "o.zip#o.csv: this is a compressed file that is damaged (its checksum differs); export it, or copy it, again")
            .file("o.zip", &wrong_sum),
        case(
            "--orders o.7z --sessions sessions.csv",
            format!("o.7z: this is an archive of a kind that is not read; {inside}"),
        )
        .file("o.7z", b"7z\xBC\xAF\x27\x1C\0\x04"),
    ]);
    let work = shop();
    for damaged in [&b"PK\x03\x04 and more"[..], &zip(&[("o.csv", ORDERS.as_bytes())])[..60]] {
        work.write("o.zip", damaged);
        let run = run(&work, ARCHIVE);
        assert!(
            run.code == 1 && run.err.contains("gmv: o.zip: this is a damaged ZIP archive or workbook ("),
            "{}",
            run.err
        );
    }
}

#[test]
fn errors_in_a_member_name_it() {
    let bad = crate::shop::orders_with("59.90", "59.905");
    let work = shop();
    work.write("o.zip", zip(&[("o.csv", bad.as_bytes())]));
    let run = run(&work, ARCHIVE);
    assert!(run.err.contains("gmv: o.zip#o.csv:3:6: amount \"59.905\""), "{}", run.err);
}

#[test]
fn standard_input_takes_every_container() {
    let book = workbook(ORDERS, Typed::Values);
    let utf_16: Vec<u8> = format!("\u{feff}{ORDERS}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, shown) in [
        (book.clone(), "<stdin> (Excel workbook, sheet Sheet1"),
        (zip(&[("o.csv", ORDERS.as_bytes())]), "<stdin>#o.csv (UTF-8"),
        (zip(&[("o.xlsx", &book)]), "<stdin>#o.xlsx (Excel workbook"),
        (gz(&utf_16), "<stdin> (UTF-16LE"),
        (utf_16, "<stdin> (UTF-16LE"),
    ] {
        let work = shop();
        let mut child = work
            .command(&words("--orders - --sessions sessions.csv"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), RESULT, "{shown}: {err}");
        assert!(err.contains(shown), "{shown}: {err}");
    }
    assert_eq!(run(&shop(), BOTH).out, RESULT);
}

#[test]
fn the_file_of_a_member_is_no_place_for_results() {
    let work = shop();
    let archive = zip(&[("o.csv", ORDERS.as_bytes())]);
    work.write("o.zip", &archive);
    let run = run(&work, "--orders o.zip#o.csv --sessions sessions.csv -o o.zip --format csv");
    assert!(run.code == 2 && run.err.contains("-o o.zip would replace one of the inputs"), "{}", run.err);
    assert_eq!(std::fs::read(work.path("o.zip")).unwrap(), archive);
}
