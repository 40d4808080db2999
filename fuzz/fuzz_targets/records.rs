//! Our splitting of delimited text against the crate `csv`: the same records, cell by cell, and blocks that lose nothing.
#![no_main]

use gmv::input::records::{Splitter, cut};
use gmv_fuzz::theirs::{DELIMITERS, theirs};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&first, text)) = data.split_first() else { return };
    let delimiter = DELIMITERS[usize::from(first & 3)];
    let found = cut(text, delimiter);
    if let Some(end) = found.end {
        assert!(end <= text.len() && text[end - 1] == b'\n');
    }
    // A carriage return alone ends a record for `csv`, and is text for us; an open quote at the end is a fault for us.
    let lone_return =
        text.iter().enumerate().any(|(at, byte)| *byte == b'\r' && text.get(at + 1) != Some(&b'\n'));
    if lone_return || found.open_quote.is_some() {
        return;
    }
    let mut ours: Vec<(Vec<Vec<u8>>, bool)> = Vec::new();
    Splitter::default().split(text, delimiter, found.quoted, |record, _| {
        ours.push(((0..record.len()).map(|at| record.cell(at).into_owned()).collect(), record.malformed));
    });
    let mut other: Vec<Vec<Vec<u8>>> = Vec::new();
    theirs(text, delimiter, |_, cells| other.push(cells.into_iter().map(<[u8]>::to_vec).collect()));
    if ours.iter().any(|(_, malformed)| *malformed) {
        return;
    }
    let ours: Vec<Vec<Vec<u8>>> = ours.into_iter().map(|(cells, _)| cells).collect();
    assert_eq!(ours, other);
});
