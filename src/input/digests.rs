//! Which files were read, down to the byte: their sizes and digests.

use std::path::PathBuf;

use super::error::InputError;
use super::store::digest::FileDigest;
use super::unchanged::Stamp;

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// What it holds: `orders`, `sessions`, ….
    pub input: &'static str,
    /// Its path as it was found.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its SHA-256 in hexadecimal digits.
    pub sha256: String,
}

/// How files looked before they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamps(Vec<Stamp>);

impl Stamps {
    /// Those of these files, in their order.
    ///
    /// # Errors
    /// When one is not there any more.
    pub fn of(files: &[(&'static str, PathBuf)]) -> Result<Self, InputError> {
        let stamp = |(_, file): &(&str, PathBuf)| {
            Stamp::at(file).map_err(|error| InputError::io(file.display().to_string(), "cannot read", error))
        };
        files.iter().map(stamp).collect::<Result<_, InputError>>().map(Self)
    }
}

/// The files with their digests, in the same order; a file that is named twice stands once.
///
/// # Errors
/// When one cannot be read, or is not what it was: the digest would not be that of what was read.
pub fn digests(files: &[(&'static str, PathBuf)], before: &Stamps) -> Result<Vec<InputFile>, InputError> {
    let mut known: Vec<InputFile> = Vec::with_capacity(files.len());
    for (input, file) in files {
        let path = file.display().to_string();
        if known.iter().any(|one| one.input == *input && one.path == path) {
            continue;
        }
        let digest = FileDigest::read(file, None, &path)?;
        known.push(InputFile { input, path, bytes: digest.bytes, sha256: digest.sha256 });
    }
    for ((_, file), (before, now)) in files.iter().zip(before.0.iter().zip(Stamps::of(files)?.0)) {
        before.is(now, &file.display().to_string())?;
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_named_twice_stand_once_and_none_may_change() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "abc").unwrap();
        let files = [("orders", path.clone()), ("orders", path.clone()), ("sessions", path.clone())];
        let before = Stamps::of(&files).unwrap();
        let found = digests(&files, &before).unwrap();
        assert_eq!(
            found.iter().map(|file| (file.input, file.bytes)).collect::<Vec<_>>(),
            [("orders", 3), ("sessions", 3)]
        );
        std::fs::write(&path, "abcd").unwrap();
        let message = format!(
            "{}: the file grew from 3 to 4 bytes while it was read; run again when it is complete",
            path.display()
        );
        assert_eq!(digests(&files, &before).unwrap_err().to_string(), message);
    }
}
