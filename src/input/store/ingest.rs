//! Exports into a store, one after the other: what is there already, what is new, and the file of each.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::about::{ABOUT_KEY, About, Counts, FORMAT, PLAIN, Reading};
use super::digest::{Digest, FileDigest};
use super::directory::Store;
use super::export::{Form, Read, form_of, read_orders, read_sessions};
use super::order::Written;
use super::slices::{SLICES_KEY, SlicesAbout};
use super::standing;
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::profile::RowKind;
use crate::input::read::Progress;
use crate::input::rejects::{MaxBad, Rejects};
use crate::input::settings::ReadSettings;

/// What became of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is new in the store.
    New,
    /// The store holds it already.
    Unchanged,
    /// It was read in another way than before, and replaces its file.
    Replaced,
}

/// An export that was dealt with.
#[derive(Debug)]
pub struct Ingested {
    /// Its name in messages.
    pub name: String,
    /// What it holds.
    pub kind: RowKind,
    /// What became of it.
    pub status: Status,
    /// What its file says of itself.
    pub about: About,
    /// Its file.
    pub path: PathBuf,
    /// The rows that were rejected now, and their lines.
    pub rejects: (Rejects, Vec<u64>),
}

/// An export that is to be read.
#[derive(Debug)]
pub struct Job {
    source: Source,
    kind: RowKind,
    digest: Option<FileDigest>,
    /// Where its file is begun: its place, or for standard input and pipes one beside it.
    pub path: PathBuf,
}

/// A run of ingestion.
pub struct Ingestion<'s> {
    store: Store,
    settings: &'s ReadSettings,
    /// The time of the run.
    now: String,
    next: u64,
    /// The exports in their order.
    pub done: Vec<Ingested>,
}

impl<'s> Ingestion<'s> {
    /// A run into a store.
    #[must_use]
    pub fn new(store: Store, settings: &'s ReadSettings) -> Self {
        let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string();
        Self { next: store.next_sequence(), store, settings, now, done: Vec::new() }
    }

    /// Looks an export up; `None` where the store holds it already, which is taken note of.
    ///
    /// # Errors
    /// When it cannot be read, or the store holds its bytes with other constant columns under another name.
    pub fn begin(&mut self, kind: RowKind, source: &Source) -> Result<Option<Job>, InputError> {
        // What can be read only once is known when it has been read.
        let is_stream = |path: &Path| path.metadata().is_ok_and(|about| !about.is_file());
        let Some(path) = source.path.as_ref().filter(|path| !is_stream(path)) else {
            let digest = Some(Digest::default());
            let source = Source { digest, ..source.clone() };
            let path = self.store.place(kind, "standard-input");
            return Ok(Some(Job { source, kind, digest: None, path }));
        };
        let digest = FileDigest::read(path, source.part.as_deref(), &source.name)?;
        if self.known(kind, &digest.sha256).is_some() {
            let reading = self.reading(source, &form_of(kind, source, self.settings)?);
            if self.is_unchanged(kind, source, &digest.sha256, &reading)? {
                return Ok(None);
            }
        }
        let path = self.store.place(kind, &digest.sha256);
        Ok(Some(Job { source: source.clone(), kind, digest: Some(digest), path }))
    }

    /// Reads an export into a file; `None` where the store turns out to hold it already, else the file's place.
    ///
    /// # Errors
    /// See [`InputError`].
    pub fn read<W: Write + Send>(
        &mut self,
        job: &Job,
        out: W,
        progress: &Progress<'_>,
    ) -> Result<Option<PathBuf>, InputError> {
        if job.kind == RowKind::Sessions {
            let (read, written) = read_sessions(&job.source, self.settings, out, progress)?;
            self.complete(job, read, written, Form::of_sessions)
        } else {
            let (read, written) = read_orders(&job.source, self.settings, out, progress)?;
            self.complete(job, read, written, Form::of_orders)
        }
    }

    fn complete<C, W: Write + Send>(
        &mut self,
        job: &Job,
        read: Read<C>,
        written: Written<W>,
        form: impl Fn(&C) -> Form,
    ) -> Result<Option<PathBuf>, InputError> {
        let (kind, source) = (job.kind, &job.source);
        let nothing = || InputError::Empty { path: source.name.clone() };
        let form = form(&read.files.files.first().ok_or_else(nothing)?.columns);
        let rows = Counts { stored: written.rows, ..read.counts };
        if !rows.close() {
            return Err(lost(source, &rows));
        }
        let reading = self.reading(source, &form);
        let (sha256, bytes) = match (&job.digest, &source.path, &source.digest) {
            (Some(digest), Some(path), _) => {
                digest.check(path, &source.name)?;
                (digest.sha256.clone(), digest.bytes)
            }
            (_, _, digest) => digest.clone().unwrap_or_default().finish(),
        };
        if job.digest.is_none() && self.is_unchanged(kind, source, &sha256, &reading)? {
            return Ok(None);
        }
        let path = self.store.place(kind, &sha256);
        let before = self.known(kind, &sha256).map(|about| (about.sequence, about.ingested_at.clone()));
        let status = if before.is_some() { Status::Replaced } else { Status::New };
        let (sequence, ingested_at) = before.unwrap_or_else(|| (self.next, self.now.clone()));
        self.next = self.next.max(sequence + 1);
        let about = About {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            kind: kind.name().to_owned(),
            sequence,
            ingested_at,
            source: source.file_name(),
            source_sha256: sha256,
            source_bytes: bytes,
            reading,
            profile: form.profile.name,
            currency: form.profile.currency,
            amount: form.amount,
            level: form.level.to_owned(),
            per_order: form.per_order,
            rows,
            times: read.times.map(|(first, last)| (first.0, last.0)),
        };
        written.finish(metadata(&source.name, &about, read.slices.as_ref())?)?;
        let lines = read.rejects.rows.iter().map(|reject| read.files.line(reject.place).1).collect();
        let (rejects, name, place) = ((read.rejects, lines), source.name.clone(), path.clone());
        self.done.push(Ingested { name, kind, status, about, path: place, rejects });
        Ok(Some(path))
    }

    /// Fails when the store could not be read any more, or more rows of an input are bad than `limit` allows; what the store holds
    /// already counts too, so that the answer does not depend on how much of it an earlier run had done.
    ///
    /// # Errors
    /// [`InputError::Store`] and [`InputError::TooManyBad`].
    pub fn check(&self, limit: MaxBad) -> Result<(), InputError> {
        self.check_agreement()?;
        for kind in [RowKind::Orders, RowKind::Sessions] {
            let of_kind = || self.done.iter().filter(|done| done.kind == kind);
            let bad: u64 = of_kind().map(|done| done.about.rows.rejected).sum();
            let rows: u64 = of_kind().map(|done| done.about.rows.read).sum();
            if limit.allows(bad, rows) {
                continue;
            }
            for done in of_kind() {
                let (rejects, lines) = &done.rejects;
                let place = (done.name.as_str(), lines.first().copied().unwrap_or_default());
                if let Some(error) = rejects.too_many(kind.name(), (bad, rows), limit, place) {
                    return Err(error);
                }
            }
        }
        Ok(())
    }

    /// Refuses files that cannot stand beside those which stay in the store.
    fn check_agreement(&self) -> Result<(), InputError> {
        let kinds = [RowKind::Orders, RowKind::Sessions];
        let stored = kinds.into_iter().flat_map(|kind| self.store.files(kind).map(move |file| (kind, file)));
        let is_done = |kind, about: &About| {
            self.done.iter().any(|done| done.kind == kind && done.about.source_sha256 == about.source_sha256)
        };
        let stay = stored.filter(|(kind, file)| !is_done(*kind, &file.about));
        let stay = stay.map(|(_, file)| (file.path.as_path(), &file.about.reading));
        let done = self.done.iter().map(|done| (Path::new(&done.name), &done.about.reading));
        Store::check_agreement(stay.chain(done))
    }

    /// Counts what stands of the orders of the store, whose files are in their places now.
    ///
    /// # Errors
    /// When a file of it cannot be read, or the count cannot be written: runs then read all orders.
    pub fn count_standing(&self) -> Result<(), InputError> {
        standing::keep(&self.store.again()?, &self.settings.memory)
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// What is known of the bytes of an export: by this run, or by the store.
    fn known(&self, kind: RowKind, sha256: &str) -> Option<&About> {
        let done = self.done.iter().filter(|done| done.kind == kind).map(|done| &done.about);
        let stored = self.store.files(kind).map(|file| &file.about);
        done.chain(stored).find(|about| about.source_sha256 == sha256)
    }

    /// Whether the store holds an export as it would be read now, which is then taken note of.
    fn is_unchanged(
        &mut self,
        kind: RowKind,
        source: &Source,
        sha256: &str,
        reading: &Reading,
    ) -> Result<bool, InputError> {
        let Some(about) = self.known(kind, sha256) else { return Ok(false) };
        if about.reading != *reading {
            let other = about.source != source.file_name() && about.reading.constants != reading.constants;
            return if other { Err(same_bytes(source, about)) } else { Ok(false) };
        }
        if about.format != FORMAT {
            return Ok(false);
        }
        let (about, path) = (about.clone(), self.store.place(kind, sha256));
        let (name, status) = (source.name.clone(), Status::Unchanged);
        self.done.push(Ingested { name, kind, status, about, path, rejects: Default::default() });
        Ok(true)
    }

    fn reading(&self, source: &Source, form: &Form) -> Reading {
        let settings = self.settings;
        let key =
            settings.pseudonyms.as_ref().map_or(PLAIN.to_owned(), |pseudonyms| pseudonyms.fingerprint());
        Reading {
            profile_sha256: form.profile.digest.clone(),
            constants: settings.constants(source),
            timezone: settings.zone.iana_name().unwrap_or("UTC").to_owned(),
            allow_mangled_ids: settings.allow_mangled_ids,
            delimiter: settings.delimiter.map(char::from),
            encoding: settings.opening.encoding.map(|encoding| encoding.to_string()),
            persons: form.persons.then_some(key),
        }
    }
}

/// Rows that were accepted and did not arrive: a fault of the program, which must not become a smaller result.
fn lost(source: &Source, rows: &Counts) -> InputError {
    let Counts { read, structural, rejected, stored, .. } = rows;
    let message = format!(
        "{read} rows read − {structural} structural − {rejected} rejected are not the {stored} that were stored; nothing was \
         written: this is a fault of gmv, please report it"
    );
    InputError::Store { path: source.name.clone(), message }
}

fn same_bytes(source: &Source, about: &About) -> InputError {
    let message = format!(
        "the file has the same bytes as {}, which is in the store with other values of --set; a store holds a file's bytes once",
        about.source
    );
    InputError::Store { path: source.name.clone(), message }
}

fn metadata(
    name: &str,
    about: &About,
    slices: Option<&SlicesAbout>,
) -> Result<Vec<(String, String)>, InputError> {
    let failed = |error: serde_json::Error| InputError::io(name, "cannot describe it", error.into());
    let mut pairs = vec![(ABOUT_KEY.to_owned(), serde_json::to_string(about).map_err(failed)?)];
    if let Some(slices) = slices {
        pairs.push((SLICES_KEY.to_owned(), serde_json::to_string(slices).map_err(failed)?));
    }
    Ok(pairs)
}
