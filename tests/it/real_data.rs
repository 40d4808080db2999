//! A real export, read from beside the repository and never copied: 14 weeks of a shop whose ids went through a spreadsheet.

use std::path::PathBuf;

use crate::support::Work;

/// The shop's own names.
pub const PROFILE: &str = "\
name = \"store\"
currency = \"$\"
[orders.columns]
paid_at = \"paid_ts\"
amount = \"paid_amount\"
refund_amount = \"refund\"
[sessions.columns]
entered_at = \"enter_ts\"
";

/// The folder of the data: named by GMV_DATA, else beside the repository.
fn data() -> Option<PathBuf> {
    folder("gms", &["orders.csv", "sessions.csv"])
}

/// A folder of the data, if it is there with these files.
pub fn folder(name: &str, files: &[&str]) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("GMV_DATA").map_or_else(beside, PathBuf::from).join(name);
    if files.iter().all(|file| folder.join(file).is_file()) {
        return Some(folder);
    }
    println!("skipped: there is no real data in {}", folder.display());
    None
}

#[test]
fn an_order_report_of_tmall() {
    let Some(folder) = folder("tmall", &["tmall_order_report.csv"]) else { return };
    let work = Work::new();
    let report = folder.join("tmall_order_report.csv").display().to_string();
    let line = ["decompose", "--orders", &report, "--attribution", "all", "--by", "total", "--period", "all"];
    let err = work.fails(1, &line);
    assert!(err.contains("no buyer (profile tmall-report)"), "{err}");
    // 总金额 of the rows with a payment time, and what 买家实际支付金额 leaves of it: sums of the file's columns.
    for (basis, expected, never) in [
        ("paid", "2474823.07,24087,2474823.07", "520,937.54"),
        ("net", "1902487.15,18955,1902487.15", "520,937.54"),
    ] {
        let run = work.run(&[&line[..], &["--set", "buyer_id=", "--basis", basis]].concat());
        assert!(run.out.contains(expected), "{}{}", run.out, run.err);
        assert!(run.err.contains("28,010  2,995,760.61") && run.err.contains(never), "{}", run.err);
        assert!(!run.err.contains("does not close"), "{}", run.err);
    }
}

/// Runs with a profile over all time; the rows of the result by their group, and standard error.
fn decompose(folder: &std::path::Path, profile: &str, more: &[&str]) -> (Vec<Vec<String>>, String) {
    let work = Work::with(&[("store.toml", profile)]);
    let path = |name: &str| folder.join(name).display().to_string();
    let (orders, sessions) = (path("orders.csv"), path("sessions.csv"));
    let arguments = [
        "decompose",
        "--orders",
        &orders,
        "--sessions",
        &sessions,
        "--profile",
        "store.toml",
        "--period",
        "all",
    ];
    let run = work.run(&[&arguments[..], more].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    let mut reader = csv::Reader::from_reader(run.out.as_bytes());
    let header = reader.headers().unwrap().clone();
    let wanted = ["streamer_id", "uv", "watch_hours", "buyers", "orders", "gmv", "gmv_off_live"];
    let at: Vec<usize> =
        wanted.iter().filter_map(|name| header.iter().position(|column| column == *name)).collect();
    let seconds = |column: usize, cell: &str| {
        let hours = header[column] == *"watch_hours";
        if hours { (cell.parse::<f64>().unwrap() * 3600.0).round().to_string() } else { cell.to_owned() }
    };
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        at.iter().map(|&column| seconds(column, &row[column])).collect()
    });
    (rows.collect(), run.err)
}

#[test]
fn the_shop_as_a_whole() {
    let Some(folder) = data() else { return };
    let (rows, err) = decompose(&folder, PROFILE, &["--by", "total", "--allow-mangled-ids"]);
    assert_eq!(rows, [["2494", "8219713", "919", "1510", "248062.34", "0.00"]]);
    assert!(err.contains("  rows read     1,510  248,062.34\n  = counted     1,510  248,062.34\n"), "{err}");
    assert!(err.contains("  rows read") && err.contains("38,007") && !err.contains("reject"), "{err}");
}

#[test]
fn its_sources_as_streamers() {
    let Some(folder) = data() else { return };
    let profile = PROFILE.replace("_ts\"\n", "_ts\"\nstreamer_id = \"traffic_source\"\n");
    let (rows, _) = decompose(&folder, &profile, &["--allow-mangled-ids"]);
    for expected in [
        ["Referral", "1696", "2575505", "710", "1017", "185123.62"],
        ["Organic Search", "2215", "3374913", "218", "237", "23936.75"],
        ["(Other)", "1", "314", "0", "0", "0.00"],
    ] {
        let row = rows.iter().find(|row| row[0] == expected[0]).unwrap();
        assert_eq!(row[..6], expected);
    }
    let orders: u64 = rows.iter().map(|row| row[4].parse::<u64>().unwrap()).sum();
    assert!(orders <= 1510, "{rows:?}");
}

#[test]
fn its_ids_are_refused_without_leave() {
    let Some(folder) = data() else { return };
    let work = Work::with(&[("store.toml", PROFILE)]);
    let (orders, sessions) = (folder.join("orders.csv"), folder.join("sessions.csv"));
    let arguments = ["decompose", "--profile", "store.toml", "--orders", orders.to_str().unwrap()];
    let err = work.fails(1, &[&arguments[..], &["--sessions", sessions.to_str().unwrap()]].concat());
    let message = "orders.csv:2:2: buyer_id \"9.63E+18\" is an id in scientific notation";
    assert!(err.lines().last().unwrap().contains(message), "{err}");
}
