//! Pseudonyms of persons: a keyed digest of their ids, the same in every export and week, so that orders and sessions still meet.

use std::fmt;
use std::io::Read;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::error::InputError;
use super::parse::id::unguard;
use super::rejects::Reject;
use super::store::hexadecimal;

/// The columns that name persons.
pub const PERSONS: [&str; 2] = ["buyer_id", "viewer_id"];

/// The shortest key in bytes: below 128 bits, all ids could be tried.
const SHORTEST_KEY: usize = 16;

/// The longest key in bytes, so that an export named by mistake, or a device without an end, is not read into memory.
const LONGEST_KEY: usize = 64 * 1024;

/// The bytes of a digest that a pseudonym keeps: at 128 bits, 10⁹ persons share one with a probability below 10⁻²⁰.
const KEPT: usize = 16;

/// What the fingerprint of a key is the digest of: no id that an export would hold.
const FINGERPRINT_OF: &[u8] = b"gmv\0the fingerprint of a key";

/// A key, ready to make pseudonyms.
#[derive(Clone)]
pub struct Pseudonyms {
    mac: Hmac<Sha256>,
}

impl fmt::Debug for Pseudonyms {
    /// Shows the fingerprint alone: a key never goes into a message.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pseudonyms({})", self.fingerprint())
    }
}

impl Pseudonyms {
    /// The key in a file: its bytes, without a line end after them.
    ///
    /// # Errors
    /// When the file cannot be read, others may read it, or the key is too short.
    pub fn read(path: &Path) -> Result<Self, InputError> {
        let name = path.display().to_string();
        let refused = |message: String| InputError::Key { path: name.clone(), message };
        let about =
            std::fs::metadata(path).map_err(|error| InputError::io(&name, "cannot read the key", error))?;
        if open_to_others(&about) {
            return Err(refused(format!("others may read this key: chmod 600 {name}")));
        }
        let bytes = start_of(path).map_err(|error| InputError::io(&name, "cannot read the key", error))?;
        if bytes.len() > LONGEST_KEY {
            return Err(refused(format!("more than {LONGEST_KEY} bytes: this is no key")));
        }
        let key = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
        let key = key.strip_suffix(b"\r").unwrap_or(key);
        if key.len() < SHORTEST_KEY {
            let length = key.len();
            return Err(refused(format!(
                "a key of {length} bytes, fewer than {SHORTEST_KEY}: make one with (umask 077; head -c 32 /dev/urandom | base64 > FILE)"
            )));
        }
        Self::new(key).ok_or_else(|| refused("this is no key".to_owned()))
    }

    fn new(key: &[u8]) -> Option<Self> {
        Some(Self { mac: Hmac::new_from_slice(key).ok()? })
    }

    /// The pseudonym of an id without guards: `p_` and 32 hexadecimal digits of its HMAC-SHA256.
    #[must_use]
    pub fn of(&self, id: &[u8]) -> String {
        format!("p_{}", self.digits(id, KEPT))
    }

    /// What stands in the place of a cell that tells what a person's id tells; a blank stays blank.
    #[must_use]
    pub fn in_place_of(&self, cell: &[u8]) -> String {
        match unguard(cell) {
            b"" => String::new(),
            id => self.of(id),
        }
    }

    /// What tells this key from others, and tells nothing about it: 16 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.digits(FINGERPRINT_OF, 8)
    }

    fn digits(&self, text: &[u8], bytes: usize) -> String {
        let mut mac = self.mac.clone();
        mac.update(text);
        let digest = mac.finalize().into_bytes();
        hexadecimal(digest.get(..bytes).unwrap_or_default())
    }

    /// Replaces what a rejected row shows of persons: its cell as it stands, where it is no id that could be used.
    pub(super) fn replace_in(&self, reject: &mut Reject) {
        if PERSONS.contains(&reject.fault.field) {
            reject.fault.value = self.in_place_of(&reject.fault.value).into_bytes().into();
        }
        for (_, text) in reject.cells.iter_mut().filter(|(name, _)| PERSONS.contains(name)) {
            *text = self.in_place_of(text.as_bytes());
        }
    }
}

/// A file's bytes, one more than a key may have at most.
fn start_of(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LONGEST_KEY as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(unix)]
fn open_to_others(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    about.is_file() && about.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn open_to_others(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_are_hmac_sha256() {
        // RFC 4231, test case 3: a key of 20 times 0xaa, data of 50 times 0xdd.
        let pseudonyms = Pseudonyms::new(&[0xAA; 20]).unwrap();
        assert_eq!(pseudonyms.of(&[0xDD; 50]), "p_773ea91e36800e46854db8ebd09181a7");
        assert_eq!(format!("{pseudonyms:?}"), format!("Pseudonyms({})", pseudonyms.fingerprint()));
        assert_ne!(pseudonyms.fingerprint(), Pseudonyms::new(&[0xAB; 20]).unwrap().fingerprint());
    }
}
