//! The bytes of a file as they are: text in any encoding, gzip, Zstandard, ZIP, Parquet, a workbook, or nothing of the kind.
#![no_main]

use std::cell::RefCell;
use std::io::{Cursor, Write};

use gmv_fuzz::exports::{Exports, ORDERS, Places, SESSIONS, run};
use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;

thread_local! {
    static PLACES: RefCell<Places> = RefCell::default();
}

/// First bytes that lead to the readers.
const STARTS: [&[u8]; 12] = [
    b"",
    b"",
    b"\x1f\x8b\x08\0\0\0\0\0\0\xff",
    b"\x28\xb5\x2f\xfd",
    b"PK\x03\x04",
    b"PAR1",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfeo\0r\0d\0e\0r\0_\0i\0d\0,\0",
    b"order_id,buyer_id,streamer_id,paid_at,amount\n",
    b"\xb6\xa9\xb5\xa5\xb1\xe0\xba\xc5,order_id,buyer_id,streamer_id,paid_at,amount\n",
];

fuzz_target!(|data: &[u8]| {
    let [rules, block, start, body @ ..] = data else { return };
    let text = [STARTS[usize::from(*start) % STARTS.len()], body].concat();
    // Mutations hardly ever make an archive whose checksum is right.
    let orders = if start & 64 == 0 { text } else { archive(&text) };
    // The header of a member or a sheet may be one of sessions, too.
    let (orders, sessions): (&[u8], &[u8]) =
        if start & 128 == 0 { (&orders, SESSIONS.as_bytes()) } else { (ORDERS.as_bytes(), &orders) };
    PLACES.with_borrow_mut(|places| {
        run(places, [*rules, *block], &Exports { orders, sessions, refunds: None })
    });
});

/// A ZIP archive of one export, in order.
fn archive(export: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("week/export.csv", stored)
        .and_then(|()| Ok(zip.write_all(export)?))
        .expect("a ZIP in memory");
    zip.finish().expect("a ZIP in memory").into_inner()
}
