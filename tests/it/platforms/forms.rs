//! The exports of the platforms as files come: in every encoding and container, typed by a spreadsheet, and cut off. Each has the figures
//! that were worked out by hand for plain text.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

use super::douyin::{OFF_LIVE, export};
use super::{Export, columns, decompose, discreet, fails, off_live, says};
use crate::containers::{gz, zip, zst};
use crate::support::Work;

const HEADER: &str = "douyin_orders_A_75";

/// Checks that a file of these bytes gives the figures; what is said of it contains `form`.
fn same(form: &str, bytes: impl AsRef<[u8]>) {
    let work = Work::new();
    work.write("orders.csv", bytes);
    assert_eq!(off_live(&work, "--max-bad 0"), OFF_LIVE, "{form}");
    let run = decompose(&work, "--attribution all --set buyer_id=");
    assert!(run.err.contains(form), "{form}: {}", run.err);
    says(&run.err, &["rows read 8 1,600.20", "= counted 5 1,502.20"]);
}

/// A text in an encoding; encoding_rs writes no UTF-16.
fn encoded(text: &str, name: &str) -> Vec<u8> {
    match name {
        "UTF-16LE" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "UTF-16BE" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        name => {
            let (bytes, _, lost) = encoding_rs::Encoding::for_label(name.as_bytes()).unwrap().encode(text);
            assert!(!lost, "{name}");
            bytes.into_owned()
        }
    }
}

/// A workbook of the export: the columns named are numbers and moments, as a spreadsheet keeps them, all others text.
fn book(export: &Export, money: &[&str], times: &[&str]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    for (row, cells) in std::iter::once(&export.header).chain(&export.rows).enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            let name = export.header[column].trim();
            let (row, column) = (row as u32, column as u16);
            let number = cell.replace(['¥', ','], "").parse::<f64>();
            let time = ExcelDateTime::parse_from_str(cell);
            match (number, time) {
                (Ok(number), _) if row > 0 && money.contains(&name) => {
                    sheet.write_number(row, column, number).unwrap();
                }
                (_, Ok(time)) if row > 0 && times.contains(&name) && cell.len() > 9 => {
                    sheet.write_datetime_with_format(row, column, &time, &moment).unwrap();
                }
                _ => {
                    sheet.write_string(row, column, cell).unwrap();
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

#[test]
fn every_encoding_of_a_real_export() {
    for header in [HEADER, "douyin_orders_B_74"] {
        let text = export(header).written(b',', true);
        for (name, said) in [
            ("gbk", "GB18030 (guessed)"),
            ("gb18030", "GB18030 (guessed)"),
            ("UTF-16LE", "UTF-16LE (guessed)"),
            ("UTF-16BE", "UTF-16BE (guessed)"),
        ] {
            // GBK has the wide sign alone.
            let text = if name == "gbk" { text.replace('¥', "￥") } else { text.clone() };
            same(said, encoded(&text, name));
            same(said, gz(&encoded(&text, name)));
        }
        for name in ["UTF-16LE", "UTF-16BE"] {
            same(&format!("({name}, `,`"), encoded(&format!("\u{feff}{text}"), name));
        }
    }
}

#[test]
fn utf_16_without_a_mark_where_its_characters_read_as_letters() {
    let name = |cell: &str| if cell.is_empty() { String::new() } else { "第一最开心一店".repeat(20) };
    let text = export(HEADER).cells("选购商品", |_| "一最开一最开".repeat(20)).cells("达人昵称", name).text();
    for order in ["UTF-16LE", "UTF-16BE"] {
        same(&format!("{order} (guessed)"), encoded(&text, order));
    }
}

#[test]
fn every_container_of_a_real_export() {
    let export = export(HEADER);
    let text = export.text();
    same("profile douyin-orders", gz(text.as_bytes()));
    same("profile douyin-orders", zst(text.as_bytes()));
    same("#订单.csv (", zip(&[("订单.csv", text.as_bytes())]));
    let typed = book(&export, &["订单应付金额", "商品数量"], &["支付完成时间"]);
    for book in [book(&export, &[], &[]), typed] {
        same("(Excel workbook, sheet Sheet1, profile douyin-orders", &book);
        same("#o.xlsx (Excel workbook", zip(&[("o.xlsx", &book)]));
    }
}

#[test]
fn a_tab_after_every_name_and_cell() {
    let mut padded = export(HEADER);
    for name in &mut padded.header {
        name.push('\t');
    }
    same("(UTF-8, `,`", padded.text());
    let cells = padded.rows.iter().flatten();
    assert!(cells.clone().any(|cell| !cell.ends_with('\t')));
    for cell in padded.rows.iter_mut().flatten().filter(|cell| !cell.ends_with('\t')) {
        cell.push('\t');
    }
    same("(UTF-8, `,`", padded.text());
    same("(UTF-8, `;`", padded.written(b';', true));
    same("(UTF-8, tab", padded.written(b'\t', true));
}

#[test]
fn a_last_line_cut_anywhere_is_one_bad_row() {
    let line =
        "decompose --orders orders.csv --attribution all --set buyer_id= --period all --by total --max-bad 1";
    let text = export(HEADER).text();
    let last =
        text.rfind("6920000000000000007").and_then(|at| text[..at].rfind("6920000000000000007")).unwrap();
    let cut = |bytes: &[u8], what: &str| {
        let work = Work::new();
        work.write("orders.csv", bytes);
        assert!(fails(&work, "--attribution all --set buyer_id=").contains("; 1 of 8 rows"), "{what}");
        // D7, the last, was never paid.
        let run = work.run(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(
            columns(&run.out, &["gmv_off_live", "orders_off_live"]),
            ["1502.20 4"],
            "{what} {}",
            run.err
        );
        says(&run.err, &["− rejected 1 0.00", "= counted 5 1,502.20"]);
        discreet(&run.err);
    };
    // Every byte of the address and of the remark, both quoted with a line end in them.
    for remark in ["请快点", "测试路"] {
        let at = last + text[last..].find(remark).unwrap();
        for length in 1..24 {
            cut(&text.as_bytes()[..at + length], &format!("{remark} {length}"));
        }
    }
    for name in ["gb18030", "UTF-16LE", "UTF-16BE"] {
        let bytes = encoded(&text, name);
        let whole = encoded(&text[..last + text[last..].find("请快点").unwrap()], name).len();
        for length in 1..12 {
            cut(&bytes[..whole + length], &format!("{name} {length}"));
        }
    }
}

#[test]
fn broadcasts_in_a_workbook() {
    let rows = [
        ["2026-03-02 20:00:00", "133.5", "12000", "1.37", "250", "300", "24000", "23200.5"],
        ["2026-03-04 20:00:00", "60", "8000", "2", "90", "100", "6000.01", "6000.01"],
    ];
    let names = [
        "直播开始时间",
        "直播时长(分钟)",
        "直播间观看人数",
        "人均观看时长(分钟)",
        "直播间成交人数",
        "直播间成交订单数",
        "直播间成交金额",
        "净成交金额",
    ];
    let fill = |export: Export, cells: [&str; 8]| {
        let mut cells: Vec<(&str, &str)> = names.into_iter().zip(cells).collect();
        cells.extend([("主播抖音号", "jia001"), ("主播昵称", "甲的直播间")]);
        export.row(&cells)
    };
    let export = rows.into_iter().fold(Export::of("douyin_compass_live_sessions_49"), fill);
    let work = Work::with(&[("rooms.csv", &export.text())]);
    work.write("text.xlsx", book(&export, &[], &[]));
    work.write("typed.xlsx", book(&export, &names[1..], &names[..1]));
    let run = |file: &str| {
        let run = work.run(&["decompose", "--rooms", file, "--period", "all", "--basis", "paid"]);
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(run.err.contains("profile douyin-compass"), "{}", run.err);
        run.out
    };
    let out = run("rooms.csv");
    // By hand: 12,000 × 1.37 + 8,000 × 2 minutes are 32,440 minutes.
    let found =
        columns(&out, &["gmv", "uv_broadcasts", "buyers_broadcasts", "orders", "watch_hours", "live_hours"]);
    assert_eq!(found, ["30000.01 20000 340 400 540.6666666666666 3.225"]);
    assert_eq!((run("text.xlsx"), run("typed.xlsx")), (out.clone(), out));
}

#[test]
fn after_sales_in_a_workbook() {
    let line = "6920000000000000002";
    let after_sales = Export::of("douyin_aftersale_50").row(&[
        ("售后单号", "7001"),
        ("订单号", line),
        ("商品单号", line),
        ("售后类型", "未发货仅退款"),
        ("退商品金额（元）", "59.9"),
        ("售后状态", "同意退款，退款成功"),
        ("用户到账时间", "2026-03-06 10:00:00"),
    ]);
    let work = export(HEADER).work();
    work.write("r.csv", after_sales.text());
    work.write("text.xlsx", book(&after_sales, &[], &[]));
    work.write("typed.xlsx", book(&after_sales, &["退商品金额（元）"], &["用户到账时间"]));
    for file in ["r.csv", "text.xlsx", "typed.xlsx"] {
        let found = off_live(&work, &format!("--basis net --refunds {file} --refund-within 7d"));
        assert_eq!(found, ["(none) 1299.90 1", "77001 129.90 1", "77002 12.50 1"], "{file}");
    }
}
