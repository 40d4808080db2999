//! A folder of results that appears whole or not at all: written under another name beside its place, synced, then put there by one rename.
//!
//! One run at a time works in the folder above; the next one clears away what a killed run has left.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::error::PresentError;
use crate::listing::names;
use crate::unfinished::{Unfinished, at_once};

/// What names begin with of what is on its way, and of nothing else: other runs of gmv write their own files beside it.
const HIDDEN: &str = ".gmv-report-";
const LOCK: &str = ".gmv-lock";
/// How the name of a folder begins that is put aside for the moment in which a newer one takes its place.
const ASIDE: &str = ".gmv-report-before-";
/// The file that every folder of a run has; one without it is somebody's own, and is not replaced.
pub const MARK: &str = "run.json";

/// The names of a folder and of the link to the newest of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// The folder: a later one has a later name.
    pub folder: String,
    /// The link.
    pub latest: String,
}

/// A folder on its way. Dropped before [`commit`](Self::commit), it leaves nothing, and what was there before stays.
#[derive(Debug)]
pub struct Folder {
    /// The folder above.
    above: PathBuf,
    /// Its name, and that of the link.
    names: Names,
    /// Where it is until it is whole.
    temporary: tempfile::TempDir,
    known: Unfinished,
    /// Held for as long as the run works in the folder above.
    _lock: File,
}

impl Folder {
    /// Makes room for a folder of this name in `above`, which is made where it is not there, and keeps other runs out of that.
    ///
    /// # Errors
    /// When another run is at work there, or nothing can be written.
    pub fn create(above: &Path, names: Names) -> Result<Self, PresentError> {
        let place = above.join(&names.folder);
        let failed = |source| PresentError::Create { path: place.clone(), source };
        match fs::create_dir(above) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let folder = above.parent().unwrap_or(Path::new(".")).to_owned();
                return Err(PresentError::NoFolder { path: above.to_owned(), folder });
            }
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(failed(error)),
            _ => {}
        }
        let lock = lock(above)?;
        clear(above).map_err(failed)?;
        if fs::symlink_metadata(&place).is_ok_and(|about| !about.is_dir()) {
            return Err(PresentError::NotAFolder { path: place });
        }
        if is_others(&place).map_err(failed)? {
            return Err(PresentError::OthersFolder { path: place });
        }
        let link = above.join(&names.latest);
        if fs::symlink_metadata(&link).is_ok_and(|about| about.is_dir()) {
            return Err(PresentError::OthersFolder { path: link });
        }
        let make = || temporary(above);
        let (temporary, known) = Unfinished::make(make, tempfile::TempDir::path).map_err(failed)?;
        Ok(Self { above: above.to_owned(), names, temporary, known, _lock: lock })
    }

    /// Where the folder will be.
    #[must_use]
    pub fn place(&self) -> PathBuf {
        self.above.join(&self.names.folder)
    }

    /// Writes a file into the folder; `name` may lie in folders below, which are made.
    ///
    /// # Errors
    /// When `fill` fails, or writing does.
    pub fn file(
        &self,
        name: &str,
        fill: impl FnOnce(&mut dyn Write) -> Result<(), PresentError>,
    ) -> Result<(), PresentError> {
        let place = self.place().join(name).display().to_string();
        let failed = |error| PresentError::Output(error).at(&place);
        let path = self.temporary.path().join(name);
        let create =
            || path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| File::create_new(&path));
        let mut out = BufWriter::new(at_once(create).map_err(failed)?);
        fill(&mut out).map_err(|error| error.at(&place))?;
        let written = out.into_inner().map_err(|error| failed(error.into_error()))?;
        written.sync_all().map_err(failed)
    }

    /// Puts the folder in its place, whatever was there, and lets `latest` lead to it if no later name has one.
    ///
    /// # Errors
    /// When it cannot be put there: what was there before is there still; or when it is there, and `latest` cannot lead to it.
    pub fn commit(self) -> Result<PathBuf, PresentError> {
        let place = self.place();
        let failed = |error| PresentError::Output(error).at(&place.display().to_string());
        sync_all(self.temporary.path()).map_err(failed)?;
        let Self { above, names, temporary, known, _lock } = self;
        at_once(|| put(&above, &names.folder, temporary.path())).map_err(failed)?;
        sync(&above);
        // What was there before now has the temporary name, and goes with it.
        let _ = temporary.close();
        drop(known);
        let link = above.join(&names.latest);
        lead(&above, &names).map_err(|source| PresentError::Latest { link, place: place.clone(), source })?;
        Ok(place)
    }
}

/// Keeps other runs out, until the file is closed, however the process ends.
fn lock(above: &Path) -> Result<File, PresentError> {
    let path = above.join(LOCK);
    let failed = |source| PresentError::Create { path: path.clone(), source };
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(PresentError::AtWork { folder: above.to_owned() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Takes away what a killed run has left, and gives a folder that it has put aside its place again; only under the lock.
fn clear(above: &Path) -> io::Result<()> {
    for name in names(above)? {
        let path = above.join(&name);
        if !name.as_encoded_bytes().starts_with(HIDDEN.as_bytes()) {
            continue;
        }
        let place = name.to_str().and_then(|name| name.strip_prefix(ASIDE)).map(|name| above.join(name));
        if let Some(place) = place.filter(|place| fs::symlink_metadata(place).is_err()) {
            fs::rename(path, place)?;
        } else if fs::symlink_metadata(&path)?.is_dir() {
            fs::remove_dir_all(path)?;
        } else {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn temporary(above: &Path) -> io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(HIDDEN).suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any program's new folder, less the umask.
        builder.permissions(fs::Permissions::from_mode(0o777));
    }
    builder.tempdir_in(above)
}

/// Whether a folder holds anything, and is none that a run has made.
fn is_others(place: &Path) -> io::Result<bool> {
    match names(place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
        Ok(names) => Ok(!names.is_empty() && !place.join(MARK).is_file()),
    }
}

/// Makes the names in a folder and in those below it durable.
fn sync_all(folder: &Path) -> io::Result<()> {
    for name in names(folder)? {
        let path = folder.join(name);
        if fs::symlink_metadata(&path)?.is_dir() {
            sync(&path);
        }
    }
    sync(folder);
    Ok(())
}

/// Makes the names in a folder durable, where the system can: what is in it is in its place by then.
fn sync(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// What systems say that cannot exchange two names.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
const CANNOT_EXCHANGE: [rustix::io::Errno; 4] = {
    use rustix::io::Errno;
    [Errno::INVAL, Errno::NOSYS, Errno::NOTSUP, Errno::OPNOTSUPP]
};

/// Puts a folder in the place of another one, which takes its name: at no moment is there none or half of one.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn put(above: &Path, name: &str, new: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let place = above.join(name);
    match fs::symlink_metadata(&place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::rename(new, &place),
        Err(error) => Err(error),
        Ok(_) => match renameat_with(CWD, new, CWD, &place, RenameFlags::EXCHANGE) {
            // Some network file systems cannot exchange two names.
            Err(error) if CANNOT_EXCHANGE.contains(&error) => put_aside(above, name, new),
            done => Ok(done?),
        },
    }
}

/// The same where names cannot be exchanged.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn put(above: &Path, name: &str, new: &Path) -> io::Result<()> {
    let place = above.join(name);
    if place.exists() { put_aside(above, name, new) } else { fs::rename(new, &place) }
}

/// Puts the old folder aside first: for a moment there is none of that name, but both are whole, and the next run gives one its place again that a
/// kill has left aside.
fn put_aside(above: &Path, name: &str, new: &Path) -> io::Result<()> {
    let (place, aside) = (above.join(name), above.join(format!("{ASIDE}{name}")));
    fs::rename(&place, &aside)?;
    if let Err(error) = fs::rename(new, &place) {
        fs::rename(&aside, &place)?;
        return Err(error);
    }
    fs::rename(&aside, new)
}

/// Lets `latest` lead to a folder, unless it leads to a later one.
#[cfg(unix)]
fn lead(above: &Path, names: &Names) -> io::Result<()> {
    let (name, link) = (&names.folder, above.join(&names.latest));
    let leads = |target: PathBuf| target.as_os_str() >= OsStr::new(name) && above.join(&target).is_dir();
    if fs::read_link(&link).is_ok_and(leads) {
        return Ok(());
    }
    let new = above.join(format!("{HIDDEN}{}", names.latest));
    std::os::unix::fs::symlink(name, &new)?;
    fs::rename(&new, &link)?;
    sync(above);
    Ok(())
}

/// There are no links everywhere: a file that holds the name.
#[cfg(not(unix))]
fn lead(above: &Path, names: &Names) -> io::Result<()> {
    let (name, place) = (&names.folder, above.join(format!("{}.txt", names.latest)));
    let leads = |known: String| known.trim() >= name.as_str() && above.join(known.trim()).is_dir();
    if fs::read_to_string(&place).is_ok_and(leads) {
        return Ok(());
    }
    let new = above.join(format!("{HIDDEN}{}", names.latest));
    fs::write(&new, name)?;
    fs::rename(&new, &place)
}

#[cfg(test)]
mod tests;
