//! What is on its way to its place: files and folders under names that nothing else has, which the process takes away when it is told to end,
//! and which the next run takes away where the process had no time for that.
//!
//! A file is locked as long as its run writes it: one that nobody locks was left by a run that was killed.

#[cfg(unix)]
use std::fs::Permissions;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

/// How the names of files begin that are on their way.
pub const PREFIX: &str = ".gmv-";
/// How they end.
pub const SUFFIX: &str = ".tmp";
/// The characters between.
const RANDOM: usize = 6;
/// How often a file is made anew that another run took for left behind, in the moment before it was locked.
const ATTEMPTS: usize = 16;

/// What this process has on its way.
static ON_THEIR_WAY: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn on_their_way() -> MutexGuard<'static, Vec<PathBuf>> {
    ON_THEIR_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Files and folders that [`abandon`] takes away, until this is dropped.
#[derive(Debug)]
pub struct Unfinished(Vec<PathBuf>);

impl Unfinished {
    /// Nothing yet.
    #[must_use]
    pub const fn nothing() -> Self {
        Self(Vec::new())
    }

    /// Makes a file or folder and takes note of it: [`abandon`] comes before that, and it is not made, or after it.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn make<T>(
        make: impl FnOnce() -> io::Result<T>,
        path: impl FnOnce(&T) -> &Path,
    ) -> io::Result<(T, Self)> {
        let mut all = on_their_way();
        let new = make()?;
        let path = path(&new).to_owned();
        all.push(path.clone());
        Ok((new, Self(vec![path])))
    }

    /// Both, which come to their places together.
    #[must_use]
    pub fn and(mut self, mut other: Self) -> Self {
        self.0.append(&mut other.0);
        self
    }

    /// Lets `put` bring all of it to its place: [`abandon`] comes before that, or after it and leaves it alone.
    pub fn put<T>(mut self, put: impl FnOnce() -> T) -> T {
        let mut all = on_their_way();
        let result = put();
        let mine = std::mem::take(&mut self.0);
        all.retain(|path| !mine.contains(path));
        result
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.0.is_empty() {
            on_their_way().retain(|path| !self.0.contains(path));
        }
    }
}

/// Does something that [`abandon`] may not come between: it comes before that, and this never returns, or after it.
pub fn at_once<T>(act: impl FnOnce() -> T) -> T {
    let _all = on_their_way();
    act()
}

/// Takes away what is on its way, since the process is about to end: from here on nothing comes to its place any more.
pub fn abandon() {
    let all = on_their_way();
    for path in all.iter() {
        let _ = fs::remove_file(path).or_else(|_| fs::remove_dir_all(path));
    }
    // Whoever waits to make something or to put it in its place waits for the end of the process.
    std::mem::forget(all);
}

/// A new file in a folder, locked, with these permissions less the umask.
///
/// # Errors
/// When the folder lets none be made.
pub fn file(folder: &Path, mode: u32) -> io::Result<(NamedTempFile, Unfinished)> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(PREFIX).suffix(SUFFIX).rand_bytes(RANDOM);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    let make = || Unfinished::make(|| builder.tempfile_in(folder), NamedTempFile::path);
    for _ in 0..ATTEMPTS {
        let new = make()?;
        if is_locked(new.0.as_file()) {
            return Ok(new);
        }
    }
    make()
}

/// Locks a file that was just made; `false` where another run was quicker and takes it away. Where the system knows no locks nobody else can lock
/// it either, so that nobody takes it away.
fn is_locked(file: &File) -> bool {
    !matches!(file.try_lock(), Err(TryLockError::WouldBlock)) && is_there(file)
}

#[cfg(unix)]
fn is_there(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|about| about.nlink() > 0)
}

#[cfg(not(unix))]
fn is_there(_: &File) -> bool {
    true
}

/// Takes away what runs left in a folder that were killed. What cannot be taken away is in nobody's way.
pub fn clear(folder: &Path) {
    let names = crate::listing::names(folder).unwrap_or_default();
    for name in names.iter().filter(|name| is_name(&name.to_string_lossy())) {
        let path = folder.join(name);
        if fs::symlink_metadata(&path).is_ok_and(|about| about.is_file())
            && open_quietly(&path).is_ok_and(|file| file.try_lock().is_ok())
        {
            let _ = fs::remove_file(path);
        }
    }
}

/// Whether a file of this name is one on its way.
fn is_name(name: &str) -> bool {
    let between = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
    between.is_some_and(|between| {
        between.len() == RANDOM && between.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Opens a file, and nothing that has been put in its place meanwhile: no link, and no pipe that would have to be waited for.
fn open_quietly(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32);
    }
    options.open(path)
}

/// Sets the permissions of a file that replaces one which had them. A file system that keeps none refuses that; those that the file has are at
/// most these.
#[cfg(unix)]
pub fn keep_mode(file: &File, mode: u32) {
    let _ = file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
}

/// There are no such permissions.
#[cfg(not(unix))]
pub fn keep_mode(_: &File, _: u32) {}

/// Makes a file its owner's alone, whatever the umask is.
///
/// # Errors
/// When the file system keeps no permissions, and gives the file to others too.
#[cfg(unix)]
pub fn make_private(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let set = file.set_permissions(Permissions::from_mode(0o600));
    // One whose permissions cannot be set may have been made with these.
    if set.is_err() && file.metadata()?.permissions().mode().trailing_zeros() >= 6 { Ok(()) } else { set }
}

/// Does nothing, where there are no such permissions.
#[cfg(not(unix))]
pub fn make_private(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_killed_runs_left_goes_and_all_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let stays = [".gmv-abc.tmp", ".gmv-abcdef.csv", ".gmv-ab-def.tmp", "gmv-abcdef.tmp", "x.csv"];
        for name in stays {
            fs::write(at(name), "mine").unwrap();
        }
        fs::write(at(".gmv-abcdef.tmp"), "half").unwrap();
        fs::create_dir(at(".gmv-folder.tmp")).unwrap();
        // A run that is still at work, as this process cannot be told from it.
        let (at_work, _known) = file(folder.path(), 0o666).unwrap();
        fs::write(at(".gmv-ghijkl.tmp"), "half").unwrap();
        clear(folder.path());
        let (another, _known) = file(folder.path(), 0o600).unwrap();
        let name = |file: &NamedTempFile| file.path().file_name().unwrap().to_str().unwrap().to_owned();
        let mut expected: Vec<String> = stays.iter().map(|&name| name.to_owned()).collect();
        expected.extend([name(&at_work), name(&another), ".gmv-folder.tmp".to_owned()]);
        expected.sort();
        assert_eq!(names(folder.path()), expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_or_link_of_such_a_name_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        rustix::fs::mkfifoat(rustix::fs::CWD, at(".gmv-abcdef.tmp"), rustix::fs::Mode::RWXU).unwrap();
        fs::write(at("mine.csv"), "mine").unwrap();
        std::os::unix::fs::symlink(at("mine.csv"), at(".gmv-ghijkl.tmp")).unwrap();
        clear(folder.path());
        assert_eq!(names(folder.path()), [".gmv-abcdef.tmp", ".gmv-ghijkl.tmp", "mine.csv"]);
        assert!(open_quietly(&at(".gmv-ghijkl.tmp")).is_err());
    }

    #[test]
    fn what_was_put_in_its_place_is_known_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let make = |name: &str| {
            Unfinished::make(|| fs::write(at(name), "half").map(|()| at(name)), PathBuf::as_path).unwrap().1
        };
        let known = |name: &str| on_their_way().contains(&at(name));
        let both = make("a").and(make("b"));
        assert!(known("a") && known("b"));
        assert_eq!(both.put(|| 7), 7);
        assert!(!known("a") && !known("b"));
        drop(make("a"));
        assert!(!known("a"));
        let refused = Unfinished::make(|| Err::<PathBuf, _>(io::ErrorKind::Other.into()), PathBuf::as_path);
        assert!(refused.is_err() && !known("a"));
    }
}
