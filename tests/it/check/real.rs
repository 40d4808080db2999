//! Real exports, read from beside the repository and never copied. The numbers come from a script of its own over the files: `csv` and
//! `decimal` of Python's library, nothing of this program.

use std::path::PathBuf;

use super::{Found, check, numbers};
use crate::real_data::PROFILE;
use crate::support::Work;

/// The seven columns of a shop's order report, without buyers or streamers.
const REPORT: &str = "\
name = \"report\"
[orders.columns]
order_id = \"订单编号\"
paid_at = \"订单付款时间\"
amount = \"买家实际支付金额\"
refund_amount = \"退款金额\"
";

fn file(name: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let file = std::env::var_os("GMV_DATA").map_or_else(beside, PathBuf::from).join(name);
    if !file.is_file() {
        println!("skipped: there is no {}", file.display());
        return None;
    }
    Some(file)
}

fn report(profile: &str) -> Option<Found> {
    let orders = file("tmall/tmall_order_report.csv")?;
    let work = Work::with(&[("report.toml", profile)]);
    Some(check(&work, &format!("--orders {} --profile report.toml", orders.display())))
}

#[test]
fn a_report_without_buyers() {
    let Some(found) = report(REPORT) else { return };
    assert_eq!(found.code, 0, "{}", found.out);
    for (name, expected) in [
        ("rows_read", numbers("ok", 28_010, Some("1902487.15"))),
        ("rows_without_payment_time", numbers("ok", 3_923, Some("0.00"))),
        ("rows_counted", numbers("ok", 24_087, Some("1902487.15"))),
        ("orders_of_zero", numbers("note", 5_132, Some("0.00"))),
        ("rows_refunded", numbers("ok", 5_646, Some("572335.92"))),
        ("refunds_above_amount", numbers("warning", 5_336, Some("551575.32"))),
        ("orders_without_buyer", numbers("note", 24_087, Some("1902487.15"))),
        ("days_missing", numbers("warning", 1, None)),
    ] {
        assert_eq!(found.numbers("orders", name), expected, "{name}");
    }
    assert_eq!(found.one("orders", "reconciliation")["level"], "ok");
    let span = found.one("orders", "span");
    assert_eq!(
        (span["count"].as_u64(), &span["first"], &span["last"]),
        (Some(29), &"2020-02-01".into(), &"2020-03-01".into())
    );
    assert_eq!(found.detail("orders", "days_missing"), "2020-02-16");
    assert!(found.detail("orders", "orders_per_hour").starts_with("not known: the export has no buyer"));
}

#[test]
fn its_amount_is_net_already_and_the_sum_is_what_was_paid() {
    let sum = REPORT.replace("\"买家实际支付金额\"", "{ plus = [\"买家实际支付金额\", \"退款金额\"] }");
    let Some(found) = report(&sum) else { return };
    // What the report calls the total amount sums to the same.
    assert_eq!(found.numbers("orders", "rows_counted"), numbers("ok", 24_087, Some("2474823.07")));
    assert!(found.all("orders", "refunds_above_amount").is_empty());
}

#[test]
fn its_own_profile_takes_the_total_and_the_store_gives_the_same() {
    let Some(orders) = file("tmall/tmall_order_report.csv") else { return };
    let work = Work::new();
    let orders = orders.to_str().unwrap();
    work.ok(&["ingest", "-q", "--store", "store", "--orders", orders]);
    for source in [format!("--orders {orders}"), "--store store".to_owned()] {
        let found = check(&work, &source);
        assert_eq!(found.code, 0, "{}", found.out);
        for (name, expected) in [
            ("rows_read", numbers("ok", 28_010, Some("2995760.61"))),
            ("rows_without_payment_time", numbers("ok", 3_923, Some("520937.54"))),
            ("rows_counted", numbers("ok", 24_087, Some("2474823.07"))),
            ("rows_refunded", numbers("ok", 5_646, Some("572335.92"))),
            ("orders_without_buyer", numbers("note", 24_087, Some("2474823.07"))),
        ] {
            assert_eq!(found.numbers("orders", name), expected, "{source}: {name}");
        }
        assert_eq!(found.one("orders", "reconciliation")["level"], "ok");
        assert!(
            found.all("orders", "refunds_above_amount").is_empty()
                && found.all("orders", "orders_of_zero").is_empty()
        );
        assert!(found.detail("orders", "file").ends_with("profile tmall-report"), "{}", found.out);
    }
}

#[test]
fn ids_that_went_through_a_spreadsheet_and_missing_durations() {
    let (Some(orders), Some(sessions)) = (file("gms/orders.csv"), file("gms/sessions.csv")) else { return };
    let work = Work::with(&[("store.toml", PROFILE)]);
    let both =
        format!("--orders {} --sessions {} --profile store.toml", orders.display(), sessions.display());
    let found = check(&work, &both);
    assert_eq!(found.code, 1);
    assert_eq!(found.numbers("orders", "over_max_bad"), numbers("error", 1_510, Some("248062.34")));
    assert_eq!(found.numbers("sessions", "over_max_bad"), numbers("error", 38_007, None));
    let said = "buyer_id id in scientific notation: a spreadsheet has rounded it; export again as text, or --allow-mangled-ids";
    assert_eq!(found.detail("orders", "rows_rejected"), said);
    assert_eq!(
        found.detail("both", "id_overlap"),
        "not known: no order is left to count; see where the rows went"
    );
    assert_eq!(found.one("orders", "span")["level"], "note");
    let found = check(&work, &format!("{both} --allow-mangled-ids"));
    assert_eq!(found.code, 0, "{}", found.out);
    for (input, name, expected) in [
        ("orders", "mangled_ids", numbers("warning", 919, None)),
        ("sessions", "mangled_ids", numbers("warning", 1_000, None)),
        ("sessions", "sessions_without_duration", numbers("warning", 12_640, None)),
        ("sessions", "sessions_of_zero_seconds", numbers("ok", 12_640, None)),
        ("sessions", "watched_twice", numbers("note", 3_508, None)),
        ("sessions", "viewers", numbers("ok", 2_494, None)),
        ("both", "id_overlap", numbers("ok", 919, None)),
        ("both", "orders_with_session", numbers("ok", 1_510, Some("248062.34"))),
        ("both", "paid_during_session", numbers("ok", 1_510, None)),
    ] {
        assert_eq!(found.numbers(input, name), expected, "{name}");
    }
    assert_eq!(found.one("both", "clock_skew")["level"], "ok");
}
