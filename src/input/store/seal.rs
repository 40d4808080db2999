//! The seal of a store's file: a damaged page may still decode, to other numbers, so that the bytes themselves are checked before they
//! are believed.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use xxhash_rust::xxh3::Xxh3;

use crate::input::error::InputError;

/// The key of the seal in a file's metadata.
pub const SEAL_KEY: &str = "gmv.seal";

/// Bytes read at a time.
const PIECE: usize = 1 << 20;

/// The bytes before a file's footer, on their way: their number and their XXH3.
#[derive(Clone, Default)]
pub struct Seal {
    hash: Xxh3,
    bytes: u64,
}

impl Seal {
    /// Takes note of bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// The seal of the bytes and of what else the metadata say: the number of bytes, and 32 hexadecimal digits.
    #[must_use]
    pub fn of(mut self, metadata: &[(String, String)]) -> String {
        for (key, text) in metadata.iter().filter(|(key, _)| key.starts_with("gmv.") && key != SEAL_KEY) {
            self.hash.update(key.as_bytes());
            self.hash.update(text.as_bytes());
        }
        format!("{} {:032x}", self.bytes, self.hash.digest128())
    }
}

/// Whether the bytes of the file at a path, and its metadata, are those that were sealed.
///
/// # Errors
/// When the file cannot be read.
pub fn is_whole(path: &Path, metadata: &[(String, String)]) -> Result<bool, InputError> {
    let name = || path.display().to_string();
    let sealed = metadata.iter().find(|(key, _)| key == SEAL_KEY).map(|(_, seal)| seal);
    let bytes = sealed.and_then(|seal| seal.split(' ').next()?.parse().ok());
    let (Some(sealed), Some(bytes)) = (sealed, bytes) else { return Ok(false) };
    let file = File::open(path).map_err(|error| InputError::io(name(), "cannot open", error))?;
    let (mut rest, mut piece, mut seal) = (file.take(bytes), vec![0; PIECE], Seal::default());
    loop {
        let read = rest.read(&mut piece).map_err(|error| InputError::io(name(), "cannot read", error))?;
        if read == 0 {
            return Ok(seal.of(metadata) == *sealed);
        }
        seal.update(&piece[..read]);
    }
}
