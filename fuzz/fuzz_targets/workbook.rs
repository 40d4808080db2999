//! The parts of a workbook in a ZIP that is in order: the sheet, the shared texts, the styles, the list of sheets.
#![no_main]

use std::cell::RefCell;
use std::io::{Cursor, Write};
use std::sync::LazyLock;

use gmv_fuzz::exports::{Exports, Places, SESSIONS, run};
use gmv_fuzz::text::{SHEET, spell};
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;

thread_local! {
    static PLACES: RefCell<Places> = RefCell::default();
}

/// The parts, with the first that the bytes can take the place of.
const PARTS: [(&str, &str); 6] = [
    (
        "xl/worksheets/sheet1.xml",
        "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData></worksheet>",
    ),
    ("xl/sharedStrings.xml", "<sst><si><t>order_id</t></si><si><t>u1</t></si></sst>"),
    (
        "xl/styles.xml",
        "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>",
    ),
    (
        "xl/workbook.xml",
        "<workbook><sheets><sheet name=\"x\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
    ),
    (
        "_rels/.rels",
        "<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
    ),
];

const HEADER: [&str; 5] = ["order_id", "buyer_id", "streamer_id", "paid_at", "amount"];

const ROWS: &str =
    "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"D2\" s=\"1\"><v>46083.5</v></c></row>";

/// A target whose sound workbook is refused would try nothing.
static SOUND: LazyLock<()> = LazyLock::new(|| {
    for which in 1..PARTS.len() {
        assert!(reads([0, 0], &book(which, PARTS[which].1)), "the sound workbook is refused");
    }
    assert!(reads([0, 0], &book(7, ROWS)), "the sound workbook is refused");
});

fn reads(choice: [u8; 2], orders: &[u8]) -> bool {
    let exports = Exports { orders, sessions: SESSIONS.as_bytes(), refunds: None };
    PLACES.with_borrow_mut(|places| run(places, choice, &exports))
}

fuzz_target!(|data: &[u8]| {
    let [rules, block, which, body @ ..] = data else { return };
    LazyLock::force(&SOUND);
    reads([*rules, *block], &book(usize::from(which & 7), &spell(body, SHEET)));
});

/// A workbook in which a text is one of the parts, or the rows of the sheet.
fn book(which: usize, text: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (at, (name, usual)) in PARTS.into_iter().enumerate() {
        let part = match (which, at) {
            (part, at) if part == at => text.to_owned(),
            (6.., 0) => sheet(text),
            (_, 0) => sheet(ROWS),
            _ => usual.to_owned(),
        };
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        zip.start_file(name, stored)
            .and_then(|()| Ok(zip.write_all(part.as_bytes())?))
            .expect("a ZIP in memory");
    }
    zip.finish().expect("a ZIP in memory").into_inner()
}

/// A sheet with a header, and these rows.
fn sheet(rows: &str) -> String {
    let cells = HEADER.map(|name| format!("<c t=\"inlineStr\"><is><t>{name}</t></is></c>")).concat();
    format!("<worksheet><sheetData><row r=\"1\">{cells}</row>{rows}</sheetData></worksheet>")
}
