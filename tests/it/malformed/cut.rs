//! Exports that were cut off: what is left of the last line is one bad row, wherever the cut is.

use std::fmt::Write;

use super::{Case, case};
use crate::shop::{BOTH, ORDERS, run, shop};

fn orders(name: &'static str, text: impl AsRef<[u8]>, expected: &'static str) -> Case {
    case(name, "orders.csv", text, expected).counted()
}

/// The shop's orders and one more, whose last cell has a Chinese name.
fn longer() -> String {
    format!("{ORDERS}A-10,u1,s1,甲的直播间,2026-03-02 20:10:00,1.00,,paid,live,鞋")
}

fn gb18030(text: &str) -> Vec<u8> {
    encoding_rs::GB18030.encode(text).0.into_owned()
}

fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

const ONE: &str = "0 · 1 row of the orders rejected (cut within a character: 1) · 10 · 9";

pub fn a_last_line_cut_within_a_character_is_one_bad_row() -> Vec<Case> {
    let text = longer();
    let four = text.replace('鞋', "𠀀");
    let within = |bytes: Vec<u8>, less: usize| bytes[..bytes.len() - less].to_vec();
    let earlier = text.find("的直播间,2026-03-02 20:10:00,1.00").unwrap();
    vec![
        orders("UTF-8", within(text.clone().into(), 1), ONE),
        orders("UTF-8, two bytes", within(text.clone().into(), 2), ONE),
        orders("UTF-8, cells missing", &text.as_bytes()[..=earlier], ONE),
        orders("UTF-8, four bytes", within(four.clone().into(), 1), ONE),
        orders("GB18030", within(gb18030(&text), 1), ONE),
        orders("GB18030, four bytes", within(gb18030(&four), 1), ONE),
        orders("GB18030, two of four bytes", within(gb18030(&four), 2), ONE),
        orders("UTF-16LE of odd length", within(utf_16(&text, u16::to_le_bytes), 1), ONE),
        orders("UTF-16BE of odd length", within(utf_16(&text, u16::to_be_bytes), 1), ONE),
        orders("UTF-16, half a pair", within(utf_16(&four, u16::to_le_bytes), 2), ONE),
        orders("the first byte of a line", [ORDERS.as_bytes(), &"鞋".as_bytes()[..1]].concat(), ONE),
        orders("in small blocks", within(gb18030(&text), 1), ONE)
            .with(format!("{BOTH} --block-size 64 --threads 3"))
            .counted(),
        orders("within quotes", within(text.replace(",鞋", ",\"a\n鞋").into(), 1), ONE),
    ]
}

#[test]
fn a_cut_line_says_where_it_is_and_counts_against_the_limit() {
    let text = longer();
    let work = shop();
    work.write("orders.csv", &text.as_bytes()[..text.len() - 1]);
    let run = run(&work, BOTH);
    let message = "gmv: orders.csv:11:1: the file ends within a character of this row (66 bytes); export it again; 1 of 10 rows";
    assert!(run.code == 1 && run.err.contains(message), "{}", run.err);
}

pub fn a_damaged_character_that_is_not_the_last_stays_fatal() -> Vec<Case> {
    let text = longer();
    let at = text.len() - 3;
    let damaged = [&text.as_bytes()[..at], b"\xE9,1\n"].concat();
    vec![orders(
        "within the file",
        damaged,
        "1 orders.csv:11:10: byte 0xE9 is not UTF-8, which the file was taken for; name its encoding with --encoding NAME (often gb18030), or save it as \"CSV UTF-8\"",
    )]
}

pub fn a_last_line_cut_within_a_quoted_cell_of_several_lines_is_one_bad_row() -> Vec<Case> {
    let quoted = "0 · 1 row of the orders rejected (broken quotes: 1) · 10 · 9";
    let row = "A-10,u1,s1,x,2026-03-02 20:10:00,1.00,,paid,live";
    let lines = |count: usize| {
        let mut text = format!("{ORDERS}{row},\"测试路 1 号");
        (0..count).for_each(|line| write!(text, "\n第 {line} 栋, 一楼").unwrap());
        text
    };
    let open = |line: usize, column: usize| {
        format!(
            "1 orders.csv:{line}:{column}: a quoted cell opens here and does not close within 16777216 bytes or the file; write a quote inside of a cell as two (\"\")"
        )
    };
    // A quote by mistake in the last cell of a row, and rows after it.
    let by_mistake = |rows: usize| format!("{ORDERS}{row},\"5 inch\n{}", format!("{row},x\n").repeat(rows));
    vec![
        orders("after one line end", lines(1), quoted),
        orders("after a blank line", format!("{ORDERS}{row},\"a\n\n"), quoted),
        orders("after three", lines(3), quoted),
        orders("in small blocks", lines(3), quoted).with(format!("{BOTH} --block-size 64")).counted(),
        case("more lines than a cell has", "orders.csv", lines(30), open(11, 10)).counted(),
        case("one row after a quote by mistake", "orders.csv", by_mistake(1), open(11, 10)).counted(),
        case("rows after a quote by mistake", "orders.csv", by_mistake(5), open(11, 10)).counted(),
    ]
}
