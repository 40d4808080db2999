//! Excel workbooks: typed cells, sheets, and what has no value.

use rust_xlsxwriter::{Color, ExcelDateTime, Format, FormatUnderline, Formula};

use super::{Typed, edited, fill, rows, same, sheets, workbook, zip};
use crate::shop::{BOTH, ORDERS, RESULT, SESSIONS, orders_with, run, sessions_with, shop};
use crate::support::Work;

/// The workbooks of the shop with dates since 1904, which the writer cannot say of itself.
fn since_1904(text: &str) -> Vec<u8> {
    let bytes = workbook(text, Typed::Since1904);
    edited(&bytes, "xl/workbook.xml", "<workbookPr ", "<workbookPr date1904=\"1\" ")
}

#[test]
fn typed_cells_of_every_kind_give_the_same_bytes() {
    for typed in [Typed::Text, Typed::Values] {
        let err = same(("o.xlsx", &workbook(ORDERS, typed)), ("s.xlsx", &workbook(SESSIONS, typed)), "");
        assert!(err.contains("orders: o.xlsx (Excel workbook, sheet Sheet1, profile canonical)"), "{err}");
    }
    same(("o.xlsx", &since_1904(ORDERS)), ("s.xlsx", &since_1904(SESSIONS)), "");
    same(("orders", &workbook(ORDERS, Typed::Values)), ("s.csv", SESSIONS.as_bytes()), "--threads 1");
    same(
        ("o.xlsm", &workbook(ORDERS, Typed::Values)),
        ("s.csv", SESSIONS.as_bytes()),
        "--threads 7 --block-size 1",
    );
}

#[test]
fn the_reconciliation_is_that_of_the_same_csv() {
    let texts = |orders: (&str, &[u8]), sessions: (&str, &[u8])| {
        let err = same(orders, sessions, "");
        err.split_once("orders: where").unwrap().1.to_owned()
    };
    let csv = texts(("o.csv", ORDERS.as_bytes()), ("s.csv", SESSIONS.as_bytes()));
    let xlsx =
        texts(("o.xlsx", &workbook(ORDERS, Typed::Values)), ("s.xlsx", &workbook(SESSIONS, Typed::Values)));
    assert_eq!(csv, xlsx);
}

#[test]
fn a_sheet_is_the_first_visible_one_or_the_one_that_is_named() {
    let both = sheets(&mut [
        ("notes", &mut |sheet| {
            sheet.write_string(0, 0, "hidden").unwrap();
            sheet.set_hidden(true);
        }),
        ("订单 #1", &mut |sheet| {
            fill(sheet, &rows(ORDERS), 0, Typed::Values);
            sheet.set_active(true);
        }),
        ("观看", &mut |sheet| fill(sheet, &rows(SESSIONS), 0, Typed::Values)),
    ]);
    let work = Work::new();
    work.write("both.xlsx", &both);
    work.write("odd#name.xlsx", &both);
    let words =
        |orders: &str, sessions: &str| work.run(&["decompose", "--orders", orders, "--sessions", sessions]);
    for (orders, sessions) in [
        ("both.xlsx", "both.xlsx#观看"),
        ("both.xlsx#订单 #1", "both.xlsx#观看"),
        ("odd#name.xlsx", "odd#name.xlsx#观看"),
    ] {
        let run = words(orders, sessions);
        assert_eq!(run.out, RESULT, "{orders} {sessions}: {}", run.err);
        assert!(run.err.contains("(Excel workbook, sheet 订单 #1, profile canonical)"), "{}", run.err);
    }
    let wrong = words("both.xlsx#Orders", "both.xlsx#观看");
    let message =
        "gmv: both.xlsx#Orders: the workbook has no sheet Orders; its sheets are: notes, 订单 #1, 观看\n";
    assert_eq!((wrong.code, wrong.err.as_str()), (1, message));
    // A hidden sheet is read where it is named.
    let hidden = words("both.xlsx#notes", "both.xlsx#观看");
    assert!(hidden.err.contains("both.xlsx#notes:1: missing columns"), "{}", hidden.err);
    // No sheet of an input is written over.
    let run = work.run(&[
        "decompose",
        "--orders",
        "both.xlsx#订单 #1",
        "--sessions",
        "both.xlsx#观看",
        "-o",
        "both.xlsx",
        "--format",
        "csv",
    ]);
    assert!(run.err.contains("-o both.xlsx would replace one of the inputs"), "{}", run.err);
    assert_eq!(std::fs::read(work.path("both.xlsx")).unwrap(), both);
}

#[test]
fn rows_are_those_of_the_sheet() {
    // The table begins in C4, blank rows stand between its rows, and remarks to the right of it.
    let text = orders_with("1299.90", "1299.905");
    let moved = sheets(&mut [("x", &mut |sheet| {
        let mut table = rows(&text);
        for row in &mut table {
            row.splice(0..0, [String::new(), String::new()]);
        }
        fill(sheet, &table[..3], 3, Typed::Text);
        fill(sheet, &[table[..1].to_vec(), table[3..].to_vec()].concat()[1..], 9, Typed::Text);
        sheet.write_string(4, 40, "a remark").unwrap();
    })]);
    let work = shop();
    work.write("o.xlsx", moved);
    let run = run(&work, "--orders o.xlsx --sessions sessions.csv --max-bad 1 --rejects bad.csv");
    assert_eq!(run.code, 0, "{}", run.err);
    let fault = "o.xlsx:10:8: amount \"1299.905\" has more than 2 decimals; it is not rounded";
    assert!(run.err.contains(fault), "{}", run.err);
    assert!(run.err.contains("− repeated headers, blank rows   3"), "{}", run.err);
    assert!(work.read("bad.csv").contains("o.xlsx,10,8,"), "{}", work.read("bad.csv"));
    assert!(run.err.contains("  rows read                       12"), "{}", run.err);
}

#[test]
fn a_sheet_of_many_pieces_keeps_its_rows() {
    let mut table = rows(ORDERS);
    let unpaid = table.pop().unwrap();
    for at in 0..9_000 {
        let mut row = unpaid.clone();
        row[0] = format!("N-{at}");
        table.push(row);
    }
    table[8_500][5] = "x".to_owned();
    table.push(unpaid);
    let bytes = sheets(&mut [("x", &mut |sheet| fill(sheet, &table, 0, Typed::Text))]);
    let work = shop();
    work.write("o.xlsx", bytes);
    for threads in [1, 4] {
        let run = run(&work, &format!("--orders o.xlsx --sessions sessions.csv --threads {threads}"));
        assert_eq!(run.out, RESULT, "{}", run.err);
        assert!(run.err.contains("o.xlsx:8501:6: amount \"x\""), "{}", run.err);
        assert!(run.err.contains("  rows read               9,009"), "{}", run.err);
    }
}

#[test]
fn numbers_are_the_digits_that_excel_shows() {
    // Sums as a formula leaves them: 0.1 + 0.2, and 19.99 three times.
    let work = Work::new();
    let bytes = sheets(&mut [("x", &mut |sheet| {
        let header = ["order_id", "buyer_id", "streamer_id", "paid_at", "amount"];
        for (column, name) in header.iter().enumerate() {
            sheet.write_string(0, column as u16, *name).unwrap();
        }
        let time = Format::new().set_num_format("[$-804]yyyy\"年\"m\"月\"d\"日\" h:mm;@");
        for (row, amount) in [0.1 + 0.2, 19.99 + 19.99 + 19.99, 1_234_567.89].into_iter().enumerate() {
            let row = row as u32 + 1;
            sheet.write_number(row, 0, 100_000_000_000_000.0 + f64::from(row)).unwrap();
            sheet.write_number(row, 1, 13_900_000_000.0).unwrap();
            sheet.write_string(row, 2, "s1").unwrap();
            let moment = ExcelDateTime::parse_from_str("2026-03-02 23:59:59").unwrap();
            sheet.write_datetime_with_format(row, 3, &moment, &time).unwrap();
            sheet.write_formula(row, 4, Formula::new("=1+1").set_result(amount.to_string())).unwrap();
        }
    })]);
    work.write("o.xlsx", bytes);
    work.write("o.csv", "order_id,buyer_id,streamer_id,paid_at,amount\n100000000000001,13900000000,s1,2026-03-01 00:00:00,7.00\n");
    let run = run(&work, "--orders o.csv o.xlsx --attribution all --period day");
    assert_eq!(run.code, 0, "{}", run.err);
    // The row of the CSV is superseded: the id of the number has no decimals.
    assert!(run.err.contains("− superseded by a later row  1"), "{}", run.err);
    assert!(run.out.contains("2026-03-02,s1,1234628.16,") && !run.out.contains("2026-03-01"), "{}", run.out);
}

#[test]
fn rich_and_inline_texts_are_their_characters() {
    let red = Format::new().set_font_color(Color::Red);
    let line = Format::new().set_underline(FormatUnderline::Single);
    let rich = sheets(&mut [("x", &mut |sheet| {
        let table = rows(ORDERS);
        fill(sheet, &table, 0, Typed::Values);
        for row in 1..=3 {
            sheet.write_rich_string(row, 3, &[(&red, "甲的"), (&line, "直播间")]).unwrap();
        }
    })]);
    same(("o.xlsx", &rich), ("s.csv", SESSIONS.as_bytes()), "");
    // Phonetic runs beside a text are no part of it.
    let shared = "<t>甲的直播间</t>";
    let phonetic = "<t>甲的直播间</t><rPh sb=\"0\" eb=\"1\"><t>jia</t></rPh>";
    let plain = workbook(ORDERS, Typed::Values);
    same(
        ("o.xlsx", &edited(&plain, "xl/sharedStrings.xml", shared, phonetic)),
        ("s.csv", SESSIONS.as_bytes()),
        "",
    );
    let inline = inline_strings();
    same(("o.xlsx", &inline), ("s.csv", SESSIONS.as_bytes()), "");
}

/// The orders in a workbook as small writers make it: no shared strings, no positions of cells, no styles.
fn inline_strings() -> Vec<u8> {
    let escaped = |cell: &str| cell.replace('&', "&amp;").replace('<', "&lt;");
    let cell = |cell: &String| format!("<c t=\"inlineStr\"><is><t>{}</t></is></c>", escaped(cell));
    let row = |row: &Vec<String>| format!("<row>{}</row>", row.iter().map(cell).collect::<String>());
    let sheet: String = rows(ORDERS).iter().map(row).collect();
    let main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" \
                xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"";
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"";
    zip(&[
        ("[Content_Types].xml", b"<Types/>"),
        (
            "_rels/.rels",
            format!("<Relationships {package}><Relationship Id=\"r1\" Type=\"{relation}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>").as_bytes(),
        ),
        (
            "xl/workbook.xml",
            format!("<workbook {main}><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>").as_bytes(),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!("<Relationships {package}><Relationship Id=\"r1\" Type=\"{relation}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>").as_bytes(),
        ),
        ("xl/worksheets/sheet1.xml", format!("<worksheet {main}><sheetData>{sheet}</sheetData></worksheet>").as_bytes()),
    ])
}

#[test]
fn a_table_of_streamers_may_be_a_workbook() {
    let work = shop();
    let bytes = workbook("streamer_id,tier\ns1,头部\ns2,腰部\n", Typed::Text);
    work.write("streamers.xlsx", &bytes);
    let run = run(&work, &format!("{BOTH} --streamers streamers.xlsx#Sheet1 --by tier --period all"));
    assert!(run.out.contains("头部") && run.out.contains("腰部"), "{}{}", run.out, run.err);
    let over = work.run(&[
        "decompose",
        "--orders",
        "orders.csv",
        "--sessions",
        "sessions.csv",
        "--streamers",
        "streamers.xlsx#Sheet1",
        "-o",
        "streamers.xlsx",
        "--format",
        "csv",
    ]);
    assert!(over.err.contains("would replace one of the inputs"), "{}", over.err);
}

#[test]
fn directories_take_workbooks_and_archives_and_pass_over_lock_files() {
    let work = Work::new();
    let sessions = sessions_with("\n7,,s2", "\n7,,s2");
    work.write("in/o/甲.XLSX", workbook(ORDERS, Typed::Values));
    work.write("in/o/~$甲.xlsx", "a lock");
    work.write("in/o/.hidden.xlsx", "no workbook");
    work.write("in/s/s.zip", zip(&[("s.csv", sessions.as_bytes())]));
    let run = run(&work, "--orders in/o --sessions in/s");
    assert_eq!(run.out, RESULT, "{}", run.err);
    assert!(run.err.contains("sessions: in/s/s.zip#s.csv (UTF-8, `,`"), "{}", run.err);
}

#[test]
fn ids_have_the_leading_zeros_that_the_sheet_shows() {
    // Buyer 007 as the number 7 under a format of three zeros; its session has the text. Order A-6 of buyer 7 has a plain number.
    let zeros = Format::new().set_num_format("000");
    let table = rows(ORDERS);
    let buyer = table[0].iter().position(|name| name == "buyer_id").unwrap() as u16;
    let book = |formatted: bool| {
        sheets(&mut [("Sheet1", &mut |sheet| {
            fill(sheet, &table, 0, Typed::Values);
            for (row, cells) in table.iter().enumerate() {
                match (cells[usize::from(buyer)].as_str(), formatted) {
                    ("007", true) => {
                        sheet.write_number_with_format(row as u32, buyer, 7, &zeros).unwrap();
                    }
                    ("007" | "7", _) => {
                        sheet.write_number(row as u32, buyer, 7).unwrap();
                    }
                    _ => {}
                }
            }
        })])
    };
    same(("o.xlsx", &book(true)), ("s.csv", SESSIONS.as_bytes()), "");
    let work = shop();
    work.write("o.xlsx", book(false));
    let run = run(&work, "--orders o.xlsx --sessions sessions.csv");
    assert!(run.code == 0 && run.out != RESULT, "{}", run.err);
}
