//! The seal of a store's file: a damaged page may still decode, to other numbers, and a damaged footer to other columns, so that the
//! bytes themselves are checked before they are believed.
//!
//! The seal stands in the footer's metadata: the number of the bytes before the footer, their XXH3, and the XXH3 of all that follows
//! them, in which the last digest itself counts as zeros. The footer is checked when a store is opened, the rest when it is read.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use memchr::memmem;
use xxhash_rust::xxh3::{Xxh3, xxh3_128};

use crate::input::error::InputError;

/// The key of the seal in a file's metadata.
pub const SEAL_KEY: &str = "gmv.seal";

/// Bytes read at a time.
const PIECE: usize = 1 << 20;

/// The digits of a digest.
const DIGITS: usize = 32;

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

    /// The seal of these bytes, before a footer whose digest is not known yet.
    #[must_use]
    pub fn open(&self) -> String {
        format!("{} {:0DIGITS$x} {:0DIGITS$x}", self.bytes, self.hash.digest128(), 0)
    }
}

/// Fills the footer's digest into a footer that holds an open seal; `None` where it does not hold it once.
#[must_use]
pub fn close(footer: &mut [u8], open: &str) -> Option<()> {
    let place = footer_digest(footer, open)?;
    let digest = format!("{:0DIGITS$x}", xxh3_128(footer));
    footer.get_mut(place)?.copy_from_slice(digest.as_bytes());
    Some(())
}

/// Where the footer's digest is in a footer that holds a seal.
fn footer_digest(footer: &[u8], seal: &str) -> Option<std::ops::Range<usize>> {
    let mut places = memmem::find_iter(footer, seal);
    let (place, None) = (places.next()?, places.next()) else { return None };
    let end = place + seal.len();
    Some(end.checked_sub(DIGITS)?..end)
}

/// The parts of a seal: the number of the bytes before the footer, their digest, and that of the footer.
fn parts(seal: &str) -> Option<(u64, &str, &str)> {
    let mut parts = seal.split(' ');
    let (bytes, data, footer) = (parts.next()?.parse().ok()?, parts.next()?, parts.next()?);
    (parts.next().is_none() && footer.len() == DIGITS).then_some((bytes, data, footer))
}

/// Whether the footer of the file at a path is the one that was sealed.
///
/// # Errors
/// When the file cannot be read.
pub fn has_its_footer(path: &Path, seal: &str) -> Result<bool, InputError> {
    let failed = |error| InputError::io(path.display().to_string(), "cannot read", error);
    let Some((bytes, _, digest)) = parts(seal) else { return Ok(false) };
    let mut footer = Vec::new();
    let mut file = File::open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(bytes)).map_err(failed)?;
    file.read_to_end(&mut footer).map_err(failed)?;
    let Some(place) = footer_digest(&footer, seal) else { return Ok(false) };
    footer.get_mut(place).unwrap_or_default().fill(b'0');
    Ok(format!("{:0DIGITS$x}", xxh3_128(&footer)) == digest)
}

/// Whether the bytes before the footer of the file at a path are those that were sealed.
///
/// # Errors
/// When the file cannot be read.
pub fn is_whole(path: &Path, seal: &str) -> Result<bool, InputError> {
    let failed = |error| InputError::io(path.display().to_string(), "cannot read", error);
    let Some((bytes, data, _)) = parts(seal) else { return Ok(false) };
    let file = File::open(path).map_err(failed)?;
    let (mut rest, mut piece, mut hash) = (file.take(bytes), vec![0; PIECE], Xxh3::default());
    loop {
        let read = rest.read(&mut piece).map_err(failed)?;
        if read == 0 {
            return Ok(format!("{:0DIGITS$x}", hash.digest128()) == data);
        }
        hash.update(&piece[..read]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_under_the_seal() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut seal = Seal::default();
        seal.update(b"pages");
        let open = seal.open();
        let mut footer = format!("before {open} after").into_bytes();
        close(&mut footer, &open).unwrap();
        let seal = String::from_utf8(footer[7..footer.len() - 6].to_vec()).unwrap();
        let sound = [b"pages".as_slice(), &footer].concat();
        let is_sound = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            has_its_footer(&path, &seal).unwrap() && is_whole(&path, &seal).unwrap()
        };
        assert!(is_sound(&sound));
        for at in 0..sound.len() {
            let mut other = sound.clone();
            other[at] ^= 1;
            assert!(!is_sound(&other), "{at}");
        }
        assert!(
            !is_sound(&sound[..sound.len() - 1]) && !is_sound(&[&sound[..], b"x"].concat()) && !is_sound(b"")
        );
        assert!(close(&mut b"no seal".to_vec(), &open).is_none());
    }
}
