//! Workbooks with a part that is not there, or makes no sense.

use std::io::{Cursor, Read};

use super::{Case, NEEDED, case, lacking};
use crate::containers::{Typed, workbook, zip};
use crate::shop::ORDERS;

fn book(name: &'static str, bytes: impl AsRef<[u8]>, expected: impl Into<String>) -> Case {
    case(name, "o.xlsx", bytes, expected).with("--orders o.xlsx --sessions sessions.csv")
}

const FINE: &str = "0 · 9 · 9";
const SHEET: &str = "xl/worksheets/sheet1.xml";
const TEXTS: &str = "xl/sharedStrings.xml";
const BOOK: &str = "xl/workbook.xml";
const RELATIONS: &str = "xl/_rels/workbook.xml.rels";

/// The orders as a workbook with another form of a part; `None` takes it out.
fn with(part: &str, change: impl Fn(String) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut sound = zip::ZipArchive::new(Cursor::new(workbook(ORDERS, Typed::Values))).unwrap();
    let mut members = Vec::new();
    for at in 0..sound.len() {
        let mut member = sound.by_index(at).unwrap();
        let name = member.name().unwrap().into_owned();
        let mut text = String::new();
        member.read_to_string(&mut text).unwrap();
        let bytes = if name == part { change(text) } else { Some(text.into_bytes()) };
        members.extend(bytes.map(|bytes| (name, bytes)));
    }
    let members: Vec<(&str, &[u8])> =
        members.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    zip(&members)
}

fn replaced(part: &str, old: &str, new: &str) -> Vec<u8> {
    with(part, |text| {
        assert!(text.contains(old), "{old} is not in {part}: {text:.2000}");
        Some(text.replacen(old, new, 1).into_bytes())
    })
}

pub fn workbooks_without_a_part() -> Vec<Case> {
    let without = |part, expected: &str| book(part, with(part, |_| None), expected);
    let relation = |name, target: &str, expected: &str| {
        book(name, replaced(RELATIONS, "worksheets/sheet1.xml", target), expected)
    };
    vec![
        without(SHEET, "1 o.xlsx: cannot read the workbook: Worksheet 'Sheet1' not found; save it again"),
        without(
            TEXTS,
            "1 o.xlsx: cannot read the workbook: Cell string index not found in shared strings table; save it again",
        ),
        without(
            BOOK,
            "1 o.xlsx: this is a damaged workbook (its part xl/workbook.xml is missing); export it again",
        ),
        without(
            RELATIONS,
            "1 o.xlsx: cannot read the workbook: File not found 'xl/_rels/workbook.xml.rels'; save it again",
        ),
        without("[Content_Types].xml", FINE),
        without(
            "xl/styles.xml",
            "1 o.xlsx:2:5: paid_at \"46083.8402777778\" is no time, but may be a day of a spreadsheet: give its cells a format of dates (such as yyyy-mm-dd hh:mm:ss), and save or export again; 8 of 9 rows of the orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit",
        ),
        relation(
            "to a sheet that is not there",
            "worksheets/sheet9.xml",
            "1 o.xlsx: cannot read the workbook: Worksheet 'Sheet1' not found; save it again",
        ),
        relation(
            "to the net",
            "http://example.invalid/sheet1.xml",
            "1 o.xlsx: cannot read the workbook: Worksheet 'Sheet1' not found; save it again",
        ),
        relation(
            "out of the archive",
            "../../../../etc/passwd",
            "1 o.xlsx: cannot read the workbook: Worksheet 'Sheet1' not found; save it again",
        ),
    ]
}

pub fn workbooks_that_lead_elsewhere() -> Vec<Case> {
    let relation = |name, target: &str, expected: &str| {
        book(name, replaced(RELATIONS, "worksheets/sheet1.xml", target), expected)
    };
    vec![
        relation(
            "to the workbook",
            "workbook.xml",
            "1 o.xlsx: cannot read the workbook: Expecting a worksheet, got workbook; save it again",
        ),
        relation(
            "to the texts",
            "sharedStrings.xml",
            "1 o.xlsx: cannot read the workbook: Expecting a worksheet, got sst; save it again",
        ),
        book(
            "no sheets",
            with(BOOK, |text| {
                let (before, rest) = text.split_once("<sheets>").unwrap();
                Some(format!("{before}<sheets/>{}", rest.split_once("</sheets>").unwrap().1).into_bytes())
            }),
            "1 o.xlsx: the workbook has no visible sheet; name one behind a #; its sheets are: none",
        ),
        book(
            "a sheet that is very hidden",
            replaced(BOOK, "<sheet name=\"Sheet1\"", "<sheet name=\"Sheet1\" state=\"veryHidden\""),
            "1 o.xlsx: the workbook has no visible sheet; name one behind a #; its sheets are: Sheet1",
        ),
        book("a sheet of an odd name", replaced(BOOK, "name=\"Sheet1\"", "name=\"&lt;x&gt;\u{202e}\""), FINE),
    ]
}

pub fn sheets_that_are_none() -> Vec<Case> {
    let sheet = |name, old: &str, new: &str, expected: &str| book(name, replaced(SHEET, old, new), expected);
    let first = "<c r=\"A1\" t=\"s\"><v>0</v></c>";
    vec![
        book(
            "empty",
            with(SHEET, |_| Some(Vec::new())),
            "1 o.xlsx: cannot read the workbook: Unexpected end of xml, expecting '</worksheet>'; save it again",
        ),
        book(
            "a word",
            with(SHEET, |_| Some(b"hello".to_vec())),
            "1 o.xlsx: cannot read the workbook: Unexpected end of xml, expecting '</worksheet>'; save it again",
        ),
        book(
            "cut",
            with(SHEET, |text| Some(text.as_bytes()[..text.len() / 2].to_vec())),
            "1 o.xlsx: cannot read the workbook: Xml error: syntax error: attribute value not closed: `\"` not found before end of input; save it again",
        ),
        book(
            "UTF-16",
            with(SHEET, |text| Some(text.encode_utf16().flat_map(u16::to_le_bytes).collect())),
            "1 o.xlsx: cannot read the workbook: Expecting a worksheet, got \\u{0}?\\u{0}x\\u{0}m\\u{0}l\\u{0}; save it again",
        ),
        sheet(
            "a text that is not there",
            first,
            "<c r=\"A1\" t=\"s\"><v>99999</v></c>",
            "1 o.xlsx: cannot read the workbook: Cell string index not found in shared strings table; save it again",
        ),
        sheet("a text below zero", first, "<c r=\"A1\" t=\"s\"><v>-1</v></c>", FINE),
        sheet("a text by its name", first, "<c r=\"A1\" t=\"s\"><v>order_id</v></c>", FINE),
        sheet(
            "a number in the header",
            first,
            "<c r=\"A1\"><v>7</v></c>",
            "1 o.xlsx:1: missing column `order_id` (profile canonical); the header has: 7, buyer_id, streamer_id, streamer_name, paid_at, amount, refund_amount, status, carrier, category; map the columns with --profile FILE, or supply one with --set COLUMN=VALUE",
        ),
        sheet(
            "no number in the header",
            first,
            "<c r=\"A1\"><v>NaN</v></c>",
            "1 o.xlsx:1: missing column `order_id` (profile canonical); the header has: NaN, buyer_id, streamer_id, streamer_name, paid_at, amount, refund_amount, status, carrier, category; map the columns with --profile FILE, or supply one with --set COLUMN=VALUE",
        ),
    ]
}

pub fn cells_that_make_no_sense() -> Vec<Case> {
    let sheet = |name, old: &str, new: &str, expected: &str| book(name, replaced(SHEET, old, new), expected);
    let first = "<c r=\"A1\" t=\"s\"><v>0</v></c>";
    vec![
        sheet(
            "a truth that is none",
            first,
            "<c r=\"A1\" t=\"b\"><v>7</v></c>",
            "1 o.xlsx: cannot read the workbook: Unrecognized boolean cell value: 7; save it again",
        ),
        sheet(
            "a place beyond all",
            "r=\"B2\"",
            "r=\"ZZZZZZ99999999\"",
            "1 o.xlsx: the sheet has more rows or columns than a sheet can have; save it again",
        ),
        sheet(
            "a place in no row",
            "r=\"B2\"",
            "r=\"B0\"",
            "1 o.xlsx: cannot read the workbook: Range is missing the expected row component.; save it again",
        ),
        sheet(
            "no place",
            "r=\"B2\"",
            "r=\"\"",
            "1 o.xlsx: cannot read the workbook: Range is missing the expected row component.; save it again",
        ),
        sheet("a place twice", "r=\"B2\"", "r=\"A2\"", "1 o.xlsx: row 2 holds a cell twice; save it again"),
        sheet(
            "the last row, then the third",
            "r=\"B2\"",
            "r=\"B1048576\"",
            "1 o.xlsx: the rows of the sheet are out of order (row 2); save it again",
        ),
        sheet("the last column", "<c r=\"J1\"", "<c r=\"XFD1\"", FINE),
    ]
}

pub fn sheets_that_make_no_sense() -> Vec<Case> {
    let sheet = |name, old: &str, new: &str, expected: &str| book(name, replaced(SHEET, old, new), expected);
    let texts = |name, old: &str, new: &str, expected: &str| book(name, replaced(TEXTS, old, new), expected);
    let entity = |entity: &str| format!("<!DOCTYPE x [{entity}]><sst");
    vec![
        sheet(
            "as large as a sheet can be",
            "<dimension ref=\"A1:J10\"",
            "<dimension ref=\"A1:XFD1048576\"",
            FINE,
        ),
        sheet("smaller than it is", "<dimension ref=\"A1:J10\"", "<dimension ref=\"A1\"", FINE),
        sheet(
            "of no size",
            "<dimension ref=\"A1:J10\"",
            "<dimension ref=\"x\"",
            "1 o.xlsx: cannot read the workbook: Range is missing the expected row component.; save it again",
        ),
        sheet("elements without end", "<sheetData>", &format!("{}<sheetData>", "<a>".repeat(100_000)), FINE),
        texts("an entity of a file", "<sst", &entity("<!ENTITY a SYSTEM \"file:///etc/passwd\">"), FINE),
        texts(
            "an entity that is used",
            ">order_id<",
            ">&a;<",
            "1 o.xlsx: cannot read the workbook: Xml error: at 0..0: unrecognized entity `&a;`; save it again",
        ),
        sheet(
            "a merged header",
            "</sheetData>",
            "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:B1\"/></mergeCells>",
            FINE,
        ),
        book(
            "one name over two columns",
            replaced(SHEET, "<c r=\"B1\" t=\"s\"><v>1</v></c>", "<c r=\"B1\"/>"),
            lacking(
                "o.xlsx",
                &NEEDED[1..2],
                "order_id, , streamer_id, streamer_name, paid_at, amount, refund_amount, status, carrier, category",
            ),
        ),
    ]
}
