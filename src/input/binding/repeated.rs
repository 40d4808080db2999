//! Headers in the middle of a file, where exports were put one after the other.

use super::Header;
use crate::input::parse::trim;
use crate::input::records::Record;

impl Header {
    /// Whether a record repeats the header, as concatenated exports do.
    #[must_use]
    pub fn is_repeated_by(&self, record: &Record<'_>) -> bool {
        record.len() == self.names.len()
            && self.names.iter().enumerate().all(|(at, name)| is_name(&record.cell(at), name))
    }

    /// Whether a record that is no data is the header of another export, whose columns stand in another order: most of its cells are names
    /// of this header, but not in their places.
    #[must_use]
    pub fn is_rearranged_by(&self, record: &Record<'_>) -> bool {
        // A header shows at its beginning; of a row of data nothing more is looked at.
        const BEGINNING: usize = 4;
        let named = |at| self.names.iter().any(|name| !name.is_empty() && is_name(&record.cell(at), name));
        if !(0..BEGINNING.min(record.len())).any(named) {
            return false;
        }
        let (mut cells, mut known, mut moved) = (0, 0, 0);
        for at in 0..record.len() {
            let cell = record.cell(at);
            cells += usize::from(!trim(&cell).is_empty());
            let in_place = self.names.get(at).is_some_and(|name| is_name(&cell, name));
            let elsewhere = !in_place && named(at);
            known += usize::from(in_place || elsewhere);
            moved += usize::from(elsewhere);
        }
        moved >= 2 && known * 2 >= cells
    }
}

/// Whether a cell is a name of the header, perhaps quoted after a byte order mark.
fn is_name(cell: &[u8], name: &str) -> bool {
    let cell = trim(cell);
    let unquoted = cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\""));
    cell == name.as_bytes() || unquoted == Some(name.as_bytes())
}
