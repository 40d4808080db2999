//! Files that are written whole or not at all: a temporary file beside the target, synced, then renamed onto it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::error::PresentError;
use super::finished::FinishedFile;
use crate::unfinished::{self, Unfinished};

/// A file on its way: created at once, so that a place that cannot be written fails before the work; visible under its
/// name only after [`commit`](Self::commit). Dropped before that, it leaves nothing.
///
/// A target that is no regular file (`/dev/null`, a pipe) is written directly.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    inner: Inner,
}

#[derive(Debug)]
enum Inner {
    Temporary {
        file: BufWriter<NamedTempFile>,
        /// The target with links followed: a link stays a link, and the file that it names is replaced.
        target: PathBuf,
        known: Unfinished,
        /// Whether it lies in a store, where nobody takes it away that is not locked.
        is_stored: bool,
    },
    Direct(BufWriter<File>),
}

impl AtomicFile {
    /// Checks the target and creates the temporary file in its folder, with the mode of the file that it will replace,
    /// or else of a new file.
    pub fn create(path: &Path) -> Result<Self, PresentError> {
        Self::create_as(path, Mode::Usual)
    }

    /// The same for a file that holds rows of persons: nobody but its owner can read or write it, whatever was there before.
    pub fn create_private(path: &Path) -> Result<Self, PresentError> {
        Self::create_as(path, Mode::Private)
    }

    /// The same for one of many files that are [finished](Self::finish) before they appear, in a folder of a store, which alone knows what was
    /// left there.
    pub fn create_stored(path: &Path) -> Result<Self, PresentError> {
        Self::create_as(path, Mode::Stored)
    }

    fn create_as(path: &Path, mode: Mode) -> Result<Self, PresentError> {
        let inner = if is_descriptor(path) {
            Inner::Direct(open_direct(path)?)
        } else {
            match fs::metadata(path) {
                Ok(known) => beside_existing(path, &known, mode)?,
                Err(error) if error.kind() == io::ErrorKind::NotFound => beside(path, path.to_owned(), mode)?,
                Err(error) => return Err(cannot_create(path, error)),
            }
        };
        Ok(Self { path: path.to_owned(), inner })
    }

    /// Makes it its owner's alone from now on, whatever the file that it replaces was; a device or a pipe stays as it is.
    pub fn make_private(&self) -> Result<(), PresentError> {
        let Inner::Temporary { file, .. } = &self.inner else { return Ok(()) };
        unfinished::make_private(file.get_ref().as_file()).map_err(|error| not_private(&self.path, error))
    }

    /// Whether the bytes go to a terminal (`/dev/tty`).
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(&self.inner, Inner::Direct(file) if file.get_ref().is_terminal())
    }

    /// The target as it was named.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes the bytes durable and puts them in the target's place.
    pub fn commit(self) -> Result<(), PresentError> {
        let place = self.path.display().to_string();
        self.inner.commit().map_err(|error| PresentError::Output(error).at(&place))
    }

    /// Makes the bytes durable, so that many of them can appear together; `target` is its place in the same folder. One that is
    /// [stored](Self::create_stored) is closed.
    pub fn finish(self, target: &Path) -> Result<FinishedFile, PresentError> {
        let place = target.display().to_string();
        let failed = |error| PresentError::Output(error).at(&place);
        match self.inner {
            Inner::Direct(mut file) => file.flush().map(|()| FinishedFile::nothing(target)).map_err(failed),
            Inner::Temporary { file, known, is_stored, .. } => {
                let (file, path) = settle(file).map_err(failed)?.into_parts();
                Ok(FinishedFile::new((!is_stored).then_some(file), path, known, target))
            }
        }
    }
}

/// Makes the bytes of a file durable.
fn settle(file: BufWriter<NamedTempFile>) -> io::Result<NamedTempFile> {
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// The permissions of a new file.
#[derive(Debug, Clone, Copy)]
enum Mode {
    /// As any program's new file, less the umask; those of the file that it replaces, where there is one.
    Usual,
    /// Those of the file that was there, whatever the umask.
    Kept(u32),
    /// Its owner's alone, whatever the umask and the file that was there.
    Private,
    /// The same, where files that are finished lie unlocked beside it.
    Stored,
}

impl Inner {
    fn commit(self) -> io::Result<()> {
        match self {
            Self::Direct(mut file) => file.flush(),
            Self::Temporary { file, target, known, .. } => {
                let file = settle(file)?;
                known.put(|| file.persist(&target)).map_err(|error| error.error)?;
                sync_folder(folder_of(&target));
                Ok(())
            }
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = match &mut self.inner {
            Inner::Temporary { file, .. } => file.write(bytes),
            Inner::Direct(file) => file.write(bytes),
        };
        written.map_err(PresentError::reason)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = match &mut self.inner {
            Inner::Temporary { file, .. } => file.flush(),
            Inner::Direct(file) => file.flush(),
        };
        flushed.map_err(PresentError::reason)
    }
}

/// Writes a file whole or not at all; what `fill` writes appears only when it returns `Ok`.
pub fn write_atomic<F>(path: &Path, fill: F) -> Result<(), PresentError>
where
    F: FnOnce(&mut dyn Write) -> Result<(), PresentError>,
{
    let mut out = AtomicFile::create(path)?;
    fill(&mut out).map_err(|error| error.at(&path.display().to_string()))?;
    out.commit()
}

/// Names of this process's open files: opening one anew must neither replace nor cut what is behind it.
fn is_descriptor(path: &Path) -> bool {
    let exact = ["/dev/stdout", "/dev/stderr"];
    let below = ["/dev/fd", "/proc/self/fd"];
    exact.iter().any(|name| path == Path::new(name)) || below.iter().any(|folder| path.starts_with(folder))
}

fn open_direct(path: &Path) -> Result<BufWriter<File>, PresentError> {
    let file = OpenOptions::new().append(true).open(path);
    Ok(BufWriter::new(file.map_err(|error| cannot_create(path, error))?))
}

fn beside_existing(path: &Path, known: &fs::Metadata, mode: Mode) -> Result<Inner, PresentError> {
    let path_buf = path.to_owned();
    if known.is_dir() {
        return Err(PresentError::IsFolder { path: path_buf });
    }
    if !known.is_file() {
        return Ok(Inner::Direct(open_direct(path)?));
    }
    if known.permissions().readonly() {
        return Err(PresentError::ReadOnly { path: path_buf });
    }
    let target = fs::canonicalize(path).map_err(|error| cannot_create(path, error))?;
    beside(path, target, kept(known, mode))
}

#[cfg(unix)]
fn kept(known: &fs::Metadata, mode: Mode) -> Mode {
    use std::os::unix::fs::PermissionsExt;
    match mode {
        Mode::Usual => Mode::Kept(known.permissions().mode() & 0o777),
        _ => mode,
    }
}

#[cfg(not(unix))]
fn kept(_: &fs::Metadata, mode: Mode) -> Mode {
    mode
}

/// A temporary file beside the target.
fn beside(path: &Path, target: PathBuf, mode: Mode) -> Result<Inner, PresentError> {
    if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
        return Err(PresentError::IsFolder { path: path.to_owned() });
    }
    if target.file_name().is_none() {
        return Err(cannot_create(path, io::ErrorKind::InvalidInput.into()));
    }
    let folder = folder_of(&target);
    if matches!(fs::metadata(folder), Err(error) if error.kind() == io::ErrorKind::NotFound) {
        return Err(PresentError::NoFolder { path: path.to_owned(), folder: folder.to_owned() });
    }
    // Never more open than that, not even for the moment before it is set.
    let first = match mode {
        Mode::Usual => 0o666,
        Mode::Kept(mode) => mode,
        Mode::Private | Mode::Stored => 0o600,
    };
    let is_stored = matches!(mode, Mode::Stored);
    if !is_stored {
        unfinished::clear(folder);
    }
    let (file, known) = unfinished::file(folder, first).map_err(|error| cannot_create(path, error))?;
    match mode {
        Mode::Usual => {}
        Mode::Kept(mode) => unfinished::keep_mode(file.as_file(), mode),
        Mode::Private | Mode::Stored => {
            unfinished::make_private(file.as_file()).map_err(|error| not_private(path, error))?;
        }
    }
    Ok(Inner::Temporary { file: BufWriter::new(file), target, known, is_stored })
}

pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes the rename durable. The file is in place by then, so that a file system that cannot sync a folder is no error.
pub(super) fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

fn cannot_create(path: &Path, source: io::Error) -> PresentError {
    PresentError::Create { path: path.to_owned(), source: PresentError::reason(source) }
}

fn not_private(path: &Path, source: io::Error) -> PresentError {
    PresentError::NotPrivate { path: path.to_owned(), source: PresentError::reason(source) }
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    use std::fs::Permissions;

    use super::*;

    fn entries(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn appears_whole_on_commit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"a,b\n").unwrap();
        assert!(!path.exists());
        assert_eq!(entries(folder.path()).len(), 1);
        file.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"a,b\n");
        assert_eq!(entries(folder.path()), ["out.csv"]);
    }

    #[test]
    fn dropped_or_failed_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        drop(file);
        let failed = write_atomic(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("the disk is full").into())
        });
        let failed = failed.unwrap_err();
        assert!(failed.to_string().contains("out.csv"), "{failed}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(entries(folder.path()), ["out.csv"]);
    }

    #[test]
    fn places_that_cannot_be_written_fail_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let is = |path: &Path| AtomicFile::create(path).unwrap_err();
        assert!(matches!(is(folder.path()), PresentError::IsFolder { .. }));
        assert!(matches!(is(&folder.path().join("new/")), PresentError::IsFolder { .. }));
        let missing = is(&folder.path().join("missing/out.csv"));
        assert!(matches!(missing, PresentError::NoFolder { .. }));
        assert!(missing.to_string().contains("create it or choose another place"));
        fs::write(folder.path().join("file"), "").unwrap();
        assert!(matches!(is(&folder.path().join("file/out.csv")), PresentError::Create { .. }));
        assert!(matches!(is(Path::new("")), PresentError::Create { .. }));
        assert_eq!(entries(folder.path()), ["file"]);
    }

    #[cfg(unix)]
    #[test]
    fn modes_are_a_new_files_or_the_old_ones() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let plain = folder.path().join("plain");
        fs::write(&plain, "").unwrap();
        let path = folder.path().join("out.csv");
        write_atomic(&path, |out| Ok(out.write_all(b"1")?)).unwrap();
        assert_eq!(mode(&path), mode(&plain));
        fs::set_permissions(&path, Permissions::from_mode(0o602)).unwrap();
        write_atomic(&path, |out| Ok(out.write_all(b"2")?)).unwrap();
        assert_eq!(mode(&path), 0o602);
        assert_eq!(fs::read(&path).unwrap(), b"2");
        fs::set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
        assert!(matches!(AtomicFile::create(&path), Err(PresentError::ReadOnly { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows.csv");
        for before in [None, Some(0o644), Some(0o666)] {
            if let Some(mode) = before {
                fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            }
            let mut file = AtomicFile::create_private(&path).unwrap();
            file.write_all(b"x").unwrap();
            let finished = file.finish(&path).unwrap();
            assert_eq!(entries(folder.path()).len(), 1 + usize::from(before.is_some()));
            finished.commit().unwrap();
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        drop(AtomicFile::create_private(&path).unwrap().finish(&path).unwrap());
        assert_eq!(
            (fs::read(&path).unwrap(), entries(folder.path())),
            (b"x".to_vec(), vec!["rows.csv".to_owned()])
        );
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_and_devices_are_written_directly() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write_atomic(&link, |out| Ok(out.write_all(b"new")?)).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
        write_atomic(Path::new("/dev/null"), |out| Ok(out.write_all(b"gone")?)).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        assert!(is_descriptor(Path::new("/dev/fd/63")) && is_descriptor(Path::new("/dev/stdout")));
        assert!(!is_descriptor(Path::new("/dev/shm/out.csv")));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_names_the_place() {
        let full = write_atomic(Path::new("/dev/full"), |out| Ok(out.write_all(b"x")?)).unwrap_err();
        assert!(matches!(&full, PresentError::Write { place, .. } if place == "/dev/full"));
    }
}
