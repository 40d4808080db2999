//! Files that unpack to more than any export: refused with the option that allows them.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::{Typed, same, workbook, zip};
use crate::errors::{case, check};
use crate::shop::{ORDERS, RESULT, SESSIONS, run, shop};

const ADVICE: &str = "if it is sound, say how much may come out: --max-decompressed SIZE (such as 200G)";
const RATIO: &str =
    "the compressed file unpacks to more than 1000 times its size, as no export of real rows does";

/// The orders, and after them so many MiB of blank lines.
fn blown_up(mebibytes: usize) -> Vec<u8> {
    [ORDERS.as_bytes(), &vec![b'\n'; mebibytes << 20]].concat()
}

fn best_gz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[test]
fn what_unpacks_to_a_thousand_times_its_size_is_refused_until_it_is_allowed() {
    let bytes = blown_up(40);
    let sessions = "--sessions sessions.csv";
    let gz = best_gz(&bytes);
    let zst = zstd::encode_all(bytes.as_slice(), 3).unwrap();
    let archive = zip(&[("o.csv", &bytes)]);
    for (name, shown, packed) in
        [("o.csv.gz", "o.csv.gz", &gz), ("o.csv.zst", "o.csv.zst", &zst), ("o.zip", "o.zip#o.csv", &archive)]
    {
        let case = case(format!("--orders {name} {sessions}"), format!("{shown}: {RATIO}; {ADVICE}"));
        check(&[case.file(name, packed).only_to_stdout()]);
    }
    same(("o.zst", &zst), ("s.csv", SESSIONS.as_bytes()), "--max-decompressed 1G");
    // Small ones are nobody's bomb, whatever their ratio.
    same(("o.gz", &best_gz(&blown_up(12))), ("s.csv", SESSIONS.as_bytes()), "");
}

#[test]
fn a_size_that_was_named_is_held() {
    let packed = best_gz(&blown_up(2));
    let book = workbook(ORDERS, Typed::Values);
    let more = "came out of the compressed file; if it is sound";
    check(&[
        case(
            "--orders o.gz --sessions sessions.csv --max-decompressed 1M",
            format!("o.gz: more than 1 MiB {more}, say how much may come out: --max-decompressed SIZE (such as 200G)"),
        )
        .file("o.gz", &packed),
        case(
            "--orders o.xlsx --sessions sessions.csv --max-decompressed 2K",
            format!("o.xlsx: more than 2 KiB {more}, say how much may come out: --max-decompressed SIZE (such as 200G)"),
        )
        .file("o.xlsx", &book),
        case(
            "--orders o.zip --sessions sessions.csv --max-decompressed 2K",
            format!("o.zip#o.xlsx: more than 2 KiB {more}, say how much may come out: --max-decompressed SIZE (such as 200G)"),
        )
        .file("o.zip", zip(&[("o.xlsx", &book)])),
    ]);
    let work = shop();
    work.write("o.gz", &packed);
    assert_eq!(run(&work, "--orders o.gz --sessions sessions.csv --max-decompressed 4M").out, RESULT);
    for wrong in ["0", "x", "1,5G"] {
        let run = run(&work, &format!("--orders o.gz --sessions sessions.csv --max-decompressed {wrong}"));
        assert!(run.code == 2 && run.err.contains("is no size, such as 512M or 10G"), "{}", run.err);
    }
}

/// A workbook with a table of shared texts of so many MiB of one letter, which may say that it is `declared` bytes long.
fn heavy(mebibytes: usize, declared: Option<u32>) -> Vec<u8> {
    let text = "a".repeat(mebibytes << 20);
    let strings = format!(
        "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>{text}</t></si></sst>"
    );
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [("xl/workbook.xml", "<workbook/>"), ("xl/sharedStrings.xml", &strings)] {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    let mut bytes = archive.finish().unwrap().into_inner();
    if let Some(declared) = declared {
        let length = (strings.len() as u32).to_le_bytes();
        for at in 0..bytes.len() - 4 {
            if bytes[at..at + 4] == length {
                bytes[at..at + 4].copy_from_slice(&declared.to_le_bytes());
            }
        }
    }
    bytes
}

#[test]
fn workbooks_are_measured_before_they_are_unpacked() {
    let arguments = "--orders o.xlsx --sessions sessions.csv";
    check(&[case(arguments, format!("o.xlsx: {RATIO}; {ADVICE}")).file("o.xlsx", heavy(20, None))]);
    // One that lies about its size is stopped at the size that it declares.
    let work = shop();
    work.write("o.xlsx", heavy(20, Some(1000)));
    let run = run(&work, arguments);
    let message = "gmv: o.xlsx: this is a damaged workbook (its part xl/sharedStrings.xml: File is larger than its declared";
    assert!(run.code == 1 && run.err.starts_with(message), "{}", run.err);
}

/// The bytes of a workbook, a part of which has another name, and so many MiB of blanks at its end.
fn renamed(part: &str, other: &str, mebibytes: usize) -> Vec<u8> {
    let mut book = zip::ZipArchive::new(Cursor::new(workbook(ORDERS, Typed::Values))).unwrap();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..book.len() {
        let mut member = book.by_index(at).unwrap();
        let name = member.name().unwrap().into_owned();
        let mut text = std::io::read_to_string(&mut member).unwrap();
        let is_part = name == format!("xl/worksheets/{part}");
        if name == "xl/_rels/workbook.xml.rels" || name == "[Content_Types].xml" {
            text = text.replace(part, other);
        }
        let name = if is_part { name.replace(part, other) } else { name };
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
        if is_part {
            archive.write_all(&vec![b' '; mebibytes << 20]).unwrap();
        }
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_part_of_any_name_is_measured() {
    let arguments = "--orders o.xlsx --sessions sessions.csv";
    for name in ["sheet1.dat", "sheet1", "sheet1.bin"] {
        let sound = renamed("sheet1.xml", name, 0);
        same(("o.xlsx", &sound), ("s.csv", SESSIONS.as_bytes()), "");
        let bomb = renamed("sheet1.xml", name, 40);
        check(&[case(arguments, format!("o.xlsx: {RATIO}; {ADVICE}")).file("o.xlsx", bomb)]);
    }
}
