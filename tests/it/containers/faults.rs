//! Cells of workbooks that hold no value, ids that have been rounded, and workbooks that cannot be read.

use rust_xlsxwriter::{Format, Formula, Worksheet};

use super::{Typed, edited, fill, rows, sheets, workbook, zip};
use crate::errors::{NO_BUYERS, case, check};
use crate::shop::{BOTH, ORDERS, RESULT, SESSIONS, run, sessions_with, shop};
use crate::support::Work;

/// The orders as a workbook, with something done to its sheet.
fn orders_but(change: impl Fn(&mut Worksheet)) -> Vec<u8> {
    sheets(&mut [("x", &mut |sheet| {
        fill(sheet, &rows(ORDERS), 0, Typed::Values);
        change(sheet);
    })])
}

const WORKBOOK: &str = "--orders o.xlsx --sessions sessions.csv";

/// Checks the one reject of a workbook of orders.
fn rejected(change: impl Fn(&mut Worksheet), fault: &str) {
    let work = shop();
    work.write("o.xlsx", orders_but(change));
    let run = run(
        &work,
        &format!("{WORKBOOK} --max-bad 1 --unknown-status count --rejects bad.csv --by total,category"),
    );
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains(&format!("  {fault}\n")), "expected {fault}\n{}", run.err);
    assert!(run.err.contains("warning: 1 row of the orders rejected"), "{}", run.err);
}

#[test]
fn error_cells_are_rejects_wherever_the_column_is_used() {
    let error = |row: u32, column: u16| {
        move |sheet: &mut Worksheet| {
            sheet.write_formula(row, column, Formula::new("=NA()").set_result("#N/A")).unwrap();
        }
    };
    let advice = "is an error of a spreadsheet, not a value; mend its formula and export again";
    for (column, letter) in [(0, 1), (1, 2), (2, 3), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9), (9, 10)] {
        rejected(error(2, column), &format!("o.xlsx:3:{letter}: \"#N/A\" {advice}"));
    }
}

#[test]
fn error_cells_of_columns_that_nothing_reads_do_no_harm() {
    let work = shop();
    work.write(
        "o.xlsx",
        orders_but(|sheet| {
            sheet.write_string(0, 10, "remark").unwrap();
            sheet.write_formula(2, 10, Formula::new("=NA()").set_result("#N/A")).unwrap();
            sheet.write_formula(3, 10, Formula::new("=A1").set_result("")).unwrap();
        }),
    );
    assert_eq!(run(&work, WORKBOOK).out, RESULT);
}

#[test]
fn formulas_that_were_never_computed_are_no_blanks() {
    let bytes = orders_but(|sheet| {
        sheet.write_formula(2, 6, Formula::new("=F3").set_result("7777")).unwrap();
    });
    let bytes = edited(&bytes, "xl/worksheets/sheet1.xml", "<v>7777</v>", "<v></v>");
    let work = shop();
    work.write("o.xlsx", bytes);
    let run = run(&work, &format!("{WORKBOOK} --max-bad 1"));
    let fault = "o.xlsx:3:7: \"=\" is a formula without a value; open the workbook in a spreadsheet program, which computes it, and save it";
    assert!(run.err.contains(fault), "{}", run.err);
}

#[test]
fn errors_of_a_spreadsheet_are_no_ids_in_csv_either() {
    let fault = "sessions.csv:5:2: viewer_id \"#N/A\" is an error of a spreadsheet, not a value; mend its formula and export again; \
                 1 of 9 rows of the sessions are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the \
                 limit";
    check(&[case(BOTH, fault).file("sessions.csv", sessions_with("u3", "#N/A"))]);
}

#[test]
fn ids_that_excel_has_rounded_are_refused_and_dates_are_not_guessed() {
    let number = |row: u32, column: u16, value: f64| {
        move |sheet: &mut Worksheet| {
            sheet.write_number(row, column, value).unwrap();
        }
    };
    let scientific = "is an id in scientific notation: a spreadsheet has rounded it and distinct persons have become one; export again \
                      as text, or --allow-mangled-ids";
    rejected(
        number(1, 0, 7_349_583_948_573_948_571.0),
        &format!("o.xlsx:2:1: order_id \"7.349583948573949E+18\" {scientific}"),
    );
    rejected(
        number(1, 1, 1_234_567_890_123_456.0),
        &format!("o.xlsx:2:2: buyer_id \"1.234567890123456E+15\" {scientific}"),
    );
    let time = "is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile";
    let serial = "is no time, but may be a day of a spreadsheet: give its cells a format of dates (such as yyyy-mm-dd hh:mm:ss), and save \
                  or export again";
    for day in [46_083.84, 46_083.0] {
        rejected(number(1, 4, day), &format!("o.xlsx:2:5: paid_at \"{day}\" {serial}"));
    }
    for other in [4_608.0, 99_999.0, 460_830.5] {
        rejected(number(1, 4, other), &format!("o.xlsx:2:5: paid_at \"{other}\" {time}"));
    }
    rejected(
        number(1, 5, 59.905),
        "o.xlsx:2:6: amount \"59.905\" has more than 2 decimals; it is not rounded",
    );
    let clock = |sheet: &mut Worksheet| {
        sheet.write_number_with_format(1, 4, 0.5, &Format::new().set_num_format("h:mm:ss")).unwrap();
    };
    rejected(clock, &format!("o.xlsx:2:5: paid_at \"12:00:00\" {time}"));
    let yes = |sheet: &mut Worksheet| {
        sheet.write_boolean(1, 5, true).unwrap();
    };
    rejected(yes, "o.xlsx:2:6: amount \"TRUE\" is no amount of money, such as 1299.90");
    let work = shop();
    work.write("o.xlsx", orders_but(number(1, 0, 7_349_583_948_573_948_571.0)));
    assert_eq!(run(&work, &format!("{WORKBOOK} --allow-mangled-ids")).out, RESULT);
}

#[test]
fn epochs_are_times_as_in_any_export() {
    let work = shop();
    // 2026-03-02 20:10:00 in Shanghai, in seconds and in milliseconds.
    for epoch in [1_772_453_400.0, 1_772_453_400_000.0] {
        work.write(
            "o.xlsx",
            orders_but(|sheet| {
                sheet.write_number(1, 4, epoch).unwrap();
            }),
        );
        assert_eq!(run(&work, WORKBOOK).out, RESULT, "{epoch}");
    }
}

#[test]
fn sheets_without_data() {
    let empty = sheets(&mut [("空", &mut |_| {})]);
    let hidden = edited(
        &workbook(ORDERS, Typed::Text),
        "xl/workbook.xml",
        "<sheet name=\"Sheet1\"",
        "<sheet state=\"hidden\" name=\"Sheet1\"",
    );
    let titled = sheets(&mut [("x", &mut |sheet| {
        sheet.write_string(0, 0, "订单导出").unwrap();
        fill(sheet, &rows(ORDERS), 1, Typed::Text);
    })]);
    let title = format!(
        "names that no profile knows, which are not shown since they may be data; is the first line a header?; map the columns with --profile FILE, or supply one with --set COLUMN=VALUE; {NO_BUYERS}"
    );
    check(&[
        case(WORKBOOK, "o.xlsx: the sheet 空 is empty, without even a header; export it again").file("o.xlsx", empty),
        case(WORKBOOK, "o.xlsx: the workbook has no visible sheet; name one behind a #; its sheets are: Sheet1")
            .file("o.xlsx", hidden),
        case(
            WORKBOOK,
            format!("o.xlsx:1: missing columns `order_id`, `buyer_id`, `streamer_id`, `paid_at`, `amount` (profile canonical); the header has: {title}"),
        )
        .file("o.xlsx", titled),
    ]);
    let work = shop();
    work.write("o.xlsx", workbook(ORDERS.lines().next().unwrap(), Typed::Text));
    let run = run(&work, WORKBOOK);
    assert!(run.code == 0 && run.err.contains("warning: o.xlsx: no rows, only a header"), "{}", run.err);
}

#[test]
fn spreadsheets_of_other_kinds_say_what_to_do() {
    let not_read = "which is not read; save it as .xlsx or CSV and give that file";
    let ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more";
    check(&[
        case(
            "--orders o.xls --sessions sessions.csv",
            "o.xls: this is an old Excel workbook (.xls), or a workbook with a password; open it in a spreadsheet program and save it as \
             .xlsx without a password, or as CSV",
        )
        .file("o.xls", ole),
        case("--orders o.ods --sessions sessions.csv", format!("o.ods: this is an OpenDocument file (.ods), {not_read}"))
            .file("o.ods", zip(&[("mimetype", b"x"), ("content.xml", b"<x/>")])),
        case("--orders o.xlsb --sessions sessions.csv", format!("o.xlsb: this is a binary Excel workbook (.xlsb), {not_read}"))
            .file("o.xlsb", zip(&[("xl/workbook.bin", b"x")])),
        case(
            "--orders o.xls --sessions sessions.csv",
            "o.xls: this is a table in HTML or XML (often named .xls); open it in a spreadsheet program and save it as .xlsx or CSV",
        )
        .file("o.xls", "\u{feff} <HTML><table><tr><td>order_id</td></tr></table>"),
        case(
            "--orders orders.csv#Sheet1 --sessions sessions.csv",
            "orders.csv#Sheet1: the part behind # is a sheet of a workbook or a member of a ZIP archive, and this file is a text; leave \
             it out",
        ),
    ]);
}

#[test]
fn damaged_workbooks_are_errors_and_never_panics() {
    let whole = workbook(ORDERS, Typed::Values);
    let work = shop();
    let mut failed = 0;
    for at in (8..whole.len()).step_by(whole.len() / 60) {
        for length in [1, 40] {
            let mut bytes = whole.clone();
            let end = (at + length).min(bytes.len());
            bytes[at..end].iter_mut().for_each(|byte| *byte ^= 0x55);
            work.write("o.xlsx", bytes);
            let run = run(&work, WORKBOOK);
            assert!(run.code == 1 || run.out == RESULT, "{at}: {}{}", run.out, run.err);
            assert!(!run.err.contains("panicked"), "{at}: {}", run.err);
            failed += run.code;
        }
        work.write("o.xlsx", &whole[..at]);
        assert_eq!(run(&work, WORKBOOK).code, 1, "cut at {at}");
    }
    assert!(failed > 20, "{failed}");
    // A string that is not in the table, a row that goes back.
    for (old, new, word) in [
        ("t=\"s\"><v>0</v>", "t=\"s\"><v>999</v>", "cannot read the workbook: "),
        ("<row r=\"4\"", "<row r=\"2\"", "out of order"),
        ("<row r=\"4\"", "<row r=\"9999999\"", ""),
    ] {
        let bytes = edited(&whole, "xl/worksheets/sheet1.xml", old, new);
        let bytes = if old.starts_with("<row") { without_positions(&bytes) } else { bytes };
        work.write("o.xlsx", bytes);
        let run = run(&work, WORKBOOK);
        assert!(run.code == 1 && run.err.contains("gmv: o.xlsx: "), "{new}: {}", run.err);
        assert!(run.err.contains(word), "{new}: {}", run.err);
    }
}

/// The workbook without the positions of its cells, so that those of rows count.
fn without_positions(bytes: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for row in 1..=10 {
        for column in "ABCDEFGHIJ".chars() {
            let position = format!("<c r=\"{column}{row}\"");
            if sheet_holds(&bytes, &position) {
                bytes = edited(&bytes, "xl/worksheets/sheet1.xml", &position, "<c");
            }
        }
    }
    bytes
}

fn sheet_holds(bytes: &[u8], text: &str) -> bool {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut sheet = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet)
        .unwrap();
    sheet.contains(text)
}

#[test]
fn cells_of_a_workbook_are_not_shown_beyond_the_mapped_ones() {
    let work = Work::new();
    let text = ORDERS.replacen("category", "电话", 1).replacen(",shoes", ",13900001111", 1);
    work.write("o.xlsx", workbook(&text.replacen("100.00", "1.001", 1), Typed::Text));
    work.write("s.csv", SESSIONS);
    let run = run(&work, "--orders o.xlsx --sessions s.csv --rejects bad.csv");
    assert_eq!(run.code, 1);
    assert!(!run.err.contains("13900001111") && !work.read("bad.csv").contains("13900001111"), "{}", run.err);
}
