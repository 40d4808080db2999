//! Which files were read, down to the byte: their sizes and digests.

use std::path::PathBuf;

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

/// The files with their digests, in the same order; a file that is named twice stands once.
///
/// # Errors
/// When one cannot be read.
pub fn digests(files: &[(&'static str, PathBuf)]) -> Result<Vec<InputFile>, InputError> {
    let mut known: Vec<InputFile> = Vec::with_capacity(files.len());
    for (input, file) in files {
        let path = file.display().to_string();
        if known.iter().any(|one| one.input == *input && one.path == path) {
            continue;
        }
        let digest = FileDigest::read(file, None, &path)?;
        known.push(InputFile { input, path, bytes: digest.bytes, sha256: digest.sha256 });
    }
    Ok(known)
}
