//! What real files do, each on the real header of 抖店: the figures worked out by hand stay.

use super::douyin::{OFF_LIVE, export};
use super::{Export, decompose, discreet, fails, off_live, says};
use crate::support::Work;

const HEADER: &str = "douyin_orders_A_75";

/// Checks that other bytes give the figures.
fn same(what: &str, bytes: impl AsRef<[u8]>) {
    let work = Work::new();
    work.write("orders.csv", bytes);
    assert_eq!(off_live(&work, "--max-bad 0"), OFF_LIVE, "{what}");
}

#[test]
fn delimiters_line_ends_and_marks() {
    for delimiter in *b",\t;|" {
        for crlf in [false, true] {
            let text = export(HEADER).written(delimiter, crlf);
            assert!(text.contains("\"请快点,\n谢谢\"") && text.contains("测试路 \"\"1\"\" 号"), "{text}");
            same("delimiter and line ends", &text);
            same("byte order mark", format!("\u{feff}{text}"));
            same("no line end at the end", text.trim_end_matches(['\r', '\n']));
        }
    }
}

#[test]
fn headers_with_spaces_and_full_width_marks() {
    let mut spaced = export(HEADER);
    for name in &mut spaced.header {
        *name = format!(" {name} \u{3000}");
    }
    same("spaces around names", spaced.text());
    let mut wide = export(HEADER);
    for name in &mut wide.header {
        *name = name.replace("ID", "ＩＤ").replace("订单", "订 单").replace('（', "(");
    }
    same("full-width letters and spaces within", wide.text());
}

#[test]
fn guards_of_ids() {
    for (before, after) in [("=\"", "\""), ("'", ""), ("`", ""), ("", "\t"), ("", "\u{3000}")] {
        let guard = |cell: &str| format!("{before}{}{after}", cell.trim());
        let guarded = export(HEADER).cells("主订单编号", guard).cells("子订单编号", guard);
        let guarded = guarded.cells("达人ID", guard);
        let work = guarded.work();
        assert_eq!(off_live(&work, "--max-bad 0"), OFF_LIVE, "{before}1{after}");
        let run = decompose(&work, "--attribution all --set buyer_id=");
        says(&run.err, &["rows read 8 1,600.20", "orders of these rows 4"]);
    }
    let mangled = export(HEADER).cells("主订单编号", |_| "6.92E+18".to_owned());
    let err = fails(&mangled.work(), "--attribution all --set buyer_id=");
    assert!(err.contains("orders.csv:2:1: order_id \"6.92E+18\" is an id in scientific notation"), "{err}");
}

#[test]
fn money_in_its_forms() {
    let money = |change: &dyn Fn(&str) -> String| {
        let plain = |cell: &str| cell.replace(['¥', ','], "");
        export(HEADER).cells("订单应付金额", |cell| change(&plain(cell)))
    };
    same("signs", money(&|cell| format!("￥{cell}")).text());
    same("yuan", money(&|cell| format!("{cell}元")).text());
    same("short", money(&|cell| cell.trim_end_matches('0').trim_end_matches('.').to_owned()).text());
    // An amount that is nothing is fine where the order was never paid, and only there.
    for null in ["", "-", "--", "—", "/", "无退款申请"] {
        let unpaid = money(&|cell| if cell == "45.00" { null.to_owned() } else { cell.to_owned() });
        same(null, unpaid.text());
        let paid = money(&|cell| if cell == "59.90" { null.to_owned() } else { cell.to_owned() });
        let err = fails(&paid.work(), "--attribution all --set buyer_id=");
        assert!(err.contains("orders.csv:8:28: amount is blank"), "{null}: {err}");
    }
    for (bad, why) in
        [("59.905", "has more than 2 decimals"), ("-59.90", "is negative"), ("五十", "is no amount")]
    {
        let export = money(&|cell| if cell == "59.90" { bad.to_owned() } else { cell.to_owned() });
        let work = export.work();
        let err = fails(&work, "--attribution all --set buyer_id= --rejects rejects.csv");
        assert!(err.contains(&format!("orders.csv:8:28: amount {bad:?} {why}")), "{err}");
        discreet(&work.read("rejects.csv"));
        assert!(work.read("rejects.csv").contains("6920000000000000002"));
        let run = decompose(&work, "--attribution all --set buyer_id= --max-bad 1");
        says(&run.err, &["− rejected 1 0.00", "= counted 4 1,442.30"]);
    }
}

#[test]
fn times_in_their_forms() {
    let times = |change: &dyn Fn(jiff::civil::DateTime) -> String| {
        let change = |cell: &str| cell.parse().map_or_else(|_| cell.to_owned(), change);
        same("times", export(HEADER).cells("支付完成时间", change).text());
    };
    for format in [
        "%Y/%-m/%-d %-H:%M:%S",
        "%Y/%-m/%-d %-H:%M",
        "%Y-%m-%dT%H:%M:%S+08:00",
        "%Y-%m-%d %H:%M:%S\t",
        "%Y-%m-%d",
    ] {
        times(&|local| local.strftime(format).to_string());
    }
    let second = |local: jiff::civil::DateTime| local.in_tz("Asia/Shanghai").unwrap().timestamp().as_second();
    times(&|local| second(local).to_string());
    times(&|local| format!("{}999", second(local)));
    let other = export(HEADER).cells("支付完成时间", |cell| cell.replace("2026-03-03", "03/03/2026"));
    let err = fails(&other.work(), "--attribution all --set buyer_id=");
    assert!(
        err.contains("is no time, such as 2026-03-27 11:11:55; other orders of day and month need a profile"),
        "{err}"
    );
}

#[test]
fn concatenated_exports_and_exports_that_overlap() {
    let text = export(HEADER).text();
    let (header, body) = text.split_once('\n').unwrap();
    let work = Work::with(&[("orders.csv", &format!("{text}{header}\n{body}{header}\n"))]);
    assert_eq!(off_live(&work, "--max-bad 0"), OFF_LIVE);
    let run = decompose(&work, "--attribution all --set buyer_id=");
    says(
        &run.err,
        &[
            "rows read 18 3,200.40",
            "− repeated headers, blank rows 2 0.00",
            "− superseded by a later row 8 1,600.20",
        ],
    );
}

#[test]
fn a_truncated_last_line_is_a_reject() {
    let text = export(HEADER).text();
    let cut = text.rfind("6920000000000000007").unwrap() + 30;
    let work = Work::with(&[("orders.csv", &text[..cut])]);
    assert!(fails(&work, "--attribution all --set buyer_id=").contains("the header 75 cells; 1 of 8 rows"));
    assert_eq!(off_live(&work, "--max-bad 1"), OFF_LIVE);
}

#[test]
fn files_without_rows() {
    let work = Work::with(&[("orders.csv", "")]);
    assert!(fails(&work, "--attribution all").contains("orders.csv: the file is empty (0 bytes)"));
    let work = Export::of(HEADER).work();
    let run = decompose(&work, "--attribution all --set buyer_id=");
    says(&run.err, &["warning: orders.csv: no rows, only a header", "rows read 0 0.00"]);
}

#[test]
fn a_name_that_stands_twice_matters_only_where_it_is_needed() {
    let mut twice = export(HEADER);
    let at = twice.column("买家留言");
    twice.header[at] = "商家备注".to_owned();
    same("two columns that nobody needs", twice.text());
    twice.header[at] = "订单应付金额".to_owned();
    let err = fails(&twice.work(), "--attribution all --set buyer_id=");
    let message = "orders.csv:1:28: the header has two columns named `订单应付金额` (columns 15 and 28)";
    assert!(err.contains(message), "{err}");
}
