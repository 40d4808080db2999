//! Results in every format, and what stands beside them: reviewed snapshots, hostile text, files, the columns of the contract.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;

use crate::columns::{metadata, read};
use crate::shop::{BOTH, ORDERS, RESULT, decompose, orders_with, run, shop, words};
use crate::support::Work;

/// The columns of the contract after the group columns, in their order.
const COLUMNS: &str = "gmv,uv,uv_private,uv_public,uv_paid,watch_hours,buyers,orders,watch_hours_per_viewer,buyers_per_watch_hour,\
    aov,orders_per_buyer,gmv_off_live,orders_off_live,gmv_total,partial";

/// The columns of `--ci`.
const INTERVALS: &str = "uv_lo,uv_hi,watch_hours_per_viewer_lo,watch_hours_per_viewer_hi,buyers_per_watch_hour_lo,\
    buyers_per_watch_hour_hi,aov_lo,aov_hi,orders_per_buyer_lo,orders_per_buyer_hi,few_buyers";

/// The columns of `--moments`.
const MOMENTS: &str = "m_11,m_1w,m_1b,m_1o,m_1g,m_ww,m_wb,m_wo,m_wg,m_bb,m_bo,m_bg,m_oo,m_og,m_gg";

/// A name that a spreadsheet, a browser or a terminal would run, one for each streamer.
const HOSTILE: [&str; 6] = [
    "=cmd()",
    "<script>alert(1)</script>",
    "\u{1b}[31mred\u{1b}[2J",
    "@sum|*b*",
    "-1+1",
    "a\u{202e}b\u{85}\u{7}c",
];

#[test]
fn every_format_for_people_and_machines() {
    let work = shop();
    for (name, arguments) in [
        ("tsv", "--format tsv"),
        ("json", "--format json --period all"),
        ("ndjson", "--format ndjson"),
        ("markdown_en", "--format markdown"),
        ("markdown_zh", "--format markdown --lang zh"),
        ("table_en", "--format table"),
        ("table_zh", "--format table --lang zh"),
        ("table_by_domain", "--format table --by domain,category --period month --currency $"),
    ] {
        insta::assert_snapshot!(name, decompose(&work, &format!("{BOTH} {arguments}")));
    }
}

#[test]
fn the_form_follows_the_option_then_the_ending_then_the_pipe() {
    let work = shop();
    assert_eq!(decompose(&work, &format!("{BOTH} --format auto")), RESULT);
    for (file, format) in [
        ("a.json", "json"),
        ("a.md", "markdown"),
        ("a.TSV", "tsv"),
        ("a.txt", "table"),
        ("a.jsonl", "ndjson"),
    ] {
        assert_eq!(decompose(&work, &format!("{BOTH} -o {file}")), "");
        assert_eq!(work.read(file), decompose(&work, &format!("{BOTH} --format {format}")), "{file}");
    }
    decompose(&work, &format!("{BOTH} -o a.json --format csv"));
    assert_eq!(work.read("a.json"), RESULT);
    assert_eq!(decompose(&work, &format!("{BOTH} -o /dev/stdout")), RESULT);
}

#[test]
fn machine_formats_do_not_know_languages() {
    let work = shop();
    for format in ["csv", "tsv", "json", "ndjson"] {
        let arguments = format!("{BOTH} --format {format}");
        assert_eq!(
            decompose(&work, &format!("{arguments} --lang zh --currency $")),
            decompose(&work, &arguments)
        );
    }
}

#[test]
fn columns_of_the_contract_in_their_order() {
    let work = shop();
    work.write("streamers.csv", "streamer_id,tier\ns1,head\n");
    for (more, groups, rest) in [
        ("", "streamer_id,streamer_name,", ""),
        ("--by total", "", ""),
        ("--by category,streamer,domain", "category,streamer_id,streamer_name,domain,", ""),
        ("--by traffic,buyer-type,price-band,carrier", "traffic,buyer_type,price_band,carrier,", ""),
        ("--by tier --streamers streamers.csv", "tier,", ""),
        ("--by total --ci", "", INTERVALS),
        ("--by total --moments", "", MOMENTS),
        ("--by total --moments --ci", "", &format!("{INTERVALS},{MOMENTS}")),
    ] {
        let out = decompose(&work, &format!("{BOTH} {more}"));
        let comma = if rest.is_empty() { "" } else { "," };
        assert_eq!(out.lines().next().unwrap(), format!("period,{groups}{COLUMNS}{comma}{rest}"), "{more}");
    }
}

#[test]
fn moments_and_intervals_of_the_shop() {
    // s1 in its week, by hand: (1, w, b, o, g) is (1, 2700, 1, 2, 15990), (1, 3600, 1, 1, 129990) and twice (1, 1, 0, 0, 0).
    let out = decompose(&shop(), &format!("{BOTH} --moments --ci --level 0.9 --to 2026-03-08"));
    let row = out.lines().nth(1).unwrap();
    let moments = "4,6302,2,3,145980,20250002,6300,9000,511137000,2,3,145980,5,161970,17153080200";
    assert!(row.ends_with(&format!(",true,{moments}")), "{row}");
    let cells: Vec<f64> = row.split(',').skip(19).take(10).map(|cell| cell.parse().unwrap()).collect();
    let z = 1.644_853_626_951_472_2_f64;
    let (viewers, watch) = (4.0_f64, 6302.0_f64);
    let se = (20_250_002.0 / watch.powi(2) + 4.0 / viewers.powi(2) - 2.0 * 6302.0 / (viewers * watch)).sqrt();
    let factor = watch / 3600.0 / viewers;
    for (found, expected) in [
        (cells[0], 4.0 * (-z * 0.5).exp()),
        (cells[1], 4.0 * (z * 0.5).exp()),
        (cells[2], factor * (-z * se).exp()),
        (cells[3], factor * (z * se).exp()),
    ] {
        assert!((found / expected - 1.0).abs() < 1e-12, "{found} instead of {expected}");
    }
}

#[test]
fn parquet_reads_back_with_types_values_and_definitions() {
    let work = shop();
    decompose(
        &work,
        &format!("{BOTH} -o a.parquet --moments --basis net --attribution window:30m --day-start 05:00"),
    );
    let csv =
        decompose(&work, &format!("{BOTH} --moments --basis net --attribution window:30m --day-start 05:00"));
    let metadata = metadata(&work.path("a.parquet"));
    let value = |key: &str| metadata.iter().find(|pair| pair.0 == key).map(|pair| pair.1.as_str());
    for (key, expected) in [
        ("gmv.version", env!("CARGO_PKG_VERSION")),
        ("gmv.by", "streamer_id"),
        ("gmv.period", "week"),
        ("gmv.basis", "net"),
        ("gmv.attribution", "window:1800s"),
        ("gmv.domain_rule", "any-private"),
        ("gmv.week_start", "mon"),
        ("gmv.day_start", "05:00"),
        ("gmv.timezone", "Asia/Shanghai"),
        ("gmv.price_bands", "0,50,100,200,500"),
        ("gmv.definition.uv", "distinct viewers of the group in the period"),
    ] {
        assert_eq!(value(key), Some(expected), "{key}");
    }
    let rows = read(&work.path("a.parquet"));
    let schema = rows.schema();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names.join(","), csv.lines().next().unwrap());
    let kind = |name: &str| schema.field_with_name(name).unwrap().data_type().clone();
    assert_eq!(kind("period"), DataType::Date32);
    assert_eq!((kind("streamer_id"), kind("partial")), (DataType::Utf8, DataType::Boolean));
    assert_eq!((kind("gmv"), kind("m_gg")), (DataType::Decimal128(38, 2), DataType::Decimal128(38, 0)));
    assert_eq!((kind("uv"), kind("aov")), (DataType::Int64, DataType::Float64));
    for (row, line) in csv.lines().skip(1).enumerate() {
        for (column, cell) in rows.columns().iter().zip(line.split(',')) {
            assert_eq!(as_csv(column, row), cell, "{line}");
        }
    }
    assert_eq!(rows.num_rows(), csv.lines().count() - 1);
}

/// A value of a Parquet file as the CSV of the same result writes it.
fn as_csv(column: &ArrayRef, row: usize) -> String {
    match column.data_type() {
        _ if column.is_null(row) => String::new(),
        DataType::Date32 => column.as_primitive::<Date32Type>().value_as_date(row).unwrap().to_string(),
        DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().value_as_string(row),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Boolean => column.as_boolean().value(row).to_string(),
        _ => column.as_string::<i32>().value(row).to_owned(),
    }
}

#[test]
fn a_reader_that_leaves_is_a_success() {
    let work = Work::new();
    let mut orders = ORDERS.lines().next().unwrap().to_owned() + "\n";
    for row in 0..20_000 {
        orders.extend([
            &row.to_string(),
            ",u1,streamer-",
            &row.to_string(),
            ",,2026-03-02 20:10:00,1.00,,paid,,\n",
        ]);
    }
    work.write("o.csv", orders);
    for format in ["csv", "json", "table", "markdown"] {
        let mut command =
            work.command(&words(&format!("--orders o.csv --attribution all --format {format} -q")));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "{format}");
        drop(reader);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{format}");
    }
}

/// A shop with a streamer for each hostile name.
fn hostile() -> Work {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(["order_id", "buyer_id", "streamer_id", "streamer_name", "paid_at", "amount", "status"])
        .unwrap();
    for (at, name) in HOSTILE.iter().enumerate() {
        let amount = (9 - at).to_string();
        writer.write_record([name, "u1", name, name, "2026-03-02 20:10:00", &amount, name]).unwrap();
    }
    let work = Work::new();
    work.write("o.csv", writer.into_inner().unwrap());
    work
}

#[test]
fn names_that_something_would_run() {
    let work = hostile();
    let all = "--orders o.csv --attribution all --unknown-status count";
    insta::assert_snapshot!(
        "hostile_csv",
        decompose(&work, all).escape_debug().to_string().replace("\\n", "\n")
    );
    let raw = decompose(&work, &format!("{all} --raw-text"));
    for name in HOSTILE {
        assert!(raw.contains(&format!(",{name},{name},")), "{raw:?}");
    }
    insta::assert_snapshot!("hostile_table", decompose(&work, &format!("{all} --format table")));
    insta::assert_snapshot!("hostile_markdown", decompose(&work, &format!("{all} --format markdown")));
    let json = decompose(&work, &format!("{all} --format json"));
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let names: Vec<&str> = rows.iter().map(|row| row["streamer_name"].as_str().unwrap()).collect();
    assert_eq!(names, HOSTILE);
}

#[test]
fn nothing_from_the_data_steers_a_terminal_through_standard_error() {
    let work = hostile();
    work.write("p\u{1b}[31m.csv", "order_id,\u{1b}[2J\u{7}\n1,2\n");
    for arguments in [
        "--orders o.csv --attribution all --unknown-status count",
        "--orders o.csv --attribution all",
        "--orders o.csv --attribution all --set paid_at=\u{1b}[2J",
        "--orders p\u{1b}[31m.csv --attribution all",
        "--orders o.csv --attribution all --set carrier=\u{1b}]0;title\u{7} --by \u{1b}[2J",
        "--orders \u{1b}[2J.csv --attribution all",
    ] {
        let err = run(&work, arguments).err;
        assert!(err.len() > 40 && err.contains("\\u{1b}"), "{err:?}");
        assert!(!err.chars().any(|c| c.is_control() && c != '\n'), "{err:?}");
    }
}

#[test]
fn a_mark_for_excel_on_demand() {
    let work = shop();
    assert_eq!(decompose(&work, &format!("{BOTH} --bom")), format!("\u{feff}{RESULT}"));
    assert!(!decompose(&work, &format!("{BOTH} --bom --format json")).starts_with('\u{feff}'));
    decompose(&work, &format!("{BOTH} --bom -o a.csv"));
    assert_eq!(decompose(&work, "--facts a.csv"), RESULT);
}

#[test]
fn colour_only_where_it_is_asked_for() {
    let work = shop();
    assert!(!decompose(&work, &format!("{BOTH} --format table")).contains('\u{1b}'));
    let table = decompose(&work, &format!("{BOTH} --format table --color always"));
    assert!(table.contains("\u{1b}[1m") && table.contains("\u{1b}[0m"), "{table}");
}

#[test]
fn quiet_says_nothing_but_errors() {
    let work = shop();
    work.write("orders.csv", orders_with("59.90", "59.905"));
    let quiet = run(&work, &format!("{BOTH} -q --max-bad 1"));
    assert_eq!((quiet.code, quiet.err.as_str()), (0, ""));
    let failed = run(&work, &format!("{BOTH} -q"));
    assert_eq!((failed.code, failed.err.lines().count()), (1, 1));
    assert!(failed.err.starts_with("gmv: orders.csv:3:6: amount \"59.905\""), "{}", failed.err);
}
