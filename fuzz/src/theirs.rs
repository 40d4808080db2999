//! Delimited text as the crate `csv` splits it.

use std::cell::RefCell;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

/// The delimiters that are tried.
pub const DELIMITERS: [u8; 4] = *b",;\t|";

thread_local! {
    // Making one takes longer than splitting a short text.
    static READERS: RefCell<[Reader; 4]> =
        RefCell::new(DELIMITERS.map(|delimiter| ReaderBuilder::new().delimiter(delimiter).build()));
}

/// Calls `each` with every record: where the reading of it begins, and its cells.
pub fn theirs(text: &[u8], delimiter: u8, mut each: impl FnMut(usize, Vec<&[u8]>)) {
    let at = DELIMITERS.iter().position(|&one| one == delimiter).expect("a delimiter that is tried");
    READERS.with_borrow_mut(|readers| {
        let reader = &mut readers[at];
        reader.reset();
        let (mut cells, mut ends) = (vec![0; text.len()], vec![0; text.len() + 2]);
        let mut start = 0;
        loop {
            let (mut read, mut written, mut found) = (start, 0, 0);
            loop {
                let rest = (&text[read..], &mut cells[written..], &mut ends[found..]);
                let (result, more_read, more_written, more_found) =
                    reader.read_record(rest.0, rest.1, rest.2);
                (read, written, found) = (read + more_read, written + more_written, found + more_found);
                match result {
                    ReadRecordResult::Record => break,
                    ReadRecordResult::End => return,
                    // Then it is told of the end.
                    ReadRecordResult::InputEmpty => {}
                    full => panic!("{full:?} with room for all"),
                }
            }
            let starts = std::iter::once(0).chain(ends.iter().copied());
            each(start, starts.zip(&ends[..found]).map(|(from, &to)| &cells[from..to]).collect());
            start = read;
        }
    });
}
