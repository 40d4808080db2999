//! The directory of a store: its marker, and the files in their order.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::StoredFile;
use super::about::{FORMAT, PLAIN, ROW, Reading, folder};
use super::lock::Lock;
use super::pending;
use crate::input::error::InputError;
use crate::input::files::Source;
use crate::input::profile::RowKind;
use crate::listing::names;
use crate::unfinished::{self, Unfinished};

/// The file that makes a directory a store.
const MARKER: &str = "store.json";
/// Said where a folder cannot be listed.
const UNREAD: &str = "cannot read the directory";

/// The kinds of rows that a store holds.
const KINDS: [RowKind; 2] = [RowKind::Orders, RowKind::Sessions];

/// A store.
#[derive(Debug)]
pub struct Store {
    directory: PathBuf,
    files: BTreeMap<(RowKind, u64), Arc<StoredFile>>,
    /// The lock of who ingests.
    _lock: Option<Lock>,
}

impl Store {
    /// A store to read; nothing in it changes as long as its files are held.
    ///
    /// # Errors
    /// When the directory is no store, or a file of it is damaged.
    pub fn open(directory: &Path) -> Result<Self, InputError> {
        if !is_marked(directory)? {
            let message = "this is no store; gmv ingest --store DIR makes one";
            return Err(refused(directory, message));
        }
        let reading = Lock::reading(directory).map(Arc::new);
        let store = Self::list(directory, reading.as_ref(), None)?;
        Self::check_agreement(store.files.values().map(|file| (file.path.as_path(), &file.about.reading)))?;
        match store.files.values().find(|file| !file.is_current()) {
            None => Ok(store),
            Some(file) => {
                let message = format!(
                    "an earlier version of gmv wrote this file; ingest its export ({}) again",
                    file.about.source
                );
                Err(refused(&file.path, &message))
            }
        }
    }

    /// A store to ingest into, made where it is missing; `wait` is called before waiting for another run.
    ///
    /// # Errors
    /// When the directory cannot be made, holds other things, or a file of it is damaged.
    pub fn create(directory: &Path, wait: &dyn Fn()) -> Result<Self, InputError> {
        make(directory)?;
        let lock = Lock::ingesting(directory, wait)?;
        if !is_marked(directory)? {
            refuse_others(directory)?;
            mark(directory).map_err(|error| failed(directory, "cannot write into the directory", error))?;
        }
        settle(directory)?;
        remove_unfinished(directory)?;
        for kind in KINDS {
            let folder = directory.join(folder(kind));
            make(&folder)?;
            remove_unfinished(&folder)?;
        }
        Self::list(directory, None, Some(lock))
    }

    /// The store as its directory is now.
    ///
    /// # Errors
    /// When a file of it is damaged.
    pub(super) fn again(&self) -> Result<Self, InputError> {
        Self::list(&self.directory, None, None)
    }

    fn list(directory: &Path, reading: Option<&Arc<Lock>>, lock: Option<Lock>) -> Result<Self, InputError> {
        let mut files = BTreeMap::new();
        let pending = pending::pending(directory).map_err(|error| unreadable(directory, error))?;
        for kind in KINDS {
            for place in entries(&directory.join(folder(kind)), &pending)? {
                let path = pending.iter().find(|(_, to)| *to == place).map_or(&place, |(from, _)| from);
                let mut file = StoredFile::open(path, &place, kind)?;
                file.reading = reading.map(Arc::clone);
                let sequence = file.about.sequence;
                if files.insert((kind, sequence), Arc::new(file)).is_some() {
                    let message =
                        "another file has its place in the order of ingestion; take one of them out";
                    return Err(refused(path, message));
                }
            }
        }
        let store = Self { directory: directory.to_owned(), files, _lock: lock };
        Ok(store.share_profiles())
    }

    /// Gives files of one profile the same one, so that a worker needs one parser of times for all of them.
    fn share_profiles(mut self) -> Self {
        let mut known = BTreeMap::new();
        for file in self.files.values_mut().filter_map(Arc::get_mut) {
            let about = &file.about;
            let key = (about.profile.clone(), about.currency.clone(), about.per_order, about.level == ROW);
            let shared = known.entry(key).or_insert_with(|| Arc::clone(&file.profile));
            file.profile = Arc::clone(shared);
        }
        self
    }

    /// Refuses files that cannot stand in one store: where persons stand in two ways they would be two persons each, and days of two zones
    /// are no days. What comes first is the store, what comes after is at fault.
    ///
    /// # Errors
    /// [`InputError::Store`].
    pub(super) fn check_agreement<'a>(
        readings: impl Iterator<Item = (&'a Path, &'a Reading)>,
    ) -> Result<(), InputError> {
        let (mut persons, mut zone): (Option<&str>, Option<&str>) = (None, None);
        for (path, reading) in readings {
            let (known, here) = (*zone.get_or_insert(&reading.timezone), &reading.timezone);
            if known != here {
                return Err(refused(path, &two_zones(known, here)));
            }
            let Some(here) = reading.persons.as_deref() else { continue };
            let known = *persons.get_or_insert(here);
            if known != here {
                return Err(refused(path, two_persons(known, here)));
            }
        }
        Ok(())
    }

    /// The zone of the files of a store; `None` where there is no store yet, or nothing in it.
    ///
    /// # Errors
    /// When a file of it is damaged.
    pub fn zone_of(directory: &Path) -> Result<Option<String>, InputError> {
        let _reading = Lock::reading(directory);
        Ok(Self::list(directory, None, None)?.zone().map(str::to_owned))
    }

    /// The zone of its files; `None` where it holds none.
    #[must_use]
    pub fn zone(&self) -> Option<&str> {
        self.files.values().next().map(|file| file.about.reading.timezone.as_str())
    }

    /// Whether a file would lie in a store, which holds nothing but its own.
    #[must_use]
    pub fn holds(path: &Path) -> bool {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let Ok(folder) = folder.canonicalize() else { return false };
        let is_store = |folder: &Path| {
            let marker = fs::read_to_string(folder.join(MARKER));
            marker.is_ok_and(|text| text.contains("\"gmv_store\""))
        };
        is_store(&folder) || folder.parent().is_some_and(is_store)
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The files of a kind of rows, in the order of ingestion.
    pub fn files(&self, kind: RowKind) -> impl Iterator<Item = &Arc<StoredFile>> {
        self.files.iter().filter(move |((of, _), _)| *of == kind).map(|(_, file)| file)
    }

    /// The files of a kind of rows as inputs, in the order of ingestion.
    #[must_use]
    pub fn sources(&self, kind: RowKind) -> Vec<Source> {
        self.files(kind).map(StoredFile::source).collect()
    }

    /// The place behind all files.
    pub(super) fn next_sequence(&self) -> u64 {
        self.files.keys().map(|(_, sequence)| sequence + 1).max().unwrap_or(1)
    }

    /// Where the file of an export is, or will be.
    pub(super) fn place(&self, kind: RowKind, name: &str) -> PathBuf {
        self.directory.join(folder(kind)).join(format!("{name}.parquet"))
    }

    /// Takes complete files into the store, all of them or none; `ways` are their temporary names and their own, `known` keeps them on their
    /// way until then. Only while readers are kept away.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn admit(&self, ways: &[(PathBuf, PathBuf)], known: Unfinished) -> Result<(), InputError> {
        pending::admit(&self.directory, ways, known).map_err(|error| {
            failed(&self.directory, "cannot take files into the store; check the free space there", error)
        })
    }

    /// Waits until nobody reads, and keeps readers away as long as the answer is held.
    ///
    /// # Errors
    /// When the lock cannot be had.
    pub fn keep_readers_away(&self, wait: &dyn Fn()) -> Result<impl Sized + use<>, InputError> {
        Lock::alone(&self.directory, wait)
    }
}

/// Gives files their names that an ingestion left to this one; nobody reads meanwhile.
fn settle(directory: &Path) -> Result<(), InputError> {
    if !pending::is_listed(directory).map_err(|error| unreadable(directory, error))? {
        return Ok(());
    }
    let _alone = Lock::alone(directory, &|| {})?;
    pending::settle(directory).map_err(|error| failed(directory, "cannot bring files to their places", error))
}

fn unreadable(directory: &Path, error: std::io::Error) -> InputError {
    failed(directory, "cannot read which files an ingestion has added (.pending.json)", error)
}

/// The places of the files of a folder of the store, with those that are not at their places yet.
fn entries(folder: &Path, pending: &[(PathBuf, PathBuf)]) -> Result<Vec<PathBuf>, InputError> {
    let names = match names(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        names => names.map_err(|error| failed(folder, UNREAD, error))?,
    };
    let places = pending.iter().map(|(_, to)| to).filter(|to| to.parent() == Some(folder));
    let mut paths: Vec<PathBuf> = places.cloned().collect();
    for name in names {
        let path = folder.join(&name);
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let digest = name.strip_suffix(".parquet").unwrap_or_default();
        if digest.len() != 64 || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) || !path.is_file() {
            return Err(refused(&path, "this is no file of a store; take it out of the directory"));
        }
        paths.push(path);
    }
    paths.sort_unstable();
    paths.dedup();
    Ok(paths)
}

/// Takes away what a run left that was killed.
fn remove_unfinished(folder: &Path) -> Result<(), InputError> {
    for name in names(folder).map_err(|error| failed(folder, UNREAD, error))? {
        let path = folder.join(&name);
        let name = name.to_string_lossy();
        if name.starts_with(unfinished::PREFIX) && name.ends_with(unfinished::SUFFIX) {
            fs::remove_file(&path)
                .map_err(|error| failed(&path, "cannot remove what a killed run left", error))?;
        }
    }
    Ok(())
}

/// Makes a directory that its owner alone can enter, where it is missing.
fn make(directory: &Path) -> Result<(), InputError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|error| failed(directory, "cannot make the directory", error))
}

/// Refuses a directory without a marker that holds anything.
fn refuse_others(directory: &Path) -> Result<(), InputError> {
    let names = names(directory).map_err(|error| failed(directory, UNREAD, error))?;
    let mut names = names.iter().map(|name| name.to_string_lossy());
    match names.find(|name| !name.starts_with('.')) {
        None => Ok(()),
        Some(name) => {
            let message = format!(
                "the directory holds other files (such as {name}) and is no store; name a new or empty one"
            );
            Err(InputError::Store { path: directory.display().to_string(), message })
        }
    }
}

/// Whether a directory is a store.
fn is_marked(directory: &Path) -> Result<bool, InputError> {
    let marker = directory.join(MARKER);
    match fs::metadata(&marker) {
        Ok(about) => Ok(about.is_file()),
        Err(error) if [ErrorKind::NotFound, ErrorKind::NotADirectory].contains(&error.kind()) => Ok(false),
        Err(error) => Err(failed(&marker, "cannot read", error)),
    }
}

/// Makes a directory a store.
fn mark(directory: &Path) -> std::io::Result<()> {
    write_whole(&directory.join(MARKER), &format!("{{\"gmv_store\": {FORMAT}}}\n"))
}

/// Writes a file of the store itself, whole or not at all.
pub(super) fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    write_whole_with(path, text, Unfinished::nothing(), || ())
}

/// The same, and does with it, once it is there, what nothing may come between; `known` is on its way no more from there on.
pub(super) fn write_whole_with(
    path: &Path,
    text: &str,
    known: Unfinished,
    then: impl FnOnce(),
) -> std::io::Result<()> {
    let (mut file, own) = unfinished::file(path.parent().unwrap_or(Path::new(".")), 0o600)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    let put = || file.persist(path).map(|_| then()).map_err(|error| error.error);
    known.and(own).put(put)
}

fn two_zones(known: &str, here: &str) -> String {
    format!(
        "the times of the store were read in the zone {known}, and those of this file in {here}; give --timezone {known}, or ingest all \
         of its exports again with --timezone {here}"
    )
}

fn two_persons(known: &str, here: &str) -> &'static str {
    match (here, known) {
        (PLAIN, _) => "the store holds persons by pseudonyms; give --pseudonymize with the key of the others",
        (_, PLAIN) => {
            "the store holds persons by their ids; use a new store for pseudonyms, leave --pseudonymize out, or ingest all of its exports \
             again with it"
        }
        _ => {
            "the store holds pseudonyms of another key; give that key, use a new store, or ingest all of its exports again with this one"
        }
    }
}

fn refused(path: &Path, message: &str) -> InputError {
    InputError::Store { path: path.display().to_string(), message: message.to_owned() }
}

pub(super) fn failed(path: &Path, action: &'static str, error: std::io::Error) -> InputError {
    InputError::io(path.display().to_string(), action, error)
}
