//! Which files were read, down to the byte: their sizes and digests.

use std::path::PathBuf;
use std::time::SystemTime;

use super::error::InputError;
use super::store::digest::FileDigest;

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
pub struct Stamps(Vec<(u64, Option<SystemTime>)>);

impl Stamps {
    /// The sizes of files, and when they were changed last.
    ///
    /// # Errors
    /// When one is not there any more.
    pub fn of(files: &[(&'static str, PathBuf)]) -> Result<Self, InputError> {
        let stamp = |(_, file): &(&str, PathBuf)| {
            let about = file.metadata();
            let about =
                about.map_err(|error| InputError::io(file.display().to_string(), "cannot read", error))?;
            Ok((about.len(), about.modified().ok()))
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
    let after = Stamps::of(files)?;
    if let Some(at) = before.0.iter().zip(&after.0).position(|(before, after)| before != after) {
        let path = files.get(at).map(|(_, file)| file.display().to_string()).unwrap_or_default();
        let message = "the file changed while it was read; run again when it is complete".to_owned();
        return Err(InputError::Store { path, message });
    }
    Ok(known)
}
