//! The digest of an export's bytes as they are, compressed or not: the name that a store knows it by.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use sha2::{Digest as _, Sha256};

use crate::input::error::InputError;
use crate::input::unchanged::Stamp;

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let digit = |nibble: u8| DIGITS[usize::from(nibble & 15)];
    bytes.iter().flat_map(|&byte| [digit(byte >> 4), digit(byte)]).collect()
}

/// The SHA-256 of a text.
#[must_use]
pub fn digest_of(text: &[u8]) -> String {
    hexadecimal(&Sha256::digest(text))
}

/// The digest of a stream, computed while it is read.
#[derive(Debug, Clone, Default)]
pub struct Digest(Arc<Mutex<(Sha256, u64)>>);

impl Digest {
    /// The same stream, whose bytes are taken note of.
    pub fn of<R: Read>(self, reader: R) -> impl Read + use<R> {
        Digesting { reader, digest: self }
    }

    /// The digest and the number of the bytes that were read so far.
    #[must_use]
    pub fn finish(&self) -> (String, u64) {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (hexadecimal(&state.0.clone().finalize()), state.1)
    }
}

struct Digesting<R> {
    reader: R,
    digest: Digest,
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.reader.read(buffer)?;
        let mut state = self.digest.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.0.update(&buffer[..read]);
        state.1 += read as u64;
        Ok(read)
    }
}

/// A file's digest, and how the file looked when it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDigest {
    /// The SHA-256 of its bytes.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    stamp: Stamp,
}

impl FileDigest {
    /// The digest of a file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(path: &Path, part: Option<&str>, name: &str) -> Result<Self, InputError> {
        let failed = |error| InputError::io(name, "cannot read", error);
        let file = File::open(path).map_err(failed)?;
        let stamp = Stamp::of(&file).map_err(failed)?;
        let digest = Digest::default();
        std::io::copy(&mut digest.clone().of(file), &mut std::io::sink()).map_err(failed)?;
        let (mut sha256, bytes) = digest.finish();
        if let Some(part) = part {
            // Two sheets of one workbook are two exports.
            sha256 = digest_of(format!("{sha256}#{part}").as_bytes());
        }
        Ok(Self { sha256, bytes, stamp })
    }

    /// Fails when the file does not look as it did when its digest was made.
    ///
    /// # Errors
    /// [`InputError::Changed`].
    pub fn check(&self, path: &Path, name: &str) -> Result<(), InputError> {
        let now = Stamp::at(path).map_err(|error| InputError::io(name, "cannot read", error))?;
        self.stamp.is(now, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"; // FIPS 180-2, "abc"
        assert_eq!(digest_of(b"abc"), expected);
        let digest = Digest::default();
        let mut text = String::new();
        digest.clone().of(&b"abc"[..]).read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), digest.finish()), ("abc", (expected.to_owned(), 3)));
    }
}
