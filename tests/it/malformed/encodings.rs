//! Encodings that are not what they seem, and line ends of every kind.

use super::{Case, NEEDED, UNKNOWN, case, lacking};
use crate::shop::{BOTH, ORDERS};

fn orders(name: &'static str, bytes: impl AsRef<[u8]>, expected: impl Into<String>) -> Case {
    case(name, "orders.csv", bytes, expected).counted()
}

const FINE: &str = "0 · 9 · 9";
const UTF_32: &str = "1 orders.csv: this is text in UTF-32, which is not read; save it as \"CSV UTF-8\"";

fn utf_16(bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    ORDERS.encode_utf16().flat_map(bytes).collect()
}

fn utf_32(bytes: fn(u32) -> [u8; 4]) -> Vec<u8> {
    ORDERS.chars().flat_map(|c| bytes(u32::from(c))).collect()
}

pub fn marks_and_encodings() -> Vec<Case> {
    let gbk = |text: &str| encoding_rs::GBK.encode(text).0.into_owned();
    let latin = ORDERS.replace("甲的直播间", "Café Müller");
    let latin = encoding_rs::WINDOWS_1252.encode(&latin).0.into_owned();
    let mixed =
        [ORDERS.as_bytes(), &gbk("A-10,u1,s1,甲的直播间,2026-03-02 20:10:00,1,,paid,live,鞋\n")].concat();
    let four = encoding_rs::GB18030.encode(&ORDERS.replace('甲', "𠀀")).0.into_owned();
    vec![
        orders("two marks", format!("\u{feff}\u{feff}{ORDERS}"), FINE),
        orders("UTF-16LE with its mark", [b"\xFF\xFE", &utf_16(u16::to_le_bytes)[..]].concat(), FINE),
        orders("UTF-16BE with its mark", [b"\xFE\xFF", &utf_16(u16::to_be_bytes)[..]].concat(), FINE),
        orders("UTF-16LE without a mark", utf_16(u16::to_le_bytes), FINE),
        orders("UTF-32LE with its mark", [b"\xFF\xFE\0\0", &utf_32(u32::to_le_bytes)[..]].concat(), UTF_32),
        orders("UTF-32BE with its mark", [b"\0\0\xFE\xFF", &utf_32(u32::to_be_bytes)[..]].concat(), UTF_32),
        orders("UTF-32LE without a mark", utf_32(u32::to_le_bytes), UTF_32),
        orders("UTF-32BE without a mark", utf_32(u32::to_be_bytes), UTF_32),
        orders("GBK", gbk(ORDERS), FINE),
        orders("GB18030 with characters of four bytes", four, FINE),
        orders("Windows-1252", &latin, FINE),
        orders(
            "UTF-8 with a row of GBK",
            mixed,
            "1 orders.csv:11:4: byte 0xBC is not UTF-8, which the file was taken for; name its encoding with --encoding NAME (often gb18030), or save it as \"CSV UTF-8\"",
        ),
        orders("UTF-8, named UTF-16", ORDERS, lacking("sessions.csv", &["viewer_id", "streamer_id", "entered_at", "left_at or watch_seconds"], UNKNOWN))
            .with(format!("{BOTH} --encoding utf-16le")),
        orders("an encoding that nobody knows", ORDERS, "2 invalid value 'utf-9' for '--encoding <NAME>': no such encoding; did you mean utf-8, utf-16, utf-16le?")
            .with(format!("{BOTH} --encoding utf-9")),
    ]
}

pub fn bytes_that_are_no_characters() -> Vec<Case> {
    let within = |id: &[u8]| {
        let at = ORDERS.find("A-4").unwrap();
        [&ORDERS.as_bytes()[..at], id, &ORDERS.as_bytes()[at + 3..]].concat()
    };
    let byte = |name, id: &[u8], byte: &str| {
        let text = format!(
            "1 orders.csv:5:1: byte {byte} is not UTF-8, which the file was taken for; name its encoding with --encoding NAME (often gb18030), or save it as \"CSV UTF-8\""
        );
        orders(name, within(id), text)
    };
    let zeros = "1 orders.csv: this is a file of zero bytes, as a copy that broke off leaves behind; export it, or copy it, again";
    let one_row = "0 · 1 row of the orders rejected (wrong number of cells: 1) · 10 · 9";
    vec![
        byte("an overlong form", b"A\xC0\x80", "0xC0"),
        byte("a surrogate", b"\xED\xA0\x80", "0xED"),
        byte("beyond the last character", b"\xF4\x90\x80\x80", "0xF4"),
        byte("a byte that stands alone", b"A\x804", "0x80"),
        byte("0xFF", b"A\xFF4", "0xFF"),
        orders("a NUL in an id", within(b"A\x004"), FINE),
        orders("zeros behind the rows", [ORDERS.as_bytes(), &[0; 4096]].concat(), one_row),
        orders("zeros between the rows", within(&[&[0; 512], &b"\nA-4"[..]].concat()), one_row),
        orders("zeros alone", [0; 4096], zeros),
        orders(
            "a few zeros",
            [0; 5],
            lacking("orders.csv", &NEEDED, "zero bytes, which no text has; is this a table?"),
        ),
        orders("the end of a file of DOS", format!("{ORDERS}\u{1a}"), one_row),
    ]
}

pub fn line_ends() -> Vec<Case> {
    let ends = |name, end: &str, expected: &str| orders(name, ORDERS.replace('\n', end), expected);
    let other = |what| {
        format!(
            "1 orders.csv:1: the lines end in {what}, so that the whole file is one line; save it as \"CSV UTF-8\""
        )
    };
    vec![
        ends("CR LF", "\r\n", FINE),
        ends("LF CR", "\n\r", FINE),
        ends("CR CR LF", "\r\r\n", FINE),
        ends("two for one", "\n\n", FINE),
        ends(
            "CR",
            "\r",
            "1 orders.csv:1: the lines end in carriage returns alone (\"CSV Macintosh\"), so that the whole file is one line; save it as \"CSV UTF-8\"",
        ),
        ends("next line", "\u{85}", &other("next-line marks (U+0085)")),
        ends("line separator", "\u{2028}", &other("line separators (U+2028)")),
        ends("paragraph separator", "\u{2029}", &other("paragraph separators (U+2029)")),
        ends("vertical tab", "\u{b}", &other("vertical tabs")),
        ends("form feed and LF", "\u{c}\n", "0 · 1 row of the orders rejected (broken quotes: 1) · 9 · 9"),
        ends("lines of spaces between", "\n   \n", "0 · 19 · 9"),
        orders("rows of delimiters at the end", format!("{ORDERS},,,,,,,,,\n,\n"), "0 · 11 · 9"),
        orders("a separator in a cell", ORDERS.replacen(",shoes", ",a\u{2028}b\u{85}c", 1), FINE),
    ]
}
