//! The optional table of broadcasts: when each began and ended.

use std::collections::{BTreeMap, HashMap};

use super::binding::{Header, Origin};
use super::error::InputError;
use super::files::{Source, discover};
use super::form::FileForm;
use super::parse::id::{is_mangled, unguard};
use super::parse::time::TimeParser;
use super::profile::{Profile, RowKind};
use super::records::Record;
use super::rejects::Reason;
use super::settings::{Profiles, ReadSettings};
use super::table::SmallTable;
use crate::units::Instant;

/// Broadcasts with their times, by streamer and `live_id`.
#[derive(Debug, Clone, Default)]
pub struct Lives {
    /// Start and end: the end is no part of the broadcast, and never before the start.
    pub times: BTreeMap<Key, Span>,
    /// The tables, in their order.
    pub files: Vec<LivesFile>,
}

/// One table, as it was understood.
#[derive(Debug, Clone)]
pub struct LivesFile {
    /// Its name.
    pub name: String,
    /// Its container, encoding and delimiter.
    pub form: Option<FileForm>,
    /// The profile.
    pub profile: String,
    /// Its rows.
    pub rows: u64,
    /// Its header.
    pub header: Header,
    /// Where the columns are.
    pub origins: Vec<(&'static str, Origin)>,
}

/// The streamer and the `live_id` of a broadcast.
type Key = (String, String);
/// Its start and end.
type Span = (Instant, Instant);

/// Where the columns are: `live_id`, `streamer_id`, `started_at`, `ended_at`.
struct LiveColumns {
    profile: String,
    origins: [Origin; 4],
    times: TimeParser,
}

const FIELDS: [&str; 4] = ["live_id", "streamer_id", "started_at", "ended_at"];

impl Lives {
    /// Reads the tables; of a broadcast that two files list, the later file stands.
    ///
    /// # Errors
    /// When a column is missing, a cell is no such value (broadcasts are few: no row is skipped), a broadcast ends before it starts,
    /// or stands twice in one file with different times.
    pub fn read(given: &[String], settings: &ReadSettings) -> Result<Self, InputError> {
        let profiles = Profiles::load(settings.profile.as_deref())?;
        let mut lives = Self::default();
        for source in discover(given)? {
            let name = if source.path.is_some() { &source.name } else { "-" };
            let table = SmallTable::read(name, settings.opening)?;
            let columns = profiles.choose(
                &source,
                &table.header,
                RowKind::Lives,
                |profile| LiveColumns::bind(profile, &source, &table.header, settings),
                LiveColumns::missing,
            )?;
            lives.files.push(LivesFile {
                name: source.name.clone(),
                form: table.form.clone(),
                profile: columns.profile.clone(),
                rows: table.rows.len() as u64,
                header: table.header.clone(),
                origins: FIELDS.into_iter().zip(columns.origins.clone()).collect(),
            });
            lives.times.extend(columns.rows(&table, settings.allow_mangled_ids)?);
        }
        Ok(lives)
    }
}

impl LiveColumns {
    fn bind(
        profile: &Profile,
        source: &Source,
        header: &Header,
        settings: &ReadSettings,
    ) -> Result<Self, InputError> {
        let none = BTreeMap::new();
        let columns = profile.columns(RowKind::Lives).unwrap_or(&none);
        let constants = settings.constants(source);
        // A constant is meant for the exports: it fills only what the table lacks.
        let find = |field| match header.find(&source.name, field, columns, &BTreeMap::new()) {
            Ok(Origin::Absent) => header.find(&source.name, field, columns, &constants),
            found => found,
        };
        let [live, streamer, start, end] = FIELDS.map(find);
        let times = TimeParser::new(settings.zone.clone(), profile.time.formats.clone().into());
        Ok(Self { profile: profile.name.clone(), origins: [live?, streamer?, start?, end?], times })
    }

    fn missing(&self) -> Vec<&'static str> {
        let absent = FIELDS.into_iter().zip(&self.origins).filter(|(_, origin)| !origin.is_there());
        absent.map(|(name, _)| name).collect()
    }

    fn rows(mut self, table: &SmallTable, allow_mangled: bool) -> Result<HashMap<Key, Span>, InputError> {
        let mut rows = HashMap::new();
        for (line, cells) in &table.rows {
            let row = Row { table, line: *line, cells, origins: &self.origins };
            let (live, streamer) = (row.id(0, allow_mangled)?, row.id(1, allow_mangled)?);
            let (start, end) = (row.time(2, &mut self.times)?, row.time(3, &mut self.times)?);
            if end < start {
                return Err(row.error(3, "is before started_at"));
            }
            let what = format!("the broadcast {live:?} of streamer {streamer:?} stands twice");
            let known = rows.insert((streamer, live), (start, end));
            if known.is_some_and(|known| known != (start, end)) {
                let column = self.origins[0].first_column().unwrap_or_default();
                return Err(table.error(
                    *line,
                    column,
                    format!("{what} with different times; keep one of them"),
                ));
            }
        }
        Ok(rows)
    }
}

/// One row of a table.
struct Row<'a> {
    table: &'a SmallTable,
    line: u64,
    cells: &'a [String],
    origins: &'a [Origin; 4],
}

impl Row<'_> {
    fn text(&self, field: usize) -> Vec<u8> {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for cell in self.cells {
            bytes.extend_from_slice(cell.as_bytes());
            ends.push(bytes.len() as u32);
            bytes.push(b',');
        }
        self.origins[field].text(&Record::plain(&bytes, &ends)).into_owned()
    }

    fn error(&self, field: usize, what: &str) -> InputError {
        let column = self.origins[field].first_column().unwrap_or_default();
        let value = String::from_utf8_lossy(&self.text(field)).into_owned();
        let value = if value.is_empty() { String::new() } else { format!("{value:?} ") };
        self.table.error(self.line, column, format!("{} {value}{what}", FIELDS[field]))
    }

    fn id(&self, field: usize, allow_mangled: bool) -> Result<String, InputError> {
        let text = self.text(field);
        let id = unguard(&text);
        if id.is_empty() {
            return Err(self.error(field, "is blank"));
        }
        if !allow_mangled && is_mangled(id) {
            return Err(self.error(field, &Reason::MangledId.to_string()));
        }
        Ok(String::from_utf8_lossy(id).into_owned())
    }

    fn time(&self, field: usize, times: &mut TimeParser) -> Result<Instant, InputError> {
        match times.parse(&self.text(field)) {
            Ok(Some(time)) => Ok(time),
            Ok(None) => Err(self.error(field, "is blank; give the time, or take the row out")),
            Err(error) => Err(self.error(field, &Reason::from(error).to_string())),
        }
    }
}
