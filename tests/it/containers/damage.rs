//! Workbooks with another byte: what is read is what was packed, or nothing.

use std::io::{Cursor, Write};

use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use super::{Typed, workbook};
use crate::shop::{ORDERS, RESULT, orders_with, run, shop};

/// The members of an archive as they are, without compression, so that every byte of them may be another and still be read.
fn unpacked(archive: &[u8]) -> Vec<u8> {
    let mut reader = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for at in 0..reader.len() {
        let mut file = reader.by_index(at).unwrap();
        let mut bytes = Vec::new();
        std::io::copy(&mut file, &mut bytes).unwrap();
        writer.start_file(file.name().unwrap().as_ref(), plain).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn find(bytes: &[u8], text: &str) -> usize {
    bytes.windows(text.len()).position(|window| window == text.as_bytes()).unwrap()
}

const WORKBOOK: &str = "--orders o.xlsx --sessions sessions.csv";

#[test]
fn another_digit_in_a_sheet_or_its_texts_is_found() {
    let work = shop();
    let sound = unpacked(&workbook(ORDERS, Typed::Values));
    work.write("o.xlsx", &sound);
    assert_eq!(run(&work, WORKBOOK).out, RESULT);
    for (text, part) in [
        ("1299.9", "xl/worksheets/sheet1.xml"),
        ("7349583948573948571", "xl/sharedStrings.xml"),
        ("yyyy", "xl/styles.xml"),
        ("Sheet1", "xl/workbook.xml"),
    ] {
        let mut bytes = sound.clone();
        bytes[find(&sound, text) + 1] ^= 1;
        work.write("o.xlsx", bytes);
        let run = run(&work, WORKBOOK);
        let message = format!(
            "gmv: o.xlsx: this is a damaged workbook (its part {part}: Invalid checksum); export it again\n"
        );
        assert_eq!((run.code, run.err.as_str()), (1, message.as_str()));
    }
    // The same within an archive, and into a store.
    let mut bytes = sound.clone();
    bytes[find(&sound, "1299.9")] = b'2';
    work.write("o.zip", super::zip(&[("week.xlsx", &bytes)]));
    let inner = run(&work, "--orders o.zip --sessions sessions.csv");
    assert!(inner.err.contains("o.zip#week.xlsx: this is a damaged workbook"), "{}", inner.err);
    work.write("o.xlsx", bytes);
    work.fails(1, &["ingest", "--store", "store", "--orders", "o.xlsx"]);
    assert_eq!(std::fs::read_dir(work.path("store/orders")).unwrap().count(), 0);
}

#[test]
fn a_workbook_with_another_byte_never_gives_other_numbers() {
    let work = shop();
    for sound in
        [workbook(ORDERS, Typed::Values), unpacked(&workbook(&orders_with("A-4", "B-4"), Typed::Values))]
    {
        for at in (0..sound.len()).step_by(331) {
            let mut bytes = sound.clone();
            bytes[at] ^= 1;
            work.write("o.xlsx", bytes);
            let run = run(&work, WORKBOOK);
            assert!(run.code == 1 || (run.code == 0 && run.out == RESULT), "{at}: {}{}", run.out, run.err);
        }
    }
}
