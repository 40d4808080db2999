//! How exports are read, resolved: plain values, and the choice of a profile for each file.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::binding::Header;
use super::error::InputError;
use super::feed::FeedOptions;
use super::files::Source;
use super::parse::time::TimeParser;
use super::profile::{ColumnSpec, Profile, RowKind};
use super::pseudonyms::Pseudonyms;
use super::rejects::Rejects;
use crate::units::{Instant, Seconds};

/// Columns beside those that have a place of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FurtherColumns {
    /// The dimensions alone.
    Dimensions,
    /// All that the profile maps, for a store.
    Mapped,
}

/// How exports are read.
#[derive(Debug, Clone)]
pub struct ReadSettings {
    /// The name or file of a profile; `None` detects it by the header.
    pub profile: Option<String>,
    /// The zone of times without an offset.
    pub zone: TimeZone,
    /// The longest session; longer ones are capped.
    pub max_session: Seconds,
    /// Whether ids in scientific notation are taken as they are.
    pub allow_mangled_ids: bool,
    /// The number of threads.
    pub threads: NonZeroUsize,
    /// Bytes in a block.
    pub block_size: usize,
    /// The delimiter, where it is not to be detected.
    pub delimiter: Option<u8>,
    /// Whether all rejected rows are kept.
    pub list_rejects: bool,
    /// Constant columns; `{file}` in a value is the file's name without its ending.
    pub constants: Vec<(String, String)>,
    /// Order columns that become dimensions, beside the carrier.
    pub dimensions: Vec<String>,
    /// Whether orders may be without buyers and streamers: enough to check or keep them, not to tie them to viewing.
    pub persons_optional: bool,
    /// Which columns are read beside those that have a place of their own.
    pub further: FurtherColumns,
    /// What stands in the place of persons in everything that is written; `None` leaves their ids.
    pub pseudonyms: Option<Arc<Pseudonyms>>,
    /// The instants that sessions must touch to matter, from the first to before the last; a store leaves out what cannot.
    pub reach: Option<(Instant, Instant)>,
}

impl ReadSettings {
    /// Bytes in a block where nothing else is said. With 830 MB of sessions on 2 cores, anything from 16 KiB to 16 MiB takes the same CPU
    /// time within the noise of the machine.
    pub const BLOCK_SIZE: usize = 1 << 20;

    /// No rejected rows yet, kept and written as is asked.
    #[must_use]
    pub fn rejects(&self) -> Rejects {
        Rejects { pseudonyms: self.pseudonyms.clone(), ..Rejects::new(self.list_rejects) }
    }

    /// The part that the feed needs.
    #[must_use]
    pub fn feed(&self) -> FeedOptions {
        FeedOptions { delimiter: self.delimiter, block_size: self.block_size }
    }

    /// The constant columns of one file.
    #[must_use]
    pub fn constants(&self, source: &Source) -> BTreeMap<String, String> {
        let value = |text: &String| text.replace("{file}", &source.stem());
        self.constants.iter().map(|(column, text)| (column.clone(), value(text))).collect()
    }
}

/// The profiles that files are matched with.
pub struct Profiles {
    named: Option<Arc<Profile>>,
    built_in: Vec<Arc<Profile>>,
}

impl Profiles {
    /// The built-in profiles, and the named one if there is one.
    ///
    /// # Errors
    /// When the named one cannot be used.
    pub fn load(named: Option<&str>) -> Result<Self, InputError> {
        Ok(Self {
            named: named.map(Profile::load).transpose()?.map(Arc::new),
            built_in: Profile::built_in()?,
        })
    }

    /// The columns of a file: by the named profile if it speaks of this kind of rows, else by the one whose required columns
    /// are all in the header.
    ///
    /// # Errors
    /// When required columns are missing, or two profiles fit.
    pub fn choose<C>(
        &self,
        source: &Source,
        header: &Header,
        kind: RowKind,
        bind: impl Fn(&Arc<Profile>) -> Result<C, InputError>,
        missing: impl Fn(&C) -> Vec<&'static str>,
    ) -> Result<C, InputError> {
        if let Some(stored) = &source.stored {
            let columns = bind(&stored.profile)?;
            let lacking = missing(&columns);
            let refused = || missing_columns(source, header, &stored.profile, kind, &lacking);
            return if lacking.is_empty() { Ok(columns) } else { Err(refused()) };
        }
        let speaks = |profile: &Profile| profile.columns(kind).is_some();
        // A named profile without a section for this kind of rows lends its words and forms to files with the canonical names.
        if let Some(profile) = self.named.as_ref().filter(|profile| !speaks(profile)) {
            let columns = bind(profile)?;
            if missing(&columns).is_empty() {
                return Ok(columns);
            }
        }
        let named = self.named.as_ref().filter(|profile| speaks(profile));
        let candidates = named.map_or(self.built_in.as_slice(), std::slice::from_ref);
        let mut fitting = Vec::new();
        let mut refused = None;
        for profile in candidates.iter().filter(|profile| speaks(profile)) {
            let columns = bind(profile)?;
            let lacking = missing(&columns);
            if lacking.is_empty() {
                fitting.push((profile, columns));
            } else {
                refused.get_or_insert_with(|| missing_columns(source, header, profile, kind, &lacking));
            }
        }
        match (fitting.len(), refused) {
            (0, Some(error)) => Err(error),
            (0, None) => {
                Err(InputError::Profile { path: source.name.clone(), message: "no profile fits".to_owned() })
            }
            (1, _) => Ok(fitting.remove(0).1),
            _ => Err(InputError::Profile {
                path: source.name.clone(),
                message: format!(
                    "the header fits the profiles {}; name one with --profile",
                    fitting
                        .iter()
                        .map(|(profile, _)| profile.name.as_str())
                        .collect::<Vec<_>>()
                        .join(" and ")
                ),
            }),
        }
    }
}

fn missing_columns(
    source: &Source,
    header: &Header,
    profile: &Profile,
    kind: RowKind,
    missing: &[&'static str],
) -> InputError {
    let specs = |field: &str| {
        let spec = profile.columns(kind).and_then(|columns| columns.get(field));
        spec.map_or(vec![field.to_owned()], |spec| names(spec, header))
    };
    let wanted = missing.iter().map(|field| {
        let names = specs(field);
        if names == [(*field).to_owned()] {
            format!("`{field}`")
        } else {
            format!("`{field}` ({})", names.join(" or "))
        }
    });
    let nearest: Vec<String> = missing
        .iter()
        .flat_map(|field| specs(field))
        .filter_map(|name| header.nearest(&name).map(|near| format!("`{near}` looks like `{name}`")))
        .collect();
    let todo = match &source.stored {
        None => "map the columns with --profile FILE, or supply one with --set COLUMN=VALUE",
        Some(_) => {
            "the export was ingested without: ingest it again with a profile that maps the columns, or supply one with --set \
             COLUMN=VALUE"
        }
    };
    let todo = if missing.contains(&"buyer_id") {
        format!("{todo}; where the platform gives no buyers, --set buyer_id= counts every order as off-live")
    } else {
        todo.to_owned()
    };
    let hint =
        if nearest.is_empty() { format!("; {todo}") } else { format!("; {}: {todo}", nearest.join(", ")) };
    InputError::MissingColumns {
        path: source.name.clone(),
        missing: wanted.collect(),
        profile: profile.name.clone(),
        header: header.summary(),
        hint,
    }
}

/// The names that were looked for; of a sum, those that the header lacks.
fn names(spec: &ColumnSpec, header: &Header) -> Vec<String> {
    match spec {
        ColumnSpec::One(name) => vec![name.clone()],
        ColumnSpec::Aliases(names) => names.clone(),
        ColumnSpec::Sum { plus, minus } => {
            let terms = plus.iter().chain(minus);
            terms.filter(|name| !header.names.contains(name)).cloned().collect()
        }
    }
}

/// One worker's parsers of times: one for each profile, since profiles differ in their forms.
pub struct Times {
    zone: TimeZone,
    parsers: Vec<(Arc<Profile>, TimeParser)>,
    last: usize,
}

impl Times {
    /// No parsers yet.
    #[must_use]
    pub fn new(zone: &TimeZone) -> Self {
        Self { zone: zone.clone(), parsers: Vec::new(), last: 0 }
    }

    /// The parser of a profile.
    #[inline]
    pub fn of(&mut self, profile: &Arc<Profile>) -> &mut TimeParser {
        let known = self.parsers.get(self.last).is_some_and(|(known, _)| Arc::ptr_eq(known, profile));
        if !known {
            self.switch(profile);
        }
        &mut self.parsers[self.last].1
    }

    #[cold]
    fn switch(&mut self, profile: &Arc<Profile>) {
        let found = self.parsers.iter().position(|(known, _)| Arc::ptr_eq(known, profile));
        self.last = found.unwrap_or_else(|| {
            let formats = profile.time.formats.clone().into();
            self.parsers.push((Arc::clone(profile), TimeParser::new(self.zone.clone(), formats)));
            self.parsers.len() - 1
        });
    }
}

/// The first and last instant of two spans together.
#[must_use]
pub fn span(a: Option<(Instant, Instant)>, b: Option<(Instant, Instant)>) -> Option<(Instant, Instant)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}
