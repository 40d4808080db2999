//! Files of a store with other bytes than those that were written, and files of an earlier version.

use std::path::Path;

use gmv::input::profile::RowKind;
use gmv::input::store::Store;

use super::{files, ingest, ingested};
use crate::columns::{metadata, replace_metadata};
use crate::shop::{BOTH, RESULT, decompose, shop};
use crate::support::Work;

/// Whether all files of a store are believed.
fn is_believed(store: &Path) -> bool {
    let store = Store::open(store);
    store.is_ok_and(|store| store.files(RowKind::Orders).all(|file| file.check().is_ok()))
}

/// A damaged page may still decode, to other numbers, and a damaged footer to other columns or fewer rows.
#[test]
fn a_file_with_another_byte_is_never_believed() {
    let work = shop();
    assert_eq!(ingested(&work, "--orders orders.csv"), ["new"]);
    let (path, store) = (files(&work, "orders").remove(0), work.path("store"));
    let sound = std::fs::read(&path).unwrap();
    assert!(is_believed(&store));
    // The last eight bytes are the length of the footer, and a mark.
    let (length, _) = sound.last_chunk::<8>().unwrap().split_first_chunk::<4>().unwrap();
    let footer = sound.len() - 8 - u32::from_le_bytes(*length) as usize;
    assert!(footer > 500 && sound.len() - footer > 1000);
    for at in (0..footer).step_by(11).chain(footer..sound.len()) {
        let mut bytes = sound.clone();
        bytes[at] ^= if at % 2 == 0 { 1 } else { 0x80 };
        std::fs::write(&path, bytes).unwrap();
        assert!(!is_believed(&store), "{at} of {}", sound.len());
    }
}

#[test]
fn a_damaged_file_is_named_with_advice() {
    let work = shop();
    assert_eq!(ingested(&work, BOTH), ["new", "new"]);
    let path = files(&work, "orders").remove(0);
    let sound = std::fs::read(&path).unwrap();
    let place = |text: &str| {
        let found = sound.windows(text.len()).rposition(|window| window == text.as_bytes());
        found.unwrap()
    };
    // A page, the name of a column, the number of rows in the description.
    for at in [100, place("streamer_name") + 3, place("\"stored\":9") + 9] {
        let mut bytes = sound.clone();
        bytes[at] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        let err = work.fails(1, &["decompose", "--store", "store"]);
        let advice = ": the file is damaged; take it out of the store, and ingest its export again\n";
        assert!(
            err.contains(path.file_name().unwrap().to_str().unwrap()) && err.ends_with(advice),
            "{at}: {err}"
        );
    }
    std::fs::write(&path, [&sound[..], b"more"].concat()).unwrap();
    work.fails(1, &["decompose", "--store", "store"]);
    std::fs::write(&path, sound).unwrap();
    assert_eq!(decompose(&work, "--store store"), RESULT);
}

/// Writes a file of a store as the first form had it: its description says so, and its footer is not sealed.
fn make_old(work: &Work, kind: &str) {
    let path = files(work, kind).remove(0);
    let pairs = metadata(&path).into_iter().filter(|(key, _)| key == "gmv.store");
    let pairs: Vec<_> =
        pairs.map(|(key, text)| (key, text.replacen("\"format\":2", "\"format\":1", 1))).collect();
    assert!(pairs.iter().any(|(_, text)| text.contains("\"format\":1")), "{pairs:?}");
    replace_metadata(&path, pairs);
}

#[test]
fn a_file_of_an_earlier_version_is_replaced_when_its_export_is_ingested_again() {
    let work = shop();
    assert_eq!(ingested(&work, BOTH), ["new", "new"]);
    make_old(&work, "orders");
    make_old(&work, "sessions");
    let err = work.fails(1, &["decompose", "--store", "store"]);
    let message = "an earlier version of gmv wrote this file; ingest its export (orders.csv) again\n";
    assert!(err.ends_with(message), "{err}");
    assert_eq!(ingested(&work, "--orders orders.csv"), ["replaced"]);
    work.fails(1, &["decompose", "--store", "store"]);
    assert_eq!(ingested(&work, BOTH), ["unchanged", "replaced"]);
    assert_eq!(decompose(&work, "--store store"), RESULT);
    let run = ingest(&work, BOTH);
    assert!(run.out.contains(",unchanged,") && !run.out.contains(",replaced,"), "{}", run.out);
}
