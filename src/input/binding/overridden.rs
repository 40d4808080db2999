//! Columns of a file that `--set` replaces.

use std::collections::BTreeMap;

use super::Header;
use crate::input::profile::ColumnSpec;

/// A column of a file in whose place every row has a constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overridden {
    /// The canonical column.
    pub field: String,
    /// The names of the header that it would be read from.
    pub columns: String,
}

impl Header {
    /// The constants for columns that the file has; `is_read` says which canonical columns matter.
    #[must_use]
    pub fn overridden(
        &self,
        specs: &BTreeMap<String, ColumnSpec>,
        constants: &BTreeMap<String, String>,
        is_read: impl Fn(&str) -> bool,
    ) -> Vec<Overridden> {
        let replaced = constants.keys().filter(|field| is_read(field)).filter_map(|field| {
            // A name that stands twice is no error where the column is not read.
            let origin = self.find("", field, specs, &BTreeMap::new()).ok()?;
            let names = origin.columns().filter_map(|at| self.names.get(at).map(String::as_str));
            let columns = names.collect::<Vec<_>>().join(", ");
            (!columns.is_empty()).then(|| Overridden { field: field.clone(), columns })
        });
        replaced.collect()
    }
}
