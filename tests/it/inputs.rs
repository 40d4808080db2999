//! One shop in every form that exports come in: the same bytes come out.

use std::io::Write;
use std::process::Stdio;

use crate::shop::{BOTH, ORDERS, RESULT, SESSIONS, decompose, orders_with, run, sessions_with, shop, words};
use crate::support::Work;

/// Checks that other bytes of both exports give the shop's result.
fn same(what: &str, orders: impl AsRef<[u8]>, sessions: impl AsRef<[u8]>, more: &str) {
    let work = Work::new();
    work.write("orders.csv", orders);
    work.write("sessions.csv", sessions);
    let run = run(&work, &format!("{BOTH} {more}"));
    assert_eq!(run.code, 0, "{what}: {}", run.err);
    assert_eq!(run.out, RESULT, "{what}: {}", run.err);
}

/// The rows of a text, the header first.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The text of rows, with a delimiter, quoting and line ends.
fn text(rows: &[Vec<String>], delimiter: u8, quotes: csv::QuoteStyle, crlf: bool) -> String {
    let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .quote_style(quotes)
        .terminator(end)
        .from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// Each line but the header, changed.
fn each_line(text: &str, change: impl Fn(&str) -> String) -> String {
    let line = |(at, line): (usize, &str)| if at == 0 { format!("{line}\n") } else { change(line) };
    text.lines().enumerate().map(line).collect()
}

/// Every cell below these columns, changed.
fn cells(text_: &str, columns: &[&str], change: impl Fn(&str) -> String) -> String {
    let mut table = rows(text_);
    let header = table[0].clone();
    for row in &mut table[1..] {
        for (cell, name) in row.iter_mut().zip(&header) {
            if columns.contains(&name.as_str()) {
                *cell = change(cell);
            }
        }
    }
    text(&table, b',', csv::QuoteStyle::Necessary, false)
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

#[test]
fn delimiters_quotes_and_line_ends() {
    use csv::QuoteStyle::{Always, Necessary};
    let (orders, sessions) = (rows(ORDERS), rows(SESSIONS));
    for delimiter in *b",\t;|" {
        for (quotes, crlf) in [(Necessary, false), (Necessary, true), (Always, false), (Always, true)] {
            let form = |rows: &[Vec<String>]| text(rows, delimiter, quotes, crlf);
            let what = format!("{:?} {quotes:?} {crlf}", char::from(delimiter));
            same(&what, form(&orders), form(&sessions), "");
            same(&what, format!("\u{feff}{}", form(&orders)), format!("\u{feff}{}", form(&sessions)), "");
        }
    }
    let hash = |rows: &[Vec<String>]| text(rows, b'#', Necessary, false);
    same("a delimiter that no guess finds", hash(&orders), hash(&sessions), "--delimiter #");
}

#[test]
fn rows_that_hold_no_data() {
    let blank = |line: &str| format!("{line}\n\n   \n,,,\r\n");
    same("blank lines", each_line(ORDERS, blank), each_line(SESSIONS, blank), "--max-bad 0");
    let wider = |line: &str| format!("{line},, ,\n");
    same("trailing blank cells", each_line(ORDERS, wider), each_line(SESSIONS, wider), "--max-bad 0");
    let again = |text: &str| {
        let header = text.lines().next().unwrap();
        each_line(text, |line| format!("{line}\n{header}\n"))
    };
    same("a header after every row", again(ORDERS), again(SESSIONS), "--max-bad 0");
    same("no line end at the end", ORDERS.trim_end(), SESSIONS.trim_end(), "");
    let spaces = |text: &str| text.replacen("_id,", "_id \u{3000},", 3);
    same("spaces after names", spaces(ORDERS), spaces(SESSIONS), "");
    let work = Work::with(&[("orders.csv", &again(ORDERS)), ("sessions.csv", &again(SESSIONS))]);
    let err = run(&work, BOTH).err;
    assert!(
        err.contains("− repeated headers, blank rows   9") && err.contains("  rows read               "),
        "{err}"
    );
}

#[test]
fn compression_is_seen_by_the_bytes_not_the_name() {
    let zst = |text: &str| zstd::encode_all(text.as_bytes(), 3).unwrap();
    same("gzip", gz(ORDERS.as_bytes()), gz(SESSIONS.as_bytes()), "");
    same("zstd", zst(ORDERS), zst(SESSIONS), "");
    let (head, tail) = ORDERS.as_bytes().split_at(333);
    same("gzip in two members", [gz(head), gz(tail)].concat(), zst(SESSIONS), "--block-size 64");
    let work = Work::new();
    work.write("in/orders.csv.gz", gz(ORDERS.as_bytes()));
    work.write("in/sessions.tsv.zst", zst(&SESSIONS.replace(',', "\t")));
    assert_eq!(decompose(&work, "--orders in/orders.csv.gz --sessions in/*.zst"), RESULT);
}

#[test]
fn threads_and_blocks_change_nothing() {
    let again = each_line(ORDERS, |line| format!("\n{line}\r\n"));
    for threads in [1, 2, 7] {
        for block in [1, 64, 4096] {
            let more = format!("--threads {threads} --block-size {block}");
            same(&more, &again, SESSIONS, &more);
        }
    }
}

#[test]
fn standard_input_is_one_of_the_exports() {
    let work = shop();
    for (arguments, bytes) in [
        ("--orders - --sessions sessions.csv", ORDERS.as_bytes().to_vec()),
        ("--orders orders.csv --sessions -", SESSIONS.as_bytes().to_vec()),
        ("--orders - --sessions sessions.csv", gz(ORDERS.as_bytes())),
    ] {
        let mut command = work.command(&words(arguments));
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), RESULT, "{err}");
        assert!(err.contains(": <stdin> (UTF-8, `,`, profile canonical)"), "{err}");
    }
}

/// Three exports of the shop's orders, of which later ones replace the first's states, and one that is no export.
fn in_parts() -> Work {
    let work = shop();
    let (header, body) = ORDERS.split_once('\n').unwrap();
    let stale = body.replace(",1299.90,", ",1.00,").replace(",250.00,", ",2.00,");
    let first = body.lines().nth(2).unwrap();
    work.write("in/w2.csv", format!("{header}\n{stale}"));
    work.write("in/w10.csv", format!("{header}\n{}\n", body.lines().nth(4).unwrap()));
    work.write("in/w9.csv", format!("{header}\n{}\n{first}\n", first.replace(",1299.90,", ",3.00,")));
    work.write("in/notes.md", "no export");
    work.write("in/.hidden.csv", "no export");
    work
}

#[test]
fn later_exports_and_rows_replace_earlier_ones_in_natural_order() {
    let work = in_parts();
    for orders in [
        "--orders in/w2.csv in/w9.csv in/w10.csv",
        "--orders in/w2.csv --orders in/w9.csv --orders in/w10.csv",
        "--orders in",
        "--orders in/w*.csv",
        "--orders in/w[0-9]*.csv",
        "--orders orders.csv in orders.csv",
    ] {
        let run = run(&work, &format!("{orders} --sessions sessions.csv"));
        assert_eq!(run.out, RESULT, "{orders}: {}", run.err);
    }
    let run = run(&work, "--orders in --sessions sessions.csv");
    let files: Vec<&str> = run.err.lines().filter(|line| line.starts_with("orders: in")).collect();
    let expected =
        ["w2", "w9", "w10"].map(|name| format!("orders: in/{name}.csv (UTF-8, `,`, profile canonical)"));
    assert_eq!(files, expected);
    assert!(run.err.contains("− superseded by a later row   3      6.00"), "{}", run.err);
    let stale = decompose(&work, "--orders in/w10.csv in/w9.csv in/w2.csv --sessions sessions.csv");
    assert!(stale.contains("2026-03-02,s1,甲的直播间,160.90,"), "{stale}");
}

#[test]
fn sessions_that_are_exported_twice_change_nothing() {
    let work = shop();
    work.write("again.csv", SESSIONS.replace("\n1,", "\n101,"));
    assert_eq!(decompose(&work, &format!("{BOTH} again.csv")), RESULT);
}

#[test]
fn a_later_row_that_is_rejected_leaves_the_earlier_one() {
    let work = shop();
    work.write("later.csv", orders_with("1299.90", "-5"));
    let run = run(&work, "--orders orders.csv later.csv --sessions sessions.csv --max-bad 1");
    assert_eq!(run.out, RESULT, "{}", run.err);
}

#[test]
fn guards_against_excel_come_off() {
    let ids = ["order_id", "buyer_id", "viewer_id", "streamer_id"];
    for (before, after) in [("=\"", "\""), ("'", ""), ("`", ""), ("", "\t"), (" ", " "), ("\u{a0}", "")] {
        let guard =
            |cell: &str| if cell.is_empty() { String::new() } else { format!("{before}{cell}{after}") };
        same(&format!("{before}1{after}"), cells(ORDERS, &ids, guard), cells(SESSIONS, &ids, guard), "");
    }
}

#[test]
fn money_in_every_form() {
    let money = ["amount", "refund_amount"];
    let form = |change: &dyn Fn(&str) -> String| same("money", cells(ORDERS, &money, change), SESSIONS, "");
    let some = |cell: &str, change: &dyn Fn(&str) -> String| {
        if cell.is_empty() { "-".to_owned() } else { change(cell) }
    };
    form(&|cell| some(cell, &|cell| format!("¥{}", cell.replace("1299.90", "1,299.90"))));
    form(&|cell| some(cell, &|cell| format!(" {} 元 ", cell.strip_suffix(".00").unwrap_or(cell))));
    form(&|cell| some(cell, &|cell| cell.strip_suffix('0').unwrap_or(cell).to_owned()));
    for null in ["--", "—", "/", "无退款申请"] {
        same(
            null,
            cells(ORDERS, &["refund_amount"], |cell| if cell.is_empty() { null.into() } else { cell.into() }),
            SESSIONS,
            "",
        );
    }
}

/// Both exports with every time in another form.
fn in_times(what: &str, more: &str, change: impl Fn(jiff::civil::DateTime) -> String) {
    let change = |cell: &str| if cell.is_empty() { String::new() } else { change(cell.parse().unwrap()) };
    let names = ["paid_at", "entered_at", "left_at"];
    same(what, cells(ORDERS, &names, change), cells(SESSIONS, &names, change), more);
}

#[test]
fn times_in_every_form() {
    let epoch = |zone: &str, local: jiff::civil::DateTime| local.in_tz(zone).unwrap().timestamp().as_second();
    for format in [
        "%Y/%m/%d %H:%M:%S",
        "%Y/%-m/%-d %-H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M:%S.999",
        " %Y.%m.%d %H:%M:%S\t",
    ] {
        in_times(format, "", |local| local.strftime(format).to_string());
    }
    in_times("seconds", "", |local| epoch("Asia/Shanghai", local).to_string());
    in_times("milliseconds", "", |local| format!("{}999", epoch("Asia/Shanghai", local)));
    in_times("offset", "--timezone Asia/Shanghai", |local| format!("{local}+08:00"));
    in_times("UTC", "", |local| format!("{}", local.in_tz("Asia/Shanghai").unwrap().timestamp()));
    in_times("another zone", "--timezone America/New_York", |local| local.to_string());
    in_times("another zone by seconds", "--timezone America/New_York", |local| {
        epoch("America/New_York", local).to_string()
    });
}

#[test]
fn an_instant_has_the_date_of_the_shops_zone() {
    let work = Work::with(&[(
        "o.csv",
        "order_id,buyer_id,streamer_id,paid_at,amount\n1,u,s,2026-03-08T20:00:00Z,1\n",
    )]);
    let date =
        |more: &str| decompose(&work, &format!("--orders o.csv --attribution all --period day {more}"));
    assert!(date("").contains("\n2026-03-09,s,1.00,"));
    assert!(date("--timezone UTC").contains("\n2026-03-08,s,1.00,"));
    assert!(date("--day-start 05:00").contains("\n2026-03-08,s,1.00,"));
}

#[test]
fn watch_seconds_instead_of_an_end_and_before_it() {
    let seconds = |left: &str, entered: &str| {
        let time = |text: &str| text.parse::<jiff::civil::DateTime>().unwrap();
        if left.is_empty() {
            String::new()
        } else {
            (time(left) - time(entered)).total(jiff::Unit::Second).unwrap().to_string()
        }
    };
    let mut table = rows(SESSIONS);
    table[0][4] = "watch_seconds".to_owned();
    for row in &mut table[1..] {
        row[4] = seconds(&row[4], &row[3]);
    }
    let plain = text(&table, b',', csv::QuoteStyle::Necessary, false);
    same("watch_seconds", ORDERS, &plain, "");
    same(
        "parts of a second",
        ORDERS,
        each_line(&plain, |line| format!("{}\n", line.replace(",3600,", ",3600.9,"))),
        "",
    );
    for (at, row) in table.iter_mut().enumerate() {
        let left = if at == 0 { "left_at" } else { "2026-03-20 00:00:00" };
        row.push(if row[4].is_empty() { String::new() } else { left.to_owned() });
    }
    same("watch_seconds wins", ORDERS, text(&table, b',', csv::QuoteStyle::Necessary, false), "");
}

#[test]
fn a_truncated_last_line_is_a_reject() {
    let work = shop();
    let cut = ORDERS.find("u4,s1,").unwrap();
    work.write("orders.csv", &ORDERS[..cut + 4]);
    let failed = run(&work, BOTH);
    assert_eq!((failed.code, failed.out.as_str()), (1, ""));
    assert!(
        failed
            .err
            .contains("gmv: orders.csv:10:1: the row has 3 cells and 8 bytes, the header 10 cells; 1 of 9"),
        "{}",
        failed.err
    );
    assert_eq!(run(&work, &format!("{BOTH} --max-bad 1")).out, RESULT);
}

#[test]
fn a_stray_quote_is_text_and_swallows_no_row() {
    let work = shop();
    let text = ORDERS
        .replace(",shoes\nA-6", ",5\" screen\nA-6")
        .replace(",live,shoes\nA-7", ",live,\"two\nlines, \"\"so\"\"\"\nA-7");
    work.write("orders.csv", text);
    let out = decompose(&work, &format!("{BOTH} --by category --period all -q"));
    let keys: Vec<(String, String)> =
        rows(&out).into_iter().skip(1).map(|row| (row[1].clone(), row[2].clone())).collect();
    let expected = [
        ("shoes", "1399.90"),
        ("5\" screen", "250.00"),
        ("socks, \"warm\"", "59.90"),
        ("two\nlines, \"so\"", "50.00"),
        ("(none)", "0.01"),
    ];
    assert_eq!(keys, expected.map(|(key, gmv)| (key.to_owned(), gmv.to_owned())));
}

#[test]
fn ids_are_text_and_leave_as_they_came() {
    let ids = [
        "7349583948573948573",
        "7349583948573948574",
        "007",
        "7",
        "123456789012345678901234567890123456789",
        "-x_1",
        "1e5",
    ];
    let mut orders = "order_id,buyer_id,streamer_id,paid_at,amount\n".to_owned();
    for (at, id) in ids.iter().enumerate() {
        orders.extend([
            &at.to_string(),
            ",",
            id,
            ",",
            id,
            ",2026-03-02 20:00:00,",
            &(9 - at).to_string(),
            "\n",
        ]);
    }
    let work = Work::with(&[("o.csv", &orders)]);
    let out = rows(&decompose(&work, "--orders o.csv --attribution all"));
    let found: Vec<&str> = out[1..].iter().map(|row| row[1].as_str()).collect();
    assert_eq!(found, ids);
    let total = rows(&decompose(&work, "--orders o.csv --attribution all --by total"));
    let buyers = total[0].iter().position(|name| name == "buyers").unwrap();
    assert_eq!(total[1][buyers], "7");
}

#[test]
fn the_last_name_of_a_streamer_is_shown() {
    let work = shop();
    work.write(
        "orders.csv",
        ORDERS.replacen("A-5,007,s2,Bo,", "A-5,007,s2,Bo 2,", 1).replacen("A-6,7,s2,Bo,", "A-6,7,s2,,", 1),
    );
    let named = sessions_with("session_id,", "session_id,streamer_name,");
    let named = each_line(&named, |line| format!("{}\n", line.replacen(',', ",Early,", 1)));
    work.write("sessions.csv", named);
    let out = decompose(&work, BOTH);
    assert_eq!(out, RESULT.replace(",Bo,", ",Bo 2,"));
    let none = decompose(&work, "--orders orders.csv --sessions sessions.csv --set streamer_name=");
    assert!(none.starts_with("period,streamer_id,gmv,"), "{none}");
}
