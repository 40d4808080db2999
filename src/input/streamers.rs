//! The optional table of streamers: their names, and attributes such as tier or self-broadcast and store-broadcast.

use std::collections::{HashMap, HashSet};

use super::container::Opening;
use super::error::InputError;
use super::orders::NONE;
use super::parse::id::{is_cell_error, is_mangled, unguard};
use super::rejects::Reason;
use super::table::SmallTable;
use crate::sums::is_result_column;

/// Words of `--by` that are groups of another kind: no column of the table may have them.
const GROUPS: [&str; 13] = [
    "total",
    "streamer",
    "domain",
    "traffic",
    "buyer-type",
    "buyer_type",
    "category",
    "price-band",
    "price_band",
    "carrier",
    "live",
    "live_id",
    "streamer_id",
];

/// The attribute that can be computed where the table does not have it.
pub const TIER: &str = "tier";

/// Streamers with their attributes.
#[derive(Debug, Clone, Default)]
pub struct Streamers {
    /// The names of the attributes, in the order of the table.
    pub attributes: Vec<String>,
    by_id: HashMap<String, Entry>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Entry {
    name: Option<String>,
    values: Vec<String>,
}

impl Streamers {
    /// Reads the table: `streamer_id`, perhaps `streamer_name`, and any other columns.
    ///
    /// # Errors
    /// When there is no `streamer_id`, a column has the name of another group, or a streamer stands twice with different values.
    pub fn read(path: &str, opening: Opening) -> Result<Self, InputError> {
        Self::from_table(&SmallTable::read(path, opening)?)
    }

    /// The same of a table that was read.
    ///
    /// # Errors
    /// As above.
    pub fn from_table(table: &SmallTable) -> Result<Self, InputError> {
        let missing = || {
            let shown = table.header.shown(None, &["streamer", "tier"]);
            let near = shown.nearest("streamer_id").map(|near| format!("; did you mean `{near}`?"));
            table.error(
                1,
                0,
                format!(
                    "missing column `streamer_id`; the header has: {}{}",
                    shown.summary(),
                    near.unwrap_or_default()
                ),
            )
        };
        let id = table.column("streamer_id").ok_or_else(missing)?;
        let name = table.column("streamer_name");
        let columns: Vec<usize> = (0..table.header.names.len())
            .filter(|&at| at != id && Some(at) != name && !table.header.names[at].is_empty())
            .collect();
        let mut streamers = Self { attributes: attributes(table, &columns)?, ..Self::default() };
        for (line, cells) in &table.rows {
            let key = String::from_utf8_lossy(unguard(cells[id].as_bytes())).into_owned();
            let entry = Entry {
                name: name.map(|at| cells[at].clone()).filter(|name| !name.is_empty()),
                values: columns.iter().map(|&at| cells[at].clone()).collect(),
            };
            match streamers.by_id.get(&key) {
                _ if key.is_empty() => return Err(table.error(*line, id, "streamer_id is blank")),
                _ if is_mangled(key.as_bytes()) => {
                    return Err(table.error(*line, id, no_id(&key, Reason::MangledId)));
                }
                _ if is_cell_error(key.as_bytes()) => {
                    return Err(table.error(*line, id, no_id(&key, Reason::CellError)));
                }
                Some(known) if *known != entry => {
                    return Err(table.error(
                        *line,
                        id,
                        format!("streamer {key} stands twice with different values"),
                    ));
                }
                _ => {
                    streamers.by_id.insert(key, entry);
                }
            }
        }
        Ok(streamers)
    }

    /// The same with another attribute, of which these streamers have values, whether the table lists them or not.
    #[must_use]
    pub fn with_attribute<'v>(
        &self,
        name: &str,
        values: impl IntoIterator<Item = (&'v str, &'v str)>,
    ) -> Self {
        let mut with = self.clone();
        let before = with.attributes.len();
        with.attributes.push(name.to_owned());
        for (streamer, value) in values {
            let entry = with.by_id.entry(streamer.to_owned()).or_default();
            entry.values.resize(before, String::new());
            entry.values.push(value.to_owned());
        }
        with
    }

    /// Whether the table lists a streamer.
    #[must_use]
    pub fn lists(&self, streamer: &str) -> bool {
        self.by_id.contains_key(streamer)
    }

    /// The name of a streamer.
    #[must_use]
    pub fn name(&self, streamer: &str) -> Option<&str> {
        self.by_id.get(streamer)?.name.as_deref()
    }

    /// The value of an attribute; `(none)` where the table does not say.
    #[must_use]
    pub fn value(&self, streamer: &str, attribute: &str) -> &str {
        let at = self.attributes.iter().position(|known| known == attribute);
        let value = at.and_then(|at| self.by_id.get(streamer)?.values.get(at));
        value.map(String::as_str).filter(|value| !value.is_empty()).unwrap_or(NONE)
    }
}

fn no_id(text: &str, reason: Reason) -> String {
    format!("streamer_id {text:?} {reason}")
}

/// Whether a column has the name of another group or column, so that it can be no attribute.
#[must_use]
pub fn is_taken(column: &str) -> bool {
    GROUPS.contains(&column) || is_result_column(column)
}

/// The names of the attributes, none of which may be that of another group or column.
fn attributes(table: &SmallTable, columns: &[usize]) -> Result<Vec<String>, InputError> {
    let mut attributes = Vec::new();
    let mut known = HashSet::new();
    for &at in columns {
        let column = &table.header.names[at];
        if is_taken(column) || !known.insert(column) {
            let what = format!("the column `{column}` has the name of another group or column; rename it");
            return Err(table.error(1, at, what));
        }
        attributes.push(column.clone());
    }
    Ok(attributes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::binding::Header;

    fn table(header: &[&str], rows: &[&[&str]]) -> SmallTable {
        let texts = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        SmallTable {
            name: "s.csv".into(),
            form: None,
            header: Header { names: texts(header) },
            rows: rows.iter().zip(2..).map(|(row, line)| (line, texts(row))).collect(),
            metadata: Vec::new(),
        }
    }

    #[test]
    fn attributes_and_names() {
        let rows: [&[&str]; 2] = [&["s1", "甲", "head"], &["=\"02\"", "", ""]];
        let streamers =
            Streamers::from_table(&table(&["streamer_id", "streamer_name", "tier"], &rows)).unwrap();
        assert_eq!((streamers.name("s1"), streamers.name("02")), (Some("甲"), None));
        assert_eq!(
            (streamers.value("s1", "tier"), streamers.value("02", "tier"), streamers.value("x", "tier")),
            ("head", NONE, NONE)
        );
        assert!(streamers.lists("02") && !streamers.lists("x"));
    }

    #[test]
    fn what_cannot_be_told_apart_is_refused() {
        let two: [&[&str]; 2] = [&["s1", "a"], &["s1", "b"]];
        for (header, rows, word) in [
            (["id", "tier"], &two[..1], "missing column `streamer_id`"),
            (["streamer_id", "category"], &two[..1], "s.csv:1:2"),
            (["streamer_id", "tier"], &two[..], "s.csv:3:1: streamer s1 stands twice"),
        ] {
            let error = Streamers::from_table(&table(&header, rows)).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }
}
