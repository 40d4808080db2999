//! Encodings: detected, named, and never read past what is malformed.

use std::fmt::Write as _;

use encoding_rs::{BIG5, Encoding, GB18030, GBK, SHIFT_JIS};

use super::{gz, same, zip, zst};
use crate::errors::{case, check};
use crate::shop::{BOTH, ORDERS, RESULT, SESSIONS, orders_with, run, shop};
use crate::support::Work;

/// A text in an encoding of bytes.
fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let (bytes, _, lost) = encoding.encode(text);
    assert!(!lost, "{} cannot hold the text", encoding.name());
    bytes.into_owned()
}

/// A text in UTF-16, without a byte order mark.
fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// A text in every encoding that is detected: its name in the file line, and its bytes.
fn forms(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let with_mark = |text: &str| format!("\u{feff}{text}");
    vec![
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8", with_mark(text).into_bytes()),
        ("UTF-16LE", utf_16(&with_mark(text), u16::to_le_bytes)),
        ("UTF-16BE", utf_16(&with_mark(text), u16::to_be_bytes)),
        ("UTF-16LE (guessed)", utf_16(text, u16::to_le_bytes)),
        ("UTF-16BE (guessed)", utf_16(text, u16::to_be_bytes)),
        ("GB18030 (guessed)", encoded(text, GB18030)),
        ("GB18030 (guessed)", encoded(text, GBK)),
    ]
}

#[test]
fn every_encoding_in_every_container_gives_the_same_bytes() {
    // Sessions with one Chinese name, so that every encoding shows.
    let sessions_text = SESSIONS.replace("search\n", "搜索\n");
    for ((name, orders), (_, sessions)) in forms(ORDERS).into_iter().zip(forms(&sessions_text)) {
        let files = [
            ("orders.csv", orders.clone(), "sessions.csv", sessions.clone(), "orders.csv"),
            ("orders.csv.gz", gz(&orders), "sessions.csv.gz", gz(&sessions), "orders.csv.gz"),
            ("orders.csv.zst", zst(&orders), "sessions.csv.zst", zst(&sessions), "orders.csv.zst"),
            (
                "orders.zip",
                zip(&[("o.csv", &orders)]),
                "sessions.zip",
                zip(&[("s.csv", &sessions)]),
                "orders.zip#o.csv",
            ),
        ];
        for (orders_name, orders, sessions_name, sessions, shown) in &files {
            let err = same((orders_name, orders), (sessions_name, sessions), "");
            assert!(err.contains(&format!("orders: {shown} ({name}, `,`, profile")), "{name}: {err}");
        }
    }
}

#[test]
fn blocks_do_not_cut_characters() {
    let wide: [(&str, Vec<u8>); 3] = [
        ("UTF-16LE", utf_16(&format!("\u{feff}{ORDERS}"), u16::to_le_bytes)),
        ("UTF-16BE", utf_16(&format!("\u{feff}{ORDERS}"), u16::to_be_bytes)),
        ("GB18030", encoded(ORDERS, GB18030)),
    ];
    for (name, orders) in wide {
        for block in [1, 2, 3, 5, 7, 13, 31, 64] {
            let more = format!("--block-size {block} --threads 3");
            let err = same(("o.csv", &orders), ("s.csv", SESSIONS.as_bytes()), &more);
            assert!(err.contains(name), "{err}");
        }
    }
}

#[test]
fn tabs_quotes_and_line_ends_are_those_of_any_text() {
    // "Unicode text" of Excel: UTF-16 with tabs and CRLF.
    let tabs = |text: &str| {
        utf_16(&format!("\u{feff}{}", text.replace(',', "\t").replace('\n', "\r\n")), u16::to_le_bytes)
    };
    let orders = orders_with("\"socks, \"\"warm\"\"\"", "\"socks\n\"\"warm\"\"\"");
    let err = same(("o.txt", &tabs(&orders)), ("s.txt", &tabs(SESSIONS)), "");
    assert!(err.contains("orders: o.txt (UTF-16LE, tab, profile canonical)"), "{err}");
}

#[test]
fn full_width_signs_of_gbk_are_money() {
    let orders = orders_with("1299.90", "￥1，299.90");
    let quoted = encoded(&orders, GBK);
    assert!(quoted.windows(2).any(|pair| pair == b"\xA3\xA4"));
    same(("o.csv", &quoted), ("s.csv", SESSIONS.as_bytes()), "");
}

#[test]
fn a_name_is_taken_at_its_word_but_a_mark_is_stronger() {
    let big5 = encoded(&ORDERS.replace('间', "間"), BIG5);
    let work = shop();
    work.write("orders.csv", &big5);
    let named = run(&work, &format!("{BOTH} --encoding big5"));
    assert_eq!(named.out, RESULT.replace('间', "間"), "{}", named.err);
    assert!(named.err.contains("orders: orders.csv (Big5, `,`, profile"), "{}", named.err);
    let marked = format!("\u{feff}{ORDERS}");
    same(("o.csv", marked.as_bytes()), ("s.csv", SESSIONS.as_bytes()), "--encoding gb18030");
    let orders = utf_16(ORDERS, u16::to_be_bytes);
    let sessions = utf_16(SESSIONS, u16::to_be_bytes);
    let err = same(("o.csv", &orders), ("s.csv", &sessions), "--encoding UTF-16BE");
    assert!(err.contains("(UTF-16BE, `,`"), "{err}");
    let japanese = encoded(&ORDERS.replace("甲的直播间", "カナ"), SHIFT_JIS);
    let work = shop();
    work.write("orders.csv", japanese);
    let run = run(&work, &format!("{BOTH} --encoding shift_jis"));
    assert_eq!(run.out, RESULT.replace("甲的直播间", "カナ"), "{}", run.err);
}

#[test]
fn an_unknown_encoding_is_refused_with_its_like() {
    let work = shop();
    for (name, like) in [
        ("gb1830", "gb18030"),
        ("utf8le", "utf-8"),
        ("hz-gb-2312", "gb2312"),
        ("???", "known are utf-8, gb18030"),
    ] {
        let run = run(&work, &format!("{BOTH} --encoding {name}"));
        assert_eq!(run.code, 2, "{}", run.err);
        assert!(run.err.contains("no such encoding") && run.err.contains(like), "{}", run.err);
    }
}

/// Orders of which only rows after the first `rows` hold Chinese.
fn late(rows: usize) -> String {
    let mut text = "order_id,buyer_id,streamer_id,paid_at,amount,streamer_name\n".to_owned();
    for row in 0..rows {
        writeln!(text, "o{row},u1,s1,2026-03-02 20:00:00,1.00,A").unwrap();
    }
    text + "last,u1,s2,2026-03-02 20:00:00,2.00,主播\n"
}

#[test]
fn a_later_row_may_be_the_first_in_chinese() {
    let work = Work::new();
    work.write("o.csv", encoded(&late(20_000), GBK));
    let run = run(&work, "--orders o.csv --attribution all --period all");
    assert!(run.out.contains("2026-03-02,s2,主播,2.00,"), "{}{}", run.out, run.err);
    assert!(run.err.contains("(GB18030 (guessed), `,`"), "{}", run.err);
}

#[test]
fn a_mebibyte_of_ascii_before_gbk_is_an_error_with_its_place_until_it_is_named() {
    let text = late(40_000);
    assert!(text.len() > 1 << 20);
    let arguments = "--orders o.csv --attribution all --period all";
    let message = "o.csv:40002:6: byte 0xD6 is not UTF-8, which the file was taken for; name its encoding with --encoding NAME \
                   (often gb18030), or save it as \"CSV UTF-8\"";
    let bytes = encoded(&text, GBK);
    check(&[
        case(arguments, message).file("o.csv", &bytes),
        case(format!("{arguments} --block-size 64"), message).file("o.csv", &bytes),
    ]);
    let work = Work::new();
    work.write("o.csv", &bytes);
    let run = run(&work, &format!("{arguments} --encoding gbk"));
    assert!(run.out.contains("2026-03-02,s2,主播,2.00,"), "{}{}", run.out, run.err);
}

#[test]
fn malformed_bytes_are_an_error_with_their_place_in_every_encoding() {
    let gbk = encoded(ORDERS, GBK);
    // The second byte of the second 甲 in row 3, gone: a comma follows a byte that begins a pair.
    let at = gbk.windows(2).enumerate().filter(|(_, pair)| pair == b"\xBC\xE4").nth(1).unwrap().0;
    let mut broken = gbk.clone();
    broken[at + 1] = 0xFF;
    let mut utf_16 = utf_16(&format!("\u{feff}{ORDERS}"), u16::to_le_bytes);
    // A lone half of a pair in place of u1 in the second row of data.
    let wanted: Vec<u8> = "u1".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let place =
        utf_16.windows(4).enumerate().filter(|(_, four)| *four == wanted.as_slice()).nth(1).unwrap().0;
    utf_16[place + 1] = 0xD8;
    let advice = "which the file was taken for; name its encoding with --encoding NAME (often gb18030), or save it as \"CSV UTF-8\"";
    for more in ["", " --block-size 64", " --block-size 1 --threads 3"] {
        let gbk = format!("orders.csv:3:4: byte 0xBC is not GB18030, {advice}");
        let utf = format!("orders.csv:3:2: byte 0x75 is not UTF-16LE, {advice}");
        check(&[
            case(format!("{BOTH} --encoding gb18030{more}"), &gbk).file("orders.csv", &broken),
            case(format!("{BOTH}{more}"), &utf).file("orders.csv", &utf_16),
        ]);
    }
    // A file that ends there has one bad row.
    let message = "orders.csv:3:1: the file ends within a character of this row (41 bytes); export it again; 1 of 2 rows of the \
                   orders are bad, more than --max-bad 1% allows; --rejects FILE lists them, --max-bad raises the limit";
    check(&[case(format!("{BOTH} --encoding gb18030"), message).file("orders.csv", &gbk[..=at])]);
    let header = b"order_id,\xFF\xFF,buyer_id\n1,2,3\n";
    let message = format!("orders.csv:1:2: byte 0xFF is not GB18030, {advice}");
    check(&[case(format!("{BOTH} --encoding gb18030"), message).file("orders.csv", header)]);
}

#[test]
fn tables_of_streamers_and_facts_are_read_in_any_encoding() {
    let work = shop();
    let streamers = encoded("streamer_id,层级\ns1,头部主播\ns2,腰部主播\n", GBK);
    work.write("streamers.csv", &streamers);
    let run = run(&work, &format!("{BOTH} --streamers streamers.csv --by 层级 --period all"));
    assert!(run.out.contains("头部主播") && run.out.contains("腰部主播"), "{}{}", run.out, run.err);
    let facts = "period,streamer_id,streamer_name,uv,watch_hours,buyers,orders,gmv\n2026-03-02,s1,主播,10,5,2,3,99.00\n";
    work.write("facts.csv", encoded(facts, GBK));
    work.write("facts.xlsx", super::workbook(facts, super::Typed::Text));
    for name in ["facts.csv", "facts.xlsx"] {
        let run = crate::shop::run(&work, &format!("--facts {name}"));
        assert!(run.out.contains("2026-03-02,s1,主播,99.00,10,"), "{}{}", run.out, run.err);
    }
}
