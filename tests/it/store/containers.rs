//! Exports of every container go into a store as they are read without one.

use super::{files, ingest, ingested, same};
use crate::columns::texts_of;
use crate::containers::{Typed, gz, workbook, zip, zst};
use crate::shop::{ORDERS, RESULT, SESSIONS, decompose};
use crate::support::Work;

/// A text in UTF-16 with a byte order mark, as Excel writes it.
fn utf_16(text: &str) -> Vec<u8> {
    let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn every_container_is_stored_with_all_of_its_rows() {
    let packed = |name: &str, text: &str| match name {
        "csv.gz" => gz(text.as_bytes()),
        "csv.zst" => zst(text.as_bytes()),
        "zip" => zip(&[("export.csv", text.as_bytes())]),
        "txt" => utf_16(text),
        "xlsm" => workbook(text, Typed::Text),
        _ => workbook(text, Typed::Values),
    };
    for ending in ["csv.gz", "csv.zst", "zip", "txt", "xlsx", "xlsm"] {
        let work = Work::new();
        let (orders, sessions) = (format!("o.{ending}"), format!("s.{ending}"));
        work.write(&orders, packed(ending, ORDERS));
        work.write(&sessions, packed(ending, SESSIONS));
        let exports = format!("--orders {orders} --sessions {sessions}");
        let run = ingest(&work, &exports);
        assert!(run.code == 0 && run.err.contains("9 rows read = 9 stored"), "{ending}: {}", run.err);
        assert_eq!(decompose(&work, "--store store"), RESULT, "{ending}");
        same(&work, &exports, &["", "--basis net --by buyer-type", "--attribution all --by category"]);
        assert_eq!(ingested(&work, &exports), ["unchanged", "unchanged"]);
    }
}

/// More rows than one piece of a sheet, so that pieces come from several workers and lie in their order.
#[test]
fn a_long_sheet_keeps_its_order() {
    let rows = (0..9000).map(|row| format!("{row},u{row},s1,2026-03-02 20:00:00,1.00\n"));
    let orders = format!("order_id,buyer_id,streamer_id,paid_at,amount\n{}", rows.collect::<String>());
    let work = Work::new();
    work.write("o.xlsx", workbook(&orders, Typed::Text));
    let run = ingest(&work, "--orders o.xlsx --threads 4");
    assert!(run.err.contains("9,000 rows read = 9,000 stored, 9,000.00"), "{}", run.err);
    let ids = texts_of(&files(&work, "orders")[0], "order_id");
    assert!(ids.iter().enumerate().all(|(at, id)| id.as_deref() == Some(at.to_string().as_str())));
}
