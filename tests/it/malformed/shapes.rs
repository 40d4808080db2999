//! First lines that are no header, quotes that are none, and files of other programs.

use super::{Case, DATA, NEEDED, UNKNOWN, case, lacking};
use crate::shop::{BOTH, ORDERS, orders_with};

fn orders(name: &'static str, bytes: impl AsRef<[u8]>, expected: impl Into<String>) -> Case {
    case(name, "orders.csv", bytes, expected).counted()
}

const FINE: &str = "0 · 9 · 9";

pub fn first_lines() -> Vec<Case> {
    let header = ORDERS.lines().next().unwrap();
    let unknown = lacking("orders.csv", &NEEDED, UNKNOWN);
    let named = |name, new: &str, expected: &str| orders(name, ORDERS.replacen("buyer_id", new, 1), expected);
    vec![
        orders("a title above", format!("订单导出\n{ORDERS}"), unknown.as_str()),
        orders("a title above, over all columns", format!("订单导出,,,,,,,,,\n{ORDERS}"), unknown.as_str()),
        orders("a remark above", format!("# 2026-03-02\n{ORDERS}"), lacking("orders.csv", &NEEDED, DATA)),
        orders("blank lines above", format!("\n\r\n{ORDERS}"), FINE),
        orders("the delimiter above, as Excel wants it", format!("sep=,\r\n{ORDERS}"), FINE),
        orders("another delimiter above", format!("\u{feff}sep=;\n{}", ORDERS.replace(',', ";")), FINE),
        orders(
            "the delimiter above and no more",
            "sep=,\n",
            "1 orders.csv:1: the file holds no header, only blank lines; export it again",
        ),
        named("spaces around a name", " buyer_id ", FINE),
        named("large letters", "BUYER_ID", FINE),
        named("full-width letters", "ｂｕｙｅｒ＿ｉｄ", FINE),
        named("a mark within", "\u{feff}buyer_id", FINE),
        named("a space of no width within", "buyer\u{200b}_id", FINE),
        orders(
            "quotes around all names",
            ORDERS.replacen(header, &format!("\"{}\"", header.replace(',', "\",\"")), 1),
            FINE,
        ),
        orders("a line end within a name", ORDERS.replacen("category", "\"cate\ngory\"", 1), FINE),
        orders(
            "a quote that opens and does not close",
            ORDERS.replacen("order_id", "\"order_id", 1),
            lacking("orders.csv", &NEEDED, DATA),
        ),
    ]
}

pub fn headers_of_other_forms() -> Vec<Case> {
    let header = ORDERS.lines().next().unwrap();
    let unknown = lacking("orders.csv", &NEEDED, UNKNOWN);
    let sessions = ["viewer_id", "streamer_id", "entered_at", "left_at or watch_seconds"];
    let many = super::a_million_names();
    vec![
        orders("the header twice", format!("{ORDERS}{ORDERS}"), "0 · 19 · 9"),
        orders(
            "the header behind an unfinished line",
            format!("{}{ORDERS}", ORDERS.trim_end()),
            "0 · 1 row of the orders rejected (wrong number of cells: 1) · 18 · 9",
        ),
        orders("one column", "order_id\n1\n2\n", lacking("orders.csv", &NEEDED[1..], "order_id")),
        orders("one word", "x", unknown.as_str()),
        orders("numbers", "1,2,3,4,5\n1,2,3,4,5\n", unknown.as_str()),
        orders("another delimiter named", ORDERS, lacking("sessions.csv", &sessions, UNKNOWN))
            .with(format!("{BOTH} --delimiter ;")),
        orders("tabs", ORDERS.replace(',', "\t"), FINE),
        orders("bars", ORDERS.replace(',', "|"), FINE),
        orders("colons", ORDERS.replace(',', ":"), unknown.as_str()),
        orders(
            "a header of other delimiters",
            ORDERS.replacen(header, &header.replace(',', ";"), 1),
            "0 · 9 rows of the orders rejected (wrong number of cells: 9) · 9 · 9",
        ),
        orders(
            "a hundred thousand names",
            format!("x{}\n{}\n", &many[..688_890], ",".repeat(100_000)),
            lacking("orders.csv", &NEEDED, DATA),
        ),
        orders("a million names more", format!("{header}{many}\n"), "0 · 0 · 9"),
    ]
}

pub fn quotes() -> Vec<Case> {
    let warm = "\"socks, \"\"warm\"\"\"";
    let cell = |name, new: &str, expected: &str| orders(name, orders_with(warm, new), expected);
    let broken = "0 · 1 row of the orders rejected (broken quotes: 1) · 9 · 9";
    let cells = "0 · 1 row of the orders rejected (wrong number of cells: 1) · 9 · 9";
    vec![
        cell("escaped by a backslash", "\"socks, \\\"warm\\\"\"", broken),
        cell("text behind the closing quote", "\"socks\" x", broken),
        cell("typographic quotes", "“socks, warm”", cells),
        cell("single quotes", "'socks, warm'", cells),
        cell("a space before the quote", " \"socks\"", FINE),
        cell("a space before the quote, and a comma", " \"socks, warm\"", cells),
        cell("a quote within", "5\" socks", FINE),
        cell("four quotes", "\"\"\"\"", FINE),
        cell("two quotes", "\"\"", FINE),
        cell(
            "three quotes",
            "\"\"\"",
            "1 orders.csv:3:10: a quoted cell opens here and does not close within 16777216 bytes or the file; write a quote inside of a cell as two (\"\")",
        ),
        orders(
            "a lone quote, closed by the next",
            orders_with(",shoes", ",\""),
            "0 · 1 row of the orders rejected (broken quotes: 1) · 8 · 9",
        ),
        cell("lines within", "\"a\n\nb\r\nc\"", FINE),
    ]
}

pub fn files_of_other_programs() -> Vec<Case> {
    let other = |name, bytes: &[u8], what: &str| orders(name, bytes, format!("1 orders.csv: this is {what}"));
    let json = "JSON, which is not read; export the table as CSV or .xlsx";
    let archive = "an archive of a kind that is not read; unpack it and give the file inside";
    let markup = "a table in HTML or XML (often named .xls); open it in a spreadsheet program and save it as .xlsx or CSV";
    let zeros = lacking("orders.csv", &NEEDED, "zero bytes, which no text has; is this a table?");
    let lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 3\n";
    vec![
        other("JSON", b"[{\"order_id\": 1}]\n", json),
        other("JSON on lines", b"[\n  {\"order_id\": 1}\n]\n", json),
        other("JSON, a line a row", b"{\"order_id\": 1}\n{\"order_id\": 2}\n", json),
        other("XML", b"<?xml version=\"1.0\"?><a/>", markup),
        other("a table of HTML", b"\n <TABLE><tr>", markup),
        other(
            "a pointer",
            lfs.as_bytes(),
            "a pointer of Git LFS in place of the file; fetch the file itself (git lfs pull)",
        ),
        other(
            "a text document",
            b"{\\rtf1\\ansi x}",
            "a text document (RTF); export the table as CSV or .xlsx",
        ),
        other("a JPEG", b"\xFF\xD8\xFF\xE0\0\x10JFIF", "a picture; export the table as CSV or .xlsx"),
        other("SQLite", b"SQLite format 3\0\x10\0", "an SQLite database; export the table as CSV or Parquet"),
        other("Arrow", b"ARROW1\0\0\xFF\xFF", "a table in Arrow or Avro; save it as Parquet or CSV"),
        other("Avro", b"Obj\x01\x04\x14avro", "a table in Arrow or Avro; save it as Parquet or CSV"),
        other("LZ4", b"\x04\x22M\x18dp", archive),
        other("xz", b"\xFD7zXZ\0\0\x04", archive),
        other("bzip2", b"BZh91AY&SY", archive),
        other("RAR", b"Rar!\x1A\x07\x01\0", archive),
        orders("a program", b"MZ\0\x03 x y z, This program cannot be run\n", zeros.as_str()),
        orders(
            "statements of SQL",
            "INSERT INTO orders VALUES (1,2);\n",
            lacking("orders.csv", &NEEDED, UNKNOWN),
        ),
        orders("a log", "2026-03-02 ERROR x\n", lacking("orders.csv", &NEEDED, DATA)),
    ]
}
