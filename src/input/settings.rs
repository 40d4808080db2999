//! How exports are read, resolved: plain values, and the choice of a profile for each file.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::binding::Header;
use super::container::Opening;
use super::error::InputError;
use super::feed::FeedOptions;
use super::files::Source;
use super::missing;
use super::parse::time::TimeParser;
use super::profile::{Profile, RowKind};
use super::pseudonyms::Pseudonyms;
use super::rejects::Rejects;
use crate::calendar::Calendar;
use crate::memory::Memory;
use crate::units::{Instant, Seconds};

/// Columns beside those that have a place of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FurtherColumns {
    /// The dimensions alone.
    Dimensions,
    /// All that the profile maps, for a store.
    Mapped,
}

/// What becomes of an export without a column that is to be a dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WithoutDimension {
    /// It is refused.
    #[default]
    Refused,
    /// Its rows have no value there.
    Blank,
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
    /// What rows may take of memory.
    pub memory: Memory,
    /// Bytes in a block.
    pub block_size: usize,
    /// How files are opened.
    pub opening: Opening,
    /// The delimiter, where it is not to be detected.
    pub delimiter: Option<u8>,
    /// Whether all rejected rows are kept.
    pub list_rejects: bool,
    /// Constant columns; `{file}` in a value is the file's name without its ending.
    pub constants: Vec<(String, String)>,
    /// Order columns that become dimensions, beside the carrier.
    pub dimensions: Vec<String>,
    /// What becomes of an export without one of them.
    pub without_dimension: WithoutDimension,
    /// The age of a payment up to which refunds count; `None` counts all of them.
    pub refund_within: Option<Seconds>,
    /// Whether orders may be without buyers and streamers: enough to check or keep them, not to tie them to viewing.
    pub persons_optional: bool,
    /// How many ids of persons are kept as they are written, of each input.
    pub specimens: usize,
    /// Which columns are read beside those that have a place of their own.
    pub further: FurtherColumns,
    /// What stands in the place of persons in everything that is written; `None` leaves their ids.
    pub pseudonyms: Option<Arc<Pseudonyms>>,
    /// The shop's clock, where no more of the broadcasts of sessions is wanted than on which days they are named; `None` leaves them in the
    /// rows.
    pub broadcast_days: Option<Calendar>,
    /// The instants that sessions must touch to matter, from the first to before the last; a store leaves out what cannot.
    pub reach: Option<(Instant, Instant)>,
    /// The same of orders: the instants at which they must have been paid. `None` where others tell who had bought before.
    pub paid: Option<(Instant, Instant)>,
}

impl ReadSettings {
    /// Bytes in a block where nothing else is said: a block, and the places of its delimiters, stay in the second cache from their first
    /// reading to the last. With 830 MB of sessions, 1 MiB takes a twentieth more CPU time.
    pub const BLOCK_SIZE: usize = 256 << 10;

    /// No rejected rows yet, kept and written as is asked.
    #[must_use]
    pub fn rejects(&self) -> Rejects {
        Rejects { pseudonyms: self.pseudonyms.clone(), ..Rejects::new(self.list_rejects) }
    }

    /// The part that the feed needs.
    #[must_use]
    pub fn feed(&self) -> FeedOptions {
        FeedOptions { opening: self.opening, delimiter: self.delimiter, block_size: self.block_size }
    }

    /// Whether it matters when an order was refunded.
    #[must_use]
    pub fn needs_times_of_refunds(&self) -> bool {
        self.refund_within.is_some() || self.further == FurtherColumns::Mapped
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
        Ok(Self { named: named.map(Profile::shared).transpose()?, built_in: Profile::built_in()? })
    }

    /// The columns of a file: by the named profile if it speaks of this kind of rows, else by the one whose required columns
    /// are all in the header.
    ///
    /// # Errors
    /// When required columns are missing, or two profiles fit, or the platform gives no buyers and they are needed.
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
            let refused = || missing::missing_columns(source, header, &stored.profile, kind, &lacking);
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
        let is_its =
            |profile: &Profile| named.is_some() || profile.detect(kind).iter().all(|name| header.has(name));
        let mut fitting = Vec::new();
        let mut refused = Vec::new();
        for profile in candidates.iter().filter(|profile| speaks(profile)) {
            // What stands in the way of one profile (a name that the header has twice) is nothing to the others.
            let columns = match bind(profile) {
                Ok(columns) => columns,
                Err(error) => {
                    refused.push((profile, Err(error)));
                    continue;
                }
            };
            let mut lacking = missing(&columns);
            let excused = |field: &&str| *field == "buyer_id" && profile.no_buyer(kind).is_some();
            if lacking.iter().all(excused) && is_its(profile) {
                fitting.push((profile, columns, lacking));
            } else {
                lacking.retain(|field| !excused(field));
                refused.push((profile, Ok(lacking)));
            }
        }
        if fitting.len() > 1 {
            return Err(several_fit(source, fitting.iter().map(|(profile, ..)| profile.name.as_str())));
        }
        match fitting.pop() {
            Some((_, columns, lacking)) if lacking.is_empty() => Ok(columns),
            Some((profile, ..)) => Err(no_buyer(source, profile, kind)),
            None => {
                let others = if self.named.is_none() { self.built_in.as_slice() } else { &[] };
                Err(missing::of_another_kind(source, header, kind, others)
                    .unwrap_or_else(|| missing::nearest(source, header, kind, refused)))
            }
        }
    }
}

fn several_fit<'a>(source: &Source, names: impl Iterator<Item = &'a str>) -> InputError {
    let names = names.collect::<Vec<_>>().join(" and ");
    InputError::Profile {
        path: source.name.clone(),
        message: format!("the header fits the profiles {names}; name one with --profile"),
    }
}

fn no_buyer(source: &Source, profile: &Profile, kind: RowKind) -> InputError {
    let mut reason = profile.no_buyer(kind).unwrap_or_default().to_owned();
    if !reason.contains("--rooms") {
        reason = format!("{reason}; {}", missing::WITHOUT_BUYERS);
    }
    InputError::NoBuyer { path: source.name.clone(), profile: profile.name.clone(), reason }
}

/// One worker's parsers of times: one for each profile, since profiles differ in their forms.
pub struct Times {
    zone: TimeZone,
    /// The profile that was asked for last, and its parser.
    profile: Option<Arc<Profile>>,
    parser: TimeParser,
    others: Vec<(Arc<Profile>, TimeParser)>,
}

impl Times {
    /// No parsers yet.
    #[must_use]
    pub fn new(zone: &TimeZone) -> Self {
        let parser = TimeParser::new(zone.clone(), Arc::default());
        Self { zone: zone.clone(), profile: None, parser, others: Vec::new() }
    }

    /// The parser of a profile.
    #[inline]
    pub fn of(&mut self, profile: &Arc<Profile>) -> &mut TimeParser {
        match &self.profile {
            Some(known) if Arc::ptr_eq(known, profile) => {}
            _ => self.switch(profile),
        }
        &mut self.parser
    }

    #[cold]
    fn switch(&mut self, profile: &Arc<Profile>) {
        let known = self.others.iter().position(|(other, _)| Arc::ptr_eq(other, profile));
        let parser = known.map_or_else(
            || TimeParser::new(self.zone.clone(), profile.time.formats.clone().into()),
            |at| self.others.swap_remove(at).1,
        );
        let parser = std::mem::replace(&mut self.parser, parser);
        if let Some(before) = self.profile.replace(Arc::clone(profile)) {
            self.others.push((before, parser));
        }
    }
}

/// The first and last instant of two spans together.
#[must_use]
pub fn span<T: Ord>(a: Option<(T, T)>, b: Option<(T, T)>) -> Option<(T, T)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_profile_keeps_its_forms_of_times() {
        let with = |formats: &[&str]| {
            let mut profile = Profile::built_in().unwrap().swap_remove(0).as_ref().clone();
            profile.time.formats = formats.iter().map(|format| (*format).to_owned()).collect();
            Arc::new(profile)
        };
        let (common, reversed) = (with(&[]), with(&["%d.%m.%Y %H:%M:%S"]));
        let mut times = Times::new(&TimeZone::UTC);
        for _ in 0..2 {
            assert!(times.of(&common).quick(b"2026-01-02 00:00:00").is_some());
            assert!(times.of(&reversed).quick(b"2026-01-02 00:00:00").is_none());
            assert!(times.of(&reversed).parse(b"02.01.2026 00:00:00").is_ok());
            assert!(times.of(&common).parse(b"02.01.2026 00:00:00").is_err());
        }
    }
}
