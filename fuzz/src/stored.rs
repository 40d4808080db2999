//! A small store, and damage to its files.

use std::path::PathBuf;

use gmv::input::files::Source;
use gmv::input::profile::RowKind;
use gmv::input::settings::{FurtherColumns, ReadSettings};
use gmv::input::store::Store;
use gmv::input::store::ingest::Ingestion;

use crate::exports::{ORDERS, SESSIONS, result, settings as settings_of};
use crate::{Scratch, Way};

/// A store with a file of orders and one of sessions.
pub struct Stored {
    /// Where it is.
    pub directory: tempfile::TempDir,
    /// Its files as they should be: orders, sessions.
    pub files: Vec<(PathBuf, Vec<u8>)>,
}

impl Default for Stored {
    fn default() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let store = Store::create(directory.path(), &|| {}).expect("a new store");
        let settings = Way::PLAIN.settings();
        let mut ingestion = Ingestion::new(store, &settings);
        let mut files = Vec::new();
        for (kind, text) in [(RowKind::Orders, ORDERS), (RowKind::Sessions, SESSIONS)] {
            let mut export = Scratch::default();
            let source = export.source(text.as_bytes());
            let job = ingestion.begin(kind, &source).expect("an export").expect("an export that is new");
            let mut bytes = Vec::new();
            let path = ingestion.read(&job, &mut bytes, &|_| {}).expect("an export without faults");
            files.push((path.expect("an export that is new"), bytes));
        }
        Self { directory, files }
    }
}

/// Ingests an export into a new store and reads it from there; whether it was accepted. What is written must be whole, and readable.
pub fn ingest(kind: RowKind, way: Way, export: Source, rules: u8) -> bool {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let store = Store::create(directory.path(), &|| {}).expect("a new store");
    let settings =
        ReadSettings { persons_optional: true, further: FurtherColumns::Mapped, ..way.of_profile(rules) };
    let mut ingestion = Ingestion::new(store, &settings);
    let Ok(Some(job)) = ingestion.begin(kind, &export) else { return false };
    let mut bytes = Vec::new();
    let path = match ingestion.read(&job, &mut bytes, &|_| {}) {
        Ok(path) => path.expect("an export that is new"),
        Err(error) => {
            assert!(!error.to_string().contains("a fault of gmv"), "{error}");
            return false;
        }
    };
    drop(ingestion);
    std::fs::write(path, bytes).expect("a file that can be written");
    let store = Store::open(directory.path()).expect("a store that was just written");
    let sources = store.sources(kind);
    for file in store.files(kind) {
        file.check().expect("a file that was just written");
    }
    let (orders, sessions) = if kind == RowKind::Orders { (sources, vec![]) } else { (vec![], sources) };
    let read = result(&settings_of(rules, Way::PLAIN.settings(), orders, sessions, None));
    // Orders without buyers are kept, and cannot be tied to viewing.
    read.is_ok()
}

/// A copy in which every four bytes of `edits` have overwritten, inserted or removed a byte; the place counts from the end,
/// where a Parquet file describes itself.
pub fn damage(sound: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut bytes = sound.to_vec();
    for edit in edits.chunks_exact(4) {
        let back = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % bytes.len().max(1);
        let Some(at) = bytes.len().checked_sub(back + 1) else { break };
        match edit[2] & 7 {
            6 => bytes.insert(at, edit[3]),
            7 => {
                bytes.remove(at);
            }
            5 if edit[3] == 0 => bytes.truncate(at),
            _ => bytes[at] = edit[3],
        }
    }
    bytes
}
